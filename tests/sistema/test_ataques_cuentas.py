"""Accounts under attack: registering as somebody, raising one's own rights, guessing, and other people's answers."""

from __future__ import annotations

from typing import Any

from local_system import System

from .conftest import Red, bien, esperar, manana, problema
from .llamadas import Respuesta
from .mundo import CLAVE, EN_UNA_BASE, Desconocido, auditado, unico, vigilado


def registro(**campos: Any) -> dict[str, Any]:
    """The body of a self-registration."""
    return {"nombre_usuario": unico("yo"), "contrasena": CLAVE, "nombres": "Luz", "apellidos": "Vera", **campos}


def test_quien_se_registra_es_un_paciente_y_nada_mas(sistema: System, red: Red) -> None:
    centro, cedula = red.centro(), "1710034065"
    ajeno = red.paciente(identificacion=cedula, email=f"{unico()}@example.com", apellidos="Del Secreto")
    doctor = red.doctor()
    for de_mas in (
        {"rol": "admin"},
        {"rol": "ADMIN", "activo": True},
        {"rol": ["admin"]},
        {"rol": {"nombre": "admin"}, "permisos": ["auth:usuarios:crear"]},
        {"permisos": ["auth:usuarios:crear", "citas:eliminar", "interno:usuarios"]},
        {"centros": [centro], "rol": "secretaria"},
        {"doctor_id": doctor, "rol": "medico"},
        {"paciente_id": ajeno},
        {"identificacion": cedula},
    ):
        datos = registro(**de_mas)
        bien(Desconocido(sistema.url).post("/auth/registro", datos), 201)
        yo = vigilado(red.entrar(datos["nombre_usuario"], CLAVE))
        perfil = bien(yo.get("/auth/perfil"))
        assert (perfil["rol"], perfil["alcance"], perfil["centros"], perfil["doctor_id"]) == (
            *("paciente", "paciente", [], None),
        ), de_mas
        assert not {p for p in perfil["permisos"] if p.startswith(("auth:usuarios", "interno", "citas:eliminar"))}
        assert perfil["paciente_id"] not in (None, ajeno), de_mas
        problema(yo.get("/auth/usuarios"), 403)
        problema(yo.get(f"/admin/pacientes/{ajeno}"), 404)
        assert [p["id"] for p in bien(yo.get("/admin/pacientes"))["datos"]] == [perfil["paciente_id"]]
    for de_mas in ({"es_admin": True}, {"usuario_id": 1}, {"alcance": "red"}, {"__proto__": {"rol": "admin"}}):
        problema(Desconocido(sistema.url).post("/auth/registro", registro(**de_mas)), 422)


def test_nadie_se_da_derechos(red: Red) -> None:
    """What a doctor, a secretary and a patient can write about themselves gives none of them anything."""
    centro = red.centro()
    _, medico = red.con_usuario("doctores", centros=[centro])
    paciente_id, paciente = red.con_usuario("pacientes")
    otro, _ = red.con_usuario("pacientes")
    for quien in map(vigilado, (medico, red.secretaria(centro), paciente)):
        antes = bien(quien.get("/auth/perfil"))
        for campo, valor in (
            ("rol", "admin"),
            ("permisos", ["auth:usuarios:crear"]),
            ("centros", [1, 2, 3]),
            ("paciente_id", otro),
            ("doctor_id", 1),
            ("activo", True),
            ("id", 1),
            ("nombre_usuario", unico()),
            ("contrasena", CLAVE),
            ("segundo_factor", False),
            ("alcance", "red"),
        ):
            problema(quien.put("/auth/perfil", {campo: valor}), 422)
        yo, rol = antes["id"], {"secretaria": 2, "medico": 3, "paciente": 4}
        problema(quien.put(f"/auth/usuarios/{yo}", {"rol": "admin"}), 403)
        problema(quien.put(f"/auth/usuarios/{yo}/permisos", {"concedidos": ["auth:usuarios:crear"]}), 403)
        problema(quien.put(f"/auth/roles/{rol[antes['rol']]}/permisos", {"permisos": ["auth:usuarios:crear"]}), 403)
        problema(quien.put(f"/auth/roles/{rol[antes['rol']]}", {"alcance": "red"}), 403)
        problema(quien.post("/auth/roles", {"nombre": unico("jefe").replace(".", "_"), "alcance": "red"}), 403)
        problema(quien.post("/auth/usuarios", registro(rol="admin")), 403)
        problema(quien.post("/auth/clientes", {"nombre": unico("c").replace(".", "-")}), 403)
        bien(quien.post("/auth/registro", registro(rol="admin")), 201)
        ahora = bien(quien.get("/auth/perfil"))
        assert {k: v for k, v in antes.items() if k != "actualizado_en"} == {
            k: v for k, v in ahora.items() if k != "actualizado_en"
        }
    yo = vigilado(paciente)
    for campo, valor in (("usuario_id", 1), ("estado_paciente", "activo"), ("presupuesto", 1), ("nombres", "Otro")):
        problema(yo.put(f"/admin/pacientes/{paciente_id}", {campo: valor}), 403)
    problema(yo.put(f"/admin/pacientes/{otro}", {"telefono": "0991234567"}), 404)


def test_las_citas_de_otros_no_existen(red: Red) -> None:
    doctor_id, medico = red.con_usuario("doctores")
    paciente_id, paciente = red.con_usuario("pacientes")
    suya = bien(red.admin.post("/citas", red.cita(doctor_id=doctor_id, paciente_id=paciente_id)), 201)
    ajena = bien(red.admin.post("/citas", red.cita()), 201)
    nunca = 2**31 - 1
    for quien in (vigilado(paciente), vigilado(medico)):
        ids = {c["id"] for c in bien(quien.get("/citas", params={"tamano": 200}))["datos"]}
        assert ids == {suya["id"]}
        for filtro in ({"doctor_id": ajena["doctor_id"]}, {"paciente_id": ajena["paciente_id"]}, {"q": "Paciente"}):
            assert {c["id"] for c in bien(quien.get("/citas", params=filtro))["datos"]} <= {suya["id"]}
        # Another's and none at all are told apart by nothing.
        for metodo, ruta, cuerpo in (
            ("GET", "/citas/{}", None),
            ("GET", "/citas/{}/cambios", None),
            ("GET", "/citas/{}/extras", None),
            ("PUT", "/citas/{}", {"estado": "cancelada"}),
            ("PUT", "/citas/{}", {"fecha_hora": manana("17:00", 5)}),
            ("PATCH", "/citas/{}/estado", {"estado": "confirmada"}),
            ("PATCH", "/citas/{}/estado", {"estado": "cancelada"}),
        ):
            respuestas = [
                problema(quien.call(metodo, ruta.format(id_), json=cuerpo, headers={"If-Match": "*"}), 404)
                for id_ in (ajena["id"], nunca)
            ]
            assert len({(r["codigo"], r["detail"], str(r["errores"])) for r in respuestas}) == 1
    assert bien(red.admin.get(f"/citas/{ajena['id']}")) == ajena
    # Booking for somebody else is refused before anybody is looked up: existing or not, the same.
    for otro in (ajena["paciente_id"], nunca):
        cuerpo = red.cita(paciente_id=otro, centro_id=nunca, doctor_id=nunca)
        problema(vigilado(paciente).post("/citas", cuerpo), 403, "paciente_ajeno")


@EN_UNA_BASE
def test_un_usuario_desconocido_y_una_contrasena_mala_son_lo_mismo(sistema: System, red: Red) -> None:
    conocido, correo = unico("conocido"), f"{unico()}@example.com"
    inactivo = unico("inactivo")
    comun = {"contrasena": CLAVE, "nombres": "Luz", "rol": "medico"}
    bien(red.admin.post("/auth/usuarios", {**comun, "nombre_usuario": conocido, "email": correo}), 201)
    bien(red.admin.post("/auth/usuarios", {**comun, "nombre_usuario": inactivo, "activo": False}), 201)
    publico = Desconocido(sistema.url)
    cuerpos = [
        {"nombre_usuario": conocido, "contrasena": "otra-cosa-123"},
        {"email": correo, "contrasena": "otra-cosa-123"},
        {"nombre_usuario": unico("nadie"), "contrasena": "otra-cosa-123"},
        {"email": f"{unico()}@example.com", "contrasena": "otra-cosa-123"},
        {"nombre_usuario": inactivo, "contrasena": CLAVE},
        {"nombre_usuario": inactivo, "contrasena": "otra-cosa-123"},
    ]
    respuestas = [publico.post("/auth/login", cuerpo) for cuerpo in cuerpos]
    for respuesta in respuestas:
        problema(respuesta, 401, "credenciales_invalidas")
    assert len({_sin_traza(r) for r in respuestas}) == 1
    # Throttled alike, too.
    for nombre in (conocido, unico("nadie")):
        cuerpo = {"nombre_usuario": nombre, "contrasena": "otra-cosa-123"}
        finales = [Desconocido(sistema.url).post("/auth/login", cuerpo) for _ in range(12)]
        problema(finales[-1], 429, "demasiados_intentos")
        assert int(finales[-1].headers["Retry-After"]) > 0
    problema(Desconocido(sistema.url).post("/auth/login", {"nombre_usuario": conocido, "contrasena": CLAVE}), 429)


def test_la_clave_de_idempotencia_de_otro_no_ensena_su_respuesta(sistema: System, red: Red) -> None:
    centro = red.centro()
    clave = {"Idempotency-Key": unico("clave")}
    cuerpo = {"nombres": "Eva", "apellidos": unico("Reservada"), "crear_usuario": False}
    primera = red.admin.post("/admin/pacientes", cuerpo, headers=clave)
    bien(primera, 201)
    repetida = red.admin.post("/admin/pacientes", cuerpo, headers=clave)
    assert bien(repetida, 201) == primera.json()
    assert repetida.headers["Idempotent-Replayed"] == "true"
    assert repetida.headers["Location"] == primera.headers["Location"]
    problema(
        red.admin.post("/admin/pacientes", {**cuerpo, "nombres": "Ida"}, headers=clave),
        422,
        "clave_idempotencia_reutilizada",
    )
    # The same key and body of others: judged by their own rights, answered with nothing that is the admin's.
    _, paciente = red.con_usuario("pacientes")
    for quien in (red.secretaria(centro), paciente):
        problema(quien.post("/admin/pacientes", cuerpo, headers=clave), 403)
    problema(Desconocido(sistema.url).post("/admin/pacientes", cuerpo, headers=clave), 401)
    otro_admin = {"nombre_usuario": unico("admin"), "contrasena": CLAVE, "rol": "admin", "nombres": "Luz"}
    bien(red.admin.post("/auth/usuarios", otro_admin), 201)
    suya = red.entrar(otro_admin["nombre_usuario"], CLAVE).post("/admin/pacientes", cuerpo, headers=clave)
    assert bien(suya, 201)["id"] != primera.json()["id"]
    assert "Idempotent-Replayed" not in suya.headers
    # Signing in is never kept: a key brings nobody another's tokens, nor the same ones twice.
    publico = Desconocido(sistema.url)
    entrada = {"nombre_usuario": otro_admin["nombre_usuario"], "contrasena": CLAVE}
    dos = [publico.post("/auth/login", entrada, headers=clave) for _ in range(2)]
    assert bien(dos[0])["refresh_token"] != bien(dos[1])["refresh_token"]
    problema(publico.post("/auth/login", {**entrada, "contrasena": "otra-cosa-123"}, headers=clave), 401)
    for mala in ("", "x" * 256, "con\ttab", "ñandú"):
        respuesta = red.admin.post("/admin/pacientes", cuerpo, headers={"Idempotency-Key": mala.encode()})
        assert problema(respuesta, 422)["errores"], mala


def test_la_cuenta_propia_y_su_rastro(sistema: System, red: Red) -> None:
    """Password, second factor, invitation: what needs more than a token, and what each leaves in the audit."""
    trazas: dict[str, tuple[str, int]] = {}

    def hace(quien: Any, metodo: str, ruta: str, status: int, cuerpo: Any = None) -> Any:
        traza = unico("cuenta").replace(".", "-")
        respuesta: Respuesta = quien.call(metodo, ruta, json=cuerpo, headers={"X-Request-ID": traza})
        trazas[traza] = (f"{metodo} {ruta}", status)
        return bien(respuesta, status) if status < 400 else problema(respuesta, status)

    _, medico = red.con_usuario("doctores")
    yo, publico = vigilado(medico), Desconocido(sistema.url)
    hace(yo, "POST", "/auth/perfil/segundo-factor", 422, {"contrasena": "otra-cosa-123"})
    hace(yo, "POST", "/auth/perfil/segundo-factor", 200, {"contrasena": "Un4-clave-larga!"})
    hace(yo, "POST", "/auth/perfil/segundo-factor/confirmacion", 422, {"codigo": "000000"})
    hace(yo, "POST", "/auth/perfil/segundo-factor/codigos", 409, {"contrasena": "Un4-clave-larga!"})
    hace(yo, "DELETE", "/auth/perfil/segundo-factor", 422, {"contrasena": "otra-cosa-123"})
    nueva = {"contrasena_nueva": "Otra-clave-larga-7"}
    hace(yo, "PUT", "/auth/perfil/contrasena", 422, {"contrasena_actual": "otra-cosa-123", **nueva})
    hace(yo, "PUT", "/auth/perfil/contrasena", 422, nueva)
    hace(yo, "PUT", "/auth/perfil/contrasena", 204, {"contrasena_actual": "Un4-clave-larga!", **nueva})
    for ruta in ("/auth/perfil", "/citas", "/admin/pacientes"):  # the old session ends, long before its token
        esperar(lambda cual=ruta: medico.get(cual).status_code == 401)
    invitado = {"nombre_usuario": unico("invitado"), "email": f"{unico()}@example.com", "rol": "medico"}
    usuario = bien(red.admin.post("/auth/usuarios", invitado), 201)["id"]
    token = hace(red.admin, "POST", f"/auth/usuarios/{usuario}/invitacion", 201)["token"]
    assert set(bien(publico.get(f"/auth/invitaciones/{token}"))) == {"nombre_usuario", "nombre_completo", "expira_en"}
    problema(publico.get(f"/auth/invitaciones/{token[:-1]}"), 404)
    hace(publico, "POST", f"/auth/invitaciones/{token}", 422, {"contrasena": "corta"})
    hace(publico, "POST", f"/auth/invitaciones/{token}", 204, {"contrasena": CLAVE})
    problema(publico.post(f"/auth/invitaciones/{token}", {"contrasena": CLAVE}), 404)
    hace(red.admin, "POST", "/auth/registro", 201, registro(rol="medico"))
    hace(publico, "POST", "/auth/registro", 201, registro())
    sesion = {"nombre_usuario": invitado["nombre_usuario"], "contrasena": CLAVE}
    tokens = hace(publico, "POST", "/auth/login", 200, sesion)
    hace(publico, "POST", "/auth/login", 401, {**sesion, "contrasena": "otra-cosa-123"})
    hace(publico, "POST", "/auth/refresh", 200, {"refresh_token": tokens["refresh_token"]})
    hace(vigilado(red.entrar(**sesion)), "POST", "/auth/logout", 204, {})
    rastro = auditado(red, "auth", set(trazas))
    escrituras = {traza: que for traza, (que, status) in trazas.items() if status < 400}
    assert [que for traza, que in escrituras.items() if traza not in rastro] == []
    # Failed sign-ins are remembered as well; nothing that was refused for its content is.
    callan = {traza: que for traza, (que, status) in trazas.items() if status in (409, 422)}
    assert [que for traza, que in callan.items() if traza in rastro] == []
    fallido = next(traza for traza, (que, status) in trazas.items() if status == 401)
    assert rastro[fallido] == [("anonimo", publico.direccion)]


def _sin_traza(respuesta: Respuesta) -> str:
    """What a caller can tell answers apart by."""
    return str({**respuesta.json(), "traza": "", "cabeceras": sorted(set(respuesta.headers) - {"Date"})})
