"""Migrations of this service; see comun.migrations."""

from comun.migrations import run_environment

run_environment()
