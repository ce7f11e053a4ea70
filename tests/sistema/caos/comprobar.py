"""What must hold when everything is well again. Reads the databases behind the services' backs."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from local_system import StartError, System
from secretos import SERVICES
from sqlalchemy import create_engine, text

from comun.config import pairs
from comun.events.subscribers import Subscriber, parse_subscribers

from .almacen import Almacen
from .averias import url_de
from .libro import Libro
from .testigos import Grabador

DEL_ALMACEN = ("cita.completada.v1", "cita.reabierta.v1")
# What others know of an appointment. In a clinical record nothing moves: it is read with those merged into it.
CITAS_CONOCIDAS = {
    "admin": "SELECT cita_id, estado, doctor_id, centro_id, paciente_id FROM cita_ref",
    "historia_clinica": "SELECT c.id, c.estado, c.doctor_id, c.centro_id, COALESCE(p.fusionado_en_id, c.paciente_id)"
    " FROM cita_ref c LEFT JOIN paciente_ref p ON p.id = c.paciente_id",
}
LIBERADAS = ("cancelada", "no_asistio")


def filas(url: str, consulta: str) -> list[Any]:
    """The rows of a query on any database."""
    motor = create_engine(url)
    try:
        with motor.connect() as conexion:
            return list(conexion.execute(text(consulta)))
    finally:
        motor.dispose()


class Comprobacion:
    """All checks of one run; `faltas()` says what does not hold."""

    def __init__(self, sistema: System, almacen: Almacen, grabador: Grabador, libro: Libro) -> None:
        self._sistema, self._almacen, self._grabador, self._libro = sistema, almacen, grabador, libro
        self._urls = {servicio: url_de(sistema, servicio) for servicio in SERVICES} | {"almacen": almacen.base}
        self.eventos = {servicio: self._eventos(servicio) for servicio in SERVICES}

    def faltas(self) -> list[str]:
        pruebas = (
            self._entregados, self._recibidos, self._en_orden, self._grabados, self._copias, self._cifras,
            self._almacenados, self._sin_choques, self._prometido, self._una_vez,
            self._borradores, self._cobrado, self._numerado, self._cuadra,
        )  # fmt: skip
        return [f"{prueba.__name__.strip('_')}: {falta}" for prueba in pruebas for falta in prueba()]

    def _eventos(self, servicio: str) -> list[Any]:
        consulta = "SELECT evento_id, tipo, sujeto, secuencia, datos FROM evento_saliente ORDER BY sujeto, secuencia"
        return filas(self._urls[servicio], consulta)

    def _suscriptores(self, servicio: str) -> dict[str, Subscriber]:
        return parse_subscribers(pairs(self._sistema.env[f"{servicio.upper()}_EVENT_SUBSCRIBERS"]))

    # ---- Deliveries

    def _entregados(self) -> Iterator[str]:
        """The outbox of each service is empty: every event went to every subscriber that is told of such."""
        for servicio in SERVICES:
            consulta = "SELECT suscriptor, estado, count(*) FROM entrega GROUP BY suscriptor, estado"
            cuenta = {(f[0], f[1]): f[2] for f in filas(self._urls[servicio], consulta)}
            para = {
                (nombre, "entregada"): sum(suscriptor.takes(evento.tipo) for evento in self.eventos[servicio])
                for nombre, suscriptor in self._suscriptores(servicio).items()
            }
            esperado = {entregada: todos for entregada, todos in para.items() if todos}
            if cuenta != esperado:
                yield f"{servicio}: {cuenta} en vez de {esperado}"

    def _recibidos(self) -> Iterator[str]:
        """What each receiver remembers is all that its sender sent of what it listens to, and nothing else."""
        for emisor in SERVICES:
            for receptor in set(self._suscriptores(emisor)) & set(self._urls):
                consulta = f"SELECT evento_id FROM evento_recibido WHERE origen = '/{emisor}'"
                recibidos = {fila[0] for fila in filas(self._urls[receptor], consulta)}
                enviados = {e.evento_id for e in self.eventos[emisor] if self._escucha(receptor, e.tipo)}
                if otros := enviados ^ recibidos:
                    yield f"{emisor} → {receptor}: de {len(enviados)} faltan o sobran {len(otros)}"

    def _escucha(self, receptor: str, tipo: str) -> bool:
        if receptor == "almacen":
            return tipo in DEL_ALMACEN
        return bool(import_module(f"{receptor}.servicio").SERVICIO.consumer.listens_to(tipo))

    def _en_orden(self) -> Iterator[str]:
        """Of each thing, what happened first was applied first."""
        consulta = "SELECT origen, sujeto, secuencia, recibido_en FROM evento_recibido ORDER BY 1, 2, 3"
        for receptor, url in self._urls.items():
            anterior: Any = None
            for fila in filas(url, consulta):
                if anterior and anterior[:2] == fila[:2] and fila.recibido_en < anterior.recibido_en:
                    yield f"{receptor}: {fila.origen} {fila.sujeto} {fila.secuencia} antes de {anterior.secuencia}"
                anterior = fila

    def _grabados(self) -> Iterator[str]:
        yield from self._grabador.desordenes
        for servicio in SERVICES:
            enviados, grabados = {e.evento_id for e in self.eventos[servicio]}, self._grabador.ids[f"/{servicio}"]
            if enviados != grabados:
                yield f"{servicio}: faltan {len(enviados - grabados)}, sobran {len(grabados - enviados)}"

    # ---- Effects

    def _copias(self) -> Iterator[str]:
        """Names in appointments are admin_service's and auth_service's."""
        try:
            self._sistema.command("citas", "referencias", "reconstruir")
        except StartError as fallo:
            yield str(fallo)

    def _cifras(self) -> Iterator[str]:
        """admin_service and historia_clinica_service know of every appointment what citas_service does."""
        aqui = filas(self._urls["citas"], "SELECT id, estado, doctor_id, centro_id, paciente_id FROM cita")
        for servicio, suyas in CITAS_CONOCIDAS.items():
            for fila in set(map(tuple, filas(self._urls[servicio], suyas))) ^ set(map(tuple, aqui)):
                yield f"{servicio}: cita {fila}"
        absorbidos = set(self._libro.fusiones)
        for fila in aqui:
            if fila.paciente_id in absorbidos:
                yield f"la cita {fila.id} es de un paciente fusionado, {fila.paciente_id}"

    def _almacenados(self) -> Iterator[str]:
        """Each completion took from the store once, each reopening gave back once."""
        esperado: Counter[tuple[str, int]] = Counter()
        for evento in self.eventos["citas"]:
            if evento.tipo in DEL_ALMACEN:
                esperado[evento.sujeto, -1 if evento.tipo == DEL_ALMACEN[0] else 1] += 1
        movimientos = filas(self._almacen.base, "SELECT cita_id, cantidad FROM movimiento")
        hallado = Counter((f"cita/{fila.cita_id}", fila.cantidad) for fila in movimientos)
        for clave in esperado.keys() | hallado.keys():
            if esperado[clave] != hallado[clave]:
                yield f"{clave}: {hallado[clave]} veces en vez de {esperado[clave]}"

    def _sin_choques(self) -> Iterator[str]:
        consulta = "SELECT id, doctor_id, paciente_id, estado, inicio, fin FROM cita WHERE eliminado_en IS NULL"
        vivas = [f for f in filas(self._urls["citas"], consulta) if f.estado not in LIBERADAS]
        # A past or completed one of a merged patient stays as history beside the survivor's.
        pendientes = [f for f in vivas if f.estado in ("programada", "confirmada")]
        for quien, citas in (("doctor_id", vivas), ("paciente_id", pendientes)):
            por_quien = defaultdict(list)
            for cita in citas:
                por_quien[getattr(cita, quien)].append(cita)
            for suyas in por_quien.values():
                suyas.sort(key=lambda cita: cita.inicio)
                for una, otra in zip(suyas, suyas[1:], strict=False):
                    if otra.inicio < una.fin:
                        yield f"{quien} {getattr(una, quien)}: las citas {una.id} y {otra.id} coinciden"

    # ---- Promises

    def _prometido(self) -> Iterator[str]:
        """What was acknowledged happened, in that order, and nothing else did."""
        sucedido: dict[tuple[str, str], list[str]] = defaultdict(list)
        for servicio, clase in (("admin", "paciente/"), ("citas", "cita/"), ("auth", "usuario/")):
            for evento in self.eventos[servicio]:
                if evento.sujeto.startswith(clase) and not _del_sistema(evento):
                    sucedido[servicio, evento.sujeto].append(evento.tipo)
        ajenos = {("auth", "usuario/1")}  # the administrator himself
        for clave in sorted((sucedido.keys() | self._libro.noticias.keys()) - ajenos):
            if sucedido[clave] != self._libro.noticias[clave]:
                yield f"{clave[1]}: {sucedido[clave]} en vez de {self._libro.noticias[clave]}"

    def _una_vez(self) -> Iterator[str]:
        consulta = "SELECT motivo_consulta, id FROM cita WHERE reprograma_a_id IS NULL"
        yield from _repartidas(self._libro.citas, [(f[0], f[1]) for f in filas(self._urls["citas"], consulta)])
        creados = [e for e in self.eventos["admin"] if e.tipo == "paciente.creado.v1"]
        yield from _repartidas(self._libro.pacientes, [(_datos(e)["apellidos"], _datos(e)["id"]) for e in creados])
        nombres = Counter(_datos(e)["apellidos"] for e in self.eventos["admin"] if e.tipo == "doctor.actualizado.v1")
        for nombre in nombres.keys() | self._libro.doctores.keys():
            minimo, maximo = self._libro.doctores.get(nombre, (0, 0))
            if not minimo <= nombres[nombre] <= maximo:
                yield f"el nombre {nombre} se dio {nombres[nombre]} veces, no de {minimo} a {maximo}"

    # ---- Money

    def _borradores(self) -> Iterator[str]:
        """One draft of each appointment that is completed in the end, its patient's; of no other."""
        consulta = "SELECT id, paciente_id FROM cita WHERE estado = 'completada' AND eliminado_en IS NULL"
        esperados = Counter((f.id, f.paciente_id, "borrador") for f in filas(self._urls["citas"], consulta))
        vivas = "SELECT cita_id, paciente_id, estado FROM factura WHERE cita_id IS NOT NULL AND eliminado_en IS NULL"
        hallados = Counter(map(tuple, filas(self._urls["facturacion"], vivas)))
        for cual in (esperados - hallados) + (hallados - esperados):
            yield f"cita, paciente, estado {cual}: {hallados[cual]} en vez de {esperados[cual]}"

    def _cobrado(self) -> Iterator[str]:
        """What was sold was charged once and paid once; whose patient was merged since is the survivor's."""
        consulta = (
            "SELECT d.descripcion, f.id, f.paciente_id, f.estado, f.total, f.pagado,"
            " (SELECT count(*) FROM aplicacion a WHERE a.factura_id = f.id) AS pagos"
            " FROM factura f JOIN factura_detalle d ON d.factura_id = f.id WHERE f.cita_id IS NULL"
        )
        hechas = filas(self._urls["facturacion"], consulta)
        yield from _repartidas(self._libro.cobros, [(f.descripcion, f.id) for f in hechas])
        for fila in hechas:
            if (fila.estado, fila.pagado, fila.pagos) != ("pagada", fila.total, 1):
                yield f"{fila.descripcion}: {fila.pagos} pagos por {fila.pagado} de {fila.total}, {fila.estado}"
            if fila.paciente_id in self._libro.fusiones:
                yield f"la factura {fila.id} es de un paciente fusionado, {fila.paciente_id}"

    def _numerado(self) -> Iterator[str]:
        """Numbers of each emission point follow each other."""
        consulta = "SELECT punto_emision_id, secuencial FROM factura WHERE secuencial IS NOT NULL ORDER BY 1, 2"
        numeros: dict[int, list[int]] = defaultdict(list)
        for fila in filas(self._urls["facturacion"], consulta):
            numeros[fila.punto_emision_id].append(fila.secuencial)
        for punto, suyos in numeros.items():
            if suyos != list(range(1, len(suyos) + 1)):
                yield f"punto de emisión {punto}: {suyos}"

    def _cuadra(self) -> Iterator[str]:
        """The totals of each day are the sums of the ledger's entries, and what was paid is in it."""
        url, campos = self._urls["facturacion"], "dia, cuenta, centro_id, doctor_id, origen, medio_pago, categoria_id"
        sumas = filas(url, f"SELECT {campos}, sum(importe), sum(veces) FROM asiento GROUP BY {campos}")
        for fila in set(map(tuple, sumas)) ^ set(
            map(tuple, filas(url, f"SELECT {campos}, importe, veces FROM total_dia"))
        ):
            yield f"asientos y total del día difieren: {fila}"
        for cuenta, de in (("ingreso", "sum(pagado)"), ("facturado", "sum(subtotal)")):
            anotado = filas(url, f"SELECT sum(importe) FROM asiento WHERE cuenta = '{cuenta}'")[0][0]
            cobrado = filas(url, f"SELECT {de} FROM factura WHERE numero IS NOT NULL")[0][0]
            if anotado != cobrado:
                yield f"{cuenta}: {anotado} en el libro, {cobrado} en las facturas"


def _repartidas(prometidas: dict[str, int | None], halladas: list[tuple[str, int]]) -> Iterator[str]:
    """Each mark is on the one thing that was promised for it, or on none."""
    esperadas = Counter((marca, cual) for marca, cual in prometidas.items() if cual is not None)
    for marca, cual in (esperadas - Counter(halladas)) + (Counter(halladas) - esperadas):
        yield f"{marca} ({cual}): {Counter(halladas)[marca, cual]} veces en vez de {esperadas[marca, cual]}"


def _datos(evento: Any) -> dict[str, Any]:
    datos: dict[str, Any] = evento.datos if isinstance(evento.datos, dict) else json.loads(evento.datos)
    return datos


def _del_sistema(evento: Any) -> bool:
    """What nobody asked for: reminders, and what a merge cancels because it coincides."""
    if evento.tipo == "cita.cancelada.v1":
        return str(_datos(evento)["motivo"]).startswith("Coincide con la cita")
    return bool(evento.tipo == "cita.recordatorio.v1")
