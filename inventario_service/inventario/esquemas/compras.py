"""Purchase orders, their deliveries, and what to buy."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from inventario.dominio.compras import LINEAS_MAXIMAS
from inventario.esquemas.comunes import Cantidad, CodigoDeLote, ConCostos, mayor_que_cero
from inventario.modelos import EstadoOrden

_AL_MENOS_UNA = ma.validate.Length(min=1, max=LINEAS_MAXIMAS, error="Debe tener de {min} a {max} líneas.")


class LineaDeOrdenNueva(Schema):
    """So much of a product, in its own unit or in one that converts to it.

    `costo_unitario` is for one `unidad`, without tax; what the product costs when absent.
    """

    producto_id = fields.Id(required=True)
    cantidad = Cantidad(required=True, validate=mayor_que_cero())
    unidad = fields.Text(20)
    costo = Cantidad(data_key="costo_unitario")


class OrdenNueva(Schema):
    """What is ordered of a supplier, for a warehouse: the principal one of the centre when none is given."""

    proveedor_id = fields.Id(required=True)
    centro_id = fields.Id()
    bodega_id = fields.Id()
    esperada_el = fields.Day(allow_none=True)
    notas = fields.Text(1000, allow_none=True)
    lineas = ma.fields.List(ma.fields.Nested(LineaDeOrdenNueva), required=True, validate=_AL_MENOS_UNA)


class OrdenCambios(Schema):
    """What can change: all of it in a draft; of one that was sent the day, the notes and the warehouse.

    `lineas` comes whole.
    """

    proveedor_id = fields.Id()
    bodega_id = fields.Id()
    esperada_el = fields.Day(allow_none=True)
    notas = fields.Text(1000, allow_none=True)
    lineas = ma.fields.List(ma.fields.Nested(LineaDeOrdenNueva), validate=_AL_MENOS_UNA)


class CambioDeOrden(Schema):
    """Send it, or give up what has not come of it (with a reason)."""

    estado = fields.Choice((EstadoOrden.ENVIADA, EstadoOrden.ANULADA), required=True)
    motivo = fields.Text(300)

    @ma.validates_schema
    def _con_motivo(self, data: dict[str, Any], **_kwargs: object) -> None:
        if data["estado"] == EstadoOrden.ANULADA and "motivo" not in data:
            raise ma.ValidationError("Diga por qué se anula la orden.", "motivo")


class FiltroOrdenes(PageQuery):
    """What the list can be narrowed to. `pendientes`: sent, and not all has come. `esperada_hasta`: due by then."""

    proveedor_id = fields.Id()
    centro_id = fields.Id()
    bodega_id = fields.Id()
    producto_id = fields.Id()
    estado = fields.Choice(EstadoOrden)
    pendientes = fields.Flag()
    esperada_hasta = fields.Day()


class Nombrado(Schema):
    """Something by its name."""

    id = ma.fields.Integer()
    nombre = ma.fields.String()


class ProductoNombrado(Nombrado):
    """A product inside something else."""

    codigo = ma.fields.String()
    unidad = ma.fields.String()


class LineaDeOrden(ConCostos):
    """A line as it stands; `recibida` and `pendiente` in its `unidad`, which holds `factor` of the product's own."""

    COSTOS = frozenset({"costo_unitario", "subtotal"})

    id = ma.fields.Integer()
    producto = ma.fields.Nested(ProductoNombrado)
    unidad = ma.fields.String()
    factor = Cantidad()
    cantidad = Cantidad()
    costo_unitario = Cantidad(attribute="costo")
    subtotal = fields.Amount()
    recibida = Cantidad()
    pendiente = Cantidad()


class OrdenSalida(ConCostos, ResourceSchema):
    """An order as it stands; amounts without tax, for those who may see costs."""

    COSTOS = frozenset({"total"})

    proveedor = ma.fields.Nested(Nombrado)
    centro_id = ma.fields.Integer()
    bodega = ma.fields.Nested(Nombrado)
    estado = ma.fields.String(metadata={"enum": [str(e) for e in EstadoOrden]})
    esperada_el = ma.fields.Date(allow_none=True)
    enviada_en = ma.fields.DateTime(allow_none=True)
    notas = ma.fields.String(allow_none=True)
    motivo_anulacion = ma.fields.String(allow_none=True)
    creada_por = ma.fields.String()
    total = fields.Amount()
    lineas = ma.fields.List(ma.fields.Nested(LineaDeOrden))


class LineaDeRecepcion(Schema):
    """So much of an ordered product, in the unit of the order, in one lot; several lots: several of these.

    `costo_unitario`: when it was not what was ordered at.
    """

    producto_id = fields.Id(required=True)
    cantidad = Cantidad(required=True, validate=mayor_que_cero())
    lote = fields.Text(60)
    caducidad = fields.Day()
    costo = Cantidad(data_key="costo_unitario")


class RecepcionNueva(Schema):
    """A delivery; `documento` is the supplier's paper."""

    documento = fields.Text(60)
    lineas = ma.fields.List(ma.fields.Nested(LineaDeRecepcion), required=True, validate=_AL_MENOS_UNA)


class EntradaDeRecepcion(ConCostos):
    """What of a delivery went into stock, in the product's own unit; `id` is that of the movement."""

    id = ma.fields.Integer()
    producto_id = ma.fields.Integer()
    lote_id = ma.fields.Integer()
    lote = CodigoDeLote(attribute="lote.codigo")
    caducidad = ma.fields.Date(attribute="lote.caducidad", allow_none=True)
    cantidad = Cantidad()
    costo_unitario = Cantidad()
    saldo = Cantidad()


class RecepcionBreve(Schema):
    """A delivery of an order, in a list."""

    id = ma.fields.Integer()
    orden_id = ma.fields.Integer()
    documento = ma.fields.String(allow_none=True)
    por = ma.fields.String()
    momento = ma.fields.DateTime()


class RecepcionSalida(RecepcionBreve):
    """A delivery of an order, with what it brought into stock."""

    movimientos = ma.fields.List(ma.fields.Nested(EntradaDeRecepcion))


class RecepcionHecha(RecepcionSalida):
    """With what the order has come to by it."""

    estado = ma.fields.String(metadata={"enum": [str(e) for e in EstadoOrden]})


class FiltroSugeridas(QuerySchema):
    """For which centre and of which supplier; counting what the agenda of the coming `dias` will use."""

    centro_id = fields.Id()
    proveedor_id = fields.Id()
    dias = fields.Count(1, 366, load_default=30)


class PedidoDeSugeridas(Schema):
    """The same, in a body."""

    centro_id = fields.Id()
    proveedor_id = fields.Id()
    dias = fields.Count(1, 366, load_default=30)


class Sugerencia(ConCostos):
    """Why and how much to buy: `cantidad` whole `unidad`.

    The others in the product's own unit. `utilizable`: in stock, neither blocked nor expired; `reservado`: what the
    agenda will use; `proyectado` = utilizable + en_pedido − reservado; `se_agota_el`: by the agenda, null: not soon.
    """

    COSTOS = frozenset({"costo_unitario", "subtotal"})

    producto = ma.fields.Nested(ProductoNombrado)
    utilizable = Cantidad(attribute="situacion.utilizable")
    en_pedido = Cantidad(attribute="situacion.en_pedido")
    reservado = Cantidad(attribute="situacion.reservado")
    proyectado = Cantidad(attribute="situacion.proyectado")
    minimo = Cantidad(attribute="situacion.minimo")
    maximo = Cantidad(attribute="situacion.maximo", allow_none=True)
    se_agota_el = ma.fields.Date(allow_none=True)
    unidad = ma.fields.String()
    factor = Cantidad()
    cantidad = Cantidad()
    costo_unitario = Cantidad()
    subtotal = fields.Amount()


class OrdenSugerida(ConCostos):
    """What to order of one supplier for one centre; `proveedor` null: of products that have none."""

    COSTOS = frozenset({"total"})

    proveedor = ma.fields.Nested(Nombrado, allow_none=True)
    centro = ma.fields.Nested(Nombrado)
    total = fields.Amount()
    lineas = ma.fields.List(ma.fields.Nested(Sugerencia))


class Sugeridas(Schema):
    """All that should be bought, by supplier and centre."""

    datos = ma.fields.List(ma.fields.Nested(OrdenSugerida))


class BorradoresHechos(Schema):
    """The drafts that were made, and what none could be made for: products without a supplier in use."""

    ordenes = ma.fields.List(ma.fields.Nested(OrdenSalida))
    sin_proveedor = ma.fields.List(ma.fields.Nested(OrdenSugerida))
