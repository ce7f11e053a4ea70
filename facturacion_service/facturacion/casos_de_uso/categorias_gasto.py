"""Kinds of expenses: by id, or by a name, which makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun import audit
from comun.db import insert_if_absent
from comun.errors import Conflict, Invalid
from comun.fields import fold
from comun.preconditions import check_version
from facturacion.extensiones import db
from facturacion.modelos import CategoriaGasto, Gasto, GastoRecurrente


def nombrar(categoria: CategoriaGasto, nombre: str) -> None:
    """Call it so; names that differ in case and accents are one."""
    categoria.nombre, categoria.busqueda = nombre, _plegado(nombre)


def categoria_de(datos: Mapping[str, Any]) -> CategoriaGasto:
    """The category that `categoria_id` or `categoria`, a name, means; one of a new name is made.

    Nobody deletes it until this transaction ends. Invalid when there is none, or it is not in use any more.
    """
    if (nombre := datos.get("categoria")) is not None:
        campo, suya = "categoria", CategoriaGasto.busqueda == _plegado(nombre)
        if db.session.scalar(db.select(CategoriaGasto.id).where(suya, CategoriaGasto.vivos())) is None:
            _agregar(nombre)
    else:
        campo, suya = "categoria_id", CategoriaGasto.id == datos["categoria_id"]
    vivas = db.select(CategoriaGasto).where(suya, CategoriaGasto.vivos())
    categoria = db.session.scalar(vivas.with_for_update(read=True, key_share=True))
    if categoria is None:
        raise Invalid({campo: ["No existe esa categoría de gastos."]})
    if not categoria.activa:
        raise Invalid({campo: ["Esa categoría ya no se usa."]})
    return categoria


def eliminar_categoria(categoria: CategoriaGasto) -> None:
    """Delete it. Conflict `categoria_en_uso` while there are expenses of it; NotFound when somebody just did."""
    db.session.refresh(categoria, with_for_update=True)  # waits for whoever is just writing one, or changes it
    categoria.exigir_vivo()
    check_version(categoria)
    for modelo in (Gasto, GastoRecurrente):
        suyos = db.exists().where(modelo.categoria_id == categoria.id, modelo.vivos())
        if db.session.scalar(db.select(suyos)):
            raise Conflict("categoria_en_uso", "Hay gastos de esa categoría: desactívela en vez de eliminarla.")
    categoria.eliminar()


def _agregar(nombre: str) -> None:
    """A new one; one that somebody else adds at this moment is taken as it is."""
    nueva = {"nombre": nombre, "busqueda": _plegado(nombre), "activa": True}
    insert_if_absent(db.session, CategoriaGasto.__table__, nueva)
    audit.record("categoria_gasto", None, {"operacion": "alta", "nombre": nombre})


def _plegado(nombre: str) -> str:
    return " ".join(fold(nombre).split())[:80]
