"""admin_service: patients, doctors and centres, as they are now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from flask import Flask, current_app

from comun.http import client_of
from facturacion.clientes.breve import brief_client, params_de


class AdminCliente:
    """The questions that this service has for admin_service."""

    def __init__(self, app: Flask) -> None:
        self.http = client_of(app, "admin", "administración")
        self.breve = brief_client("admin", app, "administración")

    def copia(self, que: str, uno: int, *, eliminados: bool = False) -> Mapping[str, Any] | None:
        """What may be copied of one of `pacientes`, `doctores` or `centros`; None when there is none.

        A merged patient is told of, with `fusionado_en_id`; who was deleted only when asked. Unavailable when it is
        down.
        """
        datos = self.http.get(f"/interno/copias/{que}", params={"ids": str(uno)})["datos"]
        return next(
            (
                ficha
                for ficha in datos
                if eliminados or not ficha["eliminado"] or ficha.get("fusionado_en_id") is not None
            ),
            None,
        )

    def fichas(self, paciente_id: int, doctor_id: int | None, centro_id: int | None) -> Mapping[str, Any]:
        """What documents say of a patient, a doctor and a centre (`paciente`, `doctor`, `centro`; None of whom there
        is none). Unavailable when it is down.
        """
        pedidos = {"paciente_id": paciente_id, "doctor_id": doctor_id, "centro_id": centro_id}
        answer: Mapping[str, Any] = self.http.get(
            "/interno/fichas", params={nombre: uno for nombre, uno in pedidos.items() if uno is not None}
        )
        return answer

    def pacientes_nuevos(self, desde: date, hasta: date, centros: Collection[int] | None) -> Any:
        """How many patients were registered on these days, of all or of these home centres (`pacientes_nuevos`)."""
        return self.breve.get("/interno/resumen", params=params_de(desde=desde, hasta=hasta, centros=centros))

    def aseguradora(self, aseguradora_id: int) -> Mapping[str, Any] | None:
        """An insurer of the catalogue (`id`, `nombre`, `activo`); None when there is none. Unavailable as above."""
        ficha: Mapping[str, Any] | None = self.http.get("/interno/fichas", params={"aseguradora_id": aseguradora_id})[
            "aseguradora"
        ]
        return ficha


def admin() -> AdminCliente:
    """The client of the current application."""
    cliente: AdminCliente = current_app.extensions["admin"]
    return cliente
