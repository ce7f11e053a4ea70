#!/usr/bin/env python3
"""A completed appointment uses up what its treatment's recipe says, once; reopened, it gives it back."""

import time
from collections.abc import Callable
from typing import Any

from ayuda import Demo, Inesperado, ejecutar

TRATAMIENTO = "ODO-002"  # a dental cleaning
SEGUNDOS = 120


def demo(d: Demo) -> None:
    secretaria, admin = d.entrar("secretaria"), d.entrar("admin")
    datos, _ = d.participantes(secretaria)
    [tratamiento] = secretaria.get("/inventario/tratamientos", codigo=TRATAMIENTO)["datos"]
    pasta = next(uno for uno in tratamiento["receta"] if uno["codigo"] == "PRE-001")
    d.paso(f"«{tratamiento['nombre']}» gasta {pasta['cantidad']} {pasta['unidad']} de «{pasta['nombre']}», y más")

    def hay() -> float:
        en_su_centro = secretaria.get(f"/inventario/productos/{pasta['producto_id']}", centro_id=datos["centro_id"])
        return float(en_su_centro["stock_actual"])

    antes = hay()
    ruta = f"/inventario/tratamientos/{tratamiento['id']}/verificar-stock"
    alcanza = secretaria.get(ruta, cantidad=1, centro_id=datos["centro_id"])
    d.comprobar(alcanza["alcanza"], "en su centro hay con qué")
    pedido = [{"tratamiento_id": tratamiento["id"]}]
    cita = d.reservar(secretaria, **datos, motivo_consulta="Limpieza", tratamientos=pedido)
    d.mostrar(cita["tratamientos"])

    estado = f"/citas/{cita['id']}/estado"
    admin.patch(estado, {"estado": "completada"})
    d.paso("La cita se completa, y los materiales salen solos")
    esperar(lambda: hay() == antes - pasta["cantidad"])
    [consumo] = admin.get("/inventario/consumos", cita_id=cita["id"], revertidos="false")["datos"]
    detalle = admin.get(f"/inventario/consumos/{consumo['id']}")
    d.mostrar(
        [
            {"producto": linea["producto"]["nombre"], "cantidad": linea["cantidad"], "lote": lote["lote"]}
            for linea in detalle["lineas"]
            for lote in linea["lotes"]
        ]
    )
    d.paso(f"Costaron {detalle['costo']}")

    admin.patch(estado, {"estado": "en_curso", "motivo": "Faltó revisar una pieza"})
    d.paso("Se reabre, y vuelven")
    esperar(lambda: hay() == antes)
    admin.patch(estado, {"estado": "completada"})
    esperar(lambda: hay() == antes - pasta["cantidad"])
    d.comprobar(True, "completada otra vez, se gastaron una vez")


def esperar(condicion: Callable[[], Any]) -> None:
    """The news of an appointment takes a moment."""
    fin = time.monotonic() + SEGUNDOS
    while not condicion():
        if time.monotonic() > fin:
            raise Inesperado(f"no ocurrió en {SEGUNDOS} segundos")
        time.sleep(0.2)


if __name__ == "__main__":
    ejecutar(demo)
