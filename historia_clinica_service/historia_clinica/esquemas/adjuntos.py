"""Files of a record."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from historia_clinica.dominio.adjuntos import Categoria
from historia_clinica.esquemas.comunes import ConAlertas
from historia_clinica.esquemas.dentales import Pieza


class AdjuntoNuevo(Schema):
    """A file with what it shows: a form (multipart/form-data)."""

    archivo = fields.File(
        required=True, metadata={"description": "JPEG, PNG, WebP or PDF; up to 20 MiB with the rest of the form."}
    )
    titulo = fields.Text(120, required=True)
    categoria = fields.Choice(Categoria, required=True)
    descripcion = fields.Text(1000)
    nota_id = fields.Id()
    pieza = Pieza()
    tomado_en = fields.Instant(metadata={"description": "When the picture was taken or the report written."})


class AdjuntoSalida(ResourceSchema):
    """A file of a record, without its content."""

    paciente_id = ma.fields.Integer()
    titulo = ma.fields.String()
    categoria = fields.Choice(Categoria)
    descripcion = ma.fields.String(allow_none=True)
    nota_id = ma.fields.Integer(allow_none=True)
    pieza = ma.fields.Integer(allow_none=True)
    tomado_en = ma.fields.DateTime(allow_none=True)
    doctor_id = ma.fields.Integer()
    subido_en = ma.fields.DateTime()
    nombre_archivo = ma.fields.String()
    tipo = ma.fields.String(metadata={"description": "Told from the content."})
    bytes = ma.fields.Integer()
    sha256 = ma.fields.String()
    ancho = ma.fields.Integer(
        allow_none=True, metadata={"description": "Of an image, in pixels, as it is looked at."}
    )
    alto = ma.fields.Integer(allow_none=True)
    paginas = ma.fields.Integer(allow_none=True, metadata={"description": "Of a PDF."})
    contenido = ma.fields.Function(
        lambda uno: f"/historia-clinica/adjuntos/{uno.id}/contenido", metadata={"type": "string"}
    )
    miniatura = ma.fields.Function(
        lambda uno: f"/historia-clinica/adjuntos/{uno.id}/miniatura" if uno.clave_miniatura else None,
        metadata={"type": ["string", "null"]},
    )


class UnAdjuntoSalida(AdjuntoSalida, ConAlertas):
    """A file of a record, with what must be seen whenever the record is opened."""


class FiltroAdjuntos(PageQuery):
    """What the files of a record can be narrowed to."""

    categoria = fields.Choice(Categoria)
    nota_id = fields.Id()
    pieza = Pieza()


class Eliminacion(QuerySchema):
    """Why something is deleted."""

    motivo = fields.Text(300, required=True)
