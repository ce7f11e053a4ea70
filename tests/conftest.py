"""Which test process runs which tests."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling


class PorSistema(LoadScopeScheduling):
    """One process for all tests of one running system, any for each of the rest.

    What marks of the kind `xdist_group` are for; pytest 9.2 and pytest-xdist 3.8 together pass over those in
    silence (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        path, _, name = nodeid.partition("::")
        if not path.startswith("tests/sistema/") or "[" not in name:
            return nodeid
        return "postgresql" if "postgresql" in name.partition("[")[2] else "sqlite"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> PorSistema | None:
    """Used with `--dist loadgroup`, as `make test` does."""
    return PorSistema(config, log) if config.getoption("dist") == "loadgroup" else None
