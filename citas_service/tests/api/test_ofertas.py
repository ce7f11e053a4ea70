"""Freed time finds one who waits: offered in order, kept for a while, taken once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Apartado, Espera, Hueco, Oferta
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, datos_de_cita, manana, programar
from ..esperas import (
    con_oferta,
    cuenta,
    dejar_vencer,
    dia,
    esperar,
    eventos,
    huecos,
    incoherencias,
    repartir,
    responder,
    se_libera,
    ver,
)
from ..fabricas import poner_politica


def test_tres_esperan_y_se_les_ofrece_por_turno(api: ApiClient, app: Flask) -> None:
    una, otra, urgente = (
        esperar(api, paciente_id=1),
        esperar(api, paciente_id=2),
        esperar(api, paciente_id=3, prioridad=5),
    )
    cita = se_libera(api)
    repartir(app)
    assert con_oferta(api, una, otra, urgente) == [3]
    oferta = ver(api, urgente)["oferta"]
    assert (oferta["doctor_id"], oferta["centro_id"], oferta["fecha_hora"]) == (1, 1, cita["fecha_hora"])
    assert oferta["duracion_minutos"] == 30
    repartir(app)
    assert con_oferta(api, una, otra, urgente) == [3]

    ok(responder(api, urgente, "rechazar"))
    assert ver(api, urgente)["estado"] == "esperando"
    repartir(app)
    assert con_oferta(api, una, otra, urgente) == [1]
    dejar_vencer(app)
    repartir(app)
    assert con_oferta(api, una, otra, urgente) == [2]
    assert incoherencias(app) == {}

    aceptada = ok(responder(api, otra, "aceptar"))
    assert aceptada["espera"]["estado"] == "atendida"
    assert aceptada["espera"]["cita_id"] == aceptada["cita"]["id"]
    assert aceptada["cita"]["fecha_hora"] == cita["fecha_hora"]
    assert aceptada["cita"]["paciente_id"] == 2
    assert aceptada["cita"]["registrado_por"] == "lista de espera"
    for _ in range(3):
        repartir(app)
    assert con_oferta(api, una, otra, urgente) == []
    assert huecos(app) == ["tomado"]
    assert [e["id"] for e in eventos(app, "espera.ofrecida.v1")] == [urgente["id"], una["id"], otra["id"]]
    assert [e["cita_id"] for e in eventos(app, "espera.atendida.v1")] == [aceptada["cita"]["id"]]
    assert incoherencias(app) == {}


def test_la_oferta_se_anuncia_con_lo_que_hace_falta_para_avisar(api: ApiClient, app: Flask) -> None:
    espera = esperar(api)
    cita = se_libera(api)
    repartir(app)
    (anuncio,) = eventos(app, "espera.ofrecida.v1")
    oferta = ver(api, espera)["oferta"]
    assert (anuncio["id"], anuncio["oferta_id"], anuncio["paciente_id"]) == (espera["id"], oferta["id"], 1)
    assert (anuncio["fecha_hora"], anuncio["duracion_minutos"]) == (cita["fecha_hora"], 30)
    assert (anuncio["telefono"], anuncio["email"]) == ("0991234567", "p@example.com")
    assert anuncio["enlace"].startswith("http://")
    assert [e["id"] for e in eventos(app, "espera.registrada.v1")] == [espera["id"]]


def test_mientras_se_ofrece_nadie_mas_lo_toma(api: ApiClient, app: Flask) -> None:
    espera = esperar(api)
    se_libera(api)
    repartir(app)
    problem(api.post("/citas", datos_de_cita(paciente_id=2)), 409, "doctor_ocupado")
    dejar_vencer(app)
    # No worker ran: the time is free the moment the offer is over.
    programar(api, paciente_id=2)
    problem(responder(api, espera, "aceptar"), 409, "oferta_vencida")
    repartir(app)
    assert (ver(api, espera)["estado"], huecos(app)) == ("esperando", ["cerrado"])


def test_al_borrar_una_cita_cancelada_su_hora_no_se_ofrece_otra_vez(api: ApiClient, app: Flask) -> None:
    cita = programar(api)
    ok(api.put(f"/citas/{cita['id']}", {"estado": "cancelada"}))
    assert api.delete(f"/citas/{cita['id']}").status_code == 204
    assert huecos(app) == ["pendiente"]


def test_lo_que_otro_tomo_y_volvio_a_dejar_se_ofrece_una_vez(api: ApiClient, app: Flask) -> None:
    se_libera(api)
    se_libera(api, paciente_id=7)
    espera, quien_lo_dejo = esperar(api), esperar(api, paciente_id=7)
    repartir(app)
    ok(responder(api, espera, "rechazar"))
    repartir(app)
    assert con_oferta(api, espera, quien_lo_dejo) == []
    assert huecos(app) == ["cerrado", "cerrado"]


def test_dos_que_dejan_un_grupo_dejan_dos_lugares(api: ApiClient, app: Flask) -> None:
    poner_politica(app, tratamiento_id=2, capacidad=3)
    grupo = [programar(api, paciente_id=n, tratamiento_id=2) for n in (6, 7, 8)]
    for cita in grupo[:2]:
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
    una, otra = (esperar(api, paciente_id=n, tratamiento_id=2) for n in (1, 2))
    repartir(app)
    assert con_oferta(api, una, otra) == [1, 2]
    assert incoherencias(app) == {}


class TestCuando:
    def test_la_oferta_vale_dos_horas(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api)
        se_libera(api, fecha_hora=manana(dias=5))
        repartir(app)
        queda = datetime.fromisoformat(ver(api, espera)["oferta"]["vence_en"]) - now()
        assert timedelta(minutes=118) < queda <= timedelta(minutes=120)

    def test_pero_a_lo_sumo_la_mitad_de_lo_que_falta(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api)
        inicio = now().replace(second=0, microsecond=0) + timedelta(minutes=62)
        se_libera(api, fecha_hora=inicio.isoformat())
        repartir(app)
        queda = datetime.fromisoformat(ver(api, espera)["oferta"]["vence_en"]) - now()
        assert timedelta(minutes=28) < queda <= timedelta(minutes=31)

    def test_lo_que_ya_empezo_no_se_ofrece(self, api: ApiClient, app: Flask) -> None:
        esperar(api)
        se_libera(api)
        with app.app_context():
            antes = now() - timedelta(minutes=1)
            db.session.execute(db.update(Hueco).values(inicio=antes, fin=antes + timedelta(minutes=30)))
            db.session.commit()
        repartir(app)
        assert huecos(app) == ["cerrado"]


class TestAceptar:
    @pytest.fixture
    def espera(self, api: ApiClient, app: Flask) -> dict[str, Any]:
        """Patient 1 has an offer; patient 2 waits behind."""
        espera = esperar(api)
        esperar(api, paciente_id=2)
        se_libera(api)
        repartir(app)
        return ver(api, espera)

    def test_dos_veces_es_una(self, api: ApiClient, app: Flask, espera: dict[str, Any]) -> None:
        primera, segunda = (ok(responder(api, espera, "aceptar")) for _ in range(2))
        assert primera == segunda
        assert cuenta(app, "SELECT count(*) FROM cita WHERE estado = 'programada'") == 1
        problem(responder(api, espera, "rechazar"), 409, "oferta_aceptada")
        assert len(eventos(app, "espera.atendida.v1")) == 1

    def test_vencida_no(self, api: ApiClient, app: Flask, espera: dict[str, Any]) -> None:
        dejar_vencer(app)
        for _ in range(2):
            problem(responder(api, espera, "aceptar"), 409, "oferta_vencida")
            problem(responder(api, espera, "rechazar"), 409, "oferta_vencida")
            repartir(app)
        assert ver(api, espera)["estado"] == "esperando"

    def test_rechazada_no(self, api: ApiClient, espera: dict[str, Any]) -> None:
        assert ok(responder(api, espera, "rechazar")) == ok(responder(api, espera, "rechazar"))
        problem(responder(api, espera, "aceptar"), 409, "oferta_rechazada")

    def test_sin_administracion_la_oferta_sigue_en_pie(
        self, api: ApiClient, app: Flask, admin: AdminDePrueba, espera: dict[str, Any]
    ) -> None:
        admin.caido = True
        problem(responder(api, espera, "aceptar"), 503)
        assert ver(api, espera)["oferta"] == espera["oferta"]
        admin.caido = False
        ok(responder(api, espera, "aceptar"))
        assert incoherencias(app) == {}

    def test_un_paciente_inactivo_no(self, api: ApiClient, admin: AdminDePrueba, espera: dict[str, Any]) -> None:
        admin.fichas["paciente_id"][1]["estado_paciente"] = "inactivo"
        problem(responder(api, espera, "aceptar"), 409, "paciente_inactivo")
        assert ver(api, espera)["estado"] == "ofrecida"

    def test_cada_uno_responde_por_lo_suyo(self, api: ApiClient, espera: dict[str, Any]) -> None:
        problem(responder(api.as_("paciente", paciente_id=2), espera, "aceptar"), 404)
        problem(responder(api.as_("secretaria", centros=[2]), espera, "aceptar"), 403, "centro_ajeno")
        problem(responder(api.as_("medico", doctor_id=1), espera, "aceptar"), 403)
        suya = ok(responder(api.as_("paciente", paciente_id=1), espera, "aceptar"))
        assert suya["cita"]["registrado_por"] == "lista de espera"

    def test_la_secretaria_del_centro_puede(self, api: ApiClient, espera: dict[str, Any]) -> None:
        ok(responder(api.as_("secretaria", centros=[1]), espera, "aceptar"))

    def test_retirarse_pasa_la_oferta_al_siguiente(self, api: ApiClient, app: Flask, espera: dict[str, Any]) -> None:
        assert api.delete(f"/citas/lista-espera/{espera['id']}").status_code == 204
        assert huecos(app) == ["pendiente"]
        assert incoherencias(app) == {}
        repartir(app)
        assert huecos(app) == ["ofrecido"]
        assert [e["paciente_id"] for e in eventos(app, "espera.ofrecida.v1")] == [1, 2]

    def test_con_una_oferta_pendiente_no_se_cambia_el_deseo(self, api: ApiClient, espera: dict[str, Any]) -> None:
        url = f"/citas/lista-espera/{espera['id']}"
        problem(api.put(url, {"hora_desde": "15:00"}), 409, "oferta_pendiente")
        assert ok(api.put(url, {"prioridad": 2}))["oferta"] == espera["oferta"]
        ok(responder(api, espera, "aceptar"))
        problem(api.put(url, {"notas": "x"}), 409, "espera_cerrada")

    def test_el_apartado_de_la_oferta_es_de_la_lista(
        self, api: ApiClient, app: Flask, espera: dict[str, Any]
    ) -> None:
        with app.app_context():
            apartado_id = db.session.scalars(db.select(Apartado.id)).one()
        problem(api.delete(f"/citas/apartados/{apartado_id}"), 409, "apartado_de_oferta")
        problem(api.post("/citas", datos_de_cita(apartado_id=apartado_id)), 409, "apartado_de_oferta")
        ok(responder(api, espera, "aceptar"))


class TestConElEnlace:
    @pytest.fixture
    def ruta(self, api: ApiClient, app: Flask) -> str:
        """What the page behind the link in the announcement calls."""
        esperar(api)
        se_libera(api)
        repartir(app)
        (anuncio,) = eventos(app, "espera.ofrecida.v1")
        return f"/citas/enlaces/{anuncio['enlace'].partition('#')[2]}"

    @pytest.fixture
    def nadie(self, api: ApiClient) -> ApiClient:
        """Somebody without a token."""
        return api.with_token(None)

    def test_se_ve_y_se_acepta(self, nadie: ApiClient, app: Flask, ruta: str) -> None:
        vista = ok(nadie.get(ruta))
        assert (vista["tipo"], vista["paciente"], vista["doctor"]) == ("oferta", "José", "Ana Doctora 1")
        assert vista["fecha_hora"] == manana() + "-05:00"
        assert vista["acciones"] == ["aceptar", "rechazar"]
        for _ in range(2):
            hecho = ok(nadie.post(ruta, {"accion": "aceptar"}))
            assert (hecho["estado"], hecho["acciones"]) == ("aceptada", [])
        problem(nadie.post(ruta, {"accion": "rechazar"}), 409, "oferta_aceptada")
        assert cuenta(app, "SELECT count(*) FROM cita WHERE estado = 'programada'") == 1
        assert cuenta(app, "SELECT por FROM cambio_estado ORDER BY id DESC LIMIT 1") == "enlace"
        assert incoherencias(app) == {}

    def test_se_rechaza(self, nadie: ApiClient, app: Flask, ruta: str) -> None:
        for _ in range(2):
            assert ok(nadie.post(ruta, {"accion": "rechazar"}))["estado"] == "rechazada"
        assert huecos(app) == ["pendiente"]

    def test_vencida_no(self, nadie: ApiClient, app: Flask, ruta: str) -> None:
        dejar_vencer(app)
        vista = ok(nadie.get(ruta))
        assert (vista["estado"], vista["acciones"]) == ("vencida", [])
        problem(nadie.post(ruta, {"accion": "aceptar"}), 409, "oferta_vencida")

    def test_lo_que_no_se_puede_con_una_oferta(self, nadie: ApiClient, ruta: str) -> None:
        problem(nadie.post(ruta, {"accion": "confirmar"}), 422)

    def test_sin_administracion_sigue_en_pie(self, nadie: ApiClient, admin: AdminDePrueba, ruta: str) -> None:
        admin.caido = True
        problem(nadie.post(ruta, {"accion": "aceptar"}), 503)
        assert ok(nadie.get(ruta))["acciones"] == ["aceptar", "rechazar"]


class TestVencer:
    def test_un_deseo_cuyo_ultimo_dia_paso(self, api: ApiClient, app: Flask) -> None:
        pasada, queda = esperar(api), esperar(api, paciente_id=2, hasta=dia(0))
        with app.app_context():
            espera = db.session.get_one(Espera, pasada["id"])
            espera.desde = espera.hasta = datetime.fromisoformat(dia(-1)).date()
            db.session.commit()
        for _ in range(2):
            repartir(app)
        assert (ver(api, pasada)["estado"], ver(api, queda)["estado"]) == ("vencida", "esperando")
        assert [e["id"] for e in eventos(app, "espera.vencida.v1")] == [pasada["id"]]

    def test_lo_que_falla_no_detiene_a_los_demas(
        self, api: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from citas.casos_de_uso import huecos as modulo

        esperar(api), esperar(api, paciente_id=2)
        se_libera(api)
        se_libera(api, fecha_hora=manana("15:00"))
        nueva, fallas = modulo._nueva_oferta, []

        def falla_una_vez(*args: Any) -> Oferta:
            if not fallas:
                fallas.append(1)
                raise ValueError("algo se rompe")
            return nueva(*args)

        monkeypatch.setattr(modulo, "_nueva_oferta", falla_una_vez)
        repartir(app)
        assert huecos(app) == ["pendiente", "ofrecido"]
        repartir(app)
        assert huecos(app) == ["ofrecido", "ofrecido"]
        assert incoherencias(app) == {}
