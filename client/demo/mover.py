#!/usr/bin/env python3
"""Moving an appointment: the old one is cancelled and a new one takes its place, or nothing changes."""

from datetime import datetime, timedelta

from ayuda import Demo, ejecutar


def demo(d: Demo) -> None:
    secretaria = d.entrar("secretaria")
    datos, _ = d.participantes(secretaria)
    primera = d.reservar(secretaria, **datos, motivo_consulta="Ortodoncia")
    segunda = d.reservar(secretaria, **datos, motivo_consulta="Ortodoncia")

    d.paso("A la hora de la otra cita no se puede mover, y todo queda como estaba")
    ruta = f"/citas/{primera['id']}"
    d.rechaza(409, "doctor_ocupado", lambda: secretaria.put(ruta, {"fecha_hora": segunda["fecha_hora"]}))
    d.comprobar(secretaria.get(ruta)["estado"] == "programada", "la cita sigue programada")

    d.paso("Tres semanas más tarde sí")
    despues = datetime.fromisoformat(primera["fecha_hora"]) + timedelta(weeks=3)
    movida = secretaria.put(ruta, {"fecha_hora": despues.isoformat()})
    d.mostrar({"mensaje": movida["mensaje"], "cita": movida["cita"]})
    d.comprobar(movida["cita_anterior"]["estado"] == "cancelada", "la anterior quedó cancelada")
    d.comprobar(movida["cita"]["reprograma_a_id"] == primera["id"], "la nueva dice a cuál reemplaza")
    d.deshacer(secretaria, movida["cita"], segunda)


if __name__ == "__main__":
    ejecutar(demo)
