"""Calendar feeds: whose, what they tell, and that a revoked one tells nothing."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from icalendar import Calendar

from citas.casos_de_uso.calendarios import Feed
from citas.dominio.estados import Estado
from citas.extensiones import db
from citas.modelos import Calendario, Cita, DoctorRef
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..conftest import AdminDePrueba, manana, programar
from ..contratos.test_eventos import PACIENTE, entregar


def publicar(api: ApiClient, **datos: Any) -> str:
    """The path of a new feed."""
    url: str = ok(api.post("/citas/calendarios", datos), 201)["url"]
    return url.removeprefix("http://localhost")


def leer(api: ApiClient, ruta: str) -> Any:
    """The feed as a calendar program reads it."""
    respuesta = api.with_token(None).get(ruta)
    assert respuesta.status_code == 200, respuesta.get_data(as_text=True)
    return Calendar.from_ical(respuesta.data)


def eventos(calendario: Any) -> dict[str, Any]:
    """UID → event."""
    return {str(evento["UID"]): evento for evento in calendario.walk("VEVENT")}


def unico(api: ApiClient, ruta: str) -> Any:
    (evento,) = eventos(leer(api, ruta)).values()
    return evento


class TestPublicar:
    def test_la_direccion_se_dice_una_vez(self, api: ApiClient, app: Flask) -> None:
        respuesta = api.post("/citas/calendarios", {"doctor_id": 1, "nombre": "Mi agenda"})
        hecho = ok(respuesta, 201)
        secreto = re.fullmatch(r"http://localhost/citas/calendarios/([\w-]{43})\.ics", hecho["url"])
        assert secreto
        assert respuesta.headers["Location"] == f"/citas/calendarios/{hecho['id']}"
        (listado,) = ok(api.get("/citas/calendarios"))["datos"]
        uno = ok(api.get(f"/citas/calendarios/{hecho['id']}"))
        assert listado == uno == {campo: valor for campo, valor in hecho.items() if campo != "url"}
        with app.app_context():
            guardado = str(dict(db.session.execute(db.select(Calendario.__table__)).mappings().one()))
        assert secreto[1] not in guardado

    def test_ni_con_la_misma_clave(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "calendario-1"}
        urls = {ok(api.post("/citas/calendarios", {"doctor_id": 1}, headers=clave), 201)["url"] for _ in range(2)}
        assert len(urls) == 2

    def test_sin_decir_de_quien_es_el_propio(self, api: ApiClient) -> None:
        medico, paciente = api.as_("medico", doctor_id=2), api.as_("paciente", paciente_id=3)
        for quien, campo, valor in ((medico, "doctor_id", 2), (paciente, "paciente_id", 3)):
            assert ok(quien.post("/citas/calendarios", {}), 201)[campo] == valor
            assert ok(quien.post("/citas/calendarios", {campo: valor}), 201)[campo] == valor
        problem(api.post("/citas/calendarios", {}), 422)

    @pytest.mark.parametrize(
        ("rol", "datos"),
        [("medico", {"doctor_id": 2}), ("medico", {"paciente_id": 1}), ("paciente", {"paciente_id": 2}),
         ("paciente", {"doctor_id": 1}), ("secretaria", {"doctor_id": 1}), ("secretaria", {})],
    )  # fmt: skip
    def test_el_de_otro_no(self, api: ApiClient, rol: str, datos: dict[str, int]) -> None:
        propio: dict[str, dict[str, Any]] = {
            "medico": {"doctor_id": 1},
            "paciente": {"paciente_id": 1},
            "secretaria": {"centros": [1]},
        }
        problem(api.as_(rol, **propio[rol]).post("/citas/calendarios", datos), 403, "calendario_ajeno")

    def test_de_alguien_y_de_uno_solo(self, api: ApiClient) -> None:
        problem(api.post("/citas/calendarios", {"doctor_id": 1, "paciente_id": 1}), 422)
        assert "doctor_id" in problem(api.post("/citas/calendarios", {"doctor_id": 88}), 422)["errores"]
        problem(api.post("/citas/calendarios", {"paciente_id": 1, "con_nombres": True}), 422)

    def test_si_administracion_no_responde_no_queda_nada(self, api: ApiClient, admin: AdminDePrueba) -> None:
        admin.caido = True
        problem(api.post("/citas/calendarios", {"doctor_id": 1}), 503)
        assert ok(api.get("/citas/calendarios"))["datos"] == []

    @pytest.mark.parametrize("campo", ["doctor_id", "paciente_id"])
    def test_de_quien_ya_no_esta_no_hay_uno_nuevo(self, api: ApiClient, admin: AdminDePrueba, campo: str) -> None:
        programar(api)
        admin.fichas[campo][1].update(activo=False, estado_paciente="inactivo")
        problem(api.post("/citas/calendarios", {campo: 1}), 409, f"{campo.removesuffix('_id')}_inactivo")
        del admin.fichas[campo][1]
        assert campo in problem(api.post("/citas/calendarios", {campo: 1}), 422)["errores"]

    def test_los_ajenos_no_se_ven_ni_se_revocan(self, api: ApiClient) -> None:
        ajeno = ok(api.post("/citas/calendarios", {"doctor_id": 1}), 201)
        for otro in (api.as_("medico", doctor_id=2), api.as_("paciente", paciente_id=1)):
            assert ok(otro.get("/citas/calendarios"))["datos"] == []
            problem(otro.get(f"/citas/calendarios/{ajeno['id']}"), 404)
            problem(otro.delete(f"/citas/calendarios/{ajeno['id']}"), 404)


class TestRevocar:
    def test_deja_de_servir_al_instante(self, api: ApiClient) -> None:
        programar(api)
        medico = api.as_("medico", doctor_id=1)
        hecho = ok(medico.post("/citas/calendarios", {}), 201)
        ruta = hecho["url"].removeprefix("http://localhost")
        leer(api, ruta)
        assert medico.delete(f"/citas/calendarios/{hecho['id']}").status_code == 204
        assert problem(api.with_token(None).get(ruta), 404)["instance"] == "/citas/calendarios/***.ics"
        problem(medico.delete(f"/citas/calendarios/{hecho['id']}"), 404)

    def test_uno_que_nunca_hubo_tampoco(self, api: ApiClient) -> None:
        problem(api.with_token(None).get(f"/citas/calendarios/{'x' * 43}.ics"), 404)

    def test_el_de_un_doctor_que_ya_no_esta_tampoco(self, api: ApiClient, app: Flask) -> None:
        ruta = publicar(api, doctor_id=1)
        leer(api, ruta)
        with app.app_context():
            db.session.get_one(DoctorRef, 1).activo = False
            db.session.commit()
        problem(api.with_token(None).get(ruta), 404)

    def test_el_de_un_paciente_anonimizado_tampoco(self, api: ApiClient) -> None:
        programar(api)
        ruta = publicar(api, paciente_id=1)
        leer(api, ruta)
        datos = {"id": 1, "nombres": "Anónimo", "apellidos": "", **PACIENTE, "telefono": None, "email": None}
        ok(entregar(api, "paciente.anonimizado.v1", "paciente/1", datos))
        problem(api.with_token(None).get(ruta), 404)

    def test_el_de_un_paciente_eliminado_tampoco(self, api: ApiClient) -> None:
        programar(api)
        ruta = publicar(api, paciente_id=1)
        datos = {"id": 1, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.eliminado.v1", "paciente/1", datos))
        problem(api.with_token(None).get(ruta), 404)

    def test_el_de_un_paciente_unido_a_otro_sigue(self, api: ApiClient) -> None:
        programar(api, paciente_id=2)
        ruta = publicar(api, paciente_id=2)
        datos = {"id": 1, "absorbido_id": 2, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.fusionado.v1", "paciente/1", datos))
        assert len(eventos(leer(api, ruta))) == 1


class TestContenido:
    def test_de_un_doctor_solo_las_iniciales(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, motivo_consulta="Extracción de la muela del juicio")
        respuesta = api.with_token(None).get(publicar(api, doctor_id=1))
        assert respuesta.content_type == "text/calendar; charset=utf-8"
        texto = respuesta.get_data(as_text=True)
        for privado in ("José", "Núñez", "Extracci", "muela", "0991234567", "p@example.com"):
            assert privado not in texto
        evento = eventos(Calendar.from_ical(texto))[f"cita-{cita['id']}@odontocare"]
        assert (evento["SUMMARY"], evento["LOCATION"]) == ("J. N. 1.", "Centro 1")
        assert evento["STATUS"] == "TENTATIVE"
        assert evento["DESCRIPTION"] == "Estado: programada"

    def test_con_nombres_si_se_pidio(self, api: ApiClient) -> None:
        programar(api, motivo_consulta="Extracción")
        ruta = publicar(api, doctor_id=1, con_nombres=True, nombre="Mi agenda")
        calendario = leer(api, ruta)
        assert calendario["X-WR-CALNAME"] == "Mi agenda"
        assert unico(api, ruta)["SUMMARY"] == "José Núñez 1"
        assert "Extracci" not in api.with_token(None).get(ruta).get_data(as_text=True)

    def test_de_un_paciente_el_doctor_y_el_centro(self, api: ApiClient) -> None:
        programar(api)
        programar(api, paciente_id=2, fecha_hora=manana("12:00"))
        assert unico(api, publicar(api, paciente_id=1))["SUMMARY"] == "Ana Doctora 1 · Centro 1"

    def test_de_un_doctor_solo_las_suyas(self, api: ApiClient) -> None:
        programar(api)
        ajena = programar(api, doctor_id=2, paciente_id=2)
        assert set(eventos(leer(api, publicar(api, doctor_id=2)))) == {f"cita-{ajena['id']}@odontocare"}

    @pytest.mark.parametrize("estado", list(Estado))
    def test_cada_estado_en_sus_terminos(self, api: ApiClient, app: Flask, estado: Estado) -> None:
        cita = programar(api)
        with app.app_context():
            db.session.get_one(Cita, cita["id"]).estado = estado
            db.session.commit()
        esperado = {"programada": "TENTATIVE", "cancelada": "CANCELLED", "no_asistio": "CANCELLED"}
        evento = unico(api, publicar(api, doctor_id=1))
        assert evento["STATUS"] == esperado.get(estado, "CONFIRMED")
        assert evento["TRANSP"] == ("TRANSPARENT" if evento["STATUS"] == "CANCELLED" else "OPAQUE")

    def test_mover_cancela_una_y_pone_otra(self, api: ApiClient) -> None:
        ruta = publicar(api, doctor_id=1)
        vieja = programar(api)
        antes = unico(api, ruta)
        nueva = ok(api.put(f"/citas/{vieja['id']}", {"fecha_hora": manana("16:00")}))["cita"]
        vistos = eventos(leer(api, ruta))
        cancelada, otra = (vistos[f"cita-{cita['id']}@odontocare"] for cita in (vieja, nueva))
        assert (cancelada["UID"], cancelada["STATUS"]) == (antes["UID"], "CANCELLED")
        assert cancelada["SEQUENCE"] > antes["SEQUENCE"]
        assert cancelada["LAST-MODIFIED"].dt >= antes["LAST-MODIFIED"].dt
        assert otra["DTSTART"].dt == datetime.fromisoformat(nueva["fecha_hora"])

    def test_una_eliminada_desaparece(self, api: ApiClient) -> None:
        cita = programar(api)
        ruta = publicar(api, doctor_id=1)
        api.delete(f"/citas/{cita['id']}")
        assert eventos(leer(api, ruta)) == {}

    @pytest.mark.parametrize(("dias", "sale"), [(-31, False), (-29, True), (179, True), (181, False)])
    def test_un_mes_atras_y_seis_adelante(self, api: ApiClient, app: Flask, dias: int, sale: bool) -> None:
        cita = programar(api)
        with app.app_context():
            db.session.get_one(Cita, cita["id"]).ubicar(now() + timedelta(days=dias), 30, "America/Guayaquil")
            db.session.commit()
        assert len(eventos(leer(api, publicar(api, doctor_id=1)))) == sale

    def test_las_horas_son_las_del_centro_con_su_horario_de_verano(self, api: ApiClient) -> None:
        """New York changes its clock; whether it does within these months depends on the day of this test."""
        ruta = publicar(api, doctor_id=1)
        ahi = ZoneInfo("America/New_York")
        for dias in (5, 60, 120, 175):
            programar(api, centro_id=3, fecha_hora=manana(dias=dias))
        vistos = sorted(evento["DTSTART"].dt for evento in eventos(leer(api, ruta)).values())
        assert len(vistos) == 4
        for visto in vistos:
            assert visto.utcoffset() == timedelta(0)
            assert visto.astimezone(ahi).strftime("%H:%M") == "10:00"


def test_antes_y_despues_del_cambio_de_hora() -> None:
    """2027-03-14 is when New York goes from UTC-5 to UTC-4."""
    ahi, momento = ZoneInfo("America/New_York"), datetime(2027, 1, 1, tzinfo=UTC)
    filas = [
        SimpleNamespace(
            id=n, version=1, inicio=dia.astimezone(UTC), fin=dia.astimezone(UTC) + timedelta(minutes=30),
            estado="confirmada", actualizado_en=momento, centro="Centro, norte; \n«3»",
            paciente_nombres="José", paciente_apellidos="Núñez",
        )
        for n, dia in enumerate((datetime(2027, 3, 13, 10, tzinfo=ahi), datetime(2027, 3, 14, 10, tzinfo=ahi)), 1)
    ]  # fmt: skip
    texto = Feed(Calendario(doctor_id=1, con_nombres=True), filas).ics()  # type: ignore[arg-type]
    assert b"DTSTART:20270313T150000Z\r\nDTEND:20270313T153000Z" in texto
    assert b"DTSTART:20270314T140000Z\r\nDTEND:20270314T143000Z" in texto
    assert all(len(renglon) <= 75 for renglon in texto.split(b"\r\n"))
    lugares = {str(evento["LOCATION"]) for evento in Calendar.from_ical(texto).walk("VEVENT")}
    assert lugares == {"Centro, norte; \n«3»"}


class TestCosto:
    def test_lo_que_no_cambio_no_se_envia_otra_vez(self, api: ApiClient) -> None:
        cita = programar(api)
        ruta, nadie = publicar(api, doctor_id=1), api.with_token(None)
        primera = nadie.get(ruta)
        assert "private" in primera.headers["Cache-Control"]
        etiqueta = {"If-None-Match": primera.headers["ETag"]}
        igual = nadie.get(ruta, headers=etiqueta)
        assert (igual.status_code, igual.data, igual.headers["ETag"]) == (304, b"", primera.headers["ETag"])
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "confirmada"}))
        otra = nadie.get(ruta, headers=etiqueta)
        assert (otra.status_code, otra.headers["ETag"] != primera.headers["ETag"]) == (200, True)
        assert b"STATUS:CONFIRMED" in otra.data

    def test_un_nombre_corregido_tambien_es_un_cambio(self, api: ApiClient) -> None:
        programar(api)
        ruta, nadie = publicar(api, doctor_id=1, con_nombres=True), api.with_token(None)
        etiqueta = {"If-None-Match": nadie.get(ruta).headers["ETag"]}
        datos = {"id": 1, "nombres": "Pepe", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.actualizado.v1", "paciente/1", datos))
        assert b"SUMMARY:Pepe" in nadie.get(ruta, headers=etiqueta).data

    def test_cuesta_dos_consultas_por_muchas_citas_que_haya(self, api: ApiClient, app: Flask) -> None:
        ruta = publicar(api, doctor_id=1)
        for n in range(4):
            programar(api, fecha_hora=manana(f"{10 + n}:00"), paciente_id=n + 1)
        with statements(app) as hechas:
            assert len(eventos(leer(api, ruta))) == 4
        assert [texto.split()[0] for texto in hechas] == ["SELECT", "SELECT"]
