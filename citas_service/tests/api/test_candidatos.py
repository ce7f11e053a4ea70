"""To whom freed time is offered: those whom it suits, in order, and what becomes of what suits nobody."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import DoctorRef, Espera
from comun.testing.client import ApiClient, ok

from ..conftest import datos_de_cita, manana, programar
from ..esperas import con_oferta, cuenta, esperar, huecos, incoherencias, repartir, responder, se_libera, ver


class TestAQuien:
    @pytest.mark.parametrize(
        ("deseo", "cabe"),
        [
            ({}, True),
            ({"doctor_id": 2}, False),
            ({"doctor_id": None, "centro_id": 1}, True),
            ({"doctor_id": None, "centro_id": 2}, False),
            ({"centro_id": 2}, False),
            ({"doctor_id": None, "especialidad": "Odontología"}, True),
            ({"doctor_id": None, "especialidad": "odontologia"}, True),
            ({"doctor_id": None, "especialidad": "Oftalmología"}, False),
            ({"especialidad": "Oftalmología"}, False),
            ({"hasta": 0}, False),
            ({"desde": 2}, False),
            ({"hora_desde": "10:00", "hora_hasta": "10:30"}, True),
            ({"hora_desde": "10:15", "hora_hasta": "24:00"}, False),
            ({"hora_hasta": "10:15"}, False),
            ({"hora_desde": "15:00"}, False),
        ],
    )
    def test_a_quien_espera_eso(self, api: ApiClient, app: Flask, deseo: dict[str, Any], cabe: bool) -> None:
        espera = esperar(api, **deseo)
        se_libera(api)
        with app.app_context():
            db.session.get_one(DoctorRef, 1).especialidades = ["Odontología"]
            db.session.commit()
        repartir(app)
        assert bool(ver(api, espera)["oferta"]) is cabe
        assert huecos(app) == ["ofrecido" if cabe else "cerrado"]

    def test_en_los_dias_en_que_puede(self, api: ApiClient, app: Flask) -> None:
        dias = ["lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"]
        ese = dias[datetime.fromisoformat(manana()).weekday()]
        no = esperar(api, paciente_id=1, dias_semana=[d for d in dias if d != ese], prioridad=9)
        si = esperar(api, paciente_id=2, dias_semana=[ese])
        se_libera(api)
        repartir(app)
        assert con_oferta(api, no, si) == [2]

    def test_dentro_de_lo_que_quedo_libre(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api, hora_desde="10:20")
        se_libera(api, duracion_minutos=90)
        repartir(app)
        assert ver(api, espera)["oferta"]["fecha_hora"] == manana("10:20") + "-05:00"
        otra = esperar(api, paciente_id=2)
        ok(responder(api, espera, "aceptar"))
        # What is left before and after it is offered as well: 20 minutes are too short, 40 are not.
        repartir(app)
        assert ver(api, otra)["oferta"]["fecha_hora"] == manana("10:50") + "-05:00"
        assert incoherencias(app) == {}

    def test_no_a_quien_no_le_cabe(self, api: ApiClient, app: Flask) -> None:
        esperar(api)
        se_libera(api, duracion_minutos=20)
        repartir(app)
        assert huecos(app) == ["cerrado"]

    def test_no_a_quien_lo_dejo(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api, paciente_id=8)
        se_libera(api)
        repartir(app)
        assert (ver(api, espera)["oferta"], huecos(app)) == (None, ["cerrado"])

    def test_quien_ya_tiene_cita_a_esa_hora_deja_pasar(self, api: ApiClient, app: Flask) -> None:
        ocupado, libre = esperar(api, paciente_id=1), esperar(api, paciente_id=2)
        programar(api, paciente_id=1, doctor_id=2)
        se_libera(api)
        repartir(app)
        assert con_oferta(api, ocupado, libre) == [2]
        assert incoherencias(app) == {}

    def test_dos_deseos_de_uno_no_reciben_lo_mismo_dos_veces(self, api: ApiClient, app: Flask) -> None:
        por_doctor, por_centro = esperar(api), esperar(api, doctor_id=None, centro_id=1)
        se_libera(api)
        repartir(app)
        ok(responder(api, por_doctor, "rechazar"))
        repartir(app)
        assert (con_oferta(api, por_doctor, por_centro), huecos(app)) == ([], ["cerrado"])

    def test_una_cita_movida_deja_lo_que_no_vuelve_a_ocupar(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api)
        cita = programar(api, paciente_id=8, duracion_minutos=60)
        ok(api.put(f"/citas/{cita['id']}", {"fecha_hora": manana("10:30")}))
        repartir(app)
        assert ver(api, espera)["oferta"]["fecha_hora"] == manana("10:00") + "-05:00"

    def test_quien_responde_a_otra_oferta_no_pierde_esta(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api)
        se_libera(api)
        se_libera(api, fecha_hora=manana("15:00"))
        repartir(app)
        assert huecos(app) == ["ofrecido", "pendiente"]
        ok(responder(api, espera, "rechazar"))
        repartir(app)
        assert ver(api, espera)["oferta"]["fecha_hora"] == manana("15:00") + "-05:00"
        assert huecos(app) == ["cerrado", "ofrecido"]

    def test_un_apartado_de_otro_solo_aplaza(self, api: ApiClient, app: Flask) -> None:
        espera = esperar(api)
        se_libera(api)
        lugar = {campo: valor for campo, valor in datos_de_cita().items() if campo != "motivo_consulta"}
        apartado = ok(api.post("/citas/apartados", lugar | {"paciente_id": 2}), 201)
        repartir(app)
        assert huecos(app) == ["pendiente"]
        assert api.delete(f"/citas/apartados/{apartado['id']}").status_code == 204
        repartir(app)
        assert con_oferta(api, espera) == [1]

    def test_el_tiempo_de_un_doctor_inactivo_no_se_ofrece(self, api: ApiClient, app: Flask) -> None:
        esperar(api)
        se_libera(api)
        with app.app_context():
            db.session.get_one(DoctorRef, 1).activo = False
            db.session.commit()
        repartir(app)
        assert huecos(app) == ["cerrado"]

    def test_lo_que_las_reglas_no_dejan_agendar_tampoco_se_ofrece(self, api: ApiClient, app: Flask) -> None:
        esperar(api)
        se_libera(api)
        with app.app_context():
            db.session.get_one(DoctorRef, 1).servicios = [7]
            db.session.get_one(Espera, 1).tratamiento_id = 8
            db.session.commit()
        repartir(app)
        assert huecos(app) == ["cerrado"]
        assert cuenta(app, "SELECT count(*) FROM apartado") == 0
