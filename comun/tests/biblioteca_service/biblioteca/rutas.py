"""/biblioteca: books, and views that do whatever a test wants."""

from collections.abc import Callable
from typing import Any

import marshmallow as ma
from flask import current_app
from flask.views import MethodView

from biblioteca.esquemas import FiltroLibros, LibroNuevo, LibroSalida, PortadaNueva, PortadaSalida
from biblioteca.extensiones import db
from biblioteca.modelos import Libro, Nota
from comun.api import MULTIPART, Blueprint, no_content
from comun.auth.caller import caller
from comun.preconditions import check_version

PERMISOS = {
    "biblioteca:leer": "Ver libros",
    "biblioteca:crear": "Agregar libros",
    "biblioteca:editar": "Corregir y quitar libros",
    "biblioteca:probar": "Hacer experimentos",
}
ORDEN = {
    "titulo": Libro.titulo,
    "precio": Libro.precio,
    "paginas": Libro.paginas,
    "publicado": Libro.publicado,
    "visto_en": Libro.visto_en,
    "agotado": Libro.agotado,
    "calificacion": Libro.calificacion,
}

AVISOS = {"avisos": ma.fields.List(ma.fields.String(), metadata={"description": "What readers should know."})}

biblioteca_bp = Blueprint("biblioteca", __name__, url_prefix="/biblioteca", description="Books")


@biblioteca_bp.route("/libros")
class Libros(MethodView):
    @biblioteca_bp.permission("biblioteca:leer")
    @biblioteca_bp.page(LibroSalida, FiltroLibros, model=Libro, sort=ORDEN)
    def get(self, filtro: dict[str, Any]) -> Any:
        """All books."""
        return db.select(Libro).where(Libro.visibles_para(caller())).filter_by(**filtro)

    @biblioteca_bp.permission("biblioteca:crear")
    @biblioteca_bp.arguments(LibroNuevo)
    @biblioteca_bp.response(201, LibroSalida, location="/biblioteca/libros/{id}")
    def post(self, datos: dict[str, Any]) -> Any:
        """Shelve a book, with a first note."""
        notas = [Nota(**datos.pop("nota"))] if "nota" in datos else []
        libro = Libro(**datos, notas=notas)
        db.session.add(libro)
        return libro


@biblioteca_bp.route("/libros/agotados")
class Agotados(MethodView):
    @biblioteca_bp.permission("biblioteca:leer")
    @biblioteca_bp.page(LibroSalida, FiltroLibros, model=Libro, sort=ORDEN, beside=AVISOS)
    def get(self, filtro: dict[str, Any]) -> Any:
        """Books that can't be had now."""
        agotados = db.select(Libro).where(Libro.visibles_para(caller()), Libro.agotado).filter_by(**filtro)
        return agotados, {"avisos": ["Vuelven el lunes."]}


@biblioteca_bp.route("/libros/<id:libro_id>")
class UnLibro(MethodView):
    @biblioteca_bp.permission("biblioteca:leer")
    @biblioteca_bp.response(200, LibroSalida)
    def get(self, libro_id: int) -> Any:
        """One book."""
        return Libro.obtener(libro_id, caller())

    @biblioteca_bp.permission("biblioteca:editar")
    @biblioteca_bp.if_match(required=True)
    @biblioteca_bp.arguments(LibroNuevo.as_partial())
    @biblioteca_bp.response(200, LibroSalida)
    def put(self, cambios: dict[str, Any], libro_id: int) -> Any:
        """Correct it."""
        libro = Libro.obtener(libro_id, caller())
        check_version(libro)
        for campo, valor in cambios.items():
            setattr(libro, campo, valor)
        return libro

    @biblioteca_bp.permission("biblioteca:editar")
    @biblioteca_bp.if_match(required=False)
    @biblioteca_bp.response(204)
    def delete(self, libro_id: int) -> Any:
        """Take it off the shelf."""
        libro = Libro.obtener(libro_id, caller())
        check_version(libro)
        libro.eliminar()
        return no_content()


@biblioteca_bp.route("/portadas")
class Portadas(MethodView):
    @biblioteca_bp.permission("biblioteca:crear")
    @biblioteca_bp.arguments(PortadaNueva, location=MULTIPART)
    @biblioteca_bp.response(201, PortadaSalida)
    def post(self, datos: dict[str, Any]) -> Any:
        """Measure a picture for a cover."""
        imagen = datos.pop("imagen")
        return {**datos, "nombre": imagen.name, "tipo": imagen.media_type, "bytes": len(imagen.content)}


def _experimento() -> Any:
    experimento: Callable[[], Any] = current_app.extensions["experimento"]
    return experimento()


@biblioteca_bp.route("/experimento")
class Experimento(MethodView):
    """Does what the test put into `app.extensions["experimento"]`."""

    @biblioteca_bp.permission("biblioteca:probar")
    @biblioteca_bp.response(200)
    def get(self) -> Any:
        return _experimento()

    @biblioteca_bp.permission("biblioteca:probar")
    @biblioteca_bp.response(200)
    def post(self) -> Any:
        return _experimento()

    @biblioteca_bp.permission("biblioteca:probar")
    @biblioteca_bp.response(200)
    def patch(self) -> Any:
        return _experimento()


@biblioteca_bp.route("/secreto", methods=["POST"])
@biblioteca_bp.permission("biblioteca:probar", keeps_secret=True)
@biblioteca_bp.response(200)
def secreto() -> Any:
    """Like the experiment; its answer is a secret."""
    return _experimento()


@biblioteca_bp.route("/publico", methods=["GET", "POST"])
@biblioteca_bp.public
@biblioteca_bp.response(200)
def publico() -> Any:
    """Anyone may do this."""
    return _experimento()


@biblioteca_bp.route("/publico-secreto", methods=["POST"])
@biblioteca_bp.public_secret
@biblioteca_bp.response(200)
def publico_secreto() -> Any:
    """Anyone may do this; its answer is a secret."""
    return _experimento()


@biblioteca_bp.route("/quien")
@biblioteca_bp.public_or_known
@biblioteca_bp.response(200)
def quien() -> Any:
    """Who calls."""
    return {"actor": caller().actor, "rol": caller().rol, "alcance": caller().alcance}
