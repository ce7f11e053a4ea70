"""Recurring series: all or nothing, or what can be had."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from citas.extensiones import db
from citas.modelos import Bloqueo, CentroRef, Cita, Horario, Ocupacion, Politica, Recordatorio, Serie
from citas.modelos.version import agenda_cambia
from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope

from ..conftest import QUITO, AdminDePrueba, manana, programar, vaciar
from ..series import (
    DIARIA,
    agendar,
    ajenas,
    comprobar,
    cuantas,
    datos_de_serie,
    de_a_pocos,
    en_dias,
    horas,
    mover,
    nada_quedo,
    ocupar,
    prever,
    vivas,
)


class TestAgendar:
    def test_cada_fecha_es_una_cita_de_la_serie(self, api: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
        respuesta = api.post("/citas/series", datos_de_serie(sala_id=1))
        hecho = ok(respuesta, 201)
        serie = hecho["serie"]
        assert respuesta.headers["Location"] == f"/citas/series/{serie['id']}"
        assert admin.consultas == 1
        assert horas(hecho["citas"]) == en_dias(1, 2, 3, 4)
        assert {(c["serie_id"], c["sala_id"], c["estado"]) for c in hecho["citas"]} == {
            (serie["id"], 1, "programada")
        }
        assert hecho["omitidas"] == []
        assert (serie["rrule"], serie["primera"]) == (DIARIA, manana())
        assert cuantas(app, Cita, Ocupacion, app.extensions["comun"].tables.outbox) == [4, 12, 4]
        cambios = ok(api.get(f"/citas/{hecho['citas'][3]['id']}/cambios"))["datos"]
        assert [c["a"] for c in cambios] == ["programada"]
        assert cuantas(app, Recordatorio)[0] >= 6

    def test_se_lee_con_sus_citas_y_se_lista(self, api: ApiClient) -> None:
        hecho = agendar(api)
        programar(api, fecha_hora=manana("16:00"))
        respuesta = api.get(f"/citas/series/{hecho['serie']['id']}")
        assert ok(respuesta)["citas"] == hecho["citas"]
        assert respuesta.headers["ETag"] == '"1"'
        assert ok(api.get("/citas/series", query_string={"doctor_id": 1}))["datos"] == [hecho["serie"]]
        assert ok(api.get("/citas/series", query_string={"doctor_id": 2}))["datos"] == []
        de_la_serie = ok(api.get("/citas", query_string={"serie_id": hecho["serie"]["id"]}))["datos"]
        assert [c["id"] for c in de_la_serie] == [c["id"] for c in hecho["citas"]]

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"rrule": "FREQ=WEEKLY"}, "rrule"),
            ({"rrule": "FREQ=DAILY;COUNT=105"}, "rrule"),
            ({"rrule": "FREQ=DAILY;UNTIL=99991231"}, "rrule"),
            ({"rrule": "FREQ=YEARLY;COUNT=12"}, "rrule"),
            ({"rrule": "cada lunes"}, "rrule"),
            ({"rrule": ""}, "rrule"),
            ({"fecha_hora": "2020-01-01T10:00:00"}, "fecha_hora"),
            ({"doctor_id": 77}, "doctor_id"),
            ({"apartado_id": 1}, "apartado_id"),
            ({"motivo_sobreturno": "x"}, "motivo_sobreturno"),
        ],
    )
    def test_lo_que_no_es_una_serie(self, api: ApiClient, app: Flask, cambio: dict[str, Any], campo: str) -> None:
        error = problem(api.post("/citas/series", {**datos_de_serie(), **cambio}), 422)
        assert list(error["errores"]) == [campo]
        assert nada_quedo(app)

    def test_la_primera_fecha_es_de_la_regla(self, api: ApiClient) -> None:
        dia = datetime.fromisoformat(manana()).weekday()
        otro = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[(dia + 1) % 7]
        error = problem(api.post("/citas/series", datos_de_serie(rrule=f"FREQ=WEEKLY;BYDAY={otro};COUNT=3")), 422)
        assert manana(dias=2) in error["errores"]["fecha_hora"][0]

    def test_hasta_ciento_cuatro(self, api: ApiClient) -> None:
        assert len(agendar(api, rrule="FREQ=DAILY;COUNT=104")["citas"]) == 104

    def test_con_la_misma_clave_una_sola_vez(self, api: ApiClient, app: Flask) -> None:
        clave = {"Idempotency-Key": "serie-1"}
        primera = api.post("/citas/series", datos_de_serie(), headers=clave)
        assert ok(api.post("/citas/series", datos_de_serie(), headers=clave), 201) == ok(primera, 201)
        assert cuantas(app, Serie, Cita) == [1, 4]


class TestConflictos:
    def test_con_uno_no_queda_nada(self, api: ApiClient, app: Flask) -> None:
        programar(api, paciente_id=2, fecha_hora=manana(dias=3))
        antes = cuantas(app, Serie, Cita, Ocupacion, Recordatorio, app.extensions["comun"].tables.outbox)
        error = problem(api.post("/citas/series", datos_de_serie()), 409, "serie_con_conflictos")
        choque = "doctor_ocupado: El doctor ya está ocupado en ese horario."
        assert error["errores"] == {manana(dias=3) + "-05:00": [choque]}
        assert cuantas(app, Serie, Cita, Ocupacion, Recordatorio, app.extensions["comun"].tables.outbox) == antes

    def test_omitirlo_agenda_las_demas(self, api: ApiClient, app: Flask) -> None:
        programar(api, doctor_id=2, fecha_hora=manana(dias=3))
        hecho = agendar(api, omitir_conflictos=True)
        assert horas(hecho["citas"]) == en_dias(1, 2, 4)
        (omitida,) = hecho["omitidas"]
        assert (omitida["fecha_hora"], omitida["codigo"]) == (manana(dias=3) + "-05:00", "paciente_ocupado")
        assert omitida["motivo"] == "El paciente ya tiene una cita en ese horario."
        assert cuantas(app, Cita) == [4]

    def test_si_no_hay_ninguna_no_hay_serie(self, api: ApiClient, app: Flask) -> None:
        for dia in range(1, 5):
            programar(api, paciente_id=2, fecha_hora=manana(dias=dia))
        respuesta = api.post("/citas/series", datos_de_serie(omitir_conflictos=True))
        assert len(problem(respuesta, 409, "serie_con_conflictos")["errores"]) == 4
        assert cuantas(app, Serie) == [0]

    def test_una_serie_puede_chocar_consigo_misma(self, api: ApiClient) -> None:
        hecho = agendar(api, duracion_minutos=720, omitir_conflictos=True, fecha_hora=manana("20:00"))
        assert len(hecho["citas"]) == 4

    def test_las_reglas_valen_para_cada_fecha(self, api: ApiClient, app: Flask) -> None:
        programar(api, paciente_id=3, fecha_hora=manana("20:00"))
        with app.app_context():
            inicio = datetime.fromisoformat(manana("00:00", dias=2))
            db.session.add(
                Bloqueo(
                    doctor_id=1,
                    tipo="permiso",
                    inicio=inicio,
                    fin=inicio + timedelta(days=1),
                    zona_horaria="America/Guayaquil",
                )
            )
            db.session.commit()
        (dia,) = [f for f in prever(api) if not f["disponible"]]
        assert (dia["fecha_hora"][:16], dia["codigo"]) == (en_dias(2)[0], "fuera_de_horario")
        hecho = agendar(api, sobreturno=True, motivo_sobreturno="Urgente")
        assert [c["sobreturno"] for c in hecho["citas"]] == [False, True, False, False]

    def test_el_doctor_inactivo_no_recibe_ninguna(self, api: ApiClient, app: Flask) -> None:
        problem(api.post("/citas/series", datos_de_serie(doctor_id=5)), 409, "doctor_inactivo")
        assert nada_quedo(app)

    def test_sin_admin_service_nada(self, api: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
        admin.caido = True
        problem(api.post("/citas/series", datos_de_serie()), 503)
        assert nada_quedo(app)


def cambio_de_hora(mes: int, domingo: int) -> datetime:
    """The n-th Sunday of a month in the year after this."""
    dia = datetime(datetime.now(QUITO).year + 1, mes, 1)  # noqa: DTZ001 - a reading
    return dia + timedelta(days=(6 - dia.weekday()) % 7 + 7 * (domingo - 1))


class TestCambioDeHora:
    def test_las_diez_siguen_siendo_las_diez(self, api: ApiClient) -> None:
        primera = cambio_de_hora(3, 2) - timedelta(days=7) + timedelta(hours=10)
        hecho = agendar(api, centro_id=3, fecha_hora=primera.isoformat(), rrule="FREQ=WEEKLY;COUNT=3")
        assert [c["fecha_hora"][11:] for c in hecho["citas"]] == [
            "10:00:00-05:00",
            "10:00:00-04:00",
            "10:00:00-04:00",
        ]

    @pytest.mark.parametrize(
        ("domingo", "hora", "codigo"),
        [((3, 2), (2, 30), "hora_inexistente"), ((11, 1), (1, 30), "hora_ambigua")],
    )
    def test_lo_que_el_reloj_salta_o_repite_es_un_conflicto(
        self, api: ApiClient, domingo: tuple[int, int], hora: tuple[int, int], codigo: str
    ) -> None:
        cambio = cambio_de_hora(*domingo).replace(hour=hora[0], minute=hora[1])
        pedido = {
            "centro_id": 3,
            "fecha_hora": (cambio - timedelta(days=1)).isoformat(),
            "rrule": "FREQ=DAILY;COUNT=3",
        }
        error = problem(api.post("/citas/series", datos_de_serie(**pedido)), 409, "serie_con_conflictos")
        ((fecha, (motivo,)),) = error["errores"].items()
        assert fecha == cambio.isoformat()
        assert motivo.startswith(f"{codigo}: Esa hora")
        assert [f["disponible"] for f in prever(api, **pedido)] == [True, False, True]
        assert len(agendar(api, omitir_conflictos=True, **pedido)["citas"]) == 2

    def test_until_en_utc_es_del_reloj_del_centro(self, api: ApiClient) -> None:
        hasta = datetime.fromisoformat(manana("23:00", dias=2)) + timedelta(hours=5)
        hecho = agendar(api, rrule=f"FREQ=DAILY;UNTIL={hasta:%Y%m%dT%H%M%SZ}", fecha_hora=manana("23:00"))
        assert horas(hecho["citas"]) == en_dias(1, 2, hora="23:00")


class TestPrever:
    def test_no_escribe_nada(self, api: ApiClient, app: Flask) -> None:
        previa = ok(api.post("/citas/series?simular=true", datos_de_serie()))
        assert (previa["disponibles"], previa["conflictos"]) == (4, 0)
        assert previa["fechas"][0] == {
            "fecha_hora": manana() + "-05:00",
            "cita_id": None,
            "disponible": True,
            "codigo": None,
            "motivo": None,
        }
        assert nada_quedo(app)
        assert len(agendar(api)["citas"]) == 4


class TestQuien:
    def test_una_secretaria_en_sus_centros(self, api: ApiClient, admin: AdminDePrueba) -> None:
        hecho = agendar(api.as_("secretaria", centros=[1]))
        ajena = api.as_("secretaria", centros=[2])
        admin.consultas = 0
        problem(ajena.post("/citas/series", datos_de_serie()), 403, "centro_ajeno")
        problem(ajena.get(f"/citas/series/{hecho['serie']['id']}"), 404)
        problem(mover(ajena, hecho, hora="12:00"), 404)
        problem(ajena.patch(f"/citas/series/{hecho['serie']['id']}/estado", {"estado": "cancelada"}), 404)
        assert ok(ajena.get("/citas/series"))["datos"] == []
        assert admin.consultas == 0

    def test_la_que_se_fue_a_otro_centro_no_es_de_la_secretaria(self, api: ApiClient) -> None:
        hecho = agendar(api)
        ok(api.put(f"/citas/{hecho['citas'][1]['id']}", {"centro_id": 2}))
        secretaria = api.as_("secretaria", centros=[1])
        assert horas(vivas(secretaria, hecho["serie"]["id"])) == en_dias(1, 3, 4)
        assert horas(ok(mover(secretaria, hecho, hora="12:00"))["citas"]) == en_dias(1, 3, 4, hora="12:00")

    def test_hace_falta_el_permiso(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", ["citas:leer", "citas:crear"], paciente_id=1)
        problem(paciente.post("/citas/series", datos_de_serie()), 403)
        hecho = agendar(api)
        problem(mover(paciente, hecho, hora="12:00"), 403)
        problem(paciente.patch(f"/citas/series/{hecho['serie']['id']}/estado", {"estado": "cancelada"}), 403)

    def test_quien_ve_sus_citas_ve_su_serie(self, api: ApiClient) -> None:
        hecho = agendar(api)
        for quien in (api.as_("paciente", paciente_id=1), api.as_("medico", doctor_id=1)):
            assert ok(quien.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        for quien in (api.as_("paciente", paciente_id=2), api.as_("medico", doctor_id=2), api.as_("raro")):
            problem(quien.get(f"/citas/series/{hecho['serie']['id']}"), 404)
            assert ok(quien.get("/citas/series"))["datos"] == []

    def test_sin_permiso_de_mover_solo_se_corrige(self, api: ApiClient) -> None:
        hecho = agendar(api)
        sin_mover = api.as_("admin", ["citas:series"])
        problem(mover(sin_mover, hecho, hora="12:00"), 403)
        ok(mover(sin_mover, hecho, motivo_consulta="Ortodoncia"))
        problem(sin_mover.patch(f"/citas/series/{hecho['serie']['id']}/estado", {"estado": "cancelada"}), 403)

    def test_sobreturno_pide_su_permiso(self, api: ApiClient) -> None:
        quien = api.as_("admin", ["citas:series"])
        cuerpo = datos_de_serie(sobreturno=True, motivo_sobreturno="Urgente")
        problem(quien.post("/citas/series", cuerpo), 403, "sobreturno_no_permitido")


@de_a_pocos
@given(otras=ajenas, sala=st.sampled_from([None, 1]), omitir=st.booleans())
def test_al_agendar_pasa_lo_previsto(
    app: Flask, api: ApiClient, otras: list[dict[str, int]], sala: int | None, omitir: bool
) -> None:
    vaciar(app)
    ocupar(api, otras)
    pedido = datos_de_serie(sala_id=sala, omitir_conflictos=omitir, duracion_minutos=45)
    previa = ok(api.post("/citas/series?simular=true", pedido))
    assert previa == ok(api.post("/citas/series?simular=true", pedido))
    comprobar(previa, api.post("/citas/series", pedido), 201, omitir)


def test_simular_esta_documentado(api: ApiClient) -> None:
    rutas = ok(api.with_token(None).get("/citas/openapi.json"))["paths"]
    argumentos = {p["name"] for p in rutas["/citas/series/{serie_id}"]["put"]["parameters"]}
    assert argumentos == {"simular", "If-Match"}
    assert set(rutas["/citas/series"]["post"]["responses"]) == {"200", "201", "default"}


def test_de_las_que_se_piden_a_la_vez_una_sola(api: ApiClient, app: Flask) -> None:
    programar(api, doctor_id=4, paciente_id=8)
    with app.app_context():
        db.session.add(Politica(tratamiento_id=7, tipo_sala="quirofano"))
        db.session.get_one(CentroRef, 1).salas = [
            {"id": n, "nombre": f"Sala {n}", "tipo": "quirofano", "activa": True} for n in (1, 2)
        ]
        agenda_cambia()
        db.session.commit()

    def pedir(numero: int) -> int:
        # Half of them by the same doctor, all of them in the same two rooms.
        pedido = datos_de_serie(doctor_id=1 + numero % 3, paciente_id=1 + numero, tratamiento_id=7)
        return api.post("/citas/series", pedido).status_code

    with ThreadPoolExecutor(6) as hilos:
        respuestas = sorted(hilos.map(pedir, range(6)))
    assert respuestas == [201, 201, 409, 409, 409, 409]
    assert cuantas(app, Serie, Cita) == [2, 9]


def test_al_unir_dos_fichas_la_serie_pasa_al_que_queda(api: ApiClient) -> None:
    hecho = agendar(api, paciente_id=2)
    programar(api, doctor_id=2)
    fusionar_pacientes(api)
    assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["paciente_id"] == 1


def fusionar_pacientes(api: ApiClient) -> None:
    """Patient 2's record is found to be patient 1's."""
    datos = {"id": 1, "absorbido_id": 2, "nombres": "José", "apellidos": "Núñez", "telefono": None, "email": None}
    evento = envelope("/admin", "paciente.fusionado.v1", "paciente/1", datos, 2)
    ok(api.as_("servicio").post("/interno/eventos", evento))


def test_la_agenda_con_horario_rechaza_las_fechas_de_fuera(api: ApiClient, app: Flask) -> None:
    programar(api, paciente_id=3, fecha_hora=manana("20:00"))
    dia = datetime.fromisoformat(manana(dias=2)).weekday()
    with app.app_context():
        db.session.add(
            Horario(doctor_id=1, centro_id=1, dia_semana=dia, desde=540, hasta=1080, turno_minutos=30, sala_id=2)
        )
        db.session.commit()
    hecho = agendar(api, omitir_conflictos=True)
    assert [(c["fecha_hora"][:16], c["sala_id"]) for c in hecho["citas"]] == [(en_dias(2)[0], 2)]
    assert {o["codigo"] for o in hecho["omitidas"]} == {"fuera_de_horario"}
