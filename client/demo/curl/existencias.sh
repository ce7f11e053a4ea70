#!/usr/bin/env bash
# Stock goes out by the box or by the piece, first what expires first, never below zero, and is taken back.
source "$(dirname "$0")/ayuda.sh"

entrar admin
TOKEN_ADMIN=$TOKEN
entrar secretaria
TOKEN_SECRETARIA=$TOKEN
pedir GET /auth/perfil 200
CENTRO=$(campo centros.0)

pedir GET "/inventario/productos?codigo=BIO-001&centro_id=$CENTRO" 200
GUANTES=$(campo datos.0.id) HABIA=$(campo datos.0.stock_actual)
paso "De «$(campo datos.0.nombre)» hay $HABIA pares en su centro; la caja trae cincuenta"

RUTA="/inventario/productos/$GUANTES/movimientos"
pedir POST "$RUTA" 201 "{\"tipo\": \"salida\", \"cantidad\": 1, \"unidad\": \"caja\", \"centro_id\": $CENTRO, \"motivo\": \"Jornada de salud\"}"
CAJA=$(campo movimientos.0.id)
paso "Salió una caja; quedan $(campo stock_actual)"

paso "Más de lo que hay no sale"
rechaza POST "$RUTA" 409 stock_insuficiente "{\"tipo\": \"salida\", \"cantidad\": 1000000, \"centro_id\": $CENTRO}"

pedir GET "/inventario/productos?codigo=MED-001&centro_id=$CENTRO" 200
ANESTESIA=$(campo datos.0.id)
paso "«$(campo datos.0.nombre)» viene en lotes; sale uno sin decir de cuál: del que caduca primero"
pedir POST "/inventario/productos/$ANESTESIA/movimientos" 201 "{\"tipo\": \"salida\", \"cantidad\": 1, \"centro_id\": $CENTRO}"
CARTUCHO=$(campo movimientos.0.id)
paso "Del lote $(campo movimientos.0.lote), que caduca el $(campo movimientos.0.caducidad)"

paso "La administración corrige las dos salidas, cada una con otra al revés"
TOKEN=$TOKEN_ADMIN
for movimiento in "$CAJA" "$CARTUCHO"; do
    pedir POST "/inventario/movimientos/$movimiento/correccion" 201 '{"motivo": "Era una demostración"}'
done
TOKEN=$TOKEN_SECRETARIA
pedir GET "/inventario/productos/$GUANTES?centro_id=$CENTRO" 200
[[ $(campo stock_actual) == "$HABIA" ]] || falla "quedan $(campo stock_actual) y había $HABIA"
paso "Todo como se esperaba."
