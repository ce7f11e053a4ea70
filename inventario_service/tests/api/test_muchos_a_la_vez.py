"""Many who write at once, and one who is killed in the middle of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok
from comun.testing.deaths import COMMITTED, WRITTEN, after, request
from comun.testing.processes import Processes
from comun.testing.together import at_once, deadlocks, statuses_at_once

from ..fabricas import conocer_centros, ingresar, nuevo_producto
from ..libro import bodega, cuadra, cuantos, movimiento, stock_de

# More than there are connections.
ESCRITORES = 30
CRUZADOS = 16


def a_la_vez(escritores: Sequence[Callable[[dict[str, str]], TestResponse]]) -> Counter[str]:
    """How each of them ended: `hecho`, or the code of the problem.

    Like any client, each asks again with the same key while the database has no connection for it.
    """

    def escribir(cual: int) -> str:
        while True:
            respuesta = escritores[cual]({"Idempotency-Key": f"escritor-{cual}"})
            if respuesta.status_code != 503:
                return "hecho" if respuesta.status_code < 300 else str(respuesta.get_json(force=True)["codigo"])

    return Counter(at_once(*(partial(escribir, cual) for cual in range(len(escritores)))))


@pytest.mark.both_databases
def test_de_muchos_se_lleva_cada_uno_lo_suyo(app: Flask, api: ApiClient) -> None:
    de_cada_lote = ESCRITORES // 5
    conocer_centros(app)
    producto = nuevo_producto(app)
    for lote in ("A", "B", "C"):
        ingresar(app, producto, de_cada_lote, lote=lote)
    finales = a_la_vez([lambda c: movimiento(api, producto, "salida", 1, headers=c)] * ESCRITORES)
    assert finales == {"hecho": 3 * de_cada_lote, "stock_insuficiente": 2 * de_cada_lote}
    assert (stock_de(app, producto), cuantos(app)) == (0, 3 * de_cada_lote + 3)
    cuadra(app)


@pytest.mark.both_databases
def test_entradas_salidas_y_traslados_cruzados(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    uno, otro = nuevo_producto(app), nuevo_producto(app)
    for producto in (uno, otro):
        for centro in (1, 2):
            ingresar(app, producto, 30, centro_id=centro, lote="A")
    bodegas = bodega(app, 1), bodega(app, 2)

    def trasladar(de: int, a: int, productos: Sequence[int]) -> Callable[[dict[str, str]], TestResponse]:
        lineas = [{"producto_id": producto, "cantidad": 1} for producto in productos]
        cuerpo = {"origen_id": bodegas[de], "destino_id": bodegas[a], "lineas": lineas}
        return lambda clave: api.post("/inventario/traslados", cuerpo, headers=clave)

    def mover(producto: int, tipo: str, centro: int, **datos: Any) -> Callable[[dict[str, str]], TestResponse]:
        return lambda clave: movimiento(api, producto, tipo, 1, centro_id=centro, headers=clave, **datos)

    clases = [
        mover(uno, "entrada", 1, lote="A", costo_unitario=3),
        mover(otro, "entrada", 2, lote="B", costo_unitario=5),
        mover(uno, "salida", 2),
        mover(otro, "salida", 1),
        mover(uno, "salida", 1),
        mover(otro, "salida", 2),
        trasladar(0, 1, [uno, otro]),
        trasladar(1, 0, [otro, uno]),
    ]
    antes = deadlocks(app)
    finales = a_la_vez([clases[n % len(clases)] for n in range(CRUZADOS)])
    assert set(finales) <= {"hecho", "stock_insuficiente"}
    assert deadlocks(app) == antes
    hay = sum(stock_de(app, producto, centro) for producto in (uno, otro) for centro in (1, 2))
    filtro = {"tipo": "salida", "total": True, "tamano": 1}
    salidas = ok(api.get("/inventario/movimientos", query_string=filtro))["paginacion"]["total"]
    assert hay == 120 + 2 * CRUZADOS // len(clases) - salidas
    cuadra(app)


@pytest.mark.both_databases
def test_un_movimiento_se_corrige_una_vez_aunque_muchos_lo_pidan(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 10)
    ingresar(app, producto, 10)
    ruta = "/inventario/movimientos/1/correccion"
    finales = a_la_vez([lambda c: api.post(ruta, {"motivo": "x"}, headers=c)] * 12)
    assert finales == {"hecho": 1, "movimiento_ya_corregido": 11}
    assert stock_de(app, producto) == 10


@pytest.mark.both_databases
def test_un_conteo_se_cierra_una_vez_aunque_entretanto_se_cuente(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app)
    ingresar(app, producto, 10)
    ruta = f"/inventario/conteos/{ok(api.post('/inventario/conteos', {'centro_id': 1}), 201)['id']}"
    lineas = {"lineas": [{"producto_id": producto, "contado": 4}]}
    ok(api.put(f"{ruta}/lineas", lineas))
    cerrar = [lambda c: api.patch(f"{ruta}/estado", {"estado": "cerrado"}, headers=c)] * 6
    contar = [lambda c: api.put(f"{ruta}/lineas", lineas, headers=c)] * 6
    finales = a_la_vez([*cerrar, *contar])
    assert set(finales) == {"hecho", "conteo_terminado"}
    assert (stock_de(app, producto), cuantos(app)) == (4, 2)
    cuadra(app)


@pytest.mark.both_databases
def test_lo_que_nunca_hubo_se_cuenta_mientras_llega_o_se_cuenta_en_otro_centro(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    conteos = [ok(api.post("/inventario/conteos", {"centro_id": centro}), 201)["id"] for centro in (1, 2)]

    def contar(conteo: int, productos: Sequence[int]) -> Callable[[], TestResponse]:
        lineas = {"lineas": [{"producto_id": producto, "contado": 0} for producto in productos]}
        return lambda: api.put(f"/inventario/conteos/{conteo}/lineas", lineas)

    antes = deadlocks(app)
    for _ in range(5):
        productos = [nuevo_producto(app) for _ in range(4)]
        de_uno, de_otro = contar(conteos[0], productos), contar(conteos[1], productos[::-1])
        assert statuses_at_once(de_uno, de_otro) == [200, 200]
        otro = nuevo_producto(app)
        llegar = partial(movimiento, api, otro, "entrada", 1)
        assert statuses_at_once(contar(conteos[0], [otro]), llegar) == [200, 201]
    assert deadlocks(app) == antes


@pytest.mark.both_databases
def test_nadie_cambia_la_unidad_debajo_del_primer_movimiento(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    productos = [nuevo_producto(app, unidad="ml") for _ in range(6)]

    def cambiar(producto: int) -> Callable[[dict[str, str]], TestResponse]:
        cabeceras = {"If-Match": "*"}
        return lambda _: api.put(f"/inventario/productos/{producto}", {"unidad": "l"}, headers=cabeceras)

    def entrar(producto: int) -> Callable[[dict[str, str]], TestResponse]:
        return lambda clave: movimiento(api, producto, "entrada", 1, unidad="ml", headers=clave)

    antes = deadlocks(app)
    a_la_vez([hacer(producto) for producto in productos for hacer in (entrar, cambiar)])
    assert deadlocks(app) == antes
    for producto in productos:
        unidad = ok(api.get(f"/inventario/productos/{producto}"))["unidad"]
        assert (unidad, stock_de(app, producto)) in {("ml", Decimal(1)), ("l", Decimal("0.001"))}


@pytest.mark.both_databases
def test_un_lote_nuevo_nace_una_vez(app: Flask, api: ApiClient) -> None:
    conocer_centros(app)
    producto = nuevo_producto(app, controla_lotes=True)

    def entrar(centro: int) -> Callable[[dict[str, str]], TestResponse]:
        datos = {"lote": "N", "caducidad": "2030-01-01", "centro_id": centro}
        return lambda clave: movimiento(api, producto, "entrada", 1, headers=clave, **datos)

    antes = deadlocks(app)
    assert a_la_vez([entrar(1 + n % 3) for n in range(15)]) == {"hecho": 15}
    assert deadlocks(app) == antes
    cuadra(app)


@pytest.mark.processes
def test_un_proceso_muerto_no_deja_nada_a_medias(app: Flask, api: ApiClient, processes: Processes) -> None:
    """Whoever asks again with the key of the dead moves the goods, and only once."""
    conocer_centros(app)
    productos = [nuevo_producto(app) for _ in range(3)]
    for producto in productos:
        ingresar(app, producto, 10)
        ingresar(app, producto, 1, centro_id=2)
    lineas = [{"producto_id": producto, "cantidad": 4} for producto in productos]
    cuerpo = {"origen_id": bodega(app, 1), "destino_id": bodega(app, 2), "lineas": lineas}
    clave = {"Idempotency-Key": "reparto-1"}
    a_medias = after("INSERT INTO traslado", "UPDATE existencia", "UPDATE stock", "INSERT INTO movimiento")
    for momento in (*a_medias, WRITTEN, COMMITTED):
        assert processes.killed(app, momento, request, "POST", "/inventario/traslados", cuerpo, clave)
        quedo = Decimal(6 if momento == COMMITTED else 10)
        assert [stock_de(app, producto) for producto in productos] == [quedo] * 3, momento
        cuadra(app)
    otra_vez = api.post("/inventario/traslados", cuerpo, headers=clave)
    ok(otra_vez, 201)
    assert "Idempotent-Replayed" in otra_vez.headers
    assert [stock_de(app, producto, 2) for producto in productos] == [5] * 3
    assert cuantos(app) == 12
    cuadra(app)
