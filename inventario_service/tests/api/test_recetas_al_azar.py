"""Whatever is done to recipes in whatever order: versions follow each other, old ones stay, and none is a circle."""

from __future__ import annotations

from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from comun.testing.client import ApiClient, ok
from inventario.dominio.recetas import encierra_ciclo

from ..catalogo import TRATAMIENTOS
from ..fabricas import nuevo_producto, nuevo_tratamiento

CUANTOS = 4
_cual = st.integers(0, CUANTOS - 1)
_ingrediente = st.tuples(st.sampled_from(["producto_id", "incluye_id"]), _cual, st.integers(1, 3))
_cambio = st.one_of(
    st.tuples(st.just("poner"), _cual, _ingrediente),
    st.tuples(st.just("quitar"), _cual, _ingrediente),
    st.tuples(st.just("reemplazar"), _cual, st.lists(_ingrediente, max_size=3)),
)


def hacer(api: ApiClient, ids: dict[str, list[int]], accion: str, ruta: str, dado: Any) -> int:
    """Do it; the status of the answer."""

    def linea(campo: str, cual: int, cantidad: int) -> dict[str, int]:
        return {campo: ids[campo][cual], "cantidad": cantidad}

    if accion == "reemplazar":
        return api.put(ruta, {"ingredientes": [linea(*uno) for uno in dado]}).status_code
    if accion == "poner":
        return api.post(ruta, linea(*dado)).status_code
    campo, cual, _ = dado
    que = "tratamientos/" if campo == "incluye_id" else ""
    return api.delete(f"{ruta}/{que}{ids[campo][cual]}").status_code


def versiones(api: ApiClient, numero: int) -> list[dict[str, Any]]:
    """All versions of a recipe, the oldest first."""
    suyas = ok(api.get(f"{TRATAMIENTOS}/{numero}/receta/versiones?orden=numero&tamano=200"))["datos"]
    return [dict(una) for una in suyas]


def revisar(todas: dict[int, list[dict[str, Any]]], vistas: dict[tuple[int, int], Any]) -> None:
    """Each version takes over where the one before ends, and says for ever what it said when it was first seen."""
    incluye = {}
    for numero, suyas in todas.items():
        assert [v["version"] for v in suyas] == [*range(1, len(suyas) + 1)]
        comienzos = [v["vigente_desde"] for v in suyas[1:]]
        assert [v["vigente_hasta"] for v in suyas] == ([*comienzos, None] if suyas else [])
        for una in suyas:
            assert vistas.setdefault((numero, una["version"]), una["ingredientes"]) == una["ingredientes"]
        vigentes = suyas[-1]["ingredientes"] if suyas else []
        incluye[numero] = [i["incluye_id"] for i in vigentes if i["incluye_id"]]
    assert not any(encierra_ciclo(numero, incluye) for numero in incluye)


@given(cambios=st.lists(_cambio, min_size=3, max_size=12))
def test_las_recetas_se_siguen_y_ninguna_se_muerde_la_cola(api: ApiClient, app: Flask, cambios: list[Any]) -> None:
    ids = {
        "incluye_id": [nuevo_tratamiento(app) for _ in range(CUANTOS)],
        "producto_id": [nuevo_producto(app) for _ in range(CUANTOS)],
    }
    vistas: dict[tuple[int, int], Any] = {}
    todas: dict[int, list[dict[str, Any]]] = {numero: [] for numero in ids["incluye_id"]}
    for accion, cual, dado in cambios:
        tratamiento = ids["incluye_id"][cual]
        antes = len(todas[tratamiento])
        estado = hacer(api, ids, accion, f"{TRATAMIENTOS}/{tratamiento}/receta", dado)
        todas[tratamiento] = versiones(api, tratamiento)
        nuevas = len(todas[tratamiento]) - antes
        # A whole recipe that is the present one makes no other version.
        posibles = {200: (0, 1) if accion == "reemplazar" else (0,), 201: (1,), 204: (1,), 404: (0,), 422: (0,)}
        assert nuevas in posibles[estado]
        revisar(todas, vistas)
    # Nor did one change while another was changed.
    assert {numero: versiones(api, numero) for numero in ids["incluye_id"]} == todas
