"""README's table of settings says what the services read."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "deploy"))

from ajustes import with_table  # noqa: E402 - a script beside, not an installed package


def test_the_table_of_settings_is_up_to_date() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert with_table(text) == text, "run `make ajustes`"
