#!/usr/bin/env python3
"""A completed appointment is charged: its draft issued, paid in cash and by card, the till counted and closed."""

import time
from typing import Any

from ayuda import Demo, Inesperado, ejecutar

TRATAMIENTO = "ODO-002"  # a dental cleaning
INICIAL, EN_EFECTIVO = 50, 10
SEGUNDOS = 120


def demo(d: Demo) -> None:
    secretaria, admin = d.entrar("secretaria"), d.entrar("admin")
    datos, _ = d.participantes(secretaria)
    [tratamiento] = secretaria.get("/inventario/tratamientos", codigo=TRATAMIENTO)["datos"]
    pedido = [{"tratamiento_id": tratamiento["id"]}]
    cita = d.reservar(secretaria, **datos, motivo_consulta="Limpieza", tratamientos=pedido)
    admin.patch(f"/citas/{cita['id']}/estado", {"estado": "completada"})
    borrador = esperar_factura(secretaria, cita["id"])
    d.paso(f"La cita se completa, y su factura aparece en borrador: {borrador['total']}")

    caja = abrir(d, secretaria, datos["centro_id"])
    ruta = f"/facturacion/facturas/{borrador['id']}"
    pagos = f"{ruta}/pagos"
    en_efectivo = {"monto": EN_EFECTIVO, "medio_pago": "efectivo"}
    d.rechaza(409, "transicion_ilegal", lambda: secretaria.post(pagos, en_efectivo))
    factura = secretaria.patch(f"{ruta}/estado", {"estado": "emitida"})
    d.paso(f"Se emite la factura {factura['numero']}; se debe {factura['saldo']}")
    secretaria.post(pagos, en_efectivo)
    resto = round(factura["saldo"] - EN_EFECTIVO, 2)
    con_tarjeta = {"monto": resto, "medio_pago": "tarjeta_credito", "referencia": "Voucher 004512"}
    pago = secretaria.post(pagos, con_tarjeta).body
    d.paso(f"Se pagan {EN_EFECTIVO} en efectivo y {resto} con tarjeta")
    d.rechaza(409, "excede_saldo", lambda: secretaria.post(pagos, en_efectivo))
    factura = secretaria.get(ruta)
    d.comprobar((factura["estado"], factura["saldo"]) == ("pagada", 0), "no se debe nada")
    recibo, _ = secretaria.send("GET", f"/facturacion/pagos/{pago['id']}/recibo")
    d.comprobar(recibo.content.startswith(b"%PDF"), "el recibo es un PDF")

    cerrar(d, secretaria, caja)
    tablero = admin.get("/facturacion/reportes/tablero", centro_id=datos["centro_id"])
    d.paso("El día en el centro")
    d.mostrar(tablero["ingresos"]["hoy"])
    d.comprobar(tablero["ingresos"]["hoy"]["cobrado"] >= factura["total"], "lo cobrado está en el tablero")


def esperar_factura(api: Any, cita_id: int) -> Any:
    """The news of an appointment takes a moment."""
    fin = time.monotonic() + SEGUNDOS
    while not (facturas := api.get("/facturacion/facturas", cita_id=cita_id)["datos"]):
        if time.monotonic() > fin:
            raise Inesperado(f"no hubo factura en {SEGUNDOS} segundos")
        time.sleep(0.2)
    return facturas[0]


def abrir(d: Demo, cajera: Any, centro_id: int) -> Any:
    """Her till; she may have one open already."""
    abiertas = cajera.get("/facturacion/cajas", centro_id=centro_id, estado="abierta", propias="true")["datos"]
    caja = abiertas[0] if abiertas else None
    if caja is None:
        caja = cajera.post("/facturacion/cajas", {"centro_id": centro_id, "monto_inicial": INICIAL}).body
    d.paso(f"La caja {caja['id']} está abierta, con {caja['monto_inicial']}")
    d.comprobar(caja["esperado"] is None, "quien cobra no sabe cuánto debe haber hasta que cuenta")
    return caja


def cerrar(d: Demo, cajera: Any, caja: Any) -> None:
    """Count it with a dollar too little, which has to be explained, and close it for good."""
    ruta = f"/facturacion/cajas/{caja['id']}"
    contado = caja["monto_inicial"] + EN_EFECTIVO - 1
    contada = cajera.post(f"{ruta}/conteo", {"contado": {"efectivo": contado}}).body
    d.paso(f"Se cuentan {contado}; debía haber {contada['esperado']['efectivo']}")
    d.rechaza(409, "falta_explicacion", lambda: cajera.post(f"{ruta}/cierre", {}))
    cerrada = cajera.post(f"{ruta}/cierre", {"explicacion": "Un dólar de vuelto de más"}).body
    d.paso(f"Se cierra con una diferencia de {cerrada['diferencia']}")
    d.rechaza(409, "caja_cerrada", lambda: cajera.post(f"{ruta}/conteo", {"contado": {"efectivo": contado}}))


if __name__ == "__main__":
    ejecutar(demo)
