"""CPO-D and ceo-d: how many teeth are decayed, lost or filled (Klein and Palmer; Gruebbel for milk teeth).

By tooth, each counted once. C: caries, also beside a filling; fillings, crowns and endodontics to do; a provisional
filling; what is left of a root; an extraction indicated for caries. O: filled, crowned, with its endodontics done. P
(permanent teeth only): lost, not known to be for another cause than caries, also when a pontic or an implant stands
there. e (milk teeth only): extraction indicated for caries; a lost milk tooth counts as nothing. All 32 permanent
teeth count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from historia_clinica.dominio.catalogo_dental import Estado
from historia_clinica.dominio.odontograma import Boca, Vigente, ausencia
from historia_clinica.dominio.piezas import es_temporal

_NO_POR_CARIES = frozenset({"perdida_otra_causa", "agenesia", "exfoliada", "implante"})
_OBTURAN = frozenset({"restauracion", "corona", "endodoncia", "pulpotomia"})
_CARIADAS = frozenset({"caries", "resto_radicular"})


@dataclass(frozen=True)
class Indices:
    """Both indices of a mouth; each total is the sum of its three parts."""

    cpo_d_c: int
    cpo_d_p: int
    cpo_d_o: int
    ceo_d_c: int
    ceo_d_e: int
    ceo_d_o: int

    def documento(self) -> dict[str, dict[str, int]]:
        """`{"cpo_d": {c, p, o, total}, "ceo_d": {c, e, o, total}}`."""
        permanentes = {"c": self.cpo_d_c, "p": self.cpo_d_p, "o": self.cpo_d_o}
        temporales = {"c": self.ceo_d_c, "e": self.ceo_d_e, "o": self.ceo_d_o}
        return {
            "cpo_d": {**permanentes, "total": sum(permanentes.values())},
            "ceo_d": {**temporales, "total": sum(temporales.values())},
        }


def indices(boca: Boca) -> Indices:
    """CPO-D and ceo-d of a mouth."""
    permanentes = Counter(cuenta_como(p, v) for p, v in boca.items() if not es_temporal(p))
    temporales = Counter(cuenta_como(p, v) for p, v in boca.items() if es_temporal(p))
    return Indices(
        permanentes["C"], permanentes["P"], permanentes["O"], temporales["c"], temporales["e"], temporales["o"]
    )


def cuenta_como(pieza: int, vigentes: Sequence[Vigente]) -> str | None:
    """`C`, `P`, `O` of a permanent tooth, `c`, `e`, `o` of a milk tooth; None when it counts as nothing."""
    temporal = es_temporal(pieza)
    if (falta := ausencia(vigentes)) is not None:
        return None if temporal or falta.entrada.codigo in _NO_POR_CARIES else "P"
    if temporal and any(map(_por_extraer, vigentes)):
        return "e"
    if any(map(_cariada, vigentes)):
        return "c" if temporal else "C"
    if any(v.entrada.hecho and v.entrada.codigo in _OBTURAN for v in vigentes):
        return "o" if temporal else "O"
    return None


def _por_extraer(vigente: Vigente) -> bool:
    """Whether its extraction is indicated for caries, or nobody said for what else."""
    return vigente.entrada.codigo == "extraccion_indicada" and vigente.entrada.variante in (None, "caries")


def _cariada(vigente: Vigente) -> bool:
    entrada = vigente.entrada
    if entrada.codigo in _CARIADAS or _por_extraer(vigente):
        return True
    if entrada.codigo in _OBTURAN and entrada.estado == Estado.POR_HACER:
        return True
    return entrada.codigo == "restauracion" and entrada.variante == "temporal"
