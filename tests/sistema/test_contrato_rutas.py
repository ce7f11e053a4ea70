"""Every route that the contract names for these services exists, by its own name and by every other that it has."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from local_settings import REPOSITORY
from local_system import System

from .conftest import bien
from .mundo import EN_UNA_BASE, Mundo, Vigilado, revisar
from .mundo_comun import mundo_comun
from .rutas_del_contrato import RUTAS

pytestmark = EN_UNA_BASE

PROPIOS = {
    *("auth_service", "admin_service", "citas_service", "inventario_service", "historia_clinica_service"),
    "facturacion_service",
}
# An administrator takes nothing out of a record: one of each is enough.
EN_HISTORIA = {
    f"historia-clinica/{ruta}": nombres
    for ruta, nombres in {
        "pacientes": ("paciente",),
        "citas": ("cita",),
        "notas": ("nota",),
        "recetas": ("receta_emitida",),
        "alergias": ("alergia",),
        "signos-vitales": ("signos",),
        "hallazgos": ("hallazgo",),
        "periodontogramas": ("periodontograma",),
        "planes": ("plan_en_marcha", "item"),
        "adjuntos": ("adjunto",),
        "consentimientos": ("consentimiento",),
        "examenes-oftalmologicos": ("examen",),
        "recetas-opticas": ("receta_optica",),
        "emergencias": ("emergencia",),
    }.items()
}
# What is there to be read, and what a DELETE takes.
EN_FACTURACION = {
    f"facturacion/{ruta}": nombres
    for ruta, nombres in {
        "cajas": ("caja_contada", ""),
        "categorias-gasto": ("categoria_gasto", "nueva_categoria_gasto"),
        "cotizaciones": ("cotizacion_aceptada", "nueva_cotizacion"),
        "estadisticas": ("doctor", ""),
        "facturas": ("factura_en_cuotas", "nuevo_borrador"),
        "gastos": ("gasto", "nuevo_gasto"),
        "gastos-recurrentes": ("gasto_recurrente", "nuevo_gasto_recurrente"),
        "liquidaciones": ("liquidacion", ""),
        "notas-credito": ("nota_credito", ""),
        "pacientes": ("paciente", ""),
        "pagos": ("pago", ""),
        "puntos-emision": ("punto", "nuevo_punto"),
        "tarifas-honorarios": ("tarifa", "nueva_tarifa"),
        "transacciones": ("transaccion", "nueva_transaccion"),
    }.items()
}
# What is no id but stands in a query.
EN_CONSULTA = {"{date}": "2027-01-15", "{type}": "ingreso", "{status}": "emitida"}


def rutas(texto: str) -> list[tuple[str, str]]:
    """(method, path) of each."""
    lineas = [linea.split() for linea in texto.split("\n") if linea]
    return [(metodo, ruta) for ruta, *metodos in lineas for metodo in metodos]


def alias() -> list[tuple[str, str, str]]:
    """(method, alias, canonical route with its query) of our services."""
    with (REPOSITORY / "gateway" / "aliases.csv").open(encoding="utf-8") as archivo:
        filas = [fila for fila in csv.DictReader(archivo) if fila["service"] in PROPIOS]
    return [(fila["method"], fila["path"], fila["canonical"]) for fila in filas]


class Caminante:
    """Fills paths with things that exist; what a DELETE takes away is made for it."""

    def __init__(self, m: Mundo) -> None:
        self.m = m
        self.fijos = {dentro: self.m[f"nuevo_{dentro}"] for dentro in ("horario", "bloqueo")}
        bien(m.admin.put("/admin/configuracion", {"valores": {"rutas.clave": 1}}, headers={"If-Match": "*"}))

    def valores(self, metodo: str, canonica: str) -> list[Any]:
        """One for each parameter, in their order."""
        ruta, _, consulta = canonica.partition("?")
        if "{" in consulta:
            dicho = next((valor for cual, valor in EN_CONSULTA.items() if cual in consulta), None)
            return [dicho or self.m["doctor" if "doctor_id={" in consulta else "paciente"]]
        borra, en = metodo == "DELETE", "/".join(ruta.split("/")[1:3])
        if en in EN_HISTORIA:
            return [self.m[nombre] for nombre in EN_HISTORIA[en]]
        if "/adjuntos/" in ruta:
            return [self.m["gasto"], self.m["nuevo_comprobante" if borra else "comprobante"]]
        if ruta.endswith("/plan-cuotas"):
            return [self.m["nueva_factura_en_cuotas"]]
        if en in EN_FACTURACION and "{" in ruta:
            return [self.m[EN_FACTURACION[en][borra]]]
        return self._los_demas(borra, ruta)

    def _los_demas(self, borra: bool, ruta: str) -> list[Any]:
        if ruta.endswith("/recordatorio"):
            # Whoever asks second is refused: let both be second.
            cita = self.m["nueva_cita"]
            bien(self.m.admin.call("POST", f"/citas/{cita}/recordatorio"))
            return [cita]
        for dentro in ("horario", "bloqueo"):
            if f"/{dentro}s/" in ruta:
                return [self.m["doctor"], self.m[f"nuevo_{dentro}"] if borra else self.fijos[dentro]]
        for comienzo, fijo, nuevo in (
            ("/auth/usuarios/", "usuario_ajeno", "nuevo_usuario"),
            ("/auth/roles/", "nuevo_rol", "nuevo_rol"),
            ("/admin/centros/", "centro", "nuevo_centro"),
            ("/admin/doctores/", "doctor", "nuevo_doctor"),
            ("/admin/pacientes/", "paciente", "nuevo_paciente"),
            ("/citas/extras/", "extra", "nuevo_extra"),
            ("/citas/tratamientos/", "linea", "nueva_linea"),
            ("/inventario/productos/", "producto", "nuevo_producto"),
            ("/inventario/tratamientos/", "tratamiento", "tratamiento_con_receta"),
            ("/citas/doctores/", "doctor", "doctor"),
            ("/citas/", "cita", "nueva_cita"),
            ("/comunicaciones/webhooks/", "webhook", "nuevo_webhook"),
        ):
            if ruta.startswith(comienzo):
                return [self.m[nuevo if borra else fijo], self.m["producto"]]
        if ruta.startswith("/admin/configuracion/"):
            return ["rutas.clave"]
        return [self.m["paciente"]]

    def llenar(self, plantilla: str, valores: list[Any]) -> str:
        pendientes = iter(valores)
        return re.sub(r"{\w+}", lambda _: str(next(pendientes)), plantilla)

    def quien(self, ruta: str) -> Vigilado:
        """The administrator; for signing out somebody whom nobody needs any more."""
        return self.m.entrar_como_nuevo("admin") if ruta.endswith("/logout") else self.m.quien["admin"]


@pytest.fixture
def caminante(sistema: System) -> Caminante:
    return Caminante(mundo_comun(sistema))


def test_cada_ruta_del_contrato_existe(caminante: Caminante) -> None:
    faltan = []
    for metodo, plantilla in rutas(RUTAS):
        ruta = caminante.llenar(plantilla, caminante.valores(metodo, plantilla))
        respuesta = caminante.quien(ruta).call(metodo, ruta)
        if respuesta.status_code in (404, 405):
            faltan.append(f"{metodo} {plantilla}: {respuesta.status_code} {respuesta.text[:150]}")
    assert not faltan, "\n".join(faltan)


def test_cada_alias_hace_lo_que_su_ruta(caminante: Caminante) -> None:
    conocidas, distintos = set(rutas(RUTAS)), []
    for metodo, otra, canonica in alias():
        propia = canonica.partition("?")[0]
        assert (metodo, propia) in conocidas, f"{metodo} {canonica} is in no table here"
        respuestas = []
        for plantilla in (otra, canonica):
            valores = caminante.valores(metodo, canonica)
            ruta = caminante.llenar(plantilla, valores)
            respuestas.append(
                caminante.quien(ruta).call(metodo, ruta, headers=_si_coincide(metodo, plantilla, canonica))
            )
            revisar(respuestas[-1])
        alias_, suya = respuestas
        igual = alias_.status_code == suya.status_code and _contenido(alias_) == _contenido(suya)
        existe = suya.status_code not in (404, 405)
        if not (igual and existe):
            distintos.append(f"{metodo} {otra}: {alias_.status_code} {alias_.text[:150]} / {suya.text[:150]}")
    assert not distintos, "\n".join(distintos)


def _si_coincide(metodo: str, plantilla: str, canonica: str) -> dict[str, str]:
    """Aliases need no If-Match: the gateway adds it."""
    escribe = metodo in ("PUT", "PATCH", "DELETE")
    return {"If-Match": "*"} if escribe and plantilla == canonica else {}


def _contenido(respuesta: Any) -> Any:
    """What both must say; of an error all but where and when."""
    if not respuesta.content:
        return None
    cuerpo = respuesta.json()
    if respuesta.ok:
        for parte in cuerpo.get("partes", ()):
            if parte["nombre"] == "odontograma":  # as of when it is asked for
                parte["datos"] = [{**dato, "momento": None} for dato in parte["datos"]]
        return {clave: valor for clave, valor in cuerpo.items() if clave != "generado_en"}
    return {clave: valor for clave, valor in cuerpo.items() if clave not in ("traza", "instance")}
