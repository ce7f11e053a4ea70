"""Users made, found, changed and deleted by those who may."""

from typing import Any

import pytest
from flask import Flask

from auth.extensiones import db
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, AdminDePrueba, Entrar, Fabrica, credenciales, propagar

NUEVO = {"nombre_usuario": "rosa.vera", "contrasena": "Otra-Clave-Larga-1", "rol": "secretaria"}


MALOS: list[tuple[dict[str, Any], str]] = [
    ({"rol": "emperador"}, "rol"),
    ({"rol": None}, "rol"),
    ({"contrasena": "corta"}, "contrasena"),
    ({"contrasena": "mi-rosa.vera-99"}, "contrasena"),
    ({"contrasena": None}, "contrasena"),
    ({"nombre_usuario": "a"}, "nombre_usuario"),
    ({"nombre_usuario": "rosa@example.com"}, "nombre_usuario"),
    ({"nombre_usuario": "<b>rosa</b>"}, "nombre_usuario"),
    ({"email": "no-es-correo"}, "email"),
    ({"centros": [1, 9]}, "centros"),
    ({"centros": [0]}, "centros"),
    ({"centros": "1"}, "centros"),
    ({"doctor_id": 1}, "doctor_id"),
    ({"paciente_id": 1}, "paciente_id"),
    ({"version_token": 9}, "version_token"),
]


class TestCrear:
    def test_con_todo(self, api: ApiClient, admin: AdminDePrueba, anonimo: ApiClient) -> None:
        datos = {**NUEVO, "email": "Rosa@Example.com", "nombres": "Rosa", "apellidos": "Vera", "centros": [3, 1]}
        respuesta = api.post("/auth/usuarios", datos)
        usuario = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"/auth/usuarios/{usuario['id']}"
        assert respuesta.headers["ETag"]
        esperado = {
            "nombre_usuario": "rosa.vera",
            "email": "rosa@example.com",
            "nombre_completo": "Rosa Vera",
            "rol": "secretaria",
            "activo": True,
            "centros": [1, 3],
            "doctor_id": None,
        }
        assert {campo: usuario[campo] for campo in esperado} == esperado
        assert not {"contrasena", "contrasena_hash", "totp_secreto"} & set(usuario)
        assert credenciales(anonimo, "rosa.vera", NUEVO["contrasena"])["user"]["centros"] == [1, 3]

    def test_con_los_nombres_de_otros_sistemas(self, api: ApiClient) -> None:
        usuario = ok(
            api.post(
                "/auth/usuarios",
                {"username": "luis", "password": "Otra-Clave-Larga-1", "rol": "Cliente", "nombre": "Luis Paz Vera"},
            ),
            201,
        )
        assert (usuario["rol"], usuario["nombres"], usuario["apellidos"]) == ("paciente", "Luis", "Paz Vera")

    def test_lo_que_no_vale_se_dice(self, api: ApiClient, admin: AdminDePrueba) -> None:
        for cambio, campo in MALOS:
            datos = {k: v for k, v in {**NUEVO, **cambio}.items() if v is not None}
            assert list(problem(api.post("/auth/usuarios", datos), 422)["errores"]) == [campo], cambio

    def test_el_nombre_es_unico_sin_mirar_mayusculas(self, api: ApiClient) -> None:
        ok(api.post("/auth/usuarios", NUEVO), 201)
        repetido = {**NUEVO, "nombre_usuario": "ROSA.Vera"}
        problem(api.post("/auth/usuarios", repetido), 409, "nombre_usuario_duplicado")

    def test_sin_saber_si_los_centros_existen_no_se_crea(self, api: ApiClient, admin: AdminDePrueba) -> None:
        admin.caido = True
        respuesta = api.post("/auth/usuarios", {**NUEVO, "centros": [1]})
        problem(respuesta, 503)
        assert respuesta.headers["Retry-After"]
        assert ok(api.get("/auth/usuarios?nombre_usuario=rosa.vera"))["datos"] == []

    def test_repetido_con_su_clave_de_idempotencia_es_uno(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "fila-1"}
        primero = ok(api.post("/auth/usuarios", NUEVO, headers=clave), 201)
        otra = api.post("/auth/usuarios", NUEVO, headers=clave)
        assert ok(otra, 201) == primero
        assert otra.headers["Idempotent-Replayed"] == "true"


POR_SUS_DATOS = [
    ("nombre_usuario=MEDICO", ["medico"]),
    ("username=medico", ["medico"]),
    ("email=s@example.com", ["secretaria"]),
    ("rol=paciente", ["paciente"]),
    ("rol=Cliente", ["paciente"]),
    ("centro_id=2", ["secretaria"]),
    ("doctor_id=7", ["medico"]),
    ("activo=false", ["paciente"]),
    ("q=vEr", ["secretaria"]),
    ("q=100%25", []),
    ("q=' OR 1=1--", []),
    ("orden=-nombre_usuario&tamano=1", ["secretaria"]),
]


class TestBuscar:
    def test_por_sus_datos(self, api: ApiClient, crear: Fabrica) -> None:
        crear("secretaria", email="s@example.com", apellidos="Vera", centros=[2])
        crear("medico", doctor_id=7)
        crear("paciente", activo=False)
        for consulta, nombres in POR_SUS_DATOS:
            encontrados = ok(api.get(f"/auth/usuarios?{consulta}"))["datos"]
            assert [usuario["nombre_usuario"] for usuario in encontrados] == nombres, consulta

    @pytest.mark.parametrize(
        "consulta", ["nombre=x", "rol=a&rol=b", "doctor_id=x", "orden=contrasena_hash", "tamano=0"]
    )
    def test_lo_que_no_se_entiende_es_422(self, api: ApiClient, consulta: str) -> None:
        problem(api.get(f"/auth/usuarios?{consulta}"), 422)

    @pytest.mark.parametrize("rol", ["secretaria", "medico"])
    def test_el_personal_ve_al_personal_y_no_a_los_pacientes(self, crear: Fabrica, entrar: Entrar, rol: str) -> None:
        paciente = crear("paciente")
        crear("admin")
        yo = crear(rol)
        cliente = entrar(rol)
        assert {u["rol"] for u in ok(cliente.get("/auth/usuarios"))["datos"]} == {"admin", rol}
        ok(cliente.get(f"/auth/usuarios/{yo}"))
        problem(cliente.get(f"/auth/usuarios/{paciente}"), 404)

    def test_un_paciente_no_ve_usuarios(self, crear: Fabrica, entrar: Entrar) -> None:
        yo = crear("paciente")
        problem(entrar("paciente").get("/auth/usuarios"), 403)
        problem(entrar("paciente").get(f"/auth/usuarios/{yo}"), 403)

    def test_uno_reservado_todavia_no_esta(self, api: ApiClient, app: Flask, crear: Fabrica) -> None:
        from comun.db import now

        reservado = crear("medico", reservado_hasta=now())
        assert ok(api.get("/auth/usuarios?rol=medico"))["datos"] == []
        problem(api.get(f"/auth/usuarios/{reservado}"), 404)


class TestCambiar:
    def test_lo_ausente_se_queda(self, api: ApiClient, crear: Fabrica) -> None:
        uno = crear("medico", email="m@example.com", apellidos="Paz")
        cambiado = ok(api.put(f"/auth/usuarios/{uno}", {"nombres": "María"}))
        assert (cambiado["nombres"], cambiado["apellidos"], cambiado["email"]) == ("María", "Paz", "m@example.com")
        assert ok(api.put(f"/auth/usuarios/{uno}", {"email": None}))["email"] is None

    def test_sobre_una_version_vieja_no(self, api: ApiClient, crear: Fabrica) -> None:
        uno = crear("medico")
        etag = {"If-Match": api.get(f"/auth/usuarios/{uno}").headers["ETag"]}
        ok(api.put(f"/auth/usuarios/{uno}", {"nombres": "María"}, headers=etag))
        problem(api.put(f"/auth/usuarios/{uno}", {"nombres": "Otra"}, headers=etag), 412)

    def test_rol_y_centros_llegan_a_los_tokens(
        self, api: ApiClient, app: Flask, admin: AdminDePrueba, crear: Fabrica, entrar: Entrar, anonimo: ApiClient
    ) -> None:
        uno = crear("medico")
        viejo = entrar("medico")
        ok(api.put(f"/auth/usuarios/{uno}", {"rol": "secretaria", "centros": [1, 2]}))
        propagar(app)
        problem(viejo.get("/auth/perfil"), 401)
        perfil = ok(entrar("medico").get("/auth/perfil"))
        assert (perfil["rol"], perfil["alcance"], perfil["centros"]) == ("secretaria", "centros", [1, 2])
        assert ok(api.put(f"/auth/usuarios/{uno}", {"centros": [2]}))["centros"] == [2]

    def test_una_contrasena_nueva_cierra_las_sesiones(
        self, api: ApiClient, app: Flask, crear: Fabrica, anonimo: ApiClient
    ) -> None:
        uno = crear("medico")
        tokens = credenciales(anonimo, "medico")
        ok(api.put(f"/auth/usuarios/{uno}", {"contrasena": "Otra-Clave-Larga-1"}))
        propagar(app)
        problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)
        credenciales(anonimo, "medico", "Otra-Clave-Larga-1")

    @pytest.mark.parametrize("por", ["put", "patch"])
    def test_desactivado_queda_fuera_en_todas_partes(
        self, api: ApiClient, app: Flask, crear: Fabrica, anonimo: ApiClient, por: str
    ) -> None:
        uno = crear("medico")
        tokens = credenciales(anonimo, "medico")
        if por == "put":
            assert ok(api.put(f"/auth/usuarios/{uno}", {"activo": False}))["activo"] is False
        else:
            ok(api.patch(f"/auth/usuarios/{uno}/estado", {"estado": "Inactivo", "motivo": "Se fue"}))
        propagar(app)
        problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
        problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)
        problem(anonimo.post("/auth/login", {"username": "medico", "password": CONTRASENA}), 401)
        ok(api.patch(f"/auth/usuarios/{uno}/estado", {"estado": "activo"}))
        credenciales(anonimo, "medico")

    def test_permisos_sueltos(self, api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
        uno = crear("secretaria")
        ruta = f"/auth/usuarios/{uno}/permisos"
        viejo = entrar("secretaria")
        respuesta = ok(api.put(ruta, {"concedidos": ["admin:pacientes:crear"], "denegados": ["citas:crear"]}))
        assert respuesta["concedidos"] == ["admin:pacientes:crear"]
        assert "citas:crear" in respuesta["del_rol"]
        assert "citas:crear" not in respuesta["efectivos"]
        propagar(app)
        problem(viejo.get("/auth/perfil"), 401)
        assert ok(api.put(ruta, {"denegados": []}))["concedidos"] == ["admin:pacientes:crear"]
        assert ok(api.get(ruta))["denegados"] == []
        assert ok(api.put(ruta, {"concedidos": [], "denegados": ["admin:pacientes:crear"]}))["denegados"]

    @pytest.mark.parametrize(
        ("cuerpo", "campo"),
        [
            ({"concedidos": ["no:existe"]}, "concedidos"),
            ({"concedidos": ["interno:usuarios"]}, "concedidos"),
            ({"denegados": ["auth:perfil"]}, "denegados"),
            ({"concedidos": ["citas:leer"], "denegados": ["citas:leer"]}, "denegados"),
            ({"permisos": ["citas:leer"]}, "permisos"),
        ],
    )
    def test_permisos_que_no_se_pueden_dar(
        self, api: ApiClient, crear: Fabrica, cuerpo: dict[str, Any], campo: str
    ) -> None:
        uno = crear("secretaria")
        assert list(problem(api.put(f"/auth/usuarios/{uno}/permisos", cuerpo), 422)["errores"]) == [campo]

    def test_lo_mismo_otra_vez_no_echa_a_nadie(
        self, api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar
    ) -> None:
        uno = crear("secretaria", permisos=("admin:pacientes:crear",))
        sesion = entrar("secretaria")
        ok(api.put(f"/auth/usuarios/{uno}/permisos", {"concedidos": ["admin:pacientes:crear"]}))
        ok(api.put(f"/auth/usuarios/{uno}", {"rol": "secretaria", "centros": [], "activo": True}))
        propagar(app)
        ok(sesion.get("/auth/perfil"))


class TestEliminar:
    def test_desaparece_y_libera_su_nombre(self, api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
        uno = crear("medico")
        sesion = entrar("medico")
        assert api.delete(f"/auth/usuarios/{uno}").status_code == 204
        problem(api.delete(f"/auth/usuarios/{uno}"), 404)
        problem(api.get(f"/auth/usuarios/{uno}"), 404)
        propagar(app)
        problem(sesion.get("/auth/perfil"), 401)
        assert crear("medico") != uno
        todos = ok(api.get("/auth/usuarios?incluir_eliminados=true&rol=medico"))["datos"]
        assert [u["eliminado_en"] is not None for u in todos] == [True, False]

    @pytest.mark.parametrize(
        "ruta", ["/auth/usuarios/999", "/auth/usuarios/0", "/auth/usuarios/99999999999", "/auth/usuarios/x"]
    )
    def test_lo_que_no_existe_es_404(self, api: ApiClient, ruta: str) -> None:
        problem(api.delete(ruta), 404)


class TestUltimoAdministrador:
    @pytest.mark.parametrize(
        ("metodo", "sufijo", "cuerpo"),
        [
            ("DELETE", "", None),
            ("PUT", "", {"activo": False}),
            ("PUT", "", {"rol": "medico"}),
            ("PATCH", "/estado", {"estado": "inactivo"}),
        ],
    )
    def test_siempre_queda_uno(
        self, api: ApiClient, crear: Fabrica, metodo: str, sufijo: str, cuerpo: dict[str, Any] | None
    ) -> None:
        crear("admin", "inactivo", activo=False)
        crear("admin", "sin.clave", contrasena_hash=None)
        problem(api.call(metodo, f"/auth/usuarios/1{sufijo}", json=cuerpo), 409, "ultimo_admin")
        otro = crear("admin", "segundo")
        assert api.call(metodo, f"/auth/usuarios/{otro}{sufijo}", json=cuerpo).status_code in (200, 204)
        problem(api.call(metodo, f"/auth/usuarios/1{sufijo}", json=cuerpo), 409, "ultimo_admin")


def test_cada_cambio_se_anuncia(api: ApiClient, app: Flask) -> None:
    uno = ok(api.post("/auth/usuarios", NUEVO), 201)["id"]
    ok(api.put(f"/auth/usuarios/{uno}", {"nombres": "Rosa"}))
    ok(api.put(f"/auth/usuarios/{uno}", {"activo": False}))
    api.delete(f"/auth/usuarios/{uno}")
    tabla = app.extensions["comun"].tables.outbox
    with app.app_context():
        filas = db.session.execute(
            db.select(tabla).where(tabla.c.sujeto == f"usuario/{uno}").order_by(tabla.c.id)
        ).all()
    sucesos = [(fila.tipo.split(".")[1], fila.datos["activo"]) for fila in filas]
    assert sucesos == [("creado", True), ("actualizado", True), ("desactivado", False), ("desactivado", False)]
    assert all("contrasena" not in str(fila.datos) for fila in filas)
