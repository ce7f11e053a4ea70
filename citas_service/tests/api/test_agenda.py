"""Agendas as a calendar draws them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from citas.dominio.feriados import del_ano
from citas.extensiones import db
from citas.modelos import Apartado, Bloqueo, Horario, Ocupacion
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..conftest import QUITO, manana, programar
from ..fabricas import conocer

DIAS = range(7)


def un_dia(dias: int = 1) -> date:
    return date.fromisoformat(manana(dias=dias)[:10])


def laborable() -> date:
    """A day ahead that is no holiday."""
    dia = un_dia(3)
    while dia in del_ano("EC", dia.year):
        dia += timedelta(days=1)
    return dia


@pytest.fixture
def dia(api: ApiClient, app: Flask) -> date:
    """Doctors 1 and 2 work from nine to one at centre 1, doctor 1 from three to five at centre 2, every day."""
    conocer(app, (1, 2, 3), (1, 2))
    with app.app_context():
        for doctor, centro, desde, hasta in ((1, 1, 9, 13), (2, 1, 9, 13), (1, 2, 15, 17)):
            for semana in DIAS:
                db.session.add(
                    Horario(
                        doctor_id=doctor,
                        centro_id=centro,
                        dia_semana=semana,
                        desde=desde * 60,
                        hasta=hasta * 60,
                        turno_minutos=30,
                    )
                )
        db.session.commit()
    return laborable()


def ver(api: ApiClient, de: str, **consulta: Any) -> dict[str, Any]:
    agenda: dict[str, Any] = ok(api.get(f"/citas/{de}/agenda", query_string=consulta))
    return agenda


def columnas(agenda: dict[str, Any], dia: date) -> dict[tuple[int, int], dict[str, Any]]:
    (uno,) = [d for d in agenda["dias"] if d["fecha"] == dia.isoformat()]
    return {(c["doctor"]["id"], c["centro_id"]): c for c in uno["doctores"]}


def a_las(dia: date, *horas: str, desfase: str = "-05:00") -> list[str]:
    return [f"{dia}T{hora}:00{desfase}" for hora in horas]


def test_un_dia_del_doctor_en_sus_centros(api: ApiClient, app: Flask, dia: date) -> None:
    cita = programar(api, fecha_hora=f"{dia}T10:00:00", sala_id=1)
    ok(api.post("/citas", {**_pedida(dia, "11:00"), "doctor_id": 2}), 201)
    _apartar(app, dia, "12:00", "12:30")
    agenda = ver(api, "doctores/1", fecha=dia)
    assert (agenda["desde"], agenda["hasta"], agenda["zona_horaria"]) == (dia.isoformat(), dia.isoformat(), None)
    assert [c["zona_horaria"] for c in agenda["centros"]] == ["America/Guayaquil", "Pacific/Galapagos"]
    columna = columnas(agenda, dia)[1, 1]
    assert set(columnas(agenda, dia)) == {(1, 1), (1, 2)}
    assert columna["doctor"] == {"id": 1, "nombres": "Ana", "apellidos": "Doctora 1"}
    assert columna["horarios"] == [{"desde": "09:00", "hasta": "13:00", "sala_id": None}]
    nueve, una = a_las(dia, "09:00", "13:00")
    assert columna["trabajo"] == [{"inicio": nueve, "fin": una}]
    assert [(libre["inicio"][11:16], libre["fin"][11:16]) for libre in columna["libres"]] == [
        ("09:00", "10:00"),
        ("10:30", "12:00"),
        ("12:30", "13:00"),
    ]
    (breve,) = columna["citas"]
    esperada = {campo: cita[campo] for campo in ("id", "fecha_hora", "estado", "sala_id", "paciente", "sobreturno")}
    assert esperada.items() <= breve.items()
    assert [breve["fin"]] == a_las(dia, "10:30")
    (apartado,) = columna["apartados"]
    assert [apartado["inicio"], apartado["fin"]] == a_las(dia, "12:00", "12:30")
    assert apartado["vence_en"].endswith("-05:00")
    tarde = columnas(agenda, dia)[1, 2]
    assert [t["inicio"] for t in tarde["trabajo"]] == a_las(dia, "15:00", desfase="-06:00")


def _pedida(dia: date, hora: str, **cambios: Any) -> dict[str, Any]:
    return {"paciente_id": 2, "doctor_id": 1, "centro_id": 1, "fecha_hora": f"{dia}T{hora}:00", **cambios}


def _apartar(app: Flask, dia: date, desde: str, hasta: str, minutos: int = 10) -> None:
    inicio, fin = (datetime.fromisoformat(f"{dia}T{hora}:00").replace(tzinfo=QUITO) for hora in (desde, hasta))
    vence_en = now() + timedelta(minutes=minutos)
    with app.app_context():
        apartado = Apartado(
            doctor_id=1, centro_id=1, inicio=inicio, fin=fin, vence_en=vence_en, zona_horaria=QUITO.key, por="x"
        )
        db.session.add(apartado)
        db.session.flush()
        db.session.add(
            Ocupacion(tipo="doctor", recurso_id=1, inicio=inicio, fin=fin, apartado_id=apartado.id, vence_en=vence_en)
        )
        db.session.commit()


def test_un_apartado_vencido_no_cuenta(api: ApiClient, app: Flask, dia: date) -> None:
    _apartar(app, dia, "12:00", "12:30", minutos=-1)
    columna = columnas(ver(api, "centros/1", fecha=dia), dia)[1, 1]
    assert columna["apartados"] == []
    assert columna["libres"] == columna["trabajo"]


def test_el_centro_muestra_a_todos_sus_doctores(api: ApiClient, dia: date) -> None:
    ok(api.post("/citas", _pedida(dia, "20:00", doctor_id=3)), 201)
    agenda = ver(api, "centros/1", fecha=dia)
    assert agenda["zona_horaria"] == "America/Guayaquil"
    assert list(columnas(agenda, dia)) == [(1, 1), (2, 1), (3, 1)]
    assert columnas(agenda, dia)[3, 1]["horarios"] == []
    assert list(columnas(ver(api, "centros/2", fecha=dia), dia)) == [(1, 2)]


def test_los_bloqueos_quitan_trabajo_y_se_ven(api: ApiClient, app: Flask, dia: date) -> None:
    def bloqueo(desde: str, hasta: str, **campos: Any) -> Bloqueo:
        inicio, fin = (datetime.fromisoformat(f"{dia}T{hora}:00") for hora in (desde, hasta))
        return Bloqueo(tipo="otro", inicio=inicio, fin=fin, zona_horaria=QUITO.key, **campos)

    with app.app_context():
        db.session.add_all(
            [
                bloqueo("12:00", "12:30", doctor_id=1, rrule="FREQ=DAILY", motivo="Almuerzo"),
                bloqueo("09:00", "09:30", centro_id=1),
                bloqueo("10:00", "11:00", doctor_id=1, centro_id=2),
                bloqueo("10:00", "11:00", centro_id=1, sala_id=1),
            ]
        )
        db.session.commit()
    agenda = ver(api, "centros/1", desde=dia, hasta=dia + timedelta(days=1))
    columna = columnas(agenda, dia)[1, 1]
    assert [(b["inicio"][11:16], b["motivo"]) for b in columna["bloqueos"]] == [
        ("09:00", None),
        ("12:00", "Almuerzo"),
    ]
    assert [t["inicio"][11:16] for t in columna["trabajo"]] == ["09:30", "12:30"]
    assert [b["inicio"][11:16] for b in columnas(agenda, dia)[2, 1]["bloqueos"]] == ["09:00"]
    otro_dia = columnas(agenda, dia + timedelta(days=1))[1, 1]["bloqueos"]
    assert [b["inicio"] for b in otro_dia] == a_las(dia + timedelta(days=1), "12:00")


def test_un_feriado_deja_horario_sin_trabajo(api: ApiClient, dia: date) -> None:
    navidad = date(dia.year + 1, 12, 25)
    agenda = ver(api, "centros/1", fecha=navidad)
    assert agenda["dias"][0]["feriado"] == columnas(agenda, navidad)[1, 1]["feriado"] is not None
    assert columnas(agenda, navidad)[1, 1]["trabajo"] == []
    assert columnas(agenda, navidad)[1, 1]["horarios"]
    assert ver(api, "centros/1", fecha=dia)["dias"][0]["feriado"] is None


def test_canceladas_solo_si_se_piden(api: ApiClient, dia: date) -> None:
    cita = programar(api, fecha_hora=f"{dia}T10:00:00")
    ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
    assert columnas(ver(api, "doctores/1", fecha=dia), dia)[1, 1]["citas"] == []
    con = columnas(ver(api, "doctores/1", fecha=dia, incluir_canceladas="true"), dia)[1, 1]["citas"]
    assert [c["id"] for c in con] == [cita["id"]]
    ok(api.delete(f"/citas/{cita['id']}"), 204)
    assert columnas(ver(api, "doctores/1", fecha=dia, incluir_canceladas="true"), dia)[1, 1]["citas"] == []


class TestQueDias:
    def test_hoy_si_no_se_dice(self, api: ApiClient, dia: date) -> None:
        assert ver(api, "centros/1")["desde"] == datetime.now(QUITO).date().isoformat()

    def test_la_semana_va_de_lunes_a_domingo(self, api: ApiClient, dia: date) -> None:
        agenda = ver(api, "centros/1", fecha="2030-05-16", vista="semana")
        assert (agenda["desde"], agenda["hasta"], len(agenda["dias"])) == ("2030-05-13", "2030-05-19", 7)

    @pytest.mark.parametrize(
        ("consulta", "campo"),
        [
            ({"desde": "2030-01-01"}, "hasta"),
            ({"hasta": "2030-01-01"}, "desde"),
            ({"desde": "2030-01-02", "hasta": "2030-01-01"}, "hasta"),
            ({"desde": "2030-01-01", "hasta": "2030-02-12"}, "hasta"),
            ({"desde": "2030-01-01", "hasta": "2030-01-02", "fecha": "2030-01-01"}, "fecha"),
            ({"vista": "mes"}, "vista"),
            ({"color": "rojo"}, "color"),
        ],
    )
    def test_lo_que_no_se_puede_pedir(self, api: ApiClient, consulta: dict[str, str], campo: str) -> None:
        assert list(problem(api.get("/citas/centros/1/agenda", query_string=consulta), 422)["errores"]) == [campo]

    def test_cuarenta_y_dos_dias_si(self, api: ApiClient, dia: date) -> None:
        assert len(ver(api, "centros/1", desde="2030-01-01", hasta="2030-02-11")["dias"]) == 42

    def test_los_nombres_en_ingles_tambien(self, api: ApiClient, dia: date) -> None:
        assert ver(api, "doctores/1", start_date="2030-01-01", end_date="2030-01-02")["hasta"] == "2030-01-02"


class TestQuienLaVe:
    def test_un_medico_solo_la_suya(self, api: ApiClient, dia: date) -> None:
        medico = api.as_("medico", doctor_id=1)
        assert set(columnas(ver(medico, "doctores/1", fecha=dia), dia)) == {(1, 1), (1, 2)}
        problem(medico.get("/citas/doctores/2/agenda"), 404)
        assert set(columnas(ver(medico, "centros/1", fecha=dia), dia)) == {(1, 1)}
        problem(api.as_("medico", doctor_id=None).get("/citas/doctores/1/agenda"), 404)

    def test_una_secretaria_la_de_sus_centros(self, api: ApiClient, app: Flask, dia: date) -> None:
        programar(api, fecha_hora=f"{dia}T10:00:00")
        _apartar(app, dia, "12:00", "12:30")
        secretaria = api.as_("secretaria", centros=[2])
        assert set(columnas(ver(secretaria, "doctores/1", fecha=dia), dia)) == {(1, 2)}
        assert columnas(ver(secretaria, "doctores/2", fecha=dia), dia) == {}
        problem(secretaria.get("/citas/centros/1/agenda"), 404)

    def test_un_paciente_ninguna(self, api: ApiClient, dia: date) -> None:
        paciente = api.as_("paciente", paciente_id=1)
        problem(paciente.get("/citas/doctores/1/agenda"), 404)
        problem(paciente.get("/citas/centros/1/agenda"), 404)
        problem(api.as_("raro", alcance="todo").get("/citas/centros/1/agenda"), 404)

    def test_sin_permiso_no(self, api: ApiClient, dia: date) -> None:
        problem(api.as_("admin", ["citas:crear"]).get("/citas/centros/1/agenda"), 403)

    @pytest.mark.parametrize("ruta", ["doctores/77", "centros/77"])
    def test_lo_que_no_hay(self, api: ApiClient, dia: date, ruta: str) -> None:
        problem(api.get(f"/citas/{ruta}/agenda"), 404)


@pytest.mark.parametrize("desde", ["2020-01-01", None])
def test_las_sentencias_no_crecen(api: ApiClient, app: Flask, dia: date, desde: str | None) -> None:
    inicio = date.fromisoformat(desde) if desde else dia

    def cuantas(ruta: str, dias: int) -> int:
        ver(api, ruta, desde=inicio, hasta=inicio + timedelta(days=dias))
        with statements(app) as anotadas:
            ver(api, ruta, desde=inicio, hasta=inicio + timedelta(days=dias))
        return len(anotadas)

    antes = cuantas("centros/1", 0), cuantas("doctores/1", 0)
    for paciente, hora in ((1, "09:00"), (2, "10:00"), (3, "11:00")):
        for doctor in (1, 2):
            ok(api.post("/citas", _pedida(dia, hora, paciente_id=paciente + 3 * (doctor - 1), doctor_id=doctor)), 201)
    _apartar(app, dia, "12:00", "12:30")
    assert (cuantas("centros/1", 41), cuantas("doctores/1", 41)) == antes
    assert max(antes) <= (16 if desde else 9)


def test_lo_pasado_tambien_se_ve(api: ApiClient, app: Flask, dia: date) -> None:
    pasado = date(2024, 5, 13)
    inicio = datetime(2024, 5, 13, 9, 0)  # noqa: DTZ001 - a reading
    with app.app_context():
        db.session.add(
            Bloqueo(
                doctor_id=1,
                tipo="permiso",
                inicio=inicio,
                fin=inicio + timedelta(hours=1),
                termina=inicio.replace(tzinfo=QUITO) + timedelta(hours=1),
                zona_horaria=QUITO.key,
            )
        )
        db.session.commit()
    columna = columnas(ver(api, "doctores/1", fecha=pasado), pasado)[1, 1]
    assert [t["inicio"][11:16] for t in columna["trabajo"]] == ["10:00"]
    assert len(columna["bloqueos"]) == 1
