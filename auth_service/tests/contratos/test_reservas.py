"""What admin_service relies on: a user and its person are never left half made."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from auth.extensiones import db
from auth.modelos import Usuario
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, AdminDePrueba, Fabrica, credenciales, propagar

RESERVA = {
    "clave": "doctor-1",
    "nombre_usuario": "dra.paz",
    "contrasena": CONTRASENA,
    "email": "paz@example.com",
    "nombres": "Ana",
    "apellidos": "Paz",
    "rol": "medico",
}


@pytest.fixture
def admin_servicio(servicio: Any, admin: AdminDePrueba) -> ApiClient:
    cliente: ApiClient = servicio("admin")
    return cliente


def reservar(admin: ApiClient, **cambios: Any) -> int:
    datos = {campo: valor for campo, valor in {**RESERVA, **cambios}.items() if valor is not None}
    return int(ok(admin.put("/interno/usuarios/reservas", datos))["usuario_id"])


def confirmar(admin: ApiClient, usuario_id: int, **persona: int) -> dict[str, Any]:
    usuario: dict[str, Any] = ok(admin.post(f"/interno/usuarios/{usuario_id}/confirmacion", persona))
    return usuario


class TestReserva:
    def test_guarda_el_nombre_y_no_deja_entrar(self, admin_servicio: ApiClient, anonimo: ApiClient) -> None:
        uno = reservar(admin_servicio)
        problem(anonimo.post("/auth/login", {"username": "dra.paz", "password": CONTRASENA}), 401)
        problem(admin_servicio.get(f"/interno/usuarios/{uno}"), 404)
        confirmar(admin_servicio, uno, doctor_id=7)
        assert credenciales(anonimo, "dra.paz")["user"]["doctor_id"] == 7
        assert ok(admin_servicio.get(f"/interno/usuarios/{uno}")) == {
            "id": uno,
            "nombre_usuario": "dra.paz",
            "rol": "medico",
            "activo": True,
            "doctor_id": 7,
            "paciente_id": None,
        }

    def test_la_misma_clave_es_la_misma_reserva(self, admin_servicio: ApiClient) -> None:
        uno = reservar(admin_servicio)
        assert reservar(admin_servicio, apellidos="Paz Vera") == uno
        confirmar(admin_servicio, uno, doctor_id=7)
        assert reservar(admin_servicio) == uno

    def test_un_reintento_con_otra_clave_la_toma_con_la_contrasena(self, admin_servicio: ApiClient) -> None:
        uno = reservar(admin_servicio)
        assert reservar(admin_servicio, clave="doctor-1-otra-vez") == uno
        otro = {**RESERVA, "clave": "doctor-2", "contrasena": "Otra-Clave-Larga-1"}
        problem(admin_servicio.put("/interno/usuarios/reservas", otro), 409, "nombre_usuario_duplicado")

    def test_un_usuario_confirmado_no_se_toma_ni_con_la_contrasena(self, admin_servicio: ApiClient) -> None:
        confirmar(admin_servicio, reservar(admin_servicio), doctor_id=7)
        otro = {**RESERVA, "clave": "doctor-2"}
        problem(admin_servicio.put("/interno/usuarios/reservas", otro), 409, "nombre_usuario_duplicado")

    def test_sin_nombre_se_propone_uno_y_se_invita(
        self, admin_servicio: ApiClient, app: Flask, crear: Fabrica
    ) -> None:
        crear("medico", "paz")
        uno = reservar(admin_servicio, nombre_usuario=None, contrasena=None)
        confirmar(admin_servicio, uno, doctor_id=7)
        nombre = ok(admin_servicio.get(f"/interno/usuarios/{uno}"))["nombre_usuario"]
        assert nombre.startswith("paz.")
        tabla = app.extensions["comun"].tables.outbox
        with app.app_context():
            tipos = db.session.scalars(select(tabla.c.tipo).order_by(tabla.c.id)).all()
        assert tipos == ["usuario.creado.v1", "usuario.invitado.v1"]

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"rol": "admin"}, "rol"),
            ({"contrasena": "corta"}, "contrasena"),
            ({"nombre_usuario": "a@b.ec"}, "nombre_usuario"),
            ({"clave": None}, "clave"),
            ({"doctor_id": 1}, "doctor_id"),
        ],
    )
    def test_lo_que_no_vale(self, admin_servicio: ApiClient, cambio: dict[str, Any], campo: str) -> None:
        datos = {k: v for k, v in {**RESERVA, **cambio}.items() if v is not None}
        cuerpo = problem(admin_servicio.put("/interno/usuarios/reservas", datos), 422)
        assert list(cuerpo["errores"]) == [campo]

    def test_muchas_a_la_vez_del_mismo_nombre_son_una(self, admin_servicio: ApiClient, app: Flask) -> None:
        from concurrent.futures import ThreadPoolExecutor

        def pedir(n: int) -> int:
            return admin_servicio.put("/interno/usuarios/reservas", {**RESERVA, "clave": f"c{n % 2}"}).status_code

        with ThreadPoolExecutor(6) as hilos:
            estados = set(hilos.map(pedir, range(6)))
        assert estados <= {200, 409}
        assert 200 in estados
        with app.app_context():
            assert db.session.scalar(select(db.func.count()).select_from(Usuario)) == 1


class TestConfirmacion:
    def test_es_idempotente(self, admin_servicio: ApiClient, app: Flask) -> None:
        uno = reservar(admin_servicio, rol="paciente")
        assert [confirmar(admin_servicio, uno, paciente_id=3)["paciente_id"] for _ in range(3)] == [3, 3, 3]
        tabla = app.extensions["comun"].tables.outbox
        with app.app_context():
            assert db.session.scalar(select(db.func.count()).select_from(tabla)) == 1

    def test_de_otra_persona_no(self, admin_servicio: ApiClient) -> None:
        uno = reservar(admin_servicio)
        confirmar(admin_servicio, uno, doctor_id=7)
        problem(
            admin_servicio.post(f"/interno/usuarios/{uno}/confirmacion", {"doctor_id": 8}),
            409,
            "usuario_de_otra_persona",
        )

    def test_una_persona_no_tiene_dos_usuarios(self, admin_servicio: ApiClient) -> None:
        confirmar(admin_servicio, reservar(admin_servicio), doctor_id=7)
        otro = reservar(admin_servicio, clave="c2", nombre_usuario="otra.paz")
        problem(
            admin_servicio.post(f"/interno/usuarios/{otro}/confirmacion", {"doctor_id": 7}), 409, "doctor_con_usuario"
        )

    def test_vincular_a_uno_existente_renueva_sus_tokens(
        self, admin_servicio: ApiClient, app: Flask, crear: Fabrica, anonimo: ApiClient
    ) -> None:
        uno = crear("medico")
        tokens = credenciales(anonimo, "medico")
        confirmar(admin_servicio, uno, doctor_id=7)
        propagar(app)
        problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
        renovado = ok(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}))
        assert renovado["user"]["doctor_id"] == 7

    @pytest.mark.parametrize("cuerpo", [{}, {"doctor_id": 1, "paciente_id": 1}, {"doctor_id": 0}, {"id": 1}])
    def test_de_una_persona_y_solo_una(self, admin_servicio: ApiClient, cuerpo: dict[str, int]) -> None:
        uno = reservar(admin_servicio)
        problem(admin_servicio.post(f"/interno/usuarios/{uno}/confirmacion", cuerpo), 422)

    def test_de_uno_que_no_existe_es_404(self, admin_servicio: ApiClient) -> None:
        problem(admin_servicio.post("/interno/usuarios/99/confirmacion", {"doctor_id": 1}), 404)


def test_lo_que_se_guarda_de_un_paciente(admin_servicio: ApiClient, crear: Fabrica, anonimo: ApiClient) -> None:
    crear("paciente", paciente_id=7, email="p@example.com")
    credenciales(anonimo, "paciente")
    datos = ok(admin_servicio.get("/interno/pacientes/7/datos"))
    assert [usuario["email"] for usuario in datos["usuarios"]] == ["p@example.com"]
    assert [sesion["direccion_ip"] for sesion in datos["sesiones"]] == ["127.0.0.1"]
    assert "argon2" not in str(datos)
    assert ok(admin_servicio.get("/interno/pacientes/8/datos")) == {"usuarios": [], "sesiones": []}
