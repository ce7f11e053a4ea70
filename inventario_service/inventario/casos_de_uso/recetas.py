"""Changing recipes: each change is a new version, and what was there stays as it was.

Whoever changes one holds `bloquear_recetas` until the transaction ends, so that two changes that are each without
fault never make a circle together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import selectinload

from comun import audit
from comun.auth.caller import Caller
from comun.db import await_turn, now
from comun.errors import Conflict, Invalid, NotFound
from comun.fields import fold
from inventario.dominio.recetas import LineaReceta, encierra_ciclo
from inventario.dominio.unidades import UnidadIncompatible, en_propia, factor
from inventario.extensiones import db
from inventario.modelos import Ingrediente, Presentacion, Producto, Receta, Tratamiento

Datos = Mapping[str, Any]

INGREDIENTES_MAXIMOS = 100
CANTIDAD_DE_RECETA = Decimal(1_000_000)
VECES_MAXIMAS = Decimal(100)
LARGO_ALTERNATIVA = 40


def bloquear_recetas() -> None:
    """Wait for whoever changes a recipe, and hold up others until this transaction ends. Before any write."""
    await_turn(db.session, "receta")


@dataclass(frozen=True)
class Retenidas:
    """The living products, with their packages, and treatments that lines name: nobody changes these meanwhile."""

    productos: Mapping[int, Producto]
    tratamientos: Mapping[int, Tratamiento]
    paquetes: Mapping[int, Mapping[str, Decimal]]


def retener(filas: Sequence[Datos]) -> Retenidas:
    """What lines name, held until this transaction ends. Three statements.

    Once for all recipes that it writes, so that two transactions don't wait for each other.
    """
    productos = _vivos(Producto, {fila["producto_id"] for fila in filas if "producto_id" in fila})
    tratamientos = _vivos(Tratamiento, {fila["incluye_id"] for fila in filas if "incluye_id" in fila})
    return Retenidas(productos, tratamientos, _presentaciones(productos))


def vigente(tratamiento_id: int) -> Receta | None:
    """The present version of a treatment's recipe, None when it never had one."""
    tiene = Receta.tratamiento_id == tratamiento_id, Receta.vigente_hasta.is_(None)
    return db.session.scalar(db.select(Receta).where(*tiene).options(selectinload(Receta.ingredientes)))


def poner_ingrediente(tratamiento: Tratamiento, datos: Datos, quien: Caller) -> bool:
    """Add an ingredient, or change the one of that product or treatment; whether that changed anything.

    What is not said of one that is there stays. Raises as `leer` and `reemplazar`.
    """
    lineas = _lineas(vigente(tratamiento.id))
    clave = datos.get("producto_id"), datos.get("incluye_id")
    lugares = {_clave(linea): lugar for lugar, linea in enumerate(lineas)}
    antes = lineas[lugares[clave]] if clave in lugares else None
    if antes is not None:
        datos = {"opcional": antes.opcional, "alternativa": antes.alternativa, **datos}
    nueva = _leidas([datos], retener([datos]), _Errores())[0]
    if antes is None:
        lineas.append(nueva)
    else:
        lineas[lugares[clave]] = nueva
    if len(lineas) > INGREDIENTES_MAXIMOS:
        raise Invalid({campo: [f"Admite hasta {INGREDIENTES_MAXIMOS}."] for campo in datos if campo.endswith("_id")})
    _exigir_grupos_parejos(lineas, _Errores())
    return _guardar(tratamiento, lineas, quien, _Errores())


def reemplazar(
    tratamiento: Tratamiento, filas: Sequence[Datos], quien: Caller, *, campo: str = "ingredientes"
) -> bool:
    """Make these the ingredients, in this order; whether that changed anything. An empty list: it uses up nothing.

    Raises as `leer`, and Invalid `receta_circular`.
    """
    return _guardar(tratamiento, leer(filas, retener(filas), campo), quien, _Errores(campo))


def leer(filas: Sequence[Datos], retenidas: Retenidas, campo: str) -> list[LineaReceta]:
    """The lines that are meant, in the products' own units.

    Invalid, under `campo` and the place of the row: no such product or treatment, a unit that can't be converted,
    one twice, alternatives of which some are optional. Conflict: one that is deactivated.
    """
    errores = _Errores(campo)
    lineas = _leidas(filas, retenidas, errores)
    vistas: set[tuple[int | None, int | None]] = set()
    for lugar, linea in enumerate(lineas):
        if _clave(linea) in vistas:
            errores.fallo(lugar, _campo(linea), "Está dos veces en la receta.")
        vistas.add(_clave(linea))
    errores.exigir_ninguno()
    _exigir_grupos_parejos(lineas, errores)
    return lineas


def quitar_ingrediente(
    tratamiento: Tratamiento, quien: Caller, *, producto_id: int | None = None, incluye_id: int | None = None
) -> None:
    """Take the product, or the included treatment, out of the recipe; NotFound when it is not in it."""
    lineas = _lineas(vigente(tratamiento.id))
    quedan = [linea for linea in lineas if _clave(linea) != (producto_id, incluye_id)]
    if len(quedan) == len(lineas):
        raise NotFound("No está en la receta.")
    _guardar(tratamiento, quedan, quien, _Errores())


def version(
    tratamiento_id: int, numero: int, lineas: Sequence[LineaReceta], por: str, desde: datetime | None = None
) -> Receta:
    """A version of a recipe, not yet in the session."""
    receta = Receta(tratamiento_id=tratamiento_id, numero=numero, por=por, vigente_desde=desde or now())
    receta.ingredientes = [
        Ingrediente(
            orden=orden,
            producto_id=linea.producto_id,
            incluye_id=linea.incluye_id,
            cantidad=linea.cantidad,
            opcional=linea.opcional,
            alternativa=linea.alternativa,
        )
        for orden, linea in enumerate(lineas)
    ]
    return receta


class _Errores:
    """What is wrong with which line: under the name of a list and the place in it, or of one line alone."""

    def __init__(self, lista: str | None = None) -> None:
        self.lista, self.de_cada_una = lista, defaultdict[str, dict[str, list[str]]](dict)

    def fallo(self, lugar: int, campo: str, mensaje: str) -> None:
        """That field of that line is at fault."""
        self.de_cada_una[str(lugar)].setdefault(campo, []).append(mensaje)

    def exigir_ninguno(self, codigo: str | None = None, detalle: str | None = None) -> None:
        """Invalid when there are any."""
        if self.de_cada_una:
            raise Invalid(self.informe(), codigo, detalle)

    def informe(self) -> dict[str, Any]:
        """As `errores` of a problem."""
        return {self.lista: self.de_cada_una} if self.lista else next(iter(self.de_cada_una.values()), {})


def _guardar(tratamiento: Tratamiento, lineas: Sequence[LineaReceta], quien: Caller, errores: _Errores) -> bool:
    """Close the present version and open the next, unless they say the same."""
    _exigir_sin_ciclo(tratamiento.id, lineas, errores)
    anterior = vigente(tratamiento.id)
    if _lineas(anterior) == [*lineas]:
        return False
    momento = now()
    if anterior is not None:
        # Clocks of several servers differ a little: no version ends before it begins.
        momento = anterior.vigente_hasta = max(momento, anterior.vigente_desde)
        db.session.flush()  # before the next one: only one is open
    ultimo = db.session.scalar(db.select(func.max(Receta.numero)).where(Receta.tratamiento_id == tratamiento.id))
    receta = version(tratamiento.id, (ultimo or 0) + 1, lineas, quien.actor, momento)
    db.session.add(receta)
    tratamiento.touch()
    db.session.flush()
    audit.record("receta", receta.id, {"tratamiento_id": tratamiento.id, "numero": receta.numero})
    return True


def _lineas(receta: Receta | None) -> list[LineaReceta]:
    return [
        LineaReceta(i.producto_id, i.incluye_id, i.cantidad, i.opcional, i.alternativa)
        for i in (receta.ingredientes if receta else ())
    ]


def _clave(linea: LineaReceta) -> tuple[int | None, int | None]:
    return linea.producto_id, linea.incluye_id


def _leidas(filas: Sequence[Datos], retenidas: Retenidas, errores: _Errores) -> list[LineaReceta]:
    lineas, desactivados = [], []
    for lugar, fila in enumerate(filas):
        campo = "producto_id" if "producto_id" in fila else "incluye_id"
        conocidos: Mapping[int, Any] = retenidas.productos if campo == "producto_id" else retenidas.tratamientos
        cosa = conocidos.get(fila[campo])
        if cosa is None:
            errores.fallo(lugar, campo, f"No existe ese {'producto' if campo == 'producto_id' else 'tratamiento'}.")
            continue
        if not cosa.activo:
            desactivados.append((lugar, campo, cosa))
        linea = _linea(fila)
        if campo == "producto_id":
            paquetes = retenidas.paquetes.get(cosa.id, {})
            linea = _en_su_unidad(linea, fila.get("unidad"), cosa, paquetes, lugar, errores)
        lineas.append(linea)
    errores.exigir_ninguno()
    if desactivados:
        raise _desactivado(desactivados, errores)
    return lineas


def _linea(fila: Datos) -> LineaReceta:
    alternativa = fila.get("alternativa")
    return LineaReceta(
        fila.get("producto_id"),
        fila.get("incluye_id"),
        fila["cantidad"],
        fila.get("opcional", False),
        fold(alternativa or "")[:LARGO_ALTERNATIVA] or None,
    )


def _en_su_unidad(
    linea: LineaReceta,
    unidad: str | None,
    producto: Producto,
    paquetes: Mapping[str, Decimal],
    lugar: int,
    errores: _Errores,
) -> LineaReceta:
    try:
        de_una = factor(unidad, producto.unidad, paquetes)
    except UnidadIncompatible as error:
        errores.fallo(lugar, "unidad", str(error))
        return linea
    if linea.cantidad * de_una > CANTIDAD_DE_RECETA:
        errores.fallo(lugar, "cantidad", f"Es demasiado: pasa de {CANTIDAD_DE_RECETA} {producto.unidad}.")
        return linea
    cantidad = en_propia(linea.cantidad, de_una)
    if cantidad == 0:
        errores.fallo(lugar, "cantidad", f"Es demasiado poco: no llega a 0,000001 {producto.unidad}.")
    return replace(linea, cantidad=cantidad)


def _desactivado(hallados: Sequence[tuple[int, str, Any]], errores: _Errores) -> Conflict:
    for lugar, campo, _ in hallados:
        errores.fallo(lugar, campo, "Está desactivado.")
    _, campo, cosa = hallados[0]
    que = "producto" if campo == "producto_id" else "tratamiento"
    return Conflict(f"{que}_inactivo", f"El {que} «{cosa.nombre}» está desactivado.", errores=errores.informe())


def _vivos(modelo: type[Any], ids: set[int]) -> dict[int, Any]:
    if not ids:
        return {}
    consulta = db.select(modelo).where(modelo.id.in_(ids), modelo.vivos()).order_by(modelo.id)
    filas = db.session.scalars(consulta.with_for_update(read=True).execution_options(populate_existing=True))
    return {fila.id: fila for fila in filas}


def _presentaciones(producto_ids: Mapping[int, Any]) -> dict[int, dict[str, Decimal]]:
    paquetes: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for fila in db.session.scalars(db.select(Presentacion).where(Presentacion.producto_id.in_(producto_ids))):
        paquetes[fila.producto_id][fila.nombre] = fila.factor
    return paquetes


def _exigir_grupos_parejos(lineas: Sequence[LineaReceta], errores: _Errores) -> None:
    """Of what stands for each other either all may be left out or none."""
    primera: dict[str, LineaReceta] = {}
    for lugar, linea in enumerate(lineas):
        if linea.alternativa and primera.setdefault(linea.alternativa, linea).opcional != linea.opcional:
            errores.fallo(
                lugar, "opcional", f"Las alternativas «{linea.alternativa}» son opcionales todas o ninguna."
            )
    errores.exigir_ninguno()


def _exigir_sin_ciclo(tratamiento_id: int, lineas: Sequence[LineaReceta], errores: _Errores) -> None:
    """By the recipes as they now are, which nobody else changes meanwhile."""
    if all(linea.incluye_id is None for linea in lineas):
        return
    incluye: dict[int, list[int]] = defaultdict(list)
    inclusiones = db.session.execute(
        db.select(Receta.tratamiento_id, Ingrediente.incluye_id)
        .join(Ingrediente, Ingrediente.receta_id == Receta.id)
        .where(Receta.vigente_hasta.is_(None), Ingrediente.incluye_id.is_not(None))
    )
    for quien_incluye, incluido in inclusiones:
        incluye[quien_incluye].append(incluido)
    for lugar, linea in enumerate(lineas):
        if linea.incluye_id is not None and encierra_ciclo(
            tratamiento_id, {**incluye, tratamiento_id: [linea.incluye_id]}
        ):
            errores.fallo(lugar, "incluye_id", "Ese tratamiento incluye a este, o es el mismo.")
    errores.exigir_ninguno("receta_circular", "Una receta no puede incluirse a sí misma, ni a través de otras.")


def _campo(linea: LineaReceta) -> str:
    return "producto_id" if linea.producto_id is not None else "incluye_id"
