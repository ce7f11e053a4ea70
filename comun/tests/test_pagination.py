"""Lists in pages: nothing twice, nothing left out, whatever the order and whoever forges a cursor."""

import base64
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from biblioteca.extensiones import db
from biblioteca.modelos import Libro
from biblioteca.rutas import ORDEN
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

URL = "/biblioteca/libros"


def shelve(app: Flask, count: int, **values: Any) -> None:
    """Books with many equal values, and some unknown."""
    with app.app_context():
        first = db.session.scalar(db.select(db.func.coalesce(db.func.max(Libro.id), 0))) or 0
        db.session.add_all(
            Libro(
                **{
                    "codigo": f"L-{first + n}",
                    "titulo": ["Ñandú", "ala", "Zeta", "álamo", "o'", "%_\\"][n % 6],
                    "precio": Decimal(n % 4) / 4,
                    "paginas": n % 3 + 1,
                    "publicado": date(2020, 1, 1 + n % 5),
                    "visto_en": datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=n % 5),
                    "agotado": n % 2 == 0,
                    "calificacion": None if n % 3 == 0 else n % 4,
                    **values,
                }
            )
            for n in range(1, count + 1)
        )
        db.session.commit()


@pytest.fixture
def api(app: Flask) -> ApiClient:
    """A caller in front of 23 books."""
    shelve(app, 23)
    return ApiClient(app).as_("admin")


def page(api: ApiClient, **query: Any) -> Any:
    return ok(api.get(URL, query_string=query))


def walk(api: ApiClient, **query: Any) -> Iterator[Any]:
    """All books by cursor, from the first page on."""
    answer = page(api, **query)
    yield from answer["datos"]
    while (cursor := answer["paginacion"]["siguiente"]) is not None:
        answer = page(api, cursor=cursor, tamano=query.get("tamano", 20))
        yield from answer["datos"]


def test_a_page_says_where_it_stands(api: ApiClient) -> None:
    answer = page(api, tamano=10)
    assert [book["id"] for book in answer["datos"]] == list(range(1, 11))
    place = answer["paginacion"]
    assert (place["pagina"], place["tamano"], place["hay_mas"], place["total"]) == (1, 10, True, None)
    last = page(api, tamano=10, pagina=3)
    assert [book["id"] for book in last["datos"]] == [21, 22, 23]
    assert (last["paginacion"]["hay_mas"], last["paginacion"]["siguiente"]) == (False, None)


def test_a_page_that_is_just_full_is_the_last(api: ApiClient) -> None:
    assert page(api, tamano=23)["paginacion"]["hay_mas"] is False


def test_beyond_the_end_there_is_nothing(api: ApiClient) -> None:
    assert page(api, pagina=9)["datos"] == []


def test_the_total_is_counted_when_asked_with_the_filters(api: ApiClient, app: Flask) -> None:
    shelve(app, 2, genero="poesia")
    assert page(api, total="true", tamano=1)["paginacion"]["total"] == 25
    assert page(api, total="true", genero="Poesía")["paginacion"]["total"] == 2
    second = page(api, tamano=5)["paginacion"]["siguiente"]
    assert page(api, cursor=second, total="true")["paginacion"]["total"] == 25


def test_pages_by_number_reach_so_far_and_cursors_further(api: ApiClient) -> None:
    ok(api.get(URL, query_string={"pagina": 50, "tamano": 200}))
    error = problem(api.get(URL, query_string={"pagina": 51, "tamano": 200}), 422)
    assert error["errores"] == {"pagina": ["Más allá de la fila 10000 use el cursor."]}


def test_a_cursor_continues_a_numbered_page(api: ApiClient) -> None:
    cursor = page(api, pagina=2, tamano=10, orden="-id")["paginacion"]["siguiente"]
    assert [book["id"] for book in page(api, cursor=cursor)["datos"]] == [3, 2, 1]


def test_what_stands_beside_the_rows_is_on_every_page(api: ApiClient) -> None:
    first = ok(api.get(f"{URL}/agotados", query_string={"tamano": 10}))
    rest = ok(api.get(f"{URL}/agotados", query_string={"cursor": first["paginacion"]["siguiente"]}))
    assert (len(first["datos"]), len(rest["datos"])) == (10, 1)
    assert first["avisos"] == rest["avisos"] == ["Vuelven el lunes."]


class TestOrders:
    def test_ties_are_settled_by_id_in_the_direction_of_the_last_field(self, api: ApiClient) -> None:
        books = page(api, orden="-paginas", tamano=200)["datos"]
        assert [(b["paginas"], b["id"]) for b in books] == sorted(
            ((b["paginas"], b["id"]) for b in books), reverse=True
        )

    @pytest.mark.parametrize("text", ["clave", "-", "--id", "id,id", "id,-id", "titulo;id", "1", "codigo", "ID"])
    def test_only_documented_fields_once_each(self, api: ApiClient, text: str) -> None:
        error = problem(api.get(URL, query_string={"orden": text}), 422)
        assert "titulo" in error["errores"]["orden"][0]

    def test_unknown_values_come_last_in_both_directions(self, api: ApiClient) -> None:
        for order in ("calificacion", "-calificacion"):
            values = [book["calificacion"] for book in walk(api, orden=order, tamano=4)]
            known = [value for value in values if value is not None]
            assert values == sorted(known, reverse=order.startswith("-")) + [None] * 7


class TestWhileBooksComeAndGo:
    def test_new_ones_before_the_cursor_shift_nothing(self, api: ApiClient, app: Flask) -> None:
        first = page(api, orden="-id", tamano=10)
        shelve(app, 5)
        rest = page(api, cursor=first["paginacion"]["siguiente"], tamano=200)["datos"]
        assert [book["id"] for book in first["datos"] + rest] == list(range(23, 0, -1))

    def test_the_book_at_the_cursor_may_vanish(self, api: ApiClient) -> None:
        first = page(api, tamano=10)
        api.delete(f"{URL}/10")
        rest = page(api, cursor=first["paginacion"]["siguiente"], tamano=200)["datos"]
        assert [book["id"] for book in rest] == list(range(11, 24))

    def test_deleted_ones_are_left_out_unless_asked_for(self, api: ApiClient) -> None:
        api.delete(f"{URL}/3")
        assert 3 not in [book["id"] for book in page(api, tamano=200)["datos"]]
        everything = page(api, tamano=200, incluir_eliminados="true")["datos"]
        assert [book["id"] for book in everything if book["eliminado_en"]] == [3]

    def test_what_changed_since_a_moment_the_deleted_included(self, api: ApiClient) -> None:
        since = now().isoformat()
        api.delete(f"{URL}/3")
        api.put(f"{URL}/5", {"paginas": 99}, headers={"If-Match": "*"})
        answer = page(api, actualizado_desde=since, incluir_eliminados="true")
        assert [book["id"] for book in answer["datos"]] == [3, 5]
        problem(api.get(URL, query_string={"actualizado_desde": "2026-01-15T10:00"}), 422)


def forged(orders: Any, values: Any) -> str:
    return base64.urlsafe_b64encode(orjson.dumps({"o": orders, "v": values})).decode().rstrip("=")


class TestForgedCursors:
    @pytest.mark.parametrize(
        "cursor",
        [
            "basura", "====", "ñ", "e30", "bnVsbA", "W10", "%00",
            forged(["id"], []), forged(["id"], [1, 2]), forged([], []), forged("id", [1]), forged(["id"], 1),
            forged(None, None), forged([1], [1]), forged(["clave", "id"], ["a", 1]), forged(["id", "id"], [1, 1]),
            forged(["id"], ["1"]), forged(["id"], [None]), forged(["id"], [True]), forged(["id"], [1.5]),
            forged(["id"], [[1]]), forged(["id"], [{"a": 1}]), forged(["titulo"], ["a"]),
            forged(["titulo", "id"], [1, 1]), forged(["titulo", "id"], ["a\0b", 1]),
            forged(["titulo", "id"], [None, 1]),
            forged(["precio", "id"], ["NaN", 1]), forged(["precio", "id"], ["doce", 1]),
            forged(["precio", "id"], [[], 1]), forged(["precio", "id"], [1, 1]),
            forged(["precio", "id"], ["sNaN", 1]), forged(["precio", "id"], ["1e9999999999", 1]),
            forged(["visto_en", "id"], ["2026-01-01T00:00:00", 1]), forged(["visto_en", "id"], ["2026-01-01", 1]),
            forged(["visto_en", "id"], ["0001-01-01T00:00:00+14:00", 1]), forged(["visto_en", "id"], [5, 1]),
            forged(["publicado", "id"], ["2026-02-30", 1]), forged(["agotado", "id"], ["true", 1]),
            forged(["calificacion", "id"], ["alta", 1]),
        ],
    )  # fmt: skip
    def test_are_refused(self, api: ApiClient, cursor: str) -> None:
        error = problem(api.get(URL, query_string={"cursor": cursor}), 422)
        assert list(error["errores"]) == ["cursor"]

    @pytest.mark.parametrize("value", [0, -5, 2**31, 2**62])
    def test_a_place_where_no_book_is_is_a_place(self, api: ApiClient, value: int) -> None:
        ok(api.get(URL, query_string={"cursor": forged(["id"], [value])}))

    def test_a_cursor_comes_alone(self, api: ApiClient) -> None:
        cursor = page(api, tamano=5)["paginacion"]["siguiente"]
        for extra in ({"pagina": 2}, {"orden": "id"}):
            problem(api.get(URL, query_string={"cursor": cursor, **extra}), 422)


VALUES = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(max_size=5)
    | st.datetimes(timezones=st.none() | st.timezones()).map(str) | st.dates().map(str) | st.decimals().map(str)
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(list(ORDEN)), VALUES), max_size=2, unique_by=lambda pair: pair[0]))
def test_forged_cursors_are_never_a_failure_of_ours(api: ApiClient, pairs: list[tuple[str, Any]]) -> None:
    names, values = [name for name, _ in pairs], [value for _, value in pairs]
    try:
        cursor = forged([*names, "id"], [*values, 1])
    except TypeError:  # lone surrogates are no JSON
        return
    assert api.get(URL, query_string={"cursor": cursor}).status_code in (200, 422)


@given(
    st.lists(st.sampled_from(["id", *ORDEN]), unique=True, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(2, 12),
)
def test_walking_in_any_order_meets_every_book_once(
    api: ApiClient, names: list[str], down: list[bool], size: int
) -> None:
    order = ",".join(f"{'-' if falling else ''}{name}" for name, falling in zip(names, down, strict=False))
    query = {"orden": order} if order else {}
    walked = list(walk(api, tamano=size, **query))
    assert walked == page(api, tamano=200, **query)["datos"]
    assert sorted(book["id"] for book in walked) == list(range(1, 24))
