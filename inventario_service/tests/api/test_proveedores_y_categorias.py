"""Suppliers and categories."""

from __future__ import annotations

from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..consultas import eventos
from ..existencias import pedir
from ..fabricas import conocer_centros, nuevo_producto

PROVEEDORES, CATEGORIAS, PRODUCTOS = "/inventario/proveedores", "/inventario/categorias", "/inventario/productos"


class TestProveedores:
    def test_se_crea_se_cambia_y_se_elimina(self, api: ApiClient) -> None:
        datos = {"nombre": "Dental SA", "ruc": "179210439400-1", "telefono": "(02) 234-5678", "email": "V@Dental.ec"}
        alta = api.post(PROVEEDORES, datos)
        uno = ok(alta, 201)
        assert (uno["ruc"], uno["email"], uno["plazo_entrega_dias"]) == ("1792104394001", "v@dental.ec", 7)
        url = alta.headers["Location"]
        assert ok(api.put(url, {"plazo_entrega_dias": 3}, headers={"If-Match": '"1"'}))["nombre"] == "Dental SA"
        problem(api.put(url, {"nombre": "Otra"}, headers={"If-Match": '"1"'}), 412)
        ok(api.delete(url), 204)
        problem(api.get(url), 404)
        ok(api.post(PROVEEDORES, datos), 201)

    def test_el_ruc_es_de_uno_solo_y_valido(self, api: ApiClient) -> None:
        ok(api.post(PROVEEDORES, {"nombre": "Dental SA", "ruc": "1792104394001"}), 201)
        problem(api.post(PROVEEDORES, {"nombre": "Otra", "ruc": "1792104394001"}), 409, "proveedor_duplicado")
        assert [*problem(api.post(PROVEEDORES, {"nombre": "Otra", "ruc": "123"}), 422)["errores"]] == ["ruc"]
        raro = ok(api.post(PROVEEDORES, {"nombre": "Otra", "ruc": "1793213150001"}), 201)
        assert len(raro["advertencias"]) == 1
        assert "advertencias" not in ok(api.get(f"{PROVEEDORES}/{raro['id']}"))

    def test_se_busca(self, api: ApiClient) -> None:
        ok(api.post(PROVEEDORES, {"nombre": "Óptica Única", "ruc": "1792104394001", "contacto": "Ana"}), 201)
        ok(api.post(PROVEEDORES, {"nombre": "Dental SA", "activo": False}), 201)
        for consulta, cuantos in (("q=optica ana", 1), ("q=1792104", 1), ("activo=no", 1), ("ruc=1792104394001", 1)):
            assert len(ok(api.get(f"{PROVEEDORES}?{consulta}"))["datos"]) == cuantos

    def test_no_se_elimina_mientras_se_le_compre(self, api: ApiClient, app: Flask) -> None:
        conocer_centros(app)
        proveedor = ok(api.post(PROVEEDORES, {"nombre": "Dental SA"}), 201)["id"]
        producto = ok(api.post(PRODUCTOS, {"nombre": "Guantes", "proveedor_id": proveedor}), 201)["id"]
        problem(api.delete(f"{PROVEEDORES}/{proveedor}"), 409, "proveedor_en_uso")
        ok(api.put(f"{PRODUCTOS}/{producto}", {"proveedor_id": None}, headers={"If-Match": "*"}))
        pedir(app, nuevo_producto(app), proveedor_id=proveedor)
        problem(api.delete(f"{PROVEEDORES}/{proveedor}"), 409, "proveedor_en_uso")

    def test_se_cargan_todos_o_ninguno(self, api: ApiClient) -> None:
        ok(api.post(PROVEEDORES, {"nombre": "Dental SA", "ruc": "1792104394001"}), 201)
        malas = [{"nombre": "A"}, {"nombre": "B", "ruc": "1792104394001"}, {"nombre": "C", "ruc": "1793213150001"}]
        assert [*problem(api.post(f"{PROVEEDORES}/carga", malas), 422, "carga_invalida")["errores"]] == ["1"]
        cargados = ok(api.post(f"{PROVEEDORES}/carga", [malas[0], malas[2]]), 201)
        assert (cargados["creados"], [*cargados["advertencias"]]) == (2, ["1"])
        assert len(ok(api.get(PROVEEDORES))["datos"]) == 3


class TestCategorias:
    def test_se_crea_se_cambia_y_sus_productos_la_siguen(self, api: ApiClient, app: Flask) -> None:
        alta = api.post(CATEGORIAS, {"nombre": "Anestesia"})
        categoria = ok(alta, 201)
        problem(api.post(CATEGORIAS, {"nombre": "ANESTESIA"}), 409, "categoria_duplicada")
        producto = ok(api.post(PRODUCTOS, {"nombre": "Lidocaína", "categoria": "anestesia"}), 201)
        assert producto["categoria"] == "Anestesia"
        ok(api.put(alta.headers["Location"], {"nombre": "Anestésicos"}))
        assert ok(api.get(f"{PRODUCTOS}/{producto['id']}"))["categoria"] == "Anestésicos"
        assert eventos(app, "producto.")[-1][2]["categoria"] == "Anestésicos"
        assert [c["id"] for c in ok(api.get(f"{CATEGORIAS}?q=anestesicos"))["datos"]] == [categoria["id"]]

    def test_no_se_elimina_mientras_haya_algo_en_ella(self, api: ApiClient) -> None:
        producto = ok(api.post(PRODUCTOS, {"nombre": "Lidocaína", "categoria": "Anestesia"}), 201)["id"]
        [categoria] = ok(api.get(CATEGORIAS))["datos"]
        url = f"{CATEGORIAS}/{categoria['id']}"
        problem(api.delete(url), 409, "categoria_en_uso")
        ok(api.get(url))
        ok(api.delete(f"{PRODUCTOS}/{producto}"), 204)
        ok(api.delete(url), 204)
        problem(api.get(url), 404)
