"""A periodontal chart as a picture: gum margin and bottom of the pocket along both sides of both jaws.

Each side lies along a base line, the cement-enamel junction, with a line for every 3 mm towards the roots. What is
shaded between the margin and the bottom of the pocket is the probing depth.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from historia_clinica.dibujos.svg import Punto, camino, elemento, hoja, linea, poligono, rotulo
from historia_clinica.dominio.periodonto import BOLSA, Resumen, Sitio
from historia_clinica.dominio.piezas import FILAS, es_derecha

MARGEN = 74.0
PASO = 50.0
ANCHO = MARGEN + 16 * PASO + 20
_MM = 5.0  # height of a millimetre
_ALTO = 158.0
_CABECERA = 78.0
_ENCIA, _FONDO, _SANGRE, _PUS, _PLACA = "#c62828", "#0d47a1", "#e53935", "#f9a825", "#6d4c41"

Medidos = Mapping[tuple[int, str], Sitio]

# (row of teeth, side, roots are above, name)
_CARAS = (
    (FILAS[0], "v", True, "Superior vestibular"),
    (FILAS[0], "l", False, "Superior palatina"),
    (FILAS[3], "l", True, "Inferior lingual"),
    (FILAS[3], "v", False, "Inferior vestibular"),
)


def dibujar_periodontograma(sitios: Iterable[Sitio], resumen: Resumen, titulo: str, detalle: str) -> str:
    """The SVG document of a chart. `detalle`: a second line below the title."""
    medidos = {(sitio.pieza, sitio.sitio): sitio for sitio in sitios}
    partes = [
        rotulo(16, 26, titulo, tamano=16, ancla="start", font_weight="bold"),
        rotulo(16, 45, detalle, tamano=11, ancla="start"),
        rotulo(16, 62, _en_cifras(resumen), tamano=11, ancla="start"),
    ]
    for numero, (fila, cara, arriba, nombre) in enumerate(_CARAS):
        partes += _panel(medidos, fila, cara, arriba, nombre, _CABECERA + numero * _ALTO)
    fondo = _CABECERA + len(_CARAS) * _ALTO
    return hoja(ANCHO, fondo + 34, titulo, [*partes, *_leyenda(fondo + 14)])


def _en_cifras(resumen: Resumen) -> str:
    def parte(valor: object, unidad: str) -> str:
        return "sin medir" if valor is None else f"{valor}{unidad}"

    return " · ".join(
        (
            f"Sangrado {parte(resumen.sangrado_pct, ' %')}",
            f"Placa {parte(resumen.placa_pct, ' %')}",
            f"Sondaje medio {parte(resumen.sondaje_medio_mm, ' mm')}",
            f"Inserción media {parte(resumen.nic_medio_mm, ' mm')}",
            f"Sitios de {BOLSA} mm o más: {resumen.sitios_con_bolsa} de {resumen.sitios_medidos}",
        )
    )


def _panel(medidos: Medidos, fila: Sequence[int], cara: str, arriba: bool, nombre: str, y: float) -> list[str]:
    """One side of a jaw."""
    base = y + (98 if arriba else 48)
    hacia = -1 if arriba else 1
    partes = [rotulo(8, base + 4, nombre.split()[0], tamano=10, ancla="start")]
    partes.append(rotulo(8, base + 16, nombre.split()[1], tamano=10, ancla="start"))
    for mm in range(0, 16, 3):
        altura = base + hacia * mm * _MM
        partes.append(linea((MARGEN, altura), (MARGEN + 16 * PASO, altura), "#212121" if mm == 0 else "#e0e0e0"))
    encia: list[Punto] = []
    fondo: list[Punto] = []
    for columna, permanente in enumerate(fila):
        pieza = _la_que_hay(medidos, permanente)
        x = MARGEN + columna * PASO
        partes.append(rotulo(x + PASO / 2, base - hacia * 36 + 4, str(pieza), tamano=10, font_weight="bold"))
        for lugar, sitio in enumerate(_de_izquierda_a_derecha(pieza, cara)):
            punto = x + PASO * (lugar + 0.5) / 3
            if (medida := medidos.get((pieza, sitio))) is not None:
                partes += _marcas(medida, punto, base, hacia)
            if medida is None or medida.nic is None or medida.margen is None:
                partes += _tramo(encia, fondo)
                encia, fondo = [], []
            else:
                encia.append((punto, base + hacia * medida.margen * _MM))
                fondo.append((punto, base + hacia * medida.nic * _MM))
    return partes + _tramo(encia, fondo)


def _la_que_hay(medidos: Medidos, permanente: int) -> int:
    """The milk tooth in its place, when that is what was measured."""
    temporal = permanente + 40
    hay = {pieza for pieza, _ in medidos}
    return temporal if temporal in hay and permanente not in hay else permanente


def _de_izquierda_a_derecha(pieza: int, cara: str) -> tuple[str, ...]:
    sitios = (f"d{cara}", cara, f"m{cara}")
    return sitios if es_derecha(pieza) else sitios[::-1]


def _marcas(medida: Sitio, x: float, base: float, hacia: int) -> list[str]:
    """The depth as a number, red from 4 mm on, and a mark for each thing seen."""
    partes = []
    if medida.sondaje is not None:
        honda = medida.sondaje >= BOLSA
        estilo = {"fill": _ENCIA, "font_weight": "bold"} if honda else {"fill": "#222"}
        partes.append(rotulo(x, base - hacia * 24 + 3, str(medida.sondaje), tamano=9, **estilo))
    vistas = ((medida.sangrado, _SANGRE, -3.5), (medida.supuracion, _PUS, 0.0), (medida.placa, _PLACA, 3.5))
    for visto, color, lado in vistas:
        if visto:
            partes.append(elemento("circle", cx=x + lado, cy=base - hacia * 14, r=1.9, fill=color))
    return partes


def _tramo(encia: Sequence[Punto], fondo: Sequence[Punto]) -> list[str]:
    """A run of sites that were measured side by side."""
    if not encia:
        return []
    if len(encia) == 1:
        return [linea(encia[0], fondo[0], _FONDO, stroke_width=3.0)]
    return [
        poligono((*encia, *reversed(fondo)), fill="#90caf9", fill_opacity=0.55),
        camino(encia, _ENCIA, stroke_width=2.0),
        camino(fondo, _FONDO, stroke_width=2.0, stroke_dasharray="5 2"),
    ]


def _leyenda(y: float) -> list[str]:
    partes = [
        linea((16, y), (40, y), _ENCIA, stroke_width=2.0),
        rotulo(46, y + 4, "Margen de la encía", ancla="start"),
        linea((170, y), (194, y), _FONDO, stroke_width=2.0, stroke_dasharray="5 2"),
        rotulo(200, y + 4, "Fondo de la bolsa", ancla="start"),
    ]
    for x, color, texto in ((320, _SANGRE, "Sangrado"), (420, _PUS, "Supuración"), (530, _PLACA, "Placa")):
        partes.append(elemento("circle", cx=x, cy=y, r=4, fill=color))
        partes.append(rotulo(x + 10, y + 4, texto, ancla="start"))
    return partes
