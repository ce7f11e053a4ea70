"""Pieces of an SVG picture, as text. Whatever comes from people is escaped here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape, quoteattr

Punto = tuple[float, float]


def elemento(nombre: str, *contenido: str, texto: str | None = None, **atributos: Any) -> str:
    """One element. `_` in the name of an attribute stands for `-`; `texto` is escaped, `contenido` is SVG already."""
    dados = "".join(f" {n.rstrip('_').replace('_', '-')}={quoteattr(_escrito(v))}" for n, v in atributos.items())
    dentro = (escape(texto) if texto is not None else "") + "".join(contenido)
    return f"<{nombre}{dados}>{dentro}</{nombre}>" if dentro else f"<{nombre}{dados}/>"


def linea(desde: Punto, hasta: Punto, color: str, **mas: Any) -> str:
    """A straight line."""
    return elemento("line", x1=desde[0], y1=desde[1], x2=hasta[0], y2=hasta[1], stroke=color, **mas)


def poligono(puntos: Iterable[Punto], **mas: Any) -> str:
    """A closed figure."""
    return elemento("polygon", points=" ".join(f"{_escrito(x)},{_escrito(y)}" for x, y in puntos), **mas)


def camino(puntos: Iterable[Punto], color: str, **mas: Any) -> str:
    """A line through points."""
    escritos = " ".join(f"{_escrito(x)},{_escrito(y)}" for x, y in puntos)
    return elemento("polyline", points=escritos, fill="none", stroke=color, **mas)


def rotulo(x: float, y: float, texto: str, *, tamano: float = 10, ancla: str = "middle", **mas: Any) -> str:
    """A line of text; `y` is its base line."""
    return elemento("text", texto=texto, x=x, y=y, font_size=tamano, text_anchor=ancla, **{"fill": "#222", **mas})


def hoja(ancho: float, alto: float, titulo: str, partes: Iterable[str]) -> str:
    """The document: a white sheet with a title that readers for the blind tell."""
    return elemento(
        "svg",
        elemento("title", texto=titulo),
        elemento("rect", width=ancho, height=alto, fill="#ffffff"),
        *partes,
        xmlns="http://www.w3.org/2000/svg",
        width=ancho,
        height=alto,
        viewBox=f"0 0 {_escrito(ancho)} {_escrito(alto)}",
        font_family="Noto Sans, DejaVu Sans, sans-serif",
        role="img",
    )


def _escrito(valor: object) -> str:
    return f"{valor:.2f}".rstrip("0").rstrip(".") if isinstance(valor, float) else str(valor)
