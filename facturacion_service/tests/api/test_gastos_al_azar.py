"""Whatever is done with expenses, the ledger says what the expenses say."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal as D
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from comun.testing.client import ApiClient, ok
from facturacion.extensiones import db
from facturacion.modelos import Cuenta, Gasto

from ..caja import abrir_caja
from ..cuentas import anotado
from ..gastos import GASTOS, contar_caja

CAMPOS = {
    "monto": st.decimals("0.01", 500, places=2).map(str),
    "fecha": st.sampled_from(["2026-01-10", "2026-01-31", "2026-02-01"]),
    "categoria": st.sampled_from(["Luz", "Agua", "Arriendo"]),
    "centro_id": st.sampled_from([1, 2]),
    "medio_pago": st.sampled_from([None, "efectivo", "transferencia"]),
}
PASOS = st.lists(
    st.one_of(
        st.tuples(st.just("gastar"), st.fixed_dictionaries(CAMPOS)),
        st.tuples(st.just("editar"), st.integers(0, 9), st.fixed_dictionaries({}, optional=CAMPOS)),
        st.tuples(st.just("eliminar"), st.integers(0, 9)),
        st.tuples(st.just("contar")),
    ),
    min_size=1,
    max_size=8,
)


@given(pasos=PASOS)
def test_el_libro_dice_lo_que_dicen_los_gastos(app: Flask, admin: ApiClient, pasos: list[Any]) -> None:
    cajas = {centro_id: abrir_caja(app, centro_id=centro_id) for centro_id in (1, 2)}
    hechos: list[int] = []
    for que, *con in pasos:
        if que == "gastar":
            respuesta = admin.post(GASTOS, con[0])
            hechos += [respuesta.get_json()["id"]] if respuesta.status_code == 201 else []
        elif que == "contar":
            contar_caja(app, cajas[1])
            cajas[1] = abrir_caja(app)
        elif hechos:
            url = f"{GASTOS}/{hechos[con[0] % len(hechos)]}"
            respuesta = admin.put(url, con[1]) if que == "editar" else admin.delete(url)
            assert respuesta.status_code in (200, 204, 404, 409), respuesta.get_data(as_text=True)
        _cuadra(app, admin)
    for caja in cajas.values():
        contar_caja(app, caja)


def _cuadra(app: Flask, admin: ApiClient) -> None:
    gastado: dict[Any, D] = defaultdict(D)
    pagado: dict[Any, D] = defaultdict(D)
    with app.app_context():
        for gasto in db.session.scalars(db.select(Gasto).where(Gasto.vivos())):
            gastado[gasto.fecha, gasto.centro_id, gasto.categoria_id] += gasto.monto
            if gasto.medio_pago is not None:
                pagado[gasto.pagado_el, gasto.centro_id, gasto.medio_pago] += gasto.monto
    assert anotado(app, Cuenta.GASTO, "dia", "centro_id", "categoria_id") == gastado
    assert anotado(app, Cuenta.EGRESO, "dia", "centro_id", "medio_pago") == pagado
    totales = ok(admin.get(f"{GASTOS}/totales"))
    assert D(str(totales["total"])) == sum(gastado.values())
    for parte in ("por_categoria", "por_mes", "por_centro"):
        assert sum(D(str(fila["total"])) for fila in totales[parte]) == sum(gastado.values())
