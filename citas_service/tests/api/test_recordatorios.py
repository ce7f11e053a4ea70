"""Reminders: when they are due, sent once whatever happens to the worker, too late, or by hand."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from citas.casos_de_uso.recordatorios import enviar_recordatorios
from citas.dominio.estados import Estado
from citas.extensiones import db
from citas.modelos import Cita, Recordatorio
from citas.servicio import SERVICIO
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.deaths import Moment, turn
from comun.testing.processes import Processes
from comun.testing.together import at_once, meanwhile

from ..conftest import manana, programar
from ..contratos.test_eventos import PACIENTE, entregar


def enviar(app: Flask) -> None:
    with app.app_context():
        enviar_recordatorios()


def avisos(app: Flask) -> list[Any]:
    """The reminders that were told of."""
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        return list(
            db.session.execute(db.select(tabla).where(tabla.c.tipo == "cita.recordatorio.v1").order_by(tabla.c.id))
        )


def estados(app: Flask) -> dict[str, int]:
    """How many reminders are in each state."""
    with app.app_context():
        filas = db.session.execute(db.select(Recordatorio.estado, db.func.count()).group_by(Recordatorio.estado))
        return {estado: cuantos for estado, cuantos in filas}


def vencer(app: Flask, cita: dict[str, Any], hace: timedelta = timedelta(minutes=1), **cambios: Any) -> None:
    """Leave one reminder of the appointment, due so long ago; change the appointment behind everybody's back."""
    with app.app_context():
        db.session.execute(db.delete(Recordatorio).where(Recordatorio.cita_id == cita["id"]))
        db.session.add(Recordatorio(cita_id=cita["id"], antelacion_minutos=180, vence=now() - hace))
        if cambios:
            db.session.execute(db.update(Cita).where(Cita.id == cita["id"]).values(**cambios))
        db.session.commit()


def muchas_por_recordar(app: Flask, api: ApiClient, cuantas: int) -> None:
    """So many appointments whose reminder is due."""
    modelo = programar(api)
    with app.app_context():
        primera = db.session.get_one(Cita, modelo["id"])
        columnas = [c.name for c in Cita.__table__.columns if c.name != "id"]
        fila = {columna: getattr(primera, columna) for columna in columnas}
        db.session.execute(db.delete(Recordatorio))
        db.session.execute(db.insert(Cita), [fila] * (cuantas - 1))
        ids = db.session.scalars(db.select(Cita.id)).all()
        vence = now() - timedelta(minutes=3)
        db.session.execute(
            db.insert(Recordatorio), [{"cita_id": n, "antelacion_minutos": 180, "vence": vence} for n in ids]
        )
        db.session.commit()
    assert len(ids) == cuantas


class TestPrever:
    def de(self, api: ApiClient, cita: dict[str, Any]) -> list[tuple[int, str]]:
        datos = ok(api.get(f"/citas/{cita['id']}/recordatorios"))["datos"]
        return [(r["antelacion_minutos"], r["estado"]) for r in datos]

    def test_al_programar_quedan_previstos(self, api: ApiClient) -> None:
        cita = programar(api, fecha_hora=manana(dias=5))
        assert self.de(api, cita) == [(2880, "pendiente"), (180, "pendiente")]

    def test_lo_que_ya_paso_no_se_preve(self, api: ApiClient) -> None:
        assert self.de(api, programar(api, fecha_hora=manana(dias=1, hora="23:00"))) == [(180, "pendiente")]

    def test_cancelar_los_anula_y_mover_preve_los_de_la_nueva(self, api: ApiClient) -> None:
        vieja = programar(api, fecha_hora=manana(dias=5))
        nueva = ok(api.put(f"/citas/{vieja['id']}", {"fecha_hora": manana(dias=6)}))["cita"]
        assert self.de(api, vieja) == [(2880, "anulado"), (180, "anulado")]
        assert self.de(api, nueva) == [(2880, "pendiente"), (180, "pendiente")]
        ok(api.patch(f"/citas/{nueva['id']}/estado", {"estado": "cancelada"}))
        assert self.de(api, nueva) == [(2880, "anulado"), (180, "anulado")]

    def test_los_de_una_cita_ajena_no_se_ven(self, api: ApiClient) -> None:
        cita = programar(api)
        problem(api.as_("paciente", paciente_id=2).get(f"/citas/{cita['id']}/recordatorios"), 404)
        ok(api.as_("paciente", paciente_id=1).get(f"/citas/{cita['id']}/recordatorios"))


class TestEnviar:
    @pytest.mark.both_databases
    def test_el_que_vence_se_anuncia_una_vez(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, telefono_contacto="0987654321", email_contacto="ana@example.com")
        vencer(app, cita)
        enviar(app)
        enviar(app)
        (aviso,) = avisos(app)
        assert (aviso.sujeto, aviso.secuencia) == (f"cita/{cita['id']}", 2)
        esperado = {
            "id": cita["id"],
            "paciente_id": 1,
            "fecha_hora": cita["fecha_hora"],
            "antelacion_minutos": 180,
            "telefono": "0987654321",
            "email": "ana@example.com",
            "centro": "Centro 1",
            "doctor": "Ana Doctora 1",
        }
        assert {campo: aviso.datos[campo] for campo in esperado} == esperado
        (previsto,) = ok(api.get(f"/citas/{cita['id']}/recordatorios"))["datos"]
        assert previsto["estado"] == "enviado"
        assert previsto["resuelto_en"] > previsto["vence"]

    def test_la_cita_lo_dice_sin_haber_cambiado(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        vencer(app, cita)
        enviar(app)
        respuesta = api.get(f"/citas/{cita['id']}")
        assert ok(respuesta)["recordatorio_enviado"] is True
        assert respuesta.headers["ETag"] == '"1"'

    def test_el_enlace_del_aviso_abre_la_cita(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        vencer(app, cita)
        enviar(app)
        direccion = avisos(app)[0].datos["enlace"]
        pagina, _, token = direccion.partition("#")
        assert pagina.endswith("/enlace.html")
        assert ok(api.with_token(None).get(f"/citas/enlaces/{token}"))["fecha_hora"] == cita["fecha_hora"]

    def test_el_que_no_vence_espera(self, api: ApiClient, app: Flask) -> None:
        vencer(app, programar(api), hace=timedelta(minutes=-1))
        enviar(app)
        assert estados(app) == {"pendiente": 1}

    @pytest.mark.parametrize("estado", list(Estado))
    def test_solo_de_citas_que_siguen_en_pie(self, api: ApiClient, app: Flask, estado: Estado) -> None:
        vencer(app, programar(api), estado=estado)
        enviar(app)
        en_pie = estado in ("programada", "confirmada")
        assert estados(app) == {"enviado" if en_pie else "anulado": 1}
        assert len(avisos(app)) == en_pie

    def test_de_una_eliminada_no(self, api: ApiClient, app: Flask) -> None:
        vencer(app, programar(api), eliminado_en=now())
        enviar(app)
        assert (estados(app), avisos(app)) == ({"anulado": 1}, [])

    def test_de_una_que_ya_empezo_no(self, api: ApiClient, app: Flask) -> None:
        vencer(app, programar(api), inicio=now() - timedelta(seconds=1))
        enviar(app)
        assert (estados(app), avisos(app)) == ({"tarde": 1}, [])

    @pytest.mark.both_databases
    @pytest.mark.parametrize(("minutos", "estado"), [(119, "enviado"), (121, "tarde")])
    def test_con_demasiado_retraso_no(self, api: ApiClient, app: Flask, minutos: int, estado: str) -> None:
        vencer(app, programar(api), hace=timedelta(minutes=minutos))
        enviar(app)
        assert estados(app) == {estado: 1}

    def test_cada_uno_deja_su_rastro(self, api: ApiClient, app: Flask) -> None:
        vencer(app, programar(api))
        enviar(app)
        tabla = app.extensions["comun"].tables.audit
        with app.app_context():
            filas = db.session.execute(db.select(tabla).where(tabla.c.recurso == "recordatorio").order_by(tabla.c.id))
            fila = filas.all()[-1]
        assert (fila.actor, fila.cambios) == ("sistema", {"estado": ["pendiente", "enviado"]})

    def test_olvidar_al_paciente_olvida_a_donde_se_le_aviso(self, api: ApiClient, app: Flask) -> None:
        vencer(app, programar(api))
        enviar(app)
        assert avisos(app)[0].datos["telefono"]
        datos = {"id": 1, "nombres": "Anónimo", "apellidos": "", **PACIENTE, "telefono": None, "email": None}
        ok(entregar(api, "paciente.anonimizado.v1", "paciente/1", datos))
        olvidado = avisos(app)[0].datos
        assert (olvidado["telefono"], olvidado["email"]) == (None, None)


class TestPaseLoQuePase:
    def test_tras_un_dia_caido_se_envia_lo_que_aun_sirve(self, api: ApiClient, app: Flask) -> None:
        horas = [23, 20, 10, 3, 1, 0]
        citas = [programar(api, fecha_hora=manana(f"{9 + n:02}:00", dias=2)) for n in range(len(horas))]
        for cita, hace in zip(citas, horas, strict=True):
            vencer(app, cita, hace=timedelta(hours=hace, seconds=1))
        enviar(app)
        assert estados(app) == {"tarde": 4, "enviado": 2}
        assert [aviso.sujeto for aviso in avisos(app)] == [f"cita/{cita['id']}" for cita in citas[4:]]

    def test_uno_que_falla_no_detiene_a_los_demas(self, api: ApiClient, app: Flask) -> None:
        mala, buena = programar(api), programar(api, fecha_hora=manana("12:00"))
        vencer(app, mala, duracion_minutos=1)  # its event breaks the contract
        vencer(app, buena)
        enviar(app)
        assert estados(app) == {"pendiente": 1, "enviado": 1}
        assert [aviso.sujeto for aviso in avisos(app)] == [f"cita/{buena['id']}"]
        vencer(app, mala, duracion_minutos=30)
        enviar(app)
        assert estados(app) == {"enviado": 2}

    @pytest.mark.postgresql_only
    def test_no_espera_por_una_cita_que_alguien_cambia(self, api: ApiClient, app: Flask, backend: str) -> None:
        if backend == "sqlite":
            pytest.skip("one writer: it waits for its turn")
        ocupada, libre = programar(api), programar(api, fecha_hora=manana("12:00"))
        vencer(app, ocupada)
        vencer(app, libre)
        with app.app_context(), db.engine.connect() as otra:
            otra.execute(db.select(Cita.id).where(Cita.id == ocupada["id"]).with_for_update())
            enviar_recordatorios()
            assert estados(app) == {"pendiente": 1, "enviado": 1}
        enviar(app)
        assert estados(app) == {"enviado": 2}

    @pytest.mark.postgresql_only
    def test_dos_a_la_vez_avisan_una_vez_de_cada_cita(self, api: ApiClient, app: Flask) -> None:
        muchas_por_recordar(app, api, 60)
        at_once(*[lambda: enviar(app)] * 2)
        # What both left to the other, the next turn does.
        enviar(app)
        assert estados(app) == {"enviado": 60}
        sujetos = [aviso.sujeto for aviso in avisos(app)]
        assert len(sujetos) == len(set(sujetos)) == 60

    @pytest.mark.processes
    @pytest.mark.parametrize("confirmado", [False, True], ids=["antes", "despues"])
    def test_matar_al_trabajador_ni_pierde_ni_repite(
        self, api: ApiClient, app: Flask, confirmado: bool, processes: Processes
    ) -> None:
        muchas_por_recordar(app, api, 20)
        octavo = Moment(commit=8, committed=confirmado)
        assert processes.killed(app, octavo, turn, enviar_recordatorios)
        hechos = 8 if confirmado else 7
        assert len(avisos(app)) == estados(app)["enviado"] == hechos
        enviar(app)
        assert estados(app) == {"enviado": 20}
        sujetos = [aviso.sujeto for aviso in avisos(app)]
        assert len(sujetos) == len(set(sujetos)) == 20

    def test_el_trabajador_lo_hace_cada_quince_segundos(self) -> None:
        (trabajo,) = [trabajo for trabajo in SERVICIO.jobs if trabajo.function is enviar_recordatorios]
        assert (trabajo.name, trabajo.every_seconds) == ("enviar_recordatorios", 15)


class TestAMano:
    def ahora(self, api: ApiClient, cita: dict[str, Any]) -> Any:
        return api.post(f"/citas/{cita['id']}/recordatorio")

    def test_se_envia_sin_mirar_lo_previsto(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, fecha_hora=manana(dias=9))
        antes = now()
        respuesta = ok(self.ahora(api, cita))
        assert set(respuesta) == {"cita_id", "enviado_en"}
        assert antes.isoformat() <= respuesta["enviado_en"] <= now().isoformat()
        assert avisos(app)[0].datos["antelacion_minutos"] == 0
        assert ok(api.get(f"/citas/{cita['id']}"))["recordatorio_enviado"] is True
        a_mano = ok(api.get(f"/citas/{cita['id']}/recordatorios"))["datos"][0]
        assert (a_mano["antelacion_minutos"], a_mano["estado"], a_mano["por"]) == (0, "enviado", "usuario:1")
        assert estados(app) == {"enviado": 1, "pendiente": 2}
        tabla = app.extensions["comun"].tables.audit
        with app.app_context():
            actores = db.session.scalars(db.select(tabla.c.actor).where(tabla.c.recurso == "recordatorio")).all()
        assert actores == ["usuario:1"]

    def test_otro_hay_que_esperarlo_cinco_minutos(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ok(self.ahora(api, cita))
        problem(self.ahora(api, cita), 409, "recordatorio_reciente")
        with app.app_context():
            enviado = Recordatorio.estado == "enviado"
            db.session.execute(
                db.update(Recordatorio).where(enviado).values(resuelto_en=now() - timedelta(minutes=5))
            )
            db.session.commit()
        ok(self.ahora(api, cita))
        assert len(avisos(app)) == 2

    @pytest.mark.postgresql_only
    def test_dos_a_la_vez_son_uno(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        with ThreadPoolExecutor(6) as hilos:
            respuestas = list(hilos.map(lambda _: self.ahora(api, cita), range(6)))
        assert sorted(r.status_code for r in respuestas) == [200] + [409] * 5
        assert {r.get_json(force=True).get("codigo") for r in respuestas} == {None, "recordatorio_reciente"}
        assert len(avisos(app)) == 1

    @pytest.mark.parametrize("estado", [e for e in Estado if e not in ("programada", "confirmada")])
    def test_solo_de_una_cita_en_pie(self, api: ApiClient, app: Flask, estado: Estado) -> None:
        cita = programar(api)
        vencer(app, cita, estado=estado)
        problem(self.ahora(api, cita), 409, "recordatorio_improcedente")

    def test_solo_de_una_cita_por_venir(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        vencer(app, cita, inicio=now() - timedelta(minutes=1))
        problem(self.ahora(api, cita), 409, "recordatorio_improcedente")

    def test_solo_quien_puede_y_en_sus_centros(self, api: ApiClient) -> None:
        cita = programar(api)
        problem(self.ahora(api.as_("paciente", ["citas:leer"], paciente_id=1), cita), 403)
        problem(self.ahora(api.as_("secretaria", centros=[2]), cita), 404)
        ok(self.ahora(api.as_("secretaria", centros=[1]), cita))

    def test_la_misma_solicitud_repetida_no_envia_otro(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        clave = {"Idempotency-Key": "recordar-1"}
        primera = api.post(f"/citas/{cita['id']}/recordatorio", headers=clave)
        repetida = api.post(f"/citas/{cita['id']}/recordatorio", headers=clave)
        assert ok(primera) == ok(repetida)
        assert len(avisos(app)) == 1


@pytest.mark.both_databases
def test_de_una_cita_que_se_esta_borrando_no_se_avisa(api: ApiClient, app: Flask) -> None:
    cita = programar(api)

    def recordar() -> int:
        return ApiClient(app).as_("admin").post(f"/citas/{cita['id']}/recordatorio").status_code

    with meanwhile(app, "UPDATE cita ", recordar) as respuestas:
        assert api.delete(f"/citas/{cita['id']}").status_code == 204
    assert (respuestas, avisos(app)) == ([404], [])
