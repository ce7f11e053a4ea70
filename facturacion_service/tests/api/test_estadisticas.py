"""The clinic and its doctors in figures."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import Asiento, Cuenta, Factura, FacturaDetalle, Honorario, Liquidacion, Origen

from ..asientos import anotar, cobro, deber, devolucion, movimiento, una
from ..conftest import como_medico, como_secretaria
from ..fabricas import conocer_tratamiento, nuevo_punto
from ..fuentes import Fuentes, fuentes_de, respuestas

CLINICA, DOCTOR = "/facturacion/estadisticas/clinica", "/facturacion/estadisticas/doctores/{}"
ENERO = {"desde": "2026-01-01", "hasta": "2026-01-31"}
RESINA = {"id": 5, "nombre": "Resina"}
LUNES, MARTES = date(2026, 1, 5), date(2026, 1, 6)


@pytest.fixture
def fuentes(app: Flask, admin: ApiClient) -> Iterator[Fuentes]:
    with fuentes_de(app) as vecinas:
        yield vecinas


def clinica(api: ApiClient, **filtro: Any) -> dict[str, Any]:
    return dict(ok(api.get(CLINICA, query_string={**ENERO, **filtro})))


def doctor(api: ApiClient, doctor_id: int = 7, **filtro: Any) -> dict[str, Any]:
    return dict(ok(api.get(DOCTOR.format(doctor_id), query_string={**ENERO, **filtro})))


@pytest.fixture
def enero(app: Flask, fuentes: Fuentes) -> None:
    """A month of work of two doctors."""
    conocer_tratamiento(app, 5, nombre="Resina")
    anotar(
        app,
        una(Cuenta.FACTURADO, "100", LUNES, doctor_id=7, tratamiento_id=5),
        una(Cuenta.FACTURADO, "60", MARTES, 2, doctor_id=8, tratamiento_id=5),
        una(Cuenta.FACTURADO, "10", MARTES, doctor_id=7),
        una(Cuenta.MATERIAL, "8", LUNES, doctor_id=7, tratamiento_id=5),
        una(Cuenta.HONORARIO, "40", LUNES, doctor_id=7, tratamiento_id=5),
        una(Cuenta.GASTO, "30", LUNES),
        cobro("80", LUNES, doctor_id=7),
        cobro("20", LUNES, doctor_id=7),
        cobro("60", MARTES, 2, doctor_id=8, medio_pago="transferencia"),
        devolucion("5", MARTES, doctor_id=7),
        movimiento(Cuenta.EGRESO, Origen.LIQUIDACION, "40", MARTES, doctor_id=7),
    )
    deber(app, nuevo_punto(app), "110", LUNES, doctor_id=7, pagado="100")
    deber(app, nuevo_punto(app, 2), "60.01", MARTES, doctor_id=8, pagado="60.01")
    deber(app, nuevo_punto(app, 3), "999", date(2026, 2, 1))


@pytest.mark.usefixtures("enero")
class TestLaClinica:
    def test_por_medico_tratamiento_y_medio_de_pago(self, admin: ApiClient, fuentes: Fuentes) -> None:
        cifras = clinica(admin)
        assert (cifras["finanzas"]["facturado"], cifras["finanzas"]["utilidad"]) == (170, 92)
        assert cifras["facturas"] == {"emitidas": 2, "promedio": 85.01}
        assert cifras["medios"] == [
            {"medio_pago": "efectivo", "cobrado": 95, "pagos": 2},
            {"medio_pago": "transferencia", "cobrado": 60, "pagos": 1},
        ]
        assert [(f["doctor"] and f["doctor"]["id"], f["facturado"], f["margen"]) for f in cifras["doctores"]] == [
            (7, 110, 62), (8, 60, 60), (None, 0, 0)
        ]  # fmt: skip
        assert cifras["tratamientos"] == [
            {"tratamiento": RESINA, "facturado": 160, "materiales": 8, "honorarios": 40, "margen": 112},
            {"tratamiento": None, "facturado": 10, "materiales": 0, "honorarios": 0, "margen": 10},
        ]
        assert (cifras["citas"], cifras["pacientes_nuevos"]) == (respuestas()["citas"], 4)
        assert cifras["fuentes"] == {"citas": {"estado": "ok"}, "admin": {"estado": "ok"}}
        assert fuentes.preguntas["citas"] == fuentes.preguntas["admin"] == [ENERO]

    def test_sin_un_servicio_dice_cual_falta(self, admin: ApiClient, fuentes: Fuentes) -> None:
        fuentes.apagar("citas")
        cifras = clinica(admin)
        assert (cifras["citas"], cifras["pacientes_nuevos"], cifras["finanzas"]["facturado"]) == (None, 4, 170)
        assert cifras["fuentes"] == {"citas": {"estado": "no_responde"}, "admin": {"estado": "ok"}}

    def test_de_un_centro(self, api: ApiClient, admin: ApiClient, fuentes: Fuentes) -> None:
        cifras = clinica(admin, centro_id=2)
        assert (cifras["finanzas"]["facturado"], cifras["facturas"]["emitidas"]) == (60, 1)
        suya = api.as_("secretaria", ["facturacion:reportes:leer"], centros=[2])
        assert clinica(suya)["finanzas"] == cifras["finanzas"]
        assert [pregunta["centros"] for pregunta in fuentes.preguntas["admin"]] == ["2", "2"]

    def test_un_mes_sin_nada(self, admin: ApiClient) -> None:
        cifras = clinica(admin, desde="2025-01-01", hasta="2025-01-31")
        assert (cifras["facturas"], cifras["medios"]) == ({"emitidas": 0, "promedio": None}, [])

    @pytest.mark.parametrize(
        ("seccion", "primera"),
        [("doctores", ["doctor", "facturado", "cobrado", "materiales", "honorarios", "margen"]),
         ("tratamientos", ["tratamiento", "facturado", "materiales", "honorarios", "margen"]),
         ("medios", ["medio_pago", "cobrado", "pagos"])],
    )  # fmt: skip
    def test_como_hoja(self, admin: ApiClient, seccion: str, primera: list[str]) -> None:
        respuesta = admin.get(CLINICA, query_string={**ENERO, "formato": "csv", "seccion": seccion})
        titulos, *filas = csv.reader(io.StringIO(respuesta.get_data(as_text=True)))
        assert titulos == primera
        assert len(filas) == len(clinica(admin)[seccion])

    def test_los_demas_no(self, api: ApiClient) -> None:
        problem(como_secretaria(api, 1).get(CLINICA), 403)
        problem(como_medico(api).get(CLINICA), 403)


def liquidar(app: Flask, monto: int) -> None:
    """So much of doctor 7's fees of that Monday is in a settlement, twice as much isn't; and more in February."""
    importes = {"bruto": 110, "descuento": 0, "base": 110, "tarifa_iva": 0, "codigo_iva": "0", "iva": 0}
    with app.app_context():
        factura = Factura(paciente_id=1, centro_id=1, creada_por="usuario:1")
        linea = {"orden": 1, "tipo": "otro", "codigo": "X", "descripcion": "X", "cantidad": 1, "precio_unitario": 110}
        detalle = FacturaDetalle(factura=factura, **linea, **importes)
        liquidacion = Liquidacion(doctor_id=7, desde=LUNES, hasta=LUNES, base=0, total=0, cerrada_por="usuario:1")
        db.session.add_all([detalle, liquidacion])
        db.session.flush()
        de_que = {"doctor_id": 7, "centro_id": 1, "detalle_id": detalle.id, "referencia": "factura/1"}
        for dia, veces, suya in ((LUNES, 1, liquidacion.id), (LUNES, 2, None), (date(2026, 2, 1), 9, None)):
            db.session.add(
                Honorario(**de_que, dia=dia, base=0, porcentaje=40, monto=monto * veces, liquidacion_id=suya)
            )
        db.session.commit()


@pytest.mark.usefixtures("enero")
class TestUnDoctor:
    def test_sus_cifras(self, admin: ApiClient, app: Flask, fuentes: Fuentes) -> None:
        cifras = doctor(admin)
        assert cifras["doctor"] == {"id": 7, "nombres": "Ana Lucía", "apellidos": "Muñoz 7"}
        assert [cifras[f] for f in ("facturado", "cobrado", "materiales", "honorarios", "margen")] == [
            110,
            95,
            8,
            40,
            62,
        ]
        assert cifras["tratamientos"] == [
            {"tratamiento": RESINA, "facturado": 100, "materiales": 8, "honorarios": 40, "margen": 52},
            {"tratamiento": None, "facturado": 10, "materiales": 0, "honorarios": 0, "margen": 10},
        ]  # fmt: skip
        assert (cifras["citas"], cifras["fuentes"]) == (respuestas()["citas"], {"citas": {"estado": "ok"}})
        assert fuentes.preguntas["citas"] == [{**ENERO, "doctor_id": "7"}]
        assert doctor(admin, centro_id=2)["facturado"] == 0

    def test_que_parte_de_sus_honorarios_esta_liquidada(self, admin: ApiClient, app: Flask) -> None:
        liquidar(app, 5)
        cifras = doctor(admin)
        assert (cifras["honorarios_liquidados"], cifras["honorarios_pendientes"]) == (5, 10)

    def test_el_mismo_ve_de_que_salen_sus_honorarios(self, api: ApiClient) -> None:
        suyas = doctor(como_medico(api))
        assert (suyas["facturado"], suyas["honorarios"], suyas["cobrado"]) == (110, 40, 95)
        assert {"materiales", "margen"}.isdisjoint(suyas)
        assert [*suyas["tratamientos"][0]] == ["tratamiento", "facturado", "honorarios"]
        respuesta = como_medico(api).get(DOCTOR.format(7), query_string={**ENERO, "formato": "csv"})
        assert respuesta.get_data(as_text=True).splitlines() == [
            "tratamiento,facturado,honorarios",
            "Resina,100.00,40.00",
            ",10.00,0.00",
        ]

    def test_las_de_otro_no(self, api: ApiClient) -> None:
        problem(como_medico(api).get(DOCTOR.format(8)), 404)
        problem(api.as_("secretaria", ["facturacion:honorarios:leer"], centros=[1]).get(DOCTOR.format(7)), 404)
        problem(como_secretaria(api, 1).get(DOCTOR.format(7)), 403)

    def test_de_quien_no_existe_tampoco(self, admin: ApiClient) -> None:
        problem(admin.get(DOCTOR.format(99)), 404)

    def test_sin_la_agenda_sus_cifras_siguen(self, admin: ApiClient, fuentes: Fuentes) -> None:
        fuentes.apagar("citas")
        cifras = doctor(admin)
        assert (cifras["citas"], cifras["facturado"]) == (None, 110)
        assert cifras["fuentes"] == {"citas": {"estado": "no_responde"}}


@pytest.mark.usefixtures("enero")
def test_lo_de_todos_los_doctores_suma_lo_de_la_clinica(admin: ApiClient, app: Flask) -> None:
    with app.app_context():
        doctores = {*db.session.scalars(db.select(Asiento.doctor_id).where(Asiento.doctor_id != 0))}
    de_cada_uno = [doctor(admin, uno) for uno in sorted(doctores)]
    finanzas = clinica(admin)["finanzas"]
    for figura in ("facturado", "cobrado", "materiales", "honorarios", "margen"):
        assert sum(cifras[figura] for cifras in de_cada_uno) == finanzas[figura]
