"""What treatments cost by their recipes: now, and at the end of each month."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, literal, literal_column, union_all
from sqlalchemy.orm import selectinload

from comun.auth.caller import Caller
from comun.db import UtcDateTime, now
from comun.errors import Invalid
from inventario.casos_de_uso.recetario import recetas_de
from inventario.casos_de_uso.recetas import vigente
from inventario.dominio.costos import Costo, costo_de, margen, productos_de
from inventario.dominio.fechas import hoy, meses, primero_del_mes
from inventario.dominio.recetas import LineaReceta, RecetaVigente
from inventario.dominio.unidades import SEXTO
from inventario.extensiones import db
from inventario.modelos import CostoProducto, Ingrediente, PrecioTratamiento, Producto, Receta, Tratamiento

MESES_POR_DEFECTO, MESES_MAXIMOS = 12, 60


@dataclass
class RecetaConCosto:
    """A present recipe, as it is shown; its version is that of the recipe, 0 where there never was one."""

    tratamiento_id: int
    version: int
    vigente_desde: datetime | None
    por: str | None
    ingredientes: list[dict[str, Any]]
    costo: Decimal


def receta_con_costo(tratamiento_id: int, quien: Caller) -> RecetaConCosto:
    """The present recipe of a treatment with what each ingredient costs now; NotFound."""
    tratamiento = Tratamiento.obtener(tratamiento_id, quien)
    receta = tratamiento.receta_vigente
    recetas = recetas_de([tratamiento.id])
    costos = costos_actuales(productos_de(tratamiento.id, recetas))
    return RecetaConCosto(
        tratamiento_id=tratamiento.id,
        version=receta.numero if receta else 0,
        vigente_desde=receta.vigente_desde if receta else None,
        por=receta.por if receta else None,
        ingredientes=[_con_costo(ingrediente, recetas, costos) for ingrediente in tratamiento.receta],
        costo=costo_de(tratamiento.id, recetas, costos).total,
    )


def version_vigente(tratamiento_id: int) -> int:
    """The number of the present version of a recipe; 0 where there never was one."""
    receta = vigente(tratamiento_id)
    return receta.numero if receta else 0


def costos_actuales(producto_ids: Collection[int]) -> dict[int, Decimal]:
    """What one unit of each product costs on average."""
    filas = db.session.execute(db.select(Producto.id, Producto.costo_unitario).where(Producto.id.in_(producto_ids)))
    return {fila.id: fila.costo_unitario for fila in filas}


def costos_del_tratamiento(tratamiento_id: int, desde: date | None, hasta: date | None, quien: Caller) -> Any:
    """Cost and margin now, and of each month from when the treatment has a price; NotFound, Invalid."""
    tratamiento = Tratamiento.obtener(tratamiento_id, quien)
    recetas = recetas_de([tratamiento.id])
    costos = costos_actuales(productos_de(tratamiento.id, recetas))
    ahora = _resumen(tratamiento.precio, costo_de(tratamiento.id, recetas, costos))
    version = tratamiento.receta_vigente.numero if tratamiento.receta_vigente else 0
    return {
        "tratamiento_id": tratamiento.id,
        **ahora,
        "version": version,
        "meses": _por_mes(tratamiento, _cierres(desde, hasta)),
    }


def _con_costo(
    ingrediente: Ingrediente, recetas: Mapping[int, RecetaVigente], costos: Mapping[int, Decimal]
) -> dict[str, Any]:
    if ingrediente.producto_id is not None:
        unitario = costos.get(ingrediente.producto_id, Decimal(0))
    else:
        unitario = costo_de(ingrediente.incluye_id or 0, recetas, costos).total
    campos = ("producto_id", "incluye_id", "codigo", "nombre", "unidad", "cantidad", "opcional", "alternativa")
    return {
        **{campo: getattr(ingrediente, campo) for campo in campos},
        "costo_unitario": unitario,
        "costo": (unitario * ingrediente.cantidad).quantize(SEXTO),
    }


def _resumen(precio: Decimal, costo: Costo) -> dict[str, Any]:
    queda, en_porcentaje = margen(precio, costo.total)
    return {
        "precio": precio,
        "costo": costo.total,
        "costo_opcional": costo.opcional,
        "margen": queda,
        "margen_porcentaje": en_porcentaje,
    }


def _cierres(desde: date | None, hasta: date | None) -> dict[date, datetime]:
    """Month → the moment at which it ended, or now. Invalid: backwards, or too many."""
    ultimo = min(hasta or hoy(), hoy())
    primero = desde or primero_del_mes(ultimo, 1 - MESES_POR_DEFECTO)
    if hasta is not None and desde is not None and hasta < desde:
        raise Invalid({"hasta": ["Es anterior a desde."]})
    if primero_del_mes(primero, MESES_MAXIMOS) <= ultimo:
        raise Invalid({"desde": [f"Admite hasta {MESES_MAXIMOS} meses."]})
    ahora = now()
    return {mes: min(fin, ahora) for mes, fin in meses(primero, ultimo)}


def _por_mes(tratamiento: Tratamiento, cierres: Mapping[date, datetime]) -> list[dict[str, Any]]:
    """Months before the treatment had a price are left out. Few statements, however many months."""
    precios = _precios(tratamiento.id)
    versiones = _Versiones([tratamiento.id])
    costos = _costos_al(versiones.productos, cierres.values())
    filas = []
    for mes, cierre in cierres.items():
        precio = next((valor for desde, valor in reversed(precios) if desde < cierre), None)
        if precio is None:
            continue
        recetas, numero = versiones.al(cierre), versiones.numero_al(tratamiento.id, cierre)
        del_mes = costo_de(tratamiento.id, recetas, costos.get(cierre, {}))
        filas.append({"mes": mes, **_resumen(precio, del_mes), "version": numero})
    return filas


def _precios(tratamiento_id: int) -> Sequence[tuple[datetime, Decimal]]:
    consulta = db.select(PrecioTratamiento.desde, PrecioTratamiento.precio).where(
        PrecioTratamiento.tratamiento_id == tratamiento_id
    )
    filas = db.session.execute(consulta.order_by(PrecioTratamiento.desde, PrecioTratamiento.id))
    return [(fila.desde, fila.precio) for fila in filas]


class _Versiones:
    """All versions of some recipes, and of the recipes that they ever included."""

    def __init__(self, tratamiento_ids: Collection[int]) -> None:
        self.todas: list[Receta] = []
        vistos: set[int] = set()
        # As many statements as recipes are nested.
        while faltan := set(tratamiento_ids) - vistos:
            vistos |= faltan
            consulta = db.select(Receta).where(Receta.tratamiento_id.in_(faltan)).order_by(Receta.numero)
            leidas = db.session.scalars(consulta.options(selectinload(Receta.ingredientes))).all()
            self.todas += leidas
            tratamiento_ids = {i.incluye_id for receta in leidas for i in receta.ingredientes if i.incluye_id}

    @property
    def productos(self) -> set[int]:
        """All that they ever named."""
        return {i.producto_id for receta in self.todas for i in receta.ingredientes if i.producto_id}

    def al(self, momento: datetime) -> dict[int, RecetaVigente]:
        """Treatment → the version that held just before that moment."""
        return {
            receta.tratamiento_id: RecetaVigente(receta.id, receta.tratamiento_id, _lineas(receta.ingredientes))
            for receta in self._validas(momento)
        }

    def numero_al(self, tratamiento_id: int, momento: datetime) -> int:
        """The number of that version; 0 for none."""
        return max((r.numero for r in self._validas(momento) if r.tratamiento_id == tratamiento_id), default=0)

    def _validas(self, momento: datetime) -> Iterable[Receta]:
        for receta in self.todas:
            if receta.vigente_desde < momento and (receta.vigente_hasta is None or receta.vigente_hasta >= momento):
                yield receta


def _lineas(ingredientes: Iterable[Ingrediente]) -> tuple[LineaReceta, ...]:
    return tuple(
        LineaReceta(i.producto_id, i.incluye_id, i.cantidad, i.opcional, i.alternativa) for i in ingredientes
    )


def _costos_al(producto_ids: Collection[int], momentos: Iterable[datetime]) -> dict[datetime, dict[int, Decimal]]:
    """Moment → product → what one unit cost then; what it costs now, where nothing is known from before."""
    unicos = sorted(set(momentos))
    if not producto_ids or not unicos:
        return {}
    al = union_all(
        *(db.select(_numero(n).label("n"), literal(m, UtcDateTime).label("momento")) for n, m in enumerate(unicos))
    ).subquery()
    de_entonces = (
        db.select(CostoProducto.costo)
        .where(CostoProducto.producto_id == Producto.id, CostoProducto.desde < al.c.momento)
        .order_by(CostoProducto.desde.desc(), CostoProducto.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    filas = db.session.execute(
        db.select(al.c.n, Producto.id, func.coalesce(de_entonces, Producto.costo_unitario))
        .select_from(Producto)
        .join(al, literal(True))
        .where(Producto.id.in_(producto_ids))
    )
    costos: dict[datetime, dict[int, Decimal]] = {momento: {} for momento in unicos}
    for numero, producto_id, costo in filas:
        costos[unicos[numero]][producto_id] = costo
    return costos


def _numero(n: int) -> Any:
    return literal_column(str(n))
