"""The question of a booking: doctor, centre, patient and room in one request."""

from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..fabricas import crear_centro, crear_doctor, crear_paciente, eventos

TODOS = "/interno/reserva?doctor_id=1&centro_id=1&paciente_id=1&sala_id=1"


def preparar(api: ApiClient) -> None:
    crear_centro(api, nombre="Galápagos", zona_horaria="Pacific/Galapagos", salas=[{"nombre": "Sillón 1"}])
    crear_doctor(api, especialidades=["Ortodoncia", "Endodoncia"], servicios=[9, 4])
    crear_paciente(api, telefono="0991234567", email="j@example.com", crear_usuario=False)


def test_responde_por_los_cuatro(api: ApiClient) -> None:
    preparar(api)
    ok(api.put("/admin/pacientes/1", {"direccion": "Otra"}))
    assert ok(api.as_("servicio").get(TODOS)) == {
        "doctor": {
            "id": 1,
            "nombres": "Ana Lucía",
            "apellidos": "Pérez Mora",
            "activo": True,
            "usuario_id": None,
            "especialidades": ["Endodoncia", "Ortodoncia"],
            "servicios": [4, 9],
            "secuencia": 1,
        },
        "centro": {
            "id": 1,
            "nombre": "Galápagos",
            "zona_horaria": "Pacific/Galapagos",
            "activo": True,
            "salas": [{"id": 1, "nombre": "Sillón 1", "tipo": "consultorio", "activa": True}],
            "secuencia": 1,
        },
        "paciente": {
            "id": 1,
            "nombres": "José",
            "apellidos": "Núñez Loor",
            "telefono": "0991234567",
            "email": "j@example.com",
            "estado_paciente": "activo",
            "usuario_id": None,
            "secuencia": 2,
        },
        "sala": {"id": 1, "nombre": "Sillón 1", "centro_id": 1, "activa": True},
    }


def test_dice_lo_mismo_que_los_eventos(api: ApiClient, app: Flask) -> None:
    """Who keeps a copy of both would otherwise change it back and forth."""
    preparar(api)
    salas = "/admin/centros/1/salas"
    ok(api.post(salas, {"nombre": "Ámbar", "tipo": "quirofano"}), 201)
    sobra = ok(api.post(salas, {"nombre": "De más"}), 201)
    ok(api.delete(f"{salas}/{sobra['id']}"), 204)
    ok(api.put("/admin/doctores/1/servicios", {"servicios": [7, 4]}))
    fichas = ok(api.as_("servicio").get("/interno/reserva?doctor_id=1&centro_id=1"))
    ultimos = {sujeto: datos for _, sujeto, datos in eventos(app)}
    assert fichas["doctor"]["servicios"] == [4, 7]
    assert [sala["nombre"] for sala in fichas["centro"]["salas"]] == ["Sillón 1", "Ámbar"]
    for ficha, sujeto in ((fichas["doctor"], "doctor/1"), (fichas["centro"], "centro/1")):
        comunes = set(ficha) & set(ultimos[sujeto])
        assert {"activo", "servicios" if sujeto == "doctor/1" else "salas"} <= comunes
        assert {campo: ficha[campo] for campo in comunes} == {campo: ultimos[sujeto][campo] for campo in comunes}


def test_lo_que_no_existe_o_se_elimino_es_null(api: ApiClient) -> None:
    preparar(api)
    api.delete("/admin/pacientes/1")
    servicio = api.as_("servicio")
    assert ok(servicio.get("/interno/reserva?paciente_id=1&centro_id=9")) == {"paciente": None, "centro": None}
    assert ok(servicio.get("/interno/reserva")) == {}
    problem(servicio.get("/interno/reserva?doctor_id=x"), 422)


def test_cuesta_dos_sentencias(api: ApiClient, app: Flask) -> None:
    preparar(api)
    servicio = api.as_("servicio")
    ok(servicio.get(TODOS))
    with statements(app) as sentencias:
        ok(servicio.get(TODOS))
    assert len([s for s in sentencias if s.lstrip().startswith("SELECT") and "cache_remota" not in s]) == 2


def test_que_centros_existen(api: ApiClient) -> None:
    crear_centro(api)
    servicio = api.as_("servicio")
    assert ok(servicio.get("/interno/centros?ids=1,2,1")) == {"centros": [1]}
    problem(servicio.get("/interno/centros?ids=a"), 422)
    problem(servicio.get("/interno/centros"), 422)
