"""The catalogue of treatments: prices, rates of IVA, categories, and what others are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from inventario.casos_de_uso.tarifas import hoy
from inventario.extensiones import db
from inventario.modelos import CitaRef, CitaTratamientoRef

from ..catalogo import TRATAMIENTOS, crear_tratamiento
from ..consultas import eventos
from ..fabricas import nuevo_producto


def reservar(app: Flask, tratamiento_id: int, dias: int = 1, estado: str = "programada") -> None:
    with app.app_context():
        cita = CitaRef(
            id=1, centro_id=1, doctor_id=1, fecha_hora=now() + timedelta(days=dias), estado=estado, secuencia=1
        )
        db.session.add(cita)
        db.session.flush()
        db.session.add(CitaTratamientoRef(cita_id=1, tratamiento_id=tratamiento_id, cantidad=1))
        db.session.commit()


NO_VALEN: list[tuple[dict[str, Any], str]] = [
    ({"nombre": ""}, "nombre"),
    ({"precio": -1}, "precio"),
    ({"precio": "1.1234567"}, "precio"),
    ({"precio": None}, "precio"),
    ({"duracion_minutos": 0}, "duracion_minutos"),
    ({"duracion_minutos": 721}, "duracion_minutos"),
    ({"tarifa_iva": 101}, "tarifa_iva"),
    ({"tarifa_desde": "2026-01-01"}, "tarifa_iva"),
    ({"tarifa_iva": 15, "tarifa_desde": "2026-02-30"}, "tarifa_desde"),
    ({"costo": 5}, "costo"),
    ({"receta": [{"producto_id": 99, "cantidad": 1}]}, "receta"),
]


class TestUno:
    def test_se_crea_con_lo_que_no_se_dice(self, api: ApiClient) -> None:
        creado = api.post(TRATAMIENTOS, {"nombre": "Limpieza", "precio": "30.5"})
        assert creado.headers["Location"] == f"{TRATAMIENTOS}/1"
        leido = ok(api.get(f"{TRATAMIENTOS}/1"))
        assert leido == creado.get_json()
        del leido["creado_en"], leido["actualizado_en"]
        assert leido == {
            "id": 1,
            "codigo": "T00001",
            "nombre": "Limpieza",
            "descripcion": None,
            "categoria": None,
            "especialidad": None,
            "precio": 30.5,
            "duracion_minutos": 30,
            "tarifa_iva": 0,
            "tarifa_desde": hoy().isoformat(),
            "activo": True,
            "receta": [],
            "eliminado_en": None,
        }

    def test_se_crea_entero(self, api: ApiClient, app: Flask) -> None:
        guantes = nuevo_producto(app, codigo="G", nombre="Guantes")
        creado = crear_tratamiento(
            api,
            codigo="B1",
            categoria="Estética",
            especialidad="Odontología estética",
            duracion_minutos=90,
            precio=180,
            tarifa_iva=15,
            tarifa_desde="2024-04-01",
            receta=[{"producto_id": guantes, "cantidad": 2}],
        )
        assert (creado["categoria"], creado["tarifa_iva"], creado["tarifa_desde"]) == ("Estética", 15, "2024-04-01")
        assert creado["receta"] == [
            {
                "producto_id": guantes,
                "incluye_id": None,
                "codigo": "G",
                "nombre": "Guantes",
                "unidad": "unidad",
                "cantidad": 2,
                "opcional": False,
                "alternativa": None,
            }
        ]
        tipo, sujeto, datos = eventos(app, "tratamiento.")[0]
        assert (tipo, sujeto) == ("tratamiento.creado.v1", "tratamiento/1")
        contados = [datos[campo] for campo in ("codigo", "precio", "categoria", "tarifas_iva")]
        assert contados == ["B1", 180, "Estética", [{"tarifa": 15, "desde": "2024-04-01"}]]

    def test_se_cambia_solo_lo_dado_y_quien_leyo_lo_viejo_se_entera(self, api: ApiClient, app: Flask) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api, especialidad='General')['id']}"
        etag = {"If-Match": api.get(ruta).headers["ETag"]}
        cambiado = ok(api.put(ruta, {"precio": 35, "activo": False}, headers=etag))
        assert (cambiado["precio"], cambiado["activo"], cambiado["especialidad"]) == (35, False, "General")
        problem(api.put(ruta, {"precio": 1}, headers=etag), 412)
        assert [(tipo, datos["precio"]) for tipo, _, datos in eventos(app, "tratamiento.")] == [
            ("tratamiento.creado.v1", 30),
            ("tratamiento.actualizado.v1", 35),
        ]

    def test_se_elimina_y_libera_su_codigo(self, api: ApiClient, app: Flask) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api, codigo='X')['id']}"
        assert api.delete(ruta).status_code == 204
        problem(api.get(ruta), 404)
        problem(api.delete(ruta), 404)
        assert eventos(app, "tratamiento.")[-1][0] == "tratamiento.eliminado.v1"
        crear_tratamiento(api, codigo="X")

    def test_no_se_elimina_lo_que_esta_por_hacerse(self, api: ApiClient, app: Flask) -> None:
        numero = crear_tratamiento(api)["id"]
        reservar(app, numero)
        problem(api.delete(f"{TRATAMIENTOS}/{numero}"), 409, "tratamiento_con_citas")

    @pytest.mark.parametrize(("dias", "estado"), [(-1, "programada"), (1, "cancelada"), (-1, "completada")])
    def test_lo_que_ya_no_se_hara_no_lo_retiene(self, api: ApiClient, app: Flask, dias: int, estado: str) -> None:
        numero = crear_tratamiento(api)["id"]
        reservar(app, numero, dias, estado)
        assert api.delete(f"{TRATAMIENTOS}/{numero}").status_code == 204

    def test_no_se_elimina_lo_que_otro_incluye(self, api: ApiClient) -> None:
        campo = crear_tratamiento(api, nombre="Campo")["id"]
        crear_tratamiento(api, nombre="Calza", receta=[{"incluye_id": campo, "cantidad": 1}])
        assert "Calza" in problem(api.delete(f"{TRATAMIENTOS}/{campo}"), 409, "tratamiento_incluido")["detail"]

    def test_el_codigo_es_unico(self, api: ApiClient) -> None:
        crear_tratamiento(api, codigo="LIM")
        problem(
            api.post(TRATAMIENTOS, {"codigo": "LIM", "nombre": "Otra", "precio": 1}), 409, "tratamiento_duplicado"
        )

    def test_lo_que_no_vale_no_cambia_nada(self, api: ApiClient) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api)['id']}"
        antes = ok(api.get(ruta))
        for datos, campo in NO_VALEN:
            assert [*problem(api.post(TRATAMIENTOS, {"nombre": "X", "precio": 1, **datos}), 422)["errores"]] == [
                campo
            ]
            assert [*problem(api.put(ruta, datos), 422)["errores"]] == [campo]
            assert ok(api.get(ruta)) == antes, datos


class TestPreciosYTarifas:
    def test_los_precios_quedan_en_la_historia(self, api: ApiClient) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api)['id']}"
        for precio in (35, 35, "40.25"):
            ok(api.put(ruta, {"precio": precio}))
        precios = ok(api.get(f"{ruta}/precios"))["datos"]
        assert [(p["precio"], p["por"]) for p in precios] == [(valor, "usuario:1") for valor in (40.25, 35, 30)]
        assert [p["desde"] for p in precios] == sorted((p["desde"] for p in precios), reverse=True)
        problem(api.get(f"{TRATAMIENTOS}/99/precios"), 404)

    def test_una_tarifa_rige_desde_su_dia(self, api: ApiClient) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api, tarifa_iva=12, tarifa_desde='2024-01-01')['id']}"
        assert ok(api.put(ruta, {"tarifa_iva": 15, "tarifa_desde": "2024-04-01"}))["tarifa_iva"] == 15
        en_adelante = (hoy() + timedelta(days=3)).isoformat()
        futura = ok(api.put(ruta, {"tarifa_iva": 5, "tarifa_desde": en_adelante}))
        assert (futura["tarifa_iva"], futura["tarifa_desde"]) == (15, "2024-04-01")
        historia = ok(api.get(f"{ruta}/tarifas"))["datos"]
        assert historia == [
            {"tarifa": 5, "desde": en_adelante},
            {"tarifa": 15, "desde": "2024-04-01"},
            {"tarifa": 12, "desde": "2024-01-01"},
        ]

    def test_la_tarifa_de_un_dia_se_corrige_ese_dia(self, api: ApiClient) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api)['id']}"
        assert ok(api.put(ruta, {"tarifa_iva": 15}))["tarifa_iva"] == 15
        assert ok(api.get(f"{ruta}/tarifas"))["datos"] == [{"tarifa": 15, "desde": hoy().isoformat()}]

    def test_antes_de_la_primera_tarifa_es_la_de_salud(self, api: ApiClient) -> None:
        manana = (hoy() + timedelta(days=1)).isoformat()
        creado = crear_tratamiento(api, tarifa_iva=15, tarifa_desde=manana)
        assert (creado["tarifa_iva"], creado["tarifa_desde"]) == (0, None)


class TestCategorias:
    def test_se_nombran_sin_mirar_tildes(self, api: ApiClient, app: Flask) -> None:
        for nombre in ("Estética", "ESTETICA", "Cirugía"):
            crear_tratamiento(api, categoria=nombre)
        nuevo_producto(app)
        assert [c["nombre"] for c in ok(api.get(f"{TRATAMIENTOS}/categorias"))["datos"]] == ["Cirugía", "Estética"]
        assert len(ok(api.get(f"{TRATAMIENTOS}/categorias?q=ciru"))["datos"]) == 1
        assert len(ok(api.get(TRATAMIENTOS, query_string={"categoria": "estética"}))["datos"]) == 2

    def test_se_crean_renombran_y_eliminan(self, api: ApiClient, app: Flask) -> None:
        ruta = api.post(f"{TRATAMIENTOS}/categorias", {"nombre": "Ciruja"}).headers["Location"]
        numero = crear_tratamiento(api, categoria="ciruja")["id"]
        assert ok(api.put(ruta, {"nombre": "Cirugía"}))["nombre"] == "Cirugía"
        assert ok(api.get(f"{TRATAMIENTOS}/{numero}"))["categoria"] == "Cirugía"
        assert eventos(app, "tratamiento.")[-1][2]["categoria"] == "Cirugía"
        problem(api.post(f"{TRATAMIENTOS}/categorias", {"nombre": "CIRUGIA"}), 409, "categoria_duplicada")
        problem(api.delete(ruta), 409, "categoria_en_uso")
        ok(api.put(f"{TRATAMIENTOS}/{numero}", {"categoria": None}))
        assert api.delete(ruta).status_code == 204
        problem(api.get(ruta), 404)

    def test_las_de_productos_son_otras(self, api: ApiClient) -> None:
        de_productos = ok(api.post("/inventario/categorias", {"nombre": "Guantes"}), 201)["id"]
        for pedir in (api.get, api.delete):
            problem(pedir(f"{TRATAMIENTOS}/categorias/{de_productos}"), 404)
        assert ok(api.get(f"{TRATAMIENTOS}/categorias"))["datos"] == []

    def test_quien_no_crea_no_inventa_categorias(self, api: ApiClient) -> None:
        ruta = f"{TRATAMIENTOS}/{crear_tratamiento(api, categoria='Cirugía')['id']}"
        quien = api.as_("admin", ["inventario:tratamientos:editar"])
        assert ok(quien.put(ruta, {"categoria": "cirugia"}))["categoria"] == "Cirugía"
        assert "categoria" in problem(quien.put(ruta, {"categoria": "Otra"}), 422)["errores"]
        assert ok(quien.put(ruta, {"categoria": None}))["categoria"] is None


SE_FILTRAN: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["ORT", "END", "CIR"]),
    ({"orden": "nombre"}, ["ORT", "END", "CIR"]),
    ({"orden": "-precio"}, ["CIR", "END", "ORT"]),
    ({"q": "extraccion"}, ["CIR"]),
    ({"q": "orto control"}, ["ORT"]),
    ({"q": "%"}, []),
    ({"codigo": "END"}, ["END"]),
    ({"especialidad": "cirugia"}, ["CIR"]),
    ({"especialidad": "otra"}, []),
    ({"categoria": "ninguna"}, []),
    ({"activo": "true"}, ["ORT", "CIR"]),
]


class TestLista:
    @pytest.fixture
    def catalogo(self, api: ApiClient, app: Flask) -> int:
        producto = nuevo_producto(app)
        crear_tratamiento(api, codigo="ORT", nombre="Control de ortodoncia", especialidad="Ortodoncia", precio=25)
        crear_tratamiento(api, codigo="END", nombre="Endodoncia", especialidad="Endodoncia", activo=False)
        crear_tratamiento(api, codigo="CIR", nombre="Extracción", especialidad="Cirugía", precio=45)
        ok(api.put(f"{TRATAMIENTOS}/3/receta", {"ingredientes": [{"producto_id": producto, "cantidad": 1}]}))
        return producto

    @pytest.mark.usefixtures("catalogo")
    def test_se_filtra_y_ordena(self, api: ApiClient) -> None:
        for consulta, codigos in SE_FILTRAN:
            encontrados = ok(api.get(TRATAMIENTOS, query_string=consulta))["datos"]
            assert [t["codigo"] for t in encontrados] == codigos, consulta

    def test_se_busca_lo_que_usa_un_producto(self, api: ApiClient, catalogo: int) -> None:
        usan = ok(api.get(f"{TRATAMIENTOS}?producto_id={catalogo}"))["datos"]
        assert [t["codigo"] for t in usan] == ["CIR"]
        assert [i["producto_id"] for i in usan[0]["receta"]] == [catalogo]

    def test_se_sincroniza_tambien_por_la_receta(self, api: ApiClient, catalogo: int) -> None:
        desde = now().isoformat()
        ok(api.put(f"{TRATAMIENTOS}/1/receta", {"ingredientes": [{"producto_id": catalogo, "cantidad": 2}]}))
        cambiados = ok(api.get(TRATAMIENTOS, query_string={"actualizado_desde": desde}))["datos"]
        assert [t["codigo"] for t in cambiados] == ["ORT"]


class TestOtrosServicios:
    def test_se_les_dice_lo_que_necesitan(self, api: ApiClient) -> None:
        crear_tratamiento(api, codigo="A", precio="10.123456", duracion_minutos=45)
        crear_tratamiento(api, codigo="B", tarifa_iva=15, activo=False)
        eliminado = crear_tratamiento(api)["id"]
        assert api.delete(f"{TRATAMIENTOS}/{eliminado}").status_code == 204
        servicio = api.as_("servicio")
        assert ok(servicio.get(f"/interno/tratamientos?ids=2,1,{eliminado},99"))["datos"] == [
            {
                "id": 1,
                "codigo": "A",
                "nombre": "Limpieza dental",
                "precio": 10.123456,
                "duracion_minutos": 45,
                "tarifa_iva": 0,
                "activo": True,
            },
            {
                "id": 2,
                "codigo": "B",
                "nombre": "Limpieza dental",
                "precio": 30,
                "duracion_minutos": 30,
                "tarifa_iva": 15,
                "activo": False,
            },
        ]
        assert ok(servicio.get("/interno/tratamientos?ids="))["datos"] == []
        for mala in ("", "?ids=x", "?ids=" + ",".join(["1"] * 1001)):
            problem(servicio.get(f"/interno/tratamientos{mala}"), 422)

    def test_a_nadie_mas(self, api: ApiClient) -> None:
        problem(api.get("/interno/tratamientos?ids=1"), 403)
        problem(api.with_token(None).get("/interno/tratamientos?ids=1"), 401)


class TestDerechos:
    @pytest.mark.parametrize("rol", ["medico", "secretaria"])
    def test_el_personal_lee_y_no_cambia(self, api: ApiClient, rol: str) -> None:
        crear_tratamiento(api)
        quien = api.as_(rol, ["inventario:tratamientos:leer"], centros=[1])
        assert len(ok(quien.get(TRATAMIENTOS))["datos"]) == 1
        ok(quien.get(f"{TRATAMIENTOS}/1/receta"))
        problem(quien.get(f"{TRATAMIENTOS}/1/costos"), 403)
        problem(quien.post(TRATAMIENTOS, {"nombre": "X", "precio": 1}), 403)
        problem(quien.put(f"{TRATAMIENTOS}/1", {"precio": 1}), 403)
        problem(quien.delete(f"{TRATAMIENTOS}/1"), 403)
        problem(quien.put(f"{TRATAMIENTOS}/1/receta", {"ingredientes": []}), 403)
        problem(quien.post(f"{TRATAMIENTOS}/1/receta", {"producto_id": 1, "cantidad": 1}), 403)
        problem(quien.delete(f"{TRATAMIENTOS}/1/receta/1"), 403)


class TestCarga:
    RUTA = f"{TRATAMIENTOS}/carga"

    def test_se_cargan_como_uno_a_uno(self, api: ApiClient, app: Flask) -> None:
        producto = nuevo_producto(app)
        filas = [
            {"nombre": "Uno", "precio": 10, "categoria": "Prevención"},
            {"nombre": "Dos", "precio": "20.5", "categoria": "PREVENCION", "codigo": "T00001", "tarifa_iva": 15},
            {"nombre": "Tres", "precio": 30, "receta": [{"producto_id": producto, "cantidad": 1}]},
        ]
        assert ok(api.post(self.RUTA, filas), 201) == {"creados": 3, "ids": [1, 2, 3], "advertencias": {}}
        leidos = ok(api.get(TRATAMIENTOS))["datos"]
        assert [t["codigo"] for t in leidos] == ["T00002", "T00001", "T00003"]
        assert [t["categoria"] for t in leidos] == ["Prevención", "Prevención", None]
        assert [len(t["receta"]) for t in leidos] == [0, 0, 1]
        assert [(tipo, sujeto) for tipo, sujeto, _ in eventos(app, "tratamiento.")] == [
            ("tratamiento.creado.v1", f"tratamiento/{n}") for n in (1, 2, 3)
        ]
        assert [len(ok(api.get(f"{TRATAMIENTOS}/{n}/precios"))["datos"]) for n in (1, 2, 3)] == [1, 1, 1]

    def test_todo_o_nada_con_cada_fila_y_su_error(self, api: ApiClient, app: Flask) -> None:
        crear_tratamiento(api, codigo="YA")
        parado = nuevo_producto(app, activo=False)
        buena = {"nombre": "Buena", "precio": 1, "categoria": "Nueva"}
        de_forma = [buena, {"nombre": "Sin precio"}, {**buena, "color": "azul"}]
        de_codigo = [buena, {**buena, "codigo": "YA"}, {**buena, "codigo": "R"}, {**buena, "codigo": "R"}]
        de_receta = [
            buena,
            {**buena, "receta": [{"producto_id": 99, "cantidad": 1}]},
            {**buena, "receta": [{"producto_id": parado, "cantidad": 1}]},
        ]
        for filas, lugares in ((de_forma, "12"), (de_codigo, "123"), (de_receta, "12")):
            errores = problem(api.post(self.RUTA, filas), 422)["errores"]
            assert sorted(errores) == [*lugares]
        assert errores["1"] == {"receta": ["0: producto_id: No existe ese producto."]}
        assert len(ok(api.get(TRATAMIENTOS))["datos"]) == 1
        assert ok(api.get(f"{TRATAMIENTOS}/categorias"))["datos"] == []
        assert len(eventos(app, "tratamiento.")) == 1

    def test_vacia_no_hace_nada(self, api: ApiClient) -> None:
        assert ok(api.post(self.RUTA, []), 201)["creados"] == 0
