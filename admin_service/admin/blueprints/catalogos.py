"""/admin/especialidades, aseguradoras, fuentes, lineas-negocio: one set of views for all catalogues."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.casos_de_uso.carga import cargar_entradas
from admin.esquemas.cargas import CargaSalida
from admin.esquemas.catalogos import EntradaNueva, EntradaSalida, FiltroEntradas
from admin.eventos.emitidos import anunciar_doctor
from admin.extensiones import db
from admin.modelos import Catalogo, Doctor, Entrada
from admin.modelos.catalogo import plegado
from comun.api import no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

ORDEN = {"nombre": Entrada.nombre, "actualizado_en": Entrada.actualizado_en}


class Entradas(MethodView):
    @admin_bp.permission("admin:catalogos:leer")
    @admin_bp.page(EntradaSalida, FiltroEntradas, model=Entrada, sort=ORDEN, default="nombre")
    def get(self, filtro: dict[str, Any], catalogo: Catalogo) -> Any:
        """The entries of a catalogue."""
        consulta = db.select(Entrada).where(Entrada.catalogo == catalogo, Entrada.visibles_para(caller()))
        if "q" in filtro:
            consulta = consulta.where(Entrada.nombre_plegado.contains(plegado(filtro["q"]), autoescape=True))
        if "nombre" in filtro:
            consulta = consulta.where(Entrada.nombre_plegado == plegado(filtro["nombre"]))
        if "activo" in filtro:
            consulta = consulta.where(Entrada.activo == filtro["activo"])
        return consulta

    @admin_bp.permission("admin:catalogos:crear")
    @admin_bp.arguments(EntradaNueva)
    @admin_bp.response(201, EntradaSalida, location="/admin/{catalogo}/{id}")
    def post(self, datos: dict[str, Any], catalogo: Catalogo) -> Any:
        """Add an entry."""
        entrada = Entrada(catalogo=catalogo)
        entrada.cambiar(datos)
        db.session.add(entrada)
        return entrada


class CargaEntradas(MethodView):
    @admin_bp.permission("admin:catalogos:crear")
    @admin_bp.arguments(EntradaNueva(many=True))
    @admin_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]], catalogo: Catalogo) -> Any:
        """Add many entries, all or none; errors name rows by their place, from 0."""
        return cargar_entradas(catalogo, filas)


class UnaEntrada(MethodView):
    @admin_bp.permission("admin:catalogos:leer")
    @admin_bp.response(200, EntradaSalida)
    def get(self, catalogo: Catalogo, entrada_id: int) -> Any:
        """One entry."""
        return Entrada.de(catalogo, entrada_id, caller())

    @admin_bp.permission("admin:catalogos:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(EntradaNueva.as_partial())
    @admin_bp.response(200, EntradaSalida)
    def put(self, cambios: dict[str, Any], catalogo: Catalogo, entrada_id: int) -> Any:
        """Change what is given; doctors and patients that refer to it follow."""
        entrada = Entrada.de(catalogo, entrada_id, caller())
        check_version(entrada)
        entrada.cambiar(cambios)
        if "nombre" in cambios and catalogo is Catalogo.ESPECIALIDADES:
            _anunciar_doctores(entrada)
        return entrada

    @admin_bp.permission("admin:catalogos:eliminar")
    @admin_bp.if_match(required=False)
    @admin_bp.response(204)
    def delete(self, catalogo: Catalogo, entrada_id: int) -> Any:
        """Delete it; those that refer to it keep its name."""
        entrada = Entrada.de(catalogo, entrada_id, caller())
        check_version(entrada)
        entrada.eliminar()
        return no_content()


def _anunciar_doctores(especialidad: Entrada) -> None:
    """Others know specialties by the names that doctors have them under."""
    db.session.flush()
    practican = db.select(Doctor).where(Doctor.vivos(), Doctor.entradas.any(Entrada.id == especialidad.id))
    for doctor in db.session.scalars(practican.order_by(Doctor.id)).all():
        anunciar_doctor(doctor, "actualizado")


for _catalogo in Catalogo:
    for _ruta, _vista in (("", Entradas), ("/carga", CargaEntradas), ("/<id:entrada_id>", UnaEntrada)):
        admin_bp.add_url_rule(
            f"/{_catalogo}{_ruta}",
            f"{_catalogo}.{_vista.__name__}".replace(".", "_"),
            _vista,
            defaults={"catalogo": _catalogo},
        )
