"""Whether freed time suits one who waits, and where in it their appointment would be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from citas.dominio.intervalos import unir
from citas.dominio.politicas import Politica
from citas.dominio.reloj import DIA, Intervalo, fecha_local, franja


@dataclass(frozen=True)
class Ventana:
    """When somebody could come. Days on the centre's calendar, inclusive; hours in minutes since midnight there.

    `dias`: 0 for Monday; empty for any.
    """

    desde: date
    hasta: date
    hora_desde: int | None = None
    hora_hasta: int | None = None
    dias: frozenset[int] = frozenset()

    def dentro_de(self, tiempo: Intervalo, zona: ZoneInfo) -> list[Intervalo]:
        """The instants of the days that `tiempo` touches at which the appointment may be."""
        dia, ultimo = fecha_local(tiempo[0], zona), fecha_local(tiempo[1] - 1, zona)
        piezas: list[Intervalo] = []
        while dia <= ultimo:
            if self.desde <= dia <= self.hasta and (not self.dias or dia.weekday() in self.dias):
                piezas += [
                    (inicio, fin)
                    for inicio, fin, _ in franja(
                        dia,
                        0 if self.hora_desde is None else self.hora_desde,
                        DIA if self.hora_hasta is None else self.hora_hasta,
                        zona,
                    )
                ]
            dia += timedelta(days=1)
        return unir(piezas)


def primer_lugar(
    hueco: Intervalo, libres: Sequence[Intervalo], ventana: Sequence[Intervalo], politica: Politica
) -> Intervalo | None:
    """The earliest appointment of the policy's length inside the freed time and the window; None when none fits.

    `libres`: when the doctor is free, around the freed time too, as the time to prepare and to tidy up lies there.
    """
    for desde, hasta in ventana:
        for libre_desde, libre_hasta in libres:
            inicio = max(hueco[0], desde, libre_desde + politica.holgura_antes_minutos)
            fin = inicio + politica.duracion_minutos
            if fin <= min(hueco[1], hasta) and fin + politica.holgura_despues_minutos <= libre_hasta:
                return inicio, fin
    return None
