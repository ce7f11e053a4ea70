"""/historia-clinica: notes of appointments, the dental form 033, signing and amending."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint, no_content
from historia_clinica.blueprints.respuestas import con_alertas
from historia_clinica.casos_de_uso.acceso import Accion, acceder
from historia_clinica.casos_de_uso.citas_conocidas import acceder_en_cita
from historia_clinica.casos_de_uso.formulario_033 import llenar_formulario
from historia_clinica.casos_de_uso.notas import (
    QUE,
    borrar_nota,
    cambiar_nota,
    enmendar,
    escribir_nota,
    firmar_nota,
    notas_de,
    una_nota,
)
from historia_clinica.esquemas.comunes import CON_ALERTAS
from historia_clinica.esquemas.notas import (
    EnmiendaNueva,
    FiltroNotas,
    FiltroNotasDeCita,
    Formulario033Cambios,
    NotaCambios,
    NotaEnLista,
    NotaNueva,
    NotaSalida,
)
from historia_clinica.modelos import Nota

notas_bp = Blueprint("notas", __name__, url_prefix="/historia-clinica", description="Notes of care")

_ORDEN = {"momento": Nota.momento, "creado_en": Nota.creado_en, "actualizado_en": Nota.actualizado_en}


@notas_bp.route("/pacientes/<id:paciente_id>/notas")
class NotasDePaciente(MethodView):
    @notas_bp.permission("historia:leer")
    @notas_bp.page(NotaEnLista, FiltroNotas, model=Nota, sort=_ORDEN, default="-momento", beside=CON_ALERTAS)
    def get(self, filtro: dict[str, Any], paciente_id: int) -> Any:
        """The notes of a patient, the latest first; patients see their own that are signed."""
        acceso = acceder(paciente_id, Accion.LEER, QUE)
        return notas_de(acceso, filtro), {"alertas": acceso.alertas}


@notas_bp.route("/citas/<id:cita_id>/notas")
class NotasDeCita(MethodView):
    @notas_bp.permission("historia:leer")
    @notas_bp.page(NotaEnLista, FiltroNotasDeCita, model=Nota, sort=_ORDEN, default="-momento", beside=CON_ALERTAS)
    def get(self, filtro: dict[str, Any], cita_id: int) -> Any:
        """The notes of an appointment."""
        _, acceso = acceder_en_cita(cita_id, Accion.LEER, QUE)
        return notas_de(acceso, {**filtro, "cita_id": cita_id}), {"alertas": acceso.alertas}

    @notas_bp.permission("historia:escribir")
    @notas_bp.arguments(NotaNueva)
    @notas_bp.response(201, NotaSalida, location="/historia-clinica/notas/{id}")
    def post(self, datos: dict[str, Any], cita_id: int) -> Any:
        """Begin a note, as a draft: the appointment's doctor only, one draft at a time."""
        return con_alertas(*escribir_nota(cita_id, datos))


@notas_bp.route("/notas/<id:nota_id>")
class UnaNota(MethodView):
    @notas_bp.permission("historia:leer")
    @notas_bp.response(200, NotaSalida)
    def get(self, nota_id: int) -> Any:
        """One note."""
        return con_alertas(*una_nota(nota_id))

    @notas_bp.permission("historia:escribir")
    @notas_bp.if_match(required=True)
    @notas_bp.arguments(NotaCambios)
    @notas_bp.response(200, NotaSalida)
    def put(self, cambios: dict[str, Any], nota_id: int) -> Any:
        """Change what is given of one's own draft; the diagnoses come whole."""
        return con_alertas(*cambiar_nota(nota_id, cambios))

    @notas_bp.permission("historia:escribir")
    @notas_bp.if_match(required=False)
    @notas_bp.response(204)
    def delete(self, nota_id: int) -> Any:
        """Throw one's own draft away. What is signed stays."""
        borrar_nota(nota_id)
        return no_content()


@notas_bp.route("/notas/<id:nota_id>/formulario-033")
class FormularioDeNota(MethodView):
    @notas_bp.permission("historia:escribir")
    @notas_bp.if_match(required=True)
    @notas_bp.arguments(Formulario033Cambios)
    @notas_bp.response(200, NotaSalida)
    def put(self, datos: dict[str, Any], nota_id: int) -> Any:
        """Fill in what is given of the dental form 033 of one's own draft; each list comes whole."""
        return con_alertas(*llenar_formulario(nota_id, datos))


@notas_bp.route("/notas/<id:nota_id>/firma")
class FirmaDeNota(MethodView):
    @notas_bp.permission("historia:firmar")
    @notas_bp.if_match(required=False)
    @notas_bp.response(200, NotaSalida)
    def post(self, nota_id: int) -> Any:
        """Sign one's own draft with its diagnoses, form and prescriptions: nothing of it changes any more."""
        return con_alertas(*firmar_nota(nota_id))


@notas_bp.route("/notas/<id:nota_id>/enmiendas")
class EnmiendasDeNota(MethodView):
    @notas_bp.permission("historia:firmar")
    @notas_bp.arguments(EnmiendaNueva)
    @notas_bp.response(201, NotaSalida, location="/historia-clinica/notas/{id}")
    def post(self, datos: dict[str, Any], nota_id: int) -> Any:
        """Add to one's own signed note; the answer is the note with it."""
        return con_alertas(*enmendar(nota_id, datos))
