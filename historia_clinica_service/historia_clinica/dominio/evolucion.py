"""Pressure and acuity of both eyes over time, drawn as SVG: two panels, one above the other.

The eyes are told apart by mark and line as well as by colour (OD: round, drawn through; OI: square, dashed), and what
is not signed yet is hollow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil, floor
from xml.sax.saxutils import escape

from historia_clinica.dominio.ojos import PRESION_MAXIMA, PRESION_MINIMA, Ojo, cifra

ANCHO, ALTO = 860, 610
IZQUIERDA, DERECHA = 70, 810
COLORES = {Ojo.OD: "#0b5394", Ojo.OI: "#b45309"}
FRANJA = "#d9f2e3"
FECHAS_ESCRITAS = 7


@dataclass(frozen=True)
class Punto:
    """One measurement: the day, on the clock of whoever reads it, the value, and whether its exam is signed."""

    dia: date
    valor: Decimal
    firmado: bool = True


@dataclass(frozen=True)
class Series:
    """The measurements of both eyes in order of time."""

    od: Sequence[Punto] = ()
    oi: Sequence[Punto] = ()

    def cada_ojo(self) -> tuple[tuple[Ojo, Sequence[Punto]], ...]:
        """Eye and measurements, the right one first."""
        return (Ojo.OD, self.od), (Ojo.OI, self.oi)

    @property
    def puntos(self) -> list[Punto]:
        """Those of both."""
        return [*self.od, *self.oi]


@dataclass(frozen=True)
class _Panel:
    """Where a panel stands (in px) and what its axis goes through, from below upwards."""

    titulo: str
    unidad: str
    arriba: int
    abajo: int
    desde: float
    hasta: float
    paso: float

    def y(self, valor: float) -> float:
        return self.abajo - (valor - self.desde) / (self.hasta - self.desde) * (self.abajo - self.arriba)

    def marcas(self) -> list[float]:
        cuantas = round(abs(self.hasta - self.desde) / abs(self.paso))
        return [round(self.desde + self.paso * lugar, 2) for lugar in range(cuantas + 1)]


@dataclass(frozen=True)
class _Tiempo:
    """The axis of time, common to both panels."""

    primero: date
    ultimo: date

    def x(self, dia: date) -> float:
        return IZQUIERDA + (dia - self.primero).days / (self.ultimo - self.primero).days * (DERECHA - IZQUIERDA)

    def marcas(self) -> list[date]:
        dias = (self.ultimo - self.primero).days
        cuantas = min(FECHAS_ESCRITAS, dias + 1)
        return [self.primero + timedelta(days=round(dias * lugar / (cuantas - 1))) for lugar in range(cuantas)]


def dibujar(titulo: str, presion: Series, agudeza: Series) -> str:
    """The picture as an SVG document. `presion` in mmHg, `agudeza` in logMAR (drawn with the better vision above)."""
    tiempo = _tiempo([punto.dia for punto in (*presion.puntos, *agudeza.puntos)])
    partes = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ANCHO} {ALTO}" width="{ANCHO}" height="{ALTO}"'
        ' role="img" font-family="sans-serif" font-size="12" fill="#1f2933">',
        f"<title>{escape(titulo)}</title>",
        f"<desc>{escape(_descripcion(presion, agudeza))}</desc>",
        f'<rect width="{ANCHO}" height="{ALTO}" fill="#ffffff"/>',
        f'<text x="{IZQUIERDA}" y="24" font-size="16" font-weight="bold">{escape(titulo)}</text>',
        *_leyenda(),
        *_panel(_de_presion(presion), presion, tiempo),
        *_panel(_de_agudeza(agudeza), agudeza, tiempo),
        "</svg>",
    ]
    return "\n".join(partes)


def _tiempo(dias: Sequence[date]) -> _Tiempo | None:
    if not dias:
        return None
    primero, ultimo = min(dias), max(dias)
    # Points don't stand on the edge, and one day alone has some room about it.
    margen = timedelta(days=max(1, (ultimo - primero).days // 40))
    return _Tiempo(primero - margen, ultimo + margen)


def _de_presion(series: Series) -> _Panel:
    mayor = max([30, *(ceil(punto.valor / 10) * 10 for punto in series.puntos)])
    return _Panel("Presión intraocular", "mmHg", 96, 306, 0, mayor, 5 if mayor <= 40 else 10)


def _de_agudeza(series: Series) -> _Panel:
    valores = [float(punto.valor) for punto in series.puntos]
    peor = max([1.0, *(ceil(valor * 2) / 2 for valor in valores)])
    mejor = min([-0.2, *(floor(valor * 5) / 5 for valor in valores)])
    paso = 0.2 if peor <= 1 else 0.5
    # From below, where vision is worst, so that the marks are whole steps from there.
    hasta = peor - ceil(round((peor - mejor) / paso, 6)) * paso
    return _Panel("Agudeza visual (la mejor medida de cada examen)", "logMAR", 366, 576, peor, round(hasta, 2), -paso)


def _panel(panel: _Panel, series: Series, tiempo: _Tiempo | None) -> Iterable[str]:
    yield f'<text x="{IZQUIERDA}" y="{panel.arriba - 10}" font-weight="bold">{panel.titulo}, {panel.unidad}</text>'
    if panel.unidad == "mmHg":
        yield from _objetivo(panel)
    yield from _ejes(panel, tiempo)
    if tiempo is None or not series.puntos:
        x, y = (IZQUIERDA + DERECHA) // 2, (panel.arriba + panel.abajo) // 2
        yield f'<text x="{x}" y="{y}" text-anchor="middle">Sin datos en este período</text>'
        return
    for ojo, puntos in series.cada_ojo():
        yield from _curva(ojo, [(tiempo.x(p.dia), panel.y(float(p.valor)), p) for p in puntos], panel.unidad)


def _objetivo(panel: _Panel) -> Iterable[str]:
    arriba, abajo = panel.y(float(PRESION_MAXIMA)), panel.y(float(PRESION_MINIMA))
    yield (
        f'<rect x="{IZQUIERDA}" y="{arriba:.1f}" width="{DERECHA - IZQUIERDA}" height="{abajo - arriba:.1f}"'
        f' fill="{FRANJA}"/>'
    )


def _ejes(panel: _Panel, tiempo: _Tiempo | None) -> Iterable[str]:
    for marca in panel.marcas():
        y = panel.y(marca)
        yield f'<line x1="{IZQUIERDA}" y1="{y:.1f}" x2="{DERECHA}" y2="{y:.1f}" stroke="#d5dbe1"/>'
        yield f'<text x="{IZQUIERDA - 8}" y="{y + 4:.1f}" text-anchor="end">{marca:g}</text>'
    for dia in tiempo.marcas() if tiempo else ():
        x = tiempo.x(dia) if tiempo else 0
        yield f'<line x1="{x:.1f}" y1="{panel.abajo}" x2="{x:.1f}" y2="{panel.abajo + 5}" stroke="#52606d"/>'
        yield f'<text x="{x:.1f}" y="{panel.abajo + 19}" text-anchor="middle" font-size="11">{dia:%d/%m/%Y}</text>'
    yield f'<path d="M{IZQUIERDA} {panel.arriba}V{panel.abajo}H{DERECHA}" fill="none" stroke="#52606d"/>'


def _curva(ojo: Ojo, puntos: Sequence[tuple[float, float, Punto]], unidad: str) -> Iterable[str]:
    if len(puntos) > 1:
        camino = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in puntos)
        yield f'<polyline points="{camino}" fill="none" stroke="{COLORES[ojo]}" stroke-width="2"{_trazo(ojo)}/>'
    for x, y, punto in puntos:
        yield _marca(ojo, x, y, punto.firmado, f"{ojo.upper()} {punto.dia:%d/%m/%Y}: {cifra(punto.valor)} {unidad}")


def _trazo(ojo: Ojo) -> str:
    return ' stroke-dasharray="6 4"' if ojo == Ojo.OI else ""


def _marca(ojo: Ojo, x: float, y: float, firmado: bool, dice: str = "") -> str:
    pintura = f'fill="{COLORES[ojo] if firmado else "#ffffff"}" stroke="{COLORES[ojo]}" stroke-width="2"'
    titulo = f"<title>{escape(dice)}</title>" if dice else ""
    if ojo == Ojo.OD:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" {pintura}>{titulo}</circle>'
    return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" {pintura}>{titulo}</rect>'


def _leyenda() -> Iterable[str]:
    y = 46
    for ojo, x, nombre in ((Ojo.OD, IZQUIERDA, "OD (derecho)"), (Ojo.OI, IZQUIERDA + 160, "OI (izquierdo)")):
        linea = f'<line x1="{x}" y1="{y}" x2="{x + 34}" y2="{y}" stroke="{COLORES[ojo]}" stroke-width="2"'
        yield f"{linea}{_trazo(ojo)}/>"
        yield _marca(ojo, x + 17, y, True)
        yield f'<text x="{x + 42}" y="{y + 4}">{nombre}</text>'
    yield f'<text x="{IZQUIERDA + 320}" y="{y + 4}">Sin relleno: examen sin firmar</text>'
    yield f'<rect x="{IZQUIERDA + 530}" y="{y - 7}" width="22" height="14" fill="{FRANJA}"/>'
    yield f'<text x="{IZQUIERDA + 560}" y="{y + 4}">Rango normal {PRESION_MINIMA}–{PRESION_MAXIMA} mmHg</text>'


def _descripcion(presion: Series, agudeza: Series) -> str:
    """What the picture says, for who can't see it."""
    frases = []
    for nombre, unidad, series in (("Presión", "mmHg", presion), ("Agudeza", "logMAR", agudeza)):
        for ojo, puntos in series.cada_ojo():
            dichos = "; ".join(f"{punto.dia:%d/%m/%Y} {cifra(punto.valor)}" for punto in puntos)
            frases.append(f"{nombre} {ojo.upper()} ({unidad}): {dichos or 'sin datos'}.")
    return " ".join(frases)
