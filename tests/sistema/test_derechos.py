"""Who may do what: the table of rights, each cell tried through the gateway, and that each write leaves its trace."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from local_system import System

from .conftest import Quien, Red, bien, manana
from .documento import PUBLICO, operaciones
from .llamadas import Respuesta
from .mundo import CLAVE, EN_UNA_BASE, ROLES, SERVICIOS, Mundo, auditado, permisos, unico, vigilado
from .mundo_comun import mundo_comun
from .mundo_historia import envio
from .tabla_derechos import Fila, cuerpo, filas

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
# Where a doctor has no business at all.
LISTAS_DE_DINERO = """
#                                                            secretaria paciente
/facturacion/facturas?paciente_id={paciente}                    si   si
/facturacion/facturas?paciente_id={paciente_ajeno}              no   no
/facturacion/facturas?centro_id={centro_ajeno}&estado=borrador  no   no
/facturacion/facturas?doctor_id={doctor_ajeno}                  no   no
/facturacion/pagos?paciente_id={paciente}                       si   si
/facturacion/pagos?paciente_id={paciente_ajeno}                 no   no
/facturacion/pagos?centro_id={centro_ajeno}                     no   no
/facturacion/transacciones?centro_id={centro}                   si   -
/facturacion/transacciones?centro_id={centro_ajeno}             no   -
/facturacion/transacciones?paciente_id={paciente_ajeno}         no   -
/api/v1/invoices/patient/{paciente_ajeno}                       no   no
/api/v1/transactions/doctor/{doctor_ajeno}                      no   -
"""

# Without a token, or with one's own password or code; see test_ataques_cuentas.py.
APARTE = {
    *("POST /auth/login", "POST /auth/refresh", "POST /auth/logout", "POST /auth/token", "POST /auth/registro"),
    *("GET /auth/.well-known/jwks.json", "GET /auth/invitaciones/{}", "POST /auth/invitaciones/{}"),
    *("PUT /auth/perfil/contrasena", "POST /auth/perfil/segundo-factor", "DELETE /auth/perfil/segundo-factor"),
    *("GET /citas/enlaces/{}", "POST /citas/enlaces/{}", "GET /citas/calendarios/{}.ics"),
    "GET /comunicaciones/eventos/catalogo",
    *("POST /auth/perfil/segundo-factor/confirmacion", "POST /auth/perfil/segundo-factor/codigos"),
}

NOMBRE = r"\{([\w-]+)\}"
# Edits after which it is somebody else's, or over.
DE_OTROS = {"cancela", "mueve", "mueve_a_otro", "a_centro_ajeno"}
# They keep nothing.
PREGUNTAS = {"POST /citas/verificar-disponibilidad"}


@dataclass
class Intento:
    """One cell of the table, tried."""

    fila: Fila
    rol: str
    traza: str
    respuesta: Respuesta

    @property
    def escribio(self) -> bool:
        return self.fila.metodo != "GET" and self.fila.operacion not in PREGUNTAS and self.respuesta.ok

    def __str__(self) -> str:
        esperado = self.fila.esperado[self.rol]
        texto = f"{self.respuesta.status_code} {self.respuesta.text[:200]}"
        return f"{self.fila.metodo} {self.fila.ruta} [{self.fila.cuerpo}] {self.rol}: {esperado}, got {texto}"


class Guardia:
    """Who is refused before anything is looked at: whose token lacks the one permission that an operation asks for.

    The document tells it of each operation, by the very rule that guards it; each service's guard is tried with each
    of its permissions and each role that lacks it once, and then taken at the document's word.
    """

    def __init__(self, m: Mundo) -> None:
        self._pide = {o.sin_nombres: o.permiso for o in operaciones(m.red.system.url)}
        self._tiene = {"anonimo": set(), **{rol: permisos(m.quien[rol].token) for rol in ROLES}}
        self._probado: set[tuple[str, str, str]] = set()

    def ya_probo(self, fila: Fila, rol: str) -> bool:
        """Whether it is known to refuse this as the row says, having refused the like."""
        permiso = self._pide.get(fila.operacion, PUBLICO)
        niega = permiso != PUBLICO and permiso not in self._tiene[rol]
        if not niega or fila.esperado[rol] != ("401" if rol == "anonimo" else "403"):
            return False
        caso = fila.servicio, permiso, rol
        probado = caso in self._probado
        self._probado.add(caso)
        return probado


class Tabla:
    """Tries the rows of the table one after the other."""

    def __init__(self, m: Mundo) -> None:
        self._m, self._guardia = m, Guardia(m)
        self._intactas: dict[str, int] = {}

    def intentar(self, fila: Fila) -> Iterator[Intento]:
        """Do what the row says as each role: who may least goes first, on what the next is then to find as it was."""
        ruta = cuerpo_ = None
        for rol in ("anonimo", *reversed(ROLES)):
            if fila.esperado.get(rol, ".") == "." or self._guardia.ya_probo(fila, rol):
                continue
            if ruta is None:
                ruta, cuerpo_ = self._ruta(fila), cuerpo(fila.cuerpo, self._m)
            quien = self._m.quien[rol] if rol in self._m.quien else self._m.red.publico
            traza = f"derechos-{uuid.uuid4().hex}"
            cabeceras = {"X-Request-ID": traza, **({} if fila.metodo == "GET" else {"If-Match": "*"})}
            intento = Intento(fila, rol, traza, quien.call(fila.metodo, ruta, headers=cabeceras, **envio(cuerpo_)))
            yield intento
            if intento.escribio:
                ruta = None
                if fila.metodo != "PUT" or fila.cuerpo in DE_OTROS:
                    for nombre in re.findall(NOMBRE, fila.ruta):
                        self._intactas.pop(nombre, None)

    def _ruta(self, fila: Fila) -> str:
        """Its path: of what was made for an occasion, what was only read or edited since then serves again."""

        def valor(hallado: re.Match[str]) -> str:
            nombre = hallado[1]
            if nombre not in self._intactas:
                self._intactas[nombre] = self._m[nombre]
            return str(self._intactas[nombre])

        return re.sub(NOMBRE, valor, fila.ruta)


# Each system has its share of the rows.
@pytest.mark.parametrize("sistema, de_dinero", [("sqlite", False), ("postgresql", True)], indirect=["sistema"])
def test_la_tabla_de_derechos_y_el_rastro_de_cada_escritura(sistema: System, red: Red, de_dinero: bool) -> None:
    mundo = mundo_comun(sistema)
    suyas = [fila for fila in filas() if fila.de_dinero == de_dinero]
    tabla = Tabla(mundo)
    intentos = [intento for fila in suyas for intento in tabla.intentar(fila)]
    distintos = [str(i) for i in intentos if str(i.respuesta.status_code) != i.fila.esperado[i.rol]]
    assert not distintos, "\n".join(distintos)
    for servicio in {fila.servicio for fila in suyas} & set(SERVICIOS):
        escritos = {i.traza for i in intentos if i.escribio and i.fila.servicio == servicio}
        rastro = auditado(red, servicio, {i.traza for i in intentos})
        assert [str(i) for i in intentos if i.traza in escritos - set(rastro)] == [], "a write without a trace"
        for intento in (i for i in intentos if i.traza in escritos):
            actor = f"usuario:{mundo[f'usuario_{intento.rol}']}"
            assert {(actor, "127.0.0.1")} <= set(rastro[intento.traza]), (str(intento), rastro[intento.traza])
        negados = {i.traza for i in intentos if i.respuesta.status_code in (401, 403, 404)}
        assert negados & set(rastro) == set(), "what was refused left a change"


def test_las_listas_callan_lo_ajeno(sistema: System) -> None:
    assert distintas(mundo_comun(sistema), LISTAS, ROLES[1:]) == []


def test_las_listas_de_dinero_callan_lo_ajeno(sistema: System) -> None:
    mundo = mundo_comun(sistema)
    for nombre in ("pago", "pago_ajeno", "transaccion", "transaccion_ajena", "borrador_ajeno"):
        assert mundo[nombre]
    assert distintas(mundo, LISTAS_DE_DINERO, ("secretaria", "paciente")) == []


def distintas(mundo: Mundo, listas: str, roles: Sequence[str]) -> list[str]:
    """Lists that show somebody other rows than they should."""
    hay = []
    for linea in listas.splitlines():
        if not linea or linea.startswith("#"):
            continue
        plantilla, *esperado = linea.split()
        ruta = mundo.ruta(plantilla.replace("APELLIDO", mundo.apellido))
        assert bien(mundo.admin.get(ruta))["datos"], f"nothing to hide: {ruta}"
        for rol, ve in zip(roles, esperado, strict=True):
            if ve == "-":
                continue
            datos = bien(mundo.quien[rol].get(ruta, params={"total": "true"}))
            if bool(datos["datos"]) != (ve == "si") or bool(datos["paginacion"]["total"]) != (ve == "si"):
                hay.append(f"{ruta} {rol}: {datos['paginacion']}")
    return hay


def test_quien_no_alcanza_a_nadie_no_ve_nada(sistema: System) -> None:
    """A secretary of no centre, a doctor and a patient who are nobody in admin_service."""
    mundo = mundo_comun(sistema)
    for rol in ("secretaria", "medico", "paciente"):
        quien = mundo.entrar_como_nuevo(rol)
        assert bien(quien.get("/citas"))["datos"] == [], rol
        assert bien(quien.get("/citas/historial"))["datos"] == [], rol
        assert quien.get(mundo.ruta("/citas/{cita}")).status_code == 404, rol
        assert quien.post("/citas", mundo.cita()).status_code == 403, rol
        pacientes = bien(quien.get("/admin/pacientes", params={"q": mundo.apellido}))
        assert pacientes["datos"] == [], rol
        assert quien.get(mundo.ruta("/admin/pacientes/{paciente_ajeno}")).status_code == 404, rol


def test_lo_concedido_vale_y_lo_denegado_no(sistema: System) -> None:
    """Single permissions, on top of the role and in spite of it."""
    mundo = mundo_comun(sistema)
    cuenta = mundo.usuario("secretaria", centros=[mundo["centro"]])
    usuario = bien(mundo.admin.post("/auth/usuarios", cuenta), 201)["id"]
    permisos = {"concedidos": ["admin:pacientes:crear"], "denegados": ["citas:crear"]}
    bien(mundo.admin.put(f"/auth/usuarios/{usuario}/permisos", permisos))
    quien = mundo.red.entrar(cuenta["nombre_usuario"], CLAVE)
    bien(quien.post("/admin/pacientes", cuerpo("persona", mundo)), 201)
    assert quien.post("/citas", {**mundo.cita(), "fecha_hora": manana(dias=90)}).status_code == 403
    assert {"citas", "pacientes"} <= {hoja["clave"] for hoja in _hojas(bien(quien.get("/auth/menu"))["menu"])}
    assert "citas-nueva" not in {hoja["clave"] for hoja in _hojas(bien(quien.get("/auth/menu"))["menu"])}


@EN_UNA_BASE
def test_una_maquina_con_otro_permiso_no_toca_el_dinero(sistema: System, red: Red) -> None:
    nueva = {"nombre": unico("maquina").replace(".", "-"), "permisos": ["citas:leer"]}
    creada = bien(red.admin.post("/auth/clientes", nueva), 201)
    credencial = {"client_id": nueva["nombre"], "client_secret": creada["client_secret"]}
    token = bien(red.publico.post("/auth/token", {"grant_type": "client_credentials", **credencial}))["access_token"]
    maquina = vigilado(Quien(red.system.url, token))
    bien(maquina.get("/citas"))
    # One of each permission: see Guardia.
    por_permiso = {una.permiso: una.sin_nombres for una in operaciones(sistema.url) if una.servicio == "facturacion"}
    assert por_permiso.keys() & {"citas:leer", PUBLICO} == set()
    respuestas = {una: maquina.call(*una.replace("{}", "1").split()).status_code for una in por_permiso.values()}
    assert {una: estado for una, estado in respuestas.items() if estado != 403} == {}


def test_la_tabla_nombra_todo_lo_que_existe(sistema: System) -> None:
    existen = {operacion.sin_nombres for operacion in operaciones(sistema.url)}
    assert existen - {fila.operacion for fila in filas()} - APARTE == set()


def _hojas(menu: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [hoja for rama in menu for hoja in ([rama, *_hojas(rama["hijos"])])]
