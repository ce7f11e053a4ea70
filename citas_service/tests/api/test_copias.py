"""Appointments as other services may copy them."""

from comun.testing.client import ApiClient, ok, problem

from ..conftest import manana, programar


def test_se_cuentan_todas_y_las_de_un_doctor_con_un_paciente(api: ApiClient) -> None:
    una = programar(api, doctor_id=1, paciente_id=1)
    otra = programar(api, doctor_id=2, paciente_id=2, fecha_hora=manana("12:00"))
    ok(api.patch(f"/citas/{una['id']}/estado", {"estado": "cancelada", "motivo": "Viaje"}))
    servicio = api.as_("servicio")
    copias = ok(servicio.get("/interno/copias/citas"))["datos"]
    assert [(copia["id"], copia["estado"], copia["paciente_id"]) for copia in copias] == [
        (una["id"], "cancelada", 1),
        (otra["id"], "programada", 2),
    ]
    assert all(copia["secuencia"] > 0 and not copia["eliminado"] for copia in copias)
    entre = ok(servicio.get("/interno/citas-entre?doctor_id=2&pacientes=1,2"))["datos"]
    assert [copia["id"] for copia in entre] == [otra["id"]]
    assert ok(servicio.get("/interno/citas-entre?doctor_id=2&pacientes=1"))["datos"] == []
    problem(servicio.get("/interno/citas-entre?doctor_id=2"), 422)
    problem(api.get("/interno/copias/citas"), 403)
