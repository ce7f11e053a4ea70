"""Recurring series: all or nothing, or what can be had; changed and cancelled as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from citas.casos_de_uso import mover_series
from citas.extensiones import db
from citas.modelos import Bloqueo, CentroRef, Cita, Horario, Ocupacion, Politica, Recordatorio, Serie
from citas.modelos.version import agenda_cambia
from comun.testing.client import ApiClient, ok, problem

from ..conftest import QUITO, AdminDePrueba, datos_de_cita, manana, programar, vaciar

DIARIA = "FREQ=DAILY;COUNT=4"


def datos_de_serie(**cambios: Any) -> dict[str, Any]:
    return datos_de_cita(rrule=DIARIA, **cambios) if "rrule" not in cambios else datos_de_cita(**cambios)


def agendar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    serie: dict[str, Any] = ok(api.post("/citas/series", datos_de_serie(**cambios)), 201)
    return serie


def prever(api: ApiClient, **cambios: Any) -> list[dict[str, Any]]:
    fechas: list[dict[str, Any]] = ok(api.post("/citas/series?simular=true", datos_de_serie(**cambios)))["fechas"]
    return fechas


def horas(citas: list[dict[str, Any]]) -> list[str]:
    return [c["fecha_hora"][:16] for c in citas]


def en_dias(*dias: int, hora: str = "10:00") -> list[str]:
    return [manana(hora, dias=dia)[:16] for dia in dias]


def cuantas(app: Flask, *tablas: Any) -> list[int]:
    with app.app_context():
        return [db.session.scalar(db.select(db.func.count()).select_from(tabla)) or 0 for tabla in tablas]


def nada_quedo(app: Flask) -> bool:
    return cuantas(app, Serie, Cita, Ocupacion, Recordatorio, app.extensions["comun"].tables.outbox) == [0] * 5


def vivas(api: ApiClient, serie_id: int) -> list[dict[str, Any]]:
    citas: list[dict[str, Any]] = ok(api.get(f"/citas/series/{serie_id}"))["citas"]
    return [c for c in citas if c["estado"] != "cancelada"]


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

    def test_mover_tampoco(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        antes = cuantas(app, Cita, Ocupacion, app.extensions["comun"].tables.outbox)
        previa = ok(api.put(f"/citas/series/{hecho['serie']['id']}?simular=true", {"hora": "12:00"}))
        assert horas(previa["fechas"]) == en_dias(1, 2, 3, 4, hora="12:00")
        assert [f["cita_id"] for f in previa["fechas"]] == [c["id"] for c in hecho["citas"]]
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        assert cuantas(app, Cita, Ocupacion, app.extensions["comun"].tables.outbox) == antes


def mover(api: ApiClient, hecho: dict[str, Any], **cambios: Any) -> Any:
    return api.put(f"/citas/series/{hecho['serie']['id']}", cambios)


class TestCambiar:
    def test_media_hora_mas_tarde_sobre_si_misma(self, api: ApiClient, admin: AdminDePrueba) -> None:
        hecho = agendar(api, duracion_minutos=60, sala_id=1)
        admin.consultas = 0
        movida = ok(mover(api, hecho, hora="10:30"))
        assert admin.consultas == 1
        assert horas(movida["citas"]) == en_dias(1, 2, 3, 4, hora="10:30")
        assert [c["reprograma_a_id"] for c in movida["citas"]] == [c["id"] for c in hecho["citas"]]
        vieja = ok(api.get(f"/citas/{hecho['citas'][0]['id']}"))
        assert (vieja["estado"], vieja["reprogramada_en_id"]) == ("cancelada", movida["citas"][0]["id"])
        assert vivas(api, hecho["serie"]["id"]) == movida["citas"]
        programar(api, paciente_id=2, fecha_hora=manana("10:00"))

    @pytest.mark.parametrize("dias", [1, -1, 2])
    @pytest.mark.parametrize("omitir", [False, True])
    def test_cada_una_al_sitio_que_otra_deja(self, api: ApiClient, dias: int, omitir: bool) -> None:
        hecho = agendar(api, fecha_hora=manana(dias=3))
        movida = ok(mover(api, hecho, dias=dias, omitir_conflictos=omitir))
        assert horas(movida["citas"]) == en_dias(*(dia + dias for dia in (3, 4, 5, 6)))
        assert movida["omitidas"] == []

    def test_desde_una_en_adelante(self, api: ApiClient) -> None:
        hecho = agendar(api)
        movida = ok(mover(api, hecho, hora="12:00", desde_cita_id=hecho["citas"][2]["id"], doctor_id=2))
        assert horas(movida["citas"]) == en_dias(3, 4, hora="12:00")
        assert {c["doctor_id"] for c in movida["citas"]} == {2}
        assert horas(vivas(api, hecho["serie"]["id"])) == en_dias(1, 2) + en_dias(3, 4, hora="12:00")
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["doctor_id"] == 1

    def test_todas_con_otro_doctor(self, api: ApiClient) -> None:
        hecho = agendar(api)
        movida = ok(mover(api, hecho, doctor_id=2))
        assert horas(movida["citas"]) == horas(hecho["citas"])
        assert movida["serie"]["doctor_id"] == 2
        programar(api, paciente_id=2)

    def test_si_una_no_puede_nada_cambia(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ajena = programar(api, paciente_id=2, fecha_hora=manana("12:00", dias=2))
        antes = cuantas(app, Cita, Ocupacion, Recordatorio)
        error = problem(mover(api, hecho, hora="12:00"), 409, "serie_con_conflictos")
        assert list(error["errores"]) == [ajena["fecha_hora"]]
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        assert cuantas(app, Cita, Ocupacion, Recordatorio) == antes

    def test_omitirla_deja_esa_donde_estaba(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana("12:00", dias=2))
        movida = ok(mover(api, hecho, hora="12:00", omitir_conflictos=True))
        assert horas(movida["citas"]) == en_dias(1, 3, 4, hora="12:00")
        assert [o["cita_id"] for o in movida["omitidas"]] == [hecho["citas"][1]["id"]]
        assert hecho["citas"][1] in vivas(api, hecho["serie"]["id"])
        problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=manana(dias=2))), 409, "doctor_ocupado")
        with app.app_context():
            pendientes = db.select(db.func.count()).where(
                Recordatorio.cita_id == hecho["citas"][1]["id"], Recordatorio.estado == "pendiente"
            )
            assert db.session.scalar(pendientes)

    def test_la_que_se_queda_estorba_a_la_que_venia(self, api: ApiClient) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana(dias=5))
        problem(mover(api, hecho, dias=1, omitir_conflictos=True), 409, "serie_con_conflictos")
        movida = ok(mover(api, hecho, dias=1, hora="10:30", omitir_conflictos=True))
        assert horas(movida["citas"]) == en_dias(2, 3, 4, 5, hora="10:30")

    def test_sala_duracion_y_motivo_en_su_sitio(self, api: ApiClient) -> None:
        hecho = agendar(api)
        cambiada = ok(mover(api, hecho, sala_id=2, duracion_minutos=45, motivo_consulta="Ortodoncia"))
        assert [c["id"] for c in cambiada["citas"]] == [c["id"] for c in hecho["citas"]]
        assert {(c["sala_id"], c["duracion_minutos"], c["motivo_consulta"]) for c in cambiada["citas"]} == {
            (2, 45, "Ortodoncia")
        }
        otra = datos_de_cita(doctor_id=2, paciente_id=2, sala_id=2, fecha_hora=manana("10:40", dias=4))
        problem(api.post("/citas", otra), 409, "sala_ocupada")

    def test_en_su_sitio_tambien_todo_o_nada(self, api: ApiClient) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana("10:30", dias=3))
        problem(mover(api, hecho, duracion_minutos=45, motivo_consulta="X"), 409, "serie_con_conflictos")
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        cambiada = ok(mover(api, hecho, duracion_minutos=45, motivo_consulta="X", omitir_conflictos=True))
        assert [c["id"] for c in cambiada["citas"]] == [hecho["citas"][n]["id"] for n in (0, 1, 3)]
        assert ok(api.get(f"/citas/{hecho['citas'][2]['id']}"))["motivo_consulta"] == "Control"

    def test_lo_que_ya_paso_o_ya_no_esta_pendiente_se_queda(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ids = [c["id"] for c in hecho["citas"]]
        ok(api.patch(f"/citas/{ids[1]}/estado", {"estado": "cancelada"}))
        with app.app_context():
            db.session.execute(text("UPDATE ocupacion SET inicio = :i, fin = :f WHERE cita_id = :c"), _ayer(ids[0]))
            db.session.execute(text("UPDATE cita SET inicio = :i, fin = :f WHERE id = :c"), _ayer(ids[0]))
            db.session.commit()
        movida = ok(mover(api, hecho, hora="12:00"))
        assert [c["reprograma_a_id"] for c in movida["citas"]] == ids[2:]

    def test_al_pasado_es_un_conflicto_de_esa_fecha(self, api: ApiClient) -> None:
        hecho = agendar(api)
        error = problem(mover(api, hecho, dias=-1, hora="00:00"), 409, "serie_con_conflictos")
        hoy = manana("00:00", dias=0) + "-05:00"
        assert error["errores"] == {hoy: ["fecha_pasada: Está en el pasado."]}

    def test_lo_mismo_no_cambia_nada(self, api: ApiClient, admin: AdminDePrueba) -> None:
        hecho = agendar(api)
        admin.consultas = 0
        assert ok(mover(api, hecho, hora="10:00", dias=0, doctor_id=1, motivo_consulta="Control"))["citas"] == []
        assert admin.consultas == 0

    def test_una_sola_se_cambia_como_cualquiera(self, api: ApiClient) -> None:
        hecho = agendar(api)
        una = ok(api.put(f"/citas/{hecho['citas'][1]['id']}", {"fecha_hora": manana("16:00", dias=2)}))["cita"]
        assert una["serie_id"] == hecho["serie"]["id"]
        esperadas = [*en_dias(1), *en_dias(2, hora="16:00"), *en_dias(3, 4)]
        assert horas(vivas(api, hecho["serie"]["id"])) == esperadas

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"hora": "25:00"}, "hora"),
            ({"dias": 400}, "dias"),
            ({"desde_cita_id": 999}, "desde_cita_id"),
            ({"paciente_id": 2}, "paciente_id"),
            ({"doctor_id": 77}, "doctor_id"),
            ({"sala_id": 77}, "sala_id"),
        ],
    )
    def test_lo_que_no_es_valido(self, api: ApiClient, cambio: dict[str, Any], campo: str) -> None:
        assert list(problem(mover(api, agendar(api), **cambio), 422)["errores"]) == [campo]

    def test_if_match(self, api: ApiClient) -> None:
        hecho = agendar(api)
        ruta = f"/citas/series/{hecho['serie']['id']}"
        problem(api.put(ruta, {"hora": "12:00"}, headers={"If-Match": '"9"'}), 412)
        ok(api.put(ruta, {"hora": "12:00"}, headers={"If-Match": '"1"'}))
        problem(api.put(ruta, {"hora": "13:00"}, headers={"If-Match": '"1"'}), 412)

    def test_lo_que_otra_persona_cambia_mientras_se_pregunta(
        self, api: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hecho = agendar(api)
        preguntar = mover_series._consultar

        def y_mientras(planes: Any) -> None:
            preguntar(planes)
            # In a thread of its own, which shares no session.
            with ThreadPoolExecutor(1) as otra:
                ruta = f"/citas/{hecho['citas'][1]['id']}/estado"
                ok(otra.submit(api.patch, ruta, {"estado": "cancelada"}).result())

        monkeypatch.setattr(mover_series, "_consultar", y_mientras)
        problem(mover(api, hecho, hora="12:00"), 409, "cambio_simultaneo")
        assert horas(vivas(api, hecho["serie"]["id"])) == en_dias(1, 3, 4)

    def test_una_cita_de_grupo_se_mueve_pero_no_cambia_de_sala(self, api: ApiClient, app: Flask) -> None:
        programar(api, paciente_id=4, fecha_hora=manana("20:00"))
        with app.app_context():
            db.session.add(Politica(tratamiento_id=7, capacidad=3, duracion_minutos=60))
            db.session.commit()
        uno = agendar(api, tratamiento_id=7)
        otro = agendar(api, tratamiento_id=7, paciente_id=2)
        assert [c["sesion_id"] for c in uno["citas"]] == [c["sesion_id"] for c in otro["citas"]]
        problem(mover(api, uno, sala_id=1), 409, "serie_con_conflictos")
        movida = ok(mover(api, uno, dias=1))
        assert [c["sesion_id"] for c in movida["citas"]][:3] == [c["sesion_id"] for c in otro["citas"]][1:]
        ok(mover(api, otro, hora="12:00"))
        problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=manana(dias=2))), 409, "doctor_ocupado")
        programar(api, paciente_id=3)


def _ayer(cita_id: int) -> dict[str, Any]:
    return {"i": "2020-01-01 15:00:00+00:00", "f": "2020-01-01 15:30:00+00:00", "c": cita_id}


class TestCancelar:
    def test_todas_las_que_vienen(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ruta = f"/citas/series/{hecho['serie']['id']}/estado"
        respuesta = ok(api.patch(ruta, {"estado": "cancelada", "motivo": "Viaja"}))
        assert (respuesta["canceladas"], respuesta["mensaje"]) == (4, "4 citas canceladas.")
        assert cuantas(app, Ocupacion) == [0]
        assert ok(api.get(f"/citas/{hecho['citas'][0]['id']}"))["motivo_cancelacion"] == "Viaja"
        problem(api.patch(ruta, {"estado": "cancelada"}), 409, "serie_sin_citas")
        problem(mover(api, hecho, hora="12:00"), 409, "serie_sin_citas")

    def test_desde_una(self, api: ApiClient) -> None:
        hecho = agendar(api)
        cuerpo = {"estado": "cancelada", "desde_cita_id": hecho["citas"][1]["id"]}
        assert ok(api.patch(f"/citas/series/{hecho['serie']['id']}/estado", cuerpo))["canceladas"] == 3
        assert vivas(api, hecho["serie"]["id"]) == hecho["citas"][:1]

    def test_otro_estado_no(self, api: ApiClient) -> None:
        hecho = agendar(api)
        problem(api.patch(f"/citas/series/{hecho['serie']['id']}/estado", {"estado": "confirmada"}), 422)


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


ajenas = st.lists(
    st.fixed_dictionaries(
        {
            "doctor_id": st.integers(1, 2),
            "paciente_id": st.integers(1, 2),
            "cuarto": st.integers(0, 11),
            "largo": st.integers(1, 4),
            "dia": st.integers(1, 4),
        }
    ),
    max_size=8,
)


def ocupar(api: ApiClient, otras: list[dict[str, int]]) -> None:
    for otra in otras:
        cuando = datetime.fromisoformat(manana("09:00", dias=otra["dia"])) + timedelta(minutes=15 * otra["cuarto"])
        api.post(
            "/citas",
            datos_de_cita(
                doctor_id=otra["doctor_id"],
                paciente_id=otra["paciente_id"],
                fecha_hora=cuando.isoformat(),
                duracion_minutos=15 * otra["largo"],
            ),
        )


de_a_pocos = settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


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


@de_a_pocos
@given(
    otras=ajenas,
    dias=st.integers(-1, 3),
    hora=st.sampled_from(["10:00", "10:30", "11:00"]),
    largo=st.sampled_from([30, 60]),
    omitir=st.booleans(),
)
def test_al_mover_pasa_lo_previsto(
    app: Flask, api: ApiClient, otras: list[dict[str, int]], dias: int, hora: str, largo: int, omitir: bool
) -> None:
    vaciar(app)
    serie = agendar(api, fecha_hora=manana("10:00", dias=2))["serie"]
    ocupar(api, otras)
    pedido = {"dias": dias, "hora": hora, "duracion_minutos": largo, "omitir_conflictos": omitir}
    previa = ok(api.put(f"/citas/series/{serie['id']}?simular=true", pedido))
    comprobar(previa, api.put(f"/citas/series/{serie['id']}", pedido), 200, omitir)
    assert len(vivas(api, serie["id"])) == 4


def comprobar(previa: dict[str, Any], respuesta: Any, status: int, omitir: bool) -> None:
    libres = [f["fecha_hora"] for f in previa["fechas"] if f["disponible"]]
    ocupadas = {f["fecha_hora"]: [f"{f['codigo']}: {f['motivo']}"] for f in previa["fechas"] if not f["disponible"]}
    assert (previa["disponibles"], previa["conflictos"]) == (len(libres), len(ocupadas))
    if ocupadas and not (omitir and libres):
        assert problem(respuesta, 409, "serie_con_conflictos")["errores"] == ocupadas
        return
    hecho = ok(respuesta, status)
    assert [c["fecha_hora"] for c in hecho["citas"]] == libres
    assert {o["fecha_hora"]: [f"{o['codigo']}: {o['motivo']}"] for o in hecho["omitidas"]} == ocupadas


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
    evento = {
        "specversion": "1.0",
        "id": "6f1c1f0e-0f4e-4a53-9d4a-7a0a3c5d2b11",
        "source": "/admin",
        "type": "paciente.fusionado.v1",
        "subject": "paciente/1",
        "time": datetime.now(UTC).isoformat(),
        "sequence": "2",
        "data": {
            "id": 1,
            "absorbido_id": 2,
            "nombres": "José",
            "apellidos": "Núñez",
            "telefono": None,
            "email": None,
        },
    }
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
