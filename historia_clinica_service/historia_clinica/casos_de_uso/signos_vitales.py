"""Vital signs: measured, shown with what is unusual at the patient's age, annulled when they were a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Invalid
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.citas_conocidas import cita_del_expediente, conocer_citas
from historia_clinica.casos_de_uso.momentos import en_periodo
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.casos_de_uso.personas import breve, conocer_persona, nacimiento_de
from historia_clinica.dominio.signos import SIGNOS, grupo_de, revisar
from historia_clinica.extensiones import db
from historia_clinica.modelos import EstadoSignos, SignosVitales

QUE = "signos_vitales"
# Clocks differ.
ADELANTO = timedelta(minutes=5)


def listar(paciente_id: int, filtro: Mapping[str, Any]) -> tuple[Select[Any], dict[str, Any]]:
    """Signs taken within `desde` and `hasta`, in that `estado`, for a page; and the alerts."""
    acceso = acceder(paciente_id, Accion.LEER, QUE)
    consulta = acceso.lista(SignosVitales).options(*SignosVitales.cargar())
    consulta = en_periodo(consulta, SignosVitales.tomado_en, filtro)
    if "estado" in filtro:
        consulta = consulta.where(SignosVitales.estado == filtro["estado"])
    return consulta, {"alertas": acceso.alertas}


def leer(signos_id: int) -> SignosVitales:
    """Signs that were taken together, with the alerts of their record."""
    signos, acceso = buscar(SignosVitales, signos_id, Accion.LEER, QUE)
    return _mostrados(signos, acceso)


def anotar(paciente_id: int, datos: dict[str, Any]) -> SignosVitales:
    """Note what was measured. Invalid when no body at that age can have it, or it lies in the future."""
    conocer_persona(paciente_id)
    conocer_citas(datos)
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    tomado_en = datos.setdefault("tomado_en", now())
    nacimiento = nacimiento_de(acceso.paciente_id)
    grupo = grupo_de(nacimiento, tomado_en.date())
    errores = revisar(datos, grupo)
    if tomado_en > now() + ADELANTO:
        errores["tomado_en"] = ["No puede estar en el futuro."]
    elif nacimiento is not None and tomado_en.date() < nacimiento:
        errores["tomado_en"] = ["Es anterior al nacimiento."]
    cita_id = datos.get("cita_id")
    if cita_id is not None and cita_del_expediente(cita_id, acceso) is None:
        errores["cita_id"] = ["No es una cita de este paciente."]
    if errores:
        raise Invalid(errores)
    signos = SignosVitales(
        **datos,
        grupo_edad=grupo,
        estado=EstadoSignos.VALIDO,
        paciente_id=acceso.paciente_id,
        doctor=acceso.autor,
    )
    db.session.add(signos)
    db.session.flush()
    return _mostrados(signos, acceso)


def anular(signos_id: int, motivo: str) -> SignosVitales:
    """Take back what was noted by mistake."""
    signos, acceso = buscar_escribiendo(SignosVitales, signos_id, QUE)
    check_version(signos)
    signos.anular(motivo, caller().actor)
    return _mostrados(signos, acceso)


def _mostrados(signos: SignosVitales, acceso: Acceso) -> SignosVitales:
    signos.alertas = acceso.alertas
    return signos


@parte(QUE, "Signos vitales", 30)
def contar_signos(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Signs that hold for the whole record, the latest first; the names of the fields tell the units."""
    if acceso.solo_firmado:
        return []
    consulta = (
        acceso.de(SignosVitales)
        .where(SignosVitales.estado == EstadoSignos.VALIDO)
        .options(*SignosVitales.cargar())
        .order_by(SignosVitales.tomado_en.desc(), SignosVitales.id.desc())
        .limit(limite)
    )
    return [_contar(signos) for signos in db.session.scalars(consulta)]


def _contar(signos: SignosVitales) -> dict[str, Any]:
    medidas = {campo: getattr(signos, campo) for campo in (*SIGNOS, "imc")}
    return {
        "id": signos.id,
        "cita_id": signos.cita_id,
        "tomado_en": signos.tomado_en,
        **{campo: valor for campo, valor in medidas.items() if valor is not None},
        "fuera_de_rango": signos.fuera_de_rango,
        "observaciones": signos.observaciones,
        "registrado_por": breve(signos.doctor),
    }
