"""What treatments cost and leave: now, and month by month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from inventario.dominio.fechas import hoy, primero_del_mes
from inventario.extensiones import db
from inventario.modelos import CostoProducto, Ingrediente, PrecioTratamiento, Producto, Receta

from ..catalogo import TRATAMIENTOS, crear_tratamiento
from ..fabricas import conocer_centros, ingresar, nuevo_producto, nuevo_tratamiento


def costos(api: ApiClient, tratamiento_id: int, **consulta: Any) -> Any:
    return ok(api.get(f"{TRATAMIENTOS}/{tratamiento_id}/costos", query_string=consulta))


def dia(mes: int, del_mes: int = 15) -> datetime:
    return datetime(2025, mes, del_mes, 12, tzinfo=UTC)


def guardar(app: Flask, *filas: Any) -> None:
    with app.app_context():
        db.session.add_all(filas)
        db.session.commit()


class TestAhora:
    def test_el_costo_sigue_a_lo_que_se_compra(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        resina = nuevo_producto(app)
        tratamiento = crear_tratamiento(api, precio=40, receta=[{"producto_id": resina, "cantidad": "0.5"}])["id"]
        ingresar(app, resina, 10, costo="8")
        ahora = costos(api, tratamiento)
        assert {**ahora, "meses": None} == {
            "tratamiento_id": tratamiento,
            "precio": 40,
            "costo": 4,
            "costo_opcional": 0,
            "margen": 36,
            "margen_porcentaje": 90,
            "version": 1,
            "meses": None,
        }
        assert ahora["meses"] == [
            {campo: valor for campo, valor in ahora.items() if campo not in ("tratamiento_id", "meses")}
            | {"mes": hoy().replace(day=1).isoformat()}
        ]
        ingresar(app, resina, 10, costo="12")
        assert costos(api, tratamiento)["costo"] == 5

    def test_sin_precio_no_hay_porcentaje(self, api: ApiClient) -> None:
        gratis = costos(api, crear_tratamiento(api, precio=0)["id"])
        assert (gratis["margen"], gratis["margen_porcentaje"], gratis["version"]) == (0, None, 0)

    def test_de_quien_no_existe(self, api: ApiClient) -> None:
        problem(api.get(f"{TRATAMIENTOS}/99/costos"), 404)


class TestPorMes:
    @pytest.fixture
    def tratamiento(self, app: Flask) -> int:
        """Begun in February of 2025; its recipe, its cost and its price changed in different months."""
        producto, campo = nuevo_producto(app, costo_unitario=Decimal(9)), nuevo_tratamiento(app)
        tratamiento = nuevo_tratamiento(app, precio=Decimal(60))
        guardar(
            app,
            PrecioTratamiento(tratamiento_id=tratamiento, precio=Decimal(50), por="x", desde=dia(2)),
            PrecioTratamiento(tratamiento_id=tratamiento, precio=Decimal(60), por="x", desde=dia(5)),
            CostoProducto(producto_id=producto, costo=Decimal(2), desde=dia(1)),
            CostoProducto(producto_id=producto, costo=Decimal(3), desde=dia(4)),
            Receta(
                tratamiento_id=campo,
                numero=1,
                por="x",
                vigente_desde=dia(1),
                ingredientes=[Ingrediente(orden=0, producto_id=producto, cantidad=Decimal(1))],
            ),
            Receta(
                tratamiento_id=tratamiento,
                numero=1,
                por="x",
                vigente_desde=dia(3),
                vigente_hasta=dia(6),
                ingredientes=[Ingrediente(orden=0, producto_id=producto, cantidad=Decimal(4), opcional=True)],
            ),
            Receta(
                tratamiento_id=tratamiento,
                numero=2,
                por="x",
                vigente_desde=dia(6),
                ingredientes=[
                    Ingrediente(orden=0, producto_id=producto, cantidad=Decimal(5)),
                    Ingrediente(orden=1, incluye_id=campo, cantidad=Decimal(2)),
                ],
            ),
        )
        return tratamiento

    def test_cada_mes_con_lo_que_regia_al_cerrar(self, api: ApiClient, tratamiento: int) -> None:
        meses = costos(api, tratamiento, desde="2025-01-10", hasta="2025-06-30")["meses"]
        assert [
            (m["mes"][:7], m["version"], m["precio"], m["costo"], m["costo_opcional"], m["margen"]) for m in meses
        ] == [
            ("2025-02", 0, 50, 0, 0, 50),
            ("2025-03", 1, 50, 8, 8, 42),
            ("2025-04", 1, 50, 12, 12, 38),
            ("2025-05", 1, 60, 12, 12, 48),
            ("2025-06", 2, 60, 21, 0, 39),
        ]

    def test_lo_que_no_se_sabe_de_antes_se_toma_de_hoy(self, api: ApiClient, app: Flask) -> None:
        producto = nuevo_producto(app, costo_unitario=Decimal(7))
        tratamiento = crear_tratamiento(api, receta=[{"producto_id": producto, "cantidad": 1}])["id"]
        assert [m["costo"] for m in costos(api, tratamiento)["meses"]] == [7]

    def test_los_ultimos_doce_y_nunca_los_por_venir(self, api: ApiClient, app: Flask) -> None:
        tratamiento = nuevo_tratamiento(app)
        hace_mucho = now() - timedelta(days=3000)
        guardar(app, PrecioTratamiento(tratamiento_id=tratamiento, precio=Decimal(5), por="x", desde=hace_mucho))
        meses = [m["mes"] for m in costos(api, tratamiento)["meses"]]
        assert meses == [primero_del_mes(hoy(), n).isoformat() for n in range(-11, 1)]
        lejos = (hoy() + timedelta(days=400)).isoformat()
        assert [m["mes"] for m in costos(api, tratamiento, hasta=lejos)["meses"]] == meses

    @pytest.mark.parametrize(
        ("consulta", "campo"),
        [
            ({"desde": "2025-06-01", "hasta": "2025-05-01"}, "hasta"),
            ({"desde": "2015-01-01"}, "desde"),
            ({"desde": "ayer"}, "desde"),
            ({"mes": "2025-01"}, "mes"),
        ],
    )
    def test_lo_que_no_se_entiende(
        self, api: ApiClient, tratamiento: int, consulta: dict[str, str], campo: str
    ) -> None:
        negado = problem(api.get(f"{TRATAMIENTOS}/{tratamiento}/costos", query_string=consulta), 422)
        assert [*negado["errores"]] == [campo]


def test_el_costo_de_un_producto_eliminado_se_sigue_sabiendo(api: ApiClient, app: Flask) -> None:
    producto = nuevo_producto(app, costo_unitario=Decimal(7))
    tratamiento = crear_tratamiento(api, receta=[{"producto_id": producto, "cantidad": 1}])["id"]
    with app.app_context():
        db.session.get_one(Producto, producto).eliminar()
        db.session.commit()
    assert costos(api, tratamiento)["costo"] == 7
