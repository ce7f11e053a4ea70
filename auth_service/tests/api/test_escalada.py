"""Nobody gets more rights than he has, by whatever way."""

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import AdminDePrueba, Entrar, Fabrica

TODO_LO_DE_USUARIOS = (
    "auth:usuarios:crear",
    "auth:usuarios:editar",
    "auth:usuarios:eliminar",
    "auth:usuarios:permisos",
    "auth:roles:crear",
    "auth:roles:editar",
    "auth:roles:eliminar",
    "auth:clientes:leer",
    "auth:clientes:editar",
)
CLAVE = "Otra-Clave-Larga-1"
RUTAS_DE_ADMINISTRACION: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "/auth/usuarios", {"nombre_usuario": "nuevo", "contrasena": CLAVE, "rol": "admin"}),
    ("PUT", "/auth/usuarios/1", {"rol": "admin"}),
    ("PUT", "/auth/usuarios/1", {"contrasena": CLAVE}),
    ("PATCH", "/auth/usuarios/1/estado", {"estado": "inactivo"}),
    ("DELETE", "/auth/usuarios/1", None),
    ("PUT", "/auth/usuarios/2/permisos", {"concedidos": ["auth:usuarios:crear"]}),
    ("POST", "/auth/usuarios/1/invitacion", None),
    ("DELETE", "/auth/usuarios/1/segundo-factor", None),
    ("POST", "/auth/roles", {"nombre": "jefe", "permisos": ["citas:leer"]}),
    ("PUT", "/auth/roles/1", {"descripcion": "x"}),
    ("PUT", "/auth/roles/2/permisos", {"permisos": ["citas:leer"]}),
    ("DELETE", "/auth/roles/2", None),
    ("POST", "/auth/clientes", {"nombre": "n8n", "permisos": ["citas:leer"]}),
    ("GET", "/auth/clientes", None),
    ("GET", "/auth/auditoria", None),
    ("GET", "/interno/revocaciones", None),
    ("GET", "/interno/usuarios/1", None),
    ("PUT", "/interno/usuarios/reservas", {}),
    ("POST", "/interno/usuarios/2/confirmacion", {"doctor_id": 1}),
    ("POST", "/interno/eventos", {}),
]


class TestSinPermiso:
    """The defaults: who only reads, only reads."""

    @pytest.mark.parametrize("rol", ["secretaria", "medico", "paciente", "servicio"])
    def test_no_hay_manera(self, crear: Fabrica, entrar: Entrar, rol: str) -> None:
        crear("admin")
        crear(rol)
        cliente = entrar(rol)
        for metodo, ruta, cuerpo in RUTAS_DE_ADMINISTRACION:
            assert cliente.call(metodo, ruta, json=cuerpo).status_code == 403, f"{metodo} {ruta}"

    def test_ni_un_admin_hace_lo_de_los_servicios(self, api: ApiClient) -> None:
        problem(api.get("/interno/revocaciones"), 403)
        problem(api.put("/interno/usuarios/reservas", {}), 403)

    def test_y_sin_token_nada(self, anonimo: ApiClient) -> None:
        for ruta in ("/auth/usuarios", "/auth/perfil", "/auth/menu", "/auth/roles", "/interno/revocaciones"):
            problem(anonimo.get(ruta), 401)


class TestConPermisoPrestado:
    """A secretary who was granted everything about users, but is not an administrator."""

    @pytest.fixture
    def jefa(self, crear: Fabrica, entrar: Entrar, admin: AdminDePrueba) -> ApiClient:
        crear("admin")
        crear("secretaria", "jefa", permisos=TODO_LO_DE_USUARIOS, centros=[1])
        return entrar("jefa")

    def rechaza(self, respuesta: Any) -> None:
        problem(respuesta, 403, "mas_que_los_propios")

    def test_hace_usuarios_hasta_lo_suyo(self, jefa: ApiClient) -> None:
        nuevo = {"nombre_usuario": "nueva", "contrasena": CLAVE}
        ok(jefa.post("/auth/usuarios", {**nuevo, "rol": "secretaria", "centros": [1]}), 201)
        for rol in ("admin", "medico", "servicio"):
            self.rechaza(jefa.post("/auth/usuarios", {**nuevo, "nombre_usuario": "x.y", "rol": rol}))
        self.rechaza(jefa.post("/auth/usuarios", {**nuevo, "rol": "secretaria", "centros": [2]}))
        self.rechaza(jefa.post("/auth/registro", {**nuevo, "nombre_usuario": "x.y", "rol": "admin"}))

    @pytest.mark.parametrize(
        "cuerpo", [{"contrasena": CLAVE}, {"nombres": "X"}, {"activo": False}, {"email": "yo@x.ec"}]
    )
    def test_no_toca_a_quien_puede_mas(self, jefa: ApiClient, cuerpo: dict[str, Any]) -> None:
        self.rechaza(jefa.put("/auth/usuarios/1", cuerpo))

    def test_por_ningun_camino(self, jefa: ApiClient) -> None:
        self.rechaza(jefa.delete("/auth/usuarios/1"))
        self.rechaza(jefa.patch("/auth/usuarios/1/estado", {"estado": "inactivo"}))
        self.rechaza(jefa.post("/auth/usuarios/1/invitacion"))
        self.rechaza(jefa.delete("/auth/usuarios/1/segundo-factor"))
        self.rechaza(jefa.put("/auth/usuarios/1/permisos", {"denegados": ["citas:leer"]}))

    def test_no_asciende_a_otro(self, jefa: ApiClient, crear: Fabrica) -> None:
        otra = crear("secretaria", "otra", centros=[1])
        self.rechaza(jefa.put(f"/auth/usuarios/{otra}", {"rol": "admin"}))
        self.rechaza(jefa.put(f"/auth/usuarios/{otra}", {"centros": [1, 2]}))
        self.rechaza(jefa.put(f"/auth/usuarios/{otra}/permisos", {"concedidos": ["admin:centros:crear"]}))
        ok(jefa.put(f"/auth/usuarios/{otra}/permisos", {"concedidos": ["auth:usuarios:crear"]}))

    def test_ni_a_si_misma(self, jefa: ApiClient) -> None:
        problem(
            jefa.put("/auth/usuarios/2/permisos", {"concedidos": ["auth:usuarios:crear"]}), 403, "derechos_propios"
        )
        problem(jefa.put("/auth/usuarios/2", {"rol": "paciente"}), 403, "derechos_propios")
        problem(jefa.put("/auth/usuarios/2", {"centros": []}), 403, "derechos_propios")
        problem(jefa.put("/auth/usuarios/2", {"contrasena": CLAVE}), 403, "cuenta_propia")
        ok(jefa.put("/auth/usuarios/2", {"nombres": "Julia", "rol": "secretaria"}))

    def test_ni_por_un_rol(self, jefa: ApiClient) -> None:
        rol = {"nombre": "supervisora", "alcance": "centros"}
        self.rechaza(jefa.post("/auth/roles", {**rol, "permisos": ["admin:centros:crear"]}))
        self.rechaza(jefa.post("/auth/roles", {**rol, "alcance": "red", "permisos": ["citas:leer"]}))
        nuevo = ok(jefa.post("/auth/roles", {**rol, "permisos": ["citas:leer"]}), 201)["id"]
        self.rechaza(jefa.put(f"/auth/roles/{nuevo}/permisos", {"permisos": ["admin:centros:crear"]}))
        self.rechaza(jefa.put(f"/auth/roles/{nuevo}", {"alcance": "red"}))
        roles = {r["nombre"]: r["id"] for r in ok(jefa.get("/auth/roles"))["datos"]}
        problem(
            jefa.put(f"/auth/roles/{roles['secretaria']}/permisos", {"permisos": ["citas:leer"]}),
            403,
            "derechos_propios",
        )
        self.rechaza(jefa.put(f"/auth/roles/{roles['admin']}/permisos", {"permisos": []}))
        self.rechaza(jefa.put(f"/auth/roles/{roles['admin']}", {"exige_segundo_factor": True}))
        self.rechaza(jefa.delete(f"/auth/roles/{roles['admin']}"))

    def test_ni_por_un_cliente_que_ve_toda_la_red(self, jefa: ApiClient) -> None:
        self.rechaza(jefa.post("/auth/clientes", {"nombre": "n8n", "permisos": ["citas:leer"]}))


def test_lo_prestado_por_un_administrador_se_acaba_al_quitarlo(
    api: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar
) -> None:
    from ..conftest import propagar

    jefa = crear("secretaria", "jefa", permisos=TODO_LO_DE_USUARIOS)
    sesion = entrar("jefa")
    ok(api.put(f"/auth/usuarios/{jefa}/permisos", {"concedidos": []}))
    propagar(app)
    problem(sesion.post("/auth/roles", {"nombre": "otro"}), 401)
    problem(entrar("jefa").post("/auth/roles", {"nombre": "otro"}), 403)


def test_dos_administradores_no_se_quitan_a_la_vez(api: ApiClient, crear: Fabrica, entrar: Entrar) -> None:
    from concurrent.futures import ThreadPoolExecutor

    segundo = crear("admin", "segundo")
    otro = entrar("segundo")
    with ThreadPoolExecutor(2) as hilos:
        uno = hilos.submit(api.put, f"/auth/usuarios/{segundo}", {"activo": False})
        dos = hilos.submit(otro.put, "/auth/usuarios/1", {"activo": False})
    assert sorted([uno.result().status_code, dos.result().status_code]) == [200, 409]
