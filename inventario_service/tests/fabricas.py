"""Rows that tests start from, written as the service itself would have."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask

from comun.fields import fold
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import SIN_LOTE, CentroRef, Ingrediente, Lote, Producto, Receta, Tipo, Tratamiento

ZONAS = {1: "America/Guayaquil", 2: "America/Guayaquil", 3: "Pacific/Galapagos"}
_numeros = count(1)


def conocer_centros(app: Flask, *ids: int) -> None:
    """Centres are known, as events tell: 1 and 2 on the mainland, 3 in Galápagos; all of them, when none is named."""
    with app.app_context():
        for numero in ids or ZONAS:
            db.session.merge(
                CentroRef(id=numero, nombre=f"Centro {numero}", zona_horaria=ZONAS[numero], activo=True, secuencia=1)
            )
        db.session.commit()


def nuevo_producto(app: Flask, **datos: Any) -> int:
    """A product, counted by the piece unless `datos` says otherwise."""
    numero = next(_numeros)
    campos = {"codigo": f"P-{numero}", "nombre": f"Producto {numero}", "unidad": "unidad", **datos}
    with app.app_context():
        producto = Producto(**campos, busqueda=fold(f"{campos['codigo']} {campos['nombre']}"))
        db.session.add(producto)
        db.session.commit()
        return producto.id


def ingresar(
    app: Flask,
    producto_id: int,
    cantidad: str | int,
    *,
    centro_id: int = 1,
    lote: str = SIN_LOTE,
    caducidad: date | None = None,
    costo: str = "1",
) -> int:
    """Some of a product comes in, at the principal warehouse of a known centre; the id of the lot."""
    with app.app_context():
        bloquear([(producto_id, centro_id)])
        fila = db.session.scalar(db.select(Lote).where(Lote.producto_id == producto_id, Lote.codigo == lote))
        if fila is None:
            fila = Lote(producto_id=producto_id, codigo=lote, caducidad=caducidad)
            db.session.add(fila)
            db.session.flush()
        bodega = bodega_principal(centro_id)
        asentar([Asiento(Tipo.ENTRADA, fila, bodega, Decimal(cantidad), Decimal(costo))], por="prueba")
        db.session.commit()
        return fila.id


def nuevo_tratamiento(app: Flask, **datos: Any) -> int:
    """A treatment without a recipe."""
    numero = next(_numeros)
    campos = {"codigo": f"T-{numero}", "nombre": f"Tratamiento {numero}", "precio": Decimal(30), **datos}
    with app.app_context():
        tratamiento = Tratamiento(**campos, busqueda=fold(f"{campos['codigo']} {campos['nombre']}"))
        db.session.add(tratamiento)
        db.session.commit()
        return tratamiento.id


def nueva_receta(app: Flask, tratamiento_id: int, *lineas: dict[str, Any]) -> int:
    """The first version of a recipe: lines as `Ingrediente` has them (`producto_id` or `incluye_id`, `cantidad`)."""
    with app.app_context():
        receta = Receta(tratamiento_id=tratamiento_id, numero=1, por="prueba")
        receta.ingredientes = [Ingrediente(orden=orden, **linea) for orden, linea in enumerate(lineas)]
        db.session.add(receta)
        db.session.commit()
        return receta.id
