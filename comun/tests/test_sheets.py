"""Tables as files: CSV while it is read, XLSX from a file on disk."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from openpyxl import load_workbook

from biblioteca.extensiones import db
from biblioteca.modelos import Libro
from comun import sheets
from comun.errors import Invalid
from comun.sheets import long_sheet, parts, sheet

HOSTILE = ('=HYPERLINK("http://malo")', "+1", "-1", "@SUM(A1)", "\tx", "#N/A")
COLUMNS = ("id", "que", "monto", "cuando", "vale")
ROWS = [
    (1, "Núñez, «Peña»", Decimal("12.50"), date(2026, 1, 5), True),
    (2, None, Decimal("-0.10"), datetime(2026, 1, 5, 10, tzinfo=UTC), False),
]


def read_csv(response: Response) -> list[list[str]]:
    assert response.content_type == "text/csv; charset=utf-8"
    return [*csv.reader(io.StringIO(response.get_data(as_text=True)))]


def read_xlsx(response: Response) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(response.get_data()))
    return [tuple(row) for row in book.active.iter_rows()]


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def books(count: int) -> None:
    db.session.add_all([Libro(codigo=f"L{number}", titulo=f"Libro {number}") for number in range(count)])
    db.session.commit()


def codes(found: Any) -> list[list[str]]:
    return [[book.codigo for book in part] for part in found]


class TestCsv:
    def test_it_is_saved_under_its_name(self) -> None:
        response = sheet("caja-1", "csv", COLUMNS, ROWS)
        assert response.headers["Content-Disposition"] == 'attachment; filename="caja-1.csv"'
        assert read_csv(response) == [
            [*COLUMNS],
            ["1", "Núñez, «Peña»", "12.50", "2026-01-05", "sí"],
            ["2", "", "-0.10", "2026-01-05T10:00:00+00:00", "no"],
        ]

    @pytest.mark.parametrize("text", HOSTILE[:-1])
    def test_a_formula_stays_a_text(self, text: str) -> None:
        assert read_csv(sheet("x", "csv", ["a"], [[text]]))[1] == [f"'{text}"]

    def test_rows_are_read_when_those_before_are_written(self) -> None:
        read: list[int] = []

        def rows() -> Iterator[list[tuple[int]]]:
            for number in (1, 2):
                read.append(number)
                yield [(number,)]

        pieces = iter(long_sheet("x", "csv", ["n"], rows()).response)
        assert (next(pieces), read) == ("n\r\n", [])
        assert (next(pieces), read) == ("1\r\n", [1])
        assert ([*pieces], read) == (["2\r\n"], [1, 2])


class TestXlsx:
    def test_values_keep_their_kind(self) -> None:
        head, first, second = read_xlsx(sheet("x", "xlsx", COLUMNS, ROWS))
        assert [cell.value for cell in head] == [*COLUMNS]
        assert [cell.value for cell in first] == [1, "Núñez, «Peña»", 12.5, datetime(2026, 1, 5), "sí"]  # noqa: DTZ001
        assert [cell.value for cell in second] == [2, None, -0.1, "2026-01-05T10:00:00+00:00", "no"]
        assert [row[2].number_format for row in (first, second)] == ["0.00", "0.00"]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_a_formula_stays_a_text(self, text: str) -> None:
        (cell,) = read_xlsx(sheet("x", "xlsx", ["a"], [[text]]))[1]
        assert (cell.data_type, cell.value) == ("s", text)

    def test_what_xml_has_no_place_for_is_left_out(self) -> None:
        (cell,) = read_xlsx(sheet("x", "xlsx", ["a"], [["uno\x00\x1b dos"]]))[1]
        assert cell.value == "uno dos"

    def test_too_many_rows_are_refused_and_nothing_is_left_behind(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(sheets, "XLSX_ROWS", 2)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        assert len(read_xlsx(sheet("x", "xlsx", ["n"], [[1], [2]]))) == 3
        with pytest.raises(Invalid) as refused:
            sheet("x", "xlsx", ["n"], [[1], [2], [3]])
        assert "formato" in refused.value.errores
        assert [*tmp_path.iterdir()] == []


class TestParts:
    def test_all_of_them_some_at_a_time(self) -> None:
        books(5)
        query = db.select(Libro).where(Libro.codigo != "L1").order_by(Libro.codigo.desc())
        assert codes(parts(query, Libro, 2)) == [["L0", "L2"], ["L3", "L4"]]
        assert codes(parts(query.where(Libro.precio > 0), Libro, 2)) == []

    def test_what_is_written_meanwhile_is_not_in_it(self) -> None:
        books(3)
        found = parts(db.select(Libro), Libro, 2)
        first = next(found)
        db.session.add(Libro(codigo="L9", titulo="Nuevo"))
        db.session.commit()
        assert codes([first, *found]) == [["L0", "L1"], ["L2"]]

    def test_between_two_parts_no_connection_is_held(self) -> None:
        books(3)
        for _part in parts(db.select(Libro), Libro, 2):
            assert db.engine.pool.checkedout() == 0
