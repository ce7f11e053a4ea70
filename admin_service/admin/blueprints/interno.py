"""/interno: what the other services ask."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import interno_bp
from admin.casos_de_uso.pacientes import registrar_paciente
from admin.esquemas.interno import (
    CentrosConsulta,
    CentrosExistentes,
    FichasConsulta,
    FichasSalida,
    PacienteCreado,
    PacienteRegistrado,
    PersonasDeUsuario,
    ReservaConsulta,
    ResumenConsulta,
    ResumenSalida,
)
from admin.eventos.emitidos import datos_centro, datos_doctor, datos_paciente
from admin.extensiones import db
from admin.modelos import Catalogo, Centro, Doctor, Entrada, Paciente
from admin.modelos.reportes import pacientes_nuevos
from admin.modelos.reserva import fichas
from comun.auth.caller import caller
from comun.copies import CopiesQuery, copies_page


@interno_bp.route("/reserva")
class Reserva(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(ReservaConsulta, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, int]) -> Any:
        """What a booking needs to know of its doctor, centre, patient and room: null for those that don't exist."""
        return fichas(**consulta)


@interno_bp.route("/fichas")
class Fichas(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(FichasConsulta, location="query")
    @interno_bp.response(200, FichasSalida)
    def get(self, consulta: dict[str, int]) -> Any:
        """What documents say of a patient, a doctor, a centre and an insurer; null for those that don't exist."""
        de = {"paciente": Paciente, "doctor": Doctor, "centro": Centro}
        pedidos = {quien: modelo for quien, modelo in de.items() if f"{quien}_id" in consulta}
        dichas: dict[str, Any] = {
            quien: db.session.get(modelo, consulta[f"{quien}_id"]) for quien, modelo in pedidos.items()
        }
        if (aseguradora_id := consulta.get("aseguradora_id")) is not None:
            suya = db.select(Entrada).where(Entrada.catalogo == Catalogo.ASEGURADORAS, Entrada.id == aseguradora_id)
            dichas["aseguradora"] = db.session.scalar(suya)
        return dichas


@interno_bp.route("/pacientes/por-usuario/<id:usuario_id>")
class PacienteDeUsuario(MethodView):
    @interno_bp.permission("interno:personas")
    @interno_bp.arguments(PacienteRegistrado)
    @interno_bp.response(200, PacienteCreado)
    def put(self, datos: dict[str, Any], usuario_id: int) -> Any:
        """The patient of a user who registered himself; made at the first call."""
        return {"paciente_id": registrar_paciente(usuario_id, datos, caller()).id}


@interno_bp.route("/personas/por-usuario/<id:usuario_id>")
class PersonasPorUsuario(MethodView):
    @interno_bp.permission("interno:personas")
    @interno_bp.response(200, PersonasDeUsuario)
    def get(self, usuario_id: int) -> Any:
        """Which doctor and which patient a user is; null for neither."""
        return {
            f"{modelo.__tablename__}_id": db.session.scalar(
                db.select(modelo.id).where(modelo.usuario_id == usuario_id, modelo.vivos())
            )
            for modelo in (Doctor, Paciente)
        }


@interno_bp.route("/centros")
class CentrosQueExisten(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CentrosConsulta, location="query")
    @interno_bp.response(200, CentrosExistentes)
    def get(self, consulta: dict[str, Any]) -> Any:
        """Which of the centres with these ids exist."""
        existen = db.select(Centro.id).where(Centro.id.in_(consulta["ids"]), Centro.vivos()).order_by(Centro.id)
        return {"centros": [*db.session.scalars(existen)]}


@interno_bp.route("/resumen")
class Resumen(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(ResumenConsulta, location="query")
    @interno_bp.response(200, ResumenSalida)
    def get(self, consulta: dict[str, Any]) -> Any:
        """How many patients are new, for dashboards."""
        return {"pacientes_nuevos": pacientes_nuevos(consulta)}


@interno_bp.route("/copias/pacientes")
class CopiasDePacientes(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CopiesQuery, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """All patients by id, as events tell of them; of merged ones into whom."""
        return copies_page(Paciente, _contar_paciente, consulta)


@interno_bp.route("/copias/doctores")
class CopiasDeDoctores(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CopiesQuery, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """All doctors by id, as events tell of them."""
        return copies_page(Doctor, datos_doctor, consulta)


@interno_bp.route("/copias/centros")
class CopiasDeCentros(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CopiesQuery, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """All centres by id with their rooms, as events tell of them."""
        return copies_page(Centro, datos_centro, consulta, options=Centro.cargar())


def _contar_paciente(paciente: Paciente) -> dict[str, Any]:
    anonimizado = paciente.anonimizado_en is not None
    return {**datos_paciente(paciente), "fusionado_en_id": paciente.fusionado_en_id, "anonimizado": anonimizado}
