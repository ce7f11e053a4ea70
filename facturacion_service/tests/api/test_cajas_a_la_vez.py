"""Tills that are opened, used and counted by many at once, and in any order."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok
from facturacion.extensiones import db
from facturacion.modelos import Transaccion

from ..a_la_vez import a_la_vez
from ..caja import CAJAS, TRANSACCIONES, abierta, anotar, cerrar, contar, cuadra
from ..conftest import como_secretaria
from ..noticias import anunciados


@pytest.mark.postgresql_only
class TestALaVez:
    def test_de_veinte_que_abren_abre_uno(self, secretaria: ApiClient) -> None:
        abrir = [lambda c: secretaria.post(CAJAS, {"centro_id": 1}, headers=c)] * 20
        assert a_la_vez(abrir) == {"hecho": 1, "caja_abierta": 19}

    def test_lo_que_entra_mientras_se_cuenta_esta_en_lo_contado_o_no_entra(
        self, secretaria: ApiClient, app: Flask
    ) -> None:
        caja = abierta(secretaria, 10)
        cuerpo = {
            "tipo_transaccion": "ingreso",
            "monto": 1,
            "medio_pago": "efectivo",
            "concepto": "x",
            "centro_id": 1,
        }
        entrar = [lambda c: secretaria.post(TRANSACCIONES, cuerpo, headers=c)] * 16
        conteo = {"contado": {"efectivo": 10}}
        contar_ = [lambda c: secretaria.post(f"{CAJAS}/{caja}/conteo", conteo, headers=c)] * 3
        cierre = {"explicacion": "A la vez"}
        cerrar_ = [lambda c: secretaria.post(f"{CAJAS}/{caja}/cierre", cierre, headers=c)] * 3
        finales = a_la_vez([*entrar[:8], *contar_, *cerrar_, *entrar[8:]])
        assert set(finales) <= {"hecho", "sin_caja_abierta", "caja_contada", "caja_sin_contar", "caja_cerrada"}
        cerrar(secretaria, caja, "A la vez")
        cerrada = ok(secretaria.get(f"{CAJAS}/{caja}"))
        with app.app_context():
            dentro = db.session.scalar(
                db.select(func.count()).select_from(Transaccion).where(Transaccion.caja_id == caja)
            )
        assert cerrada["estado"] == "cerrada"
        assert cerrada["esperado"]["efectivo"] == 10 + dentro
        assert len(anunciados(app, "caja.cerrada.v1")) == 1
        cuadra(app)

    def test_lo_que_se_anula_mientras_se_cuenta(self, secretaria: ApiClient, app: Flask) -> None:
        caja = abierta(secretaria, 0)
        ids = [ok(anotar(secretaria, "ingreso", 1, "efectivo"), 201)["id"] for _ in range(20)]

        def anular(uno: int) -> Callable[[dict[str, str]], TestResponse]:
            cambio = {"estado": "anulado", "motivo": "x"}
            return lambda c: secretaria.patch(f"{TRANSACCIONES}/{uno}/estado", cambio, headers=c)

        conteo = {"contado": {"efectivo": 0}}
        contar_ = [lambda c: secretaria.post(f"{CAJAS}/{caja}/conteo", conteo, headers=c)]
        finales = a_la_vez([*map(anular, ids[:10]), *contar_, *map(anular, ids[10:])])
        assert set(finales) <= {"hecho", "caja_cerrada"}
        quedan = ok(secretaria.get(f"{TRANSACCIONES}?estado=completado&tamano=200"))["datos"]
        assert ok(secretaria.get(f"{CAJAS}/{caja}"))["esperado"] == {"efectivo": len(quedan)}
        cuadra(app)

    def test_una_transaccion_se_anula_una_vez(self, secretaria: ApiClient, app: Flask) -> None:
        uno = ok(anotar(secretaria, "ingreso", 9), 201)["id"]
        cambio = {"estado": "anulado", "motivo": "x"}
        ruta = f"{TRANSACCIONES}/{uno}/estado"
        finales = a_la_vez([lambda c: secretaria.patch(ruta, cambio, headers=c)] * 10)
        assert finales["hecho"] == 1
        cuadra(app)


CENTAVOS = st.integers(1, 100_000).map(lambda n: Decimal(n) / 100)
PASOS = st.lists(
    st.tuples(
        st.sampled_from(["ingreso", "egreso", "pendiente", "corregir", "completar", "anular", "eliminar", "turno"]),
        CENTAVOS,
        st.sampled_from(["efectivo", "tarjeta_credito", "transferencia"]),
    ),
    max_size=14,
)


@given(PASOS)
def test_pase_lo_que_pase_el_libro_cuadra(
    clinica: dict[str, int], api: ApiClient, app: Flask, pasos: list[tuple[str, Decimal, str]]
) -> None:
    secretaria = como_secretaria(api, 1)
    caja = _caja_de_ahora(secretaria)
    ids: list[int] = []
    for paso, monto, medio in pasos:
        if paso in ("ingreso", "egreso", "pendiente"):
            tipo, estado = (paso, "completado") if paso != "pendiente" else ("egreso", "pendiente")
            ids.append(ok(anotar(secretaria, tipo, str(monto), medio, estado=estado), 201)["id"])
        elif paso == "turno":
            esperado = ok(contar(secretaria, caja, 0))["esperado"]
            assert esperado == _dentro(app, caja)
            ok(cerrar(secretaria, caja, "Cambio de turno"))
            caja = _caja_de_ahora(secretaria)
        elif ids:
            _cambiar(secretaria, paso, ids[int(monto * 100) % len(ids)], monto, medio)
    cuadra(app)


def _caja_de_ahora(secretaria: ApiClient) -> int:
    hay = ok(secretaria.get(f"{CAJAS}?propias=true&estado=abierta"))["datos"]
    return int(hay[0]["id"]) if hay else abierta(secretaria, 10)


def _cambiar(secretaria: ApiClient, paso: str, uno: int, monto: Decimal, medio: str) -> None:
    ruta = f"{TRANSACCIONES}/{uno}"
    respuesta = {
        "corregir": lambda: secretaria.put(ruta, {"monto": str(monto), "medio_pago": medio}),
        "completar": lambda: secretaria.patch(f"{ruta}/estado", {"estado": "completado"}),
        "anular": lambda: secretaria.patch(f"{ruta}/estado", {"estado": "anulado", "motivo": "x"}),
        "eliminar": lambda: secretaria.delete(ruta),
    }[paso]()
    assert respuesta.status_code in (200, 204, 404, 409), respuesta.get_data(as_text=True)


def _dentro(app: Flask, caja: int) -> dict[str, float]:
    """What should be in a till, counted one by one."""
    sumas = {"efectivo": Decimal(10)}
    with app.app_context():
        for t in db.session.scalars(db.select(Transaccion).where(Transaccion.caja_id == caja, Transaccion.vivos())):
            if t.estado == "completado":
                signo = 1 if t.tipo_transaccion == "ingreso" else -1
                sumas[t.medio_pago] = sumas.get(t.medio_pago, Decimal(0)) + signo * t.monto
    return {medio: float(suma) for medio, suma in sumas.items()}
