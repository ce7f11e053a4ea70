"""What the services of the network may ask of each other."""

# Every service follows revocations and delivers its events.
_TODOS = frozenset({"interno:revocaciones", "interno:eventos"})

_ADEMAS = {
    "auth": frozenset({"interno:consultar", "interno:personas"}),
    "admin": frozenset({"interno:consultar", "interno:usuarios", "interno:tratamientos"}),
    "citas": frozenset({"interno:consultar", "interno:tratamientos"}),
    "historia_clinica": frozenset({"interno:consultar", "interno:tratamientos"}),
    "facturacion": frozenset({"interno:consultar", "interno:tratamientos"}),
}


def permisos_de_servicio(nombre: str) -> frozenset[str]:
    """The fixed permissions of a service of the network."""
    return _TODOS | _ADEMAS.get(nombre, frozenset())
