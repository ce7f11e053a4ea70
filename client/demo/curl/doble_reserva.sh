#!/usr/bin/env bash
# The same doctor, or the same patient, can't be in two places: the second booking is refused.
source "$(dirname "$0")/ayuda.sh"

entrar paciente 1
pedir GET /auth/perfil 200
OTRO_PACIENTE=$(campo paciente_id)
participantes
reservar

paso "Otra persona quiere al mismo doctor a la misma hora"
rechaza POST /citas 409 doctor_ocupado "$(cita "$MOMENTO" "$OTRO_PACIENTE")"
paso "La misma persona quiere a otro doctor a la misma hora"
rechaza POST /citas 409 paciente_ocupado "$(cita "$MOMENTO" "$PACIENTE" "$OTRO_DOCTOR")"
deshacer "$CITA"
