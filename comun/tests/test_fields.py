"""Fields: what a text, an amount, a moment or a choice may be."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError, fields, missing, validate

from comun.fields import (
    MAX_ID,
    Amount,
    Choice,
    Count,
    Day,
    Email,
    Flag,
    Id,
    Instant,
    Moment,
    Phone,
    Secret,
    Text,
    TimeZone,
    fold,
)


def read(field: fields.Field[Any], value: object) -> Any:
    return field.deserialize(value)


def refused(field: fields.Field[Any], value: object) -> bool:
    try:
        read(field, value)
    except ValidationError:
        return True
    return False


class TestText:
    def test_is_trimmed(self) -> None:
        assert read(Text(), "  Ñandú \n") == "Ñandú"

    def test_may_have_lines_and_tabs(self) -> None:
        assert read(Text(), "una\n\tdos") == "una\n\tdos"

    @pytest.mark.parametrize("value", ["", "   ", "a\0b", "\x7f", "a\u2028b", 5, None, ["a"], {"a": 1}])
    def test_what_it_is_not(self, value: object) -> None:
        assert refused(Text(), value)

    def test_its_length_counts_after_trimming(self) -> None:
        assert read(Text(3), "  abc  ") == "abc"
        assert refused(Text(3), "abcd")

    def test_empty_where_allowed(self) -> None:
        assert read(Text(empty=True), "  ") == ""

    def test_further_checks_are_made_beside_its_own(self) -> None:
        field = Text(3, validate=validate.Regexp("^a"))
        assert read(field, "ab") == "ab"
        assert refused(field, "b") and refused(field, "abcd")

    @given(st.text(max_size=40))
    def test_any_text_is_taken_trimmed_or_refused(self, text: str) -> None:
        if not refused(Text(), text):
            assert read(Text(), text) == text.strip()


def test_a_secret_is_taken_as_typed_and_never_answered() -> None:
    assert read(Secret(), "  a b ") == "  a b "
    assert refused(Secret(), "") and refused(Secret(5), "123456")
    assert Secret().load_only


class TestChoice:
    field = Choice(["programada", "en_sala", "no_asistio"])

    @pytest.mark.parametrize("word", ["no_asistio", "NO_ASISTIO", "No asistió", " no-asistio ", "No  Asistio"])
    def test_case_accents_and_spaces_do_not_matter(self, word: str) -> None:
        assert read(self.field, word) == "no_asistio"

    @pytest.mark.parametrize("word", ["", "otra", "noasistio", 1, True, None, ["en_sala"]])
    def test_other_words_are_refused(self, word: object) -> None:
        assert refused(self.field, word)

    def test_the_message_names_the_words(self) -> None:
        with pytest.raises(ValidationError, match="Debe ser uno de: programada, en_sala, no_asistio."):
            read(self.field, "otra")

    def test_it_is_documented_as_an_enumeration(self) -> None:
        assert self.field.metadata["enum"] == ["programada", "en_sala", "no_asistio"]
        assert Choice(["si", "no"], allow_none=True).metadata["enum"] == ["si", "no", None]


def test_fold_compares_without_case_and_accents() -> None:
    assert fold("  ÑANDÚ Straße ") == "nandu strasse"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


class TestWholeNumbers:
    @pytest.mark.parametrize("value", [1, "1", MAX_ID, str(MAX_ID), 7.0])
    def test_a_reference(self, value: object) -> None:
        assert read(Id(), value) == int(str(value).removesuffix(".0"))

    @pytest.mark.parametrize(
        "value",
        [
            0,
            -1,
            MAX_ID + 1,
            2**63,
            1e300,
            float("inf"),
            float("nan"),
            "",
            "uno",
            "1.5",
            1.5,
            True,
            None,
            [1],
            "9" * 5000,
        ],
    )
    def test_what_is_no_reference(self, value: object) -> None:
        assert refused(Id(), value)

    def test_a_count_has_limits(self) -> None:
        assert [refused(Count(1, 5), n) for n in (0, 1, 5, 6)] == [True, False, False, True]

    def test_a_fraction_is_not_cut_off(self) -> None:
        assert refused(Count(), 2.7)


class TestAmount:
    @pytest.mark.parametrize("value", [12.5, "12.5", "12.50", " 12.5 ", Decimal("12.5"), 12.50])
    def test_numbers_and_strings(self, value: object) -> None:
        assert read(Amount(), value) == Decimal("12.5")

    @pytest.mark.parametrize("value", ["0.001", 0.001, "1e-3", "0." + "1" + "0" * 40 + "1"])
    def test_too_many_places_are_refused_not_rounded(self, value: object) -> None:
        with pytest.raises(ValidationError, match="Admite hasta 2 decimales."):
            read(Amount(), value)

    def test_zeros_at_the_end_are_no_places(self) -> None:
        assert read(Amount(), "1.5000") == Decimal("1.5")
        assert read(Amount(places=6), "0.000001") == Decimal("0.000001")

    @pytest.mark.parametrize("value", ["10000000000", 1e10, "1e10", "1e400", "1e9999999", "9" * 5000])
    def test_too_large(self, value: object) -> None:
        with pytest.raises(ValidationError, match="Es demasiado grande."):
            read(Amount(), value)

    @pytest.mark.parametrize(
        "value", ["NaN", "sNaN", "Infinity", float("nan"), "", "doce", "1,5", "1_000", True, None, [1]]
    )
    def test_what_is_no_number(self, value: object) -> None:
        assert refused(Amount(), value)

    def test_negative_only_where_allowed(self) -> None:
        assert refused(Amount(), "-0.01")
        assert read(Amount(signed=True), "-0.01") == Decimal("-0.01")

    @given(st.text(max_size=30) | st.floats() | st.integers() | st.decimals())
    def test_whatever_comes_is_refused_or_fits_the_column(self, value: object) -> None:
        try:
            amount = read(Amount(), value)
        except ValidationError:
            return
        assert amount == amount.quantize(Decimal("0.01"))
        assert 0 <= amount < 10**10

    def test_it_goes_out_as_it_is(self) -> None:
        assert Amount().serialize("precio", {"precio": Decimal("1.10")}) == Decimal("1.10")


class TestMoment:
    def test_an_instant_says_its_offset(self) -> None:
        assert read(Instant(), "2026-01-15T10:00:00-05:00").isoformat() == "2026-01-15T10:00:00-05:00"
        assert refused(Instant(), "2026-01-15T10:00:00")

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-01-15T10:00:00-05:00", "2026-01-15T10:00:00-05:00"),
            ("2026-01-15T10:00:00Z", "2026-01-15T10:00:00+00:00"),
            (" 2026-01-15 10:00 ", "2026-01-15T10:00:00"),
            ("2026-01-15T10:00:00.123456", "2026-01-15T10:00:00.123456"),
        ],
    )
    def test_iso_with_and_without_offset(self, text: str, expected: str) -> None:
        assert read(Moment(), text).isoformat() == expected

    @pytest.mark.parametrize(
        "value",
        [
            "",
            "mañana",
            "2026-02-30T10:00",
            "2026-01-15",
            "20260115",
            "2026-W03-4",
            "2026-01-15T25:00",
            "1899-01-01T00:00",
            "2201-01-01T00:00",
            "2026-01-15T10:00:00+25:00",
            1768489200,
            True,
            None,
            ["2026-01-15T10:00"],
        ],
    )
    def test_what_is_none(self, value: object) -> None:
        assert refused(Moment(), value)

    @given(st.text(max_size=30))
    def test_any_text_is_a_moment_or_refused(self, text: str) -> None:
        assert refused(Moment(), text) or isinstance(read(Moment(), text), datetime)


class TestDay:
    def test_a_calendar_date(self) -> None:
        assert read(Day(), " 2024-02-29 ") == date(2024, 2, 29)

    @pytest.mark.parametrize(
        "value",
        ["2026-02-29", "20260115", "2026-1-5", "2026-01-15T00:00", "1849-12-31", "2201-01-01", "", 20260115, None],
    )
    def test_what_is_none(self, value: object) -> None:
        assert refused(Day(), value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(True, True), ("true", True), ("Sí", True), (1, True), (False, False), ("no", False), ("0", False)],
)
def test_flags(value: object, expected: bool) -> None:
    assert read(Flag(), value) is expected


@pytest.mark.parametrize("value", ["quizás", "", 2, [], {}, None])
def test_what_is_no_flag(value: object) -> None:
    assert refused(Flag(), value)


def test_an_email_address_in_lower_case() -> None:
    assert read(Email(), " Ana.Perez@Example.COM ") == "ana.perez@example.com"
    assert all(
        refused(Email(), value) for value in ("ana", "ana@", "a b@example.com", "", "a@b\0.com", "x" * 260 + "@b.com")
    )


@pytest.mark.parametrize(("text", "digits"), [("098 765-4321", "0987654321"), ("+593 (2) 234.5678", "+59322345678")])
def test_a_telephone_number_is_kept_as_digits(text: str, digits: str) -> None:
    assert read(Phone(), text) == digits


@pytest.mark.parametrize("text", ["12345", "1" * 16, "llamar", "09876+54321", "", "٠٩٨٧٦٥٤٣٢١"])
def test_what_is_no_telephone_number(text: str) -> None:
    assert refused(Phone(), text)


def test_a_time_zone_by_its_name() -> None:
    assert read(TimeZone(), "Pacific/Galapagos") == "Pacific/Galapagos"
    assert all(refused(TimeZone(), name) for name in ("Quito", "", "../etc/passwd", "America", "GMT+5:00x"))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (Text(required=True), missing, "Es obligatorio."),
        (Text(), None, "No puede ser nulo."),
        (Text(3), "abcd", "Admite hasta 3 caracteres."),
        (Text(), 5, "Debe ser un texto."),
        (Secret(9), "", "Debe tener de 1 a 9 caracteres."),
        (Id(), "uno", "Debe ser un número entero."),
        (Count(1, 5), 6, "Debe ser mayor o igual que 1 y menor o igual que 5."),
        (Flag(), "quizás", "Debe ser verdadero o falso."),
        (fields.List(Id()), 1, "Debe ser una lista."),
        (fields.List(Id(), validate=validate.Length(max=1)), [1, 2], "Admite hasta 1."),
        (Day(), "ayer", "Debe ser una fecha AAAA-MM-DD que exista."),
    ],
)
def test_people_are_told_in_their_language(field: fields.Field[Any], value: object, message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        read(field, value)
    assert refusal.value.messages == [message]
