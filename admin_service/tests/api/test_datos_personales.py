"""Rights of the patient: all that is held, and to be forgotten where no duty forbids it."""

from typing import Any

import pytest
from flask import Flask

from admin.extensiones import db
from comun.testing.client import ApiClient, ok, problem

from ..conftest import OtrosServicios
from ..fabricas import anunciar_cita, auditoria, buscar, crear_paciente, eventos

ANA = {
    "nombres": "Anabel",
    "apellidos": "Secretísima",
    "identificacion": "1714307103",
    "telefono": "0998877665",
    "email": "anabel@example.com",
    "direccion": "Calle Escondida",
    "fecha_nacimiento": "1990-01-01",
}
RASTROS = ("anabel", "secret", "1714307103", "998877665", "escondida")


def anonimizar(api: ApiClient, alcance: str = "completa") -> Any:
    return api.post("/admin/pacientes/1/anonimizacion", {"motivo": "Lo pidió", "alcance": alcance})


def rastros(app: Flask) -> str:
    """Everything in the database but the answers kept for repeated requests, which go within a day."""
    with app.app_context():
        tablas = [tabla for tabla in db.metadata.sorted_tables if tabla.name != "idempotencia"]
        return str([db.session.execute(db.select(tabla)).all() for tabla in tablas]).lower()


class TestExportacion:
    def test_reune_lo_de_todos(self, api: ApiClient, app: Flask) -> None:
        crear_paciente(api, **ANA, consentimientos=[{"tipo": "mercadeo", "otorgado": True}])
        crear_paciente(api, nombres="Ana")
        ok(api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "x"}))
        ok(anunciar_cita(api))
        exportado = ok(api.get("/admin/pacientes/1/exportacion"))
        assert (exportado["completa"], exportado["sin_respuesta"]) == (True, [])
        propio = exportado["datos"]["administracion"]
        assert propio["paciente"]["identificacion"] == "1714307103"
        assert [f["nombres"] for f in propio["fichas_fusionadas"]] == ["Ana"]
        assert len(propio["consentimientos"]) == len(propio["citas"]) == 1
        assert exportado["datos"]["citas"] == {"citas": [{"id": 7, "paciente_id": 1}]}
        assert auditoria(app)[-1].accion == "exportacion"

    def test_dice_quien_no_respondio(self, api: ApiClient, otros: OtrosServicios) -> None:
        crear_paciente(api)
        otros.falla = "antes"
        exportado = ok(api.get("/admin/pacientes/1/exportacion"))
        assert exportado["completa"] is False
        assert exportado["sin_respuesta"] == ["auth", "citas", "historia_clinica", "facturacion"]
        assert exportado["datos"]["administracion"]["paciente"]["id"] == 1


class TestAnonimizacion:
    def test_no_queda_nada_de_la_persona(self, api: ApiClient, app: Flask) -> None:
        luz = {"nombre": "Luz Secretísima", "telefono": "0998877665"}
        crear_paciente(api, **ANA, representante=luz, consentimientos=[{"tipo": "mercadeo", "otorgado": True}])
        ok(api.put("/admin/pacientes/1", {"telefono": "0998877665", "direccion": "Otra calle escondida"}))
        ok(anonimizar(api))
        hallados = [rastro for rastro in RASTROS if rastro in rastros(app)]
        assert hallados == []
        assert buscar(api, "anabel") == []
        leido = ok(api.get("/admin/pacientes/1"))
        assert (leido["nombre_completo"], leido["estado_paciente"]) == ("Paciente anonimizado", "inactivo")

    def test_tampoco_de_las_fichas_que_absorbio(self, api: ApiClient, app: Flask) -> None:
        crear_paciente(api, nombres="Otra", apellidos="Persona")
        crear_paciente(api, **ANA)
        ok(api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "x"}))
        ok(anonimizar(api))
        assert [rastro for rastro in RASTROS if rastro in rastros(app)] == []
        anunciados = [sujeto for tipo, sujeto, _ in eventos(app) if tipo == "paciente.anonimizado.v1"]
        assert anunciados == ["paciente/1", "paciente/2"]

    def test_los_demas_se_enteran(self, api: ApiClient, app: Flask, otros: OtrosServicios) -> None:
        crear_paciente(api, **ANA, usuario_id=otros.existe())
        ok(anonimizar(api))
        tipo, sujeto, datos = eventos(app)[-1]
        assert (tipo, sujeto, datos["usuario_id"]) == ("paciente.anonimizado.v1", "paciente/1", 1)
        assert (datos["nombres"], datos["telefono"], datos["email"]) == ("Paciente", None, None)
        assert ok(api.get("/admin/pacientes/1"))["usuario_id"] is None

    def test_quien_fue_atendido_conserva_su_ficha(self, api: ApiClient, app: Flask) -> None:
        crear_paciente(api, **ANA)
        ok(anunciar_cita(api, 1, "completada", dias=-30))
        assert "15 años" in problem(anonimizar(api), 409, "retencion_legal")["detail"]
        leido = ok(anonimizar(api, "contacto"))
        assert (leido["telefono"], leido["email"], leido["direccion"]) == (None, None, None)
        assert (leido["nombres"], leido["identificacion"]) == ("Anabel", "1714307103")
        texto = rastros(app)
        assert "998877665" not in texto
        assert "escondida" not in texto

    def test_pasado_el_plazo_se_borra(self, api: ApiClient) -> None:
        crear_paciente(api, **ANA)
        ok(anunciar_cita(api, 1, "completada", dias=-16 * 366))
        assert ok(anonimizar(api))["nombres"] == "Paciente"

    def test_con_citas_por_venir_no(self, api: ApiClient) -> None:
        crear_paciente(api, **ANA)
        ok(anunciar_cita(api))
        problem(anonimizar(api), 409, "tiene_citas_futuras")
        problem(anonimizar(api, "contacto"), 409, "tiene_citas_futuras")

    def test_libera_la_identificacion(self, api: ApiClient) -> None:
        crear_paciente(api, **ANA)
        ok(anonimizar(api))
        crear_paciente(api, identificacion="1714307103")

    def test_no_se_deshace(self, api: ApiClient, otros: OtrosServicios) -> None:
        crear_paciente(api, **ANA)
        ok(anonimizar(api))
        consentimiento = {"tipo": "mercadeo", "otorgado": True}
        for respuesta in (
            api.put("/admin/pacientes/1", {"nombres": "Anabel", "telefono": "0998877665"}),
            api.put("/admin/pacientes/1", {"usuario_id": otros.existe()}),
            api.patch("/admin/pacientes/1/estado", {"estado": "activo"}),
            api.post("/admin/pacientes/1/consentimientos", consentimiento),
        ):
            problem(respuesta, 409, "paciente_anonimizado")
        leido = ok(api.get("/admin/pacientes/1"))
        assert (leido["nombre_completo"], leido["estado_paciente"]) == ("Paciente anonimizado", "inactivo")

    @pytest.mark.parametrize(("queda", "absorbido"), [(1, 2), (2, 1)])
    def test_no_se_fusiona_con_quien_se_conoce(self, api: ApiClient, queda: int, absorbido: int) -> None:
        crear_paciente(api, **ANA)
        ok(anonimizar(api))
        crear_paciente(api, **ANA)
        fusion = {"absorbido_id": absorbido, "motivo": "x"}
        problem(api.post(f"/admin/pacientes/{queda}/fusion", fusion), 409, "paciente_anonimizado")

    def test_hace_falta_un_motivo(self, api: ApiClient) -> None:
        crear_paciente(api)
        assert "motivo" in problem(api.post("/admin/pacientes/1/anonimizacion", {}), 422)["errores"]
