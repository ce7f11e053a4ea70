"""Events: what citas_service tells, and what it makes of the news of admin_service."""

from typing import Any

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Cita
from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope

from ..conftest import datos_de_cita, manana, programar


def eventos(app: Flask) -> list[tuple[str, str, int]]:
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        filas = db.session.execute(db.select(tabla).order_by(tabla.c.id)).all()
    return [(f.tipo, f.sujeto, f.secuencia) for f in filas]


def entregar(api: ApiClient, tipo: str, sujeto: str, datos: dict[str, Any], secuencia: int = 2) -> Any:
    """Deliver an event of admin_service."""
    return api.as_("servicio").post("/interno/eventos", envelope("/admin", tipo, sujeto, datos, secuencia))


PACIENTE = {"telefono": "0990000000", "email": "n@example.com", "estado_paciente": "activo", "usuario_id": None}


class TestEmitidos:
    def test_cada_cambio_se_anuncia_en_orden(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api)
        for estado in ("confirmada", "en_sala", "en_curso", "completada"):
            ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": estado}))
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "en_curso", "motivo": "Faltó algo"}))
        sucesos = ("programada", "confirmada", "en_sala", "en_curso", "completada", "reabierta")
        assert eventos(app) == [(f"cita.{s}.v1", f"cita/{cita['id']}", n) for n, s in enumerate(sucesos, 1)]

    def test_mover_anuncia_las_dos(self, api: ApiClient, app: Flask) -> None:
        vieja = programar(api)
        nueva = ok(api.put(f"/citas/{vieja['id']}", {"fecha_hora": manana("16:00")}))["cita"]
        assert eventos(app)[1:] == [
            ("cita.reprogramada.v1", f"cita/{vieja['id']}", 2),
            ("cita.programada.v1", f"cita/{nueva['id']}", 1),
        ]

    def test_lo_que_no_ocurre_no_se_anuncia(self, api: ApiClient, app: Flask) -> None:
        programar(api)
        problem(api.post("/citas", datos_de_cita(paciente_id=2)), 409)
        assert len(eventos(app)) == 1


class TestConsumidos:
    def test_un_cambio_de_nombre_se_ve_en_las_citas(self, api: ApiClient) -> None:
        cita = programar(api)
        datos = {"id": 1, "nombres": "Pepe", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.actualizado.v1", "paciente/1", datos))
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente"]["nombres"] == "Pepe"
        assert len(ok(api.get("/citas?q=pepe"))["datos"]) == 1
        # The version of the appointment did not change: it was not edited.
        assert api.get(f"/citas/{cita['id']}").headers["ETag"] == '"1"'

    def test_varias_noticias_juntas_se_aplican_todas_o_ninguna(self, api: ApiClient) -> None:
        cita = programar(api)
        de_pepe = {"id": 1, "nombres": "Pepe", "apellidos": "Núñez", **PACIENTE}
        de_rosa = {"id": 1, "nombres": "Rosa", "apellidos": "Mora"}
        pepe = envelope("/admin", "paciente.actualizado.v1", "paciente/1", de_pepe, 2)
        rosa = envelope("/admin", "doctor.actualizado.v1", "doctor/1", de_rosa, 2)
        servicio = api.as_("servicio")
        problem(servicio.post("/interno/eventos", [pepe, {**rosa, "sequence": "no"}]), 422)
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente"]["nombres"] != "Pepe"
        assert ok(servicio.post("/interno/eventos", [pepe, rosa, pepe])) == {
            "resultados": ["aplicado", "aplicado", "duplicado"]
        }
        vista = ok(api.get(f"/citas/{cita['id']}"))
        assert (vista["paciente"]["nombres"], vista["doctor"]["nombres"]) == ("Pepe", "Rosa")

    def test_una_noticia_vieja_no_pisa_a_la_nueva(self, api: ApiClient) -> None:
        cita = programar(api)
        datos = {"id": 1, "nombres": "Ana", "apellidos": "Segunda"}
        ok(entregar(api, "doctor.actualizado.v1", "doctor/1", datos, secuencia=5))
        ok(entregar(api, "doctor.actualizado.v1", "doctor/1", datos | {"nombres": "Vieja"}, secuencia=3))
        assert ok(api.get(f"/citas/{cita['id']}"))["doctor"]["apellidos"] == "Segunda"

    def test_lo_que_admin_responde_tarde_tampoco(self, api: ApiClient) -> None:
        programar(api)
        datos = {"id": 1, "nombres": "Ana", "apellidos": "Segunda"}
        ok(entregar(api, "doctor.actualizado.v1", "doctor/1", datos, secuencia=5))
        # The stand-in still answers the old name, as of event 1.
        assert programar(api, fecha_hora=manana("12:00"))["doctor"]["apellidos"] == "Segunda"

    def test_lo_que_admin_dijo_antes_de_olvidar_a_alguien_no_le_devuelve_el_contacto(self, api: ApiClient) -> None:
        olvidado = {**PACIENTE, "telefono": None, "email": None, "estado_paciente": "inactivo"}
        datos = {"id": 1, "nombres": "Anónimo", "apellidos": "1", **olvidado}
        ok(entregar(api, "paciente.anonimizado.v1", "paciente/1", datos))
        cita = programar(api)
        assert (cita["telefono_contacto"], cita["email_contacto"]) == (None, None)

    def test_solo_un_servicio_entrega(self, api: ApiClient) -> None:
        problem(api.post("/interno/eventos", {}), 403)

    @pytest.mark.parametrize("cuerpo", [{}, [], {"specversion": "1.0"}, "x"])
    def test_lo_que_no_es_un_evento_se_rechaza(self, api: ApiClient, cuerpo: Any) -> None:
        problem(api.as_("servicio").post("/interno/eventos", cuerpo), 422)


class TestFusion:
    def fusionar(self, api: ApiClient) -> None:
        datos = {"id": 1, "absorbido_id": 2, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.fusionado.v1", "paciente/1", datos))

    def test_las_citas_pasan_al_que_queda(self, api: ApiClient) -> None:
        cita = programar(api, paciente_id=2)
        self.fusionar(api)
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente_id"] == 1
        problem(api.post("/citas", datos_de_cita(doctor_id=2)), 409, "paciente_ocupado")

    def test_dos_a_la_vez_no_caben_en_una_persona(self, api: ApiClient, app: Flask) -> None:
        queda = programar(api, paciente_id=1, doctor_id=1)
        sobra = programar(api, paciente_id=2, doctor_id=2)
        self.fusionar(api)
        assert ok(api.get(f"/citas/{queda['id']}"))["estado"] == "programada"
        cancelada = ok(api.get(f"/citas/{sobra['id']}"))
        assert (cancelada["estado"], cancelada["paciente_id"]) == ("cancelada", 1)
        assert ("cita.cancelada.v1", f"cita/{sobra['id']}", 2) in eventos(app)
        with app.app_context():
            assert db.session.scalar(db.select(db.func.count()).select_from(Cita)) == 2


def test_lo_que_se_agendo_mientras_se_eliminaba_al_paciente_se_cancela(api: ApiClient, app: Flask) -> None:
    cita, de_otro = programar(api), programar(api, paciente_id=2, fecha_hora=manana("11:00"))
    for _ in range(2):
        datos = {"id": 1, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.eliminado.v1", "paciente/1", datos))
    assert ok(api.get(f"/citas/{cita['id']}"))["motivo_cancelacion"] == "El paciente fue eliminado"
    assert ok(api.get(f"/citas/{de_otro['id']}"))["estado"] == "programada"
    assert [tipo for tipo, sujeto, _ in eventos(app) if sujeto == f"cita/{cita['id']}"] == [
        "cita.programada.v1",
        "cita.cancelada.v1",
    ]
    ok(api.post("/citas", datos_de_cita(paciente_id=2)), 201)
