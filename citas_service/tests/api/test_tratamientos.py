"""Appointments with treatments: looked up once, frozen, taken along wherever the appointment goes."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Cita, DoctorRef
from citas.modelos.referencias import recordar
from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope
from comun.testing.statements import statements

from ..conftest import AdminDePrueba, InventarioDePrueba, datos_de_cita, manana, programar
from ..esperas import esperar, eventos, repartir, responder, se_libera
from ..fabricas import conocer, poner_politica
from ..series import DIARIA, agendar, nada_quedo
from .test_apartados import apartar, reservar

DOS = [{"tratamiento_id": 10}, {"tratamiento_id": 2, "cantidad": 2}]


def lineas(cita: dict[str, Any]) -> list[tuple[int, float]]:
    """(treatment, how often) of each."""
    return [(linea["tratamiento_id"], linea["cantidad"]) for linea in cita["tratamientos"]]


def mover(api: ApiClient, cita: dict[str, Any], **cambios: Any) -> Any:
    return api.put(f"/citas/{cita['id']}", cambios)


def ofrece(app: Flask, *servicios: int, doctor_id: int = 1) -> None:
    """What the doctor does."""
    with app.app_context():
        datos = {"id": doctor_id, "nombres": "Ana", "apellidos": f"Doctora {doctor_id}", "servicios": list(servicios)}
        recordar(DoctorRef, datos, 2)
        db.session.commit()


class TestAgendar:
    def test_queda_con_nombre_precio_y_duracion_de_ese_momento(
        self, api: ApiClient, inventario: InventarioDePrueba, admin: AdminDePrueba
    ) -> None:
        cita = programar(api, tratamientos=DOS)
        assert cita["tratamientos"][0] == {
            "id": cita["tratamientos"][0]["id"],
            "tratamiento_id": 10,
            "codigo": "T010",
            "nombre": "Tratamiento 10",
            "cantidad": 1,
            "precio_unitario": 30.125,
            "tarifa_iva": 15,
            "duracion_minutos": 75,
            "subtotal": 30.13,
        }
        assert lineas(cita) == [(10, 1), (2, 2)]
        assert (cita["tratamiento_id"], cita["duracion_minutos"]) == (10, 75 + 2 * 30)
        assert (inventario.consultas, admin.consultas) == (1, 1)
        inventario.fichas[10] |= {"nombre": "Otro", "precio": 99, "duracion_minutos": 10, "activo": False}
        assert ok(api.get(f"/citas/{cita['id']}")) == cita
        assert ok(api.get("/citas"))["datos"] == [cita]

    def test_el_de_tratamiento_id_va_primero(self, api: ApiClient) -> None:
        assert lineas(programar(api, tratamiento_id=3)) == [(3, 1)]
        cita = programar(api, fecha_hora=manana("12:00"), tratamiento_id=2, tratamientos=DOS)
        assert (cita["tratamiento_id"], lineas(cita)) == (2, [(2, 2), (10, 1)])

    def test_sin_tratamientos_no_se_pregunta_ni_se_escribe_nada_de_ellos(
        self, api: ApiClient, app: Flask, inventario: InventarioDePrueba
    ) -> None:
        with statements(app) as hechas:
            cita = programar(api)
        assert (cita["tratamientos"], inventario.consultas) == ([], 0)
        assert not [una for una in hechas if "cita_tratamiento" in una]

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"tratamientos": [{"tratamiento_id": 2}, {"tratamiento_id": 77}]}, "tratamientos"),
            ({"tratamiento_id": 77}, "tratamiento_id"),
            ({"tratamientos": [{"tratamiento_id": 2}, {"tratamiento_id": 2}]}, "tratamientos"),
            ({"tratamientos": [{"tratamiento_id": 2, "cantidad": 0}]}, "tratamientos"),
            ({"tratamientos": [{"tratamiento_id": 2, "cantidad": -1}]}, "tratamientos"),
            ({"tratamientos": [{"tratamiento_id": 2, "precio_unitario": 1}]}, "tratamientos"),
            ({"tratamientos": [{"cantidad": 1}]}, "tratamientos"),
            ({"tratamientos": [{"tratamiento_id": 2, "cantidad": 25}]}, "tratamientos"),
            ({"tratamientos": [{"tratamiento_id": n} for n in range(100, 121)]}, "tratamientos"),
        ],
    )
    def test_lo_que_no_puede_ser_se_dice_por_campo(
        self, api: ApiClient, app: Flask, cambio: dict[str, Any], campo: str
    ) -> None:
        assert list(problem(api.post("/citas", datos_de_cita(**cambio)), 422)["errores"]) == [campo]
        assert nada_quedo(app)

    def test_uno_inactivo_no_se_agenda(self, api: ApiClient, app: Flask) -> None:
        pedido = datos_de_cita(tratamientos=[{"tratamiento_id": 2}, {"tratamiento_id": 1}])
        assert "Tratamiento 1" in problem(api.post("/citas", pedido), 409, "tratamiento_inactivo")["detail"]
        assert nada_quedo(app)

    def test_el_doctor_debe_ofrecerlos_todos(self, api: ApiClient, admin: AdminDePrueba) -> None:
        admin.fichas["doctor_id"][1]["servicios"] = [2, 3]
        pedido = datos_de_cita(tratamientos=DOS)
        problem(api.post("/citas", pedido), 409, "tratamiento_no_ofrecido")
        problem(api.post("/citas", pedido | {"tratamientos": DOS[::-1]}), 409, "tratamiento_no_ofrecido")
        programar(api, tratamientos=DOS[1:])
        assert len(ok(api.get("/citas"))["datos"]) == 1

    def test_con_inventario_caido_no_queda_nada_a_medias(
        self, api: ApiClient, app: Flask, inventario: InventarioDePrueba
    ) -> None:
        inventario.caido = True
        caido = api.post("/citas", datos_de_cita(tratamientos=DOS))
        problem(caido, 503, "servicio_no_disponible")
        assert int(caido.headers["Retry-After"]) >= 1
        assert nada_quedo(app)
        programar(api)

    def test_un_paciente_no_decide_cuanto_duran(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", paciente_id=1)
        pedido = datos_de_cita(tratamientos=DOS)
        problem(paciente.post("/citas", pedido | {"duracion_minutos": 30}), 422)
        assert ok(paciente.post("/citas", pedido), 201)["duracion_minutos"] == 135
        assert (
            programar(api, fecha_hora=manana("15:00"), tratamientos=DOS, duracion_minutos=40)["duracion_minutos"]
            == 40
        )


class TestDuracion:
    def test_lo_que_dice_su_politica_va_antes_que_lo_suyo_y_esto_antes_que_la_general(
        self, api: ApiClient, app: Flask
    ) -> None:
        conocer(app)
        poner_politica(app, centro_id=1, duracion_minutos=20)
        assert programar(api)["duracion_minutos"] == 20
        assert programar(api, fecha_hora=manana("11:00"), tratamiento_id=10)["duracion_minutos"] == 75
        poner_politica(app, tratamiento_id=10, duracion_minutos=50)
        assert programar(api, fecha_hora=manana("13:00"), tratamientos=DOS)["duracion_minutos"] == 50 + 2 * 30

    def test_las_novedades_de_inventario_valen_para_lo_que_se_ofrece_y_se_agenda(
        self, api: ApiClient, inventario: InventarioDePrueba
    ) -> None:
        for secuencia, minutos in ((2, 45), (1, 15)):
            datos = {**inventario.fichas[3], "duracion_minutos": minutos}
            ok(entregar_de_inventario(api, "tratamiento.actualizado.v1", datos, secuencia))
        assert apartar(api, tratamiento_id=3)["duracion_minutos"] == 45
        assert programar(api, fecha_hora=manana("12:00"), tratamiento_id=3)["duracion_minutos"] == 45

    def test_sin_novedades_vale_lo_que_se_respondio_al_agendar(
        self, api: ApiClient, inventario: InventarioDePrueba
    ) -> None:
        programar(api, tratamiento_id=3)
        inventario.fichas[3]["duracion_minutos"] = 45
        assert programar(api, fecha_hora=manana("12:00"), tratamiento_id=3)["duracion_minutos"] == 45

    def test_una_sesion_de_grupo_dura_lo_que_dura(self, api: ApiClient, app: Flask) -> None:
        poner_politica(app, tratamiento_id=7, capacidad=2, duracion_minutos=60)
        una = programar(api, tratamientos=[{"tratamiento_id": 7}, {"tratamiento_id": 2}])
        otra = programar(api, paciente_id=2, tratamiento_id=7)
        assert (una["duracion_minutos"], otra["duracion_minutos"]) == (60, 60)
        assert (lineas(una), lineas(otra)) == ([(7, 1), (2, 1)], [(7, 1)])
        problem(api.post("/citas", datos_de_cita(paciente_id=3, tratamiento_id=7)), 409, "sesion_llena")


def entregar_de_inventario(api: ApiClient, tipo: str, datos: dict[str, Any], secuencia: int) -> Any:
    """Deliver an event of inventario_service."""
    sobre = envelope("/inventario", tipo, f"tratamiento/{datos['id']}", datos, secuencia, f"{tipo}-{secuencia}")
    return api.as_("servicio").post("/interno/eventos", sobre)


class TestMover:
    def test_van_con_la_cita_como_se_convinieron(self, api: ApiClient, inventario: InventarioDePrueba) -> None:
        vieja = programar(api, tratamientos=DOS)
        inventario.fichas[10] |= {"precio": 99, "activo": False}
        inventario.caido = True
        movida = ok(mover(api, vieja, fecha_hora=manana("15:00")))
        sin_id = [{campo: v for campo, v in linea.items() if campo != "id"} for linea in vieja["tratamientos"]]
        nuevas = movida["cita"]["tratamientos"]
        assert [{campo: v for campo, v in linea.items() if campo != "id"} for linea in nuevas] == sin_id
        assert movida["cita"]["duracion_minutos"] == vieja["duracion_minutos"]
        assert movida["cita_anterior"]["tratamientos"] == vieja["tratamientos"]
        assert inventario.consultas == 1

    def test_no_pasa_a_un_doctor_que_no_los_ofrece(self, api: ApiClient, admin: AdminDePrueba) -> None:
        cita = programar(api, tratamientos=DOS)
        admin.fichas["doctor_id"][2]["servicios"] = [10]
        problem(mover(api, cita, doctor_id=2), 409, "tratamiento_no_ofrecido")
        assert ok(api.get(f"/citas/{cita['id']}")) == cita

    def test_para_otro_tratamiento_este_toma_el_lugar_del_primero(self, api: ApiClient) -> None:
        cita = programar(api, tratamientos=DOS)
        problem(mover(api, cita, fecha_hora=manana("15:00"), tratamiento_id=77), 422)
        movida = ok(mover(api, cita, fecha_hora=manana("15:00"), tratamiento_id=3))["cita"]
        assert (movida["tratamiento_id"], lineas(movida)) == (3, [(3, 1), (2, 2)])
        movida = ok(mover(api, movida, fecha_hora=manana("16:00"), tratamiento_id=2))["cita"]
        assert (movida["tratamiento_id"], lineas(movida)) == (2, [(2, 2)])
        movida = ok(mover(api, movida, fecha_hora=manana("17:00"), tratamiento_id=None))["cita"]
        assert (movida["tratamiento_id"], lineas(movida)) == (None, [])

    def test_en_su_sitio_no_se_cambian_por_aqui(self, api: ApiClient) -> None:
        cita = programar(api, tratamiento_id=3)
        url, version = f"/citas/{cita['id']}", {"If-Match": '"1"'}
        assert "tratamiento_id" in problem(api.put(url, {"tratamiento_id": 2}, headers=version), 422)["errores"]
        ok(api.put(url, {"tratamiento_id": 3, "motivo_consulta": "Dolor"}, headers=version))

    def test_un_paciente_mueve_la_suya_aunque_hoy_dure_otra_cosa(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, tratamiento_id=3)
        poner_politica(app, tratamiento_id=3, duracion_minutos=50)
        movida = ok(mover(api.as_("paciente", paciente_id=1), cita, fecha_hora=manana("15:00")))["cita"]
        assert (movida["duracion_minutos"], lineas(movida)) == (30, [(3, 1)])

    def test_una_anterior_a_los_tratamientos_se_mueve_sin_preguntar(
        self, api: ApiClient, app: Flask, inventario: InventarioDePrueba
    ) -> None:
        cita = programar(api)
        with app.app_context():
            db.session.get_one(Cita, cita["id"]).tratamiento_id = 77
            db.session.commit()
        movida = ok(mover(api, cita, fecha_hora=manana("15:00")))["cita"]
        assert (movida["tratamiento_id"], movida["tratamientos"], inventario.consultas) == (77, [], 0)


class TestSeries:
    def test_cada_cita_los_tiene_con_una_sola_consulta(self, api: ApiClient, inventario: InventarioDePrueba) -> None:
        hecho = agendar(api, rrule=DIARIA, tratamientos=DOS)
        assert inventario.consultas == 1
        citas = ok(api.get(f"/citas?serie_id={hecho['serie']['id']}"))["datos"]
        assert [lineas(cita) for cita in citas] == [[(10, 1), (2, 2)]] * 4
        assert {cita["duracion_minutos"] for cita in citas} == {135}

    def test_se_mueven_con_ellos_tambien_una_por_una(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api, rrule=DIARIA, tratamientos=DOS)
        programar(api, paciente_id=2, fecha_hora=manana("16:00", dias=2))
        cambios = {"hora": "15:00", "omitir_conflictos": True}
        assert len(ok(api.put(f"/citas/series/{hecho['serie']['id']}", cambios))["omitidas"]) == 1
        citas = ok(api.get(f"/citas?serie_id={hecho['serie']['id']}"))["datos"]
        assert len(citas) == 4 + 3
        assert {tuple(lineas(cita)) for cita in citas} == {((10, 1), (2, 2))}
        for suceso, veces in (("programada", 4 + 3), ("reprogramada", 3)):
            dichos = [dato["tratamientos"] for dato in eventos(app, f"cita.{suceso}.v1") if dato["paciente_id"] == 1]
            assert [[linea["tratamiento_id"] for linea in dicho] for dicho in dichos] == [[10, 2]] * veces

    def test_uno_que_no_ofrece_impide_la_serie(self, api: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
        admin.fichas["doctor_id"][1]["servicios"] = [10]
        pedido = datos_de_cita(rrule=DIARIA, tratamientos=DOS)
        problem(api.post("/citas/series", pedido), 409, "serie_con_conflictos")
        assert nada_quedo(app)


class TestApartar:
    def test_lo_apartado_se_agenda_con_sus_tratamientos(self, api: ApiClient) -> None:
        apartado = apartar(api, tratamientos=DOS)
        assert (apartado["tratamiento_id"], apartado["duracion_minutos"]) == (10, 135)
        problem(reservar(api, apartado, tratamientos=DOS[:1]), 409, "apartado_distinto")
        assert lineas(ok(reservar(api, apartado, tratamientos=DOS), 201)) == [(10, 1), (2, 2)]

    def test_lo_que_no_se_agenda_no_se_aparta(
        self, api: ApiClient, app: Flask, inventario: InventarioDePrueba
    ) -> None:
        pedido = {k: v for k, v in datos_de_cita().items() if k != "motivo_consulta"}
        problem(api.post("/citas/apartados", pedido | {"tratamiento_id": 77}), 422)
        problem(api.post("/citas/apartados", pedido | {"tratamiento_id": 1}), 409, "tratamiento_inactivo")
        ofrece(app, 10)
        problem(api.post("/citas/apartados", pedido | {"tratamientos": DOS}), 409, "tratamiento_no_ofrecido")
        inventario.caido = True
        problem(api.post("/citas/apartados", pedido | {"tratamiento_id": 3}), 503)
        assert ok(api.get("/citas/apartados"))["datos"] == []

    def test_se_verifica_lo_que_duran_juntos(self, api: ApiClient) -> None:
        programar(api, paciente_id=2, fecha_hora=manana("12:00"))
        pedido = {k: v for k, v in datos_de_cita().items() if k != "motivo_consulta"}
        url = "/citas/verificar-disponibilidad"
        assert ok(api.post(url, pedido | {"tratamiento_id": 10}))["disponible"]
        juntos = ok(api.post(url, pedido | {"tratamientos": DOS}))
        assert (juntos["disponible"], juntos["codigo"]) == (False, "doctor_ocupado")
        assert ok(api.post(url, pedido | {"tratamiento_id": 1}))["codigo"] == "tratamiento_inactivo"


class TestListaDeEspera:
    def test_lo_ofrecido_se_agenda_con_el_tratamiento(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api, tratamiento_id=10)
        se_libera(api, duracion_minutos=120)
        repartir(app)
        cita = ok(responder(api, espera, "aceptar"))["cita"]
        assert (cita["duracion_minutos"], lineas(cita)) == (75, [(10, 1)])

    def test_con_inventario_caido_la_oferta_sigue_en_pie(
        self, api: ApiClient, app: Flask, inventario: InventarioDePrueba
    ) -> None:
        espera = esperar(api, tratamiento_id=3)
        se_libera(api)
        repartir(app)
        inventario.caido = True
        problem(responder(api, espera, "aceptar"), 503)
        inventario.caido = False
        ok(responder(api, espera, "aceptar"))

    def test_por_uno_que_no_existe_no_se_espera(self, api: ApiClient) -> None:
        deseo = {"paciente_id": 1, "doctor_id": 1, "hasta": manana()[:10]}
        problem(api.post("/citas/lista-espera", deseo | {"tratamiento_id": 77}), 422)
        espera = esperar(api, tratamiento_id=3)
        problem(api.put(f"/citas/lista-espera/{espera['id']}", {"tratamiento_id": 77}), 422)
        assert ok(api.put(f"/citas/lista-espera/{espera['id']}", {"tratamiento_id": 2}))["tratamiento_id"] == 2


def test_leer_muchas_cuesta_las_mismas_sentencias_que_leer_una(api: ApiClient, app: Flask) -> None:
    def cuantas() -> int:
        with statements(app) as hechas:
            ok(api.get("/citas"))
        return len(hechas)

    programar(api, tratamientos=DOS)
    una = cuantas()
    agendar(api, rrule=DIARIA, paciente_id=2, doctor_id=2, tratamientos=DOS)
    assert cuantas() == una
