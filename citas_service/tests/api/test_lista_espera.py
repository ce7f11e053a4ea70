"""The waitlist: who may wait for what."""

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import meanwhile

from ..conftest import AdminDePrueba
from ..esperas import deseo, dia, esperar


def test_quien_espera_queda_en_la_lista(api: ApiClient, admin: AdminDePrueba) -> None:
    respuesta = api.post(
        "/citas/lista-espera",
        deseo(centro_id=1, hora_desde="09:00", hora_hasta="24:00", dias_semana=["Miércoles", "lunes", "lunes"]),
    )
    espera = ok(respuesta, 201)
    assert espera["estado"] == "esperando"
    assert (espera["desde"], espera["hasta"]) == (dia(0), dia(30))
    assert (espera["hora_desde"], espera["hora_hasta"]) == ("09:00", "24:00")
    assert espera["dias_semana"] == ["lunes", "miercoles"]
    assert (espera["prioridad"], espera["oferta"], espera["cita_id"]) == (0, None, None)
    assert espera["paciente"]["apellidos"] == "Núñez 1"
    assert respuesta.headers["Location"] == f"/citas/lista-espera/{espera['id']}"
    assert ok(api.get(f"/citas/lista-espera/{espera['id']}")) == espera
    assert admin.consultas == 1


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"doctor_id": 77}, "doctor_id"),
        ({"centro_id": 77}, "centro_id"),
        ({"paciente_id": 77}, "paciente_id"),
        ({"paciente_id": None}, "paciente_id"),
        ({"doctor_id": None}, "doctor_id"),
        ({"hasta": None}, "hasta"),
        ({"hasta": -1}, "hasta"),
        ({"hasta": 400}, "hasta"),
        ({"desde": -1}, "desde"),
        ({"desde": 31}, "hasta"),
        ({"hora_desde": "9"}, "hora_desde"),
        ({"hora_desde": "24:00"}, "hora_desde"),
        ({"hora_desde": "10:00", "hora_hasta": "10:00"}, "hora_hasta"),
        ({"dias_semana": ["festivo"]}, "dias_semana"),
        ({"dias_semana": []}, "dias_semana"),
        ({"prioridad": 10}, "prioridad"),
        ({"estado": "atendida"}, "estado"),
    ],
)
def test_lo_que_no_es_valido_se_dice_por_campo(api: ApiClient, cambio: dict[str, Any], campo: str) -> None:
    error = problem(api.post("/citas/lista-espera", deseo(**cambio)), 422)
    assert list(error["errores"]) == [campo]
    assert ok(api.get("/citas/lista-espera"))["datos"] == []


@pytest.mark.parametrize(
    ("cambio", "codigo"),
    [
        ({"paciente_id": 9}, "paciente_inactivo"),
        ({"doctor_id": 5}, "doctor_inactivo"),
        ({"centro_id": 4}, "centro_inactivo"),
    ],
)
def test_por_quien_esta_inactivo_no_se_espera(api: ApiClient, cambio: dict[str, Any], codigo: str) -> None:
    problem(api.post("/citas/lista-espera", deseo(**cambio)), 409, codigo)


def test_sin_administracion_no_se_anota_a_nadie(api: ApiClient, admin: AdminDePrueba) -> None:
    admin.caido = True
    problem(api.post("/citas/lista-espera", deseo()), 503)
    assert ok(api.get("/citas/lista-espera"))["datos"] == []


class TestDosVecesLoMismo:
    def test_no(self, api: ApiClient) -> None:
        esperar(api, especialidad="Odontología", dias_semana=["lunes", "martes"])
        igual = deseo(especialidad="ODONTOLOGIA", dias_semana=["martes", "lunes"], prioridad=3, notas="Otra vez")
        problem(api.post("/citas/lista-espera", igual), 409, "ya_en_espera")

    @pytest.mark.parametrize(
        "otro", [{"doctor_id": 2}, {"paciente_id": 2}, {"hora_desde": "15:00"}, {"centro_id": 1}]
    )
    def test_algo_distinto_si(self, api: ApiClient, otro: dict[str, Any]) -> None:
        esperar(api)
        esperar(api, **otro)

    def test_despues_de_retirarlo_si(self, api: ApiClient) -> None:
        espera = esperar(api)
        assert api.delete(f"/citas/lista-espera/{espera['id']}").status_code == 204
        esperar(api)

    def test_cambiarlo_en_lo_que_ya_se_espera_no(self, api: ApiClient) -> None:
        esperar(api)
        otra = esperar(api, doctor_id=2)
        problem(api.put(f"/citas/lista-espera/{otra['id']}", {"doctor_id": 1}), 409, "ya_en_espera")


class TestQuien:
    def test_un_paciente_se_anota_a_si_mismo(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", paciente_id=3)
        assert esperar(paciente, paciente_id=3)["paciente_id"] == 3
        sin_decirlo = ok(paciente.post("/citas/lista-espera", {"centro_id": 1, "hasta": dia(3)}), 201)
        assert sin_decirlo["paciente_id"] == 3
        problem(paciente.post("/citas/lista-espera", deseo(paciente_id=4)), 403, "paciente_ajeno")

    def test_un_paciente_no_pone_su_prioridad(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", paciente_id=3)
        problem(paciente.post("/citas/lista-espera", deseo(paciente_id=3, prioridad=9)), 403, "campo_no_permitido")
        espera = esperar(paciente, paciente_id=3)
        problem(paciente.put(f"/citas/lista-espera/{espera['id']}", {"prioridad": 1}), 403, "campo_no_permitido")
        assert ok(api.put(f"/citas/lista-espera/{espera['id']}", {"prioridad": 5}))["prioridad"] == 5
        assert ok(paciente.put(f"/citas/lista-espera/{espera['id']}", {"notas": "Por la tarde"}))["prioridad"] == 5

    def test_la_secretaria_en_sus_centros(self, api: ApiClient) -> None:
        secretaria = api.as_("secretaria", centros=[1])
        esperar(secretaria, centro_id=1)
        problem(secretaria.post("/citas/lista-espera", deseo(centro_id=2)), 403, "centro_ajeno")
        ajena = esperar(api, centro_id=2)
        problem(secretaria.get(f"/citas/lista-espera/{ajena['id']}"), 404)
        problem(secretaria.delete(f"/citas/lista-espera/{ajena['id']}"), 404)
        assert [e["centro_id"] for e in ok(secretaria.get("/citas/lista-espera"))["datos"]] == [1]

    def test_la_secretaria_no_se_lleva_a_nadie_a_otro_centro(self, api: ApiClient) -> None:
        secretaria = api.as_("secretaria", centros=[1])
        espera = esperar(secretaria, centro_id=1)
        problem(secretaria.put(f"/citas/lista-espera/{espera['id']}", {"centro_id": 2}), 403, "centro_ajeno")

    def test_cada_uno_ve_lo_suyo(self, api: ApiClient) -> None:
        mia, otra = esperar(api, paciente_id=1), esperar(api, paciente_id=2, doctor_id=2)
        for quien in (api.as_("paciente", paciente_id=1), api.as_("medico", doctor_id=1)):
            assert [e["id"] for e in ok(quien.get("/citas/lista-espera"))["datos"]] == [mia["id"]]
            problem(quien.get(f"/citas/lista-espera/{otra['id']}"), 404)

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        problem(api.as_("admin", []).get("/citas/lista-espera"), 403)
        problem(api.as_("admin", ["citas:espera:leer"]).post("/citas/lista-espera", deseo()), 403)


class TestCambiar:
    def test_lo_ausente_se_queda(self, api: ApiClient) -> None:
        espera = esperar(api, centro_id=1, hora_desde="15:00")
        cambiada = ok(api.put(f"/citas/lista-espera/{espera['id']}", {"doctor_id": None, "hora_hasta": "18:00"}))
        assert (cambiada["doctor_id"], cambiada["centro_id"]) == (None, 1)
        assert (cambiada["hora_desde"], cambiada["hora_hasta"]) == ("15:00", "18:00")

    def test_algo_hay_que_desear(self, api: ApiClient) -> None:
        espera = esperar(api)
        problem(api.put(f"/citas/lista-espera/{espera['id']}", {"doctor_id": None}), 422)
        problem(api.put(f"/citas/lista-espera/{espera['id']}", {"hasta": dia(-3)}), 422)
        problem(api.put(f"/citas/lista-espera/{espera['id']}", {"doctor_id": 77}), 422)
        problem(api.put(f"/citas/lista-espera/{espera['id']}", {"paciente_id": 2}), 422)

    def test_con_la_version_leida(self, api: ApiClient) -> None:
        espera = esperar(api)
        url = f"/citas/lista-espera/{espera['id']}"
        assert api.put(url, {"notas": "a"}, headers={"If-Match": '"1"'}).headers["ETag"] == '"2"'
        problem(api.put(url, {"notas": "b"}, headers={"If-Match": '"1"'}), 412)


def test_retirarse_de_la_lista(api: ApiClient) -> None:
    url = f"/citas/lista-espera/{esperar(api)['id']}"
    assert api.delete(url).status_code == 204
    problem(api.delete(url), 404)
    (vista,) = ok(api.get("/citas/lista-espera?incluir_eliminados=true"))["datos"]
    assert (vista["estado"], vista["eliminado_en"] is None) == ("cancelada", False)


@pytest.mark.both_databases
@pytest.mark.parametrize(("con_etiqueta", "estado"), [(True, 412), (False, 404)])
def test_dos_que_la_quitan_a_la_vez(api: ApiClient, app: Flask, con_etiqueta: bool, estado: int) -> None:
    url = f"/citas/lista-espera/{esperar(api)['id']}"
    condicion = {"If-Match": '"1"'} if con_etiqueta else {}

    def quitar() -> int:
        return ApiClient(app).as_("admin").delete(url, headers=condicion).status_code

    with meanwhile(app, "UPDATE espera", quitar) as respuestas:
        assert api.delete(url, headers=condicion).status_code == 204
    assert respuestas in ([estado], [404])


def test_la_lista_va_en_el_orden_en_que_se_ofrece(api: ApiClient) -> None:
    ids = [esperar(api, paciente_id=n, prioridad=p)["id"] for n, p in ((1, 0), (2, 5), (3, 0))]
    orden = [ids[1], ids[0], ids[2]]
    assert [e["id"] for e in ok(api.get("/citas/lista-espera"))["datos"]] == orden
    filtrada = ok(api.get("/citas/lista-espera?patient_id=3&estado=Esperando&doctor_id=1"))["datos"]
    assert [e["id"] for e in filtrada] == [ids[2]]
    assert ok(api.get("/citas/lista-espera?centro_id=1"))["datos"] == []


def test_sin_oferta_no_hay_que_responder(api: ApiClient) -> None:
    espera = esperar(api)
    for respuesta in ("aceptar", "rechazar"):
        problem(api.post(f"/citas/lista-espera/{espera['id']}/{respuesta}"), 409, "sin_oferta")
    problem(api.post("/citas/lista-espera/999/aceptar"), 404)
