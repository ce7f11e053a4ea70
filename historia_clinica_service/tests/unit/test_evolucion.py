"""The picture of pressure and acuity over time."""

from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

from historia_clinica.dominio.evolucion import ALTO, ANCHO, Punto, Series, dibujar

SVG = "{http://www.w3.org/2000/svg}"


def serie(*valores: str, cada: int = 30, firmado: bool = True) -> list[Punto]:
    return [
        Punto(date(2026, 1, 15) + timedelta(days=cada * lugar), Decimal(valor), firmado)
        for lugar, valor in enumerate(valores)
    ]


def test_los_dos_ojos_se_distinguen_sin_color_y_lo_no_firmado_queda_hueco() -> None:
    svg = ElementTree.fromstring(
        dibujar("Evolución", Series(serie("24", "18"), serie("22", "16", firmado=False)), Series(serie("0.30"), []))
    )
    rayas = svg.findall(f"{SVG}polyline")
    assert [raya.get("stroke-dasharray") for raya in rayas] == [None, "6 4"]
    # OD: of pressure and of acuity, with one in the legend; OI likewise.
    assert len(svg.findall(f"{SVG}circle")) == 2 + 1 + 1
    huecos = [cuadro for cuadro in svg.findall(f"{SVG}rect[@width='8']") if cuadro.get("fill") == "#ffffff"]
    assert [cuadro.find(f"{SVG}title").text for cuadro in huecos] == [
        "OI 15/01/2026: 22 mmHg",
        "OI 14/02/2026: 16 mmHg",
    ]  # type: ignore[union-attr]
    assert "Rango normal 10–21" in "".join(svg.itertext())


def test_lo_mayor_esta_mas_arriba_y_la_mejor_vision_tambien() -> None:
    svg = ElementTree.fromstring(dibujar("E", Series(serie("10", "40"), []), Series(serie("0.00", "3.00"), [])))
    alturas = [float(c.get("cy", 0)) for c in svg.findall(f"{SVG}circle") if c.find(f"{SVG}title") is not None]
    assert alturas[0] > alturas[1]
    assert alturas[2] < alturas[3]
    assert all(
        0 < float(c.get("cx", 0)) < ANCHO and 0 < float(c.get("cy", 0)) < ALTO for c in svg.iter(f"{SVG}circle")
    )


def test_sin_datos_lo_dice() -> None:
    dibujo = dibujar("Evolución", Series(), Series())
    ElementTree.fromstring(dibujo)
    assert dibujo.count("Sin datos en este período") == 2


def test_un_nombre_no_se_sale_de_su_texto() -> None:
    dibujo = dibujar("<script>&", Series(), Series())
    ElementTree.fromstring(dibujo)
    assert "<script>" not in dibujo
