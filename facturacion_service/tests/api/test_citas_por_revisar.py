"""What was charged of appointments that were taken up again, and what somebody makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..citas import BLANQUEO, anular, borrador, emitir, llega, noticia, tratamiento, vivas
from ..conftest import como_medico, como_paciente, como_secretaria
from ..fabricas import nuevo_punto
from ..facturas import URL, poner_estado
from ..vecinos import Vecinos

RUTA = "/facturacion/citas-por-revisar"


@pytest.fixture
def cambiada(app: Flask, admin: ApiClient) -> int:
    """The invoice of an appointment that was then done anew, otherwise."""
    llega(admin, noticia("completada", 1, tratamiento(1)))
    factura_id = emitir(app)
    llega(admin, noticia("reabierta", 2), noticia("completada", 3, tratamiento(1), tratamiento(2, BLANQUEO)))
    return factura_id


def lista(quien: ApiClient, **filtro: Any) -> list[dict[str, Any]]:
    return list(ok(quien.get(RUTA, query_string=filtro))["datos"])


def resolver(quien: ApiClient, resolucion: str, cita_id: int = 1) -> Any:
    return quien.patch(f"{RUTA}/{cita_id}", {"resolucion": resolucion, "motivo": "Se habló con el paciente"})


def test_dice_que_se_cobro_y_que_se_hizo(admin: ApiClient, cambiada: int) -> None:
    (una,) = lista(admin)
    assert (una["cita_id"], una["por_revisar"], una["completada"]) == (1, "cambiada", True)
    assert (una["factura"]["id"], una["factura"]["estado"], una["factura"]["total"]) == (cambiada, "emitida", 30)
    assert [linea["linea"] for linea in una["facturado"]] == ["tratamiento/1"]
    assert [(x["linea"], x["precio_unitario"], x["tarifa_iva"]) for x in una["convenido"]] == [
        ("tratamiento/1", 30, 0),
        ("tratamiento/2", 99.99, 15),
    ]


def test_lo_conservado_ya_no_se_mira(app: Flask, admin: ApiClient, cambiada: int) -> None:
    assert ok(resolver(admin, "conservar"))["por_revisar"] is None
    assert lista(admin) == []
    problem(resolver(admin, "conservar"), 404)
    assert [f.id for f in vivas(app)] == [cambiada]
    # Taken up once more, it is looked at once more.
    llega(admin, noticia("reabierta", 4))
    assert [una["por_revisar"] for una in lista(admin)] == ["reabierta"]


def test_se_factura_de_nuevo_una_vez_anulada(app: Flask, admin: ApiClient, cambiada: int) -> None:
    problem(resolver(admin, "facturar"), 409, "cita_ya_facturada")
    anular(app, cambiada)
    ok(resolver(admin, "facturar"))
    assert [(f.estado, float(f.total)) for f in vivas(app)] == [("anulada", 30), ("borrador", 144.99)]
    problem(resolver(admin, "facturar"), 404)


def test_de_una_sin_completar_no_hay_que_facturar(app: Flask, admin: ApiClient) -> None:
    llega(admin, noticia("completada", 1, tratamiento(1)))
    emitir(app)
    llega(admin, noticia("reabierta", 2))
    problem(resolver(admin, "facturar"), 409, "cita_no_completada")


def test_lo_que_no_se_podia_facturar_sigue_sin_poderse(app: Flask, admin: ApiClient) -> None:
    llega(admin, noticia("completada", 1, tratamiento(1, tarifa_iva=7)))
    (una,) = lista(admin, por_revisar="no_facturable")
    assert (una["factura"], una["facturado"]) == (None, None)
    problem(resolver(admin, "facturar"), 409, "no_facturable")
    ok(resolver(admin, "conservar"))
    llega(admin, noticia("reabierta", 2), noticia("completada", 3, tratamiento(1)))
    assert borrador(app).total == 30


def test_con_administracion_caida_no_queda_nada_a_medias(
    app: Flask, admin: ApiClient, cambiada: int, vecinos: Vecinos
) -> None:
    anular(app, cambiada)
    vecinos.down.add("admin")
    problem(resolver(admin, "facturar"), 503)
    assert len(lista(admin)) == 1
    assert len(vivas(app)) == 1


def test_cada_quien_las_de_sus_centros(api: ApiClient, cambiada: int) -> None:
    assert len(lista(como_secretaria(api, 1))) == 1
    assert lista(como_secretaria(api, 1), centro_id=2) == []
    assert lista(como_secretaria(api, 2)) == []
    problem(resolver(como_secretaria(api, 2), "conservar"), 404)
    for nadie in (como_paciente(api), como_medico(api)):
        problem(nadie.get(RUTA), 403)
        problem(resolver(nadie, "conservar"), 403)
    problem(resolver(como_secretaria(api, 1), "olvidar"), 422)


def por_anulacion(quien: ApiClient, factura_id: int) -> None:
    ok(poner_estado(quien, factura_id, "emitida"))
    ok(poner_estado(quien, factura_id, "anulada", motivo="Iba a nombre de la empresa"))


def por_nota_de_credito(quien: ApiClient, factura_id: int) -> None:
    ok(poner_estado(quien, factura_id, "emitida"))
    ok(quien.post(f"{URL}/{factura_id}/notas-credito", {"motivo": "Iba a nombre de la empresa"}), 201)


def a_mano(quien: ApiClient, factura_id: int) -> None:
    assert quien.delete(f"{URL}/{factura_id}").status_code == 204


class TestSinFactura:
    """Somebody took its invoice back: whether it is charged anew, is for somebody to say."""

    @pytest.fixture(autouse=True)
    def completada(self, app: Flask, admin: ApiClient) -> None:
        nuevo_punto(app)
        llega(admin, noticia("completada", 1, tratamiento(1), tratamiento(2, BLANQUEO)))

    @pytest.mark.parametrize(
        ("perderla", "queda"), [(por_anulacion, "anulada"), (por_nota_de_credito, "anulada"), (a_mano, None)]
    )
    def test_se_factura_de_nuevo_lo_convenido(
        self, app: Flask, admin: ApiClient, perderla: Callable[[ApiClient, int], None], queda: str | None
    ) -> None:
        primera = borrador(app)
        perderla(admin, primera.id)
        (una,) = lista(admin, por_revisar="sin_factura")
        assert (una["cita_id"], una["completada"], una["nota"]) == (1, True, None)
        assert (una["factura"] and una["factura"]["estado"]) == queda
        assert len(una["convenido"]) == 2
        assert ok(resolver(admin, "facturar"))["por_revisar"] is None
        *anteriores, nueva = vivas(app)
        assert [f.estado for f in anteriores] == ([queda] if queda else [])
        assert (nueva.estado, nueva.total) == ("borrador", primera.total)
        assert nueva.id != primera.id
        assert lista(admin) == []
        problem(resolver(admin, "facturar"), 404)
        # What becomes of the new one is looked at just the same.
        a_mano(admin, nueva.id)
        assert [otra["por_revisar"] for otra in lista(admin)] == ["sin_factura"]

    @pytest.mark.parametrize("perderla", [por_anulacion, por_nota_de_credito, a_mano])
    def test_o_se_deja_sin_cobrar(
        self, app: Flask, admin: ApiClient, perderla: Callable[[ApiClient, int], None]
    ) -> None:
        perderla(admin, borrador(app).id)
        antes = [f.id for f in vivas(app)]
        assert ok(resolver(admin, "conservar"))["por_revisar"] is None
        assert (lista(admin), [f.id for f in vivas(app)]) == ([], antes)
        # Taken up once more, it is charged once more.
        llega(admin, noticia("reabierta", 2), noticia("completada", 3, tratamiento(1)))
        assert [(f.estado, f.total) for f in vivas(app)][-1] == ("borrador", 30)

    def test_reabierta_antes_de_que_alguien_mire_no_hay_que_mirar(self, app: Flask, admin: ApiClient) -> None:
        por_anulacion(admin, borrador(app).id)
        llega(admin, noticia("reabierta", 2))
        assert lista(admin) == []
        llega(admin, noticia("completada", 3, tratamiento(1)))
        assert [(f.estado, f.total) for f in vivas(app)][-1] == ("borrador", 30)
        assert lista(admin) == []

    def test_lo_acreditado_en_parte_sigue_facturado(self, app: Flask, admin: ApiClient) -> None:
        factura = borrador(app)
        ok(poner_estado(admin, factura.id, "emitida"))
        parte = {"detalle_id": factura.detalles[0].id, "monto": 10}
        ok(admin.post(f"{URL}/{factura.id}/notas-credito", {"motivo": "Descuento", "detalles": [parte]}), 201)
        assert lista(admin) == []
        problem(admin.delete(f"{URL}/{factura.id}"), 409, "factura_emitida")
        assert lista(admin) == []

    def test_lo_que_retira_la_cita_misma_no_hay_que_mirarlo(self, app: Flask, admin: ApiClient) -> None:
        llega(admin, noticia("reabierta", 2))
        assert (vivas(app), lista(admin)) == ([], [])

    def test_anulada_despues_de_reabierta_no_hay_que_facturar(self, app: Flask, admin: ApiClient) -> None:
        factura_id = borrador(app).id
        ok(poner_estado(admin, factura_id, "emitida"))
        llega(admin, noticia("reabierta", 2))
        ok(poner_estado(admin, factura_id, "anulada", motivo="No se hizo"))
        assert lista(admin, por_revisar="sin_factura") == []
        problem(resolver(admin, "facturar"), 409, "cita_no_completada")
