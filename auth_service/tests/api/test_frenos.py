"""Guessing is slowed down, per account and per address, whatever process it reaches."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from auth.extensiones import db
from auth.modelos import FrenoAcceso
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, Fabrica


@pytest.fixture
def limites(app: Flask) -> Iterator[None]:
    """Three failures per account, six per address."""
    antes = {nombre: app.config[nombre] for nombre in ("AUTH_LOGIN_PER_ACCOUNT", "AUTH_LOGIN_PER_ADDRESS")}
    app.config.update(AUTH_LOGIN_PER_ACCOUNT=3, AUTH_LOGIN_PER_ADDRESS=6)
    yield
    app.config.update(antes)


def probar(anonimo: ApiClient, quien: str, contrasena: str = "equivocada-1", direccion: str = "10.0.0.1") -> int:
    cuerpo = {"username": quien, "password": contrasena}
    respuesta = anonimo.post("/auth/login", cuerpo, environ_base={"REMOTE_ADDR": direccion})
    if respuesta.status_code == 429:
        problem(respuesta, 429, "demasiados_intentos")
        assert 0 < int(respuesta.headers["Retry-After"]) <= 900
    return respuesta.status_code


@pytest.mark.usefixtures("limites")
class TestPorCuenta:
    def test_tras_el_maximo_ni_la_correcta_entra(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico")
        assert [probar(anonimo, "medico") for _ in range(4)] == [401, 401, 401, 429]
        assert probar(anonimo, "medico", CONTRASENA, "10.9.9.9") == 429

    def test_correo_y_nombre_son_la_misma_cuenta(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico", email="m@example.com")
        for quien in ("medico", "m@example.com", "MEDICO"):
            assert probar(anonimo, quien) == 401
        assert probar(anonimo, "M@example.com") == 429

    def test_un_desconocido_se_frena_igual(self, anonimo: ApiClient) -> None:
        assert [probar(anonimo, "nadie") for _ in range(4)] == [401, 401, 401, 429]

    def test_entrar_borra_los_fallos(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico")
        for _ in range(3):
            assert [probar(anonimo, "medico") for _ in range(2)] == [401, 401]
            assert probar(anonimo, "medico", CONTRASENA) == 200
            with anonimo.app.app_context():
                db.session.execute(db.delete(FrenoAcceso).where(FrenoAcceso.clave.like("direccion:%")))
                db.session.commit()

    def test_pasada_la_ventana_se_prueba_de_nuevo(self, anonimo: ApiClient, app: Flask, crear: Fabrica) -> None:
        crear("medico")
        assert [probar(anonimo, "medico") for _ in range(4)][-1] == 429
        with app.app_context():
            db.session.execute(update(FrenoAcceso).values(desde=FrenoAcceso.desde))
            filas = db.session.scalars(db.select(FrenoAcceso)).all()
            for fila in filas:
                fila.desde -= timedelta(minutes=15)
            db.session.commit()
        assert probar(anonimo, "medico", CONTRASENA) == 200

    @pytest.mark.both_databases
    def test_muchos_a_la_vez_no_pasan_de_lo_permitido(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico")
        with ThreadPoolExecutor(8) as hilos:
            estados = list(hilos.map(lambda n: probar(anonimo, "medico", direccion=f"10.0.1.{n}"), range(16)))
        assert sorted(estados) == [401] * 3 + [429] * 13


@pytest.mark.usefixtures("limites")
class TestPorDireccion:
    def test_quien_prueba_muchas_cuentas_tambien_espera(self, anonimo: ApiClient, crear: Fabrica) -> None:
        crear("medico")
        assert [probar(anonimo, f"usuario{n}") for n in range(7)] == [401] * 6 + [429]
        assert probar(anonimo, "medico", CONTRASENA) == 429
        assert probar(anonimo, "medico", CONTRASENA, "10.0.0.2") == 200

    def test_una_clinica_entera_entra_desde_la_misma(self, anonimo: ApiClient, crear: Fabrica) -> None:
        for n in range(10):
            crear("medico", f"medico{n}")
        assert [probar(anonimo, f"medico{n}", CONTRASENA) for n in range(10)] == [200] * 10


@pytest.mark.usefixtures("limites")
def test_tampoco_se_adivina_la_contrasena_actual_con_un_token_robado(anonimo: ApiClient, crear: Fabrica) -> None:
    crear("medico")
    token = ok(anonimo.post("/auth/login", {"username": "medico", "password": CONTRASENA}))["access_token"]
    robado = anonimo.with_token(token)
    cuerpo = {"contrasena_actual": "no-la-se-12", "contrasena_nueva": "Otra-Clave-Larga-1"}
    estados = [robado.put("/auth/perfil/contrasena", cuerpo).status_code for _ in range(4)]
    assert estados == [422, 422, 422, 429]
