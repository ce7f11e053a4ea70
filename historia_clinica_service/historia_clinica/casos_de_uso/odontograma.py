"""The odontogram of a record: what is noted of teeth, and what follows from it at any date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Conflict, Invalid
from historia_clinica.casos_de_uso.acceso import Acceso, uno_a_la_vez
from historia_clinica.casos_de_uso.momentos import cita_de, dia_escrito, ocurrido_en
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.dibujos.odontograma import dibujar_odontograma
from historia_clinica.dominio.catalogo_dental import CATALOGO, Estado, al_realizar, estado_al_realizar
from historia_clinica.dominio.indices_dentales import cuenta_como, indices
from historia_clinica.dominio.odontograma import (
    Boca,
    Cambio,
    Entrada,
    Vigente,
    boca_en,
    conviven,
    defectos,
    denticion,
    diferencias,
    incoherencias,
    presencia,
)
from historia_clinica.dominio.piezas import PIEZAS, SUPERFICIES, es_temporal, leer_superficies
from historia_clinica.extensiones import db
from historia_clinica.modelos import Hallazgo, PlanItem

ABIERTO = (Estado.POR_HACER, Estado.OBSERVADO)


def vigentes_de(acceso: Acceso) -> list[Hallazgo]:
    """All entries of a record that were no mistakes, as they happened."""
    consulta = acceso.de(Hallazgo).where(Hallazgo.anulado_en.is_(None))
    return list(db.session.scalars(consulta.order_by(Hallazgo.ocurrido_en, Hallazgo.id)))


def boca_de(acceso: Acceso, momento: datetime) -> dict[int, tuple[Vigente, ...]]:
    """What holds of each tooth at a moment."""
    return boca_en([fila.entrada() for fila in vigentes_de(acceso)], momento)


def indices_en(acceso: Acceso, momento: datetime) -> dict[str, dict[str, int]]:
    """CPO-D and ceo-d at a moment: `{"cpo_d": {c, p, o, total}, "ceo_d": {c, e, o, total}}`."""
    return indices(boca_de(acceso, momento)).documento()


def odontograma_en(acceso: Acceso, momento: datetime) -> dict[str, Any]:
    """The whole mouth at a moment, tooth by tooth, with its indices."""
    boca = boca_de(acceso, momento)
    return {
        "paciente_id": acceso.paciente_id,
        "momento": momento,
        "denticion": denticion(boca),
        "indices": indices(boca).documento(),
        "avisos": [f"La pieza temporal {una} convive con su sucesora {otra}." for una, otra in conviven(boca)],
        "piezas": [_pieza(pieza, boca.get(pieza, ())) for pieza in PIEZAS],
    }


def imagen_en(acceso: Acceso, momento: datetime) -> str:
    """The mouth at a moment as SVG."""
    boca = boca_de(acceso, momento)
    detalle = f"Al {dia_escrito(momento)} · expediente {acceso.paciente_id}"
    titulo = f"Odontograma de {acceso.paciente.nombre_completo}"
    return dibujar_odontograma(boca, titulo, detalle, indices(boca).documento())


def diferencias_entre(acceso: Acceso, desde: datetime, hasta: datetime) -> dict[str, Any]:
    """What became of the mouth from one moment to another; Invalid when the second is before the first."""
    if hasta < desde:
        raise Invalid({"hasta": ["Debe ser después de «desde»."]})
    entradas = [fila.entrada() for fila in vigentes_de(acceso)]
    antes, despues = boca_en(entradas, desde), boca_en(entradas, hasta)
    return {
        "paciente_id": acceso.paciente_id,
        "desde": desde,
        "hasta": hasta,
        "indices_antes": indices(antes).documento(),
        "indices_despues": indices(despues).documento(),
        "piezas": [_cambio(cambio, antes, despues) for cambio in diferencias(antes, despues)],
    }


def _pieza(pieza: int, vigentes: Sequence[Vigente]) -> dict[str, Any]:
    return {
        "pieza": pieza,
        "temporal": es_temporal(pieza),
        "presencia": presencia(vigentes),
        "cuenta_como": cuenta_como(pieza, vigentes),
        "superficies": {
            letra: [v.entrada.id for v in vigentes if letra in v.superficies]
            for letra in SUPERFICIES
            if any(letra in v.superficies for v in vigentes)
        },
        "hallazgos": [_vigente(v) for v in vigentes],
    }


def _vigente(vigente: Vigente) -> dict[str, Any]:
    entrada = vigente.entrada
    return {
        "id": entrada.id,
        "codigo": entrada.codigo,
        "nombre": entrada.tipo.nombre,
        "superficies": leer_superficies(vigente.superficies),
        "estado": entrada.estado,
        "color": vigente.color,
        "variante": entrada.variante,
        "grado": entrada.grado,
        "ocurrido_en": entrada.momento,
    }


def _cambio(cambio: Cambio, antes: Boca, despues: Boca) -> dict[str, Any]:
    return {
        "pieza": cambio.pieza,
        "presencia_antes": presencia(antes.get(cambio.pieza, ())),
        "presencia_despues": presencia(despues.get(cambio.pieza, ())),
        "aparece": [_vigente(v) for v in cambio.aparece],
        "desaparece": [_vigente(v) for v in cambio.desaparece],
    }


# ---- Writing


def anotar_hallazgos(acceso: Acceso, pedidos: Sequence[Mapping[str, Any]]) -> list[Hallazgo]:
    """Note all of these or none.

    Invalid when one is not as its kind must be, Conflict (`pieza_ausente` …) when one can't be true.
    """
    errores = {lugar: mal for lugar, pedido in enumerate(pedidos) if (mal := _defectos(pedido))}
    if errores:
        raise Invalid({"hallazgos": errores})
    uno_a_la_vez(acceso)
    antes = [fila.entrada() for fila in vigentes_de(acceso)]
    nuevos = [_nuevo(acceso, pedido) for pedido in pedidos]
    db.session.add_all(nuevos)
    db.session.flush()
    _exigir_coherencia(antes, [*antes, *(nuevo.entrada() for nuevo in nuevos)])
    return nuevos


@dataclass(frozen=True)
class Tratado:
    """How a finding was treated. What is not said follows from the finding."""

    momento: datetime
    codigo: str | None = None
    superficies: str | None = None
    variante: str | None = None
    cita_id: int | None = None
    detalle: str | None = None


def leer_tratado(datos: Mapping[str, Any], acceso: Acceso) -> Tratado:
    """Out of a request that says that a finding was treated."""
    cita = cita_de(datos, acceso)
    return Tratado(
        momento=ocurrido_en(datos, cita),
        codigo=datos.get("codigo"),
        superficies=datos.get("superficies"),
        variante=datos.get("variante"),
        cita_id=cita.id if cita else None,
        detalle=datos.get("motivo"),
    )


def realizar(hallazgo: Hallazgo, acceso: Acceso, tratado: Tratado) -> Hallazgo:
    """Note that a finding was treated: the entry that follows it. Conflict when it was already."""
    return _seguir(hallazgo, acceso, _continuacion(hallazgo, tratado))


def resolver(hallazgo: Hallazgo, acceso: Acceso, tratado: Tratado) -> Hallazgo:
    """Note that a finding is no longer there, by itself or because it is no longer wanted."""
    if CATALOGO[hallazgo.codigo].clase == "ausencia":
        raise Conflict("pieza_ausente", "Una pérdida no se resuelve; anúlela si fue un error.")
    return _seguir(hallazgo, acceso, _resolucion(hallazgo, tratado))


def anular(hallazgo: Hallazgo, acceso: Acceso, motivo: str | None) -> Hallazgo:
    """Declare an entry a mistake: what it followed holds again, and what of a plan made it is to be done again.

    Conflict when another follows it.
    """
    if not motivo:
        raise Invalid({"motivo": ["Diga por qué se anula."]})
    _exigir_vigencia(hallazgo)
    uno_a_la_vez(acceso)
    todas = [fila.entrada() for fila in vigentes_de(acceso)]
    if any(entrada.origen_id == hallazgo.id for entrada in todas):
        raise Conflict("hallazgo_con_seguimiento", "Otro hallazgo sigue a ese: anule primero el que lo sigue.")
    _exigir_coherencia(todas, [entrada for entrada in todas if entrada.id != hallazgo.id])
    hallazgo.anulado_en, hallazgo.anulado_por, hallazgo.motivo_anulacion = now(), caller().actor, motivo
    de_planes = select(PlanItem).where(PlanItem.resultado_id == hallazgo.id).options(selectinload(PlanItem.plan))
    for item in db.session.scalars(de_planes):
        item.reabrir()
    return hallazgo


def seguimiento_de(hallazgo: Hallazgo) -> Hallazgo | None:
    """The entry that follows another, when there is one that was no mistake."""
    siguiente = select(Hallazgo).where(Hallazgo.origen_id == hallazgo.id, Hallazgo.anulado_en.is_(None))
    return db.session.scalar(siguiente)


def _continuacion(hallazgo: Hallazgo, tratado: Tratado) -> dict[str, Any]:
    codigo = tratado.codigo or al_realizar(hallazgo.codigo, hallazgo.variante)
    if codigo is None:
        return _resolucion(hallazgo, tratado)
    mismo = codigo == hallazgo.codigo
    de_la_pieza = CATALOGO[codigo].ambito == "pieza"
    superficies = "" if de_la_pieza else hallazgo.superficies if tratado.superficies is None else tratado.superficies
    datos = {
        "pieza": hallazgo.pieza,
        "codigo": codigo,
        "superficies": superficies,
        "estado": estado_al_realizar(codigo),
        "variante": tratado.variante or (hallazgo.variante if mismo else None),
        "grado": hallazgo.grado if mismo else None,
    }
    if mal := _defectos(datos):
        raise Invalid(mal)
    return {**datos, **_lo_demas(tratado)}


def _resolucion(hallazgo: Hallazgo, tratado: Tratado) -> dict[str, Any]:
    iguales = ("pieza", "codigo", "superficies", "variante", "grado")
    return {campo: getattr(hallazgo, campo) for campo in iguales} | {"estado": Estado.RESUELTO} | _lo_demas(tratado)


def _lo_demas(tratado: Tratado) -> dict[str, Any]:
    return {"ocurrido_en": tratado.momento, "cita_id": tratado.cita_id, "detalle": tratado.detalle}


def _seguir(hallazgo: Hallazgo, acceso: Acceso, datos: Mapping[str, Any]) -> Hallazgo:
    """Note what follows an open finding: it takes its place."""
    _exigir_vigencia(hallazgo)
    if hallazgo.estado not in ABIERTO:
        raise Conflict("hallazgo_cerrado", f"Ese hallazgo ya consta como {hallazgo.estado}.")
    if datos["ocurrido_en"] < hallazgo.ocurrido_en:
        raise Invalid({"ocurrido_en": ["Es antes de que se anotara el hallazgo."]})
    uno_a_la_vez(acceso)
    antes = [fila.entrada() for fila in vigentes_de(acceso)]
    if any(entrada.origen_id == hallazgo.id for entrada in antes):
        raise Conflict("hallazgo_con_seguimiento", "Ese hallazgo ya tiene otro que lo sigue: cambie ese.")
    siguiente = Hallazgo(**datos, **_quien(acceso), origen_id=hallazgo.id)
    db.session.add(siguiente)
    db.session.flush()
    _exigir_coherencia(antes, [*antes, siguiente.entrada()])
    return siguiente


def _exigir_vigencia(hallazgo: Hallazgo) -> None:
    if hallazgo.anulado_en is not None:
        raise Conflict("hallazgo_anulado", "Ese hallazgo está anulado.")


def _exigir_coherencia(antes: Iterable[Entrada], despues: Iterable[Entrada]) -> None:
    """Conflict when what is written makes an entry impossible that was not so before."""
    conocidas = incoherencias(antes)
    nuevas = sorted(incoherencias(despues) - conocidas, key=lambda una: una.entrada_id)
    if nuevas:
        raise Conflict(nuevas[0].codigo, " ".join(una.detalle for una in nuevas))


def _defectos(datos: Mapping[str, Any]) -> dict[str, list[str]]:
    return defectos(
        datos["pieza"],
        datos["codigo"],
        datos.get("superficies") or "",
        datos.get("estado"),
        datos.get("variante"),
        datos.get("grado"),
    )


def _nuevo(acceso: Acceso, pedido: Mapping[str, Any]) -> Hallazgo:
    cita = cita_de(pedido, acceso)
    dichos = {campo: pedido.get(campo) for campo in ("pieza", "codigo", "variante", "grado", "detalle", "cita_id")}
    return Hallazgo(
        **dichos,
        **_quien(acceso),
        superficies=pedido.get("superficies") or "",
        estado=pedido.get("estado") or CATALOGO[pedido["codigo"]].estados[0],
        ocurrido_en=ocurrido_en(pedido, cita),
    )


def _quien(acceso: Acceso) -> dict[str, Any]:
    return {"paciente_id": acceso.paciente_id, "doctor_id": acceso.autor.id, "por": caller().actor}


# ---- In the whole record


@parte("odontograma", "Odontograma", 50)
def _parte(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """The mouth as it is now: one row, with the teeth of which something is known; none when nothing is."""
    if acceso.solo_firmado:
        return []
    documento = odontograma_en(acceso, now())
    piezas = [pieza for pieza in documento["piezas"] if pieza["hallazgos"]]
    return [{**documento, "piezas": piezas}] if piezas else []
