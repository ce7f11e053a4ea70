"""What happens when many do the same thing at the same moment."""

from typing import Any

import pytest

from comun.testing.client import ApiClient, ok
from comun.testing.together import statuses_at_once

from ..conftest import OtrosServicios
from ..fabricas import anunciar_cita, crear_centro, crear_paciente

pytestmark = pytest.mark.both_databases


def test_una_identificacion_entra_una_vez(api: ApiClient) -> None:
    datos = {"nombre": "Ana Pérez", "identificacion": "1714307103", "crear_usuario": False}
    assert statuses_at_once(*[lambda: api.post("/admin/pacientes", datos)] * 8) == [201, *[409] * 7]
    assert len(ok(api.get("/admin/pacientes"))["datos"]) == 1


def test_una_persona_con_usuario_nace_una_vez(api: ApiClient, otros: OtrosServicios) -> None:
    datos = {"nombre": "Ana Pérez", "nombre_usuario": "ana", "contrasena": "Colibri-Paramo-7"}
    estados = statuses_at_once(*[lambda: api.post("/admin/pacientes", datos)] * 6)
    assert estados == [201, *[409] * 5]
    pacientes = ok(api.get("/admin/pacientes"))["datos"]
    assert len(pacientes) == 1
    confirmados = [u for u in otros.usuarios.values() if u["confirmado"]]
    assert [u["paciente_id"] for u in confirmados] == [pacientes[0]["id"]]


def test_la_misma_clave_de_idempotencia_tiene_un_efecto(api: ApiClient) -> None:
    def crear() -> Any:
        datos = {"nombre": "Ana Pérez", "crear_usuario": False}
        return api.post("/admin/pacientes", datos, headers={"Idempotency-Key": "una"})

    assert set(statuses_at_once(*[crear] * 6)) <= {201, 409}
    assert len(ok(api.get("/admin/pacientes"))["datos"]) == 1


def test_una_especialidad_nueva_se_agrega_una_vez(api: ApiClient) -> None:
    datos = {"nombre": "Ana Pérez", "especialidad": "Nueva", "crear_usuario": False}
    assert statuses_at_once(*[lambda: api.post("/admin/doctores", datos)] * 6) == [201] * 6
    assert len(ok(api.get("/admin/especialidades"))["datos"]) == 1


def test_centros_sin_codigo_reciben_codigos_distintos(api: ApiClient) -> None:
    assert statuses_at_once(*[lambda: api.post("/admin/centros", {"nombre": "Otro"})] * 6) == [201] * 6


def test_dos_ediciones_de_lo_mismo_no_se_pisan_en_silencio(api: ApiClient) -> None:
    ruta = f"/admin/centros/{crear_centro(api)['id']}"
    etag = {"If-Match": api.get(ruta).headers["ETag"]}
    estados = statuses_at_once(*[lambda: api.put(ruta, {"nombre": "Otro"}, headers=etag)] * 5)
    assert estados.count(200) == 1
    assert set(estados) <= {200, 409, 412}


def test_dos_fusiones_cruzadas_dejan_una(api: ApiClient) -> None:
    crear_paciente(api)
    crear_paciente(api)
    estados = statuses_at_once(
        lambda: api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "x"}),
        lambda: api.post("/admin/pacientes/2/fusion", {"absorbido_id": 1, "motivo": "x"}),
    )
    assert estados == [200, 404]
    assert len(ok(api.get("/admin/pacientes"))["datos"]) == 1


def test_noticias_desordenadas_a_la_vez_dejan_la_ultima(api: ApiClient) -> None:
    paciente = crear_paciente(api)["id"]
    estados = ["programada", "confirmada", "en_sala", "en_curso", "completada"]
    llamadas = [
        lambda n=n, e=e: anunciar_cita(api, 1, e, n, paciente_id=paciente, dias=-1) for n, e in enumerate(estados, 1)
    ]
    assert statuses_at_once(*llamadas, *llamadas) == [200] * 10
    assert ok(api.get(f"/admin/pacientes/{paciente}"))["citas_realizadas"] == 1


def test_de_dos_cambios_de_la_misma_configuracion_vale_uno(api: ApiClient) -> None:
    etag = {"If-Match": api.get("/admin/configuracion").headers["ETag"]}
    claves = [f"agenda.dato_{n}" for n in range(5)]
    estados = statuses_at_once(
        *[lambda c=c: api.put("/admin/configuracion", {"valores": {c: 1}}, headers=etag) for c in claves]
    )
    assert estados == [200, 412, 412, 412, 412]
