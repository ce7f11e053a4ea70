"""Money of a real system: from the completed appointment to the closed till, and figures that all tell the same."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from local_system import System

from .a_la_vez import a_la_vez
from .conftest import Red, bien, esperar, problema
from .consultorio import impreso
from .mostrador import DINERO, Mostrador, d, linea
from .mundo import EN_POSTGRESQL, EN_UNA_BASE, unico, vigilado

FIGURAS = ("facturado", "iva", "cobrado", "otros_ingresos", "gastos", "otros_egresos", "materiales", "honorarios")


@pytest.fixture
def mostrador(red: Red) -> Mostrador:
    return Mostrador(red)


# ---- One visit, as it goes through the books


@pytest.mark.usefixtures("en_un_dia")
@EN_UNA_BASE
def test_de_la_cita_a_la_caja_cerrada_y_a_los_reportes(red: Red, mostrador: Mostrador) -> None:
    m = mostrador
    caja = m.hacer("cajas", centro_id=m.centro, monto_inicial=50)["id"]
    cita = m.completar(m.citar((m.exodoncia, 2), (m.blanqueamiento, 1), extra=12.5))
    factura = _descontar_cubrir_y_emitir(m, m.borrador_de(cita))
    tarjeta = _cobrar(m, factura, caja)
    _contar_y_cerrar(m, caja)
    otra = m.emitir(m.facturar(25))
    _acreditar_y_aplicar(m, factura, otra["id"], tarjeta)
    _lo_que_ve_el_paciente(red, m, factura["id"], tarjeta)
    m.hacer("gastos", red.admin, centro_id=m.centro, categoria="Agua", monto=30, medio_pago="transferencia")
    _los_reportes_dicen_lo_mismo(m, factura["fecha_emision"])


def _descontar_cubrir_y_emitir(m: Mostrador, borrador: dict[str, Any]) -> dict[str, Any]:
    """A tenth less for the whitening, and USD 100 of the insurer's."""
    assert (borrador["estado"], borrador["numero"], borrador["total"]) == ("borrador", None, 242.38)
    assert borrador["comprador"]["tipo"] == "06" and borrador["comprador"]["identificacion"].startswith("PA")
    ruta = f"{DINERO}/facturas/{borrador['id']}"
    lineas = [
        linea(detalle, **({"descuento_porcentaje": 10} if detalle["tratamiento_id"] == m.blanqueamiento else {}))
        for detalle in borrador["detalles"]
    ]
    problema(m.secretaria.put(ruta, {"detalles": lineas}), 428)
    version = m.secretaria.get(ruta).headers["ETag"]
    editado = bien(m.secretaria.put(ruta, {"detalles": lineas}, headers={"If-Match": version}))
    assert [editado[c] for c in ("bruto", "descuento", "subtotal", "iva", "total")] == [
        222.5,
        12,
        210.5,
        18.08,
        228.58,
    ]
    problema(m.secretaria.put(ruta, {"detalles": []}, headers={"If-Match": version}), 412)
    aseguradora = bien(m.red.admin.post("/admin/aseguradoras", {"nombre": unico("Seguros")}), 201)["id"]
    cobertura = {"aseguradora_id": aseguradora, "monto": 100}
    cubierto = bien(m.secretaria.put(f"{ruta}/cobertura", cobertura, headers={"If-Match": "*"}))
    assert (cubierto["cubierto"], cubierto["aseguradora_id"]) == (100, aseguradora)
    emitida = m.emitir(borrador["id"])
    serie = f"{m.punto['establecimiento']}-{m.punto['punto']}"
    assert (emitida["estado"], emitida["numero"]) == ("emitida", f"{serie}-000000001")
    assert (emitida["saldo"], emitida["saldo_aseguradora"], emitida["saldo_paciente"]) == (228.58, 100, 128.58)
    problema(m.secretaria.put(ruta, {"observaciones": "No"}, headers={"If-Match": "*"}), 409, "factura_emitida")
    return emitida


def _cobrar(m: Mostrador, factura: dict[str, Any], caja: int) -> int:
    """The insurer by transfer, the patient in cash and by card, nobody too much."""
    numero, pagos = factura["id"], f"{DINERO}/facturas/{factura['id']}/pagos"
    seguro = m.pagar(numero, 100, "transferencia", pagador="aseguradora")
    assert seguro["aseguradora_id"] == factura["aseguradora_id"]
    efectivo = m.pagar(numero, 100, "efectivo")
    assert efectivo["caja_id"] == caja
    de_mas = {"monto": 28.59, "medio_pago": "tarjeta_credito"}
    problema(m.secretaria.post(pagos, de_mas), 409, "excede_saldo")
    tarjeta = m.pagar(numero, 28.58, "tarjeta_credito", referencia="LOTE 7")
    leida = m.leer(f"facturas/{numero}")
    assert (leida["estado"], leida["pagado"], leida["saldo"]) == ("pagada", 228.58, 0)
    m.hacer(
        "transacciones",
        **{"centro_id": m.centro, "tipo_transaccion": "egreso", "concepto": "Agua"},
        **{"monto": 20, "medio_pago": "efectivo"},
    )
    return int(tarjeta["id"])


def _contar_y_cerrar(m: Mostrador, caja: int) -> None:
    """She counts without knowing what should be there: USD 50 + 100 − 20 in cash; a dollar is missing."""
    ruta = f"{DINERO}/cajas/{caja}"
    assert m.leer(f"cajas/{caja}")["esperado"] is None
    problema(m.secretaria.post(f"{ruta}/cierre", {}), 409)
    contada = bien(m.secretaria.post(f"{ruta}/conteo", {"contado": {"efectivo": 129, "tarjeta_credito": 28.58}}))
    assert (contada["estado"], contada["diferencia"]) == ("contada", -1)
    assert contada["esperado"]["efectivo"] == 130
    problema(m.secretaria.post(f"{ruta}/cierre", {}), 409)
    cerrada = bien(m.secretaria.post(f"{ruta}/cierre", {"explicacion": "Un billete falso"}))
    assert (cerrada["estado"], cerrada["explicacion"]) == ("cerrada", "Un billete falso")
    [egreso] = m.leer("transacciones", caja_id=caja, tipo_transaccion="egreso")["datos"]
    for intento in (
        m.secretaria.put(f"{DINERO}/transacciones/{egreso['id']}", {"monto": 19}, headers={"If-Match": "*"}),
        m.secretaria.delete(f"{DINERO}/transacciones/{egreso['id']}"),
        m.secretaria.post(f"{ruta}/conteo", {"contado": {"efectivo": 130}}),
        m.red.admin.patch(f"{ruta}/estado", {"estado": "abierta", "motivo": "Se contó mal"}),
    ):
        problema(intento, 409)
    reporte = m.leer(f"cajas/{caja}/reporte")
    assert (reporte["ingresos"], reporte["egresos"], reporte["caja"]["diferencia"]) == (228.58, 20, -1)


def _acreditar_y_aplicar(m: Mostrador, factura: dict[str, Any], otra: int, tarjeta: int) -> None:
    """One extraction was cheaper: what the patient had paid for it by card pays the next invoice."""
    [exodoncia] = [detalle for detalle in factura["detalles"] if detalle["tratamiento_id"] == m.exodoncia]
    de_mas = {"motivo": "De más", "detalles": [{"detalle_id": exodoncia["id"], "monto": 90.01}]}
    assert m.secretaria.post(f"{DINERO}/facturas/{factura['id']}/notas-credito", de_mas).status_code in (409, 422)
    detalles = [{"detalle_id": exodoncia["id"], "monto": 25}]
    nota = m.hacer(
        f"facturas/{factura['id']}/notas-credito", motivo="Fue simple", detalles=detalles, de_aseguradora=0
    )
    assert (nota["total"], nota["numero"][-9:]) == (25, "000000001")
    leida = m.leer(f"facturas/{factura['id']}")
    assert [leida[c] for c in ("estado", "acreditado", "reembolsado", "saldo")] == ["pagada", 25, 25, 0]
    libres = {
        p["id"]: p["disponible"] for p in m.leer("pagos", paciente_id=m.paciente_id, con_disponible="true")["datos"]
    }
    assert libres == {tarjeta: 25}
    problema(
        m.secretaria.post(f"{DINERO}/pagos/{tarjeta}/aplicaciones", {"factura_id": otra, "monto": 25.01}),
        409,
    )
    aplicado = m.hacer(f"pagos/{tarjeta}/aplicaciones", factura_id=otra, monto=25)
    assert (aplicado["disponible"], m.leer(f"facturas/{otra}")["estado"]) == (0, "pagada")


def _lo_que_ve_el_paciente(red: Red, m: Mostrador, factura: int, pago: int) -> None:
    """Her own invoices, receipt and account; somebody else's are not there."""
    assert len(m.leer("facturas", m.paciente)["datos"]) == 2
    assert m.leer(f"facturas/{factura}", m.paciente)["numero"] == m.leer(f"facturas/{factura}")["numero"]
    recibo = impreso(m.paciente.get(f"{DINERO}/pagos/{pago}/recibo"))
    assert m.apellido in recibo and "28,58" in recibo.replace(".", ","), recibo
    cuenta = m.leer(f"pacientes/{m.paciente_id}/estado-cuenta", m.paciente)
    assert (cuenta["saldo_final"], cuenta["cargos"]) == (0, 253.58), cuenta
    assert m.apellido in impreso(m.paciente.get(f"{DINERO}/pacientes/{m.paciente_id}/estado-cuenta/pdf"))
    _, otro = red.con_usuario("pacientes")
    for ajeno in (
        *(f"facturas/{factura}", f"facturas/{factura}/pagos", f"pagos/{pago}", f"pagos/{pago}/recibo"),
        *(f"pacientes/{m.paciente_id}/estado-cuenta", f"pacientes/{m.paciente_id}/estado-cuenta/pdf"),
    ):
        problema(vigilado(otro).get(f"{DINERO}/{ajeno}"), 404)
    assert m.leer("facturas", otro)["datos"] == m.leer("pagos", otro)["datos"] == []


def _los_reportes_dicen_lo_mismo(m: Mostrador, dia: str) -> None:
    """To the cent: the day's report, profit in every grouping, dashboard, statistics, fees, expenses."""
    admin, donde = m.red.admin, {"centro_id": m.centro}
    rango = {"desde": dia, "hasta": dia, **donde}
    esperar(lambda: m.leer("reportes/financiero", admin, **rango)["totales"]["materiales"])
    totales = m.leer("reportes/financiero", admin, **rango)["totales"]
    # 2 extractions use 6 cartridges of USD 2; fees: 40 % of 90 − 25, of 108 and of 12.50.
    assert totales == {
        **{"facturado": 210.5, "iva": 18.08, "cobrado": 228.58, "otros_ingresos": 0, "gastos": 30},
        **{"otros_egresos": 20, "materiales": 12, "honorarios": 74.2, "margen": 124.3, "utilidad": 74.3},
    }
    for agrupar in ("dia", "mes", "centro", "doctor", "tratamiento", "aseguradora"):
        reporte = m.leer("reportes/financiero", admin, agrupar=agrupar, **rango)
        assert reporte["totales"] == totales, agrupar
        for figura in FIGURAS:
            dichas = [fila[figura] for fila in reporte["filas"]]
            assert None in dichas or sum(map(d, dichas)) == d(totales[figura]), (agrupar, figura)
    diario = m.leer("transacciones/reporte-diario", fecha=dia, **donde)
    # The expense went out at the cash desk too.
    assert (diario["ingresos"], diario["egresos"], diario["balance"]) == (228.58, 50, 178.58)
    mensual = m.leer("transacciones/reporte-mensual", mes=dia[:7], **donde)
    assert [mensual[c] for c in ("ingresos", "egresos", "balance")] == [
        diario[c] for c in ("ingresos", "egresos", "balance")
    ]
    medios = {fila["medio_pago"]: fila["ingresos"] for fila in diario["por_medio_pago"]}
    assert medios == {"transferencia": 100, "efectivo": 100, "tarjeta_credito": 28.58}
    tablero = m.leer("reportes/tablero", admin, **donde)
    assert tablero["ingresos"] == {"hoy": totales, "mes": totales}
    assert {fuente["estado"] for fuente in tablero["fuentes"].values()} == {"ok"}
    assert m.leer("gastos/totales", admin, **rango)["total"] == totales["gastos"]
    pendientes = m.leer("honorarios/pendientes", m.medico)
    assert sum(d(uno["total"]) for uno in pendientes["datos"]) == d(totales["honorarios"])
    facturado = m.leer("facturas/totales", **rango)
    assert d(facturado["total"]) - d(facturado["acreditado"]) == d(totales["facturado"]) + d(totales["iva"])
    assert d(facturado["pagado"]) - d(facturado["reembolsado"]) == d(totales["cobrado"])


# ---- All at once


@EN_POSTGRESQL
def test_doscientas_emisiones_a_la_vez_dan_numeros_seguidos(sistema: System, mostrador: Mostrador) -> None:
    m, cuantas = mostrador, 200
    with ThreadPoolExecutor(8) as hilos:
        borradores = list(hilos.map(lambda _: m.facturar(), range(cuantas)))
    emitir = [("PATCH", f"{DINERO}/facturas/{uno}/estado", {"estado": "emitida"}) for uno in borradores]
    respuestas = a_la_vez(m.secretaria, emitir)
    assert Counter(estado for estado, _ in respuestas) == {200: cuantas}
    assert sorted(int(factura["numero"][-9:]) for _, factura in respuestas) == list(range(1, cuantas + 1))
    totales = m.leer("facturas/totales", centro_id=m.centro)
    assert (totales["cantidad"], totales["saldo"]) == (cuantas, 20 * cuantas)


@EN_POSTGRESQL
def test_cincuenta_pagos_a_la_vez_de_todo_el_saldo_entran_una_vez(mostrador: Mostrador) -> None:
    m, todo = mostrador, {"monto": 20, "medio_pago": "transferencia"}
    una, otra = (m.emitir(m.facturar())["id"] for _ in range(2))
    respuestas = a_la_vez(m.secretaria, [("POST", f"{DINERO}/facturas/{una}/pagos", todo)] * 50)
    assert Counter((estado, cuerpo.get("codigo")) for estado, cuerpo in respuestas) == {
        (201, None): 1,
        (409, "excede_saldo"): 49,
    }
    clave = {"Idempotency-Key": unico("pago")}
    repetidas = a_la_vez(m.secretaria, [("POST", f"{DINERO}/facturas/{otra}/pagos", todo)] * 50, **clave)
    assert {estado for estado, _ in repetidas} <= {201, 409} and 201 in {estado for estado, _ in repetidas}
    for factura in (una, otra):
        [pago] = m.leer(f"facturas/{factura}/pagos")["datos"]
        assert {cuerpo["id"] for estado, cuerpo in (*respuestas, *repetidas) if estado == 201} >= {pago["id"]}
        assert (m.leer(f"facturas/{factura}")["estado"], d(pago["monto"])) == ("pagada", Decimal(20))
