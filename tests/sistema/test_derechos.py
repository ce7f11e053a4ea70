"""Who may do what: the table of rights, each cell tried through the gateway, and that each write leaves its trace.

The secretary works in the own centre; the doctor attends, and the patient is, the own patient of the own
appointment. `_ajeno` belongs to somebody else. `nuevo_` is made for the occasion, by the administrator.
Rows out of one's scope: a list is empty, a single one 404.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from local_system import System

from .conftest import Red, bien, manana
from .mundo import CLAVE, EXTRA, ROLES, SERVICIOS, Mundo, auditado, unico

# `.`: the contract leaves it open.
TABLA = """
#                                                                     admin secretaria medico paciente
GET    /auth/perfil                                     -               200  200  200  200
PUT    /auth/perfil                                     perfil          200  200  200  200
GET    /auth/menu                                       -               200  200  200  200
GET    /auth/usuarios                                   -               200  200  200  403
GET    /auth/usuarios/{usuario_secretaria}              -               200  200  200  403
GET    /auth/usuarios/{usuario_ajeno}                   -               200  404  404  403
POST   /auth/usuarios                                   usuario         201  403  403  403
PUT    /auth/usuarios/{nuevo_usuario}                   perfil          200  403  403  403
DELETE /auth/usuarios/{nuevo_usuario}                   -               204  403  403  403
PATCH  /auth/usuarios/{nuevo_usuario}/estado            inactivo        200  403  403  403
GET    /auth/usuarios/{nuevo_usuario}/permisos          -               200  200  200  403
PUT    /auth/usuarios/{nuevo_usuario}/permisos          concede         200  403  403  403
DELETE /auth/usuarios/{nuevo_usuario}/segundo-factor    -               204  403  403  403
POST   /auth/usuarios/{invitado}/invitacion             -               201  403  403  403
GET    /auth/roles                                      -               200  200  200  403
POST   /auth/roles                                      rol             201  403  403  403
GET    /auth/roles/{nuevo_rol}                          -               200  200  200  403
PUT    /auth/roles/{nuevo_rol}                          descripcion     200  403  403  403
DELETE /auth/roles/{nuevo_rol}                          -               204  403  403  403
GET    /auth/roles/{nuevo_rol}/permisos                 -               200  200  200  403
PUT    /auth/roles/{nuevo_rol}/permisos                 permisos        200  403  403  403
GET    /auth/permisos                                   -               200  200  200  403
GET    /auth/clientes                                   -               200  403  403  403
POST   /auth/clientes                                   cliente         201  403  403  403
GET    /auth/clientes/{nuevo_cliente}                   -               200  403  403  403
PUT    /auth/clientes/{nuevo_cliente}                   descripcion     200  403  403  403
DELETE /auth/clientes/{nuevo_cliente}                   -               204  403  403  403
POST   /auth/clientes/{nuevo_cliente}/secreto           -               200  403  403  403
GET    /auth/auditoria                                  -               200  403  403  403

GET    /admin/centros                                   -               200  200  200  403
POST   /admin/centros                                   nombre          201  403  403  403
POST   /admin/centros/carga                             nombres         201  403  403  403
GET    /admin/centros/{centro_ajeno}                    -               200  200  200  403
PUT    /admin/centros/{nuevo_centro}                    nombre          200  403  403  403
DELETE /admin/centros/{nuevo_centro}                    -               204  403  403  403
GET    /admin/centros/{centro}/salas                    -               200  200  200  403
POST   /admin/centros/{centro}/salas                    nombre          201  403  403  403
GET    /admin/centros/{centro}/salas/{sala}             -               200  200  200  403
PUT    /admin/centros/{centro}/salas/{nueva_sala}       nombre          200  403  403  403
DELETE /admin/centros/{centro}/salas/{nueva_sala}       -               204  403  403  403
GET    /admin/doctores                                  -               200  200  200  403
POST   /admin/doctores                                  persona         201  403  403  403
POST   /admin/doctores/carga                            personas        201  403  403  403
GET    /admin/doctores/{doctor_ajeno}                   -               200  200  200  403
PUT    /admin/doctores/{nuevo_doctor}                   telefono        200  403  403  403
PUT    /admin/doctores/{doctor}                         telefono        200  403  403  403
DELETE /admin/doctores/{nuevo_doctor}                   -               204  403  403  403
GET    /admin/doctores/{doctor_ajeno}/servicios         -               200  200  200  403
PUT    /admin/doctores/{doctor}/servicios               servicios       200  403  403  403
CATALOGOS
GET    /admin/configuracion                             -               200  200  200  403
PUT    /admin/configuracion                             ajuste          200  403  403  403
GET    /admin/configuracion/prueba.derechos             -               200  200  200  403
PUT    /admin/configuracion/prueba.derechos             valor           200  403  403  403
GET    /admin/configuracion/prueba.derechos/historial   -               200  200  200  403
DELETE /admin/configuracion/prueba.derechos             -               204  403  403  403
GET    /admin/reportes/pacientes                        -               200  403  403  403

GET    /admin/pacientes                                 -               200  200  200  200
GET    /admin/pacientes/buscar?q=persona                -               200  200  200  200
POST   /admin/pacientes                                 persona         201  403  403  403
POST   /admin/pacientes/carga                           personas        201  403  403  403
GET    /admin/pacientes/{paciente}                      -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}                -               200  404  404  404
PUT    /admin/pacientes/{paciente}                      telefono        200  200  403  200
PUT    /admin/pacientes/{paciente_ajeno}                telefono        200  404  403  404
PUT    /admin/pacientes/{paciente}                      apellidos       200  200  403  403
PUT    /admin/pacientes/{paciente}                      centro_ajeno    200  403  403  403
PUT    /admin/pacientes/{paciente}                      centro_propio   200  200  403  403
DELETE /admin/pacientes/{nuevo_paciente}                -               204  403  403  403
PATCH  /admin/pacientes/{paciente}/estado               activo          200  200  403  403
PATCH  /admin/pacientes/{paciente_ajeno}/estado         activo          200  404  403  404
GET    /admin/pacientes/{paciente}/consentimientos      -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}/consentimientos -              200  404  404  404
POST   /admin/pacientes/{paciente}/consentimientos      consiente       201  201  403  201
POST   /admin/pacientes/{paciente_ajeno}/consentimientos consiente      201  404  403  404
GET    /admin/pacientes/{paciente}/duplicados           -               200  200  200  200
GET    /admin/pacientes/{paciente_ajeno}/duplicados     -               200  404  404  404
POST   /admin/pacientes/{nuevo_paciente}/fusion         fusion          200  403  403  403
GET    /admin/pacientes/{paciente}/exportacion          -               200  403  403  .
POST   /admin/pacientes/{nuevo_paciente}/anonimizacion  motivo          200  403  403  403

GET    /citas                                           -               200  200  200  200
GET    /citas/historial                                 -               200  200  200  200
GET    /citas/{cita}                                    -               200  200  200  200
GET    /citas/{cita_ajena}                              -               200  404  404  404
GET    /citas/{cita}/cambios                            -               200  200  200  200
GET    /citas/{cita_ajena}/cambios                      -               200  404  404  404
POST   /citas                                           cita            201  201  403  201
POST   /citas                                           cita_ajena      201  403  403  403
PUT    /citas/{nueva_cita}                              cancela         200  200  200  200
PUT    /citas/{nueva_cita_ajena}                        cancela         200  404  404  404
PUT    /citas/{nueva_cita}                              mueve           200  200  403  200
PUT    /citas/{nueva_cita_ajena}                        mueve           200  404  404  404
PUT    /citas/{nueva_cita}                              mueve_a_otro    200  403  403  403
PUT    /citas/{nueva_cita}                              motivo_consulta 200  200  .    .
PUT    /citas/{nueva_cita_ajena}                        motivo_consulta 200  404  404  404
DELETE /citas/{nueva_cita}                              -               204  403  403  403
PATCH  /citas/{nueva_cita}/estado                       confirmada      200  200  200  200
PATCH  /citas/{nueva_cita}/estado                       en_sala         200  200  403  403
PATCH  /citas/{nueva_cita}/estado                       en_curso        200  403  200  403
PATCH  /citas/{nueva_cita}/estado                       completada      200  403  200  403
PATCH  /citas/{nueva_cita}/estado                       cancelada       200  200  200  200
PATCH  /citas/{cita_completada}/estado                  reabierta       200  403  403  403
PATCH  /citas/{nueva_cita_ajena}/estado                 confirmada      200  404  404  404
PATCH  /citas/{nueva_cita_ajena}/estado                 en_curso        200  404  404  404
GET    /citas/{cita}/extras                             -               200  200  200  200
GET    /citas/{cita_ajena}/extras                       -               200  404  404  404
POST   /citas/{cita}/extras                             extra           201  201  201  403
POST   /citas/{cita_ajena}/extras                       extra           201  404  404  403
GET    /citas/extras/{extra}                            -               200  200  200  200
GET    /citas/extras/{extra_ajeno}                      -               200  404  404  404
PUT    /citas/extras/{extra}                            extra           200  200  200  403
PUT    /citas/extras/{extra_ajeno}                      extra           200  404  404  403
DELETE /citas/extras/{nuevo_extra}                      -               204  204  204  403
DELETE /citas/extras/{nuevo_extra_ajeno}                -               204  404  404  403
"""

POR_CATALOGO = """
GET    /admin/CATALOGO                                  -               200  200  200  403
POST   /admin/CATALOGO                                  nombre          201  403  403  403
POST   /admin/CATALOGO/carga                            nombres         201  403  403  403
GET    /admin/CATALOGO/{nueva_entrada_CATALOGO}         -               200  200  200  403
PUT    /admin/CATALOGO/{nueva_entrada_CATALOGO}         nombre          200  403  403  403
DELETE /admin/CATALOGO/{nueva_entrada_CATALOGO}         -               204  403  403  403
"""

# Lists: how many rows there are for the administrator, whether the others get them as well.
LISTAS = """
#                                                            secretaria medico paciente
/citas?paciente_id={paciente}                                   si   si   si
/citas?doctor_id={doctor}                                       si   si   si
/citas?centro_id={centro}                                       si   si   si
/citas?paciente_id={paciente_ajeno}                             no   no   no
/citas?doctor_id={doctor_ajeno}                                 no   no   no
/citas?centro_id={centro_ajeno}                                 no   no   no
/citas?q=APELLIDO                                               no   no   no
/citas?paciente_id={paciente_ajeno}&incluir_eliminados=true     no   no   no
/citas?desde=2020-01-01&hasta=2199-01-01&doctor_id={doctor_ajeno} no no   no
/api/v1/appointments/doctor/{doctor_ajeno}                      no   no   no
/api/v1/appointments/patient/{paciente_ajeno}                   no   no   no
/admin/pacientes?q=APELLIDO                                     no   no   no
/admin/pacientes/buscar?q=APELLIDO                              no   no   no
/admin/pacientes?doctor_id={doctor_ajeno}                       no   no   no
/admin/pacientes?centro_id={centro_ajeno}                       no   no   no
/api/historia-clinica/patients/search?query=APELLIDO            no   no   no
"""

# Without a token, or with one's own password or code; see test_ataques_cuentas.py.
APARTE = {
    *("POST /auth/login", "POST /auth/refresh", "POST /auth/logout", "POST /auth/token", "POST /auth/registro"),
    *("GET /auth/.well-known/jwks.json", "GET /auth/invitaciones/{}", "POST /auth/invitaciones/{}"),
    *("PUT /auth/perfil/contrasena", "POST /auth/perfil/segundo-factor", "DELETE /auth/perfil/segundo-factor"),
    *("POST /auth/perfil/segundo-factor/confirmacion", "POST /auth/perfil/segundo-factor/codigos"),
}


def cuerpo(nombre: str, m: Mundo) -> Any:
    """What a row of the table sends."""
    if nombre == "-":
        return None
    cuerpos: dict[str, Any] = {
        "activo": {"estado": "activo"},
        "ajuste": {"valores": {"prueba.derechos": 5}},
        "apellidos": {"apellidos": "Paciente Propio"},
        "cancela": {"estado": "cancelada", "motivo_cancelacion": "Viaje"},
        "cancelada": {"estado": "cancelada", "motivo": "Viaje"},
        "centro_ajeno": {"centro_id": m["centro_ajeno"]},
        "centro_propio": {"centro_id": m["centro"]},
        "cita": m.cita(),
        "cita_ajena": m.cita("ajena"),
        "cliente": {"nombre": unico("cliente").replace(".", "-"), "permisos": ["citas:leer"]},
        "completada": {"estado": "completada"},
        "concede": {"concedidos": ["admin:pacientes:crear"]},
        "confirmada": {"estado": "confirmada"},
        "consiente": {"tipo": "comunicaciones", "otorgado": True},
        "descripcion": {"descripcion": unico()},
        "en_curso": {"estado": "en_curso"},
        "en_sala": {"estado": "en_sala"},
        "extra": EXTRA,
        "inactivo": {"estado": "inactivo", "motivo": "Vacaciones"},
        "motivo": {"motivo": "Lo pidió"},
        "motivo_consulta": {"motivo_consulta": unico()},
        "mueve": {"fecha_hora": m.cita()["fecha_hora"]},
        "mueve_a_otro": {k: m.cita("ajena")[k] for k in ("paciente_id", "doctor_id", "centro_id", "fecha_hora")},
        "nombre": {"nombre": unico()},
        "nombres": [{"nombre": unico()}, {"nombre": unico()}],
        "perfil": {"nombres": "Luz", "apellidos": unico("Vera")},
        "permisos": {"permisos": ["citas:leer"]},
        "persona": {"nombres": "Luz", "apellidos": unico("Vera"), "crear_usuario": False},
        "personas": [{"nombres": "Luz", "apellidos": unico("Vera")}],
        "reabierta": {"estado": "en_curso", "motivo": "Faltó una pieza"},
        "rol": {"nombre": unico("rol").replace(".", "_"), "permisos": ["citas:leer"]},
        "servicios": {"servicios": [1, 2]},
        "telefono": {"telefono": "0991234567"},
        "usuario": m.usuario("secretaria", centros=[m["centro"]]),
        "valor": {"valor": 6},
    }
    if nombre == "fusion":
        return {"absorbido_id": m["nuevo_paciente"], "motivo": "La misma persona"}
    return cuerpos[nombre]


@dataclass(frozen=True)
class Fila:
    """One row of the table."""

    metodo: str
    ruta: str
    cuerpo: str
    esperado: dict[str, str]

    @property
    def operacion(self) -> str:
        """As in an OpenAPI document, with nameless parameters."""
        ruta = self.ruta.partition("?")[0].replace("prueba.derechos", "{}")
        return f"{self.metodo} {re.sub(r'{[^}]*}', '{}', ruta)}"


def filas() -> list[Fila]:
    """The whole table."""
    catalogos = ("especialidades", "aseguradoras", "fuentes", "lineas-negocio")
    todo = TABLA.replace("CATALOGOS", "".join(POR_CATALOGO.replace("CATALOGO", c) for c in catalogos))
    partes = [linea.split() for linea in todo.splitlines() if linea and not linea.startswith("#")]
    return [Fila(*p[:3], dict(zip(ROLES, p[3:], strict=True))) for p in partes]


@dataclass
class Intento:
    """One cell of the table, tried."""

    fila: Fila
    rol: str
    traza: str
    respuesta: requests.Response

    @property
    def escribio(self) -> bool:
        return self.fila.metodo != "GET" and self.respuesta.ok

    def __str__(self) -> str:
        esperado = self.fila.esperado.get(self.rol, "401")
        texto = f"{self.respuesta.status_code} {self.respuesta.text[:200]}"
        return f"{self.fila.metodo} {self.fila.ruta} [{self.fila.cuerpo}] {self.rol}: {esperado}, got {texto}"


_mundos: dict[str, Mundo] = {}


@pytest.fixture
def mundo(sistema: System, red: Red) -> Mundo:
    """The world of this system; made once, because nothing that a test does here is seen by another."""
    if sistema.url not in _mundos:
        _mundos[sistema.url] = Mundo(red)
    return _mundos[sistema.url]


def intentar(m: Mundo, fila: Fila, rol: str) -> Intento:
    """Do what the row says, as that role."""
    quien = m.quien[rol] if rol in m.quien else m.red.publico
    traza = f"derechos-{uuid.uuid4().hex}"
    cabeceras = {"X-Request-ID": traza, **({} if fila.metodo == "GET" else {"If-Match": "*"})}
    respuesta = quien.call(fila.metodo, m.ruta(fila.ruta), json=cuerpo(fila.cuerpo, m), headers=cabeceras)
    return Intento(fila, rol, traza, respuesta)


def test_la_tabla_de_derechos_y_el_rastro_de_cada_escritura(red: Red, mundo: Mundo) -> None:
    # Those who may least go first: what they do must not change what the others find.
    intentos = [
        intentar(mundo, fila, rol)
        for fila in filas()
        for rol in ("anonimo", *reversed(ROLES))
        if fila.esperado.get(rol, "401") != "."
    ]
    distintos = [str(i) for i in intentos if str(i.respuesta.status_code) != i.fila.esperado.get(i.rol, "401")]
    assert not distintos, "\n".join(distintos)
    for servicio in SERVICIOS:
        escritos = {i.traza for i in intentos if i.escribio and i.fila.ruta.split("/")[1] == servicio}
        rastro = auditado(red, servicio, {i.traza for i in intentos})
        assert [str(i) for i in intentos if i.traza in escritos - set(rastro)] == [], "a write without a trace"
        for intento in (i for i in intentos if i.traza in escritos):
            actor = f"usuario:{mundo[f'usuario_{intento.rol}']}"
            assert {(actor, "127.0.0.1")} <= set(rastro[intento.traza]), (str(intento), rastro[intento.traza])
        negados = {i.traza for i in intentos if i.respuesta.status_code in (401, 403, 404)}
        assert negados & set(rastro) == set(), "what was refused left a change"


def test_las_listas_callan_lo_ajeno(mundo: Mundo) -> None:
    distintos = []
    for linea in LISTAS.splitlines():
        if not linea or linea.startswith("#"):
            continue
        plantilla, *esperado = linea.split()
        ruta = mundo.ruta(plantilla.replace("APELLIDO", mundo.apellido))
        assert bien(mundo.admin.get(ruta))["datos"], f"nothing to hide: {ruta}"
        for rol, ve in zip(ROLES[1:], esperado, strict=True):
            datos = bien(mundo.quien[rol].get(ruta, params={"total": "true"}))
            if bool(datos["datos"]) != (ve == "si") or bool(datos["paginacion"]["total"]) != (ve == "si"):
                distintos.append(f"{ruta} {rol}: {datos['paginacion']}")
    assert not distintos, "\n".join(distintos)


def test_quien_no_alcanza_a_nadie_no_ve_nada(mundo: Mundo) -> None:
    """A secretary of no centre, a doctor and a patient who are nobody in admin_service."""
    for rol in ("secretaria", "medico", "paciente"):
        quien = mundo.entrar_como_nuevo(rol)
        assert bien(quien.get("/citas"))["datos"] == [], rol
        assert bien(quien.get("/citas/historial"))["datos"] == [], rol
        assert quien.get(mundo.ruta("/citas/{cita}")).status_code == 404, rol
        assert quien.post("/citas", mundo.cita()).status_code == 403, rol
        pacientes = bien(quien.get("/admin/pacientes", params={"q": mundo.apellido}))
        assert pacientes["datos"] == [], rol
        assert quien.get(mundo.ruta("/admin/pacientes/{paciente_ajeno}")).status_code == 404, rol


def test_lo_concedido_vale_y_lo_denegado_no(mundo: Mundo) -> None:
    """Single permissions, on top of the role and in spite of it."""
    cuenta = mundo.usuario("secretaria", centros=[mundo["centro"]])
    usuario = bien(mundo.admin.post("/auth/usuarios", cuenta), 201)["id"]
    permisos = {"concedidos": ["admin:pacientes:crear"], "denegados": ["citas:crear"]}
    bien(mundo.admin.put(f"/auth/usuarios/{usuario}/permisos", permisos))
    quien = mundo.red.entrar(cuenta["nombre_usuario"], CLAVE)
    bien(quien.post("/admin/pacientes", cuerpo("persona", mundo)), 201)
    assert quien.post("/citas", {**mundo.cita(), "fecha_hora": manana(dias=90)}).status_code == 403
    assert {"citas", "pacientes"} <= {hoja["clave"] for hoja in _hojas(bien(quien.get("/auth/menu"))["menu"])}
    assert "citas-nueva" not in {hoja["clave"] for hoja in _hojas(bien(quien.get("/auth/menu"))["menu"])}


def test_la_tabla_nombra_todo_lo_que_existe(sistema: System) -> None:
    documento = bien(requests.get(f"{sistema.url}/openapi.json", timeout=30))
    existen = {
        f"{metodo.upper()} {re.sub(r'{[^}]*}', '{}', ruta)}"
        for ruta, operaciones in documento["paths"].items()
        for metodo in operaciones
        if metodo in ("get", "post", "put", "patch", "delete")
    }
    assert existen - {fila.operacion for fila in filas()} - APARTE == set()


def _hojas(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [hoja for rama in menu for hoja in ([rama, *_hojas(rama["hijos"])])]
