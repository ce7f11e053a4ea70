"""Users, roles, permissions, sessions, keys, revocations, clients, invitations, throttles."""

import sqlalchemy as sa
from alembic import op

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


def _del_usuario() -> sa.Column:
    return sa.Column("usuario_id", sa.Integer, sa.ForeignKey("usuario.id", ondelete="CASCADE"), nullable=False)


def _unico_entre_vivos(tabla: str, columna: str) -> None:
    op.create_index(f"uq_{tabla}_{columna}", tabla, [columna], unique=True, **where("eliminado_en IS NULL"))


def upgrade() -> None:
    create_mechanism_tables()
    _roles()
    _usuarios()
    _sesiones()
    _claves_y_clientes()


def _roles() -> None:
    op.create_table(
        "rol",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre", sa.String(40), nullable=False),
        sa.Column("descripcion", sa.String(200)),
        sa.Column("alcance", sa.String(10), nullable=False),
        sa.Column("exige_segundo_factor", sa.Boolean, nullable=False),
        sa.Column("de_sistema", sa.Boolean, nullable=False),
        sa.Column("version_token", sa.Integer, nullable=False),
        *_recurso(),
        sa.CheckConstraint("alcance IN ('red', 'centros', 'medico', 'paciente', 'ninguno')", name="alcance"),
    )
    op.create_index("ix_rol_actualizado_en", "rol", ["actualizado_en"])
    _unico_entre_vivos("rol", "nombre")
    op.create_table(
        "rol_permiso",
        sa.Column("rol_id", sa.Integer, sa.ForeignKey("rol.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("permiso", sa.String(60), primary_key=True),
    )
    op.create_table(
        "permiso_sembrado",
        sa.Column("rol", sa.String(40), primary_key=True),
        sa.Column("permiso", sa.String(60), primary_key=True),
    )


def _usuarios() -> None:
    op.create_table(
        "usuario",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre_usuario", sa.String(60), nullable=False),
        sa.Column("email", sa.String(255)),
        sa.Column("contrasena_hash", sa.String(255)),
        sa.Column("nombres", sa.String(120), nullable=False),
        sa.Column("apellidos", sa.String(120), nullable=False),
        sa.Column("rol_id", sa.Integer, sa.ForeignKey("rol.id"), nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("doctor_id", sa.Integer),
        sa.Column("paciente_id", sa.Integer),
        sa.Column("ultimo_acceso", UtcDateTime),
        sa.Column("version_token", sa.Integer, nullable=False),
        sa.Column("reservado_hasta", UtcDateTime),
        sa.Column("reserva_clave", sa.String(120)),
        sa.Column("totp_secreto", sa.String(255)),
        sa.Column("totp_desde", UtcDateTime),
        sa.Column("totp_paso", sa.Integer),
        *_recurso(),
    )
    for columna in ("actualizado_en", "email", "rol_id", "reservado_hasta"):
        op.create_index(f"ix_usuario_{columna}", "usuario", [columna])
    for columna in ("nombre_usuario", "doctor_id", "paciente_id", "reserva_clave"):
        _unico_entre_vivos("usuario", columna)
    op.create_table(
        "usuario_centro",
        sa.Column("usuario_id", sa.Integer, sa.ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("centro_id", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "usuario_permiso",
        sa.Column("usuario_id", sa.Integer, sa.ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("permiso", sa.String(60), primary_key=True),
        sa.Column("concedido", sa.Boolean, nullable=False),
    )
    op.create_table(
        "codigo_recuperacion",
        sa.Column("id", sa.Integer, primary_key=True),
        _del_usuario(),
        sa.Column("huella", sa.String(64), nullable=False),
        sa.Column("usado_en", UtcDateTime),
    )
    op.create_index("ix_codigo_recuperacion_usuario_id", "codigo_recuperacion", ["usuario_id"])
    op.create_table(
        "invitacion",
        sa.Column("id", sa.Integer, primary_key=True),
        _del_usuario(),
        sa.Column("huella", sa.String(64), nullable=False, unique=True),
        sa.Column("creada_en", UtcDateTime, nullable=False),
        sa.Column("expira_en", UtcDateTime, nullable=False),
        sa.Column("usada_en", UtcDateTime),
    )
    op.create_index("ix_invitacion_usuario_id", "invitacion", ["usuario_id"])


def _sesiones() -> None:
    op.create_table(
        "sesion",
        sa.Column("id", sa.String(32), primary_key=True),
        _del_usuario(),
        sa.Column("creada_en", UtcDateTime, nullable=False),
        sa.Column("usada_en", UtcDateTime, nullable=False),
        sa.Column("expira_en", UtcDateTime, nullable=False),
        sa.Column("revocada_en", UtcDateTime),
        sa.Column("direccion_ip", sa.String(45)),
        sa.Column("agente", sa.String(200)),
    )
    op.create_index("ix_sesion_usuario_id", "sesion", ["usuario_id"])
    op.create_index("ix_sesion_expira_en", "sesion", ["expira_en"])
    op.create_table(
        "token_renovacion",
        sa.Column("huella", sa.String(64), primary_key=True),
        sa.Column("sesion_id", sa.String(32), sa.ForeignKey("sesion.id", ondelete="CASCADE"), nullable=False),
        sa.Column("expira_en", UtcDateTime, nullable=False),
        sa.Column("usado_en", UtcDateTime),
    )
    op.create_index("ix_token_renovacion_sesion_id", "token_renovacion", ["sesion_id"])
    op.create_index("ix_token_renovacion_expira_en", "token_renovacion", ["expira_en"])
    op.create_table(
        "revocacion",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("tipo", sa.String(10), nullable=False),
        sa.Column("clave", sa.String(80), nullable=False),
        sa.Column("version_minima", sa.Integer),
        sa.Column("expira_en", UtcDateTime, nullable=False),
        sa.UniqueConstraint("tipo", "clave"),
        sa.CheckConstraint("tipo IN ('sesion', 'usuario', 'rol', 'clave')", name="tipo"),
    )
    op.create_index("ix_revocacion_expira_en", "revocacion", ["expira_en"])
    op.create_table(
        "freno_acceso",
        sa.Column("clave", sa.String(80), primary_key=True),
        sa.Column("desde", UtcDateTime, nullable=False),
        sa.Column("intentos", sa.Integer, nullable=False),
    )
    op.create_index("ix_freno_acceso_desde", "freno_acceso", ["desde"])


def _claves_y_clientes() -> None:
    op.create_table(
        "clave_firma",
        sa.Column("kid", sa.String(43), primary_key=True),
        sa.Column("privada", sa.Text, nullable=False),
        sa.Column("publica", Json, nullable=False),
        sa.Column("activa", sa.Boolean, nullable=False),
        sa.Column("creada_en", UtcDateTime, nullable=False),
        sa.Column("publicada_hasta", UtcDateTime),
    )
    op.create_index(
        "uq_clave_firma_activa",
        "clave_firma",
        ["activa"],
        unique=True,
        **where("activa"),
    )
    op.create_table(
        "cliente_servicio",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("nombre", sa.String(60), nullable=False),
        sa.Column("descripcion", sa.String(200)),
        sa.Column("secreto_huella", sa.String(64), nullable=False),
        sa.Column("permisos", Json, nullable=False),
        sa.Column("activo", sa.Boolean, nullable=False),
        sa.Column("version_token", sa.Integer, nullable=False),
        *_recurso(),
    )
    op.create_index("ix_cliente_servicio_actualizado_en", "cliente_servicio", ["actualizado_en"])
    _unico_entre_vivos("cliente_servicio", "nombre")
