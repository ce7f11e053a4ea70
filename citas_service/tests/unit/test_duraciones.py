"""How long an appointment takes: what is said of a treatment goes before what is said of all."""

from decimal import Decimal
from zoneinfo import ZoneInfo

from citas.dominio.agenda import Agenda, Centro, Doctor
from citas.dominio.deseos import Deseo
from citas.dominio.politicas import Politica

UNA = Decimal(1)


def agenda(**politicas: dict[str, object]) -> Agenda:
    """Treatment 1 takes 45 minutes and 2 takes 20; `red`, `centro`, `uno`, `uno_aqui`: policies."""
    lugares = {"red": (None, None), "centro": (1, None), "uno": (None, 1), "uno_aqui": (1, 1)}
    return Agenda(
        base=Politica(duracion_minutos=30),
        centros={1: Centro(1, ZoneInfo("America/Guayaquil"))},
        doctores={1: Doctor(1, servicios=frozenset({1, 2}))},
        politicas={lugares[nombre]: dicho for nombre, dicho in politicas.items()},
        duraciones={1: 45, 2: 20},
    )


def test_lo_mas_preciso_vale() -> None:
    capas: dict[str, dict[str, object]] = {}
    assert agenda().duracion(1, [(1, UNA)]) == 45
    for nombre, minutos, con_uno, sin_nada in (
        ("red", 10, 45, 10), ("centro", 15, 45, 15), ("uno", 50, 50, 15), ("uno_aqui", 55, 55, 15),
    ):  # fmt: skip
        capas[nombre] = {"duracion_minutos": minutos}
        assert agenda(**capas).duracion(1, [(1, UNA)]) == con_uno
        assert agenda(**capas).duracion(1, []) == sin_nada


def test_varios_se_suman_cada_uno_tantas_veces_y_se_redondea_hacia_arriba() -> None:
    assert agenda().duracion(1, [(1, UNA), (2, Decimal(3))]) == 45 + 60
    assert agenda().duracion(1, [(2, Decimal("1.33"))]) == 27
    assert agenda(uno={"duracion_minutos": 60}).duracion(1, [(2, UNA), (1, UNA)]) == 80


def test_de_uno_del_que_no_se_sabe_nada_vale_lo_general() -> None:
    assert agenda().duracion(1, [(9, UNA), (2, UNA)]) == 50


def test_una_sesion_de_grupo_toma_lo_suyo() -> None:
    de_grupo = agenda(uno={"duracion_minutos": 60, "capacidad": 5})
    assert de_grupo.duracion(1, [(1, UNA), (2, UNA)]) == 60


def test_el_doctor_debe_ofrecer_todo_lo_que_se_hace() -> None:
    posible = Deseo(1, 1, 1000, 1030, 1, otros=(2,))
    assert agenda().impedimento(posible, 0) is None
    imposible = agenda().impedimento(Deseo(1, 1, 1000, 1030, 1, otros=(2, 3)), 0)
    assert imposible is not None
    assert imposible.codigo == "tratamiento_no_ofrecido"
