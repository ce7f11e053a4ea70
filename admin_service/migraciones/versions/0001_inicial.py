"""Centres, doctors, patients, catalogues, configuration, and what is known of appointments."""

import sqlalchemy as sa
from alembic import op

from admin.modelos import busqueda
from comun.db import UtcDateTime
from comun.migrations import create_mechanism_tables, where
from comun.tables import Json

revision = "0001"
down_revision = None


def _recurso() -> list[sa.Column]:
    return [
        sa.Column("creado_en", UtcDateTime, nullable=False),
        sa.Column("actualizado_en", UtcDateTime, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eliminado_en", UtcDateTime),
    ]


def _unico_vivo(tabla: str, *columnas: str) -> None:
    nombre = f"uq_{tabla}_" + "_".join(columnas)
    op.create_index(nombre, tabla, columnas, unique=True, **where("eliminado_en IS NULL"))


def _indices(tabla: str, *columnas: str) -> None:
    for columna in columnas:
        op.create_index(f"ix_{tabla}_{columna}", tabla, [columna])


def upgrade() -> None:
    create_mechanism_tables()
    _catalogos()
    _centros()
    _doctores()
    _pacientes()
    _citas()
    _configuracion()


def _catalogos() -> None:
    op.create_table(
        "entrada_catalogo",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("catalogo", sa.String(20), nullable=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("nombre_plegado", sa.String(240), nullable=False),
        sa.Column("descripcion", sa.String(500)),
        sa.Column("activo", sa.Boolean, nullable=False),
        *_recurso(),
        sa.CheckConstraint(
            "catalogo IN ('especialidades', 'aseguradoras', 'fuentes', 'lineas-negocio')", name="catalogo"
        ),
    )
    _unico_vivo("entrada_catalogo", "catalogo", "nombre_plegado")
    _indices("entrada_catalogo", "actualizado_en")


def _centros() -> None:
    op.create_table(
        "centro",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("codigo", sa.String(20), nullable=False),
        sa.Column("nombre", sa.String(120), nullable=False),
        sa.Column("direccion", sa.String(255)),
        sa.Column("telefono", sa.String(20)),
        sa.Column("zona_horaria", sa.String(60), nullable=False),
        sa.Column("ruc", sa.String(13)),
        sa.Column("activo", sa.Boolean, nullable=False),
        *_recurso(),
        sa.Column("busqueda", sa.Text, nullable=False),
    )
    _unico_vivo("centro", "codigo")
    _indices("centro", "actualizado_en")
    op.create_table(
        "sala",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro.id"), nullable=False),
        sa.Column("nombre", sa.String(80), nullable=False),
        sa.Column("nombre_plegado", sa.String(240), nullable=False),
        sa.Column("tipo", sa.String(40), nullable=False),
        sa.Column("activa", sa.Boolean, nullable=False),
        *_recurso(),
    )
    _unico_vivo("sala", "centro_id", "nombre_plegado")
    _indices("sala", "actualizado_en")


def _doctores() -> None:
    op.create_table(
        "doctor",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
        sa.Column("tipo_identificacion", sa.String(10)),
        sa.Column("identificacion", sa.String(20)),
        sa.Column("registro_profesional", sa.String(60)),
        sa.Column("telefono", sa.String(20)),
        sa.Column("email", sa.String(255)),
        sa.Column("usuario_id", sa.Integer),
        sa.Column("activo", sa.Boolean, nullable=False),
        *_recurso(),
        sa.Column("busqueda", sa.Text, nullable=False),
    )
    _unico_vivo("doctor", "identificacion")
    _unico_vivo("doctor", "usuario_id")
    _indices("doctor", "apellidos", "actualizado_en")
    for tabla, otra, columna in (
        ("doctor_especialidad", "entrada_catalogo", "especialidad_id"),
        ("doctor_centro", "centro", "centro_id"),
    ):
        op.create_table(
            tabla,
            sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor.id"), primary_key=True),
            sa.Column(columna, sa.Integer, sa.ForeignKey(f"{otra}.id"), primary_key=True),
        )
        _indices(tabla, columna)
    op.create_table(
        "doctor_servicio",
        sa.Column("doctor_id", sa.Integer, sa.ForeignKey("doctor.id"), primary_key=True),
        sa.Column("tratamiento_id", sa.Integer, primary_key=True, autoincrement=False),
    )
    _indices("doctor_servicio", "tratamiento_id")


def _pacientes() -> None:
    op.create_table(
        "paciente",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombres", sa.String(100), nullable=False),
        sa.Column("apellidos", sa.String(100), nullable=False),
        sa.Column("tipo_identificacion", sa.String(10)),
        sa.Column("identificacion", sa.String(20)),
        sa.Column("referencia_externa", sa.String(80)),
        sa.Column("telefono", sa.String(20)),
        sa.Column("email", sa.String(255)),
        sa.Column("fecha_nacimiento", sa.Date),
        sa.Column("genero", sa.String(10)),
        sa.Column("direccion", sa.String(255)),
        sa.Column("estado_paciente", sa.String(10), nullable=False),
        sa.Column("fuente_id", sa.Integer, sa.ForeignKey("entrada_catalogo.id")),
        sa.Column("aseguradora_id", sa.Integer, sa.ForeignKey("entrada_catalogo.id")),
        sa.Column("linea_negocio_id", sa.Integer, sa.ForeignKey("entrada_catalogo.id")),
        sa.Column("presupuesto", sa.Numeric(12, 2)),
        sa.Column("centro_id", sa.Integer, sa.ForeignKey("centro.id")),
        sa.Column("usuario_id", sa.Integer),
        sa.Column("representante", Json),
        sa.Column("fusionado_en_id", sa.Integer, sa.ForeignKey("paciente.id")),
        sa.Column("anonimizado_en", UtcDateTime),
        *_recurso(),
        sa.Column("busqueda", sa.Text, nullable=False),
        sa.CheckConstraint("estado_paciente IN ('activo', 'inactivo')", name="estado_paciente"),
    )
    _unico_vivo("paciente", "identificacion")
    _unico_vivo("paciente", "referencia_externa")
    _unico_vivo("paciente", "usuario_id")
    _indices("paciente", "fecha_nacimiento", "fuente_id", "aseguradora_id", "linea_negocio_id", "actualizado_en")
    for columna in ("apellidos", "nombres", "creado_en", "centro_id"):
        op.create_index(f"ix_paciente_{columna}", "paciente", [columna, "id"])
    op.create_index(
        "ix_paciente_fusionado_en_id",
        "paciente",
        ["fusionado_en_id"],
        **where("fusionado_en_id IS NOT NULL"),
    )
    busqueda.crear_indice(op.get_bind(), "paciente")
    op.create_table(
        "consentimiento",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("paciente_id", sa.Integer, sa.ForeignKey("paciente.id"), nullable=False),
        sa.Column("tipo", sa.String(30), nullable=False),
        sa.Column("otorgado", sa.Boolean, nullable=False),
        sa.Column("fecha", UtcDateTime, nullable=False),
        sa.Column("canal", sa.String(20), nullable=False),
        sa.Column("registrado_por", sa.String(80), nullable=False),
        sa.Column("creado_en", UtcDateTime, nullable=False),
    )
    _indices("consentimiento", "paciente_id")


def _citas() -> None:
    op.create_table(
        "cita_ref",
        sa.Column("cita_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("paciente_id", sa.Integer, nullable=False),
        sa.Column("doctor_id", sa.Integer, nullable=False),
        sa.Column("centro_id", sa.Integer, nullable=False),
        sa.Column("sala_id", sa.Integer),
        sa.Column("fecha_hora", UtcDateTime, nullable=False),
        sa.Column("estado", sa.String(12), nullable=False),
        sa.Column("secuencia", sa.Integer, nullable=False),
    )
    op.create_index("ix_cita_ref_paciente", "cita_ref", ["paciente_id", "fecha_hora"])
    op.create_index("ix_cita_ref_fecha", "cita_ref", ["fecha_hora"])
    for nombre in ("doctor", "centro"):
        op.create_index(
            f"ix_cita_ref_{nombre}",
            "cita_ref",
            [f"{nombre}_id", "paciente_id"],
            **where("estado <> 'cancelada'"),
        )


def _configuracion() -> None:
    op.create_table(
        "configuracion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("clave", sa.String(80), nullable=False),
        sa.Column("tipo", sa.String(10), nullable=False),
        sa.Column("valor", Json),
        sa.Column("descripcion", sa.String(500)),
        *_recurso(),
        sa.CheckConstraint("tipo IN ('texto', 'numero', 'booleano', 'lista', 'objeto')", name="tipo"),
    )
    _unico_vivo("configuracion", "clave")
    _indices("configuracion", "actualizado_en")
    op.create_table(
        "configuracion_cambio",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("clave", sa.String(80), nullable=False),
        sa.Column("antes", Json),
        sa.Column("despues", Json),
        sa.Column("por", sa.String(80), nullable=False),
        sa.Column("momento", UtcDateTime, nullable=False),
    )
    _indices("configuracion_cambio", "clave")
