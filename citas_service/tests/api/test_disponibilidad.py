"""What is offered can be booked, and what can be booked is offered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..conftest import QUITO, AdminDePrueba, datos_de_cita, manana, programar, vaciar
from ..fabricas import bloquear, conocer, poner_horario, poner_politica

# A Tuesday without holidays near it, far enough ahead.
DIA = date(datetime.now(QUITO).year + 1, 6, 8)


def turnos(api: ApiClient, **filtro: Any) -> list[dict[str, Any]]:
    consulta = {"doctor_id": 1, "fecha": DIA.isoformat()} | filtro
    if {"desde", "hasta"} & set(filtro):
        del consulta["fecha"]
    argumentos = "&".join(f"{nombre}={valor}" for nombre, valor in consulta.items() if valor is not None)
    encontrados: list[dict[str, Any]] = ok(api.get(f"/citas/disponibilidad?{argumentos}"))["datos"]
    return encontrados


def horas(api: ApiClient, **filtro: Any) -> list[str]:
    return [turno["fecha_hora"][11:16] for turno in turnos(api, **filtro)]


def a_las(hora: str, dia: date = DIA) -> str:
    return f"{dia}T{hora}:00"


def local(hora: str) -> datetime:
    return datetime.fromisoformat(a_las(hora))


class TestBuscar:
    def test_un_turno_trae_lo_que_hace_falta_para_agendarlo(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        primero = turnos(api)[0]
        assert primero == {
            "doctor_id": 1,
            "centro_id": 1,
            "sala_id": None,
            "fecha_hora": a_las("08:00") + "-05:00",
            "fin": a_las("08:30") + "-05:00",
            "duracion_minutos": 30,
            "lugares": 1,
        }
        cuerpo = {k: primero[k] for k in ("doctor_id", "centro_id", "fecha_hora", "duracion_minutos")}
        ok(api.post("/citas", {**cuerpo, "paciente_id": 1}), 201)
        assert horas(api)[0] == "08:30"

    def test_sin_horario_no_se_ofrece_nada_y_se_puede_agendar(self, api: ApiClient, app: Flask) -> None:
        conocer(app)
        assert turnos(api) == []
        programar(api, fecha_hora=a_las("03:00"))

    @pytest.mark.both_databases
    def test_lo_que_esta_tomado_no_se_ofrece(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="10:00")
        programar(api, fecha_hora=a_las("08:40"), duracion_minutos=30)
        assert horas(api) == ["08:00", "09:30"]

    @pytest.mark.both_databases
    def test_un_bloqueo_y_un_feriado_quitan_turnos(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="10:00")
        bloquear(app, local("08:15"), timedelta(minutes=20))
        assert horas(api) == ["09:00", "09:30"]
        navidad = date(DIA.year, 12, 25)
        assert horas(api, fecha=navidad) == []

    def test_un_cierre_del_centro_vale_para_todos(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="09:00")
        poner_horario(app, hasta="09:00", doctor_id=2)
        bloquear(app, local("00:00"), timedelta(days=1), centro_id=1)
        assert turnos(api, doctor_id=None, centro_id=1) == []

    @pytest.mark.both_databases
    def test_cada_centro_con_su_reloj(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="09:00", centro_id=2)
        assert [turno["fecha_hora"] for turno in turnos(api)] == [
            a_las("08:00") + "-06:00",
            a_las("08:30") + "-06:00",
        ]

    def test_por_especialidad_por_tratamiento_y_por_centro(self, api: ApiClient, app: Flask) -> None:
        for doctor_id in (1, 2):
            poner_horario(app, hasta="08:30", doctor_id=doctor_id)
        assert len(turnos(api, doctor_id=None, especialidad="odontologia")) == 2
        assert turnos(api, doctor_id=None, especialidad="pediatria") == []
        assert len(turnos(api, doctor_id=None, centro_id=1)) == 2
        poner_politica(app, tratamiento_id=7, duracion_minutos=20)
        assert {t["duracion_minutos"] for t in turnos(api, doctor_id=None, tratamiento_id=7)} == {20}

    def test_la_politica_manda_en_duracion_holguras_y_anticipacion(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="12:00")
        poner_politica(app, duracion_minutos=60)
        poner_politica(app, centro_id=1, holgura_antes_minutos=10, holgura_despues_minutos=20)
        programar(api, fecha_hora=a_las("10:00"))
        # 9:50 to 11:20 is taken, and another one needs 10 minutes before and 20 after.
        assert horas(api) == ["08:00", "08:30"]
        poner_politica(app, tratamiento_id=5, anticipacion_minutos=60 * 24 * 700)
        assert horas(api, tratamiento_id=5) == []
        poner_politica(app, tratamiento_id=6, horizonte_dias=1)
        assert horas(api, tratamiento_id=6) == []

    @pytest.mark.both_databases
    def test_a_un_paciente_no_se_le_ofrece_lo_que_choca_con_lo_suyo(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="09:00")
        programar(api, fecha_hora=a_las("08:30"), doctor_id=2, paciente_id=3)
        assert horas(api.as_("paciente", paciente_id=3)) == ["08:00"]
        assert horas(api, paciente_id=3) == ["08:00"]
        assert horas(api.as_("paciente", paciente_id=4)) == ["08:00", "08:30"]

    @pytest.mark.both_databases
    def test_con_una_sala_se_mira_si_esta_libre(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, hasta="09:00")
        programar(api, fecha_hora=a_las("08:00"), doctor_id=2, sala_id=1)
        assert horas(api, sala_id=1) == ["08:30"]
        assert [t["sala_id"] for t in turnos(api, sala_id=2)] == [2, 2]
        problem(api.get(f"/citas/disponibilidad?doctor_id=1&fecha={DIA}&sala_id=99"), 422)

    @pytest.mark.parametrize(
        "consulta",
        [
            "",
            "doctor_id=0",
            "doctor_id=1&desde=2030-01-01&hasta=2030-06-01",
            "doctor_id=1&desde=2030-01-02&hasta=2030-01-01",
            "doctor_id=1&fecha=2030-01-01&desde=2030-01-01",
            "doctor_id=1&fecha=2030-02-30",
            "doctor_id=1&color=rojo",
            "especialidad=%00",
            "doctor_id=1&duracion_minutos=100000",
        ],
    )
    def test_una_busqueda_sin_sentido_se_explica(self, api: ApiClient, consulta: str) -> None:
        problem(api.get(f"/citas/disponibilidad?{consulta}"), 422)

    def test_el_numero_de_consultas_no_crece(self, api: ApiClient, app: Flask) -> None:
        for doctor_id in (1, 2, 3, 4):
            poner_horario(app, doctor_id=doctor_id)
        turnos(api)
        with statements(app) as pocas:
            turnos(api)
        with statements(app) as muchas:
            turnos(api, doctor_id=None, centro_id=1, desde=DIA, hasta=DIA + timedelta(days=30))
        assert len(muchas) == len(pocas) == 2


class TestReglas:
    @pytest.mark.parametrize(
        ("cambios", "codigo"),
        [
            ({"fecha_hora": a_las("07:30")}, "fuera_de_horario"),
            ({"fecha_hora": a_las("11:45")}, "fuera_de_horario"),
            ({"fecha_hora": a_las("08:00"), "centro_id": 2}, "fuera_de_horario"),
            ({"fecha_hora": a_las("10:00")}, "fuera_de_horario"),
            ({"fecha_hora": a_las("08:00", date(DIA.year, 12, 25))}, "fuera_de_horario"),
            ({"fecha_hora": a_las("08:00"), "tratamiento_id": 8}, "anticipacion_insuficiente"),
            ({"fecha_hora": a_las("08:00"), "tratamiento_id": 9}, "fuera_de_horizonte"),
        ],
    )
    def test_fuera_de_las_reglas_solo_con_un_sobreturno(
        self, api: ApiClient, app: Flask, cambios: dict[str, Any], codigo: str
    ) -> None:
        poner_horario(app)
        conocer(app)
        bloquear(app, local("10:00"), timedelta(minutes=30))
        poner_politica(app, tratamiento_id=8, anticipacion_minutos=60 * 24 * 700)
        poner_politica(app, tratamiento_id=9, horizonte_dias=1)
        cuerpo = datos_de_cita(**cambios)
        problem(api.post("/citas", cuerpo), 409, codigo)
        problem(api.post("/citas", {**cuerpo, "sobreturno": True}), 422)
        sobreturno = {"sobreturno": True, "motivo_sobreturno": "Urgencia"}
        sin_permiso = api.as_("secretaria", centros=[1, 2], permisos=["citas:crear"])
        problem(sin_permiso.post("/citas", {**cuerpo, **sobreturno}), 403, "sobreturno_no_permitido")
        cita = ok(api.post("/citas", {**cuerpo, **sobreturno}), 201)
        assert (cita["sobreturno"], cita["motivo_sobreturno"]) == (True, "Urgencia")

    @pytest.mark.both_databases
    def test_un_sobreturno_nunca_pasa_por_encima_de_otra_cita(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        sobreturno = {"sobreturno": True, "motivo_sobreturno": "Urgencia"}
        programar(api, fecha_hora=a_las("13:00"), **sobreturno)
        otra = datos_de_cita(fecha_hora=a_las("13:10"), paciente_id=2, **sobreturno)
        problem(api.post("/citas", otra), 409, "doctor_ocupado")

    def test_dentro_de_las_reglas_no_queda_como_sobreturno(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        cita = programar(api, fecha_hora=a_las("08:00"), sobreturno=True, motivo_sobreturno="Por si acaso")
        assert cita["sobreturno"] is False

    def test_mover_y_alargar_cumplen_las_mismas_reglas(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        cita = programar(api, fecha_hora=a_las("11:30"))
        error = problem(api.put(f"/citas/{cita['id']}", {"fecha_hora": a_las("12:00")}), 409, "fuera_de_horario")
        assert error["detail"].startswith("No se pudo reprogramar")
        largo = api.put(f"/citas/{cita['id']}", {"duracion_minutos": 45}, headers={"If-Match": "*"})
        problem(largo, 409, "fuera_de_horario")
        assert ok(api.get(f"/citas/{cita['id']}"))["duracion_minutos"] == 30

    def test_un_doctor_solo_atiende_lo_que_ofrece(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        from citas.extensiones import db
        from citas.modelos import DoctorRef
        from citas.modelos.referencias import recordar

        with app.app_context():
            ofrece = {"id": 1, "nombres": "Ana", "apellidos": "Doctora 1", "servicios": [4]}
            recordar(DoctorRef, ofrece, 2)
            db.session.commit()
        problem(
            api.post("/citas", datos_de_cita(fecha_hora=a_las("08:00"), tratamiento_id=5)),
            409,
            "tratamiento_no_ofrecido",
        )
        assert horas(api, tratamiento_id=5) == []
        assert horas(api, tratamiento_id=4) != []

    def test_un_paciente_no_decide_cuanto_dura_su_cita(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        paciente = api.as_("paciente", paciente_id=1)
        problem(paciente.post("/citas", datos_de_cita(fecha_hora=a_las("08:00"), duracion_minutos=240)), 422)
        ok(paciente.post("/citas", datos_de_cita(fecha_hora=a_las("08:00"))), 201)

    def test_cancelar_tarde_solo_por_la_clinica(self, api: ApiClient, app: Flask) -> None:
        conocer(app)
        poner_politica(app, cancelacion_minutos=60 * 24 * 30)
        cita = programar(api, fecha_hora=manana())
        paciente = api.as_("paciente", paciente_id=1)
        problem(paciente.put(f"/citas/{cita['id']}", {"estado": "cancelada"}), 409, "fuera_de_plazo")
        problem(paciente.put(f"/citas/{cita['id']}", {"fecha_hora": manana("16:00")}), 409, "fuera_de_plazo")
        ok(api.put(f"/citas/{cita['id']}", {"estado": "cancelada"}))


@pytest.mark.both_databases
class TestSalasYGrupos:
    def test_el_tratamiento_que_pide_una_sala_toma_la_primera_libre(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        poner_horario(app, doctor_id=2)
        poner_horario(app, doctor_id=3)
        poner_politica(app, tratamiento_id=3, tipo_sala="sillon")
        salas = [
            programar(api, fecha_hora=a_las("08:00"), doctor_id=n, paciente_id=n, tratamiento_id=3)["sala_id"]
            for n in (1, 2)
        ]
        assert salas == [1, 2]
        tercera = datos_de_cita(fecha_hora=a_las("08:00"), doctor_id=3, paciente_id=3, tratamiento_id=3)
        problem(api.post("/citas", tercera), 409, "sala_ocupada")
        assert horas(api, doctor_id=3, tratamiento_id=3)[0] == "08:30"

    def test_una_sesion_de_grupo_ocupa_al_doctor_una_vez(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        poner_politica(app, tratamiento_id=2, capacidad=2, duracion_minutos=60)
        grupo = {"fecha_hora": a_las("08:00"), "tratamiento_id": 2}
        primera = programar(api, **grupo)
        assert turnos(api, tratamiento_id=2)[0]["lugares"] == 1
        programar(api, paciente_id=2, **grupo)
        problem(api.post("/citas", datos_de_cita(paciente_id=3, **grupo)), 409, "sesion_llena")
        problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=a_las("08:30"))), 409, "doctor_ocupado")
        ok(api.patch(f"/citas/{primera['id']}/estado", {"estado": "cancelada"}))
        assert turnos(api, tratamiento_id=2)[0]["lugares"] == 1
        programar(api, paciente_id=3, **grupo)

    def test_cuando_todos_se_van_el_doctor_queda_libre(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        poner_politica(app, tratamiento_id=2, capacidad=5)
        cita = programar(api, fecha_hora=a_las("08:00"), tratamiento_id=2)
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
        programar(api, fecha_hora=a_las("08:00"))


class TestVerificar:
    def deseo(self, **cambios: Any) -> dict[str, Any]:
        return {"doctor_id": 1, "centro_id": 1, "fecha_hora": a_las("08:00"), **cambios}

    def test_si(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app)
        respuesta = ok(api.post("/citas/verificar-disponibilidad", self.deseo(paciente_id=1)))
        assert respuesta == {"disponible": True, "codigo": None, "motivo": None, "alternativas": []}
        # Nothing was kept.
        assert horas(api)[0] == "08:00"

    @pytest.mark.parametrize(
        ("cambios", "codigo"),
        [
            ({"fecha_hora": a_las("08:10")}, "doctor_ocupado"),
            ({"fecha_hora": a_las("08:10"), "doctor_id": 2, "paciente_id": 1}, "paciente_ocupado"),
            ({"fecha_hora": a_las("08:10"), "doctor_id": 2, "sala_id": 1}, "sala_ocupada"),
            ({"fecha_hora": a_las("06:00")}, "fuera_de_horario"),
            ({"doctor_id": 5}, "doctor_inactivo"),
        ],
    )
    def test_por_que_no_y_lo_mas_cercano(
        self, api: ApiClient, app: Flask, cambios: dict[str, Any], codigo: str
    ) -> None:
        poner_horario(app)
        poner_horario(app, doctor_id=2)
        programar(api, fecha_hora=a_las("08:00"), sala_id=1)
        respuesta = ok(api.post("/citas/verificar-disponibilidad", self.deseo(**cambios)))
        assert (respuesta["disponible"], respuesta["codigo"]) == (False, codigo)
        assert respuesta["motivo"]
        if codigo != "doctor_inactivo":
            cercanas = [a["fecha_hora"][:16] for a in respuesta["alternativas"]]
            assert len(cercanas) == 5
            assert f"{DIA}T08:30" in cercanas

    def test_si_el_doctor_no_tiene_turnos_se_ofrecen_los_de_sus_colegas(self, api: ApiClient, app: Flask) -> None:
        poner_horario(app, dias=[0])
        poner_horario(app, doctor_id=2, dias=[1])
        bloquear(app, local("00:00") - timedelta(days=30), timedelta(days=60))
        respuesta = ok(api.post("/citas/verificar-disponibilidad", self.deseo()))
        assert {a["doctor_id"] for a in respuesta["alternativas"]} == {2}

    def test_lo_que_no_existe_no_se_verifica(self, api: ApiClient) -> None:
        problem(api.post("/citas/verificar-disponibilidad", self.deseo(doctor_id=77)), 422)
        problem(api.post("/citas/verificar-disponibilidad", {}), 422)
        otro = api.as_("paciente", paciente_id=2)
        problem(otro.post("/citas/verificar-disponibilidad", self.deseo(paciente_id=1)), 403, "paciente_ajeno")


cuartos = st.integers(28, 56)


@st.composite
def dias_de_trabajo(draw: st.DrawFn) -> dict[str, Any]:
    def tramos(maximo: int) -> list[tuple[int, int]]:
        return [
            (inicio, largo)
            for inicio, largo in draw(st.lists(st.tuples(cuartos, st.integers(1, 6)), max_size=maximo))
        ]

    return {
        "desde": draw(st.integers(30, 36)),
        "hasta": draw(st.integers(38, 52)),
        "turno": draw(st.sampled_from([15, 20, 30])),
        "duracion": draw(st.sampled_from([15, 30, 40])),
        "antes": draw(st.sampled_from([0, 0, 10])),
        "despues": draw(st.sampled_from([0, 5])),
        "bloqueos": tramos(2),
        "citas": tramos(3),
        "centro": draw(st.sampled_from([1, 3])),
    }


def hora(cuarto: int) -> str:
    return f"{cuarto // 4:02}:{cuarto % 4 * 15:02}"


@pytest.mark.usefixtures("admin")
@settings(max_examples=settings().max_examples * 3 // 5)
@given(caso=dias_de_trabajo())
def test_se_ofrece_justo_lo_que_se_puede_agendar(
    app: Flask, api: ApiClient, admin: AdminDePrueba, caso: dict[str, Any]
) -> None:
    """Every start of the grid is asked of the booking itself: it takes those that are offered, and no other."""
    vaciar(app)
    centro = caso["centro"]
    poner_horario(
        app, desde=hora(caso["desde"]), hasta=hora(caso["hasta"]), turno_minutos=caso["turno"], centro_id=centro
    )
    holguras = {"holgura_antes_minutos": caso["antes"], "holgura_despues_minutos": caso["despues"]}
    poner_politica(app, duracion_minutos=caso["duracion"], **holguras)
    for inicio, largo in caso["bloqueos"]:
        bloquear(app, local(hora(inicio)), timedelta(minutes=15 * largo))
    for inicio, largo in caso["citas"]:
        cuerpo = datos_de_cita(
            fecha_hora=a_las(hora(inicio)), duracion_minutos=15 * largo, paciente_id=2, centro_id=centro
        )
        api.post("/citas", {**cuerpo, "sobreturno": True, "motivo_sobreturno": "Prueba"})
    ofrecidos = {turno["fecha_hora"] for turno in turnos(api)}
    zona = ZoneInfo("America/New_York") if centro == 3 else QUITO
    comienzo = local(hora(caso["desde"])).replace(tzinfo=zona)
    while comienzo < local(hora(caso["hasta"])).replace(tzinfo=zona):
        cuerpo = {"doctor_id": 1, "centro_id": centro, "paciente_id": 1, "fecha_hora": comienzo.isoformat()}
        respuesta = api.post("/citas", cuerpo)
        assert (respuesta.status_code == 201) == (comienzo.isoformat() in ofrecidos), comienzo
        if respuesta.status_code == 201:
            assert api.delete(f"/citas/{respuesta.get_json()['id']}").status_code == 204
        comienzo += timedelta(minutes=caso["turno"])
