"""Recipes that several people change at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.together import statuses_at_once

from ..catalogo import TRATAMIENTOS, crear_tratamiento, ingredientes_de, receta_de
from ..fabricas import nuevo_producto, nuevo_tratamiento

pytestmark = pytest.mark.postgresql_only


def incluir(api: ApiClient, quien: int, a: int) -> Any:
    return lambda: api.post(f"{TRATAMIENTOS}/{quien}/receta", {"incluye_id": a, "cantidad": 1})


def test_nadie_cierra_un_circulo_entre_todos(api: ApiClient, app: Flask) -> None:
    for _ in range(3):
        ids = [nuevo_tratamiento(app) for _ in range(4)]
        estados = statuses_at_once(
            *(incluir(api, uno, otro) for uno, otro in zip(ids, [*ids[1:], ids[0]], strict=True))
        )
        assert estados == [201, 201, 201, 422]


def test_ningun_ingrediente_se_pierde(api: ApiClient, app: Flask) -> None:
    tratamiento, productos = nuevo_tratamiento(app), [nuevo_producto(app) for _ in range(8)]
    ruta = f"{TRATAMIENTOS}/{tratamiento}/receta"
    llamadas = [lambda p=p: api.post(ruta, {"producto_id": p, "cantidad": 1}) for p in productos]
    assert statuses_at_once(*llamadas) == [201] * 8
    assert {producto for producto, _ in ingredientes_de(api, tratamiento)} == {*productos}
    assert receta_de(api, tratamiento)["version"] == 8
    numeros = [v["version"] for v in ok(api.get(f"{ruta}/versiones"))["datos"]]
    assert numeros == [*range(8, 0, -1)]


def test_de_dos_que_leyeron_lo_mismo_cambia_uno(api: ApiClient, app: Flask) -> None:
    tratamiento, productos = nuevo_tratamiento(app), [nuevo_producto(app) for _ in range(5)]
    ruta = f"{TRATAMIENTOS}/{tratamiento}/receta"
    etag = {"If-Match": api.get(ruta).headers["ETag"]}
    llamadas = [
        lambda p=p: api.put(ruta, {"ingredientes": [{"producto_id": p, "cantidad": 1}]}, headers=etag)
        for p in productos
    ]
    assert statuses_at_once(*llamadas) == [200, *[412] * 4]
    assert receta_de(api, tratamiento)["version"] == 1


def test_no_se_elimina_lo_que_otro_incluye_en_ese_momento(api: ApiClient, app: Flask) -> None:
    for _ in range(4):
        uno, otro = nuevo_tratamiento(app), nuevo_tratamiento(app)
        estados = statuses_at_once(incluir(api, uno, otro), lambda otro=otro: api.delete(f"{TRATAMIENTOS}/{otro}"))
        assert estados in ([201, 409], [204, 422])


def test_no_se_elimina_un_producto_que_entra_en_una_receta(api: ApiClient, app: Flask) -> None:
    for _ in range(4):
        tratamiento, producto = nuevo_tratamiento(app), nuevo_producto(app)
        estados = statuses_at_once(
            lambda t=tratamiento, p=producto: api.post(
                f"{TRATAMIENTOS}/{t}/receta", {"producto_id": p, "cantidad": 1}
            ),
            lambda p=producto: api.delete(f"/inventario/productos/{p}", headers={"If-Match": "*"}),
        )
        assert estados in ([201, 409], [204, 422])


def test_los_que_no_traen_codigo_reciben_codigos_distintos(api: ApiClient) -> None:
    datos = {"nombre": "Otro", "precio": 1, "categoria": "La misma"}
    assert statuses_at_once(*[lambda: api.post(TRATAMIENTOS, datos)] * 6) == [201] * 6
    assert len(ok(api.get(f"{TRATAMIENTOS}/categorias"))["datos"]) == 1


def test_un_precio_y_una_receta_a_la_vez_quedan_los_dos_o_se_dice(api: ApiClient, app: Flask) -> None:
    numero = crear_tratamiento(api)["id"]
    ruta, producto = f"{TRATAMIENTOS}/{numero}", nuevo_producto(app)
    estados = statuses_at_once(
        lambda: api.put(ruta, {"precio": 99, "receta": [{"producto_id": producto, "cantidad": 2}]}),
        lambda: api.post(f"{ruta}/receta", {"producto_id": producto, "cantidad": 3}),
    )
    assert set(estados) <= {200, 201, 409}
    assert 200 in estados or 201 in estados
