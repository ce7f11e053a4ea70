"""Roles: whose rows their holders see, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, select, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth.dominio.permisos import ALCANCES, Poder
from auth.dominio.roles import ADMIN, SINONIMOS
from auth.extensiones import db, restricciones
from auth.modelos.revocacion import revocar
from comun import audit
from comun.auth.caller import Caller
from comun.errors import Conflict, Invalid
from comun.fields import fold
from comun.models import Resource, unique_alive


class Rol(Resource, db.Model):
    """A role. Its name is in tokens and never changes; those `de_sistema` can't be deleted or rescoped."""

    __tablename__ = "rol"
    __table_args__ = (
        unique_alive("rol", "nombre"),
        CheckConstraint(f"alcance IN {ALCANCES}", name="alcance"),
    )

    AUSENTE = "No existe ese rol."

    nombre: Mapped[str] = mapped_column(String(40))
    descripcion: Mapped[str | None] = mapped_column(String(200))
    alcance: Mapped[str] = mapped_column(String(10))
    exige_segundo_factor: Mapped[bool] = mapped_column(default=False)
    de_sistema: Mapped[bool] = mapped_column(default=False)
    version_token: Mapped[int] = mapped_column(default=1)

    filas_permiso: Mapped[list[RolPermiso]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="RolPermiso.permiso"
    )

    @property
    def permisos(self) -> list[str]:
        """The permissions that it gives, sorted."""
        return sorted(fila.permiso for fila in self.filas_permiso)

    @property
    def poder(self) -> Poder:
        """What its holders may do, wherever their scope is."""
        return Poder(self.alcance, frozenset(self.permisos))

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All of them, for whoever may see roles."""
        return true()

    @classmethod
    def de_nombre(cls, nombre: str) -> Rol:
        """The living role of that name, without regard to case and accents. Invalid when there is none."""
        buscado = fold(nombre)
        rol = db.session.scalar(select(cls).where(cls.nombre == SINONIMOS.get(buscado, buscado), cls.vivos()))
        if rol is None:
            raise _no_existe()
        return rol

    def retener(self) -> None:
        """Let nobody delete it until the transaction ends, for it is being given. Invalid when that has happened."""
        vivo = select(Rol.id).where(Rol.id == self.id, Rol.vivos()).with_for_update(read=True)
        if db.session.scalar(vivo) is None:
            raise _no_existe()

    def cambiar_permisos(self, nuevos: Iterable[str]) -> None:
        """Give exactly these; tokens of its holders are revoked, and say the new truth once renewed."""
        if self.nombre == ADMIN:
            raise Conflict("rol_protegido", "El rol admin tiene siempre todos los permisos.")
        antes, despues = set(self.permisos), set(nuevos)
        if antes == despues:
            return
        self.filas_permiso = [fila for fila in self.filas_permiso if fila.permiso in despues]
        self.filas_permiso += [RolPermiso(permiso=permiso) for permiso in sorted(despues - antes)]
        audit.record("rol", self.id, {"permisos": [sorted(antes), sorted(despues)]})
        self.renovar_tokens()

    def renovar_tokens(self) -> None:
        """Let every access token of its holders be worth nothing; renewing gives a new one."""
        self.version_token += 1
        revocar("rol", self.nombre, self.version_token)


def _no_existe() -> Invalid:
    return Invalid({"rol": ["No existe ese rol."]})


class RolPermiso(db.Model):
    """A permission that a role gives."""

    __tablename__ = "rol_permiso"

    rol_id: Mapped[int] = mapped_column(ForeignKey("rol.id", ondelete="CASCADE"), primary_key=True)
    permiso: Mapped[str] = mapped_column(String(60), primary_key=True)


class PermisoSembrado(db.Model):
    """A default that a role was given once. What an administrator took away since is not given again."""

    __tablename__ = "permiso_sembrado"

    rol: Mapped[str] = mapped_column(String(40), primary_key=True)
    permiso: Mapped[str] = mapped_column(String(60), primary_key=True)


restricciones.add("uq_rol_nombre", "rol_duplicado", "Ya existe un rol con ese nombre.")
