"""What percentage doctors get: fees that were earned keep theirs, whatever is changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.auth.caller import Caller
from comun.db import release
from comun.errors import Invalid
from comun.preconditions import check_version
from facturacion.casos_de_uso.personas import exigir_doctor
from facturacion.clientes.inventario import inventario
from facturacion.extensiones import db
from facturacion.modelos import TarifaHonorario, TratamientoRef


def crear_tarifa(datos: Mapping[str, Any]) -> TarifaHonorario:
    """So much percent from a day on.

    Invalid when there is no such doctor or treatment; Unavailable when nobody told of them yet and who knows is down.
    """
    _exigir(datos)
    tarifa = TarifaHonorario(porcentaje=datos["porcentaje"], desde=datos["desde"])
    _asignar(tarifa, datos)
    db.session.add(tarifa)
    return tarifa


def editar_tarifa(tarifa_id: int, cambios: Mapping[str, Any], quien: Caller) -> TarifaHonorario:
    """Change what will be earned from now on. Raises as above."""
    _exigir(cambios)
    tarifa = TarifaHonorario.obtener(tarifa_id, quien)
    check_version(tarifa)
    _asignar(tarifa, cambios)
    for campo in ("porcentaje", "desde"):
        if campo in cambios:
            setattr(tarifa, campo, cambios[campo])
    return tarifa


def _asignar(tarifa: TarifaHonorario, datos: Mapping[str, Any]) -> None:
    tarifa.doctor_id = datos.get("doctor_id", tarifa.doctor_id)
    tarifa.tratamiento_id = datos.get("tratamiento_id", tarifa.tratamiento_id)
    tarifa.doctor_clave, tarifa.tratamiento_clave = tarifa.doctor_id or 0, tarifa.tratamiento_id or 0


def _exigir(datos: Mapping[str, Any]) -> None:
    """Who is named exists. May ask others: before the first write."""
    if (doctor_id := datos.get("doctor_id")) is not None:
        exigir_doctor(doctor_id)
    tratamiento_id = datos.get("tratamiento_id")
    if tratamiento_id is None or db.session.get(TratamientoRef, tratamiento_id) is not None:
        return
    release(db.session)
    if tratamiento_id not in inventario().tratamientos([tratamiento_id]):
        raise Invalid({"tratamiento_id": ["No existe ese tratamiento."]})
