"""/facturacion/pacientes: the account of a patient."""

from typing import Any

from flask.views import MethodView

from comun.answers import FILE, made_file
from comun.api import Blueprint
from comun.auth.caller import caller
from comun.files import PDF
from facturacion.casos_de_uso.estado_cuenta import estado_de_cuenta
from facturacion.esquemas.estado_cuenta import ConsultaEstadoCuenta, EstadoCuentaSalida

estado_cuenta_bp = Blueprint(
    "estado_cuenta", __name__, url_prefix="/facturacion/pacientes", description="Accounts of patients"
)


@estado_cuenta_bp.route("/<id:paciente_id>/estado-cuenta")
class EstadoDeCuenta(MethodView):
    @estado_cuenta_bp.permission("facturacion:pagos:leer")
    @estado_cuenta_bp.arguments(ConsultaEstadoCuenta, location="query")
    @estado_cuenta_bp.response(200, EstadoCuentaSalida)
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """What was charged and paid, with the balance after each, and what is owed today; a patient his own."""
        return estado_de_cuenta(paciente_id, caller(), **filtro)


@estado_cuenta_bp.route("/<id:paciente_id>/estado-cuenta/pdf")
class EstadoDeCuentaEnPdf(MethodView):
    @estado_cuenta_bp.permission("facturacion:pagos:leer")
    @estado_cuenta_bp.arguments(ConsultaEstadoCuenta, location="query")
    @estado_cuenta_bp.response(200, FILE, content_type=PDF)
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """The same on paper."""
        from facturacion.casos_de_uso.estado_cuenta_pdf import imprimir

        contenido, nombre = imprimir(estado_de_cuenta(paciente_id, caller(), **filtro))
        return made_file(contenido, PDF, nombre)
