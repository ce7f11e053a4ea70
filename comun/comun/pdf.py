"""Printable documents: letterhead, sections, text, fields, tables over several pages, drawings, signatures.

    document = Document("Receta médica", letterhead=["Clínica Norte", "Av. Amazonas N34"], foot="Receta 000123")
    document.fields([("Paciente", "Ana Ponce"), ("Edad", "34 años")])
    document.heading("Indicaciones")
    document.table(["Medicamento", "Dosis"], [["Ibuprofeno 400 mg", "1 cada 8 horas"]], widths=[2, 1])
    document.signatures([["Dr. Luis Vera", "Reg. 1234"]])
    content = document.render()

Import what prints in the function that prints: fpdf2 takes 30 MiB, which most processes never need.

Lengths are millimetres, sizes of type points. The same calls with the same `moment` give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from comun.pdf_tables import Cell, Table
from comun.pdf_text import ACCENT, BODY, BOLD, DANGER, FAMILY, INK, LABEL, MUTED, NOTE, SMALL, Color, Sheet, Style

__all__ = ["ACCENT", "BODY", "BOLD", "DANGER", "INK", "MUTED", "NOTE", "SMALL", "Cell", "Color", "Document", "Style"]

SIZES = {"A4": (210.0, 297.0), "A5": (148.0, 210.0)}
MARGINS = {"A4": 14.0, "A5": 10.0}
SCALES = {"A4": 1.0, "A5": 0.92}  # of the type
RULE: Color = (200, 208, 214)
TONES: dict[str, tuple[Color, Color]] = {"danger": (DANGER, (253, 238, 238)), "info": (ACCENT, (236, 244, 248))}
HEADINGS = {1: Style(12.5, bold=True, color=ACCENT), 2: Style(10, bold=True), 3: Style(9, bold=True, color=MUTED)}
NOTHING = "—"
LONG = 12  # lines of a field that no longer stands in a grid


class Document:
    """One document, written from top to bottom; pages break by themselves and are numbered at the end.

    `letterhead`: who issues it, the name first. `subject`: whom it is about, repeated on every page. `foot`: stands
    left at the bottom of every page (a folio, a hash). `size`: A4 or A5. `moment`: when it was made.
    """

    def __init__(
        self,
        title: str,
        *,
        letterhead: Sequence[str | None] = (),
        subject: str = "",
        foot: str = "",
        size: str = "A4",
        moment: datetime | None = None,
    ) -> None:
        self.title, self.subject, self.foot = title, subject, foot
        self.margin, self.scale = MARGINS[size], SCALES[size]
        self.sheet = Sheet(*SIZES[size])
        self.sheet.set_title(title)
        self.sheet.set_lang("es")
        self.sheet.set_creator("OdontoCare")
        self.sheet.set_creation_date(moment or datetime.now(UTC))
        self.width = self.sheet.w - 2 * self.margin
        self.y = self.margin
        self._level = 0
        self.sheet.add_page()
        self._letterhead([line for line in letterhead if line])

    def _letterhead(self, lines: list[str]) -> None:
        half = self.width * 0.52
        y, right = self.margin, self.margin
        for n, line in enumerate(lines):
            style = self._scaled(Style(12.5, bold=True, color=ACCENT) if n == 0 else NOTE)
            for part in self.sheet.lines(line, half, style):
                self.sheet.put(self.margin, y, part, style)
                y += style.line
        style = self._scaled(Style(13, bold=True))
        beside = self.margin + half + 3
        for part in self.sheet.lines(self.title, self.width - half - 3, style):
            self.sheet.put(beside, right, part, style, self.width - half - 3, "R")
            right += style.line
        self.y = max(y, right) + 1.5
        self._rule(ACCENT, 0.5)
        self.y += 3

    def _scaled(self, style: Style) -> Style:
        return style if self.scale == 1 else style.but(size=style.size * self.scale)

    def _rule(self, color: Color, thickness: float) -> None:
        self.sheet.set_draw_color(*color)
        self.sheet.set_line_width(thickness)
        self.sheet.line(self.margin, self.y, self.margin + self.width, self.y)

    @property
    def bottom(self) -> float:
        """Where the text of a page ends, in mm from the top."""
        return self.sheet.h - self.margin - 6

    def room(self, height: float) -> None:
        """Go to a new page unless `height` mm are left on this one. What is taller than a page stays where it is."""
        if self.y + height > self.bottom and self.y > self.margin + 12:
            self.page()

    def page(self) -> None:
        """Begin a new page."""
        self.sheet.add_page()
        self.y = self.margin + 8 * self.scale

    def space(self, height: float = 2) -> None:
        """Leave `height` mm free."""
        self.y += height

    def heading(self, text: str, level: int = 1, *, keep: float = 18) -> None:
        """A heading of level 1 to 3, in the outline too; stays with at least `keep` mm of what follows."""
        style = self._scaled(HEADINGS[level])
        lines = self.sheet.lines(text, self.width, style)
        self.y += {1: 4, 2: 2.5, 3: 1.5}[level]
        self.room(len(lines) * style.line + keep)
        depth = min(level - 1, self._level)
        self._level = depth + 1
        self.sheet.set_y(self.y)
        self.sheet.start_section(self.sheet.shortened(text, 150, style), depth)
        self._lines(lines, style, self.margin)
        if level == 1:
            self.y += 0.6
            self._rule(RULE, 0.3)
        self.y += {1: 2, 2: 1, 3: 0.5}[level]

    def paragraph(
        self, text: str, style: Style = BODY, *, label: str = "", indent: float = 0, align: str = "L"
    ) -> None:
        """Running text, its line breaks kept. `label` stands before it in bold; `align` L, C or R."""
        style = self._scaled(style)
        left, width, first = self.margin + indent, self.width - indent, 0.0
        if label:
            bold = style.but(bold=True, italic=False)
            first = self.sheet.width(label + ": ", bold)
            self.room(style.line * 2)
            self.sheet.put(left, self.y, self.sheet.printable(label + ":", bold), bold)
        lines = self.sheet.lines(text, width, style, first)
        if not label:
            self.room(style.line * min(2, len(lines)))
        self._lines(lines, style, left, width, align, first)
        self.y += 1.2

    def _lines(
        self, lines: Sequence[str], style: Style, left: float, width: float = 0, align: str = "L", first: float = 0
    ) -> None:
        for n, line in enumerate(lines):
            if n:
                self.room(style.line)
            self.sheet.put(left + (0 if n else first), self.y, line, style, width, align)
            self.y += style.line

    def bullets(self, items: Iterable[str], style: Style = BODY) -> None:
        """A list, one point each."""
        style = self._scaled(style)
        for item in items:
            lines = self.sheet.lines(item, self.width - 4, style)
            self.room(style.line * min(2, len(lines)))
            self.sheet.put(self.margin + 0.8, self.y, "•", style)
            self._lines(lines, style, self.margin + 4)
            self.y += 0.6

    def fields(self, pairs: Iterable[tuple[str, str | None]], columns: int = 2, *, style: Style = BODY) -> None:
        """A grid of values with their names above them, from left to right; without a value: a dash."""
        style = self._scaled(style)
        gap = 4.0
        width = (self.width - gap * (columns - 1)) / columns
        row: list[tuple[str, list[str]]] = []
        for name, value in pairs:
            lines = self.sheet.lines(value or NOTHING, width, style)
            if len(lines) > LONG:  # it would not fit a page
                self._row_of_fields(row, width + gap, style)
                row = []
                self.paragraph(value or NOTHING, style.but(size=style.size / self.scale), label=name)
                continue
            row.append((name, lines))
            if len(row) == columns:
                self._row_of_fields(row, width + gap, style)
                row = []
        self._row_of_fields(row, width + gap, style)

    def _row_of_fields(self, row: Sequence[tuple[str, list[str]]], step: float, style: Style) -> None:
        if not row:
            return
        label = self._scaled(LABEL)
        height = label.line + max(len(lines) for _, lines in row) * style.line
        self.room(height)
        for n, (name, lines) in enumerate(row):
            left = self.margin + n * step
            self.sheet.put(left, self.y, self.sheet.shortened(name, step - 2, label), label)
            for k, line in enumerate(lines):
                self.sheet.put(left, self.y + label.line + k * style.line, line, style)
        self.y += height + 1.4

    def table(
        self,
        head: Sequence[str | Cell],
        rows: Iterable[Sequence[str | Cell | None]],
        *,
        widths: Sequence[float] | None = None,
        align: str = "",
        style: Style = SMALL,
        rules: bool = False,
    ) -> None:
        """A table whose head is repeated on every page; a row taller than what is left goes on over the page.

        `widths` in proportion; `align` a letter (L, C, R) for each column; `rules`: a line around every cell, as
        forms have it. Without `head` there is none.
        """
        Table(self, head, widths, align, self._scaled(style), rules).draw(rows)
        self.y += 2

    def notice(self, title: str, lines: Iterable[str], tone: str = "danger") -> None:
        """A box that can't be missed. `tone`: danger or info."""
        ink, paper = TONES[tone]
        head, style = self._scaled(BOLD.but(color=ink)), self._scaled(BODY)
        inner = self.width - 7
        body = [part for line in lines for part in self.sheet.lines(line, inner, style)]
        height = head.line + len(body) * style.line + 3
        self.room(min(height, self.bottom - self.margin - 20))
        start = 0
        while True:  # a box longer than the page goes on over it
            fits = max(1, int((self.bottom - self.y - 3 - head.line) / style.line))
            part = body[start : start + fits]
            height = head.line + len(part) * style.line + 3
            self.sheet.fill(self.margin, self.y, self.width, height, paper)
            self.sheet.fill(self.margin, self.y, 1.2, height, ink)
            self.y += 1.5
            self._lines([self.sheet.shortened(title, inner, head)], head, self.margin + 4)
            for line in part:
                self.sheet.put(self.margin + 4, self.y, line, style)
                self.y += style.line
            self.y += 3.5
            start += len(part)
            if start >= len(body):
                return
            self.page()

    def svg(self, drawing: str | bytes, *, width: float | None = None, height: float | None = None) -> None:
        """A drawing, as wide as the text unless told, in proportion, not higher than `height` nor than a page."""
        text = drawing.decode() if isinstance(drawing, bytes) else drawing
        text = re.sub(r"\bfont-family\s*(=\s*(\"[^\"]*\"|'[^']*')|:[^;\"'}<]+)", "", text)
        text = re.sub(r"<svg\b", f'<svg font-family="{FAMILY}"', text, count=1)
        for style in (BODY, BOLD):
            self.sheet.use(style)
        self._picture(text.encode(), width, height)

    def image(self, content: bytes, *, width: float | None = None, height: float | None = None) -> None:
        """A picture (JPEG, PNG, WebP) as wide as the text unless told, in proportion."""
        self._picture(content, width, height)

    def _picture(self, content: bytes, width: float | None, height: float | None) -> None:
        high = min(height or self.bottom, self.bottom - self.margin - 12)
        wide, tall = _proportions(content)
        width = min(width or self.width, self.width)
        if width * tall / wide > high:
            width = high * wide / tall
        self.room(width * tall / wide)
        self.sheet.set_draw_color(0)  # what a drawing does not say is black
        self.sheet.set_fill_color(0)
        self.sheet.image(io.BytesIO(content), self.margin + (self.width - width) / 2, self.y, width)
        self.y += width * tall / wide + 2

    def signatures(self, signers: Sequence[Sequence[str | None]], *, above: float = 16) -> None:
        """Lines to sign on, side by side, each with its own lines of text below; `above` mm are left to sign."""
        style = self._scaled(SMALL)
        gap = 8.0
        columns = max(2, len(signers))
        width = (self.width - gap * (columns - 1)) / columns
        texts = [
            [part for line in signer if line for part in self.sheet.lines(line, width, style)] for signer in signers
        ]
        self.room(above + max(map(len, texts), default=0) * style.line + 2)
        self.y += above
        self.sheet.set_draw_color(*INK)
        self.sheet.set_line_width(0.2)
        for n, lines in enumerate(texts):
            left = self.margin + n * (width + gap)
            self.sheet.line(left, self.y, left + width, self.y)
            for k, line in enumerate(lines):
                bold = style.but(bold=k == 0)
                self.sheet.put(left, self.y + 1 + k * style.line, line, bold, width, "C")
        self.y += 1 + max(map(len, texts), default=0) * style.line + 2

    def render(self) -> bytes:
        """The finished PDF. Nothing can be added afterwards."""
        pages = self.sheet.pages_count
        for number in range(1, pages + 1):
            self.sheet.turn_to(number)
            if number > 1:
                self._running_head()
            self._foot(number, pages)
        return bytes(self.sheet.output())

    def _running_head(self) -> None:
        style = self._scaled(NOTE)
        top, third = self.margin - 3, self.width / 3
        self.sheet.put(self.margin, top, self.sheet.shortened(self.title, third - 4, style), style)
        subject = self.sheet.shortened(self.subject, self.width - third, style)
        self.sheet.put(self.margin + third, top, subject, style, self.width - third, "R")
        self.y = top + style.line + 0.8
        self._rule(RULE, 0.3)

    def _foot(self, number: int, pages: int) -> None:
        style = self._scaled(NOTE.but(size=6.8))
        self.y = self.sheet.h - self.margin - 2
        self._rule(RULE, 0.3)
        told = f"Página {number} de {pages}"
        room = self.width - self.sheet.width(told, style) - 6
        self.sheet.put(self.margin, self.y + 1, self.sheet.shortened(self.foot, room, style), style)
        self.sheet.put(self.margin, self.y + 1, told, style, self.width, "R")


def _proportions(content: bytes) -> tuple[float, float]:
    """Width and height of a drawing or picture, in its own units."""
    if content.lstrip()[:5] in (b"<?xml", b"<svg ", b"<!DOC"):
        box = re.search(rb"viewBox\s*=\s*[\"']([^\"']+)", content)
        if box is None:
            raise ValueError("the drawing has no viewBox")
        return tuple(float(n) for n in re.split(rb"[\s,]+", box[1].strip())[2:4])  # type: ignore[return-value]
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        return picture.size
