"""Limits of time that only hold up who waits in vain: under test they are long, for a machine may stand still."""

from __future__ import annotations

from comun import engine, http

PATIENCE = 60  # seconds


def be_patient() -> None:
    """From now on this process waits so long. What tries a limit says what it is, as a service's own client does."""
    http.TIMEOUT = (PATIENCE, PATIENCE)
    http.DEADLINE = PATIENCE
    engine.CONNECT_SECONDS = engine.POOL_SECONDS = PATIENCE
