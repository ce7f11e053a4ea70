"""An eye exam as lines to read: what was found, right beside left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from historia_clinica.dominio.ojos import cifra
from historia_clinica.dominio.refraccion import Refraccion

Datos = Mapping[str, Any]
SEGMENTO = (
    ("parpados", "Párpados"),
    ("conjuntiva", "Conjuntiva"),
    ("cornea", "Córnea"),
    ("camara_anterior", "Cámara anterior"),
    ("iris", "Iris"),
    ("cristalino", "Cristalino"),
)
FONDO = (("papila", "Papila"), ("macula", "Mácula"), ("vasos", "Vasos"), ("periferia", "Periferia"))
AGUDEZAS = (
    ("sin_correccion", "Agudeza sin corrección"),
    ("estenopeico", "Agudeza con estenopeico"),
    ("con_correccion", "Agudeza con corrección"),
)
METODOS = {
    "neumatica": "neumática",
    "tonopen": "Tono-Pen",
    "icare": "iCare",
    "goldmann": "Goldmann",
    "schiotz": "Schiøtz",
}
OJOS = {"od": "OD", "oi": "OI", "ao": "AO"}


def renglones(od: Datos, oi: Datos) -> list[tuple[str, str, str]]:
    """What was found, as (what, right, left), from acuity to fundus; nothing of what was found in neither eye.

    The eyes as the part `examenes_oftalmologicos` of a record tells them.
    """
    todos = [(titulo, decir(od), decir(oi)) for titulo, decir in _RENGLONES]
    return [renglon for renglon in todos if renglon[1] or renglon[2]]


def diagnostico(dicho: Datos) -> str:
    """A diagnosis in a line: `H40.0 Sospecha de glaucoma (OD, presuntivo)`."""
    codigo = f"{dicho['codigo_cie10']} " if dicho.get("codigo_cie10") else ""
    return f"{codigo}{dicho['descripcion']} ({OJOS[dicho['ojo']]}, {dicho['condicion']})"


def _agudeza(nombre: str) -> Callable[[Datos], str]:
    def decir(ojo: Datos) -> str:
        leida = (ojo["agudeza"] or {}).get(nombre)
        return f"{leida['texto']} (logMAR {leida['logmar']})" if leida else ""

    return decir


def _de(parte: str, campo: str) -> Callable[[Datos], str]:
    return lambda ojo: (ojo[parte] or {}).get(campo) or ""


def _objetiva(ojo: Datos) -> str:
    lente = ojo["refraccion_objetiva"] or {}
    dioptrias = {campo: _decimal(lente.get(campo)) for campo in ("esfera", "cilindro", "adicion")}
    return Refraccion(**dioptrias, eje=lente.get("eje")).escrita()


def _decimal(valor: float | None) -> Decimal | None:
    return None if valor is None else Decimal(str(valor))


def _queratometria(ojo: Datos) -> str:
    medida = ojo["queratometria"]
    if not medida:
        return ""
    meridianos = []
    for k in ("k1", "k2"):
        eje = medida.get(f"{k}_eje")
        meridianos.append(f"{k.upper()} {medida[k]:.2f} D" + ("" if eje is None else f" a {eje}°"))
    return ", ".join(meridianos)


def _presion(ojo: Datos) -> str:
    tomada = ojo["presion"]
    if not tomada:
        return ""
    hora = "" if tomada["hora"] is None else f", {tomada['hora'] // 60:02}:{tomada['hora'] % 60:02}"
    return f"{cifra(tomada['mmhg'])} mmHg ({METODOS[tomada['metodo']]}{hora})"


def _pupilas(ojo: Datos) -> str:
    pupila = ojo["pupilas"] or {}
    dichos = []
    if pupila.get("reactividad"):
        dichos.append(f"reactividad {pupila['reactividad']}")
    if pupila.get("diametro_mm") is not None:
        dichos.append(f"{pupila['diametro_mm']:g} mm")
    if pupila.get("dpar") is not None:
        dichos.append("DPAR presente" if pupila["dpar"] else "sin DPAR")
    if pupila.get("detalle"):
        dichos.append(pupila["detalle"])
    return ", ".join(dichos)


def _excavacion(ojo: Datos) -> str:
    medida = (ojo["fondo"] or {}).get("excavacion")
    return "" if medida is None else cifra(medida)


def _dilatado(ojo: Datos) -> str:
    fondo = ojo["fondo"] or {}
    if fondo.get("dilatado") is None:
        return ""
    con = fondo.get("dilatado_con")
    return f"Sí{f', con {con}' if con else ''}" if fondo["dilatado"] else "No"


_RENGLONES: tuple[tuple[str, Callable[[Datos], str]], ...] = (
    *((titulo, _agudeza(nombre)) for nombre, titulo in AGUDEZAS),
    ("Agudeza de cerca", _de("agudeza", "cerca")),
    ("Refracción objetiva", _objetiva),
    ("Refracción final", _de("refraccion", "escrita")),
    ("Queratometría", _queratometria),
    ("Presión intraocular", _presion),
    ("Paquimetría", lambda ojo: f"{ojo['paquimetria_um']} µm" if ojo["paquimetria_um"] else ""),
    ("Pupila", _pupilas),
    ("Motilidad", lambda ojo: ojo["motilidad"] or ""),
    *((titulo, _de("biomicroscopia", campo)) for campo, titulo in SEGMENTO),
    ("Fondo dilatado", _dilatado),
    ("Excavación (copa/disco)", _excavacion),
    *((titulo, _de("fondo", campo)) for campo, titulo in FONDO),
)
