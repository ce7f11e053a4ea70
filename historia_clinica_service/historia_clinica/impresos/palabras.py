"""How what a record holds is said on paper: names of fields, dates on the clock of the centre, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from comun.times import zone
from historia_clinica.dominio.zona import ZONA

# Names of fields and words that are written with accents, or otherwise than they are kept.
ROTULOS = {
    "ano": "Año",
    "ao": "Ambos ojos",
    "avance_pct": "Avance %",
    "ceo_d": "ceo-d",
    "cedula": "Cédula",
    "cpo_d": "CPO-D",
    "desde_ano": "Desde (año)",
    "descripcion": "Descripción",
    "diametro_mm": "Diámetro (mm)",
    "dp_cerca_mm": "Distancia pupilar de cerca (mm)",
    "dp_lejos_mm": "Distancia pupilar de lejos (mm)",
    "estomatognatico": "Sistema estomatognático",
    "examenes": "Exámenes pedidos",
    "higiene": "Higiene oral",
    "identificacion": "Identificación",
    "motivo_consulta": "Motivo de consulta",
    "nic_medio_mm": "NIC medio (mm)",
    "placa_pct": "Placa %",
    "plan_diagnostico": "Plan de diagnóstico",
    "plan_educacional": "Plan educacional",
    "plan_terapeutico": "Plan terapéutico",
    "que": "Cirugía",
    "rayos_x": "Rayos X",
    "region": "Región",
    "sangrado_pct": "Sangrado %",
    "sondaje_maximo_mm": "Sondaje máximo (mm)",
    "sondaje_medio_mm": "Sondaje medio (mm)",
    "supuracion_pct": "Supuración %",
    "tipo_lente": "Tipo de lente",
    "agudeza": "Agudeza visual",
    "adicion": "Adición",
    "analisis": "Análisis",
    "angle": "Clase de Angle",
    "biomicroscopia": "Biomicroscopía",
    "calculo": "Cálculo",
    "camara_anterior": "Cámara anterior",
    "codigo": "Código",
    "codigo_cie10": "CIE-10",
    "condicion": "Condición",
    "cornea": "Córnea",
    "dpar": "DPAR",
    "diagnosticos": "Diagnósticos",
    "evolucion": "Evolución",
    "excavacion": "Excavación (copa/disco)",
    "glandulas_salivales": "Glándulas salivales",
    "imc": "Índice de masa corporal",
    "indices": "Índices",
    "items": "Tratamientos",
    "macula": "Mácula",
    "numero": "Número",
    "parpados": "Párpados",
    "paquimetria_um": "Paquimetría (µm)",
    "presion": "Presión",
    "queratometria": "Queratometría",
    "razon": "Razón",
    "refraccion": "Refracción",
    "refraccion_objetiva": "Refracción objetiva",
    "relacion": "Relación",
    "sesion": "Sesión",
    "titulo": "Título",
    "vision_binocular": "Visión binocular",
    "vision_colores": "Visión de colores",
    "piso": "Piso de la boca",
    "atm": "ATM",
    "od": "Ojo derecho",
    "oi": "Ojo izquierdo",
    "sin_correccion": "Sin corrección",
    "con_correccion": "Con corrección",
    "si": "Sí",
    "quimica_sanguinea": "Química sanguínea",
    "biometria": "Biometría hemática",
    "primera_vez": "Primera vez",
    "radiografia": "Radiografía",
    "fotografia": "Fotografía",
}


_DIA = re.compile(r"\d{4}-\d{2}-\d{2}")
_PALABRA = re.compile(r"[a-z]+(_[a-z]+)*")


class Palabras:
    """The same for a whole document, on the clock of one place."""

    def __init__(self, zona: str | None = None) -> None:
        self.zona = zone(zona or ZONA)

    def momento(self, valor: Any) -> str:
        """A date, with the time of day when it has one."""
        if isinstance(valor, datetime):
            return f"{valor.astimezone(self.zona):%d/%m/%Y %H:%M}"
        return f"{valor:%d/%m/%Y}" if isinstance(valor, date) else str(valor or "")

    def dia(self, valor: Any) -> str:
        """Only the date."""
        if isinstance(valor, datetime):
            return f"{valor.astimezone(self.zona):%d/%m/%Y}"
        if isinstance(valor, str):
            valor = date.fromisoformat(valor[:10])
        return f"{valor:%d/%m/%Y}" if isinstance(valor, date) else ""

    def dicho(self, valor: Any) -> str:
        """Any single value in words; what has parts, its parts one after the other."""
        if valor is None:
            return ""
        if isinstance(valor, bool):
            return "Sí" if valor else "No"
        if isinstance(valor, date):
            return self.momento(valor)
        if isinstance(valor, Decimal | float):
            return cifra(valor)
        if isinstance(valor, Mapping):
            return "; ".join(f"{rotulo(nombre)}: {self.dicho(uno)}" for nombre, uno in valor.items() if lleno(uno))
        if isinstance(valor, list | tuple | set | frozenset):
            return ", ".join(self.dicho(uno) for uno in valor)
        return self._texto(str(valor))

    def _texto(self, texto: str) -> str:
        """A date that was kept as text, a word of a list, or what somebody wrote."""
        if _DIA.fullmatch(texto):
            return self.dia(texto)
        return rotulo(texto) if _PALABRA.fullmatch(texto) else texto


def rotulo(campo: str) -> str:
    """The name of a field, or a word of a list, as people read it."""
    return ROTULOS.get(campo) or campo.replace("_", " ").strip().capitalize()


def cifra(valor: Any) -> str:
    """A number without superfluous zeros."""
    texto = f"{Decimal(str(valor)):f}"
    return texto.rstrip("0").rstrip(".") if "." in texto else texto


def lleno(valor: Any) -> bool:
    """Whether there is something to print: zero and no are, nothing and empty are not."""
    return bool(valor) or valor is False or (valor == 0 and not isinstance(valor, str))


def juntos(*partes: Any, entre: str = " · ") -> str:
    """What is said of several things, those not said left out."""
    return entre.join(str(parte) for parte in partes if lleno(parte))


def nombre_de(persona: Mapping[str, Any] | None) -> str:
    """A person's whole name."""
    return juntos((persona or {}).get("nombres"), (persona or {}).get("apellidos"), entre=" ")


def edad(nacimiento: Any, hoy: date) -> str:
    """Years completed, or months before the second birthday; empty when the birth date is not known."""
    if not nacimiento:
        return ""
    nacido = date.fromisoformat(str(nacimiento)[:10])
    meses = (hoy.year - nacido.year) * 12 + hoy.month - nacido.month - (hoy.day < nacido.day)
    return f"{meses // 12} años" if meses >= 24 else f"{meses} {'mes' if meses == 1 else 'meses'}"


def indices(dichos: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """CPO-D and ceo-d under their names."""
    dichos = dichos or {}
    return [("CPO-D (permanentes)", dichos.get("cpo_d") or {}), ("ceo-d (temporales)", dichos.get("ceo_d") or {})]


def indice(cuenta: Mapping[str, Any], *, mayusculas: bool) -> str:
    """`C 2 + P 1 + O 3 = 6`; of milk teeth in small letters."""
    letras = {nombre: nombre.upper() if mayusculas else nombre for nombre in "cpeo" if nombre in cuenta}
    partes = " + ".join(f"{letra} {cuenta[nombre]}" for nombre, letra in letras.items())
    return f"{partes} = {cuenta['total']}" if "total" in cuenta else partes


def indices_dichos(dichos: Any) -> list[tuple[str, str]]:
    """Both indices, named and reckoned."""
    return [(nombre, indice(cuenta, mayusculas=nombre.startswith("C"))) for nombre, cuenta in indices(dichos)]


def dinero(valor: Any) -> str:
    """US dollars."""
    return "" if valor is None else f"$ {Decimal(str(valor)):.2f}"


def membrete(centro: Mapping[str, Any]) -> list[str | None]:
    """The lines of a letterhead."""
    ruc, telefono = centro.get("ruc"), centro.get("telefono")
    datos = juntos(ruc and f"RUC {ruc}", telefono and f"Tel. {telefono}")
    return [centro.get("nombre") or "OdontoCare", centro.get("direccion"), datos]


def columnas_de(filas: Iterable[Mapping[str, Any]], sin: Iterable[str] = ()) -> list[str]:
    """The fields of which some row says something, in the order in which they come."""
    ocultas = set(sin)
    vistas: dict[str, None] = {}
    for fila in filas:
        vistas.update(dict.fromkeys(campo for campo, valor in fila.items() if lleno(valor) and campo not in ocultas))
    return list(vistas)
