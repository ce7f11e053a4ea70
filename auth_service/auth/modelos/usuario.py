"""Users: who they are, what they may do, and where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, false, func, or_, select, true, update
from sqlalchemy.orm import Mapped, lazyload, mapped_column, relationship

from auth.dominio.permisos import Poder, efectivos
from auth.dominio.roles import ADMIN
from auth.extensiones import db, restricciones
from auth.modelos.revocacion import revocar
from auth.modelos.rol import Rol
from auth.modelos.sesion import Sesion
from comun import audit
from comun.auth.caller import Caller, Scope
from comun.db import UtcDateTime, changed_rows, now
from comun.errors import Conflict, NotFound
from comun.models import Resource, unique_alive


class Usuario(Resource, db.Model):
    """Somebody who may sign in. With `reservado_hasta` it only holds the name, until its person exists."""

    __tablename__ = "usuario"
    __table_args__ = (
        unique_alive("usuario", "nombre_usuario"),
        unique_alive("usuario", "doctor_id"),
        unique_alive("usuario", "paciente_id"),
        unique_alive("usuario", "reserva_clave"),
        Index("ix_usuario_reservado_hasta", "reservado_hasta"),
    )
    audit_secret = frozenset({"contrasena_hash", "totp_secreto", "totp_paso", "reserva_clave"})

    AUSENTE = "No existe ese usuario, o no le corresponde verlo."

    nombre_usuario: Mapped[str] = mapped_column(String(60))
    email: Mapped[str | None] = mapped_column(String(255), index=True)
    contrasena_hash: Mapped[str | None] = mapped_column(String(255))
    nombres: Mapped[str] = mapped_column(String(120), default="")
    apellidos: Mapped[str] = mapped_column(String(120), default="")
    rol_id: Mapped[int] = mapped_column(ForeignKey("rol.id"), index=True)
    activo: Mapped[bool] = mapped_column(default=True)
    doctor_id: Mapped[int | None]
    paciente_id: Mapped[int | None]
    ultimo_acceso: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version_token: Mapped[int] = mapped_column(default=1)
    reservado_hasta: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reserva_clave: Mapped[str | None] = mapped_column(String(120))
    totp_secreto: Mapped[str | None] = mapped_column(String(255))
    totp_desde: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_paso: Mapped[int | None]

    entidad_rol: Mapped[Rol] = relationship(lazy="joined", innerjoin=True)
    filas_centro: Mapped[list[UsuarioCentro]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="UsuarioCentro.centro_id"
    )
    filas_permiso: Mapped[list[UsuarioPermiso]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="UsuarioPermiso.permiso"
    )

    @property
    def rol(self) -> str:
        return self.entidad_rol.nombre

    @property
    def nombre_completo(self) -> str:
        return f"{self.nombres} {self.apellidos}".strip() or self.nombre_usuario

    @property
    def centros(self) -> list[int]:
        """Ids of the centres where the user works."""
        return sorted(fila.centro_id for fila in self.filas_centro)

    @property
    def concedidos(self) -> list[str]:
        """Permissions on top of the role's."""
        return sorted(fila.permiso for fila in self.filas_permiso if fila.concedido)

    @property
    def denegados(self) -> list[str]:
        """Permissions of the role that this user does not have."""
        return sorted(fila.permiso for fila in self.filas_permiso if not fila.concedido)

    @property
    def permisos(self) -> frozenset[str]:
        """What the user may do in the end."""
        return efectivos(self.entidad_rol.permisos, self.concedidos, self.denegados)

    @property
    def poder(self) -> Poder:
        """What the user may do, and where."""
        return Poder(self.entidad_rol.alcance, self.permisos, frozenset(self.centros))

    @property
    def segundo_factor(self) -> bool:
        """Whether signing in takes a code as well."""
        return self.totp_desde is not None

    @property
    def debe_segundo_factor(self) -> bool:
        """Whether the role needs a second factor that the user has not set up yet."""
        return self.entidad_rol.exige_segundo_factor and not self.segundo_factor

    @property
    def puede_entrar(self) -> bool:
        """Whether the right password opens the account."""
        return (
            self.activo
            and self.eliminado_en is None
            and self.reservado_hasta is None
            and self.contrasena_hash is not None
        )

    @classmethod
    def confirmados(cls) -> ColumnElement[bool]:
        """The living ones that are more than a reservation."""
        return and_(cls.vivos(), cls.reservado_hasta.is_(None))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """Staff of a centre and doctors see staff, the network's administration everybody, a patient himself."""
        propio = cls.id == quien.usuario_id if quien.usuario_id is not None else false()
        personal = cls.rol_id.in_(select(Rol.id).where(Rol.alcance.not_in(("paciente", "ninguno"))))
        match quien.alcance:
            case Scope.RED:
                alcance: ColumnElement[bool] = true()
            case Scope.CENTROS | Scope.MEDICO:
                alcance = or_(personal, propio)
            case _:
                alcance = propio
        return and_(cls.reservado_hasta.is_(None), alcance)

    @classmethod
    def para_cambiar(cls, *condiciones: ColumnElement[bool]) -> Select[Any]:
        """Users as they are now, that nobody else can change until the transaction ends.

        The role is read apart: joined, PostgreSQL finds nobody when it waited for someone who changed the role.
        """
        consulta = select(cls).where(*condiciones).options(lazyload(cls.entidad_rol))
        return consulta.with_for_update(of=cls).execution_options(populate_existing=True)

    @classmethod
    def de_id(cls, usuario_id: int) -> Usuario:
        """The living, confirmed user with that id; NotFound otherwise."""
        usuario = db.session.scalar(select(cls).where(cls.id == usuario_id, cls.confirmados()))
        if usuario is None:
            raise NotFound(cls.AUSENTE)
        return usuario

    @classmethod
    def de_identificador(cls, identificador: str) -> Usuario | None:
        """Who signs in with that: an email address when it has an `@`, a user name otherwise.

        Of several who share an address, the first who has a way in: an account that was closed keeps nobody out, and
        a later one doesn't by taking it too. Loads nothing else of the user: it must take as long as finding nobody.
        """
        buscado = identificador.strip().lower()
        columna = cls.email if "@" in buscado else cls.nombre_usuario
        return db.session.scalar(
            select(cls)
            .where(columna == buscado, cls.confirmados())
            .order_by(cls.activo.desc(), cls.contrasena_hash.is_(None), cls.id)
            .limit(1)
            .options(lazyload("*"))
        )

    def anotar_acceso(self) -> None:
        """Remember that the user signed in; not a change of the user."""
        acceso = update(Usuario).where(Usuario.id == self.id)
        changed_rows(db.session, acceso.values(ultimo_acceso=now(), actualizado_en=Usuario.actualizado_en))

    def asignar_centros(self, ids: Iterable[int]) -> None:
        """Let the user work in exactly these centres."""
        antes, despues = set(self.centros), set(ids)
        if antes == despues:
            return
        self.filas_centro = [fila for fila in self.filas_centro if fila.centro_id in despues]
        self.filas_centro += [UsuarioCentro(centro_id=centro) for centro in sorted(despues - antes)]
        self._anotar_cambio("centros", sorted(antes), sorted(despues))

    def cambiar_permisos(self, concedidos: Iterable[str], denegados: Iterable[str]) -> None:
        """Set what the user has on top of the role's permissions, and what not in spite of them."""
        nuevos = {permiso: True for permiso in concedidos} | {permiso: False for permiso in denegados}
        antes = {fila.permiso: fila.concedido for fila in self.filas_permiso}
        if antes == nuevos:
            return
        self.filas_permiso = [fila for fila in self.filas_permiso if nuevos.get(fila.permiso) is fila.concedido]
        quedan = {fila.permiso for fila in self.filas_permiso}
        db.session.flush()
        self.filas_permiso += [
            UsuarioPermiso(permiso=permiso, concedido=si) for permiso, si in nuevos.items() if permiso not in quedan
        ]
        self._anotar_cambio("permisos", antes, nuevos)

    def _anotar_cambio(self, que: str, antes: Any, despues: Any) -> None:
        self.touch()
        db.session.flush()
        audit.record("usuario", self.id, {que: [antes, despues]})
        self.renovar_tokens()

    def renovar_tokens(self) -> None:
        """Let every access token of the user be worth nothing; renewing the session gives a new one."""
        db.session.flush()
        self.version_token += 1
        revocar("usuario", self.id, self.version_token)

    def cerrar_sesiones(self) -> None:
        """End every session, with all its tokens."""
        self.renovar_tokens()
        db.session.execute(
            update(Sesion).where(Sesion.usuario_id == self.id, Sesion.revocada_en.is_(None)).values(revocada_en=now())
        )

    def activar(self) -> None:
        """Let the user sign in again."""
        self.activo = True

    def desactivar(self) -> None:
        """Keep the user out, at once and everywhere. Not the last administrator."""
        if self.activo:
            self.exigir_otro_admin()
            self.activo = False
            self.cerrar_sesiones()

    def eliminar(self) -> None:
        """Delete softly, and end every session. Not the last administrator."""
        self.exigir_otro_admin()
        self.cerrar_sesiones()
        super().eliminar()

    def cambiar_rol(self, rol: Rol) -> None:
        """Give another role. Not to the last administrator."""
        if rol.id != self.rol_id:
            self.exigir_otro_admin()
            rol.retener()
            self.entidad_rol = rol
            self.renovar_tokens()

    def cambiar_contrasena(self, hash_nuevo: str) -> None:
        """Set a new password; every session ends."""
        self.contrasena_hash = hash_nuevo
        self.cerrar_sesiones()

    def exigir_otro_admin(self) -> None:
        """Conflict when no other active administrator would be left."""
        if self.rol != ADMIN or not self.activo:
            return
        # The role's row is the lock: of two who demote each other at once, the second sees what the first did.
        db.session.execute(select(Rol.id).where(Rol.id == self.rol_id).with_for_update())
        otros = db.session.scalar(
            select(func.count()).where(
                Usuario.rol_id == self.rol_id,
                Usuario.id != self.id,
                Usuario.activo,
                Usuario.contrasena_hash.is_not(None),
                Usuario.confirmados(),
            )
        )
        if not otros:
            raise Conflict("ultimo_admin", "Es el último administrador activo; nombre antes a otro.")


class UsuarioCentro(db.Model):
    """A centre (by its id in admin_service) in which a user works."""

    __tablename__ = "usuario_centro"

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True)
    centro_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class UsuarioPermiso(db.Model):
    """A permission granted to a user on top of the role, or denied in spite of it."""

    __tablename__ = "usuario_permiso"

    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), primary_key=True)
    permiso: Mapped[str] = mapped_column(String(60), primary_key=True)
    concedido: Mapped[bool]


class CodigoRecuperacion(db.Model):
    """A code that stands in once for the second factor; only its SHA-256 is kept."""

    __tablename__ = "codigo_recuperacion"

    id: Mapped[int] = mapped_column(primary_key=True)
    usuario_id: Mapped[int] = mapped_column(ForeignKey("usuario.id", ondelete="CASCADE"), index=True)
    huella: Mapped[str] = mapped_column(String(64))
    usado_en: Mapped[datetime | None] = mapped_column(UtcDateTime)


restricciones.add("uq_usuario_nombre_usuario", "nombre_usuario_duplicado", "Ya existe un usuario con ese nombre.")
restricciones.add("uq_usuario_doctor_id", "doctor_con_usuario", "Ese doctor ya tiene otro usuario.")
restricciones.add("uq_usuario_paciente_id", "paciente_con_usuario", "Ese paciente ya tiene otro usuario.")
restricciones.add("uq_usuario_reserva_clave", "reserva_simultanea", "Esa reserva ya está en curso.")
