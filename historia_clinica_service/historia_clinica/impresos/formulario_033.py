"""The dental form 033 of the Ministry of Health of Ecuador on paper (SNS-MSP / HCU-form.033/2021): two pages or so,
its sections in their order and under their letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from comun.pdf import NOTE, SMALL, Cell, Color, Document
from historia_clinica.dominio.formulario_033 import EXAMENES, GRUPOS, REGIONES
from historia_clinica.dominio.preguntas import FAMILIARES
from historia_clinica.impresos.palabras import (
    Palabras,
    cifra,
    edad,
    indices_dichos,
    juntos,
    lleno,
    membrete,
    nombre_de,
    rotulo,
)

Datos = Mapping[str, Any]

BANDA: Color = (214, 226, 240)
ROTULO: Color = (238, 243, 247)
CELDA = SMALL.but(size=7)
MARCA = "X"
PERSONALES = (
    *(("alergia_antibiotico", "Alergia antibiótico"), ("alergia_anestesia", "Alergia anestesia")),
    *(("hemorragias", "Hemorragias"), ("vih_sida", "VIH/SIDA"), ("tuberculosis", "Tuberculosis"), ("asma", "Asma")),
    *(("diabetes", "Diabetes"), ("hipertension", "Hipertensión arterial")),
    *(("enfermedad_cardiaca", "Enfermedad cardíaca"), ("otro", "Otro")),
)
FAMILIA = tuple((codigo, FAMILIARES[codigo].nombre) for codigo in FAMILIARES if codigo not in ("glaucoma", "ceguera"))
CONSTANTES = (
    ("temperatura_c", "Temperatura °C"),
    ("pulso_lpm", "Pulso /min"),
    ("frecuencia_respiratoria_rpm", "Frecuencia respiratoria /min"),
    ("presion", "Presión arterial mmHg"),
)


@dataclass(frozen=True)
class Formulario033Impreso:
    """What is printed. `nota` as the record tells it, with its form; `antecedentes` the version that holds,
    `signos` those of the visit: empty without. `odontograma`: the picture of the mouth then.
    """

    paciente: Datos
    doctor: Datos
    centro: Datos
    nota: Datos
    antecedentes: Datos
    signos: Datos
    odontograma: str | None
    momento: datetime


def imprimir_formulario(impreso: Formulario033Impreso) -> bytes:
    """The PDF (A4)."""
    palabras = Palabras(impreso.centro.get("zona_horaria"))
    nota = impreso.nota
    huella = f"SHA-256 {nota['huella']}" if nota.get("huella") else "BORRADOR SIN FIRMAR"
    documento = Document(
        "Odontología · Formulario 033",
        letterhead=membrete(impreso.centro),
        subject=juntos(nombre_de(impreso.paciente), f"Historia N.º {impreso.paciente['id']:06d}"),
        foot=f"SNS-MSP / HCU-form.033/2021 · nota {nota['id']} · {huella}",
        moment=impreso.momento,
    )
    for seccion in (_filiacion, _motivo, _antecedentes, _constantes, _estomatognatico, _odontograma):
        seccion(documento, impreso, palabras)
    for seccion in (_indicadores, _indices, _planes, _diagnosticos, _tratamiento, _responsable):
        seccion(documento, impreso, palabras)
    return documento.render()


def _banda(documento: Document, letra: str, titulo: str, keep: float = 14) -> None:
    documento.room(keep)
    _celdas(documento, [[Cell(f"{letra}. {titulo.upper()}", bold=True, fill=BANDA)]], [1], aire=0)


def _celdas(
    documento: Document, filas: Sequence[Sequence[Any]], anchos: Sequence[float], align: str = "", aire: float = 1
) -> None:
    """Boxes without a head."""
    documento.table([], filas, widths=anchos, align=align, style=CELDA, rules=True)
    documento.space(aire - 2.5)


def _rotulado(texto: str) -> Cell:
    return Cell(texto, bold=True, fill=ROTULO)


def _filiacion(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    paciente, centro = impreso.paciente, impreso.centro
    nacimiento = paciente.get("fecha_nacimiento")
    _banda(documento, "A", "Datos de establecimiento y usuario")
    momento = impreso.nota["momento"].astimezone(palabras.zona)
    nombres = [_rotulado(texto) for texto in ("Establecimiento", "Apellidos", "Nombres", "Historia N.º")]
    valores = [centro.get("nombre"), paciente.get("apellidos"), paciente.get("nombres"), f"{paciente['id']:06d}"]
    _celdas(documento, [nombres, valores], [3, 3, 3, 1.6], aire=0)
    nombres = [_rotulado(texto) for texto in ("Identificación", "Sexo", "Nacimiento", "Edad", "Fecha y hora")]
    valores = [
        paciente.get("identificacion"),
        rotulo(paciente.get("genero") or ""),
        palabras.dia(nacimiento),
        edad(nacimiento, momento.date()),
        palabras.momento(momento),
    ]
    _celdas(documento, [nombres, valores], [3, 1.6, 1.8, 1.6, 2.6])


def _motivo(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    nota = impreso.nota
    _banda(documento, "B", "Motivo de consulta")
    _celdas(documento, [[nota.get("motivo_consulta") or " "]], [1])
    _banda(documento, "C", "Enfermedad actual")
    _celdas(documento, [[nota.get("enfermedad_actual") or nota.get("subjetivo") or " "]], [1])


def _antecedentes(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    for letra, titulo, grupo, preguntas in (
        ("D", "Antecedentes patológicos personales", "antecedentes", PERSONALES),
        ("E", "Antecedentes patológicos familiares", "familiares", FAMILIA),
    ):
        respuestas = {fila["codigo"]: fila for fila in impreso.antecedentes.get(grupo) or ()}
        _banda(documento, letra, titulo, keep=24)
        cabeza = [_rotulado("Antecedente"), *(Cell(t, bold=True, fill=ROTULO, align="C") for t in ("Sí", "No"))] * 2
        renglones = [_respuesta(n, *pregunta, respuestas) for n, pregunta in enumerate(preguntas, 1)]
        mitad = (len(renglones) + 1) // 2
        pares = [
            [*renglones[n], *(renglones[n + mitad] if n + mitad < len(renglones) else ["", "", ""])]
            for n in range(mitad)
        ]
        _celdas(documento, [cabeza, *pares], [5, 0.5, 0.5] * 2, "LCCLCC", aire=0)
        detalles = [
            juntos(fila.get("nombre"), _detalle(fila), entre=": ") for fila in respuestas.values() if _hay(fila)
        ]
        _celdas(documento, [["; ".join(detalles) or "Sin antecedentes que detallar."]], [1])


def _respuesta(numero: int, codigo: str, nombre: str, respuestas: Mapping[str, Datos]) -> list[str]:
    dicho = (respuestas.get(codigo) or {}).get("respuesta")
    marcas = [MARCA if dicho == cual else "" for cual in ("si", "no")]
    aparte = {"desconoce": " (no sabe)", "si": "", "no": ""}.get(dicho or "", " (no preguntado)")
    return [f"{numero}. {nombre}{aparte}", *marcas]


def _hay(fila: Datos) -> bool:
    return fila.get("respuesta") == "si"


def _detalle(fila: Datos) -> str:
    return juntos(fila.get("detalle"), ", ".join(map(rotulo, fila.get("parentescos") or ())))


def _constantes(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    signos = impreso.signos
    alta, baja = signos.get("presion_sistolica_mmhg"), signos.get("presion_diastolica_mmhg")
    leidas = {**signos, "presion": juntos(alta, baja, entre="/")}
    tomados = palabras.momento(signos.get("tomado_en")) if signos else "no tomadas"
    _banda(documento, "F", f"Constantes vitales ({tomados})")
    valores = [palabras.dicho(leidas.get(campo)) for campo, _ in CONSTANTES]
    _celdas(documento, [[_rotulado(nombre) for _, nombre in CONSTANTES], valores], [1] * 4, "C" * 4)


def _estomatognatico(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    examen = {fila["region"]: fila for fila in _formulario(impreso).get("estomatognatico") or ()}
    _banda(documento, "G", "Examen del sistema estomatognático", keep=24)
    cabeza = [_rotulado("Región"), *(Cell(t, bold=True, fill=ROTULO, align="C") for t in ("Normal", "Patología"))] * 2
    renglones = [_region(n, region, examen.get(region)) for n, region in enumerate(REGIONES, 1)]
    mitad = len(renglones) // 2
    pares = [[*renglones[n], *renglones[n + mitad]] for n in range(mitad)]
    _celdas(documento, [cabeza, *pares], [4, 1, 1.2] * 2, "LCCLCC", aire=0)
    hallado = [f"{rotulo(fila['region'])}: {fila['detalle']}" for fila in examen.values() if fila.get("detalle")]
    _celdas(documento, [["; ".join(hallado) or "Sin hallazgos que detallar."]], [1])


def _region(numero: int, region: str, fila: Datos | None) -> list[str]:
    marcas = ["", ""] if fila is None else [MARCA, ""] if fila["normal"] else ["", MARCA]
    return [f"{numero}. {rotulo(region)}", *marcas]


def _odontograma(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    _banda(documento, "H", "Odontograma · K. Simbología del odontograma", keep=90)
    documento.space(1.5)
    if impreso.odontograma:
        documento.svg(impreso.odontograma, height=120)
    else:
        documento.paragraph("Sin odontograma.", NOTE)


def _indicadores(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    formulario = _formulario(impreso)
    vistas = {fila["pieza"]: fila for fila in formulario.get("higiene") or ()}
    _banda(documento, "I", "Indicadores de salud bucal: higiene oral simplificada", keep=40)
    filas: list[list[Any]] = [
        [Cell("Piezas examinadas", bold=True, fill=ROTULO, span=3)]
        + [Cell(t, bold=True, fill=ROTULO, align="C") for t in ("Placa 0-3", "Cálculo 0-3", "Gingivitis 0-1")]
    ]
    for grupo in GRUPOS:
        vista: Datos = next((vistas[pieza] for pieza in grupo if pieza in vistas), {})
        piezas = [f"{pieza} {MARCA}" if pieza == vista.get("pieza") else str(pieza) for pieza in grupo]
        filas.append([*piezas, *(_numero(vista.get(campo)) for campo in ("placa", "calculo", "gingivitis"))])
    medias = [_numero(formulario.get(campo)) for campo in ("placa", "calculo", "gingivitis")]
    filas.append([Cell("Promedio", bold=True, span=3, align="R"), *(Cell(m, bold=True, align="C") for m in medias)])
    _celdas(documento, filas, [1, 1, 1, 1.4, 1.4, 1.4], "C" * 6, aire=0)
    marcas: list[tuple[str, str, Sequence[str]]] = [
        ("Enfermedad periodontal", "enfermedad_periodontal", ("leve", "moderada", "severa")),
        ("Maloclusión (Angle)", "angle", ("I", "II", "III")),
        ("Fluorosis", "fluorosis", ("leve", "moderada", "severa")),
    ]
    for titulo, campo, grados in marcas:
        casillas = [
            f"{_grado(grado)}  {MARCA}" if formulario.get(campo) == grado else _grado(grado) for grado in grados
        ]
        _celdas(documento, [[_rotulado(titulo), *casillas]], [2, 1, 1, 1], "LCCC", aire=0)
    documento.space(1)


def _grado(grado: str) -> str:
    return grado if grado.isupper() else rotulo(grado)


def _numero(valor: Any) -> str:
    return cifra(valor) if lleno(valor) else ""


def _indices(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    _banda(documento, "J", "Índices CPO-ceo")
    filas = [[_rotulado(nombre), dicho] for nombre, dicho in indices_dichos(_formulario(impreso).get("indices"))]
    _celdas(documento, filas, [1, 2])


def _planes(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    formulario = _formulario(impreso)
    pedidos = formulario.get("examenes") or ()
    _banda(documento, "L", "Planes de diagnóstico, terapéutico y educacional", keep=20)
    casillas = [f"{rotulo(examen)}  {MARCA}" if examen in pedidos else rotulo(examen) for examen in EXAMENES]
    _celdas(documento, [casillas], [1] * len(casillas), "C" * len(casillas), aire=0)
    planes = (
        ("Diagnóstico", "plan_diagnostico"),
        ("Terapéutico", "plan_terapeutico"),
        ("Educacional", "plan_educacional"),
    )
    _celdas(documento, [[_rotulado(titulo), formulario.get(campo) or ""] for titulo, campo in planes], [1, 6])


def _diagnosticos(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    _banda(documento, "M", "Diagnóstico", keep=20)
    filas: list[list[Any]] = [[_rotulado(texto) for texto in ("Diagnóstico", "CIE-10", "PRE", "DEF")]]
    for uno in impreso.nota.get("diagnosticos") or ():
        pieza = uno.get("pieza_dental")
        nombre = juntos(uno.get("nombre"), pieza and f"pieza {pieza}", uno.get("detalle"))
        marcas = [MARCA if uno.get("condicion") == cual else "" for cual in ("presuntivo", "definitivo")]
        filas.append([nombre, uno["codigo_cie10"], *marcas])
    _celdas(documento, filas, [7, 1.2, 0.7, 0.7], "LCCC")


def _tratamiento(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    sesiones = _formulario(impreso).get("sesiones") or ()
    titulos = ("Sesión y fecha", "Diagnósticos y complicaciones", "Procedimientos", "Prescripciones")
    _banda(documento, "N", "Tratamiento", keep=20)
    campos = ("diagnosticos_y_complicaciones", "procedimientos", "prescripciones")
    filas = [
        [f"{numero} · {palabras.dia(sesion.get('fecha'))}", *(sesion.get(campo) or "" for campo in campos)]
        for numero, sesion in enumerate(sesiones, 1)
    ]
    _celdas(documento, [[_rotulado(t) for t in titulos], *filas], [1.6, 3, 3, 3])


def _responsable(documento: Document, impreso: Formulario033Impreso, palabras: Palabras) -> None:
    nota, doctor = impreso.nota, impreso.doctor
    registro = doctor.get("registro_profesional")
    firmada = (
        f"Firmada electrónicamente el {palabras.momento(nota['firmada_en'])}" if nota.get("firmada_en") else None
    )
    documento.signatures(
        [
            [
                nota.get("firmante") or nombre_de(doctor),
                juntos(", ".join(doctor.get("especialidades") or ()), registro and f"Registro {registro}"),
                firmada,
            ],
            [nombre_de(impreso.paciente), "Paciente o representante"],
        ],
        above=14,
    )


def _formulario(impreso: Formulario033Impreso) -> Datos:
    return impreso.nota.get("formulario_033") or {}
