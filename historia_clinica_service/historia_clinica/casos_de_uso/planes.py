"""Treatment plans: drafted with the prices of now, presented, accepted, done item by item."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from comun.auth.caller import caller
from comun.db import now, release
from comun.errors import Conflict, Invalid, NotFound
from comun.events import emit
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, buscar, buscar_escribiendo, uno_a_la_vez
from historia_clinica.casos_de_uso.citas_conocidas import conocer_citas
from historia_clinica.casos_de_uso.momentos import cita_de
from historia_clinica.casos_de_uso.odontograma import (
    ABIERTO,
    Tratado,
    leer_tratado,
    realizar,
    seguimiento_de,
)
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.clientes.inventario import Tratamiento, inventario
from historia_clinica.dominio.planes import (
    CON_MOTIVO,
    EN_MARCHA,
    PASOS_DEL_ITEM,
    PASOS_DEL_PLAN,
    POR_HACER,
    EstadoItem,
    EstadoPlan,
    Prioridad,
)
from historia_clinica.extensiones import db
from historia_clinica.modelos import SIN_RELACION, Hallazgo, PlanItem, PlanTratamiento

QUE = "planes"
Pedido = Mapping[str, Any]


# ---- Drafting


def crear_plan(paciente_id: int, datos: Mapping[str, Any]) -> tuple[PlanTratamiento, Acceso]:
    """A draft with the prices that treatments have now.

    Invalid without such a treatment, tooth or appointment; Unavailable when inventario_service is down.
    """
    conocer_citas(datos)
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    tratamientos = _preguntar(pedido["tratamiento_id"] for pedido in datos["items"])
    plan = PlanTratamiento(
        paciente_id=acceso.paciente_id,
        doctor_id=acceso.autor.id,
        por=caller().actor,
        nombre=datos["nombre"],
        notas=datos.get("notas"),
    )
    plan.items = _items(acceso, datos["items"], {}, tratamientos)
    db.session.add(plan)
    db.session.flush()
    return plan, acceso


def cambiar_plan(plan_id: int, datos: Mapping[str, Any]) -> tuple[PlanTratamiento, Acceso]:
    """Change a draft. `items`, when given, are all that it then has: those named by `id` keep their price."""
    conocer_citas(datos)
    plan, acceso = buscar(PlanTratamiento, plan_id, Accion.ESCRIBIR, QUE)
    tratamientos = {}
    if "items" in datos:
        conocidos = {item.id: item.tratamiento_id for item in plan.items}
        nuevos = [p for p in datos["items"] if conocidos.get(p.get("id")) != p["tratamiento_id"]]
        tratamientos = _preguntar(pedido["tratamiento_id"] for pedido in nuevos)
    plan = _bloquear(plan_id, acceso)
    if plan.estado != EstadoPlan.BORRADOR:
        raise Conflict("plan_presentado", f"El plan está {plan.estado}: solo un borrador se cambia.")
    for campo in ("nombre", "notas"):
        if campo in datos:
            setattr(plan, campo, datos[campo])
    if "items" in datos:
        plan.items = _items(acceso, datos["items"], {item.id: item for item in plan.items}, tratamientos)
    plan.touch()
    return plan, acceso


def _preguntar(ids: Iterable[int]) -> dict[int, Tratamiento]:
    """What inventario_service says of these, outside any transaction."""
    pedidos = set(ids)
    release(db.session)
    return inventario().tratamientos(pedidos) if pedidos else {}


def _bloquear(plan_id: int, acceso: Acceso) -> PlanTratamiento:
    consulta = acceso.de(PlanTratamiento).where(PlanTratamiento.id == plan_id).options(*PlanTratamiento.cargar())
    plan = db.session.scalar(consulta.with_for_update(of=PlanTratamiento).execution_options(populate_existing=True))
    if plan is None:
        raise NotFound(PlanTratamiento.AUSENTE)
    check_version(plan)
    return plan


def _items(
    acceso: Acceso,
    pedidos: Sequence[Pedido],
    anteriores: Mapping[int, PlanItem],
    tratamientos: Mapping[int, Tratamiento],
) -> list[PlanItem]:
    """All items of a plan, in order; Invalid with what is wrong with each."""
    errores: dict[int, Any] = {}
    items = []
    hallazgos = _hallazgos(acceso, {p["hallazgo_id"] for p in pedidos if p.get("hallazgo_id")})
    vistos: set[int] = set()
    for orden, pedido in enumerate(pedidos):
        try:
            item = _item(acceso, pedido, anteriores, tratamientos, hallazgos)
            if item.id is not None and item.id in vistos:
                raise Invalid({"id": ["Está dos veces."]})
        except Invalid as error:
            errores[orden] = error.errores
            continue
        if item.id is not None:
            vistos.add(item.id)
        item.orden = orden
        items.append(item)
    if errores:
        raise Invalid({"items": errores})
    return items


def _item(
    acceso: Acceso,
    pedido: Pedido,
    anteriores: Mapping[int, PlanItem],
    tratamientos: Mapping[int, Tratamiento],
    hallazgos: Mapping[int, Hallazgo],
) -> PlanItem:
    item = _que_ya_tiene(pedido["id"], anteriores) if pedido.get("id") else PlanItem()
    if item.tratamiento_id != pedido["tratamiento_id"]:
        _cotizar(item, pedido["tratamiento_id"], tratamientos)
    hallazgo = None
    if pedido.get("hallazgo_id") and (hallazgo := hallazgos.get(pedido["hallazgo_id"])) is None:
        raise Invalid({"hallazgo_id": ["No es un hallazgo vigente de este paciente."]})
    item.pieza = pedido.get("pieza") or (hallazgo.pieza if hallazgo else None)
    if hallazgo and item.pieza != hallazgo.pieza:
        raise Invalid({"pieza": [f"El hallazgo es de la pieza {hallazgo.pieza}."]})
    item.superficies = pedido.get("superficies", hallazgo.superficies if hallazgo else "")
    if item.superficies and item.pieza is None:
        raise Invalid({"superficies": ["Diga de qué pieza."]})
    cita = cita_de(pedido, acceso)
    item.cita_id, item.hallazgo_id = cita.id if cita else None, hallazgo.id if hallazgo else None
    item.sesion, item.prioridad = pedido.get("sesion", 1), pedido.get("prioridad", Prioridad.MEDIA)
    item.detalle = pedido.get("detalle")
    item.estado = EstadoItem.PROGRAMADO if item.cita_id else EstadoItem.PENDIENTE
    return item


def _que_ya_tiene(item_id: int, anteriores: Mapping[int, PlanItem]) -> PlanItem:
    if (item := anteriores.get(item_id)) is None:
        raise Invalid({"id": ["No es un ítem de este plan."]})
    return item


def _cotizar(item: PlanItem, tratamiento_id: int, tratamientos: Mapping[int, Tratamiento]) -> None:
    """Freeze what the treatment is called and costs now."""
    tratamiento = tratamientos.get(tratamiento_id)
    if tratamiento is None:
        raise Invalid({"tratamiento_id": ["No existe ese tratamiento."]})
    if not tratamiento.activo:
        raise Invalid({"tratamiento_id": ["Ese tratamiento ya no se ofrece."]})
    item.tratamiento_id, item.codigo, item.nombre = tratamiento.id, tratamiento.codigo, tratamiento.nombre
    item.precio = tratamiento.precio


def _hallazgos(acceso: Acceso, ids: Collection[int]) -> dict[int, Hallazgo]:
    if not ids:
        return {}
    consulta = acceso.de(Hallazgo).where(Hallazgo.id.in_(ids), Hallazgo.anulado_en.is_(None))
    return {hallazgo.id: hallazgo for hallazgo in db.session.scalars(consulta)}


# ---- The life of a plan


def pasar_plan(plan_id: int, datos: Mapping[str, Any]) -> tuple[PlanTratamiento, Acceso]:
    """Present, accept, reject, finish or cancel a plan. Conflict when that can't follow. Emits `plan.aceptado.v1`."""
    plan, acceso = buscar_escribiendo(PlanTratamiento, plan_id, QUE)
    check_version(plan)
    estado = datos["estado"]
    if estado not in PASOS_DEL_PLAN[plan.estado]:
        raise Conflict("transicion_invalida", f"Un plan {plan.estado} no pasa a {estado}.")
    if estado in CON_MOTIVO and not datos.get("motivo"):
        raise Invalid({"motivo": ["Diga por qué."]})
    plan.motivo = datos.get("motivo") or plan.motivo
    match estado:
        case EstadoPlan.PRESENTADO:
            _presentar(plan)
        case EstadoPlan.BORRADOR:
            plan.presentado_en = None
        case EstadoPlan.ACEPTADO:
            _aceptar(plan, acceso, datos.get("aceptado_por"))
        case EstadoPlan.TERMINADO:
            _terminar(plan)
    plan.estado = estado
    return plan, acceso


def _presentar(plan: PlanTratamiento) -> None:
    if not plan.items:
        raise Conflict("plan_vacio", "El plan no tiene nada que hacer.")
    plan.presentado_en = now()


def _aceptar(plan: PlanTratamiento, acceso: Acceso, por: str | None) -> None:
    plan.aceptado_en = now()
    plan.aceptado_por = por or acceso.paciente.nombre_completo
    emit(
        "plan.aceptado.v1",
        f"plan/{plan.id}",
        {
            "id": plan.id,
            "paciente_id": acceso.paciente_id,
            "doctor_id": plan.doctor_id,
            "momento": plan.aceptado_en.isoformat(),
        },
    )


def _terminar(plan: PlanTratamiento) -> None:
    faltan = sum(item.estado in POR_HACER for item in plan.items)
    if faltan:
        raise Conflict("items_pendientes", f"Faltan {faltan} por realizar o descartar.")
    plan.terminado_en = now()


# ---- The life of an item


def pasar_item(plan_id: int, item_id: int, datos: Mapping[str, Any]) -> tuple[PlanTratamiento, Acceso]:
    """Schedule, do or discard one thing of an accepted plan. Done, it marks its finding done too.

    Conflict when that can't follow, or can't be true of the tooth.
    """
    conocer_citas(datos)
    _, acceso = buscar(PlanTratamiento, plan_id, Accion.ESCRIBIR, QUE)
    # The mouth before the plan, as who annuls what was done of it locks them: else two wait for each other.
    uno_a_la_vez(acceso)
    plan = _bloquear(plan_id, acceso)
    item = next((uno for uno in plan.items if uno.id == item_id), None)
    if item is None:
        raise NotFound("No existe ese ítem en el plan.")
    if plan.estado not in EN_MARCHA:
        raise Conflict("plan_no_aceptado", f"El plan está {plan.estado}: se realiza lo aceptado.")
    estado = datos["estado"]
    if estado not in PASOS_DEL_ITEM[item.estado]:
        raise Conflict("transicion_invalida", f"Un ítem {item.estado} no pasa a {estado}.")
    item.motivo = datos.get("motivo") or item.motivo
    match estado:
        case EstadoItem.PROGRAMADO:
            _programar(item, datos, acceso)
        case EstadoItem.PENDIENTE:
            item.cita_id = None
        case EstadoItem.REALIZADO:
            _realizar_item(item, datos, acceso)
            plan.estado = EstadoPlan.EN_CURSO
        case EstadoItem.DESCARTADO if not datos.get("motivo"):
            raise Invalid({"motivo": ["Diga por qué se descarta."]})
    item.estado = estado
    plan.touch()
    return plan, acceso


def _programar(item: PlanItem, datos: Mapping[str, Any], acceso: Acceso) -> None:
    cita = cita_de(datos, acceso)
    if cita is None:
        raise Invalid({"cita_id": ["Diga en qué cita."]})
    if cita.estado in SIN_RELACION:
        raise Conflict("cita_cancelada", "Esa cita fue cancelada.")
    item.cita_id = cita.id


def _realizar_item(item: PlanItem, datos: Mapping[str, Any], acceso: Acceso) -> None:
    tratado = leer_tratado({"cita_id": item.cita_id, **datos}, acceso)
    resultado = _en_la_boca(item.hallazgo_id, acceso, tratado) if item.hallazgo_id else None
    item.resultado_id = resultado.id if resultado else None
    item.cita_id = tratado.cita_id
    item.realizado_en, item.realizado_por_id = tratado.momento, acceso.autor.id


def _en_la_boca(hallazgo_id: int, acceso: Acceso, tratado: Tratado) -> Hallazgo | None:
    """What then stands where the finding was: noted now, or by somebody before; None when that was a mistake."""
    hallazgo = db.session.get_one(Hallazgo, hallazgo_id)
    if (siguiente := seguimiento_de(hallazgo)) is not None:
        return siguiente
    abierto = hallazgo.anulado_en is None and hallazgo.estado in ABIERTO
    return realizar(hallazgo, acceso, tratado) if abierto else None


# ---- In the whole record


@parte("planes", "Planes de tratamiento", 60)
def _parte(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Plans with what they come to, the latest first."""
    if acceso.solo_firmado:
        return []
    consulta = acceso.de(PlanTratamiento).order_by(PlanTratamiento.creado_en.desc(), PlanTratamiento.id.desc())
    return [_dicho(plan) for plan in db.session.scalars(consulta.options(*PlanTratamiento.cargar()).limit(limite))]


_DEL_PLAN = (
    "id",
    "nombre",
    "estado",
    "doctor_id",
    "notas",
    "creado_en",
    "aceptado_en",
    "aceptado_por",
    "terminado_en",
)
_DEL_ITEM = (
    *("codigo", "nombre", "pieza", "superficies", "sesion", "prioridad", "precio", "estado", "realizado_en"),
    *("hallazgo_id", "resultado_id", "cita_id", "detalle"),
)


def _dicho(plan: PlanTratamiento) -> dict[str, Any]:
    items = [{campo: getattr(item, campo) for campo in _DEL_ITEM} for item in plan.items]
    return {campo: getattr(plan, campo) for campo in _DEL_PLAN} | {"avance": asdict(plan.avance), "items": items}
