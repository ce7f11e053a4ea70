"""Spectacle prescriptions as they are asked for and go out."""

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, ResourceSchema, Schema
from historia_clinica.dominio.refraccion import Uso
from historia_clinica.esquemas.comunes import ConAlertas, Persona
from historia_clinica.esquemas.examenes_oftalmologicos import FirmaOftalmologica
from historia_clinica.esquemas.ojos import Lente, LenteSalida, de_a
from historia_clinica.modelos.receta_optica import Base, TipoDeLente

MATERIALES = ("cr39", "policarbonato", "trivex", "alto_indice", "mineral")
TRATAMIENTOS = (
    "antirreflejo",
    "antirrayas",
    "fotocromatico",
    "filtro_azul",
    "filtro_uv",
    "polarizado",
    "tinte",
    "hidrofobico",
)


class LentePedido(Schema):
    """What a lens has beside its power; the power is that of the exam unless `refraccion` says another.

    The final refraction for far, that is: the sphere for near is reckoned from its addition.
    """

    refraccion = ma.fields.Nested(Lente)
    prisma = fields.Amount(digits=4, allow_none=True, validate=de_a("0.25", "20", "Δ", paso="0.25"))
    base = fields.Choice(Base, allow_none=True)
    dnp_mm = fields.Amount(places=1, digits=4, allow_none=True, validate=de_a("20", "40", "mm"))
    altura_mm = fields.Amount(places=1, digits=4, allow_none=True, validate=de_a("5", "40", "mm"))

    @ma.validates_schema(skip_on_field_errors=True)
    def _prisma_con_base(self, datos: dict, **_kwargs: object) -> None:
        if (datos.get("prisma") is None) != (datos.get("base") is None):
            raise ma.ValidationError({"base": ["Prisma y base van juntos."]})


class RecetaOpticaNueva(Schema):
    """What spectacles are prescribed."""

    uso = fields.Choice(Uso, required=True)
    tipo_lente = fields.Choice(TipoDeLente, required=True)
    material = fields.Choice(MATERIALES, allow_none=True)
    tratamientos = ma.fields.List(fields.Choice(TRATAMIENTOS), load_default=list)
    od = ma.fields.Nested(LentePedido, allow_none=True, metadata={"description": "Null: no lens for this eye."})
    oi = ma.fields.Nested(LentePedido, allow_none=True, metadata={"description": "Null: no lens for this eye."})
    dp_lejos_mm = fields.Amount(places=1, digits=4, allow_none=True, validate=de_a("40", "80", "mm"))
    dp_cerca_mm = fields.Amount(places=1, digits=4, allow_none=True, validate=de_a("40", "80", "mm"))
    indicaciones = fields.Text(2000, allow_none=True)
    vence_el = fields.Day(metadata={"description": "Last day it is good for; a year from now when absent."})

    @ma.validates_schema(skip_on_field_errors=True)
    def _tipo_para_uso(self, datos: dict, **_kwargs: object) -> None:
        if (datos["uso"] == Uso.MULTIFOCAL) == (datos["tipo_lente"] == TipoDeLente.MONOFOCAL):
            raise ma.ValidationError(
                {"tipo_lente": ["Multifocal es bifocal, progresivo u ocupacional; lo demás, monofocal."]}
            )
        if len(set(datos["tratamientos"])) != len(datos["tratamientos"]):
            raise ma.ValidationError({"tratamientos": ["Cada uno una vez."]})


class AnulacionDeReceta(Schema):
    """Why it is not good any more."""

    estado = fields.Choice(("anulada",), required=True)
    motivo = fields.Text(300, required=True)


class LenteRecetado(Schema):
    """The lens of an eye, ready to be made; `refraccion` null: none."""

    refraccion = ma.fields.Nested(LenteSalida, allow_none=True)
    prisma = fields.Amount(allow_none=True)
    base = ma.fields.String(allow_none=True)
    dnp_mm = fields.Amount(allow_none=True)
    altura_mm = fields.Amount(allow_none=True)


class RecetaOpticaFila(ResourceSchema):
    """A prescription of spectacles in a list."""

    codigo = ma.fields.String(metadata={"example": "RO-000123"})
    paciente_id = ma.fields.Integer()
    examen_id = ma.fields.Integer()
    doctor_id = ma.fields.Integer()
    doctor = ma.fields.Nested(Persona)
    uso = ma.fields.String(metadata={"enum": [*map(str, Uso)]})
    tipo_lente = ma.fields.String(metadata={"enum": [*map(str, TipoDeLente)]})
    material = ma.fields.String(allow_none=True)
    tratamientos = ma.fields.List(ma.fields.String())
    od = ma.fields.Nested(LenteRecetado)
    oi = ma.fields.Nested(LenteRecetado)
    dp_lejos_mm = fields.Amount(allow_none=True)
    dp_cerca_mm = fields.Amount(allow_none=True)
    indicaciones = ma.fields.String(allow_none=True)
    vence_el = ma.fields.Date()
    emitida_en = ma.fields.DateTime()
    estado = ma.fields.String(metadata={"enum": ["emitida", "anulada"]})
    anulada_en = ma.fields.DateTime(allow_none=True)
    anulada_por = ma.fields.String(allow_none=True)
    motivo_anulacion = ma.fields.String(allow_none=True)
    firma = ma.fields.Nested(FirmaOftalmologica)


class RecetaOpticaSalida(RecetaOpticaFila, ConAlertas):
    """A prescription of spectacles by itself."""


class FiltroRecetasOpticas(PageQuery):
    """What the list can be narrowed to."""

    examen_id = fields.Id()
    estado = fields.Choice(("emitida", "anulada"))
