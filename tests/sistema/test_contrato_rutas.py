"""Every route that the contract names for these services exists, by its own name and by every other that it has."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest
from local_settings import REPOSITORY
from local_system import System

from .conftest import Red, bien
from .mundo import EN_UNA_BASE, Mundo, Vigilado, revisar

pytestmark = EN_UNA_BASE

RUTAS = """
/auth/health                              GET
/auth/login                               POST
/auth/logout                              POST
/auth/menu                                GET
/auth/perfil                              GET PUT
/auth/permisos                            GET
/auth/refresh                             POST
/auth/registro                            POST
/auth/roles                               GET POST
/auth/roles/{id}/permisos                 PUT
/auth/usuarios                            GET POST
/auth/usuarios/{id}                       GET PUT DELETE
/auth/usuarios/{id}/permisos              GET PUT
/admin/aseguradoras                       GET POST
/admin/centros                            GET POST
/admin/centros/carga                      POST
/admin/centros/{id}                       GET PUT DELETE
/admin/configuracion                      GET PUT
/admin/configuracion/{clave}              GET PUT
/admin/doctores                           GET POST
/admin/doctores/carga                     POST
/admin/doctores/{id}                      GET PUT DELETE
/admin/doctores/{id}/servicios            GET PUT
/admin/especialidades                     GET POST
/admin/fuentes                            GET POST
/admin/health                             GET
/admin/lineas-negocio                     GET POST
/admin/pacientes                          GET POST
/admin/pacientes/buscar                   GET
/admin/pacientes/carga                    POST
/admin/pacientes/{id}                     GET PUT DELETE
/admin/reportes/pacientes                 GET
/citas                                    GET POST
/citas/disponibilidad                     GET
/citas/doctores/{id}/agenda               GET
/citas/doctores/{id}/bloqueos             GET POST
/citas/doctores/{id}/bloqueos/{bloqueo_id} DELETE
/citas/doctores/{id}/horarios             GET POST
/citas/doctores/{id}/horarios/{horario_id} PUT DELETE
/citas/doctores/{id}/productividad        GET
/citas/extras/{linea_id}                  PUT DELETE
/citas/health                             GET
/citas/historial                          GET
/citas/lista-espera                       GET POST
/citas/reportes/citas                     GET
/citas/reportes/productividad             GET
/citas/tratamientos/{linea_id}            PUT DELETE
/citas/verificar-disponibilidad           POST
/citas/{id}                               GET PUT DELETE
/citas/{id}/estado                        PATCH
/citas/{id}/extras                        GET POST
/citas/{id}/recordatorio                  POST
/citas/{id}/tratamientos                  GET POST
/comunicaciones/eventos                   GET
/comunicaciones/eventos/catalogo          GET
/comunicaciones/health                    GET
/comunicaciones/webhooks                  GET POST
/comunicaciones/webhooks/{id}             GET PUT DELETE
/comunicaciones/webhooks/{id}/entregas    GET
/comunicaciones/webhooks/{id}/estado      PATCH
/comunicaciones/webhooks/{id}/prueba      POST
/comunicaciones/webhooks/{id}/reenvio     POST
/comunicaciones/webhooks/{id}/secreto     POST
/facturacion/anticipos                    POST
/facturacion/categorias-gasto             GET POST
/facturacion/categorias-gasto/{id}        GET PUT DELETE
/facturacion/citas-por-revisar            GET
/facturacion/facturas                     GET POST
/facturacion/facturas/totales             GET
/facturacion/facturas/{id}                GET PUT DELETE
/facturacion/facturas/{id}/estado         PATCH
/facturacion/facturas/{id}/pagos          GET POST
/facturacion/gastos                       GET POST
/facturacion/gastos-recurrentes           GET POST
/facturacion/gastos-recurrentes/{id}      GET PUT DELETE
/facturacion/gastos/totales               GET
/facturacion/gastos/{id}                  GET PUT DELETE
/facturacion/gastos/{id}/adjuntos         GET POST
/facturacion/gastos/{id}/adjuntos/{adjunto_id} DELETE
/facturacion/gastos/{id}/adjuntos/{adjunto_id}/contenido GET
/facturacion/health                       GET
/facturacion/pagos                        GET POST
/facturacion/pagos/{id}                   GET
/facturacion/pagos/{id}/aplicaciones      POST
/facturacion/pagos/{id}/reembolsos        POST
/facturacion/puntos-emision               GET POST
/facturacion/puntos-emision/{id}          GET PUT DELETE
/facturacion/reportes/cartera             GET
/facturacion/reportes/financiero          GET
/facturacion/reportes/tablero             GET
/facturacion/transacciones                GET POST
/facturacion/transacciones/archivo        GET
/facturacion/transacciones/reporte-diario GET
/facturacion/transacciones/reporte-mensual GET
/facturacion/transacciones/resumen        GET
/facturacion/transacciones/{id}           GET PUT DELETE
/facturacion/transacciones/{id}/estado    PATCH
/historia-clinica/adjuntos/{id}           GET DELETE
/historia-clinica/adjuntos/{id}/contenido GET
/historia-clinica/adjuntos/{id}/miniatura GET
/historia-clinica/alergias/{id}           GET PUT DELETE
/historia-clinica/alergias/{id}/estado    PATCH
/historia-clinica/bitacora                GET
/historia-clinica/cie10                   GET
/historia-clinica/citas/{id}/notas        GET POST
/historia-clinica/consentimientos/textos  GET POST
/historia-clinica/consentimientos/textos/{id} GET
/historia-clinica/consentimientos/textos/{id}/estado PATCH
/historia-clinica/consentimientos/{id}    GET
/historia-clinica/consentimientos/{id}/pdf GET
/historia-clinica/consentimientos/{id}/revocacion POST
/historia-clinica/emergencias             GET
/historia-clinica/emergencias/{id}        GET
/historia-clinica/emergencias/{id}/revision PATCH
/historia-clinica/estadisticas/exportacion GET
/historia-clinica/examenes-oftalmologicos/{id} GET PUT DELETE
/historia-clinica/examenes-oftalmologicos/{id}/firma POST
/historia-clinica/examenes-oftalmologicos/{id}/pdf GET
/historia-clinica/examenes-oftalmologicos/{id}/recetas-opticas POST
/historia-clinica/hallazgos/{id}          GET
/historia-clinica/hallazgos/{id}/estado   PATCH
/historia-clinica/health                  GET
/historia-clinica/notas/{id}              GET PUT DELETE
/historia-clinica/notas/{id}/enmiendas    POST
/historia-clinica/notas/{id}/firma        POST
/historia-clinica/notas/{id}/formulario-033 PUT
/historia-clinica/notas/{id}/formulario-033/pdf GET
/historia-clinica/notas/{id}/recetas      POST
/historia-clinica/odontograma/catalogo    GET
/historia-clinica/pacientes/{id}/accesos  GET
/historia-clinica/pacientes/{id}/adjuntos GET POST
/historia-clinica/pacientes/{id}/alergias GET POST
/historia-clinica/pacientes/{id}/antecedentes GET POST
/historia-clinica/pacientes/{id}/antecedentes/versiones GET
/historia-clinica/pacientes/{id}/consentimientos GET POST
/historia-clinica/pacientes/{id}/consentimientos/hoja GET
/historia-clinica/pacientes/{id}/emergencias POST
/historia-clinica/pacientes/{id}/examenes-oftalmologicos GET POST
/historia-clinica/pacientes/{id}/expediente GET
/historia-clinica/pacientes/{id}/expediente/fhir GET
/historia-clinica/pacientes/{id}/expediente/pdf GET
/historia-clinica/pacientes/{id}/notas    GET
/historia-clinica/pacientes/{id}/odontograma GET
/historia-clinica/pacientes/{id}/odontograma/diferencias GET
/historia-clinica/pacientes/{id}/odontograma/hallazgos GET POST
/historia-clinica/pacientes/{id}/odontograma/imagen GET
/historia-clinica/pacientes/{id}/oftalmologia/evolucion GET
/historia-clinica/pacientes/{id}/oftalmologia/evolucion/imagen GET
/historia-clinica/pacientes/{id}/periodontogramas GET POST
/historia-clinica/pacientes/{id}/planes   GET POST
/historia-clinica/pacientes/{id}/recetas-opticas GET
/historia-clinica/pacientes/{id}/retencion GET PUT
/historia-clinica/pacientes/{id}/signos-vitales GET POST
/historia-clinica/periodontogramas/{id}   GET PUT DELETE
/historia-clinica/periodontogramas/{id}/estado PATCH
/historia-clinica/periodontogramas/{id}/imagen GET
/historia-clinica/planes/{id}             GET PUT
/historia-clinica/planes/{id}/estado      PATCH
/historia-clinica/planes/{id}/items/{item_id}/estado PATCH
/historia-clinica/recetas-opticas/{id}    GET
/historia-clinica/recetas-opticas/{id}/estado PATCH
/historia-clinica/recetas-opticas/{id}/pdf GET
/historia-clinica/recetas/{id}            GET PUT DELETE
/historia-clinica/recetas/{id}/pdf        GET
/historia-clinica/signos-vitales/{id}     GET
/historia-clinica/signos-vitales/{id}/estado PATCH
/inventario/health                        GET
/inventario/movimientos                   GET
/inventario/productos                     GET POST
/inventario/productos/stock-bajo          GET
/inventario/productos/{id}                GET PUT DELETE
/inventario/productos/{id}/movimientos    GET POST
/inventario/productos/{id}/stock          PATCH
/inventario/proveedores                   GET POST
/inventario/reportes/inventario           GET
/inventario/tratamientos                  GET POST
/inventario/tratamientos/categorias       GET
/inventario/tratamientos/{id}             GET PUT
/inventario/tratamientos/{id}/receta      GET POST
/inventario/tratamientos/{id}/receta/{producto_id} DELETE
/inventario/tratamientos/{id}/verificar-stock GET
"""

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
        "puntos-emision": ("punto", "nuevo_punto"),
        "facturas": ("factura", "nuevo_borrador"),
        "pagos": ("pago", ""),
        "transacciones": ("transaccion", "nueva_transaccion"),
        "categorias-gasto": ("categoria_gasto", "nueva_categoria_gasto"),
        "gastos": ("gasto", "nuevo_gasto"),
        "gastos-recurrentes": ("gasto_recurrente", "nuevo_gasto_recurrente"),
        "estadisticas": ("doctor", ""),
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

    def __init__(self, red: Red) -> None:
        self.m = Mundo(red)
        self.fijos = {dentro: self.m[f"nuevo_{dentro}"] for dentro in ("horario", "bloqueo")}
        bien(red.admin.put("/admin/configuracion", {"valores": {"rutas.clave": 1}}, headers={"If-Match": "*"}))

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
def caminante(sistema: System, red: Red) -> Caminante:
    return Caminante(red)


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
        return {clave: valor for clave, valor in cuerpo.items() if clave != "generado_en"}
    return {clave: valor for clave, valor in cuerpo.items() if clave not in ("traza", "instance")}
