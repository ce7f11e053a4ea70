"""Means of payment, with the codes of the tax authority (SRI, ficha técnica, table 24 «forma de pago»)."""

from __future__ import annotations

from enum import StrEnum


class Medio(StrEnum):
    """How money comes and goes."""

    EFECTIVO = "efectivo"
    COMPENSACION = "compensacion"
    TARJETA_DEBITO = "tarjeta_debito"
    DINERO_ELECTRONICO = "dinero_electronico"
    TARJETA_PREPAGO = "tarjeta_prepago"
    TARJETA_CREDITO = "tarjeta_credito"
    TRANSFERENCIA = "transferencia"
    CHEQUE = "cheque"
    OTRO_FINANCIERO = "otro_financiero"
    ENDOSO = "endoso"


CODIGOS_SRI = {
    Medio.EFECTIVO: "01",
    Medio.COMPENSACION: "15",
    Medio.TARJETA_DEBITO: "16",
    Medio.DINERO_ELECTRONICO: "17",
    Medio.TARJETA_PREPAGO: "18",
    Medio.TARJETA_CREDITO: "19",
    Medio.TRANSFERENCIA: "20",
    Medio.CHEQUE: "20",
    Medio.OTRO_FINANCIERO: "20",
    Medio.ENDOSO: "21",
}
NOMBRES = {
    Medio.EFECTIVO: "Efectivo",
    Medio.COMPENSACION: "Compensación de deudas",
    Medio.TARJETA_DEBITO: "Tarjeta de débito",
    Medio.DINERO_ELECTRONICO: "Dinero electrónico",
    Medio.TARJETA_PREPAGO: "Tarjeta prepago",
    Medio.TARJETA_CREDITO: "Tarjeta de crédito",
    Medio.TRANSFERENCIA: "Transferencia",
    Medio.CHEQUE: "Cheque",
    Medio.OTRO_FINANCIERO: "Otro con el sistema financiero",
    Medio.ENDOSO: "Endoso de títulos",
}
