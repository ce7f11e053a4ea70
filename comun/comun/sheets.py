"""Tables as files for spreadsheets: CSV, and XLSX by openpyxl.

    return sheet("gastos-2026-01", "csv", ["id", "monto"], [[1, Decimal("12.50")]])
    return long_sheet("transacciones", "xlsx", COLUMNS, (map(row, some) for some in parts(query, Pago)))

What a spreadsheet would take for a formula stays a text in either. CSV goes out while it is read: however long, it
needs little memory. XLSX is put together first, in a file on disk, and takes up to `XLSX_ROWS` rows.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from typing import IO, Any

from flask import Response, stream_with_context
from sqlalchemy import Select, func, select

from comun.db import release
from comun.errors import Invalid
from comun.runtime import runtime

# What a report or a list may be asked for as, and what of it is a file.
FORMATS = ("json", "csv", "xlsx")
FILES = ("csv", "xlsx")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# For `Blueprint.doc`: the answer may be such a file.
DOCUMENTED = {
    "responses": {
        200: {
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                MEDIA_TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
            }
        }
    }
}
# More would keep a request, and a file in the making, for too long.
XLSX_ROWS = 20_000
ROWS_AT_A_TIME = 1000

Row = Sequence[Any]

# A spreadsheet would take a text that begins so for a formula, and run it.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
# What XML has no place for.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# How numbers are shown, by the exponent of their last digit.
_NUMBERS: dict[Any, str] = {0: "0", -2: "0.00"}
_CHUNK = 64 * 1024


def sheet(name: str, kind: str, columns: Sequence[str], rows: Iterable[Row]) -> Response:
    """A file of these rows, to be saved under that name; `kind` is one of FILES."""
    return long_sheet(name, kind, columns, [rows])


def long_sheet(name: str, kind: str, columns: Sequence[str], rows: Iterable[Iterable[Row]]) -> Response:
    """The same of many rows, some at a time, each time read when the ones before are written.

    Invalid `formato` when they are more than XLSX_ROWS, as XLSX.
    """
    content = stream_with_context(_csv(columns, rows)) if kind == "csv" else _read(_xlsx(columns, rows))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return Response(content, content_type=MEDIA_TYPES[kind], headers=headers)


def parts(query: Select[Any], model: Any, size: int | None = None) -> Iterator[Sequence[Any]]:
    """All that a query of `model` finds, by id, `size` rows at a time; what is written meanwhile is not in it.

    Each part is a transaction of its own: whoever reads slowly holds no connection. What is shown with a row has to
    be loaded by the query.
    """
    session, size = runtime().db.session, size or ROWS_AT_A_TIME
    last = session.scalar(select(func.max(model.id))) or 0
    query = query.where(model.id <= last).order_by(None).order_by(model.id).limit(size)
    after = 0
    while True:
        found: Sequence[Any] = session.scalars(query.where(model.id > after)).all()
        after = found[-1].id if found else after
        session.expunge_all()
        release(session)
        if found:
            yield found
        if len(found) < size:
            return


def _csv(columns: Sequence[str], rows: Iterable[Iterable[Row]]) -> Iterator[str]:
    yield _lines([columns])
    for part in rows:
        yield _lines(part)


def _lines(rows: Iterable[Row]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_text(value) for value in row] for row in rows)
    return text.getvalue()


def _text(value: Any) -> Any:
    value = _plain(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULAS) else value


def _plain(value: Any) -> Any:
    """What both write alike: nothing as nothing, truth in Spanish, moments with their offset."""
    match value:
        case None:
            return ""
        case bool():
            return "sí" if value else "no"
        case datetime():
            return value.isoformat()
    return value


def _xlsx(columns: Sequence[str], rows: Iterable[Iterable[Row]]) -> IO[bytes]:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet("Datos")
    page.freeze_panes = "A2"
    page.append([_cell(page, column) for column in columns])
    try:
        for number, row in enumerate(chain.from_iterable(rows), 1):
            if number > XLSX_ROWS:
                raise Invalid({"formato": [f"Son más de {XLSX_ROWS} filas: pida CSV, o menos días."]})
            page.append([_cell(page, value) for value in row])
        file = tempfile.TemporaryFile()
        book.save(file)
    except BaseException:
        _discard(page)
        raise
    file.seek(0)
    return file


def _discard(page: Any) -> None:
    """Away with what was written of it so far; openpyxl would keep it until the process ends."""
    if not page.closed:
        page.close()
        page._writer.cleanup()


def _cell(page: Any, value: Any) -> Any:
    from openpyxl.cell import WriteOnlyCell

    value = _plain(value)
    if isinstance(value, Decimal):
        number = WriteOnlyCell(page, value)
        number.number_format = _NUMBERS.get(value.as_tuple().exponent, "General")
        return number
    if isinstance(value, str):
        text = WriteOnlyCell(page, _CONTROL.sub("", value))
        text.data_type = "s"  # whatever it looks like
        return text
    return value


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
