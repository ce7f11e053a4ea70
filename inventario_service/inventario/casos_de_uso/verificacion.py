"""Whether a centre has enough for some treatments, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Invalid
from comun.times import zone
from inventario.casos_de_uso.libro import disponibles
from inventario.casos_de_uso.lugares import centro_unico
from inventario.casos_de_uso.recetario import recetas_de
from inventario.casos_de_uso.reservas import reservado
from inventario.dominio.recetas import Eleccion, elegir, necesidades
from inventario.extensiones import db
from inventario.modelos import CentroRef, Producto, Tratamiento

CERO = Decimal(0)


@dataclass(frozen=True)
class Nivel:
    """How much of a product a centre has that can be used today, and how much of it is for booked appointments."""

    existencia: Decimal = CERO
    reservado: Decimal = CERO

    @property
    def disponible(self) -> Decimal:
        """What nobody has a claim to."""
        return max(self.existencia - self.reservado, CERO)


def verificar(tratamiento_id: int, cantidad: int, centro_id: int | None, quien: Caller) -> dict[str, Any]:
    """What so many of a treatment would use at a centre, beside all that is booked there.

    NotFound: no such treatment. Invalid: no such centre, or none given where there are several.
    """
    tratamiento = Tratamiento.obtener(tratamiento_id, quien)
    centro = _centro(centro_id, quien)
    necesita = necesidades(tratamiento.id, Decimal(cantidad), recetas_de([tratamiento.id]))
    productos = {producto_id for necesidad in necesita for producto_id in necesidad.productos}
    niveles = _niveles(productos, centro)
    elegidas = elegir(necesita, {producto_id: nivel.disponible for producto_id, nivel in niveles.items()})
    lineas = _lineas(elegidas, niveles)
    faltantes = [linea for linea in lineas if linea["faltante"]]
    # Each need is told once by `necesidades`.
    omitidas = set(necesita) - {eleccion.necesidad for eleccion in elegidas}
    return {
        "tratamiento_id": tratamiento.id,
        "centro_id": centro.id,
        "cantidad": cantidad,
        "alcanza": not faltantes,
        "ingredientes": lineas,
        "faltantes": faltantes,
        "se_omite": sorted({necesidad.productos[0] for necesidad in omitidas}),
    }


def _centro(centro_id: int | None, quien: Caller) -> CentroRef:
    """Whoever sees treatments may ask of any centre, as stock is seen by all."""
    centro = db.session.get(CentroRef, centro_unico(quien) if centro_id is None else centro_id)
    if centro is None:
        raise Invalid({"centro_id": ["No existe ese centro."]})
    return centro


def _niveles(producto_ids: Collection[int], centro: CentroRef) -> dict[int, Nivel]:
    hoy = now().astimezone(zone(centro.zona_horaria)).date()
    lugares = disponibles((producto_id, centro.id) for producto_id in producto_ids)
    reservas = reservado(producto_ids, centro.id) if producto_ids else {}
    return {
        producto_id: Nivel(
            sum((lugar.cantidad for lugar in lugares[producto_id, centro.id] if lugar.utilizable(hoy)), CERO),
            reservas.get((producto_id, centro.id), CERO),
        )
        for producto_id in producto_ids
    }


def _lineas(elegidas: Sequence[Eleccion], niveles: Mapping[int, Nivel]) -> list[dict[str, Any]]:
    """One for each product that would be used, with what all needs take of it."""
    de_producto: dict[int, list[Eleccion]] = {}
    for eleccion in elegidas:
        de_producto.setdefault(eleccion.producto_id, []).append(eleccion)
    productos = {
        fila.id: fila for fila in db.session.scalars(db.select(Producto).where(Producto.id.in_(de_producto)))
    }
    return [
        {
            "producto_id": producto_id,
            **{campo: getattr(productos[producto_id], campo) for campo in ("codigo", "nombre", "unidad")},
            "necesario": sum((eleccion.cantidad for eleccion in suyas), CERO),
            "existencia": niveles[producto_id].existencia,
            "reservado": niveles[producto_id].reservado,
            "disponible": niveles[producto_id].disponible,
            "faltante": sum((eleccion.faltante for eleccion in suyas), CERO),
            "opcional": all(eleccion.necesidad.opcional for eleccion in suyas),
            "sustituye_a": _antes_que(producto_id, suyas),
        }
        for producto_id, suyas in de_producto.items()
    ]


def _antes_que(producto_id: int, elegidas: Sequence[Eleccion]) -> list[int]:
    mejores: dict[int, None] = {}
    for eleccion in elegidas:
        opciones = eleccion.necesidad.productos
        mejores.update(dict.fromkeys(opciones[: opciones.index(producto_id)]))
    return [*mejores]
