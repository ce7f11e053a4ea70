"""Which permissions somebody ends up with, and over whom that somebody may decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Whoever signs in may see and secure the own account; it can't be taken away, or nobody could sign out.
PROPIOS = frozenset({"auth:perfil", "auth:segundo_factor"})

# Wider scopes first; the last two are within everybody's reach.
ALCANCES = ("red", "centros", "medico", "paciente", "ninguno")


def efectivos(del_rol: Iterable[str], concedidos: Iterable[str], denegados: Iterable[str]) -> frozenset[str]:
    """What a user may do: what the role gives and was granted on top, less what was denied; own account always."""
    return (frozenset(del_rol) | frozenset(concedidos)) - frozenset(denegados) | PROPIOS


@dataclass(frozen=True)
class Poder:
    """What somebody may do and where: the yardstick for handing out rights."""

    alcance: str
    permisos: frozenset[str]
    centros: frozenset[int] = frozenset()

    def cubre(self, otro: Poder) -> bool:
        """Whether everything that `otro` may do lies within this, so that granting it gives nothing new away."""
        if not otro.permisos - PROPIOS <= self.permisos:
            return False
        if self.alcance == "red":
            return True
        # The own rows of a doctor or of a patient are never more than a person's own.
        menores = ALCANCES[1:] if self.alcance == "centros" else ALCANCES[3:]
        return otro.alcance in menores and otro.centros <= self.centros
