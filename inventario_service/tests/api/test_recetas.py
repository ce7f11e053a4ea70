"""Recipes: their ingredients, versions and costs, and what can't be one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from inventario.extensiones import db
from inventario.modelos import Ingrediente, Presentacion, Producto, Receta

from ..catalogo import TRATAMIENTOS, ingredientes_de, receta_de
from ..consultas import eventos
from ..fabricas import conocer_centros, ingresar, nuevo_producto, nuevo_tratamiento


@pytest.fixture
def calza(app: Flask) -> int:
    return nuevo_tratamiento(app, nombre="Calza")


def poner(api: ApiClient, tratamiento_id: int, **datos: Any) -> Any:
    return api.post(f"{TRATAMIENTOS}/{tratamiento_id}/receta", {"cantidad": 1, **datos})


def reemplazar(api: ApiClient, tratamiento_id: int, *ingredientes: dict[str, Any], **opciones: Any) -> Any:
    return api.put(
        f"{TRATAMIENTOS}/{tratamiento_id}/receta",
        {"ingredientes": [{"cantidad": 1, **ingrediente} for ingrediente in ingredientes]},
        **opciones,
    )


def versiones(api: ApiClient, tratamiento_id: int) -> list[dict[str, Any]]:
    return list(ok(api.get(f"{TRATAMIENTOS}/{tratamiento_id}/receta/versiones"))["datos"])


def desactivar(app: Flask, producto_id: int) -> None:
    with app.app_context():
        db.session.get_one(Producto, producto_id).activo = False
        db.session.commit()


class TestIngredientes:
    def test_sin_receta_no_usa_nada(self, api: ApiClient, calza: int) -> None:
        leida = api.get(f"{TRATAMIENTOS}/{calza}/receta")
        assert leida.headers["ETag"] == '"0"'
        assert ok(leida) == {
            "tratamiento_id": calza,
            "version": 0,
            "vigente_desde": None,
            "por": None,
            "ingredientes": [],
            "costo": 0,
        }
        assert versiones(api, calza) == []

    def test_se_agrega_uno(self, api: ApiClient, app: Flask, calza: int) -> None:
        conocer_centros(app)
        resina = nuevo_producto(app, codigo="RES", nombre="Resina", unidad="g")
        ingresar(app, resina, 10, costo="8.5")
        puesta = poner(api, calza, producto_id=resina, cantidad="0.3")
        assert puesta.headers["Location"] == f"{TRATAMIENTOS}/{calza}/receta"
        receta = ok(puesta, 201)
        assert (receta["version"], receta["por"], receta["costo"]) == (1, "usuario:1", 2.55)
        assert receta["ingredientes"] == [
            {
                "producto_id": resina,
                "incluye_id": None,
                "codigo": "RES",
                "nombre": "Resina",
                "unidad": "g",
                "cantidad": 0.3,
                "opcional": False,
                "alternativa": None,
                "costo_unitario": 8.5,
                "costo": 2.55,
            }
        ]

    def test_puesto_otra_vez_cambia_en_su_lugar_y_lo_no_dicho_queda(
        self, api: ApiClient, app: Flask, calza: int
    ) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        ok(poner(api, calza, producto_id=uno, opcional=True, alternativa="Guantes"), 201)
        ok(poner(api, calza, producto_id=dos), 201)
        lineas = ok(poner(api, calza, producto_id=uno, cantidad=3), 201)["ingredientes"]
        assert [(i["producto_id"], i["cantidad"], i["opcional"], i["alternativa"]) for i in lineas] == [
            (uno, 3, True, "guantes"),
            (dos, 1, False, None),
        ]
        assert ok(poner(api, calza, producto_id=uno, cantidad=3, opcional=False, alternativa=None), 201)

    def test_lo_que_ya_es_asi_no_hace_otra_version(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno = nuevo_producto(app)
        ok(poner(api, calza, producto_id=uno), 201)
        assert ok(poner(api, calza, producto_id=uno), 200)["version"] == 1
        assert ok(reemplazar(api, calza, {"producto_id": uno}))["version"] == 1

    def test_se_mide_tambien_en_paquetes_y_en_otras_unidades(self, api: ApiClient, app: Flask, calza: int) -> None:
        anestesia = nuevo_producto(app, unidad="ml")
        with app.app_context():
            db.session.add(Presentacion(producto_id=anestesia, nombre="cartucho", factor=Decimal("1.8")))
            db.session.commit()
        ok(poner(api, calza, producto_id=anestesia, cantidad=2, unidad="Cartucho"), 201)
        assert ingredientes_de(api, calza) == [(anestesia, 3.6)]
        ok(poner(api, calza, producto_id=anestesia, cantidad="0.002", unidad="L"), 201)
        assert ingredientes_de(api, calza) == [(anestesia, 2)]

    def test_se_quita_uno(self, api: ApiClient, app: Flask, calza: int) -> None:
        campo, guantes = nuevo_tratamiento(app), nuevo_producto(app)
        ok(reemplazar(api, calza, {"producto_id": guantes}, {"incluye_id": campo}))
        ruta = f"{TRATAMIENTOS}/{calza}/receta"
        assert api.delete(f"{ruta}/{guantes}").status_code == 204
        problem(api.delete(f"{ruta}/{guantes}"), 404)
        assert ingredientes_de(api, calza) == [(-campo, 1)]
        assert api.delete(f"{ruta}/tratamientos/{campo}").status_code == 204
        problem(api.delete(f"{ruta}/tratamientos/{campo}"), 404)
        assert (receta_de(api, calza)["version"], ingredientes_de(api, calza)) == (3, [])

    def test_lo_que_cuesta_lo_ve_quien_puede(self, api: ApiClient, app: Flask, calza: int) -> None:
        ok(poner(api, calza, producto_id=nuevo_producto(app)), 201)
        leida = receta_de(api.as_("medico", ["inventario:tratamientos:leer"]), calza)
        assert "costo" not in leida
        assert not {"costo", "costo_unitario"} & leida["ingredientes"][0].keys()


class TestVersiones:
    def test_cada_cambio_deja_la_anterior_como_era(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        ok(reemplazar(api, calza, {"producto_id": uno}))
        ok(reemplazar(api, calza, {"producto_id": dos, "cantidad": 2}, {"producto_id": uno}))
        ok(reemplazar(api, calza))
        todas = versiones(api, calza)
        assert [(v["version"], [i["producto_id"] for i in v["ingredientes"]]) for v in todas] == [
            (3, []),
            (2, [dos, uno]),
            (1, [uno]),
        ]
        assert [v["vigente_hasta"] for v in todas] == [None, todas[0]["vigente_desde"], todas[1]["vigente_desde"]]

    def test_el_tratamiento_cambia_con_su_receta(self, api: ApiClient, app: Flask, calza: int) -> None:
        ruta = f"{TRATAMIENTOS}/{calza}"
        antes = api.get(ruta).headers["ETag"]
        ok(poner(api, calza, producto_id=nuevo_producto(app)), 201)
        despues = api.get(ruta).headers["ETag"]
        assert despues != antes
        ok(api.put(ruta, {"receta": []}, headers={"If-Match": despues}))
        assert receta_de(api, calza)["version"] == 2
        assert [tipo for tipo, _, _ in eventos(app, "tratamiento.")] == ["tratamiento.actualizado.v1"]

    def test_quien_leyo_otra_version_se_entera(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        etag = {"If-Match": api.get(f"{TRATAMIENTOS}/{calza}/receta").headers["ETag"]}
        ok(reemplazar(api, calza, {"producto_id": uno}, headers=etag))
        problem(reemplazar(api, calza, {"producto_id": dos}, headers=etag), 412)
        problem(api.delete(f"{TRATAMIENTOS}/{calza}/receta/{uno}", headers=etag), 412)
        assert ingredientes_de(api, calza) == [(uno, 1)]

    def test_de_quien_no_existe_no_hay(self, api: ApiClient, app: Flask) -> None:
        producto = nuevo_producto(app)
        problem(api.get(f"{TRATAMIENTOS}/99/receta"), 404)
        problem(api.get(f"{TRATAMIENTOS}/99/receta/versiones"), 404)
        problem(poner(api, 99, producto_id=producto), 404)
        problem(reemplazar(api, 99, {"producto_id": producto}), 404)
        problem(api.delete(f"{TRATAMIENTOS}/99/receta/{producto}"), 404)


NO_VALEN: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["producto_id"]),
    ({"producto_id": 1, "incluye_id": 1}, ["producto_id"]),
    ({"producto_id": 99}, ["producto_id"]),
    ({"incluye_id": 99}, ["incluye_id"]),
    ({"producto_id": 1, "cantidad": 0}, ["cantidad"]),
    ({"producto_id": 1, "cantidad": -1}, ["cantidad"]),
    ({"producto_id": 1, "cantidad": "mucho"}, ["cantidad"]),
    ({"producto_id": 1, "cantidad": 1_000_001}, ["cantidad"]),
    ({"producto_id": 1, "cantidad": "0.000001", "unidad": "ul"}, ["cantidad"]),
    ({"producto_id": 1, "unidad": "kg"}, ["unidad"]),
    ({"producto_id": 1, "unidad": "caja"}, ["unidad"]),
    ({"incluye_id": 1, "unidad": "ml"}, ["unidad"]),
    ({"incluye_id": 1, "alternativa": "a"}, ["alternativa"]),
    ({"incluye_id": 1, "cantidad": 101}, ["cantidad"]),
    ({"producto_id": 1, "lote": "A"}, ["lote"]),
]


class TestLoQueNoVale:
    def test_se_dice_y_no_cambia_nada(self, api: ApiClient, app: Flask) -> None:
        assert nuevo_producto(app, unidad="ml") == nuevo_tratamiento(app) == 1
        calza = nuevo_tratamiento(app)
        for datos, campos in NO_VALEN:
            assert [*problem(poner(api, calza, **datos), 422)["errores"]] == campos, datos
            errores = problem(reemplazar(api, calza, {"producto_id": 1}, datos), 422)["errores"]
            assert [*errores["ingredientes"]] == ["1"], datos
            assert [*errores["ingredientes"]["1"]] == campos, datos
            assert receta_de(api, calza)["version"] == 0, datos

    def test_dos_veces_lo_mismo(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno = nuevo_producto(app)
        errores = problem(reemplazar(api, calza, {"producto_id": uno}, {"producto_id": uno}), 422)["errores"]
        assert [*errores["ingredientes"]] == ["1"]

    def test_demasiados(self, api: ApiClient, app: Flask, calza: int) -> None:
        problem(reemplazar(api, calza, *[{"producto_id": n} for n in range(1, 102)]), 422)
        ok(reemplazar(api, calza, *[{"producto_id": nuevo_producto(app)} for _ in range(100)]))
        problem(poner(api, calza, producto_id=nuevo_producto(app)), 422)

    def test_alternativas_unas_opcionales_y_otras_no(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno, dos = nuevo_producto(app), nuevo_producto(app)
        ok(poner(api, calza, producto_id=uno, alternativa="Resina"), 201)
        dispar = poner(api, calza, producto_id=dos, alternativa="RESINA", opcional=True)
        assert [*problem(dispar, 422)["errores"]] == ["opcional"]
        ok(poner(api, calza, producto_id=dos, alternativa="RESINA"), 201)

    def test_un_producto_desactivado(self, api: ApiClient, app: Flask, calza: int) -> None:
        uno, dos = nuevo_producto(app, nombre="Mercurio"), nuevo_producto(app)
        ok(poner(api, calza, producto_id=uno), 201)
        desactivar(app, uno)
        negado = problem(poner(api, calza, producto_id=uno, cantidad=2), 409, "producto_inactivo")
        assert "Mercurio" in negado["detail"]
        assert negado["errores"] == {"producto_id": ["Está desactivado."]}
        problem(reemplazar(api, calza, {"producto_id": dos}, {"producto_id": uno}), 409, "producto_inactivo")
        # What is there stays, and can be taken out.
        ok(poner(api, calza, producto_id=dos), 201)
        assert api.delete(f"{TRATAMIENTOS}/{calza}/receta/{uno}").status_code == 204

    def test_un_producto_o_un_tratamiento_eliminado(self, api: ApiClient, app: Flask, calza: int) -> None:
        producto, otro = nuevo_producto(app), nuevo_tratamiento(app)
        with app.app_context():
            db.session.get_one(Producto, producto).eliminar()
            db.session.commit()
        assert api.delete(f"{TRATAMIENTOS}/{otro}").status_code == 204
        problem(poner(api, calza, producto_id=producto), 422)
        problem(poner(api, calza, incluye_id=otro), 422)

    def test_un_tratamiento_desactivado(self, api: ApiClient, app: Flask, calza: int) -> None:
        otro = nuevo_tratamiento(app, activo=False)
        problem(poner(api, calza, incluye_id=otro), 409, "tratamiento_inactivo")


class TestCirculos:
    def test_no_se_incluye_a_si_mismo(self, api: ApiClient, calza: int) -> None:
        negado = problem(poner(api, calza, incluye_id=calza), 422, "receta_circular")
        assert [*negado["errores"]] == ["incluye_id"]

    def test_tampoco_a_traves_de_otros(self, api: ApiClient, app: Flask) -> None:
        uno, dos, tres, producto = *(nuevo_tratamiento(app) for _ in range(3)), nuevo_producto(app)
        ok(poner(api, uno, incluye_id=dos), 201)
        ok(poner(api, dos, incluye_id=tres), 201)
        negado = problem(
            reemplazar(api, tres, {"producto_id": producto}, {"incluye_id": uno}), 422, "receta_circular"
        )
        assert [*negado["errores"]["ingredientes"]] == ["1"]
        problem(api.put(f"{TRATAMIENTOS}/{tres}", {"receta": [{"incluye_id": dos, "cantidad": 1}]}), 422)
        assert receta_de(api, tres)["version"] == 0
        # Once it is included no more, it may include.
        assert api.delete(f"{TRATAMIENTOS}/{uno}/receta/tratamientos/{dos}").status_code == 204
        ok(poner(api, tres, incluye_id=uno), 201)

    def test_dos_caminos_a_lo_mismo_no_son_un_circulo(self, api: ApiClient, app: Flask) -> None:
        uno, dos, tres = (nuevo_tratamiento(app) for _ in range(3))
        ok(poner(api, uno, incluye_id=dos), 201)
        ok(poner(api, uno, incluye_id=tres), 201)
        ok(poner(api, dos, incluye_id=tres), 201)


def test_la_base_tampoco_deja_dos_recetas_vigentes_ni_ingredientes_de_nada(app: Flask, calza: int) -> None:
    """Whatever gets past the use case."""
    with app.app_context():
        for malo in (
            [Receta(tratamiento_id=calza, numero=n, por="x") for n in (1, 2)],
            [Receta(tratamiento_id=calza, numero=1, por="x", ingredientes=[Ingrediente(orden=0, cantidad=1)])],
        ):
            db.session.add_all(malo)
            with pytest.raises(db.exc.IntegrityError):
                db.session.commit()
            db.session.rollback()
