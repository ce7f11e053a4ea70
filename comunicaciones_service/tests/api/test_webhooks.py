"""Subscriptions: made, changed, paused, taken up again, ended; and their secrets."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from standardwebhooks import Webhook as Firma

from comun.testing.client import ApiClient, ok, problem
from comun.testing.peers import Peer, Reply
from comunicaciones import secretos
from comunicaciones.extensiones import db, tablas
from comunicaciones.modelos import Webhook

from ..fabricas import URL, entregas, evento, recibir, suscribir

WEBHOOKS = "/comunicaciones/webhooks"


def ruta(webhook: dict[str, Any], cola: str = "") -> str:
    return f"{WEBHOOKS}/{webhook['id']}{cola}"


def estado(api: ApiClient, webhook: dict[str, Any], nuevo: str, **mas: Any) -> Any:
    return api.patch(ruta(webhook, "/estado"), {"estado": nuevo, **mas})


def fallar(app: Flask, webhook: dict[str, Any]) -> None:
    """As the worker notes it: past the version."""
    momento = datetime.now(UTC)
    with app.app_context():
        db.session.execute(
            update(Webhook)
            .where(Webhook.id == webhook["id"])
            .values(fallos_seguidos=9, falla_desde=momento, avisado_en=momento, ultimo_error="HTTP 503")
            .values(proximo_intento=momento + timedelta(hours=1))
        )
        db.session.commit()


class TestSuscribir:
    def test_un_webhook_nuevo_muestra_su_secreto_esta_unica_vez(self, api: ApiClient) -> None:
        respuesta = api.post(
            WEBHOOKS, {"nombre": "n8n", "url": URL, "tipos": ["cita.*"], "contacto": "Yo@Example.com"}
        )
        nuevo = ok(respuesta, 201)
        assert respuesta.headers["Location"] == ruta(nuevo)
        assert len(b64decode(nuevo.pop("secreto").removeprefix("whsec_"))) == 32
        visto = api.get(ruta(nuevo))
        assert ok(visto) == nuevo
        assert visto.headers["ETag"] == respuesta.headers["ETag"]
        assert (nuevo["estado"], nuevo["contacto"], nuevo["fallos_seguidos"]) == ("activo", "yo@example.com", 0)
        assert "whsec_" not in api.get(WEBHOOKS).text

    def test_el_secreto_se_guarda_cifrado_y_no_queda_en_la_auditoria(self, api: ApiClient, app: Flask) -> None:
        secreto = suscribir(api)["secreto"]
        with app.app_context():
            webhook = db.session.scalars(db.select(Webhook)).one()
            assert secreto not in webhook.secreto
            assert secretos.vigentes(webhook) == [secreto]
            assert secreto not in str(db.session.execute(db.select(tablas.audit)).all())

    def test_repetir_con_la_misma_clave_no_guarda_la_respuesta_con_el_secreto(
        self, api: ApiClient, app: Flask
    ) -> None:
        cuerpo = {"nombre": "n8n", "url": URL, "tipos": ["*"]}
        ok(api.post(WEBHOOKS, cuerpo, headers={"Idempotency-Key": "uno"}), 201)
        with app.app_context():
            assert db.session.execute(db.select(tablas.idempotency)).all() == []

    @pytest.mark.parametrize(
        ("campo", "valor"),
        [
            ("nombre", None),
            ("tipos", []),
            ("tipos", ["cita.*", "cita.*"]),
            ("tipos", ["cita.jamas_vista"]),
            ("tipos", ["CITA.*"]),
            ("tipos", "*"),
            ("contacto", "nadie"),
            ("url", "https://10.0.0.1/webhook"),
            ("url", "http://1.1.1.1/webhook"),
            ("url", "https://alguien:clave@1.1.1.1/webhook"),
            ("url", "mailto:yo@example.com"),
            ("secreto", "whsec_elegido"),
            ("estado", "pausado"),
        ],
    )
    def test_lo_que_no_se_puede_suscribir(self, api: ApiClient, campo: str, valor: object) -> None:
        cuerpo = {"nombre": "n8n", "url": URL, "tipos": ["*"], campo: valor}
        assert campo in problem(api.post(WEBHOOKS, cuerpo), 422)["errores"]

    @pytest.mark.parametrize("campo", ["nombre", "url", "tipos"])
    def test_lo_que_no_puede_faltar(self, api: ApiClient, campo: str) -> None:
        cuerpo = {"nombre": "n8n", "url": URL, "tipos": ["*"]}
        del cuerpo[campo]
        assert campo in problem(api.post(WEBHOOKS, cuerpo), 422)["errores"]

    def test_quien_solo_puede_ver_no_cambia_nada(self, api: ApiClient) -> None:
        webhook, curioso = suscribir(api), api.as_("secretaria", ["webhooks:leer"])
        ok(curioso.get(ruta(webhook)))
        for respuesta in (
            curioso.post(WEBHOOKS, {}),
            curioso.put(ruta(webhook), {}),
            curioso.delete(ruta(webhook)),
            curioso.patch(ruta(webhook, "/estado"), {}),
            curioso.post(ruta(webhook, "/secreto"), {}),
            curioso.post(ruta(webhook, "/reenvio"), {}),
            curioso.post(ruta(webhook, "/prueba")),
        ):
            problem(respuesta, 403)
        problem(api.as_("secretaria", []).get(WEBHOOKS), 403)


class TestCambiar:
    def test_a_una_direccion_interna_no_se_cambia(self, api: ApiClient) -> None:
        webhook = suscribir(api)
        respuesta = api.put(ruta(webhook), {"url": "https://169.254.169.254/"}, headers={"If-Match": "*"})
        assert "url" in problem(respuesta, 422)["errores"]
        assert ok(api.get(ruta(webhook)))["url"] == URL

    def test_lo_que_no_se_da_queda_como_estaba(self, api: ApiClient) -> None:
        webhook = suscribir(api, "cita.*", descripcion="Recepción")
        cambiado = ok(api.put(ruta(webhook), {"tipos": ["paciente.*"]}, headers={"If-Match": '"1"'}))
        assert (cambiado["tipos"], cambiado["url"], cambiado["descripcion"]) == (["paciente.*"], URL, "Recepción")

    def test_sin_if_match_no_se_edita_y_con_uno_viejo_tampoco(self, api: ApiClient) -> None:
        webhook = suscribir(api)
        problem(api.put(ruta(webhook), {"nombre": "otro"}), 428)
        ok(api.put(ruta(webhook), {"nombre": "otro"}, headers={"If-Match": '"1"'}))
        problem(api.put(ruta(webhook), {"nombre": "otro más"}, headers={"If-Match": '"1"'}), 412)
        problem(api.delete(ruta(webhook), headers={"If-Match": '"1"'}), 412)

    def test_como_le_va_no_cambia_su_version(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        fallar(app, webhook)
        respuesta = api.get(ruta(webhook))
        assert ok(respuesta)["fallos_seguidos"] == 9
        assert respuesta.headers["ETag"] == '"1"'

    def test_otra_direccion_empieza_sin_los_fallos_de_la_anterior(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        fallar(app, webhook)
        igual = ok(api.put(ruta(webhook), {"url": URL, "nombre": "otro"}, headers={"If-Match": "*"}))
        assert igual["falla_desde"] is not None
        nuevo = ok(api.put(ruta(webhook), {"url": f"{URL}/nueva"}, headers={"If-Match": "*"}))
        assert (nuevo["fallos_seguidos"], nuevo["falla_desde"], nuevo["proximo_intento"]) == (0, None, None)

    def test_un_webhook_que_se_retira_no_esta_mas_y_nada_le_espera(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        recibir(api, evento())
        ok(api.delete(ruta(webhook)), 204)
        recibir(api, evento())
        problem(api.get(ruta(webhook)), 404)
        problem(api.delete(ruta(webhook)), 404)
        problem(api.get(ruta(webhook, "/entregas")), 404)
        assert ok(api.get(WEBHOOKS))["datos"] == []
        with app.app_context():
            assert db.session.execute(db.text("SELECT estado FROM entrega_webhook")).scalars().all() == ["descartada"]


class TestPausar:
    def test_en_pausa_los_eventos_esperan_y_se_cuenta(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        pausado = ok(estado(api, webhook, "pausado", motivo="Mantenimiento"))
        assert (pausado["estado"], pausado["motivo_pausa"]) == ("pausado", "manual")
        assert pausado["pausado_en"] is not None
        recibir(api, evento())
        assert [e["estado"] for e in entregas(api, webhook)] == ["pendiente"]
        ok(estado(api, webhook, "activo"))
        with app.app_context():
            emitidos = db.session.execute(db.select(tablas.outbox).order_by(tablas.outbox.c.id)).all()
            motivos = db.session.scalars(db.select(tablas.audit.c.cambios)).all()
        assert [(e.tipo, e.datos["estado"]) for e in emitidos] == [
            ("webhook.pausado.v1", "pausado"),
            ("webhook.reanudado.v1", "activo"),
        ]
        assert {"motivo": "Mantenimiento"} in motivos
        assert URL not in str(emitidos)  # it may hold a secret

    def test_activar_olvida_los_fallos_y_da_un_plazo_nuevo_a_lo_que_espera(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        recibir(api, evento())
        [antes] = entregas(api, webhook)
        fallar(app, webhook)
        ok(estado(api, webhook, "pausado"))
        activo = ok(estado(api, webhook, "activo"))
        [despues] = entregas(api, webhook)
        assert (activo["motivo_pausa"], activo["pausado_en"], activo["falla_desde"]) == (None, None, None)
        assert (activo["fallos_seguidos"], activo["ultimo_error"], activo["proximo_intento"]) == (0, None, None)
        assert despues["pendiente_desde"] > antes["pendiente_desde"]

    @pytest.mark.parametrize("nuevo", ["pausado", "activo"])
    def test_lo_que_espera_se_puede_descartar(self, api: ApiClient, nuevo: str) -> None:
        webhook = suscribir(api)
        if nuevo == "activo":
            ok(estado(api, webhook, "pausado"))
        recibir(api, evento())
        ok(estado(api, webhook, nuevo, descartar_pendientes=True))
        assert [e["estado"] for e in entregas(api, webhook)] == ["descartada"]

    def test_pausar_lo_pausado_y_activar_lo_activo_es_un_conflicto(self, api: ApiClient) -> None:
        webhook = suscribir(api)
        problem(estado(api, webhook, "activo"), 409, "transicion_ilegal")
        ok(estado(api, webhook, "PAUSADO"))
        problem(estado(api, webhook, "pausado"), 409, "transicion_ilegal")

    def test_se_listan_por_estado(self, api: ApiClient) -> None:
        uno, otro = suscribir(api, nombre="uno"), suscribir(api, nombre="otro")
        ok(estado(api, uno, "pausado"))
        vistos = {
            e: [w["nombre"] for w in ok(api.get(f"{WEBHOOKS}?estado={e}"))["datos"]] for e in ("activo", "pausado")
        }
        assert vistos == {"activo": [otro["nombre"]], "pausado": [uno["nombre"]]}


class TestProbar:
    def test_se_ve_al_momento_que_contesta_su_receptor(self, api: ApiClient) -> None:
        with Peer(lambda _visto: Reply(202, body=b"anotado")) as receptor:
            webhook = suscribir(api, "cita.*", url=f"{receptor.url}/n8n")
            contestado = ok(api.post(ruta(webhook, "/prueba")))
            [visto] = receptor.seen
        assert contestado | {"ms": 0} == {
            "entregado": True,
            "estado_http": 202,
            "ms": 0,
            "error": None,
            "respuesta": "anotado",
        }
        assert (
            Firma(webhook["secreto"]).verify(visto.body, dict(visto.headers.items()))["type"] == "webhook.prueba.v1"
        )
        assert [e["estado"] for e in entregas(api, webhook)] == ["entregada"]

    def test_una_prueba_no_es_noticia_para_nadie_mas(self, api: ApiClient) -> None:
        probado, otro = suscribir(api), suscribir(api)
        assert ok(api.post(ruta(probado, "/prueba")))["entregado"] is False
        tramo = {"desde": "2026-01-15T10:00:00-05:00"}
        assert ok(api.post(ruta(otro, "/reenvio"), tramo), 202) == {"entregas": 0}
        assert entregas(api, otro) == []


class TestSecreto:
    def vigentes(self, app: Flask) -> list[str]:
        with app.app_context():
            return secretos.vigentes(db.session.scalars(db.select(Webhook)).one())

    def test_el_anterior_firma_junto_al_nuevo_mientras_dura(self, api: ApiClient, app: Flask) -> None:
        primero = suscribir(api)
        segundo = ok(api.post(ruta(primero, "/secreto"), {"vigencia_horas": 48}))
        assert segundo["secreto"] != primero["secreto"]
        resta = datetime.fromisoformat(segundo["secreto_anterior_hasta"]) - datetime.now(UTC)
        assert timedelta(hours=47) < resta <= timedelta(hours=48)
        assert self.vigentes(app) == [segundo["secreto"], primero["secreto"]]
        tercero = ok(api.post(ruta(primero, "/secreto"), {}))
        assert self.vigentes(app) == [tercero["secreto"], segundo["secreto"]]
        assert "secreto" not in ok(api.get(ruta(primero)))

    def test_el_anterior_se_puede_invalidar_al_momento(self, api: ApiClient, app: Flask) -> None:
        webhook = suscribir(api)
        nuevo = ok(api.post(ruta(webhook, "/secreto"), {"vigencia_horas": 0}))
        assert self.vigentes(app) == [nuevo["secreto"]]

    @pytest.mark.parametrize("horas", [-1, 169, "mucho"])
    def test_la_vigencia_tiene_limites(self, api: ApiClient, horas: object) -> None:
        problem(api.post(ruta(suscribir(api), "/secreto"), {"vigencia_horas": horas}), 422)
