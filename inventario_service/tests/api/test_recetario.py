"""Which version of a recipe counts."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from flask import Flask

from comun.db import now
from inventario.casos_de_uso.recetario import recetas_de
from inventario.extensiones import db
from inventario.modelos import Ingrediente, Receta

from ..fabricas import nueva_receta, nuevo_producto, nuevo_tratamiento


def test_cuenta_la_version_del_momento_tambien_la_de_lo_incluido(app: Flask) -> None:
    producto, otro = nuevo_producto(app), nuevo_producto(app)
    calza, basico, suelto = (nuevo_tratamiento(app) for _ in range(3))
    nueva_receta(app, calza, {"incluye_id": basico, "cantidad": Decimal(2)})
    vieja = nueva_receta(app, basico, {"producto_id": producto, "cantidad": Decimal(1)})
    nueva_receta(app, suelto, {"producto_id": otro, "cantidad": Decimal(1)})
    with app.app_context():
        cambio = now()
        db.session.get_one(Receta, vieja).vigente_hasta = cambio
        db.session.flush()
        nueva = Receta(tratamiento_id=basico, numero=2, por="prueba", vigente_desde=cambio)
        nueva.ingredientes = [
            Ingrediente(orden=1, producto_id=otro, cantidad=Decimal(3), alternativa="a"),
            Ingrediente(orden=0, producto_id=producto, cantidad=Decimal(4), opcional=True),
        ]
        db.session.add(nueva)
        db.session.commit()

        hoy = recetas_de([calza])
        assert hoy.keys() == {calza, basico}
        assert hoy[basico].id == nueva.id
        assert [(linea.producto_id, linea.cantidad) for linea in hoy[basico].lineas] == [(producto, 4), (otro, 3)]
        assert recetas_de([calza], cambio)[basico].id == nueva.id
        assert recetas_de([calza], cambio - timedelta(microseconds=1))[basico].id == vieja
        assert recetas_de([calza], cambio - timedelta(days=1)) == {}
        assert recetas_de([]) == {}
