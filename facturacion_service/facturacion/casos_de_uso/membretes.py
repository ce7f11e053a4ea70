"""What printed documents say of who issues them and whom they are for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from comun.db import now, release
from comun.errors import Unavailable
from comun.times import zone
from facturacion.casos_de_uso.dias import ZONA
from facturacion.clientes.admin import admin
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, PacienteRef


@dataclass(frozen=True)
class Partes:
    """A centre and a patient, as documents name them; `zona` is the centre's."""

    centro: Mapping[str, Any]
    paciente: Mapping[str, Any]
    zona: str

    @property
    def membrete(self) -> list[str]:
        """Who issues it, line by line."""
        letreros = (("Tel.", "telefono"), ("RUC", "ruc"))
        otras = [f"{letrero}: {self.centro[campo]}" for letrero, campo in letreros if self.centro.get(campo)]
        return [linea for linea in (self.centro.get("nombre"), self.centro.get("direccion"), *otras) if linea]

    @property
    def nombre(self) -> str:
        """The patient's, in full."""
        return f"{self.paciente.get('nombres', '')} {self.paciente.get('apellidos', '')}".strip()

    def en_su_reloj(self, momento: datetime | None = None) -> datetime:
        """The moment on the clock of the centre; now, unless another is given."""
        return (momento or now()).astimezone(zone(self.zona))


def partes(paciente_id: int, centro_id: int | None) -> Partes:
    """As admin_service has them now; while it is down no more than what they are called, so that the desk goes on.

    Ends the current transaction, which must not have written.
    """
    centro = db.session.get(CentroRef, centro_id) if centro_id is not None else None
    paciente = db.session.get(PacienteRef, paciente_id)
    release(db.session)
    try:
        fichas = admin().fichas(paciente_id, None, centro_id)
    except Unavailable:
        fichas = {}
    copia = {"nombres": paciente.nombres, "apellidos": paciente.apellidos} if paciente else {}
    conocido = {"nombre": centro.nombre} if centro else {}
    zona = centro.zona_horaria if centro else ZONA
    return Partes(fichas.get("centro") or conocido, fichas.get("paciente") or copia, zona)


def dolares(monto: Decimal) -> str:
    """An amount as it is printed."""
    return f"$ {monto:,.2f}"
