"""Machine clients, keys, audit: what the network itself needs."""

from typing import Any

import jwt
import pytest
from flask import Flask

from auth.extensiones import db
from auth.llavero import llavero
from auth.modelos import ClaveFirma, Revocacion
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, SECRETO_CITAS, Entrar, Fabrica, credenciales, propagar


def pedir(anonimo: ApiClient, nombre: str, secreto: str) -> Any:
    cuerpo = {"grant_type": "client_credentials", "client_id": nombre, "client_secret": secreto}
    return anonimo.post("/auth/token", cuerpo)


class TestServiciosDeLaRed:
    def test_cada_uno_con_lo_que_necesita(self, anonimo: ApiClient) -> None:
        token = ok(pedir(anonimo, "citas", SECRETO_CITAS))
        claims = jwt.decode(token["access_token"], options={"verify_signature": False})
        assert (claims["sub"], claims["rol"], claims["alcance"]) == ("servicio:citas", "servicio", "red")
        assert claims["permisos"] == [
            *("interno:consultar", "interno:eventos", "interno:revocaciones", "interno:tratamientos"),
        ]
        assert (token["token_type"], token["expires_in"]) == ("bearer", 900)
        citas = anonimo.with_token(token["access_token"])
        assert ok(citas.get("/interno/revocaciones")) == {"revocaciones": []}
        problem(citas.get("/interno/usuarios/1"), 403)
        problem(citas.get("/auth/usuarios"), 403)

    @pytest.mark.parametrize(
        ("nombre", "secreto"),
        [("citas", "otro"), ("nadie", SECRETO_CITAS), ("auth", ""), ("citas", SECRETO_CITAS + " ")],
    )
    def test_con_otro_secreto_no(self, anonimo: ApiClient, nombre: str, secreto: str) -> None:
        assert pedir(anonimo, nombre, secreto or "x").status_code == 401
        problem(pedir(anonimo, nombre, secreto or "x"), 401, "cliente_invalido")

    def test_solo_credenciales_de_cliente(self, anonimo: ApiClient) -> None:
        cuerpo = {"grant_type": "password", "client_id": "citas", "client_secret": SECRETO_CITAS}
        problem(anonimo.post("/auth/token", cuerpo), 422)

    def test_un_cambio_del_rol_servicio_no_los_toca(self, api: ApiClient, app: Flask, servicio: Any) -> None:
        citas = servicio("citas")
        rol = next(r["id"] for r in ok(api.get("/auth/roles"))["datos"] if r["nombre"] == "servicio")
        ok(api.put(f"/auth/roles/{rol}/permisos", {"permisos": ["citas:leer"]}))
        propagar(app)
        ok(citas.get("/interno/revocaciones"))

    def test_el_propio_se_firma_aqui(self, app: Flask) -> None:
        token = app.extensions["service_tokens"]()
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["sub"] == "servicio:auth"
        assert {"interno:personas", "interno:consultar", "interno:eventos"} <= set(claims["permisos"])
        assert app.extensions["service_tokens"]() == token
        app.extensions["service_tokens"].discard(token)
        assert app.extensions["service_tokens"]() != token


class TestIntegraciones:
    def test_de_principio_a_fin(self, api: ApiClient, app: Flask, anonimo: ApiClient) -> None:
        datos = {"nombre": "N8N", "descripcion": "Flujos", "permisos": ["auth:usuarios:leer"]}
        cliente = ok(api.post("/auth/clientes", datos), 201)
        ruta = f"/auth/clientes/{cliente['id']}"
        assert cliente["client_id"] == "n8n"
        assert "client_secret" not in ok(api.get(ruta))
        maquina = anonimo.with_token(ok(pedir(anonimo, "n8n", cliente["client_secret"]))["access_token"])
        ok(maquina.get("/auth/usuarios"))
        problem(maquina.get("/auth/auditoria"), 403)
        ok(api.put(ruta, {"permisos": ["citas:leer"]}))
        propagar(app)
        problem(maquina.get("/auth/usuarios"), 401)
        nuevo = ok(api.post(f"{ruta}/secreto"))["client_secret"]
        problem(pedir(anonimo, "n8n", cliente["client_secret"]), 401)
        maquina = anonimo.with_token(ok(pedir(anonimo, "n8n", nuevo))["access_token"])
        problem(maquina.get("/auth/usuarios"), 403)
        ok(api.put(ruta, {"activo": False}))
        problem(pedir(anonimo, "n8n", nuevo), 401)
        assert api.delete(ruta).status_code == 204
        problem(api.get(ruta), 404)
        propagar(app)
        problem(maquina.get("/auth/usuarios"), 401)

    def test_otro_con_el_nombre_de_uno_eliminado_vale_desde_ya(
        self, api: ApiClient, app: Flask, anonimo: ApiClient
    ) -> None:
        datos = {"nombre": "n8n", "permisos": ["auth:usuarios:leer"]}
        viejo = ok(api.post("/auth/clientes", datos), 201)
        suyo = anonimo.with_token(ok(pedir(anonimo, "n8n", viejo["client_secret"]))["access_token"])
        assert api.delete(f"/auth/clientes/{viejo['id']}").status_code == 204
        nuevo = ok(api.post("/auth/clientes", datos), 201)
        propagar(app)
        ok(
            anonimo.with_token(ok(pedir(anonimo, "n8n", nuevo["client_secret"]))["access_token"]).get(
                "/auth/usuarios"
            )
        )
        problem(suyo.get("/auth/usuarios"), 401)

    @pytest.mark.parametrize("nombre", ["citas", "auth"])
    def test_no_se_hace_pasar_por_un_servicio(self, api: ApiClient, nombre: str) -> None:
        problem(api.post("/auth/clientes", {"nombre": nombre}), 409, "cliente_duplicado")

    @pytest.mark.parametrize("permiso", ["interno:usuarios", "no:existe"])
    def test_ni_tiene_permisos_internos(self, api: ApiClient, permiso: str) -> None:
        problem(api.post("/auth/clientes", {"nombre": "n8n", "permisos": [permiso]}), 422)

    def test_el_secreto_no_se_guarda(self, api: ApiClient, app: Flask) -> None:
        secreto = ok(api.post("/auth/clientes", {"nombre": "n8n"}), 201)["client_secret"]
        with app.app_context():
            for tabla in db.metadata.sorted_tables:
                assert all(secreto not in str(fila) for fila in db.session.execute(tabla.select()))


class TestClaves:
    def rotar(self, app: Flask, *, comprometida: bool = False) -> str:
        with app.app_context():
            return llavero().rotar(comprometida=comprometida)

    def test_tras_rotar_valen_los_tokens_viejos_y_los_nuevos(
        self, app: Flask, anonimo: ApiClient, crear: Fabrica, entrar: Entrar
    ) -> None:
        crear("medico")
        viejo = entrar("medico")
        kid = self.rotar(app)
        nuevo = entrar("medico")
        assert jwt.get_unverified_header(nuevo.token or "")["kid"] == kid
        ok(nuevo.get("/auth/perfil"))
        ok(viejo.get("/auth/perfil"))
        publicadas = [clave["kid"] for clave in ok(anonimo.get("/auth/.well-known/jwks.json"))["keys"]]
        assert {kid, jwt.get_unverified_header(viejo.token or "")["kid"]} <= set(publicadas)
        assert len(publicadas) == len(set(publicadas))

    def test_la_vieja_se_retira_cuando_caducan_sus_tokens(self, app: Flask, anonimo: ApiClient) -> None:
        from comun.db import now

        kid = self.rotar(app)
        self.rotar(app)
        with app.app_context():
            vieja = db.session.get_one(ClaveFirma, kid)
            assert vieja.publicada_hasta is not None
            assert 900 < (vieja.publicada_hasta - now()).total_seconds() < 1000
            vieja.publicada_hasta = now()
            db.session.commit()
        assert kid not in {clave["kid"] for clave in ok(anonimo.get("/auth/.well-known/jwks.json"))["keys"]}

    def test_los_de_una_comprometida_no_valen_desde_ya(self, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
        crear("medico")
        viejo = entrar("medico")
        ok(viejo.get("/auth/perfil"))
        self.rotar(app, comprometida=True)
        propagar(app)
        problem(viejo.get("/auth/perfil"), 401)
        ok(entrar("medico").get("/auth/perfil"))

    def test_siempre_hay_exactamente_una_activa(self, app: Flask) -> None:
        from concurrent.futures import ThreadPoolExecutor

        def intento(_n: int) -> bool:
            try:
                self.rotar(app)
            except Exception:  # noqa: BLE001 - one of two at once may lose
                return False
            return True

        with ThreadPoolExecutor(3) as hilos:
            assert any(hilos.map(intento, range(3)))
        with app.app_context():
            assert db.session.scalar(db.select(db.func.count()).where(ClaveFirma.activa)) == 1


class TestAuditoria:
    def test_accesos_fallos_y_cambios_quedan(self, api: ApiClient, crear: Fabrica, anonimo: ApiClient) -> None:
        uno = crear("medico", "ana.paz")
        anonimo.post("/auth/login", {"username": "ana.paz", "password": "equivocada-1"})
        credenciales(anonimo, "ana.paz")
        ok(api.put(f"/auth/usuarios/{uno}", {"rol": "secretaria"}))
        ok(api.put(f"/auth/usuarios/{uno}/permisos", {"concedidos": ["admin:pacientes:crear"]}))
        filas = ok(api.get(f"/auth/auditoria?recurso=usuario&recurso_id={uno}&orden=id&tamano=100"))["datos"]
        acciones = [fila["accion"] for fila in filas]
        for accion in ("auth:acceso_fallido", "auth:acceso", "auth:usuarios:editar", "auth:usuarios:permisos"):
            assert accion in acciones
        cambio = next(
            f for f in filas if f["accion"] == "auth:usuarios:permisos" and "permisos" in (f["cambios"] or {})
        )
        assert cambio["cambios"]["permisos"] == [{}, {"admin:pacientes:crear": True}]
        assert (cambio["actor"], cambio["rol"], cambio["direccion_ip"]) == ("usuario:1", "admin", "127.0.0.1")
        assert len(cambio["traza"]) == 32

    def test_no_guarda_contrasenas_ni_secretos(self, api: ApiClient, app: Flask, crear: Fabrica) -> None:
        uno = crear("medico")
        ok(api.put(f"/auth/usuarios/{uno}", {"contrasena": "Otra-Clave-Larga-1"}))
        tabla = app.extensions["comun"].tables.audit
        with app.app_context():
            todo = str(db.session.execute(tabla.select()).all())
        assert "contrasena_hash': ['***', '***']" in todo
        assert "argon2" not in todo
        assert CONTRASENA not in todo

    @pytest.mark.parametrize(
        ("consulta", "estado"),
        [("accion=auth:acceso", 200), ("desde=2026-01-15T10:00:00-05:00", 200), ("hasta=2026-01-15T10:00:00", 422),
         ("desde=ayer", 422), ("actualizado_desde=2026-01-15T10:00:00-05:00", 422), ("orden=-momento", 200)],
    )  # fmt: skip
    def test_se_filtra(self, api: ApiClient, consulta: str, estado: int) -> None:
        assert api.get(f"/auth/auditoria?{consulta}").status_code == estado


class TestRevocaciones:
    def test_se_publican_mientras_hacen_falta(
        self, api: ApiClient, app: Flask, crear: Fabrica, servicio: Any, entrar: Entrar
    ) -> None:
        uno = crear("medico")
        sesion = entrar("medico")
        sesion.post("/auth/logout")
        ok(api.put(f"/auth/usuarios/{uno}", {"activo": False}))
        rol = next(r["id"] for r in ok(api.get("/auth/roles"))["datos"] if r["nombre"] == "paciente")
        ok(api.put(f"/auth/roles/{rol}/permisos", {"permisos": ["citas:leer"]}))
        entradas = ok(servicio("citas").get("/interno/revocaciones"))["revocaciones"]
        resumen = {(e["tipo"], e["version_minima"]) for e in entradas}
        assert resumen == {("sesion", None), ("usuario", 2), ("rol", 2)}
        assert all(isinstance(e["expira_en"], int) for e in entradas)

    def test_se_olvidan_despues(self, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
        from datetime import timedelta

        from auth.casos_de_uso.depuracion import depurar
        from comun.db import now

        crear("medico")
        entrar("medico").post("/auth/logout")
        with app.app_context():
            assert depurar() == 0
            revocacion = db.session.scalars(db.select(Revocacion)).one()
            assert revocacion.expira_en - now() > timedelta(seconds=900)
            revocacion.expira_en = now()
            db.session.commit()
            assert depurar() == 1
