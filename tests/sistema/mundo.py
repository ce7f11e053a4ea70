"""A small world for tests of rights and attacks: who belongs to whom, and what every answer must look like."""

from __future__ import annotations

import itertools
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from sqlalchemy import create_engine, text

from comun.engine import normalise_url

from . import mundo_facturacion, mundo_historia, mundo_inventario
from .conftest import Quien, Red, bien, esperar, manana
from .llamadas import Conexiones, Respuesta

CLAVE = "Un4-clave-larga!"
# For what does not touch a database in any way that could differ.
EN_UNA_BASE = pytest.mark.parametrize("sistema", ["sqlite"], indirect=True)
# For what takes long: each system has its share.
EN_POSTGRESQL = pytest.mark.parametrize("sistema", ["postgresql"], indirect=True)

SERVICIOS = ("auth", "admin", "citas", "comunicaciones", "inventario", "historia_clinica", "facturacion")
ROLES = ("admin", "secretaria", "medico", "paciente")

CABECERAS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
JSON, CSV, PDF, SVG = "application/json", "text/csv; charset=utf-8", "application/pdf", "image/svg+xml; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What is no JSON, by how its path ends.
ARCHIVOS = {
    **{".csv": CSV, "/estadisticas/exportacion": CSV, "/transacciones/archivo": CSV, "/imagen": SVG},
    **{"/pdf": PDF, "/hoja": PDF, "/recibo": PDF},
    **{"/fhir": "application/fhir+json", "/contenido": "image/png", "/miniatura": "image/jpeg"},
}
FORMATOS = {"csv": CSV, "jsonl": "application/x-ndjson", "xlsx": XLSX, "pdf": PDF}
# What no error may tell: stack traces, SQL, drivers, paths, tokens.
DELATORES = re.compile(
    r"Traceback|File \"|psycopg|sqlite|sqlalchemy|werkzeug|gunicorn|marshmallow|orjson"
    r"|\b(SELECT|INSERT INTO|UPDATE|DELETE FROM) |site-packages|/work/|\.py\b|eyJ[\w-]+\.",
    re.IGNORECASE,
)
_numeros = itertools.count(1)
_horas = itertools.count(1)
_dias_pasados = itertools.count(1)


def unico(palabra: str = "prueba") -> str:
    """A word that no other test has used in this system."""
    return f"{palabra}.{next(_numeros)}.{secrets.token_hex(3)}"


def tipo_de(respuesta: Respuesta) -> str:
    """What was asked for: JSON, or a file."""
    ruta, _, consulta = respuesta.path.partition("?")
    for pedido, tipo in FORMATOS.items():
        if f"formato={pedido}" in consulta.casefold().split("&"):
            return tipo
    return next((tipo for final, tipo in ARCHIVOS.items() if ruta.endswith(final)), JSON)


def revisar(respuesta: Respuesta, traza: str | None = None) -> None:
    """What holds for every answer of the API, good or bad."""
    quien = f"{respuesta.method} {respuesta.path} → {respuesta.status_code} {respuesta.text[:300]}"
    assert respuesta.status_code < 500, quien
    tipo = respuesta.headers.get("Content-Type")
    if respuesta.status_code == 204:
        assert not respuesta.content and tipo is None, quien
    elif respuesta.status_code < 400:
        assert tipo == tipo_de(respuesta), quien
    else:
        assert tipo == "application/problem+json", quien
        cuerpo = respuesta.json()
        campos = {"type", "title", "status", "detail", "instance", "codigo", "errores", "traza"}
        assert set(cuerpo) == campos and cuerpo["status"] == respuesta.status_code, quien
        assert cuerpo["traza"] == respuesta.headers["X-Request-ID"], quien
        assert not DELATORES.search(_sin_ecos(respuesta)), quien
    for nombre, valor in CABECERAS.items():
        dicho = respuesta.headers.get(nombre, "")
        # What a service says of a file stands before.
        de_archivo = nombre in ("Content-Security-Policy", "Cache-Control") and tipo == tipo_de(respuesta) != JSON
        assert dicho == valor or (de_archivo and dicho.endswith(valor)), f"{nombre}: {quien}"
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", respuesta.headers["X-Request-ID"]), quien
    assert traza is None or respuesta.headers["X-Request-ID"] == traza, quien


def _sin_ecos(respuesta: Respuesta) -> str:
    """The text without the names of arguments that the caller made up, which an error repeats."""
    texto: str = respuesta.text
    for nombre, _valor in parse_qsl(urlsplit(respuesta.path).query):
        texto = texto.replace(nombre, "")
    return texto


def permisos(token: str | None) -> set[str]:
    """What the services find in a token."""
    return set(jwt.decode(str(token), options={"verify_signature": False})["permisos"])


@dataclass
class Vigilado(Quien):
    """A caller whose every answer is checked against what the contract says of all answers."""

    def call(self, method: str, path: str, **kwargs: Any) -> Respuesta:
        respuesta = super().call(method, path, **kwargs)
        revisar(respuesta)
        return respuesta


def vigilado(quien: Quien) -> Vigilado:
    """The same caller, watched."""
    return Vigilado(quien.url, quien.token)


class Desconocido(Quien):
    """Somebody without a token at an address of his own, so that throttles by address count only him."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        n = next(_numeros)
        self.direccion = f"127.7.{n // 250}.{1 + n % 250}"
        self.conexiones = Conexiones(url, self.direccion)

    def call(self, method: str, path: str, **kwargs: Any) -> Respuesta:
        respuesta = self.conexiones.pedir(method, path, **kwargs)
        revisar(respuesta)
        return respuesta


class Mundo:
    """Two centres, two doctors, two patients. Everything of the first is the callers' own, of the second foreign.

    `m["cita"]`, `m["cita_ajena"]` and so on are ids; `m["nueva_cita"]` makes another one each time. Nobody has
    appointments with `doctor_libre` or in `centro_libre`: rules may change there. The centre is the secretary's.
    """

    def __init__(self, red: Red) -> None:
        self.red, self.admin = red, red.admin
        self.ids: dict[str, int] = {}
        self._con_historia = False
        centro = self._crear("/admin/centros", {"nombre": "Centro propio", "salas": [{"nombre": "Sillón 1"}]})
        self.ids |= {"centro": centro["id"], "sala": centro["salas"][0]["id"]}
        self.ids |= {"centro_ajeno": red.centro(), "centro_libre": red.centro()}
        self.apellido = unico("Ajenísima").replace(".", "")
        self.ids["doctor"], medico = red.con_usuario("doctores", centros=[self["centro"]])
        self.ids["doctor_ajeno"], otro_medico = red.con_usuario("doctores", centros=[self["centro_ajeno"]])
        self.medico_ajeno = vigilado(otro_medico)
        self.ids["doctor_libre"] = red.doctor()
        self._atender_siempre()
        self.ids["paciente"], paciente = red.con_usuario("pacientes")
        self.ids["paciente_ajeno"], self.ajeno = red.con_usuario(
            "pacientes", apellidos=self.apellido, centro_id=self["centro_ajeno"]
        )
        self.ids["cita"], self.ids["cita_ajena"] = self["nueva_cita"], self["nueva_cita_ajena"]
        self.ids["extra"], self.ids["extra_ajeno"] = self["nuevo_extra"], self["nuevo_extra_ajeno"]
        self.quien = {
            "admin": vigilado(red.admin),
            "secretaria": vigilado(red.secretaria(self["centro"], self["centro_libre"])),
            "medico": vigilado(medico),
            "paciente": vigilado(paciente),
        }
        for rol, quien in self.quien.items():
            self.ids[f"usuario_{rol}"] = bien(quien.get("/auth/perfil"))["id"]
        self.ids["usuario_ajeno"] = bien(self.ajeno.get("/auth/perfil"))["id"]
        self._esperar_noticias()
        self._recibir_en_pausa()
        mundo_inventario.preparar(self)

    def __getitem__(self, nombre: str) -> int:
        if nombre in mundo_historia.NOMBRES - self.ids.keys() and not self._con_historia:
            self._con_historia = True
            mundo_historia.preparar(self)
        if nombre in mundo_facturacion.PERMANENTES.keys() - self.ids.keys():
            self.ids[nombre] = self[mundo_facturacion.PERMANENTES[nombre]]
        if nombre in self.ids:
            return self.ids[nombre]
        return int(_NUEVOS[nombre](self))

    def palabra(self, comienzo: str) -> str:
        """A word that nothing else is called by."""
        return unico(comienzo)

    def ruta(self, plantilla: str) -> str:
        """A path with ids in place of names."""
        return re.sub(r"\{([\w-]+)\}", lambda hallado: str(self[hallado[1]]), plantilla)

    def cita(self, ajena: str = "") -> dict[str, Any]:
        """A body that books the own (or the foreign) people at a time that nobody else takes."""
        n = next(_horas)
        cuando = manana(f"{7 + n % 12:02d}:{30 * (n // 12 % 2):02d}", dias=30 + n // 24)
        quienes = {f"{que}_id": self[f"{que}_ajeno" if ajena else que] for que in _DE_CITA}
        return {**quienes, "fecha_hora": cuando, "motivo_consulta": "Control"}

    def lugar(self, ajena: str = "") -> dict[str, Any]:
        """A body that puts such a time aside."""
        return {campo: valor for campo, valor in self.cita(ajena).items() if campo != "motivo_consulta"}

    def espera(self, ajena: str = "") -> dict[str, Any]:
        """A body that waits for such a time, each for another and so far ahead that none becomes free."""
        cita, n = self.cita(ajena), next(_horas)
        dia = manana(dias=300)[:10]
        quienes = {f"{que}_id": cita[f"{que}_id"] for que in _DE_CITA}
        return {**quienes, "desde": dia, "hasta": dia, "hora_desde": f"{n // 60 % 24:02d}:{n % 60:02d}"}

    def serie(self, ajena: str = "") -> dict[str, Any]:
        """As `cita`, on two days of which the second is nobody's either."""
        return {**self.cita(ajena), "rrule": "FREQ=DAILY;INTERVAL=60;COUNT=2"}

    def horario(self, ajeno: str = "") -> dict[str, Any]:
        """Hours on one day long past, each on another: they change nothing for what is booked."""
        dia, centro = f"{_dia_pasado()}", self["centro_ajeno" if ajeno else "centro"]
        vigencia = {"vigente_desde": dia, "vigente_hasta": dia}
        return {"centro_id": centro, "dia_semana": "lunes", "desde": "09:00", "hasta": "13:00", **vigencia}

    def bloqueo(self, ajeno: str = "") -> dict[str, Any]:
        """As `horario`, when a doctor is not there."""
        return {**self.cierre(), "tipo": "vacaciones", "centro_id": self["centro_ajeno" if ajeno else "centro"]}

    def cierre(self) -> dict[str, Any]:
        """As `horario`, when nobody is there."""
        dia = _dia_pasado()
        return {"tipo": "cierre", "motivo": "Pintura", "inicio": f"{dia}T09:00:00", "fin": f"{dia}T18:00:00"}

    def politica(self, ajena: str = "") -> dict[str, Any]:
        """For a treatment that no other test knows; with `ajena` at the other centre only."""
        centro = {"centro_id": self["centro_ajeno"]} if ajena else {}
        return {"tratamiento_id": 1_000_000 + secrets.randbelow(1_000_000_000), "duracion_minutos": 40, **centro}

    def usuario(self, rol: str, **campos: Any) -> dict[str, Any]:
        """The body of a new user."""
        nombre = unico(rol)
        return {"nombre_usuario": nombre, "contrasena": CLAVE, "nombres": "Luz", "rol": rol, **campos}

    def entrar_como_nuevo(self, rol: str, **campos: Any) -> Vigilado:
        """A new user of that role with no person behind, signed in."""
        cuerpo = self.usuario(rol, **campos)
        self._crear("/auth/usuarios", cuerpo)
        return vigilado(self.red.entrar(cuerpo["nombre_usuario"], CLAVE))

    def _crear(self, ruta: str, cuerpo: dict[str, Any]) -> dict[str, Any]:
        creado: dict[str, Any] = bien(self.admin.post(ruta, cuerpo), 201)
        return creado

    def _atender_siempre(self) -> None:
        """Whoever has any hours can be booked only in them: the own doctor has all that there are."""
        centro, doctor = self["centro"], self["doctor"]
        ruta = f"/citas/centros/{centro}/calendario"
        bien(self.admin.put(ruta, {"pais": None}, headers={"If-Match": "*"}))
        horas = {"centro_id": centro, "desde": "00:00", "hasta": "24:00", "vigente_desde": manana(dias=-1)[:10]}
        for dia in ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo"):
            self._crear(f"/citas/doctores/{doctor}/horarios", {**horas, "dia_semana": dia})

    def _esperar_noticias(self) -> None:
        """admin_service learns from events who attends whom."""
        propio, ajeno = (self.ruta(f"/admin/pacientes/{{{que}}}") for que in ("paciente", "paciente_ajeno"))
        esperar(lambda: self.quien["medico"].get(propio).ok and bien(self.admin.get(ajeno))["total_citas"])

    def _recibir_en_pausa(self) -> None:
        """A webhook for which events wait: what paused it is one of them."""
        webhook = self.ids["webhook"] = self["nuevo_webhook"]
        bien(self.admin.patch(f"/comunicaciones/webhooks/{webhook}/estado", {"estado": "pausado"}))
        entregas = esperar(lambda: bien(self.admin.get(f"/comunicaciones/webhooks/{webhook}/entregas"))["datos"])
        self.ids |= {"entrega": entregas[0]["id"], "evento": entregas[0]["evento"]["id"]}

    def reponer(self) -> None:
        """Make those anew of which there is one, and with which something can be done but once."""
        mundo_historia.poner_en_marcha(self)
        self.ids["consumo"], self.ids["faltante"] = mundo_inventario.consumir(self, "")

    def webhook(self) -> dict[str, Any]:
        """A body that subscribes an endpoint of this machine at which nobody listens."""
        return {"nombre": unico("n8n"), "url": "http://127.0.0.1:9099/webhook", "tipos": ["webhook.*"]}


def _dia_pasado() -> date:
    return date(1940, 1, 1) + timedelta(days=next(_dias_pasados))


_DE_CITA = ("paciente", "doctor", "centro")


def _alta(ruta: str, cuerpo: Callable[[Mundo], dict[str, Any]]) -> Callable[[Mundo], int]:
    return lambda m: int(m._crear(m.ruta(ruta), cuerpo(m))["id"])


def _alta_de_serie(ajena: str = "") -> Callable[[Mundo], int]:
    return lambda m: int(m._crear("/citas/series", m.serie(ajena))["serie"]["id"])


def _con_nombre(**campos: Any) -> Callable[[Mundo], dict[str, Any]]:
    return lambda _m: {"nombre": unico("Nombre"), **campos}


def _persona(**campos: Any) -> Callable[[Mundo], dict[str, Any]]:
    return lambda _m: {"nombres": "Zoila", "apellidos": unico("Vaca"), "crear_usuario": False, **campos}


def _en_estado(estado: str) -> Callable[[Mundo], int]:
    def hacer(m: Mundo) -> int:
        cita = m["nueva_cita"]
        bien(m.admin.patch(f"/citas/{cita}/estado", {"estado": estado}))
        return cita

    return hacer


EXTRA = {"descripcion": "Anestesia", "precio_unitario": "12.50"}

_NUEVOS: dict[str, Callable[[Mundo], int]] = {
    "nueva_cita": _alta("/citas", lambda m: m.cita()),
    "nueva_cita_ajena": _alta("/citas", lambda m: m.cita("ajena")),
    "cita_completada": _en_estado("completada"),
    "nueva_serie": _alta_de_serie(),
    "nueva_serie_ajena": _alta_de_serie("ajena"),
    "nuevo_extra": _alta("/citas/{cita}/extras", lambda _m: EXTRA),
    "nuevo_extra_ajeno": _alta("/citas/{cita_ajena}/extras", lambda _m: EXTRA),
    "nuevo_apartado": _alta("/citas/apartados", lambda m: m.lugar()),
    "nuevo_apartado_ajeno": _alta("/citas/apartados", lambda m: m.lugar("ajena")),
    "nueva_espera": _alta("/citas/lista-espera", lambda m: m.espera()),
    "nueva_espera_ajena": _alta("/citas/lista-espera", lambda m: m.espera("ajena")),
    "nuevo_horario": _alta("/citas/doctores/{doctor}/horarios", lambda m: m.horario()),
    "nuevo_horario_ajeno": _alta("/citas/doctores/{doctor_libre}/horarios", lambda m: m.horario("ajeno")),
    "nuevo_bloqueo": _alta("/citas/doctores/{doctor}/bloqueos", lambda m: m.bloqueo()),
    "nuevo_bloqueo_ajeno": _alta("/citas/doctores/{doctor_libre}/bloqueos", lambda m: m.bloqueo("ajeno")),
    "nuevo_cierre": _alta("/citas/centros/{centro}/cierres", lambda m: m.cierre()),
    "nuevo_cierre_ajeno": _alta("/citas/centros/{centro_ajeno}/cierres", lambda m: m.cierre()),
    "nueva_politica": _alta("/citas/politicas", lambda m: m.politica()),
    "nueva_politica_ajena": _alta("/citas/politicas", lambda m: m.politica("ajena")),
    "nuevo_calendario": _alta("/citas/calendarios", lambda m: {"doctor_id": m["doctor"]}),
    **mundo_inventario.NUEVOS,
    **mundo_historia.NUEVOS,
    **mundo_facturacion.NUEVOS,
    "nuevo_webhook": _alta("/comunicaciones/webhooks", lambda m: m.webhook()),
    "nuevo_centro": _alta("/admin/centros", _con_nombre()),
    "nueva_sala": _alta("/admin/centros/{centro}/salas", _con_nombre()),
    "nuevo_doctor": _alta("/admin/doctores", _persona()),
    "nuevo_paciente": _alta("/admin/pacientes", _persona()),
    "nuevo_usuario": _alta("/auth/usuarios", lambda m: m.usuario("secretaria")),
    "invitado": _alta(
        "/auth/usuarios",
        lambda _m: {"nombre_usuario": unico("inv"), "email": f"{unico()}@example.com", "rol": "medico"},
    ),
    "nuevo_rol": _alta("/auth/roles", lambda _m: {"nombre": unico("rol").replace(".", "_")}),
    "nuevo_cliente": _alta("/auth/clientes", lambda _m: {"nombre": unico("cli").replace(".", "-")}),
    **{
        f"nueva_entrada_{catalogo}": _alta(f"/admin/{catalogo}", _con_nombre())
        for catalogo in ("especialidades", "aseguradoras", "fuentes", "lineas-negocio")
    },
}


def auditado(red: Red, servicio: str, trazas: set[str]) -> dict[str, list[tuple[str, str]]]:
    """Request id → (who, from where) of the audit rows that a service's database holds for these requests."""
    url = normalise_url(red.system.env[f"{servicio.upper()}_DATABASE_URL"])
    motor = create_engine(url)
    try:
        with motor.connect() as conexion:
            consulta = text("SELECT traza, actor, direccion_ip FROM auditoria ORDER BY id DESC LIMIT 5000")
            filas = conexion.execute(consulta)
            hallado: dict[str, list[tuple[str, str]]] = {}
            for traza, actor, direccion in filas:
                if traza in trazas:
                    hallado.setdefault(traza, []).append((actor, direccion))
            return hallado
    finally:
        motor.dispose()
