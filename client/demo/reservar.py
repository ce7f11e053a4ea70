#!/usr/bin/env python3
"""A secretary books an appointment; its patient sees it, another patient does not."""

from ayuda import Demo, ejecutar


def demo(d: Demo) -> None:
    secretaria = d.entrar("secretaria")
    datos, _ = d.participantes(secretaria)
    cita = d.reservar(secretaria, **datos, motivo_consulta="Limpieza")
    d.mostrar(cita)
    d.comprobar(cita["estado"] == "programada", "la cita queda programada")

    ruta = f"/citas/{cita['id']}"
    suya = d.entrar("paciente").get(ruta)
    d.comprobar(suya["paciente"]["id"] == datos["paciente_id"], "el paciente ve su cita")
    ajeno = d.entrar("paciente", 1)
    d.rechaza(404, "no_encontrado", lambda: ajeno.get(ruta))
    d.deshacer(secretaria, cita)


if __name__ == "__main__":
    ejecutar(demo)
