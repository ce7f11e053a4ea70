"""Drafts: what they charge, to whom they are made out, who sees and edits them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem
from facturacion.extensiones import db
from facturacion.modelos import Factura, FacturaDetalle

from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import conocer_paciente, conocer_tratamiento, nuevo_punto
from ..facturas import COMO_ESTE, URL, borrador, emitida, leer, otra, pedir, poner_estado
from ..vecinos import Vecinos

RUC = {"identificacion": "1790011674001", "nombre": "Clínica Norte S.A."}


class TestElBorrador:
    def test_los_precios_son_los_del_catalogo_si_no_se_dan(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4, 30.5)
        vecinos.vender_producto(9, 2.345678, 15)
        factura = borrador(
            secretaria,
            {"tratamiento_id": 4, "descuento_porcentaje": 10},
            {"producto_id": 9, "cantidad": 3, "doctor_id": 8},
            otra(10, cantidad=2),
            doctor_id=7,
        )
        assert [(linea["codigo"], linea["base"], linea["iva"]) for linea in factura["detalles"]] == [
            ("T-4", 27.45, 0),
            ("P-9", 7.04, 1.06),
            ("OTRO", 20, 0),
        ]
        assert [linea["doctor_id"] for linea in factura["detalles"]] == [7, 8, 7]
        assert (factura["bruto"], factura["descuento"], factura["subtotal"]) == (57.54, 3.05, 54.49)
        assert (factura["iva"], factura["total"], factura["saldo"]) == (1.06, 55.55, 55.55)
        assert (factura["estado"], factura["numero"], factura["estado_sri"]) == ("borrador", None, "sin_enviar")

    def test_se_hace_a_nombre_del_paciente(self, secretaria: ApiClient) -> None:
        assert borrador(secretaria)["comprador"] == {
            "tipo": "05",
            "identificacion": "1714307103",
            "nombre": "María José Núñez Peña",
            "direccion": "Av. Amazonas N21-147",
            "email": "maria@example.com",
            "telefono": "0991234567",
        }

    def test_o_al_de_quien_se_diga(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        vecinos.down = {"admin", "inventario"}
        assert borrador(secretaria, comprador=RUC)["comprador"]["tipo"] == "04"
        final = borrador(secretaria, comprador={"tipo": "07"})["comprador"]
        assert (final["identificacion"], final["nombre"]) == ("9999999999999", "CONSUMIDOR FINAL")

    @pytest.mark.parametrize(
        ("comprador", "campo"),
        [
            ({"nombre": "Ana"}, "identificacion"),
            ({"identificacion": "1714307104", "nombre": "Ana"}, "identificacion"),
            ({"identificacion": "9999999999999", "nombre": "Ana"}, "identificacion"),
            ({"tipo": "04", "identificacion": "1714307103", "nombre": "Ana"}, "identificacion"),
            ({"identificacion": "AB-123456"}, "nombre"),
            ({"tipo": "09"}, "tipo"),
        ],
    )
    def test_un_comprador_que_no_puede_ser(
        self, secretaria: ApiClient, comprador: dict[str, Any], campo: str
    ) -> None:
        assert campo in problem(pedir(secretaria, comprador=comprador), 422)["errores"]["comprador"]

    def test_un_ruc_de_sociedad_sin_digito_verificador_vale(self, secretaria: ApiClient) -> None:
        comprador = {"identificacion": "1793213150001", "nombre": "Empresa nueva"}
        assert borrador(secretaria, comprador=comprador)["comprador"]["tipo"] == "04"

    def test_lo_que_no_existe(self, admin: ApiClient, vecinos: Vecinos) -> None:
        vecinos.vender(4)
        errores = problem(pedir(admin, otra(1), {"tratamiento_id": 5}, {"producto_id": 5}), 422)["errores"]
        assert set(errores["detalles"]) == {"1", "2"}
        assert "paciente_id" in problem(pedir(admin, paciente_id=99), 422)["errores"]
        assert "doctor_id" in problem(pedir(admin, doctor_id=99), 422)["errores"]
        assert "centro_id" in problem(pedir(admin, centro_id=99), 422)["errores"]

    def test_lo_desactivado_se_cobra_solo_al_precio_que_se_diga(
        self, secretaria: ApiClient, vecinos: Vecinos
    ) -> None:
        vecinos.vender(4, activo=False)
        assert "0" in problem(pedir(secretaria, {"tratamiento_id": 4}), 422)["errores"]["detalles"]
        linea = {"tratamiento_id": 4, "precio_unitario": 12, "tarifa_iva": 0}
        assert borrador(secretaria, linea)["total"] == 12

    def test_con_otro_servicio_caido_no_queda_nada_a_medias(
        self, app: Flask, secretaria: ApiClient, vecinos: Vecinos
    ) -> None:
        vecinos.down = {"inventario"}
        problem(pedir(secretaria, {"tratamiento_id": 4}), 503)
        vecinos.down = {"admin"}
        problem(pedir(secretaria), 503)
        assert ok(secretaria.get(URL))["datos"] == []
        conocer_tratamiento(app, 4, activo=False)
        vecinos.down = {"inventario"}
        assert borrador(secretaria, {"tratamiento_id": 4, "precio_unitario": 9, "tarifa_iva": 0})["total"] == 9

    def test_lo_del_absorbido_es_del_sobreviviente(self, app: Flask, secretaria: ApiClient) -> None:
        conocer_paciente(app, 5, fusionado_en_id=1)
        assert borrador(secretaria, paciente_id=5)["paciente_id"] == 1


class TestSeEdita:
    def test_las_lineas_se_cambian_todas_juntas(self, secretaria: ApiClient) -> None:
        factura = borrador(secretaria, otra(10), otra(20), doctor_id=7)
        cambiada = ok(secretaria.put(f"{URL}/1", {"detalles": [otra(5, tarifa_iva=15)]}, headers={"If-Match": '"1"'}))
        assert (cambiada["total"], len(cambiada["detalles"])) == (5.75, 1)
        assert cambiada["detalles"][0]["doctor_id"] == 7
        assert leer(secretaria, factura["id"])["total"] == 5.75

    def test_hay_que_decir_que_version_se_leyo(self, secretaria: ApiClient) -> None:
        borrador(secretaria)
        problem(secretaria.put(f"{URL}/1", {"observaciones": "x"}), 428)
        ok(secretaria.put(f"{URL}/1", {"observaciones": "x"}, headers={"If-Match": '"1"'}))
        problem(secretaria.put(f"{URL}/1", {"observaciones": "y"}, headers={"If-Match": '"1"'}), 412)

    def test_con_otro_paciente_va_a_su_nombre(self, secretaria: ApiClient, vecinos: Vecinos) -> None:
        borrador(secretaria, comprador=RUC)
        vecinos.fichas["paciente"] = {**(vecinos.fichas["paciente"] or {}), "id": 2, "identificacion": "0926687856"}
        cambiada = ok(secretaria.put(f"{URL}/1", {"paciente_id": 2}, headers=COMO_ESTE))
        assert (cambiada["paciente_id"], cambiada["comprador"]["identificacion"]) == (2, "0926687856")

    def test_con_otro_medico_las_lineas_del_primero_son_del_segundo(self, secretaria: ApiClient) -> None:
        borrador(secretaria, otra(10), otra(20, doctor_id=8), doctor_id=7)
        cambiada = ok(secretaria.put(f"{URL}/1", {"doctor_id": None}, headers=COMO_ESTE))
        assert [linea["doctor_id"] for linea in cambiada["detalles"]] == [None, 8]

    def test_lo_que_cobra_de_la_cita_lo_sigue_cobrando(self, app: Flask, secretaria: ApiClient) -> None:
        borrador(secretaria, otra(10), otra(20, descripcion="Placa"), doctor_id=7)
        with app.app_context():
            placa = db.session.get_one(FacturaDetalle, 2)
            placa.cita_linea, placa.doctor_id = "extra/4", None
            db.session.commit()
        lineas = [otra(12, descripcion="Placa"), otra(9, descripcion="Placa")]
        ok(secretaria.put(f"{URL}/1", {"detalles": lineas}, headers=COMO_ESTE))
        with app.app_context():
            detalles = db.session.scalars(db.select(FacturaDetalle).order_by(FacturaDetalle.orden))
            assert [(uno.cita_linea, uno.doctor_id) for uno in detalles] == [("extra/4", None), (None, 7)]

    def test_la_de_una_cita_es_de_su_paciente(self, app: Flask, secretaria: ApiClient) -> None:
        borrador(secretaria)
        with app.app_context():
            db.session.get_one(Factura, 1).cita_id = 5
            db.session.commit()
        problem(secretaria.put(f"{URL}/1", {"paciente_id": 2}, headers=COMO_ESTE), 409, "factura_de_cita")
        assert ok(secretaria.put(f"{URL}/1", {"paciente_id": 1}, headers=COMO_ESTE))["cita_id"] == 5

    def test_lo_emitido_ya_no(self, app: Flask, secretaria: ApiClient) -> None:
        nuevo_punto(app)
        emitida(secretaria)
        problem(secretaria.put(f"{URL}/1", {"observaciones": "x"}, headers=COMO_ESTE), 409, "factura_emitida")
        problem(secretaria.delete(f"{URL}/1"), 409, "factura_emitida")

    def test_se_tira(self, secretaria: ApiClient) -> None:
        borrador(secretaria)
        assert secretaria.delete(f"{URL}/1").status_code == 204
        problem(secretaria.delete(f"{URL}/1"), 404)
        problem(secretaria.get(f"{URL}/1"), 404)


class TestQuienVeQue:
    def test_cada_quien_lo_suyo(self, app: Flask, api: ApiClient, admin: ApiClient) -> None:
        for centro_id in (1, 2):
            nuevo_punto(app, centro_id)
            emitida(admin, paciente_id=centro_id, centro_id=centro_id)
        for quien, ids in (
            (admin, [2, 1]),
            (como_secretaria(api, 1), [1]),
            (como_secretaria(api, 1, 2), [2, 1]),
            (como_paciente(api, 2), [2]),
        ):
            assert [f["id"] for f in ok(quien.get(URL))["datos"]] == ids
            for uno in (1, 2):
                assert quien.get(f"{URL}/{uno}").status_code == (200 if uno in ids else 404)
        problem(como_medico(api).get(URL), 403)
        problem(como_paciente(api).post(URL, {}), 403)

    def test_un_paciente_no_ve_borradores(self, api: ApiClient, admin: ApiClient) -> None:
        borrador(admin)
        borrador(admin)
        ok(admin.delete(f"{URL}/2"), 204)
        el = como_paciente(api, 1)
        assert ok(el.get(URL))["datos"] == ok(el.get(f"{URL}?incluir_eliminados=true"))["datos"] == []
        assert ok(el.get(f"{URL}/totales"))["por_estado"] == []
        for ruta in ("", "/pagos", "/plan-cuotas"):
            problem(el.get(f"{URL}/1{ruta}"), 404)

    def test_una_secretaria_no_factura_en_otro_centro(self, secretaria: ApiClient) -> None:
        problem(pedir(secretaria, centro_id=2), 403, "centro_ajeno")
        borrador(secretaria)
        problem(secretaria.put(f"{URL}/1", {"centro_id": 2}, headers=COMO_ESTE), 403, "centro_ajeno")


SE_BUSCAN: list[tuple[str, list[int]]] = [
    ("", [5, 4, 3, 2, 1]),
    ("estado=borrador", [1]),
    ("status=Emitida", [3, 2]),
    ("patient_id=2", [3]),
    ("doctor=7", [1]),
    ("centro_id=2", [3]),
    ("numero=001-001-000000001", [2]),
    ("con_saldo=true", [3, 2]),
    ("con_saldo=false", [5, 4, 1]),
    ("estado_sri=sin_enviar&estado=anulada", [4]),
    ("desde=2020-01-01", [5, 4, 3, 2]),
    ("hasta=2020-01-01", []),
    ("aseguradora_id=1", []),
    ("cita_id=1", []),
    ("orden=total,-id&estado=emitida", [2, 3]),
]


class TestSeBuscan:
    @pytest.fixture
    def varias(self, app: Flask, admin: ApiClient) -> ApiClient:
        """A draft, an issued one, one of another patient, an annulled one, one of 0 that is paid at once."""
        nuevo_punto(app)
        nuevo_punto(app, 2)
        borrador(admin, otra(10), doctor_id=7)
        emitida(admin, otra(20))
        emitida(admin, otra(30), paciente_id=2, centro_id=2)
        ok(poner_estado(admin, emitida(admin, otra(40))["id"], "anulada", motivo="Error"))
        emitida(admin, otra(50, descuento=50))
        return admin

    def test_por(self, varias: ApiClient) -> None:
        for filtro, ids in SE_BUSCAN:
            assert [f["id"] for f in ok(varias.get(f"{URL}?{filtro}"))["datos"]] == ids, filtro

    def test_lo_que_suman(self, varias: ApiClient) -> None:
        totales = ok(varias.get(f"{URL}/totales"))
        assert (totales["cantidad"], totales["total"], totales["saldo"]) == (3, 50, 50)
        assert {uno["estado"]: (uno["cantidad"], uno["total"], uno["saldo"]) for uno in totales["por_estado"]} == {
            "anulada": (1, 40, 0),
            "borrador": (1, 10, 10),
            "emitida": (2, 50, 50),
            "pagada": (1, 0, 0),
        }
        assert ok(varias.get(f"{URL}/totales?centro_id=2"))["total"] == 30
        assert ok(varias.get(f"{URL}/totales?centro_id=9")) == {
            "cantidad": 0,
            "total": 0,
            "pagado": 0,
            "reembolsado": 0,
            "acreditado": 0,
            "saldo": 0,
            "por_estado": [],
        }
        problem(varias.get(f"{URL}/totales?pagina=1"), 422)
