"""The dashboard: today and this month at a glance, of this service and of its neighbours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from comun.auth.caller import Caller
from comun.db import release
from facturacion.casos_de_uso.cartera import resumen_de_cartera
from facturacion.casos_de_uso.dias import hoy_en_cada, hoy_para
from facturacion.casos_de_uso.financiero import cifras_de
from facturacion.casos_de_uso.fuentes import Fuentes
from facturacion.casos_de_uso.periodos import centros_de
from facturacion.clientes.admin import admin
from facturacion.clientes.citas import citas
from facturacion.clientes.inventario import inventario
from facturacion.dominio.cifras import Cifras
from facturacion.extensiones import db
from facturacion.modelos.reportes import Alcance


def tablero(filtro: Mapping[str, Any], quien: Caller) -> dict[str, Any]:
    """What there is today at the caller's centres, or at one. A part whose source does not answer is None."""
    centro_id = filtro.get("centro_id")
    centros, hoy = centros_de(quien, centro_id), hoy_para(quien, centro_id)
    fuentes = Fuentes(
        {
            "citas": partial(citas().resumen, centros=centros),
            "admin": partial(admin().pacientes_nuevos, hoy.replace(day=1), hoy, centros),
            "inventario": partial(inventario().resumen, centros),
        }
    )
    propias = {
        "fecha": hoy,
        "ingresos": _ingresos(hoy_en_cada(centros)),
        "cartera": resumen_de_cartera(quien, centro_id),
    }
    release(db.session)
    dichas, estados = fuentes.respuestas()
    nuevos, existencias = dichas["admin"], dichas["inventario"]
    return {
        **propias,
        "citas": dichas["citas"],
        "pacientes_nuevos": nuevos and nuevos["pacientes_nuevos"],
        "stock_bajo": existencias and existencias["stock_bajo"],
        "fuentes": estados,
    }


def _ingresos(dias: Mapping[date, frozenset[int] | None]) -> dict[str, Any]:
    """Of the day that it is at each centre, and of its month until then."""
    hoy, mes = Cifras(), Cifras()
    for dia, centros in dias.items():
        hoy += cifras_de(Alcance(dia, dia, centros))
        mes += cifras_de(Alcance(dia.replace(day=1), dia, centros))
    return {"hoy": hoy.como_dict(), "mes": mes.como_dict()}
