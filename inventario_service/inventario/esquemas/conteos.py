"""Physical counts as they come in, go out and are asked for."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from inventario.esquemas.movimientos import Cantidad, CodigoDeLote, ProductoBreve
from inventario.modelos import EstadoConteo

LINEAS_MAXIMAS = 500


class ConteoNuevo(Schema):
    """Which warehouse is counted: the principal one of the centre when none is named."""

    bodega_id = fields.Id(allow_none=True)
    centro_id = fields.Id(allow_none=True)
    motivo = fields.Text(300, allow_none=True)


class LineaContada(Schema):
    """What was found of a lot; zero is said too. Without `lote`, of what is not told apart by lots."""

    producto_id = fields.Id(required=True)
    lote = fields.Text(60, allow_none=True, metadata={"description": "Its code."})
    contado = Cantidad(required=True)
    unidad = fields.Text(20, allow_none=True)


class LineasContadas(Schema):
    """What was found now; what was noted of other lots stays."""

    lineas = ma.fields.List(
        ma.fields.Nested(LineaContada), required=True, validate=ma.validate.Length(min=1, max=LINEAS_MAXIMAS)
    )


class CambioDeConteo(Schema):
    """`cerrado` adjusts the stock by the differences, `anulado` gives the count up."""

    estado = fields.Choice((EstadoConteo.CERRADO, EstadoConteo.ANULADO), required=True)
    motivo = fields.Text(300, allow_none=True, metadata={"description": "In place of the one given so far."})


class ConteoSalida(ResourceSchema):
    """A count. `cerrado_por`, `cerrado_en`: also who gave it up, and when."""

    centro_id = ma.fields.Integer()
    bodega_id = ma.fields.Integer()
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in EstadoConteo]})
    motivo = ma.fields.String(allow_none=True)
    abierto_por = ma.fields.String()
    cerrado_por = ma.fields.String(allow_none=True)
    cerrado_en = ma.fields.DateTime(allow_none=True)


class LineaDeConteo(Schema):
    """A lot: what was expected when it was counted and what was found; null when nobody has counted it yet."""

    producto_id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoBreve)
    lote_id = ma.fields.Integer()
    lote = CodigoDeLote()
    caducidad = ma.fields.Date(allow_none=True)
    esperado = Cantidad()
    contado = Cantidad(allow_none=True)
    diferencia = Cantidad(allow_none=True)
    costo_unitario = Cantidad()
    valor = fields.Amount(allow_none=True, metadata={"description": "Of the difference."})
    por = ma.fields.String(allow_none=True)
    contado_en = ma.fields.DateTime(allow_none=True)


class ResumenDeConteo(Schema):
    """A count in figures: lots, and the value of what was found too much and too little."""

    contados = ma.fields.Integer()
    sin_contar = ma.fields.Integer()
    con_diferencia = ma.fields.Integer()
    sobrante = fields.Amount()
    faltante = fields.Amount()
    neto = fields.Amount()


class DiferenciasDeConteo(Schema):
    """The difference report, by product and lot."""

    datos = ma.fields.List(ma.fields.Nested(LineaDeConteo))
    resumen = ma.fields.Nested(ResumenDeConteo)


class FiltroConteos(PageQuery):
    """What the list can be narrowed to."""

    centro_id = fields.Id()
    bodega_id = fields.Id()
    estado = fields.Choice(EstadoConteo)
