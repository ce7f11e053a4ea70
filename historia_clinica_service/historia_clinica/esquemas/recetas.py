"""Prescriptions."""

from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import ResourceSchema, Schema
from historia_clinica.dominio.medicamentos import CANTIDAD_MAXIMA
from historia_clinica.esquemas.comunes import ConAlertas, Persona

VIAS = (
    *("oral", "sublingual", "topica", "bucal", "oftalmica", "otica", "nasal", "inhalatoria", "intramuscular"),
    *("intravenosa", "subcutanea", "rectal", "vaginal", "otra"),
)
ITEMS_MAXIMOS = 20


class ItemSchema(Schema):
    """One drug by its generic name (INN), and how it is taken. `cantidad`: of units to hand out."""

    ALIASES = {"dci": "medicamento", "forma_farmaceutica": "forma"}

    medicamento = fields.Text(200, required=True)
    concentracion = fields.Text(60, allow_none=True)
    forma = fields.Text(60, required=True)
    via = fields.Choice(VIAS, required=True)
    dosis = fields.Text(100, required=True)
    frecuencia = fields.Text(100, required=True)
    duracion = fields.Text(100, required=True)
    cantidad = fields.Count(1, CANTIDAD_MAXIMA, required=True)
    cantidad_letras = ma.fields.String(dump_only=True)
    indicaciones = fields.Text(1000, allow_none=True)


class RecetaCambios(Schema):
    """What a prescription says; `items` comes whole.

    `confirmar_alergia` with `motivo`: prescribe it although it matches a known allergy.
    """

    items = ma.fields.List(ma.fields.Nested(ItemSchema), validate=ma.validate.Length(min=1, max=ITEMS_MAXIMOS))
    advertencias = fields.Text(2000, allow_none=True)
    confirmar_alergia = fields.Flag(load_default=False)
    motivo = fields.Text(500)

    @ma.validates_schema
    def _con_motivo(self, data: dict[str, Any], **_kwargs: object) -> None:
        if data.get("confirmar_alergia") and not data.get("motivo"):
            raise ma.ValidationError("Diga por qué se receta a pesar de la alergia.", "motivo")


class RecetaNueva(RecetaCambios):
    """A prescription in a note."""

    items = ma.fields.List(
        ma.fields.Nested(ItemSchema), required=True, validate=ma.validate.Length(min=1, max=ITEMS_MAXIMOS)
    )


class RecetaEnNota(ResourceSchema):
    """A prescription. `numero` and `emitida_en` come with the signature of its note."""

    nota_id = fields.Id()
    numero = ma.fields.Integer(allow_none=True)
    estado = ma.fields.String()
    emitida_en = ma.fields.DateTime(allow_none=True)
    items = ma.fields.List(ma.fields.Nested(ItemSchema))
    advertencias = ma.fields.String(allow_none=True)
    alergias_confirmadas = ma.fields.List(ma.fields.Dict())
    motivo_alergia = ma.fields.String(allow_none=True)


class RecetaSalida(RecetaEnNota, ConAlertas):
    """A prescription, with whose it is and the alerts of its patient."""

    paciente_id = fields.Id()
    doctor_id = fields.Id()
    doctor = ma.fields.Nested(Persona, allow_none=True)
    centro_id = fields.Id()
