"""/admin/centros: centres and their rooms."""

from typing import Any

from flask.views import MethodView

from admin.blueprints import admin_bp
from admin.casos_de_uso.carga import cargar_centros
from admin.casos_de_uso.centros import cambiar_centro, crear_centro
from admin.esquemas.cargas import CargaSalida
from admin.esquemas.centros import (
    CentroNuevo,
    CentroSalida,
    FiltroCentros,
    FiltroSalas,
    SalaNueva,
    SalaSalida,
)
from admin.eventos.emitidos import anunciar_centro
from admin.extensiones import db
from admin.modelos import Centro, Sala
from admin.modelos.busqueda import al_leer, palabras
from comun.api import no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

ORDEN = {"codigo": Centro.codigo, "nombre": Centro.nombre, "actualizado_en": Centro.actualizado_en}


@admin_bp.route("/centros")
class Centros(MethodView):
    @admin_bp.permission("admin:centros:leer")
    @admin_bp.page(CentroSalida, FiltroCentros, model=Centro, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Centres that the caller may see; patients see the active ones."""
        consulta = db.select(Centro).where(Centro.visibles_para(caller())).options(*Centro.cargar())
        if "q" in filtro:
            consulta = consulta.where(al_leer(Centro, palabras(filtro.pop("q"))))
        return consulta.filter_by(**filtro)

    @admin_bp.permission("admin:centros:crear")
    @admin_bp.arguments(CentroNuevo)
    @admin_bp.response(201, CentroSalida, location="/admin/centros/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Make a centre, with its rooms."""
        return crear_centro(datos)


@admin_bp.route("/centros/carga")
class CargaCentros(MethodView):
    @admin_bp.permission("admin:centros:crear")
    @admin_bp.arguments(CentroNuevo(many=True))
    @admin_bp.response(201, CargaSalida)
    def post(self, filas: list[dict[str, Any]]) -> Any:
        """Make many centres, all or none; an error report names the rows at fault by their place, from 0."""
        return cargar_centros(filas)


@admin_bp.route("/centros/<id:centro_id>")
class UnCentro(MethodView):
    @admin_bp.permission("admin:centros:leer")
    @admin_bp.response(200, CentroSalida)
    def get(self, centro_id: int) -> Any:
        """One centre."""
        return Centro.obtener(centro_id, caller())

    @admin_bp.permission("admin:centros:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(CentroNuevo.as_partial())
    @admin_bp.response(200, CentroSalida)
    def put(self, cambios: dict[str, Any], centro_id: int) -> Any:
        """Change what is given; `salas`, when given, are all its rooms."""
        return cambiar_centro(Centro.para_editar(centro_id, caller()), cambios)

    @admin_bp.permission("admin:centros:eliminar")
    @admin_bp.if_match(required=False)
    @admin_bp.response(204)
    def delete(self, centro_id: int) -> Any:
        """Delete it; not while appointments are to come there."""
        centro = Centro.para_editar(centro_id, caller())
        check_version(centro)
        centro.retirar()
        anunciar_centro(centro, "eliminado")
        return no_content()


@admin_bp.route("/centros/<id:centro_id>/salas")
class Salas(MethodView):
    @admin_bp.permission("admin:centros:leer")
    @admin_bp.page(SalaSalida, FiltroSalas, model=Sala, sort={"nombre": Sala.nombre})
    def get(self, filtro: dict[str, Any], centro_id: int) -> Any:
        """The rooms of a centre."""
        centro = Centro.obtener(centro_id, caller())
        return db.select(Sala).filter_by(centro_id=centro.id, **filtro)

    @admin_bp.permission("admin:centros:editar")
    @admin_bp.arguments(SalaNueva)
    @admin_bp.response(201, SalaSalida, location="/admin/centros/{centro_id}/salas/{id}")
    def post(self, datos: dict[str, Any], centro_id: int) -> Any:
        """Add a room."""
        centro = Centro.para_editar(centro_id, caller())
        sala = Sala(**datos)
        centro.salas.append(sala)
        centro.touch()
        anunciar_centro(centro, "actualizado")
        return sala


@admin_bp.route("/centros/<id:centro_id>/salas/<id:sala_id>")
class UnaSala(MethodView):
    @admin_bp.permission("admin:centros:leer")
    @admin_bp.response(200, SalaSalida)
    def get(self, centro_id: int, sala_id: int) -> Any:
        """One room."""
        return Sala.de(Centro.obtener(centro_id, caller()), sala_id)

    @admin_bp.permission("admin:centros:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.arguments(SalaNueva.as_partial())
    @admin_bp.response(200, SalaSalida)
    def put(self, cambios: dict[str, Any], centro_id: int, sala_id: int) -> Any:
        """Change what is given."""
        centro = Centro.para_editar(centro_id, caller())
        sala = Sala.de(centro, sala_id)
        check_version(sala)
        sala.cambiar(cambios)
        centro.touch()
        anunciar_centro(centro, "actualizado")
        return sala

    @admin_bp.permission("admin:centros:editar")
    @admin_bp.if_match(required=False)
    @admin_bp.response(204)
    def delete(self, centro_id: int, sala_id: int) -> Any:
        """Delete it; not while appointments are to come in it."""
        centro = Centro.para_editar(centro_id, caller())
        sala = Sala.de(centro, sala_id)
        check_version(sala)
        centro.quitar_sala(sala)
        anunciar_centro(centro, "actualizado")
        return no_content()
