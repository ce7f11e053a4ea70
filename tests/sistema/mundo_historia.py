"""The clinical records of the small world: the own patient's, and the foreign one's, each written by their doctor."""

from __future__ import annotations

import base64
import io
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PIL import Image

from .conftest import Quien, bien

if TYPE_CHECKING:
    from .mundo import Mundo

_Alta = Callable[["Mundo"], int]
_Cuerpo = Callable[["Mundo"], Any]

BASE = "/historia-clinica"
ITEM = {
    **{"medicamento": "Ibuprofeno", "concentracion": "400 mg", "forma": "tableta", "via": "oral"},
    **{"dosis": "1 tableta", "frecuencia": "cada 8 horas", "duracion": "3 días", "cantidad": 9},
}
EXAMEN = {
    "motivo": "Control",
    "od": {"refraccion": {"esfera": -1.5}, "presion": {"mmhg": 15, "metodo": "goldmann"}},
    "oi": {"refraccion": {"esfera": -1}, "presion": {"mmhg": 16, "metodo": "goldmann"}},
}


@dataclass(frozen=True)
class Formulario:
    """A body that is a form with a file."""

    campos: dict[str, Any]
    contenido: bytes
    nombre: str = "rx.png"
    tipo: str = "image/png"


def envio(cuerpo: Any) -> dict[str, Any]:
    """A body as `requests` takes it."""
    if isinstance(cuerpo, Formulario):
        archivo = (cuerpo.nombre, cuerpo.contenido, cuerpo.tipo)
        return {"data": cuerpo.campos, "files": {"archivo": archivo}}
    return {"json": cuerpo}


def imagen(ancho: int = 12, alto: int = 12) -> bytes:
    """A small PNG that is like no other."""
    salida = io.BytesIO()
    Image.frombytes("RGB", (ancho, alto), secrets.token_bytes(3 * ancho * alto)).save(salida, "PNG")
    return salida.getvalue()


def adjunto(**campos: Any) -> Formulario:
    """A form that attaches such a picture."""
    return Formulario({"titulo": "Panorámica", "categoria": "radiografia", **campos}, imagen())


def consentimiento(m: Mundo) -> dict[str, Any]:
    """A body by which the patient consents to the text, having drawn a signature."""
    firma = base64.b64encode(imagen()).decode()
    firmante = {"firmante_nombre": "Eva Persona", "firmante_identificacion": "1714307103", "firma": firma}
    return {"texto_id": m["texto"], "version": 1, "acepta": True, "medio": "firma_digital", **firmante}


def hallazgos(**cambios: Any) -> dict[str, Any]:
    """A body that notes something of a tooth."""
    return {"hallazgos": [{"pieza": 16, "codigo": "caries", "superficies": "O", **cambios}]}


def alergia(m: Mundo) -> dict[str, Any]:
    """A body that notes an allergy that nobody has."""
    return {"sustancia": m.palabra("polen"), "tipo": "ambiental", "severidad": "leve"}


def plan(m: Mundo) -> dict[str, Any]:
    """A body that plans one thing."""
    items = [{"tratamiento_id": m["tratamiento"], "pieza": 16}]
    return {"nombre": m.palabra("Rehabilitación"), "items": items}


def ajeno(nombre: str) -> str:
    """What the same is called in the foreign record: `nota_ajena`, `signos_ajenos`."""
    final = "o" if nombre.endswith("grama") else {"a": "a", "s": "os"}.get(nombre[-1], "o")
    return f"{nombre}_ajen{final}"


def preparar(m: Mundo) -> None:
    """Something in each part of both records; what can be signed once as a draft and once signed."""
    m.ids["texto"] = m["nuevo_texto"]
    for nombre, nuevo in _PROPIO.items():
        m.ids[nombre], m.ids[ajeno(nombre)] = m[nuevo], m[ajeno(nuevo)]
    for medico, llamar in ((m.quien["medico"], str), (m.medico_ajeno, ajeno)):
        borrador = f"{BASE}/notas/{m[llamar('nota')]}"
        bien(medico.put(f"{borrador}/formulario-033", {"angle": "I"}, headers={"If-Match": "*"}))
        nota = m.ids[llamar("nota_firmada")] = m[llamar("nueva_nota")]
        receta = bien(medico.post(f"{BASE}/notas/{nota}/recetas", {"items": [ITEM]}), 201)
        m.ids[llamar("receta_emitida")] = receta["id"]
        bien(medico.post(f"{BASE}/notas/{nota}/firma"))
        examen = m.ids[llamar("examen_firmado")] = m[llamar("nuevo_examen")]
        bien(medico.post(f"{BASE}/examenes-oftalmologicos/{examen}/firma"))
        m.ids[llamar("receta_optica")] = m[llamar("nueva_receta_optica")]
    poner_en_marcha(m)
    m.ids["emergencia"] = m["nueva_emergencia"]


def poner_en_marcha(m: Mundo) -> None:
    """An accepted plan of which nothing is done yet."""
    en_marcha = m["nuevo_plan"]
    for estado in ("presentado", "aceptado"):
        ruta = f"{BASE}/planes/{en_marcha}/estado"
        hecho = bien(m.quien["medico"].patch(ruta, {"estado": estado}))
    m.ids |= {"plan_en_marcha": en_marcha, "item": hecho["items"][0]["id"]}


_PROPIO = {
    "alergia": "nueva_alergia",
    "signos": "nuevos_signos",
    "hallazgo": "nuevo_hallazgo",
    "periodontograma": "nuevo_periodontograma",
    "plan": "nuevo_plan",
    "adjunto": "nuevo_adjunto",
    "consentimiento": "nuevo_consentimiento",
    "nota": "nueva_nota",
    "examen": "nuevo_examen",
    "receta": "nueva_receta",
}
_FIRMADO = ("nota_firmada", "examen_firmado", "receta_emitida", "receta_optica")
# What `preparar` makes, the first time that a test wants something of it.
NOMBRES = {
    *(llamar(nombre) for nombre in (*_PROPIO, *_FIRMADO) for llamar in (str, ajeno)),
    *("texto", "plan_en_marcha", "item", "emergencia"),
}


def _de_medicos(nombre: str, ruta: str, cuerpo: _Cuerpo) -> dict[str, _Alta]:
    """How the own doctor makes it in the own record, and the other one in the foreign record."""

    def con(llamar: Callable[[str], str]) -> _Alta:
        def hacer(m: Mundo) -> int:
            medico: Quien = m.quien["medico"] if llamar is str else m.medico_ajeno
            suya = re.sub(r"{(\w+)}", lambda hallado: str(m[llamar(hallado[1])]), BASE + ruta)
            creado = bien(medico.call("POST", suya, **envio(cuerpo(m))), 201)
            return int(creado["datos"][0]["id"] if "datos" in creado else creado["id"])

        return hacer

    return {nombre: con(str), ajeno(nombre): con(ajeno)}


def texto(m: Mundo) -> dict[str, Any]:
    """A body that publishes a text of consent."""
    return {"codigo": m.palabra("texto").replace(".", "_"), "titulo": "Exodoncia", "cuerpo": "# Riesgos\n- Dolor"}


def _texto(m: Mundo) -> int:
    return int(bien(m.admin.post(f"{BASE}/consentimientos/textos", texto(m)), 201)["id"])


def _emergencia(m: Mundo) -> int:
    ruta = f"{BASE}/pacientes/{m['nuevo_paciente']}/emergencias"
    return int(bien(m.quien["medico"].post(ruta, EMERGENCIA), 201)["id"])


EMERGENCIA = {"motivo": "Llegó sin conocimiento"}
SONDAJE = {"piezas": [{"pieza": 16, "sitios": {"mv": {"sondaje": 3}}}]}
LENTES = {"uso": "lejos", "tipo_lente": "monofocal"}
NUEVOS: dict[str, _Alta] = {
    **_de_medicos("nueva_alergia", "/pacientes/{paciente}/alergias", alergia),
    **_de_medicos("nuevos_signos", "/pacientes/{paciente}/signos-vitales", lambda _m: {"pulso_lpm": 71}),
    **_de_medicos("nuevo_hallazgo", "/pacientes/{paciente}/odontograma/hallazgos", lambda _m: hallazgos()),
    **_de_medicos("nuevo_periodontograma", "/pacientes/{paciente}/periodontogramas", lambda _m: SONDAJE),
    **_de_medicos("nuevo_plan", "/pacientes/{paciente}/planes", plan),
    **_de_medicos("nuevo_adjunto", "/pacientes/{paciente}/adjuntos", lambda _m: adjunto()),
    **_de_medicos("nuevo_consentimiento", "/pacientes/{paciente}/consentimientos", consentimiento),
    **_de_medicos("nueva_nota", "/citas/{nueva_cita}/notas", lambda _m: {"subjetivo": "Dolor al masticar"}),
    **_de_medicos("nuevo_examen", "/pacientes/{paciente}/examenes-oftalmologicos", lambda _m: EXAMEN),
    **_de_medicos("nueva_receta", "/notas/{nota}/recetas", lambda _m: {"items": [ITEM]}),
    **_de_medicos(
        "nueva_receta_optica", "/examenes-oftalmologicos/{examen_firmado}/recetas-opticas", lambda _m: LENTES
    ),
    "nuevo_texto": _texto,
    "nueva_emergencia": _emergencia,
}
