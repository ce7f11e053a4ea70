"""Settings: where they come from, and the sentence that stops the start."""

from pathlib import Path

import pytest

from comun.config import Setting, SettingError, pairs, read_settings, service_settings

PORT = Setting("BIBLIOTECA_PORT", "Port to listen on.", 5099, int)
SECRET = Setting("BIBLIOTECA_SECRET", "What nobody may know.", required=True)


def test_the_environment_gives_the_value_parsed() -> None:
    assert PORT.read({"BIBLIOTECA_PORT": "8081"}) == 8081


@pytest.mark.parametrize("environment", [{}, {"BIBLIOTECA_PORT": ""}])
def test_what_is_not_given_has_its_default(environment: dict[str, str]) -> None:
    assert PORT.read(environment) == 5099


def test_a_file_may_hold_the_value(tmp_path: Path) -> None:
    file = tmp_path / "secreto"
    file.write_text("ábrete\n", encoding="utf-8")
    assert SECRET.read({"BIBLIOTECA_SECRET_FILE": str(file)}) == "ábrete"


def test_an_empty_variable_leaves_the_say_to_its_file(tmp_path: Path) -> None:
    file = tmp_path / "secreto"
    file.write_text("ábrete")
    assert SECRET.read({"BIBLIOTECA_SECRET": "", "BIBLIOTECA_SECRET_FILE": str(file)}) == "ábrete"


def test_the_variable_itself_goes_before_its_file(tmp_path: Path) -> None:
    assert SECRET.read({"BIBLIOTECA_SECRET": "a", "BIBLIOTECA_SECRET_FILE": str(tmp_path / "no hay")}) == "a"


@pytest.mark.parametrize("environment", [{}, {"BIBLIOTECA_SECRET": ""}])
def test_a_missing_required_one_stops_the_start_and_says_what_to_set(environment: dict[str, str]) -> None:
    with pytest.raises(SettingError) as stop:
        SECRET.read(environment)
    assert stop.value.code == (
        "BIBLIOTECA_SECRET is not set. What nobody may know. Set BIBLIOTECA_SECRET or BIBLIOTECA_SECRET_FILE."
    )


def test_an_empty_file_is_a_missing_value(tmp_path: Path) -> None:
    file = tmp_path / "secreto"
    file.write_text("\n")
    with pytest.raises(SettingError, match="is not set"):
        SECRET.read({"BIBLIOTECA_SECRET_FILE": str(file)})


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"BIBLIOTECA_SECRET_FILE can't be read: No such file"):
        SECRET.read({"BIBLIOTECA_SECRET_FILE": str(tmp_path / "no hay")})


def test_a_file_that_is_not_text_stops_the_start(tmp_path: Path) -> None:
    file = tmp_path / "secreto"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingError, match="BIBLIOTECA_SECRET_FILE can't be read"):
        SECRET.read({"BIBLIOTECA_SECRET_FILE": str(file)})


def test_a_value_that_makes_no_sense_stops_the_start() -> None:
    with pytest.raises(SettingError, match=r"BIBLIOTECA_PORT has an invalid value .* Port to listen on\."):
        PORT.read({"BIBLIOTECA_PORT": "ocho"})


def test_pairs() -> None:
    assert pairs("") == {}
    assert pairs(" admin=http://a:1 , citas=http://b:2?x=1,") == {"admin": "http://a:1", "citas": "http://b:2?x=1"}


@pytest.mark.parametrize("text", ["admin", "=x", "admin=", "admin=x,citas"])
def test_pairs_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match="expected name=value"):
        pairs(text)


def test_overrides_win_and_unknown_ones_are_refused() -> None:
    environment = {"BIBLIOTECA_PORT": "1", "BIBLIOTECA_SECRET": "a"}
    assert read_settings([PORT, SECRET], {"BIBLIOTECA_PORT": 2}, environment) == {
        "BIBLIOTECA_PORT": 2,
        "BIBLIOTECA_SECRET": "a",
    }
    with pytest.raises(SettingError, match="unknown settings: BIBLIOTECA_PUERTO"):
        read_settings([PORT], {"BIBLIOTECA_PUERTO": 2}, environment)


def test_every_common_setting_says_what_it_means_and_has_a_name_of_its_own() -> None:
    declared = service_settings("CITAS", 5005)
    names = [setting.name for setting in declared]
    assert len(set(names)) == len(names)
    assert all(setting.doc.endswith(".") for setting in declared)
    assert {setting.name for setting in declared if setting.required} == {"CITAS_DATABASE_URL", "CITAS_CLIENT_SECRET"}


def test_who_gives_tokens_itself_needs_no_credentials() -> None:
    names = {setting.name for setting in service_settings("AUTH", 5001, has_credentials=False)}
    assert not names & {"AUTH_CLIENT_ID", "AUTH_CLIENT_SECRET"}
