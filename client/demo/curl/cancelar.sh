#!/usr/bin/env bash
# A patient cancels an appointment: once, not twice, and the time is free again.
source "$(dirname "$0")/ayuda.sh"

participantes
reservar

TOKEN=$TOKEN_PACIENTE
CANCELAR='{"estado": "cancelada", "motivo_cancelacion": "Ya no me duele"}'
pedir PUT "/citas/$CITA" 200 "$CANCELAR"
echo "$CUERPO"
[[ $(campo cita.estado) == cancelada ]] || falla "la cita no quedó cancelada"
rechaza PUT "/citas/$CITA" 409 cita_ya_cancelada "$CANCELAR"

TOKEN=$TOKEN_SECRETARIA
pedir POST /citas 201 "$(cita "$MOMENTO")"
paso "La hora quedó libre y se reservó otra vez"
deshacer "$(campo id)"
