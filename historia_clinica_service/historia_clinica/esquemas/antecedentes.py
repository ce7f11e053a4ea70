"""The medical history as it comes in, goes out and is asked for."""

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import PlainPageQuery, QuerySchema, Schema
from historia_clinica.dominio.antecedentes import CUESTIONARIOS, repetidos
from historia_clinica.dominio.preguntas import ANTECEDENTES, FAMILIARES, HABITOS, PARENTESCOS, Grupo, Respuesta
from historia_clinica.esquemas.cie10 import CodigoCie10
from historia_clinica.esquemas.comunes import ConAlertas, Persona

FILAS_MAXIMAS = 60


def _lista(esquema: type[Schema], maximo: int = FILAS_MAXIMAS, **mas: Any) -> ma.fields.Field[Any]:
    limite = ma.validate.Length(max=maximo, error=f"Admite hasta {maximo}.")
    return ma.fields.List(ma.fields.Nested(esquema), validate=limite, **mas)


class RespuestaDada(Schema):
    """An answer. `detalle` is needed with a yes; what is not asked may be left out as well."""

    respuesta = fields.Choice(Respuesta, required=True)
    detalle = fields.Text(500, allow_none=True)


class AntecedenteDado(RespuestaDada):
    """What the person has or had."""

    codigo = fields.Choice(ANTECEDENTES, required=True)


class FamiliarDado(RespuestaDada):
    """What runs in the family. `parentescos` is needed with a yes."""

    codigo = fields.Choice(FAMILIARES, required=True)
    parentescos = ma.fields.List(fields.Choice(PARENTESCOS), validate=ma.validate.Length(max=len(PARENTESCOS)))


class HabitoDado(RespuestaDada):
    """What the person is used to. `cigarrillos_dia` of tobacco only."""

    codigo = fields.Choice(HABITOS, required=True)
    cigarrillos_dia = fields.Count(1, 200, allow_none=True)


class Condicion(Schema):
    """A disease or problem, with its CIE-10 code when it is known."""

    descripcion = fields.Text(200, required=True)
    codigo_cie10 = CodigoCie10(allow_none=True)
    desde_ano = fields.Count(1900, 2200, allow_none=True)
    activa = fields.Flag(load_default=True)


class Medicacion(Schema):
    """A drug that is being taken, by its generic name."""

    medicamento = fields.Text(120, required=True)
    dosis = fields.Text(80, allow_none=True)
    frecuencia = fields.Text(80, allow_none=True)
    motivo = fields.Text(200, allow_none=True)


class Cirugia(Schema):
    """An operation, and when."""

    que = fields.Text(200, required=True)
    ano = fields.Count(1900, 2200, allow_none=True)
    detalle = fields.Text(300, allow_none=True)


class AntecedentesNuevos(Schema):
    """A whole version of the history: what is left out of it was not asked, or there is none."""

    antecedentes = _lista(AntecedenteDado)
    familiares = _lista(FamiliarDado)
    habitos = _lista(HabitoDado)
    condiciones = _lista(Condicion)
    medicacion = _lista(Medicacion)
    cirugias = _lista(Cirugia)
    observaciones = fields.Text(2000, allow_none=True)

    @ma.validates_schema
    def _cada_una_una_vez(self, data: Mapping[str, Any], **_kwargs: Any) -> None:
        errores = {
            parte: {lugar: {"codigo": ["Se respondió más de una vez."]} for lugar in lugares}
            for parte in CUESTIONARIOS
            if (lugares := repetidos(data.get(parte) or ()))
        }
        if errores:
            raise ma.ValidationError(errores)


class RespuestaSalida(Schema):
    """A question and its answer; `no_preguntado` is not a no."""

    codigo = ma.fields.String()
    nombre = ma.fields.String()
    grupo = ma.fields.String(metadata={"enum": [str(grupo) for grupo in Grupo]})
    respuesta = ma.fields.String(metadata={"enum": [str(respuesta) for respuesta in Respuesta]})
    detalle = ma.fields.String()
    parentescos = ma.fields.List(ma.fields.String())
    cigarrillos_dia = ma.fields.Integer()


def _mostrada(parte: str, esquema: type[Schema]) -> ma.fields.Field[Any]:
    return ma.fields.List(ma.fields.Nested(esquema), attribute=f"contenido.{parte}")


class AntecedentesSalida(ConAlertas):
    """A version of the history; version 0 where none was written yet.

    `por_conciliar`: other versions that still hold, of records that were merged into this one.
    """

    id = ma.fields.Integer(allow_none=True)
    paciente_id = ma.fields.Integer()
    version = ma.fields.Integer(attribute="numero")
    vigente = ma.fields.Boolean()
    antecedentes = _mostrada("antecedentes", RespuestaSalida)
    familiares = _mostrada("familiares", RespuestaSalida)
    habitos = _mostrada("habitos", RespuestaSalida)
    condiciones = _mostrada("condiciones", Condicion)
    medicacion = _mostrada("medicacion", Medicacion)
    cirugias = _mostrada("cirugias", Cirugia)
    observaciones = ma.fields.String(attribute="contenido.observaciones", allow_none=True)
    registrado_por = ma.fields.Nested(Persona, allow_none=True)
    creado_en = ma.fields.DateTime(allow_none=True)
    por_conciliar = ma.fields.List(ma.fields.Integer(), metadata={"description": "Ids of versions."})


class Cambio(Schema):
    """Something that a version changed."""

    campo = ma.fields.String()
    antes = ma.fields.Raw(allow_none=True)
    despues = ma.fields.Raw(allow_none=True)


class VersionSalida(Schema):
    """Who wrote a version, when, and what it changed of the one before."""

    id = ma.fields.Integer()
    version = ma.fields.Integer(attribute="numero")
    vigente = ma.fields.Boolean()
    registrado_por = ma.fields.Nested(Persona, attribute="doctor")
    creado_en = ma.fields.DateTime()
    cambios = ma.fields.List(ma.fields.Nested(Cambio))


class CualVersion(QuerySchema):
    """Which version: the present one when none is named."""

    version = fields.Count(1, metadata={"description": "Its number; the latest of those with that number."})
    version_id = fields.Id(metadata={"description": "Its id, as `versiones` lists it."})


class FiltroVersiones(PlainPageQuery):
    """Pages of versions, the latest first."""
