"""/historia-clinica: the odontogram of a patient."""

from typing import Any

from flask import Response
from flask.views import MethodView

from comun.api import Blueprint
from comun.preconditions import check_version
from historia_clinica.blueprints.respuestas import ARCHIVO, SVG, con_alertas, svg
from historia_clinica.casos_de_uso.acceso import Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.citas_conocidas import conocer_citas
from historia_clinica.casos_de_uso.momentos import hasta
from historia_clinica.casos_de_uso.odontograma import (
    anotar_hallazgos,
    anular,
    diferencias_entre,
    imagen_en,
    leer_tratado,
    odontograma_en,
    realizar,
    resolver,
)
from historia_clinica.dominio.catalogo_dental import CATALOGO, Estado
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.odontograma import (
    AFecha,
    CambioDeHallazgo,
    CatalogoDental,
    DiferenciasDeOdontograma,
    EntreFechas,
    FiltroHallazgos,
    HallazgoFila,
    HallazgoSalida,
    HallazgosAnotados,
    HallazgosNuevos,
    OdontogramaSalida,
)
from historia_clinica.modelos import Hallazgo

odontograma_bp = Blueprint("odontograma", __name__, url_prefix="/historia-clinica", description="Odontogram")

_QUE = "odontograma"
_ORDEN = {"ocurrido_en": Hallazgo.ocurrido_en, "pieza": Hallazgo.pieza, "creado_en": Hallazgo.creado_en}


@odontograma_bp.route("/odontograma/catalogo")
class Catalogo(MethodView):
    @odontograma_bp.permission("historia:leer")
    @odontograma_bp.response(200, CatalogoDental)
    def get(self) -> Any:
        """All that can be noted of a tooth: where, in which states, with which variants."""
        return {"datos": list(CATALOGO.values())}


@odontograma_bp.route("/pacientes/<id:paciente_id>/odontograma")
class Odontograma(MethodView):
    @odontograma_bp.permission("historia:leer")
    @odontograma_bp.arguments(AFecha, location="query")
    @odontograma_bp.response(200, OdontogramaSalida)
    def get(self, consulta: dict[str, Any], paciente_id: int) -> Any:
        """The whole mouth at a date, with CPO-D and ceo-d."""
        acceso = acceder(paciente_id, Accion.LEER, _QUE)
        return con_alertas(odontograma_en(acceso, hasta(consulta.get("fecha"))), acceso)


@odontograma_bp.route("/pacientes/<id:paciente_id>/odontograma/hallazgos")
class Hallazgos(MethodView):
    @odontograma_bp.permission("historia:leer")
    @odontograma_bp.page(
        HallazgoFila, FiltroHallazgos, model=Hallazgo, sort=_ORDEN, default="-ocurrido_en", beside=CON_ALERTAS
    )
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """All that was ever noted, mistakes included, the latest first."""
        acceso = acceder(paciente_id, Accion.LEER, _QUE)
        anulados = filtro.pop("anulados", None)
        consulta = acceso.lista(Hallazgo).filter_by(**filtro)
        if anulados is not None:
            consulta = consulta.where(Hallazgo.anulado_en.is_not(None) == anulados)
        return consulta, {"alertas": acceso.alertas}

    @odontograma_bp.permission("historia:escribir")
    @odontograma_bp.arguments(HallazgosNuevos)
    @odontograma_bp.response(
        201, HallazgosAnotados, location="/historia-clinica/pacientes/{paciente_id}/odontograma/hallazgos"
    )
    def post(self, datos: dict[str, Any], paciente_id: int) -> Any:
        """Note one or many findings, all or nothing."""
        conocer_citas(datos)
        acceso = acceder(paciente_id, Accion.ESCRIBIR, _QUE)
        anotados = anotar_hallazgos(acceso, datos["hallazgos"])
        return con_alertas({"paciente_id": acceso.paciente_id, "datos": anotados}, acceso)


@odontograma_bp.route("/pacientes/<id:paciente_id>/odontograma/diferencias")
class Diferencias(MethodView):
    @odontograma_bp.permission("historia:leer")
    @odontograma_bp.arguments(EntreFechas, location="query")
    @odontograma_bp.response(200, DiferenciasDeOdontograma)
    def get(self, consulta: dict[str, Any], paciente_id: int) -> Any:
        """What became of the mouth between two dates."""
        acceso = acceder(paciente_id, Accion.LEER, _QUE)
        return con_alertas(diferencias_entre(acceso, hasta(consulta["desde"]), hasta(consulta.get("hasta"))), acceso)


@odontograma_bp.route("/pacientes/<id:paciente_id>/odontograma/imagen")
class Imagen(MethodView):
    @odontograma_bp.permission("historia:imprimir")
    @odontograma_bp.arguments(AFecha, location="query")
    @odontograma_bp.response(200, ARCHIVO, content_type=SVG)
    def get(self, consulta: dict[str, Any], paciente_id: int) -> Response:
        """The mouth at a date as a picture: red to do, blue done."""
        acceso = acceder(paciente_id, Accion.IMPRIMIR, _QUE)
        return svg(imagen_en(acceso, hasta(consulta.get("fecha"))))


@odontograma_bp.route("/hallazgos/<id:hallazgo_id>")
class UnHallazgo(MethodView):
    @odontograma_bp.permission("historia:leer")
    @odontograma_bp.response(200, HallazgoSalida)
    def get(self, hallazgo_id: int) -> Any:
        """One entry."""
        return con_alertas(*buscar(Hallazgo, hallazgo_id, Accion.LEER, _QUE))


@odontograma_bp.route("/hallazgos/<id:hallazgo_id>/estado")
class EstadoDeHallazgo(MethodView):
    @odontograma_bp.permission("historia:escribir")
    @odontograma_bp.if_match(required=False)
    @odontograma_bp.arguments(CambioDeHallazgo)
    @odontograma_bp.response(200, HallazgoSalida)
    def patch(self, datos: dict[str, Any], hallazgo_id: int) -> Any:
        """It was treated, or is no longer there: the answer is the new entry that follows it. Or it was a mistake."""
        conocer_citas(datos)
        hallazgo, acceso = buscar_escribiendo(Hallazgo, hallazgo_id, _QUE)
        check_version(hallazgo)
        if datos["estado"] == "anulado":
            return con_alertas(anular(hallazgo, acceso, datos.get("motivo")), acceso)
        seguir = realizar if datos["estado"] == Estado.REALIZADO else resolver
        return con_alertas(seguir(hallazgo, acceso, leer_tratado(datos, acceso)), acceso)
