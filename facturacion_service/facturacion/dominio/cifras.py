"""The figures of reports: what amounts of the ledger come to, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from comun.money import ZERO

# What is counted when it is incurred is not counted again when the cash desk pays it: neither what came of an
# expense nor of a settlement of fees.
_DE_CAJA = {
    ("ingreso", "pago"): ("cobrado", 1),
    ("egreso", "reembolso"): ("cobrado", -1),
    ("ingreso", "manual"): ("otros_ingresos", 1),
    ("egreso", "manual"): ("otros_egresos", 1),
}
_DE_CUENTA = {
    "facturado": "facturado",
    "iva": "iva",
    "gasto": "gastos",
    "material": "materiales",
    "honorario": "honorarios",
}


@dataclass
class Cifras:
    """Amounts that can be added up, in US dollars; `facturado` without tax, `cobrado` less what was given back."""

    facturado: Decimal = ZERO
    iva: Decimal = ZERO
    cobrado: Decimal = ZERO
    otros_ingresos: Decimal = ZERO
    gastos: Decimal = ZERO
    otros_egresos: Decimal = ZERO
    materiales: Decimal = ZERO
    honorarios: Decimal = ZERO

    @property
    def margen(self) -> Decimal:
        """What was invoiced, less what it took: materials and fees."""
        return self.facturado - self.materiales - self.honorarios

    @property
    def utilidad(self) -> Decimal:
        """Profit: the margin, and what else came in, less expenses and what else went out."""
        return self.margen + self.otros_ingresos - self.gastos - self.otros_egresos

    def sumar(self, cuenta: str, origen: str, importe: Decimal) -> None:
        """Add an amount of an account; `origen` is what a transaction of the cash desk came of."""
        if cuenta in _DE_CUENTA:
            figura, signo = _DE_CUENTA[cuenta], 1
        elif (cuenta, origen) in _DE_CAJA:
            figura, signo = _DE_CAJA[cuenta, origen]
        else:
            return
        setattr(self, figura, getattr(self, figura) + signo * importe)

    def __iadd__(self, otras: Cifras) -> Cifras:
        for campo in fields(self):
            setattr(self, campo.name, getattr(self, campo.name) + getattr(otras, campo.name))
        return self

    def como_dict(self) -> dict[str, Decimal | None]:
        """All of them by name."""
        return {nombre: getattr(self, nombre) for nombre in FIGURAS}


FIGURAS = (*(campo.name for campo in fields(Cifras)), "margen", "utilidad")
# The accounts whose entries say of which treatment and of which insurer they are, and their figures.
DE_LINEAS = ("facturado", "iva", "material", "honorario")
FIGURAS_DE_LINEAS = frozenset({"facturado", "iva", "materiales", "honorarios", "margen"})
