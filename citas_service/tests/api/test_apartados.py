"""Holds: a slot put aside for some minutes, and what they keep from others."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from citas.casos_de_uso.apartar import depurar_vencidos
from citas.extensiones import db
from citas.modelos import Cita, Ocupacion, Politica, Sesion
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import datos_de_cita, manana, programar
from ..esperas import cuenta, dejar_vencer


def lugar(**cambios: Any) -> dict[str, Any]:
    """A slot that can be had."""
    datos = {campo: valor for campo, valor in datos_de_cita().items() if campo != "motivo_consulta"} | cambios
    return {campo: valor for campo, valor in datos.items() if valor is not None}


def apartar(api: ApiClient, **cambios: Any) -> dict[str, Any]:
    """Put a slot aside."""
    apartado: dict[str, Any] = ok(api.post("/citas/apartados", lugar(**cambios)), 201)
    return apartado


def reservar(api: ApiClient, apartado: dict[str, Any], **cambios: Any) -> Any:
    """Book with a hold."""
    return api.post("/citas", datos_de_cita(**{"apartado_id": apartado["id"], **cambios}))


def de_grupo(app: Flask, lugares: int) -> None:
    """Treatment 7 is a group session."""
    with app.app_context():
        db.session.add(Politica(tratamiento_id=7, capacidad=lugares))
        db.session.commit()


def test_un_turno_apartado(api: ApiClient) -> None:
    respuesta = api.post("/citas/apartados", lugar(duracion_minutos=45))
    apartado = ok(respuesta, 201)
    assert {campo: apartado[campo] for campo in ("doctor_id", "centro_id", "paciente_id", "sala_id")} == {
        "doctor_id": 1,
        "centro_id": 1,
        "paciente_id": 1,
        "sala_id": None,
    }
    assert (apartado["fecha_hora"], apartado["duracion_minutos"]) == (manana() + "-05:00", 45)
    queda = datetime.fromisoformat(apartado["vence_en"]) - now()
    assert timedelta(minutes=9) < queda <= timedelta(minutes=10)
    assert respuesta.headers["Location"] == f"/citas/apartados/{apartado['id']}"
    assert ok(api.get(f"/citas/apartados/{apartado['id']}")) == apartado
    assert ok(api.get("/citas/apartados?doctor_id=1"))["datos"] == [apartado]
    assert ok(api.get("/citas/apartados?doctor_id=2"))["datos"] == []


@pytest.mark.parametrize(
    ("cambio", "estado"),
    [
        ({"doctor_id": 77}, 422),
        ({"fecha_hora": "2020-01-01T10:00:00"}, 422),
        ({"duracion_minutos": 1}, 422),
        ({"sobreturno": True}, 422),
        ({"doctor_id": 5}, 409),
        ({"paciente_id": 9}, 409),
    ],
)
def test_lo_que_no_se_puede_agendar_no_se_aparta(
    api: ApiClient, app: Flask, cambio: dict[str, Any], estado: int
) -> None:
    problem(api.post("/citas/apartados", lugar(**cambio)), estado)
    assert cuenta(app, "SELECT count(*) FROM ocupacion") == 0


class TestQuitaElTurnoALosDemas:
    @pytest.mark.parametrize(
        ("otra", "codigo"),
        [
            ({"paciente_id": 2}, "doctor_ocupado"),
            ({"doctor_id": 2}, "paciente_ocupado"),
            ({"doctor_id": 2, "paciente_id": 2, "sala_id": 1}, "sala_ocupada"),
        ],
    )
    def test_como_una_cita(self, api: ApiClient, otra: dict[str, Any], codigo: str) -> None:
        apartar(api, sala_id=1)
        problem(api.post("/citas", datos_de_cita(**otra)), 409, codigo)
        problem(api.post("/citas/apartados", lugar(**otra)), 409, codigo)

    def test_una_cita_tambien_se_lo_quita_a_el(self, api: ApiClient) -> None:
        programar(api)
        problem(api.post("/citas/apartados", lugar(paciente_id=2)), 409, "doctor_ocupado")

    def test_sin_paciente_deja_libre_a_todos(self, api: ApiClient) -> None:
        apartado = apartar(api, paciente_id=None)
        programar(api, doctor_id=2)
        problem(reservar(api, apartado), 409, "paciente_ocupado")
        ok(reservar(api, apartado, paciente_id=2), 201)

    def test_devuelto_queda_libre(self, api: ApiClient) -> None:
        url = f"/citas/apartados/{apartar(api)['id']}"
        assert api.delete(url).status_code == 204
        problem(api.delete(url), 404)
        programar(api, paciente_id=2)

    def test_vencido_queda_libre_aunque_nadie_lo_depure(self, api: ApiClient, app: Flask) -> None:
        apartado = apartar(api, sala_id=1)
        dejar_vencer(app)
        url = f"/citas/apartados/{apartado['id']}"
        problem(api.get(url), 404)
        problem(api.delete(url), 404)
        assert ok(api.get("/citas/apartados"))["datos"] == []
        problem(reservar(api, apartado), 409, "apartado_vencido")
        apartar(api, paciente_id=2, sala_id=1)


class TestReservar:
    def test_el_apartado_se_vuelve_cita(self, api: ApiClient, app: Flask) -> None:
        apartado = apartar(api, sala_id=2)
        cita = ok(reservar(api, apartado), 201)
        assert (cita["sala_id"], cita["fecha_hora"]) == (2, apartado["fecha_hora"])
        problem(api.get(f"/citas/apartados/{apartado['id']}"), 404)
        assert cuenta(app, "SELECT count(*) FROM ocupacion WHERE cita_id IS NULL") == 0
        problem(reservar(api, apartado), 409, "apartado_vencido")

    @pytest.mark.parametrize(
        "otra",
        [
            {"fecha_hora": manana("12:00")},
            {"paciente_id": 2},
            {"doctor_id": 2},
            {"centro_id": 2, "fecha_hora": manana("09:00")},
            {"duracion_minutos": 60},
            {"tratamiento_id": 3},
        ],
    )
    def test_solo_para_lo_que_se_aparto(self, api: ApiClient, otra: dict[str, Any]) -> None:
        apartado = apartar(api)
        problem(reservar(api, apartado, **otra), 409, "apartado_distinto")
        assert ok(api.get(f"/citas/apartados/{apartado['id']}")) == apartado

    def test_repetir_la_solicitud_no_agenda_dos(self, api: ApiClient, app: Flask) -> None:
        clave = {"Idempotency-Key": "formulario-1"}
        apartado = apartar(api)
        datos = datos_de_cita(apartado_id=apartado["id"])
        primera, segunda = (api.post("/citas", datos, headers=clave) for _ in range(2))
        assert ok(primera, 201) == ok(segunda, 201)
        assert segunda.headers["Idempotent-Replayed"] == "true"
        assert cuenta(app, "SELECT count(*) FROM cita") == 1

    def test_repetir_el_apartado_es_el_mismo(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "formulario-2"}
        primero, segundo = (api.post("/citas/apartados", lugar(), headers=clave) for _ in range(2))
        assert ok(primero, 201) == ok(segundo, 201)


class TestDeQuien:
    def test_un_paciente_aparta_para_si(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", paciente_id=1, sub="11")
        assert apartar(paciente, paciente_id=None)["paciente_id"] == 1
        problem(paciente.post("/citas/apartados", lugar(paciente_id=2)), 403, "paciente_ajeno")

    def test_el_de_otro_no_existe_para_un_paciente(self, api: ApiClient) -> None:
        apartado = apartar(api, paciente_id=None)
        paciente = api.as_("paciente", paciente_id=1, sub="11")
        problem(paciente.get(f"/citas/apartados/{apartado['id']}"), 404)
        problem(paciente.delete(f"/citas/apartados/{apartado['id']}"), 404)
        problem(reservar(paciente, apartado), 409, "apartado_vencido")
        assert ok(paciente.get("/citas/apartados"))["datos"] == []

    def test_la_secretaria_en_sus_centros(self, api: ApiClient) -> None:
        secretaria = api.as_("secretaria", centros=[2])
        apartado = apartar(api)
        problem(secretaria.get(f"/citas/apartados/{apartado['id']}"), 404)
        problem(secretaria.post("/citas/apartados", lugar()), 403, "centro_ajeno")
        ok(reservar(api.as_("secretaria", centros=[1], sub="8"), apartado), 201)

    def test_la_duracion_de_un_paciente_la_fija_la_clinica(self, api: ApiClient) -> None:
        paciente = api.as_("paciente", paciente_id=1, sub="11")
        problem(paciente.post("/citas/apartados", lugar(duracion_minutos=120)), 422)

    def test_un_paciente_aparta_hasta_tres(self, api: ApiClient, app: Flask) -> None:
        paciente = api.as_("paciente", paciente_id=1, sub="11")
        for hora in ("08:00", "09:00", "10:00"):
            apartar(paciente, fecha_hora=manana(hora))
        cuarto = lugar(fecha_hora=manana("11:00"))
        problem(paciente.post("/citas/apartados", cuarto), 409, "demasiados_apartados")
        assert len(ok(paciente.get("/citas/apartados"))["datos"]) == 3
        dejar_vencer(app)
        ok(paciente.post("/citas/apartados", cuarto), 201)

    def test_sin_permiso_no(self, api: ApiClient) -> None:
        problem(api.as_("admin", ["citas:crear"]).post("/citas/apartados", lugar()), 403)


class TestDeGrupo:
    def test_los_apartados_toman_lugares(self, api: ApiClient, app: Flask) -> None:
        de_grupo(app, 2)
        apartado = apartar(api, paciente_id=1, tratamiento_id=7)
        programar(api, paciente_id=2, tratamiento_id=7)
        problem(api.post("/citas/apartados", lugar(paciente_id=3, tratamiento_id=7)), 409, "sesion_llena")
        problem(api.post("/citas", datos_de_cita(paciente_id=3, tratamiento_id=7)), 409, "sesion_llena")
        # Another treatment is another matter: the doctor is taken.
        problem(api.post("/citas", datos_de_cita(paciente_id=3)), 409, "doctor_ocupado")
        ok(reservar(api, apartado, tratamiento_id=7), 201)
        problem(api.post("/citas", datos_de_cita(paciente_id=3, tratamiento_id=7)), 409, "sesion_llena")
        assert cuenta(app, "SELECT max(ocupados) FROM sesion") == 2

    def test_en_una_sesion_llena_el_lugar_vencido_es_de_otro(self, api: ApiClient, app: Flask) -> None:
        de_grupo(app, 2)
        programar(api, paciente_id=1, tratamiento_id=7)
        apartar(api, paciente_id=2, tratamiento_id=7)
        dejar_vencer(app)
        programar(api, paciente_id=3, tratamiento_id=7)
        problem(api.post("/citas", datos_de_cita(paciente_id=4, tratamiento_id=7)), 409, "sesion_llena")

    def test_una_sesion_solo_de_vencidos_no_ocupa_al_doctor(self, api: ApiClient, app: Flask) -> None:
        de_grupo(app, 2)
        apartar(api, paciente_id=1, tratamiento_id=7)
        apartar(api, paciente_id=2, tratamiento_id=7)
        dejar_vencer(app)
        programar(api, paciente_id=3)

    def test_el_ultimo_que_reserva_no_pierde_la_sesion(self, api: ApiClient, app: Flask) -> None:
        de_grupo(app, 2)
        ok(reservar(api, apartar(api, tratamiento_id=7), tratamiento_id=7), 201)
        problem(api.post("/citas", datos_de_cita(paciente_id=3)), 409, "doctor_ocupado")
        programar(api, paciente_id=3, tratamiento_id=7)

    def test_depurar_devuelve_los_lugares(self, api: ApiClient, app: Flask) -> None:
        de_grupo(app, 3)
        programar(api, paciente_id=1, tratamiento_id=7)
        apartar(api, paciente_id=2, tratamiento_id=7)
        queda = apartar(api, paciente_id=3, doctor_id=2, sala_id=1)
        with app.app_context():
            antes = now() - timedelta(seconds=1)
            db.session.execute(
                db.text("UPDATE apartado SET vence_en = :a WHERE paciente_id = 2"), {"a": _crudo(antes)}
            )
            db.session.commit()
            for _ in range(2):
                depurar_vencidos()
            assert [s.ocupados for s in db.session.scalars(db.select(Sesion))] == [1]
            assert db.session.scalar(db.select(Cita.sesion_id)) is not None
            de_apartados = db.select(db.func.count()).select_from(Ocupacion).where(Ocupacion.apartado_id.is_not(None))
            assert db.session.scalar(de_apartados) == 3
        assert ok(api.get("/citas/apartados"))["datos"] == [queda]


def test_el_id_de_un_apartado_devuelto_no_es_de_ningun_otro(api: ApiClient) -> None:
    primero = apartar(api)
    ok(api.delete(f"/citas/apartados/{primero['id']}"), 204)
    assert apartar(api)["id"] > primero["id"]


def _crudo(momento: datetime) -> datetime:
    return momento.replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else momento
