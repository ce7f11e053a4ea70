"""Centres and their rooms."""

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import anunciar_cita, crear_centro, eventos


class TestCentro:
    def test_nace_con_codigo_zona_y_salas(self, api: ApiClient) -> None:
        salas = [{"nombre": "Sillón 1", "tipo": "sillon"}, {"nombre": "Rayos X"}]
        centro = crear_centro(api, salas=salas)
        assert (centro["codigo"], centro["zona_horaria"], centro["activo"]) == ("C001", "America/Guayaquil", True)
        assert [(s["nombre"], s["tipo"]) for s in centro["salas"]] == [
            ("Sillón 1", "sillon"),
            ("Rayos X", "consultorio"),
        ]
        assert crear_centro(api)["codigo"] == "C002"

    def test_se_lee_donde_dice_location(self, api: ApiClient) -> None:
        creado = api.post("/admin/centros", {"nombre": "Galápagos", "zona_horaria": "Pacific/Galapagos"})
        leido = api.get(creado.headers["Location"])
        assert ok(leido)["nombre"] == "Galápagos"
        assert leido.headers["ETag"] == creado.headers["ETag"]

    def test_el_codigo_es_unico_entre_los_vivos(self, api: ApiClient) -> None:
        centro = crear_centro(api, codigo="UIO")
        problem(api.post("/admin/centros", {"nombre": "Otro", "codigo": "UIO"}), 409, "codigo_duplicado")
        assert api.delete(f"/admin/centros/{centro['id']}").status_code == 204
        assert crear_centro(api, codigo="UIO")["id"] != centro["id"]

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({}, "nombre"),
            ({"nombre": " "}, "nombre"),
            ({"nombre": "A", "zona_horaria": "America/Quito"}, "zona_horaria"),
            ({"nombre": "A", "ruc": "1714307104001"}, "ruc"),
            ({"nombre": "A", "telefono": "abc"}, "telefono"),
            ({"nombre": "A", "color": "azul"}, "color"),
            ({"nombre": "A", "salas": [{"nombre": "S"}, {"nombre": "s"}]}, "salas"),
            ({"nombre": "A", "codigo": "a b"}, "codigo"),
        ],
    )
    def test_lo_que_no_vale_se_dice_por_campo(self, api: ApiClient, datos: dict, campo: str) -> None:
        assert campo in problem(api.post("/admin/centros", datos), 422)["errores"]

    def test_un_ruc_dudoso_se_advierte(self, api: ApiClient) -> None:
        assert crear_centro(api, ruc="1793213150001")["advertencias"]
        assert crear_centro(api, ruc="1790085783001")["advertencias"] == []

    def test_put_cambia_lo_que_trae(self, api: ApiClient) -> None:
        centro = crear_centro(api, direccion="Av. Amazonas")
        cambiado = ok(api.put(f"/admin/centros/{centro['id']}", {"nombre": "Quito Sur"}))
        assert (cambiado["nombre"], cambiado["direccion"]) == ("Quito Sur", "Av. Amazonas")

    def test_quien_edita_una_copia_vieja_se_entera(self, api: ApiClient) -> None:
        ruta = f"/admin/centros/{crear_centro(api)['id']}"
        etag = api.get(ruta).headers["ETag"]
        ok(api.put(ruta, {"nombre": "Primero"}, headers={"If-Match": etag}))
        problem(api.put(ruta, {"nombre": "Segundo"}, headers={"If-Match": etag}), 412)
        problem(api.delete(ruta, headers={"If-Match": etag}), 412)

    def test_eliminado_desaparece(self, api: ApiClient) -> None:
        ruta = f"/admin/centros/{crear_centro(api)['id']}"
        assert api.delete(ruta).status_code == 204
        problem(api.delete(ruta), 404)
        problem(api.get(ruta), 404)
        assert ok(api.get("/admin/centros"))["datos"] == []
        assert len(ok(api.get("/admin/centros?incluir_eliminados=true"))["datos"]) == 1

    def test_con_citas_por_venir_no_se_elimina(self, api: ApiClient) -> None:
        centro = crear_centro(api)
        ok(anunciar_cita(api, centro_id=centro["id"]))
        problem(api.delete(f"/admin/centros/{centro['id']}"), 409, "tiene_citas_futuras")
        ok(anunciar_cita(api, estado="cancelada", secuencia=2, centro_id=centro["id"]))
        assert api.delete(f"/admin/centros/{centro['id']}").status_code == 204

    def test_se_busca_sin_tildes(self, api: ApiClient) -> None:
        crear_centro(api, nombre="Clínica Ñuñoa", codigo="N1")
        crear_centro(api, nombre="Otra", direccion="Calle Ñuñoa")
        crear_centro(api, nombre="Distinta")
        assert len(ok(api.get("/admin/centros?q=NUNOA"))["datos"]) == 2
        assert len(ok(api.get("/admin/centros?codigo=N1"))["datos"]) == 1

    def test_cada_cambio_se_anuncia(self, api: ApiClient, app: Flask) -> None:
        centro = crear_centro(api)
        ok(api.put(f"/admin/centros/{centro['id']}", {"activo": False}))
        api.delete(f"/admin/centros/{centro['id']}")
        contados = eventos(app)
        assert [tipo for tipo, *_ in contados] == [f"centro.{s}.v1" for s in ("creado", "actualizado", "eliminado")]
        assert contados[1][2] == {
            "id": centro["id"],
            "codigo": "C001",
            "nombre": "Quito Norte",
            "zona_horaria": "America/Guayaquil",
            "activo": False,
            "salas": [],
        }


class TestSalas:
    def test_cada_cambio_se_anuncia_con_todas(self, api: ApiClient, app: Flask) -> None:
        centro = f"/admin/centros/{crear_centro(api, salas=[{'nombre': 'Sillón 1'}])['id']}"
        nueva = api.post(f"{centro}/salas", {"nombre": "Sillón 2", "tipo": "sillon"}).headers["Location"]
        ok(api.put(nueva, {"activa": False}))
        ok(api.delete(nueva), 204)
        ok(api.put(centro, {"salas": [{"nombre": "Gabinete"}]}))
        ok(api.delete(centro), 204)
        anunciadas = [[(s["nombre"], s["activa"]) for s in datos["salas"]] for *_, datos in eventos(app)]
        assert anunciadas == [
            [("Sillón 1", True)],
            [("Sillón 1", True), ("Sillón 2", True)],
            [("Sillón 1", True), ("Sillón 2", False)],
            [("Sillón 1", True)],
            [("Gabinete", True)],
            [],
        ]

    def test_se_crean_leen_editan_y_eliminan(self, api: ApiClient) -> None:
        ruta = f"/admin/centros/{crear_centro(api)['id']}/salas"
        creada = api.post(ruta, {"nombre": "Sillón 1", "tipo": "sillon"})
        una = creada.headers["Location"]
        assert ok(api.get(una))["nombre"] == "Sillón 1"
        assert ok(api.put(una, {"activa": False}))["activa"] is False
        assert len(ok(api.get(ruta))["datos"]) == 1
        assert ok(api.get(f"{ruta}?activa=true"))["datos"] == []
        assert api.delete(una).status_code == 204
        problem(api.get(una), 404)

    def test_dos_no_se_llaman_igual_en_un_centro(self, api: ApiClient) -> None:
        uno, otro = crear_centro(api)["id"], crear_centro(api)["id"]
        ok(api.post(f"/admin/centros/{uno}/salas", {"nombre": "Sillón 1"}), 201)
        problem(api.post(f"/admin/centros/{uno}/salas", {"nombre": "SILLON 1"}), 409, "sala_duplicada")
        ok(api.post(f"/admin/centros/{otro}/salas", {"nombre": "Sillón 1"}), 201)

    def test_la_lista_en_el_cuerpo_son_todas(self, api: ApiClient) -> None:
        centro = crear_centro(api, salas=[{"nombre": "Uno"}, {"nombre": "Dos"}])
        cambiado = ok(
            api.put(
                f"/admin/centros/{centro['id']}", {"salas": [{"nombre": "uno", "tipo": "sillon"}, {"nombre": "Tres"}]}
            )
        )
        assert [(s["nombre"], s["tipo"]) for s in cambiado["salas"]] == [("uno", "sillon"), ("Tres", "consultorio")]
        assert cambiado["salas"][0]["id"] == centro["salas"][0]["id"]
        assert ok(api.get(f"/admin/centros/{centro['id']}"))["salas"] == cambiado["salas"]

    def test_un_cambio_de_sala_cambia_la_version_del_centro(self, api: ApiClient) -> None:
        centro = crear_centro(api)
        antes = api.get(f"/admin/centros/{centro['id']}").headers["ETag"]
        ok(api.post(f"/admin/centros/{centro['id']}/salas", {"nombre": "Nueva"}), 201)
        assert api.get(f"/admin/centros/{centro['id']}").headers["ETag"] != antes

    def test_con_citas_por_venir_no_se_elimina(self, api: ApiClient) -> None:
        centro = crear_centro(api, salas=[{"nombre": "Uno"}])
        sala = centro["salas"][0]["id"]
        ok(anunciar_cita(api, centro_id=centro["id"], sala_id=sala))
        problem(api.delete(f"/admin/centros/{centro['id']}/salas/{sala}"), 409, "tiene_citas_futuras")
        problem(api.put(f"/admin/centros/{centro['id']}", {"salas": []}), 409, "tiene_citas_futuras")

    def test_la_de_otro_centro_no_se_encuentra(self, api: ApiClient) -> None:
        sala = crear_centro(api, salas=[{"nombre": "Uno"}])["salas"][0]["id"]
        otro = crear_centro(api)["id"]
        problem(api.get(f"/admin/centros/{otro}/salas/{sala}"), 404)
