"""Printable documents hold all that was written, where it can be read, and are the same every time."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from comun.pdf import BODY, Cell, Document

MOMENT = datetime(2026, 1, 15, 10, tzinfo=UTC)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" {}><text x="5" y="9" font-family="Arial">Pieza 18</text></svg>'


def document(size: str = "A4", **told: Any) -> Document:
    return Document("Informe", letterhead=["Clínica Ñandú", None, "Quito"], size=size, moment=MOMENT, **told)


def pages(made: Document) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(made.render())).pages]


def words(made: Document) -> str:
    return " ".join(" ".join(pages(made)).split())


def test_what_was_written_can_be_read() -> None:
    made = document(subject="Ana Peña", foot="Folio 7")
    made.fields([("Paciente", "Ana Peña"), ("Teléfono", None)])
    made.paragraph("PIO ≥ 21 mmHg → derivar, −0.50 ✓ ¿Dolió? n\u0303ame\x07", label="Análisis")
    made.notice("ALERTAS", ["Alergia: penicilina"])
    made.signatures([["Dra. Vera"], ["Paciente"]])
    text = words(made)
    for part in ("Clínica Ñandú", "Ana Peña", "—", "Análisis: PIO ≥ 21 mmHg → derivar, −0.50 ✓ ¿Dolió? ñame"):
        assert part in text
    for part in ("ALERTAS", "Alergia: penicilina", "Dra. Vera", "Folio 7", "Página 1 de 1"):
        assert part in text


def test_a_character_that_the_fonts_lack_leaves_a_mark() -> None:
    made = document()
    made.paragraph("Li 李 Wei")
    assert "Li □ Wei" in words(made)


def test_the_same_calls_give_the_same_bytes() -> None:
    def make() -> bytes:
        made = document()
        made.heading("Notas")
        made.svg(DRAWING.format('viewBox="0 0 60 12"'))
        return made.render()

    assert make() == make()


@pytest.mark.parametrize("size", ["A4", "A5"])
def test_a_long_table_goes_on_under_its_head_and_loses_nothing(size: str) -> None:
    made = document(size, subject="Ana")
    rows = [[f"fila {n:03}", "corta"] for n in range(90)]
    rows.insert(40, ["alta", " ".join(f"p{n:04}" for n in range(2500))])
    made.table(["Concepto", "Detalle"], rows, widths=[1, 3])
    told = pages(made)
    assert len(told) > 3
    for number, page in enumerate(told, 1):
        assert page.count("Concepto") == 1
        assert f"Página {number} de {len(told)}" in page
        assert number == 1 or "Ana" in page
    text = " ".join(told)
    assert all(row[0] in text for row in rows)
    assert [n for n in range(2500) if f"p{n:04}" not in text] == []


def test_cells_over_several_columns_take_their_place() -> None:
    made = document()
    made.table([], [[Cell("Total", span=2, bold=True), "780"], ["a", "b", None]], widths=[2, 2, 1], rules=True)
    assert "Total 780 a b" in words(made)


def test_a_word_longer_than_the_line_is_cut_not_lost() -> None:
    made = document("A5")
    made.paragraph("x" * 400 + "fin")
    assert "x" * 400 + "fin" in words(made).replace(" ", "")


def test_a_heading_stays_with_its_text() -> None:
    found = set()
    for lines in range(38, 43):  # with the last ones the page is full
        made = document()
        for n in range(lines):
            made.paragraph(f"línea {n}")
        made.heading("Título aparte")
        made.paragraph("lo que sigue")
        told = pages(made)
        (number,) = [number for number, page in enumerate(told) if "Título aparte" in page]
        assert "lo que sigue" in told[number]
        found.add(number)
    assert found == {0, 1}


def _much(made: Document) -> None:
    made.paragraph("palabra " * 4000)


def _warnings(made: Document) -> None:
    made.notice("ALERTAS", [f"aviso {n}" for n in range(150)])


def _points(made: Document) -> None:
    made.bullets(["punto largo " * 30] * 40)


def _values(made: Document) -> None:
    made.fields([(f"campo {n}", "valor " * (n % 9)) for n in range(200)], 3)
    made.fields([("corto", "sí"), ("largo", "palabra " * 3000), ("otro", None)], 2)


def _drawings(made: Document) -> None:
    for _ in range(4):
        made.svg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 40"><path d="M 1 1 L 9 9"/></svg>')


def text_heights(page: PageObject) -> list[float]:
    """How high above the edge of the page its lines stand, in points."""
    heights: list[float] = []

    def look(text: str, _page: Any, matrix: Any, *_font: Any) -> None:
        if text.strip():
            heights.append(matrix[5])

    page.extract_text(visitor_text=look)
    return heights


@pytest.mark.parametrize("fill", [_much, _warnings, _points, _values, _drawings])
def test_nothing_is_written_outside_the_page(fill: Callable[[Document], None]) -> None:
    made = document("A5", foot="Folio 7")
    fill(made)
    content = made.render()
    reader = PdfReader(io.BytesIO(content))
    assert len(reader.pages) > 1
    for page in reader.pages:
        heights = text_heights(page)
        foot = min(heights)
        assert 15 < foot < 30, "the foot is the lowest"
        assert all(height > foot + 8 for height in heights if height > foot + 1), "and nothing runs into it"
        assert max(heights) < 595 - 15


def test_a_drawing_needs_its_measures() -> None:
    with pytest.raises(ValueError, match="viewBox"):
        document().svg(DRAWING.format(""))
    made = document()
    made.svg(DRAWING.format('viewBox="0 0 60 40"'), height=30)
    assert "Pieza 18" in words(made)


def test_lines_are_as_wide_as_they_may_be() -> None:
    sheet = document().sheet
    text = "Refiere dolor de cuatro días, que aumenta con el frío; cede con ibuprofeno. " * 3
    for width in (20, 45, 90):
        lines = sheet.lines(text.strip(), width, BODY, first=10)
        assert " ".join(lines).strip() == text.strip()
        assert all(sheet.width(line, BODY) <= width - (0 if n else 10) for n, line in enumerate(lines))
        for line, following in zip(lines[1:], lines[2:], strict=False):
            assert sheet.width(f"{line} {following.split(' ')[0]}", BODY) > width
