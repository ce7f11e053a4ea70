#!/usr/bin/env bash
# A completed appointment is charged: its draft issued, paid in cash and by card, the till counted and closed.
source "$(dirname "$0")/ayuda.sh"

# esperar_factura: the news of an appointment takes a moment.
esperar_factura() {
    local intento
    for intento in $(seq 240); do
        CUERPO=$(curl -sS --retry 5 "$URL/facturacion/facturas?cita_id=$CITA" -H "Authorization: Bearer $TOKEN")
        [[ $(campo datos) != '[]' ]] && return
        sleep 0.5
    done
    falla "la cita $CITA no tiene factura"
}

entrar admin
TOKEN_ADMIN=$TOKEN
participantes
pedir GET '/inventario/tratamientos?codigo=ODO-002' 200
reservar "$(campo datos.0.id)"
TOKEN=$TOKEN_ADMIN
pedir PATCH "/citas/$CITA/estado" 200 '{"estado": "completada"}'
TOKEN=$TOKEN_SECRETARIA
esperar_factura
FACTURA=$(campo datos.0.id)
paso "La cita se completa, y su factura aparece en borrador: $(campo datos.0.total)"

pedir GET "/facturacion/cajas?centro_id=$CENTRO&estado=abierta&propias=true" 200
if [[ $(campo datos) == '[]' ]]; then
    pedir POST /facturacion/cajas 201 "{\"centro_id\": $CENTRO, \"monto_inicial\": 50}"
else
    CUERPO=$(campo datos.0)
fi
CAJA=$(campo id) INICIAL=$(campo monto_inicial)
paso "La caja $CAJA está abierta, con $INICIAL"
[[ $(campo esperado) == null ]] || falla "se sabe cuánto debe haber antes de contar: $CUERPO"

EFECTIVO='{"monto": 10, "medio_pago": "efectivo"}'
rechaza POST "/facturacion/facturas/$FACTURA/pagos" 409 transicion_ilegal "$EFECTIVO"
pedir PATCH "/facturacion/facturas/$FACTURA/estado" 200 '{"estado": "emitida"}'
RESTO=$(calcular '"{:.2f}".format(campo("saldo") - 10)')
paso "Se emite la factura $(campo numero); se debe $(campo saldo)"
pedir POST "/facturacion/facturas/$FACTURA/pagos" 201 "$EFECTIVO"
pedir POST "/facturacion/facturas/$FACTURA/pagos" 201 \
    "{\"monto\": $RESTO, \"medio_pago\": \"tarjeta_credito\", \"referencia\": \"Voucher 004512\"}"
PAGO=$(campo id)
paso "Se pagan 10 en efectivo y $RESTO con tarjeta"
rechaza POST "/facturacion/facturas/$FACTURA/pagos" 409 excede_saldo "$EFECTIVO"
pedir GET "/facturacion/facturas/$FACTURA" 200
[[ $(campo estado) == pagada && $(campo saldo) == 0* ]] || falla "todavía se debe: $CUERPO"
mostrar GET "/facturacion/pagos/$PAGO/recibo"
RECIBO=$(mktemp "${TMPDIR:-/tmp}/recibo-XXXXXX")
curl -sS --retry 5 "$URL/facturacion/pagos/$PAGO/recibo" -H "Authorization: Bearer $TOKEN" -o "$RECIBO"
[[ $(head -c 4 "$RECIBO") == %PDF ]] || falla "el recibo no es un PDF"
rm "$RECIBO"
paso "El recibo es un PDF"

CONTADO="{\"contado\": {\"efectivo\": $(calcular 'f"{float(de[0]) + 10 - 1:.2f}"' "$INICIAL")}}"
pedir POST "/facturacion/cajas/$CAJA/conteo" 200 "$CONTADO"
paso "Debía haber $(campo esperado.efectivo)"
rechaza POST "/facturacion/cajas/$CAJA/cierre" 409 falta_explicacion '{}'
pedir POST "/facturacion/cajas/$CAJA/cierre" 200 '{"explicacion": "Un dólar de vuelto de más"}'
paso "Se cierra con una diferencia de $(campo diferencia)"
rechaza POST "/facturacion/cajas/$CAJA/conteo" 409 caja_cerrada "$CONTADO"

TOKEN=$TOKEN_ADMIN
pedir GET "/facturacion/reportes/tablero?centro_id=$CENTRO" 200
paso "Hoy se han cobrado $(campo ingresos.hoy.cobrado) en el centro"
paso "Todo como se esperaba."
