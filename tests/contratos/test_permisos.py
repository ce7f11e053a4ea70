"""auth_service hands out what the other services ask for: one catalogue, the same names, the same words."""

import pytest

from admin.permisos import PERMISOS as ADMIN
from auth.catalogo import CATALOGO, servicio_de
from auth.dominio.servicios import permisos_de_servicio
from auth.permisos import PERMISOS as AUTH
from citas.permisos import PERMISOS as CITAS
from comun.events.blueprint import INTERNAL_PERMISSIONS as COMUN
from comunicaciones.permisos import PERMISOS as COMUNICACIONES
from facturacion.permisos import PERMISOS as FACTURACION
from historia_clinica.permisos import PERMISOS as HISTORIA_CLINICA
from inventario.permisos import PERMISOS as INVENTARIO

DECLARADOS = {
    "auth": AUTH,
    "admin": ADMIN,
    "citas": CITAS,
    "comunicaciones": COMUNICACIONES,
    "inventario": INVENTARIO,
    "historia_clinica": HISTORIA_CLINICA,
    "facturacion": FACTURACION,
    "comun": COMUN,
}


@pytest.mark.parametrize("servicio", DECLARADOS)
def test_el_catalogo_conoce_los_permisos_de_cada_servicio(servicio: str) -> None:
    assert DECLARADOS[servicio].items() <= CATALOGO.items()


def test_el_catalogo_no_tiene_permisos_de_nadie() -> None:
    assert set(CATALOGO) == {permiso for permisos in DECLARADOS.values() for permiso in permisos}


@pytest.mark.parametrize("permiso", sorted(CATALOGO))
def test_de_cada_permiso_se_sabe_que_servicio_lo_pide(permiso: str) -> None:
    servicio = servicio_de(permiso)
    assert servicio == "interno" or permiso in DECLARADOS[servicio]


def test_los_servicios_solo_tienen_permisos_que_existen() -> None:
    for servicio in ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion"):
        assert permisos_de_servicio(servicio) <= set(CATALOGO)
