"""What the log may no longer tell."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from comun.testing.client import ApiClient, ok
from comun.testing.together import meanwhile
from comunicaciones.casos_de_uso.olvido import depurar_eventos
from comunicaciones.extensiones import db
from comunicaciones.modelos import EntregaWebhook, Evento

from ..fabricas import entregas, evento, recibir, suscribir


def datos(api: ApiClient, sujeto: str) -> dict[str, object]:
    [visto] = ok(api.get("/comunicaciones/eventos", query_string={"sujeto": sujeto}))["datos"]
    return dict(visto["datos"])


def test_de_un_paciente_anonimizado_no_queda_nada_personal(api: ApiClient) -> None:
    webhook = suscribir(api, "cita.*")
    recibir(
        api,
        evento("usuario.invitado.v1", "usuario/8", paciente_id=None, nombre_usuario="rosa.mena"),
        evento("paciente.creado.v1", "paciente/5", id=5, nombres="Rosa", email="rosa@example.com"),
        evento("cita.recordatorio.v1", "cita/9", paciente_id=5, enlace="https://clinica.example/x", telefono="099"),
        evento("paciente.creado.v1", "paciente/6", id=6, nombres="Otra"),
    )
    recibir(api, evento("paciente.anonimizado.v1", "paciente/5", id=5, usuario_id=8))
    creado = ok(api.get("/comunicaciones/eventos?tipo=paciente.creado&sujeto=paciente/5"))["datos"][0]["datos"]
    assert (creado["nombres"], creado["email"], creado["id"]) == ("anonimizado", None, 5)
    cita = datos(api, "cita/9")
    assert (cita["enlace"], cita["telefono"], cita["motivo_consulta"]) == ("anonimizado", None, None)
    assert datos(api, "usuario/8")["nombre_usuario"] == "anonimizado"
    assert datos(api, "paciente/6")["nombres"] == "Otra"
    assert [e["estado"] for e in entregas(api, webhook)] == ["pendiente"]


RECORDATORIO = {"paciente_id": 5, "enlace": "https://clinica.example/x", "telefono": "0991234567"}


def test_lo_que_llega_tarde_de_un_paciente_anonimizado_tampoco_dice_quien_era(api: ApiClient) -> None:
    """Services tell of a patient until they hear of it; each event has its own way here."""
    recibir(api, evento("paciente.anonimizado.v1", "paciente/5", id=5, usuario_id=8))
    recibir(
        api,
        evento("cita.recordatorio.v1", "cita/9", **RECORDATORIO),
        evento("cita.recordatorio.v1", "cita/10", **{**RECORDATORIO, "paciente_id": 6}),
        evento("usuario.actualizado.v1", "usuario/8", id=8, paciente_id=None, nombre_usuario="rosa.mena"),
    )
    assert datos(api, "cita/9")["telefono"] is None
    assert datos(api, "usuario/8")["nombre_usuario"] == "anonimizado"
    assert datos(api, "cita/10")["telefono"] == "0991234567"


@pytest.mark.both_databases
def test_lo_que_llega_a_la_vez_que_el_olvido_se_olvida(api: ApiClient, app: Flask) -> None:
    def recordatorio() -> None:
        recibir(ApiClient(app), evento("cita.recordatorio.v1", "cita/9", **RECORDATORIO))

    with meanwhile(app, "INSERT INTO evento ", recordatorio) as llegada:
        recibir(api, evento("paciente.anonimizado.v1", "paciente/5", id=5, usuario_id=None))
    assert llegada == [None]
    assert datos(api.as_("admin"), "cita/9")["telefono"] is None


def test_los_eventos_se_conservan_unos_dias_y_con_ellos_sus_entregas(api: ApiClient, app: Flask) -> None:
    webhook = suscribir(api)
    viejo, reciente = recibir(api, evento(), evento())
    dias = app.config["COMUNICACIONES_EVENTOS_DIAS"]
    with app.app_context():
        hace = datetime.now(UTC) - timedelta(days=dias, minutes=1)
        db.session.execute(update(Evento).where(Evento.evento_id == viejo).values(recibido_en=hace))
        db.session.commit()
        assert [depurar_eventos(), depurar_eventos()] == [1, 0]
        assert db.session.scalar(db.select(db.func.count()).select_from(EntregaWebhook)) == 1
    [entrega] = entregas(api, webhook)
    assert entrega["evento"]["evento_id"] == reciente
