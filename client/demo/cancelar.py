#!/usr/bin/env python3
"""A patient cancels an appointment: once, not twice, and the time is free again."""

from ayuda import Demo, ejecutar


def demo(d: Demo) -> None:
    secretaria = d.entrar("secretaria")
    datos, _ = d.participantes(secretaria)
    cita = d.reservar(secretaria, **datos, motivo_consulta="Dolor de muela")
    ruta = f"/citas/{cita['id']}"

    paciente = d.entrar("paciente")
    pedido = {"estado": "cancelada", "motivo_cancelacion": "Ya no me duele"}
    respuesta = paciente.put(ruta, pedido)
    d.mostrar(respuesta)
    d.comprobar(respuesta["cita"]["estado"] == "cancelada", "la cita está cancelada")
    d.rechaza(409, "cita_ya_cancelada", lambda: paciente.put(ruta, pedido))

    otra = secretaria.post("/citas", {**datos, "fecha_hora": cita["fecha_hora"]}).body
    d.comprobar(otra["fecha_hora"] == cita["fecha_hora"], "la hora quedó libre y se reservó otra vez")
    d.deshacer(secretaria, otra)


if __name__ == "__main__":
    ejecutar(demo)
