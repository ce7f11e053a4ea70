"""What appointments used, and what they lacked."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, Schema
from inventario.casos_de_uso.faltantes import Accion
from inventario.esquemas.movimientos import ProductoBreve
from inventario.modelos import Resolucion


class TratamientoUsado(Schema):
    """A treatment inside an answer."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()


class _Rango(PlainPageQuery):
    cita_id = fields.Id()
    centro_id = fields.Id()
    desde = fields.Day(metadata={"description": "Day of the completion on the centre's calendar."})
    hasta = fields.Day(metadata={"description": "Inclusive."})


class FiltroConsumos(_Rango):
    """Which consumptions."""

    doctor_id = fields.Id()
    revertidos = fields.Flag(metadata={"description": "Only those that were taken back, or only those that stand."})


class FiltroFaltantes(_Rango):
    """Which shortages."""

    producto_id = fields.Id()
    pendientes = fields.Flag(
        load_default=True, metadata={"description": "false: those of which it was said what became of them."}
    )


class ConsumoBreve(Schema):
    """What one appointment used; `revertido_en`: when it was reopened, and all went back."""

    id = ma.fields.Integer()
    cita_id = ma.fields.Integer()
    centro_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    completada_en = ma.fields.DateTime()
    registrado_en = ma.fields.DateTime()
    revertido_en = ma.fields.DateTime(allow_none=True)


class LoteTomado(Schema):
    """So much of a lot; the costs are null for whoever may not see them."""

    lote_id = ma.fields.Integer()
    lote = ma.fields.String(allow_none=True)
    caducidad = ma.fields.Date(allow_none=True)
    bodega_id = ma.fields.Integer()
    cantidad = fields.Amount(places=6)
    costo_unitario = fields.Amount(places=6, allow_none=True)
    costo = fields.Amount(allow_none=True)


class LineaDeConsumo(Schema):
    """A product that was used for a treatment, by a version of its recipe or of one that it includes."""

    id = ma.fields.Integer()
    tratamiento = ma.fields.Nested(TratamientoUsado)
    receta_id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoBreve)
    cantidad = fields.Amount(places=6)
    faltante = fields.Amount(places=6)
    resolucion = ma.fields.String(allow_none=True, metadata={"enum": [*Resolucion, None]})
    lotes = ma.fields.List(ma.fields.Nested(LoteTomado))
    costo = fields.Amount(allow_none=True)


class ConsumoSalida(ConsumoBreve):
    """With all that was taken for it."""

    lineas = ma.fields.List(ma.fields.Nested(LineaDeConsumo))
    costo = fields.Amount(allow_none=True)


class FaltanteSalida(Schema):
    """Something that an appointment used and that was not in stock: `faltante` of `cantidad`."""

    id = ma.fields.Integer()
    consumo = ma.fields.Nested(ConsumoBreve)
    tratamiento = ma.fields.Nested(TratamientoUsado)
    producto = ma.fields.Nested(ProductoBreve)
    cantidad = fields.Amount(places=6)
    faltante = fields.Amount(places=6)
    resuelto_en = ma.fields.DateTime(allow_none=True)
    resuelto_por = ma.fields.String(allow_none=True)
    resolucion = ma.fields.String(allow_none=True, metadata={"enum": [*Resolucion, None]})
    motivo_resolucion = ma.fields.String(allow_none=True)


class ResolucionNueva(Schema):
    """What became of a shortage: used, and taken from stock now (`consumir`), or not to be taken (`descartar`)."""

    accion = fields.Choice(Accion, required=True)
    motivo = fields.Text(300, required=True)
