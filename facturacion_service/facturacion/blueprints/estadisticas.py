"""/facturacion/estadisticas: the clinic and its doctors in figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from comun.sheets import DOCUMENTED, sheet
from facturacion.casos_de_uso.estadisticas import (
    DE_UN_DOCTOR,
    DE_UN_TRATAMIENTO,
    estadisticas_de_clinica,
    estadisticas_de_doctor,
)
from facturacion.celdas import a_la_vista
from facturacion.esquemas.estadisticas import (
    EstadisticasDeClinica,
    EstadisticasDeDoctor,
    FiltroEstadisticas,
    FiltroEstadisticasDeDoctor,
)

estadisticas_bp = Blueprint(
    "estadisticas", __name__, url_prefix="/facturacion/estadisticas", description="Statistics"
)

_COLUMNAS = {
    "doctores": ("doctor", *DE_UN_DOCTOR),
    "tratamientos": ("tratamiento", *DE_UN_TRATAMIENTO),
    "medios": ("medio_pago", "cobrado", "pagos"),
}


@estadisticas_bp.route("/clinica")
class Clinica(MethodView):
    @estadisticas_bp.permission("facturacion:reportes:leer")
    @estadisticas_bp.arguments(FiltroEstadisticas, location="query")
    @estadisticas_bp.response(200, EstadisticasDeClinica)
    @estadisticas_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Money by doctor, treatment and means of payment; invoices, appointments and new patients."""
        cifras, formato, seccion = estadisticas_de_clinica(filtro, caller()), filtro["formato"], filtro["seccion"]
        if formato == "json":
            return cifras
        return _en_hoja(f"clinica-{seccion}", formato, _COLUMNAS[seccion], cifras, cifras[seccion])


@estadisticas_bp.route("/doctores/<id:doctor_id>")
class Doctor(MethodView):
    @estadisticas_bp.permission("facturacion:honorarios:leer")
    @estadisticas_bp.arguments(FiltroEstadisticasDeDoctor, location="query")
    @estadisticas_bp.response(200, EstadisticasDeDoctor)
    @estadisticas_bp.doc(**DOCUMENTED)
    def get(self, filtro: dict[str, Any], doctor_id: int) -> Any:
        """What a doctor's work came to, his fees, and his appointments. A doctor asks for his own."""
        cifras = estadisticas_de_doctor(doctor_id, filtro, caller())
        if filtro["formato"] == "json":
            return cifras
        columnas = [columna for columna in _COLUMNAS["tratamientos"] if columna == "tratamiento" or columna in cifras]
        return _en_hoja(f"doctor-{doctor_id}", filtro["formato"], columnas, cifras, cifras["tratamientos"])


def _en_hoja(
    nombre: str, formato: str, columnas: Sequence[str], cifras: Mapping[str, Any], filas: Sequence[Mapping[str, Any]]
) -> Response:
    titulo = f"{nombre}-{cifras['desde']}-{cifras['hasta']}"
    return sheet(titulo, formato, columnas, ([a_la_vista(fila[columna]) for columna in columnas] for fila in filas))
