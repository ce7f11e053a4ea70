"""Fields of requests and answers: what a string, an amount or a moment may be, the same everywhere."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import ValidationError, fields, validate
from werkzeug.datastructures import FileStorage

from comun.times import zone

MAX_ID = 2**31 - 1
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}.*", re.ASCII)
# Python's own parsers also take underscores and the digits of other scripts.
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[0-9eE.+-]+")

# What marshmallow itself says, for people who read Spanish.
_MESSAGES: dict[type[fields.Field[Any]], dict[str, str]] = {
    fields.Field: {
        "required": "Es obligatorio.",
        "null": "No puede ser nulo.",
        "validator_failed": "No es válido.",
    },
    fields.String: {"invalid": "Debe ser un texto.", "invalid_utf8": "Debe ser UTF-8."},
    fields.Integer: {"invalid": "Debe ser un número entero."},
    fields.Number: {"invalid": "Debe ser un número.", "too_large": "Es demasiado grande."},
    fields.Boolean: {"invalid": "Debe ser verdadero o falso."},
    fields.List: {"invalid": "Debe ser una lista."},
    fields.Mapping: {"invalid": "Debe ser un objeto."},
    fields.Nested: {"type": "Debe ser un objeto."},
}
for _field, _messages in _MESSAGES.items():
    _field.default_error_messages = {**_field.default_error_messages, **_messages}
validate.Length.message_min = "Debe tener al menos {min}."
validate.Length.message_max = "Admite hasta {max}."
validate.Length.message_all = "Debe tener de {min} a {max}."
validate.Range.message_min = "Debe ser {min_op} {{min}}."
validate.Range.message_max = "Debe ser {max_op} {{max}}."
validate.Range.message_all = "Debe ser {min_op} {{min}} y {max_op} {{max}}."
validate.Range.message_gte, validate.Range.message_gt = "mayor o igual que", "mayor que"
validate.Range.message_lte, validate.Range.message_lt = "menor o igual que", "menor que"


def fold(text: str) -> str:
    """Lower case without accents: how enumerations and searches compare. `ñ` becomes `n`."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold().strip()


class Text(fields.String):
    """Free text: trimmed, without control characters, at most `max` characters, not empty unless `empty`."""

    def __init__(self, max: int = 255, *, empty: bool = False, **kwargs: Any) -> None:  # noqa: A002
        given = kwargs.pop("validate", None)
        checks = [
            validate.Length(max=max, error="Admite hasta {max} caracteres."),
            *([given] if callable(given) else given or []),
        ]
        super().__init__(validate=checks, **kwargs)
        self.empty = empty

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if _CONTROL.search(text):
            raise ValidationError("Contiene caracteres de control.")
        if not text and not self.empty:
            raise ValidationError("No puede estar vacío.")
        return text


class Secret(fields.String):
    """A password or token as it was typed: never trimmed, never answered."""

    def __init__(self, max: int = 1024, **kwargs: Any) -> None:  # noqa: A002
        check = validate.Length(min=1, max=max, error="Debe tener de {min} a {max} caracteres.")
        super().__init__(load_only=True, validate=check, **kwargs)


class Choice(Text):
    """One of a few words, read without regard to case and accents, written as declared."""

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        self.choices = tuple(str(choice) for choice in choices)
        super().__init__(**kwargs)
        # Documented as an enumeration; the check itself is in _deserialize.
        documented: list[str | None] = list(self.choices)
        if self.allow_none:
            documented.append(None)
        self.metadata = {"enum": documented, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        word = re.sub(r"[\s-]+", "_", fold(super()._deserialize(value, attr, data, **kwargs)))
        for choice in self.choices:
            if word == re.sub(r"[\s-]+", "_", fold(choice)):
                return choice
        raise ValidationError(f"Debe ser uno de: {', '.join(self.choices)}.")


class _Whole(fields.Integer):
    """A number or its digits; a fraction is refused, not cut off."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, float) and not value.is_integer():
            raise self.make_error("invalid", input=value)
        if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


class Id(_Whole):
    """A reference: a positive 32-bit integer."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(min=1, max=MAX_ID), **kwargs)


class Ids(fields.Field[list[int]]):
    """Ids in one text, separated by commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "metadata": {"type": "string", **kwargs.get("metadata", {})}})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[int]:
        one = Id()
        return [one.deserialize(part, attr, data) for part in str(value).split(",") if part.strip()]


class Count(_Whole):
    """A whole number within limits."""

    def __init__(self, min: int = 0, max: int = MAX_ID, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(validate=validate.Range(min=min, max=max), **kwargs)


class Amount(fields.Field[Decimal]):
    """A decimal: number or string in, JSON number out. Never rounded in silence: too many places are refused."""

    def __init__(self, *, places: int = 2, digits: int = 12, signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "number", **self.metadata}
        self.places, self.digits, self.signed = places, digits, signed

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
            raise ValidationError("Debe ser un número.")
        text = str(value).strip()
        try:
            amount = Decimal(text)
        except InvalidOperation:
            raise ValidationError("Debe ser un número.") from None
        if not _DECIMAL.fullmatch(text):
            raise ValidationError("Debe ser un número.")
        # Neither abs() nor normalize(): they round to the precision of the context.
        if amount.copy_abs() >= Decimal(10) ** (self.digits - self.places):
            raise ValidationError("Es demasiado grande.")
        rounded = amount.quantize(Decimal(1).scaleb(-self.places))
        if rounded != amount:
            raise ValidationError(f"Admite hasta {self.places} decimales.")
        if amount < 0 and not self.signed:
            raise ValidationError("No puede ser negativo.")
        return rounded

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **kwargs: Any) -> Decimal | None:
        return value


class Moment(fields.DateTime):
    """ISO 8601. Without an offset it stays naive, for the view to read in the centre's zone."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value.strip())
            if not _ISO_MOMENT.fullmatch(value.strip()) or not 1900 <= moment.year <= 2200:
                raise ValueError
        except (ValueError, AttributeError):
            raise ValidationError("Debe ser fecha y hora ISO 8601, como 2026-01-15T10:00:00.") from None
        return moment


class Instant(Moment):
    """ISO 8601 with an offset: where no centre's clock could tell what is meant."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        moment = super()._deserialize(value, attr, data, **kwargs)
        if moment.tzinfo is None:
            raise ValidationError("Debe llevar desfase horario.")
        return moment


class Day(fields.Date):
    """A calendar date `AAAA-MM-DD`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        try:
            if not _ISO_DATE.fullmatch(value.strip()):
                raise ValueError
            day = date.fromisoformat(value.strip())
            if not 1850 <= day.year <= 2200:
                raise ValueError
        except (ValueError, AttributeError):
            raise ValidationError("Debe ser una fecha AAAA-MM-DD que exista.") from None
        return day


class Flag(fields.Boolean):
    """True or false; `sí` and `no` as well."""

    truthy = {*fields.Boolean.truthy, "si", "sí", "Si", "Sí", "SI", "SÍ"}
    falsy = {*fields.Boolean.falsy}


class Email(Text):
    """An email address, in lower case."""

    _check = validate.Email(error="No es un correo electrónico válido.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return str(self._check(super()._deserialize(value, attr, data, **kwargs).lower()))


class Phone(Text):
    """A telephone number: digits, spaces and + - ( ), kept as digits with an optional leading +."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(40, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        number = re.sub(r"[\s().-]", "", text)
        if not re.fullmatch(r"\+?[0-9]{6,15}", number):
            raise ValidationError("No es un teléfono válido.")
        return number


class TimeZone(Text):
    """The name of an IANA time zone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        try:
            zone(name)
        except ValueError:
            raise ValidationError("No es una zona horaria IANA, como America/Guayaquil.") from None
        return name


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name and media type are the sender's word, nothing of it has been checked."""

    name: str
    media_type: str
    content: bytes


class File(fields.Field[Upload]):
    """A file in a form (`Blueprint.arguments(…, location=MULTIPART)`). Not empty; gives an `Upload`."""

    def __init__(self, **kwargs: Any) -> None:
        described = {"type": "string", "format": "binary", **kwargs.pop("metadata", {})}
        super().__init__(load_only=True, metadata=described, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Upload:
        if not isinstance(value, FileStorage):
            raise ValidationError("Debe ser un archivo.")
        content = value.stream.read()
        if not content:
            raise ValidationError("El archivo está vacío.")
        return Upload(value.filename or "", value.mimetype.lower(), content)
