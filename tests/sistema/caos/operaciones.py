"""The operations of a run: which they are follows from the seed, whom they meet from who is there by then."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from .cliente import Cliente, Respuesta
from .libro import Comun, Libro

QUITO = ZoneInfo("America/Guayaquil")
DIAS = 12
DOCTORES = 6

PESOS = {
    "crear_paciente": 10,
    "renombrar_paciente": 12,
    "cambiar_estado_paciente": 5,
    "fusionar_pacientes": 3,
    "renombrar_doctor": 7,
    "reservar": 26,
    "confirmar": 6,
    "mover": 7,
    "cancelar": 5,
    "completar": 8,
    "reabrir": 5,
    "cambiar_estado_usuario": 4,
    "cobrar": 6,
}


@dataclass(frozen=True)
class Operacion:
    """One operation: its number, what it is, and the chance by which it chooses."""

    numero: int
    que: str
    azar: random.Random


def plan(semilla: int, cuantas: int) -> list[Operacion]:
    """The operations of that seed: always the same."""
    azar = random.Random(f"operaciones {semilla}")
    nombres, pesos = list(PESOS), list(PESOS.values())
    return [
        Operacion(numero, azar.choices(nombres, pesos)[0], random.Random(f"{semilla} {numero}"))
        for numero in range(cuantas)
    ]


@dataclass
class Trabajador:
    """One client thread with what it alone changes: its patients, its appointments, its user."""

    cliente: Cliente
    libro: Libro
    comun: Comun
    marca: str
    usuario: int = 0
    activo: bool = True
    pacientes: list[int] = field(default_factory=list)
    citas: list[int] = field(default_factory=list)

    def hacer(self, operacion: Operacion) -> None:
        """Do it to the end and put down what was promised."""
        hacer: Callable[[random.Random, str], str] = getattr(self, operacion.que)
        resultado = hacer(operacion.azar, f"{self.marca}-{operacion.numero}")
        self.libro.contar(f"{operacion.que}: {resultado}")

    # ---- Patients

    def crear_paciente(self, _azar: random.Random, marca: str) -> str:
        cuerpo = {"nombres": "Caos", "apellidos": marca, "telefono": "0991234567", "crear_usuario": False}
        respuesta = self.cliente.pedir("POST", "/admin/pacientes", cuerpo, clave=marca)
        self._exigir(respuesta, 201)
        nuevo = int(respuesta.cuerpo["id"])
        self.libro.pacientes[marca] = nuevo
        self._anotar("admin", f"paciente/{nuevo}", "paciente.creado.v1")
        self.pacientes.append(nuevo)
        self.comun.pacientes.append(nuevo)
        return "hecha"

    def renombrar_paciente(self, azar: random.Random, marca: str) -> str:
        paciente = azar.choice(self.pacientes)
        return self._cambiar_paciente(paciente, "PUT", "", {"apellidos": marca}, "apellidos", marca, "actualizado")

    def cambiar_estado_paciente(self, azar: random.Random, _marca: str) -> str:
        paciente = azar.choice(self.pacientes)
        estado = self.cliente.ver(f"/admin/pacientes/{paciente}").cuerpo["estado_paciente"]
        otro, suceso = ("inactivo", "inactivado") if estado == "activo" else ("activo", "actualizado")
        cuerpo = {"estado": otro, "motivo": "Caos"}
        return self._cambiar_paciente(paciente, "PATCH", "/estado", cuerpo, "estado_paciente", otro, suceso)

    def _cambiar_paciente(
        self, paciente: int, metodo: str, sub: str, cuerpo: Any, campo: str, valor: Any, suceso: str
    ) -> str:
        ruta = f"/admin/pacientes/{paciente}"
        antes = self.cliente.ver(ruta)
        respuesta = self.cliente.pedir(metodo, ruta + sub, cuerpo, version=antes.version or "")
        if respuesta.estado == 412 and respuesta.dudosa and self.cliente.ver(ruta).cuerpo[campo] == valor:
            pass  # it was this client's own doing
        else:
            self._exigir(respuesta, 200)
        self._anotar("admin", f"paciente/{paciente}", f"paciente.{suceso}.v1")
        return "hecha"

    def fusionar_pacientes(self, azar: random.Random, marca: str) -> str:
        if len(self.pacientes) < 3:
            return self.crear_paciente(azar, marca)
        queda, absorbido = azar.sample(self.pacientes, 2)
        cuerpo = {"absorbido_id": absorbido, "motivo": "Duplicado"}
        respuesta = self.cliente.pedir("POST", f"/admin/pacientes/{queda}/fusion", cuerpo, clave=marca, version="*")
        self._exigir(respuesta, 200)
        self.pacientes.remove(absorbido)
        self.libro.fusiones[absorbido] = queda
        self._anotar("admin", f"paciente/{queda}", "paciente.fusionado.v1")
        return "hecha"

    # ---- Doctors, whom all change

    def renombrar_doctor(self, azar: random.Random, marca: str) -> str:
        ruta = f"/admin/doctores/{azar.choice(self.comun.doctores)}"
        version = self.cliente.ver(ruta).version or ""
        respuesta = self.cliente.pedir("PUT", ruta, {"apellidos": marca}, version=version)
        if respuesta.estado == 412:
            self.libro.doctores[marca] = (0, 1 if respuesta.dudosa else 0)
            return "en duda" if respuesta.dudosa else "rechazada"
        self._exigir(respuesta, 200)
        self.libro.doctores[marca] = (1, 1)
        return "hecha"

    # ---- Users

    def cambiar_estado_usuario(self, _azar: random.Random, _marca: str) -> str:
        ruta = f"/auth/usuarios/{self.usuario}"
        activo = not self.activo
        cuerpo = {"estado": "activo" if activo else "inactivo"}
        version = self.cliente.ver(ruta).version or ""
        respuesta = self.cliente.pedir("PATCH", f"{ruta}/estado", cuerpo, version=version)
        if not (respuesta.estado == 412 and respuesta.dudosa and self.cliente.ver(ruta).cuerpo["activo"] is activo):
            self._exigir(respuesta, 200)
        self.activo = activo
        self._anotar("auth", f"usuario/{self.usuario}", f"usuario.{'actualizado' if activo else 'desactivado'}.v1")
        return "hecha"

    # ---- Appointments

    def reservar(self, azar: random.Random, marca: str) -> str:
        cuerpo = {
            "paciente_id": azar.choice(self.comun.pacientes),
            "doctor_id": azar.choice(self.comun.doctores),
            "centro_id": azar.choice(self.comun.centros),
            "fecha_hora": _hora(azar),
            "motivo_consulta": marca,
        }
        respuesta = self.cliente.pedir("POST", "/citas", cuerpo, clave=marca)
        if respuesta.estado in (409, 422):
            self.libro.citas[marca] = None
            return f"rechazada ({respuesta.codigo})"
        self._exigir(respuesta, 201)
        self._nueva_cita(marca, respuesta.cuerpo["id"])
        return "hecha"

    def confirmar(self, azar: random.Random, marca: str) -> str:
        return self._avanzar(azar, marca, "confirmada", ("programada",), "confirmada")

    def completar(self, azar: random.Random, marca: str) -> str:
        return self._avanzar(azar, marca, "completada", ("programada", "confirmada", "en_curso"), "completada")

    def reabrir(self, azar: random.Random, marca: str) -> str:
        return self._avanzar(azar, marca, "en_curso", ("completada",), "reabierta")

    def cancelar(self, azar: random.Random, marca: str) -> str:
        return self._avanzar(azar, marca, "cancelada", ("programada", "confirmada"), "cancelada")

    def _avanzar(self, azar: random.Random, marca: str, estado: str, desde: tuple[str, ...], suceso: str) -> str:
        """Only on the version that was looked at: a request that comes too late then does nothing."""
        if not (cita := self._una_cita(azar)):
            return "sin citas"
        ruta, dudosa = f"/citas/{cita}", False
        while True:
            actual = self.cliente.ver(ruta)
            mia = estado != "cancelada" or actual.cuerpo["motivo_cancelacion"] == marca
            if dudosa and actual.cuerpo["estado"] == estado and mia:
                break
            if actual.cuerpo["estado"] not in desde:
                return "no procede"
            cuerpo = {"estado": estado, "motivo": marca}
            respuesta = self.cliente.pedir("PATCH", f"{ruta}/estado", cuerpo, version=actual.version or "")
            dudosa = dudosa or respuesta.dudosa
            if respuesta.estado == 200:
                break
            if respuesta.estado != 412:  # changed meanwhile, by this client's lost attempt or by a merge: look again
                self._exigir(respuesta, 409)
                if not respuesta.dudosa:
                    return f"rechazada ({respuesta.codigo})"
        self._anotar("citas", f"cita/{cita}", f"cita.{suceso}.v1")
        return "hecha"

    def mover(self, azar: random.Random, marca: str) -> str:
        if not (cita := self._una_cita(azar)):
            return "sin citas"
        ruta, hora, dudosa = f"/citas/{cita}", _hora(azar), False
        while True:
            actual = self.cliente.ver(ruta)
            if dudosa and actual.cuerpo["reprogramada_en_id"]:
                nueva = int(actual.cuerpo["reprogramada_en_id"])
                break
            if actual.cuerpo["estado"] not in ("programada", "confirmada"):
                return "no procede"
            respuesta = self.cliente.pedir("PUT", ruta, {"fecha_hora": hora}, version=actual.version or "")
            dudosa = dudosa or respuesta.dudosa
            if respuesta.estado == 200:
                nueva = int(respuesta.cuerpo.get("cita", respuesta.cuerpo)["id"])
                break
            if respuesta.estado != 412 and not respuesta.dudosa:
                self._exigir(respuesta, 409, 422)
                return f"rechazada ({respuesta.codigo})"
        if nueva == cita:
            return "la misma hora"
        self._anotar("citas", f"cita/{cita}", "cita.reprogramada.v1")
        self._nueva_cita(None, nueva)
        return "hecha"

    def _una_cita(self, azar: random.Random) -> int | None:
        return azar.choice(self.citas) if self.citas else None

    def _nueva_cita(self, marca: str | None, cita: int) -> None:
        if marca is not None:
            self.libro.citas[marca] = cita
        self._anotar("citas", f"cita/{cita}", "cita.programada.v1")
        self.citas.append(cita)

    # ---- Money

    def cobrar(self, azar: random.Random, marca: str) -> str:
        """Something is sold at the desk: charged, issued and paid."""
        linea = {"descripcion": marca, "precio_unitario": 10, "cantidad": azar.randint(1, 5), "tarifa_iva": 0}
        quienes = {"paciente_id": azar.choice(self.comun.pacientes), "centro_id": azar.choice(self.comun.centros)}
        cuerpo = {**quienes, "detalles": [linea], "comprador": {"tipo": "07"}}
        nueva = self.cliente.pedir("POST", "/facturacion/facturas", cuerpo, clave=marca)
        self._exigir(nueva, 201)
        ruta = f"/facturacion/facturas/{nueva.cuerpo['id']}"
        emitida = self.cliente.pedir("PATCH", f"{ruta}/estado", {"estado": "emitida"})
        if not (emitida.dudosa and emitida.codigo == "factura_emitida"):
            self._exigir(emitida, 200)
        pago = {"monto": nueva.cuerpo["total"], "medio_pago": "transferencia"}
        self._exigir(self.cliente.pedir("POST", f"{ruta}/pagos", pago, clave=f"{marca}-pago"), 201)
        self.libro.cobros[marca] = int(nueva.cuerpo["id"])
        return "hecha"

    # ---- What all do

    def _anotar(self, servicio: str, sujeto: str, tipo: str) -> None:
        self.libro.noticias[servicio, sujeto].append(tipo)

    def _exigir(self, respuesta: Respuesta, *estados: int) -> None:
        if respuesta.estado not in estados:
            raise AssertionError(f"{self.marca}: {respuesta.estado} {respuesta.cuerpo}")


def _hora(azar: random.Random) -> str:
    dia = (datetime.now(QUITO) + timedelta(days=azar.randint(2, 1 + DIAS))).date()
    return f"{dia}T{azar.randint(7, 18):02d}:{azar.choice(('00', '30'))}:00"
