"""/admin/configuracion: typed settings of the network, with history."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.casos_de_uso.configuracion import (
    Configuracion,
    cambiar_ajuste,
    esperar_turno,
    guardar,
    quitar_ajuste,
)
from admin.esquemas.configuracion import (
    AjusteCambios,
    AjusteSalida,
    CambioSalida,
    ConfiguracionNueva,
    ConfiguracionSalida,
)
from admin.modelos import Ajuste, CambioAjuste
from comun.api import no_content
from comun.auth.caller import caller
from comun.preconditions import check_version
from comun.schema import PageQuery


@admin_bp.route("/configuracion")
class TodaLaConfiguracion(MethodView):
    @admin_bp.permission("admin:configuracion:leer")
    @admin_bp.response(200, ConfiguracionSalida)
    def get(self) -> Any:
        """All settings; `valores` maps keys to values."""
        return Configuracion()

    @admin_bp.permission("admin:configuracion:editar")
    @admin_bp.if_match(required=True)
    @admin_bp.arguments(ConfiguracionNueva)
    @admin_bp.response(200, ConfiguracionSalida)
    def put(self, datos: dict[str, Any]) -> Any:
        """Set the values of several keys at once; the others stay. A new key gets the type of its value."""
        esperar_turno()
        check_version(Configuracion())
        return guardar(datos["valores"], caller())


@admin_bp.route("/configuracion/<string:clave>")
class UnAjuste(MethodView):
    @admin_bp.permission("admin:configuracion:leer")
    @admin_bp.response(200, AjusteSalida)
    def get(self, clave: str) -> Any:
        """One setting."""
        return Ajuste.de_clave(clave)

    @admin_bp.permission("admin:configuracion:editar")
    @admin_bp.if_match(required=True)
    @admin_bp.arguments(AjusteCambios)
    @admin_bp.response(200, AjusteSalida)
    def put(self, datos: dict[str, Any], clave: str) -> Any:
        """Change a setting; its type stays."""
        esperar_turno()
        ajuste = Ajuste.de_clave(clave)
        check_version(ajuste)
        return cambiar_ajuste(ajuste, datos, caller())

    @admin_bp.permission("admin:configuracion:editar")
    @admin_bp.if_match(required=True)
    @admin_bp.response(204)
    def delete(self, clave: str) -> Any:
        """Remove a setting; its history stays."""
        esperar_turno()
        ajuste = Ajuste.de_clave(clave)
        check_version(ajuste)
        quitar_ajuste(ajuste, caller())
        return no_content()


@admin_bp.route("/configuracion/<string:clave>/historial")
class HistorialDeAjuste(MethodView):
    @admin_bp.permission("admin:configuracion:leer")
    @admin_bp.page(CambioSalida, PageQuery, model=CambioAjuste, sort={}, default="-id")
    def get(self, _filtro: dict[str, Any], clave: str) -> Any:
        """Who changed it, when, from what to what."""
        return CambioAjuste.de(clave)
