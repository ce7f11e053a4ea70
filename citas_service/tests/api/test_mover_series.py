"""Recurring series that are moved, corrected and cancelled as one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from citas.casos_de_uso import mover_series
from citas.extensiones import db
from citas.modelos import Cita, Ocupacion, Politica, Recordatorio
from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, datos_de_cita, manana, programar, vaciar
from ..fabricas import poner_politica
from ..series import agendar, ajenas, comprobar, cuantas, de_a_pocos, en_dias, horas, mover, ocupar, vivas


class TestPrever:
    def test_mover_tampoco(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        antes = cuantas(app, Cita, Ocupacion, app.extensions["comun"].tables.outbox)
        previa = ok(api.put(f"/citas/series/{hecho['serie']['id']}?simular=true", {"hora": "12:00"}))
        assert horas(previa["fechas"]) == en_dias(1, 2, 3, 4, hora="12:00")
        assert [f["cita_id"] for f in previa["fechas"]] == [c["id"] for c in hecho["citas"]]
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        assert cuantas(app, Cita, Ocupacion, app.extensions["comun"].tables.outbox) == antes


def test_tarde_para_un_paciente_tambien_lo_es_para_su_serie(api: ApiClient, app: Flask) -> None:
    hecho = agendar(api)
    poner_politica(app, cancelacion_minutos=7 * 24 * 60)
    permisos = ["citas:leer", "citas:cancelar", "citas:mover", "citas:series"]
    paciente = api.as_("paciente", permisos, paciente_id=1)
    problem(mover(paciente, hecho, hora="12:00"), 409, "fuera_de_plazo")
    cancelar = f"/citas/series/{hecho['serie']['id']}/estado"
    problem(paciente.patch(cancelar, {"estado": "cancelada"}), 409, "fuera_de_plazo")
    assert vivas(api, hecho["serie"]["id"]) == hecho["citas"]


class TestCambiar:
    def test_media_hora_mas_tarde_sobre_si_misma(self, api: ApiClient, admin: AdminDePrueba) -> None:
        hecho = agendar(api, duracion_minutos=60, sala_id=1)
        admin.consultas = 0
        movida = ok(mover(api, hecho, hora="10:30"))
        assert admin.consultas == 1
        assert horas(movida["citas"]) == en_dias(1, 2, 3, 4, hora="10:30")
        assert [c["reprograma_a_id"] for c in movida["citas"]] == [c["id"] for c in hecho["citas"]]
        vieja = ok(api.get(f"/citas/{hecho['citas'][0]['id']}"))
        assert (vieja["estado"], vieja["reprogramada_en_id"]) == ("cancelada", movida["citas"][0]["id"])
        assert vivas(api, hecho["serie"]["id"]) == movida["citas"]
        programar(api, paciente_id=2, fecha_hora=manana("10:00"))

    @pytest.mark.parametrize("dias", [1, -1, 2])
    @pytest.mark.parametrize("omitir", [False, True])
    def test_cada_una_al_sitio_que_otra_deja(self, api: ApiClient, dias: int, omitir: bool) -> None:
        hecho = agendar(api, fecha_hora=manana(dias=3))
        movida = ok(mover(api, hecho, dias=dias, omitir_conflictos=omitir))
        assert horas(movida["citas"]) == en_dias(*(dia + dias for dia in (3, 4, 5, 6)))
        assert movida["omitidas"] == []

    def test_desde_una_en_adelante(self, api: ApiClient) -> None:
        hecho = agendar(api)
        movida = ok(mover(api, hecho, hora="12:00", desde_cita_id=hecho["citas"][2]["id"], doctor_id=2))
        assert horas(movida["citas"]) == en_dias(3, 4, hora="12:00")
        assert {c["doctor_id"] for c in movida["citas"]} == {2}
        assert horas(vivas(api, hecho["serie"]["id"])) == en_dias(1, 2) + en_dias(3, 4, hora="12:00")
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["doctor_id"] == 1

    def test_todas_con_otro_doctor(self, api: ApiClient) -> None:
        hecho = agendar(api)
        movida = ok(mover(api, hecho, doctor_id=2))
        assert horas(movida["citas"]) == horas(hecho["citas"])
        assert movida["serie"]["doctor_id"] == 2
        programar(api, paciente_id=2)

    def test_si_una_no_puede_nada_cambia(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ajena = programar(api, paciente_id=2, fecha_hora=manana("12:00", dias=2))
        antes = cuantas(app, Cita, Ocupacion, Recordatorio)
        error = problem(mover(api, hecho, hora="12:00"), 409, "serie_con_conflictos")
        assert list(error["errores"]) == [ajena["fecha_hora"]]
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        assert cuantas(app, Cita, Ocupacion, Recordatorio) == antes

    def test_omitirla_deja_esa_donde_estaba(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana("12:00", dias=2))
        movida = ok(mover(api, hecho, hora="12:00", omitir_conflictos=True))
        assert horas(movida["citas"]) == en_dias(1, 3, 4, hora="12:00")
        assert [o["cita_id"] for o in movida["omitidas"]] == [hecho["citas"][1]["id"]]
        assert hecho["citas"][1] in vivas(api, hecho["serie"]["id"])
        problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=manana(dias=2))), 409, "doctor_ocupado")
        with app.app_context():
            pendientes = db.select(db.func.count()).where(
                Recordatorio.cita_id == hecho["citas"][1]["id"], Recordatorio.estado == "pendiente"
            )
            assert db.session.scalar(pendientes)

    def test_la_que_se_queda_estorba_a_la_que_venia(self, api: ApiClient) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana(dias=5))
        problem(mover(api, hecho, dias=1, omitir_conflictos=True), 409, "serie_con_conflictos")
        movida = ok(mover(api, hecho, dias=1, hora="10:30", omitir_conflictos=True))
        assert horas(movida["citas"]) == en_dias(2, 3, 4, 5, hora="10:30")

    def test_sala_duracion_y_motivo_en_su_sitio(self, api: ApiClient) -> None:
        hecho = agendar(api)
        cambiada = ok(mover(api, hecho, sala_id=2, duracion_minutos=45, motivo_consulta="Ortodoncia"))
        assert [c["id"] for c in cambiada["citas"]] == [c["id"] for c in hecho["citas"]]
        assert {(c["sala_id"], c["duracion_minutos"], c["motivo_consulta"]) for c in cambiada["citas"]} == {
            (2, 45, "Ortodoncia")
        }
        otra = datos_de_cita(doctor_id=2, paciente_id=2, sala_id=2, fecha_hora=manana("10:40", dias=4))
        problem(api.post("/citas", otra), 409, "sala_ocupada")

    def test_en_su_sitio_tambien_todo_o_nada(self, api: ApiClient) -> None:
        hecho = agendar(api)
        programar(api, paciente_id=2, fecha_hora=manana("10:30", dias=3))
        problem(mover(api, hecho, duracion_minutos=45, motivo_consulta="X"), 409, "serie_con_conflictos")
        assert ok(api.get(f"/citas/series/{hecho['serie']['id']}"))["citas"] == hecho["citas"]
        cambiada = ok(mover(api, hecho, duracion_minutos=45, motivo_consulta="X", omitir_conflictos=True))
        assert [c["id"] for c in cambiada["citas"]] == [hecho["citas"][n]["id"] for n in (0, 1, 3)]
        assert ok(api.get(f"/citas/{hecho['citas'][2]['id']}"))["motivo_consulta"] == "Control"

    def test_lo_que_ya_paso_o_ya_no_esta_pendiente_se_queda(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ids = [c["id"] for c in hecho["citas"]]
        ok(api.patch(f"/citas/{ids[1]}/estado", {"estado": "cancelada"}))
        with app.app_context():
            db.session.execute(text("UPDATE ocupacion SET inicio = :i, fin = :f WHERE cita_id = :c"), _ayer(ids[0]))
            db.session.execute(text("UPDATE cita SET inicio = :i, fin = :f WHERE id = :c"), _ayer(ids[0]))
            db.session.commit()
        movida = ok(mover(api, hecho, hora="12:00"))
        assert [c["reprograma_a_id"] for c in movida["citas"]] == ids[2:]

    def test_al_pasado_es_un_conflicto_de_esa_fecha(self, api: ApiClient) -> None:
        hecho = agendar(api)
        error = problem(mover(api, hecho, dias=-1, hora="00:00"), 409, "serie_con_conflictos")
        hoy = manana("00:00", dias=0) + "-05:00"
        assert error["errores"] == {hoy: ["fecha_pasada: Está en el pasado."]}

    def test_lo_mismo_no_cambia_nada(self, api: ApiClient, admin: AdminDePrueba) -> None:
        hecho = agendar(api)
        admin.consultas = 0
        assert ok(mover(api, hecho, hora="10:00", dias=0, doctor_id=1, motivo_consulta="Control"))["citas"] == []
        assert admin.consultas == 0

    def test_una_sola_se_cambia_como_cualquiera(self, api: ApiClient) -> None:
        hecho = agendar(api)
        una = ok(api.put(f"/citas/{hecho['citas'][1]['id']}", {"fecha_hora": manana("16:00", dias=2)}))["cita"]
        assert una["serie_id"] == hecho["serie"]["id"]
        esperadas = [*en_dias(1), *en_dias(2, hora="16:00"), *en_dias(3, 4)]
        assert horas(vivas(api, hecho["serie"]["id"])) == esperadas

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"hora": "25:00"}, "hora"),
            ({"dias": 400}, "dias"),
            ({"desde_cita_id": 999}, "desde_cita_id"),
            ({"paciente_id": 2}, "paciente_id"),
            ({"doctor_id": 77}, "doctor_id"),
            ({"sala_id": 77}, "sala_id"),
        ],
    )
    def test_lo_que_no_es_valido(self, api: ApiClient, cambio: dict[str, Any], campo: str) -> None:
        assert list(problem(mover(api, agendar(api), **cambio), 422)["errores"]) == [campo]

    def test_if_match(self, api: ApiClient) -> None:
        hecho = agendar(api)
        ruta = f"/citas/series/{hecho['serie']['id']}"
        problem(api.put(ruta, {"hora": "12:00"}, headers={"If-Match": '"9"'}), 412)
        ok(api.put(ruta, {"hora": "12:00"}, headers={"If-Match": '"1"'}))
        problem(api.put(ruta, {"hora": "13:00"}, headers={"If-Match": '"1"'}), 412)

    def test_lo_que_otra_persona_cambia_mientras_se_pregunta(
        self, api: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hecho = agendar(api)
        preguntar = mover_series._consultar

        def y_mientras(planes: Any) -> None:
            preguntar(planes)
            # In a thread of its own, which shares no session.
            with ThreadPoolExecutor(1) as otra:
                ruta = f"/citas/{hecho['citas'][1]['id']}/estado"
                ok(otra.submit(api.patch, ruta, {"estado": "cancelada"}).result())

        monkeypatch.setattr(mover_series, "_consultar", y_mientras)
        problem(mover(api, hecho, hora="12:00"), 409, "cambio_simultaneo")
        assert horas(vivas(api, hecho["serie"]["id"])) == en_dias(1, 3, 4)

    def test_una_cita_de_grupo_se_mueve_pero_no_cambia_de_sala(self, api: ApiClient, app: Flask) -> None:
        programar(api, paciente_id=4, fecha_hora=manana("20:00"))
        with app.app_context():
            db.session.add(Politica(tratamiento_id=7, capacidad=3, duracion_minutos=60))
            db.session.commit()
        uno = agendar(api, tratamiento_id=7)
        otro = agendar(api, tratamiento_id=7, paciente_id=2)
        assert [c["sesion_id"] for c in uno["citas"]] == [c["sesion_id"] for c in otro["citas"]]
        problem(mover(api, uno, sala_id=1), 409, "serie_con_conflictos")
        movida = ok(mover(api, uno, dias=1))
        assert [c["sesion_id"] for c in movida["citas"]][:3] == [c["sesion_id"] for c in otro["citas"]][1:]
        ok(mover(api, otro, hora="12:00"))
        problem(api.post("/citas", datos_de_cita(paciente_id=3, fecha_hora=manana(dias=2))), 409, "doctor_ocupado")
        programar(api, paciente_id=3)


def _ayer(cita_id: int) -> dict[str, Any]:
    return {"i": "2020-01-01 15:00:00+00:00", "f": "2020-01-01 15:30:00+00:00", "c": cita_id}


class TestCancelar:
    def test_todas_las_que_vienen(self, api: ApiClient, app: Flask) -> None:
        hecho = agendar(api)
        ruta = f"/citas/series/{hecho['serie']['id']}/estado"
        respuesta = ok(api.patch(ruta, {"estado": "cancelada", "motivo": "Viaja"}))
        assert (respuesta["canceladas"], respuesta["mensaje"]) == (4, "4 citas canceladas.")
        assert cuantas(app, Ocupacion) == [0]
        assert ok(api.get(f"/citas/{hecho['citas'][0]['id']}"))["motivo_cancelacion"] == "Viaja"
        problem(api.patch(ruta, {"estado": "cancelada"}), 409, "serie_sin_citas")
        problem(mover(api, hecho, hora="12:00"), 409, "serie_sin_citas")

    def test_desde_una(self, api: ApiClient) -> None:
        hecho = agendar(api)
        cuerpo = {"estado": "cancelada", "desde_cita_id": hecho["citas"][1]["id"]}
        assert ok(api.patch(f"/citas/series/{hecho['serie']['id']}/estado", cuerpo))["canceladas"] == 3
        assert vivas(api, hecho["serie"]["id"]) == hecho["citas"][:1]

    def test_otro_estado_no(self, api: ApiClient) -> None:
        hecho = agendar(api)
        problem(api.patch(f"/citas/series/{hecho['serie']['id']}/estado", {"estado": "confirmada"}), 422)


@de_a_pocos
@given(
    otras=ajenas,
    dias=st.integers(-1, 3),
    hora=st.sampled_from(["10:00", "10:30", "11:00"]),
    largo=st.sampled_from([30, 60]),
    omitir=st.booleans(),
)
def test_al_mover_pasa_lo_previsto(
    app: Flask, api: ApiClient, otras: list[dict[str, int]], dias: int, hora: str, largo: int, omitir: bool
) -> None:
    vaciar(app)
    serie = agendar(api, fecha_hora=manana("10:00", dias=2))["serie"]
    ocupar(api, otras)
    pedido = {"dias": dias, "hora": hora, "duracion_minutos": largo, "omitir_conflictos": omitir}
    previa = ok(api.put(f"/citas/series/{serie['id']}?simular=true", pedido))
    comprobar(previa, api.put(f"/citas/series/{serie['id']}", pedido), 200, omitir)
    assert len(vivas(api, serie["id"])) == 4
