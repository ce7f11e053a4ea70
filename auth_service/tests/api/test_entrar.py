"""Signing in: who gets in, who does not, and what those who don't can learn from it."""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from auth.extensiones import db
from auth.modelos import Rol, Usuario
from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import begin_and_wait

from ..conftest import CONTRASENA, Entrar, Fabrica, credenciales


def test_se_entra_por_nombre_o_correo(anonimo: ApiClient, crear: Fabrica) -> None:
    crear("medico", "ana.paz", email="ana@example.com", apellidos="Paz", doctor_id=7)
    for campo in ("username", "nombre_usuario", "email"):
        quien = "ANA@example.com" if campo == "email" else "Ana.Paz"
        for clave in ("password", "contrasena"):
            _es_ana_paz(anonimo.post("/auth/login", {campo: quien, clave: CONTRASENA}))


def _es_ana_paz(respuesta: TestResponse) -> None:
    cuerpo = ok(respuesta)
    assert (cuerpo["token_type"], cuerpo["expires_in"]) == ("bearer", 900)
    assert cuerpo["user"] == {
        "id": 1,
        "username": "ana.paz",
        "nombre_usuario": "ana.paz",
        "email": "ana@example.com",
        "role": "medico",
        "rol": "medico",
        "full_name": "Ana Paz",
        "nombre_completo": "Ana Paz",
        "centros": [],
        "doctor_id": 7,
        "paciente_id": None,
        "segundo_factor_pendiente": False,
    }
    assert respuesta.headers["Cache-Control"] == "no-store"


def test_el_token_dice_lo_que_los_servicios_necesitan(anonimo: ApiClient, crear: Fabrica) -> None:
    crear("secretaria", centros=[2, 1], permisos=("admin:pacientes:crear",))
    token = credenciales(anonimo, "secretaria")["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert jwt.get_unverified_header(token)["alg"] == "RS256"
    assert claims["exp"] - claims["iat"] == 900
    esperado = {
        "iss": "odontocare",
        "aud": "odontocare-api",
        "sub": "1",
        "type": "access",
        "uv": 1,
        "rv": 1,
        "rol": "secretaria",
        "alcance": "centros",
        "centros": [1, 2],
        "doctor_id": None,
        "paciente_id": None,
        "nombre_usuario": "secretaria",
    }
    assert {campo: claims[campo] for campo in esperado} == esperado
    assert {"admin:pacientes:crear", "citas:crear", "auth:perfil"} <= set(claims["permisos"])


def test_entrar_se_recuerda_sin_cambiar_al_usuario(anonimo: ApiClient, crear: Fabrica, entrar: Entrar) -> None:
    crear("admin")
    api = entrar("admin")
    antes = api.get("/auth/usuarios/1")
    credenciales(anonimo, "admin")
    despues = api.get("/auth/usuarios/1")
    assert ok(antes)["ultimo_acceso"] < ok(despues)["ultimo_acceso"]
    assert antes.headers["ETag"] == despues.headers["ETag"]
    assert ok(antes)["actualizado_en"] == ok(despues)["actualizado_en"]


class TestNoSeEntra:
    @pytest.fixture
    def rechazo(self, anonimo: ApiClient, crear: Fabrica) -> dict[str, Any]:
        """How a wrong password is answered."""
        crear("medico", "ana.paz", email="ana@example.com")
        return self.pedir(anonimo, "ana.paz", "otra-contrasena")

    def pedir(self, anonimo: ApiClient, quien: str, contrasena: str = CONTRASENA) -> dict[str, Any]:
        cuerpo = problem(
            anonimo.post("/auth/login", {"username": quien, "password": contrasena}), 401, "credenciales_invalidas"
        )
        cuerpo.pop("traza")
        return cuerpo

    @pytest.mark.parametrize(
        "quien",
        ["nadie", "nadie@example.com", "' OR '1'='1", "ana.paz'--", "<script>alert(1)</script>", "%", "ana_paz"],
    )
    def test_un_desconocido_recibe_lo_mismo(self, anonimo: ApiClient, rechazo: dict[str, Any], quien: str) -> None:
        assert self.pedir(anonimo, quien) == rechazo

    @pytest.mark.parametrize(
        "campos",
        [{"activo": False}, {"contrasena_hash": None}, {"reservado_hasta": "ahora"}, {"eliminado_en": "ahora"}],
    )
    def test_una_cuenta_cerrada_recibe_lo_mismo(
        self, anonimo: ApiClient, app: Flask, rechazo: dict[str, Any], campos: dict[str, Any]
    ) -> None:
        from comun.db import now

        with app.app_context():
            db.session.execute(update(Usuario).values({k: now() if v == "ahora" else v for k, v in campos.items()}))
            db.session.commit()
        assert self.pedir(anonimo, "ana.paz") == rechazo

    def test_se_comprueba_un_hash_siempre(
        self, anonimo: ApiClient, crear: Fabrica, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crear("medico", "ana.paz", email="ana@example.com")
        crear("medico", "eva.sol", activo=False)
        comprobados: list[str] = []

        class Contador:
            def verify(self, guardado: str, _contrasena: str) -> bool:
                from argon2.exceptions import VerifyMismatchError

                comprobados.append(guardado[:31])
                raise VerifyMismatchError

        monkeypatch.setattr("auth.contrasenas._ARGON", Contador())
        for quien in ("ana.paz", "ana@example.com", "nadie", "nadie@example.com", "eva.sol"):
            self.pedir(anonimo, quien)
            assert comprobados == ["$argon2id$v=19$m=19456,t=2,p=1$"], f"who measures the time knows {quien}"
            comprobados.clear()

    @pytest.mark.parametrize("cerrada", [{"activo": False}, {"contrasena_hash": None}])
    def test_una_cuenta_cerrada_con_el_mismo_correo_no_deja_fuera(
        self, anonimo: ApiClient, app: Flask, crear: Fabrica, cerrada: dict[str, Any]
    ) -> None:
        sobra = crear("paciente", "ana.vieja", email="ana@example.com")
        crear("paciente", "ana", email="ana@example.com")
        with app.app_context():
            db.session.execute(update(Usuario).where(Usuario.id == sobra).values(cerrada))
            db.session.commit()
        entrada = ok(anonimo.post("/auth/login", {"email": "ana@example.com", "password": CONTRASENA}))
        assert entrada["user"]["username"] == "ana"

    def test_quien_repite_un_correo_ajeno_no_deja_fuera_al_primero(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico", "ana.paz", email="ana@example.com")
        crear("paciente", "impostor", email="ana@example.com", contrasena="Otra-Clave-Larga-1")
        cuerpo = ok(anonimo.post("/auth/login", {"email": "ana@example.com", "password": CONTRASENA}))
        assert cuerpo["user"]["username"] == "ana.paz"

    @pytest.mark.parametrize(
        "cuerpo",
        [
            {},
            {"username": "ana"},
            {"password": "x"},
            {"username": "ana", "nombre_usuario": "ana", "password": "x"},
            {"username": "ana", "email": "a@x.ec", "password": "x"},
            {"username": "ana", "password": "x", "contrasena": "x"},
            {"username": ["ana"], "password": "x"},
            {"username": "ana", "password": {"$ne": ""}},
            {"username": "ana", "password": "x", "rol": "admin"},
            {"username": "ana", "password": "x" * 2000},
        ],
    )
    def test_una_solicitud_mal_hecha_es_422(self, anonimo: ApiClient, cuerpo: dict[str, Any]) -> None:
        problem(anonimo.post("/auth/login", cuerpo), 422, "datos_invalidos")

    def test_lo_que_no_es_json_es_400_o_415(self, anonimo: ApiClient) -> None:
        problem(anonimo.post("/auth/login", data=b"{", content_type="application/json"), 400)
        problem(anonimo.post("/auth/login", data="username=a", content_type="application/x-www-form-urlencoded"), 415)


class TestContrasenasViejas:
    def test_un_hash_con_otros_parametros_se_renueva_al_entrar(
        self, anonimo: ApiClient, app: Flask, crear: Fabrica
    ) -> None:
        viejo = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(CONTRASENA)
        usuario_id = crear("medico", contrasena_hash=viejo)
        credenciales(anonimo, "medico")
        with app.app_context():
            nuevo = db.session.scalar(select(Usuario.contrasena_hash).where(Usuario.id == usuario_id))
        assert nuevo is not None
        assert nuevo.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        credenciales(anonimo, "medico")


def test_cambiar_la_contrasena_mientras_se_entra_deja_fuera(
    anonimo: ApiClient, app: Flask, crear: Fabrica, monkeypatch: pytest.MonkeyPatch
) -> None:
    usuario_id = crear("medico")
    from auth import contrasenas

    real = contrasenas.coincide

    def coincide(guardado: str | None, contrasena: str) -> bool:
        bien = real(guardado, contrasena)
        with app.app_context():
            db.session.execute(update(Usuario).where(Usuario.id == usuario_id).values(contrasena_hash="otro"))
            db.session.commit()
        return bien

    monkeypatch.setattr("auth.contrasenas.coincide", coincide)
    problem(anonimo.post("/auth/login", {"username": "medico", "password": CONTRASENA}), 401)


@pytest.mark.both_databases
def test_quien_entra_mientras_le_cambian_el_rol_entra_con_el_nuevo(
    anonimo: ApiClient, app: Flask, crear: Fabrica
) -> None:
    usuario_id = crear("secretaria")
    entradas: list[Future[dict[str, Any]]] = []
    with app.app_context(), ThreadPoolExecutor(1) as hilo:
        db.session.get_one(Usuario, usuario_id).cambiar_rol(Rol.de_nombre("medico"))
        db.session.flush()
        begin_and_wait(db.engine, lambda: entradas.append(hilo.submit(credenciales, anonimo, "secretaria")))
        db.session.commit()
        assert entradas[0].result()["user"]["rol"] == "medico"
