"""Confirming, receiving, attending, completing, missing, cancelling, reopening, deleting."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from citas.dominio.estados import Estado
from citas.extensiones import db
from citas.modelos import Cita
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import datos_de_cita, programar


def pasar_a(api: ApiClient, cita: dict[str, Any], estado: str, motivo: str | None = None) -> Any:
    return api.patch(f"/citas/{cita['id']}/estado", {"estado": estado, "motivo": motivo})


def ya_empezo(app: Flask, cita: dict[str, Any]) -> None:
    """Let the appointment's start lie in the past."""
    with app.app_context():
        db.session.get_one(Cita, cita["id"]).ubicar(now() - timedelta(minutes=10), 30, "America/Guayaquil")
        db.session.commit()


def test_el_camino_completo(api: ApiClient) -> None:
    cita = programar(api)
    for estado in ("confirmada", "en_sala", "en_curso", "completada"):
        assert ok(pasar_a(api, cita, estado))["estado"] == estado
    pasos = ok(api.get(f"/citas/{cita['id']}/cambios"))["datos"]
    assert [(p["de"], p["a"]) for p in pasos] == [
        (None, "programada"),
        ("programada", "confirmada"),
        ("confirmada", "en_sala"),
        ("en_sala", "en_curso"),
        ("en_curso", "completada"),
    ]
    assert {p["por"] for p in pasos} == {"usuario:1"}


def test_el_estado_se_lee_sin_mayusculas_ni_acentos(api: ApiClient, app: Flask) -> None:
    cita = programar(api)
    assert ok(pasar_a(api, cita, "CONFIRMADA"))["estado"] == "confirmada"
    ya_empezo(app, cita)
    assert ok(pasar_a(api, cita, "No asistió"))["estado"] == "no_asistio"


@pytest.mark.parametrize("antes", list(Estado))
def test_solo_los_pasos_permitidos(api: ApiClient, app: Flask, antes: Estado) -> None:
    cita = programar(api)
    ya_empezo(app, cita)
    for despues in Estado:
        with app.app_context():
            db.session.get_one(Cita, cita["id"]).estado = antes
            db.session.commit()
        respuesta = pasar_a(api, cita, despues, "Porque sí")
        if permitido(antes, despues):
            assert ok(respuesta)["estado"] == despues
        else:
            problem(respuesta, 409)
            assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == antes


def permitido(antes: Estado, despues: Estado) -> bool:
    """The table of steps, as a person would say it."""
    orden = ["programada", "confirmada", "en_sala", "en_curso", "completada"]
    return (
        (antes in orden and despues in orden and orden.index(despues) > orden.index(antes))
        or (despues == "cancelada" and antes in orden[:3])
        or (despues == "no_asistio" and antes in orden[:2])
        or (antes == "completada" and despues == "en_curso")
    )


def test_nadie_falta_antes_de_la_hora(api: ApiClient) -> None:
    problem(pasar_a(api, programar(api), "no_asistio"), 409, "transicion_ilegal")


def test_reabrir_pide_un_motivo(api: ApiClient) -> None:
    cita = programar(api)
    ok(pasar_a(api, cita, "completada"))
    problem(pasar_a(api, cita, "en_curso"), 422)
    assert ok(pasar_a(api, cita, "en_curso", "Faltó anotar una extracción"))["estado"] == "en_curso"


ROL = {
    "admin": {},
    "secretaria": {"centros": [1]},
    "medico": {"doctor_id": 1},
    "paciente": {"paciente_id": 1},
}


@pytest.mark.parametrize(
    ("permiso", "estado"),
    [("citas:confirmar", "confirmada"), ("citas:recibir", "en_sala"), ("citas:atender", "en_curso"),
     ("citas:atender", "completada"), ("citas:cancelar", "cancelada")],
)  # fmt: skip
def test_cada_paso_pide_su_permiso(api: ApiClient, permiso: str, estado: str) -> None:
    cita = programar(api)
    base = ["citas:leer", "citas:estado"]
    problem(pasar_a(api.as_("medico", base, doctor_id=1), cita, estado), 403)
    ok(pasar_a(api.as_("medico", [*base, permiso], doctor_id=1), cita, estado))


class TestCancelar:
    def test_por_put_y_una_sola_vez(self, api: ApiClient) -> None:
        cita = programar(api)
        respuesta = ok(api.put(f"/citas/{cita['id']}", {"estado": "cancelada", "motivo_cancelacion": "Viaje"}))
        assert respuesta["mensaje"] == "Cita cancelada."
        assert respuesta["cita"]["estado"] == "cancelada"
        assert respuesta["cita"]["motivo_cancelacion"] == "Viaje"
        problem(api.put(f"/citas/{cita['id']}", {"estado": "cancelada"}), 409, "cita_ya_cancelada")

    def test_libera_la_hora(self, api: ApiClient) -> None:
        cita = programar(api)
        ok(pasar_a(api, cita, "cancelada"))
        programar(api)

    def test_una_ausencia_libera_la_hora(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ya_empezo(app, cita)
        ok(pasar_a(api, cita, "no_asistio"))
        programar(api)

    def test_con_otros_campos_no(self, api: ApiClient) -> None:
        cita = programar(api)
        problem(api.put(f"/citas/{cita['id']}", {"estado": "cancelada", "doctor_id": 2}), 422)

    def test_otro_estado_por_put_no(self, api: ApiClient) -> None:
        cita = programar(api)
        problem(api.put(f"/citas/{cita['id']}", {"estado": "completada"}), 422)


class TestEliminar:
    def test_desaparece_y_libera_la_hora(self, api: ApiClient) -> None:
        cita = programar(api)
        assert api.delete(f"/citas/{cita['id']}").status_code == 204
        problem(api.get(f"/citas/{cita['id']}"), 404)
        problem(api.delete(f"/citas/{cita['id']}"), 404)
        assert ok(api.get("/citas"))["datos"] == []
        programar(api)

    @pytest.mark.parametrize("estado", ["en_curso", "completada"])
    def test_una_atendida_no(self, api: ApiClient, estado: str) -> None:
        cita = programar(api)
        ok(pasar_a(api, cita, estado))
        problem(api.delete(f"/citas/{cita['id']}"), 409, "cita_atendida")

    def test_la_eliminada_se_ve_al_sincronizar(self, api: ApiClient) -> None:
        cita = programar(api)
        api.delete(f"/citas/{cita['id']}")
        desde = {"actualizado_desde": "2020-01-01T00:00:00Z", "incluir_eliminados": "true"}
        (vista,) = ok(api.get("/citas", query_string=desde))["datos"]
        assert vista["eliminado_en"] is not None


class TestCorregir:
    def test_pide_if_match(self, api: ApiClient) -> None:
        cita = programar(api)
        problem(api.put(f"/citas/{cita['id']}", {"motivo_consulta": "Limpieza"}), 428)

    def test_con_la_version_leida(self, api: ApiClient) -> None:
        cita = programar(api)
        respuesta = api.put(f"/citas/{cita['id']}", {"motivo_consulta": "Limpieza"}, headers={"If-Match": '"1"'})
        assert ok(respuesta)["motivo_consulta"] == "Limpieza"
        assert respuesta.headers["ETag"] == '"2"'
        vieja = api.put(f"/citas/{cita['id']}", {"motivo_consulta": "Otra"}, headers={"If-Match": '"1"'})
        problem(vieja, 412)

    def test_lo_ausente_se_queda(self, api: ApiClient) -> None:
        cita = programar(api)
        cambiada = ok(
            api.put(f"/citas/{cita['id']}", {"telefono_contacto": "098 765 4321"}, headers={"If-Match": "*"})
        )
        assert cambiada["telefono_contacto"] == "0987654321"
        assert cambiada["motivo_consulta"] == cita["motivo_consulta"]

    def test_los_mismos_datos_no_la_mueven(self, api: ApiClient) -> None:
        cita = programar(api)
        igual = {campo: cita[campo] for campo in ("fecha_hora", "doctor_id", "centro_id", "paciente_id", "estado")}
        assert ok(api.put(f"/citas/{cita['id']}", igual, headers={"If-Match": "*"}))["id"] == cita["id"]

    def test_alargarla_sobre_la_siguiente_no(self, api: ApiClient) -> None:
        cita = programar(api, duracion_minutos=30)
        programar(api, fecha_hora=cita["fecha_hora"].replace("T10:00", "T10:30"))
        largo = api.put(f"/citas/{cita['id']}", {"duracion_minutos": 45}, headers={"If-Match": "*"})
        problem(largo, 409, "doctor_ocupado")
        assert ok(api.get(f"/citas/{cita['id']}"))["duracion_minutos"] == 30

    def test_otra_sala(self, api: ApiClient) -> None:
        cita = programar(api)
        ok(api.put(f"/citas/{cita['id']}", {"sala_id": 2}, headers={"If-Match": "*"}))
        problem(api.post("/citas", datos_de_cita(doctor_id=2, paciente_id=2, sala_id=2)), 409, "sala_ocupada")
        otra = api.put(f"/citas/{cita['id']}", {"sala_id": 88}, headers={"If-Match": "*"})
        assert "sala_id" in problem(otra, 422)["errores"]

    def test_un_paciente_solo_sus_datos_de_contacto_y_el_motivo(self, api: ApiClient) -> None:
        cita = programar(api)
        paciente, url = api.as_("paciente", paciente_id=1), f"/citas/{cita['id']}"
        ok(paciente.put(url, {"telefono_contacto": "0987654321"}, headers={"If-Match": "*"}))
        problem(paciente.put(url, {"duracion_minutos": 600}, headers={"If-Match": "*"}), 403, "campo_no_permitido")
