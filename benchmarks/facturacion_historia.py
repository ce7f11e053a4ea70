"""A history of money as it could have been, of any length, for `facturacion.py`: what reports read of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session
from volcado import MOMENTO, Volcado

from facturacion.modelos import (
    AseguradoraRef,
    Asiento,
    CategoriaGasto,
    CentroRef,
    DoctorRef,
    Factura,
    FacturaDetalle,
    Gasto,
    Honorario,
    PacienteRef,
    Pago,
    PuntoEmision,
    TotalDia,
    Transaccion,
    TratamientoRef,
)

CENTROS, DOCTORES, TRATAMIENTOS, ASEGURADORAS, CATEGORIAS, PACIENTES = 3, 20, 60, 6, 8, 20_000
POR_DIA = 150
TANDA = 10_000
ZONA = ZoneInfo("America/Guayaquil")
HOY = datetime.now(ZONA).date()
MEDIOS = ("efectivo", "efectivo", "tarjeta_credito", "tarjeta_debito", "transferencia", "transferencia", "cheque")
_POR = "usuario:1"
_CIEN = Decimal(100)

# Of a hundred transactions: payments, refunds, expenses, what came in and went out otherwise, settlements.
_CLASES = ("pago",) * 90 + ("reembolso",) * 2 + ("gasto",) * 4 + ("entra",) * 2 + ("sale", "liquidacion")


class Historia:
    """So many transactions up to today, as many a day, with the invoices and entries that they are of.

    Of old invoices one in a thousand is still owed in part, of those of the last ninety days one in ten.
    """

    def __init__(self, session: Session, azar: random.Random, cuantas: int, por_dia: int) -> None:
        self._azar, self._cuantas, self._por_dia = azar, cuantas, por_dia
        self.dias = max(cuantas // por_dia, 1)
        self.primero = HOY - timedelta(days=self.dias - 1)
        self._totales: dict[tuple[Any, ...], list[Any]] = {}
        self._dia = self.primero
        self._momento = MOMENTO
        self._ids = dict.fromkeys(("factura", "pago", "gasto", "asiento", "honorario"), 0)
        sellos = ("version", "creado_en", "actualizado_en")
        self.tablas = {
            "factura": Volcado(
                session, Factura, "id", "paciente_id", "centro_id", "doctor_id", "estado", "punto_emision_id",
                "secuencial", "numero", "fecha_emision", "emitida_en", "vence_el", "creada_por", "bruto", "subtotal",
                "iva", "total", "pagado", "saldo",
            ),
            "pago": Volcado(
                session, Pago, "id", "paciente_id", "centro_id", "medio_pago", "monto", "aplicado", "disponible",
                "momento", "dia", "registrado_por",
            ),
            "gasto": Volcado(
                session, Gasto, "id", "categoria_id", "centro_id", "descripcion", "monto", "fecha", "medio_pago",
                "pagado_el", "registrado_por", *sellos,
            ),
            "transaccion": Volcado(
                session, Transaccion, "id", "tipo_transaccion", "origen", "referencia", "centro_id", "doctor_id",
                "paciente_id", "concepto", "monto", "medio_pago", "fecha_transaccion", "dia", "registrada_por",
            ),
            "asiento": Volcado(
                session, Asiento, "id", "cuenta", "dia", "centro_id", "doctor_id", "tratamiento_id",
                "aseguradora_id", "categoria_id", "origen", "medio_pago", "importe", "referencia", "momento", "por",
            ),
            "honorario": Volcado(
                session, Honorario, "id", "doctor_id", "centro_id", "detalle_id", "tratamiento_id", "referencia",
                "dia", "base", "porcentaje", "monto",
            ),
            "total_dia": Volcado(
                session, TotalDia, "dia", "cuenta", "centro_id", "doctor_id", "origen", "medio_pago",
                "categoria_id", "importe", "veces",
            ),
        }  # fmt: skip

    def escribir(self) -> Iterator[None]:
        """All of it, a piece at a time."""
        for numero in range(self._cuantas):
            dia = self.primero + timedelta(days=min(numero // self._por_dia, self.dias - 1))
            if dia != self._dia:
                self._cerrar_dia(dia)
            hora = timedelta(minutes=numero % self._por_dia * 600 // self._por_dia)
            self._momento = (datetime(dia.year, dia.month, dia.day, 8, tzinfo=ZONA) + hora).astimezone(UTC)
            self._una(numero + 1)
            if (numero + 1) % TANDA == 0:
                yield self._volcar()
        self._cerrar_dia(HOY)
        yield self._volcar()

    def _volcar(self) -> None:
        for tabla in self.tablas.values():
            tabla.escribir()

    def _cerrar_dia(self, siguiente: date) -> None:
        for clave, (importe, veces) in self._totales.items():
            self.tablas["total_dia"].anotar(self._dia, *clave, importe, veces)
        self._totales.clear()
        self._dia = siguiente

    def _id(self, que: str) -> int:
        self._ids[que] += 1
        return self._ids[que]

    def _una(self, numero: int) -> None:
        azar = self._azar
        doctor = azar.randint(1, DOCTORES)
        centro = doctor % CENTROS + 1
        monto = Decimal(azar.randint(500, 9000)) / 100
        medio = azar.choice(MEDIOS)
        match azar.choice(_CLASES):
            case "pago":
                monto, referencia = self._cobrar(centro, doctor, medio)
                self._mover(numero, "ingreso", "pago", referencia, centro, doctor, monto, medio)
            case "gasto":
                referencia = self._gastar(centro, monto, medio)
                self._mover(numero, "egreso", "gasto", referencia, centro, None, monto, medio)
            case "reembolso" | "liquidacion" as origen:
                self._mover(numero, "egreso", origen, f"{origen}/{numero}", centro, doctor, monto, medio)
            case "entra":
                self._mover(numero, "ingreso", "manual", None, centro, None, monto, medio)
            case _:
                self._mover(numero, "egreso", "manual", None, centro, None, monto, medio)

    def _mover(
        self,
        numero: int,
        tipo: str,
        origen: str,
        referencia: str | None,
        centro: int,
        doctor: int | None,
        monto: Decimal,
        medio: str,
    ) -> None:
        paciente = numero % PACIENTES + 1 if origen in ("pago", "reembolso") else None
        self.tablas["transaccion"].anotar(
            numero, tipo, origen, referencia, centro, doctor, paciente, f"{origen} {numero}", monto, medio,
            self._momento, self._dia, _POR,
        )  # fmt: skip
        self._asentar(tipo, monto, centro, f"transaccion/{numero}", doctor=doctor or 0, origen=origen, medio=medio)

    def _cobrar(self, centro: int, doctor: int, medio: str) -> tuple[Decimal, str]:
        """An invoice of one line or two, and its payment."""
        azar = self._azar
        factura, pago = self._id("factura"), self._id("pago")
        referencia = f"factura/{factura}"
        aseguradora = azar.randint(1, ASEGURADORAS) if azar.random() < 0.2 else 0
        subtotal = iva = Decimal(0)
        for _linea in range(azar.choice((1, 1, 2))):
            tratamiento = azar.randint(1, TRATAMIENTOS)
            base = Decimal(azar.randint(1000, 12000)) / 100
            de_que = {"doctor": doctor, "tratamiento": tratamiento}
            self._asentar("facturado", base, centro, referencia, aseguradora=aseguradora, **de_que)
            if azar.random() < 0.2:
                suyo = (base * 15 / _CIEN).quantize(Decimal("0.01"))
                self._asentar("iva", suyo, centro, referencia, aseguradora=aseguradora, **de_que)
                iva += suyo
            honorario = (base * 40 / _CIEN).quantize(Decimal("0.01"))
            self._asentar("honorario", honorario, centro, referencia, **de_que)
            self.tablas["honorario"].anotar(
                self._id("honorario"), doctor, centro, 1, tratamiento, referencia, self._dia, base, Decimal(40),
                honorario,
            )  # fmt: skip
            self._asentar("material", Decimal(azar.randint(50, 900)) / 100, centro, f"consumo/{factura}", **de_que)
            subtotal += base
        total = subtotal + iva
        debe = azar.random() < (0.1 if (HOY - self._dia).days < 90 else 0.001)
        pagado = (total / 2).quantize(Decimal("0.01")) if debe else total
        paciente = factura % PACIENTES + 1
        self.tablas["factura"].anotar(
            factura, paciente, centro, doctor, "emitida" if debe else "pagada", centro, factura,
            f"001-{centro:03d}-{factura:09d}", self._dia, self._momento, self._dia + timedelta(days=30), _POR,
            subtotal, subtotal, iva, total, pagado, total - pagado,
        )  # fmt: skip
        self.tablas["pago"].anotar(
            pago, paciente, centro, medio, pagado, pagado, Decimal(0), self._momento, self._dia, _POR
        )
        return pagado, f"pago/{pago}"

    def _gastar(self, centro: int, monto: Decimal, medio: str) -> str:
        gasto, categoria = self._id("gasto"), self._azar.randint(1, CATEGORIAS)
        self.tablas["gasto"].anotar(
            gasto, categoria, centro, f"Gasto {gasto}", monto, self._dia, medio, self._dia, _POR, 1, MOMENTO, MOMENTO
        )
        self._asentar("gasto", monto, centro, f"gasto/{gasto}", categoria=categoria)
        return f"gasto/{gasto}"

    def _asentar(
        self,
        cuenta: str,
        importe: Decimal,
        centro: int,
        referencia: str,
        *,
        doctor: int = 0,
        tratamiento: int = 0,
        aseguradora: int = 0,
        categoria: int = 0,
        origen: str = "",
        medio: str = "",
    ) -> None:
        self.tablas["asiento"].anotar(
            self._id("asiento"), cuenta, self._dia, centro, doctor, tratamiento, aseguradora, categoria, origen,
            medio, importe, referencia, self._momento, _POR,
        )  # fmt: skip
        suma = self._totales.setdefault((cuenta, centro, doctor, origen, medio, categoria), [Decimal(0), 0])
        suma[0] += importe
        suma[1] += 1


def catalogos(session: Session) -> None:
    """Centres, doctors, patients and all else that a history refers to, with one line for fees to be of."""
    session.add_all(
        [
            *(CentroRef(id=n, nombre=f"Centro {n}", zona_horaria=ZONA.key, secuencia=1) for n in _hasta(CENTROS)),
            *(DoctorRef(id=n, nombres="Ana", apellidos=f"Doctora {n}", secuencia=1) for n in _hasta(DOCTORES)),
            *(AseguradoraRef(id=n, nombre=f"Seguros {n}", secuencia=1) for n in _hasta(ASEGURADORAS)),
            *(
                TratamientoRef(id=n, codigo=f"T{n}", nombre=f"Tratamiento {n}", secuencia=1)
                for n in _hasta(TRATAMIENTOS)
            ),
            *(CategoriaGasto(id=n, nombre=f"Categoría {n}", busqueda=f"categoria {n}") for n in _hasta(CATEGORIAS)),
        ]
    )
    session.flush()
    session.add_all(
        PuntoEmision(id=n, centro_id=n, establecimiento="001", punto=f"{n:03d}", nombre="Caja", principal=True)
        for n in _hasta(CENTROS)
    )
    importes = {"bruto": 1, "descuento": 0, "base": 1, "tarifa_iva": 0, "codigo_iva": "0", "iva": 0}
    linea = {"orden": 1, "tipo": "otro", "codigo": "X", "descripcion": "X", "cantidad": 1, "precio_unitario": 1}
    borrador = Factura(id=2_000_000_000, paciente_id=1, centro_id=1, creada_por=_POR)
    session.add(FacturaDetalle(id=1, factura=borrador, **linea, **importes))
    session.flush()
    pacientes = Volcado(session, PacienteRef, "id", "nombres", "apellidos")
    for n in _hasta(PACIENTES):
        pacientes.anotar(n, "José", f"Paciente {n}")
    pacientes.escribir()


def _hasta(cuantos: int) -> range:
    return range(1, cuantos + 1)
