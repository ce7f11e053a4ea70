"""Free slots by brute force: minute by minute, as a person would check them on a clock. Slow and plain on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from citas.dominio.agenda import Bloqueo, Horario
from citas.dominio.politicas import Politica


@dataclass
class Mundo:
    """One doctor at one centre; intervals are aware datetimes."""

    zona: ZoneInfo
    horarios: Sequence[Horario]
    politica: Politica
    bloqueos: Sequence[Bloqueo] = ()
    feriados: Sequence[date] = ()
    ocupado: Sequence[tuple[datetime, datetime]] = field(default_factory=list)
    otros: Sequence[tuple[datetime, datetime]] = field(default_factory=list)

    def lectura(self, instante: datetime) -> datetime:
        """What the clock at the centre shows."""
        return instante.astimezone(self.zona).replace(tzinfo=None)

    def trabaja(self, instante: datetime) -> bool:
        """Whether the doctor is there at this minute."""
        local = self.lectura(instante)
        minutos = local.hour * 60 + local.minute
        return (
            any(h.rige(local.date()) and h.desde <= minutos < h.hasta for h in self.horarios)
            and local.date() not in self.feriados
            and not any(self._bloqueado(b, instante) for b in self.bloqueos)
        )

    def _bloqueado(self, bloqueo: Bloqueo, instante: datetime) -> bool:
        # Only one-off blocks: how rules repeat is tested for itself.
        inicio, fin = (m.replace(tzinfo=bloqueo.zona).astimezone(UTC) for m in (bloqueo.inicio, bloqueo.fin))
        return inicio <= instante < fin

    def es_comienzo(self, instante: datetime) -> bool:
        """Whether appointments are offered to begin at this minute."""
        local = self.lectura(instante)
        minutos = local.hour * 60 + local.minute
        return any(
            h.rige(local.date()) and h.desde <= minutos < h.hasta and (minutos - h.desde) % h.turno == 0
            for h in self.horarios
        )

    def se_puede(self, inicio: datetime, ahora: datetime) -> bool:
        """Whether an appointment of the policy's length may begin then."""
        p = self.politica
        fin = inicio + timedelta(minutes=p.duracion_minutos)
        antes, despues = timedelta(minutes=p.holgura_antes_minutos), timedelta(minutes=p.holgura_despues_minutos)
        if inicio <= ahora or inicio < ahora + timedelta(minutes=p.anticipacion_minutos):
            return False
        if p.horizonte_dias is not None and inicio > ahora + timedelta(days=p.horizonte_dias):
            return False
        if any(inicio - antes < hasta and desde < fin + despues for desde, hasta in self.ocupado):
            return False
        if any(inicio < hasta and desde < fin for desde, hasta in self.otros):
            return False
        return all(self.trabaja(inicio + timedelta(minutes=n)) for n in range(p.duracion_minutos))

    def turnos(self, desde: date, hasta: date, ahora: datetime) -> Iterator[datetime]:
        """All starts on these days."""
        instante = datetime(desde.year, desde.month, desde.day, tzinfo=UTC) - timedelta(hours=15)
        final = datetime(hasta.year, hasta.month, hasta.day, tzinfo=UTC) + timedelta(hours=39)
        while instante < final:
            if (
                desde <= self.lectura(instante).date() <= hasta
                and self.es_comienzo(instante)
                and self.se_puede(instante, ahora)
            ):
                yield instante
            instante += timedelta(minutes=1)
