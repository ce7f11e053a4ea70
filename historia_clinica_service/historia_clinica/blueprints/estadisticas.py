"""/historia-clinica/estadisticas: figures that nobody can be known by."""

from typing import Any

from flask import Response, stream_with_context
from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.casos_de_uso.estadisticas import como_csv, como_jsonl, exportar
from historia_clinica.esquemas.estadisticas import FiltroEstadisticas

estadisticas_bp = Blueprint(
    "estadisticas", __name__, url_prefix="/historia-clinica/estadisticas", description="Anonymised statistics"
)

_FORMATOS = {"csv": (como_csv, "text/csv; charset=utf-8"), "jsonl": (como_jsonl, "application/x-ndjson")}


@estadisticas_bp.route("/exportacion")
class ExportacionAnonima(MethodView):
    @estadisticas_bp.permission("historia:estadisticas:exportar")
    @estadisticas_bp.arguments(FiltroEstadisticas, location="query")
    @estadisticas_bp.response(200, {"type": "string"}, content_type="text/csv")
    @estadisticas_bp.doc(responses={200: {"content": {"application/x-ndjson": {"schema": {"type": "string"}}}}})
    def get(self, filtro: dict[str, Any]) -> Any:
        """A row for each month in which a patient was attended, told only as exactly as five persons share it.

        `X-Filas-Suprimidas` says how many rows are left out for that.
        """
        exportacion = exportar(filtro["desde"], filtro["hasta"])
        escribir, tipo = _FORMATOS[filtro["formato"]]
        respuesta = Response(stream_with_context(escribir(exportacion)), content_type=tipo)
        nombre = f"estadisticas-{filtro['desde']}-{filtro['hasta']}.{filtro['formato']}"
        respuesta.headers["Content-Disposition"] = f'attachment; filename="{nombre}"'
        respuesta.headers["X-Filas-Suprimidas"] = str(exportacion.suprimidas)
        return respuesta
