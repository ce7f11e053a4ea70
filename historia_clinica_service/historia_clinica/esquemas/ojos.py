"""What is measured of an eye, as it comes in and goes out. A lens, a pressure, an acuity come whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import marshmallow as ma

from comun import fields
from comun.schema import Schema
from historia_clinica.dominio.agudeza import FORMAS, Agudeza, leer_agudeza
from historia_clinica.dominio.ojos import Ojo
from historia_clinica.dominio.refraccion import Refraccion
from historia_clinica.modelos.examen_oftalmologico import MetodoDePresion

NOTA = 1000
_HORA = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def de_a(menor: str, mayor: str, unidad: str = "", paso: str | None = None) -> Callable[[Decimal], None]:
    """A check: within limits, and in steps."""

    def revisar(valor: Decimal) -> None:
        if not Decimal(menor) <= valor <= Decimal(mayor) or (paso and valor % Decimal(paso)):
            en_pasos = f", en pasos de {paso}" if paso else ""
            raise ma.ValidationError(f"Debe ir de {menor} a {mayor}{unidad and ' ' + unidad}{en_pasos}.")

    return revisar


class AgudezaVisual(ma.fields.Field[Agudeza]):
    """An acuity as doctors write it; goes out as told, with its logMAR."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "example": "20/40-2", "description": f"{FORMAS}.", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Agudeza:
        try:
            return leer_agudeza(fields.Text(20).deserialize(value, attr, data))
        except ValueError as error:
            if isinstance(error, ma.ValidationError):
                raise
            raise ma.ValidationError(str(error)) from None


class AgudezaSalida(Schema):
    """An acuity: as it was told, and as logMAR (the smaller the better)."""

    texto = ma.fields.String()
    logmar = fields.Amount(signed=True)


class HoraDelDia(ma.fields.Field[int]):
    """A time of day: "HH:MM" outside, minutes since midnight inside."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "example": "09:30", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        hora = _HORA.fullmatch(value.strip()) if isinstance(value, str) else None
        if hora is None:
            raise ma.ValidationError("Debe ser una hora HH:MM, de 00:00 a 23:59.")
        return int(hora[1]) * 60 + int(hora[2])

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 60:02}:{value % 60:02}"


class Agudezas(Schema):
    """Acuity at a distance: uncorrected, through the pinhole, corrected; near as it is written (J1, N6)."""

    sin_correccion = AgudezaVisual(allow_none=True)
    estenopeico = AgudezaVisual(allow_none=True)
    con_correccion = AgudezaVisual(allow_none=True)
    cerca = fields.Text(20, allow_none=True)


class AgudezasSalida(Schema):
    """The same, each with its logMAR."""

    sin_correccion = ma.fields.Nested(AgudezaSalida, allow_none=True)
    estenopeico = ma.fields.Nested(AgudezaSalida, allow_none=True)
    con_correccion = ma.fields.Nested(AgudezaSalida, allow_none=True)
    cerca = ma.fields.String(allow_none=True)


class Lente(Schema):
    """A refraction in dioptres, in steps of 0.25; the axis in degrees, only and always with a cylinder."""

    esfera = fields.Amount(signed=True, allow_none=True, load_default=None)
    cilindro = fields.Amount(signed=True, allow_none=True, load_default=None)
    eje = fields.Count(0, 180, allow_none=True, load_default=None)
    adicion = fields.Amount(allow_none=True, load_default=None)

    @ma.validates_schema(skip_on_field_errors=True)
    def _posible(self, datos: dict[str, Any], **_kwargs: Any) -> None:
        lente = {nombre: datos.get(nombre) for nombre in ("esfera", "cilindro", "eje", "adicion")}
        if errores := Refraccion(**lente).errores():
            raise ma.ValidationError(errores)


class LenteSalida(Schema):
    """A refraction; with the other sign of the cylinder too, and as it is dictated."""

    esfera = fields.Amount(signed=True, allow_none=True)
    cilindro = fields.Amount(signed=True, allow_none=True)
    eje = ma.fields.Integer(allow_none=True)
    adicion = fields.Amount(allow_none=True)
    equivalente_esferico = fields.Amount(signed=True, allow_none=True)
    escrita = ma.fields.Function(lambda lente: lente.escrita(), metadata={"type": "string"})
    transpuesta = ma.fields.Function(lambda lente: lente.transpuesta().escrita(), metadata={"type": "string"})


class Queratometria(Schema):
    """The two meridians of the cornea: power in dioptres, axis in degrees."""

    k1 = fields.Amount(required=True, validate=de_a("30", "65", "D"))
    k1_eje = fields.Count(0, 180, allow_none=True)
    k2 = fields.Amount(required=True, validate=de_a("30", "65", "D"))
    k2_eje = fields.Count(0, 180, allow_none=True)


class PresionOcular(Schema):
    """Intraocular pressure; the hour on the clock of where it was taken."""

    mmhg = fields.Amount(places=1, digits=4, required=True, validate=de_a("0", "80", "mmHg"))
    metodo = fields.Choice(MetodoDePresion, required=True)
    hora = HoraDelDia(allow_none=True)


class Biomicroscopia(Schema):
    """The front of the eye at the slit lamp."""

    parpados = fields.Text(NOTA, allow_none=True)
    conjuntiva = fields.Text(NOTA, allow_none=True)
    cornea = fields.Text(NOTA, allow_none=True)
    camara_anterior = fields.Text(NOTA, allow_none=True)
    iris = fields.Text(NOTA, allow_none=True)
    cristalino = fields.Text(NOTA, allow_none=True)


class FondoDeOjo(Schema):
    """The fundus, `excavacion` being the cup to disc ratio."""

    papila = fields.Text(NOTA, allow_none=True)
    excavacion = fields.Amount(places=2, digits=3, allow_none=True, validate=de_a("0", "1", paso="0.05"))
    macula = fields.Text(NOTA, allow_none=True)
    vasos = fields.Text(NOTA, allow_none=True)
    periferia = fields.Text(NOTA, allow_none=True)
    dilatado = fields.Flag(allow_none=True)
    dilatado_con = fields.Text(100, allow_none=True, metadata={"description": "Drops used."})

    @ma.validates_schema
    def _con_que(self, datos: dict[str, Any], **_kwargs: Any) -> None:
        if datos.get("dilatado_con") and datos.get("dilatado") is not True:
            raise ma.ValidationError({"dilatado_con": ["Solo va si se dilató."]})


class Pupilas(Schema):
    """The pupil: how it reacts, its width, and whether there is a relative afferent defect (DPAR)."""

    reactividad = fields.Choice(("normal", "lenta", "ausente"), allow_none=True)
    diametro_mm = fields.Amount(places=1, digits=3, allow_none=True, validate=de_a("0.5", "10", "mm"))
    dpar = fields.Flag(allow_none=True)
    detalle = fields.Text(NOTA, allow_none=True)


class OjoExaminado(Schema):
    """What was found in an eye; all of it may be absent."""

    agudeza = ma.fields.Nested(Agudezas, allow_none=True)
    refraccion_objetiva = ma.fields.Nested(
        Lente, allow_none=True, metadata={"description": "By the autorefractor or retinoscope."}
    )
    refraccion = ma.fields.Nested(
        Lente, allow_none=True, metadata={"description": "The final one; spectacles come from it."}
    )
    queratometria = ma.fields.Nested(Queratometria, allow_none=True)
    presion = ma.fields.Nested(PresionOcular, allow_none=True)
    paquimetria_um = fields.Count(200, 1200, allow_none=True)
    biomicroscopia = ma.fields.Nested(Biomicroscopia, allow_none=True)
    fondo = ma.fields.Nested(FondoDeOjo, allow_none=True)
    pupilas = ma.fields.Nested(Pupilas, allow_none=True)
    motilidad = fields.Text(NOTA, allow_none=True)


class OjoSalida(OjoExaminado):
    """What was found in an eye, with what follows from it."""

    agudeza = ma.fields.Nested(AgudezasSalida, allow_none=True)
    refraccion_objetiva = ma.fields.Nested(Lente, allow_none=True)
    refraccion = ma.fields.Nested(LenteSalida, allow_none=True)


class AvisoOcular(Schema):
    """What should be looked at; `ojo` null: both together."""

    codigo = ma.fields.String()
    ojo = ma.fields.String(allow_none=True, metadata={"enum": [*map(str, Ojo), None]})
    descripcion = ma.fields.String()
