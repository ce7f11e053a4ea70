"""The report of the stock against a count by hand."""

from __future__ import annotations

import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from inventario.casos_de_uso import libro
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.casos_de_uso.lugares import bodega_principal
from inventario.extensiones import db
from inventario.modelos import (
    SIN_LOTE,
    Ambito,
    Categoria,
    Consumo,
    ConsumoLinea,
    CostoProducto,
    DoctorRef,
    Lote,
    Movimiento,
    Producto,
    Tipo,
)

from ..fabricas import ZONAS, conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento

REPORTE = "/inventario/reportes/inventario"
DESDE, HASTA = date(2025, 3, 1), date(2025, 3, 31)
MARZO = f"desde={DESDE}&hasta={HASTA}"


class Reloj:
    """What the ledger takes for now; `costos` are put down at the same moment."""

    def __init__(self) -> None:
        self.momento = now()

    def __call__(self) -> datetime:
        return self.momento

    def anotar_costos(self) -> None:
        """The costs that were just noted hold from that moment on."""
        tabla = CostoProducto.__table__
        recientes = tabla.c.desde > datetime.now(UTC) - timedelta(minutes=5)
        db.session.execute(db.update(tabla).where(recientes).values(desde=self.momento))


@pytest.fixture
def reloj(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reloj]:
    conocer_centros(app)
    el_reloj = Reloj()
    monkeypatch.setattr(libro, "now", el_reloj)
    yield el_reloj


def el(dia: date, hora: int = 12, centro: int = 1) -> datetime:
    """An hour of a day at a centre."""
    return datetime(dia.year, dia.month, dia.day, hora, tzinfo=ZoneInfo(ZONAS[centro])).astimezone(UTC)


def mover(reloj: Reloj, cuando: datetime, tipo: Tipo, lote: int, centro: int, cantidad: int, **datos: Any) -> None:
    """One movement, in an application context."""
    reloj.momento = cuando
    el_lote = db.session.get_one(Lote, lote)
    bloquear([(el_lote.producto_id, centro)])
    asentar([Asiento(tipo, el_lote, bodega_principal(centro), Decimal(cantidad), **datos)], por="prueba")
    reloj.anotar_costos()
    db.session.commit()


def historia(app: Flask, reloj: Reloj, movimientos: int) -> None:
    """Six products, two of them in a category, at three centres: so many movements from January to May."""
    azar = random.Random(7)  # noqa: S311 - a fixed sample
    with app.app_context():
        categoria = Categoria(ambito=Ambito.PRODUCTO)
        categoria.nombrar("Anestésicos")
        db.session.add(categoria)
        db.session.commit()
        categoria_id = categoria.id
    lotes = []
    for numero in range(6):
        producto = nuevo_producto(app, permite_negativo=True, categoria_id=categoria_id if numero < 2 else None)
        with app.app_context():
            caduca = Lote(producto_id=producto, codigo="L", caducidad=date(2025, 3, 10 + numero))
            nunca = Lote(producto_id=producto, codigo=SIN_LOTE)
            db.session.add_all([caduca, nunca])
            db.session.commit()
            lotes += [caduca.id, nunca.id]
    minutos = sorted(azar.sample(range(150 * 24 * 60), movimientos))
    with app.app_context():
        for minuto in minutos:
            cuando = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minuto)
            tipo = azar.choice([Tipo.ENTRADA, Tipo.ENTRADA, Tipo.SALIDA, Tipo.AJUSTE])
            cantidad = azar.randint(1, 9) * (-1 if tipo is Tipo.SALIDA else 1)
            datos = {"costo_unitario": Decimal(azar.randint(1, 400)) / 100} if tipo is Tipo.ENTRADA else {}
            mover(reloj, cuando, tipo, azar.choice(lotes), azar.choice([*ZONAS]), cantidad, **datos)


def a_mano(app: Flask, agrupar: str, centros: set[int]) -> dict[Any, dict[str, Decimal]]:
    """Product or centre or category → its figures, by going through the whole history."""
    sumas: dict[Any, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    with app.app_context():
        productos = {p.id: p for p in db.session.scalars(db.select(Producto))}
        caducidades = {lote.id: lote.caducidad for lote in db.session.scalars(db.select(Lote))}
        costos = db.session.scalars(db.select(CostoProducto).order_by(CostoProducto.desde)).all()
        movimientos = db.session.scalars(db.select(Movimiento)).all()
    for m in movimientos:
        if m.centro_id not in centros:
            continue
        grupo = {"producto": m.producto_id, "centro": m.centro_id, "categoria": productos[m.producto_id].categoria_id}
        cifras = sumas[grupo[agrupar]]
        for punto, dia in (("valor_inicial", DESDE - timedelta(days=1)), ("valor_final", HASTA)):
            fin = el(dia + timedelta(days=1), 0, m.centro_id)
            hasta_ese = [c.costo for c in costos if c.producto_id == m.producto_id and c.desde < fin]
            costo = hasta_ese[-1] if hasta_ese else productos[m.producto_id].costo_unitario
            if m.momento < fin:
                cifras[punto] += m.cantidad * costo
        if DESDE <= m.momento.astimezone(ZoneInfo(ZONAS[m.centro_id])).date() <= HASTA:
            figura = {"entrada": "entradas", "salida": "salidas", "ajuste": "ajustes"}[m.tipo]
            cifras[figura] += (
                abs(m.cantidad * m.costo_unitario) if m.tipo == "salida" else m.cantidad * m.costo_unitario
            )
            caducidad = caducidades[m.lote_id]
            if m.tipo != "entrada" and caducidad is not None and caducidad < m.dia:
                cifras["caducado"] -= m.cantidad * m.costo_unitario
    return sumas


FIGURAS = ("valor_inicial", "valor_final", "entradas", "salidas", "ajustes", "caducado")


def comparar(reporte: dict[str, Any], esperadas: dict[Any, dict[str, Decimal]], agrupar: str) -> None:
    vistas = {fila[agrupar] and fila[agrupar]["id"]: fila for fila in reporte["filas"]}
    for grupo, cifras in esperadas.items():
        for figura in FIGURAS:
            assert vistas[grupo][figura] == pytest.approx(float(cifras[figura]), abs=0.011), (grupo, figura)
    for figura in FIGURAS:
        suma = sum(cifras[figura] for cifras in esperadas.values())
        assert reporte["totales"][figura] == pytest.approx(float(suma), abs=0.011), figura


def test_cada_cifra_es_la_de_la_historia_entera(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    historia(app, reloj, 100)
    for agrupar in ("producto", "centro", "categoria"):
        reporte = ok(api.get(f"{REPORTE}?{MARZO}&agrupar={agrupar}"))
        esperadas = a_mano(app, agrupar, {*ZONAS})
        assert all(any(cifras[figura] for cifras in esperadas.values()) for figura in FIGURAS)
        comparar(reporte, esperadas, agrupar)
    de_dos = ok(api.get(f"{REPORTE}?{MARZO}&agrupar=producto&centro_id=2"))
    comparar(de_dos, a_mano(app, "producto", {2}), "producto")
    de_rosa = ok(api.as_("secretaria", centros=[1, 3]).get(f"{REPORTE}?{MARZO}&agrupar=centro"))
    comparar(de_rosa, a_mano(app, "centro", {1, 3}), "centro")
    ajeno = ok(api.as_("secretaria", centros=[1]).get(f"{REPORTE}?{MARZO}&centro_id=2"))
    assert (ajeno["filas"], ajeno["totales"]["valor_final"]) == ([], 0)


def consumir(app: Flask, reloj: Reloj, lote: int, tratamiento: int, cita: int, *cantidades: int) -> None:
    """An appointment in March takes (−), and gives back (+), some of a lot."""
    with app.app_context():
        receta = nueva_receta(app, tratamiento) if cita == 1 else None
        producto = db.session.get_one(Lote, lote).producto_id
        consumo = Consumo(cita_id=cita, ronda=1, centro_id=1, doctor_id=cita, completada_en=now())
        db.session.add(consumo)
        db.session.flush()
        linea = ConsumoLinea(
            consumo_id=consumo.id,
            tratamiento_id=tratamiento,
            receta_id=receta or 1,
            producto_id=producto,
            cantidad=5,
        )
        db.session.add(linea)
        db.session.commit()
        suyo = {"consumo_linea_id": linea.id, "tratamiento_id": tratamiento, "doctor_id": cita}
        for cantidad in cantidades:
            anterior = db.session.scalar(db.select(db.func.max(Movimiento.id))) if cantidad > 0 else None
            mover(reloj, el(date(2025, 3, 15)), Tipo.CONSUMO, lote, 1, cantidad, corrige_id=anterior, **suyo)


def test_el_consumo_por_tratamiento_doctor_y_centro(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    with app.app_context():
        db.session.add(DoctorRef(id=1, nombres="Ana", apellidos="Paz"))
        db.session.commit()
    limpieza = nuevo_tratamiento(app, nombre="Limpieza")
    reloj.momento = el(date(2025, 2, 1))
    lote = ingresar(app, nuevo_producto(app), 100, costo="2")
    consumir(app, reloj, lote, limpieza, 1, -5)
    consumir(app, reloj, lote, limpieza, 2, -5, 5, -4)
    reporte = ok(api.get(f"{REPORTE}?{MARZO}"))
    consumo = reporte["consumo"]
    assert consumo["total"] == reporte["totales"]["consumo"] == 18
    assert reporte["totales"]["devoluciones"] == 0
    assert [(f["tratamiento"]["nombre"], f["costo"]) for f in consumo["por_tratamiento"]] == [("Limpieza", 18)]
    assert [(f["doctor"]["nombre"], f["costo"]) for f in consumo["por_doctor"]] == [("Ana Paz", 10), (None, 8)]
    assert [(f["centro"]["nombre"], f["costo"]) for f in consumo["por_centro"]] == [("Centro 1", 18)]
    assert reporte["totales"]["rotacion"] == round(18 / ((200 + 182) / 2), 4)
    assert ok(api.get(f"{REPORTE}?desde=2025-04-01&hasta=2025-04-30"))["consumo"]["por_doctor"] == []


def test_lo_que_caduca_y_lo_que_caduco(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    producto = nuevo_producto(app, nombre="Anestesia")
    ingresar(app, producto, 4, lote="V", caducidad=(now() - timedelta(days=5)).date(), costo="2")
    ingresar(app, producto, 6, lote="P", caducidad=(now() + timedelta(days=20)).date(), costo="3")
    ingresar(app, producto, 6, lote="P", centro_id=2)
    ingresar(app, producto, 9, lote="L", caducidad=(now() + timedelta(days=400)).date())
    caducidades = ok(api.get(f"{REPORTE}?centro_id=1"))["caducidades"]
    assert [(v["lote"], v["cantidad"], v["valor"]) for v in caducidades["lotes"]] == [("V", 4, 8), ("P", 6, 12)]
    assert (caducidades["caducado"], caducidades["por_caducar"]["lotes"]) == ({"lotes": 1, "valor": 8}, 1)
    assert len(ok(api.get(f"{REPORTE}?por_caducar_dias=500"))["caducidades"]["lotes"]) == 4
    assert len(ok(api.get(f"{REPORTE}?por_caducar_dias=0"))["caducidades"]["lotes"]) == 1


def leer(respuesta: Any) -> list[list[str]]:
    assert respuesta.status_code == 200, respuesta.get_data(as_text=True)
    assert respuesta.content_type == "text/csv; charset=utf-8"
    assert "attachment" in respuesta.headers["Content-Disposition"]
    return [*csv.reader(io.StringIO(respuesta.get_data(as_text=True)))]


def test_en_hojas_de_calculo(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    producto = nuevo_producto(app, codigo="X", nombre='=HYPERLINK("http://malo")')
    ingresar(app, producto, 4, lote="V", caducidad=(now() - timedelta(days=5)).date(), costo="2.5")
    encabezado, fila = leer(api.get(f"{REPORTE}?formato=csv&agrupar=producto"))
    valores = dict(zip(encabezado, fila, strict=True))
    assert (valores["valor_final"], valores["cantidad_final"], valores["producto"][:2]) == ("10.00", "4.000000", "'=")
    encabezado, fila = leer(api.get(f"{REPORTE}?formato=csv&seccion=caducidades"))
    assert dict(zip(encabezado, fila, strict=True))["lote"] == "V"
    for seccion in ("tratamientos", "doctores", "centros"):
        assert leer(api.get(f"{REPORTE}?formato=csv&seccion={seccion}"))[0][-1] == "costo"


def test_sin_permiso_se_ven_cantidades_y_no_costos(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    ingresar(app, nuevo_producto(app), 4, lote="V", caducidad=(now() - timedelta(days=5)).date(), costo="2.5")
    rosa = api.as_("secretaria", ["inventario:reportes:leer"], centros=[1])
    reporte = ok(rosa.get(f"{REPORTE}?agrupar=producto"))
    (fila,), (lote,) = reporte["filas"], reporte["caducidades"]["lotes"]
    assert (fila["cantidad_final"], lote["cantidad"]) == (4, 4)
    assert not {"valor_final", "entradas", "valor", "total"} & {
        *fila,
        *lote,
        *reporte["totales"],
        *reporte["consumo"],
    }
    for seccion in ("existencias", "caducidades", "centros"):
        encabezado = leer(rosa.get(f"{REPORTE}?formato=csv&seccion={seccion}"))[0]
        assert not {"valor_final", "valor", "costo"} & {*encabezado}


def test_lo_que_no_se_entiende(api: ApiClient, reloj: Reloj) -> None:
    problem(api.get(f"{REPORTE}?desde=2025-03-01&hasta=2025-02-01"), 422)
    problem(api.get(f"{REPORTE}?desde=2025-03-01&hasta=2027-02-01"), 422)
    problem(api.get(f"{REPORTE}?agrupar=color"), 422)
    assert ok(api.get(f"{REPORTE}?desde=2025-02-10"))["hasta"] == "2025-02-28"


def test_con_mas_historia_no_hay_mas_consultas(api: ApiClient, app: Flask, reloj: Reloj) -> None:
    cuentas = []
    for _ in range(2):
        historia(app, reloj, 24) if not cuentas else ingresar(app, nuevo_producto(app), 3, caducidad=HASTA, lote="Z")
        with statements(app) as hechas:
            ok(api.get(f"{REPORTE}?{MARZO}"))
        cuentas.append(len(hechas))
    assert cuentas[0] == cuentas[1]
