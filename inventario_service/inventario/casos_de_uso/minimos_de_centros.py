"""How much of a product each centre should have; said, and what is low by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from comun import audit
from comun.auth.caller import Caller
from comun.errors import Forbidden, Invalid
from comun.preconditions import check_version
from inventario.casos_de_uso.cierre import cerrar
from inventario.casos_de_uso.minimos import anotar_nivel
from inventario.extensiones import db
from inventario.modelos import CentroRef, MinimoCentro, Producto


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
    stock = cerrar(producto.id, [dado["centro_id"] for dado in cambiados])
    for dado in cambiados:
        db.session.merge(MinimoCentro(producto_id=producto.id, **{"maximo": None, **dado}))
    for fila in sobran:
        db.session.delete(fila)
    _auditar(producto, cambiados, sobran)
    producto.touch()
    db.session.flush()
    if stock:
        anotar_nivel(stock)
    return minimos_de_producto(producto.id)


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
