"""Parts of a record on paper: medical history, allergies, vital signs, notes; and any part, plainly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from comun.pdf import DANGER, NOTE, SMALL, Cell, Document
from historia_clinica.dominio.signos import SIGNOS
from historia_clinica.impresos.palabras import (
    Palabras,
    cifra,
    columnas_de,
    indices_dichos,
    juntos,
    lleno,
    nombre_de,
    rotulo,
)

Fila = Mapping[str, Any]
Filas = Sequence[Fila]

# Of no use to who reads on paper, or said elsewhere.
CALLADOS = frozenset(
    {"id", "paciente_id", "doctor_id", "centro_id", "cita_id", "version", "creado_en", "actualizado_en", "forma"}
    | {"eliminado_en", "orden", "alertas", "color", "codigo_plegado", "examen_id", "tratamiento_id", "hallazgo_id"}
)
TEXTOS = ("motivo_consulta", "enfermedad_actual", "subjetivo", "objetivo", "analisis", "plan", "evolucion")
# In this order: a database may keep the fields of a list in another.
COLUMNAS = {
    "condiciones": ("descripcion", "codigo_cie10", "desde_ano", "activa"),
    "medicacion": ("medicamento", "dosis", "frecuencia", "motivo"),
    "cirugias": ("que", "ano", "detalle"),
}
RESPUESTAS = {"si": "Sí", "no": "No", "desconoce": "No sabe"}
CORTOS = {
    "temperatura_c": "Temp.",
    "frecuencia_respiratoria_rpm": "F. resp.",
    "presion_sistolica_mmhg": "P. sist.",
    "presion_diastolica_mmhg": "P. diast.",
    "saturacion_o2_pct": "Sat. O₂",
    "glucosa_mg_dl": "Glucosa",
    "dolor": "Dolor",
}


def quien(fila: Fila) -> str:
    """Who wrote a row, as far as the row says."""
    return str(fila.get("firmante") or nombre_de(fila.get("doctor") or fila.get("registrado_por")))


def antecedentes(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """Each question that was asked, with its answer; then what is told freely."""
    for version in filas:
        documento.paragraph(
            juntos(f"Versión {version.get('version')}", palabras.momento(version.get("creado_en")), quien(version)),
            NOTE,
        )
        for grupo, titulo in (("antecedentes", "Personales"), ("familiares", "Familiares"), ("habitos", "Hábitos")):
            respuestas = version.get(grupo) or []
            if respuestas:
                documento.heading(titulo, 3)
                documento.table(["Pregunta", "Respuesta", "Detalle"], map(_respuesta, respuestas), widths=[4, 1.4, 6])
        for grupo in ("condiciones", "medicacion", "cirugias"):
            if version.get(grupo):
                documento.heading(
                    {"medicacion": "Medicación habitual", "cirugias": "Cirugías"}.get(grupo, "Condiciones"), 3
                )
                en_orden = [{c: fila[c] for c in COLUMNAS[grupo] if c in fila} for fila in version[grupo]]
                tabla(documento, en_orden, palabras)
        if version.get("observaciones"):
            documento.paragraph(version["observaciones"], label="Observaciones")


def _respuesta(fila: Fila) -> list[str | Cell]:
    cigarrillos = f"{fila['cigarrillos_dia']} cigarrillos al día" if fila.get("cigarrillos_dia") else None
    detalle = juntos(fila.get("detalle"), ", ".join(map(rotulo, fila.get("parentescos") or ())), cigarrillos)
    dicho = RESPUESTAS.get(fila.get("respuesta") or "", "")
    return [fila.get("nombre") or rotulo(fila["codigo"]), Cell(dicho, bold=dicho == "Sí"), detalle]


def alergias(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """The active ones stand out."""
    documento.table(
        ["Sustancia", "Reacción", "Severidad", "Estado", "Certeza", "Desde"],
        (
            [
                Cell(fila["sustancia"], bold=True, color=DANGER if fila.get("estado") == "activa" else None),
                fila.get("reaccion"),
                rotulo(fila.get("severidad") or ""),
                juntos(rotulo(fila.get("estado") or ""), fila.get("motivo_estado")),
                rotulo(fila.get("certeza") or ""),
                palabras.dia(fila.get("detectada_en") or fila.get("creado_en")),
            ]
            for fila in filas
        ),
        widths=[3, 3, 1.6, 2.6, 1.8, 1.7],
    )


def signos(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """One row for each time, with only those signs that were ever taken; what is unusual in bold."""
    medidos = [campo for campo in (*SIGNOS, "imc") if any(fila.get(campo) is not None for fila in filas)]
    cabeza = ["Fecha", *(_titulo_de_signo(campo) for campo in medidos), "Observaciones"]
    documento.table(
        cabeza,
        (_signos(fila, medidos, palabras) for fila in filas),
        widths=[2, *([1.2] * len(medidos)), 2.4],
        align="L" + "R" * len(medidos),
        style=SMALL.but(size=6.8),
    )


def _titulo_de_signo(campo: str) -> str:
    if campo == "imc":
        return "IMC"
    signo = SIGNOS[campo]
    unidad = {"Cel": "°C", "mm[Hg]": "mmHg", "{score}": ""}.get(signo.unidad, signo.unidad)
    return f"{CORTOS.get(signo.campo, signo.nombre)} {unidad}".strip()


def _signos(fila: Fila, medidos: Iterable[str], palabras: Palabras) -> list[str | Cell]:
    raros = {una["campo"] if isinstance(una, Mapping) else una for una in fila.get("fuera_de_rango") or ()}
    valores: list[str | Cell] = [
        Cell(cifra(fila[campo]), bold=campo in raros, color=DANGER if campo in raros else None)
        if fila.get(campo) is not None
        else ""
        for campo in medidos
    ]
    anulado = f"ANULADO: {fila.get('motivo_anulacion')}" if fila.get("estado") == "anulado" else None
    return [palabras.momento(fila.get("tomado_en")), *valores, juntos(anulado, fila.get("observaciones"))]


def notas(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """As they came, the first one first, each with all that hangs on it."""
    for nota in reversed(filas):
        nota_impresa(documento, nota, palabras)


def nota_impresa(documento: Document, nota: Fila, palabras: Palabras) -> None:
    """One note: text, diagnoses, prescriptions, form, amendments, signature."""
    borrador = nota.get("estado") != "firmada"
    titulo = juntos(
        palabras.momento(nota.get("momento")), rotulo(nota.get("tipo") or "nota"), nota.get("especialidad")
    )
    documento.heading(titulo + (" · BORRADOR SIN FIRMAR" if borrador else ""), 2)
    for campo in (*TEXTOS, "texto_libre"):
        if nota.get(campo):
            documento.paragraph(nota[campo], label=rotulo(campo))
    if nota.get("diagnosticos"):
        documento.table(
            ["CIE-10", "Diagnóstico", "Condición", "Lugar"],
            map(diagnostico, nota["diagnosticos"]),
            widths=[1, 5, 2, 2],
        )
    for receta in nota.get("recetas") or ():
        _receta(documento, receta, palabras)
    if nota.get("formulario_033"):
        documento.heading("Formulario 033", 3)
        formulario = nota["formulario_033"]
        valores(documento, formulario, palabras, sin={"indices"})
        documento.fields(indices_dichos(formulario.get("indices")), 2)
    if not borrador:
        firmada = palabras.momento(nota.get("firmada_en"))
        documento.paragraph(f"Firmada por {quien(nota)} el {firmada} · SHA-256 {nota.get('huella')}", NOTE)
    for enmienda in nota.get("enmiendas") or ():
        cabeza = (
            f"Enmienda {enmienda['numero']} · {palabras.momento(enmienda['firmada_en'])} · {enmienda.get('firmante')}"
        )
        lineas = [f"Motivo: {enmienda['motivo']}", enmienda["texto"], f"SHA-256 {enmienda['huella']}"]
        documento.notice(cabeza, lineas, tone="info")


def diagnostico(uno: Fila) -> list[str | Cell]:
    """A row of a table of diagnoses."""
    pieza = uno.get("pieza_dental")
    nombre = juntos(uno.get("nombre"), uno.get("detalle"))
    lugar = juntos(pieza and f"Pieza {pieza}", uno.get("ojo") and rotulo(uno["ojo"]))
    condicion = juntos(rotulo(uno.get("condicion") or ""), "principal" if uno.get("principal") else None)
    return [Cell(uno["codigo_cie10"], bold=True), nombre, condicion, lugar]


def _receta(documento: Document, receta: Fila, palabras: Palabras) -> None:
    numero = f"Receta N.º {receta['numero']:06d}" if receta.get("numero") else "Receta sin emitir"
    documento.heading(juntos(numero, palabras.momento(receta.get("emitida_en"))), 3)
    documento.table(
        ["Medicamento", "Indicación", "Cantidad"],
        (
            [
                juntos(item["medicamento"], item.get("concentracion"), item.get("forma"), entre=" "),
                juntos(
                    *(item.get(campo) for campo in ("dosis", "frecuencia", "duracion")),
                    item.get("via") and f"vía {item['via']}",
                    item.get("indicaciones"),
                    entre=", ",
                ),
                str(item.get("cantidad") or ""),
            ]
            for item in receta.get("items") or ()
        ),
        widths=[4, 6, 1.3],
        align="LLR",
    )
    if receta.get("advertencias"):
        documento.paragraph(receta["advertencias"], label="Advertencias")


def cualquiera(documento: Document, filas: Filas, palabras: Palabras) -> None:
    """Any part: each row with whatever it says."""
    for fila in filas:
        titulo = fila.get("titulo") or fila.get("nombre") or fila.get("codigo")
        cuando = next((fila[c] for c in ("momento", "ocurrido_en", "emitida_en", "creado_en") if fila.get(c)), None)
        documento.heading(
            juntos(titulo or f"N.º {fila.get('id')}", palabras.momento(cuando), quien(fila)), 2, keep=10
        )
        valores(
            documento, fila, palabras, sin={"titulo", "nombre", "momento", "doctor", "registrado_por", "firmante"}
        )


def valores(documento: Document, fila: Fila, palabras: Palabras, sin: Iterable[str] = ()) -> None:
    """Whatever a row says: short values in a grid, long ones as text, lists as tables."""
    dichos = {c: v for c, v in fila.items() if lleno(v) and c not in CALLADOS and c not in set(sin)}
    cortos = []
    for campo, valor in dichos.items():
        if not es_tabla(valor) and len(texto := palabras.dicho(valor)) <= 90:
            cortos.append((rotulo(campo), texto))
    if cortos:
        documento.fields(cortos, 3)
    for campo, valor in dichos.items():
        if es_tabla(valor):
            documento.heading(rotulo(campo), 3)
            tabla(documento, valor, palabras)
        elif len(texto := palabras.dicho(valor)) > 90:
            documento.paragraph(texto, label=rotulo(campo))


def es_tabla(valor: Any) -> bool:
    """Whether it is a list of rows."""
    return isinstance(valor, list) and bool(valor) and all(isinstance(uno, Mapping) for uno in valor)


def tabla(documento: Document, filas: Filas, palabras: Palabras, sin: Iterable[str] = ()) -> None:
    """A table of rows that have fields in common; only the fields of which some row says something."""
    columnas = columnas_de(filas, {*CALLADOS, *sin})
    documento.table(
        [rotulo(columna) for columna in columnas],
        ([palabras.dicho(fila.get(columna)) for columna in columnas] for fila in filas),
    )
