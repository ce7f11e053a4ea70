"""A notebook kept beside the service, in whole cents: what each step must come to, reckoned another way.

Steps name what they are about by numbers that wrap around, the even ones among what the step fits, if there is any;
and amounts by `Cuanto`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask
from werkzeug.test import TestResponse

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import AseguradoraRef

from .facturas import COMO_ESTE, URL, asegurar, poner_estado
from .pagos import RUTA, aplicar, cobrar, dejar_anticipo, devolver
from .renglones import (
    ASEGURADORA,
    PACIENTE,
    Cobro,
    Cuanto,
    Cuenta,
    Linea,
    centavos,
    dolares,
    importes,
    pedidas,
)

SEGURO = 5
T = TypeVar("T")


class Libreta:
    """Does each step on the service and in the notebook; both must agree."""

    def __init__(self, app: Flask, api: ApiClient) -> None:
        self.app, self.api = app, api
        self.cuentas: list[Cuenta] = []
        self.cobros: list[Cobro] = []
        with app.app_context():
            db.session.merge(AseguradoraRef(id=SEGURO, nombre="Seguros Equinoccial", secuencia=1))
            db.session.commit()

    def dar(self, paso: str, *datos: Any) -> None:
        getattr(self, paso)(*datos)

    # ---- Invoices

    def facturar(self, lineas: list[Linea], cubierto: int, emitir: bool) -> None:
        """A draft, of which an insurer takes over so many percent."""
        cuerpo = {"paciente_id": 1, "centro_id": 1, "doctor_id": 7, "detalles": pedidas(lineas)}
        cuenta = Cuenta(ok(self.api.post(URL, cuerpo), 201)["id"])
        self.cuentas.append(cuenta)
        self._anotar_lineas(cuenta, lineas)
        if cubierto and cuenta.total:
            cuenta.cubierto = cuenta.total * cubierto // 100
            asegurar(self.app, cuenta.id, dolares(cuenta.cubierto), SEGURO)
        if emitir:
            self._emitir(cuenta)

    def corregir(self, cual: int, lineas: list[Linea]) -> None:
        """All lines of a draft anew; what was issued stays."""
        cuenta = self._cuenta(cual, lambda una: una.estado == "borrador" and not una.cubierto)
        if cuenta is None or cuenta.cubierto:
            return
        respuesta = self.api.put(f"{URL}/{cuenta.id}", {"detalles": pedidas(lineas)}, headers=COMO_ESTE)
        if self._espera(respuesta, cuenta.estado == "borrador", 200):
            self._anotar_lineas(cuenta, lineas)

    def emitir(self, cual: int) -> None:
        if (cuenta := self._cuenta(cual, lambda una: una.estado == "borrador")) is not None:
            self._emitir(cuenta)

    def anular(self, cual: int) -> None:
        if (cuenta := self._cuenta(cual)) is None:
            return
        se_puede = cuenta.viva and not cuenta.acreditado and not sum(cuenta.neto.values())
        respuesta = poner_estado(self.api, cuenta.id, "anulada", motivo="Error")
        if self._espera(respuesta, se_puede, 200):
            cuenta.estado = "anulada"

    def acreditar(self, cual: int) -> None:
        """All that is left of an invoice."""
        if (cuenta := self._cuenta(cual, lambda una: una.viva)) is None:
            return
        resto = sum(cuenta.lineas.values())
        respuesta = self.api.post(f"{URL}/{cuenta.id}/notas-credito", {"motivo": "Todo"})
        if self._espera(respuesta, cuenta.viva and resto > 0, 201):
            assert self._anotar_nota(cuenta, respuesta) == resto

    def acreditar_linea(self, cual: int, linea: int, cuanto: Cuanto) -> None:
        """So much of one line."""
        if (cuenta := self._cuenta(cual, lambda una: una.viva)) is None:
            return
        detalle_id = [*cuenta.lineas][linea % len(cuenta.lineas)]
        queda = cuenta.lineas[detalle_id]
        monto = cuanto.de(queda)
        cuerpo = {"motivo": "Parte", "detalles": [{"detalle_id": detalle_id, "monto": dolares(monto)}]}
        respuesta = self.api.post(f"{URL}/{cuenta.id}/notas-credito", cuerpo)
        if self._espera(respuesta, cuenta.viva and monto <= queda, 201):
            assert self._anotar_nota(cuenta, respuesta) == monto

    def aplazar(self, cual: int, numero: int) -> None:
        """What the patient owes, in so many instalments."""
        if (cuenta := self._cuenta(cual, self._debe(PACIENTE))) is None or cuenta.estado == "borrador":
            return
        debe = self.debe(cuenta, PACIENTE)
        cuerpo = {"numero": numero, "primera": "2100-01-31"}
        respuesta = self.api.put(f"{URL}/{cuenta.id}/plan-cuotas", cuerpo, headers=COMO_ESTE)
        if 0 < debe < numero:
            problem(respuesta, 422)
        elif self._espera(respuesta, debe > 0, 200):
            assert sum(centavos(cuota["monto"]) for cuota in respuesta.get_json()["cuotas"]) == debe

    # ---- Payments

    def pagar(self, cual: int, pagador: str, cuanto: Cuanto) -> None:
        if (cuenta := self._cuenta(cual, self._debe(pagador))) is None:
            return
        debe = self.debe(cuenta, pagador)
        monto = cuanto.de(debe)
        se_puede = cuenta.viva and monto <= debe and (pagador == PACIENTE or cuenta.cubierto > 0)
        respuesta = cobrar(self.api, cuenta.id, dolares(monto), pagador=pagador)
        if self._espera(respuesta, se_puede, 201):
            self._aplicar(self._nuevo_cobro(respuesta, pagador, monto), cuenta, monto)

    def pagar_varias(self, cuales: list[tuple[int, Cuanto]], sobra: int) -> None:
        """One payment for several invoices; so many cents of it for none."""
        partes = {}
        for cual, cuanto in cuales:
            if (cuenta := self._cuenta(cual, self._debe(PACIENTE))) is not None:
                partes[cuenta.id] = (cuenta, cuanto.de(self.debe(cuenta, PACIENTE)))
        if not partes:
            return
        monto = sum(parte for _cuenta, parte in partes.values()) + sobra
        cuerpo = {
            "paciente_id": 1,
            "centro_id": 1,
            "monto": dolares(monto),
            "medio_pago": "cheque",
            "facturas": [{"factura_id": uno, "monto": dolares(parte)} for uno, (_cuenta, parte) in partes.items()],
        }
        respuesta = self.api.post(f"{RUTA}/pagos", cuerpo)
        cabe = all(cuenta.viva and parte <= self.debe(cuenta, PACIENTE) for cuenta, parte in partes.values())
        if self._espera(respuesta, cabe, 201):
            cobro = self._nuevo_cobro(respuesta, PACIENTE, monto)
            for cuenta, parte in partes.values():
                self._aplicar(cobro, cuenta, parte)

    def anticipar(self, monto: int) -> None:
        self._nuevo_cobro(dejar_anticipo(self.api, dolares(monto), "tarjeta_credito"), PACIENTE, monto)

    def usar(self, cual_cobro: int, cual: int, cuanto: Cuanto) -> None:
        """What is left of a payment, to an invoice."""
        cobro, cuenta = self._cobro(cual_cobro, lambda uno: uno.disponible), self._cuenta(cual, self._debe(PACIENTE))
        if cobro is None or cuenta is None:
            return
        debe = self.debe(cuenta, cobro.pagador)
        monto = cuanto.de(min(debe, cobro.disponible))
        se_puede = cuenta.viva and monto <= min(debe, cobro.disponible)
        if self._espera(aplicar(self.api, cobro.id, cuenta.id, dolares(monto)), se_puede, 201):
            self._aplicar(cobro, cuenta, monto)

    def devolver_disponible(self, cual: int, cuanto: Cuanto) -> None:
        if (cobro := self._cobro(cual, lambda uno: uno.disponible)) is None:
            return
        monto = cuanto.de(cobro.disponible)
        if self._espera(devolver(self.api, cobro.id, dolares(monto)), monto <= cobro.disponible, 201):
            cobro.devuelto += monto

    def devolver_de(self, cual_cobro: int, cual: int, cuanto: Cuanto) -> None:
        """Of what a payment paid of an invoice."""
        cuenta = self._cuenta(cual, lambda una: any(una.neto.values()))
        if cuenta is None or not cuenta.neto:
            return
        cobro = [uno for uno in self.cobros if uno.id in cuenta.neto][cual_cobro % len(cuenta.neto)]
        hay = cuenta.neto[cobro.id]
        monto = cuanto.de(hay)
        respuesta = devolver(self.api, cobro.id, dolares(monto), factura_id=cuenta.id, medio_pago="cheque")
        if self._espera(respuesta, cuenta.viva and monto <= hay, 201):
            self._sacar(cobro, cuenta, monto)
            cobro.devuelto += monto
            self._al_dia(cuenta)

    # ---- What it comes to

    def debe(self, cuenta: Cuenta, quien: str) -> int:
        """What patient or insurer owes of an invoice."""
        if not cuenta.viva:
            return 0
        suyo = sum(n for uno, n in cuenta.neto.items() if self._pagador(uno) == quien)
        if quien == ASEGURADORA:
            return cuenta.cubierto - suyo - cuenta.acreditado_a_ella
        return cuenta.total - cuenta.cubierto - suyo - (cuenta.acreditado - cuenta.acreditado_a_ella)

    def comprobar(self) -> None:
        """The service says of every invoice and payment what stands here."""
        for cuenta in self.cuentas:
            self._comprobar_factura(cuenta, ok(self.api.get(f"{URL}/{cuenta.id}")))
        for cobro in self.cobros:
            dicho = ok(self.api.get(f"{RUTA}/pagos/{cobro.id}"))
            suyo = tuple(centavos(dicho[campo]) for campo in ("monto", "aplicado", "devuelto", "disponible"))
            assert suyo == (cobro.monto, cobro.aplicado, cobro.devuelto, cobro.disponible)
        self._comprobar_estado_de_cuenta()

    def facturado(self) -> int:
        """What stands in the ledger of invoices, tax included."""
        vigentes = (cuenta for cuenta in self.cuentas if cuenta.viva)
        return sum(cuenta.total - cuenta.acreditado for cuenta in vigentes)

    def _comprobar_factura(self, cuenta: Cuenta, dicha: dict[str, Any]) -> None:
        neto = sum(cuenta.neto.values())
        assert dicha["estado"] == cuenta.estado
        lineas = dicha["detalles"]
        assert centavos(dicha["subtotal"]) == sum(centavos(linea["base"]) for linea in lineas)
        assert centavos(dicha["iva"]) == sum(centavos(linea["iva"]) for linea in lineas)
        assert centavos(dicha["descuento"]) == sum(centavos(linea["descuento"]) for linea in lineas)
        assert centavos(dicha["total"]) == cuenta.total
        assert (centavos(dicha["pagado"]), centavos(dicha["acreditado"])) == (cuenta.pagado, cuenta.acreditado)
        assert centavos(dicha["reembolsado"]) == cuenta.pagado - neto
        if cuenta.estado == "borrador":
            return
        paciente, ella = self.debe(cuenta, PACIENTE), self.debe(cuenta, ASEGURADORA)
        assert min(paciente, ella) >= 0
        assert (centavos(dicha["saldo_paciente"]), centavos(dicha["saldo_aseguradora"])) == (paciente, ella)
        assert centavos(dicha["saldo"]) == paciente + ella
        if cuotas := dicha["cuotas"]:
            queda = sum(centavos(cuota["saldo"]) for cuota in cuotas)
            assert queda == min(sum(centavos(cuota["monto"]) for cuota in cuotas), paciente)

    def _comprobar_estado_de_cuenta(self) -> None:
        dicho = ok(self.api.get(f"{RUTA}/pacientes/1/estado-cuenta"))
        debe = sum(self.debe(cuenta, quien) for cuenta in self.cuentas for quien in (PACIENTE, ASEGURADORA))
        a_favor = sum(cobro.disponible for cobro in self.cobros)
        assert (centavos(dicho["por_cobrar"]), centavos(dicho["a_favor"])) == (debe, a_favor)
        assert centavos(dicho["saldo_final"]) == debe - a_favor

    # ---- How it is kept

    def _cuenta(self, cual: int, cabe: Callable[[Cuenta], object] = lambda _una: True) -> Cuenta | None:
        return _de_estas(self.cuentas, cual, cabe)

    def _cobro(self, cual: int, cabe: Callable[[Cobro], object] = lambda _uno: True) -> Cobro | None:
        return _de_estas(self.cobros, cual, cabe)

    def _debe(self, quien: str) -> Callable[[Cuenta], int]:
        return lambda cuenta: self.debe(cuenta, quien)

    def _pagador(self, pago_id: int) -> str:
        return next(cobro.pagador for cobro in self.cobros if cobro.id == pago_id)

    @staticmethod
    def _espera(respuesta: TestResponse, se_puede: bool, estado: int) -> bool:
        """Done when it can be, and otherwise refused with a conflict."""
        assert respuesta.status_code == (estado if se_puede else 409), respuesta.get_data(as_text=True)
        return se_puede

    def _emitir(self, cuenta: Cuenta) -> None:
        if self._espera(poner_estado(self.api, cuenta.id, "emitida"), cuenta.estado == "borrador", 200):
            cuenta.estado = "emitida"
            self._al_dia(cuenta)

    def _anotar_lineas(self, cuenta: Cuenta, lineas: list[Linea]) -> None:
        dichas = ok(self.api.get(f"{URL}/{cuenta.id}"))["detalles"]
        esperadas = [importes(linea) for linea in lineas]
        campos = ("descuento", "base", "iva")
        assert [tuple(centavos(dicha[campo]) for campo in campos) for dicha in dichas] == esperadas
        totales = [base + iva for _descuento, base, iva in esperadas]
        cuenta.lineas = {dicha["id"]: total for dicha, total in zip(dichas, totales, strict=True)}
        cuenta.total = sum(totales)

    def _anotar_nota(self, cuenta: Cuenta, respuesta: TestResponse) -> int:
        """What of a credit note is whose, and what comes free of what was paid too much; how much it is."""
        nota = respuesta.get_json()
        total, de_ella = centavos(nota["total"]), centavos(nota["de_aseguradora"])
        assert centavos(nota["subtotal"]) + centavos(nota["iva"]) == total
        assert 0 <= de_ella <= min(total, cuenta.cubierto - cuenta.acreditado_a_ella)
        for quien, parte in ((ASEGURADORA, de_ella), (PACIENTE, total - de_ella)):
            self._liberar(cuenta, quien, parte - self.debe(cuenta, quien))
        for detalle in nota["detalles"]:
            cuenta.lineas[detalle["detalle_id"]] -= centavos(detalle["total"])
        cuenta.acreditado += total
        cuenta.acreditado_a_ella += de_ella
        if cuenta.acreditado == cuenta.total:
            cuenta.estado = "anulada"
        else:
            self._al_dia(cuenta)
        return total

    def _liberar(self, cuenta: Cuenta, quien: str, de_mas: int) -> None:
        """The latest payments first."""
        for cobro in reversed(self.cobros):
            if cobro.pagador == quien and cuenta.neto.get(cobro.id) and de_mas > 0:
                parte = min(de_mas, cuenta.neto[cobro.id])
                self._sacar(cobro, cuenta, parte)
                de_mas -= parte
        assert de_mas <= 0

    def _nuevo_cobro(self, respuesta: TestResponse, pagador: str, monto: int) -> Cobro:
        self.cobros.append(Cobro(ok(respuesta, 201)["id"], pagador, monto))
        return self.cobros[-1]

    def _aplicar(self, cobro: Cobro, cuenta: Cuenta, monto: int) -> None:
        cobro.aplicado += monto
        cuenta.pagado += monto
        cuenta.neto[cobro.id] = cuenta.neto.get(cobro.id, 0) + monto
        self._al_dia(cuenta)

    @staticmethod
    def _sacar(cobro: Cobro, cuenta: Cuenta, monto: int) -> None:
        cobro.aplicado -= monto
        cuenta.neto[cobro.id] -= monto

    def _al_dia(self, cuenta: Cuenta) -> None:
        cuenta.estado = "emitida"
        if self.debe(cuenta, PACIENTE) + self.debe(cuenta, ASEGURADORA) == 0:
            cuenta.estado = "pagada"


def _de_estas(todas: list[T], cual: int, cabe: Callable[[T], object]) -> T | None:
    elegibles = [una for una in todas if cual % 2 == 0 and cabe(una)] or todas
    return elegibles[cual // 2 % len(elegibles)] if elegibles else None
