"""The business in figures."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from comun.testing.client import ApiClient, ok, problem
from comun.testing.databases import empty
from comun.testing.statements import statements
from facturacion.casos_de_uso.libro import Anotacion
from facturacion.extensiones import db
from facturacion.modelos import Asiento, Cuenta, Origen

from ..asientos import anotar, cobro, conocer_aseguradora, devolucion, movimiento, una
from ..conftest import como_medico, como_secretaria
from ..fabricas import conocer_centros, conocer_tratamiento

URL = "/facturacion/reportes/financiero"
ENERO = {"desde": "2026-01-01", "hasta": "2026-01-31"}
LUNES, MARTES = date(2026, 1, 5), date(2026, 1, 6)
FIGURAS = (
    "facturado", "iva", "cobrado", "otros_ingresos", "gastos", "otros_egresos", "materiales", "honorarios", "margen",
    "utilidad",
)  # fmt: skip


def reporte(api: ApiClient, **filtro: Any) -> dict[str, Any]:
    return dict(ok(api.get(URL, query_string={**ENERO, **filtro})))


def figuras(cifras: dict[str, Any]) -> dict[str, float]:
    """Those that are not 0."""
    return {nombre: cifras[nombre] for nombre in FIGURAS if cifras[nombre]}


def grupos(api: ApiClient, agrupar: str, figura: str = "facturado", **filtro: Any) -> dict[Any, Any]:
    """Group → one of its figures."""
    filas = reporte(api, agrupar=agrupar, **filtro)["filas"]
    return {
        fila[agrupar]["nombre"] if isinstance(fila[agrupar], dict) else fila[agrupar]: fila[figura] for fila in filas
    }


def mes_completo(app: Flask) -> None:
    """A month with something of everything."""
    anotar(
        app,
        una(Cuenta.FACTURADO, "100", LUNES, doctor_id=7, tratamiento_id=5, aseguradora_id=2),
        una(Cuenta.FACTURADO, "50.50", MARTES, 2, doctor_id=8, tratamiento_id=6),
        una(Cuenta.FACTURADO, "-20", MARTES, doctor_id=7, tratamiento_id=5, aseguradora_id=2, veces=-1),
        una(Cuenta.IVA, "12.30", LUNES, doctor_id=7),
        cobro("80", LUNES, doctor_id=7),
        cobro("40", MARTES, 2, medio_pago="transferencia"),
        devolucion("15", MARTES, doctor_id=7),
        movimiento(Cuenta.INGRESO, Origen.MANUAL, "3", LUNES),
        movimiento(Cuenta.EGRESO, Origen.MANUAL, "1.25", LUNES),
        una(Cuenta.GASTO, "30", LUNES, categoria_id=1),
        movimiento(Cuenta.EGRESO, Origen.GASTO, "30", LUNES),
        una(Cuenta.MATERIAL, "7.77", LUNES, doctor_id=7, tratamiento_id=5),
        una(Cuenta.HONORARIO, "40", LUNES, doctor_id=7, tratamiento_id=5),
        movimiento(Cuenta.EGRESO, Origen.LIQUIDACION, "40", MARTES, doctor_id=7),
        una(Cuenta.FACTURADO, "999", date(2026, 2, 1)),
    )


class TestLasCifras:
    def test_cada_una_es_lo_que_dice(self, admin: ApiClient, app: Flask) -> None:
        mes_completo(app)
        assert figuras(reporte(admin)["totales"]) == {
            "facturado": 130.5,
            "iva": 12.3,
            "cobrado": 105,
            "otros_ingresos": 3,
            "gastos": 30,
            "otros_egresos": 1.25,
            "materiales": 7.77,
            "honorarios": 40,
            "margen": 82.73,
            "utilidad": 54.48,
        }

    def test_por_dia_y_por_mes_en_su_orden(self, admin: ApiClient, app: Flask) -> None:
        mes_completo(app)
        assert grupos(admin, "dia") == {"2026-01-05": 100, "2026-01-06": 30.5}
        assert grupos(admin, "dia", "cobrado") == {"2026-01-05": 80, "2026-01-06": 25}
        assert grupos(admin, "mes", hasta="2026-02-28") == {"2026-01": 130.5, "2026-02": 999}

    def test_por_centro_y_por_medico_el_que_mas_facturo_primero(self, admin: ApiClient, app: Flask) -> None:
        mes_completo(app)
        assert [*grupos(admin, "centro").items()] == [("Centro 1", 80), ("Centro 2", 50.5)]
        filas = reporte(admin, agrupar="doctor")["filas"]
        assert [(fila["doctor"] and fila["doctor"]["id"], fila["facturado"], fila["utilidad"]) for fila in filas] == [
            (7, 80, 32.23),
            (8, 50.5, 50.5),
            (None, 0, -28.25),
        ]

    def test_por_tratamiento_sin_lo_que_no_es_de_ninguno(self, admin: ApiClient, app: Flask) -> None:
        conocer_tratamiento(app, 5, nombre="Resina")
        mes_completo(app)
        filas = reporte(admin, agrupar="tratamiento")["filas"]
        assert [(fila["tratamiento"], fila["facturado"], fila["margen"]) for fila in filas] == [
            ({"id": 5, "nombre": "Resina"}, 80, 32.23),
            ({"id": 6, "nombre": None}, 50.5, 50.5),
            (None, 0, 0),
        ]
        assert {fila[figura] for fila in filas for figura in ("cobrado", "gastos", "otros_egresos", "utilidad")} == {
            None
        }

    def test_por_aseguradora(self, admin: ApiClient, app: Flask) -> None:
        conocer_aseguradora(app, 2, "Salud S. A.")
        mes_completo(app)
        filas = reporte(admin, agrupar="aseguradora")["filas"]
        assert [(fila["aseguradora"], fila["facturado"]) for fila in filas] == [
            ({"id": 2, "nombre": "Salud S. A."}, 80),
            (None, 50.5),
        ]

    def test_de_un_centro_y_de_un_medico(self, admin: ApiClient, app: Flask) -> None:
        mes_completo(app)
        assert figuras(reporte(admin, centro_id=2)["totales"]) == {
            "facturado": 50.5, "cobrado": 40, "margen": 50.5, "utilidad": 50.5
        }  # fmt: skip
        assert grupos(admin, "tratamiento", doctor_id=8) == {None: 50.5}
        assert reporte(admin, doctor_id=7)["totales"]["cobrado"] == 65

    def test_sin_fechas_es_el_mes_en_curso(self, admin: ApiClient, app: Flask) -> None:
        dias = ok(admin.get(URL))
        assert dias["desde"].endswith("-01")
        assert date.fromisoformat(dias["hasta"]) + timedelta(days=1) == (
            date.fromisoformat(dias["desde"]) + timedelta(days=31)
        ).replace(day=1)
        solo_hasta = ok(admin.get(URL, query_string={"hasta": "2026-02-10"}))
        assert (solo_hasta["desde"], solo_hasta["hasta"]) == ("2026-02-01", "2026-02-10")

    @pytest.mark.parametrize(
        "filtro",
        [{"desde": "2026-02-01", "hasta": "2026-01-01"}, {"desde": "2025-01-01", "hasta": "2026-01-02"},
         {"agrupar": "luna"}, {"formato": "pdf"}, {"otra": "1"}],
    )  # fmt: skip
    def test_lo_que_no_tiene_sentido_se_rechaza(self, admin: ApiClient, filtro: dict[str, str]) -> None:
        problem(admin.get(URL, query_string=filtro), 422)


class TestDeQuien:
    def test_quien_actua_en_un_centro_ve_el_suyo(self, api: ApiClient, app: Flask, clinica: dict[str, int]) -> None:
        mes_completo(app)
        permiso = ["facturacion:reportes:leer"]
        suya = api.as_("secretaria", permiso, centros=[2])
        assert reporte(suya)["totales"]["facturado"] == 50.5
        assert reporte(suya, centro_id=1)["filas"] == []
        assert reporte(suya, agrupar="tratamiento")["filas"][0]["facturado"] == 50.5
        medico = api.as_("medico", permiso, doctor_id=7)
        assert figuras(reporte(medico)["totales"]) == {}

    def test_sin_permiso_no_hay_reporte(self, api: ApiClient, clinica: dict[str, int]) -> None:
        problem(como_secretaria(api, 1).get(URL), 403)
        problem(como_medico(api).get(URL), 403)


class TestComoHoja:
    def test_csv_con_lo_mismo(self, admin: ApiClient, app: Flask) -> None:
        mes_completo(app)
        respuesta = admin.get(URL, query_string={**ENERO, "agrupar": "doctor", "formato": "csv"})
        assert respuesta.headers["Content-Disposition"] == (
            'attachment; filename="financiero-doctor-2026-01-01-2026-01-31.csv"'
        )
        titulos, *filas = csv.reader(io.StringIO(respuesta.get_data(as_text=True)))
        assert titulos == ["doctor", *FIGURAS]
        assert [fila[:2] for fila in filas] == [
            ["Ana Lucía Muñoz 7", "80.00"],
            ["Ana Lucía Muñoz 8", "50.50"],
            ["", "0.00"],
        ]

    def test_xlsx_con_lo_mismo(self, admin: ApiClient, app: Flask) -> None:
        from openpyxl import load_workbook

        mes_completo(app)
        respuesta = admin.get(URL, query_string={**ENERO, "agrupar": "dia", "formato": "xlsx"})
        titulos, *filas = load_workbook(io.BytesIO(respuesta.data)).active.iter_rows(values_only=True)
        assert titulos == ("dia", *FIGURAS)
        assert [(fila[0].date(), fila[1]) for fila in filas] == [(LUNES, 100), (MARTES, 30.5)]


def test_las_sentencias_no_dependen_de_lo_que_haya(admin: ApiClient, app: Flask) -> None:
    with statements(app) as al_principio:
        reporte(admin, agrupar="doctor")
    mes_completo(app)
    with statements(app) as despues:
        reporte(admin, agrupar="doctor")
    assert len(despues) == len(al_principio)


def del_libro(**filtro: Any) -> dict[str, D]:
    """The figures, added up entry by entry: what reports are held against."""
    sumas: dict[str, D] = defaultdict(D)
    for asiento in db.session.scalars(db.select(Asiento)):
        if not all(getattr(asiento, campo) == valor for campo, valor in filtro.items()):
            continue
        match asiento.cuenta, asiento.origen:
            case "ingreso", "pago":
                sumas["cobrado"] += asiento.importe
            case "egreso", "reembolso":
                sumas["cobrado"] -= asiento.importe
            case ("ingreso" | "egreso") as cuenta, "manual":
                sumas[f"otros_{cuenta}s"] += asiento.importe
            case ("gasto" | "honorario") as cuenta, _:
                sumas[f"{cuenta}s"] += asiento.importe
            case "material", _:
                sumas["materiales"] += asiento.importe
            case ("facturado" | "iva") as cuenta, _:
                sumas[cuenta] += asiento.importe
    sumas["margen"] = sumas["facturado"] - sumas["materiales"] - sumas["honorarios"]
    sumas["utilidad"] = sumas["margen"] + sumas["otros_ingresos"] - sumas["gastos"] - sumas["otros_egresos"]
    return sumas


DE_CADA_LINEA = ("facturado", "iva", "materiales", "honorarios", "margen")
DIAS = st.dates(date(2026, 1, 1), date(2026, 3, 31))
CAJA = st.sampled_from(
    [(Cuenta.INGRESO, Origen.PAGO), (Cuenta.INGRESO, Origen.MANUAL), *((Cuenta.EGRESO, o) for o in Origen)]
)
DE_LINEAS = st.sampled_from([Cuenta.FACTURADO, Cuenta.IVA, Cuenta.MATERIAL, Cuenta.HONORARIO])
IMPORTES = st.decimals("-999", "9999", places=2)
CENTROS, DOCTORES = st.integers(1, 3), st.sampled_from([0, 7, 8])
ANOTACIONES = st.one_of(
    st.builds(
        lambda cual, importe, dia, centro, doctor, medio: movimiento(
            *cual, importe, dia, centro_id=centro, doctor_id=doctor, medio_pago=medio
        ),
        CAJA, IMPORTES, DIAS, CENTROS, DOCTORES, st.sampled_from(["efectivo", "cheque"]),
    ),
    st.builds(
        lambda cuenta, importe, dia, centro, doctor, tratamiento, aseguradora: una(
            cuenta, importe, dia, centro, doctor_id=doctor, tratamiento_id=tratamiento, aseguradora_id=aseguradora
        ),
        DE_LINEAS, IMPORTES, DIAS, CENTROS, DOCTORES, st.integers(0, 3), st.integers(0, 2),
    ),
    st.builds(lambda importe, dia, centro: una(Cuenta.GASTO, importe, dia, centro), IMPORTES, DIAS, CENTROS),
)  # fmt: skip


@given(
    anotaciones=st.lists(ANOTACIONES, max_size=12),
    filtro=st.fixed_dictionaries({}, optional={"centro_id": CENTROS, "doctor_id": st.sampled_from([7, 8])}),
)
def test_cualquier_reporte_suma_lo_mismo_que_el_libro(
    admin: ApiClient, app: Flask, seeded_tables: frozenset[str], anotaciones: list[Anotacion], filtro: dict[str, int]
) -> None:
    with app.app_context():
        empty(db.engine, db.metadata, seeded_tables)
    conocer_centros(app)
    anotar(app, *anotaciones)
    with app.app_context():
        esperado = del_libro(**filtro)
    for agrupar in ("dia", "mes", "centro", "doctor", "tratamiento", "aseguradora"):
        contado = reporte(admin, agrupar=agrupar, desde="2026-01-01", hasta="2026-03-31", **filtro)
        assert {figura: D(str(contado["totales"][figura])) for figura in FIGURAS} == {f: esperado[f] for f in FIGURAS}
        de_lineas = agrupar in ("tratamiento", "aseguradora")
        for figura in DE_CADA_LINEA if de_lineas else FIGURAS:
            assert sum((D(str(fila[figura])) for fila in contado["filas"]), D(0)) == esperado[figura]
