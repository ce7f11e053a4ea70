"""/historia-clinica: texts of consent, and who consented."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from comun.auth.caller import caller
from historia_clinica.blueprints.respuestas import ARCHIVO, PDF, archivo, con_alertas, en_estado
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar
from historia_clinica.casos_de_uso.consentimientos import QUE, con_estado, consentir, revocar
from historia_clinica.casos_de_uso.textos import publicar, retirar
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.consentimientos import (
    ConsentimientoNuevo,
    ConsentimientoSalida,
    FiltroConsentimientos,
    FiltroTextos,
    HojaPedida,
    RetiroTexto,
    Revocacion,
    TextoNuevo,
    TextoSalida,
    UnConsentimientoSalida,
)
from historia_clinica.extensiones import db
from historia_clinica.modelos import Consentimiento, TextoConsentimiento

consentimientos_bp = Blueprint("consentimientos", __name__, url_prefix="/historia-clinica", description="Consents")

ORDEN_TEXTOS = {"codigo": TextoConsentimiento.codigo, "version": TextoConsentimiento.edicion}
ORDEN = {"otorgado_en": Consentimiento.otorgado_en}


@consentimientos_bp.route("/consentimientos/textos")
class Textos(MethodView):
    @consentimientos_bp.permission("historia:leer")
    @consentimientos_bp.page(
        TextoSalida, FiltroTextos, model=TextoConsentimiento, sort=ORDEN_TEXTOS, default="codigo,-version"
    )
    def get(self, filtro: dict[str, Any]) -> Any:
        """All editions of the texts, the latest of each first."""
        return en_estado(db.select(TextoConsentimiento), filtro, TextoConsentimiento.retirado_en, "retirado")

    @consentimientos_bp.permission("historia:consentimientos:editar")
    @consentimientos_bp.arguments(TextoNuevo)
    @consentimientos_bp.response(201, TextoSalida, location="/historia-clinica/consentimientos/textos/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Publish a text, or the next edition of the one with that code. Editions never change."""
        return publicar(datos)


@consentimientos_bp.route("/consentimientos/textos/<id:texto_id>")
class UnTexto(MethodView):
    @consentimientos_bp.permission("historia:leer")
    @consentimientos_bp.response(200, TextoSalida)
    def get(self, texto_id: int) -> Any:
        """One edition of a text."""
        return TextoConsentimiento.obtener(texto_id, caller())


@consentimientos_bp.route("/consentimientos/textos/<id:texto_id>/estado")
class EstadoDeTexto(MethodView):
    @consentimientos_bp.permission("historia:consentimientos:editar")
    @consentimientos_bp.if_match(required=False)
    @consentimientos_bp.arguments(RetiroTexto)
    @consentimientos_bp.response(200, TextoSalida)
    def patch(self, datos: dict[str, Any], texto_id: int) -> Any:
        """Withdraw an edition: nobody consents to it any more."""
        return retirar(TextoConsentimiento.obtener(texto_id, caller()), datos["motivo"])


@consentimientos_bp.route("/pacientes/<id:paciente_id>/consentimientos")
class Consentimientos(MethodView):
    @consentimientos_bp.permission("historia:leer")
    @consentimientos_bp.page(
        ConsentimientoSalida,
        FiltroConsentimientos,
        model=Consentimiento,
        sort=ORDEN,
        default="-otorgado_en",
        beside=CON_ALERTAS,
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """What was consented to or refused, the newest first. Patients read their own."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        estado = filtro.pop("estado", None)
        consulta = acceso.lista(Consentimiento).filter_by(**filtro)
        if estado is not None:
            consulta = consulta.where(con_estado(estado))
        return consulta, {"alertas": acceso.alertas}

    @consentimientos_bp.permission("historia:escribir")
    @consentimientos_bp.arguments(ConsentimientoNuevo)
    @consentimientos_bp.response(201, UnConsentimientoSalida, location="/historia-clinica/consentimientos/{id}")
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Write down that somebody accepts or refuses what a text says. It never changes; it may be revoked."""
        return con_alertas(*consentir(paciente_id, datos))


@consentimientos_bp.route("/pacientes/<id:paciente_id>/consentimientos/hoja")
class HojaDeConsentimiento(MethodView):
    @consentimientos_bp.permission("historia:imprimir")
    @consentimientos_bp.arguments(HojaPedida, location="query")
    @consentimientos_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """A sheet with a text for this patient, to be signed by hand and attached."""
        from historia_clinica.casos_de_uso.consentimientos_pdf import imprimir_hoja

        acceso = acceder(paciente_id, Accion.IMPRIMIR, QUE)
        texto = TextoConsentimiento.obtener(datos["texto_id"], caller())
        hoja = imprimir_hoja(acceso, texto, datos.get("procedimiento"), datos.get("pieza"))
        return archivo(hoja, PDF, f"consentimiento-{texto.codigo}.pdf")


@consentimientos_bp.route("/consentimientos/<id:consentimiento_id>")
class UnConsentimiento(MethodView):
    @consentimientos_bp.permission("historia:leer")
    @consentimientos_bp.response(200, UnConsentimientoSalida)
    def get(self, consentimiento_id: int) -> Any:
        """One consent or refusal."""
        return con_alertas(*buscar(Consentimiento, consentimiento_id, Accion.LEER, QUE))


@consentimientos_bp.route("/consentimientos/<id:consentimiento_id>/revocacion")
class RevocacionDeConsentimiento(MethodView):
    @consentimientos_bp.permission("historia:escribir")
    @consentimientos_bp.if_match(required=False)
    @consentimientos_bp.arguments(Revocacion)
    @consentimientos_bp.response(201, UnConsentimientoSalida, location="/historia-clinica/consentimientos/{id}")
    def post(self, datos: dict[str, Any], consentimiento_id: int) -> Any:
        """Take a consent back, once; who consented or who decides for the patient may, at any time."""
        return con_alertas(*revocar(consentimiento_id, datos))


@consentimientos_bp.route("/consentimientos/<id:consentimiento_id>/pdf")
class ConsentimientoImpreso(MethodView):
    @consentimientos_bp.permission("historia:imprimir")
    @consentimientos_bp.response(200, ARCHIVO, content_type=PDF)
    def get(self, consentimiento_id: int) -> Any:
        """To be printed: the text, who consented and how, and its hash."""
        from historia_clinica.casos_de_uso.consentimientos_pdf import imprimir_consentimiento

        consentimiento, _acceso = buscar(Consentimiento, consentimiento_id, Accion.IMPRIMIR, QUE)
        return archivo(imprimir_consentimiento(consentimiento), PDF, f"consentimiento-{consentimiento.id}.pdf")
