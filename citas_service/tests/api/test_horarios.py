"""Hours of doctors: who edits them, what they mean for what is booked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from citas.modelos.horario import DIAS
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from comun.testing.together import at_once

from ..conftest import QUITO, AdminDePrueba, datos_de_cita, manana, programar

URL = "/citas/doctores/1/horarios"


def horario(api: ApiClient, doctor_id: int = 1, **cambios: Any) -> dict[str, Any]:
    """Hours that cover all of tomorrow, unless told otherwise."""
    return dict(ok(api.post(f"/citas/doctores/{doctor_id}/horarios", datos(**cambios)), 201))


def datos(**cambios: Any) -> dict[str, Any]:
    return {"centro_id": 1, "dia_semana": dia(1), "desde": "08:00", "hasta": "18:00"} | cambios


def dia(en_dias: int) -> str:
    """The weekday that comes in so many days."""
    return DIAS[(datetime.now(QUITO).date() + timedelta(days=en_dias)).weekday()]


def con_version(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


class TestEditar:
    def test_agregar_leer_cambiar_y_quitar(self, api: ApiClient) -> None:
        alta = api.post(URL, datos(dia_semana="Miércoles", hasta="24:00", sala_id=1, vigente_desde="2026-01-01"))
        hecho = ok(alta, 201)
        assert [hecho[k] for k in ("doctor_id", "centro_id", "sala_id")] == [1, 1, 1]
        assert [hecho[k] for k in ("dia_semana", "desde", "hasta")] == ["miercoles", "08:00", "24:00"]
        assert (hecho["vigente_desde"], hecho["vigente_hasta"], hecho["citas_fuera"]) == ("2026-01-01", None, [])
        url = alta.headers["Location"]
        assert url == f"{URL}/{hecho['id']}"
        leido = api.get(url)
        assert (ok(leido)["desde"], leido.headers["ETag"]) == ("08:00", '"1"')
        problem(api.put(url, {"desde": "09:30"}), 428)
        cambiado = api.put(url, {"desde": "09:30", "sala_id": None}, headers={"If-Match": '"1"'})
        assert (ok(cambiado)["desde"], ok(cambiado)["sala_id"], ok(cambiado)["hasta"]) == ("09:30", None, "24:00")
        problem(api.put(url, {"desde": "10:00"}, headers={"If-Match": '"1"'}), 412)
        problem(api.delete(url, headers={"If-Match": '"1"'}), 412)
        assert api.delete(url).status_code == 204
        problem(api.get(url), 404)
        assert ok(api.get(URL))["datos"] == []

    def test_la_lista_va_por_dia_y_hora(self, api: ApiClient) -> None:
        for cuando, desde, hasta in (
            ("viernes", "08:00", "12:00"),
            ("lunes", "14:00", "18:00"),
            ("lunes", "08:00", "12:00"),
        ):
            horario(api, dia_semana=cuando, desde=desde, hasta=hasta)
        horario(api, doctor_id=2, dia_semana="lunes")
        filas = ok(api.get(URL))["datos"]
        assert [(f["dia_semana"], f["desde"]) for f in filas] == [
            ("lunes", "08:00"), ("lunes", "14:00"), ("viernes", "08:00"),
        ]  # fmt: skip
        assert [f["desde"] for f in ok(api.get(f"{URL}?dia_semana=LUNES&tamano=1"))["datos"]] == ["08:00"]
        assert ok(api.get(f"{URL}?centro_id=2"))["datos"] == []

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"desde": "18:00"}, "hasta"),
            ({"desde": "24:00"}, "desde"),
            ({"hasta": "25:00"}, "hasta"),
            ({"dia_semana": "lunedi"}, "dia_semana"),
            ({"turno_minutos": 4}, "turno_minutos"),
            ({"vigente_desde": "2026-02-01", "vigente_hasta": "2026-01-01"}, "vigente_hasta"),
            ({"centro_id": 99}, "centro_id"),
            ({"sala_id": 99}, "sala_id"),
            ({"sala_id": 1, "centro_id": 2}, "sala_id"),
            ({"dias": ["lunes"]}, "dias"),
        ],
    )
    def test_lo_que_no_vale_se_dice(self, api: ApiClient, cambio: dict[str, Any], campo: str) -> None:
        assert list(problem(api.post(URL, datos(**cambio)), 422)["errores"]) == [campo]

    def test_un_doctor_que_no_existe(self, api: ApiClient) -> None:
        assert "doctor_id" in problem(api.post("/citas/doctores/99/horarios", datos()), 422)["errores"]

    @pytest.mark.parametrize(
        ("doctor_id", "cambio", "codigo"),
        [
            (5, {}, "doctor_inactivo"),
            (1, {"centro_id": 4}, "centro_inactivo"),
            (1, {"sala_id": 3}, "sala_inactiva"),
        ],
    )
    def test_lo_inactivo_no_recibe_horarios(
        self, api: ApiClient, doctor_id: int, cambio: dict[str, Any], codigo: str
    ) -> None:
        problem(api.post(f"/citas/doctores/{doctor_id}/horarios", datos(**cambio)), 409, codigo)

    def test_un_cambio_tambien_se_comprueba(self, api: ApiClient, admin: AdminDePrueba) -> None:
        url = f"{URL}/{horario(api)['id']}"
        assert "hasta" in problem(api.put(url, {"desde": "19:00"}, headers=con_version(1)), 422)["errores"]
        assert "centro_id" in problem(api.put(url, {"centro_id": 99}, headers=con_version(1)), 422)["errores"]
        admin.caido = True
        problem(api.put(url, {"desde": "09:00"}, headers=con_version(1)), 503)
        assert ok(api.get(url))["desde"] == "08:00"

    def test_una_sola_pregunta_a_administracion(self, api: ApiClient, admin: AdminDePrueba) -> None:
        horario(api, sala_id=1)
        assert admin.consultas == 1

    def test_dos_horarios_de_un_doctor_no_se_cruzan(self, api: ApiClient) -> None:
        horario(api, desde="08:00", hasta="12:00")
        problem(api.post(URL, datos(centro_id=2, desde="11:00", hasta="14:00")), 409, "horario_solapado")
        segundo = horario(api, desde="12:00", hasta="14:00")
        cruce = api.put(f"{URL}/{segundo['id']}", {"desde": "11:30"}, headers=con_version(1))
        problem(cruce, 409, "horario_solapado")
        horario(api, doctor_id=2, desde="08:00", hasta="12:00")

    def test_el_turno_es_el_de_la_politica_del_centro(self, api: ApiClient) -> None:
        assert horario(api)["turno_minutos"] == 30
        ok(api.post("/citas/politicas", {"centro_id": 2, "duracion_minutos": 45}), 201)
        assert horario(api, doctor_id=2, centro_id=2)["turno_minutos"] == 45
        assert horario(api, doctor_id=3, centro_id=2, turno_minutos=20)["turno_minutos"] == 20

    def test_un_horario_no_se_ve_bajo_otro_doctor(self, api: ApiClient) -> None:
        uno = horario(api)
        problem(api.get(f"/citas/doctores/2/horarios/{uno['id']}"), 404)
        problem(api.delete(f"/citas/doctores/2/horarios/{uno['id']}"), 404)


class TestQuien:
    def test_una_secretaria_en_sus_centros(self, api: ApiClient) -> None:
        ajeno = horario(api, desde="14:00")
        ella = api.as_("secretaria", centros=[2])
        propio = horario(ella, centro_id=2, hasta="12:00")
        assert len(ok(ella.get(URL))["datos"]) == 2
        problem(ella.post(URL, datos(dia_semana=dia(2))), 403, "centro_ajeno")
        url = f"{URL}/{propio['id']}"
        problem(ella.put(url, {"centro_id": 1}, headers=con_version(1)), 403, "centro_ajeno")
        ok(ella.put(url, {"desde": "09:00"}, headers=con_version(1)))
        problem(ella.put(f"{URL}/{ajeno['id']}", {"hasta": "19:00"}, headers=con_version(1)), 403, "centro_ajeno")
        problem(ella.delete(f"{URL}/{ajeno['id']}"), 403, "centro_ajeno")
        assert ella.delete(url).status_code == 204

    def test_un_medico_el_suyo(self, api: ApiClient) -> None:
        ajeno = horario(api, doctor_id=2)
        el = api.as_("medico", doctor_id=1)
        propio = horario(el)
        ok(el.put(f"{URL}/{propio['id']}", {"hasta": "17:00"}, headers=con_version(1)))
        assert el.delete(f"{URL}/{propio['id']}").status_code == 204
        otro = "/citas/doctores/2/horarios"
        assert len(ok(el.get(otro))["datos"]) == 1
        problem(el.post(otro, datos(dia_semana=dia(2))), 403, "agenda_ajena")
        problem(el.put(f"{otro}/{ajeno['id']}", {"hasta": "17:00"}, headers=con_version(1)), 403, "agenda_ajena")
        problem(el.delete(f"{otro}/{ajeno['id']}"), 403, "agenda_ajena")
        problem(el.delete(f"{otro}/999"), 403, "agenda_ajena")

    def test_un_paciente_ninguno(self, api: ApiClient) -> None:
        horario(api)
        el = api.as_("paciente", paciente_id=1)
        assert ok(el.get(URL))["datos"] == []
        problem(el.post(URL, datos()), 403)

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        nadie = api.as_("admin", permisos=["citas:leer"])
        problem(nadie.get(URL), 403)
        problem(nadie.post(URL, datos()), 403)
        problem(nadie.get("/citas/fuera-de-horario"), 403)
        problem(api.as_("admin", permisos=["citas:horarios:leer"]).post(URL, datos()), 403)
        problem(api.with_token(None).get(URL), 401)


class TestCitasFuera:
    def test_el_primer_horario_deja_fuera_lo_demas(self, api: ApiClient) -> None:
        dentro, fuera = programar(api), programar(api, fecha_hora=manana("19:00"))
        programar(api, doctor_id=2, paciente_id=2, fecha_hora=manana("19:00"))
        hecho = horario(api)
        assert hecho["citas_fuera"] == [
            {
                "id": fuera["id"],
                "fecha_hora": fuera["fecha_hora"],
                "paciente_id": 1,
                "doctor_id": 1,
                "centro_id": 1,
                "motivo": "El doctor no atiende en ese horario en ese centro.",
            }
        ]
        assert ok(api.get(f"/citas/{dentro['id']}"))["estado"] == "programada"
        # They were outside before: nobody is told twice.
        assert horario(api, dia_semana=dia(2))["citas_fuera"] == []

    def test_acortar_con_citas_dentro_pide_confirmacion(self, api: ApiClient) -> None:
        url = f"{URL}/{horario(api)['id']}"
        cita = programar(api, fecha_hora=manana("17:00"))
        fallo = problem(api.put(url, {"hasta": "17:00"}, headers=con_version(1)), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}
        assert ok(api.get(url))["hasta"] == "18:00"
        hecho = ok(api.put(f"{url}?confirmar=true", {"hasta": "17:00"}, headers=con_version(1)))
        assert (hecho["hasta"], [c["id"] for c in hecho["citas_fuera"]]) == ("17:00", [cita["id"]])
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"
        # It stays outside, and says so no more.
        assert ok(api.put(url, {"hasta": "16:00"}, headers=con_version(2)))["citas_fuera"] == []

    def test_quitar_con_citas_dentro_tambien(self, api: ApiClient) -> None:
        horario(api, dia_semana=dia(2))
        url = f"{URL}/{horario(api)['id']}"
        cita = programar(api)
        fallo = problem(api.delete(url), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}
        assert "Una cita quedaría fuera de horario. Muévala o cancélela, o repita" in fallo["detail"]
        assert api.delete(f"{url}?confirmar=true").status_code == 204

    def test_quitar_el_ultimo_no_deja_nada_fuera(self, api: ApiClient) -> None:
        url = f"{URL}/{horario(api)['id']}"
        programar(api)
        assert api.delete(url).status_code == 204

    @pytest.mark.parametrize("estado", ["cancelada", "en_curso", "completada"])
    def test_lo_que_ya_no_viene_no_cuenta(self, api: ApiClient, estado: str) -> None:
        horario(api, dia_semana=dia(2))
        url = f"{URL}/{horario(api)['id']}"
        cita = programar(api)
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": estado}))
        assert api.delete(url).status_code == 204

    def test_un_sobreturno_no_cuenta(self, api: ApiClient) -> None:
        url = f"{URL}/{horario(api)['id']}"
        programar(api, fecha_hora=manana("19:00"), sobreturno=True, motivo_sobreturno="Urgencia")
        assert ok(api.put(url, {"hasta": "17:00"}, headers=con_version(1)))["citas_fuera"] == []
        assert ok(api.get("/citas/fuera-de-horario")) == {"datos": []}

    def test_la_anticipacion_y_el_horizonte_no_cuentan(self, api: ApiClient) -> None:
        programar(api)
        ok(api.post("/citas/politicas", {"anticipacion_minutos": 10_000, "horizonte_dias": 1}), 201)
        assert horario(api)["citas_fuera"] == []
        assert ok(api.get("/citas/fuera-de-horario")) == {"datos": []}

    def test_se_listan_en_todo_momento_y_enteras(self, api: ApiClient) -> None:
        citas = [programar(api, paciente_id=n, fecha_hora=manana("19:00", dias=n)) for n in range(1, 4)]
        otra = programar(api, doctor_id=2, centro_id=2, paciente_id=4, fecha_hora=manana("19:00"))
        for doctor_id, centro_id in ((1, 1), (2, 2)):
            horario(api, doctor_id=doctor_id, centro_id=centro_id)

        def ids(quien: ApiClient, consulta: str = "") -> list[int]:
            return [cita["id"] for cita in ok(quien.get(f"/citas/fuera-de-horario{consulta}"))["datos"]]

        assert ids(api, "?doctor_id=1") == [cita["id"] for cita in citas]
        assert ids(api, "?centro_id=2") == [otra["id"]]
        pasado = datetime.now(QUITO).date() + timedelta(days=2)
        assert ids(api, f"?doctor_id=1&desde={pasado}&hasta={pasado}") == [citas[1]["id"]]
        assert ids(api.as_("medico", doctor_id=2)) == [otra["id"]]
        assert ids(api.as_("secretaria", centros=[1])) == [cita["id"] for cita in citas]
        assert ids(api.as_("secretaria", centros=[])) == []
        problem(api.get(f"/citas/fuera-de-horario?desde={pasado}&hasta={date(2026, 1, 1)}"), 422)

    def test_cuesta_lo_mismo_con_una_cita_que_con_muchas(self, api: ApiClient, app: Flask) -> None:
        horario(api, dia_semana=dia(2))
        programar(api, fecha_hora=manana(dias=2))
        uno, citas = horario(api), [programar(api)]
        con_una = self._sentencias_al_quitar(api, app, uno, citas)
        uno, citas = horario(api), [programar(api, paciente_id=n, fecha_hora=manana(f"1{n}:00")) for n in range(1, 8)]
        assert self._sentencias_al_quitar(api, app, uno, citas) == con_una

    def _sentencias_al_quitar(self, api: ApiClient, app: Flask, uno: dict[str, Any], citas: list[Any]) -> int:
        url = f"{URL}/{uno['id']}"
        fallo = problem(api.delete(url), 409, "deja_citas_fuera")
        assert len(fallo["errores"]["citas"]) == len(citas)
        assert ("Muévala o cancélela," if len(citas) == 1 else "Muévalas o cancélelas,") in fallo["detail"]
        with statements(app) as contadas:
            ok(api.delete(f"{url}?confirmar=true"), 204)
        for cita in citas:
            ok(api.delete(f"/citas/{cita['id']}"), 204)
        return len([s for s in contadas if "cache_remota" not in s])


def acortar(api: ApiClient, url: str, hora: int) -> TestResponse:
    return api.put(url, {"hasta": f"{hora}:00"}, headers={"If-Match": "*"})


def cerrar(api: ApiClient, _url: str, hora: int) -> TestResponse:
    datos_del_cierre = {"inicio": manana(f"{hora}:00"), "fin": manana(f"{hora + 1}:00")}
    return api.post("/citas/centros/1/cierres", datos_del_cierre)


@pytest.mark.parametrize("quitar_tiempo", [acortar, cerrar])
def test_una_cita_a_la_vez_que_el_cambio_se_ve_u_obedece(
    api: ApiClient, quitar_tiempo: Callable[[ApiClient, str, int], TestResponse]
) -> None:
    """Whoever comes second knows of the first: no appointment slips outside without anybody being told."""
    url = f"{URL}/{horario(api)['id']}"
    programar(api, fecha_hora=manana("08:00"))
    for hora in range(17, 11, -1):

        def agendar(hora: int = hora) -> TestResponse:
            return api.post("/citas", datos_de_cita(fecha_hora=manana(f"{hora}:00")))

        def quitar(hora: int = hora) -> TestResponse:
            return quitar_tiempo(api, url, hora)

        cita, cambio = at_once(agendar, quitar)
        if cita.status_code == 201:
            problem(cambio, 409, "deja_citas_fuera")
            ok(api.delete(f"/citas/{cita.get_json()['id']}"), 204)
            assert quitar_tiempo(api, url, hora).status_code < 300
        else:
            problem(cita, 409, "fuera_de_horario")
            assert cambio.status_code < 300
        assert ok(api.get("/citas/fuera-de-horario")) == {"datos": []}
