"""Categories by their names: known ones, and new ones of whoever may make them."""

from __future__ import annotations

from collections.abc import Iterable

from comun import audit
from comun.auth.caller import Caller
from comun.db import insert_if_absent
from comun.errors import Conflict, Invalid
from inventario.extensiones import db
from inventario.modelos import Ambito, Categoria, Producto, Tratamiento
from inventario.modelos.categoria import plegado

# What a caller must hold to make a new one.
CREAR = {Ambito.PRODUCTO: "inventario:productos:crear", Ambito.TRATAMIENTO: "inventario:tratamientos:crear"}


def categoria_llamada(ambito: Ambito, nombre: str | None, quien: Caller) -> int | None:
    """The id of the category of that name, as `categorias_llamadas`; None for none."""
    return None if nombre is None else categorias_llamadas(ambito, [nombre], quien)[nombre]


def categorias_llamadas(ambito: Ambito, nombres: Iterable[str], quien: Caller) -> dict[str, int]:
    """Name → id of its category; unknown ones are made when the caller may.

    Nobody deletes them until this transaction ends. Raises Invalid, for `categoria`.
    """
    plegados = {nombre: plegado(nombre) for nombre in nombres}
    ids = _conocidas(ambito, plegados.values())
    # Of several ways to write it the first one counts.
    nuevas: dict[str, str] = {}
    for nombre, clave in plegados.items():
        if clave not in ids:
            nuevas.setdefault(clave, nombre)
    if nuevas:
        if not quien.can(CREAR[ambito]):
            raise Invalid({"categoria": [f"No existe esa categoría: {', '.join(nuevas.values())}."]})
        _agregar(ambito, nuevas)
        ids = _conocidas(ambito, plegados.values())
    if not set(plegados.values()) <= ids.keys():
        raise Conflict("cambio_simultaneo", "Otra persona cambió la categoría; intente de nuevo.")
    return {nombre: ids[clave] for nombre, clave in plegados.items()}


def categorias_conocidas(ambito: Ambito, nombres: Iterable[str]) -> set[str]:
    """Which of the names are those of living categories."""
    plegados = {nombre: plegado(nombre) for nombre in nombres}
    ids = _conocidas(ambito, plegados.values())
    return {nombre for nombre, clave in plegados.items() if clave in ids}


def eliminar_categoria(categoria: Categoria) -> None:
    """Delete it. Conflict while products or treatments are in it."""
    categoria.eliminar()
    db.session.flush()  # waits for whoever is just putting something in
    for modelo in (Producto, Tratamiento):
        en_ella = db.exists().where(modelo.categoria_id == categoria.id, modelo.vivos())
        if db.session.scalar(db.select(en_ella)):
            raise Conflict("categoria_en_uso", "Todavía hay algo en esa categoría; cámbielo antes.")


def _conocidas(ambito: Ambito, claves: Iterable[str]) -> dict[str, int]:
    consulta = (
        db.select(Categoria.nombre_plegado, Categoria.id)
        .where(Categoria.ambito == ambito, Categoria.nombre_plegado.in_(sorted(set(claves))), Categoria.vivos())
        .order_by(Categoria.id)
        .with_for_update(read=True)
    )
    return {clave: numero for clave, numero in db.session.execute(consulta)}


def _agregar(ambito: Ambito, nombres: dict[str, str]) -> None:
    """New ones; one that somebody else adds at this moment is taken as it is."""
    filas = [
        {
            "ambito": ambito,
            "nombre": nombre,
            "nombre_plegado": clave,
        }
        for clave, nombre in nombres.items()
    ]
    insert_if_absent(db.session, Categoria.__table__, filas)
    audit.record("categoria", None, {"operacion": "alta", "ambito": str(ambito), "nombres": [*nombres.values()]})
