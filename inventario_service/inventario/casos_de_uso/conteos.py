"""Physical counts: opened for a warehouse, counted lot by lot, closed with an adjustment for each difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import joinedload

from comun.auth.caller import Caller
from comun.db import now, upsert
from comun.errors import Conflict, Invalid, NotFound
from comun.preconditions import check_version
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_de, exigir_centro
from inventario.casos_de_uso.renglones import Renglon, leer_renglones
from inventario.casos_de_uso.tomas import sin_lote
from inventario.dominio.conteos import Contado, resumir
from inventario.dominio.unidades import escrita
from inventario.extensiones import db
from inventario.modelos import Conteo, ConteoLinea, EstadoConteo, Existencia, Lote, Producto, Tipo


def abrir(datos: Mapping[str, Any], quien: Caller) -> Conteo:
    """Begin to count a warehouse; Conflict while another count of it is open."""
    bodega = bodega_de(datos.get("bodega_id"), datos.get("centro_id"), quien)
    conteo = Conteo(
        centro_id=bodega.centro_id, bodega_id=bodega.id, motivo=datos.get("motivo"), abierto_por=quien.actor
    )
    db.session.add(conteo)
    db.session.flush()
    return conteo


def anotar(conteo_id: int, pedidas: Sequence[Mapping[str, Any]], quien: Caller) -> Conteo:
    """Note what was found of each lot; what was noted of it before is replaced, the other lots stay.

    What the ledger says at this moment is noted beside it: the difference is what closing adjusts.
    """
    conteo = para_cambiar(conteo_id, quien)
    leidos = leer_renglones(pedidas, "contado")
    bloquear((renglon.producto.id, conteo.centro_id) for renglon in leidos)
    renglones = _con_lote(leidos)
    hay = _hay(conteo.bodega_id, [renglon.lote.id for renglon in renglones if renglon.lote])
    momento = now()
    filas = [
        {
            "conteo_id": conteo.id,
            "lote_id": renglon.lote.id,
            "esperado": hay.get(renglon.lote.id, Decimal(0)),
            "contado": renglon.cantidad,
            "costo": renglon.lote.costo,
            "por": quien.actor,
            "contado_en": momento,
        }
        for renglon in renglones
        if renglon.lote
    ]
    orden = upsert(db.session.get_bind().dialect, ConteoLinea.__table__)
    nuevos = {campo: orden.excluded[campo] for campo in ("esperado", "contado", "costo", "por", "contado_en")}
    db.session.execute(orden.on_conflict_do_update(index_elements=["conteo_id", "lote_id"], set_=nuevos), filas)
    conteo.touch()
    return conteo


def borrar_linea(conteo_id: int, lote_id: int, quien: Caller) -> None:
    """Forget what was counted of a lot; NotFound when nothing was."""
    conteo = para_cambiar(conteo_id, quien)
    linea = db.session.get(ConteoLinea, (conteo.id, lote_id))
    if linea is None:
        raise NotFound("Ese lote no está contado.")
    db.session.delete(linea)
    conteo.touch()


def cerrar(conteo: Conteo, quien: Caller) -> None:
    """Adjust the warehouse by the differences. What nobody counted stays as it is.

    Conflict when nothing was counted, or so much of a lot was used since that the difference can't be true.
    """
    consulta = db.select(ConteoLinea).where(ConteoLinea.conteo_id == conteo.id)
    lineas = db.session.scalars(
        consulta.options(joinedload(ConteoLinea.lote).joinedload(Lote.producto)).order_by(ConteoLinea.lote_id)
    ).all()
    if not lineas:
        raise Conflict("conteo_vacio", "No se contó nada; anule el conteo.")
    distintas = [linea for linea in lineas if linea.diferencia]
    bloquear((linea.lote.producto_id, conteo.centro_id) for linea in distintas)
    _exigir_vigentes(conteo, distintas)
    motivo = f"Conteo {conteo.id}" + (f": {conteo.motivo}" if conteo.motivo else "")
    asientos = [
        Asiento(
            Tipo.AJUSTE,
            linea.lote,
            conteo.bodega,
            linea.diferencia,
            motivo=motivo[:300],
            referencia=f"conteo/{conteo.id}",
        )
        for linea in distintas
    ]
    if asientos:
        asentar(asientos, por=quien.actor)
    _terminar(conteo, EstadoConteo.CERRADO, quien)


def anular(conteo: Conteo, quien: Caller) -> None:
    """Give it up: nothing is adjusted."""
    _terminar(conteo, EstadoConteo.ANULADO, quien)


def para_cambiar(conteo_id: int, quien: Caller) -> Conteo:
    """An open count, locked; who else counts or closes it waits. Conflict when it is no longer open."""
    conteo = Conteo.obtener(conteo_id, quien)
    exigir_centro(conteo.centro_id, quien)
    consulta = db.select(Conteo).where(Conteo.id == conteo.id).options(joinedload(Conteo.bodega))
    conteo = db.session.scalars(consulta.with_for_update(of=Conteo).execution_options(populate_existing=True)).one()
    check_version(conteo)
    if conteo.estado != EstadoConteo.ABIERTO:
        raise Conflict("conteo_terminado", f"El conteo está {conteo.estado}.")
    return conteo


def diferencias(conteo: Conteo) -> dict[str, Any]:
    """All that was counted against what was expected, and in an open count what is left to count; by product."""
    lineas = _contados(conteo)
    if conteo.estado == EstadoConteo.ABIERTO:
        lineas += _sin_contar(conteo)
    lineas.sort(key=lambda linea: (linea.producto_nombre, linea.producto_id, linea.lote))
    return {"datos": lineas, "resumen": resumir(lineas)}


_DE_LOTE = (
    Lote.producto_id,
    Producto.codigo.label("producto_codigo"),
    Producto.nombre.label("producto_nombre"),
    Producto.unidad,
    Lote.id.label("lote_id"),
    Lote.codigo.label("lote"),
    Lote.caducidad,
)


def _contados(conteo: Conteo) -> list[Contado]:
    columnas = (
        *_DE_LOTE,
        ConteoLinea.esperado,
        ConteoLinea.contado,
        ConteoLinea.costo.label("costo_unitario"),
        ConteoLinea.por,
        ConteoLinea.contado_en,
    )
    consulta = db.select(*columnas).join(Lote, Lote.id == ConteoLinea.lote_id).join(Lote.producto)
    filas = db.session.execute(consulta.where(ConteoLinea.conteo_id == conteo.id)).mappings()
    return [Contado(**fila) for fila in filas]


def _sin_contar(conteo: Conteo) -> list[Contado]:
    columnas = (*_DE_LOTE, Existencia.cantidad.label("esperado"), Lote.costo.label("costo_unitario"))
    contados = db.select(ConteoLinea.lote_id).where(ConteoLinea.conteo_id == conteo.id)
    consulta = (
        db.select(*columnas)
        .join(Lote, Lote.id == Existencia.lote_id)
        .join(Lote.producto)
        .where(
            Existencia.bodega_id == conteo.bodega_id, Existencia.cantidad != 0, Existencia.lote_id.not_in(contados)
        )
    )
    return [Contado(**fila, contado=None) for fila in db.session.execute(consulta).mappings()]


def _con_lote(renglones: Sequence[Renglon]) -> list[Renglon]:
    """Each with its lot; of what is not told apart by lots, with the one for that. Invalid when a lot comes twice."""
    completos = []
    errores: dict[int, Any] = {}
    vistos: set[int] = set()
    # In order: another centre may be about to make the same ones.
    por_producto = sorted(enumerate(renglones), key=lambda puesto: puesto[1].producto.id)
    for lugar, renglon in por_producto:
        if renglon.lote is None and renglon.producto.controla_lotes and not _hay_sin_lote(renglon.producto):
            errores[lugar] = {"lote": ["Este producto lleva lotes: diga cuál se contó."]}
            continue
        lote = renglon.lote or sin_lote(renglon.producto)
        if lote.id in vistos:
            errores[lugar] = {"lote": ["Está en otra línea."]}
        vistos.add(lote.id)
        completos.append(Renglon(renglon.producto, lote, renglon.cantidad))
    if errores:
        raise Invalid({"lineas": errores})
    return completos


def _hay_sin_lote(producto: Producto) -> bool:
    return bool(db.session.scalar(db.select(db.exists().where(Lote.producto_id == producto.id, Lote.codigo == ""))))


def _hay(bodega_id: int, lotes: Sequence[int]) -> dict[int, Decimal]:
    """What the warehouse has of each of these lots, by the ledger."""
    filas = db.session.execute(
        db.select(Existencia.lote_id, Existencia.cantidad).where(
            Existencia.bodega_id == bodega_id, Existencia.lote_id.in_(lotes)
        )
    )
    return {fila.lote_id: fila.cantidad for fila in filas}


def _exigir_vigentes(conteo: Conteo, lineas: Sequence[ConteoLinea]) -> None:
    hay = _hay(conteo.bodega_id, [linea.lote_id for linea in lineas])
    viejas = {
        linea.lote_id: [
            f"«{linea.lote.producto.nombre}» {linea.lote.codigo}: faltaban {escrita(-linea.diferencia)},"
            f" pero solo quedan {escrita(hay.get(linea.lote_id, Decimal(0)))}."
        ]
        for linea in lineas
        if hay.get(linea.lote_id, Decimal(0)) + linea.diferencia < 0 and not linea.lote.producto.permite_negativo
    }
    if viejas:
        detalle = "Desde que se contó se usó más de lo que había; cuente esos lotes otra vez."
        raise Conflict("conteo_desactualizado", detalle, errores={"lineas": viejas})


def _terminar(conteo: Conteo, estado: EstadoConteo, quien: Caller) -> None:
    conteo.estado = estado
    conteo.cerrado_por = quien.actor
    conteo.cerrado_en = now()
