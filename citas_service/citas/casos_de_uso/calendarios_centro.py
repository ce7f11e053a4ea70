"""Which public holidays a centre keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from citas.casos_de_uso.citas_fuera import cambiar_reglas
from citas.casos_de_uso.horarios import exigir_centro
from citas.clientes.admin import Involucrados, admin
from citas.dominio import feriados
from citas.extensiones import db
from citas.modelos import CalendarioCentro, CentroRef, Cita
from citas.modelos.reglas import PAIS
from comun.auth.caller import Caller
from comun.db import now, release
from comun.errors import Invalid, NotFound, Unavailable
from comun.preconditions import check_version

# The version of a calendar that is not in the database.
SIN_GUARDAR = 0
DIAS_MAXIMOS = 2 * 366


def consultar_centro(centro_id: int, sala_id: int | None = None) -> Involucrados:
    """What admin_service says of a centre: NotFound when there is none; Invalid when it has no such room."""
    release(db.session)
    try:
        return admin().involucrados(centro_id=centro_id, sala_id=sala_id)
    except Invalid as error:
        if "centro_id" in error.errores:
            raise NotFound(CalendarioCentro.AUSENTE) from None
        raise


def exigir_que_exista(centro_id: int) -> None:
    """NotFound without the centre. Nothing is said against one of which nobody can be asked now."""
    if db.session.get(CentroRef, centro_id) is None:
        with suppress(Unavailable):
            consultar_centro(centro_id)


def calendario_de(centro_id: int) -> CalendarioCentro:
    """The centre's calendar, or the one that holds while nobody has said anything. NotFound without the centre."""
    if db.session.get(CentroRef, centro_id) is None:
        consultar_centro(centro_id)
    return _guardado(centro_id) or CalendarioCentro(id=centro_id, pais=PAIS, abre=[], version=SIN_GUARDAR)


def periodo(filtro: Mapping[str, date]) -> tuple[date, date]:
    """The days asked for, this year's when nothing is said. Invalid when they are too many, or none."""
    ano = filtro.get("desde", filtro.get("hasta", now())).year
    desde, hasta = filtro.get("desde", date(ano, 1, 1)), filtro.get("hasta", date(ano, 12, 31))
    if hasta < desde:
        raise Invalid({"hasta": ["Es anterior a «desde»."]})
    if (hasta - desde).days >= DIAS_MAXIMOS:
        raise Invalid({"hasta": ["Se piden a lo más dos años."]})
    return desde, hasta


def feriados_entre(calendario: CalendarioCentro, desde: date, hasta: date) -> list[dict[str, Any]]:
    """The holidays of the centre's country on these days, both inclusive, and whether the centre works."""
    if calendario.pais is None:
        return []
    return [
        {"fecha": dia, "nombre": nombre, "atiende": dia.isoformat() in calendario.abre}
        for ano in range(desde.year, hasta.year + 1)
        for dia, nombre in feriados.del_ano(calendario.pais, ano).items()
        if desde <= dia <= hasta
    ]


def cambiar_calendario(
    centro_id: int, cambios: Mapping[str, Any], quien: Caller, *, confirmar: bool
) -> CalendarioCentro:
    """Another country's holidays, or none. Forbidden, NotFound, Conflict (it leaves appointments outside)."""

    def cambio(calendario: CalendarioCentro) -> None:
        for campo, valor in cambios.items():
            setattr(calendario, campo, valor)

    return _cambiar(centro_id, cambio, quien, confirmar=confirmar)


def decidir_feriado(centro_id: int, dia: date, atiende: bool, quien: Caller, *, confirmar: bool) -> dict[str, Any]:
    """Whether the centre works on a holiday. As `cambiar_calendario`; NotFound too when it is no holiday."""

    def cambio(calendario: CalendarioCentro) -> None:
        if not feriados_entre(calendario, dia, dia):
            raise NotFound("Ese día no es feriado en el calendario del centro.")
        otros = {abierto for abierto in calendario.abre if abierto != dia.isoformat()}
        abre = sorted({*otros, dia.isoformat()} if atiende else otros)
        if abre != calendario.abre:
            calendario.abre = abre

    calendario = _cambiar(centro_id, cambio, quien, confirmar=confirmar)
    (feriado,) = feriados_entre(calendario, dia, dia)
    return {**feriado, "citas_fuera": calendario.citas_fuera}


def _cambiar(
    centro_id: int, cambio: Callable[[CalendarioCentro], None], quien: Caller, *, confirmar: bool
) -> CalendarioCentro:
    exigir_centro(centro_id, quien)
    if db.session.get(CentroRef, centro_id) is None:
        consultar_centro(centro_id).recordar()
    cambiado: list[CalendarioCentro] = []

    def en_su_turno() -> None:
        calendario = calendario_de(centro_id)
        check_version(calendario)
        if calendario.version == SIN_GUARDAR:
            calendario.version = 1
            db.session.add(calendario)
        cambio(calendario)
        cambiado.append(calendario)

    fuera = cambiar_reglas(Cita.centro_id == centro_id, None, en_su_turno, confirmar=confirmar)
    (calendario,) = cambiado
    calendario.citas_fuera = fuera
    return calendario


def _guardado(centro_id: int) -> CalendarioCentro | None:
    # Read anew: somebody else may have changed it while this one waited for its turn.
    return db.session.get(CalendarioCentro, centro_id, populate_existing=True)
