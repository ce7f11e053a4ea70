"""Sessions: renewed by rotation, ended by logout, disuse, age or misuse."""

from datetime import timedelta

import jwt
import pytest
from flask import Flask
from sqlalchemy import select, update

from auth.extensiones import db
from auth.huellas import huella
from auth.modelos import Sesion, TokenRenovacion, Usuario
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.together import at_once

from ..conftest import Fabrica, credenciales, propagar


@pytest.fixture
def tokens(anonimo: ApiClient, crear: Fabrica) -> dict[str, str]:
    crear("medico")
    return credenciales(anonimo, "medico")


def renovar(anonimo: ApiClient, token: str) -> dict[str, str]:
    nuevos: dict[str, str] = ok(anonimo.post("/auth/refresh", {"refresh_token": token}))
    return nuevos


def sid(tokens: dict[str, str]) -> str:
    return str(jwt.decode(tokens["access_token"], options={"verify_signature": False})["sid"])


class TestRenovar:
    def test_da_un_par_nuevo_de_la_misma_sesion(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        nuevos = renovar(anonimo, tokens["refresh_token"])
        assert nuevos["refresh_token"] != tokens["refresh_token"]
        assert sid(nuevos) == sid(tokens)
        ok(anonimo.with_token(nuevos["access_token"]).get("/auth/perfil"))

    def test_tambien_como_portador(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        ok(anonimo.with_token(tokens["refresh_token"]).post("/auth/refresh"))

    def test_solo_se_guarda_su_huella(self, app: Flask, tokens: dict[str, str]) -> None:
        with app.app_context():
            guardado = db.session.scalars(select(TokenRenovacion.huella)).all()
        assert guardado == [huella(tokens["refresh_token"])]

    def test_uno_usado_dos_veces_termina_la_sesion(
        self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]
    ) -> None:
        nuevos = renovar(anonimo, tokens["refresh_token"])
        robado = anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        problem(robado, 401, "sesion_terminada")
        problem(anonimo.post("/auth/refresh", {"refresh_token": nuevos["refresh_token"]}), 401, "sesion_terminada")
        propagar(app)
        problem(anonimo.with_token(nuevos["access_token"]).get("/auth/perfil"), 401)

    def test_otra_sesion_del_mismo_usuario_sigue(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        otra = credenciales(anonimo, "medico")
        renovar(anonimo, tokens["refresh_token"])
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)
        renovar(anonimo, otra["refresh_token"])

    @pytest.mark.postgresql_only
    def test_de_dos_a_la_vez_gana_uno_y_la_sesion_sigue(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        def pedir() -> tuple[int, str]:
            respuesta = anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
            return respuesta.status_code, (respuesta.get_json() or {}).get("refresh_token", "")

        respuestas = sorted(at_once(*[pedir] * 6))
        assert sum(estado == 200 for estado, _ in respuestas) == 1
        assert {estado for estado, _ in respuestas[1:]} <= {409, 401}

    def test_el_que_pierde_la_carrera_no_es_un_ladron(
        self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]
    ) -> None:
        renovar(anonimo, tokens["refresh_token"])
        with app.app_context():  # As if the twin had been spent while the next request is under way.
            db.session.execute(update(TokenRenovacion).values(usado_en=now() + timedelta(hours=1)))
            db.session.execute(
                update(TokenRenovacion)
                .where(TokenRenovacion.huella != huella(tokens["refresh_token"]))
                .values(usado_en=None)
            )
            db.session.commit()
        perdedor = anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]})
        problem(perdedor, 409, "renovacion_simultanea")
        with app.app_context():
            assert db.session.scalars(select(Sesion.revocada_en)).all() == [None]

    @pytest.mark.parametrize("token", ["inventado", "x" * 200, "' OR 1=1 --"])
    def test_uno_inventado_no_vale(self, anonimo: ApiClient, token: str) -> None:
        problem(anonimo.post("/auth/refresh", {"refresh_token": token}), 401, "sesion_terminada")

    def test_un_token_de_acceso_no_renueva(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        problem(anonimo.with_token(tokens["access_token"]).post("/auth/refresh"), 401)
        problem(anonimo.post("/auth/refresh"), 422)

    def test_uno_de_renovacion_no_da_acceso(self, anonimo: ApiClient, tokens: dict[str, str]) -> None:
        problem(anonimo.with_token(tokens["refresh_token"]).get("/auth/perfil"), 401, "no_autenticado")


class TestTermina:
    def test_por_desuso(self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
        with app.app_context():
            db.session.execute(update(TokenRenovacion).values(expira_en=now()))
            db.session.commit()
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)

    def test_por_edad_aunque_se_use(self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
        with app.app_context():
            termina = now() + timedelta(minutes=30)
            db.session.execute(update(Sesion).values(expira_en=termina))
            db.session.commit()
        renovar(anonimo, tokens["refresh_token"])
        with app.app_context():
            ultimo = db.session.scalars(select(TokenRenovacion).where(TokenRenovacion.usado_en.is_(None))).one()
            assert ultimo.expira_en <= termina
            db.session.execute(update(Sesion).values(expira_en=now()))
            db.session.commit()

    def test_al_salir(self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
        otra = credenciales(anonimo, "medico")
        yo = anonimo.with_token(tokens["access_token"])
        assert yo.post("/auth/logout", {"refresh_token": tokens["refresh_token"]}).status_code == 204
        propagar(app)
        problem(yo.get("/auth/perfil"), 401)
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)
        ok(anonimo.with_token(otra["access_token"]).get("/auth/perfil"))

    def test_todas_a_la_vez(self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
        otra = credenciales(anonimo, "medico")
        assert anonimo.with_token(tokens["access_token"]).post("/auth/logout", {"todas": True}).status_code == 204
        propagar(app)
        for cada in (tokens, otra):
            problem(anonimo.with_token(cada["access_token"]).get("/auth/perfil"), 401)
            problem(anonimo.post("/auth/refresh", {"refresh_token": cada["refresh_token"]}), 401)
        credenciales(anonimo, "medico")

    def test_no_se_cierra_la_sesion_de_otro(self, anonimo: ApiClient, crear: Fabrica, tokens: dict[str, str]) -> None:
        crear("secretaria")
        otro = credenciales(anonimo, "secretaria")
        anonimo.with_token(otro["access_token"]).post("/auth/logout", {"refresh_token": tokens["refresh_token"]})
        renovar(anonimo, tokens["refresh_token"])

    def test_al_desactivar_al_usuario(self, anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
        with app.app_context():
            db.session.get_one(Usuario, 1).desactivar()
            db.session.commit()
        propagar(app)
        problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)


def test_renovar_trae_los_permisos_de_ahora(anonimo: ApiClient, app: Flask, tokens: dict[str, str]) -> None:
    with app.app_context():
        db.session.get_one(Usuario, 1).cambiar_permisos({"citas:crear"}, {"citas:leer"})
        db.session.commit()
    propagar(app)
    problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
    permisos = ok(anonimo.with_token(renovar(anonimo, tokens["refresh_token"])["access_token"]).get("/auth/perfil"))[
        "permisos"
    ]
    assert "citas:crear" in permisos
    assert "citas:leer" not in permisos
