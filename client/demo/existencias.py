#!/usr/bin/env python3
"""Stock goes out by the box or by the piece, first what expires first, never below zero, and is taken back."""

from ayuda import Demo, Json, ejecutar

from odontocare_client import OdontoCareClient


def demo(d: Demo) -> None:
    admin, secretaria = d.entrar("admin"), d.entrar("secretaria")
    centro = secretaria.get("/auth/perfil")["centros"][0]
    guantes = producto(secretaria, "BIO-001", centro)
    d.paso(f"De «{guantes['nombre']}» hay {guantes['stock_actual']} pares en su centro; la caja trae cincuenta")

    ruta = f"/inventario/productos/{guantes['id']}/movimientos"
    salida = {"tipo": "salida", "centro_id": centro, "motivo": "Jornada de salud en la escuela"}
    hecho = secretaria.post(ruta, {**salida, "cantidad": 1, "unidad": "caja"}).body
    d.paso("Sale una caja")
    d.comprobar(hecho["stock_actual"] == guantes["stock_actual"] - 50, "salieron cincuenta pares")

    d.paso("Más de lo que hay no sale")
    de_mas = {**salida, "cantidad": hecho["stock_actual"] + 1}
    d.rechaza(409, "stock_insuficiente", lambda: secretaria.post(ruta, de_mas))

    anestesia = producto(secretaria, "MED-001", centro)
    d.paso(f"«{anestesia['nombre']}» viene en lotes; salen tres sin decir de cuál")
    ruta_anestesia = f"/inventario/productos/{anestesia['id']}/movimientos"
    de_lotes = secretaria.post(ruta_anestesia, {**salida, "cantidad": 3}).body["movimientos"]
    d.mostrar([{campo: m[campo] for campo in ("lote", "caducidad", "cantidad", "saldo")} for m in de_lotes])
    lotes = secretaria.get(
        "/inventario/lotes", producto_id=anestesia["id"], centro_id=centro, con_existencias="true"
    )["datos"]
    primero = min(lote["caducidad"] for lote in lotes if not lote["caducado"])
    d.comprobar(de_lotes[0]["caducidad"] <= primero, "del que caduca primero")

    d.paso("La administración corrige las salidas, cada una con otra al revés")
    for movimiento in [*hecho["movimientos"], *de_lotes]:
        admin.post(f"/inventario/movimientos/{movimiento['id']}/correccion", {"motivo": "Era una demostración"})
    queda = producto(secretaria, "BIO-001", centro)["stock_actual"]
    d.comprobar(queda == guantes["stock_actual"], "hay lo que había")
    ultimos = secretaria.get(ruta, centro_id=centro, tamano=2)["datos"]
    d.mostrar([{campo: m[campo] for campo in ("tipo", "cantidad", "saldo", "corrige_id", "por")} for m in ultimos])


def producto(api: OdontoCareClient, codigo: str, centro: int) -> Json:
    """A product of the sample data, with its stock in a centre."""
    [uno] = api.get("/inventario/productos", codigo=codigo, centro_id=centro)["datos"]
    return dict(uno)


if __name__ == "__main__":
    ejecutar(demo)
