"""Catalogues, and the configuration of the network."""

from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

CATALOGOS = ["especialidades", "aseguradoras", "fuentes", "lineas-negocio"]


@pytest.mark.parametrize("catalogo", CATALOGOS)
class TestCatalogos:
    def test_se_crea_lee_edita_y_elimina(self, api: ApiClient, catalogo: str) -> None:
        creada = api.post(f"/admin/{catalogo}", {"nombre": "Número uno", "descripcion": "Algo"})
        ruta = creada.headers["Location"]
        assert ruta == f"/admin/{catalogo}/1"
        etag = api.get(ruta).headers["ETag"]
        assert ok(api.put(ruta, {"activo": False}, headers={"If-Match": etag}))["activo"] is False
        problem(api.put(ruta, {"nombre": "Otra"}, headers={"If-Match": etag}), 412)
        assert len(ok(api.get(f"/admin/{catalogo}?q=numero"))["datos"]) == 1
        assert ok(api.get(f"/admin/{catalogo}?activo=true"))["datos"] == []
        assert api.delete(ruta).status_code == 204
        problem(api.get(ruta), 404)

    def test_el_nombre_es_unico_sin_tildes(self, api: ApiClient, catalogo: str) -> None:
        ok(api.post(f"/admin/{catalogo}", {"nombre": "Ortodoncia"}), 201)
        problem(api.post(f"/admin/{catalogo}", {"nombre": "ORTODÓNCIA"}), 409, "entrada_duplicada")

    def test_cada_uno_es_aparte(self, api: ApiClient, catalogo: str) -> None:
        ok(api.post(f"/admin/{catalogo}", {"nombre": "Igual"}), 201)
        otro = CATALOGOS[CATALOGOS.index(catalogo) - 1]
        assert ok(api.get(f"/admin/{otro}"))["datos"] == []
        problem(api.get(f"/admin/{otro}/1"), 404)


def poner(api: ApiClient, valores: dict[str, Any]) -> Any:
    etag = api.get("/admin/configuracion").headers["ETag"]
    return api.put("/admin/configuracion", {"valores": valores}, headers={"If-Match": etag})


class TestConfiguracion:
    def test_se_guarda_entera(self, api: ApiClient) -> None:
        valores = {"nombre_red": "OdontoCare", "iva": 15, "abierto": True, "dias": ["lunes"], "redes": {"x": "@o"}}
        assert ok(poner(api, valores))["valores"] == valores
        ok(poner(api, {"iva": 12.5}))
        leida = ok(api.get("/admin/configuracion"))
        assert leida["valores"] == {**valores, "iva": 12.5}
        assert {a["clave"]: a["tipo"] for a in leida["ajustes"]}["dias"] == "lista"

    def test_tambien_con_las_claves_arriba(self, api: ApiClient) -> None:
        cambiada = api.put("/admin/configuracion", {"moneda": "USD"}, headers={"If-Match": "*"})
        assert ok(cambiada)["valores"] == {"moneda": "USD"}

    def test_una_clave(self, api: ApiClient) -> None:
        ok(poner(api, {"moneda": "USD"}))
        leida = api.get("/admin/configuracion/moneda")
        cambio = {"valor": "EUR", "descripcion": "Moneda de las facturas"}
        cambiada = ok(api.put("/admin/configuracion/moneda", cambio, headers={"If-Match": leida.headers["ETag"]}))
        assert (cambiada["valor"], cambiada["descripcion"]) == ("EUR", "Moneda de las facturas")

    def test_hay_que_haberla_leido(self, api: ApiClient) -> None:
        ok(poner(api, {"moneda": "USD"}))
        for ruta, cuerpo in (
            ("/admin/configuracion", {"moneda": "X"}),
            ("/admin/configuracion/moneda", {"valor": "X"}),
        ):
            problem(api.put(ruta, cuerpo), 428, "falta_if_match")
            problem(api.put(ruta, cuerpo, headers={"If-Match": '"99"'}), 412)
        problem(api.delete("/admin/configuracion/moneda"), 428)

    def test_dos_que_editan_a_la_vez_no_se_pisan(self, api: ApiClient) -> None:
        ok(poner(api, {"moneda": "USD"}))
        etag = {"If-Match": api.get("/admin/configuracion").headers["ETag"]}
        ok(api.put("/admin/configuracion", {"moneda": "EUR"}, headers=etag))
        problem(api.put("/admin/configuracion", {"moneda": "COP"}, headers=etag), 412)

    @pytest.mark.parametrize(
        "valores",
        [{"moneda": 5}, {"moneda": None}, {"Mala Clave": 1}, {"moneda": "a\u0000b"}, {"nueva": {"x": ["\u0000"]}}],
    )
    def test_lo_que_no_vale_no_cambia_nada(self, api: ApiClient, valores: dict[str, Any]) -> None:
        ok(poner(api, {"moneda": "USD"}))
        problem(poner(api, {"iva": 15, **valores}), 422)
        assert ok(api.get("/admin/configuracion"))["valores"] == {"moneda": "USD"}

    def test_cada_cambio_queda_en_la_historia(self, api: ApiClient) -> None:
        ok(poner(api, {"moneda": "USD"}))
        ok(poner(api, {"moneda": "EUR"}))
        ok(poner(api, {"moneda": "EUR"}))
        etag = {"If-Match": api.get("/admin/configuracion/moneda").headers["ETag"]}
        assert api.delete("/admin/configuracion/moneda", headers=etag).status_code == 204
        historia = ok(api.get("/admin/configuracion/moneda/historial"))["datos"]
        assert [(c["antes"], c["despues"]) for c in historia] == [("EUR", None), ("USD", "EUR"), (None, "USD")]
        assert historia[0]["por"] == "usuario:1"
        problem(api.get("/admin/configuracion/moneda"), 404)

    @pytest.mark.parametrize("clave", ["otra", "%00", "a'b", "x" * 200])
    def test_lo_que_no_hay(self, api: ApiClient, clave: str) -> None:
        problem(api.get(f"/admin/configuracion/{clave}"), 404)
        problem(api.get(f"/admin/configuracion/{clave}/historial"), 404)

    def test_el_personal_la_lee(self, api: ApiClient) -> None:
        quien = api.as_("medico", ["admin:configuracion:leer"], doctor_id=1)
        ok(quien.get("/admin/configuracion"))
        problem(quien.put("/admin/configuracion", {"a": 1}, headers={"If-Match": "*"}), 403)
