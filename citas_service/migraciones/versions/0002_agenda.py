"""Hours, blocks, policies, holds, group sessions, series, waitlist, reminders, calendar feeds."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from citas.modelos import guardas
from comun.db import UtcDateTime
from comun.migrations import where

revision = "0002"
down_revision = "0001"

RECURSOS = ("doctor", "paciente", "sala", "asistente")


def upgrade() -> None:
    _referencias()
    _reglas()
    _tiempo_tomado()
    _cita()
    _ocupacion()
    _espera()
    _avisos()


def _recurso() -> list[sa.Column[Any]]:
    return [
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    ]


def _ref(nombre: str, tabla: str, *, nula: bool = False, **opciones: Any) -> sa.Column[Any]:
    return sa.Column(nombre, sa.Integer, sa.ForeignKey(f"{tabla}.id", **opciones), nullable=nula)


def _entero(nombre: str, *, nulo: bool = False) -> sa.Column[Any]:
    return sa.Column(nombre, sa.Integer, nullable=nulo)


def _momento(nombre: str, *, nulo: bool = False) -> sa.Column[Any]:
    return sa.Column(nombre, UtcDateTime, nullable=nulo)


def _indices(tabla: str, *columnas: str) -> None:
    for columna in columnas:
        op.create_index(f"ix_{tabla}_{columna}", tabla, [columna])


def _referencias() -> None:
    si, vacia = sa.true(), sa.text("'[]'")
    op.add_column("doctor_ref", sa.Column("activo", sa.Boolean, nullable=False, server_default=si))
    op.add_column("doctor_ref", sa.Column("especialidades", sa.JSON, nullable=False, server_default=vacia))
    op.add_column("doctor_ref", sa.Column("servicios", sa.JSON, nullable=False, server_default=vacia))
    op.add_column("centro_ref", sa.Column("activo", sa.Boolean, nullable=False, server_default=si))
    op.add_column("centro_ref", sa.Column("salas", sa.JSON, nullable=False, server_default=vacia))
    op.create_table(
        "asistente_ref",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        _entero("secuencia"),
        sa.Column("nombres", sa.String(120), nullable=False),
        sa.Column("apellidos", sa.String(120), nullable=False),
        sa.Column("busqueda", sa.String(220), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
    )


def _reglas() -> None:
    version = op.create_table(
        "version_agenda", sa.Column("id", sa.Integer, primary_key=True, autoincrement=False), _entero("numero")
    )
    op.bulk_insert(version, [{"id": 1, "numero": 1}])
    op.create_table(
        "horario",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("doctor_id", "doctor_ref"),
        _ref("centro_id", "centro_ref"),
        *(_entero(nombre) for nombre in ("dia_semana", "desde", "hasta", "turno_minutos")),
        _entero("sala_id", nulo=True),
        sa.Column("vigente_desde", sa.Date),
        sa.Column("vigente_hasta", sa.Date),
        *_recurso(),
        sa.CheckConstraint("dia_semana BETWEEN 0 AND 6", name="dia_semana"),
        sa.CheckConstraint("0 <= desde AND desde < hasta AND hasta <= 1440", name="franja"),
        sa.CheckConstraint("turno_minutos BETWEEN 5 AND 720", name="turno"),
        sa.CheckConstraint("vigente_hasta >= vigente_desde", name="vigencia"),
    )
    op.create_index("ix_horario_doctor", "horario", ["doctor_id", "dia_semana"])
    _indices("horario", "centro_id", "actualizado_en")
    guardas.crear_de_horario(op.get_bind())
    op.create_table(
        "bloqueo",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("doctor_id", "doctor_ref", nula=True),
        _ref("centro_id", "centro_ref", nula=True),
        _entero("sala_id", nulo=True),
        sa.Column("tipo", sa.String(15), nullable=False),
        sa.Column("motivo", sa.String(300)),
        sa.Column("inicio", sa.DateTime, nullable=False),
        sa.Column("fin", sa.DateTime, nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("rrule", sa.String(200)),
        _momento("termina", nulo=True),
        *_recurso(),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
        sa.CheckConstraint("doctor_id IS NOT NULL OR centro_id IS NOT NULL", name="de_quien"),
        sa.CheckConstraint("doctor_id IS NULL OR sala_id IS NULL", name="doctor_o_sala"),
    )
    _indices("bloqueo", "doctor_id", "centro_id", "termina", "actualizado_en")
    op.create_table(
        "calendario_centro",
        sa.Column("id", sa.Integer, sa.ForeignKey("centro_ref.id"), primary_key=True, autoincrement=False),
        sa.Column("pais", sa.String(2)),
        sa.Column("abre", sa.JSON, nullable=False),
        *_recurso(),
    )
    _indices("calendario_centro", "actualizado_en")
    op.create_table(
        "politica",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("centro_id", "centro_ref", nula=True),
        *(
            _entero(nombre, nulo=True)
            for nombre in (
                "tratamiento_id",
                "duracion_minutos",
                "holgura_antes_minutos",
                "holgura_despues_minutos",
                "anticipacion_minutos",
                "horizonte_dias",
                "cancelacion_minutos",
                "capacidad",
                "apartado_minutos",
            )
        ),
        sa.Column("tipo_sala", sa.String(40)),
        sa.Column("recordatorios", sa.JSON),
        *_recurso(),
        sa.CheckConstraint("duracion_minutos BETWEEN 5 AND 720", name="duracion"),
        sa.CheckConstraint("holgura_antes_minutos BETWEEN 0 AND 240", name="holgura_antes"),
        sa.CheckConstraint("holgura_despues_minutos BETWEEN 0 AND 240", name="holgura_despues"),
        sa.CheckConstraint("anticipacion_minutos >= 0", name="anticipacion"),
        sa.CheckConstraint("horizonte_dias >= 1", name="horizonte"),
        sa.CheckConstraint("cancelacion_minutos >= 0", name="cancelacion"),
        sa.CheckConstraint("capacidad BETWEEN 1 AND 200", name="capacidad"),
        sa.CheckConstraint("apartado_minutos BETWEEN 1 AND 1440", name="apartado"),
    )
    op.create_index(
        "uq_politica_centro_tratamiento",
        "politica",
        [sa.text("coalesce(centro_id, 0)"), sa.text("coalesce(tratamiento_id, 0)")],
        unique=True,
        **where("eliminado_en IS NULL"),
    )
    _indices("politica", "actualizado_en")


def _tiempo_tomado() -> None:
    lugar = ("doctor_id", "doctor_ref"), ("centro_id", "centro_ref")
    op.create_table(
        "sesion",
        sa.Column("id", sa.Integer, primary_key=True),
        *(_ref(*uno) for uno in lugar),
        *(_entero(nombre, nulo=True) for nombre in ("sala_id", "asistente_id", "tratamiento_id")),
        _momento("inicio"),
        _momento("fin"),
        _entero("capacidad"),
        _entero("ocupados"),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
        sa.CheckConstraint("ocupados BETWEEN 0 AND capacidad", name="lugares"),
    )
    op.create_index("ix_sesion_doctor", "sesion", ["doctor_id", "inicio"])
    op.create_table(
        "apartado",
        sa.Column("id", sa.Integer, primary_key=True),
        *(_ref(*uno) for uno in lugar),
        _ref("paciente_id", "paciente_ref", nula=True),
        *(_entero(nombre, nulo=True) for nombre in ("sala_id", "asistente_id", "tratamiento_id")),
        _momento("inicio"),
        _momento("fin"),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        _entero("holgura_antes_minutos"),
        _entero("holgura_despues_minutos"),
        _ref("sesion_id", "sesion", nula=True),
        _momento("vence_en"),
        sa.Column("por", sa.String(80), nullable=False),
        *_recurso(),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
        # Holds are deleted, and offers and clients remember their ids: none is given to another one.
        sqlite_autoincrement=True,
    )
    op.create_index("ix_apartado_por", "apartado", ["por", "vence_en"])
    _indices("apartado", "vence_en", "paciente_id", "sesion_id", "actualizado_en")
    op.create_table(
        "serie",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("paciente_id", "paciente_ref"),
        *(_ref(*uno) for uno in lugar),
        sa.Column("primera", sa.DateTime, nullable=False),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("rrule", sa.String(200), nullable=False),
        sa.Column("motivo_consulta", sa.String(500)),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        *_recurso(),
    )
    _indices("serie", "paciente_id", "doctor_id", "centro_id", "actualizado_en")


def _cita() -> None:
    """Only columns are added: SQLite takes a reference along when it may be NULL."""
    for columna in (
        _entero("tratamiento_id", nulo=True),
        sa.Column("holgura_antes_minutos", sa.Integer, nullable=False, server_default="0"),
        sa.Column("holgura_despues_minutos", sa.Integer, nullable=False, server_default="0"),
        sa.Column("sobreturno", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("motivo_sobreturno", sa.String(300)),
        _momento("cambio_solicitado_en", nulo=True),
        sa.Column("cambio_solicitado", sa.String(500)),
    ):
        op.add_column("cita", columna)
    referencias = ("asistente_id", "asistente_ref"), ("sesion_id", "sesion"), ("serie_id", "serie")
    for columna, tabla in referencias:
        if op.get_bind().dialect.name == "postgresql":
            op.add_column("cita", _entero(columna, nulo=True))
            op.create_foreign_key(f"fk_cita_{columna}_{tabla}", "cita", tabla, [columna], ["id"])
        else:
            op.execute(
                f"ALTER TABLE cita ADD COLUMN {columna} INTEGER"
                f" CONSTRAINT fk_cita_{columna}_{tabla} REFERENCES {tabla} (id)"
            )
    op.create_index("ix_cita_sesion_id", "cita", ["sesion_id"])
    op.create_index("ix_cita_serie", "cita", ["serie_id", "inicio"])
    _indice_parcial("ix_cita_cambio_solicitado", "cita", "inicio", "cambio_solicitado_en IS NOT NULL")


def _ocupacion() -> None:
    """The table again, with more origins and kinds. Nothing refers to it."""
    op.execute("ALTER TABLE ocupacion RENAME TO ocupacion_anterior")
    if op.get_bind().dialect.name == "postgresql":
        # Names of constraints and indexes are the schema's, not the table's.
        op.execute("ALTER TABLE ocupacion_anterior DROP CONSTRAINT pk_ocupacion")
        op.execute("ALTER SEQUENCE ocupacion_id_seq RENAME TO ocupacion_anterior_id_seq")
    op.drop_index("ix_ocupacion_cita_id")
    op.drop_index("ix_ocupacion_recurso")
    for tipo in ("doctor", "paciente", "sala"):
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE ocupacion_anterior DROP CONSTRAINT ex_ocupacion_{tipo}")
        else:
            op.execute(f"DROP TRIGGER ex_ocupacion_{tipo}_insert")
            op.execute(f"DROP TRIGGER ex_ocupacion_{tipo}_update")
    op.create_table(
        "ocupacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tipo", sa.String(10), nullable=False),
        _entero("recurso_id"),
        _momento("inicio"),
        _momento("fin"),
        _ref("cita_id", "cita", nula=True, ondelete="CASCADE"),
        _ref("apartado_id", "apartado", nula=True, ondelete="CASCADE"),
        _ref("sesion_id", "sesion", nula=True, ondelete="CASCADE"),
        _momento("vence_en", nulo=True),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
        sa.CheckConstraint(f"tipo IN {RECURSOS}", name="tipo"),
        sa.CheckConstraint(
            "(cita_id IS NOT NULL AND apartado_id IS NULL AND sesion_id IS NULL AND vence_en IS NULL)"
            " OR (cita_id IS NULL AND apartado_id IS NOT NULL AND sesion_id IS NULL AND vence_en IS NOT NULL)"
            " OR (cita_id IS NULL AND apartado_id IS NULL AND sesion_id IS NOT NULL AND vence_en IS NULL)",
            name="origen",
        ),
    )
    columnas = "tipo, recurso_id, inicio, fin, cita_id"
    op.execute(f"INSERT INTO ocupacion ({columnas}) SELECT {columnas} FROM ocupacion_anterior")  # noqa: S608
    op.drop_table("ocupacion_anterior")
    op.create_index("ix_ocupacion_recurso", "ocupacion", ["tipo", "recurso_id", "fin"])
    _indices("ocupacion", "cita_id", "apartado_id", "sesion_id")
    guardas.crear(op.get_bind(), RECURSOS)


def _espera() -> None:
    op.create_table(
        "espera",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("paciente_id", "paciente_ref"),
        _ref("doctor_id", "doctor_ref", nula=True),
        _ref("centro_id", "centro_ref", nula=True),
        sa.Column("especialidad", sa.String(120)),
        _entero("tratamiento_id", nulo=True),
        sa.Column("desde", sa.Date, nullable=False),
        sa.Column("hasta", sa.Date, nullable=False),
        _entero("hora_desde", nulo=True),
        _entero("hora_hasta", nulo=True),
        sa.Column("dias_semana", sa.JSON),
        _entero("prioridad"),
        sa.Column("notas", sa.String(500)),
        sa.Column("estado", sa.String(10), nullable=False),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        _ref("cita_id", "cita", nula=True),
        sa.Column("huella", sa.String(64), nullable=False),
        *_recurso(),
        sa.CheckConstraint("estado IN ('esperando', 'ofrecida', 'atendida', 'cancelada', 'vencida')", name="estado"),
        sa.CheckConstraint("hasta >= desde", name="fechas"),
        sa.CheckConstraint("hora_hasta > hora_desde", name="horas"),
        sa.CheckConstraint("prioridad BETWEEN 0 AND 9", name="prioridad"),
    )
    op.create_index("ix_espera_turno", "espera", ["estado", "prioridad", "id"])
    op.create_index(
        "uq_espera_paciente_id_huella",
        "espera",
        ["paciente_id", "huella"],
        unique=True,
        **where("eliminado_en IS NULL AND estado IN ('esperando', 'ofrecida')"),
    )
    _indices("espera", "paciente_id", "doctor_id", "centro_id", "actualizado_en")
    op.create_table(
        "hueco",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("doctor_id", "doctor_ref"),
        _ref("centro_id", "centro_ref"),
        _entero("sala_id", nulo=True),
        _momento("inicio"),
        _momento("fin"),
        _ref("cita_id", "cita", nula=True),
        sa.Column("estado", sa.String(10), nullable=False),
        _momento("creado_en"),
        sa.CheckConstraint("estado IN ('pendiente', 'ofrecido', 'tomado', 'cerrado')", name="estado"),
        sa.CheckConstraint("fin > inicio", name="intervalo"),
    )
    _indices("hueco", "cita_id")
    _indice_parcial("ix_hueco_abierto", "hueco", "id", "estado IN ('pendiente', 'ofrecido')")
    op.create_table(
        "oferta",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("hueco_id", "hueco"),
        _ref("espera_id", "espera"),
        _entero("apartado_id", nulo=True),
        _momento("inicio"),
        _momento("fin"),
        _momento("vence_en"),
        sa.Column("estado", sa.String(10), nullable=False),
        _ref("cita_id", "cita", nula=True),
        _momento("creado_en"),
        _momento("resuelto_en", nulo=True),
        sa.CheckConstraint("estado IN ('enviada', 'aceptada', 'rechazada', 'vencida', 'retirada')", name="estado"),
        sa.UniqueConstraint("hueco_id", "espera_id"),
    )
    _indices("oferta", "espera_id")
    _indice_parcial("uq_oferta_hueco_enviada", "oferta", "hueco_id", "estado = 'enviada'", unique=True)
    _indice_parcial("uq_oferta_espera_enviada", "oferta", "espera_id", "estado = 'enviada'", unique=True)


def _avisos() -> None:
    op.create_table(
        "recordatorio",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("cita_id", "cita", ondelete="CASCADE"),
        _entero("antelacion_minutos"),
        _momento("vence"),
        sa.Column("estado", sa.String(10), nullable=False),
        _momento("resuelto_en", nulo=True),
        sa.Column("por", sa.String(80)),
        sa.CheckConstraint("estado IN ('pendiente', 'enviado', 'tarde', 'anulado')", name="estado"),
        sa.UniqueConstraint("cita_id", "antelacion_minutos", "vence"),
    )
    _indice_parcial("ix_recordatorio_pendiente", "recordatorio", "vence", "estado = 'pendiente'")
    op.create_table(
        "calendario",
        sa.Column("id", sa.Integer, primary_key=True),
        _ref("doctor_id", "doctor_ref", nula=True),
        _ref("paciente_id", "paciente_ref", nula=True),
        sa.Column("nombre", sa.String(80)),
        sa.Column("con_nombres", sa.Boolean, nullable=False),
        sa.Column("huella", sa.String(64), nullable=False, unique=True),
        *_recurso(),
        sa.CheckConstraint("(doctor_id IS NULL) <> (paciente_id IS NULL)", name="de_quien"),
    )
    _indices("calendario", "doctor_id", "paciente_id", "actualizado_en")


def _indice_parcial(nombre: str, tabla: str, columna: str, donde: str, *, unique: bool = False) -> None:
    op.create_index(nombre, tabla, [columna], unique=unique, **where(donde))
