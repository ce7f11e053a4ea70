"""Figures of a periodontal chart and of a treatment plan."""

from decimal import Decimal

from historia_clinica.dominio.periodonto import Sitio, defectos, resumir
from historia_clinica.dominio.planes import EN_MARCHA, PASOS_DEL_ITEM, PASOS_DEL_PLAN, EstadoItem, EstadoPlan, avance


def test_la_insercion_perdida_suma_bolsa_y_recesion() -> None:
    assert Sitio(16, "mv", sondaje=5, margen=2).nic == 7
    assert Sitio(16, "mv", sondaje=4, margen=-3).nic == 1
    assert Sitio(16, "mv", sondaje=4).nic is None


def test_los_porcentajes_son_de_lo_que_se_miro() -> None:
    resumen = resumir(
        [
            Sitio(16, "mv", sondaje=3, margen=0, sangrado=False, placa=True),
            Sitio(16, "v", sondaje=4, margen=1, sangrado=True),
            Sitio(17, "v", sondaje=7),
            Sitio(17, "l"),
        ]
    )
    assert (resumen.piezas, resumen.sitios_medidos) == (2, 3)
    assert (resumen.sangrado_pct, resumen.placa_pct, resumen.supuracion_pct) == (Decimal(50), Decimal(100), None)
    assert (resumen.sondaje_medio_mm, resumen.nic_medio_mm) == (Decimal("4.7"), Decimal("4.0"))
    assert (resumen.sitios_con_bolsa, resumen.sitios_con_bolsa_profunda, resumen.sondaje_maximo_mm) == (2, 1, 7)
    assert resumir([]).sondaje_medio_mm is None


def test_solo_lo_multirradicular_tiene_furca() -> None:
    assert set(defectos(11, 2, vacia=False)) == {"furca"}
    assert defectos(14, 1, vacia=False) == defectos(46, 3, vacia=False) == defectos(11, 0, vacia=False) == {}
    assert set(defectos(46, None, vacia=True)) == {"sitios"}


def test_lo_descartado_no_suma() -> None:
    cifras = avance(
        [
            ("realizado", Decimal("40.10")),
            ("pendiente", Decimal("60")),
            ("programado", Decimal("0.20")),
            ("descartado", Decimal("500")),
        ]
    )
    assert (cifras.total, cifras.total_realizado, cifras.total_pendiente) == (
        Decimal("100.30"),
        Decimal("40.10"),
        Decimal("60.20"),
    )
    assert (cifras.items, cifras.realizados, cifras.descartados, cifras.avance_pct) == (3, 1, 1, Decimal("33.3"))
    assert (avance([]).total, avance([]).avance_pct) == (0, 0)


def test_lo_aceptado_ya_no_se_cambia_y_lo_terminado_no_vuelve() -> None:
    assert all(EstadoPlan.BORRADOR not in PASOS_DEL_PLAN[estado] for estado in EN_MARCHA)
    assert set(PASOS_DEL_PLAN) == set(EstadoPlan)
    assert set(PASOS_DEL_ITEM) == set(EstadoItem)
    assert PASOS_DEL_ITEM[EstadoItem.REALIZADO] == frozenset()
