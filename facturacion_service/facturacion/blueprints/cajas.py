"""/facturacion/cajas: tills."""

from typing import Any

from flask.views import MethodView

from comun.answers import FILE, made_file
from comun.api import Blueprint
from comun.auth.caller import caller
from comun.files import PDF
from facturacion.casos_de_uso.cajas import SUPERVISAR, abrir, cerrar, contar, cuales, reabrir, reporte, ver
from facturacion.esquemas.cajas import (
    CajaNueva,
    CajaSalida,
    CierreDeCaja,
    Conteo,
    EstadoDeCaja,
    FiltroCajas,
    ReporteDeCaja,
)
from facturacion.modelos import Caja

cajas_bp = Blueprint("cajas", __name__, url_prefix="/facturacion/cajas", description="Tills")

ORDEN = {"abierta_en": Caja.abierta_en}
LEER, OPERAR = "facturacion:cajas:leer", "facturacion:cajas:operar"


@cajas_bp.route("")
class Cajas(MethodView):
    @cajas_bp.permission(LEER)
    @cajas_bp.page(CajaSalida, FiltroCajas, model=Caja, sort=ORDEN, default="-id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Tills, the latest first."""
        return cuales(filtro, caller())

    @cajas_bp.permission(OPERAR)
    @cajas_bp.arguments(CajaNueva)
    @cajas_bp.response(201, CajaSalida, location="/facturacion/cajas/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Open a till of one's own; one at a time at each centre."""
        return abrir(datos, caller())


@cajas_bp.route("/<id:caja_id>")
class UnaCaja(MethodView):
    @cajas_bp.permission(LEER)
    @cajas_bp.response(200, CajaSalida)
    def get(self, caja_id: int) -> Any:
        """One till."""
        return ver(caja_id, caller())


@cajas_bp.route("/<id:caja_id>/conteo")
class ConteoDeCaja(MethodView):
    @cajas_bp.permission(OPERAR)
    @cajas_bp.if_match(required=False)
    @cajas_bp.arguments(Conteo)
    @cajas_bp.response(200, CajaSalida)
    def post(self, datos: dict[str, Any], caja_id: int) -> Any:
        """Count what is in one's till; nothing more goes in or out, and what should be there is told."""
        return contar(caja_id, datos, caller())


@cajas_bp.route("/<id:caja_id>/estado")
class EstadoDeUnaCaja(MethodView):
    @cajas_bp.permission(SUPERVISAR)
    @cajas_bp.if_match(required=False)
    @cajas_bp.arguments(EstadoDeCaja)
    @cajas_bp.response(200, CajaSalida)
    def patch(self, datos: dict[str, Any], caja_id: int) -> Any:
        """Open a counted till again, to be counted anew."""
        return reabrir(caja_id, datos["motivo"], caller())


@cajas_bp.route("/<id:caja_id>/cierre")
class Cierre(MethodView):
    @cajas_bp.permission(OPERAR)
    @cajas_bp.if_match(required=False)
    @cajas_bp.arguments(CierreDeCaja)
    @cajas_bp.response(200, CajaSalida)
    def post(self, datos: dict[str, Any], caja_id: int) -> Any:
        """Close a counted till for good; a difference has to be explained."""
        return cerrar(caja_id, datos.get("explicacion"), caller())


@cajas_bp.route("/<id:caja_id>/reporte")
class Reporte(MethodView):
    @cajas_bp.permission(LEER)
    @cajas_bp.response(200, ReporteDeCaja)
    def get(self, caja_id: int) -> Any:
        """A till in figures, once it was counted."""
        return reporte(caja_id, caller())


@cajas_bp.route("/<id:caja_id>/reporte/pdf")
class ReporteImpreso(MethodView):
    @cajas_bp.permission(LEER)
    @cajas_bp.response(200, FILE, content_type=PDF)
    def get(self, caja_id: int) -> Any:
        """The same to be printed and signed."""
        from facturacion.casos_de_uso.caja_impresa import imprimir

        return made_file(imprimir(reporte(caja_id, caller())), PDF, f"caja-{caja_id}.pdf")
