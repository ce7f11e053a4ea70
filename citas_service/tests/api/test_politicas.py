"""Policies: who says what appointments are like, and what holds in the end."""

from __future__ import annotations

from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, datos_de_cita, manana, programar

URL = "/citas/politicas"


def politica(api: ApiClient, **datos: Any) -> dict[str, Any]:
    return dict(ok(api.post(URL, datos), 201))


class TestEditar:
    def test_agregar_leer_cambiar_y_quitar(self, api: ApiClient) -> None:
        alta = api.post(URL, {"centro_id": 1, "tratamiento_id": 7, "duracion_minutos": 45, "recordatorios": [60]})
        hecha = ok(alta, 201)
        assert (hecha["centro_id"], hecha["tratamiento_id"], hecha["duracion_minutos"]) == (1, 7, 45)
        assert (hecha["recordatorios"], hecha["capacidad"]) == ([60], None)
        url = alta.headers["Location"]
        problem(api.put(url, {"capacidad": 8}), 428)
        cambiada = api.put(url, {"capacidad": 8, "duracion_minutos": None}, headers={"If-Match": '"1"'})
        assert (ok(cambiada)["capacidad"], ok(cambiada)["duracion_minutos"]) == (8, None)
        problem(api.put(url, {"capacidad": 9}, headers={"If-Match": '"1"'}), 412)
        assert [p["id"] for p in ok(api.get(URL))["datos"]] == [hecha["id"]]
        assert api.delete(url, headers={"If-Match": cambiada.headers["ETag"]}).status_code == 204
        problem(api.get(url), 404)

    def test_una_por_lugar_y_tratamiento(self, api: ApiClient) -> None:
        lugares: list[dict[str, Any]] = [
            {},
            {"centro_id": 1},
            {"tratamiento_id": 7},
            {"centro_id": 1, "tratamiento_id": 7},
        ]
        for lugar in lugares:
            politica(api, **lugar, duracion_minutos=20)
        for lugar in lugares:
            problem(api.post(URL, {**lugar, "duracion_minutos": 30}), 409, "politica_duplicada")
        assert len(ok(api.get(f"{URL}?centro_id=1"))["datos"]) == 2
        assert len(ok(api.get(f"{URL}?tratamiento_id=7"))["datos"]) == 2

    @pytest.mark.parametrize(
        "dato",
        [
            {"duracion_minutos": 4},
            {"duracion_minutos": 721},
            {"holgura_antes_minutos": 241},
            {"holgura_despues_minutos": -1},
            {"anticipacion_minutos": -1},
            {"horizonte_dias": 0},
            {"cancelacion_minutos": 0.5},
            {"capacidad": 0},
            {"capacidad": 201},
            {"apartado_minutos": 1441},
            {"tipo_sala": ""},
            {"recordatorios": [4]},
            {"recordatorios": [43_201]},
            {"recordatorios": [60, 60]},
            {"recordatorios": [5, 6, 7, 8, 9, 10]},
            {"recordatorios": 60},
            {"centro_id": 99},
            {"precio": 3},
        ],
    )
    def test_lo_que_no_vale_se_dice(self, api: ApiClient, dato: dict[str, Any]) -> None:
        assert list(problem(api.post(URL, dato), 422)["errores"]) == list(dato)

    def test_lo_mas_que_cabe(self, api: ApiClient) -> None:
        hecha = politica(api, recordatorios=[5, 60, 180, 1440, 43_200], capacidad=200, duracion_minutos=720)
        assert hecha["recordatorios"] == [5, 60, 180, 1440, 43_200]
        assert politica(api, centro_id=1, recordatorios=[])["recordatorios"] == []

    def test_mover_una_a_un_centro_que_no_existe(self, api: ApiClient) -> None:
        url = f"{URL}/{politica(api, duracion_minutos=20)['id']}"
        assert "centro_id" in problem(api.put(url, {"centro_id": 99}, headers={"If-Match": "*"}), 422)["errores"]
        assert ok(api.put(url, {"centro_id": 3}, headers={"If-Match": "*"}))["centro_id"] == 3

    def test_sin_centro_no_se_pregunta_a_nadie(self, api: ApiClient, admin: AdminDePrueba) -> None:
        admin.caido = True
        url = f"{URL}/{politica(api, duracion_minutos=20)['id']}"
        ok(api.put(url, {"duracion_minutos": 25}, headers={"If-Match": "*"}))
        problem(api.post(URL, {"centro_id": 1}), 503)


class TestEfectiva:
    def efectiva(self, api: ApiClient, consulta: str) -> dict[str, Any]:
        return dict(ok(api.get(f"{URL}/efectiva?{consulta}")))

    def test_sin_politicas_la_de_fabrica(self, api: ApiClient) -> None:
        assert self.efectiva(api, "centro_id=1") == {
            "centro_id": 1,
            "tratamiento_id": None,
            "duracion_minutos": 30,
            "holgura_antes_minutos": 0,
            "holgura_despues_minutos": 0,
            "anticipacion_minutos": 0,
            "horizonte_dias": None,
            "cancelacion_minutos": 0,
            "capacidad": 1,
            "tipo_sala": None,
            "recordatorios": [2880, 180],
            "apartado_minutos": 10,
        }

    def test_lo_mas_particular_gana_campo_a_campo(self, api: ApiClient) -> None:
        politica(api, duracion_minutos=20, anticipacion_minutos=60, recordatorios=[60], apartado_minutos=5)
        politica(api, centro_id=1, duracion_minutos=25, anticipacion_minutos=120)
        politica(api, tratamiento_id=7, duracion_minutos=40)
        politica(api, centro_id=1, tratamiento_id=7, capacidad=6)
        aqui = self.efectiva(api, "centro_id=1&tratamiento_id=7")
        campos = ("duracion_minutos", "anticipacion_minutos", "recordatorios", "capacidad", "apartado_minutos")
        assert [aqui[c] for c in campos] == [40, 120, [60], 6, 5]
        alla = self.efectiva(api, "centro_id=2&tratamiento_id=7")
        assert [alla[c] for c in campos] == [40, 60, [60], 1, 5]
        assert self.efectiva(api, "centro_id=1")["duracion_minutos"] == 25

    def test_un_cambio_rige_para_la_cita_siguiente(self, api: ApiClient) -> None:
        assert programar(api)["duracion_minutos"] == 30
        url = f"{URL}/{politica(api, tratamiento_id=7, duracion_minutos=40)['id']}"
        assert programar(api, fecha_hora=manana("11:00"), tratamiento_id=7)["duracion_minutos"] == 40
        ok(api.put(url, {"anticipacion_minutos": 100_000}, headers={"If-Match": "*"}))
        tarde = datos_de_cita(fecha_hora=manana("12:00"), tratamiento_id=7)
        problem(api.post("/citas", tarde), 409, "anticipacion_insuficiente")
        ok(api.delete(url), 204)
        assert programar(api, fecha_hora=manana("12:00"), tratamiento_id=7)["duracion_minutos"] == 30

    def test_hay_que_decir_el_centro(self, api: ApiClient) -> None:
        problem(api.get(f"{URL}/efectiva"), 422)


class TestQuien:
    def test_solo_la_administracion_edita(self, api: ApiClient) -> None:
        url = f"{URL}/{politica(api, centro_id=1, duracion_minutos=20)['id']}"
        for otro in (
            api.as_("secretaria", centros=[1]),
            api.as_("medico", doctor_id=1),
            api.as_("paciente", paciente_id=1),
        ):
            problem(otro.post(URL, {"centro_id": 1, "tratamiento_id": 9}), 403)
            problem(otro.put(url, {"capacidad": 5}, headers={"If-Match": "*"}), 403)
            problem(otro.delete(url), 403)

    def test_una_secretaria_ve_las_de_sus_centros_y_de_la_red(self, api: ApiClient) -> None:
        red, suya, ajena = (politica(api, **lugar) for lugar in ({}, {"centro_id": 1}, {"centro_id": 2}))
        ella = api.as_("secretaria", centros=[1])
        assert [p["id"] for p in ok(ella.get(URL))["datos"]] == [red["id"], suya["id"]]
        problem(ella.get(f"{URL}/{ajena['id']}"), 404)
        ok(ella.get(f"{URL}/efectiva?centro_id=1"))
        problem(ella.get(f"{URL}/efectiva?centro_id=2"), 404)
        assert len(ok(api.as_("medico", doctor_id=1).get(URL))["datos"]) == 3

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        lee = api.as_("admin", permisos=["citas:politicas:leer"])
        ok(lee.get(URL))
        problem(lee.post(URL, {}), 403)
        nadie = api.as_("admin", permisos=["citas:leer"])
        for url in (URL, f"{URL}/1", f"{URL}/efectiva?centro_id=1"):
            problem(nadie.get(url), 403)
