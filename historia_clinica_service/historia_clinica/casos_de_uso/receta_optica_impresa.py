"""The spectacle prescription on paper: what an optician needs, on half a page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from comun.pdf import Document
from comun.times import zone
from historia_clinica.casos_de_uso.examenes_oftalmologicos import zona_de
from historia_clinica.casos_de_uso.fichas import Fichas, fichas
from historia_clinica.dominio.ojos import cifra
from historia_clinica.dominio.refraccion import dioptrias
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, DoctorRef, ExamenOftalmologico, RecetaOptica, RecetaOpticaOjo

COLUMNAS = ("Ojo", "Esfera", "Cilindro", "Eje", "Adición", "Prisma y base", "DNP", "Altura")
ANCHOS = (1.1, 1.2, 1.3, 0.9, 1.2, 1.9, 1, 1)
# Words that are not written as they are kept.
ESCRITOS = {
    "cr39": "CR-39",
    "alto_indice": "alto índice",
    "fotocromatico": "fotocromático",
    "filtro_uv": "filtro UV",
    "hidrofobico": "hidrofóbico",
    "intermedia": "distancia intermedia",
}


def imprimir(receta: RecetaOptica, paciente_id: int) -> bytes:
    """A PDF in A5, the same bytes for the same data. `paciente_id`: who the patient is now, after merges.

    Ends the current transaction, which must not have written. Unavailable when admin_service, which knows who is who,
    is down.
    """
    cita = _cita(receta)
    datos = fichas(paciente_id, receta.doctor_id, cita and cita.centro_id)
    lugar = zone(zona_de(cita))
    emitida = receta.emitida_en.astimezone(lugar)
    nombre = nombre_de(datos.paciente)
    documento = Document(
        f"Receta óptica {receta.codigo}",
        letterhead=membrete(datos.centro),
        subject=nombre,
        foot=f"{receta.codigo} · SHA-256 {receta.huella}",
        size="A5",
        moment=receta.emitida_en,
    )
    if receta.anulada_en is not None:
        anulada = receta.anulada_en.astimezone(lugar)
        documento.notice("ANULADA", [f"El {anulada:%d/%m/%Y}: {receta.motivo_anulacion}. No la despache."])
    documento.fields(
        [
            ("Paciente", nombre),
            ("Identificación", datos.paciente.get("identificacion")),
            ("Edad", edad_de(datos.paciente.get("fecha_nacimiento"), emitida.date())),
            ("Emitida", f"{emitida:%d/%m/%Y}"),
            ("Válida hasta", f"{receta.vence_el:%d/%m/%Y}"),
            ("Uso", _escrito(receta.uso)),
        ],
        columns=3,
    )
    _lentes(documento, receta)
    documento.signatures([firmante(datos, receta.doctor)])
    return documento.render()


def _lentes(documento: Document, receta: RecetaOptica) -> None:
    filas = [_fila("Derecho", receta.od), _fila("Izquierdo", receta.oi)]
    documento.space(2)
    documento.table(COLUMNAS, filas, widths=ANCHOS, align="LRRRRLRR", rules=True)
    documento.fields(
        [
            ("Distancia pupilar de lejos", _mm(receta.dp_lejos_mm)),
            ("Distancia pupilar de cerca", _mm(receta.dp_cerca_mm)),
            ("Lente", _escrito(receta.tipo_lente)),
            ("Material", receta.material and _escrito(receta.material)),
        ],
    )
    documento.fields([("Tratamientos", ", ".join(map(_escrito, receta.tratamientos)) or None)], columns=1)
    if receta.indicaciones:
        documento.paragraph(receta.indicaciones, label="Indicaciones")


def _fila(nombre: str, ojo: RecetaOpticaOjo) -> list[str]:
    lente = ojo.refraccion
    if lente is None or lente.esfera is None:
        return [nombre, "sin lente", *[""] * 6]
    return [
        nombre,
        dioptrias(lente.esfera),
        dioptrias(lente.cilindro) if lente.cilindro else "",
        f"{lente.eje}°" if lente.cilindro else "",
        dioptrias(lente.adicion) if lente.adicion else "",
        f"{cifra(ojo.prisma)} Δ {ojo.base}" if ojo.prisma else "",
        _mm(ojo.dnp_mm) or "",
        _mm(ojo.altura_mm) or "",
    ]


def _cita(receta: RecetaOptica) -> CitaRef | None:
    consulta = db.select(CitaRef).join(ExamenOftalmologico, ExamenOftalmologico.cita_id == CitaRef.id)
    cita: CitaRef | None = db.session.scalar(consulta.where(ExamenOftalmologico.id == receta.examen_id))
    return cita


def membrete(centro: Mapping[str, Any]) -> list[str | None]:
    """The letterhead of a centre."""
    ruc, telefono = centro.get("ruc"), centro.get("telefono")
    return [
        centro.get("nombre"),
        centro.get("direccion"),
        telefono and f"Tel. {telefono}",
        ruc and f"RUC {ruc}",
    ]


def firmante(datos: Fichas, medico: DoctorRef) -> list[str | None]:
    """What stands under the line that the doctor signs on."""
    registro = datos.doctor.get("registro_profesional")
    return [
        nombre_de(datos.doctor) or medico.nombre_completo,
        ", ".join(datos.doctor.get("especialidades") or ()) or None,
        registro and f"Registro {registro}",
    ]


def nombre_de(ficha: Mapping[str, Any]) -> str:
    """A person's name; empty when unknown."""
    return f"{ficha.get('nombres') or ''} {ficha.get('apellidos') or ''}".strip()


def edad_de(nacimiento: str | None, hoy: date) -> str | None:
    """Years of age that day; None without a date of birth."""
    if not nacimiento:
        return None
    nacido = date.fromisoformat(nacimiento)
    cumplidos = hoy.year - nacido.year - ((hoy.month, hoy.day) < (nacido.month, nacido.day))
    return f"{cumplidos} {'año' if cumplidos == 1 else 'años'}"


def _mm(valor: Decimal | None) -> str | None:
    return None if valor is None else f"{cifra(valor)} mm"


def _escrito(palabra: str) -> str:
    return ESCRITOS.get(palabra, palabra.replace("_", " "))
