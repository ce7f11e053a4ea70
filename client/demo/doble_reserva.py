#!/usr/bin/env python3
"""The same doctor, or the same patient, can't be in two places: the second booking is refused."""

from ayuda import Demo, ejecutar


def demo(d: Demo) -> None:
    secretaria = d.entrar("secretaria")
    datos, otro_doctor = d.participantes(secretaria)
    cita = d.reservar(secretaria, **datos, motivo_consulta="Control")
    pedido = {**datos, "fecha_hora": cita["fecha_hora"], "motivo_consulta": "Control"}

    d.paso("Otra persona quiere al mismo doctor a la misma hora")
    otro = d.entrar("paciente", 1).get("/auth/perfil")["paciente_id"]
    d.rechaza(409, "doctor_ocupado", lambda: secretaria.post("/citas", {**pedido, "paciente_id": otro}))

    d.paso("La misma persona quiere a otro doctor a la misma hora")
    con_otro = {**pedido, "doctor_id": otro_doctor}
    d.rechaza(409, "paciente_ocupado", lambda: secretaria.post("/citas", con_otro))
    d.deshacer(secretaria, cita)


if __name__ == "__main__":
    ejecutar(demo)
