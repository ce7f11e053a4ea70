"""Every route that the contract names for these services exists, by its own name and by every other that it has."""

from __future__ import annotations

import csv
import re
from typing import Any

from local_settings import REPOSITORY
from local_system import System

from .conftest import bien
from .documento import operaciones
from .mundo import EN_UNA_BASE, Mundo, Vigilado, revisar
from .mundo_comun import mundo_comun
from .rutas_del_contrato import RUTAS

pytestmark = EN_UNA_BASE

PROPIOS = {
    *("auth_service", "admin_service", "citas_service", "inventario_service", "historia_clinica_service"),
    "facturacion_service",
}
# What is there to be read or changed, and what a DELETE takes.
COSAS = {
    "auth/usuarios": ("usuario_ajeno", "nuevo_usuario"),
    "admin/doctores": ("doctor", "nuevo_doctor"),
    "citas/doctores": ("doctor", "doctor"),
    "citas/{id}": ("cita", "nueva_cita"),
    "inventario/productos": ("producto", "nuevo_producto"),
    "historia-clinica/pacientes": ("paciente", "paciente"),
    "historia-clinica/notas": ("nota", "nota"),
    "facturacion/facturas": ("factura", "nuevo_borrador"),
    "facturacion/transacciones": ("transaccion", "nueva_transaccion"),
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
        self.m, self.horario = m, m["nuevo_horario"]

    def valores(self, metodo: str, canonica: str) -> list[Any]:
        """One for each parameter, in their order."""
        ruta, _, consulta = canonica.partition("?")
        if "{" in consulta:
            dicho = next((valor for cual, valor in EN_CONSULTA.items() if cual in consulta), None)
            return [dicho or self.m["doctor" if "doctor_id={" in consulta else "paciente"]]
        if "{" not in ruta:
            return []
        borra = metodo == "DELETE"
        uno = self.m[COSAS["/".join(ruta.split("/")[1:3])][borra]]
        return [uno, self.m["nuevo_horario"] if borra and "/horarios/" in ruta else self.horario]

    def llenar(self, plantilla: str, valores: list[Any]) -> str:
        pendientes = iter(valores)
        return re.sub(r"{\w+}", lambda _: str(next(pendientes)), plantilla)


def test_cada_ruta_del_contrato_existe(sistema: System) -> None:
    """What the document names is really there: test_derechos.py does it all."""
    publicadas = {operacion.sin_nombres for operacion in operaciones(sistema.url)}
    faltan = []
    for metodo, plantilla in rutas(RUTAS):
        if plantilla.endswith("/health"):  # of the gateway's, not of the service's document
            bien(Vigilado(sistema.url).call(metodo, plantilla))
        elif (nombre := f"{metodo} {re.sub(r'{[^}]*}', '{}', plantilla)}") not in publicadas:
            faltan.append(nombre)
    assert not faltan, "\n".join(faltan)


def test_cada_alias_hace_lo_que_su_ruta(sistema: System) -> None:
    """That each arrives at its route tests/gateway/test_aliases.py tells; that the route then takes it, this."""
    m = mundo_comun(sistema)
    caminante, conocidas, distintos, probadas = Caminante(m), set(rutas(RUTAS)), [], set()
    for metodo, otra, canonica in alias():
        propia, _, consulta = canonica.partition("?")
        assert (metodo, propia) in conocidas, f"{metodo} {canonica} is in no table here"
        # What the gateway adds, a query or If-Match: of each service and method one without.
        como = metodo, propia.split("/")[1], consulta
        if como in probadas:
            continue
        probadas.add(como)
        respuestas = []
        for plantilla in (otra, canonica):
            valores = caminante.valores(metodo, canonica)
            ruta = caminante.llenar(plantilla, valores)
            cabeceras = _si_coincide(metodo, plantilla, canonica)
            respuestas.append(m.quien["admin"].call(metodo, ruta, headers=cabeceras))
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
