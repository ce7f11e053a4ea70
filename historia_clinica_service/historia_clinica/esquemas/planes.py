"""Treatment plans as they come in, go out and are asked for."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.catalogo_dental import CATALOGO
from historia_clinica.dominio.planes import EstadoItem, EstadoPlan, Prioridad
from historia_clinica.esquemas.comunes import ConAlertas
from historia_clinica.esquemas.dentales import Pieza, Superficies

ITEMS_MAXIMOS = 100


class ItemNuevo(Schema):
    """One thing to do. `pieza` and `superficies` are those of `hallazgo_id` when that is given."""

    id = fields.Id(metadata={"description": "Of an item that the draft has already: it keeps its price."})
    tratamiento_id = fields.Id(required=True)
    pieza = Pieza(allow_none=True)
    superficies = Superficies()
    sesion = fields.Count(1, 99, load_default=1)
    prioridad = fields.Choice(Prioridad, load_default=Prioridad.MEDIA)
    hallazgo_id = fields.Id(allow_none=True, metadata={"description": "What of the odontogram it treats."})
    cita_id = fields.Id(allow_none=True)
    detalle = fields.Text(500, allow_none=True)


class PlanNuevo(Schema):
    """A plan; prices are those of inventario_service at this moment."""

    nombre = fields.Text(160, required=True)
    notas = fields.Text(2000, allow_none=True)
    items = ma.fields.List(
        ma.fields.Nested(ItemNuevo), load_default=list, validate=ma.validate.Length(max=ITEMS_MAXIMOS)
    )


class CambioDePlan(Schema):
    """The next state. `rechazado` and `cancelado` need a `motivo`."""

    estado = fields.Choice(EstadoPlan, required=True)
    motivo = fields.Text(500, allow_none=True)
    aceptado_por = fields.Text(160, allow_none=True, metadata={"description": "The patient, when absent."})


class CambioDeItem(Schema):
    """The next state of an item: `programado` needs `cita_id`, `descartado` a `motivo`.

    `realizado` follows up its finding: `codigo`, `superficies`, `variante` say as what it then stands there.
    """

    estado = fields.Choice(EstadoItem, required=True)
    motivo = fields.Text(500, allow_none=True)
    cita_id = fields.Id()
    codigo = fields.Choice(CATALOGO)
    superficies = Superficies()
    variante = fields.Text(30)
    ocurrido_en = fields.Moment()


class ItemSalida(Schema):
    """One thing to do. `precio`: as it was when it was planned. `resultado_id`: what doing it noted of the tooth."""

    id = ma.fields.Integer()
    orden = ma.fields.Integer()
    tratamiento_id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    precio = fields.Amount()
    pieza = ma.fields.Integer(allow_none=True)
    superficies = ma.fields.String()
    sesion = ma.fields.Integer()
    prioridad = ma.fields.String(metadata={"enum": [str(prioridad) for prioridad in Prioridad]})
    detalle = ma.fields.String(allow_none=True)
    hallazgo_id = ma.fields.Integer(allow_none=True)
    resultado_id = ma.fields.Integer(allow_none=True)
    cita_id = ma.fields.Integer(allow_none=True)
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in EstadoItem]})
    realizado_en = ma.fields.DateTime(allow_none=True)
    realizado_por_id = ma.fields.Integer(allow_none=True)
    motivo = ma.fields.String(allow_none=True)


class AvanceSalida(Schema):
    """How far a plan has come; what was discarded counts in no sum."""

    items = ma.fields.Integer()
    realizados = ma.fields.Integer()
    descartados = ma.fields.Integer()
    total = fields.Amount()
    total_realizado = fields.Amount()
    total_pendiente = fields.Amount()
    avance_pct = fields.Amount()


class PlanFila(ResourceSchema):
    """A plan in a list."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    nombre = ma.fields.String()
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in EstadoPlan]})
    notas = ma.fields.String(allow_none=True)
    presentado_en = ma.fields.DateTime(allow_none=True)
    aceptado_en = ma.fields.DateTime(allow_none=True)
    aceptado_por = ma.fields.String(allow_none=True)
    terminado_en = ma.fields.DateTime(allow_none=True)
    motivo = ma.fields.String(allow_none=True)
    avance = ma.fields.Nested(AvanceSalida)


class PlanSalida(PlanFila, ConAlertas):
    """A whole plan."""

    items = ma.fields.List(ma.fields.Nested(ItemSalida))


class FiltroPlanes(PageQuery):
    """What the list can be narrowed to."""

    estado = fields.Choice(EstadoPlan)
    doctor_id = fields.Id()
