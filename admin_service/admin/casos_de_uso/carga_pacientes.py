"""Loading many patients at once, in bulk statements: 100,000 rows in one transaction."""

from typing import Any


def cargar_pacientes(filas: Any, quien: Any) -> Any: ...
