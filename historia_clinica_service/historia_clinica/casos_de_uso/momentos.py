"""When something happened, and as of when something is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select

from comun.db import now
from comun.errors import Invalid
from comun.times import AmbiguousTime, SkippedTime, localise, zone
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.citas_conocidas import cita_del_expediente
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, CitaRef

# How far the clocks of two machines may be apart.
_HOLGURA = timedelta(minutes=5)
UN_DIA = timedelta(days=1)


def cita_de(datos: Mapping[str, Any], acceso: Acceso) -> CitaRef | None:
    """The appointment that `cita_id` names; Invalid when it is none of this patient's."""
    if datos.get("cita_id") is None:
        return None
    cita = cita_del_expediente(datos["cita_id"], acceso)
    if cita is None:
        raise Invalid({"cita_id": ["No es una cita de este paciente."]})
    return cita


def ocurrido_en(datos: Mapping[str, Any], cita: CitaRef | None) -> datetime:
    """When it happened: now, unless `ocurrido_en` says when; a naive time is read on the clock of the appointment's
    centre. Invalid when that is yet to come.
    """
    dicho: datetime | None = datos.get("ocurrido_en")
    if dicho is None:
        return now()
    centro = db.session.get(CentroRef, cita.centro_id) if cita is not None else None
    try:
        momento = localise(dicho, centro.zona_horaria if centro is not None else ZONA)
    except (SkippedTime, AmbiguousTime):
        raise Invalid({"ocurrido_en": ["Esa hora no existe, o existe dos veces; envíe el desfase."]}) from None
    if momento > now() + _HOLGURA:
        raise Invalid({"ocurrido_en": ["Aún no ha ocurrido."]})
    return momento


def hasta(fecha: date | datetime | None) -> datetime:
    """As of when: now, an instant, or the end of a day."""
    if fecha is None:
        return now()
    if isinstance(fecha, datetime):
        return localise(fecha, ZONA)
    return localise(datetime.combine(fecha, time.max), ZONA)


def en_periodo(consulta: Select[Any], columna: Any, filtro: Mapping[str, Any]) -> Select[Any]:
    """What of it lies in a period: whole days, both included, or from an instant on and before another."""
    if (desde := filtro.get("desde")) is not None:
        inicio = desde if isinstance(desde, datetime) else localise(datetime.combine(desde, time()), ZONA)
        consulta = consulta.where(columna >= inicio)
    if (fin := filtro.get("hasta")) is not None:
        dia_siguiente = fin if isinstance(fin, datetime) else localise(datetime.combine(fin + UN_DIA, time()), ZONA)
        consulta = consulta.where(columna < dia_siguiente)
    return consulta


def dia_escrito(momento: datetime) -> str:
    """The day of an instant as people write it: `21/11/2026`."""
    return f"{momento.astimezone(zone(ZONA)):%d/%m/%Y}"
