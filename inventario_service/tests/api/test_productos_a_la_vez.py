"""Several people at once: products, minimums and warehouses change while stock moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from comun.errors import Conflict
from comun.testing.client import ApiClient, ok
from inventario.casos_de_uso.minimos import minimos_de
from inventario.extensiones import db
from inventario.modelos import Bodega, Existencia, MinimoCentro, Producto, Stock

from ..existencias import sacar
from ..fabricas import conocer_centros, ingresar, nuevo_producto

pytestmark = pytest.mark.postgresql_only

URL = "/inventario/productos"
COMO_ESTE = {"If-Match": "*"}


def a_la_vez(*tareas: Callable[[], Any]) -> Sequence[Any]:
    with ThreadPoolExecutor(8) as hilos:
        return [futuro.result() for futuro in [hilos.submit(tarea) for tarea in tareas]]


def test_cada_producto_recibe_su_codigo(api: ApiClient) -> None:
    hechos = a_la_vez(*(lambda: ok(api.post(URL, {"nombre": "X", "categoria": "C"}), 201) for _ in range(12)))
    assert sorted(uno["codigo"] for uno in hechos) == [f"P{n:05d}" for n in range(1, 13)]


def test_una_version_la_edita_uno_solo(api: ApiClient, app: Flask) -> None:
    producto = nuevo_producto(app)

    def editar(n: int) -> int:
        return api.put(f"{URL}/{producto}", {"nombre": f"N {n}"}, headers={"If-Match": '"1"'}).status_code

    assert sorted(a_la_vez(*(lambda n=n: editar(n) for n in range(8)))) == [200] + [412] * 7


def test_lo_bajo_queda_anotado_segun_lo_ultimo_que_se_dijo(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 1)

    def cambiar(n: int) -> Any:
        if n % 2:
            return api.put(f"{URL}/{producto}", {"stock_minimo": n}, headers=COMO_ESTE)
        minimos = [{"centro_id": 1 + n % 3, "minimo": n}]
        return api.put(f"{URL}/{producto}/minimos", {"minimos": minimos}, headers=COMO_ESTE)

    def mover(n: int) -> Any:
        return ingresar(app, producto, 1 + n % 3, centro_id=1 + n % 3)

    respuestas = a_la_vez(*(lambda n=n, hacer=hacer: hacer(n) for n in range(12) for hacer in (cambiar, mover)))
    estados = {respuesta.status_code for respuesta in respuestas if not isinstance(respuesta, int)}
    assert estados <= {200, 409, 412}  # who read an older version is told
    with app.app_context():
        filas = db.session.scalars(db.select(Stock)).all()
        minimos = minimos_de([(fila.producto_id, fila.centro_id) for fila in filas])
        assert sum(fila.cantidad for fila in filas) == 1 + sum(1 + n % 3 for n in range(12))
        for fila in filas:
            assert (fila.bajo_desde is not None) == (fila.cantidad <= minimos[fila.producto_id, fila.centro_id])
        assert len(db.session.scalars(db.select(MinimoCentro)).all()) <= 3


def test_nada_queda_bajo_cero_cuando_deja_de_permitirse(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, permite_negativo=True)
    ingresar(app, producto, 4)

    def sacar_uno() -> None:
        try:
            sacar(app, producto, 1)
        except Conflict as problema:
            assert problema.codigo == "stock_insuficiente"

    def prohibir() -> Any:
        return api.put(f"{URL}/{producto}", {"permite_negativo": False}, headers=COMO_ESTE)

    a_la_vez(*(tarea for _ in range(4) for tarea in (sacar_uno, sacar_uno, prohibir)))
    with app.app_context():
        permite = db.session.get_one(Producto, producto).permite_negativo
        for fila in (*db.session.scalars(db.select(Stock)), *db.session.scalars(db.select(Existencia))):
            assert fila.permite_negativo == permite
            assert permite or fila.cantidad >= 0


def test_nada_entra_en_una_bodega_eliminada(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    productos = [nuevo_producto(app) for _ in range(6)]
    for _ in range(3):
        bodegas = ok(api.get("/inventario/bodegas"))["datos"]
        eliminar = [lambda uno=uno: api.delete(f"/inventario/bodegas/{uno['id']}") for uno in bodegas]
        a_la_vez(*(lambda p=p: ingresar(app, p, 1) for p in productos[:3]), *eliminar)
        for p in productos[:3]:
            sacar(app, p, 1)
    with app.app_context():
        vivas = db.session.scalars(db.select(Bodega).where(Bodega.vivos())).all()
        con_algo = set(db.session.scalars(db.select(Existencia.bodega_id).where(Existencia.cantidad != 0)))
        assert con_algo <= {bodega.id for bodega in vivas}
        assert [bodega.principal for bodega in vivas] == [True] * len(vivas)


def test_un_producto_eliminado_no_tiene_existencias(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    productos = [nuevo_producto(app) for _ in range(6)]

    def entrar(producto: int) -> None:
        try:
            ingresar(app, producto, 1)
        except Conflict as problema:
            assert problema.codigo == "producto_eliminado"

    tareas = [(lambda p=p: entrar(p), lambda p=p: api.delete(f"{URL}/{p}")) for p in productos]
    a_la_vez(*(tarea for par in tareas for tarea in par))
    with app.app_context():
        con_algo = db.select(Existencia.producto_id).where(Existencia.cantidad != 0)
        eliminados = set(db.session.scalars(db.select(Producto.id).where(Producto.eliminado_en.is_not(None))))
        assert set(db.session.scalars(con_algo)) == set(productos) - eliminados
