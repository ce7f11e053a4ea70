"""Machine clients from outside the network: n8n, scripts, other systems."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, true
from sqlalchemy.orm import Mapped, mapped_column

from auth.extensiones import db, restricciones
from auth.huellas import huella, secreto_nuevo
from auth.modelos.revocacion import revocar
from comun.auth.caller import Caller
from comun.models import Resource, unique_alive
from comun.tables import Json


class ClienteServicio(Resource, db.Model):
    """A client that gets tokens by its own secret; of which only the SHA-256 is kept."""

    __tablename__ = "cliente_servicio"
    __table_args__ = (unique_alive("cliente_servicio", "nombre"),)
    audit_secret = frozenset({"secreto_huella"})

    AUSENTE = "No existe ese cliente."

    nombre: Mapped[str] = mapped_column(String(60))
    descripcion: Mapped[str | None] = mapped_column(String(200))
    secreto_huella: Mapped[str] = mapped_column(String(64))
    permisos: Mapped[list[str]] = mapped_column(Json, default=list)
    activo: Mapped[bool] = mapped_column(default=True)
    version_token: Mapped[int] = mapped_column(default=1)

    @property
    def sujeto(self) -> str:
        """How tokens name it."""
        return f"servicio:{self.nombre}"

    @classmethod
    def visibles_para(cls, quien: Caller) -> ColumnElement[bool]:
        """All of them, for whoever may see clients."""
        return true()

    def nuevo_secreto(self) -> str:
        """Replace its secret; the answer is the only copy."""
        secreto = secreto_nuevo()
        self.secreto_huella = huella(secreto)
        return secreto

    def cambiar_permisos(self, permisos: Iterable[str]) -> None:
        """Give exactly these."""
        nuevos = sorted(set(permisos))
        if nuevos != self.permisos:
            self.permisos = nuevos
            self.renovar_tokens()

    def renovar_tokens(self) -> None:
        """Let every token that it holds be worth nothing."""
        self.version_token += 1
        revocar("usuario", self.sujeto, self.version_token)

    def eliminar(self) -> None:
        """Delete softly; its tokens are revoked."""
        self.renovar_tokens()
        super().eliminar()


restricciones.add("uq_cliente_servicio_nombre", "cliente_duplicado", "Ya existe un cliente con ese nombre.")
