"""Schemas: names and their aliases, unknown fields, partial input, query arguments."""

from typing import Any

import marshmallow as ma
import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from biblioteca.esquemas import FiltroLibros, LibroNuevo
from comun import fields
from comun.schema import QUERY_ALIASES, DaysQuery, QuerySchema, Schema, rename_aliases

BOOK = {"codigo": "Q-1", "titulo": "Don Quijote"}


def faults(schema: Schema, data: Any) -> Any:
    with pytest.raises(ma.ValidationError) as refusal:
        schema.load(data)
    return refusal.value.messages


class TestNames:
    def test_an_alias_stands_for_its_field(self) -> None:
        assert LibroNuevo().load({"codigo": "Q-1", "nombre": "Don Quijote"}) == BOOK

    def test_inside_a_nested_object_too(self) -> None:
        loaded = LibroNuevo().load({**BOOK, "nota": {"comentario": "Bueno"}})
        assert loaded["nota"] == {"texto": "Bueno", "estrellas": 5}

    def test_id_x_stands_for_x_id(self) -> None:
        assert LibroNuevo().load({**BOOK, "id_editorial": 7})["editorial_id"] == 7

    @pytest.mark.parametrize("extra", [{"nombre": "Otro"}, {"nombre": "Don Quijote"}])
    def test_a_name_and_its_alias_together_are_refused(self, extra: dict[str, str]) -> None:
        assert faults(LibroNuevo(), {**BOOK, **extra}) == {
            "nombre": ["Se dio también como titulo; envíe solo uno de los dos."]
        }

    def test_in_whichever_order(self) -> None:
        assert "nombre" in faults(LibroNuevo(), {"nombre": "Otro", **BOOK})

    def test_an_alias_of_a_field_that_the_schema_has_not_is_unknown(self) -> None:
        class Corto(Schema):
            ALIASES = {"nombre": "titulo"}
            codigo = fields.Text()

        assert faults(Corto(), {"nombre": "x"}) == {"nombre": ["Campo desconocido."]}

    def test_a_field_that_is_called_like_an_alias_is_itself(self) -> None:
        class Dos(Schema):
            ALIASES = {"nombre": "titulo"}
            nombre = fields.Text()
            titulo = fields.Text()

        assert Dos().load({"nombre": "a", "titulo": "b"}) == {"nombre": "a", "titulo": "b"}

    @given(
        st.dictionaries(st.sampled_from("abcd"), st.integers()),
        st.dictionaries(st.sampled_from("abcd"), st.sampled_from("abcd")),
        st.sets(st.sampled_from("abcd")),
    )
    def test_renaming_never_loses_a_value(
        self, data: dict[str, int], aliases: dict[str, str], known: set[str]
    ) -> None:
        try:
            renamed = rename_aliases(data, aliases, known)
        except ma.ValidationError:
            return
        assert sorted(renamed.values()) == sorted(data.values())
        assert set(data) & known <= set(renamed)


class TestWhatIsRefused:
    def test_unknown_fields(self) -> None:
        assert faults(LibroNuevo(), {**BOOK, "color": "rojo"}) == {"color": ["Campo desconocido."]}

    def test_unknown_fields_in_a_nested_object(self) -> None:
        assert faults(LibroNuevo(), {**BOOK, "nota": {"texto": "a", "color": 1}}) == {
            "nota": {"color": ["Campo desconocido."]}
        }

    def test_what_is_not_for_reading_in(self) -> None:
        from biblioteca.esquemas import LibroSalida

        assert faults(LibroSalida(partial=True), {"id": 3}) == {"id": ["Campo desconocido."]}

    @pytest.mark.parametrize("data", [None, [], [BOOK], "texto", 5])
    def test_what_is_no_object(self, data: Any) -> None:
        assert faults(LibroNuevo(), data) == {"_schema": ["Debe ser un objeto JSON."]}

    def test_all_faults_are_told_at_once(self) -> None:
        assert set(faults(LibroNuevo(), {"precio": "x", "paginas": 0})) == {"codigo", "titulo", "precio", "paginas"}


class TestPartial:
    def test_what_is_absent_stays_absent(self) -> None:
        assert LibroNuevo.as_partial().load({"titulo": "Otro"}) == {"titulo": "Otro"}

    def test_what_is_there_is_checked_all_the_same(self) -> None:
        assert set(faults(LibroNuevo.as_partial(), {"titulo": "", "color": 1})) == {"titulo", "color"}

    def test_a_nested_object_comes_whole(self) -> None:
        assert faults(LibroNuevo.as_partial(), {"nota": {"estrellas": 3}}) == {"nota": {"texto": ["Es obligatorio."]}}


class TestQuery:
    def read(self, *pairs: tuple[str, str]) -> Any:
        return FiltroLibros().load(MultiDict(pairs))

    def test_defaults(self) -> None:
        assert self.read() == {"tamano": 20, "total": False, "incluir_eliminados": False}

    def test_english_names_and_references_without_id(self) -> None:
        args = self.read(("page", "2"), ("page_size", "5"), ("editorial", "7"), ("total", "true"))
        assert (args["pagina"], args["tamano"], args["editorial_id"], args["total"]) == (2, 5, 7, True)

    def test_an_english_name_where_there_is_nothing_of_the_kind_is_unknown(self) -> None:
        assert faults(FiltroLibros(), MultiDict({"date": "2026-01-15"})) == {"date": ["Campo desconocido."]}

    def test_one_given_twice_is_refused(self) -> None:
        assert faults(FiltroLibros(), MultiDict([("tamano", "5"), ("tamano", "6")])) == {
            "tamano": ["Se dio más de una vez."]
        }

    @pytest.mark.parametrize("pair", [("page", "pagina"), ("editorial", "editorial_id")])
    def test_a_name_and_its_alias_together_are_refused(self, pair: tuple[str, str]) -> None:
        assert pair[0] in faults(FiltroLibros(), MultiDict({pair[0]: "1", pair[1]: "1"}))

    def test_two_aliases_of_one_name_are_refused(self) -> None:
        class Busqueda(QuerySchema):
            q = fields.Text()

        assert Busqueda().load(MultiDict({"search": "ana"})) == {"q": "ana"}
        assert faults(Busqueda(), MultiDict({"search": "ana", "query": "eva"}))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("tamano", "0"),
            ("tamano", "201"),
            ("tamano", "x"),
            ("pagina", "0"),
            ("pagina", "1.5"),
            ("total", "quizás"),
            ("actualizado_desde", "ayer"),
            ("genero", "drama"),
            ("cursor", "x" * 601),
        ],
    )
    def test_limits(self, name: str, value: str) -> None:
        assert list(faults(FiltroLibros(), MultiDict({name: value}))) == [name]

    @pytest.mark.parametrize(
        ("desde", "hasta", "message"),
        [
            ("2026-03-02", "2026-03-01", "Es anterior a «desde»."),
            ("2026-03-01", "2026-03-08", "Admite hasta 7 días."),
        ],
    )
    def test_days_are_in_order_and_not_too_many(self, desde: str, hasta: str, message: str) -> None:
        class Semana(DaysQuery):
            MAX_DAYS = 7
            desde = fields.Day()
            hasta = fields.Day()

        assert faults(Semana(), MultiDict({"desde": desde, "hasta": hasta})) == {"hasta": [message]}
        for allowed in ({"desde": desde}, {"hasta": hasta}, {"desde": "2026-03-01", "hasta": "2026-03-07"}):
            assert Semana().load(MultiDict(allowed)).keys() == allowed.keys()

    def test_the_names_that_the_contract_lists(self) -> None:
        assert (
            QUERY_ALIASES.items()
            >= {
                "date": "fecha",
                "start_date": "desde",
                "end_date": "hasta",
                "status": "estado",
                "page": "pagina",
                "page_size": "tamano",
                "search": "q",
                "query": "q",
            }.items()
        )
