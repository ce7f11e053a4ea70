"""/historia-clinica/cie10: the catalogue of diagnoses."""

from typing import Any

from flask.views import MethodView

from comun.api import Blueprint
from historia_clinica.casos_de_uso.cie10 import consulta_de_codigos
from historia_clinica.esquemas.cie10 import Cie10Salida, FiltroCie10
from historia_clinica.modelos import Cie10

cie10_bp = Blueprint(
    "cie10", __name__, url_prefix="/historia-clinica/cie10", description="The catalogue of diagnoses"
)


@cie10_bp.route("")
class Codigos(MethodView):
    @cie10_bp.permission("historia:cie10:leer")
    @cie10_bp.page(Cie10Salida, FiltroCie10, model=Cie10, sort={"codigo": Cie10.codigo}, default="codigo")
    def get(self, filtro: dict[str, Any]) -> Any:
        """Find a diagnosis by code or name."""
        return consulta_de_codigos(filtro)
