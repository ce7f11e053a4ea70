"""The front desk of a real system: a consulting room with a price list, an emission point and what it charges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .conftest import Quien, Red, bien, esperar, manana, unico_numero
from .consultorio import Consultorio
from .mundo_facturacion import CUARENTA, serie

DINERO = "/facturacion"
CAMPOS = ("tratamiento_id", "descripcion", "cantidad", "precio_unitario", "tarifa_iva", "doctor_id")


def d(importe: Any) -> Decimal:
    """An amount of an answer."""
    return Decimal(str(importe))


class Mostrador(Consultorio):
    """Two treatments: an extraction of USD 45 without IVA that uses three cartridges of USD 2, and a whitening of
    USD 120 with 15 %. The doctor gets 40 % of what she does.
    """

    def __init__(self, red: Red) -> None:
        n = unico_numero()
        super().__init__(
            red, "Odontología general", tipo_identificacion="pasaporte", identificacion=f"PA{n:07d}", genero="otro"
        )
        admin, self._hora = red.admin, 0
        nuevo = {"centro_id": self.centro, **serie(), "nombre": "Recepción"}
        self.punto = bien(admin.post(f"{DINERO}/puntos-emision", nuevo), 201)
        cartucho = bien(admin.post("/inventario/productos", {"nombre": f"Anestesia {n}"}), 201)["id"]
        receta = [{"producto_id": cartucho, "cantidad": 3}]
        self.exodoncia = self._tratamiento(f"Exodoncia {n}", precio=45, receta=receta)
        self.blanqueamiento = self._tratamiento(f"Blanqueamiento {n}", precio=120, tarifa_iva=15)
        entrada = {"tipo": "entrada", "cantidad": 100, "costo_unitario": 2, "centro_id": self.centro}
        esperar(lambda: admin.post(f"/inventario/productos/{cartucho}/movimientos", entrada).ok)
        bien(admin.post(f"{DINERO}/tarifas-honorarios", {"doctor_id": self.doctor, **CUARENTA}), 201)

    def _tratamiento(self, nombre: str, **campos: Any) -> int:
        cuerpo = {"nombre": nombre, "duracion_minutos": 20, **campos}
        return int(bien(self.red.admin.post("/inventario/tratamientos", cuerpo), 201)["id"])

    # ---- The appointment

    def citar(self, *tratamientos: tuple[int, int], extra: float = 0) -> int:
        """Reception books so many of these treatments, and something else for that price."""
        self._hora += 1
        cuando = manana(f"{7 + self._hora % 12:02d}:00", dias=2 + self._hora // 12)
        quienes = {"doctor_id": self.doctor, "paciente_id": self.paciente_id, "centro_id": self.centro}
        pedidos = [{"tratamiento_id": uno, "cantidad": veces} for uno, veces in tratamientos]
        cuerpo = {**quienes, "fecha_hora": cuando, "duracion_minutos": 30, "tratamientos": pedidos}
        cita = int(bien(self.secretaria.post("/citas", cuerpo), 201)["id"])
        if extra:
            enjuague = {"descripcion": "Enjuague", "precio_unitario": extra}
            bien(self.secretaria.post(f"/citas/{cita}/extras", enjuague), 201)
        return cita

    def completar(self, cita: int) -> int:
        """The doctor is done."""
        bien(self.medico.patch(f"/citas/{cita}/estado", {"estado": "completada"}))
        return cita

    # ---- The desk: by the secretary, unless somebody else is named

    def leer(self, ruta: str, quien: Quien | None = None, **consulta: Any) -> Any:
        """What there is to be read."""
        return bien((quien or self.secretaria).get(f"{DINERO}/{ruta}", params=consulta))

    def hacer(self, ruta: str, quien: Quien | None = None, /, **cuerpo: Any) -> Any:
        """Make something."""
        return bien((quien or self.secretaria).post(f"{DINERO}/{ruta}", cuerpo), 201)

    def facturas_de(self, cita: int) -> list[dict[str, Any]]:
        """What was made of an appointment."""
        hechas: list[dict[str, Any]] = self.leer("facturas", cita_id=cita)["datos"]
        return hechas

    def borrador_de(self, cita: int) -> dict[str, Any]:
        """Its one draft, once the news of the appointment has come."""
        [borrador] = esperar(lambda: self.facturas_de(cita))
        return dict(self.leer(f"facturas/{borrador['id']}"))

    def facturar(self, precio: float = 20, **campos: Any) -> int:
        """A draft by hand of one thing without tax, of which the doctor gets nothing."""
        linea = {"descripcion": "Cepillo", "precio_unitario": precio, "tarifa_iva": 0, "doctor_id": None}
        quienes = {"paciente_id": self.paciente_id, "centro_id": self.centro}
        return int(self.hacer("facturas", **quienes, detalles=[linea], **campos)["id"])

    def emitir(self, factura: int) -> dict[str, Any]:
        """Issue a draft."""
        ruta = f"{DINERO}/facturas/{factura}/estado"
        emitida: dict[str, Any] = bien(self.secretaria.patch(ruta, {"estado": "emitida"}))
        return emitida

    def pagar(self, factura: int, monto: float, medio: str, **campos: Any) -> dict[str, Any]:
        """Take a payment."""
        pago: dict[str, Any] = self.hacer(f"facturas/{factura}/pagos", monto=monto, medio_pago=medio, **campos)
        return pago


def linea(detalle: dict[str, Any], **cambios: Any) -> dict[str, Any]:
    """A line that was read, as it is written."""
    return {campo: detalle[campo] for campo in CAMPOS} | cambios
