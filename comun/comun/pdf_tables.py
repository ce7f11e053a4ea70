"""Tables of a printable document, over as many pages as they need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from comun.pdf_text import ACCENT, Color, Style

if TYPE_CHECKING:
    from comun.pdf import Document

HEAD: Color = (230, 238, 243)
LINE: Color = (200, 208, 214)
FRAME: Color = (120, 132, 142)
PAD_X, PAD_Y = 1.4, 0.8


@dataclass(frozen=True)
class Cell:
    """A cell that is not plain: over several columns, in a style, with a background; `align` L, C or R."""

    text: str
    span: int = 1
    bold: bool = False
    color: Color | None = None
    fill: Color | None = None
    align: str = ""


@dataclass(frozen=True)
class _Placed:
    """A cell with its place in the row and its lines."""

    left: float
    width: float
    lines: list[str]
    style: Style
    fill: Color | None
    align: str


class Table:
    """See `Document.table`."""

    def __init__(
        self,
        document: Document,
        head: Sequence[str | Cell],
        widths: Sequence[float] | None,
        align: str,
        style: Style,
        rules: bool,
    ) -> None:
        self.document, self.sheet, self.style, self.rules = document, document.sheet, style, rules
        columns = len(widths) if widths else sum(cell.span if isinstance(cell, Cell) else 1 for cell in head)
        widths = widths or [1] * columns
        total = sum(widths)
        self.widths = [document.width * width / total for width in widths]
        self.align = align.ljust(columns, "L")
        bold = style.but(bold=True, color=ACCENT)
        self.head = self._row(head, bold, HEAD) if head else []

    def draw(self, rows: Iterable[Sequence[str | Cell | None]]) -> None:
        """Put the head and all rows on the pages."""
        line = self.style.line
        self.document.room(self._height(self.head) + 2 * line + 2 * PAD_Y)
        self._put_head()
        for row in rows:
            self._put(self._row(row, self.style))
        self.document.y += 0.5

    def _row(self, cells: Sequence[str | Cell | None], style: Style, fill: Color | None = None) -> list[_Placed]:
        placed = []
        column = 0
        for value in cells:
            cell = value if isinstance(value, Cell) else Cell(value or "")
            width = sum(self.widths[column : column + cell.span])
            own = style.but(bold=cell.bold or style.bold, color=cell.color or style.color)
            left = self.document.margin + sum(self.widths[:column])
            lines = self.sheet.lines(cell.text, width - 2 * PAD_X, own) if cell.text else []
            align = cell.align or self.align[column]
            placed.append(_Placed(left, width, lines, own, cell.fill or fill, align))
            column += cell.span
        return placed

    def _height(self, row: Sequence[_Placed], start: int = 0) -> float:
        count = max((len(cell.lines) - start for cell in row), default=0)
        return max(count, 1) * self.style.line + 2 * PAD_Y if row else 0

    def _put_head(self) -> None:
        if self.head:
            self._slice(self.head, 0, max(len(cell.lines) for cell in self.head))

    def _put(self, row: list[_Placed]) -> None:
        """One row: on this page, or on the next when it fits there whole, or cut where the page ends."""
        document, line = self.document, self.style.line
        lines = max((len(cell.lines) for cell in row), default=0)
        if document.y + self._height(row) > document.bottom and (
            self._height(row) < 0.25 * document.bottom or document.y + 3 * line > document.bottom
        ):
            self._next_page()
        start = 0
        while True:
            fits = max(1, int((document.bottom - document.y - 2 * PAD_Y + 0.01) / line))
            self._slice(row, start, min(lines, start + fits))
            start += fits
            if start >= lines:
                return
            self._next_page()

    def _next_page(self) -> None:
        self.document.page()
        self._put_head()

    def _slice(self, row: Sequence[_Placed], start: int, end: int) -> None:
        """The lines from `start` to `end` of every cell of a row."""
        sheet, top, line = self.sheet, self.document.y, self.style.line
        height = max(end - start, 1) * line + 2 * PAD_Y
        for cell in row:
            if cell.fill:
                sheet.fill(cell.left, top, cell.width, height, cell.fill)
            for n, text in enumerate(cell.lines[start:end]):
                left, width = cell.left + PAD_X, cell.width - 2 * PAD_X
                sheet.put(left, top + PAD_Y + n * line, text, cell.style, width, cell.align)
            self._frame(cell, top, height)
        self.document.y = top + height

    def _frame(self, cell: _Placed, top: float, height: float) -> None:
        sheet = self.sheet
        sheet.set_line_width(0.2)
        sheet.set_draw_color(*(FRAME if self.rules else LINE))
        if self.rules:
            sheet.rect(cell.left, top, cell.width, height)
        else:
            sheet.line(cell.left, top + height, cell.left + cell.width, top + height)
