"""The money of the small world: what was charged and paid in the own centre, and in the foreign one.

Nothing of it is in cash, so that nobody needs a till for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from .conftest import QUITO, Quien, bien, esperar
from .mundo_historia import Formulario, adjunto, envio

if TYPE_CHECKING:
    from .mundo import Mundo

_Alta = Callable[["Mundo"], int]

BASE = "/facturacion"
COMPRADOR = {"tipo": "06", "identificacion": "AB123456", "nombre": "Eva Persona"}
LINEA = {"descripcion": "Consulta", "precio_unitario": 20, "tarifa_iva": 15}
CUARENTA = {"porcentaje": 40, "desde": "2020-01-01"}
TRANSFERENCIA = {"monto": 5, "medio_pago": "transferencia"}
# Series that no data of the sample has.
_series = itertools.count(500 * 999)


def serie() -> dict[str, str]:
    """An establishment and a point that together nobody else has."""
    n = next(_series)
    return {"establecimiento": f"{n // 999:03d}", "punto": f"{1 + n % 999:03d}"}


def punto(m: Mundo, lado: str = "", **campos: Any) -> dict[str, Any]:
    """A body that adds an emission point."""
    return {"centro_id": m[f"centro{lado}"], **serie(), "nombre": "Recepción", **campos}


def borrador(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that charges a consultation of USD 20, to a buyer who can be credited."""
    return {**cotizacion(m, lado), "comprador": COMPRADOR}


def cotizacion(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that quotes the same."""
    return {**{f"{que}_id": m[que + lado] for que in ("paciente", "doctor", "centro")}, "detalles": [LINEA]}


def anticipo(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that pays in advance."""
    return {"paciente_id": m[f"paciente{lado}"], "centro_id": m[f"centro{lado}"], **TRANSFERENCIA}


def transaccion(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that takes in something else."""
    venta = {"tipo_transaccion": "ingreso", "concepto": "Venta de cepillos"}
    return {"centro_id": m[f"centro{lado}"], **venta, **TRANSFERENCIA}


def gasto(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that spends something, paid."""
    return {"centro_id": m[f"centro{lado}"], "categoria_id": m["categoria_gasto"], **TRANSFERENCIA}


def gasto_recurrente(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that spends it every month from a day on that never comes."""
    cuanto = {"monto": 5, "frecuencia": "mensual", "desde": "2190-01-31"}
    return {"centro_id": m[f"centro{lado}"], "categoria_id": m["categoria_gasto"], **cuanto}


def tarifa(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that gives a doctor a share of what no other test charges."""
    return {"doctor_id": m[f"doctor{lado}"], "tratamiento_id": m["nuevo_tratamiento"], **CUARENTA}


def liquidacion(m: Mundo, lado: str = "") -> dict[str, Any]:
    """A body that settles what a doctor has earned by now, which is something."""
    _factura(m, lado)
    return {"doctor_id": m[f"doctor{lado}"], "centro_id": m[f"centro{lado}"], "hasta": hoy()}


def caja(m: Mundo, lado: str = "", rol: str = "admin") -> dict[str, Any]:
    """A body that opens a till of somebody who has none there then."""
    centro, cajero = m[f"centro{lado}"], f"usuario:{m[f'usuario_{rol}']}"
    abiertas = bien(m.admin.get(f"{BASE}/cajas", params={"centro_id": centro, "estado": "abierta"}))["datos"]
    for suya in (abierta["id"] for abierta in abiertas if abierta["cajero"] == cajero):
        contar(m, suya)
    return {"centro_id": centro, "monto_inicial": 10}


def contar(m: Mundo, caja_id: int) -> int:
    """Count a till: nothing is missing."""
    bien(m.admin.post(f"{BASE}/cajas/{caja_id}/conteo", {"contado": {"efectivo": 10}}))
    return caja_id


def hoy() -> str:
    """The day of the centres."""
    return str(datetime.now(QUITO).date())


def cuotas(m: Mundo) -> dict[str, Any]:
    """A body that lets somebody pay in two instalments."""
    return {"numero": 2, "primera": hoy(), "intervalo": "mensual"}


def cobertura(m: Mundo) -> dict[str, Any]:
    """A body that lets an insurer owe half of a draft."""
    return {"aseguradora_id": m["nueva_entrada_aseguradoras"], "porcentaje": 50}


def comprobante() -> Formulario:
    """A form that attaches a photograph of a receipt."""
    return replace(adjunto(), campos={})


def emision(m: Mundo) -> dict[str, Any]:
    """A body that issues a draft, in either centre."""
    con_puntos(m)
    return {"estado": "emitida"}


def con_puntos(m: Mundo) -> None:
    """Both centres have an emission point: the first one is the principal one."""
    assert m["punto"] and m["punto_ajeno"]


# ---- How each is made: in the own centre (`lado` is empty) or in the foreign one (`_ajeno`)


_Hacer = Callable[["Mundo", str], int]


def _crear(ruta: str, cuerpo: Callable[[Mundo, str], Any], rol: str = "") -> _Hacer:
    """By the administrator, unless somebody else does it in the own centre."""

    def hacer(m: Mundo, lado: str) -> int:
        quien: Quien = m.quien[rol] if rol and not lado else m.admin
        return int(bien(quien.call("POST", m.ruta(BASE + ruta), **envio(cuerpo(m, lado))), 201)["id"])

    return hacer


def _pasar(m: Mundo, ruta: str, estado: str) -> None:
    bien(m.admin.patch(f"{BASE}/{ruta}/estado", {"estado": estado}))


_borrador = _crear("/facturas", borrador)


def _factura(m: Mundo, lado: str) -> int:
    con_puntos(m)
    hecha = _borrador(m, lado)
    _pasar(m, f"facturas/{hecha}", "emitida")
    return hecha


def _pago(m: Mundo, lado: str) -> int:
    return int(bien(m.admin.post(f"{BASE}/facturas/{_factura(m, lado)}/pagos", TRANSFERENCIA), 201)["id"])


def _nota_credito(m: Mundo, lado: str) -> int:
    ruta = f"{BASE}/facturas/{_factura(m, lado)}/notas-credito"
    return int(bien(m.admin.post(ruta, {"motivo": "No se hizo"}), 201)["id"])


def _caja(m: Mundo, lado: str) -> int:
    return _crear("/cajas", partial(caja, rol="admin" if lado else "secretaria"), "secretaria")(m, lado)


def _cita_reabierta(m: Mundo, lado: str) -> int:
    """An appointment that was taken up again when its invoice had been issued."""
    con_puntos(m)
    cita = m["nueva_cita_ajena" if lado else "nueva_cita"]
    bien(m.admin.post(f"/citas/{cita}/extras", {"descripcion": "Enjuague", "precio_unitario": 4}), 201)
    bien(m.admin.patch(f"/citas/{cita}/estado", {"estado": "completada"}))
    suya = esperar(lambda: bien(m.admin.get(f"{BASE}/facturas", params={"cita_id": cita}))["datos"])[0]["id"]
    bien(m.admin.put(f"{BASE}/facturas/{suya}", {"comprador": COMPRADOR}, headers={"If-Match": "*"}))
    _pasar(m, f"facturas/{suya}", "emitida")
    bien(m.admin.patch(f"/citas/{cita}/estado", {"estado": "en_curso", "motivo": "Faltó una pieza"}))
    por_revisar = f"{BASE}/citas-por-revisar?tamano=200&centro_id={m[f'centro{lado}']}"
    esperar(lambda: cita in [una["cita_id"] for una in bien(m.admin.get(por_revisar))["datos"]])
    return cita


def _borrador_cubierto(m: Mundo, lado: str) -> int:
    hecho = _borrador(m, lado)
    bien(m.admin.put(f"{BASE}/facturas/{hecho}/cobertura", cobertura(m), headers={"If-Match": "*"}))
    return hecho


def _factura_en_cuotas(m: Mundo, lado: str) -> int:
    hecha = _factura(m, lado)
    bien(m.admin.put(f"{BASE}/facturas/{hecha}/plan-cuotas", cuotas(m)))
    return hecha


def _cotizacion_que(*estados: str) -> _Hacer:
    def hacer(m: Mundo, lado: str) -> int:
        hecha = _DE_AMBOS["cotizacion"](m, lado)
        for estado in estados:
            _pasar(m, f"cotizaciones/{hecha}", estado)
        return hecha

    return hacer


_DE_AMBOS: dict[str, _Hacer] = {
    "punto": _crear("/puntos-emision", punto),
    "tarifa": _crear("/tarifas-honorarios", tarifa),
    "borrador": _borrador,
    "factura": _factura,
    "pago": _pago,
    "anticipo": _crear("/anticipos", anticipo),
    "nota_credito": _nota_credito,
    "cita_reabierta": _cita_reabierta,
    "cotizacion": _crear("/cotizaciones", cotizacion),
    "transaccion": _crear("/transacciones", transaccion),
    "caja": _caja,
    "gasto": _crear("/gastos", gasto),
    "gasto_recurrente": _crear("/gastos-recurrentes", gasto_recurrente),
    "liquidacion": _crear("/liquidaciones", liquidacion),
}
_PROPIAS: dict[str, _Hacer] = {
    "categoria_gasto": _crear("/categorias-gasto", lambda m, _lado: {"nombre": m.palabra("Gasto")}),
    "borrador_cubierto": _borrador_cubierto,
    "factura_en_cuotas": _factura_en_cuotas,
    "cotizacion_enviada": _cotizacion_que("enviada"),
    "cotizacion_aceptada": _cotizacion_que("enviada", "aceptada"),
    "caja_contada": lambda m, lado: contar(m, _caja(m, lado)),
    "comprobante": _crear("/gastos/{gasto}/adjuntos", lambda _m, _lado: comprobante()),
}
_MASCULINAS = (
    "punto",
    "borrador",
    "borrador_cubierto",
    "pago",
    "anticipo",
    "gasto",
    "gasto_recurrente",
    "comprobante",
)


def nueva(nombre: str) -> str:
    """What another one of it is called: `nueva_factura`, `nuevo_pago`."""
    return f"nuev{'o' if nombre in _MASCULINAS else 'a'}_{nombre}"


def ajena(nombre: str) -> str:
    """What the foreign one is called: `factura_ajena`, `nuevo_pago_ajeno`."""
    return f"{nombre}_ajen{'o' if nombre.endswith(_MASCULINAS) else 'a'}"


_TODAS: dict[str, tuple[str, _Hacer, str]] = {
    **{nombre: (nueva(nombre), hacer, "") for nombre, hacer in (_PROPIAS | _DE_AMBOS).items()},
    **{ajena(nombre): (ajena(nueva(nombre)), hacer, "_ajeno") for nombre, hacer in _DE_AMBOS.items()},
}
# What is made the first time that a test wants it, and is the same from then on; how another one of it is made.
PERMANENTES = {nombre: nuevo for nombre, (nuevo, _hacer, _lado) in _TODAS.items()}
NUEVOS: dict[str, _Alta] = {nuevo: partial(hacer, lado=lado) for nuevo, hacer, lado in _TODAS.values()}
