"""Two records of one patient become one, and every service hears of it."""

import threading

from flask import Flask

from admin.casos_de_uso.fusion import fusionar as fusionar_fichas
from admin.extensiones import db
from comun.auth.caller import Caller, Scope
from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import begin_and_wait

from ..conftest import OtrosServicios
from ..fabricas import anunciar_cita, auditoria, buscar, crear_paciente, eventos


def fusionar(api: ApiClient, absorbido_id: int = 2, paciente_id: int = 1) -> dict:
    return dict(
        ok(api.post(f"/admin/pacientes/{paciente_id}/fusion", {"absorbido_id": absorbido_id, "motivo": "Duplicado"}))
    )


def test_el_que_queda_conserva_lo_suyo_y_toma_lo_que_le_falta(api: ApiClient) -> None:
    crear_paciente(api, telefono="0991111111")
    crear_paciente(
        api, telefono="0992222222", identificacion="1714307103", aseguradora="IESS", referencia_externa="R2"
    )
    queda = fusionar(api)
    assert (queda["id"], queda["telefono"]) == (1, "0991111111")
    assert (queda["identificacion"], queda["tipo_identificacion"]) == ("1714307103", "cedula")
    assert (queda["aseguradora"], queda["referencia_externa"]) == ("IESS", "R2")
    assert ok(api.get("/admin/pacientes/1"))["identificacion"] == "1714307103"


def test_el_absorbido_desaparece_y_dice_donde_esta(api: ApiClient) -> None:
    crear_paciente(api)
    crear_paciente(api, nombres="Pepe")
    fusionar(api)
    problem(api.get("/admin/pacientes/2"), 404, "paciente_fusionado")
    assert buscar(api, "pepe") == []
    assert [p["id"] for p in ok(api.get("/admin/pacientes"))["datos"]] == [1]
    # Only those who may see the survivor are told.
    problem(api.as_("medico", doctor_id=9).get("/admin/pacientes/2"), 404, "no_encontrado")


def test_sus_citas_pasan_tambien_las_que_se_anuncian_tarde(api: ApiClient) -> None:
    crear_paciente(api)
    crear_paciente(api)
    ok(anunciar_cita(api, 1, paciente_id=2))
    assert fusionar(api)["total_citas"] == 1
    ok(anunciar_cita(api, 2, paciente_id=2))
    ok(anunciar_cita(api, 1, "completada", 2, paciente_id=2, dias=-1))
    cifras = ok(api.get("/admin/pacientes/1"))
    assert (cifras["total_citas"], cifras["citas_realizadas"]) == (2, 1)


def test_una_cita_que_se_anuncia_mientras_se_unen_sigue_al_que_queda(api: ApiClient, app: Flask) -> None:
    crear_paciente(api)
    crear_paciente(api)
    quien = Caller(sujeto="usuario:1", alcance=Scope.RED)
    anuncio = threading.Thread(target=lambda: ok(anunciar_cita(api, 1, paciente_id=2)))
    with app.app_context(), app.test_request_context():
        fusionar_fichas(1, 2, "Duplicado", quien)
        db.session.flush()
        begin_and_wait(db.engine, anuncio.start)
        db.session.commit()
    anuncio.join()
    assert ok(api.get("/admin/pacientes/1"))["total_citas"] == 1


def test_los_consentimientos_pasan(api: ApiClient) -> None:
    crear_paciente(api)
    crear_paciente(api, consentimientos=[{"tipo": "mercadeo", "otorgado": False}])
    assert [c["tipo"] for c in fusionar(api)["consentimientos"]] == ["mercadeo"]


def test_el_usuario_pasa_si_el_que_queda_no_tiene(api: ApiClient, otros: OtrosServicios, app: Flask) -> None:
    crear_paciente(api)
    usuario_id = otros.existe()
    crear_paciente(api, usuario_id=usuario_id)
    assert fusionar(api)["usuario_id"] == usuario_id
    tipo, sujeto, datos = eventos(app)[-1]
    assert (tipo, sujeto) == ("paciente.fusionado.v1", "paciente/1")
    assert (datos["absorbido_id"], datos["usuario_id"]) == (2, usuario_id)


def test_si_ambos_tienen_el_evento_lleva_el_que_queda(api: ApiClient, otros: OtrosServicios, app: Flask) -> None:
    crear_paciente(api, usuario_id=otros.existe())
    crear_paciente(api, usuario_id=otros.existe())
    fusionar(api)
    assert eventos(app)[-1][2]["usuario_id"] == 1


def test_una_cadena_de_fusiones_apunta_al_ultimo(api: ApiClient) -> None:
    for _ in range(3):
        crear_paciente(api)
    fusionar(api, absorbido_id=2, paciente_id=1)
    fusionar(api, absorbido_id=1, paciente_id=3)
    assert "3" in problem(api.get("/admin/pacientes/2"), 404, "paciente_fusionado")["detail"]
    ok(anunciar_cita(api, 1, paciente_id=2))
    assert ok(api.get("/admin/pacientes/3"))["total_citas"] == 1


def test_dos_cedulas_son_dos_personas(api: ApiClient) -> None:
    crear_paciente(api, identificacion="1714307103")
    crear_paciente(api, identificacion="1714616123")
    problem(
        api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "Parecidos"}),
        409,
        "identificaciones_distintas",
    )
    assert len(ok(api.get("/admin/pacientes"))["datos"]) == 2


def test_lo_imposible_se_rechaza(api: ApiClient) -> None:
    crear_paciente(api)
    ruta = "/admin/pacientes/1/fusion"
    problem(api.post(ruta, {"absorbido_id": 1, "motivo": "x"}), 422)
    problem(api.post(ruta, {"absorbido_id": 2, "motivo": "x"}), 404)
    problem(api.post(ruta, {"absorbido_id": 2}), 422)
    problem(api.post("/admin/pacientes/7/fusion", {"absorbido_id": 1, "motivo": "x"}), 404)


def test_queda_dicho_quien_y_por_que(api: ApiClient, app: Flask) -> None:
    crear_paciente(api)
    crear_paciente(api)
    fusionar(api)
    fila = next(fila for fila in auditoria(app) if fila.accion == "fusion")
    assert (fila.recurso_id, fila.cambios) == (1, {"absorbido_id": 2, "motivo": "Duplicado"})


def test_repetirla_no_hace_nada_mas(api: ApiClient, app: Flask) -> None:
    crear_paciente(api)
    crear_paciente(api)
    fusionar(api)
    problem(api.post("/admin/pacientes/1/fusion", {"absorbido_id": 2, "motivo": "Otra vez"}), 404)
    assert sum(tipo == "paciente.fusionado.v1" for tipo, *_ in eventos(app)) == 1
