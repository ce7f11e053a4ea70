"""Making, changing and deleting suppliers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.bulk import Answer, Report, Row, mark_repeated, mark_taken, one_by_one
from comun.preconditions import check_version
from inventario.casos_de_uso.usos import exigir_que_nada_le_compre
from inventario.extensiones import db
from inventario.modelos import Proveedor
from inventario.modelos.busqueda import plegar

_LARGO = 300


def crear_proveedor(datos: Mapping[str, Any]) -> Proveedor:
    """Make a supplier, with what is odd about it as `advertencias`; 409 when there is one with that RUC."""
    proveedor = Proveedor()
    _poner(proveedor, datos)
    db.session.add(proveedor)
    return proveedor


def cambiar_proveedor(proveedor: Proveedor, cambios: Mapping[str, Any]) -> Proveedor:
    """Change what is given; what is odd about it is in `advertencias`."""
    check_version(proveedor)
    _poner(proveedor, cambios)
    return proveedor


def eliminar_proveedor(proveedor: Proveedor) -> None:
    """Delete it. Conflict while products name it, or an order that is open."""
    check_version(proveedor)
    # Waits for whoever is just referring to it.
    db.session.execute(db.select(Proveedor.id).where(Proveedor.id == proveedor.id).with_for_update())
    exigir_que_nada_le_compre(proveedor)
    proveedor.eliminar()


def cargar_proveedores(filas: list[Row]) -> Answer:
    """Make many suppliers, all or none. Invalid names every row at fault."""
    informe = Report()
    mark_repeated(informe, filas, "ruc", "Está repetido en la carga.")
    mark_taken(informe, filas, Proveedor.ruc, "Ya existe un proveedor con ese RUC.")
    return one_by_one(filas, informe, crear_proveedor)


def _poner(proveedor: Proveedor, datos: Mapping[str, Any]) -> None:
    for campo, valor in datos.items():
        setattr(proveedor, campo, valor)
    proveedor.busqueda = plegar(proveedor.nombre, proveedor.ruc, proveedor.contacto, largo=_LARGO)
