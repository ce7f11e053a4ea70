"""Named queries over patients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from admin.dominio.identificacion import normalizar
from admin.extensiones import db
from admin.modelos.busqueda import al_leer, entre_pocas, palabras, por_indice
from admin.modelos.catalogo import Catalogo, Entrada, plegado
from admin.modelos.cita_ref import CitaRef
from admin.modelos.paciente import Paciente
from comun.auth.caller import Caller, Scope
from comun.pagination import requested_order

ORDEN_PACIENTES = {
    "id": Paciente.id,
    "apellidos": Paciente.apellidos,
    "nombres": Paciente.nombres,
    "creado_en": Paciente.creado_en,
    "actualizado_en": Paciente.actualizado_en,
}

_IGUALES = ("referencia_externa", "estado_paciente", "centro_id", "usuario_id")
_CATALOGOS = {
    "fuente_captacion": (Catalogo.FUENTES, Paciente.fuente_id),
    "aseguradora": (Catalogo.ASEGURADORAS, Paciente.aseguradora_id),
    "linea_negocio": (Catalogo.LINEAS_NEGOCIO, Paciente.linea_negocio_id),
}

# A search that meets so many of the first rows of a list fills its page by reading them in order.
MUESTRA = 2000
FRECUENTE = 20
_uno = aliased(Paciente)


def buscar_pacientes(filtro: Mapping[str, Any], quien: Caller) -> Select[Any]:
    """The patients that the caller may see and the filter asks for."""
    consulta = db.select(Paciente).where(Paciente.visibles_para(quien)).options(*Paciente.cargar())
    for campo in _IGUALES:
        if campo in filtro:
            consulta = consulta.where(getattr(Paciente, campo) == filtro[campo])
    if "identificacion" in filtro:
        consulta = consulta.where(Paciente.identificacion == normalizar(filtro["identificacion"]))
    if "doctor_id" in filtro:
        sus_citas = select(CitaRef.paciente_id).where(CitaRef.doctor_id == filtro["doctor_id"], CitaRef.viva())
        consulta = consulta.where(Paciente.id.in_(sus_citas))
    for campo, (catalogo, columna) in _CATALOGOS.items():
        if campo in filtro:
            consulta = consulta.where(columna == _entrada(catalogo, filtro[campo]))
    if buscadas := palabras(filtro.get("q", "")):
        return _que_contienen(consulta, buscadas, filtro, quien)
    return consulta


def _que_contienen(
    consulta: Select[Any], buscadas: list[str], filtro: Mapping[str, Any], quien: Caller
) -> Select[Any]:
    """Those of them that contain all words, found in the way that suits how many they are."""
    if quien.alcance in (Scope.MEDICO, Scope.PACIENTE) or "doctor_id" in filtro:
        return consulta.where(entre_pocas(Paciente, buscadas))
    leyendo = consulta.where(al_leer(Paciente, buscadas))
    return leyendo if _llena_la_pagina(leyendo) else consulta.where(por_indice(Paciente, buscadas))


def _llena_la_pagina(consulta: Select[Any]) -> bool:
    """Whether enough of the first patients, in the order asked for, meet it.

    In that order, because those who are searched by surname stand together in the order of surnames.
    """
    columnas = [(getattr(_uno, orden.column.key), orden.descending) for orden in requested_order(ORDEN_PACIENTES)]
    en_orden = [columna.desc() if descendente else columna for columna, descendente in columnas]
    primeros = select(_uno.id).where(_uno.vivos()).order_by(*en_orden).limit(MUESTRA)
    hallados = consulta.where(Paciente.id.in_(primeros)).with_only_columns(Paciente.id).limit(FRECUENTE)
    return (db.session.scalar(select(func.count()).select_from(hallados.subquery())) or 0) >= FRECUENTE


def _entrada(catalogo: Catalogo, nombre: str) -> Any:
    return (
        select(Entrada.id)
        .where(Entrada.catalogo == catalogo, Entrada.vivos(), Entrada.nombre_plegado == plegado(nombre))
        .scalar_subquery()
    )
