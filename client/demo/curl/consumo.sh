#!/usr/bin/env bash
# A completed appointment uses up what its treatment's recipe says, once; reopened, it gives it back.
source "$(dirname "$0")/ayuda.sh"

# esperar_stock QUANTITY: the news of an appointment takes a moment.
esperar_stock() {
    local intento
    for intento in $(seq 240); do
        CUERPO=$(curl -sS --retry 5 "$URL/inventario/productos/$PASTA?centro_id=$CENTRO" -H "Authorization: Bearer $TOKEN")
        [[ $(campo stock_actual) == "$1" ]] && return
        sleep 0.5
    done
    falla "quedan $(campo stock_actual) y se esperaban $1"
}

entrar admin
TOKEN_ADMIN=$TOKEN
participantes
pedir GET '/inventario/tratamientos?codigo=ODO-002' 200
TRATAMIENTO=$(campo datos.0.id) PASTA=$(campo datos.0.receta.1.producto_id) GASTA=$(campo datos.0.receta.1.cantidad)
paso "«$(campo datos.0.nombre)» gasta $GASTA g de «$(campo datos.0.receta.1.nombre)», y más"
pedir GET "/inventario/productos/$PASTA?centro_id=$CENTRO" 200
HABIA=$(campo stock_actual)
pedir GET "/inventario/tratamientos/$TRATAMIENTO/verificar-stock?centro_id=$CENTRO" 200
[[ $(campo alcanza) == true ]] || falla "no alcanza: $CUERPO"

reservar "$TRATAMIENTO"
paso "La cita se completa, y los materiales salen solos"
TOKEN=$TOKEN_ADMIN
pedir PATCH "/citas/$CITA/estado" 200 '{"estado": "completada"}'
QUEDA=$(calcular 'f"{float(de[0]) - float(de[1]):g}"' "$HABIA" "$GASTA")
esperar_stock "$QUEDA"
pedir GET "/inventario/consumos?cita_id=$CITA&revertidos=false" 200
pedir GET "/inventario/consumos/$(campo datos.0.id)" 200
paso "Costaron $(campo costo)"

paso "Se reabre, y vuelven"
pedir PATCH "/citas/$CITA/estado" 200 '{"estado": "en_curso", "motivo": "Faltó revisar una pieza"}'
esperar_stock "$HABIA"
pedir PATCH "/citas/$CITA/estado" 200 '{"estado": "completada"}'
esperar_stock "$QUEDA"
paso "Completada otra vez, se gastaron una vez"
paso "Todo como se esperaba."
