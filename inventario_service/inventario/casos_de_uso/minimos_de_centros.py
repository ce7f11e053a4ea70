"""How much of a product each centre should have; said, and what is low by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Forbidden, Invalid
from comun.preconditions import check_version
from inventario.casos_de_uso.libro import bloquear
from inventario.casos_de_uso.minimos import anotar_nivel
from inventario.extensiones import db
from inventario.modelos import CentroRef, MinimoCentro, Producto, Stock


def minimos_de_producto(producto_id: int) -> Sequence[MinimoCentro]:
    """What was said for centres, in their order."""
    consulta = db.select(MinimoCentro).where(MinimoCentro.producto_id == producto_id)
    return db.session.scalars(consulta.order_by(MinimoCentro.centro_id)).all()


def fijar_minimos(producto: Producto, dados: Sequence[Mapping[str, Any]], quien: Caller) -> Sequence[MinimoCentro]:
    """Let these hold, and no others, in the centres in which the caller acts. Those of others stay as they are.

    A centre of which a least is said keeps the product from then on, and is low as long as it has none.
    Raises Forbidden for a change elsewhere, Invalid for an unknown centre.
    """
    check_version(producto)
    de_antes = {fila.centro_id: fila for fila in minimos_de_producto(producto.id)}
    pedidos = {dado["centro_id"]: dado for dado in dados}
    _exigir_centros(pedidos.keys() - de_antes.keys())
    cambiados = [dado for centro_id, dado in pedidos.items() if _difiere(de_antes.get(centro_id), dado)]
    sobran = [fila for centro_id, fila in de_antes.items() if centro_id not in pedidos and quien.acts_in(centro_id)]
    if not all(quien.acts_in(dado["centro_id"]) for dado in cambiados):
        raise Forbidden("centro_ajeno", "Solo puede cambiar los mínimos de sus centros.")
    # All at once, also where there is no stock yet: in the order in which the ledger locks them.
    con_stock = db.session.scalars(db.select(Stock.centro_id).where(Stock.producto_id == producto.id)).all()
    bloquear((producto.id, centro_id) for centro_id in {*con_stock, *(dado["centro_id"] for dado in cambiados)})
    for dado in cambiados:
        db.session.merge(MinimoCentro(producto_id=producto.id, **{"maximo": None, **dado}))
    for fila in sobran:
        db.session.delete(fila)
    _auditar(producto, cambiados, sobran)
    producto.touch()
    db.session.flush()
    renivelar(producto.id)
    return minimos_de_producto(producto.id)


def bloquear_stock(producto_id: int) -> Sequence[Stock]:
    """Lock the stock of a product wherever there is any; before the product itself, as the ledger does."""
    return db.session.scalars(_stock_de(producto_id).with_for_update()).all()


def renivelar(producto_id: int) -> None:
    """Note where the product is low by what should be there from now on; its stock and then it are locked.

    Also what was new in stock while the caller waited for it, unless somebody moves that: who waits for the product,
    and will see what should be there.
    """
    if filas := db.session.scalars(_stock_de(producto_id).with_for_update(skip_locked=True)).all():
        anotar_nivel(filas)


def _stock_de(producto_id: int) -> Select[Any]:
    consulta = db.select(Stock).where(Stock.producto_id == producto_id)
    return consulta.order_by(Stock.producto_id, Stock.centro_id).execution_options(populate_existing=True)


def _exigir_centros(centros: Any) -> None:
    conocidos = set(db.session.scalars(db.select(CentroRef.id).where(CentroRef.id.in_(sorted(centros)))))
    if desconocidos := sorted(set(centros) - conocidos):
        raise Invalid({"minimos": [f"No existe ese centro: {', '.join(map(str, desconocidos))}."]})


def _difiere(fila: MinimoCentro | None, dado: Mapping[str, Any]) -> bool:
    return fila is None or (fila.minimo, fila.maximo) != (dado["minimo"], dado.get("maximo"))


def _auditar(producto: Producto, cambiados: Sequence[Mapping[str, Any]], sobran: Sequence[MinimoCentro]) -> None:
    ahora = {
        str(dado["centro_id"]): [str(dado["minimo"]), None if dado.get("maximo") is None else str(dado["maximo"])]
        for dado in cambiados
    }
    audit.record("producto", producto.id, {"minimos": {**ahora, **{str(fila.centro_id): None for fila in sobran}}})
