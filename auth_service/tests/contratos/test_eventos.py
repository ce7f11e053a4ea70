"""What this service makes of the news of admin_service."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from auth.extensiones import db
from auth.modelos import Usuario
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope

from ..conftest import CONTRASENA, Fabrica, credenciales, propagar

PERSONA = {"nombres": "Ana", "apellidos": "Paz", "email": "ana@example.com", "telefono": "0991234567"}


@pytest.fixture
def entregar(servicio: Any) -> Any:
    """`entregar("doctor.creado.v1", 7, usuario_id=1)`: admin_service tells."""
    admin = servicio("admin")

    def evento(tipo: str, persona_id: int, secuencia: int = 1, **datos: Any) -> str:
        sujeto = f"{tipo.partition('.')[0]}/{persona_id}"
        documento = envelope("/admin", tipo, sujeto, {"id": persona_id, **PERSONA, **datos}, secuencia)
        return str(ok(admin.post("/interno/eventos", documento))["resultado"])

    return evento


def usuario(app: Flask, usuario_id: int) -> Usuario:
    with app.app_context():
        return db.session.scalars(select(Usuario).where(Usuario.id == usuario_id)).one()


def test_abrir_y_cerrar_una_cuenta_se_anuncia(api: ApiClient, app: Flask, crear: Fabrica) -> None:
    uno = crear("secretaria")
    for cuerpo in ({"activo": False}, {"activo": True}, {"nombres": "Luz", "activo": True}):
        ok(api.put(f"/auth/usuarios/{uno}", cuerpo))
    for estado in ("inactivo", "inactivo", "activo", "activo"):
        ok(api.patch(f"/auth/usuarios/{uno}/estado", {"estado": estado}))
    salidas = app.extensions["comun"].tables.outbox
    with app.app_context():
        suyas = select(salidas.c.tipo).where(salidas.c.sujeto == f"usuario/{uno}").order_by(salidas.c.secuencia)
        sucesos = [tipo.split(".")[1] for tipo in db.session.scalars(suyas)]
    assert sucesos == ["desactivado", "actualizado", "actualizado", "desactivado", "actualizado"]


class TestVincular:
    @pytest.mark.parametrize(("tipo", "campo"), [("doctor", "doctor_id"), ("paciente", "paciente_id")])
    def test_confirma_una_reserva(
        self, app: Flask, crear: Fabrica, entregar: Any, anonimo: ApiClient, tipo: str, campo: str
    ) -> None:
        uno = crear("medico", reservado_hasta=now())
        entregar(f"{tipo}.creado.v1", 7, usuario_id=uno)
        assert credenciales(anonimo, "medico")["user"][campo] == 7

    def test_repetido_no_cambia_nada(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        uno = crear("medico")
        entregar("doctor.creado.v1", 7, usuario_id=uno)
        version = usuario(app, uno).version
        entregar("doctor.actualizado.v1", 7, 2, usuario_id=uno, nombres="Lucía")
        assert usuario(app, uno).version == version

    def test_sin_usuario_no_pasa_nada(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        uno = crear("medico")
        assert entregar("doctor.creado.v1", 7, usuario_id=None) == "aplicado"
        assert entregar("doctor.creado.v1", 8, usuario_id=99) == "aplicado"
        assert usuario(app, uno).doctor_id is None

    def test_otro_usuario_del_mismo_doctor_se_suelta(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        viejo, nuevo = crear("medico", "viejo"), crear("medico", "nuevo")
        entregar("doctor.creado.v1", 7, usuario_id=viejo)
        entregar("doctor.actualizado.v1", 7, 2, usuario_id=nuevo)
        assert (usuario(app, viejo).doctor_id, usuario(app, nuevo).doctor_id) == (None, 7)
        entregar("doctor.actualizado.v1", 7, 3, usuario_id=None)
        assert usuario(app, nuevo).doctor_id is None

    def test_una_noticia_vieja_no_pisa_a_la_nueva(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        uno, dos = crear("medico", "uno"), crear("medico", "dos")
        entregar("doctor.actualizado.v1", 7, 5, usuario_id=dos)
        entregar("doctor.actualizado.v1", 7, 3, usuario_id=uno)
        assert (usuario(app, uno).doctor_id, usuario(app, dos).doctor_id) == (None, 7)

    def test_un_usuario_de_otra_persona_se_queda_con_ella(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        uno = crear("medico", doctor_id=3)
        assert entregar("doctor.creado.v1", 7, usuario_id=uno) == "aplicado"
        assert usuario(app, uno).doctor_id == 3


class TestCerrar:
    @pytest.mark.parametrize(("tipo", "campo"), [("doctor", "doctor_id"), ("paciente", "paciente_id")])
    def test_al_eliminar_a_la_persona(
        self, app: Flask, crear: Fabrica, entregar: Any, anonimo: ApiClient, tipo: str, campo: str
    ) -> None:
        crear("medico", **{campo: 7})
        tokens = credenciales(anonimo, "medico")
        entregar(f"{tipo}.eliminado.v1", 7, usuario_id=1)
        propagar(app)
        problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
        problem(anonimo.post("/auth/login", {"username": "medico", "password": CONTRASENA}), 401)

    def test_un_administrador_que_era_doctor_sigue(self, crear: Fabrica, entregar: Any, anonimo: ApiClient) -> None:
        crear("admin", doctor_id=7)
        entregar("doctor.eliminado.v1", 7, usuario_id=1)
        credenciales(anonimo, "admin")


class TestFusion:
    def fusionar(self, entregar: Any, usuario_id: int | None) -> None:
        entregar("paciente.fusionado.v1", 1, 4, absorbido_id=2, usuario_id=usuario_id)

    def test_queda_el_usuario_del_que_queda(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        queda, sobra = crear("paciente", "queda", paciente_id=1), crear("paciente", "sobra", paciente_id=2)
        self.fusionar(entregar, queda)
        assert (usuario(app, queda).paciente_id, usuario(app, queda).activo) == (1, True)
        assert (usuario(app, sobra).paciente_id, usuario(app, sobra).activo) == (None, False)

    def test_o_hereda_el_del_absorbido(self, app: Flask, crear: Fabrica, entregar: Any) -> None:
        heredado = crear("paciente", paciente_id=2)
        self.fusionar(entregar, heredado)
        assert (usuario(app, heredado).paciente_id, usuario(app, heredado).activo) == (1, True)


def test_anonimizar_borra_a_la_persona_tambien_de_la_auditoria(
    app: Flask, api: ApiClient, crear: Fabrica, entregar: Any
) -> None:
    uno = crear("paciente", "luis.paz", email="luis@example.com", nombres="Luis", paciente_id=7)
    ok(api.put(f"/auth/usuarios/{uno}", {"apellidos": "Paz Secreto", "nombre_usuario": "luis.paz2"}))
    entregar("paciente.anonimizado.v1", 7, 3, usuario_id=uno)
    anonimo = usuario(app, uno)
    assert (anonimo.nombre_usuario, anonimo.email, anonimo.activo) == (f"anonimo.{uno}", None, False)
    tabla = app.extensions["comun"].tables.audit
    with app.app_context():
        rastro = str(db.session.execute(tabla.select().where(tabla.c.recurso_id == uno)).all())
    salidas = app.extensions["comun"].tables.outbox
    with app.app_context():
        noticias = [*db.session.scalars(select(salidas.c.datos).where(salidas.c.sujeto == f"usuario/{uno}"))]
    assert [noticia["nombres"] for noticia in noticias] == ["Anonimizado"] * 2
    for dato in ("Secreto", "luis"):
        assert dato not in rastro
        assert dato not in str(noticias)


def test_se_anuncia_como_se_llama_cada_usuario(app: Flask, api: ApiClient, crear: Fabrica) -> None:
    uno = crear("secretaria", nombres="Eva", apellidos="Ríos")
    ok(api.put(f"/auth/usuarios/{uno}", {"nombres": "Eva Luz"}))
    salidas = app.extensions["comun"].tables.outbox
    with app.app_context():
        (noticia,) = db.session.scalars(select(salidas.c.datos).where(salidas.c.tipo == "usuario.actualizado.v1"))
    assert (noticia["nombres"], noticia["apellidos"], noticia["rol"]) == ("Eva Luz", "Ríos", "secretaria")


def test_un_administrador_que_era_paciente_sigue_al_anonimizarlo(
    app: Flask, crear: Fabrica, entregar: Any, anonimo: ApiClient
) -> None:
    jefa = crear("admin", paciente_id=7)
    entregar("paciente.anonimizado.v1", 7, 3, usuario_id=jefa)
    credenciales(anonimo, "admin")
    assert usuario(app, jefa).paciente_id is None


@pytest.mark.parametrize(
    ("rol", "persona", "suceso"),
    [
        ("medico", {"doctor_id": 7}, "doctor.eliminado.v1"),
        ("paciente", {"paciente_id": 7}, "paciente.eliminado.v1"),
        ("paciente", {"paciente_id": 7}, "paciente.anonimizado.v1"),
    ],
)
def test_quien_vuelve_con_los_mismos_datos_recibe_otro_usuario(
    app: Flask, servicio: Any, entregar: Any, rol: str, persona: dict[str, int], suceso: str
) -> None:
    admin = servicio("admin")
    datos = {"clave": "ana-paz", "rol": rol, "nombres": "Ana", "apellidos": "Paz", "email": "ana@example.com"}

    def reservar() -> int:
        return int(ok(admin.put("/interno/usuarios/reservas", datos))["usuario_id"])

    viejo = reservar()
    ok(admin.post(f"/interno/usuarios/{viejo}/confirmacion", persona))
    entregar(suceso, 7, 3, usuario_id=viejo)
    nuevo = reservar()
    assert nuevo != viejo
    ok(admin.post(f"/interno/usuarios/{nuevo}/confirmacion", {campo: 8 for campo in persona}))
    assert usuario(app, nuevo).activo
