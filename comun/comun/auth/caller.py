"""The caller of the current request, as the verified token tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import g


class Scope(StrEnum):
    """Whose rows a caller sees. Anything else is `ninguno`: no access."""

    RED = "red"
    CENTROS = "centros"
    MEDICO = "medico"
    PACIENTE = "paciente"
    NINGUNO = "ninguno"


@dataclass(frozen=True)
class Caller:
    """A person or a service, with the claims of its token.

    `alcance` says whose rows it sees; `centros`, `doctor_id`, `paciente_id` are what that scope refers to.
    """

    sujeto: str
    nombre_usuario: str = ""
    rol: str = ""
    alcance: Scope = Scope.NINGUNO
    permisos: frozenset[str] = frozenset()
    centros: frozenset[int] = frozenset()
    doctor_id: int | None = None
    paciente_id: int | None = None
    sesion: str = ""

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> Caller:
        """The caller that a verified token names."""
        scope = claims.get("alcance")
        return cls(
            sujeto=str(claims["sub"]),
            nombre_usuario=str(claims.get("nombre_usuario") or ""),
            rol=str(claims.get("rol") or ""),
            alcance=Scope(scope) if scope in tuple(Scope) else Scope.NINGUNO,
            permisos=frozenset(claims.get("permisos") or ()),
            centros=frozenset(claims.get("centros") or ()),
            doctor_id=claims.get("doctor_id"),
            paciente_id=claims.get("paciente_id"),
            sesion=str(claims.get("sid") or ""),
        )

    @property
    def usuario_id(self) -> int | None:
        """The user's id; None for a service."""
        return int(self.sujeto) if self.sujeto.isdigit() else None

    @property
    def actor(self) -> str:
        """How audit rows and idempotency keys name the caller."""
        return f"usuario:{self.sujeto}" if self.usuario_id is not None else self.sujeto

    def can(self, permission: str) -> bool:
        """Whether the caller holds the permission."""
        return permission in self.permisos

    def acts_in(self, centro_id: int | None) -> bool:
        """Whether the caller's scope reaches what belongs to that centre."""
        return self.alcance is Scope.RED or (self.alcance is Scope.CENTROS and centro_id in self.centros)


ANONYMOUS = Caller(sujeto="anonimo")


def caller() -> Caller:
    """The caller of this request; anonymous on public routes and outside requests."""
    found: Caller = g.get("caller", ANONYMOUS) if g else ANONYMOUS
    return found
