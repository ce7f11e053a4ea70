#!/usr/bin/env python3
"""A doctor's hours, free slots, one put aside and booked; freed again, it is offered to who waits for it."""

import time
from datetime import datetime, timedelta

from ayuda import Demo, Inesperado, Json, ejecutar

from odontocare_client import ApiError, OdontoCareClient

LABORABLES = ("lunes", "martes", "miercoles", "jueves", "viernes")


def demo(d: Demo) -> None:
    admin, secretaria = d.entrar("admin"), d.entrar("secretaria")
    centro = secretaria.get("/auth/perfil")["centros"][0]
    nueva = {"nombres": "Rosa", "apellidos": "Demostración", "especialidad": "Ortodoncia", "centros": [centro]}
    doctor = admin.post("/admin/doctores", {**nueva, "crear_usuario": False}).body["id"]
    d.paso("La recepción le da horario a una doctora nueva, de lunes a viernes")
    for dia in LABORABLES:
        horario = {"centro_id": centro, "dia_semana": dia, "desde": "09:00", "hasta": "12:00", "turno_minutos": 30}
        secretaria.post(f"/citas/doctores/{doctor}/horarios", horario)

    d.paso("Un paciente mira sus turnos libres y aparta el primero")
    paciente, otra = d.entrar("paciente"), d.entrar("paciente", 1)
    desde = datetime.now().date() + timedelta(days=2)  # noqa: DTZ005 - a day on the clock of whoever runs it
    turnos = paciente.get("/citas/disponibilidad", doctor_id=doctor, desde=desde, hasta=desde + timedelta(days=13))
    turno = {campo: turnos["datos"][0][campo] for campo in ("doctor_id", "centro_id", "fecha_hora")}
    apartado = paciente.post("/citas/apartados", turno).body
    d.mostrar(apartado)
    negado = otra.post("/citas/verificar-disponibilidad", turno).body
    d.comprobar(negado["codigo"] == "doctor_ocupado", "para otra persona ya no está libre")
    d.mostrar({"motivo": negado["motivo"], "alternativas": negado["alternativas"][:2]})

    pedido = {**turno, "paciente_id": apartado["paciente_id"], "apartado_id": apartado["id"]}
    cita = paciente.post("/citas", pedido).body
    d.comprobar(cita["estado"] == "programada", "lo apartado queda reservado")

    d.paso("La otra persona se anota en la lista de espera para ese día; la cita se cancela")
    dia = turno["fecha_hora"][:10]
    espera = otra.post("/citas/lista-espera", {"doctor_id": doctor, "desde": dia, "hasta": dia}).body
    paciente.put(f"/citas/{cita['id']}", {"estado": "cancelada"})
    oferta = esperar_oferta(otra, espera["id"])
    d.comprobar(oferta["fecha_hora"] == turno["fecha_hora"], "a quien espera se le ofrece el turno que quedó libre")
    aceptada = otra.post(f"/citas/lista-espera/{espera['id']}/aceptar").body["cita"]
    d.comprobar(aceptada["fecha_hora"] == turno["fecha_hora"], "lo acepta y es su cita")
    d.deshacer(secretaria, aceptada)
    retirar(admin, doctor)


def esperar_oferta(api: OdontoCareClient, espera_id: int) -> Json:
    """What is offered to one who waits; it takes some seconds."""
    for _ in range(240):
        oferta: Json | None = api.get(f"/citas/lista-espera/{espera_id}")["oferta"]
        if oferta:
            return oferta
        time.sleep(0.5)
    raise Inesperado("no llegó ninguna oferta en dos minutos")


def retirar(admin: OdontoCareClient, doctor_id: int) -> None:
    """Delete the doctor, as soon as admin_service has heard that no appointment is left."""
    for _ in range(240):
        try:
            return admin.delete(f"/admin/doctores/{doctor_id}")
        except ApiError as error:
            if error.codigo != "tiene_citas_futuras":
                raise
        time.sleep(0.5)
    raise Inesperado("la doctora sigue con citas por venir")


if __name__ == "__main__":
    ejecutar(demo)
