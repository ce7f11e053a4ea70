"""News of appointments as citas_service sends them, and the worker that acts on them."""

from __future__ import annotations

from typing import Any

from flask import Flask

from comun.db import now
from comun.money import ZERO
from comun.testing.client import ApiClient, ok
from comun.testing.events import envelope
from facturacion.casos_de_uso.cobros import cobrar_pendientes
from facturacion.casos_de_uso.dias import dia_en
from facturacion.extensiones import db
from facturacion.modelos import EstadoFactura, Factura

from .fabricas import nuevo_punto

LIMPIEZA = {"codigo": "LIM", "nombre": "Limpieza dental", "precio_unitario": 30, "tarifa_iva": 0}
BLANQUEO = {"codigo": "BLA", "nombre": "Blanqueamiento", "precio_unitario": 99.99, "tarifa_iva": 15}
CEPILLO = {"descripcion": "Cepillo interdental", "cantidad": 2, "precio_unitario": 3.335}


def tratamiento(linea_id: int, de: dict[str, Any] = LIMPIEZA, **mas: Any) -> dict[str, Any]:
    """A line of an appointment, as agreed on when it was booked."""
    return {
        "linea_id": linea_id,
        "tratamiento_id": linea_id + 100,
        "cantidad": 1,
        "duracion_minutos": 30,
        **de,
        **mas,
    }


def extra(linea_id: int, **mas: Any) -> dict[str, Any]:
    """What is charged beside the treatments."""
    return {"linea_id": linea_id, **CEPILLO, **mas}


def noticia(
    suceso: str,
    secuencia: int,
    *tratamientos: dict[str, Any],
    cita_id: int = 1,
    extras: tuple[dict[str, Any], ...] = (),
    **campos: Any,
) -> dict[str, Any]:
    """An event of an appointment of patient 1 with doctor 7 at centre 1."""
    datos = {
        "id": cita_id,
        "paciente_id": 1,
        "doctor_id": 7,
        "centro_id": 1,
        "sala_id": None,
        "fecha_hora": "2026-01-15T10:00:00-05:00",
        "duracion_minutos": 30,
        "estado": "completada" if suceso == "completada" else "en_curso",
        "motivo_consulta": None,
        "reprograma_a_id": None,
        "reprogramada_en_id": None,
        "motivo": None,
        "tratamientos": list(tratamientos),
        **({"extras": list(extras)} if suceso == "completada" else {}),
        **campos,
    }
    return envelope("/citas", f"cita.{suceso}.v1", f"cita/{cita_id}", datos, secuencia)


def entregar(api: ApiClient, *documentos: dict[str, Any]) -> list[str]:
    """What became of each."""
    resultados: list[str] = ok(api.as_("servicio").post("/interno/eventos", list(documentos)))["resultados"]
    return resultados


def trabajar(app: Flask) -> None:
    """What the worker does at its next turn."""
    with app.app_context():
        cobrar_pendientes()


def llega(api: ApiClient, *documentos: dict[str, Any]) -> None:
    """News come, and the worker acts on them."""
    entregar(api, *documentos)
    trabajar(api.app)


def otra_vez(app: Flask) -> None:
    """Time passes, and what failed is tried again."""
    with app.app_context():
        db.session.execute(db.text("UPDATE tarea SET proximo_intento = creada_en, arrendada_hasta = NULL"))
        db.session.commit()
    trabajar(app)


def vivas(app: Flask, cita_id: int = 1) -> list[Factura]:
    """The invoices of an appointment that were not withdrawn, with their lines."""
    with app.app_context():
        suyas = db.select(Factura).where(Factura.cita_id == cita_id, Factura.vivos()).order_by(Factura.id)
        return list(db.session.scalars(suyas.options(*Factura.cargar())))


def borrador(app: Flask, cita_id: int = 1) -> Factura:
    """The only invoice of an appointment, which is a draft."""
    (una,) = vivas(app, cita_id)
    assert una.estado == EstadoFactura.BORRADOR
    return una


def emitir(app: Flask, cita_id: int = 1) -> int:
    """The draft of an appointment is issued, as the desk does."""
    factura_id = borrador(app, cita_id).id
    punto = nuevo_punto(app, punto=f"{cita_id:03d}", principal=False)
    with app.app_context():
        hoy, factura = dia_en(1), db.session.get_one(Factura, factura_id)
        factura.estado, factura.punto_emision_id, factura.secuencial = EstadoFactura.EMITIDA, punto, 1
        factura.numero, factura.fecha_emision = f"001-{cita_id:03d}-000000001", hoy
        factura.emitida_en, factura.emitida_por = now(), "prueba"
        db.session.commit()
    return factura_id


def anular(app: Flask, factura_id: int) -> None:
    """An invoice is taken back."""
    with app.app_context():
        factura = db.session.get_one(Factura, factura_id)
        factura.estado, factura.saldo = EstadoFactura.ANULADA, ZERO
        db.session.commit()
