"""Completed appointments use up their recipes, once, and give back what they used when they are reopened."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from flask import Flask

from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from inventario.casos_de_uso.consumo import informe
from inventario.casos_de_uso.libro import Asiento, asentar, bloquear
from inventario.extensiones import db, pendientes
from inventario.modelos import (
    Bodega,
    CitaRef,
    CitaTratamientoRef,
    Consumo,
    Ingrediente,
    Lote,
    Movimiento,
    Receta,
    Tipo,
)

from ..citas import emitidos, entregar, llega, noticia, quedan, trabajar
from ..fabricas import conocer_centros, ingresar, nueva_receta, nuevo_producto, nuevo_tratamiento


@pytest.fixture(autouse=True)
def _centros(app: Flask) -> None:
    conocer_centros(app)


@pytest.fixture
def guantes(app: Flask) -> int:
    return nuevo_producto(app)


@pytest.fixture
def limpieza(app: Flask, guantes: int) -> int:
    """A treatment that uses two gloves."""
    tratamiento = nuevo_tratamiento(app)
    nueva_receta(app, tratamiento, {"producto_id": guantes, "cantidad": Decimal(2)})
    return tratamiento


def uno(api: ApiClient) -> dict[str, Any]:
    """The only consumption that stands, whole."""
    (breve,) = ok(api.get("/inventario/consumos", query_string={"revertidos": "false"}))["datos"]
    return dict(ok(api.get(f"/inventario/consumos/{breve['id']}")))


class TestCompletada:
    def test_sale_primero_el_lote_que_caduca_primero_y_no_el_caducado(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 9, lote="SIN-FECHA", costo="4")
        ingresar(app, guantes, 9, lote="CADUCADO", caducidad=date(2020, 1, 1))
        ingresar(app, guantes, 3, lote="PRONTO", caducidad=date(2030, 1, 1), costo="2")
        ingresar(app, guantes, 2, lote="LUEGO", caducidad=date(2031, 1, 1), costo="3")
        ingresar(app, guantes, 9, centro_id=2)
        llega(api, noticia("completada", 1, {limpieza: "3"}))
        assert (quedan(app, guantes), quedan(app, guantes, 2)) == (17, 9)
        consumo = uno(api)
        assert (consumo["cita_id"], consumo["doctor_id"], consumo["costo"]) == (1, 7, 16)
        (linea,) = consumo["lineas"]
        assert (linea["cantidad"], linea["faltante"], linea["tratamiento"]["id"]) == (6, 0, limpieza)
        assert [(lote["lote"], lote["cantidad"]) for lote in linea["lotes"]] == [
            ("PRONTO", 3),
            ("LUEGO", 2),
            ("SIN-FECHA", 1),
        ]
        with app.app_context():
            ultimo = db.session.scalars(db.select(Movimiento).order_by(Movimiento.id.desc())).first()
            assert ultimo is not None
            escrito = ultimo.tipo, ultimo.referencia, ultimo.tratamiento_id, ultimo.doctor_id, ultimo.por
            assert escrito == ("consumo", "cita/1", limpieza, 7, "sistema")
        (contado,) = emitidos(app, "consumo.registrado.v1")
        assert (contado["cita_id"], contado["costo"], contado["lineas"][0]["cantidad"]) == (1, 16, 6)
        assert emitidos(app, "stock.faltante.v1") == []

    def test_cinco_entregas_son_una(self, app: Flask, api: ApiClient, guantes: int, limpieza: int) -> None:
        ingresar(app, guantes, 10)
        completada = noticia("completada", 4, {limpieza: "1"})
        for _ in range(5):
            llega(api, completada)
        assert quedan(app, guantes) == 8
        # The same, told anew.
        llega(api, noticia("completada", 4, {limpieza: "1"}))
        assert quedan(app, guantes) == 8

    def test_lo_que_no_usa_nada_no_deja_nada(self, app: Flask, api: ApiClient) -> None:
        llega(
            api,
            noticia("completada", 1, None, cita_id=1),
            noticia("completada", 1, {999: "1"}, cita_id=2),
            noticia("completada", 1, {nuevo_tratamiento(app): "1"}, cita_id=3),
        )
        assert ok(api.get("/inventario/consumos"))["datos"] == []
        with app.app_context():
            assert pendientes.waiting() == 0

    def test_una_noticia_tardia_usa_la_receta_de_su_momento(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 5, lote="A", caducidad=date(2030, 1, 1))
        antes = now()
        with app.app_context():
            vieja = db.session.scalars(db.select(Receta)).one()
            vieja.vigente_desde, vieja.vigente_hasta = antes - timedelta(days=9), antes - timedelta(days=1)
            db.session.flush()
            nueva = Receta(tratamiento_id=limpieza, numero=2, por="prueba", vigente_desde=vieja.vigente_hasta)
            nueva.ingredientes = [Ingrediente(orden=0, producto_id=guantes, cantidad=Decimal(1))]
            db.session.add(nueva)
            db.session.commit()
        llega(api, noticia("completada", 1, {limpieza: "1"}, cita_id=1, momento=antes - timedelta(days=2)))
        assert quedan(app, guantes) == 3
        llega(api, noticia("completada", 1, {limpieza: "1"}, cita_id=2))
        assert quedan(app, guantes) == 2
        # Before there was a recipe, nothing was used by one.
        llega(api, noticia("completada", 1, {limpieza: "1"}, cita_id=3, momento=antes - timedelta(days=30)))
        assert quedan(app, guantes) == 2

    def test_lo_que_caduco_despues_si_se_uso(self, app: Flask, api: ApiClient, guantes: int, limpieza: int) -> None:
        ingresar(app, guantes, 5, lote="A", caducidad=date(2026, 1, 10))
        with app.app_context():
            db.session.execute(db.update(Receta).values(vigente_desde=datetime(2025, 1, 1, tzinfo=UTC)))
            db.session.commit()
        # 23:00 of the 10th in Guayaquil is the 11th in UTC.
        llega(api, noticia("completada", 1, {limpieza: "1"}, momento=datetime(2026, 1, 11, 4, tzinfo=UTC)))
        assert quedan(app, guantes) == 3

    def test_lo_incluido_las_alternativas_y_lo_opcional(self, app: Flask, api: ApiClient) -> None:
        resina, otra, anestesia, babero = (nuevo_producto(app) for _ in range(4))
        basico, calza = nuevo_tratamiento(app), nuevo_tratamiento(app)
        de_basico = nueva_receta(app, basico, {"producto_id": babero, "cantidad": Decimal(1)})
        nueva_receta(
            app,
            calza,
            {"producto_id": resina, "cantidad": Decimal(2), "alternativa": "resina"},
            {"producto_id": otra, "cantidad": Decimal("0.5"), "alternativa": "resina"},
            {"producto_id": anestesia, "cantidad": Decimal(1), "opcional": True},
            {"incluye_id": basico, "cantidad": Decimal(2)},
        )
        for producto, cantidad in ((resina, "1"), (otra, "5"), (anestesia, "0.5"), (babero, "5")):
            ingresar(app, producto, cantidad)
        llega(api, noticia("completada", 1, {calza: "1", basico: "1"}))
        assert [quedan(app, producto) for producto in (resina, otra, anestesia, babero)] == [
            1, Decimal("4.5"), Decimal("0.5"), 2,
        ]  # fmt: skip
        lineas = [
            (x["tratamiento"]["id"], x["receta_id"], x["producto"]["id"], x["cantidad"]) for x in uno(api)["lineas"]
        ]
        assert lineas[1:] == [(calza, de_basico, babero, 2), (basico, de_basico, babero, 1)]

    def test_un_producto_que_lo_permite_baja_de_cero(self, app: Flask, api: ApiClient) -> None:
        agua, lavado = nuevo_producto(app, permite_negativo=True), nuevo_tratamiento(app)
        nueva_receta(app, lavado, {"producto_id": agua, "cantidad": Decimal(3)})
        ingresar(app, agua, 2, lote="A")
        llega(api, noticia("completada", 1, {lavado: "1"}))
        assert quedan(app, agua) == -1
        (linea,) = uno(api)["lineas"]
        assert [(lote["lote"], lote["cantidad"]) for lote in linea["lotes"]] == [("A", 2), (None, 1)]
        llega(api, noticia("reabierta", 2, {lavado: "1"}))
        assert quedan(app, agua) == 2

    def test_de_un_centro_del_que_no_se_sabe_se_espera(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        llega(api, noticia("completada", 1, {limpieza: "1"}, centro_id=9))
        with app.app_context():
            assert informe() == {"pendientes": 1}
        datos = {"id": 9, "nombre": "Nuevo", "zona_horaria": "America/Guayaquil", "activo": True}
        centro = noticia("completada", 1) | {"type": "centro.creado.v1", "subject": "centro/9", "source": "/admin"}
        entregar(api, centro | {"data": datos})
        otra_vez(app)
        assert uno(api)["lineas"][0]["faltante"] == 2


def otra_vez(app: Flask) -> None:
    """Time passes, and what failed is tried again."""
    with app.app_context():
        db.session.execute(db.text("UPDATE tarea SET proximo_intento = creada_en, arrendada_hasta = NULL"))
        db.session.commit()
    trabajar(app)


class TestReabierta:
    def test_todo_vuelve_a_su_lote(self, app: Flask, api: ApiClient, guantes: int, limpieza: int) -> None:
        ingresar(app, guantes, 3, lote="A", caducidad=date(2030, 1, 1), costo="2")
        ingresar(app, guantes, 5, lote="B", costo="5")
        for secuencia in (1, 3, 5):
            llega(api, noticia("completada", secuencia, {limpieza: "2"}))
            assert quedan(app, guantes) == 4
            llega(api, noticia("reabierta", secuencia + 1, {limpieza: "2"}))
            assert quedan(app, guantes) == 8
        with app.app_context():
            filas = db.session.scalars(db.select(Movimiento).order_by(Movimiento.id)).all()[2:6]
            assert [(f.cantidad, f.costo_unitario) for f in filas] == [(-3, 2), (-1, 5), (3, 2), (1, 5)]
            assert [f.corrige_id for f in filas[2:]] == [f.id for f in filas[:2]]
            assert len(db.session.scalars(db.select(Consumo)).all()) == 3
        assert [evento["costo"] for evento in emitidos(app, "consumo.revertido.v1")] == [11, 11, 11]

    def test_lo_que_cambio_entretanto_cuenta_de_nuevo(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        """Reopened and completed again before the worker came to it."""
        ingresar(app, guantes, 10)
        llega(api, noticia("completada", 1, {limpieza: "1"}))
        llega(
            api,
            noticia("reabierta", 2, {limpieza: "1"}),
            noticia("tratamientos_cambiados", 3, {limpieza: "3"}),
            noticia("completada", 4, {limpieza: "3"}),
        )
        assert quedan(app, guantes) == 4
        with app.app_context():
            assert sorted(db.session.scalars(db.select(Consumo.ronda))) == [1, 4]

    def test_en_cualquier_orden_queda_lo_ultimo(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        sucesos = [("completada", 1), ("reabierta", 2), ("completada", 3), ("cancelada", 4)]
        ordenes = [*permutations(sucesos)]
        citas = range(1, len(ordenes) + 1)
        hay = 2 * len(citas)
        ingresar(app, guantes, hay)
        de_cita = [
            [noticia(*suceso, {limpieza: "1"}, cita_id=cita) for suceso in orden]
            for cita, orden in zip(citas, ordenes, strict=True)
        ]
        # Of half of them one by one, each acted on before the next is known; of the others all at once.
        for juntas in (*zip(*de_cita[::2], strict=True), [una for suyas in de_cita[1::2] for una in suyas]):
            dos_veces = [una for una in juntas for _ in range(2)]
            assert entregar(api, *dos_veces) == ["aplicado", "duplicado"] * len(juntas)
            trabajar(app)
        with app.app_context():
            vivos = db.select(Consumo.cita_id).where(Consumo.revertido_en.is_(None))
            assert [ordenes[cita - 1] for cita in db.session.scalars(vivos)] == []
        assert quedan(app, guantes) == hay
        llega(api, *(noticia("completada", 5, {limpieza: "1"}, cita_id=cita) for cita in citas))
        assert quedan(app, guantes) == 0
        with app.app_context():
            assert sorted(db.session.scalars(vivos)) == [*citas]

    def test_lo_que_alguien_corrigio_a_mano_no_vuelve_dos_veces(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 10)
        llega(api, noticia("completada", 1, {limpieza: "1"}))
        with app.app_context():
            tomado = db.session.scalars(db.select(Movimiento).where(Movimiento.tipo == "consumo")).one()
            lote, bodega = db.session.get_one(Lote, tomado.lote_id), db.session.get_one(Bodega, tomado.bodega_id)
            bloquear([(guantes, 1)])
            asentar([Asiento(Tipo.CONSUMO, lote, bodega, Decimal(2), corrige_id=tomado.id)], por="prueba")
            db.session.commit()
        llega(api, noticia("reabierta", 2, {limpieza: "1"}))
        assert quedan(app, guantes) == 10

    def test_de_una_bodega_cerrada_vuelve_a_la_principal(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 2)
        llega(api, noticia("completada", 1, {limpieza: "1"}))
        with app.app_context():
            db.session.scalars(db.select(Bodega)).one().eliminar()
            db.session.commit()
        llega(api, noticia("reabierta", 2, {limpieza: "1"}))
        with app.app_context():
            (bodega,) = db.session.scalars(db.select(Bodega).where(Bodega.vivos()))
            assert (
                db.session.scalars(db.select(Movimiento.bodega_id).order_by(Movimiento.id.desc())).first()
                == bodega.id
            )


class TestCopias:
    def test_la_cita_y_sus_tratamientos_como_se_dijo_lo_ultimo(self, app: Flask, api: ApiClient) -> None:
        entregar(api, noticia("programada", 1, {5: "1", 6: "2"}))
        entregar(api, noticia("tratamientos_cambiados", 3, {6: "1.5"}))
        entregar(api, noticia("confirmada", 2, {5: "1", 6: "2"}))
        with app.app_context():
            assert db.session.get_one(CitaRef, 1).estado == "programada"
            filas = db.session.scalars(db.select(CitaTratamientoRef)).all()
            assert [(f.tratamiento_id, f.cantidad) for f in filas] == [(6, Decimal("1.5"))]
        entregar(api, noticia("cancelada", 4))
        with app.app_context():
            assert db.session.get_one(CitaRef, 1).estado == "cancelada"
            assert db.session.scalars(db.select(CitaTratamientoRef)).all() == []

    def test_dos_lineas_del_mismo_tratamiento_se_suman(self, app: Flask, api: ApiClient) -> None:
        doble = noticia("programada", 1, {5: "1"})
        doble["data"]["tratamientos"] *= 2
        entregar(api, doble)
        with app.app_context():
            assert db.session.scalars(db.select(CitaTratamientoRef.cantidad)).all() == [2]


class TestConsultas:
    def test_se_buscan_por_cita_centro_y_dia(self, app: Flask, api: ApiClient, guantes: int, limpieza: int) -> None:
        with app.app_context():
            db.session.execute(db.update(Receta).values(vigente_desde=datetime(2025, 1, 1, tzinfo=UTC)))
            db.session.commit()
        # Late in the evening of the 9th of March, by each centre's clock.
        llega(
            api,
            noticia("completada", 1, {limpieza: "1"}, cita_id=1, momento=datetime(2026, 3, 10, 4, tzinfo=UTC)),
            noticia(
                "completada", 1, {limpieza: "1"}, cita_id=2, centro_id=3, momento=datetime(2026, 3, 10, 5, tzinfo=UTC)
            ),
            noticia("completada", 1, {limpieza: "1"}, cita_id=3, doctor_id=8),
        )

        def citas(**filtro: Any) -> list[int]:
            return [c["cita_id"] for c in ok(api.get("/inventario/consumos", query_string=filtro))["datos"]]

        assert citas() == [3, 2, 1]
        assert citas(orden="completada_en") == [1, 2, 3]
        assert (citas(cita_id=2), citas(centro_id=3), citas(doctor_id=8)) == ([2], [2], [3])
        assert citas(desde="2026-03-09", hasta="2026-03-09") == [2, 1]
        assert citas(hasta="2026-03-08") == []

    def test_cada_quien_ve_los_de_sus_centros_y_los_costos_quien_puede(
        self, app: Flask, api: ApiClient, guantes: int, limpieza: int
    ) -> None:
        ingresar(app, guantes, 10)
        llega(api, noticia("completada", 1, {limpieza: "1"}))
        suyo = f"/inventario/consumos/{uno(api)['id']}"
        secretaria = api.as_("secretaria", ["inventario:movimientos:leer"], centros=[1])
        visto = ok(secretaria.get(suyo))
        assert (visto["costo"], visto["lineas"][0]["costo"]) == (None, None)
        assert visto["lineas"][0]["lotes"][0]["costo_unitario"] is None
        de_otro = api.as_("secretaria", centros=[2])
        problem(de_otro.get(suyo), 404)
        assert ok(de_otro.get("/inventario/consumos"))["datos"] == []
        problem(api.as_("medico", []).get(suyo), 403)
