"""/interno: what other services ask of this one. The gateway never serves it."""

from typing import Any

from flask.views import MethodView

from citas.casos_de_uso.reportes import resumen_de_citas
from citas.esquemas.apartados import ApartadoSalida
from citas.esquemas.calendarios import CalendarioSalida
from citas.esquemas.citas import CitaSalida
from citas.esquemas.lista_espera import EsperaSalida
from citas.esquemas.reportes import ResumenCitas, ResumenConsulta
from citas.esquemas.series import SerieSalida
from citas.eventos.emitidos import datos_cita
from citas.extensiones import db
from citas.modelos import Apartado, Calendario, Cita, Espera, Serie
from comun import fields
from comun.api import Blueprint
from comun.copies import PAGE_ROWS, CopiesQuery, copies_page
from comun.schema import QuerySchema, Schema

interno_bp = Blueprint("interno", __name__, url_prefix="/interno", description="Between services")


class CitasEntreConsulta(QuerySchema):
    """Who and whom."""

    doctor_id = fields.Id(required=True)
    pacientes = fields.Ids(required=True, metadata={"description": "Ids, separated by commas."})


@interno_bp.route("/pacientes/<id:paciente_id>/datos")
class DatosDePaciente(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.response(200)
    def get(self, paciente_id: int) -> Any:
        """All that this service holds of one patient, for a personal-data export (LOPDP, access right)."""
        return {
            nombre: esquema(many=True).dump(
                db.session.scalars(
                    db.select(modelo)
                    .where(modelo.paciente_id == paciente_id)
                    .options(*modelo.cargar())
                    .order_by(modelo.id)
                )
            )
            for nombre, (modelo, esquema) in _DEL_PACIENTE.items()
        }


@interno_bp.route("/copias/citas")
class CopiasDeCitas(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CopiesQuery, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """All appointments by id, as events tell of them: whose, with whom, when, in which state."""
        return copies_page(Cita, datos_cita, consulta)


@interno_bp.route("/citas-entre")
class CitasEntre(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(CitasEntreConsulta, location="query")
    @interno_bp.response(200)
    def get(self, consulta: dict[str, Any]) -> Any:
        """The newest appointments of a doctor with one of these patients, as `/copias/citas` tells them."""
        suyas = db.select(Cita.id).where(
            Cita.doctor_id == consulta["doctor_id"], Cita.paciente_id.in_(consulta["pacientes"]), Cita.vivos()
        )
        ids = [*db.session.scalars(suyas.order_by(Cita.inicio.desc()).limit(PAGE_ROWS))]
        return {"datos": copies_page(Cita, datos_cita, {"ids": ids, "tamano": PAGE_ROWS})["datos"]}


@interno_bp.route("/resumen")
class Resumen(MethodView):
    @interno_bp.permission("interno:consultar")
    @interno_bp.arguments(ResumenConsulta, location="query")
    @interno_bp.response(200, ResumenCitas)
    def get(self, consulta: dict[str, Any]) -> Any:
        """How many appointments there are by state, on some days or today, for dashboards."""
        return resumen_de_citas(consulta)


# Deleted ones as well: they are held all the same.
_DEL_PACIENTE: dict[str, tuple[Any, type[Schema]]] = {
    "citas": (Cita, CitaSalida),
    "espera": (Espera, EsperaSalida),
    "series": (Serie, SerieSalida),
    "apartados": (Apartado, ApartadoSalida),
    "calendarios": (Calendario, CalendarioSalida),
}
