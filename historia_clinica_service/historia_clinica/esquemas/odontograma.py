"""The odontogram as it comes in, goes out and is asked for."""

from __future__ import annotations

import marshmallow as ma

from comun import fields
from comun.schema import PageQuery, QuerySchema, ResourceSchema, Schema
from historia_clinica.dominio.catalogo_dental import CATALOGO, Ambito, Clase, Color, Estado
from historia_clinica.dominio.piezas import SUPERFICIES
from historia_clinica.esquemas.comunes import ConAlertas, DiaOInstante
from historia_clinica.esquemas.dentales import Pieza, Superficies

HALLAZGOS_MAXIMOS = 200
_ANOTABLES = (Estado.POR_HACER, Estado.REALIZADO, Estado.OBSERVADO)


class HallazgoNuevo(Schema):
    """What is noted of a tooth; without `superficies`, of the whole of it."""

    pieza = Pieza(required=True)
    codigo = fields.Choice(CATALOGO, required=True)
    superficies = Superficies()
    estado = fields.Choice(_ANOTABLES, metadata={"description": "Required of treatments and prostheses."})
    variante = fields.Text(
        30, allow_none=True, metadata={"description": "Material, cause or kind; see the catalogue."}
    )
    grado = fields.Count(1, 15, allow_none=True, metadata={"description": "Mobility 1–3; recession in mm."})
    detalle = fields.Text(500, allow_none=True)
    ocurrido_en = fields.Moment(metadata={"description": "Now, when absent. Never in the future."})
    cita_id = fields.Id(allow_none=True)


class HallazgosNuevos(Schema):
    """One or many, all or nothing."""

    hallazgos = ma.fields.List(
        ma.fields.Nested(HallazgoNuevo),
        required=True,
        validate=ma.validate.Length(min=1, max=HALLAZGOS_MAXIMOS),
    )


class CambioDeHallazgo(Schema):
    """`realizado`: it was treated. `resuelto`: it is no longer there. `anulado`: it was a mistake (needs `motivo`).

    When treated, `codigo`, `superficies` and `variante` say as what, where that does not follow from the finding:
    caries becomes a filling of the same surfaces, an extraction indicated a loss, a treatment itself.
    """

    estado = fields.Choice((Estado.REALIZADO, Estado.RESUELTO, "anulado"), required=True)
    motivo = fields.Text(500, allow_none=True)
    codigo = fields.Choice(CATALOGO)
    superficies = Superficies()
    variante = fields.Text(30, allow_none=True)
    ocurrido_en = fields.Moment()
    cita_id = fields.Id(allow_none=True)


class HallazgoFila(ResourceSchema):
    """An entry of the odontogram. `origen_id`: the one that it follows."""

    paciente_id = ma.fields.Integer()
    pieza = ma.fields.Integer()
    superficies = ma.fields.String()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    estado = ma.fields.String(metadata={"enum": [str(estado) for estado in Estado]})
    color = ma.fields.String(metadata={"enum": [str(color) for color in Color]})
    variante = ma.fields.String(allow_none=True)
    grado = ma.fields.Integer(allow_none=True)
    detalle = ma.fields.String(allow_none=True)
    ocurrido_en = ma.fields.DateTime()
    doctor_id = ma.fields.Integer()
    cita_id = ma.fields.Integer(allow_none=True)
    origen_id = ma.fields.Integer(allow_none=True)
    por = ma.fields.String()
    anulado_en = ma.fields.DateTime(allow_none=True)
    anulado_por = ma.fields.String(allow_none=True)
    motivo_anulacion = ma.fields.String(allow_none=True)


class HallazgoSalida(HallazgoFila, ConAlertas):
    """One entry by itself."""


class HallazgosAnotados(ConAlertas):
    """What was noted, in the order in which it was sent."""

    paciente_id = ma.fields.Integer()
    datos = ma.fields.List(ma.fields.Nested(HallazgoFila))


class FiltroHallazgos(PageQuery):
    """What the history can be narrowed to."""

    pieza = Pieza()
    codigo = fields.Choice(CATALOGO)
    estado = fields.Choice(Estado)
    cita_id = fields.Id()
    anulados = fields.Flag(metadata={"description": "Only mistakes, or none of them; both when absent."})


class AFecha(QuerySchema):
    """As of when; now, when absent."""

    fecha = DiaOInstante()


class EntreFechas(QuerySchema):
    """From when to when; `hasta` is now when absent."""

    desde = DiaOInstante(required=True)
    hasta = DiaOInstante()


class CuentaCpod(Schema):
    """Permanent teeth: decayed, lost, filled."""

    c = ma.fields.Integer()
    p = ma.fields.Integer()
    o = ma.fields.Integer()
    total = ma.fields.Integer()


class CuentaCeod(Schema):
    """Milk teeth: decayed, extraction indicated, filled."""

    c = ma.fields.Integer()
    e = ma.fields.Integer()
    o = ma.fields.Integer()
    total = ma.fields.Integer()


class IndicesSalida(Schema):
    """CPO-D and ceo-d."""

    cpo_d = ma.fields.Nested(CuentaCpod)
    ceo_d = ma.fields.Nested(CuentaCeod)


class HallazgoVigente(Schema):
    """What holds of a tooth, on the surfaces where it still does."""

    id = ma.fields.Integer()
    codigo = ma.fields.String()
    nombre = ma.fields.String()
    superficies = ma.fields.String()
    estado = ma.fields.String()
    color = ma.fields.String(metadata={"enum": [str(color) for color in Color]})
    variante = ma.fields.String(allow_none=True)
    grado = ma.fields.Integer(allow_none=True)
    ocurrido_en = ma.fields.DateTime()


class PiezaSalida(Schema):
    """A tooth. `superficies`: the findings of each surface, by id. `cuenta_como`: its letter in the index."""

    pieza = ma.fields.Integer()
    temporal = ma.fields.Boolean()
    presencia = ma.fields.String(
        allow_none=True,
        metadata={"enum": ["presente", "ausente", "sustituida", "no_erupcionada", "impactada", None]},
    )
    cuenta_como = ma.fields.String(allow_none=True)
    superficies = ma.fields.Dict(
        keys=ma.fields.String(validate=ma.validate.OneOf(SUPERFICIES)), values=ma.fields.List(ma.fields.Integer())
    )
    hallazgos = ma.fields.List(ma.fields.Nested(HallazgoVigente))


class OdontogramaSalida(ConAlertas):
    """The whole mouth at a moment: all 52 teeth."""

    paciente_id = ma.fields.Integer()
    momento = ma.fields.DateTime()
    denticion = ma.fields.String(allow_none=True, metadata={"enum": ["permanente", "temporal", "mixta", None]})
    indices = ma.fields.Nested(IndicesSalida)
    avisos = ma.fields.List(ma.fields.String())
    piezas = ma.fields.List(ma.fields.Nested(PiezaSalida))


class CambioDePieza(Schema):
    """What became of a tooth."""

    pieza = ma.fields.Integer()
    presencia_antes = ma.fields.String(allow_none=True)
    presencia_despues = ma.fields.String(allow_none=True)
    aparece = ma.fields.List(ma.fields.Nested(HallazgoVigente))
    desaparece = ma.fields.List(ma.fields.Nested(HallazgoVigente))


class DiferenciasDeOdontograma(ConAlertas):
    """What became of a mouth between two moments; teeth that did not change are absent."""

    paciente_id = ma.fields.Integer()
    desde = ma.fields.DateTime()
    hasta = ma.fields.DateTime()
    indices_antes = ma.fields.Nested(IndicesSalida)
    indices_despues = ma.fields.Nested(IndicesSalida)
    piezas = ma.fields.List(ma.fields.Nested(CambioDePieza))


class CodigoSalida(Schema):
    """One kind of finding: where it can be, in which states, and its variants."""

    codigo = ma.fields.String()
    nombre = ma.fields.String()
    clase = ma.fields.String(metadata={"enum": [str(clase) for clase in Clase]})
    ambito = ma.fields.String(metadata={"enum": [str(ambito) for ambito in Ambito]})
    estados = ma.fields.List(ma.fields.String())
    variantes = ma.fields.List(ma.fields.String())
    grado_maximo = ma.fields.Integer()
    denticion = ma.fields.String(attribute="solo", allow_none=True)


class CatalogoDental(Schema):
    """All that can be noted of a tooth."""

    datos = ma.fields.List(ma.fields.Nested(CodigoSalida))
