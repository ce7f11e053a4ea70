"""Periodontal charts: measured by a doctor, a draft until closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, buscar_escribiendo
from historia_clinica.casos_de_uso.citas_conocidas import conocer_citas
from historia_clinica.casos_de_uso.momentos import cita_de, dia_escrito, ocurrido_en
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.dibujos.periodontograma import dibujar_periodontograma
from historia_clinica.dominio.periodonto import defectos
from historia_clinica.extensiones import db
from historia_clinica.modelos import Periodontograma, PiezaPeriodontal, SitioPeriodontal

QUE = "periodontogramas"


def crear(acceso: Acceso, datos: Mapping[str, Any]) -> Periodontograma:
    """A new chart, still a draft; Invalid when a measurement can't be."""
    cita = cita_de(datos, acceso)
    nuevo = Periodontograma(
        paciente_id=acceso.paciente_id,
        doctor_id=acceso.autor.id,
        por=caller().actor,
        ocurrido_en=ocurrido_en(datos, cita),
        cita_id=cita.id if cita else None,
        observaciones=datos.get("observaciones"),
        piezas=_piezas(datos["piezas"]),
    )
    db.session.add(nuevo)
    return nuevo


def cambiar(periodontograma_id: int, datos: Mapping[str, Any]) -> tuple[Periodontograma, Acceso]:
    """Edit a draft; its teeth, when given, take the place of all that were measured."""
    conocer_citas(datos)
    uno, acceso = _borrador(periodontograma_id)
    cita = cita_de(datos, acceso)
    if "cita_id" in datos:
        uno.cita_id = cita.id if cita else None
    if "ocurrido_en" in datos:
        uno.ocurrido_en = ocurrido_en(datos, cita)
    if "observaciones" in datos:
        uno.observaciones = datos["observaciones"]
    if "piezas" in datos:
        nuevas = _piezas(datos["piezas"])
        uno.piezas = []
        db.session.flush()  # the same teeth come again
        uno.piezas = nuevas
        uno.touch()
    return uno, acceso


def cerrar(periodontograma_id: int) -> tuple[Periodontograma, Acceso]:
    """Close a chart for good; Conflict when nothing was measured."""
    uno, acceso = _borrador(periodontograma_id)
    if not uno.resumen.sitios_medidos:
        raise Conflict("periodontograma_vacio", "No se midió ningún sitio.")
    uno.cerrado_en, uno.cerrado_por = now(), caller().actor
    return uno, acceso


def retirar(periodontograma_id: int) -> None:
    """Take back a draft."""
    uno, _ = _borrador(periodontograma_id)
    uno.eliminar()


def imagen(uno: Periodontograma, acceso: Acceso) -> str:
    """The chart as SVG."""
    estado = "" if uno.cerrado_en else " · borrador"
    detalle = f"{dia_escrito(uno.ocurrido_en)} · expediente {acceso.paciente_id}{estado}"
    titulo = f"Periodontograma de {acceso.paciente.nombre_completo}"
    return dibujar_periodontograma(uno.sitios(), uno.resumen, titulo, detalle)


def _borrador(periodontograma_id: int) -> tuple[Periodontograma, Acceso]:
    """A chart that its author may still change, locked."""
    uno, acceso = buscar_escribiendo(Periodontograma, periodontograma_id, QUE)
    check_version(uno)
    acceso.exigir_autor(uno)
    if uno.cerrado_en is not None:
        raise Conflict("periodontograma_cerrado", "Ese periodontograma está cerrado.")
    return uno, acceso


def _piezas(pedidas: Sequence[Mapping[str, Any]]) -> list[PiezaPeriodontal]:
    errores: dict[int, Any] = {}
    vistas: set[int] = set()
    for lugar, pedida in enumerate(pedidas):
        vacia = not pedida.get("sitios") and pedida.get("furca") is None and pedida.get("movilidad") is None
        mal = defectos(pedida["pieza"], pedida.get("furca"), vacia=vacia)
        if pedida["pieza"] in vistas:
            mal["pieza"] = ["Está dos veces."]
        vistas.add(pedida["pieza"])
        if mal:
            errores[lugar] = mal
    if errores:
        raise Invalid({"piezas": errores})
    return [_pieza(pedida) for pedida in pedidas]


def _pieza(pedida: Mapping[str, Any]) -> PiezaPeriodontal:
    sitios = [SitioPeriodontal(sitio=sitio, **medidas) for sitio, medidas in (pedida.get("sitios") or {}).items()]
    return PiezaPeriodontal(
        pieza=pedida["pieza"], movilidad=pedida.get("movilidad"), furca=pedida.get("furca"), sitios=sitios
    )


@parte("periodontogramas", "Periodontogramas", 55)
def _parte(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Charts with their figures, the latest first."""
    if acceso.solo_firmado:
        return []
    consulta = acceso.de(Periodontograma).order_by(Periodontograma.ocurrido_en.desc(), Periodontograma.id.desc())
    filas = db.session.scalars(consulta.options(*Periodontograma.cargar()).limit(limite))
    return [
        {
            "id": uno.id,
            "ocurrido_en": uno.ocurrido_en,
            "doctor_id": uno.doctor_id,
            "estado": uno.estado,
            "observaciones": uno.observaciones,
            "resumen": asdict(uno.resumen),
            "piezas": [_dicha(pieza) for pieza in uno.piezas],
        }
        for uno in filas
    ]


def _dicha(pieza: PiezaPeriodontal) -> dict[str, Any]:
    medidas = ("sondaje", "margen", "nic", "sangrado", "supuracion", "placa")
    sitios = {sitio.sitio: {medida: getattr(sitio, medida) for medida in medidas} for sitio in pieza.sitios}
    return {"pieza": pieza.pieza, "movilidad": pieza.movilidad, "furca": pieza.furca, "sitios": sitios}
