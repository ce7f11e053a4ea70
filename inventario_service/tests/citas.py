"""News of appointments as citas_service sends them, and the worker that acts on them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from sqlalchemy import func

from comun.testing.client import ApiClient, ok
from comun.testing.events import envelope
from inventario.casos_de_uso.consumo import consumir_pendientes
from inventario.extensiones import db
from inventario.modelos import Existencia, Movimiento, Stock

ESTADOS = {"reabierta": "en_curso", "reprogramada": "cancelada", "tratamientos_cambiados": "programada"}


def noticia(
    suceso: str,
    secuencia: int,
    tratamientos: dict[int, str] | None = None,
    *,
    cita_id: int = 1,
    centro_id: int = 1,
    doctor_id: int = 7,
    momento: datetime | None = None,
) -> dict[str, Any]:
    """An event of an appointment; `tratamientos`: how often each, None as events before there were any."""
    lineas = [
        {
            "linea_id": n,
            "tratamiento_id": tratamiento_id,
            "codigo": f"T-{tratamiento_id}",
            "nombre": "Tratamiento",
            "cantidad": float(veces),
            "precio_unitario": 30,
            "tarifa_iva": 15,
            "duracion_minutos": 30,
        }
        for n, (tratamiento_id, veces) in enumerate((tratamientos or {}).items(), 1)
    ]
    datos = {
        "id": cita_id,
        "paciente_id": 1,
        "doctor_id": doctor_id,
        "centro_id": centro_id,
        "sala_id": None,
        "fecha_hora": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "duracion_minutos": 30,
        "estado": ESTADOS.get(suceso, suceso),
        "motivo_consulta": None,
        "reprograma_a_id": None,
        "reprogramada_en_id": None,
        "motivo": None,
        **({} if tratamientos is None else {"tratamientos": lineas}),
    }
    return envelope("/citas", f"cita.{suceso}.v1", f"cita/{cita_id}", datos, secuencia, time=momento)


def entregar(api: ApiClient, *documentos: dict[str, Any]) -> list[str]:
    """What became of each."""
    resultados: list[str] = ok(api.as_("servicio").post("/interno/eventos", list(documentos)))["resultados"]
    return resultados


def trabajar(app: Flask) -> None:
    """What the worker does at its next turn."""
    with app.app_context():
        consumir_pendientes()


def llega(api: ApiClient, *documentos: dict[str, Any]) -> None:
    """News come, and the worker acts on them."""
    entregar(api, *documentos)
    trabajar(api.app)


def quedan(app: Flask, producto_id: int, centro_id: int = 1) -> Decimal:
    """The stock, which is what its movements and its lots add up to."""
    with app.app_context():

        def suma(modelo: type[Movimiento] | type[Existencia] | type[Stock]) -> Decimal:
            donde = modelo.producto_id == producto_id, modelo.centro_id == centro_id
            return db.session.scalar(db.select(func.sum(modelo.cantidad)).where(*donde)) or Decimal(0)

        cantidad = suma(Stock)
        assert suma(Movimiento) == suma(Existencia) == cantidad
        return cantidad


def emitidos(app: Flask, tipo: str) -> list[dict[str, Any]]:
    """What was told of that type so far."""
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        consulta = db.select(tabla.c.datos).where(tabla.c.tipo == tipo).order_by(tabla.c.id)
        return list(db.session.scalars(consulta))
