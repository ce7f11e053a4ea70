"""Rows of what is bought, kept and done: of suppliers, products, treatments and recipes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import catalogo
import listas
from sorteo import Fila, Generador, codigo_de


def proveedores(semilla: int) -> Iterator[Fila]:
    """Who sells to the network."""
    g = Generador(semilla, "proveedores.csv")
    for uno in catalogo.PROVEEDORES:
        lugar = next(lugar for lugar in listas.LUGARES if lugar.ciudad == uno.ciudad)
        yield {
            "nombre": uno.nombre,
            "ruc": g.ruc_sociedad(uno.provincia),
            "contacto": f"{g.nombres(g.genero())} {g.apellidos()}",
            "telefono": f"{uno.prefijo}{g.azar.randrange(2, 7)}{g.azar.randrange(10**6):06d}",
            "email": f"ventas.{uno.clave}@example.com",
            "direccion": g.direccion(lugar),
            "plazo_entrega_dias": str(uno.plazo),
        }


def productos(cuantos_centros: int, semilla: int) -> Iterator[Fila]:
    """What is kept in stock, and how much of which lot each centre starts with."""
    g = Generador(semilla, "productos.csv")
    rucs = {uno.clave: fila["ruc"] for uno, fila in zip(catalogo.PROVEEDORES, proveedores(semilla), strict=True)}
    for uno in catalogo.PRODUCTOS:
        yield {
            "codigo": uno.codigo,
            "nombre": uno.nombre,
            "categoria": uno.categoria,
            "unidad": uno.unidad,
            "presentaciones": ";".join(f"{nombre}:{cuantos}" for nombre, cuantos in uno.paquetes.items()),
            "stock_minimo": str(uno.minimo),
            "costo_unitario": uno.costo,
            "precio_venta": uno.venta,
            "tarifa_iva": uno.iva,
            "proveedor": rucs[uno.proveedor],
            "controla_lotes": "true" if uno.lotes else "false",
            "existencias": ";".join(_existencias(g, uno, cuantos_centros)),
        }


def _existencias(g: Generador, producto: catalogo.Producto, cuantos_centros: int) -> Iterator[str]:
    """`centre:quantity`, or `centre:quantity:lot:expiry`; of what comes in lots a third expires a year earlier."""
    paquete = next(iter(producto.paquetes.values()), 1)
    mes, serie = g.azar.randrange(1, 13), g.azar.randrange(100, 1000)
    lotes = [f"L{ano - 2000}{mes:02d}{serie}:{_fin_de_mes(ano, mes)}" for ano in (2028, 2029)]
    for indice in range(cuantos_centros):
        hay = producto.hay if indice < 2 else -(-producto.hay // 2)
        partes = [hay // 3, hay - hay // 3]
        if not producto.lotes:
            yield f"{codigo_de(indice)}:{hay * paquete}"
        else:
            yield from (
                f"{codigo_de(indice)}:{parte * paquete}:{lote}"
                for parte, lote in zip(partes, lotes, strict=True)
                if parte
            )


def _fin_de_mes(ano: int, mes: int) -> str:
    siguiente = date(ano + mes // 12, mes % 12 + 1, 1)
    return (siguiente - timedelta(days=1)).isoformat()


def tratamientos() -> Iterator[Fila]:
    """What is done for patients, and the kits that are parts of it."""
    for uno in catalogo.TRATAMIENTOS:
        yield {
            "codigo": uno.codigo,
            "nombre": uno.nombre,
            "categoria": uno.categoria,
            "especialidad": uno.especialidad,
            "precio": uno.precio,
            "duracion_minutos": str(uno.minutos),
            "tarifa_iva": uno.iva,
        }


def recetas() -> Iterator[Fila]:
    """An ingredient a line: a product, or all that another treatment uses."""
    codigos = {uno.codigo for uno in catalogo.TRATAMIENTOS}
    for uno in catalogo.TRATAMIENTOS:
        for ingrediente, cuanto in uno.receta.items():
            leido = re.fullmatch(
                r"(?P<cantidad>[\d.]+)( (?P<unidad>\w+))?(?P<opcional>\?)?(\|(?P<otro>\w+))?", cuanto
            )
            assert leido, (uno.codigo, ingrediente, cuanto)
            yield {
                "tratamiento": uno.codigo,
                ("incluye" if ingrediente in codigos else "producto"): ingrediente,
                "cantidad": leido["cantidad"],
                "unidad": leido["unidad"] or "",
                "opcional": "true" if leido["opcional"] else "",
                "alternativa": leido["otro"] or "",
            }
