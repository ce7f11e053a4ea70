"""Self-registration and invitations: how somebody without an account gets one."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from auth.casos_de_uso import reservas
from auth.extensiones import db
from auth.modelos import Invitacion, Usuario
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, AdminDePrueba, Entrar, Fabrica, credenciales

CLAVE = "Otra-Clave-Larga-1"
NUEVO = {
    "nombre_usuario": "luis.paz",
    "contrasena": CLAVE,
    "email": "luis@example.com",
    "nombres": "Luis",
    "apellidos": "Paz Vera",
    "identificacion": "1710034065",
    "telefono": "099 123 4567",
    "fecha_nacimiento": "1990-05-01",
}


def usuarios(app: Flask) -> list[tuple[str, bool]]:
    """(name, whether only reserved) of all that there are."""
    with app.app_context():
        todos = db.session.scalars(select(Usuario).order_by(Usuario.id)).all()
        return [(usuario.nombre_usuario, usuario.reservado_hasta is not None) for usuario in todos]


class TestRegistro:
    def test_hace_un_paciente_con_su_ficha(self, anonimo: ApiClient, admin: AdminDePrueba) -> None:
        respuesta = anonimo.post("/auth/registro", NUEVO)
        usuario = ok(respuesta, 201)
        assert (usuario["rol"], usuario["paciente_id"], usuario["activo"]) == ("paciente", 100 + usuario["id"], True)
        assert respuesta.headers["Location"] == f"/auth/usuarios/{usuario['id']}"
        assert "contrasena" not in usuario
        assert admin.pacientes[usuario["paciente_id"]] == {
            "nombres": "Luis",
            "apellidos": "Paz Vera",
            "email": "luis@example.com",
            "identificacion": "1710034065",
            "telefono": "0991234567",
            "fecha_nacimiento": "1990-05-01",
        }
        assert credenciales(anonimo, "luis.paz", CLAVE)["user"]["paciente_id"] == usuario["paciente_id"]

    @pytest.mark.parametrize(
        "mas",
        [
            {"rol": "admin"},
            {"rol": ["admin"], "permisos": ["auth:usuarios:crear"], "centros": [1, 2]},
            {"rol": "medico", "doctor_id": 1, "paciente_id": 5, "activo": True},
        ],
    )
    def test_y_nada_mas_diga_lo_que_diga(
        self, anonimo: ApiClient, admin: AdminDePrueba, entrar: Entrar, mas: dict[str, Any]
    ) -> None:
        usuario = ok(anonimo.post("/auth/registro", {**NUEVO, **mas}), 201)
        esperado = {"rol": "paciente", "centros": [], "doctor_id": None, "paciente_id": 100 + usuario["id"]}
        assert {campo: usuario[campo] for campo in esperado} == esperado
        yo = entrar("luis.paz", CLAVE)
        perfil = ok(yo.get("/auth/perfil"))
        assert perfil["alcance"] == "paciente"
        assert not any(p.startswith("auth:usuarios") for p in perfil["permisos"])
        problem(yo.get("/auth/usuarios"), 403)

    def test_con_el_token_de_un_paciente_tampoco(self, crear: Fabrica, entrar: Entrar, admin: AdminDePrueba) -> None:
        crear("paciente")
        usuario = ok(entrar("paciente").post("/auth/registro", {**NUEVO, "rol": "admin"}), 201)
        assert usuario["rol"] == "paciente"

    def test_con_un_token_malo_se_rechaza(self, anonimo: ApiClient, admin: AdminDePrueba) -> None:
        problem(anonimo.with_token("falso").post("/auth/registro", {**NUEVO, "rol": "admin"}), 401)

    def test_con_el_de_un_admin_hace_cualquier_rol(self, api: ApiClient, admin: AdminDePrueba) -> None:
        usuario = ok(api.post("/auth/registro", {**NUEVO, "rol": "secretaria", "centros": [2]}), 201)
        assert (usuario["rol"], usuario["centros"], usuario["paciente_id"]) == ("secretaria", [2], None)
        assert admin.pacientes == {}
        problem(api.post("/auth/registro", {**NUEVO, "nombre_usuario": "otra", "rol": "reina"}), 422)

    def test_una_identificacion_conocida_no_dice_de_quien(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba
    ) -> None:
        admin.identificaciones_ajenas = {"1710034065"}
        cuerpo = problem(anonimo.post("/auth/registro", NUEVO), 409, "registro_no_posible")
        assert "Ana" not in str(cuerpo)
        assert cuerpo["errores"] == {}
        assert usuarios(app) == []

    def test_lo_que_admin_no_acepta_se_explica(self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
        cuerpo = problem(anonimo.post("/auth/registro", {**NUEVO, "identificacion": "mala"}), 422)
        assert cuerpo["errores"] == {"identificacion": ["No es válida."]}
        assert usuarios(app) == []

    @pytest.mark.parametrize(
        ("cambio", "campo"),
        [
            ({"contrasena": "corta"}, "contrasena"),
            ({"contrasena": "password123"}, "contrasena"),
            ({"contrasena": "luis.paz-luis.paz"}, "contrasena"),
            ({"nombres": None}, "nombres"),
            ({"telefono": "no"}, "telefono"),
            ({"fecha_nacimiento": "2024-02-30"}, "fecha_nacimiento"),
            ({"es_admin": True}, "es_admin"),
        ],
    )
    def test_datos_que_no_valen(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba, cambio: dict[str, Any], campo: str
    ) -> None:
        datos = {k: v for k, v in {**NUEVO, **cambio}.items() if v is not None}
        assert list(problem(anonimo.post("/auth/registro", datos), 422)["errores"]) == [campo]
        assert usuarios(app) == []

    def test_un_nombre_tomado_es_409(self, anonimo: ApiClient, crear: Fabrica, admin: AdminDePrueba) -> None:
        crear("medico", "luis.paz", contrasena=CLAVE)
        problem(anonimo.post("/auth/registro", NUEVO), 409, "nombre_usuario_duplicado")
        assert admin.pacientes == {}

    def test_demasiados_desde_una_direccion_esperan(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(app.config, "AUTH_REGISTRATIONS_PER_ADDRESS", 2)
        for n in range(2):
            ok(anonimo.post("/auth/registro", {**NUEVO, "nombre_usuario": f"luis{n}"}), 201)
        assert anonimo.post("/auth/registro", NUEVO).headers["Retry-After"]


class TestNuncaAMedias:
    def test_con_admin_caido_503_y_despues_se_termina(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba
    ) -> None:
        admin.caido = True
        respuesta = anonimo.post("/auth/registro", NUEVO)
        problem(respuesta, 503)
        assert respuesta.headers["Retry-After"]
        assert usuarios(app) == [("luis.paz", True)]
        problem(anonimo.post("/auth/login", {"username": "luis.paz", "password": CLAVE}), 401)
        admin.caido = False
        self.reponer(app)
        ok(anonimo.post("/auth/registro", NUEVO), 201)
        assert usuarios(app) == [("luis.paz", False)]

    def test_otro_no_se_lleva_un_nombre_a_medias(self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
        admin.caido = True
        problem(anonimo.post("/auth/registro", NUEVO), 503)
        admin.caido = False
        self.reponer(app)
        intruso = {**NUEVO, "contrasena": "Clave-De-Intruso-1"}
        problem(anonimo.post("/auth/registro", intruso), 409, "nombre_usuario_duplicado")

    def test_si_la_ficha_quedo_hecha_el_trabajo_la_encuentra(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba
    ) -> None:
        admin.muere_despues = True
        problem(anonimo.post("/auth/registro", NUEVO), 503)
        admin.muere_despues = False
        self.reponer(app)
        self.vencer(app)
        with app.app_context():
            assert reservas.resolver() == 1
        assert usuarios(app) == [("luis.paz", False)]
        assert credenciales(anonimo, "luis.paz", CLAVE)["user"]["paciente_id"] == 101

    def test_si_no_hay_ficha_el_nombre_queda_libre(
        self, anonimo: ApiClient, app: Flask, admin: AdminDePrueba
    ) -> None:
        admin.caido = True
        problem(anonimo.post("/auth/registro", NUEVO), 503)
        with app.app_context():
            assert reservas.resolver() == 0  # too young to be given up
        self.vencer(app)
        with app.app_context():
            assert reservas.resolver() == 0  # admin_service does not say
        assert usuarios(app) == [("luis.paz", True)]
        admin.caido = False
        self.reponer(app)
        with app.app_context():
            assert reservas.resolver() == 1
        assert usuarios(app) == []

    def vencer(self, app: Flask) -> None:
        with app.app_context():
            db.session.execute(update(Usuario).values(reservado_hasta=now() - timedelta(minutes=1)))
            db.session.commit()

    def reponer(self, app: Flask) -> None:
        """The breaker of the client has had its rest."""
        from auth.clientes.admin import AdminCliente

        app.extensions["admin"] = AdminCliente(app)


class TestInvitacion:
    @pytest.fixture
    def invitado(self, api: ApiClient) -> int:
        datos = {"nombre_usuario": "vera", "email": "vera@example.com", "nombres": "Vera", "rol": "medico"}
        return int(ok(api.post("/auth/usuarios", datos), 201)["id"])

    def token(self, api: ApiClient, invitado: int) -> str:
        respuesta = ok(api.post(f"/auth/usuarios/{invitado}/invitacion"), 201)
        assert respuesta["token"] in respuesta["enlace"]
        return str(respuesta["token"])

    def test_pone_la_primera_contrasena_una_sola_vez(self, api: ApiClient, anonimo: ApiClient, invitado: int) -> None:
        ruta = f"/auth/invitaciones/{self.token(api, invitado)}"
        assert ok(anonimo.get(ruta))["nombre_usuario"] == "vera"
        problem(anonimo.post(ruta, {"contrasena": "corta"}), 422, "contrasena_debil")
        assert anonimo.post(ruta, {"contrasena": CLAVE}).status_code == 204
        credenciales(anonimo, "vera", CLAVE)
        problem(anonimo.post(ruta, {"contrasena": "Tercera-Clave-3"}), 404)
        problem(anonimo.get(ruta), 404)
        problem(api.post(f"/auth/usuarios/{invitado}/invitacion"), 409, "usuario_con_contrasena")

    def test_una_nueva_anula_la_anterior(self, api: ApiClient, anonimo: ApiClient, invitado: int) -> None:
        vieja, nueva = self.token(api, invitado), self.token(api, invitado)
        problem(anonimo.get(f"/auth/invitaciones/{vieja}"), 404)
        ok(anonimo.get(f"/auth/invitaciones/{nueva}"))

    def test_no_vale_para_quien_recibio_ya_una_contrasena(
        self, api: ApiClient, anonimo: ApiClient, invitado: int
    ) -> None:
        ruta = f"/auth/invitaciones/{self.token(api, invitado)}"
        ok(api.put(f"/auth/usuarios/{invitado}", {"contrasena": CLAVE}))
        problem(anonimo.post(ruta, {"contrasena": "Tercera-Clave-3"}), 404)
        credenciales(anonimo, "vera", CLAVE)

    def test_no_vale_desde_un_correo_que_era_equivocado(
        self, api: ApiClient, app: Flask, anonimo: ApiClient, invitado: int
    ) -> None:
        ruta = f"/auth/invitaciones/{self.token(api, invitado)}"
        ok(api.put(f"/auth/usuarios/{invitado}", {"nombres": "Vera Luz"}))
        ok(anonimo.get(ruta))
        ok(api.put(f"/auth/usuarios/{invitado}", {"email": "vera.luz@example.com"}))
        problem(anonimo.post(ruta, {"contrasena": CLAVE}), 404)
        salidas = app.extensions["comun"].tables.outbox
        with app.app_context():
            a_quien = select(salidas.c.datos).where(salidas.c.tipo == "usuario.invitado.v1").order_by(salidas.c.id)
            correos = [datos["email"] for datos in db.session.scalars(a_quien)]
        assert correos == ["vera@example.com", "vera.luz@example.com"]

    def test_caduca_a_las_72_horas(self, api: ApiClient, app: Flask, anonimo: ApiClient, invitado: int) -> None:
        token = self.token(api, invitado)
        with app.app_context():
            invitacion = db.session.scalars(select(Invitacion)).one()
            assert abs(invitacion.expira_en - now() - timedelta(hours=72)) < timedelta(minutes=1)
            assert token not in invitacion.huella
            invitacion.expira_en = now()
            db.session.commit()
        problem(anonimo.get(f"/auth/invitaciones/{token}"), 404)

    def test_ni_de_un_desactivado_ni_inventada(self, api: ApiClient, anonimo: ApiClient, invitado: int) -> None:
        token = self.token(api, invitado)
        ok(api.put(f"/auth/usuarios/{invitado}", {"activo": False}))
        problem(anonimo.get(f"/auth/invitaciones/{token}"), 404)
        problem(anonimo.get("/auth/invitaciones/inventada"), 404)

    def test_el_evento_no_lleva_el_token(self, app: Flask, invitado: int) -> None:
        tabla = app.extensions["comun"].tables.outbox
        with app.app_context():
            evento = db.session.execute(select(tabla).where(tabla.c.tipo == "usuario.invitado.v1")).one()
        assert evento.datos["email"] == "vera@example.com"
        quien = {"id", "nombre_usuario", "nombres", "apellidos", "email", "rol", "activo", "doctor_id", "paciente_id"}
        assert set(evento.datos) == quien

    def test_la_respuesta_no_se_guarda_para_repetirla(self, api: ApiClient, invitado: int) -> None:
        clave = {"Idempotency-Key": "invitar"}
        ruta = f"/auth/usuarios/{invitado}/invitacion"
        tokens = {ok(api.post(ruta, headers=clave), 201)["token"] for _ in range(2)}
        assert len(tokens) == 2


def test_la_contrasena_de_todos_los_ejemplos_vale(crear: Fabrica, anonimo: ApiClient) -> None:
    crear("paciente")
    credenciales(anonimo, "paciente", CONTRASENA)
