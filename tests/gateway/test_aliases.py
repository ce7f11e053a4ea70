"""Every alias route reaches its canonical one, for its methods only."""

import re

import aliases
import pytest
import requests

ROWS = aliases.read_rows()
PARAMETER = re.compile(r"\{(\w+)\}")


def fill(template: str) -> str:
    """The template with 11, 12… for its ids, and a date for a `date`, in order."""
    numbers = iter(range(11, 20))
    return PARAMETER.sub(lambda m: "2026-01-15" if m[1] == "date" else str(next(numbers)), template)


def test_the_generated_file_is_up_to_date() -> None:
    assert aliases.TARGET.read_text(encoding="utf-8") == aliases.render(ROWS), "run: make aliases"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['method']} {row['path']}")
def test_alias_reaches_its_canonical_route(url: str, row: dict[str, str]) -> None:
    answer = requests.request(row["method"], f"{url}{fill(row['path'])}?page=2")
    path, _, query = fill(row["canonical"]).partition("?")
    seen = answer.json()
    assert f"{seen['service'].replace('-', '_')}_service" == row["service"]
    assert (seen["method"], seen["path"]) == (row["method"], path)
    assert seen["raw"].partition("?")[2] == f"{query}&page=2".lstrip("&")
    blind_write = row["method"] in {"POST", "PUT", "PATCH", "DELETE"}
    assert seen["headers"].get("if-match") == ("*" if blind_write else None)


@pytest.mark.parametrize("path", sorted({row["path"] for row in ROWS}))
def test_other_methods_are_405(url: str, path: str) -> None:
    listed = {row["method"] for row in ROWS if row["path"] == path}
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - listed:
        answer = requests.request(method, url + fill(path))
        assert answer.status_code == 405
        assert set(answer.headers["Allow"].split(", ")) - {"HEAD"} == listed


def test_the_callers_if_match_and_query_stay(url: str) -> None:
    seen = requests.put(f"{url}/api/v1/doctors/5", headers={"If-Match": '"3"'}).json()
    assert seen["headers"]["if-match"] == '"3"'
    seen = requests.get(f"{url}/api/v1/appointments/date/2026-01-15?doctor=4&q=a%26b").json()
    assert seen["args"] == {"fecha": ["2026-01-15"], "doctor": ["4"], "q": ["a&b"]}


def test_canonical_routes_are_not_given_an_if_match(url: str) -> None:
    assert "if-match" not in requests.put(f"{url}/citas/5").json()["headers"]


def test_a_segment_cannot_smuggle_query_arguments(url: str) -> None:
    seen = requests.get(f"{url}/api/v1/appointments/date/2026%26rol=x%20y%3Fz%23").json()
    assert seen["args"] == {"fecha": ["2026&rol=x y?z#"]}


@pytest.mark.parametrize("path", ["doctors/abc", "doctors/5x", "doctors/-1", "doctors/5/", "nada", "users/1/x"])
def test_ids_are_digits_and_nothing_else_is_served(url: str, path: str) -> None:
    assert requests.get(f"{url}/api/v1/{path}").status_code == 404


def test_literal_segments_win_over_ids(url: str) -> None:
    assert requests.get(f"{url}/api/v1/patients/search?q=ana").json()["path"] == "/admin/pacientes/buscar"
    assert requests.get(f"{url}/api/v1/patients/7").json()["path"] == "/admin/pacientes/7"


def test_a_path_with_two_targets_is_refused() -> None:
    row = {"method": "GET", "path": "/a", "canonical": "/b", "service": "s"}
    with pytest.raises(ValueError, match="leads to both"):
        aliases.render([row, {**row, "canonical": "/c"}])
    with pytest.raises(ValueError, match="parameters"):
        aliases.render([{**row, "path": "/a/{id}"}])
