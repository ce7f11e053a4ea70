"""Roles, the catalogue of permissions, and the menu that follows from them."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from auth.catalogo import CATALOGO
from auth.extensiones import db
from auth.modelos import Rol, Usuario
from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import begin_and_wait

from ..conftest import CONTRASENA, Entrar, Fabrica, propagar


def ids(api: ApiClient) -> dict[str, int]:
    return {rol["nombre"]: rol["id"] for rol in ok(api.get("/auth/roles"))["datos"]}


def test_los_del_principio(api: ApiClient) -> None:
    roles = {rol["nombre"]: rol for rol in ok(api.get("/auth/roles"))["datos"]}
    assert {nombre: rol["alcance"] for nombre, rol in roles.items()} == {
        "admin": "red",
        "secretaria": "centros",
        "medico": "medico",
        "paciente": "paciente",
        "servicio": "red",
    }
    assert all(rol["de_sistema"] for rol in roles.values())


def test_uno_nuevo_de_principio_a_fin(api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
    datos = {"nombre": "Auditora Médica", "alcance": "Red", "permisos": ["citas:leer", "auth:auditoria:leer"]}
    respuesta = api.post("/auth/roles", datos)
    rol = ok(respuesta, 201)
    assert (rol["nombre"], rol["permisos"]) == ("auditora_medica", ["auth:auditoria:leer", "citas:leer"])
    problem(api.post("/auth/roles", datos), 409, "rol_duplicado")
    crear("auditora_medica", "vera")
    sesion = entrar("vera")
    ok(sesion.get("/auth/auditoria"))
    cambio = ok(api.put(f"/auth/roles/{rol['id']}/permisos", {"permisos": ["citas:leer"]}))
    assert cambio == {"permisos": ["citas:leer"]}
    propagar(app)
    problem(sesion.get("/auth/auditoria"), 401)
    problem(entrar("vera").get("/auth/auditoria"), 403)
    problem(api.delete(f"/auth/roles/{rol['id']}"), 409, "rol_en_uso")
    usuario = ok(api.get("/auth/usuarios?nombre_usuario=vera"))["datos"][0]["id"]
    api.delete(f"/auth/usuarios/{usuario}")
    assert api.delete(f"/auth/roles/{rol['id']}").status_code == 204
    problem(api.get(f"/auth/roles/{rol['id']}"), 404)
    ok(api.post("/auth/roles", datos), 201)


def test_otro_con_el_nombre_de_uno_eliminado_vale_desde_ya(
    api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar
) -> None:
    datos = {"nombre": "auditora", "alcance": "red", "permisos": ["citas:leer"]}
    viejo = ok(api.post("/auth/roles", datos), 201)
    ok(api.put(f"/auth/roles/{viejo['id']}/permisos", {"permisos": []}))
    assert api.delete(f"/auth/roles/{viejo['id']}").status_code == 204
    ok(api.post("/auth/roles", {**datos, "permisos": ["auth:auditoria:leer"]}), 201)
    vera = {"nombre_usuario": "vera", "contrasena": CONTRASENA, "rol": "auditora"}
    ok(api.post("/auth/usuarios", vera), 201)
    propagar(app)
    ok(entrar("vera").get("/auth/auditoria"))


@pytest.mark.postgresql_only
@pytest.mark.parametrize("manera", ["crear", "cambiar"])
def test_uno_que_se_elimina_no_se_da_a_nadie(api: ApiClient, app: Flask, crear: Fabrica, manera: str) -> None:
    rol = ok(api.post("/auth/roles", {"nombre": "auditora"}), 201)["id"]
    vera = {"nombre_usuario": "vera", "contrasena": CONTRASENA, "rol": "auditora"}
    otra = crear("secretaria")
    dar: list[Future[TestResponse]] = []

    def pedir() -> TestResponse:
        return api.post("/auth/usuarios", vera) if manera == "crear" else api.put(f"/auth/usuarios/{otra}", vera)

    with app.app_context(), ThreadPoolExecutor(1) as hilo:
        db.session.get_one(Rol, rol).eliminar()
        db.session.flush()
        begin_and_wait(db.engine, lambda: dar.append(hilo.submit(pedir)))
        db.session.commit()
        assert "rol" in problem(dar[0].result(), 422)["errores"]


@pytest.mark.postgresql_only
def test_uno_que_se_da_no_se_elimina(api: ApiClient, app: Flask, crear: Fabrica) -> None:
    rol = ok(api.post("/auth/roles", {"nombre": "auditora"}), 201)["id"]
    vera = crear("secretaria", "vera")
    eliminar: list[Future[TestResponse]] = []
    with app.app_context(), ThreadPoolExecutor(1) as hilo:
        db.session.get_one(Usuario, vera).cambiar_rol(db.session.get_one(Rol, rol))
        db.session.flush()
        begin_and_wait(db.engine, lambda: eliminar.append(hilo.submit(api.delete, f"/auth/roles/{rol}")))
        db.session.commit()
        problem(eliminar[0].result(), 409, "rol_en_uso")


def test_los_del_sistema_se_cuidan(api: ApiClient) -> None:
    de = ids(api)
    problem(api.delete(f"/auth/roles/{de['servicio']}"), 409, "rol_protegido")
    problem(api.put(f"/auth/roles/{de['medico']}", {"alcance": "red"}), 409, "rol_protegido")
    problem(api.put(f"/auth/roles/{de['admin']}/permisos", {"permisos": ["citas:leer"]}), 409, "rol_protegido")
    problem(api.put(f"/auth/roles/{de['medico']}", {"nombre": "doctor"}), 422)
    ok(api.put(f"/auth/roles/{de['medico']}", {"descripcion": "Doctores"}))


@pytest.mark.parametrize("permiso", ["no:existe", "interno:usuarios", "citas:*", "' OR 1=1"])
def test_solo_permisos_del_catalogo(api: ApiClient, permiso: str) -> None:
    problem(api.post("/auth/roles", {"nombre": "x", "permisos": [permiso]}), 422)
    problem(api.put(f"/auth/roles/{ids(api)['medico']}/permisos", {"permisos": [permiso]}), 422)


@pytest.mark.parametrize("nombre", ["<b>", "a-b", "rol:x", " "])
def test_un_nombre_de_rol_es_una_palabra(api: ApiClient, nombre: str) -> None:
    problem(api.post("/auth/roles", {"nombre": nombre}), 422)


def test_un_rol_sin_alcance_no_ve_filas_de_nadie(api: ApiClient) -> None:
    assert ok(api.post("/auth/roles", {"nombre": "recien"}), 201)["alcance"] == "ninguno"


def test_el_catalogo_es_completo_y_en_palabras(api: ApiClient) -> None:
    datos = ok(api.get("/auth/permisos"))["datos"]
    assert [permiso["permiso"] for permiso in datos] == sorted(CATALOGO)
    assert all(permiso["descripcion"][0].isupper() for permiso in datos)
    assert not any(permiso["repartible"] for permiso in datos if permiso["servicio"] == "interno")
    assert {p["servicio"] for p in datos} == {
        "auth",
        "admin",
        "citas",
        "comunicaciones",
        "inventario",
        "historia_clinica",
        "facturacion",
        "interno",
    }


DEL_PERSONAL = ["agenda", "pacientes", "historia-clinica", "inventario", "facturacion", "administracion", "acceso"]


@pytest.mark.parametrize(
    ("rol", "claves"),
    [
        ("admin", [*DEL_PERSONAL, "automatizacion", "perfil"]),
        ("secretaria", [*DEL_PERSONAL, "perfil"]),
        ("paciente", ["agenda", "pacientes", "historia-clinica", "facturacion", "perfil"]),
        ("servicio", ["perfil"]),
    ],
)
def test_el_menu_es_el_de_cada_cual(crear: Fabrica, entrar: Entrar, rol: str, claves: list[str]) -> None:
    crear(rol)
    menu = ok(entrar(rol).get("/auth/menu"))["menu"]
    assert [opcion["clave"] for opcion in menu] == claves


def test_el_menu_sigue_a_los_permisos_sueltos(crear: Fabrica, entrar: Entrar) -> None:
    crear("secretaria", permisos=("auth:auditoria:leer",))
    acceso = next(o for o in ok(entrar("secretaria").get("/auth/menu"))["menu"] if o["clave"] == "acceso")
    assert [hijo["clave"] for hijo in acceso["hijos"]] == ["usuarios", "roles", "auditoria"]
