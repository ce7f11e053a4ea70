"""Whatever is written in whatever order: stock is the sum of its movements, and never below zero unless allowed."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient
from comun.testing.databases import empty
from inventario.extensiones import db

from ..fabricas import conocer_centros, nuevo_producto
from ..libro import bodega, cuadra, por_lote

CADUCAN = {"A": "2031-06-01", "B": "2030-06-01", None: "9999"}
Lugar = tuple[int, str | None, int]  # product, lot, warehouse

productos = st.integers(0, 1)
bodegas = st.integers(0, 2)
lotes = st.sampled_from(["A", "B", None])
cantidades = st.integers(1, 60).map(lambda n: Decimal(n) / 4)
diferencias = st.integers(-60, 60).filter(bool).map(lambda n: Decimal(n) / 4)
pasos = st.lists(
    st.one_of(
        st.tuples(st.just("entrar"), productos, bodegas, lotes, cantidades),
        st.tuples(st.just("entrar"), productos, bodegas, lotes, cantidades),
        st.tuples(st.just("salir"), productos, st.integers(1, 2), cantidades),
        st.tuples(st.just("salir_de"), productos, bodegas, lotes, cantidades),
        st.tuples(st.just("devolver"), productos, bodegas, lotes, cantidades),
        st.tuples(st.just("ajustar"), productos, bodegas, lotes, diferencias),
        st.tuples(st.just("fijar"), productos, st.integers(1, 2), cantidades),
        st.tuples(st.just("trasladar"), productos, bodegas, bodegas, lotes, cantidades),
        st.tuples(st.just("corregir"), st.integers(0, 20)),
        st.tuples(st.just("contar"), productos, bodegas, lotes, cantidades),
    ),
    min_size=3,
    max_size=15,
)


class Estantes:
    """Does the steps on the service and, beside it, on shelves; both must agree at each step."""

    def __init__(self, app: Flask, api: ApiClient, permite: bool) -> None:
        self.app, self.api, self.permite = app, api, permite
        conocer_centros(app)
        self.productos = [nuevo_producto(app), nuevo_producto(app, permite_negativo=permite)]
        self.bodegas = [bodega(app, 1), bodega(app, 1, "Sillón"), bodega(app, 2)]
        self.centro = dict(zip(self.bodegas, (1, 1, 2), strict=True))
        self.hay: dict[Lugar, Decimal] = defaultdict(Decimal)
        self.conocidos: set[tuple[int, str | None]] = {(p, None) for p in self.productos}
        self.escritos: list[dict[str, Any]] = []

    def dar(self, paso: str, *datos: Any) -> None:
        getattr(self, paso)(*datos)

    def entrar(self, cual: int, donde: int, lote: str | None, cantidad: Decimal) -> None:
        caducidad = {"caducidad": CADUCAN[lote], "lote": lote} if lote else {}
        self._espera(self._movimiento("entrada", cual, donde, cantidad, costo_unitario=2, **caducidad), 201)
        self.conocidos.add((self.productos[cual], lote))

    def devolver(self, cual: int, donde: int, lote: str | None, cantidad: Decimal) -> None:
        self._espera(self._movimiento("devolucion", cual, donde, cantidad, lote=lote), self._si_se_conoce(cual, lote))

    def salir(self, cual: int, centro: int, cantidad: Decimal) -> None:
        suyas = [b for b in self.bodegas if self.centro[b] == centro]
        antes = self._de(cual, suyas)
        cuerpo = {"tipo": "salida", "cantidad": str(cantidad), "centro_id": centro}
        respuesta = self.api.post(f"/inventario/productos/{self.productos[cual]}/movimientos", cuerpo)
        self._espera(respuesta, self._si_alcanza(cual, antes, cantidad))
        if respuesta.status_code == 201:
            tomados = {m["lote"] for m in respuesta.get_json()["movimientos"] if m["saldo_lote"] >= 0}
            quedan = [CADUCAN[lugar[1]] for lugar, n in self._de(cual, suyas).items() if n > 0]
            assert all(CADUCAN[lote] <= min(quedan, default="9999") for lote in tomados)

    def salir_de(self, cual: int, donde: int, lote: str | None, cantidad: Decimal) -> None:
        estado = self._si_se_conoce(cual, lote)
        if estado == 201:
            estado = self._si_alcanza(cual, self._de(cual, [self.bodegas[donde]], lote), cantidad)
        self._espera(self._movimiento("salida", cual, donde, cantidad, lote=lote), estado)

    def ajustar(self, cual: int, donde: int, lote: str | None, cantidad: Decimal) -> None:
        estado = self._si_se_conoce(cual, lote)
        if estado == 201 and cantidad < 0:
            estado = self._si_alcanza(cual, self._de(cual, [self.bodegas[donde]], lote), -cantidad)
        self._espera(self._movimiento("ajuste", cual, donde, cantidad, lote=lote, motivo="Ajuste"), estado)

    def fijar(self, cual: int, centro: int, cantidad: Decimal) -> None:
        cuerpo = {"stock_actual": str(cantidad), "motivo": "Fijado", "centro_id": centro}
        respuesta = self.api.patch(f"/inventario/productos/{self.productos[cual]}/stock", cuerpo)
        self._espera(respuesta, 200)
        suyas = [b for b in self.bodegas if self.centro[b] == centro]
        assert sum(self._de(cual, suyas).values()) == cantidad == Decimal(str(respuesta.get_json()["stock_actual"]))

    def trasladar(self, cual: int, de: int, a: int, lote: str | None, cantidad: Decimal) -> None:
        linea = {"producto_id": self.productos[cual], "cantidad": str(cantidad), "lote": lote}
        cuerpo = {"origen_id": self.bodegas[de], "destino_id": self.bodegas[a], "lineas": [linea]}
        estado = self._si_se_conoce(cual, lote)
        if de == a:
            estado = 422
        elif estado == 201:
            positivos = sum(n for n in self._de(cual, [self.bodegas[de]], lote).values() if n > 0)
            estado = 201 if positivos >= cantidad else 409
        respuesta = self.api.post("/inventario/traslados", cuerpo)
        assert respuesta.status_code == estado, respuesta.get_data(as_text=True)
        if estado == 201:
            filtro = {"referencia": f"traslado/{respuesta.get_json()['id']}"}
            self._anotar(self.api.get("/inventario/movimientos", query_string=filtro).get_json()["datos"][::-1])

    def corregir(self, cual: int) -> None:
        if not self.escritos:
            return
        este = self.escritos[cual % len(self.escritos)]
        lados = [m for m in self.escritos if m["id"] == este["id"] or self._hermanos(m, este)]
        estado = 409 if este["corrige_id"] or any(m.get("corregido") for m in lados) else 201
        despues = {self._lugar(m): self.hay[self._lugar(m)] - Decimal(str(m["cantidad"])) for m in lados}
        if any(n < 0 and not self._permite(lugar[0]) for lugar, n in despues.items()):
            estado = 409
        ruta = f"/inventario/movimientos/{este['id']}/correccion"
        self._espera(self.api.post(ruta, {"motivo": "Error"}), estado)
        if estado == 201:
            for lado in lados:
                lado["corregido"] = True

    def contar(self, cual: int, donde: int, lote: str | None, cantidad: Decimal) -> None:
        conteo = self.api.post("/inventario/conteos", {"bodega_id": self.bodegas[donde]}).get_json()["id"]
        linea = {"producto_id": self.productos[cual], "lote": lote, "contado": str(cantidad)}
        anotado = self.api.put(f"/inventario/conteos/{conteo}/lineas", {"lineas": [linea]})
        bien = self._si_se_conoce(cual, lote) == 201
        assert anotado.status_code == (200 if bien else 422)
        # What comes in between counting and closing is added to what was found.
        self.entrar(cual, donde, "A", Decimal(1))
        fin = {"estado": "cerrado" if bien else "anulado"}
        assert self.api.patch(f"/inventario/conteos/{conteo}/estado", fin).status_code == 200
        if bien:
            filtro = {"referencia": f"conteo/{conteo}"}
            self._anotar(self.api.get("/inventario/movimientos", query_string=filtro).get_json()["datos"])
            entro = Decimal(1) if lote == "A" else Decimal(0)
            assert self.hay[self.productos[cual], lote, self.bodegas[donde]] == cantidad + entro

    def _movimiento(self, tipo: str, cual: int, donde: int, cantidad: Decimal, **datos: Any) -> TestResponse:
        cuerpo = {"tipo": tipo, "cantidad": str(cantidad), "bodega_id": self.bodegas[donde], **datos}
        return self.api.post(f"/inventario/productos/{self.productos[cual]}/movimientos", cuerpo)

    def _espera(self, respuesta: TestResponse, estado: int) -> None:
        assert respuesta.status_code == estado, respuesta.get_data(as_text=True)
        if estado < 400:
            self._anotar(respuesta.get_json()["movimientos"])

    def _anotar(self, movimientos: list[dict[str, Any]]) -> None:
        for m in movimientos:
            self.escritos.append(m)
            self.hay[self._lugar(m)] += Decimal(str(m["cantidad"]))

    def _de(self, cual: int, bodegas: list[int], lote: str | None = None) -> dict[Lugar, Decimal]:
        return {
            lugar: n
            for lugar, n in self.hay.items()
            if lugar[0] == self.productos[cual] and lugar[2] in bodegas and lote in (None, lugar[1])
        }

    def _si_alcanza(self, cual: int, de: dict[Lugar, Decimal], cantidad: Decimal) -> int:
        alcanza = sum(n for n in de.values() if n > 0) >= cantidad
        return 201 if alcanza or self._permite(self.productos[cual]) else 409

    def _si_se_conoce(self, cual: int, lote: str | None) -> int:
        return 201 if (self.productos[cual], lote) in self.conocidos else 422

    def _permite(self, producto: int) -> bool:
        return self.permite and producto == self.productos[1]

    @staticmethod
    def _lugar(m: dict[str, Any]) -> Lugar:
        return m["producto_id"], m["lote"], m["bodega_id"]

    @staticmethod
    def _hermanos(uno: dict[str, Any], otro: dict[str, Any]) -> bool:
        return bool(
            uno["traslado_id"]
            and (uno["traslado_id"], uno["lote_id"]) == (otro["traslado_id"], otro["lote_id"])
            and not uno["corrige_id"]
        )


@given(permite=st.booleans(), pasos=pasos)
def test_ninguna_secuencia_descuadra_el_libro(
    app: Flask, api: ApiClient, permite: bool, pasos: list[tuple[Any, ...]]
) -> None:
    with app.app_context():
        empty(db.engine, db.metadata, frozenset({"alembic_version"}))
    estantes = Estantes(app, api, permite)
    for paso in pasos:
        estantes.dar(*paso)
    cuadra(app)
    for producto in estantes.productos:
        segun_ellos = {
            (lugar[1] or "", lugar[2]): n for lugar, n in estantes.hay.items() if n and lugar[0] == producto
        }
        assert por_lote(app, producto) == segun_ellos
