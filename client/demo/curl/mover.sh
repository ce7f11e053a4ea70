#!/usr/bin/env bash
# Moving an appointment: the old one is cancelled and a new one takes its place, or nothing changes.
source "$(dirname "$0")/ayuda.sh"

participantes
reservar
PRIMERA=$CITA PRIMER_MOMENTO=$MOMENTO
reservar
SEGUNDA=$CITA

paso "A la hora de la otra cita no se puede mover, y todo queda como estaba"
rechaza PUT "/citas/$PRIMERA" 409 doctor_ocupado "{\"fecha_hora\": \"$MOMENTO\"}"
pedir GET "/citas/$PRIMERA" 200
[[ $(campo estado) == programada ]] || falla "la cita cambió: $CUERPO"

paso "Tres semanas más tarde sí"
DESPUES=$(calcular '(datetime.fromisoformat(de[0]) + timedelta(weeks=3)).isoformat()' "$PRIMER_MOMENTO")
pedir PUT "/citas/$PRIMERA" 200 "{\"fecha_hora\": \"$DESPUES\"}"
echo "$CUERPO"
[[ $(campo cita_anterior.estado) == cancelada ]] || falla "la anterior no quedó cancelada"
[[ $(campo cita.reprograma_a_id) == "$PRIMERA" ]] || falla "la nueva no dice a cuál reemplaza"
deshacer "$(campo cita.id)" "$SEGUNDA"
