"""Text on a sheet: embedded fonts, lines broken to a width, in millimetres.

fpdf2 lays out a paragraph a hundred times slower than it draws its lines, which a record of many years feels: lines
are broken here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fpdf import FPDF

if TYPE_CHECKING:
    from typing import Self

FONTS = Path(__file__).parent / "fonts"
FAMILY = "noto"
MM_PER_POINT = 25.4 / 72
ABSENT = "\u25a1"  # drawn for a character that the fonts lack: something is there

Color = tuple[int, int, int]
INK: Color = (26, 32, 39)
MUTED: Color = (96, 108, 120)
ACCENT: Color = (12, 91, 122)
DANGER: Color = (168, 24, 32)


@dataclass(frozen=True)
class Style:
    """How text looks. `size` in points, `leading` in multiples of it."""

    size: float = 9
    bold: bool = False
    italic: bool = False
    color: Color = INK
    leading: float = 1.38

    @property
    def line(self) -> float:
        """Height of a line, in mm."""
        return self.size * MM_PER_POINT * self.leading

    @property
    def font(self) -> str:
        return "B" if self.bold else "I" if self.italic else ""

    def but(self, **changes: object) -> Self:
        return replace(self, **changes)  # type: ignore[arg-type]


BODY = Style()
BOLD = Style(bold=True)
SMALL = Style(size=7.5)
NOTE = Style(size=7.5, color=MUTED)
LABEL = Style(size=6.8, bold=True, color=MUTED)


def clean(text: str) -> str:
    """What can be printed of `text`: composed characters, blanks for tabs, no control characters."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))


class Sheet(FPDF):
    """Pages with the fonts at hand. Everything is placed by whoever draws; nothing breaks pages by itself."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(unit="mm", format=(width, height))
        self.set_auto_page_break(False)
        self.c_margin = 0
        self._widths: dict[str, dict[str, float]] = {}

    def turn_to(self, number: int) -> None:
        """Go back to page `number` to write on it: nothing is known any more of the pen that it was left with."""
        self.page = number
        self.current_font_is_set_on_page = False
        for forgotten in ("draw_color", "fill_color", "line_width"):
            setattr(self, forgotten, None)

    def use(self, style: Style) -> None:
        """Write in `style` from here on."""
        self._widths_of(style.font)
        self.set_font(FAMILY, style.font, style.size)
        self.set_text_color(*style.color)

    def _widths_of(self, font: str) -> dict[str, float]:
        """Width of each character at one point, in mm, filled as characters come; loads the font when it is new."""
        if font not in self._widths:
            name = {"": "Regular", "B": "Bold", "I": "Italic"}[font]
            self.add_font(FAMILY, font, FONTS / f"NotoSans-{name}.ttf")
            self._widths[font] = {}
        return self._widths[font]

    def width(self, text: str, style: Style) -> float:
        """How wide `text` gets in one line, in mm."""
        widths = self._widths_of(style.font)
        try:
            total = sum(map(widths.__getitem__, text))
        except KeyError:
            chars: Any = self.fonts[FAMILY + style.font].cw
            widths.update({c: chars[ord(c)] / 1000 * MM_PER_POINT for c in text})
            total = sum(map(widths.__getitem__, text))
        return total * style.size

    def printable(self, text: str, style: Style) -> str:
        """`text` with a box for each character that the fonts lack."""
        self._widths_of(style.font)
        text = clean(text)
        known: Any = self.fonts[FAMILY + style.font]
        lacking = {c for c in set(text) if ord(c) not in known.glyph_ids and c != "\n"}
        return "".join(ABSENT if c in lacking else c for c in text) if lacking else text

    def lines(self, text: str, width: float, style: Style, first: float = 0) -> list[str]:
        """`text` broken into lines of at most `width` mm; the first one is `first` mm shorter."""
        found: list[str] = []
        for paragraph in self.printable(text, style).split("\n"):
            found.extend(self._broken(paragraph, width, style, 0 if found else first))
        return found

    def _broken(self, paragraph: str, width: float, style: Style, first: float) -> Iterator[str]:
        blank = self.width(" ", style)
        line: list[str] = []
        room = width - first
        for word in paragraph.split(" "):
            wide = self.width(word, style)
            if wide + (blank if line else 0) > room and (line or wide <= width != room):
                yield " ".join(line)
                line, room = [], width
            while wide > room and len(word) > 1:
                head = self._fitting(word, room, style)
                yield word[:head]
                word, room = word[head:], width
                wide = self.width(word, style)
            line.append(word)
            room -= wide + (blank if len(line) > 1 else 0)
        yield " ".join(line)

    def _fitting(self, word: str, room: float, style: Style) -> int:
        """How many characters of a word that is too long fit; at least one."""
        count = 1
        while count < len(word) and self.width(word[: count + 1], style) <= room:
            count += 1
        return count

    def shortened(self, text: str, width: float, style: Style) -> str:
        """`text` in one line of `width` mm, with an ellipsis when it is longer."""
        text = self.printable(text, style).replace("\n", " ")
        if self.width(text, style) <= width:
            return text
        while text and self.width(text + "…", style) > width:
            text = text[:-1]
        return text.rstrip() + "…"

    def put(self, x: float, top: float, line: str, style: Style, width: float = 0, align: str = "L") -> None:
        """Write one line (as `lines` gives it) whose top is at `top`; `align` L, C or R within `width`."""
        if not line:
            return
        if align != "L":
            x += (width - self.width(line, style)) / (2 if align == "C" else 1)
        self.use(style)
        em = style.size * MM_PER_POINT
        self.text(x, top + em * (0.74 + (style.leading - 1) / 2), line)

    def fill(self, x: float, y: float, width: float, height: float, color: Color) -> None:
        """A filled rectangle without an outline."""
        self.set_fill_color(*color)
        self.rect(x, y, width, height, style="F")
