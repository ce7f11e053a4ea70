"""/citas/lista-espera: who waits for an earlier or a better time, and the answers to what they are offered."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.espera import cambiar, cancelar, leer, registrar
from citas.casos_de_uso.ofertas import aceptar, oferta_de, rechazar
from citas.esquemas.lista_espera import EsperaAtendida, EsperaCambios, EsperaNueva, EsperaSalida, FiltroEsperas
from citas.extensiones import db
from citas.modelos import Espera
from comun.api import Blueprint, no_content
from comun.auth.caller import caller

lista_espera_bp = Blueprint("lista_espera", __name__, url_prefix="/citas/lista-espera", description="Waitlist")

ORDEN = {
    "prioridad": Espera.prioridad,
    "creado_en": Espera.creado_en,
    "hasta": Espera.hasta,
    "actualizado_en": Espera.actualizado_en,
}


@lista_espera_bp.route("")
class ListaDeEspera(MethodView):
    @lista_espera_bp.permission("citas:espera:leer")
    @lista_espera_bp.page(EsperaSalida, FiltroEsperas, model=Espera, sort=ORDEN, default="-prioridad,creado_en,id")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Who waits, of those that the caller may see, in the order in which they are asked."""
        return db.select(Espera).filter_by(**filtro).where(Espera.visibles_para(caller())).options(*Espera.cargar())

    @lista_espera_bp.permission("citas:espera:editar")
    @lista_espera_bp.arguments(EsperaNueva)
    @lista_espera_bp.response(201, EsperaSalida, location="/citas/lista-espera/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Put a patient on the list; patients put themselves on it."""
        return registrar(datos, caller())


@lista_espera_bp.route("/<id:espera_id>")
class UnaEspera(MethodView):
    @lista_espera_bp.permission("citas:espera:leer")
    @lista_espera_bp.response(200, EsperaSalida)
    def get(self, espera_id: int) -> Any:
        """One wish, with the offer that waits for an answer."""
        return Espera.obtener(espera_id, caller())

    @lista_espera_bp.permission("citas:espera:editar")
    @lista_espera_bp.if_match(required=False)
    @lista_espera_bp.arguments(EsperaCambios.as_partial())
    @lista_espera_bp.response(200, EsperaSalida)
    def put(self, cambios: dict[str, Any], espera_id: int) -> Any:
        """Another wish; while an offer waits for an answer only priority and notes."""
        return cambiar(Espera.obtener(espera_id, caller()), cambios, caller())

    @lista_espera_bp.permission("citas:espera:editar")
    @lista_espera_bp.if_match(required=False)
    @lista_espera_bp.response(204)
    def delete(self, espera_id: int) -> Any:
        """Take it off the list; what was offered goes to the next one."""
        cancelar(Espera.obtener(espera_id, caller()))
        return no_content()


@lista_espera_bp.route("/<id:espera_id>/aceptar")
class Aceptacion(MethodView):
    @lista_espera_bp.permission("citas:espera:editar")
    @lista_espera_bp.response(200, EsperaAtendida)
    def post(self, espera_id: int) -> Any:
        """Accept what is offered: it is booked. Again: the same answer."""
        oferta = oferta_de(Espera.obtener(espera_id, caller()), caller())
        cita = aceptar(oferta.id, caller())
        return {"mensaje": "Cita programada.", "espera": leer(espera_id), "cita": cita}


@lista_espera_bp.route("/<id:espera_id>/rechazar")
class Rechazo(MethodView):
    @lista_espera_bp.permission("citas:espera:editar")
    @lista_espera_bp.response(200, EsperaSalida)
    def post(self, espera_id: int) -> Any:
        """Decline what is offered: the patient waits on, the time goes to the next one."""
        rechazar(oferta_de(Espera.obtener(espera_id, caller()), caller()).id)
        return leer(espera_id)
