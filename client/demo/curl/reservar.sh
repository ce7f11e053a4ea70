#!/usr/bin/env bash
# A secretary books an appointment; its patient sees it, another patient does not.
source "$(dirname "$0")/ayuda.sh"

participantes
reservar
echo "$CUERPO"
[[ $(campo estado) == programada ]] || falla "la cita no quedó programada"

paso "El paciente ve su cita"
TOKEN=$TOKEN_PACIENTE
pedir GET "/citas/$CITA" 200
entrar paciente 1
rechaza GET "/citas/$CITA" 404 no_encontrado
deshacer "$CITA"
