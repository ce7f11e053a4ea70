"""Payments, deposits applied later, and money given back."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import Transaccion

from ..caja import abrir_caja
from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import conocer_paciente
from ..facturas_emitidas import borrador, emitida, factura
from ..noticias import anunciados
from ..pagos import RUTA, aplicar, cobrar, cuadra, dejar_anticipo, devolver


class TestPagarUnaFactura:
    def test_en_partes_y_por_varios_medios(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, "100.10")
        respuesta = cobrar(admin, una, "40.05", "tarjeta_credito", referencia="VOUCHER 77", comentario="Abono")
        pago = ok(respuesta, 201)
        assert respuesta.headers["Location"] == f"{RUTA}/pagos/{pago['id']}"
        assert (pago["monto"], pago["aplicado"], pago["disponible"]) == (40.05, 40.05, 0)
        assert pago["aplicaciones"][0]["factura"] == {
            "id": una,
            "numero": "001-001-000000001",
            "estado": "emitida",
            "total": 100.1,
            "saldo": 60.05,
        }
        ok(cobrar(admin, una, 60.05, "cheque", referencia="0045"), 201)
        assert factura(app, una).estado == "pagada"
        lista = ok(admin.get(f"{RUTA}/facturas/{una}/pagos"))
        assert [(uno["medio_pago"], uno["referencia"]) for uno in lista["datos"]] == [
            ("tarjeta_credito", "VOUCHER 77"),
            ("cheque", "0045"),
        ]
        assert ok(admin.get(respuesta.headers["Location"]))["aplicaciones"][0]["factura"]["saldo"] == 0
        cuadra(app)

    @pytest.mark.parametrize("monto", ["50.01", "100.01"])
    def test_nunca_mas_de_lo_que_se_debe(self, app: Flask, admin: ApiClient, monto: str) -> None:
        una = emitida(app)
        ok(cobrar(admin, una, 50), 201)
        problem(cobrar(admin, una, monto), 409, "excede_saldo")
        assert factura(app, una).saldo == 50
        cuadra(app)

    @pytest.mark.parametrize("monto", [0, -5, "1.005", "nada", None])
    def test_el_monto_es_dinero(self, app: Flask, admin: ApiClient, monto: object) -> None:
        assert "monto" in problem(cobrar(admin, emitida(app), monto), 422)["errores"]

    def test_un_borrador_y_una_anulada_no_se_pagan(self, app: Flask, admin: ApiClient) -> None:
        problem(cobrar(admin, borrador(app), 10), 409, "transicion_ilegal")
        anulada = emitida(app)
        with app.app_context():
            db.session.execute(db.text(f"UPDATE factura SET estado = 'anulada', saldo = 0 WHERE id = {anulada}"))
            db.session.commit()
        problem(cobrar(admin, anulada, 10), 409, "transicion_ilegal")
        problem(cobrar(admin, 999, 10), 404)
        cuadra(app)

    def test_el_efectivo_entra_en_la_caja_de_quien_cobra(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app)
        problem(cobrar(admin, una, 10, "efectivo"), 409, "sin_caja_abierta")
        assert factura(app, una).saldo == 100
        caja = abrir_caja(app)
        pago = ok(cobrar(admin, una, 10, "efectivo"), 201)
        con_tarjeta = ok(cobrar(admin, una, 5, "tarjeta_debito"), 201)
        assert (pago["caja_id"], con_tarjeta["caja_id"]) == (caja, caja)
        with app.app_context():
            fila = db.session.scalars(db.select(Transaccion).where(Transaccion.referencia == f"pago/{pago['id']}"))
            transaccion = fila.one()
            assert (transaccion.caja_id, transaccion.doctor_id, transaccion.paciente_id) == (caja, 7, 1)
            assert transaccion.concepto == "Pago de la factura 001-001-000000001"
        cuadra(app)

    def test_la_compensacion_no_mueve_efectivo_pero_paga(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app)
        assert ok(cobrar(admin, una, 100, "compensación"), 201)["caja_id"] is None
        assert factura(app, una).estado == "pagada"
        cuadra(app)


class TestLaParteDeLaAseguradora:
    def test_cada_uno_paga_lo_suyo(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, cubierto="80")
        problem(cobrar(admin, una, "20.01"), 409, "excede_saldo")
        problem(cobrar(admin, una, "80.01", pagador="aseguradora"), 409, "excede_saldo")
        assert ok(cobrar(admin, una, 80, pagador="aseguradora"), 201)["aseguradora_id"] == 5
        assert (factura(app, una).saldo, factura(app, una).saldo_aseguradora) == (20, 0)
        ok(cobrar(admin, una, 20), 201)
        assert factura(app, una).estado == "pagada"
        cuadra(app)

    def test_sin_cobertura_no_paga(self, app: Flask, admin: ApiClient) -> None:
        problem(cobrar(admin, emitida(app), 10, pagador="aseguradora"), 409, "sin_aseguradora")

    def test_lo_devuelto_lo_debe_otra_vez_ella(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app, cubierto="80")
        pago = ok(cobrar(admin, una, 80, pagador="aseguradora"), 201)
        ok(devolver(admin, pago["id"], 30, factura_id=una), 201)
        assert (factura(app, una).saldo, factura(app, una).saldo_aseguradora) == (50, 30)
        otra = emitida(app, "40")
        ok(devolver(admin, pago["id"], 50, factura_id=una), 201)
        problem(aplicar(admin, pago["id"], otra, 1), 409, "otra_aseguradora")
        cuadra(app)


class TestVariasFacturasALaVez:
    def test_lo_que_sobra_queda_como_anticipo(self, app: Flask, admin: ApiClient) -> None:
        una, otra = emitida(app, "30"), emitida(app, "50")
        cuerpo = {
            "paciente_id": 1,
            "centro_id": 1,
            "monto": 100,
            "medio_pago": "transferencia",
            "facturas": [{"factura_id": otra, "monto": 50}, {"factura_id": una, "monto": "12.5"}],
        }
        pago = ok(admin.post(f"{RUTA}/pagos", cuerpo), 201)
        assert (pago["aplicado"], pago["disponible"]) == (62.5, 37.5)
        assert (factura(app, una).saldo, factura(app, otra).estado) == (D("17.50"), "pagada")
        cuadra(app)

    def test_una_que_no_cabe_y_no_se_paga_ninguna(self, app: Flask, admin: ApiClient) -> None:
        una, otra = emitida(app, "30"), emitida(app, "50")
        cuerpo = {
            "paciente_id": 1,
            "centro_id": 1,
            "monto": 100,
            "medio_pago": "transferencia",
            "facturas": [{"factura_id": una, "monto": 30}, {"factura_id": otra, "monto": 51}],
        }
        problem(admin.post(f"{RUTA}/pagos", cuerpo), 409, "excede_saldo")
        assert (factura(app, una).saldo, factura(app, otra).saldo) == (30, 50)
        assert ok(admin.get(f"{RUTA}/pagos"))["datos"] == []
        cuadra(app)

    def test_cada_una_por_su_lugar(self, app: Flask, admin: ApiClient) -> None:
        una, ajena = emitida(app), emitida(app, paciente_id=2)
        partes = [{"factura_id": una, "monto": 1}, {"factura_id": ajena, "monto": 1}, {"factura_id": una, "monto": 1}]
        cuerpo = {"paciente_id": 1, "centro_id": 1, "monto": 3, "medio_pago": "cheque", "facturas": partes}
        errores = problem(admin.post(f"{RUTA}/pagos", cuerpo), 422)["errores"]["facturas"]
        assert set(errores) == {"1", "2"}
        cuerpo["facturas"] = [{"factura_id": una, "monto": 4}]
        assert "monto" in problem(admin.post(f"{RUTA}/pagos", cuerpo), 422)["errores"]

    def test_la_aseguradora_paga_solo_lo_que_cubre(self, app: Flask, admin: ApiClient) -> None:
        cubierta, otra = emitida(app, cubierto="60"), emitida(app)
        partes = [{"factura_id": cubierta, "monto": 60}]
        cuerpo = {
            "paciente_id": 1,
            "centro_id": 1,
            "monto": 60,
            "medio_pago": "transferencia",
            "pagador": "aseguradora",
            "facturas": [*partes, {"factura_id": otra, "monto": 0.01}],
        }
        assert "monto" in problem(admin.post(f"{RUTA}/pagos", cuerpo), 422)["errores"]
        problem(admin.post(f"{RUTA}/pagos", {**cuerpo, "monto": 61}), 409, "sin_aseguradora")
        ok(admin.post(f"{RUTA}/pagos", {**cuerpo, "facturas": partes}), 201)
        assert (factura(app, cubierta).saldo, factura(app, cubierta).saldo_aseguradora) == (40, 0)
        cuadra(app)


class TestAnticipos:
    def test_se_aplica_mas_tarde_en_partes(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(dejar_anticipo(admin, 100), 201)
        assert (pago["aplicado"], pago["disponible"], pago["aplicaciones"]) == (0, 100, [])
        una, otra = emitida(app, "70"), emitida(app, "70")
        ok(aplicar(admin, pago["id"], una, 70), 201)
        problem(aplicar(admin, pago["id"], otra, "30.01"), 409, "excede_disponible")
        salida = ok(aplicar(admin, pago["id"], otra, 30), 201)
        assert (salida["disponible"], [parte["monto"] for parte in salida["aplicaciones"]]) == (0, [70, 30])
        assert [parte["factura"]["saldo"] for parte in salida["aplicaciones"]] == [0, 40]
        assert (factura(app, una).estado, factura(app, otra).saldo) == ("pagada", 40)
        cuadra(app)

    def test_no_paga_mas_de_lo_que_se_debe(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(dejar_anticipo(admin, 100), 201)
        problem(aplicar(admin, pago["id"], emitida(app, "70"), 71), 409, "excede_saldo")
        problem(aplicar(admin, pago["id"], borrador(app), 1), 409, "transicion_ilegal")
        assert ok(admin.get(f"{RUTA}/pagos/{pago['id']}"))["disponible"] == 100
        cuadra(app)

    def test_no_paga_lo_de_otro_paciente(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(dejar_anticipo(admin, 100), 201)
        ajena = emitida(app, paciente_id=2)
        assert "factura_id" in problem(aplicar(admin, pago["id"], ajena, 1), 422)["errores"]

    def test_el_de_un_paciente_fusionado_es_del_que_queda(self, app: Flask, admin: ApiClient) -> None:
        conocer_paciente(app, 9, fusionado_en_id=1)
        assert ok(dejar_anticipo(admin, 10, paciente_id=9), 201)["paciente_id"] == 1

    def test_sin_ese_paciente_o_ese_centro_no_hay_anticipo(self, admin: ApiClient) -> None:
        assert "paciente_id" in problem(dejar_anticipo(admin, 10, paciente_id=404), 422)["errores"]
        assert "centro_id" in problem(dejar_anticipo(admin, 10, centro_id=404), 422)["errores"]


class TestReembolsos:
    def test_de_lo_que_queda_disponible(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(dejar_anticipo(admin, 100), 201)
        ok(aplicar(admin, pago["id"], emitida(app, "70"), 70), 201)
        problem(devolver(admin, pago["id"], "30.01"), 409, "excede_disponible")
        salida = ok(devolver(admin, pago["id"], 30), 201)
        assert (salida["devuelto"], salida["disponible"]) == (30, 0)
        assert salida["reembolsos"][0]["medio_pago"] == "transferencia"
        cuadra(app)

    def test_de_una_factura_que_vuelve_a_deberse(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app)
        pago = ok(cobrar(admin, una, 100), 201)
        problem(devolver(admin, pago["id"], "100.01", factura_id=una), 409, "excede_aplicado")
        salida = ok(devolver(admin, pago["id"], "40.5", factura_id=una), 201)
        assert [parte["monto"] for parte in salida["aplicaciones"]] == [100, -40.5]
        assert salida["aplicaciones"][1]["reembolso_id"] == salida["reembolsos"][0]["id"]
        estado = factura(app, una)
        assert (estado.estado, estado.saldo, estado.pagado, estado.reembolsado) == (
            "emitida",
            D("40.50"),
            100,
            D("40.50"),
        )
        problem(devolver(admin, pago["id"], "59.51", factura_id=una), 409, "excede_aplicado")
        ok(cobrar(admin, una, "40.5"), 201)
        assert factura(app, una).estado == "pagada"
        cuadra(app)

    def test_lo_aplicado_no_se_devuelve_sin_decir_de_que_factura(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(cobrar(admin, emitida(app), 100), 201)
        problem(devolver(admin, pago["id"], 1), 409, "excede_disponible")
        otra = emitida(app)
        assert "factura_id" in problem(devolver(admin, pago["id"], 1, factura_id=otra), 422)["errores"]
        problem(devolver(admin, 999, 1), 404)
        cuadra(app)

    def test_en_efectivo_sale_de_la_caja_y_cuenta_con_el_medico_del_ingreso(
        self, app: Flask, admin: ApiClient
    ) -> None:
        una = emitida(app)
        pago = ok(cobrar(admin, una, 100), 201)
        problem(devolver(admin, pago["id"], 10, factura_id=una, medio_pago="efectivo"), 409, "sin_caja_abierta")
        caja = abrir_caja(app)
        salida = ok(devolver(admin, pago["id"], 10, factura_id=una, medio_pago="efectivo"), 201)
        assert salida["reembolsos"][0]["caja_id"] == caja
        with app.app_context():
            fila = db.session.scalars(db.select(Transaccion).where(Transaccion.origen == "reembolso")).one()
            assert (fila.tipo_transaccion, fila.caja_id, fila.doctor_id, fila.monto) == ("egreso", caja, 7, 10)
            assert fila.concepto == f"Devolución del pago {pago['id']} de la factura 001-001-000000001"
        cuadra(app)


class TestQuienVeYQuienCobra:
    def test_una_secretaria_lo_de_sus_centros(self, app: Flask, admin: ApiClient) -> None:
        una, lejana = emitida(app), emitida(app, centro_id=2)
        pago, lejano = ok(cobrar(admin, una, 10), 201), ok(cobrar(admin, lejana, 10), 201)
        aqui = como_secretaria(admin, 1)
        assert [uno["id"] for uno in ok(aqui.get(f"{RUTA}/pagos"))["datos"]] == [pago["id"]]
        problem(aqui.get(f"{RUTA}/pagos/{lejano['id']}"), 404)
        problem(aqui.get(f"{RUTA}/facturas/{lejana}/pagos"), 404)
        problem(cobrar(aqui, lejana, 10), 404)
        problem(dejar_anticipo(aqui, 10, centro_id=2), 403, "centro_ajeno")
        problem(devolver(aqui, lejano["id"], 1, factura_id=lejana), 404)
        problem(aplicar(aqui, lejano["id"], una, 1), 404)
        ok(cobrar(aqui, una, 10), 201)

    def test_un_paciente_ve_lo_suyo_y_no_cobra(self, app: Flask, admin: ApiClient) -> None:
        una, ajena = emitida(app), emitida(app, paciente_id=2)
        pago, ajeno = ok(cobrar(admin, una, 10), 201), ok(cobrar(admin, ajena, 10), 201)
        el = como_paciente(admin, 1)
        assert [uno["id"] for uno in ok(el.get(f"{RUTA}/pagos"))["datos"]] == [pago["id"]]
        assert len(ok(el.get(f"{RUTA}/facturas/{una}/pagos"))["datos"]) == 1
        problem(el.get(f"{RUTA}/pagos/{ajeno['id']}"), 404)
        problem(el.get(f"{RUTA}/facturas/{ajena}/pagos"), 404)
        problem(cobrar(el, una, 10), 403)
        con_permiso = admin.as_("paciente", sub="201", paciente_id=1)
        problem(cobrar(con_permiso, una, 10), 403, "centro_ajeno")
        problem(devolver(con_permiso, pago["id"], 1, factura_id=una), 403, "centro_ajeno")
        problem(como_medico(admin).get(f"{RUTA}/pagos"), 403)

    def test_los_filtros_de_la_lista(self, app: Flask, admin: ApiClient) -> None:
        caja = abrir_caja(app)
        una = emitida(app, centro_id=2)
        pago = ok(cobrar(admin, una, 10, "cheque"), 201)
        anticipo = ok(dejar_anticipo(admin, 20, "efectivo"), 201)

        def hallados(**filtro: object) -> list[int]:
            return [uno["id"] for uno in ok(admin.get(f"{RUTA}/pagos", query_string=filtro))["datos"]]

        assert hallados() == hallados(patient_id=1) == [anticipo["id"], pago["id"]]
        assert hallados(orden="monto") == [pago["id"], anticipo["id"]]
        assert (
            hallados(centro_id=2) == hallados(medio_pago="Cheque") == hallados(con_disponible=False) == [pago["id"]]
        )
        assert hallados(caja_id=caja) == hallados(con_disponible=True) == [anticipo["id"]]
        dia = pago["dia"]
        assert hallados(desde=dia, hasta=dia) == [anticipo["id"], pago["id"]]
        assert hallados(hasta="2020-01-01") == hallados(paciente_id=2) == hallados(pagador="aseguradora") == []


class TestLoQueSeAnuncia:
    def test_pago_y_factura_pagada(self, app: Flask, admin: ApiClient) -> None:
        una = emitida(app)
        ok(cobrar(admin, una, 60), 201)
        assert anunciados(app, "factura.pagada.v1") == []
        pago = ok(cobrar(admin, una, 40), 201)
        assert [evento["facturas"] for evento in anunciados(app, "pago.registrado.v1")] == [
            [{"factura_id": una, "monto": 60}],
            [{"factura_id": una, "monto": 40}],
        ]
        pagada = {"id": una, "numero": "001-001-000000001", "paciente_id": 1, "centro_id": 1, "cita_id": None}
        assert anunciados(app, "factura.pagada.v1") == [{**pagada, "total": 100}]
        ok(devolver(admin, pago["id"], 10, factura_id=una), 201)
        ok(cobrar(admin, una, 10), 201)
        assert len(anunciados(app, "factura.pagada.v1")) == 2

    def test_devolucion(self, app: Flask, admin: ApiClient) -> None:
        pago = ok(dejar_anticipo(admin, 10), 201)
        ok(devolver(admin, pago["id"], 4), 201)
        (evento,) = anunciados(app, "pago.reembolsado.v1")
        assert (evento["id"], evento["factura_id"], evento["monto"]) == (pago["id"], None, 4)
