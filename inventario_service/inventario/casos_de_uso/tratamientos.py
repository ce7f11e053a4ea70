"""Making, changing and removing treatments, with their prices and rates of IVA."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from comun.auth.caller import Caller
from comun.db import now
from comun.errors import Conflict
from comun.preconditions import check_version
from inventario.casos_de_uso.categorias import categoria_llamada
from inventario.casos_de_uso.codigos import codigos_nuevos
from inventario.casos_de_uso.recetas import bloquear_recetas, leer, reemplazar, retener, version
from inventario.casos_de_uso.tarifas import DE_SALUD, fijar_tarifa
from inventario.dominio.fechas import hoy
from inventario.dominio.recetas import LineaReceta
from inventario.eventos.emitidos import anunciar_tratamiento
from inventario.extensiones import db
from inventario.modelos import (
    POR_ATENDER,
    Ambito,
    Categoria,
    CitaRef,
    CitaTratamientoRef,
    Ingrediente,
    PrecioTratamiento,
    Receta,
    TarifaIva,
    Tratamiento,
)
from inventario.modelos.busqueda import plegar

PREFIJO = "T"


def crear_tratamiento(datos: Mapping[str, Any], quien: Caller) -> Tratamiento:
    """Make a treatment with its price, rate of IVA (0 % when none is given) and recipe; its code is made when absent.

    Raises Invalid (no such category, product or treatment; see `recetas.leer`), Conflict (one that is deactivated).
    """
    filas = datos.get("receta", ())
    if filas:
        bloquear_recetas()
    lineas = leer(filas, retener(filas), "receta")
    categoria_id = categoria_llamada(Ambito.TRATAMIENTO, datos.get("categoria"), quien)
    codigo = datos.get("codigo") or codigos_nuevos(Tratamiento.codigo, PREFIJO)[0]
    tratamiento = armar({**datos, "codigo": codigo}, categoria_id)
    db.session.add(tratamiento)
    db.session.flush()
    db.session.add_all(comienzo(tratamiento, datos, lineas, quien))
    tratamiento = recargado(tratamiento.id)
    anunciar_tratamiento(tratamiento, "creado")
    return tratamiento


def armar(datos: Mapping[str, Any], categoria_id: int | None) -> Tratamiento:
    """A new treatment out of what was given; not yet in the session."""
    tratamiento = Tratamiento(categoria_id=categoria_id)
    _poner(tratamiento, datos)
    return tratamiento


def comienzo(
    tratamiento: Tratamiento, datos: Mapping[str, Any], lineas: Sequence[LineaReceta], quien: Caller
) -> Iterator[Any]:
    """The first price of a new treatment, its first rate of IVA and its first recipe, to be put into the session.

    What is new is included by nobody, and so closes no circle.
    """
    yield _precio(tratamiento, quien)
    yield TarifaIva(
        tratamiento_id=tratamiento.id,
        tarifa=datos.get("tarifa_iva", DE_SALUD),
        desde=datos.get("tarifa_desde") or hoy(),
    )
    if lineas:
        yield version(tratamiento.id, 1, lineas, quien.actor)


def cambiar_tratamiento(tratamiento_id: int, cambios: Mapping[str, Any], quien: Caller) -> Tratamiento:
    """Change what is given; a new price or rate holds from now on (or from `tarifa_desde`), a recipe comes whole.

    Raises NotFound, and as `crear_tratamiento` and `recetas.reemplazar`.
    """
    if "receta" in cambios:
        bloquear_recetas()
    tratamiento = Tratamiento.obtener(tratamiento_id, quien)
    check_version(tratamiento)
    precio = tratamiento.precio
    _poner(tratamiento, cambios)
    if "categoria" in cambios:
        tratamiento.categoria_id = categoria_llamada(Ambito.TRATAMIENTO, cambios["categoria"], quien)
    db.session.flush()
    if tratamiento.precio != precio:
        db.session.add(_precio(tratamiento, quien))
    if "tarifa_iva" in cambios:
        _cambiar_tarifa(tratamiento, cambios)
    if "receta" in cambios:
        reemplazar(tratamiento, cambios["receta"], quien, campo="receta")
    tratamiento = recargado(tratamiento.id)
    anunciar_tratamiento(tratamiento, "actualizado")
    return tratamiento


def eliminar_tratamiento(tratamiento_id: int, quien: Caller) -> None:
    """Delete it; its recipes stay for what was done by them.

    Conflict while another treatment includes it or an appointment to come is booked for it.
    """
    bloquear_recetas()
    tratamiento = Tratamiento.obtener(tratamiento_id, quien)
    check_version(tratamiento)
    _exigir_sin_uso(tratamiento)
    tratamiento.eliminar()
    anunciar_tratamiento(tratamiento, "eliminado")


def recargado(tratamiento_id: int) -> Tratamiento:
    """The treatment as it now is in this transaction, with all that is shown with it."""
    db.session.flush()
    consulta = db.select(Tratamiento).where(Tratamiento.id == tratamiento_id).options(*Tratamiento.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).one()


def anunciar_los_de(categoria: Categoria) -> None:
    """Others know categories by the names that treatments have them under."""
    db.session.flush()
    suyos = db.select(Tratamiento).where(Tratamiento.categoria_id == categoria.id, Tratamiento.vivos())
    cargados = suyos.options(*Tratamiento.cargar()).order_by(Tratamiento.id)
    for tratamiento in db.session.scalars(cargados).all():
        anunciar_tratamiento(tratamiento, "actualizado")


def _poner(tratamiento: Tratamiento, datos: Mapping[str, Any]) -> None:
    for campo in ("codigo", "nombre", "descripcion", "especialidad", "precio", "duracion_minutos", "activo"):
        if campo in datos:
            setattr(tratamiento, campo, datos[campo])
    tratamiento.busqueda = plegar(tratamiento.codigo, tratamiento.nombre)


def _precio(tratamiento: Tratamiento, quien: Caller) -> PrecioTratamiento:
    return PrecioTratamiento(tratamiento_id=tratamiento.id, precio=tratamiento.precio, por=quien.actor, desde=now())


def _cambiar_tarifa(tratamiento: Tratamiento, cambios: Mapping[str, Any]) -> None:
    tratamiento.touch()
    db.session.flush()  # its row is locked while its rates change
    fijar_tarifa(cambios["tarifa_iva"], cambios.get("tarifa_desde"), tratamiento_id=tratamiento.id)


def _exigir_sin_uso(tratamiento: Tratamiento) -> None:
    incluyen = (
        db.select(Tratamiento.nombre)
        .join(Receta, (Receta.tratamiento_id == Tratamiento.id) & Receta.vigente_hasta.is_(None))
        .join(Ingrediente, Ingrediente.receta_id == Receta.id)
        .where(Ingrediente.incluye_id == tratamiento.id, Tratamiento.vivos())
    )
    if (nombre := db.session.scalar(incluyen.order_by(Tratamiento.id).limit(1))) is not None:
        raise Conflict("tratamiento_incluido", f"La receta de «{nombre}» lo incluye; quítelo antes de ella.")
    por_venir = (
        db.select(CitaRef.id)
        .join(CitaTratamientoRef, CitaTratamientoRef.cita_id == CitaRef.id)
        .where(
            CitaTratamientoRef.tratamiento_id == tratamiento.id,
            CitaRef.estado.in_(POR_ATENDER),
            CitaRef.fecha_hora > now(),
        )
    )
    if db.session.scalar(db.select(por_venir.exists())):
        raise Conflict(
            "tratamiento_con_citas", "Hay citas por venir con ese tratamiento; desactívelo mientras tanto."
        )
