"""The odontogram as a picture, with the symbols of form 033: red to do, blue done.

A tooth is a square of five surfaces; the patient's right side is on the left, upper teeth above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from historia_clinica.dibujos.svg import Punto, elemento, hoja, linea, poligono, rotulo
from historia_clinica.dominio.catalogo_dental import CATALOGO, Clase, Color, Estado
from historia_clinica.dominio.odontograma import Boca, Vigente, presencia, sustituida
from historia_clinica.dominio.piezas import FILAS, SUPERFICIES, es_derecha, es_superior, leer_superficies

COLORES = {Color.ROJO: "#e53935", Color.AZUL: "#0d47a1", Color.GRIS: "#616161"}
LADO = 30.0
PASO = 46.0
MARGEN = 24.0
ANCHO = 2 * MARGEN + 16 * PASO + 16
_ALTO_DE_FILA = 92.0
_CABECERA = 64.0

# What fills surfaces; what has a sign of its own; the rest is written below the tooth in two letters.
_RELLENAN = frozenset({"caries", "restauracion", "carilla", "desgaste", "fractura", "defecto_esmalte"})
ABREVIATURAS = {
    "fractura": "FR",
    "desgaste": "DG",
    "defecto_esmalte": "DE",
    "lesion_pulpar": "LP",
    "lesion_periapical": "PA",
    "resto_radicular": "RR",
    "movilidad": "M",
    "recesion": "R",
    "carilla": "CA",
    "pulpotomia": "PU",
    "perno": "PE",
    "aparato_ortodontico": "OR",
    "presente": "",
    "no_erupcionado": "NE",
    "impactado": "IM",
    "agenesia": "AG",
    "exfoliada": "EX",
    "ausente": "AU",
    "implante": "IMP",
    "diastema": "DI",
    "giroversion": "GI",
    "apinamiento": "AP",
    "extrusion": "ES",
    "migracion": "MI",
    "supernumerario": "SN",
}


def dibujar_odontograma(boca: Boca, titulo: str, detalle: str, indices: Mapping[str, Mapping[str, int]]) -> str:
    """The SVG document of a mouth. `detalle`: a second line below the title; `indices` as `Indices.documento`."""
    partes = [
        rotulo(MARGEN, 26, titulo, tamano=16, ancla="start", font_weight="bold"),
        rotulo(MARGEN, 45, detalle, tamano=11, ancla="start"),
        rotulo(ANCHO - MARGEN, 26, _indice("CPO-D", indices["cpo_d"]), tamano=11, ancla="end"),
        rotulo(ANCHO - MARGEN, 45, _indice("ceo-d", indices["ceo_d"]), tamano=11, ancla="end"),
    ]
    for numero, fila in enumerate(FILAS):
        y = _CABECERA + 24 + numero * _ALTO_DE_FILA
        partes += [_pieza(pieza, boca.get(pieza, ()), (_x(fila, lugar), y)) for lugar, pieza in enumerate(fila)]
    fondo = _CABECERA + len(FILAS) * _ALTO_DE_FILA
    eje = ANCHO / 2
    partes.append(linea((eje, _CABECERA), (eje, fondo), "#9e9e9e", stroke_dasharray="4 3"))
    leyenda = list(_leyenda(boca, fondo + 18))
    return hoja(ANCHO, fondo + 18 + 22 * _LINEAS_DE_LEYENDA + 8, titulo, [*partes, *leyenda])


def _indice(nombre: str, valores: Mapping[str, int]) -> str:
    partes = " · ".join(f"{letra} {cuenta}" for letra, cuenta in valores.items() if letra != "total")
    escritas = partes if nombre == "ceo-d" else partes.upper()
    return f"{nombre}: {escritas} · total {valores['total']}"


def _x(fila: Sequence[int], lugar: int) -> float:
    """The left edge of a tooth's square: rows lie around the middle."""
    mitad = len(fila) // 2
    centro = ANCHO / 2 + (8 if lugar >= mitad else -8)
    return centro + (lugar - mitad) * PASO + (PASO - LADO) / 2


def _pieza(pieza: int, vigentes: Sequence[Vigente], sitio: Punto) -> str:
    x, y = sitio
    trazo = "2 2" if presencia(vigentes) in ("no_erupcionada", "impactada") else "none"
    colores = _colores(vigentes)
    superficies = [
        poligono(
            puntos,
            fill=COLORES[colores[letra]] if letra in colores else "#ffffff",
            stroke="#424242",
            stroke_width=0.8,
            stroke_dasharray=trazo,
        )
        for letra, puntos in _superficies(pieza, x, y).items()
    ]
    arriba = es_superior(pieza)
    numero = rotulo(x + LADO / 2, y - 8 if arriba else y + LADO + 15, str(pieza), tamano=10, font_weight="bold")
    # The sign of what stands there now, not a cross through it.
    visibles = [v for v in vigentes if not (sustituida(vigentes) and v.entrada.tipo.clase == Clase.AUSENCIA)]
    signos = [signo for vigente in visibles for signo in _signos(vigente, x, y, arriba)]
    letras = _abreviados(vigentes, x, y + LADO + 11 if arriba else y - 4, -1 if not arriba else 1)
    return elemento("g", elemento("title", texto=_descrita(pieza, vigentes)), *superficies, numero, *signos, *letras)


def _superficies(pieza: int, x: float, y: float) -> dict[str, tuple[Punto, ...]]:
    """Where each of its surfaces is: vestibular outside, mesial towards the middle."""
    a, b, c, d = 0.0, LADO * 0.28, LADO * 0.72, LADO
    arriba = ((x + a, y + a), (x + d, y + a), (x + c, y + b), (x + b, y + b))
    abajo = ((x + a, y + d), (x + d, y + d), (x + c, y + c), (x + b, y + c))
    izquierda = ((x + a, y + a), (x + b, y + b), (x + b, y + c), (x + a, y + d))
    derecha = ((x + d, y + a), (x + c, y + b), (x + c, y + c), (x + d, y + d))
    centro = ((x + b, y + b), (x + c, y + b), (x + c, y + c), (x + b, y + c))
    vestibular, lingual = (arriba, abajo) if es_superior(pieza) else (abajo, arriba)
    mesial, distal = (derecha, izquierda) if es_derecha(pieza) else (izquierda, derecha)
    return {"M": mesial, "D": distal, "O": centro, "V": vestibular, "L": lingual}


def _colores(vigentes: Sequence[Vigente]) -> dict[str, Color]:
    """How each surface is filled: red hides blue, as what is to do matters more than what was done."""
    colores: dict[str, Color] = {}
    for vigente in vigentes:
        if vigente.entrada.codigo in _RELLENAN:
            for letra in vigente.superficies:
                if colores.get(letra) != Color.ROJO:
                    colores[letra] = vigente.color
    return colores


def _signos(vigente: Vigente, x: float, y: float, arriba: bool) -> Iterable[str]:
    dibujar = _DIBUJOS.get(vigente.entrada.codigo)
    return dibujar(x, y, COLORES[vigente.color], arriba) if dibujar else ()


def _cruz(x: float, y: float, color: str, _arriba: bool) -> list[str]:
    esquinas = (((x - 3, y - 3), (x + LADO + 3, y + LADO + 3)), ((x + LADO + 3, y - 3), (x - 3, y + LADO + 3)))
    return [linea(desde, hasta, color, stroke_width=2.5) for desde, hasta in esquinas]


def _cruz_en_circulo(x: float, y: float, color: str, arriba: bool) -> list[str]:
    return [*_cruz(x, y, color, arriba), *_circulo(x, y, color, arriba)]


def _circulo(x: float, y: float, color: str, _arriba: bool) -> list[str]:
    centro, radio = LADO / 2, LADO * 0.71
    return [
        elemento("circle", cx=x + centro, cy=y + centro, r=radio, fill="none", stroke=color, stroke_width=2.0),
    ]


def _triangulo(x: float, y: float, color: str, arriba: bool) -> list[str]:
    # On the side of the root: outside.
    base, punta = (y - 18, y - 27) if arriba else (y + LADO + 18, y + LADO + 27)
    medio = x + LADO / 2
    return [poligono(((medio - 7, base), (medio + 7, base), (medio, punta)), fill=color)]


def _asterisco(x: float, y: float, color: str, _arriba: bool) -> list[str]:
    cx, cy, r = x + LADO / 2, y + LADO / 2, LADO * 0.2
    rayos = ((0.0, r), (r * 0.87, r / 2), (r * 0.87, -r / 2))
    return [linea((cx - dx, cy - dy), (cx + dx, cy + dy), color, stroke_width=2.0) for dx, dy in rayos]


def _tornillo(x: float, y: float, color: str, _arriba: bool) -> list[str]:
    medio = x + LADO / 2
    vueltas = [linea((medio - 6, y + n), (medio + 6, y + n + 3), color, stroke_width=2.0) for n in (4.0, 10.0, 16.0)]
    return [linea((medio, y), (medio, y + LADO - 4), color, stroke_width=3.0), *vueltas]


def _puente(x: float, y: float, color: str, _arriba: bool) -> list[str]:
    medio, borde = y + LADO / 2, (PASO - LADO) / 2
    return [
        linea((x - borde, medio + n), (x + LADO + borde, medio + n), color, stroke_width=2.0) for n in (-3.0, 3.0)
    ]


def _pilar(x: float, y: float, color: str, arriba: bool) -> list[str]:
    marco = elemento(
        "rect", x=x - 4, y=y - 4, width=LADO + 8, height=LADO + 8, fill="none", stroke=color, stroke_width=2.0
    )
    return [marco, *_puente(x, y, color, arriba)]


def _removible(x: float, y: float, color: str, arriba: bool) -> list[str]:
    borde, nivel = (PASO - LADO) / 2, y + LADO + 4 if arriba else y - 4
    return [
        linea((x - borde, nivel), (x + LADO + borde, nivel), color, stroke_width=2.5, stroke_dasharray="5 3"),
    ]


def _total(x: float, y: float, color: str, arriba: bool) -> list[str]:
    borde, nivel = (PASO - LADO) / 2, y + LADO + 4 if arriba else y - 4
    return [
        linea((x - borde, nivel + n), (x + LADO + borde, nivel + n), color, stroke_width=2.0) for n in (-2.0, 2.0)
    ]


_DIBUJOS: dict[str, Callable[[float, float, str, bool], list[str]]] = {
    "extraccion_indicada": _cruz,
    "perdida_por_caries": _cruz,
    "ausente": _cruz,
    "perdida_otra_causa": _cruz_en_circulo,
    "agenesia": _cruz_en_circulo,
    "exfoliada": _cruz_en_circulo,
    "endodoncia": _triangulo,
    "corona": _circulo,
    "sellante": _asterisco,
    "implante": _tornillo,
    "pontico": _puente,
    "pilar_puente": _pilar,
    "protesis_removible": _removible,
    "protesis_total": _total,
}


def _abreviados(vigentes: Sequence[Vigente], x: float, y: float, hacia: int) -> list[str]:
    """Two letters for what has no sign of its own, one below the other."""
    dichos = [(abreviada(v), COLORES[v.color]) for v in vigentes if abreviada(v)]
    return [
        rotulo(x + LADO / 2, y + hacia * n * 9, letras, tamano=8, fill=color)
        for n, (letras, color) in enumerate(dichos[:4])
    ]


def abreviada(vigente: Vigente) -> str:
    """`M2`, `FR`; empty for what is drawn."""
    letras = ABREVIATURAS.get(vigente.entrada.codigo, "")
    return f"{letras}{vigente.entrada.grado or ''}" if letras else ""


def _descrita(pieza: int, vigentes: Sequence[Vigente]) -> str:
    """What is known of a tooth in words: `36: Caries (MO) por hacer`."""
    if not vigentes:
        return f"{pieza}: sin hallazgos"
    return f"{pieza}: " + "; ".join(map(en_palabras, vigentes))


def en_palabras(vigente: Vigente) -> str:
    """`Restauración resina (MO) realizado`."""
    entrada = vigente.entrada
    letras = leer_superficies(vigente.superficies)
    partes = [
        entrada.tipo.nombre,
        (entrada.variante or "").replace("_", " "),
        f"grado {entrada.grado}" if entrada.grado else "",
        f"({letras})" if letras and len(letras) <= len(SUPERFICIES) else "",
        "" if entrada.estado == Estado.OBSERVADO else entrada.estado.replace("_", " "),
    ]
    return " ".join(filter(None, partes))


# ---- What the signs mean

_MUESTRAS = (
    ("caries", Color.ROJO, "Caries o por obturar"),
    ("restauracion", Color.AZUL, "Obturado"),
    ("sellante", Color.ROJO, "Sellante necesario"),
    ("sellante", Color.AZUL, "Sellante realizado"),
    ("extraccion_indicada", Color.ROJO, "Extracción indicada"),
    ("perdida_por_caries", Color.AZUL, "Pérdida por caries"),
    ("perdida_otra_causa", Color.AZUL, "Pérdida por otra causa"),
    ("endodoncia", Color.ROJO, "Endodoncia por realizar"),
    ("endodoncia", Color.AZUL, "Endodoncia realizada"),
    ("corona", Color.AZUL, "Corona"),
    ("implante", Color.AZUL, "Implante"),
    ("pilar_puente", Color.AZUL, "Prótesis fija"),
    ("protesis_removible", Color.AZUL, "Prótesis removible"),
    ("protesis_total", Color.AZUL, "Prótesis total"),
)
_POR_LINEA = 5
_LINEAS_DE_LEYENDA = 6


def _leyenda(boca: Boca, y: float) -> Iterable[str]:
    yield linea((MARGEN, y - 8), (ANCHO - MARGEN, y - 8), "#bdbdbd")
    ancho = (ANCHO - 2 * MARGEN) / _POR_LINEA
    for lugar, (codigo, color, texto) in enumerate(_MUESTRAS):
        x, linea_y = MARGEN + (lugar % _POR_LINEA) * ancho, y + (lugar // _POR_LINEA) * 26 + 4
        yield elemento("g", *_muestra(codigo, COLORES[color]), transform=f"translate({x + 4:.1f} {linea_y:.1f})")
        yield rotulo(x + 26, linea_y + 11, texto, tamano=10, ancla="start")
    usadas = sorted({v.entrada.codigo for vigentes in boca.values() for v in vigentes if abreviada(v)})
    textos = [f"{ABREVIATURAS[codigo]} {CATALOGO[codigo].nombre}" for codigo in usadas]
    for lugar in range(0, len(textos), 6):
        yield rotulo(MARGEN, y + 88 + lugar // 6 * 14, " · ".join(textos[lugar : lugar + 6]), tamano=9, ancla="start")


def _muestra(codigo: str, color: str) -> list[str]:
    """A sign, small enough for a line of the legend."""
    if codigo in _RELLENAN:
        return [elemento("rect", width=14, height=14, fill=color, stroke="#424242")]
    escala = "scale(0.5)" if codigo != "endodoncia" else "translate(0 -24) scale(0.6)"
    if codigo in ("protesis_removible", "protesis_total"):
        escala = "translate(0 -8) scale(0.5)"
    arriba = codigo != "endodoncia"
    return [elemento("g", *_DIBUJOS[codigo](0.0, 0.0, color, arriba), transform=escala)]
