"""One run: a system with witnesses, clients that work, things that break, and the reckoning."""

from __future__ import annotations

import csv
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local_settings import REPOSITORY, SUBSCRIBERS, free_port, free_ports, told
from local_system import System
from secretos import SERVICES, make_secrets
from sqlalchemy import create_engine, text

from ..sin_limites import SIN_LIMITES
from .almacen import Almacen, clientes
from .averias import Averias, url_de
from .cliente import Cliente
from .comprobar import Comprobacion, filas
from .libro import Comun, Libro
from .operaciones import DOCTORES, Operacion, Trabajador, plan
from .testigos import Cartero, Grabador

HILOS = 12
OPERACIONES_POR_AVERIA = 20  # at most, however fast the machine is


@dataclass
class Corrida:
    """`with Corrida(7, 2000, "sqlite") as corrida: assert corrida.correr() == []`.

    `apurar`: at the end the relays need not sit out their pauses.
    """

    semilla: int
    operaciones: int
    db: str
    apurar: bool = True
    libro: Libro = field(default_factory=Libro)
    cifras: dict[str, object] = field(default_factory=dict)

    def __enter__(self) -> Corrida:
        # PostgreSQL started by root runs as another user, who must be able to enter the folder.
        self._carpeta = Path(tempfile.mkdtemp(prefix=f"odontocare-caos-{self.db}-"))
        self._carpeta.chmod(0o755)
        puertos = free_ports()
        self._almacen = Almacen(free_port())
        self.grabador = Grabador(f"grabador {self.semilla}")
        destinos = {s: f"http://127.0.0.1:{puertos[s]}" for s in SERVICES} | {"almacen": self._almacen.url}
        self._carteros = {nombre: Cartero(url, f"{nombre} {self.semilla}") for nombre, url in destinos.items()}
        trabajadores = 1 if self.db == "sqlite" else 2
        self.sistema = System(self._carpeta, db=self.db, workers=trabajadores, ports=puertos, env=self._ajustes())
        try:
            self.sistema.start()
            self._almacen.arrancar(self.sistema)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._almacen.parar()
        self.sistema.stop()
        for testigo in (*self._carteros.values(), self.grabador):
            testigo.cerrar()
        shutil.rmtree(self._carpeta, ignore_errors=True)

    @property
    def base_del_almacen(self) -> str:
        """The URL of the store's database."""
        return self._almacen.base

    @property
    def url_del_almacen(self) -> str:
        """Where the store itself listens, past the carrier."""
        return self._almacen.url

    def _ajustes(self) -> Mapping[str, str]:
        """All news pass the carriers; the recorder gets all of them, the store those of appointments."""
        secretos = self._carpeta / "secretos"
        make_secrets(secretos)
        archivo = secretos / "clientes_con_almacen"
        archivo.write_text(clientes({s: (secretos / f"{s}_client_secret").read_text() for s in SERVICES}))
        ajustes = {**SIN_LIMITES, "AUTH_SERVICE_CLIENTS_FILE": str(archivo)}
        urls = {nombre: cartero.url for nombre, cartero in self._carteros.items()}
        for emisor in SUBSCRIBERS:
            otros = [f"almacen={urls['almacen']}"] if emisor == "citas" else []
            suyos = [told(emisor, urls), *otros, f"grabador={self.grabador.url}"]
            ajustes[f"{emisor.upper()}_EVENT_SUBSCRIBERS"] = ",".join(suyos)
        return ajustes

    # ---- The run

    def correr(self) -> list[str]:
        """Work while things break, let everything heal, and tell what does not hold."""
        trabajadores = self._preparar()
        averias = Averias(self.sistema, self._almacen, self.semilla)
        empezo = time.monotonic()
        averias.empezar()
        try:
            self._trabajar(trabajadores, averias)
        finally:
            averias.terminar()
        trabajo = time.monotonic() - empezo
        if self.libro.rarezas:
            return self.libro.rarezas
        atrasados = self._atrasados()
        curacion = self.sanar()
        comprobacion = Comprobacion(self.sistema, self._almacen, self.grabador, self.libro)
        faltas = comprobacion.faltas()
        self.cifras = {
            "segundos de trabajo": round(trabajo, 1),
            "entregas pendientes entonces": atrasados,
            "segundos hasta estar al día": round(curacion, 1),
            "averías": dict(averias.cuenta),
            "operaciones": dict(sorted(self.libro.cuenta.items())),
            "repeticiones de clientes": sum(t.cliente.repeticiones for t in trabajadores),
            "respuestas 500": sum(t.cliente.errores_500 for t in trabajadores),
            "eventos": {servicio: len(suyos) for servicio, suyos in comprobacion.eventos.items()},
            "repetidos al grabador": self.grabador.repetidas,
            "carteros": {nombre: dict(cartero.cuenta) for nombre, cartero in self._carteros.items()},
        }
        return faltas

    def _preparar(self) -> list[Trabajador]:
        """People and places to work with, before anything breaks."""
        with (REPOSITORY / "data" / "usuarios.csv").open(encoding="utf-8") as archivo:
            admin = next(fila for fila in csv.DictReader(archivo) if fila["rol"] == "admin")
        comun, trabajadores = Comun(), []
        for hilo in range(HILOS):
            cliente = Cliente(self.sistema.url, admin["nombre_usuario"], admin["contrasena"])
            trabajadores.append(Trabajador(cliente, self.libro, comun, f"caos-{hilo}"))
        primero = trabajadores[0].cliente
        for n in range(2):
            cuerpo = {"nombre": f"Centro {n}"}
            centro = primero.pedir("POST", "/admin/centros", cuerpo, clave=f"caos-centro-{n}").cuerpo["id"]
            punto = {"centro_id": centro, "establecimiento": f"{n + 1:03d}", "punto": "001", "nombre": "Recepción"}
            primero.pedir("POST", "/facturacion/puntos-emision", punto, clave=f"caos-punto-{n}")
            comun.centros.append(centro)
        for n in range(DOCTORES):
            cuerpo = {"nombres": "Ana", "apellidos": f"Doctora {n}", "crear_usuario": False}
            comun.doctores.append(
                primero.pedir("POST", "/admin/doctores", cuerpo, clave=f"caos-doctor-{n}").cuerpo["id"]
            )
        for hilo, trabajador in enumerate(trabajadores):
            cuerpo = {"nombre_usuario": f"caos.{hilo}", "contrasena": "Un4-clave-larga!", "rol": "secretaria"}
            cuerpo["nombres"], clave = "Luz", f"caos-usuario-{hilo}"
            trabajador.usuario = primero.pedir("POST", "/auth/usuarios", cuerpo, clave=clave).cuerpo["id"]
            self.libro.noticias["auth", f"usuario/{trabajador.usuario}"].append("usuario.creado.v1")
            for n in range(4):
                trabajador.crear_paciente(plan(0, 1)[0].azar, f"caos-{hilo}-inicial-{n}")
        return trabajadores

    def _trabajar(self, trabajadores: list[Trabajador], averias: Averias) -> None:
        """Every client does its share of the operations, one after the other, but none before its share of faults."""
        todas = plan(self.semilla, self.operaciones)
        hilos = [
            threading.Thread(target=self._turno, args=(trabajador, todas[n::HILOS], averias), daemon=True)
            for n, trabajador in enumerate(trabajadores)
        ]
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join()

    def _turno(self, trabajador: Trabajador, suyas: list[Operacion], averias: Averias) -> None:
        for operacion in suyas:
            averias.esperar(operacion.numero // OPERACIONES_POR_AVERIA)
            try:
                trabajador.hacer(operacion)
            except Exception as error:
                self.libro.rarezas.append(f"operación {operacion.numero} ({operacion.que}): {error!r}")
                return

    # ---- Healing

    def sanar(self) -> float:
        """Nothing breaks any more: seconds until every event is delivered."""
        empezo = time.monotonic()
        self.fiarse(True)
        self.sistema.wait_ready(300)
        if self.apurar:
            self._sin_pausas()
        fin = time.monotonic() + (300 if self.apurar else 900)
        # What is to be charged comes by news and makes news; what moves on meanwhile is found at the second look.
        while (pendientes := self._pendientes() or self._pendientes()) and time.monotonic() < fin:
            time.sleep(0.3)
        if pendientes:
            self.libro.rarezas.append(f"{pendientes} entregas o cobros no terminaron")
        return time.monotonic() - empezo

    def fiarse(self, fiel: bool) -> None:
        """Whether carriers and recorder do as they should."""
        for testigo in (*self._carteros.values(), self.grabador):
            testigo.fiel = fiel

    def _sin_pausas(self) -> None:
        """As if time had passed: no pause is left, and no lease of a relay that was killed."""
        for servicio in SERVICES:
            self.sistema.down(f"{servicio}-worker", at_once=True)
            motor = create_engine(url_de(self.sistema, servicio))
            with motor.begin() as conexion:
                conexion.execute(
                    text(
                        "UPDATE entrega SET proximo_intento = pendiente_desde, arrendada_hasta = NULL,"
                        " arrendada_por = NULL WHERE estado = 'pendiente'"
                    )
                )
                conexion.execute(text("UPDATE trabajo SET arrendado_hasta = NULL, arrendado_por = NULL"))
                if servicio == "facturacion":
                    conexion.execute(text("UPDATE tarea SET proximo_intento = creada_en, arrendada_hasta = NULL"))
            motor.dispose()
            self.sistema.up(f"{servicio}-worker")

    def _pendientes(self) -> int:
        return self._atrasados() + self._rezagados() + self._por_cobrar() + self._atrasados()

    def _atrasados(self) -> int:
        consulta = "SELECT count(*) FROM entrega WHERE estado <> 'entregada'"
        return sum(filas(url_de(self.sistema, servicio), consulta)[0][0] for servicio in SERVICES)

    def _por_cobrar(self) -> int:
        return int(filas(url_de(self.sistema, "facturacion"), "SELECT count(*) FROM tarea")[0][0])

    def _rezagados(self) -> int:
        consulta = (
            "SELECT count(*) FROM cita JOIN paciente_ref ON paciente_ref.id = cita.paciente_id"
            " WHERE paciente_ref.fusionado_en_id IS NOT NULL"
        )
        return int(filas(url_de(self.sistema, "citas"), consulta)[0][0])
