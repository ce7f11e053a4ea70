"""/citas/politicas: what appointments of each treatment and centre are like."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.politicas import cambiar_politica, crear_politica, exigir_red
from citas.esquemas.politicas import ConsultaEfectiva, FiltroPoliticas, PoliticaNueva, PoliticaSalida, ReglasSalida
from citas.extensiones import db
from citas.modelos import Politica
from citas.modelos.reglas import agenda_vigente
from comun.api import Blueprint, no_content
from comun.auth.caller import Scope, caller
from comun.errors import NotFound
from comun.preconditions import check_version

politicas_bp = Blueprint("politicas", __name__, url_prefix="/citas/politicas", description="Rules of appointments")

ORDEN = {
    "centro_id": Politica.centro_id,
    "tratamiento_id": Politica.tratamiento_id,
    "actualizado_en": Politica.actualizado_en,
}


@politicas_bp.route("")
class Politicas(MethodView):
    @politicas_bp.permission("citas:politicas:leer")
    @politicas_bp.page(PoliticaSalida, FiltroPoliticas, model=Politica, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """What was said for the network, for centres, for treatments, for treatments at centres."""
        return db.select(Politica).where(Politica.visibles_para(caller())).filter_by(**filtro)

    @politicas_bp.permission("citas:politicas:editar")
    @politicas_bp.arguments(PoliticaNueva)
    @politicas_bp.response(201, PoliticaSalida, location="/citas/politicas/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Say what holds for a treatment, a centre, both or the whole network; once for each."""
        return crear_politica(datos, caller())


@politicas_bp.route("/efectiva")
class PoliticaEfectiva(MethodView):
    @politicas_bp.permission("citas:politicas:leer")
    @politicas_bp.arguments(ConsultaEfectiva, location="query")
    @politicas_bp.response(200, ReglasSalida)
    def get(self, consulta: dict[str, int]) -> Any:
        """What holds in the end: network, centre, treatment, treatment at the centre; the last that says so wins."""
        centro_id, tratamiento_id = consulta["centro_id"], consulta.get("tratamiento_id")
        quien = caller()
        if quien.alcance is Scope.CENTROS and not quien.acts_in(centro_id):
            raise NotFound()
        reglas = asdict(agenda_vigente().politica(centro_id, tratamiento_id))
        return {"centro_id": centro_id, "tratamiento_id": tratamiento_id, **reglas}


@politicas_bp.route("/<id:politica_id>")
class UnaPolitica(MethodView):
    @politicas_bp.permission("citas:politicas:leer")
    @politicas_bp.response(200, PoliticaSalida)
    def get(self, politica_id: int) -> Any:
        """One policy."""
        return Politica.obtener(politica_id, caller())

    @politicas_bp.permission("citas:politicas:editar")
    @politicas_bp.if_match(required=True)
    @politicas_bp.arguments(PoliticaNueva.as_partial())
    @politicas_bp.response(200, PoliticaSalida)
    def put(self, cambios: dict[str, Any], politica_id: int) -> Any:
        """Change what is given; null lets it be inherited. What is booked stays as it was booked."""
        return cambiar_politica(Politica.obtener(politica_id, caller()), cambios, caller())

    @politicas_bp.permission("citas:politicas:editar")
    @politicas_bp.if_match(required=False)
    @politicas_bp.response(204)
    def delete(self, politica_id: int) -> Any:
        """Let the more general one hold."""
        exigir_red(caller())
        politica = Politica.obtener(politica_id, caller())
        check_version(politica)
        politica.eliminar()
        return no_content()
