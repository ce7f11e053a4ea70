"""Periodontal charts as they come in, go out and are asked for."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.periodonto import GRADO_MAXIMO, MARGEN_MAXIMO, MARGEN_MINIMO, SITIOS, SONDAJE_MAXIMO
from historia_clinica.dominio.piezas import PIEZAS
from historia_clinica.esquemas.comunes import ConAlertas
from historia_clinica.esquemas.dentales import Pieza


class SitioNuevo(Schema):
    """What was measured at a site; what is absent was not."""

    sondaje = fields.Count(0, SONDAJE_MAXIMO, allow_none=True, metadata={"description": "Probing depth, mm."})
    margen = fields.Count(
        MARGEN_MINIMO,
        MARGEN_MAXIMO,
        allow_none=True,
        metadata={"description": "Gum margin against the enamel, mm: positive recession, negative overgrowth."},
    )
    sangrado = fields.Flag(allow_none=True)
    supuracion = fields.Flag(allow_none=True)
    placa = fields.Flag(allow_none=True)


class PiezaNueva(Schema):
    """A tooth. Sites: mesial, middle and distal of the vestibular (mv, v, dv) and lingual side (ml, l, dl)."""

    pieza = Pieza(required=True)
    movilidad = fields.Count(0, GRADO_MAXIMO, allow_none=True, metadata={"description": "Miller's degree."})
    furca = fields.Count(0, GRADO_MAXIMO, allow_none=True, metadata={"description": "Degree of furcation."})
    sitios = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.OneOf(SITIOS, error="Los sitios son mv, v, dv, ml, l y dl.")),
        values=ma.fields.Nested(SitioNuevo),
    )


class PeriodontogramaNuevo(Schema):
    """What was measured at one time."""

    ocurrido_en = fields.Moment(metadata={"description": "Now, when absent. Never in the future."})
    cita_id = fields.Id(allow_none=True)
    observaciones = fields.Text(2000, allow_none=True)
    piezas = ma.fields.List(
        ma.fields.Nested(PiezaNueva), required=True, validate=ma.validate.Length(min=1, max=len(PIEZAS))
    )


class CierreDePeriodontograma(Schema):
    """`cerrado`: nothing of it changes any more."""

    estado = fields.Choice(("cerrado",), required=True)


class SitioSalida(Schema):
    """A site. `nic`: clinical attachment level, sondaje + margen, mm."""

    sondaje = ma.fields.Integer(allow_none=True)
    margen = ma.fields.Integer(allow_none=True)
    nic = ma.fields.Integer(allow_none=True)
    sangrado = ma.fields.Boolean(allow_none=True)
    supuracion = ma.fields.Boolean(allow_none=True)
    placa = ma.fields.Boolean(allow_none=True)


class _PorSitio(ma.fields.Dict):
    """Sites by their name."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return super()._serialize({uno.sitio: uno for uno in value}, attr, obj, **kwargs)


class PiezaPeriodontalSalida(Schema):
    """A tooth of a chart."""

    pieza = ma.fields.Integer()
    movilidad = ma.fields.Integer(allow_none=True)
    furca = ma.fields.Integer(allow_none=True)
    sitios = _PorSitio(keys=ma.fields.String(), values=ma.fields.Nested(SitioSalida))


class ResumenPeriodontal(Schema):
    """A chart in figures; percentages of the sites where that was looked at, null when nowhere."""

    piezas = ma.fields.Integer()
    sitios_medidos = ma.fields.Integer()
    sangrado_pct = fields.Amount(allow_none=True)
    placa_pct = fields.Amount(allow_none=True)
    supuracion_pct = fields.Amount(allow_none=True)
    sondaje_medio_mm = fields.Amount(allow_none=True)
    nic_medio_mm = fields.Amount(allow_none=True)
    sondaje_maximo_mm = ma.fields.Integer(allow_none=True)
    sitios_con_bolsa = ma.fields.Integer(metadata={"description": "Of 4 mm or more."})
    sitios_con_bolsa_profunda = ma.fields.Integer(metadata={"description": "Of 6 mm or more."})


class PeriodontogramaBreve(ResourceSchema):
    """A chart in a list."""

    paciente_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    cita_id = ma.fields.Integer(allow_none=True)
    ocurrido_en = ma.fields.DateTime()
    estado = ma.fields.String(metadata={"enum": ["borrador", "cerrado"]})
    observaciones = ma.fields.String(allow_none=True)
    cerrado_en = ma.fields.DateTime(allow_none=True)
    cerrado_por = ma.fields.String(allow_none=True)


class PeriodontogramaSalida(PeriodontogramaBreve, ConAlertas):
    """A whole chart."""

    resumen = ma.fields.Nested(ResumenPeriodontal)
    piezas = ma.fields.List(ma.fields.Nested(PiezaPeriodontalSalida))


class FiltroPeriodontogramas(PageQuery):
    """What the list can be narrowed to."""

    cita_id = fields.Id()
    doctor_id = fields.Id()
    estado = fields.Choice(("borrador", "cerrado"))
