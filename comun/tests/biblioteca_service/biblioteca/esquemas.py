"""Books as they come in, go out and are asked for."""

import marshmallow as ma

from biblioteca.modelos import GENEROS
from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema


class NotaNueva(Schema):
    """A note, inside a new book."""

    ALIASES = {"comentario": "texto"}

    texto = fields.Text(500, required=True)
    estrellas = fields.Count(1, 5, load_default=5)


class LibroNuevo(Schema):
    """What it takes to shelve a book."""

    ALIASES = {"nombre": "titulo"}

    codigo = fields.Text(20, required=True)
    titulo = fields.Text(120, required=True)
    genero = fields.Choice(GENEROS)
    isbn = fields.Text(20, allow_none=True)
    precio = fields.Amount()
    paginas = fields.Count(1, 20_000)
    publicado = fields.Day()
    visto_en = fields.Moment()
    agotado = fields.Flag()
    calificacion = fields.Count(0, 10, allow_none=True)
    clave = fields.Secret(40)
    editorial_id = fields.Id()
    nota = ma.fields.Nested(NotaNueva)


class NotaSalida(Schema):
    """A note as it stands."""

    texto = ma.fields.String()
    estrellas = ma.fields.Integer()


class LibroSalida(ResourceSchema):
    """A book as it stands."""

    codigo = ma.fields.String()
    titulo = ma.fields.String()
    genero = fields.Choice(GENEROS)
    isbn = ma.fields.String(allow_none=True)
    precio = fields.Amount()
    paginas = ma.fields.Integer()
    publicado = ma.fields.Date()
    visto_en = ma.fields.DateTime()
    agotado = ma.fields.Boolean()
    calificacion = ma.fields.Integer(allow_none=True)
    notas = ma.fields.List(ma.fields.Nested(NotaSalida))


class PortadaNueva(Schema):
    """A picture for the cover of a book."""

    imagen = fields.File(required=True)
    titulo = fields.Text(40, required=True)
    paginas = fields.Count(1, 20_000)


class PortadaSalida(Schema):
    """What came of it."""

    titulo = ma.fields.String()
    paginas = ma.fields.Integer()
    nombre = ma.fields.String()
    tipo = ma.fields.String()
    bytes = ma.fields.Integer()


class FiltroLibros(PageQuery):
    """What the list can be narrowed to."""

    genero = fields.Choice(GENEROS)
    editorial_id = fields.Id()
