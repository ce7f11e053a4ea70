"""Who sees and does what: the rights table of the requirements."""

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import anunciar_cita, crear_centro, crear_doctor, crear_paciente

LEER = ["admin:centros:leer", "admin:doctores:leer", "admin:catalogos:leer", "admin:configuracion:leer"]
DE_SECRETARIA = [*LEER, "admin:pacientes:leer", "admin:pacientes:editar"]
DE_MEDICO = [*LEER, "admin:pacientes:leer"]
DE_PACIENTE = ["admin:centros:leer", "admin:doctores:leer", "admin:pacientes:leer", "admin:pacientes:editar"]


@pytest.fixture
def red(api: ApiClient) -> ApiClient:
    """Two centres and doctors; patient 1 is of centre 1, 2 of 2, 3 of none, 4 of 2 with an appointment in 1."""
    for _ in range(2):
        crear_centro(api)
        crear_doctor(api, identificacion=None, telefono="0991234567")
    for centro_id in (1, 2, None, 2):
        crear_paciente(api, centro_id=centro_id)
    ok(anunciar_cita(api, 1, paciente_id=4, doctor_id=1, centro_id=1))
    ok(anunciar_cita(api, 2, paciente_id=2, doctor_id=2, centro_id=2))
    ok(anunciar_cita(api, 3, "cancelada", paciente_id=2, doctor_id=1, centro_id=1))
    return api


def secretaria(api: ApiClient, *mas: str) -> ApiClient:
    return api.as_("secretaria", [*DE_SECRETARIA, *mas], centros=[1])


def medico(api: ApiClient, doctor_id: int | None = 1) -> ApiClient:
    return api.as_("medico", DE_MEDICO, doctor_id=doctor_id)


def paciente(api: ApiClient, paciente_id: int | None = 1) -> ApiClient:
    return api.as_("paciente", DE_PACIENTE, paciente_id=paciente_id)


def ve(api: ApiClient) -> list[int]:
    return [p["id"] for p in ok(api.get("/admin/pacientes"))["datos"]]


class TestPacientes:
    def test_cada_uno_ve_los_suyos(self, red: ApiClient) -> None:
        assert ve(red) == [1, 2, 3, 4]
        assert ve(secretaria(red)) == [1, 3, 4]
        assert ve(medico(red)) == [4]
        assert ve(paciente(red)) == [1]

    def test_sin_alcance_no_se_ve_nada(self, red: ApiClient) -> None:
        assert ve(medico(red, None)) == ve(paciente(red, None)) == []
        assert ve(red.as_("otro", DE_MEDICO, alcance="ninguno")) == []
        assert ve(red.as_("otro", DE_MEDICO, alcance="cualquiera")) == []
        assert ve(red.as_("secretaria", DE_SECRETARIA, centros=[])) == [3]

    def test_el_ajeno_no_existe(self, red: ApiClient) -> None:
        for quien, ajeno in ((secretaria(red), 2), (medico(red), 1), (paciente(red), 2)):
            problem(quien.get(f"/admin/pacientes/{ajeno}"), 404)
        problem(secretaria(red).put("/admin/pacientes/2", {"direccion": "X"}), 404)
        problem(secretaria(red).get("/admin/pacientes/2/consentimientos"), 404)

    def test_la_busqueda_tampoco_pasa_del_alcance(self, red: ApiClient) -> None:
        for quien, cuantos in ((red, 4), (secretaria(red), 3), (medico(red), 1), (paciente(red), 1)):
            assert len(ok(quien.get("/admin/pacientes/buscar?q=nuñez"))["datos"]) == cuantos

    def test_quien_no_tiene_el_permiso_no_pasa(self, red: ApiClient) -> None:
        nuevo = {"nombre": "Ana Pérez", "crear_usuario": False}
        problem(secretaria(red).post("/admin/pacientes", nuevo), 403)
        problem(medico(red).put("/admin/pacientes/4", {"direccion": "X"}), 403)
        problem(paciente(red).post("/admin/pacientes", nuevo), 403)
        problem(secretaria(red).delete("/admin/pacientes/1"), 403)
        problem(secretaria(red).post("/admin/pacientes/1/fusion", {"absorbido_id": 3, "motivo": "x"}), 403)
        problem(secretaria(red).get("/admin/reportes/pacientes"), 403)

    def test_la_secretaria_crea_si_se_le_concede_y_en_sus_centros(self, red: ApiClient) -> None:
        quien = secretaria(red, "admin:pacientes:crear")
        ok(quien.post("/admin/pacientes", {"nombre": "Ana Pérez", "centro_id": 1, "crear_usuario": False}), 201)
        ajeno = {"nombre": "Ana Pérez", "centro_id": 2, "crear_usuario": False}
        problem(quien.post("/admin/pacientes", ajeno), 403, "centro_ajeno")
        problem(quien.put("/admin/pacientes/1", {"centro_id": 2}), 403, "centro_ajeno")
        assert ok(quien.put("/admin/pacientes/1", {"direccion": "Otra"}))["direccion"] == "Otra"

    def test_el_paciente_solo_cambia_su_contacto(self, red: ApiClient) -> None:
        quien = paciente(red)
        contacto = {"telefono": "0987654321", "email": "yo@example.com", "direccion": "Mi casa"}
        assert ok(quien.put("/admin/pacientes/1", contacto))["telefono"] == "0987654321"
        respuesta = problem(
            quien.put("/admin/pacientes/1", {**contacto, "nombres": "Otro"}), 403, "campo_no_permitido"
        )
        assert set(respuesta["errores"]) == {"nombres"}
        problem(quien.patch("/admin/pacientes/1/estado", {"estado": "inactivo"}), 403)
        problem(quien.put("/admin/pacientes/2", contacto), 404)
        ok(
            quien.post("/admin/pacientes/1/consentimientos", {"tipo": "mercadeo", "otorgado": False, "canal": "web"}),
            201,
        )

    def test_aunque_se_le_conceda_crear_no_crea(self, red: ApiClient) -> None:
        quien = red.as_("paciente", [*DE_PACIENTE, "admin:pacientes:crear"], paciente_id=1)
        problem(quien.post("/admin/pacientes", {"nombre": "Ana Pérez", "crear_usuario": False}), 403)
        problem(quien.post("/admin/pacientes/carga", [{"nombre": "Ana Pérez"}]), 403)


class TestCentrosYDoctores:
    def test_el_personal_los_ve_y_no_los_toca(self, red: ApiClient) -> None:
        for quien in (secretaria(red), medico(red)):
            assert ok(quien.get("/admin/doctores/1"))["telefono"] == "0991234567"
            assert len(ok(quien.get("/admin/centros"))["datos"]) == 2
            problem(quien.put("/admin/centros/1", {"nombre": "X"}), 403)
            problem(quien.post("/admin/doctores", {"nombre": "A B"}), 403)

    def test_el_paciente_ve_lo_que_necesita_para_agendar(self, red: ApiClient) -> None:
        doctor = ok(paciente(red).get("/admin/doctores/1"))
        assert set(doctor) == {
            *("id", "nombres", "apellidos", "nombre_completo", "especialidades", "registro_profesional"),
            *("activo", "servicios", "centros"),
        }
        centro = ok(paciente(red).get("/admin/centros/1"))
        assert set(centro) == {"id", "codigo", "nombre", "direccion", "telefono", "zona_horaria", "activo"}

    def test_el_paciente_no_ve_a_los_inactivos(self, red: ApiClient) -> None:
        ok(red.put("/admin/doctores/1", {"activo": False}))
        ok(red.put("/admin/centros/1", {"activo": False}))
        assert [d["id"] for d in ok(paciente(red).get("/admin/doctores"))["datos"]] == [2]
        assert [c["id"] for c in ok(paciente(red).get("/admin/centros"))["datos"]] == [2]
        problem(paciente(red).get("/admin/doctores/1"), 404)
        assert len(ok(medico(red).get("/admin/doctores"))["datos"]) == 2

    def test_quien_edita_por_permiso_suelto_no_sale_de_sus_centros(self, red: ApiClient) -> None:
        quien = secretaria(red, "admin:centros:editar", "admin:doctores:editar")
        ok(quien.put("/admin/centros/1", {"direccion": "Nueva"}))
        problem(quien.put("/admin/centros/2", {"direccion": "Nueva"}), 403, "centro_ajeno")
        problem(quien.post("/admin/centros/2/salas", {"nombre": "S"}), 403, "centro_ajeno")
        problem(quien.put("/admin/doctores/1", {"activo": False}), 403, "doctor_ajeno")
        ok(red.put("/admin/doctores/1", {"centros": [1]}))
        ok(quien.put("/admin/doctores/1", {"telefono": "022345678"}))
        problem(quien.put("/admin/doctores/1", {"centros": [1, 2]}), 403, "centro_ajeno")


class TestServicios:
    def test_lo_interno_es_solo_para_servicios(self, red: ApiClient) -> None:
        problem(red.get("/interno/reserva?doctor_id=1"), 403)
        problem(red.with_token(None).get("/interno/reserva?doctor_id=1"), 401)
