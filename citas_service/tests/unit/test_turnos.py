"""Free slots: exactly those that a person would find with a calendar and a clock, in any zone, on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citas.dominio.agenda import Agenda, Bloqueo, Centro, Doctor, Horario, Sala
from citas.dominio.deseos import Deseo
from citas.dominio.politicas import Politica
from citas.dominio.recurrencia import ReglaInvalida, normalizar, primeras, ultima
from citas.dominio.reloj import franja, minuto, momento
from citas.dominio.turnos import Busqueda, Ocupado, Sesion, Turno, turnos

from .referencia import Mundo

QUITO, GALAPAGOS = ZoneInfo("America/Guayaquil"), ZoneInfo("Pacific/Galapagos")
NUEVA_YORK, LORD_HOWE = ZoneInfo("America/New_York"), ZoneInfo("Australia/Lord_Howe")
# Days on which a clock changes: forward and back, by an hour and by half of one, at midnight and at two.
CAMBIOS = {
    NUEVA_YORK: (date(2027, 3, 14), date(2027, 11, 7)),
    LORD_HOWE: (date(2027, 4, 4), date(2027, 10, 3)),
    ZoneInfo("Europe/Madrid"): (date(2027, 3, 28), date(2027, 10, 31)),
    ZoneInfo("America/Asuncion"): (date(2023, 3, 26), date(2023, 10, 1)),
    ZoneInfo("Africa/Cairo"): (date(2027, 4, 30), date(2027, 10, 29)),
    QUITO: (date(2027, 1, 1), date(2027, 5, 24)),
    GALAPAGOS: (date(2027, 1, 1), date(2027, 5, 24)),
}
MEDIODIA = datetime(2027, 3, 1, 12)  # noqa: DTZ001 - a reading
LARGA_VISTA = datetime(2020, 1, 1, tzinfo=UTC)


def agenda_de(mundo: Mundo) -> Agenda:
    return Agenda(
        base=mundo.politica,
        centros={1: Centro(1, mundo.zona)},
        doctores={1: Doctor(1)},
        horarios=mundo.horarios,
        bloqueos=mundo.bloqueos,
    )


def encontrados(mundo: Mundo, desde: date, hasta: date, ahora: datetime = LARGA_VISTA) -> list[datetime]:
    ocupado = Ocupado(
        doctores={1: sorted((minuto(a), minuto(b)) for a, b in mundo.ocupado)},
        paciente=sorted((minuto(a), minuto(b)) for a, b in mundo.otros),
    )
    hallados = turnos(agenda_de(mundo), Busqueda([(1, 1)], desde, hasta), ocupado, minuto(ahora))
    return [momento(turno.inicio) for turno in hallados]


@st.composite
def mundos(draw: st.DrawFn) -> tuple[Mundo, date]:
    zona = draw(st.sampled_from(list(CAMBIOS)))
    dia = draw(st.sampled_from(CAMBIOS[zona])) + timedelta(days=draw(st.integers(-1, 1)))
    medianoche = datetime(dia.year, dia.month, dia.day, tzinfo=zona).astimezone(UTC)
    cuartos = st.integers(0, 96)
    franjas = draw(
        st.lists(st.tuples(st.integers(-1, 1), cuartos, cuartos, st.sampled_from([15, 20, 30, 45])), max_size=4)
    )
    horarios: list[Horario] = []
    for n, (cuando, a, b, turno) in enumerate(franjas):
        nuevo = Horario(n, 1, 1, (dia + timedelta(days=cuando)).weekday(), min(a, b) * 15, max(a, b) * 15, turno)
        # The database refuses hours that overlap.
        cruces = [h for h in horarios if h.dia_semana == nuevo.dia_semana]
        if a != b and all(h.hasta <= nuevo.desde or nuevo.hasta <= h.desde for h in cruces):
            horarios.append(nuevo)
    ratos = st.lists(st.tuples(st.integers(-60, 300), st.integers(1, 30)), max_size=5)

    def intervalos() -> list[tuple[datetime, datetime]]:
        libres: list[tuple[datetime, datetime]] = []
        for inicio, largo in sorted(draw(ratos)):
            desde = medianoche + timedelta(minutes=inicio * 7)
            if not libres or libres[-1][1] <= desde:
                libres.append((desde, desde + timedelta(minutes=largo * 7)))
        return libres

    lecturas = [[m.astimezone(zona).replace(tzinfo=None) for m in intervalo] for intervalo in intervalos()[:2]]
    bloqueos = [Bloqueo(n, inicio, fin, zona, doctor_id=1) for n, (inicio, fin) in enumerate(lecturas)]
    politica = Politica(
        duracion_minutos=draw(st.sampled_from([5, 20, 30, 45, 90])),
        holgura_antes_minutos=draw(st.sampled_from([0, 0, 10])),
        holgura_despues_minutos=draw(st.sampled_from([0, 0, 15])),
        anticipacion_minutos=draw(st.sampled_from([0, 60, 600])),
        horizonte_dias=draw(st.sampled_from([None, None, 1])),
    )
    bloqueos = [b for b in bloqueos if b.inicio < b.fin]
    return Mundo(zona, horarios, politica, bloqueos, [], intervalos(), intervalos()), dia


@settings(max_examples=40)
@given(mundos(), st.integers(-40, 40))
def test_los_turnos_son_los_que_hallaria_una_persona(caso: tuple[Mundo, date], hora: int) -> None:
    mundo, dia = caso
    ahora = datetime(dia.year, dia.month, dia.day, 7, 3, tzinfo=UTC) + timedelta(hours=hora)
    assert encontrados(mundo, dia, dia, ahora) == list(mundo.turnos(dia, dia, ahora))


@settings(max_examples=40)
@given(mundos(), st.integers(0, 96 * 3))
def test_lo_que_se_ofrece_cumple_las_reglas_y_lo_demas_no(caso: tuple[Mundo, date], paso: int) -> None:
    """The rule that a booking is held against says the same as the slots, minute by minute."""
    mundo, dia = caso
    if not mundo.horarios:
        return
    agenda = agenda_de(mundo)
    inicio = datetime(dia.year, dia.month, dia.day, tzinfo=mundo.zona).astimezone(UTC) + timedelta(minutes=5 * paso)
    fin = inicio + timedelta(minutes=mundo.politica.duracion_minutos)
    deseo = Deseo(1, 1, minuto(inicio), minuto(fin))
    trabaja = all(mundo.trabaja(inicio + timedelta(minutes=n)) for n in range(mundo.politica.duracion_minutos))
    assert (agenda.impedimento(deseo, minuto(LARGA_VISTA), apartado=True) is None) == trabaja


@pytest.mark.parametrize(
    ("zona", "dia", "horas"),
    [
        (NUEVA_YORK, date(2027, 3, 14), 23),
        (NUEVA_YORK, date(2027, 11, 7), 25),
        (LORD_HOWE, date(2027, 10, 3), 23.5),
        (QUITO, date(2027, 5, 3), 24),
        (ZoneInfo("America/Asuncion"), date(2023, 10, 1), 23),
    ],
)
def test_un_dia_dura_lo_que_dura_su_reloj(zona: ZoneInfo, dia: date, horas: float) -> None:
    assert sum(fin - inicio for inicio, fin, _ in franja(dia, 0, 1440, zona)) == horas * 60


def test_la_hora_que_se_repite_se_ofrece_dos_veces_y_la_que_falta_ninguna() -> None:
    cada_hora = [Horario(1, 1, 1, 6, 0, 240, 60)]
    mundo = Mundo(NUEVA_YORK, cada_hora, Politica(60))
    horas = [t.astimezone(NUEVA_YORK).hour for t in encontrados(mundo, date(2027, 11, 7), date(2027, 11, 7))]
    assert horas == [0, 1, 1, 2, 3]
    horas = [t.astimezone(NUEVA_YORK).hour for t in encontrados(mundo, date(2027, 3, 14), date(2027, 3, 14))]
    assert horas == [0, 1, 3]


def test_una_cita_larga_puede_ocupar_dos_franjas_seguidas_pero_no_saltar_el_almuerzo() -> None:
    lunes = date(2027, 5, 3)
    seguidas = [Horario(1, 1, 1, 0, 480, 540, 30), Horario(2, 1, 1, 0, 540, 600, 30)]
    horas = encontrados(Mundo(QUITO, seguidas, Politica(60)), lunes, lunes)
    assert [t.astimezone(QUITO).strftime("%H:%M") for t in horas] == ["08:00", "08:30", "09:00"]
    partidas = [Horario(1, 1, 1, 0, 480, 540, 30), Horario(2, 1, 1, 0, 550, 610, 30)]
    horas = encontrados(Mundo(QUITO, partidas, Politica(60)), lunes, lunes)
    assert [t.astimezone(QUITO).strftime("%H:%M") for t in horas] == ["08:00", "09:10"]


def test_quien_atiende_hasta_medianoche_y_desde_medianoche_puede_pasar_de_un_dia_a_otro() -> None:
    noche = [Horario(1, 1, 1, 0, 1380, 1440, 60), Horario(2, 1, 1, 1, 0, 60, 60)]
    lunes = date(2027, 5, 3)
    assert len(encontrados(Mundo(QUITO, noche, Politica(90)), lunes, lunes)) == 1


def test_los_feriados_del_ecuador_cierran_y_un_centro_puede_abrir() -> None:
    trabajo = [Horario(n, 1, 1, n, 480, 540, 60) for n in range(7)]
    batalla = date(2027, 5, 24)

    def hay(**centro: object) -> int:
        agenda = Agenda(
            base=Politica(60),
            centros={1: Centro(1, QUITO, **centro)},  # type: ignore[arg-type]
            doctores={1: Doctor(1)},
            horarios=trabajo,
        )
        return len(list(turnos(agenda, Busqueda([(1, 1)], batalla, batalla), Ocupado(), 0)))

    assert hay(pais="EC") == 0
    assert hay(pais="EC", abre=frozenset({batalla})) == 1
    assert hay(pais=None) == 1


def test_un_bloqueo_semanal_sigue_el_reloj_de_pared() -> None:
    """Lunch at noon is at noon before and after the clock changes."""
    trabajo = [Horario(n, 1, 1, n, 660, 840, 60) for n in range(7)]
    almuerzo = Bloqueo(1, MEDIODIA, MEDIODIA + timedelta(hours=1), NUEVA_YORK, "FREQ=DAILY", doctor_id=1)
    agenda = Agenda(
        base=Politica(60),
        centros={1: Centro(1, NUEVA_YORK)},
        doctores={1: Doctor(1)},
        horarios=trabajo,
        bloqueos=[almuerzo],
    )
    hallados = turnos(agenda, Busqueda([(1, 1)], date(2027, 3, 12), date(2027, 3, 16)), Ocupado(), 0)
    assert [momento(t.inicio).astimezone(NUEVA_YORK).hour for t in hallados] == [11, 13] * 5


class TestSalas:
    LUNES = date(2027, 5, 3)

    def hallar(
        self, *, tipo: str | None, habitual: int | None, salas: dict[int, list[tuple[int, int]]]
    ) -> list[Turno]:
        agenda = Agenda(
            base=Politica(60, tipo_sala=tipo),
            centros={1: Centro(1, QUITO)},
            doctores={1: Doctor(1)},
            horarios=[Horario(1, 1, 1, 0, 480, 600, 60, sala_id=habitual)],
            salas=[Sala(1, 1, "sillon"), Sala(2, 1, "quirofano"), Sala(3, 1, "quirofano")],
        )
        busqueda = Busqueda([(1, 1)], self.LUNES, self.LUNES)
        return list(turnos(agenda, busqueda, Ocupado(salas=salas), 0))

    def ocho(self) -> tuple[int, int]:
        inicio = minuto(datetime(2027, 5, 3, 8, tzinfo=QUITO))
        return inicio, inicio + 60

    def test_se_ofrece_la_primera_sala_libre_del_tipo_que_hace_falta(self) -> None:
        libres = self.hallar(tipo="quirofano", habitual=None, salas={2: [self.ocho()]})
        assert [t.sala_id for t in libres] == [3, 2]

    def test_sin_sala_libre_no_hay_turno(self) -> None:
        libres = self.hallar(tipo="quirofano", habitual=None, salas={2: [self.ocho()], 3: [self.ocho()]})
        assert [t.sala_id for t in libres] == [2]

    def test_sin_exigencia_el_doctor_usa_su_sala(self) -> None:
        assert [t.sala_id for t in self.hallar(tipo=None, habitual=1, salas={1: [self.ocho()]})] == [1]
        assert [t.sala_id for t in self.hallar(tipo=None, habitual=None, salas={})] == [None, None]


def test_una_sesion_de_grupo_se_ofrece_mientras_tenga_lugares() -> None:
    lunes = date(2027, 5, 3)
    agenda = Agenda(
        base=Politica(60, capacidad=8),
        centros={1: Centro(1, QUITO)},
        doctores={1: Doctor(1)},
        horarios=[Horario(1, 1, 1, 0, 480, 600, 60)],
    )
    ocho = minuto(datetime(2027, 5, 3, 8, tzinfo=QUITO))
    ocupado = Ocupado(doctores={1: [(ocho, ocho + 60)]}, sesiones={1: [Sesion(1, ocho, ocho + 60, None, 3)]})
    libres = list(turnos(agenda, Busqueda([(1, 1)], lunes, lunes), ocupado, 0))
    assert [(t.inicio - ocho, t.lugares) for t in libres] == [(0, 3), (60, 8)]


class TestReglasDeRepeticion:
    PRIMERA = datetime(2027, 3, 1, 10)  # noqa: DTZ001 - a reading

    @pytest.mark.parametrize(
        "mala",
        [
            "",
            "cada lunes",
            "FREQ=HOURLY",
            "FREQ=DAILY;BYDAY=MO",
            "FREQ=WEEKLY;BYSETPOS=1",
            "FREQ=WEEKLY;COUNT=0",
            "FREQ=WEEKLY;COUNT=3;UNTIL=20270401",
            "FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
            "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;INTERVAL=4",  # counted from a year that is no leap year
            "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;UNTIL=20280228",
            "FREQ=DAILY;BYMONTH=13",
            "FREQ=WEEKLY;UNTIL=ayer",
            "FREQ=WEEKLY;BYDAY=XX",
            "FREQ=WEEKLY;FREQ=DAILY",
            "FREQ=WEEKLY;BYHOUR=3",
        ],
    )
    def test_lo_que_no_es_una_regla_se_dice(self, mala: str) -> None:
        with pytest.raises(ReglaInvalida):
            normalizar(mala, self.PRIMERA, QUITO)

    @pytest.mark.parametrize(
        "rara",
        [
            "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;UNTIL=20280229",
            "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2;BYDAY=MO",
            "FREQ=YEARLY;INTERVAL=400",
            "FREQ=MONTHLY;BYMONTHDAY=31;COUNT=1",
        ],
    )
    def test_lo_que_ocurre_rara_vez_es_una_regla(self, rara: str) -> None:
        (alguna,) = primeras(normalizar(rara, self.PRIMERA, QUITO), self.PRIMERA, 1)
        assert alguna >= self.PRIMERA

    def test_un_final_en_utc_se_lee_en_el_reloj_del_centro(self) -> None:
        regla = normalizar("RRULE:freq=weekly;until=20270401T030000Z", self.PRIMERA, QUITO)
        assert regla == "FREQ=WEEKLY;UNTIL=20270331T220000"
        assert ultima(regla, self.PRIMERA) == self.PRIMERA + timedelta(days=28)

    def test_sin_final_no_hay_ultima(self) -> None:
        assert ultima("FREQ=WEEKLY", self.PRIMERA) is None
