"""Instalments: when they are due, what they come to, what of them is paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from dateutil.relativedelta import relativedelta

from comun.money import CENT, ZERO


class Intervalo(StrEnum):
    """From one instalment to the next."""

    SEMANAL = "semanal"
    QUINCENAL = "quincenal"
    MENSUAL = "mensual"


_DIAS = {Intervalo.SEMANAL: 7, Intervalo.QUINCENAL: 15}


def vencimientos(primera: date, numero: int, intervalo: Intervalo) -> list[date]:
    """Monthly ones on the same day of the month, or its last one."""
    if intervalo is Intervalo.MENSUAL:
        return [primera + relativedelta(months=cual) for cual in range(numero)]
    return [primera + timedelta(days=_DIAS[intervalo] * cual) for cual in range(numero)]


def montos(total: Decimal, numero: int) -> list[Decimal]:
    """Equal ones; the cents that are left over go to the last."""
    una = (total / numero).quantize(CENT, ROUND_DOWN)
    return [*[una] * (numero - 1), total - una * (numero - 1)]


def pagado_de_cada_una(montos: Sequence[Decimal], saldo: Decimal) -> list[Decimal]:
    """What of each is paid when so much is owed: the earliest first. More than all of them is owed: nothing."""
    queda = max(sum(montos, ZERO) - saldo, ZERO)
    pagado = []
    for monto in montos:
        pagado.append(min(monto, queda))
        queda -= pagado[-1]
    return pagado
