"""Whatever is noted in whatever order: what holds follows from it, counts once, and can be drawn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from historia_clinica.dibujos.odontograma import dibujar_odontograma
from historia_clinica.dibujos.periodontograma import dibujar_periodontograma
from historia_clinica.dominio.catalogo_dental import CATALOGO, Ambito
from historia_clinica.dominio.indices_dentales import indices
from historia_clinica.dominio.odontograma import Entrada, boca_en, defectos, diferencias
from historia_clinica.dominio.periodonto import SITIOS, Sitio, resumir
from historia_clinica.dominio.piezas import PIEZAS, SUPERFICIES, leer_superficies

INICIO = datetime(2026, 1, 5, tzinfo=UTC)
FIN = INICIO + timedelta(days=40)


@st.composite
def entradas(draw: st.DrawFn) -> list[Entrada]:
    """Entries on few teeth, each as its kind must be, though not always possible after those before it."""
    hechas: list[Entrada] = []
    for numero in range(1, draw(st.integers(1, 12))):
        tipo = CATALOGO[draw(st.sampled_from(sorted(CATALOGO)))]
        pieza = draw(st.sampled_from((36, 11, 75)))
        cuales = draw(st.sets(st.sampled_from(SUPERFICIES), min_size=1)) if tipo.ambito != Ambito.PIEZA else set()
        estado = draw(st.sampled_from(tipo.estados))
        grado = 1 if tipo.grado_maximo else None
        if defectos(pieza, tipo.codigo, leer_superficies(cuales), estado, None, grado):
            continue
        momento = INICIO + timedelta(days=draw(st.integers(0, 30)))
        hechas.append(Entrada(numero, pieza, tipo.codigo, estado, momento, frozenset(cuales), grado=grado))
    return hechas


@settings(max_examples=40)
@given(entradas(), st.randoms(use_true_random=False), st.integers(0, 30))
def test_de_toda_boca(noted: list[Entrada], azar: object, dia: int) -> None:
    revueltas = list(noted)
    azar.shuffle(revueltas)  # type: ignore[attr-defined]
    boca, medio = boca_en(noted, FIN), boca_en(noted, INICIO + timedelta(days=dia))
    assert boca == boca_en(revueltas, FIN)
    for vigentes in boca.values():
        assert all(v.superficies <= v.entrada.superficies for v in vigentes)
        assert all(bool(v.superficies) == bool(v.entrada.superficies) for v in vigentes)
        assert len({v.entrada.id for v in vigentes}) == len(vigentes)
    cuentas = indices(boca).documento()
    assert cuentas["cpo_d"]["total"] + cuentas["ceo_d"]["total"] <= len(boca)
    assert diferencias(boca, boca) == []
    assert {c.pieza for c in diferencias(medio, boca)} == {
        pieza for pieza in PIEZAS if set(medio.get(pieza, ())) != set(boca.get(pieza, ()))
    }
    dibujo = ElementTree.fromstring(dibujar_odontograma(boca, "<&\"'>", "", cuentas))
    assert len(dibujo.findall(".//{http://www.w3.org/2000/svg}g/{http://www.w3.org/2000/svg}title")) == len(PIEZAS)


@settings(max_examples=25)
@given(
    st.lists(
        st.builds(
            Sitio,
            st.sampled_from(PIEZAS),
            st.sampled_from(SITIOS),
            st.none() | st.integers(0, 15),
            st.none() | st.integers(-10, 15),
            *[st.none() | st.booleans()] * 3,
        ),
        max_size=30,
        unique_by=lambda sitio: (sitio.pieza, sitio.sitio),
    )
)
def test_todo_periodontograma_se_resume_y_se_dibuja(sitios: list[Sitio]) -> None:
    resumen = resumir(sitios)
    assert all(parte is None or 0 <= parte <= 100 for parte in (resumen.sangrado_pct, resumen.placa_pct))
    assert resumen.sitios_con_bolsa_profunda <= resumen.sitios_con_bolsa <= resumen.sitios_medidos <= len(sitios)
    ElementTree.fromstring(dibujar_periodontograma(sitios, resumen, "Título & más", "<hoy>"))
