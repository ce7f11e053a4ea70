"""Times of day and weekdays, as people write them."""

import re
from typing import Any

import marshmallow as ma

from citas.modelos.horario import DIAS
from comun import fields

_HORA = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_MEDIANOCHE = 24 * 60


class HoraDelDia(ma.fields.Field[int]):
    """A time of day: "HH:MM" outside, minutes since midnight inside. "24:00" only as an end (`fin`)."""

    def __init__(self, *, fin: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fin = fin
        self.metadata = {"type": "string", "example": "18:00" if fin else "09:00", **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        texto = value.strip() if isinstance(value, str) else ""
        if self.fin and texto == "24:00":
            return _MEDIANOCHE
        if not (hora := _HORA.fullmatch(texto)):
            raise ma.ValidationError(f"Debe ser una hora HH:MM, de 00:00 a {'24:00' if self.fin else '23:59'}.")
        return int(hora[1]) * 60 + int(hora[2])

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else f"{value // 60:02}:{value % 60:02}"


class DiaSemana(ma.fields.Field[int]):
    """A weekday: a word outside, 0 for Monday inside."""

    _palabra = fields.Choice(DIAS)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.metadata = {"type": "string", "enum": list(DIAS), **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        return DIAS.index(self._palabra.deserialize(value))

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return None if value is None else DIAS[value]
