"""Products: what they are called, what they come in, what they cost, and what does not let them change."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from inventario.casos_de_uso.tarifas import hoy
from inventario.extensiones import db
from inventario.modelos import CostoProducto

from ..consultas import auditados, eventos
from ..existencias import pedir, sacar
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento

URL = "/inventario/productos"
COMO_ESTE = {"If-Match": "*"}


def crear(api: ApiClient, **datos: Any) -> dict[str, Any]:
    return dict(ok(api.post(URL, {"nombre": "Guantes", **datos}), 201))


def cambiar(api: ApiClient, producto_id: int, **cambios: Any) -> Any:
    return api.put(f"{URL}/{producto_id}", cambios, headers=COMO_ESTE)


SIN_SENTIDO: list[dict[str, Any]] = [
    {"stock_minimo": -1},
    {"costo_unitario": -1},
    {"precio_venta": -0.01},
    {"precio_venta": "1.0000001"},
    {"tarifa_iva": 101},
    {"tarifa_iva": -1},
    {"tarifa_iva": "0.001"},
    {"nombre": " "},
    {"codigo": "con espacio"},
    {"unidad": ""},
    {"proveedor_id": 99},
    {"stock_actual": 5},
    {"color": "azul"},
    {"presentaciones": [{"nombre": "caja", "factor": 0}]},
    {"presentaciones": [{"nombre": "caja"}]},
    {"presentaciones": [{"nombre": "Caja", "factor": 1}, {"nombre": "CAJA", "factor": 2}]},
    {"presentaciones": [{"nombre": "Unidad", "factor": 10}]},
]


class TestLaFicha:
    def test_se_crea_con_lo_que_se_da(self, api: ApiClient, app: Flask) -> None:
        proveedor = ok(api.post("/inventario/proveedores", {"nombre": "Dental SA"}), 201)["id"]
        alta = api.post(
            URL,
            {
                "codigo": "ANE-01",
                "nombre": "Lidocaína 2 %",
                "categoria": "Anestesia",
                "unidad": "ml",
                "stock_minimo": "50",
                "costo_unitario": 0.654321,
                "precio_venta": "1.5",
                "tarifa_iva": 0,
                "id_proveedor": proveedor,
                "controla_lotes": True,
                "presentaciones": [{"nombre": "Cartucho", "factor": 1.8}, {"nombre": "Caja", "factor": 90}],
            },
        )
        producto = ok(alta, 201)
        assert alta.headers["Location"] == f"{URL}/{producto['id']}"
        assert alta.headers["ETag"] == '"1"'
        esperado = {
            **{"codigo": "ANE-01", "categoria": "Anestesia", "unidad": "ml", "proveedor_id": proveedor},
            **{"stock_actual": 0, "stock_minimo": 50, "costo_unitario": 0.654321, "precio_venta": 1.5},
            **{"tarifa_iva": 0, "activo": True, "controla_lotes": True, "permite_negativo": False},
            "presentaciones": [{"nombre": "caja", "factor": 90}, {"nombre": "cartucho", "factor": 1.8}],
        }
        assert esperado.items() <= producto.items()
        assert ok(api.get(alta.headers["Location"])) == producto
        [(tipo, sujeto, datos)] = eventos(app, "producto.")
        assert (tipo, sujeto) == ("producto.creado.v1", f"producto/{producto['id']}")
        assert datos["tarifas_iva"] == [{"tarifa": 0, "desde": hoy().isoformat()}]
        with app.app_context():
            assert db.session.scalars(db.select(CostoProducto.costo)).all() == [Decimal("0.654321")]

    def test_lo_que_no_se_dice_tiene_un_valor_sensato(self, api: ApiClient) -> None:
        primero, segundo = crear(api), crear(api)
        assert (primero["codigo"], segundo["codigo"]) == ("P00001", "P00002")
        assert (primero["unidad"], primero["tarifa_iva"], primero["categoria"]) == ("unidad", 15, None)

    def test_el_codigo_de_un_producto_eliminado_no_se_vuelve_a_dar_pero_se_puede_pedir(self, api: ApiClient) -> None:
        ok(api.delete(f"{URL}/{crear(api)['id']}"), 204)
        assert crear(api)["codigo"] == "P00002"
        assert crear(api, codigo="P00001")["codigo"] == "P00001"
        problem(api.post(URL, {"nombre": "Otro", "codigo": "P00001"}), 409, "producto_duplicado")

    def test_lo_que_no_tiene_sentido_se_rechaza(self, api: ApiClient) -> None:
        producto = crear(api)["id"]
        for dato in SIN_SENTIDO:
            assert [*problem(api.post(URL, {"nombre": "Guantes", **dato}), 422)["errores"]] == [*dato]
            assert [*problem(cambiar(api, producto, **dato), 422)["errores"]] == [*dato]

    def test_una_tarifa_desde_un_dia_dice_cual(self, api: ApiClient) -> None:
        errores = problem(api.post(URL, {"nombre": "X", "tarifa_desde": "2026-01-01"}), 422)["errores"]
        assert [*errores] == ["tarifa_iva"]

    def test_una_categoria_nueva_la_crea_quien_puede(self, api: ApiClient) -> None:
        crear(api, categoria="Bioseguridad")
        assert crear(api, categoria="BIOSEGURIDAD")["categoria"] == "Bioseguridad"
        quien = api.as_("secretaria", ["inventario:productos:editar", "inventario:productos:leer"], centros=[1])
        assert ok(cambiar(quien, 1, categoria="bioseguridad"))["categoria"] == "Bioseguridad"
        assert [*problem(cambiar(quien, 1, categoria="Otra"), 422)["errores"]] == ["categoria"]
        assert ok(cambiar(quien, 1, categoria=None))["categoria"] is None

    def test_los_costos_solo_los_ve_quien_puede(self, api: ApiClient) -> None:
        producto = crear(api, costo_unitario=3)["id"]
        secretaria = api.as_("secretaria", ["inventario:productos:leer"], centros=[1])
        assert "costo_unitario" not in ok(secretaria.get(f"{URL}/{producto}"))
        assert "costo_unitario" not in ok(secretaria.get(URL))["datos"][0]


class TestCambiar:
    def test_hay_que_decir_que_version(self, api: ApiClient) -> None:
        producto = crear(api)["id"]
        problem(api.put(f"{URL}/{producto}", {"nombre": "Guantes de nitrilo"}), 428)
        editado = api.put(f"{URL}/{producto}", {"nombre": "Guantes de nitrilo"}, headers={"If-Match": '"1"'})
        assert (ok(editado)["nombre"], editado.headers["ETag"]) == ("Guantes de nitrilo", '"2"')
        problem(api.put(f"{URL}/{producto}", {"nombre": "Otra vez"}, headers={"If-Match": '"1"'}), 412)
        for recurso in ("presentaciones", "minimos"):
            problem(api.put(f"{URL}/{producto}/{recurso}", {recurso: []}), 428)

    def test_lo_que_no_se_da_queda(self, api: ApiClient, app: Flask) -> None:
        producto = crear(
            api, categoria="Bioseguridad", precio_venta=5, presentaciones=[{"nombre": "caja", "factor": 100}]
        )
        editado = ok(cambiar(api, producto["id"], precio_venta=6))
        cambia = {"precio_venta", "actualizado_en", "advertencias"}
        assert {c: v for c, v in editado.items() if c not in cambia} == {
            c: v for c, v in producto.items() if c not in cambia
        }
        assert [tipo for tipo, _, _ in eventos(app, "producto.")] == ["producto.creado.v1", "producto.actualizado.v1"]

    def test_la_unidad_cambia_mientras_nada_se_haya_escrito_en_ella(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = crear(api)["id"]
        assert ok(cambiar(api, producto, unidad="par"))["unidad"] == "par"
        ingresar(app, producto, 1)
        problem(cambiar(api, producto, unidad="ml"), 409, "unidad_en_uso")
        assert ok(cambiar(api, producto, unidad="Par"))["unidad"] == "Par"

    def test_la_unidad_no_puede_ser_una_de_sus_presentaciones(self, api: ApiClient) -> None:
        producto = crear(api, presentaciones=[{"nombre": "caja", "factor": 100}])["id"]
        problem(cambiar(api, producto, unidad="Caja"), 422)
        cambio = {"presentaciones": [{"nombre": "unidad", "factor": 2}]}
        problem(api.put(f"{URL}/{producto}/presentaciones", cambio, headers=COMO_ESTE), 422)

    def test_el_costo_de_lo_que_hay_lo_dicen_las_entradas(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = crear(api, costo_unitario=2)["id"]
        assert ok(cambiar(api, producto, costo_unitario=3))["costo_unitario"] == 3
        ingresar(app, producto, 10, costo="4")
        problem(cambiar(api, producto, costo_unitario=5), 409, "costo_de_existencias")
        assert ok(cambiar(api, producto, costo_unitario=4))["costo_unitario"] == 4

    def test_dejar_de_permitir_negativos_exige_que_no_los_haya(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = crear(api)["id"]
        ingresar(app, producto, 5)
        ok(cambiar(api, producto, permite_negativo=True))
        sacar(app, producto, 7)
        problem(cambiar(api, producto, permite_negativo=False), 409, "existencias_negativas")
        ingresar(app, producto, 2)
        ok(cambiar(api, producto, permite_negativo=False))
        with pytest.raises(Exception, match="stock_insuficiente"):
            sacar(app, producto, 1)

    def test_quien_desactiva_uno_que_se_usa_lo_sabe(self, api: ApiClient, app: Flask) -> None:
        producto = crear(api)["id"]
        nueva_receta(app, nuevo_tratamiento(app, nombre="Extracción"), {"producto_id": producto, "cantidad": 1})
        desactivado = ok(cambiar(api, producto, activo=False))
        assert not desactivado["activo"]
        assert "Extracción" in desactivado["advertencias"][0]


class TestPresentaciones:
    def test_se_dan_todas(self, api: ApiClient, app: Flask) -> None:
        producto = crear(api, presentaciones=[{"nombre": "caja", "factor": 100}, {"nombre": "par", "factor": 2}])[
            "id"
        ]
        nuevas = [{"nombre": "Cartón", "factor": 1000}, {"nombre": "CAJA", "factor": 50}]
        puestas = api.put(f"{URL}/{producto}/presentaciones", {"presentaciones": nuevas}, headers=COMO_ESTE)
        quedan = [{"nombre": "caja", "factor": 50}, {"nombre": "carton", "factor": 1000}]
        assert ok(puestas)["presentaciones"] == quedan
        leidas = api.get(f"{URL}/{producto}/presentaciones")
        assert (ok(leidas)["presentaciones"], leidas.headers["ETag"]) == (quedan, puestas.headers["ETag"])
        cambios = [cambio["presentaciones"] for cambio in auditados(app) if "presentaciones" in cambio]
        assert [{*unas} for unas in cambios[-1]] == [{"caja", "par"}, {"carton", "caja"}]


class TestTarifas:
    def test_rige_desde_su_dia(self, api: ApiClient, app: Flask) -> None:
        producto = crear(api, tarifa_iva=12, tarifa_desde="2020-01-01")["id"]
        manana = hoy() + timedelta(days=1)
        ok(cambiar(api, producto, tarifa_iva=15, tarifa_desde="2024-04-01"))
        assert ok(cambiar(api, producto, tarifa_iva=5, tarifa_desde=manana.isoformat()))["tarifa_iva"] == 15
        assert ok(api.get(f"{URL}/{producto}/tarifas"))["datos"] == [
            {"tarifa": 5, "desde": manana.isoformat()},
            {"tarifa": 15, "desde": "2024-04-01"},
            {"tarifa": 12, "desde": "2020-01-01"},
        ]
        assert [una["tarifa"] for una in eventos(app, "producto.")[-1][2]["tarifas_iva"]] == [12, 15, 5]

    def test_la_del_mismo_dia_se_corrige_y_la_que_ya_rige_no_se_repite(self, api: ApiClient) -> None:
        producto = crear(api, tarifa_iva=15)["id"]
        assert ok(cambiar(api, producto, tarifa_iva=0))["tarifa_iva"] == 0
        ok(cambiar(api, producto, tarifa_iva=0, tarifa_desde="2150-01-01"))
        assert len(ok(api.get(f"{URL}/{producto}/tarifas"))["datos"]) == 1


class TestEliminar:
    def test_desaparece(self, api: ApiClient, app: Flask) -> None:
        producto = crear(api)["id"]
        ok(api.delete(f"{URL}/{producto}"), 204)
        problem(api.get(f"{URL}/{producto}"), 404)
        problem(api.delete(f"{URL}/{producto}"), 404)
        assert ok(api.get(URL))["datos"] == []
        assert eventos(app, "producto.")[-1][0] == "producto.eliminado.v1"

    def test_no_mientras_haya_o_se_use(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = crear(api)["id"]
        ingresar(app, producto, 1)
        problem(api.delete(f"{URL}/{producto}"), 409, "producto_con_existencias")
        sacar(app, producto, 1)
        pedir(app, producto)
        problem(api.delete(f"{URL}/{producto}"), 409, "producto_en_orden")
        nueva_receta(app, nuevo_tratamiento(app, nombre="Extracción"), {"producto_id": producto, "cantidad": 1})
        detalle = problem(api.delete(f"{URL}/{producto}"), 409, "producto_en_receta")["detail"]
        assert "Extracción" in detalle
        ok(api.get(f"{URL}/{producto}"))


class TestLista:
    def test_con_existencias_de_la_red_o_de_un_centro(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        producto = nuevo_producto(app)
        ingresar(app, producto, "1.5")
        ingresar(app, producto, 2, centro_id=2)
        assert [p["stock_actual"] for p in ok(api.get(URL, query_string={"total": "si"}))["datos"]] == [3.5]
        for centro, hay in ((1, 1.5), (2, 2), (3, 0)):
            assert ok(api.get(f"{URL}?centro_id={centro}"))["datos"][0]["stock_actual"] == hay
            assert ok(api.get(f"{URL}/{producto}?centro_id={centro}"))["stock_actual"] == hay

    def test_se_busca_y_se_filtra(self, api: ApiClient) -> None:
        proveedor = ok(api.post("/inventario/proveedores", {"nombre": "Dental SA"}), 201)["id"]
        crear(api, nombre="Lidocaína 2 %", codigo="ANE-1", categoria="Anestesia")
        crear(api, nombre="Guantes de nitrilo", codigo="BIO-1", categoria="Bioseguridad", proveedor_id=proveedor)
        crear(api, nombre="Mascarillas", codigo="BIO-2", categoria="Bioseguridad", activo=False)
        casos = {
            "q=LIDOCAINA": ["ANE-1"], "q=nitrilo bio": ["BIO-1"], "q=100%25": [],
            "categoria=BIOSEGURIDAD": ["BIO-1", "BIO-2"],
            f"proveedor_id={proveedor}": ["BIO-1"], "activo=false": ["BIO-2"], "codigo=BIO-2": ["BIO-2"],
            "orden=-codigo": ["BIO-2", "BIO-1", "ANE-1"], "": ["BIO-1", "ANE-1", "BIO-2"],
        }  # fmt: skip
        for consulta, codigos in casos.items():
            assert [p["codigo"] for p in ok(api.get(f"{URL}?{consulta}"))["datos"]] == codigos, consulta
        assert [*problem(api.get(f"{URL}?color=azul"), 422)["errores"]] == ["color"]

    def test_con_las_mismas_sentencias_sean_pocos_o_muchos(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        veces = []
        for cuantos in (2, 30):
            filas = [
                {
                    "nombre": f"P {n}",
                    "categoria": f"C {n}",
                    "stock_minimo": 5,
                    "presentaciones": [{"nombre": "caja", "factor": 9}],
                }
                for n in range(cuantos)
            ]
            for producto in ok(api.post(f"{URL}/carga", filas), 201)["ids"]:
                ingresar(app, producto, 1)
            for ruta in (URL, f"{URL}/stock-bajo"):
                with statements(app) as anotadas:
                    assert len(ok(api.get(ruta, query_string={"tamano": 200}))["datos"]) >= cuantos
                veces.append((ruta, len(anotadas)))
        assert len(set(veces)) == 2
        assert max(cuantas for _, cuantas in veces) <= 5


class TestOtrosServicios:
    def test_se_les_dice_a_cuanto_se_vende(self, api: ApiClient) -> None:
        crear(api, codigo="CEP", nombre="Cepillo", precio_venta="2.345678", tarifa_iva=15)
        eliminado = crear(api)["id"]
        assert api.delete(f"{URL}/{eliminado}").status_code == 204
        servicio = api.as_("servicio")
        assert ok(servicio.get(f"/interno/productos?ids={eliminado},1,99"))["datos"] == [
            {
                "id": 1,
                "codigo": "CEP",
                "nombre": "Cepillo",
                "unidad": "unidad",
                "precio_venta": 2.345678,
                "tarifa_iva": 15,
                "activo": True,
            }
        ]
        problem(api.get("/interno/productos?ids=1"), 403)
