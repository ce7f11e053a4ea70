"""The treatments of an appointment that is there: added, corrected, taken off, told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, InventarioDePrueba, datos_de_cita, manana, programar
from ..esperas import eventos
from ..fabricas import poner_politica

CAMBIADOS = "cita.tratamientos_cambiados.v1"


def agregar(api: ApiClient, cita: dict[str, Any], tratamiento_id: int = 3, **campos: Any) -> Any:
    return api.post(f"/citas/{cita['id']}/tratamientos", {"tratamiento_id": tratamiento_id, **campos})


def pasar_a(api: ApiClient, cita: dict[str, Any], estado: str, **campos: Any) -> None:
    ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": estado, **campos}))


def dichas(dato: dict[str, Any]) -> list[tuple[int, float]]:
    """(treatment, how often) that an event tells."""
    return [(linea["tratamiento_id"], linea["cantidad"]) for linea in dato["tratamientos"]]


def test_agregar_corregir_y_quitar(api: ApiClient, app: Flask, inventario: InventarioDePrueba) -> None:
    cita = programar(api)
    alta = agregar(api, cita, cantidad="2")
    linea = ok(alta, 201)
    assert (linea["nombre"], linea["cantidad"], linea["subtotal"]) == ("Tratamiento 3", 2, 46.25)
    assert alta.headers["Location"] == f"/citas/tratamientos/{linea['id']}"
    assert ok(api.get(alta.headers["Location"])) == linea
    inventario.fichas[3]["precio"] = 99
    url = f"/citas/tratamientos/{linea['id']}"
    corregida = ok(api.put(url, {"cantidad": 3}, headers={"If-Match": '"1"'}))
    assert (corregida["cantidad"], corregida["precio_unitario"]) == (3, 23.125)
    problem(api.put(url, {"cantidad": 4}, headers={"If-Match": '"1"'}), 412)
    problem(api.put(url, {"precio_unitario": 1}), 422)
    assert ok(api.put(url, {"cantidad": 3}))["actualizado_en"] == corregida["actualizado_en"]
    ok(agregar(api, cita, 2), 201)
    lista = ok(api.get(f"/citas/{cita['id']}/tratamientos"))
    assert ([x["tratamiento_id"] for x in lista["datos"]], lista["total"]) == ([3, 2], 91.51)
    assert api.delete(url).status_code == 204
    problem(api.delete(url), 404)
    vista = ok(api.get(f"/citas/{cita['id']}"))
    assert ([x["tratamiento_id"] for x in vista["tratamientos"]], vista["tratamiento_id"]) == ([2], 2)
    assert vista["duracion_minutos"] == cita["duracion_minutos"]
    assert [dichas(dato) for dato in eventos(app, CAMBIADOS)] == [[(3, 2)], [(3, 3)], [(3, 3), (2, 1)], [(2, 1)]]


def test_un_cambio_es_un_cambio_de_la_cita(api: ApiClient) -> None:
    cita = programar(api)
    ok(agregar(api, cita), 201)
    assert api.get(f"/citas/{cita['id']}").headers["ETag"] == '"2"'


@pytest.mark.parametrize("pedido", [{"cantidad": 0}, {"cantidad": "mucho"}, {"tratamiento_id": 77}, {"otro": 1}])
def test_lo_que_no_tiene_sentido_se_rechaza(api: ApiClient, app: Flask, pedido: dict[str, Any]) -> None:
    cita = programar(api)
    problem(api.post(f"/citas/{cita['id']}/tratamientos", {"tratamiento_id": 3} | pedido), 422)
    assert (ok(api.get(f"/citas/{cita['id']}")), eventos(app, CAMBIADOS)) == (cita, [])


def test_ni_repetido_ni_inactivo_ni_de_otro_doctor(api: ApiClient, admin: AdminDePrueba) -> None:
    admin.fichas["doctor_id"][1]["servicios"] = [1, 3]
    cita = programar(api, tratamiento_id=3)
    problem(agregar(api, cita, 3), 409, "tratamiento_repetido")
    problem(agregar(api, cita, 1), 409, "tratamiento_inactivo")
    problem(agregar(api, cita, 2), 409, "tratamiento_no_ofrecido")
    assert ok(api.get(f"/citas/{cita['id']}")) == cita


def test_lo_quitado_se_puede_volver_a_poner(api: ApiClient) -> None:
    cita = programar(api, tratamiento_id=3)
    assert api.delete(f"/citas/tratamientos/{cita['tratamientos'][0]['id']}").status_code == 204
    assert ok(api.get(f"/citas/{cita['id']}"))["tratamiento_id"] is None
    ok(agregar(api, cita, 3), 201)
    assert ok(api.get(f"/citas/{cita['id']}"))["tratamiento_id"] == 3


def test_con_inventario_caido_no_se_agrega_pero_se_corrige_y_se_quita(
    api: ApiClient, inventario: InventarioDePrueba
) -> None:
    cita = programar(api, tratamiento_id=3)
    inventario.caido = True
    problem(agregar(api, cita, 2), 503, "servicio_no_disponible")
    url = f"/citas/tratamientos/{cita['tratamientos'][0]['id']}"
    ok(api.put(url, {"cantidad": 2}))
    assert api.delete(url).status_code == 204


@pytest.mark.parametrize("estado", ["completada", "cancelada"])
def test_los_de_una_cita_cerrada_no_cambian(api: ApiClient, inventario: InventarioDePrueba, estado: str) -> None:
    cita = programar(api, tratamiento_id=3)
    pasar_a(api, cita, estado)
    url = f"/citas/tratamientos/{cita['tratamientos'][0]['id']}"
    problem(agregar(api, cita, 2), 409, "cita_cerrada")
    problem(api.put(url, {"cantidad": 2}), 409, "cita_cerrada")
    problem(api.delete(url), 409, "cita_cerrada")
    assert ok(api.get(url))["cantidad"] == 1
    # What is closed needs no look-up.
    assert inventario.consultas == 1


def test_reabierta_vuelven_a_cambiar(api: ApiClient, app: Flask) -> None:
    cita = programar(api, tratamiento_id=3)
    pasar_a(api, cita, "completada")
    pasar_a(api, cita, "en_curso", motivo="Faltó algo")
    ok(agregar(api, cita, 2), 201)
    pasar_a(api, cita, "completada")
    assert [dichas(dato) for dato in eventos(app, "cita.completada.v1")] == [[(3, 1)], [(3, 1), (2, 1)]]


def test_una_sesion_de_grupo_sigue_siendo_la_que_es(api: ApiClient, app: Flask) -> None:
    poner_politica(app, tratamiento_id=7, capacidad=2, duracion_minutos=60)
    una = programar(api, tratamiento_id=7)
    assert api.delete(f"/citas/tratamientos/{una['tratamientos'][0]['id']}").status_code == 204
    assert ok(api.get(f"/citas/{una['id']}"))["tratamiento_id"] == 7
    programar(api, paciente_id=2, tratamiento_id=7)


class TestQuien:
    def test_un_doctor_los_agrega_a_las_suyas_y_no_ve_las_ajenas(self, api: ApiClient) -> None:
        cita = programar(api, tratamiento_id=3)
        pasar_a(api, cita, "en_curso")
        ok(agregar(api.as_("medico", doctor_id=1), cita, 2), 201)
        otro = api.as_("medico", doctor_id=2)
        problem(agregar(otro, cita, 4), 404)
        problem(otro.get(f"/citas/{cita['id']}/tratamientos"), 404)
        for metodo in (otro.get, otro.put, otro.delete):
            problem(metodo(f"/citas/tratamientos/{cita['tratamientos'][0]['id']}"), 404)

    def test_recepcion_los_de_sus_centros(self, api: ApiClient) -> None:
        cita = programar(api, tratamiento_id=3)
        ok(agregar(api.as_("secretaria", centros=[1]), cita, 2), 201)
        problem(agregar(api.as_("secretaria", centros=[2]), cita, 4), 404)

    def test_hace_falta_el_permiso(self, api: ApiClient) -> None:
        cita = programar(api, tratamiento_id=3)
        paciente = api.as_("paciente", permisos=["citas:leer", "citas:tratamientos:leer"], paciente_id=1)
        assert len(ok(paciente.get(f"/citas/{cita['id']}/tratamientos"))["datos"]) == 1
        problem(agregar(paciente, cita, 2), 403)
        problem(api.as_("admin", permisos=["citas:leer"]).get(f"/citas/{cita['id']}/tratamientos"), 403)


class TestEventos:
    def test_cada_paso_dice_lo_que_se_hace(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, tratamientos=[{"tratamiento_id": 10, "cantidad": "0.5"}])
        linea = cita["tratamientos"][0]
        del linea["subtotal"]
        linea["linea_id"] = linea.pop("id")
        pasos = ("confirmada", "en_sala", "en_curso", "completada")
        for estado in pasos:
            pasar_a(api, cita, estado)
        pasar_a(api, cita, "en_curso", motivo="Faltó algo")
        for suceso in ("programada", *pasos, "reabierta"):
            (dato,) = eventos(app, f"cita.{suceso}.v1")
            assert dato["tratamientos"] == [linea]
        vieja = programar(api, fecha_hora=manana("12:00"), tratamiento_id=3)
        nueva = ok(api.put(f"/citas/{vieja['id']}", {"fecha_hora": manana("13:00")}))["cita"]
        api.delete(f"/citas/{nueva['id']}")
        for suceso in ("reprogramada", "cancelada"):
            assert [dichas(dato) for dato in eventos(app, f"cita.{suceso}.v1")] == [[(3, 1)]]

    def test_al_completar_se_dicen_los_extras(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        url = f"/citas/{cita['id']}/extras"
        extra = ok(api.post(url, {"descripcion": "Cepillo", "cantidad": 2, "precio_unitario": 3.25}), 201)
        sobra = ok(api.post(url, {"descripcion": "Hilo", "precio_unitario": 1}), 201)
        assert api.delete(f"/citas/extras/{sobra['id']}").status_code == 204
        pasar_a(api, cita, "completada")
        (dato,) = eventos(app, "cita.completada.v1")
        dicho = {"linea_id": extra["id"], "descripcion": "Cepillo", "cantidad": 2, "precio_unitario": 3.25}
        assert (dato["tratamientos"], dato["extras"]) == ([], [dicho])


class TestALaVez:
    def test_el_mismo_se_agrega_una_sola_vez(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        with ThreadPoolExecutor(8) as hilos:
            respuestas = list(hilos.map(lambda _: agregar(api, cita, 3), range(8)))
        assert sorted(r.status_code for r in respuestas) == [201] + [409] * 7
        assert len(ok(api.get(f"/citas/{cita['id']}"))["tratamientos"]) == 1
        assert len(eventos(app, CAMBIADOS)) == 1

    def test_lo_que_se_dice_al_completar_es_lo_que_quedo(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)

        def completar(_: int) -> Any:
            return api.patch(f"/citas/{cita['id']}/estado", {"estado": "completada"})

        with ThreadPoolExecutor(6) as hilos:
            altas = [hilos.submit(agregar, api, cita, n) for n in (2, 3, 4, 5)]
            cierre = hilos.submit(completar, 0)
            hechas = [alta.result() for alta in altas]
            primero = cierre.result()
        if primero.status_code != 200:
            problem(primero, 409)
            ok(completar(0))
        quedaron = ok(api.get(f"/citas/{cita['id']}"))["tratamientos"]
        assert len(quedaron) == sum(alta.status_code == 201 for alta in hechas)
        (dato,) = eventos(app, "cita.completada.v1")
        assert [linea["linea_id"] for linea in dato["tratamientos"]] == [linea["id"] for linea in quedaron]


def test_una_cita_con_tratamientos_repetidos_se_corrige_en_su_linea(api: ApiClient) -> None:
    repetidos = [{"tratamiento_id": 2}, {"tratamiento_id": 2}]
    error = problem(api.post("/citas", datos_de_cita(tratamientos=repetidos)), 422)
    assert "cantidad" in error["errores"]["tratamientos"][0]
