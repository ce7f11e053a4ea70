"""Treatment plans: drafted, presented, accepted, done; what is done is done on the odontogram too."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once, deadlocks
from historia_clinica.extensiones import db, tablas

from ..fabricas import conocer_cita, conocer_paciente
from ..vecinos import Vecinos
from .test_odontograma import pasar, pieza, uno

LISTA = "/historia-clinica/pacientes/1/planes"


@pytest.fixture(autouse=True)
def tratamientos(vecinos: Vecinos) -> Vecinos:
    """inventario_service offers a filling at 40.50, a crown at 320 and no longer a third thing."""
    comun = {"duracion_minutos": 30, "tarifa_iva": 0}
    vecinos.tratamientos = {
        4: {"id": 4, "codigo": "ODO-003", "nombre": "Resina", "precio": 40.5, "activo": True, **comun},
        5: {"id": 5, "codigo": "REH-101", "nombre": "Corona", "precio": 320, "activo": True, **comun},
        6: {"id": 6, "codigo": "VIE-001", "nombre": "Amalgama", "precio": 20, "activo": False, **comun},
    }
    return vecinos


def nuevo(api: ApiClient, *items: dict[str, Any]) -> dict[str, Any]:
    return dict(ok(api.post(LISTA, {"nombre": "Rehabilitación", "items": items}), 201))


def estado(api: ApiClient, plan: dict[str, Any], cual: str, **mas: Any) -> Any:
    return api.patch(f"/historia-clinica/planes/{plan['id']}/estado", {"estado": cual, **mas})


def item(api: ApiClient, plan: dict[str, Any], lugar: int, cual: str, **mas: Any) -> Any:
    camino = f"/historia-clinica/planes/{plan['id']}/items/{plan['items'][lugar]['id']}/estado"
    return api.patch(camino, {"estado": cual, **mas})


def aceptado(api: ApiClient, *items: dict[str, Any]) -> dict[str, Any]:
    plan = nuevo(api, *items)
    ok(estado(api, plan, "presentado"))
    return dict(ok(estado(api, plan, "aceptado")))


def test_del_borrador_a_lo_terminado(app: Flask, medico: ApiClient) -> None:
    caries = uno(medico, 36, "caries", "MO")
    plan = nuevo(
        medico, {"tratamiento_id": 4, "hallazgo_id": caries}, {"tratamiento_id": 5, "pieza": 46, "sesion": 2}
    )
    assert [(i["pieza"], i["superficies"], i["precio"]) for i in plan["items"]] == [(36, "MO", 40.5), (46, "", 320)]
    assert (plan["avance"]["total"], plan["estado"]) == (360.5, "borrador")
    problem(estado(medico, plan, "aceptado"), 409, "transicion_invalida")
    problem(item(medico, plan, 0, "realizado"), 409, "plan_no_aceptado")
    ok(estado(medico, plan, "presentado"))
    assert ok(estado(medico, plan, "aceptado", aceptado_por="La madre"))["aceptado_por"] == "La madre"
    problem(item(medico, plan, 0, "programado"), 422)
    assert ok(item(medico, plan, 0, "programado", cita_id=1))["items"][0]["cita_id"] == 1
    hecho = ok(item(medico, plan, 0, "realizado", variante="resina"))
    assert (hecho["estado"], hecho["avance"]["avance_pct"], hecho["avance"]["total_pendiente"]) == (
        "en_curso",
        50,
        320,
    )
    (resina,) = pieza(medico, 36)["hallazgos"]
    assert (resina["codigo"], resina["variante"], resina["id"]) == (
        "restauracion",
        "resina",
        hecho["items"][0]["resultado_id"],
    )
    problem(item(medico, plan, 0, "pendiente"), 409, "transicion_invalida")
    problem(estado(medico, plan, "terminado"), 409, "items_pendientes")
    problem(item(medico, plan, 1, "descartado"), 422)
    ok(item(medico, plan, 1, "descartado", motivo="No quiere"))
    final = ok(estado(medico, plan, "terminado"))
    assert (final["estado"], final["avance"]["total"], final["avance"]["avance_pct"]) == ("terminado", 40.5, 100)
    with app.app_context():
        eventos = db.session.execute(db.select(tablas.outbox.c.tipo, tablas.outbox.c.datos)).all()
    (datos,) = [datos for tipo, datos in eventos if tipo == "plan.aceptado.v1"]
    assert set(datos) == {"id", "paciente_id", "doctor_id", "momento"}


def test_un_borrador_se_cambia_y_lo_que_queda_conserva_su_precio(medico: ApiClient, tratamientos: Vecinos) -> None:
    plan = nuevo(medico, {"tratamiento_id": 4})
    camino = f"/historia-clinica/planes/{plan['id']}"
    problem(medico.put(camino, {"nombre": "Otro"}), 428)
    etiqueta = {"If-Match": medico.get(camino).headers["ETag"]}
    tratamientos.tratamientos[4]["precio"] = 99
    items = [{"id": plan["items"][0]["id"], "tratamiento_id": 4, "sesion": 2}, {"tratamiento_id": 4}]
    cambiado = ok(medico.put(camino, {"items": items}, headers=etiqueta))
    assert [(i["precio"], i["sesion"]) for i in cambiado["items"]] == [(40.5, 2), (99, 1)]
    problem(medico.put(camino, {"nombre": "Otro"}, headers=etiqueta), 412)
    ok(estado(medico, plan, "presentado"))
    problem(medico.put(camino, {"nombre": "Otro"}, headers={"If-Match": "*"}), 409, "plan_presentado")
    ok(estado(medico, plan, "borrador"))
    ok(medico.put(camino, {"items": []}, headers={"If-Match": "*"}))
    problem(estado(medico, plan, "presentado"), 409, "plan_vacio")
    problem(estado(medico, plan, "cancelado"), 422)
    assert [p["nombre"] for p in ok(medico.get(LISTA))["datos"]] == ["Rehabilitación"]


def test_lo_que_no_existe_no_se_planea(app: Flask, medico: ApiClient, tratamientos: Vecinos) -> None:
    conocer_paciente(app, 2)
    conocer_cita(app, 2, paciente_id=2, doctor_id=7)
    caries = uno(medico, 36, "caries", "O")
    ajeno = {"hallazgos": [{"pieza": 11, "codigo": "presente"}]}
    otro = ok(medico.post("/historia-clinica/pacientes/2/odontograma/hallazgos", ajeno), 201)["datos"][0]["id"]
    malos = {
        "tratamiento_id": [{"tratamiento_id": 99}, {"tratamiento_id": 6}],
        "hallazgo_id": [{"tratamiento_id": 4, "hallazgo_id": otro}],
        "cita_id": [{"tratamiento_id": 4, "cita_id": 2}],
        "pieza": [{"tratamiento_id": 4, "hallazgo_id": caries, "pieza": 37}],
        "superficies": [{"tratamiento_id": 4, "superficies": "O"}],
    }
    for campo, items in malos.items():
        errores = problem(medico.post(LISTA, {"nombre": "X", "items": items}), 422)["errores"]["items"]
        assert [list(mal) for mal in errores.values()] == [[campo]] * len(items)
    tratamientos.down = {"inventario"}
    problem(medico.post(LISTA, {"nombre": "X", "items": [{"tratamiento_id": 4}]}), 503)
    assert ok(medico.get(LISTA))["datos"] == []


def test_lo_que_ya_se_hizo_en_la_boca_no_se_hace_dos_veces(medico: ApiClient) -> None:
    caries = uno(medico, 36, "caries", "O")
    plan = aceptado(medico, {"tratamiento_id": 4, "hallazgo_id": caries})
    resina = ok(pasar(medico, caries, "realizado"))["id"]
    assert ok(item(medico, plan, 0, "realizado"))["items"][0]["resultado_id"] == resina


def test_nada_se_programa_para_una_cita_cancelada(app: Flask, medico: ApiClient) -> None:
    conocer_cita(app, 2, estado="cancelada")
    plan = aceptado(medico, {"tratamiento_id": 4, "pieza": 36})
    problem(item(medico, plan, 0, "programado", cita_id=2), 409, "cita_cancelada")
    ok(item(medico, plan, 0, "programado", cita_id=1))


@pytest.mark.both_databases
def test_lo_que_dos_hacen_a_la_vez_en_la_boca_y_en_el_plan_se_hace_una_vez(app: Flask, medico: ApiClient) -> None:
    antes = deadlocks(app)
    for numero in (11, 12, 13, 14, 15, 21, 22, 23):
        caries = uno(medico, numero, "caries", "V")
        plan = aceptado(medico, {"tratamiento_id": 4, "hallazgo_id": caries})
        en_la_boca, en_el_plan = at_once(
            lambda caries=caries: pasar(medico, caries, "realizado"),
            lambda plan=plan: item(medico, plan, 0, "realizado"),
        )
        assert (en_la_boca.status_code, en_el_plan.status_code) in ((200, 200), (409, 200))
    assert deadlocks(app) == antes


@pytest.mark.both_databases
def test_anular_lo_hecho_mientras_se_hace_lo_demas_del_plan(app: Flask, medico: ApiClient) -> None:
    antes = deadlocks(app)
    for numero in (11, 12, 13, 14, 15, 21, 22, 23):
        dos = [uno(medico, numero, "caries", letra) for letra in "VM"]
        plan = aceptado(medico, *({"tratamiento_id": 4, "hallazgo_id": cual} for cual in dos))
        hecho = ok(item(medico, plan, 0, "realizado"))["items"][0]["resultado_id"]
        anulado, otro = at_once(
            lambda hecho=hecho: pasar(medico, hecho, "anulado", motivo="Era la 37"),
            lambda plan=plan: item(medico, plan, 1, "realizado"),
        )
        assert {anulado.status_code, otro.status_code} <= {200, 409}
    assert deadlocks(app) == antes


def test_lo_que_se_anula_en_la_boca_vuelve_a_estar_por_hacer(medico: ApiClient) -> None:
    caries = uno(medico, 36, "caries", "O")
    plan = aceptado(medico, {"tratamiento_id": 4, "hallazgo_id": caries, "cita_id": 1})
    hecho = ok(item(medico, plan, 0, "realizado"))
    ok(estado(medico, plan, "terminado"))
    ok(pasar(medico, hecho["items"][0]["resultado_id"], "anulado", motivo="Era la 37"))
    reabierto = ok(medico.get(f"/historia-clinica/planes/{plan['id']}"))
    assert (reabierto["estado"], reabierto["terminado_en"], reabierto["items"][0]["estado"]) == (
        "en_curso",
        None,
        "programado",
    )
    assert ok(item(medico, reabierto, 0, "realizado"))["avance"]["realizados"] == 1


def test_lo_aceptado_no_cambia_ni_por_debajo(app: Flask, medico: ApiClient) -> None:
    aceptado(medico, {"tratamiento_id": 4})
    for orden in ("UPDATE plan_item SET precio = 1", "DELETE FROM plan_item"):
        with app.app_context(), pytest.raises(IntegrityError):
            db.session.execute(text(orden))
