"""An application whose webhooks may lie on this machine, and receivers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from comun.testing.patience import PATIENCE

from ..mundo import CASA, Mundo, Receptor


@pytest.fixture
def mundo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Mundo:
    ajustes = app.extensions["comun"].settings
    monkeypatch.setitem(ajustes, "COMUNICACIONES_REDES_PERMITIDAS", CASA)
    monkeypatch.setitem(ajustes, "COMUNICACIONES_WEBHOOK_TIMEOUT_SEGUNDOS", PATIENCE)
    monkeypatch.setitem(ajustes, "COMUNICACIONES_WEBHOOK_ESPERA_MAXIMA_SEGUNDOS", 0.1)
    return Mundo(app)


@pytest.fixture
def receptor() -> Iterator[Receptor]:
    with Receptor() as uno:
        yield uno
