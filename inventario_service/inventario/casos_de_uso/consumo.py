"""What completed appointments used leaves stock, and comes back when they are reopened.

The news of an appointment only leaves a task (`inventario.eventos.consumidos`); the worker brings its consumption to
what was last told, from what was done so far. Task and effect are one transaction, so it is done once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import aliased, selectinload

from comun import audit
from comun.db import now
from comun.tasks import Effect, Task
from inventario.casos_de_uso.libro import Asiento, Par, asentar, bloquear, dias_en, disponibles
from inventario.casos_de_uso.lugares import bodega_principal, bodegas_abiertas
from inventario.casos_de_uso.recetario import recetas_de
from inventario.casos_de_uso.tomas_de_consumo import asientos_de, costos_de
from inventario.dominio.lotes import Disponible
from inventario.dominio.recetas import Eleccion, Necesidad, elegir, necesidades
from inventario.eventos.emitidos import anunciar_consumo, anunciar_reversion
from inventario.extensiones import db, pendientes
from inventario.modelos import Bodega, CentroRef, Consumo, ConsumoLinea, Movimiento, Resolucion, Stock, Tipo

SISTEMA = "sistema"
TANDA = 100
_SE_REABRIO = "La cita se reabrió."


class CentroDesconocido(Exception):
    """News of an appointment came before that of its centre: to be tried again."""


@dataclass(frozen=True)
class Completada:
    """An appointment as it was completed, by the event of number `ronda`. `tratamientos`: how often each was done."""

    cita_id: int
    ronda: int
    centro_id: int
    doctor_id: int
    momento: datetime
    tratamientos: Mapping[int, Decimal]

    def como_tarea(self) -> dict[str, Any]:
        """For the task that has it consumed."""
        return {
            "ronda": self.ronda,
            "centro_id": self.centro_id,
            "doctor_id": self.doctor_id,
            "completada_en": self.momento.isoformat(),
            "tratamientos": [[tratamiento, str(veces)] for tratamiento, veces in self.tratamientos.items()],
        }

    @classmethod
    def de_tarea(cls, cita_id: int, datos: Mapping[str, Any]) -> Completada | None:
        """None: the appointment is not completed (any more)."""
        if not datos:
            return None
        return cls(
            cita_id,
            datos["ronda"],
            datos["centro_id"],
            datos["doctor_id"],
            datetime.fromisoformat(datos["completada_en"]),
            {tratamiento: Decimal(veces) for tratamiento, veces in datos["tratamientos"]},
        )


def consumir_pendientes() -> None:
    """Do all that is due, each in a transaction of its own."""
    # It asks nobody, so what one that was killed had begun need not wait longer.
    while pendientes.run(_preparar, limit=TANDA, lease_seconds=15.0) == TANDA:
        pass


def informe() -> Mapping[str, Any]:
    """For the readiness: how many appointments wait for the worker. What can't be done for now is among them."""
    return {"pendientes": pendientes.waiting()}


def _preparar(tarea: Task) -> Effect:
    cita_id = int(tarea.key.removeprefix("cita/"))
    completada = Completada.de_tarea(cita_id, tarea.data)
    return lambda: dejar_consumo(cita_id, completada)


def dejar_consumo(cita_id: int, completada: Completada | None) -> None:
    """Bring what an appointment used to what was told last, in the current transaction; repeated, it does nothing.

    Raises CentroDesconocido when the centre is not known yet.
    """
    vigente = _vigente(cita_id)
    if vigente is not None and completada is not None and vigente.ronda == completada.ronda:
        return
    pedidas = _pedidas(completada) if completada is not None else []
    pares = _pares_tomados(vigente) if vigente is not None else set()
    if completada is not None:
        pares |= {(producto_id, completada.centro_id) for pedida in pedidas for producto_id in pedida.productos}
    stock = bloquear(pares)
    if vigente is not None:
        _revertir(vigente, stock)
    if completada is not None and pedidas:
        _registrar(completada, pedidas, stock)


def _vigente(cita_id: int) -> Consumo | None:
    """Locked, against those who resolve its shortages."""
    vigente: Consumo | None = db.session.scalar(
        db.select(Consumo)
        .where(Consumo.cita_id == cita_id, Consumo.revertido_en.is_(None))
        .options(selectinload(Consumo.lineas))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return vigente


# ---- Completed


def _pedidas(completada: Completada) -> list[Necesidad]:
    """By the recipes of the moment at which it was completed."""
    recetas = recetas_de(completada.tratamientos, completada.momento)
    pedidas = [
        necesidad
        for tratamiento_id, veces in completada.tratamientos.items()
        for necesidad in necesidades(tratamiento_id, veces, recetas)
    ]
    if pedidas and db.session.get(CentroRef, completada.centro_id) is None:
        raise CentroDesconocido(f"centro {completada.centro_id}")
    return pedidas


def _registrar(completada: Completada, pedidas: Sequence[Necesidad], stock: Mapping[Par, Stock]) -> None:
    centro_id = completada.centro_id
    # What expired since then was still used.
    dia = dias_en([centro_id], completada.momento)[centro_id]
    lugares = disponibles(par for par in stock if par[1] == centro_id)
    elegidas = elegir(pedidas, _hay(stock, lugares, dia))
    if not elegidas:
        return
    consumo = Consumo(
        cita_id=completada.cita_id,
        ronda=completada.ronda,
        centro_id=centro_id,
        doctor_id=completada.doctor_id,
        completada_en=completada.momento,
        lineas=_lineas(elegidas),
    )
    db.session.add(consumo)
    db.session.flush()
    tomar = [(linea, linea.cantidad - linea.faltante) for linea in consumo.lineas]
    asientos = asientos_de(consumo, tomar, stock, lugares, dia)
    movimientos = asentar(asientos, por=SISTEMA, bloqueado=stock) if asientos else []
    audit.record("consumo", consumo.id, {"cita_id": consumo.cita_id}, accion="consumir")
    anunciar_consumo(_con_productos(consumo), costos_de(movimientos))


def _hay(stock: Mapping[Par, Stock], lugares: Mapping[Par, Sequence[Disponible]], dia: date) -> dict[int, Decimal]:
    """How much there is of each product; of one whose stock may fall below zero as much as one likes."""
    return {
        par[0]: Decimal("Infinity")
        if stock[par].permite_negativo
        else sum((lugar.cantidad for lugar in suyos if lugar.utilizable(dia)), Decimal(0))
        for par, suyos in lugares.items()
    }


def _lineas(elegidas: Sequence[Eleccion]) -> list[ConsumoLinea]:
    """One line for each product by each recipe of each treatment."""
    lineas: dict[tuple[int, int, int], ConsumoLinea] = {}
    for elegida in elegidas:
        clave = elegida.necesidad.tratamiento_id, elegida.necesidad.receta_id, elegida.producto_id
        linea = lineas.get(clave)
        if linea is None:
            linea = lineas[clave] = ConsumoLinea(
                tratamiento_id=clave[0],
                receta_id=clave[1],
                producto_id=clave[2],
                cantidad=Decimal(0),
                faltante=Decimal(0),
            )
        linea.cantidad += elegida.cantidad
        linea.faltante += elegida.faltante
    return list(lineas.values())


def _con_productos(consumo: Consumo) -> Consumo:
    con_todo = selectinload(Consumo.lineas).joinedload(ConsumoLinea.producto)
    consulta = db.select(Consumo).where(Consumo.id == consumo.id).options(con_todo)
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


# ---- Reopened


def _pares_tomados(consumo: Consumo) -> set[Par]:
    de_sus_lineas = Movimiento.consumo_linea_id.in_([linea.id for linea in consumo.lineas])
    filas = db.session.execute(
        db.select(Movimiento.producto_id, Movimiento.centro_id).where(de_sus_lineas).distinct()
    )
    return {(fila.producto_id, fila.centro_id) for fila in filas}


def _revertir(consumo: Consumo, stock: Mapping[Par, Stock]) -> None:
    """Put back what was taken, where it was taken from; what was corrected by hand since then is left as it is."""
    correccion = aliased(Movimiento)
    tomados = db.session.scalars(
        db.select(Movimiento)
        .outerjoin(correccion, correccion.corrige_id == Movimiento.id)
        .where(
            Movimiento.consumo_linea_id.in_([linea.id for linea in consumo.lineas]),
            Movimiento.corrige_id.is_(None),
            correccion.id.is_(None),
        )
        .options(selectinload(Movimiento.lote))
        .order_by(Movimiento.id)
    ).all()
    abiertas = bodegas_abiertas({tomado.bodega_id for tomado in tomados})
    vuelven = [_contramovimiento(tomado, abiertas) for tomado in tomados]
    devueltos = asentar(vuelven, por=SISTEMA, bloqueado=stock) if vuelven else []
    for linea in consumo.lineas:
        if linea.pendiente:
            linea.resolver(Resolucion.REVERTIDO, _SE_REABRIO, SISTEMA)
    consumo.revertido_en = now()
    db.session.flush()
    audit.record("consumo", consumo.id, {"cita_id": consumo.cita_id}, accion="devolver-lo-consumido")
    anunciar_reversion(consumo, -sum(costos_de(devueltos).values(), Decimal(0)))


def _contramovimiento(tomado: Movimiento, abiertas: Mapping[int, Bodega]) -> Asiento:
    """Into its warehouse, or when that was closed meanwhile the principal one of its centre."""
    return Asiento(
        Tipo.CONSUMO,
        tomado.lote,
        abiertas.get(tomado.bodega_id) or bodega_principal(tomado.centro_id),
        -tomado.cantidad,
        tomado.costo_unitario,
        motivo=_SE_REABRIO,
        referencia=tomado.referencia,
        corrige_id=tomado.id,
        consumo_linea_id=tomado.consumo_linea_id,
        tratamiento_id=tomado.tratamiento_id,
        doctor_id=tomado.doctor_id,
    )
