#!/usr/bin/env bash
# A doctor's hours, free slots, one put aside and booked; freed again, it is offered to who waits for it.
source "$(dirname "$0")/ayuda.sh"

entrar paciente 1
TOKEN_OTRA=$TOKEN
entrar admin
TOKEN_ADMIN=$TOKEN
participantes
TOKEN=$TOKEN_ADMIN
pedir POST /admin/doctores 201 "{\"nombres\": \"Rosa\", \"apellidos\": \"Demostración\", \"especialidad\": \"Ortodoncia\", \"centros\": [$CENTRO], \"crear_usuario\": false}"
DOCTOR=$(campo id)

paso "La recepción le da horario a una doctora nueva, de lunes a viernes"
TOKEN=$TOKEN_SECRETARIA
for dia in lunes martes miercoles jueves viernes; do
    pedir POST "/citas/doctores/$DOCTOR/horarios" 201 "{\"centro_id\": $CENTRO, \"dia_semana\": \"$dia\", \"desde\": \"09:00\", \"hasta\": \"12:00\", \"turno_minutos\": 30}"
done

paso "Un paciente mira sus turnos libres y aparta el primero"
TOKEN=$TOKEN_PACIENTE
DESDE=$(calcular 'str(date.today() + timedelta(days=2))') HASTA=$(calcular 'str(date.today() + timedelta(days=15))')
pedir GET "/citas/disponibilidad?doctor_id=$DOCTOR&desde=$DESDE&hasta=$HASTA" 200
MOMENTO=$(campo datos.0.fecha_hora)
TURNO="\"doctor_id\": $DOCTOR, \"centro_id\": $CENTRO, \"fecha_hora\": \"$MOMENTO\""
pedir POST /citas/apartados 201 "{$TURNO}"
echo "$CUERPO"
APARTADO=$(campo id)

TOKEN=$TOKEN_OTRA
pedir POST /citas/verificar-disponibilidad 200 "{$TURNO}"
[[ $(campo codigo) == doctor_ocupado ]] || falla "se esperaba doctor_ocupado: $CUERPO"
paso "Para otra persona ya no está libre: $(campo motivo) Lo más cercano: $(campo alternativas.0.fecha_hora)"

TOKEN=$TOKEN_PACIENTE
pedir POST /citas 201 "{\"paciente_id\": $PACIENTE, $TURNO, \"apartado_id\": $APARTADO}"
CITA=$(campo id)
paso "Lo apartado queda reservado: cita $CITA"

paso "La otra persona se anota en la lista de espera para ese día; la cita se cancela"
TOKEN=$TOKEN_OTRA
pedir POST /citas/lista-espera 201 "{\"doctor_id\": $DOCTOR, \"desde\": \"${MOMENTO%T*}\", \"hasta\": \"${MOMENTO%T*}\"}"
ESPERA=$(campo id)
TOKEN=$TOKEN_PACIENTE
pedir PUT "/citas/$CITA" 200 '{"estado": "cancelada"}'

TOKEN=$TOKEN_OTRA
for _ in {1..120}; do
    pedir GET "/citas/lista-espera/$ESPERA" 200
    [[ $(campo estado) == ofrecida ]] && break
    sleep 1
done
[[ $(campo oferta.fecha_hora) == "$MOMENTO" ]] || falla "no se ofreció el turno que quedó libre: $CUERPO"
paso "A quien espera se le ofrece el turno que quedó libre, hasta $(campo oferta.vence_en)"
pedir POST "/citas/lista-espera/$ESPERA/aceptar" 200
CITA=$(campo cita.id)
TOKEN=$TOKEN_SECRETARIA
pedir PUT "/citas/$CITA" 200 '{"estado": "cancelada", "motivo_cancelacion": "Era una demostración"}'
TOKEN=$TOKEN_ADMIN
# admin_service hears in a moment that no appointment is left.
for _ in {1..120}; do
    RETIRADA=$(pedir DELETE "/admin/doctores/$DOCTOR" 204 2>&1) && break
    sleep 1
done
echo "$RETIRADA"
[[ $RETIRADA != *FALL* ]] || falla "la doctora sigue con citas por venir"
paso "Todo como se esperaba."
