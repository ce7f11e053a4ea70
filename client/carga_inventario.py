"""What beside their rows belongs to products and treatments: the stock that each centre starts with, and recipes.

Stock is entered once. Each entry has a stable `Idempotency-Key`; and for a product that was there before the
ledger is looked at for an entry of that lot at that centre under the reference `carga-inicial`.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from odontocare_client import ApiError, NotReachable, OdontoCareClient

Json = dict[str, Any]
REFERENCIA = "carga-inicial"
PAUSA_SEGUNDOS = 0.5


class FilaRechazada(Exception):
    """The row can't be sent as it is; the message says why."""


@dataclass(frozen=True)
class Existencia:
    """So much of a product, in its own unit, at a centre: of one lot that expires, or of none."""

    centro: str
    cantidad: str
    lote: str | None = None
    caducidad: str | None = None
    centro_id: int = 0

    @classmethod
    def leer(cls, texto: str) -> Existencia:
        """From `centre:quantity[:lot[:expiry]]`. Raises FilaRechazada."""
        partes = [parte.strip() or None for parte in texto.split(":")]
        if not 2 <= len(partes) <= 4 or not partes[0] or not partes[1]:
            raise FilaRechazada(f"existencias: se espera centro:cantidad:lote:caducidad, no {texto}")
        centro, cantidad, lote, caducidad = [*partes, None, None][:4]
        return cls(str(centro), str(cantidad), lote, caducidad)

    def en(self, centro_id: int) -> Existencia:
        """The same, with the id of its centre."""
        return replace(self, centro_id=centro_id)


class CargaInventario:
    """Enters stock and sets recipes, each once."""

    def __init__(self, api: OdontoCareClient) -> None:
        self._api = api
        self._ingresado: set[tuple[int, int, str | None]] | None = None

    def ingresar(self, producto: Json, existencias: Sequence[Existencia], *, recien_creado: bool) -> None:
        """Enters what is not there yet, at what the product costs.

        Raises ApiError, and NotReachable when a centre remains unknown there.
        """
        for existencia in existencias:
            clave = (producto["id"], existencia.centro_id, existencia.lote)
            if recien_creado or clave not in self._antes():
                self._entrada(producto, existencia)

    def _antes(self) -> set[tuple[int, int, str | None]]:
        """Product, centre and lot of what an earlier run entered."""
        if self._ingresado is None:
            filas = self._api.pages("/inventario/movimientos", referencia=REFERENCIA)
            self._ingresado = {(fila["producto_id"], fila["centro_id"], fila["lote"]) for fila in filas}
        return self._ingresado

    def _entrada(self, producto: Json, existencia: Existencia) -> None:
        cuerpo = {
            "tipo": "entrada",
            "cantidad": existencia.cantidad,
            "centro_id": existencia.centro_id,
            "costo_unitario": producto["costo_unitario"],
            "lote": existencia.lote,
            "caducidad": existencia.caducidad,
            "motivo": "Existencias con las que se empieza",
            "referencia": REFERENCIA,
        }
        cuerpo = {campo: valor for campo, valor in cuerpo.items() if valor is not None}
        clave = huella(REFERENCIA, str(producto["id"]), str(sorted(cuerpo.items())))
        hasta = time.monotonic() + self._api.patience
        while True:
            try:
                self._api.post(f"/inventario/productos/{producto['id']}/movimientos", cuerpo, key=clave)
                return
            except ApiError as error:
                # The news of a centre that was made a moment ago is still on its way.
                if error.status != 422 or "centro_id" not in error.errores:
                    raise
                if time.monotonic() > hasta:
                    raise NotReachable(f"inventario_service no sabe del centro {existencia.centro}") from error
                time.sleep(PAUSA_SEGUNDOS)

    def fijar_receta(self, tratamiento_id: int, ingredientes: list[Json]) -> bool:
        """Gives the treatment its first recipe; False when it has one already, which stays."""
        ruta = f"/inventario/tratamientos/{tratamiento_id}/receta"
        if self._api.get(ruta)["ingredientes"]:
            return False
        self._api.put(ruta, {"ingredientes": ingredientes}, If_Match="*")
        return True


def presentacion(texto: str) -> Json:
    """From `caja:100`: a package and how many units it holds. Raises FilaRechazada."""
    nombre, _, factor = texto.partition(":")
    if not nombre.strip() or not factor.strip():
        raise FilaRechazada(f"presentaciones: se espera nombre:unidades, no {texto}")
    return {"nombre": nombre.strip(), "factor": factor.strip()}


def huella(*partes: str) -> str:
    """A stable key made of these parts."""
    return hashlib.sha256("\0".join(partes).encode()).hexdigest()
