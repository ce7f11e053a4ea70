"""Public holidays of centres: which there are, and on which of them a centre works."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from citas.dominio import feriados
from comun.testing.client import ApiClient, ok, problem

from ..conftest import datos_de_cita, programar
from .test_horarios import DIAS, horario

URL = "/citas/centros/1/feriados"
CALENDARIO = "/citas/centros/1/calendario"


def feriado_por_venir() -> date:
    """A holiday of Ecuador that lies ahead."""
    hoy = date.today()  # noqa: DTZ011 - two days on, every clock agrees
    dias = [dia for ano in (hoy.year, hoy.year + 1) for dia in feriados.del_ano("EC", ano)]
    return next(dia for dia in dias if dia > hoy + timedelta(days=2))


@pytest.fixture
def dia() -> date:
    return feriado_por_venir()


def con_horario(api: ApiClient, dia: date) -> None:
    horario(api, dia_semana=DIAS[dia.weekday()])


class TestFeriados:
    def test_son_los_del_ecuador(self, api: ApiClient) -> None:
        datos = ok(api.get(f"{URL}?desde=2026-01-01&hasta=2026-12-31"))["datos"]
        assert {"fecha": "2026-01-01", "nombre": "Año Nuevo", "atiende": False} in datos
        assert [f["fecha"] for f in datos] == sorted(f["fecha"] for f in datos)

    def test_sin_fechas_los_de_este_ano(self, api: ApiClient) -> None:
        este = {date.fromisoformat(f["fecha"]).year for f in ok(api.get(URL))["datos"]}
        assert len(este) == 1
        assert ok(api.get(f"{URL}?desde=2031-12-01"))["datos"][0]["fecha"] == "2031-12-25"

    @pytest.mark.parametrize("consulta", ["desde=2026-02-01&hasta=2026-01-01", "desde=2026-01-01&hasta=2028-01-03"])
    def test_a_lo_mas_dos_anos(self, api: ApiClient, consulta: str) -> None:
        assert "hasta" in problem(api.get(f"{URL}?{consulta}"), 422)["errores"]

    def test_un_centro_que_no_existe(self, api: ApiClient) -> None:
        problem(api.get("/citas/centros/99/feriados"), 404)
        problem(api.get("/citas/centros/99/calendario"), 404)
        problem(api.put("/citas/centros/99/calendario", {"pais": None}, headers={"If-Match": "*"}), 404)

    def test_en_feriado_no_se_atiende_salvo_que_se_decida(self, api: ApiClient, dia: date) -> None:
        con_horario(api, dia)
        cita = datos_de_cita(fecha_hora=f"{dia}T10:00:00")
        problem(api.post("/citas", cita), 409, "fuera_de_horario")
        hecho = ok(api.put(f"{URL}/{dia}", {"atiende": True}))
        assert (hecho["fecha"], hecho["atiende"], hecho["citas_fuera"]) == (str(dia), True, [])
        assert ok(api.get(f"{URL}?desde={dia}&hasta={dia}"))["datos"][0]["atiende"] is True
        assert ok(api.get(CALENDARIO))["abre"] == [str(dia)]
        ok(api.post("/citas", cita), 201)

    def test_volver_a_cerrar_con_citas_pide_confirmacion(self, api: ApiClient, dia: date) -> None:
        con_horario(api, dia)
        ok(api.put(f"{URL}/{dia}", {"atiende": True}))
        cita = programar(api, fecha_hora=f"{dia}T10:00:00")
        fallo = problem(api.put(f"{URL}/{dia}", {"atiende": False}), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}
        hecho = ok(api.put(f"{URL}/{dia}?confirmar=true", {"atiende": False}))
        assert [c["id"] for c in hecho["citas_fuera"]] == [cita["id"]]
        assert hecho["citas_fuera"][0]["motivo"].startswith("El centro no atiende ese día")
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"

    def test_un_dia_cualquiera_no_se_decide(self, api: ApiClient) -> None:
        problem(api.put(f"{URL}/2026-01-15", {"atiende": True}), 404)
        problem(api.put(f"{URL}/ayer", {"atiende": True}), 404)
        problem(api.put(f"{URL}/2026-01-01", {"atiende": "quizás"}), 422)
        problem(api.put(f"{URL}/2026-01-01", {}), 422)


class TestCalendario:
    def test_otro_pais_otros_feriados(self, api: ApiClient) -> None:
        leido = api.get(CALENDARIO)
        assert (ok(leido)["id"], ok(leido)["pais"], ok(leido)["abre"]) == (1, "EC", [])
        problem(api.put(CALENDARIO, {"pais": "CO"}), 428)
        cambiado = api.put(CALENDARIO, {"pais": "co"}, headers={"If-Match": leido.headers["ETag"]})
        assert (ok(cambiado)["pais"], ok(cambiado)["citas_fuera"]) == ("CO", [])
        problem(api.put(CALENDARIO, {"pais": "EC"}, headers={"If-Match": leido.headers["ETag"]}), 412)
        nombres = {f["fecha"] for f in ok(api.get(f"{URL}?desde=2026-07-20&hasta=2026-07-20"))["datos"]}
        assert nombres == {"2026-07-20"}
        ok(api.put(CALENDARIO, {"pais": None}, headers={"If-Match": cambiado.headers["ETag"]}))
        assert ok(api.get(URL)) == {"datos": []}
        assert ok(api.get("/citas/centros/2/calendario"))["pais"] == "EC"

    @pytest.mark.parametrize(
        "cuerpo", [{"pais": "ECU"}, {"pais": "ZZ"}, {"pais": ""}, {}, {"pais": "EC", "abre": []}]
    )
    def test_lo_que_no_vale(self, api: ApiClient, cuerpo: dict[str, Any]) -> None:
        problem(api.put(CALENDARIO, cuerpo, headers={"If-Match": "*"}), 422)

    def test_un_pais_con_mas_feriados_deja_citas_fuera(self, api: ApiClient, dia: date) -> None:
        con_horario(api, dia)
        ok(api.put(CALENDARIO, {"pais": None}, headers={"If-Match": "*"}))
        cita = programar(api, fecha_hora=f"{dia}T10:00:00")
        fallo = problem(api.put(CALENDARIO, {"pais": "EC"}, headers={"If-Match": "*"}), 409, "deja_citas_fuera")
        assert fallo["errores"] == {"citas": [cita["id"]]}
        assert ok(api.get(CALENDARIO))["pais"] is None
        hecho = ok(api.put(f"{CALENDARIO}?confirmar=true", {"pais": "EC"}, headers={"If-Match": "*"}))
        assert [c["id"] for c in hecho["citas_fuera"]] == [cita["id"]]


class TestQuien:
    def test_una_secretaria_decide_en_sus_centros(self, api: ApiClient) -> None:
        ella = api.as_("secretaria", centros=[2])
        ok(ella.put("/citas/centros/2/feriados/2026-01-01", {"atiende": True}))
        ok(ella.get(URL))
        problem(ella.put(f"{URL}/2026-01-01", {"atiende": True}), 403, "centro_ajeno")
        problem(ella.put(CALENDARIO, {"pais": None}, headers={"If-Match": "*"}), 403, "centro_ajeno")

    @pytest.mark.parametrize("rol", ["medico", "paciente"])
    def test_los_demas_no(self, api: ApiClient, rol: str) -> None:
        el = api.as_(rol, doctor_id=1, paciente_id=1)
        problem(el.put(f"{URL}/2026-01-01", {"atiende": True}), 403)
        problem(el.put(CALENDARIO, {"pais": None}, headers={"If-Match": "*"}), 403)

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        lee = api.as_("admin", permisos=["citas:horarios:leer"])
        ok(lee.get(URL))
        problem(lee.put(f"{URL}/2026-01-01", {"atiende": True}), 403)
        problem(lee.put(CALENDARIO, {"pais": None}, headers={"If-Match": "*"}), 403)
        problem(api.as_("admin", permisos=["citas:leer"]).get(URL), 403)
        problem(api.as_("admin", permisos=["citas:leer"]).get(CALENDARIO), 403)
