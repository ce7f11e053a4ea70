"""The cash desk by hand: money in and out, corrected, annulled; in lists and as a file."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook

from comun.auth.caller import Caller
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from facturacion.casos_de_uso.transacciones import anotar_transaccion
from facturacion.dominio.medios import Medio
from facturacion.extensiones import db
from facturacion.modelos import Origen, TipoTransaccion

from ..caja import TRANSACCIONES, abrir_caja, anotar, contar, cuadra
from ..conftest import como_medico, como_paciente, como_secretaria
from ..vecinos import Vecinos


def de_un_pago(app: Flask, secretaria: ApiClient) -> int:
    """A transaction that came of a payment."""
    with app.app_context():
        hecha = anotar_transaccion(
            TipoTransaccion.INGRESO,
            Origen.PAGO,
            "pago/7",
            centro_id=1,
            monto=Decimal(30),
            medio=Medio.TRANSFERENCIA,
            concepto="Factura 001-001-000000001",
            quien=Caller("20"),
        )
        db.session.commit()
        return hecha.id


NO_SE_ENTIENDEN: list[tuple[dict[str, Any], str]] = [
    ({"monto": 0}, "monto"),
    ({"monto": "1.005"}, "monto"),
    ({"medio_pago": "trueque"}, "medio_pago"),
    ({"tipo_transaccion": "regalo"}, "tipo_transaccion"),
    ({"concepto": " "}, "concepto"),
    ({"estado": "anulado"}, "estado"),
    ({"doctor_id": 99}, "doctor_id"),
    ({"paciente_id": 99}, "paciente_id"),
    ({"propina": 1}, "propina"),
]


class TestRegistrar:
    def test_un_ingreso_queda_con_sus_nombres_y_en_el_libro(self, secretaria: ApiClient, app: Flask) -> None:
        hecho = anotar(secretaria, "INGRESO", "12.50", doctor_id=7, paciente_id=1, comentario="En recepción")
        una = ok(hecho, 201)
        assert hecho.headers["Location"] == f"{TRANSACCIONES}/{una['id']}"
        assert (una["monto"], una["estado"], una["origen"], una["caja_id"]) == (12.5, "completado", "manual", None)
        assert una["doctor"] == {"id": 7, "nombres": "Ana Lucía", "apellidos": "Muñoz 7"}
        assert una["paciente"]["apellidos"] == "Núñez Peña 1"
        assert una["registrada_por"] == "usuario:20"
        assert {**ok(secretaria.get(f"{TRANSACCIONES}/{una['id']}")), "actualizado_en": 0} == {
            **una,
            "actualizado_en": 0,
        }
        cuadra(app)

    def test_el_efectivo_pasa_por_la_caja_de_quien_lo_recibe(self, secretaria: ApiClient, app: Flask) -> None:
        problem(anotar(secretaria, "ingreso", 5, "efectivo"), 409, "sin_caja_abierta")
        abrir_caja(app, sub="21")
        problem(anotar(secretaria, "ingreso", 5, "efectivo"), 409, "sin_caja_abierta")
        caja = abrir_caja(app, sub="20")
        assert ok(anotar(secretaria, "ingreso", 5, "efectivo"), 201)["caja_id"] == caja
        assert ok(anotar(secretaria, "egreso", 2, "transferencia"), 201)["caja_id"] == caja
        cuadra(app)

    def test_el_centro_se_entiende_cuando_no_hay_mas_que_uno(self, secretaria: ApiClient, api: ApiClient) -> None:
        cuerpo = {"tipo_transaccion": "ingreso", "monto": 1, "medio_pago": "cheque", "concepto": "x"}
        assert ok(secretaria.post(TRANSACCIONES, cuerpo), 201)["centro_id"] == 1
        assert "centro_id" in problem(como_secretaria(api, 1, 2).post(TRANSACCIONES, cuerpo), 422)["errores"]

    def test_el_dia_es_el_del_centro(self, admin: ApiClient) -> None:
        for centro, dia in ((1, "2026-01-05"), (3, "2026-01-04")):
            una = anotar(admin, "ingreso", 1, centro_id=centro, fecha_transaccion="2026-01-05T05:30:00Z")
            assert ok(una, 201)["dia"] == dia
        sin_desfase = ok(anotar(admin, "ingreso", 1, centro_id=3, fecha_transaccion="2026-01-05T23:30:00"), 201)
        assert (sin_desfase["dia"], sin_desfase["fecha_transaccion"]) == ("2026-01-05", "2026-01-06T05:30:00+00:00")

    def test_lo_que_aun_no_ocurre_queda_pendiente(self, secretaria: ApiClient, app: Flask) -> None:
        manana = (now() + timedelta(days=2)).isoformat()
        assert (
            "fecha_transaccion" in problem(anotar(secretaria, "egreso", 9, fecha_transaccion=manana), 422)["errores"]
        )
        una = ok(anotar(secretaria, "egreso", 9, fecha_transaccion=manana, estado="pendiente"), 201)
        ruta = f"{TRANSACCIONES}/{una['id']}"
        assert "fecha_transaccion" in problem(secretaria.put(ruta, {"estado": "completado"}), 422)["errores"]
        cuadra(app)

    def test_lo_que_no_se_entiende(self, secretaria: ApiClient) -> None:
        cuerpo = {"tipo_transaccion": "ingreso", "monto": 1, "medio_pago": "cheque", "concepto": "x", "centro_id": 1}
        for cambio, campo in NO_SE_ENTIENDEN:
            assert campo in problem(secretaria.post(TRANSACCIONES, {**cuerpo, **cambio}), 422)["errores"], cambio

    def test_de_quien_aun_no_se_sabe_se_pregunta(self, secretaria: ApiClient, vecinos: Vecinos, app: Flask) -> None:
        vecinos.doctores[9] = {
            "id": 9,
            "nombres": "Luis",
            "apellidos": "Vera",
            "activo": True,
            "secuencia": 1,
            "eliminado": False,
        }
        vecinos.down = {"admin"}
        problem(anotar(secretaria, "ingreso", 1, doctor_id=9), 503)
        vecinos.down = set()
        assert ok(anotar(secretaria, "ingreso", 1, doctor_id=9), 201)["doctor"]["apellidos"] == "Vera"
        cuadra(app)


class TestCorregir:
    def test_lo_corregido_se_corrige_en_el_libro(self, secretaria: ApiClient, app: Flask) -> None:
        una = ok(anotar(secretaria, "ingreso", 10, doctor_id=7), 201)
        ruta = f"{TRANSACCIONES}/{una['id']}"
        cambios = {"monto": 8, "tipo_transaccion": "egreso", "doctor_id": None, "paciente_id": 2}
        despues = ok(
            secretaria.put(ruta, {**cambios, "fecha_transaccion": "2026-01-05T10:00:00", "estado": "completado"})
        )
        assert (despues["monto"], despues["doctor"], despues["paciente"]["id"]) == (8, None, 2)
        assert (despues["dia"], despues["concepto"], despues["caja_id"]) == ("2026-01-05", "Venta de cepillos", None)
        cuadra(app)

    def test_una_version_vieja_no_pisa_lo_de_otro(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10), 201)['id']}"
        etiqueta = {"If-Match": secretaria.get(ruta).headers["ETag"]}
        ok(secretaria.put(ruta, {"monto": 11}, headers=etiqueta))
        problem(secretaria.put(ruta, {"monto": 12}, headers=etiqueta), 412)
        problem(secretaria.delete(ruta, headers=etiqueta), 412)
        problem(secretaria.patch(f"{ruta}/estado", {"estado": "anulado", "motivo": "x"}, headers=etiqueta), 412)
        cuadra(app)

    def test_de_tarjeta_a_efectivo_entra_en_la_caja(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10), 201)['id']}"
        problem(secretaria.put(ruta, {"medio_pago": "efectivo"}), 409, "sin_caja_abierta")
        caja = abrir_caja(app, sub="20")
        assert ok(secretaria.put(ruta, {"medio_pago": "efectivo"}))["caja_id"] == caja
        cuadra(app)

    def test_lo_que_viene_de_un_pago_no_se_toca(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{de_un_pago(app, secretaria)}"
        problem(secretaria.put(ruta, {"monto": 1}), 409, "transaccion_de_origen")
        problem(secretaria.delete(ruta), 409, "transaccion_de_origen")
        anular = secretaria.patch(f"{ruta}/estado", {"estado": "anulado", "motivo": "x"})
        problem(anular, 409, "transaccion_de_origen")
        cuadra(app)

    def test_lo_contado_no_cambia(self, secretaria: ApiClient, app: Flask) -> None:
        caja = abrir_caja(app, sub="20")
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10, 'efectivo'), 201)['id']}"
        ok(contar(secretaria, caja, 10))
        problem(secretaria.put(ruta, {"monto": 1}), 409, "caja_cerrada")
        problem(secretaria.delete(ruta), 409, "caja_cerrada")
        problem(secretaria.patch(f"{ruta}/estado", {"estado": "anulado", "motivo": "x"}), 409, "caja_cerrada")
        problem(anotar(secretaria, "ingreso", 5, "efectivo"), 409, "sin_caja_abierta")
        cuadra(app)

    def test_lo_eliminado_sale_del_libro(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10), 201)['id']}"
        assert secretaria.delete(ruta).status_code == 204
        problem(secretaria.delete(ruta), 404)
        assert ok(secretaria.get(TRANSACCIONES))["datos"] == []
        cuadra(app)


class TestEstados:
    def test_lo_pendiente_no_cuenta_hasta_que_se_completa(self, secretaria: ApiClient, app: Flask) -> None:
        una = ok(anotar(secretaria, "egreso", 40, "efectivo", estado="pendiente"), 201)
        assert (una["caja_id"], ok(secretaria.get(f"{TRANSACCIONES}/resumen"))["egresos"]) == (None, 0)
        estado = f"{TRANSACCIONES}/{una['id']}/estado"
        problem(secretaria.patch(estado, {"estado": "completado"}), 409, "sin_caja_abierta")
        caja = abrir_caja(app, sub="20")
        assert ok(secretaria.patch(estado, {"estado": "completado"}))["caja_id"] == caja
        assert ok(secretaria.get(f"{TRANSACCIONES}/resumen"))["egresos"] == 40
        cuadra(app)

    def test_lo_anulado_dice_por_que_y_no_vuelve(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10), 201)['id']}"
        assert "motivo" in problem(secretaria.patch(f"{ruta}/estado", {"estado": "anulado"}), 422)["errores"]
        anulada = ok(secretaria.patch(f"{ruta}/estado", {"estado": "anulado", "motivo": "Era de otro"}))
        assert (anulada["estado"], anulada["motivo_anulacion"]) == ("anulado", "Era de otro")
        for estado in ("anulado", "completado"):
            cambio = secretaria.patch(f"{ruta}/estado", {"estado": estado, "motivo": "x"})
            problem(cambio, 409, "transicion_ilegal")
        problem(secretaria.put(ruta, {"monto": 3}), 409, "transicion_ilegal")
        cuadra(app)

    def test_tambien_se_anula_al_corregir(self, secretaria: ApiClient, app: Flask) -> None:
        ruta = f"{TRANSACCIONES}/{ok(anotar(secretaria, 'ingreso', 10), 201)['id']}"
        problem(secretaria.put(ruta, {"estado": "pendiente"}), 409, "transicion_ilegal")
        assert ok(secretaria.put(ruta, {"estado": "anulado", "motivo": "Doble"}))["estado"] == "anulado"
        cuadra(app)


class TestQuienVeQue:
    def test_cada_secretaria_lo_de_sus_centros(self, admin: ApiClient, api: ApiClient) -> None:
        ids = [ok(anotar(admin, "ingreso", n, centro_id=n), 201)["id"] for n in (1, 2, 3)]
        rosa = como_secretaria(api, 1, 3)
        assert {t["id"] for t in ok(rosa.get(TRANSACCIONES))["datos"]} == {ids[0], ids[2]}
        assert ok(rosa.get(f"{TRANSACCIONES}?centro_id=2"))["datos"] == []
        assert ok(rosa.get(f"{TRANSACCIONES}/resumen"))["ingresos"] == 4
        for respuesta in (
            rosa.get(f"{TRANSACCIONES}/{ids[1]}"),
            rosa.put(f"{TRANSACCIONES}/{ids[1]}", {"monto": 1}),
            rosa.patch(f"{TRANSACCIONES}/{ids[1]}/estado", {"estado": "anulado", "motivo": "x"}),
            rosa.delete(f"{TRANSACCIONES}/{ids[1]}"),
        ):
            problem(respuesta, 404)
        problem(anotar(rosa, "ingreso", 1, centro_id=2), 403, "centro_ajeno")

    def test_nadie_mas(self, clinica: dict[str, int], api: ApiClient) -> None:
        for quien in (como_paciente(api), como_medico(api)):
            problem(quien.get(TRANSACCIONES), 403)
            problem(anotar(quien, "ingreso", 1), 403)
        con_permiso = api.as_("medico", ["facturacion:transacciones:leer"], doctor_id=7)
        ok(anotar(api.as_("admin"), "ingreso", 1, doctor_id=7), 201)
        assert ok(con_permiso.get(TRANSACCIONES))["datos"] == []
        assert ok(con_permiso.get(f"{TRANSACCIONES}/resumen"))["ingresos"] == 0


@pytest.fixture
def varias(admin: ApiClient, app: Flask) -> ApiClient:
    """Five transactions of January 2026."""
    abrir_caja(app)
    for tipo, monto, datos in (
        ("ingreso", 10, {"fecha_transaccion": "2026-01-05T10:00:00", "doctor_id": 7, "paciente_id": 1}),
        ("ingreso", 20, {"fecha_transaccion": "2026-01-05T11:00:00", "medio": "efectivo", "concepto": "Cepillo 50%"}),
        ("egreso", 5, {"fecha_transaccion": "2026-01-06T10:00:00", "doctor_id": 8, "comentario": "=CMD()"}),
        ("egreso", 7, {"fecha_transaccion": "2026-01-07T10:00:00", "estado": "pendiente"}),
        ("ingreso", 1, {"fecha_transaccion": "2026-01-08T10:00:00", "centro_id": 2}),
    ):
        ok(anotar(admin, tipo, monto, **datos), 201)
    return admin


SE_FILTRAN: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [5, 4, 3, 2, 1]),
    ({"fecha": "2026-01-05"}, [2, 1]),
    ({"date": "2026-01-06"}, [3]),
    ({"desde": "2026-01-06", "hasta": "2026-01-07"}, [4, 3]),
    ({"start_date": "2026-01-08"}, [5]),
    ({"tipo_transaccion": "Egreso"}, [4, 3]),
    ({"type": "ingreso"}, [5, 2, 1]),
    ({"doctor_id": 7}, [1]),
    ({"doctor": 8}, [3]),
    ({"paciente_id": 1}, [1]),
    ({"centro_id": 2}, [5]),
    ({"medio_pago": "efectivo"}, [2]),
    ({"estado": "pendiente"}, [4]),
    ({"origen": "pago"}, []),
    ({"caja_id": 1, "centro_id": 1}, [3, 2, 1]),
    ({"q": "cepillo 50%"}, [2]),
    ({"q": "cmd"}, [3]),
    ({"q": "%"}, [2]),
]


class TestListas:
    def test_la_lista_y_el_archivo_se_filtran_igual(self, varias: ApiClient) -> None:
        for filtro, ids in SE_FILTRAN:
            lista = ok(varias.get(TRANSACCIONES, query_string=filtro))["datos"]
            assert [t["id"] for t in lista] == ids, filtro
            archivo = varias.get(f"{TRANSACCIONES}/archivo", query_string=filtro)
            assert archivo.content_type == "text/csv; charset=utf-8"
            filas = list(csv.DictReader(io.StringIO(archivo.get_data(as_text=True))))
            assert [int(fila["id"]) for fila in filas] == ids[::-1], filtro

    def test_el_archivo_trae_nombres_y_ninguna_formula(self, varias: ApiClient) -> None:
        respuesta = varias.get(f"{TRANSACCIONES}/archivo?formato=xlsx&desde=2026-01-05&hasta=2026-01-06")
        esperado = 'attachment; filename="transacciones-2026-01-05-2026-01-06.xlsx"'
        assert respuesta.headers["Content-Disposition"] == esperado
        encabezado, *filas = load_workbook(io.BytesIO(respuesta.get_data())).active.iter_rows()
        primera, _segunda, tercera = (dict(zip([c.value for c in encabezado], fila, strict=True)) for fila in filas)
        assert primera["doctor"].value == "Muñoz 7 Ana Lucía"
        assert (primera["centro"].value, primera["monto"].value) == ("Centro 1", 10)
        assert (tercera["comentario"].value, tercera["comentario"].data_type) == ("=CMD()", "s")

    def test_con_mas_filas_no_hay_mas_consultas(self, varias: ApiClient, app: Flask) -> None:
        cuentas = []
        for filtro in ("doctor_id=7", ""):
            with statements(app) as hechas:
                ok(varias.get(f"{TRANSACCIONES}?{filtro}"))
            cuentas.append(len(hechas))
        assert cuentas[0] == cuentas[1]

    def test_lo_que_no_se_entiende(self, varias: ApiClient) -> None:
        for filtro in ("estado=roto", "desde=2026-02-01&hasta=2026-01-01", "color=rojo", "orden=concepto"):
            problem(varias.get(f"{TRANSACCIONES}?{filtro}"), 422)
        problem(varias.get(f"{TRANSACCIONES}/archivo?formato=pdf"), 422)


class TestReportes:
    def test_el_dia(self, varias: ApiClient) -> None:
        dia = ok(varias.get(f"{TRANSACCIONES}/reporte-diario?fecha=2026-01-05"))
        assert (dia["fecha"], dia["ingresos"], dia["egresos"], dia["balance"]) == ("2026-01-05", 30, 0, 30)
        assert dia["transacciones"] == 2
        assert [(f["medio_pago"], f["ingresos"]) for f in dia["por_medio_pago"]] == [
            ("efectivo", 20),
            ("tarjeta_credito", 10),
        ]
        assert [(f["doctor"] and f["doctor"]["id"], f["balance"]) for f in dia["por_doctor"]] == [(None, 20), (7, 10)]

    def test_el_mes_dia_por_dia(self, varias: ApiClient) -> None:
        mes = ok(varias.get(f"{TRANSACCIONES}/reporte-mensual?mes=2026-01"))
        assert (mes["mes"], mes["desde"], mes["hasta"]) == ("2026-01", "2026-01-01", "2026-01-31")
        assert (mes["ingresos"], mes["egresos"], mes["balance"], mes["transacciones"]) == (31, 5, 26, 4)
        assert len(mes["por_dia"]) == 31
        con_algo = {dia["fecha"]: dia["balance"] for dia in mes["por_dia"] if dia["transacciones"]}
        assert con_algo == {"2026-01-05": 30, "2026-01-06": -5, "2026-01-08": 1}
        assert [(f["centro"]["nombre"], f["balance"]) for f in mes["por_centro"]] == [
            ("Centro 1", 25),
            ("Centro 2", 1),
        ]
        assert [(f["tipo_transaccion"], f["importe"]) for f in mes["por_tipo"]] == [("ingreso", 31), ("egreso", 5)]
        febrero = ok(varias.get(f"{TRANSACCIONES}/reporte-mensual?mes=2028-02"))
        assert (len(febrero["por_dia"]), febrero["balance"]) == (29, 0)

    def test_el_resumen_se_estrecha(self, varias: ApiClient) -> None:
        for filtro, balance in (
            ("", 26),
            ("fecha=2026-01-06", -5),
            ("desde=2026-01-06&hasta=2026-01-31", -4),
            ("doctor_id=7", 10),
            ("centro_id=2", 1),
            ("type=egreso", -5),
            ("medio_pago=efectivo", 20),
            ("origen=pago", 0),
        ):
            assert ok(varias.get(f"{TRANSACCIONES}/resumen?{filtro}"))["balance"] == balance, filtro

    def test_lo_anulado_desaparece_de_su_dia(self, varias: ApiClient) -> None:
        for t in ok(varias.get(f"{TRANSACCIONES}?fecha=2026-01-05"))["datos"]:
            ok(varias.patch(f"{TRANSACCIONES}/{t['id']}/estado", {"estado": "anulado", "motivo": "x"}))
        dia = ok(varias.get(f"{TRANSACCIONES}/reporte-diario?fecha=2026-01-05"))
        assert (dia["balance"], dia["transacciones"], dia["por_medio_pago"], dia["por_doctor"]) == (0, 0, [], [])

    def test_sin_fecha_es_hoy_y_este_mes(self, secretaria: ApiClient) -> None:
        ok(anotar(secretaria, "ingreso", 3), 201)
        diario = ok(secretaria.get(f"{TRANSACCIONES}/reporte-diario"))
        mensual = ok(secretaria.get(f"{TRANSACCIONES}/reporte-mensual"))
        assert (diario["balance"], mensual["balance"]) == (3, 3)
        assert mensual["mes"] == str(date.fromisoformat(diario["fecha"]))[:7]

    def test_como_hoja_suma_lo_mismo(self, varias: ApiClient) -> None:
        archivo = varias.get(f"{TRANSACCIONES}/reporte-mensual?mes=2026-01&formato=csv")
        assert archivo.headers["Content-Disposition"].endswith('"caja-mensual-2026-01-01-2026-01-31.csv"')
        filas = list(csv.DictReader(io.StringIO(archivo.get_data(as_text=True))))
        signo = {"ingreso": 1, "egreso": -1}
        assert sum(signo[f["tipo_transaccion"]] * float(f["importe"]) for f in filas) == 26
        assert {f["doctor"] for f in filas} == {"", "Muñoz 7 Ana Lucía", "Muñoz 8 Ana Lucía"}

    def test_un_mes_que_no_existe(self, admin: ApiClient) -> None:
        for mes in ("2026-13", "2026-1", "enero", "0000-01"):
            assert "mes" in problem(admin.get(f"{TRANSACCIONES}/reporte-mensual?mes={mes}"), 422)["errores"]

    def test_con_mas_historia_no_hay_mas_consultas(self, varias: ApiClient, app: Flask) -> None:
        for reporte, limite in (("resumen", 4), ("reporte-diario", 6), ("reporte-mensual", 6)):
            with statements(app) as hechas:
                ok(varias.get(f"{TRANSACCIONES}/{reporte}"))
            assert len(hechas) <= limite, (reporte, hechas)
