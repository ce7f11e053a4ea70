"""Treatments of appointments, from the price list to the shelf: booked, done, undone, with inventory there or not."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from local_system import System

from .conftest import Red, bien, esperar, manana, problema, unico_numero
from .mundo import EN_POSTGRESQL, EN_UNA_BASE


@dataclass
class Clinica:
    """A centre with a doctor, a product in two lots and a treatment that uses three of it."""

    red: Red
    centro: int
    doctor: int
    producto: int
    tratamiento: int

    def stock(self) -> Decimal:
        """What the centre has of it."""
        ruta = f"/inventario/productos/{self.producto}?centro_id={self.centro}"
        return Decimal(str(bien(self.red.admin.get(ruta))["stock_actual"]))

    def movimientos(self, tipo: str) -> list[dict[str, Any]]:
        """Those of the product that are of that kind, the oldest first."""
        ruta = f"/inventario/productos/{self.producto}/movimientos?tipo={tipo}&tamano=200"
        datos: list[dict[str, Any]] = bien(self.red.admin.get(ruta))["datos"]
        return datos[::-1]

    def entrar(self, cantidad: int, lote: str, caducidad: str) -> None:
        """Some comes in, once the news of the centre has come."""
        cuerpo = {"tipo": "entrada", "cantidad": cantidad, "lote": lote, "caducidad": caducidad, "costo_unitario": 2}
        ruta = f"/inventario/productos/{self.producto}/movimientos"
        esperar(lambda: self.red.admin.post(ruta, {**cuerpo, "centro_id": self.centro}).status_code == 201)

    def cita(self, veces: int = 1, **campos: Any) -> dict[str, Any]:
        """A body that books the treatment."""
        pedido = [{"tratamiento_id": self.tratamiento, "cantidad": veces}]
        quienes = {"doctor_id": self.doctor, "centro_id": self.centro}
        return self.red.cita(**{**quienes, "tratamientos": pedido, **campos})

    def reservar(self, veces: int = 1, **campos: Any) -> int:
        return int(bien(self.red.admin.post("/citas", self.cita(veces, **campos)), 201)["id"])

    def pasar_a(self, cita: int, estado: str, **campos: Any) -> None:
        bien(self.red.admin.patch(f"/citas/{cita}/estado", {"estado": estado, **campos}))


@pytest.fixture
def clinica(red: Red) -> Clinica:
    n = unico_numero()
    admin = red.admin
    nuevo = {"nombre": f"Anestesia {n}", "unidad": "cartucho", "controla_lotes": True}
    producto = bien(admin.post("/inventario/productos", nuevo), 201)["id"]
    receta = [{"producto_id": producto, "cantidad": 3}]
    cuerpo = {"nombre": f"Exodoncia {n}", "precio": 45, "duracion_minutos": 40, "receta": receta}
    tratamiento = bien(admin.post("/inventario/tratamientos", cuerpo), 201)["id"]
    clinica = Clinica(red, red.centro(), red.doctor(), producto, tratamiento)
    clinica.entrar(8, "TARDE", "2033-12-31")
    clinica.entrar(4, "PRONTO", "2031-01-31")
    return clinica


@contextlib.contextmanager
def sin_inventario(sistema: System) -> Iterator[None]:
    """inventario_service and its worker are down."""
    for programa in ("inventario-worker", "inventario"):
        sistema.down(programa, at_once=True)
    try:
        yield
    finally:
        for programa in ("inventario", "inventario-worker"):
            sistema.up(programa)
        sistema.wait_ready()


@EN_POSTGRESQL
def test_completar_una_cita_gasta_su_receta_una_vez_y_reabrirla_la_devuelve(clinica: Clinica) -> None:
    cita = clinica.reservar(veces=2)
    assert bien(clinica.red.admin.get(f"/citas/{cita}"))["duracion_minutos"] == 80
    clinica.pasar_a(cita, "completada")
    esperar(lambda: clinica.stock() == 6)
    # What expires first leaves first.
    consumos = clinica.movimientos("consumo")
    assert [(m["lote"], m["cantidad"]) for m in consumos] == [("PRONTO", -4), ("TARDE", -2)]
    assert {m["tratamiento_id"] for m in consumos} == {clinica.tratamiento}

    clinica.pasar_a(cita, "en_curso", motivo="Faltó una pieza")
    esperar(lambda: clinica.stock() == 12)
    clinica.pasar_a(cita, "completada")
    esperar(lambda: clinica.stock() == 6)
    consumido = bien(clinica.red.admin.get(f"/inventario/consumos?cita_id={cita}"))["datos"]
    assert [c["revertido_en"] is None for c in consumido] == [True, False]


@EN_UNA_BASE
def test_lo_que_no_alcanza_queda_anotado_como_faltante(clinica: Clinica) -> None:
    cita = clinica.reservar(veces=5)
    clinica.pasar_a(cita, "completada")
    ruta = f"/inventario/faltantes?cita_id={cita}"
    esperar(lambda: bool(bien(clinica.red.admin.get(ruta))["datos"]))
    [faltante] = bien(clinica.red.admin.get(ruta))["datos"]
    assert (faltante["cantidad"], faltante["faltante"]) == (15, 3)
    assert clinica.stock() == 0


@EN_POSTGRESQL
def test_lo_agendado_queda_reservado(clinica: Clinica) -> None:
    clinica.reservar(veces=2)
    ruta = f"/inventario/reservas?producto_id={clinica.producto}&centro_id={clinica.centro}"
    esperar(lambda: [r["reservado"] for r in bien(clinica.red.admin.get(ruta))["datos"]] == [6])
    verificar = (
        f"/inventario/tratamientos/{clinica.tratamiento}/verificar-stock?cantidad=3&centro_id={clinica.centro}"
    )
    respuesta = bien(clinica.red.admin.get(verificar))
    assert (respuesta["alcanza"], respuesta["faltantes"][0]["faltante"]) == (False, 3)


@EN_UNA_BASE
def test_sin_inventario_no_se_agenda_un_tratamiento_pero_si_una_cita(sistema: System, clinica: Clinica) -> None:
    con = clinica.cita()
    with sin_inventario(sistema):
        respuesta = clinica.red.admin.post("/citas", con)
        problema(respuesta, 503)
        assert int(respuesta.headers["Retry-After"]) >= 1
        assert bien(clinica.red.admin.get("/citas", params={"doctor_id": clinica.doctor}))["datos"] == []
        bien(clinica.red.admin.post("/citas", {k: v for k, v in con.items() if k != "tratamientos"}), 201)


@EN_UNA_BASE
def test_lo_completado_sin_inventario_se_gasta_cuando_vuelve(sistema: System, clinica: Clinica) -> None:
    citas = [clinica.reservar(fecha_hora=manana(f"{hora:02d}:00", dias=2)) for hora in (9, 10, 11)]
    with sin_inventario(sistema):
        for cita in citas:
            clinica.pasar_a(cita, "completada")
        clinica.pasar_a(citas[0], "en_curso", motivo="Se completó por error")
    esperar(lambda: clinica.stock() == 6)
    # And stays there: nothing more is on its way.
    hechos = bien(clinica.red.admin.get(f"/inventario/consumos?centro_id={clinica.centro}&revertidos=false"))["datos"]
    assert {c["cita_id"] for c in hechos} == set(citas[1:])
    assert sum(m["cantidad"] for m in clinica.movimientos("consumo")) == -6


@EN_POSTGRESQL
def test_matar_al_trabajador_mientras_gasta_no_pierde_ni_repite(sistema: System, clinica: Clinica) -> None:
    clinica.entrar(300, "MUCHO", "2032-06-30")
    citas = [
        clinica.reservar(fecha_hora=manana(f"{8 + n // 2:02d}:{30 * (n % 2):02d}", dias=3), duracion_minutos=30)
        for n in range(12)
    ]
    for n, cita in enumerate(citas):
        clinica.pasar_a(cita, "completada")
        if n % 4 == 3:
            sistema.kill("inventario-worker")
    esperar(lambda: clinica.stock() == 312 - 3 * len(citas))
    assert sum(m["cantidad"] for m in clinica.movimientos("consumo")) == -3 * len(citas)
