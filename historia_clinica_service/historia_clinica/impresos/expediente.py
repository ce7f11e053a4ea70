"""The whole record on paper: cover with alerts, then part after part, as a person would read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comun.pdf import NOTE, Document
from historia_clinica.impresos import especiales, generales
from historia_clinica.impresos.generales import Filas
from historia_clinica.impresos.palabras import Palabras, edad, juntos, membrete, nombre_de, rotulo

Impresor = Callable[[Document, Filas, Palabras], None]

IMPRESORES: Mapping[str, Impresor] = {
    "antecedentes": generales.antecedentes,
    "alergias": generales.alergias,
    "signos_vitales": generales.signos,
    "notas": generales.notas,
    "odontograma": especiales.hallazgos,
    "periodontogramas": especiales.periodontogramas,
    "planes": especiales.planes,
    "examenes_oftalmologicos": especiales.examenes,
    "recetas_opticas": especiales.recetas_opticas,
    "consentimientos": especiales.consentimientos,
    "adjuntos": especiales.adjuntos,
}


@dataclass(frozen=True)
class Capitulo:
    """A part of the record, with a picture above it when there is one."""

    nombre: str
    titulo: str
    filas: Filas
    dibujo: str | None = None


@dataclass(frozen=True)
class ExpedienteImpreso:
    """What is printed. `por`: who asked for it."""

    paciente: Mapping[str, Any]
    centro: Mapping[str, Any]
    alertas: Sequence[Mapping[str, Any]]
    capitulos: Sequence[Capitulo]
    momento: datetime
    por: str


def imprimir_expediente(expediente: ExpedienteImpreso) -> bytes:
    """The PDF (A4)."""
    palabras = Palabras(expediente.centro.get("zona_horaria"))
    paciente = expediente.paciente
    numero = f"Historia clínica N.º {paciente['id']:06d}"
    impreso = f"Impreso el {palabras.momento(expediente.momento)} por {expediente.por}"
    documento = Document(
        "Historia clínica",
        letterhead=membrete(expediente.centro),
        subject=juntos(nombre_de(paciente), numero),
        foot=f"{numero} · {impreso} · Confidencial",
        moment=expediente.momento,
    )
    _portada(documento, expediente, palabras)
    for capitulo in expediente.capitulos:
        if capitulo.filas:
            documento.heading(capitulo.titulo)
            if capitulo.dibujo:
                documento.svg(capitulo.dibujo)
            IMPRESORES.get(capitulo.nombre, generales.cualquiera)(documento, capitulo.filas, palabras)
    return documento.render()


def _portada(documento: Document, expediente: ExpedienteImpreso, palabras: Palabras) -> None:
    paciente = expediente.paciente
    documento.fields(
        [
            ("Paciente", nombre_de(paciente)),
            ("Historia clínica", f"N.º {paciente['id']:06d}"),
            (rotulo(paciente.get("tipo_identificacion") or "identificacion"), paciente.get("identificacion")),
            ("Nacimiento", palabras.dia(paciente.get("fecha_nacimiento"))),
            ("Edad", edad(paciente.get("fecha_nacimiento"), expediente.momento.astimezone(palabras.zona).date())),
            ("Género", rotulo(paciente.get("genero") or "")),
            ("Teléfono", paciente.get("telefono")),
            ("Correo", paciente.get("email")),
            ("Dirección", paciente.get("direccion")),
        ],
        3,
    )
    if expediente.alertas:
        lineas = [
            juntos(alerta.get("descripcion"), rotulo(alerta.get("severidad") or "")) for alerta in expediente.alertas
        ]
        documento.notice("ALERTAS", lineas)
    contenido = [
        f"{capitulo.titulo} ({len(capitulo.filas)})" if capitulo.filas else f"{capitulo.titulo} (nada consta)"
        for capitulo in expediente.capitulos
    ]
    documento.heading("Contenido", 2, keep=10)
    documento.paragraph(juntos(*contenido))
    documento.paragraph(
        "Documento con datos de salud, de acceso restringido. Lo firmado lleva su huella SHA-256; en pantalla se "
        "comprueba contra el expediente.",
        NOTE,
    )
