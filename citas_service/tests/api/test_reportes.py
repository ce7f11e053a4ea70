"""Reports against a count by hand."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Bloqueo, CentroRef, Cita, DoctorRef, Horario, PacienteRef
from citas.modelos.version import agenda_cambia
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..conftest import manana, programar

ZONAS = {1: "America/Guayaquil", 2: "Pacific/Galapagos", 3: "America/New_York"}
ESPECIALIDADES = {1: ["Ortodoncia", "Endodoncia"], 2: ["Endodoncia"], 3: []}
ESTADOS = ("completada", "completada", "cancelada", "no_asistio", "programada", "confirmada", "en_curso")
DESDE, HASTA = date(2024, 2, 1), date(2024, 4, 30)
RANGO = {"desde": DESDE.isoformat(), "hasta": HASTA.isoformat()}


@pytest.fixture
def personas(api: ApiClient, app: Flask) -> None:
    """Three doctors, patients and centres."""
    with app.app_context():
        for n, zona in ZONAS.items():
            persona = {"nombres": "Ana", "apellidos": f"Doctora {n}", "busqueda": f"ana doctora {n}"}
            db.session.add_all(
                [
                    CentroRef(id=n, nombre=f"Centro {n}", zona_horaria=zona),
                    DoctorRef(id=n, especialidades=ESPECIALIDADES[n], **persona),
                    PacienteRef(id=n, **persona),
                ]
            )
        db.session.commit()


def una_cita(azar: random.Random) -> Cita:
    centro = azar.choice(list(ZONAS))
    lectura = datetime(2024, 1, 20, tzinfo=ZoneInfo(ZONAS[centro])) + timedelta(days=azar.randrange(110))
    inicio = lectura.replace(hour=azar.choice([0, 9, 12, 23]), minute=azar.choice([0, 30])).astimezone(UTC)
    estado = azar.choice(ESTADOS)
    cita = Cita(
        paciente_id=azar.randint(1, 3),
        doctor_id=azar.randint(1, 3),
        centro_id=centro,
        estado=estado,
        sobreturno=azar.random() < 0.2,
        registrado_por="x",
        creado_en=inicio - timedelta(seconds=azar.randrange(60 * 86_400)),
        eliminado_en=now() if azar.random() < 0.1 else None,
    )
    cita.ubicar(inicio, azar.choice([30, 45, 60]), ZONAS[centro])
    return cita


@pytest.fixture
def pasadas(app: Flask, personas: None) -> list[Cita]:
    """Three hundred appointments around the range; of the cancelled ones every other was moved."""
    azar = random.Random(20)  # noqa: S311 - a fixed sample
    with app.app_context():
        citas = [una_cita(azar) for _ in range(300)]
        db.session.add_all(citas)
        db.session.flush()
        movidas = [cita for cita in citas if cita.estado == "cancelada"][::2]
        otras = [cita for cita in citas if cita.estado == "programada"]
        for movida, otra in zip(movidas, otras, strict=False):
            movida.reprogramada_en_id, otra.reprograma_a_id = otra.id, movida.id
        db.session.commit()
        # The same time twice, as in a group session.
        db.session.add(_copia(next(c for c in citas if c.estado == "completada" and not c.eliminado_en)))
        db.session.commit()
        todas = list(db.session.scalars(db.select(Cita)))
        db.session.expunge_all()
    return [cita for cita in todas if cita.eliminado_en is None and DESDE <= dia_de(cita) <= HASTA]


def _copia(cita: Cita) -> Cita:
    campos = ("paciente_id", "doctor_id", "centro_id", "estado", "sobreturno", "registrado_por", "creado_en")
    copia = Cita(**{campo: getattr(cita, campo) for campo in campos})
    copia.ubicar(cita.inicio, cita.duracion_minutos, cita.zona_horaria)
    return copia


def dia_de(cita: Cita) -> date:
    return cita.inicio.astimezone(ZoneInfo(ZONAS[cita.centro_id])).date()


def a_mano(citas: Iterable[Cita]) -> dict[str, Any]:
    """The figures as a person would count them."""
    suyas = list(citas)

    def cuantas(condicion: Callable[[Cita], bool]) -> int:
        return len([cita for cita in suyas if condicion(cita)])

    atendidas, faltas = (cuantas(lambda c, e=e: c.estado == e) for e in ("completada", "no_asistio"))  # type: ignore[misc]
    dias = [(cita.inicio - cita.creado_en) / timedelta(days=1) for cita in suyas]
    return {
        "programadas": len(suyas),
        "atendidas": atendidas,
        "canceladas": cuantas(lambda c: c.estado == "cancelada" and not c.reprogramada_en_id),
        "reprogramadas": cuantas(lambda c: c.estado == "cancelada" and bool(c.reprogramada_en_id)),
        "no_asistio": faltas,
        "pendientes": cuantas(lambda c: c.estado in ("programada", "confirmada", "en_curso")),
        "sobreturnos": cuantas(lambda c: c.sobreturno),
        "tasa_no_asistencia": round(faltas / (atendidas + faltas), 4) if atendidas + faltas else None,
        "antelacion_promedio_dias": pytest.approx(sum(dias) / len(dias), abs=0.0051) if dias else None,
    }


def minutos_a_mano(citas: Iterable[Cita]) -> int:
    """What a doctor has at one time counts once."""
    return sum(max(c.duracion_minutos for c in juntas) for juntas in por(citas, lambda c: c.inicio).values())


def pedir(api: ApiClient, que: str, **consulta: Any) -> dict[str, Any]:
    reporte: dict[str, Any] = ok(api.get(f"/citas/{que}", query_string={**RANGO, **consulta}))
    return reporte


def por(citas: Iterable[Cita], clave: Callable[[Cita], Any]) -> dict[Any, list[Cita]]:
    grupos: dict[Any, list[Cita]] = defaultdict(list)
    for cita in citas:
        grupos[clave(cita)].append(cita)
    return grupos


GRUPOS: list[tuple[str, Callable[[Cita], Any], Callable[[Any], Any]]] = [
    ("dia", lambda c: dia_de(c).isoformat(), lambda f: f["dia"]),
    ("doctor", lambda c: c.doctor_id, lambda f: f["doctor"]["id"]),
    ("centro", lambda c: c.centro_id, lambda f: f["centro"]["id"]),
]


@pytest.mark.both_databases
def test_cada_grupo_suma_lo_suyo(api: ApiClient, pasadas: list[Cita]) -> None:
    for agrupar, clave, nombre in GRUPOS:
        reporte = pedir(api, "reportes/citas", agrupar=agrupar)
        assert reporte["totales"] == a_mano(pasadas), agrupar
        assert reporte["totales"]["reprogramadas"] and reporte["totales"]["sobreturnos"]
        filas = {nombre(fila): {k: v for k, v in fila.items() if k != agrupar} for fila in reporte["filas"]}
        assert filas == {grupo: a_mano(citas) for grupo, citas in por(pasadas, clave).items()}, agrupar
        assert list(filas) == sorted(filas), agrupar


@pytest.mark.both_databases
def test_por_especialidad_cuenta_en_cada_una(api: ApiClient, pasadas: list[Cita]) -> None:
    reporte = pedir(api, "reportes/citas", agrupar="especialidad")
    assert reporte["totales"] == a_mano(pasadas)
    filas = {fila.pop("especialidad"): fila for fila in reporte["filas"]}
    assert filas == {
        "Endodoncia": a_mano(c for c in pasadas if c.doctor_id in (1, 2)),
        "Ortodoncia": a_mano(c for c in pasadas if c.doctor_id == 1),
        None: a_mano(c for c in pasadas if c.doctor_id == 3),
    }


FILTROS: list[tuple[dict[str, Any], Callable[[Cita], bool]]] = [
    ({"centro_id": 3}, lambda c: c.centro_id == 3),
    ({"doctor_id": 2}, lambda c: c.doctor_id == 2),
    ({"especialidad": "ORTODONCIA"}, lambda c: c.doctor_id == 1),
    ({"especialidad": "cardiología"}, lambda c: False),
    ({"desde": "2024-03-01", "hasta": "2024-03-01"}, lambda c: dia_de(c) == date(2024, 3, 1)),
    ({"doctor_id": 2, "centro_id": 1}, lambda c: (c.doctor_id, c.centro_id) == (2, 1)),
]


@pytest.mark.both_databases
def test_los_filtros(api: ApiClient, pasadas: list[Cita]) -> None:
    for filtro, cuales in FILTROS:
        assert pedir(api, "reportes/citas", **filtro)["totales"] == a_mano(filter(cuales, pasadas)), filtro


@pytest.mark.both_databases
def test_productividad(api: ApiClient, app: Flask, pasadas: list[Cita]) -> None:
    ofrecer(app)
    reporte = pedir(api, "reportes/productividad")
    filas = {fila["doctor"]["id"]: fila for fila in reporte["doctores"]}
    assert list(filas) == [1, 2, 3]
    for doctor, fila in filas.items():
        suyas = [c for c in pasadas if c.doctor_id == doctor]
        assert {campo: fila[campo] for campo in a_mano([])} == a_mano(suyas)
        reservados = minutos_a_mano(c for c in suyas if c.estado != "cancelada")
        assert fila["minutos_reservados"] == reservados
        assert fila["minutos_atendidos"] == minutos_a_mano(c for c in suyas if c.estado == "completada")
        ofrecidos = OFRECIDOS[doctor]
        assert fila["minutos_ofrecidos"] == ofrecidos
        assert fila["ocupacion"] == (round(reservados / ofrecidos, 4) if ofrecidos else None)
        una = pedir(api, f"doctores/{doctor}/productividad")
        assert una == {**fila, "desde": RANGO["desde"], "hasta": RANGO["hasta"]}
    assert reporte["totales"]["minutos_ofrecidos"] == sum(OFRECIDOS.values())
    assert pedir(api, "reportes/productividad", centro_id=2)["totales"]["minutos_ofrecidos"] == 0


def ofrecer(app: Flask) -> None:
    """Doctor 1 on Mondays from nine to one; doctor 2 on Sundays in New York from one to four in the morning."""
    with app.app_context():
        for doctor, centro, semana, desde, hasta in ((1, 1, 0, 540, 780), (2, 3, 6, 60, 240)):
            db.session.add(
                Horario(
                    doctor_id=doctor,
                    centro_id=centro,
                    dia_semana=semana,
                    desde=desde,
                    hasta=hasta,
                    turno_minutos=30,
                )
            )
        inicio = datetime(2024, 2, 19, 12, 0)  # noqa: DTZ001 - a reading
        db.session.add(
            Bloqueo(
                doctor_id=1,
                tipo="permiso",
                inicio=inicio,
                fin=inicio + timedelta(days=1),
                termina=inicio.replace(tzinfo=UTC) + timedelta(days=2),
                zona_horaria=ZONAS[1],
            )
        )
        db.session.commit()


# Thirteen Mondays, one of them Carnival, one ends at noon. Thirteen Sundays, on one of which the clock skips an hour.
OFRECIDOS = {1: 12 * 240 - 60, 2: 13 * 180 - 60, 3: 0}


def test_quien_ve_que(api: ApiClient, app: Flask, pasadas: list[Cita]) -> None:
    ofrecer(app)
    secretaria = api.as_("secretaria", centros=[1])
    assert pedir(secretaria, "reportes/citas")["totales"] == a_mano(c for c in pasadas if c.centro_id == 1)
    assert pedir(secretaria, "reportes/citas", centro_id=3)["totales"]["programadas"] == 0
    assert pedir(secretaria, "reportes/productividad")["totales"]["minutos_ofrecidos"] == OFRECIDOS[1]
    assert pedir(secretaria, "doctores/2/productividad")["minutos_ofrecidos"] == 0
    medico = api.as_("medico", doctor_id=2)
    assert pedir(medico, "reportes/citas")["totales"] == a_mano(c for c in pasadas if c.doctor_id == 2)
    (fila,) = pedir(medico, "reportes/productividad")["doctores"]
    assert (fila["doctor"]["id"], fila["minutos_ofrecidos"]) == (2, OFRECIDOS[2])
    assert pedir(medico, "doctores/2/productividad")["minutos_ofrecidos"] == OFRECIDOS[2]
    problem(medico.get("/citas/doctores/1/productividad"), 404)
    problem(api.get("/citas/doctores/77/productividad"), 404)
    for ruta in ("reportes/citas", "reportes/productividad", "doctores/1/productividad"):
        problem(api.as_("paciente", ["citas:leer"], paciente_id=1).get(f"/citas/{ruta}"), 403)


def test_el_que_ya_no_trabaja_no_ofrece_mas(api: ApiClient, app: Flask, personas: None) -> None:
    ofrecer(app)
    rango = {"desde": manana()[:10], "hasta": manana(dias=60)[:10]}
    assert pedir(api, "doctores/1/productividad", **rango)["minutos_ofrecidos"] > 0
    with app.app_context():
        db.session.get_one(DoctorRef, 1).activo = False
        agenda_cambia()
        db.session.commit()
    assert pedir(api, "doctores/1/productividad", **rango)["minutos_ofrecidos"] == 0
    assert pedir(api, "doctores/1/productividad")["minutos_ofrecidos"] == OFRECIDOS[1]


def test_sin_fechas_es_el_mes_en_curso(api: ApiClient) -> None:
    programar(api)
    for ruta in ("reportes/citas", "reportes/productividad", "doctores/1/productividad"):
        reporte = ok(api.get(f"/citas/{ruta}"))
        hoy = now().astimezone(ZoneInfo(ZONAS[1])).date()
        assert reporte["desde"] == hoy.replace(day=1).isoformat()
        fin = date.fromisoformat(reporte["hasta"])
        assert (fin.month, (fin + timedelta(days=1)).day) == (hoy.month, 1)


@pytest.mark.parametrize(
    ("consulta", "campo"),
    [
        ({"desde": "2024-01-01", "hasta": "2025-01-01"}, "hasta"),
        ({"desde": "2024-01-02", "hasta": "2024-01-01"}, "hasta"),
        ({"agrupar": "paciente"}, "agrupar"),
        ({"formato": "csv"}, "formato"),
    ],
)
def test_lo_que_no_se_puede_pedir(api: ApiClient, consulta: dict[str, str], campo: str) -> None:
    assert list(problem(api.get("/citas/reportes/citas", query_string=consulta), 422)["errores"]) == [campo]


def test_un_ano_entero_si_y_con_uno_de_los_dos_su_mes(api: ApiClient) -> None:
    ok(api.get("/citas/reportes/citas", query_string={"desde": "2024-01-01", "hasta": "2024-12-31"}))
    reporte = ok(api.get("/citas/reportes/citas", query_string={"start_date": "2024-02-10"}))
    assert (reporte["desde"], reporte["hasta"]) == ("2024-02-10", "2024-02-29")
    reporte = ok(api.get("/citas/reportes/citas", query_string={"hasta": "2024-02-10"}))
    assert (reporte["desde"], reporte["hasta"]) == ("2024-02-01", "2024-02-10")
    assert reporte["totales"]["tasa_no_asistencia"] is reporte["totales"]["antelacion_promedio_dias"] is None


@pytest.mark.parametrize(
    "ruta",
    [
        *(f"reportes/citas?agrupar={agrupar}" for agrupar in ("dia", "doctor", "centro", "especialidad")),
        "reportes/productividad?especialidad=endodoncia",
        "doctores/1/productividad?",
    ],
)
def test_las_sentencias_no_crecen(api: ApiClient, app: Flask, personas: None, ruta: str) -> None:
    def cuantas(desde: str, hasta: str) -> int:
        with statements(app) as anotadas:
            ok(api.get(f"/citas/{ruta}&desde={desde}&hasta={hasta}"))
        return len(anotadas)

    antes = cuantas("2024-03-01", "2024-03-01")
    azar = random.Random(3)  # noqa: S311 - a fixed sample
    with app.app_context():
        db.session.add_all([una_cita(azar) for _ in range(60)])
        db.session.commit()
    ofrecer(app)
    assert cuantas("2024-01-01", "2024-12-31") == antes <= 12
