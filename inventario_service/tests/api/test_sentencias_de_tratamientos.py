"""A page of treatments asks the database as many questions, however many and however long their recipes are."""

from __future__ import annotations

from flask import Flask

from comun.testing.client import ApiClient, ok
from comun.testing.statements import statements

from ..catalogo import TRATAMIENTOS, crear_tratamiento
from ..fabricas import conocer_centros, nuevo_producto


def poblar(api: ApiClient, app: Flask, cuantos: int) -> None:
    for numero in range(cuantos):
        receta = [{"producto_id": nuevo_producto(app), "cantidad": 1} for _ in range(numero % 5 + 1)]
        crear_tratamiento(api, categoria=f"Categoría {numero % 3}", receta=receta)


RUTAS = (
    f"{TRATAMIENTOS}?tamano=50",
    f"{TRATAMIENTOS}/1",
    f"{TRATAMIENTOS}/1/receta",
    f"{TRATAMIENTOS}/1/receta/versiones",
    f"{TRATAMIENTOS}/1/verificar-stock?centro_id=1",
    f"{TRATAMIENTOS}/1/costos",
)


def cuantas(api: ApiClient, app: Flask, ruta: str) -> int:
    with statements(app) as hechas:
        ok(api.get(ruta))
    return len(hechas)


def test_no_crecen_con_el_catalogo(api: ApiClient, app: Flask) -> None:
    conocer_centros(app)
    poblar(api, app, 2)
    pocas = {ruta: cuantas(api, app, ruta) for ruta in RUTAS}
    poblar(api, app, 12)
    largo = [{"producto_id": nuevo_producto(app), "cantidad": 1} for _ in range(20)]
    ok(api.put(f"{TRATAMIENTOS}/1/receta", {"ingredientes": largo}))
    assert {ruta: cuantas(api, app, ruta) for ruta in RUTAS} == pocas
