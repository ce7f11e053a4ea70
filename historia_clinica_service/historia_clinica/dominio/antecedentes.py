"""The medical history as a whole: what makes it consistent, and what a new version changed.

It is kept as plain data: `antecedentes`, `familiares` and `habitos` map the code of a question to its answer
(`respuesta` and what belongs to it; what was not asked is absent), `condiciones`, `medicacion` and `cirugias` are
lists, `observaciones` a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from historia_clinica.dominio.preguntas import ANTECEDENTES, FAMILIARES, HABITOS, Pregunta, Respuesta

Contenido = Mapping[str, Any]
Errores = dict[str, Any]

CUESTIONARIOS: Mapping[str, Mapping[str, Pregunta]] = {
    "antecedentes": ANTECEDENTES,
    "familiares": FAMILIARES,
    "habitos": HABITOS,
}
# List → the question that a no would contradict.
LISTAS: Mapping[str, str | None] = {"condiciones": None, "medicacion": "medicacion_habitual", "cirugias": "cirugias"}
VACIO: Contenido = {
    **{parte: {} for parte in CUESTIONARIOS},
    **{parte: [] for parte in LISTAS},
    "observaciones": None,
}


def reunir(dado: Mapping[str, Any]) -> dict[str, Any]:
    """What was said, as it is kept: answers by code, without what was not asked. Absent parts are empty.

    `dado` has the answers of each part as a list of mappings with `codigo` and `respuesta`, each code once.
    """
    contenido = {**VACIO, **dado}
    for parte in CUESTIONARIOS:
        contenido[parte] = {
            fila["codigo"]: {campo: valor for campo, valor in fila.items() if campo != "codigo" and valor is not None}
            for fila in dado.get(parte) or ()
            if fila["respuesta"] != Respuesta.NO_PREGUNTADO
        }
    return contenido


def repetidos(filas: Iterable[Mapping[str, Any]]) -> list[int]:
    """The places of the answers to what was answered before in the same list."""
    vistos: set[str] = set()
    lugares = []
    for lugar, fila in enumerate(filas):
        if fila["codigo"] in vistos:
            lugares.append(lugar)
        vistos.add(fila["codigo"])
    return lugares


def revisar(contenido: Contenido, ano: int) -> Errores:
    """What does not hold together: part → code (or place in a list) → field → messages. `ano`: the present year."""
    errores: Errores = {}
    for parte in CUESTIONARIOS:
        if malas := _revisar_respuestas(parte, contenido[parte]):
            errores[parte] = malas
    for parte, pregunta in LISTAS.items():
        if pregunta and contenido[parte] and _respuesta(contenido["antecedentes"], pregunta) == Respuesta.NO:
            nombre = ANTECEDENTES[pregunta].nombre.lower()
            errores[parte] = [f"Respondió que no a «{nombre}»: la lista debe estar vacía."]
    for parte, campo in (("cirugias", "ano"), ("condiciones", "desde_ano")):
        futuras = {
            lugar: {campo: ["No puede estar en el futuro."]}
            for lugar, fila in enumerate(contenido[parte])
            if (fila.get(campo) or 0) > ano
        }
        if futuras:
            errores.setdefault(parte, futuras)
    return errores


_FALTA = {
    "detalle": "Diga el detalle de lo que respondió que sí.",
    "parentescos": "Diga quién de la familia.",
    "cigarrillos_dia": "Diga cuántos cigarrillos al día, o el detalle.",
}


def _revisar_respuestas(parte: str, respuestas: Mapping[str, Mapping[str, Any]]) -> Errores:
    errores: Errores = {}
    for codigo, dada in respuestas.items():
        propio = _propio(parte, codigo)
        if dada["respuesta"] == Respuesta.SI and not _explicada(propio, dada):
            errores[codigo] = {propio: [_FALTA[propio]]}
        elif dada["respuesta"] != Respuesta.SI and dada.get("parentescos"):
            errores[codigo] = {"parentescos": ["Solo cuando la respuesta es sí."]}
        elif "cigarrillos_dia" in dada and (propio != "cigarrillos_dia" or dada["respuesta"] != Respuesta.SI):
            errores[codigo] = {"cigarrillos_dia": ["Solo de quien fuma tabaco."]}
    return errores


def _propio(parte: str, codigo: str) -> str:
    """What a yes to that question must come with."""
    if parte == "familiares":
        return "parentescos"
    return "cigarrillos_dia" if (parte, codigo) == ("habitos", "tabaco") else "detalle"


def _explicada(propio: str, dada: Mapping[str, Any]) -> bool:
    return bool(dada.get(propio) or (propio == "cigarrillos_dia" and dada.get("detalle")))


def _respuesta(respuestas: Mapping[str, Mapping[str, Any]], codigo: str) -> str:
    return str(respuestas.get(codigo, {}).get("respuesta", Respuesta.NO_PREGUNTADO))


def cambios(antes: Contenido | None, ahora: Contenido) -> list[dict[str, Any]]:
    """What is different, as `campo`, `antes` and `despues`: answers by code, lists by what came and went."""
    previo = antes or VACIO
    encontrados: list[dict[str, Any]] = []
    for parte, preguntas in CUESTIONARIOS.items():
        for codigo in preguntas:
            encontrados += _de_respuesta(f"{parte}.{codigo}", previo[parte].get(codigo), ahora[parte].get(codigo))
    for parte in LISTAS:
        quitados = [_cambio(parte, fila, None) for fila in previo[parte] if fila not in ahora[parte]]
        encontrados += quitados + [_cambio(parte, None, fila) for fila in ahora[parte] if fila not in previo[parte]]
    if previo["observaciones"] != ahora["observaciones"]:
        encontrados.append(_cambio("observaciones", previo["observaciones"], ahora["observaciones"]))
    return encontrados


def _de_respuesta(
    campo: str, antes: Mapping[str, Any] | None, ahora: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    nada = {"respuesta": Respuesta.NO_PREGUNTADO.value}
    previa, nueva = antes or nada, ahora or nada
    distintos = [nombre for nombre in {**previa, **nueva} if previa.get(nombre) != nueva.get(nombre)]
    return [
        _cambio(campo if nombre == "respuesta" else f"{campo}.{nombre}", previa.get(nombre), nueva.get(nombre))
        for nombre in distintos
    ]


def _cambio(campo: str, antes: Any, despues: Any) -> dict[str, Any]:
    return {"campo": campo, "antes": antes, "despues": despues}


def desplegar(contenido: Contenido) -> dict[str, Any]:
    """The history as it is shown: every question in its order, with its answer or that it was not asked."""
    mostrado = dict(contenido)
    for parte, preguntas in CUESTIONARIOS.items():
        mostrado[parte] = [
            {
                "codigo": codigo,
                "nombre": pregunta.nombre,
                "grupo": pregunta.grupo.value,
                "respuesta": Respuesta.NO_PREGUNTADO.value,
                **contenido[parte].get(codigo, {}),
            }
            for codigo, pregunta in preguntas.items()
        ]
    return mostrado
