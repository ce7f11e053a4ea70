"""/inventario/tratamientos: what the network does for its patients, at what price."""

from typing import Any

from flask.views import MethodView
from sqlalchemy import Select

from comun.api import Blueprint, no_content
from comun.auth.caller import caller
from comun.fields import fold
from comun.schema import PlainPageQuery
from inventario.casos_de_uso.carga_tratamientos import cargar_tratamientos
from inventario.casos_de_uso.costos import costos_del_tratamiento
from inventario.casos_de_uso.tarifas import historia_de_tarifas
from inventario.casos_de_uso.tratamientos import cambiar_tratamiento, crear_tratamiento, eliminar_tratamiento
from inventario.casos_de_uso.verificacion import verificar
from inventario.esquemas.comunes import CargaSalida, TarifasSalida
from inventario.esquemas.tratamientos import (
    CostosConsulta,
    CostosSalida,
    FiltroTratamientos,
    PrecioSalida,
    TratamientoNuevo,
    TratamientoSalida,
    VerificacionSalida,
    VerificarConsulta,
)
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria, Ingrediente, PrecioTratamiento, Receta, Tratamiento
from inventario.modelos.busqueda import contiene
from inventario.modelos.categoria import plegado

tratamientos_bp = Blueprint(
    "tratamientos", __name__, url_prefix="/inventario/tratamientos", description="Treatments, prices, costs"
)

ORDEN = {
    campo: getattr(Tratamiento, campo)
    for campo in ("codigo", "nombre", "precio", "duracion_minutos", "creado_en", "actualizado_en")
}


@tratamientos_bp.route("")
class Tratamientos(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:leer")
    @tratamientos_bp.page(TratamientoSalida, FiltroTratamientos, model=Tratamiento, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """The catalogue of treatments and services."""
        return _filtrar(db.select(Tratamiento).where(Tratamiento.visibles_para(caller())), filtro)

    @tratamientos_bp.permission("inventario:tratamientos:crear")
    @tratamientos_bp.arguments(TratamientoNuevo)
    @tratamientos_bp.response(201, TratamientoSalida, location="/inventario/tratamientos/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a treatment, with its recipe when one is given."""
        return crear_tratamiento(datos, caller())


@tratamientos_bp.route("/carga")
class CargaTratamientos(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:crear")
    @tratamientos_bp.arguments(TratamientoNuevo(many=True))
    @tratamientos_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Make many, all or none; errors name rows by their place, from 0."""
        return cargar_tratamientos(filas, caller())


@tratamientos_bp.route("/<id:tratamiento_id>")
class UnTratamiento(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:leer")
    @tratamientos_bp.response(200, TratamientoSalida)
    def get(self, tratamiento_id: int) -> Any:
        """One treatment."""
        return Tratamiento.obtener(tratamiento_id, caller())

    @tratamientos_bp.permission("inventario:tratamientos:editar")
    @tratamientos_bp.if_match(required=False)
    @tratamientos_bp.arguments(TratamientoNuevo.as_partial())
    @tratamientos_bp.response(200, TratamientoSalida)
    def put(self, cambios: dict[str, Any], tratamiento_id: int) -> Any:
        """Change what is given; what is booked keeps the price, the rate and the duration of then."""
        return cambiar_tratamiento(tratamiento_id, cambios, caller())

    @tratamientos_bp.permission("inventario:tratamientos:eliminar")
    @tratamientos_bp.if_match(required=False)
    @tratamientos_bp.response(204)
    def delete(self, tratamiento_id: int) -> Any:
        """Delete it; not while another includes it or appointments to come are booked for it."""
        eliminar_tratamiento(tratamiento_id, caller())
        return no_content()


@tratamientos_bp.route("/<id:tratamiento_id>/precios")
class Precios(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:leer")
    @tratamientos_bp.page(PrecioSalida, PlainPageQuery, model=PrecioTratamiento, sort={}, default="-id")
    def get(self, _filtro: dict[str, Any], tratamiento_id: int) -> Any:
        """What it cost since when, the latest first."""
        tratamiento = Tratamiento.obtener(tratamiento_id, caller())
        return db.select(PrecioTratamiento).where(PrecioTratamiento.tratamiento_id == tratamiento.id)


@tratamientos_bp.route("/<id:tratamiento_id>/tarifas")
class Tarifas(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:leer")
    @tratamientos_bp.response(200, TarifasSalida)
    def get(self, tratamiento_id: int) -> Any:
        """Its rates of IVA, those to come too, the latest first."""
        return {"datos": historia_de_tarifas(tratamiento_id=Tratamiento.obtener(tratamiento_id, caller()).id)}


@tratamientos_bp.route("/<id:tratamiento_id>/costos")
class Costos(MethodView):
    @tratamientos_bp.permission("inventario:costos:leer")
    @tratamientos_bp.arguments(CostosConsulta, location="query")
    @tratamientos_bp.response(200, CostosSalida)
    def get(self, consulta: dict[str, Any], tratamiento_id: int) -> Any:
        """Cost of the materials and margin: now, and at the end of each month."""
        return costos_del_tratamiento(tratamiento_id, consulta.get("desde"), consulta.get("hasta"), caller())


@tratamientos_bp.route("/<id:tratamiento_id>/verificar-stock")
class VerificarStock(MethodView):
    @tratamientos_bp.permission("inventario:tratamientos:leer")
    @tratamientos_bp.arguments(VerificarConsulta, location="query")
    @tratamientos_bp.response(200, VerificacionSalida)
    def get(self, consulta: dict[str, Any], tratamiento_id: int) -> Any:
        """Whether a centre has enough for so many of it, beside what is booked there."""
        return verificar(tratamiento_id, consulta["cantidad"], consulta.get("centro_id"), caller())


def _filtrar(consulta: Select[Any], filtro: dict[str, Any]) -> Select[Any]:
    if "q" in filtro:
        consulta = consulta.where(contiene(Tratamiento.busqueda, filtro["q"]))
    if "categoria" in filtro:
        de_ese_nombre = (
            Categoria.ambito == Ambito.TRATAMIENTO,
            Categoria.nombre_plegado == plegado(filtro["categoria"]),
        )
        consulta = consulta.where(Tratamiento.categoria_id.in_(db.select(Categoria.id).where(*de_ese_nombre)))
    if "especialidad" in filtro:
        consulta = consulta.where(Tratamiento.especialidad.in_(_especialidades_como(filtro["especialidad"])))
    if "producto_id" in filtro:
        usan = (
            db.select(Receta.tratamiento_id)
            .join(Ingrediente, Ingrediente.receta_id == Receta.id)
            .where(Receta.vigente_hasta.is_(None), Ingrediente.producto_id == filtro["producto_id"])
        )
        consulta = consulta.where(Tratamiento.id.in_(usan))
    consulta = consulta.filter_by(**{c: filtro[c] for c in ("codigo", "activo") if c in filtro})
    return consulta.options(*Tratamiento.cargar())


def _especialidades_como(nombre: str) -> list[str]:
    """The ways in which that specialty is written: without regard to case and accents."""
    distintas = db.session.scalars(
        db.select(Tratamiento.especialidad).where(Tratamiento.especialidad.is_not(None)).distinct()
    )
    return [escrita for escrita in distintas if fold(escrita or "") == fold(nombre)]
