"""What happens when a part of the system is killed: a clear answer, nothing half done, recovery by itself."""

from __future__ import annotations

import signal
import threading
import time

import pytest
from local_system import System

from .conftest import Red, bien, esperar, manana, problema
from .consultorio import Consultorio
from .mundo import EN_POSTGRESQL, EN_UNA_BASE


@EN_UNA_BASE
def test_sin_admin_service_se_rechaza_claro_y_despues_sigue_solo(sistema: System, red: Red) -> None:
    cuerpo = red.cita()
    sistema.down("admin")
    try:
        respuesta = red.admin.post("/citas", cuerpo)
        problema(respuesta, 503)
        assert int(respuesta.headers["Retry-After"]) >= 1
        assert bien(red.admin.get("/citas", params={"doctor_id": cuerpo["doctor_id"]}))["datos"] == []
    finally:
        sistema.up("admin")
    esperar(lambda: red.admin.post("/citas", cuerpo).status_code in (201, 409))
    assert len(bien(red.admin.get("/citas", params={"doctor_id": cuerpo["doctor_id"]}))["datos"]) == 1


@EN_UNA_BASE
def test_sin_auth_service_los_tokens_vigentes_siguen_valiendo(sistema: System, red: Red) -> None:
    cuerpo = red.cita()
    sistema.down("auth")
    try:
        bien(red.admin.post("/citas", cuerpo), 201)
        bien(red.admin.get("/admin/centros"))
        problema(red.publico.post("/auth/login", {"username": "x", "password": "y"}), 503)
    finally:
        sistema.up("auth")
        sistema.wait_ready()


@EN_UNA_BASE
def test_un_servicio_que_arranca_sin_auth_service_tambien_los_conoce(sistema: System, red: Red) -> None:
    bien(red.admin.get("/citas"))
    sistema.down("auth", at_once=True)
    try:
        sistema.down("citas", at_once=True)
        sistema.up("citas")
        esperar(lambda: red.admin.get("/citas").status_code == 200)
    finally:
        sistema.up("auth")
        sistema.wait_ready()


# Who writes the appointments dies on both databases, who is asked about them on one.
@pytest.mark.parametrize(
    ("sistema", "servicio"),
    [("sqlite", "citas"), ("postgresql", "citas"), ("postgresql", "admin")],
    indirect=["sistema"],
)
def test_matar_un_servicio_mientras_se_reserva_no_deja_citas_a_medias(
    sistema: System, red: Red, servicio: str
) -> None:
    doctores, pacientes, centro = [red.doctor() for _ in range(4)], [red.paciente() for _ in range(8)], red.centro()
    aceptadas: list[int] = []
    rarezas: list[str] = []

    def reservar(hilo: int) -> None:
        for n in range(15):
            cuerpo = {
                "doctor_id": doctores[hilo],
                "paciente_id": pacientes[2 * hilo + n % 2],
                "centro_id": centro,
                "fecha_hora": manana(f"{7 + n // 2:02d}:{30 * (n % 2):02d}", dias=3),
            }
            # Repeat what failed with the same key, as a careful client does.
            fin = time.monotonic() + 240
            while time.monotonic() < fin:
                try:
                    clave = {"Idempotency-Key": f"caida-{servicio}-{hilo}-{n}-{doctores[0]}"}
                    respuesta = red.admin.post("/citas", cuerpo, headers=clave)
                except OSError:
                    time.sleep(0.1)
                    continue
                if respuesta.status_code == 201:
                    aceptadas.append(respuesta.json()["id"])
                    break
                if respuesta.status_code not in (502, 503, 504):
                    rarezas.append(respuesta.text)
                    break
                time.sleep(0.1)

    hilos = [threading.Thread(target=reservar, args=(hilo,)) for hilo in range(4)]
    for hilo in hilos:
        hilo.start()
    for reservadas in (5, 20, 35):
        esperar(lambda cuantas=reservadas: len(aceptadas) >= cuantas)
        sistema.kill(servicio, signal.SIGKILL)
    for hilo in hilos:
        hilo.join()
    assert rarezas == []
    # Every booking exactly once, although many were sent again.
    assert len(aceptadas) == len(set(aceptadas)) == 60
    citas = [
        cita
        for doctor in doctores
        for cita in bien(red.admin.get("/citas", params={"doctor_id": doctor, "tamano": 200}))["datos"]
    ]
    assert sorted(c["id"] for c in citas) == sorted(aceptadas)


@EN_UNA_BASE
def test_las_noticias_llegan_aunque_el_mensajero_muera(sistema: System, red: Red) -> None:
    cuerpo = red.cita()
    sistema.down("citas-worker")
    bien(red.admin.post("/citas", cuerpo), 201)
    sistema.up("citas-worker")

    def cifras() -> int | None:
        return bien(red.admin.get(f"/admin/pacientes/{cuerpo['paciente_id']}")).get("total_citas")

    esperar(lambda: cifras() == 1)
    sistema.kill("citas-worker", signal.SIGKILL)
    bien(red.admin.post("/citas", {**cuerpo, "fecha_hora": manana("16:00")}), 201)
    esperar(lambda: cifras() == 2)
    sistema.wait_ready()


@EN_UNA_BASE
def test_cerrar_la_sesion_vale_en_todos_los_servicios_en_segundos(sistema: System, red: Red) -> None:
    _, medico = red.con_usuario("doctores")
    bien(medico.get("/citas"))
    bien(medico.get("/admin/centros"))
    bien(medico.post("/auth/logout", {}), 204)
    # Long before the token's own end.
    esperar(lambda: medico.get("/citas").status_code == 401)
    esperar(lambda: medico.get("/admin/centros").status_code == 401)


@EN_POSTGRESQL
def test_sin_citas_se_abren_los_expedientes_y_sin_expedientes_se_agenda(sistema: System, red: Red) -> None:
    general = Consultorio(red, "Medicina general")
    cita = general.agendar("Control")
    nota = general.escribir_nota(cita, subjetivo="Tos")
    sistema.down("citas")
    try:
        assert general.leer("expediente")["paciente"]["id"] == general.paciente_id
        general.anotar("signos-vitales", {"pulso_lpm": 71, "cita_id": cita})
        bien(general.medico.post(f"{nota}/firma"))
        # Nobody knows any more than what was known of other appointments.
        desconocida = {"pulso_lpm": 71, "cita_id": 10**9}
        problema(general.medico.post(f"{general.expediente}/signos-vitales", desconocida), 503)
    finally:
        sistema.up("citas")
        sistema.wait_ready()
    sistema.down("historia_clinica")
    try:
        respuesta = general.medico.get(f"{general.expediente}/expediente")
        problema(respuesta, 503)
        assert int(respuesta.headers["Retry-After"]) >= 1
        nueva = general.agendar("Dolor de cabeza", "11:00")
        bien(general.medico.patch(f"/citas/{nueva}/estado", {"estado": "completada"}))
    finally:
        sistema.up("historia_clinica")
        sistema.wait_ready()
    bien(general.medico.get(nota))
    general.escribir_nota(nueva, subjetivo="Cefalea")
