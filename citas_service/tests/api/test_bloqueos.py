"""Blocks of doctors and closures of centres and rooms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..conftest import QUITO, AdminDePrueba, datos_de_cita, manana, programar
from .test_horarios import horario

BLOQUEOS = "/citas/doctores/1/bloqueos"
CIERRES = "/citas/centros/1/cierres"


def bloquear(api: ApiClient, url: str = BLOQUEOS, **cambios: Any) -> dict[str, Any]:
    return dict(ok(api.post(url, datos(**cambios)), 201))


def datos(**cambios: Any) -> dict[str, Any]:
    return {"inicio": manana("13:00"), "fin": manana("14:00")} | cambios


class TestEditar:
    @pytest.mark.parametrize(("url", "tipo"), [(BLOQUEOS, "otro"), (CIERRES, "cierre")])
    def test_agregar_leer_cambiar_y_quitar(self, api: ApiClient, url: str, tipo: str) -> None:
        alta = api.post(url, datos(motivo="Limpieza"))
        hecho = ok(alta, 201)
        assert (hecho["tipo"], hecho["motivo"], hecho["zona_horaria"]) == (tipo, "Limpieza", "America/Guayaquil")
        assert (hecho["inicio"], hecho["fin"]) == (manana("13:00") + "-05:00", manana("14:00") + "-05:00")
        assert datetime.fromisoformat(hecho["termina"]) == datetime.fromisoformat(hecho["fin"])
        assert (hecho["rrule"], hecho["citas_fuera"]) == (None, [])
        uno = alta.headers["Location"]
        assert uno == f"{url}/{hecho['id']}"
        problem(api.put(uno, {"motivo": "Obras"}), 428)
        cambiado = ok(api.put(uno, {"fin": manana("15:00"), "tipo": "MANTENIMIENTO"}, headers={"If-Match": '"1"'}))
        assert (cambiado["fin"], cambiado["tipo"], cambiado["inicio"]) == (
            manana("15:00") + "-05:00", "mantenimiento", hecho["inicio"],
        )  # fmt: skip
        problem(api.put(uno, {"motivo": "Otra"}, headers={"If-Match": '"1"'}), 412)
        assert [fila["id"] for fila in ok(api.get(url))["datos"]] == [hecho["id"]]
        assert api.delete(uno).status_code == 204
        problem(api.get(uno), 404)
        problem(api.delete(uno), 404)

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"fin": manana("13:00")}, "fin"),
            ({"inicio": manana("13:00") + ".5"}, "inicio"),
            ({"tipo": "siesta"}, "tipo"),
            ({"rrule": "FREQ=HOURLY"}, "rrule"),
            ({"rrule": "a las cinco"}, "rrule"),
            ({"rrule": "FREQ=DAILY", "inicio": "2001-01-01T10:00:00"}, "fin"),
            ({"rrule": "FREQ=DAILY", "inicio": "2001-01-01T10:00:00", "fin": "2001-01-01T11:00:00"}, "inicio"),
            ({"zona_horaria": "America/Macondo"}, "zona_horaria"),
            ({"doctor_id": 2}, "doctor_id"),
        ],
    )
    def test_lo_que_no_vale_se_dice(self, api: ApiClient, cambio: dict[str, Any], campo: str) -> None:
        for url in (BLOQUEOS, CIERRES):
            assert list(problem(api.post(url, datos(**cambio)), 422)["errores"]) == [campo]

    def test_lo_que_no_existe(self, api: ApiClient) -> None:
        assert "doctor_id" in problem(api.post("/citas/doctores/99/bloqueos", datos()), 422)["errores"]
        assert "centro_id" in problem(api.post(BLOQUEOS, datos(centro_id=99)), 422)["errores"]
        problem(api.post("/citas/centros/99/cierres", datos()), 404)
        assert "sala_id" in problem(api.post(CIERRES, datos(sala_id=99)), 422)["errores"]
        assert "sala_id" in problem(api.post("/citas/centros/2/cierres", datos(sala_id=1)), 422)["errores"]

    def test_de_quien_no_existe_no_hay_lista(self, api: ApiClient) -> None:
        for ruta in ("doctores/99/horarios", "doctores/99/bloqueos", "centros/99/cierres"):
            problem(api.get(f"/citas/{ruta}"), 404)

    def test_una_falla_de_administracion_no_deja_nada(self, api: ApiClient, admin: AdminDePrueba) -> None:
        admin.caido = True
        problem(api.post(BLOQUEOS, datos()), 503)
        assert ok(api.get(BLOQUEOS))["datos"] == []

    def test_la_lista_se_acota(self, api: ApiClient) -> None:
        pasado = bloquear(api, inicio="2026-01-05T10:00:00", fin="2026-01-05T11:00:00", tipo="congreso")
        sin_fin = bloquear(api, rrule="FREQ=DAILY", tipo="almuerzo")
        assert [b["id"] for b in ok(api.get(BLOQUEOS))["datos"]] == [pasado["id"], sin_fin["id"]]
        assert [b["id"] for b in ok(api.get(f"{BLOQUEOS}?desde=2026-02-01"))["datos"]] == [sin_fin["id"]]
        assert [b["id"] for b in ok(api.get(f"{BLOQUEOS}?tipo=Congreso"))["datos"]] == [pasado["id"]]

    def test_lo_de_doctores_y_lo_de_centros_no_se_confunde(self, api: ApiClient) -> None:
        del_doctor, del_centro = bloquear(api, centro_id=1), bloquear(api, CIERRES)
        problem(api.get(f"{CIERRES}/{del_doctor['id']}"), 404)
        problem(api.get(f"{BLOQUEOS}/{del_centro['id']}"), 404)
        problem(api.get(f"/citas/doctores/2/bloqueos/{del_doctor['id']}"), 404)
        problem(api.delete(f"/citas/centros/2/cierres/{del_centro['id']}"), 404)
        assert len(ok(api.get(CIERRES))["datos"]) == len(ok(api.get(BLOQUEOS))["datos"]) == 1


class TestReloj:
    def test_la_zona_es_la_del_centro(self, api: ApiClient) -> None:
        assert bloquear(api, centro_id=2)["zona_horaria"] == "Pacific/Galapagos"
        assert bloquear(api, "/citas/centros/3/cierres")["zona_horaria"] == "America/New_York"

    def test_o_la_de_los_primeros_horarios_del_doctor(self, api: ApiClient) -> None:
        horario(api, centro_id=2, dia_semana="lunes")
        horario(api, centro_id=1, dia_semana="martes")
        assert bloquear(api)["zona_horaria"] == "Pacific/Galapagos"

    def test_o_la_que_se_diga(self, api: ApiClient) -> None:
        hecho = bloquear(api, centro_id=1, zona_horaria="Pacific/Galapagos")
        assert hecho["inicio"] == manana("13:00") + "-06:00"

    def test_un_instante_se_pone_en_el_reloj_de_la_zona(self, api: ApiClient) -> None:
        hecho = bloquear(api, inicio=manana("18:00") + "Z", fin=manana("15:00"))
        assert (hecho["inicio"], hecho["fin"]) == (manana("13:00") + "-05:00", manana("15:00") + "-05:00")

    def test_una_serie_termina_con_su_ultima_vez(self, api: ApiClient) -> None:
        inicio = datetime.fromisoformat(manana("13:00")).replace(tzinfo=QUITO)
        hecho = bloquear(api, rrule="rrule:freq=daily;count=3")
        assert hecho["rrule"] == "FREQ=DAILY;COUNT=3"
        assert datetime.fromisoformat(hecho["termina"]) == inicio + timedelta(days=2, hours=1)
        hasta = (inicio + timedelta(days=4)).astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        uno = f"{BLOQUEOS}/{hecho['id']}"
        cambiado = ok(api.put(uno, {"rrule": f"FREQ=DAILY;UNTIL={hasta}"}, headers={"If-Match": "*"}))
        assert datetime.fromisoformat(cambiado["termina"]) == inicio + timedelta(days=4, hours=1)
        assert ok(api.put(uno, {"rrule": "FREQ=DAILY"}, headers={"If-Match": "*"}))["termina"] is None
        una_vez = ok(api.put(uno, {"rrule": None}, headers={"If-Match": "*"}))
        assert datetime.fromisoformat(una_vez["termina"]) == inicio + timedelta(hours=1)


class TestQueImpiden:
    def test_un_bloqueo_del_doctor(self, api: ApiClient) -> None:
        bloquear(api)
        problem(api.post("/citas", datos_de_cita(fecha_hora=manana("13:30"))), 409, "fuera_de_horario")
        problem(api.post("/citas", datos_de_cita(fecha_hora=manana("12:30"), centro_id=2)), 409, "fuera_de_horario")
        programar(api, fecha_hora=manana("14:00"))
        programar(api, doctor_id=2, paciente_id=2, fecha_hora=manana("13:30"))

    def test_uno_que_vuelve_cada_dia(self, api: ApiClient) -> None:
        bloquear(api, rrule="FREQ=DAILY", tipo="almuerzo")
        problem(api.post("/citas", datos_de_cita(fecha_hora=manana("13:30", dias=9))), 409, "fuera_de_horario")

    def test_con_centro_solo_ahi(self, api: ApiClient) -> None:
        bloquear(api, centro_id=2, zona_horaria="America/Guayaquil")
        problem(api.post("/citas", datos_de_cita(fecha_hora=manana("12:30"), centro_id=2)), 409, "fuera_de_horario")
        programar(api, fecha_hora=manana("13:30"))

    def test_un_cierre_a_todos_los_doctores_del_centro(self, api: ApiClient) -> None:
        bloquear(api, CIERRES)
        for doctor_id in (1, 2):
            cita = datos_de_cita(doctor_id=doctor_id, fecha_hora=manana("13:30"))
            problem(api.post("/citas", cita), 409, "fuera_de_horario")
        programar(api, fecha_hora=manana("12:30"), centro_id=2)

    def test_el_de_una_sala_a_quien_la_pida(self, api: ApiClient) -> None:
        bloquear(api, CIERRES, sala_id=1)
        problem(api.post("/citas", datos_de_cita(fecha_hora=manana("13:30"), sala_id=1)), 409, "fuera_de_horario")
        programar(api, fecha_hora=manana("13:30"), sala_id=2)


class TestCitasFuera:
    @pytest.mark.parametrize("url", [BLOQUEOS, CIERRES])
    def test_bloquear_lo_agendado_pide_confirmacion(self, api: ApiClient, url: str) -> None:
        cita = programar(api, fecha_hora=manana("13:30"))
        programar(api, paciente_id=2, fecha_hora=manana("14:00"))
        programar(api, paciente_id=3, doctor_id=3, centro_id=2, fecha_hora=manana("12:30"))
        fallo = problem(api.post(url, datos()), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}
        assert ok(api.get(url))["datos"] == []
        hecho = bloquear(api, f"{url}?confirmar=true")
        (fuera,) = hecho["citas_fuera"]
        assert (fuera["id"], fuera["motivo"]) == (cita["id"], "El doctor no atiende en ese horario: está bloqueado.")
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"
        uno = f"{url}/{hecho['id']}"
        assert ok(api.put(uno, {"motivo": "Otro"}, headers={"If-Match": "*"}))["citas_fuera"] == []
        problem(api.put(uno, {"fin": manana("15:00")}, headers={"If-Match": "*"}), 409, "deja_citas_fuera")
        assert ok(api.get(uno))["fin"] == hecho["fin"]
        assert api.delete(uno).status_code == 204
        assert ok(api.get("/citas/fuera-de-horario"))["datos"] == []

    def test_cerrar_una_sala_deja_fuera_lo_que_hay_en_ella(self, api: ApiClient) -> None:
        cita = programar(api, fecha_hora=manana("13:30"), sala_id=1)
        programar(api, paciente_id=2, doctor_id=2, fecha_hora=manana("13:30"), sala_id=2)
        fallo = problem(api.post(CIERRES, datos(sala_id=1)), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}


class TestQuien:
    def test_una_secretaria_bloquea_en_sus_centros(self, api: ApiClient) -> None:
        ella = api.as_("secretaria", centros=[1])
        uno = bloquear(ella, centro_id=1)
        ajeno = bloquear(api, centro_id=2)
        problem(ella.post(BLOQUEOS, datos(centro_id=2)), 403, "centro_ajeno")
        cambio = ella.put(f"{BLOQUEOS}/{uno['id']}", {"centro_id": 2}, headers={"If-Match": "*"})
        problem(cambio, 403, "centro_ajeno")
        problem(ella.put(f"{BLOQUEOS}/{ajeno['id']}", {"motivo": "x"}, headers={"If-Match": "*"}), 403)
        problem(ella.delete(f"{BLOQUEOS}/{ajeno['id']}"), 403, "centro_ajeno")
        assert ella.delete(f"{BLOQUEOS}/{uno['id']}").status_code == 204

    def test_y_en_todas_partes_a_quien_solo_atiende_en_ellos(self, api: ApiClient) -> None:
        ella = api.as_("secretaria", centros=[1])
        problem(ella.post(BLOQUEOS, datos()), 403, "centro_ajeno")
        horario(api)
        bloquear(ella)
        horario(api, centro_id=2, dia_semana="domingo", desde="20:00", hasta="21:00")
        problem(ella.post(BLOQUEOS, datos()), 403, "centro_ajeno")

    def test_un_medico_bloquea_lo_suyo_y_ve_los_cierres(self, api: ApiClient) -> None:
        el = api.as_("medico", doctor_id=1)
        propio, ajeno = bloquear(el), bloquear(api, "/citas/doctores/2/bloqueos")
        cierre = bloquear(api, CIERRES)
        otro = "/citas/doctores/2/bloqueos"
        assert ok(el.get(otro))["datos"] == []
        problem(el.get(f"{otro}/{ajeno['id']}"), 404)
        problem(el.post(otro, datos()), 403, "agenda_ajena")
        problem(el.put(f"{otro}/{ajeno['id']}", {"motivo": "x"}, headers={"If-Match": "*"}), 403, "agenda_ajena")
        problem(el.delete(f"{otro}/{ajeno['id']}"), 403, "agenda_ajena")
        ok(el.put(f"{BLOQUEOS}/{propio['id']}", {"motivo": "x"}, headers={"If-Match": "*"}))
        assert el.delete(f"{BLOQUEOS}/{propio['id']}").status_code == 204
        assert [c["id"] for c in ok(el.get(CIERRES))["datos"]] == [cierre["id"]]
        problem(el.post(CIERRES, datos()), 403, "centro_ajeno")
        problem(el.delete(f"{CIERRES}/{cierre['id']}"), 403, "centro_ajeno")

    def test_una_secretaria_cierra_los_suyos(self, api: ApiClient) -> None:
        ella = api.as_("secretaria", centros=[2])
        ajeno = bloquear(api, CIERRES)
        suyo = bloquear(ella, "/citas/centros/2/cierres")
        assert ok(ella.get(CIERRES))["datos"] == []
        problem(ella.get(f"{CIERRES}/{ajeno['id']}"), 404)
        problem(ella.post(CIERRES, datos()), 403, "centro_ajeno")
        problem(ella.put(f"{CIERRES}/{ajeno['id']}", {"motivo": "x"}, headers={"If-Match": "*"}), 403, "centro_ajeno")
        problem(ella.delete(f"{CIERRES}/{ajeno['id']}"), 403, "centro_ajeno")
        assert ella.delete(f"/citas/centros/2/cierres/{suyo['id']}").status_code == 204

    def test_un_paciente_nada(self, api: ApiClient) -> None:
        bloquear(api)
        bloquear(api, CIERRES)
        el = api.as_("paciente", paciente_id=1)
        assert ok(el.get(BLOQUEOS))["datos"] == ok(el.get(CIERRES))["datos"] == []
        problem(el.post(BLOQUEOS, datos()), 403)
        problem(el.post(CIERRES, datos()), 403)

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        lee = api.as_("admin", permisos=["citas:horarios:leer"])
        problem(lee.post(BLOQUEOS, datos()), 403)
        problem(api.as_("admin", permisos=["citas:horarios:editar"]).post(CIERRES, datos()), 403)
        problem(api.as_("admin", permisos=["citas:leer"]).get(BLOQUEOS), 403)
        problem(api.as_("admin", permisos=["citas:leer"]).get(CIERRES), 403)
