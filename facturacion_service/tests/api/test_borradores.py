"""A completed appointment makes one draft of an invoice, whatever is told twice, late or in another order."""

from __future__ import annotations

from decimal import Decimal as D
from itertools import permutations

import pytest
from flask import Flask

from comun.testing.client import ApiClient
from comun.testing.events import envelope
from facturacion.casos_de_uso.cobros import informe
from facturacion.extensiones import db
from facturacion.modelos import CentroRef, CobroCita, DoctorRef, Factura, PacienteRef

from ..citas import (
    BLANQUEO,
    anular,
    borrador,
    emitir,
    entregar,
    extra,
    llega,
    noticia,
    otra_vez,
    trabajar,
    tratamiento,
    vivas,
)
from ..noticias import anunciados
from ..vecinos import Vecinos

PACIENTE = {"id": 1, "nombres": "María José", "apellidos": "Núñez Peña", "estado_paciente": "activo"}
DOCTOR = {"id": 7, "nombres": "Ana Lucía", "apellidos": "Muñoz", "activo": True}
CENTRO = {"id": 1, "nombre": "Norte", "zona_horaria": "America/Guayaquil", "activo": True}


def copia(ficha: dict[str, object], **mas: object) -> dict[str, object]:
    """A record as admin_service lets it be copied."""
    return {**ficha, "secuencia": 1, "eliminado": False, "fusionado_en_id": None, **mas}


@pytest.mark.usefixtures("clinica")
class TestCompletada:
    def test_un_borrador_con_lo_convenido(self, app: Flask, api: ApiClient) -> None:
        llega(
            api,
            noticia(
                "completada",
                1,
                tratamiento(1),
                tratamiento(2, BLANQUEO, cantidad=1.5),
                extras=(extra(1),),
            ),
        )
        factura = borrador(app)
        assert (factura.paciente_id, factura.doctor_id, factura.centro_id) == (1, 7, 1)
        assert [
            (x.cita_linea, x.tipo, x.tratamiento_id, x.doctor_id, x.codigo, x.cantidad, x.precio_unitario)
            for x in factura.detalles
        ] == [
            ("tratamiento/1", "tratamiento", 101, 7, "LIM", 1, 30),
            ("tratamiento/2", "tratamiento", 102, 7, "BLA", D("1.5"), D("99.99")),
            ("extra/1", "otro", None, 7, "OTRO", 2, D("3.335")),
        ]
        assert [(x.base, x.tarifa_iva, x.codigo_iva, x.iva) for x in factura.detalles] == [
            (30, 0, "0", 0),
            (D("149.99"), 15, "4", D("22.50")),
            (D("6.67"), 15, "4", D("1.00")),
        ]
        assert (factura.subtotal, factura.iva, factura.total, factura.saldo) == (
            D("186.66"),
            D("23.50"),
            D("210.16"),
            D("210.16"),
        )

    def test_a_nombre_del_paciente_como_lo_conoce_administracion(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        factura = borrador(app)
        assert (factura.comprador_tipo, factura.comprador_identificacion) == ("05", "1714307103")
        assert (factura.comprador_nombre, factura.comprador_email) == ("María José Núñez Peña", "maria@example.com")
        assert (factura.comprador_direccion, factura.comprador_telefono) == ("Av. Amazonas N21-147", "0991234567")

    def test_sin_identificacion_solo_el_nombre(self, app: Flask, api: ApiClient, vecinos: Vecinos) -> None:
        vecinos.fichas["paciente"] = {"id": 1, "nombres": "Luz", "apellidos": "Paz", "tipo_identificacion": None}
        llega(api, noticia("completada", 1, tratamiento(1)))
        factura = borrador(app)
        assert (factura.comprador_tipo, factura.comprador_nombre) == (None, "Luz Paz")

    def test_tambien_de_lo_que_no_cobra_nada(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1))
        assert (borrador(app).detalles, borrador(app).total) == ([], 0)

    def test_se_anuncia(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1), cita_id=8))
        (creada,) = anunciados(app, "factura.creada.v1")
        assert (creada["cita_id"], creada["total"], creada["cotizacion_id"]) == (8, 30, None)

    def test_dicha_dos_veces_uno_solo(self, app: Flask, api: ApiClient) -> None:
        completada = noticia("completada", 1, tratamiento(1))
        assert entregar(api, completada, completada) == ["aplicado", "duplicado"]
        trabajar(app)
        assert entregar(api, completada) == ["duplicado"]
        trabajar(app)
        # The same once more, after the ids of old events were forgotten.
        with app.app_context():
            db.session.execute(db.text("DELETE FROM evento_recibido"))
            db.session.commit()
        llega(api, completada)
        assert borrador(app).total == 30
        assert len(anunciados(app, "factura.creada.v1")) == 1

    def test_lo_que_no_se_puede_facturar_lo_ve_una_persona(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1, tarifa_iva=7.5)))
        assert vivas(app) == []
        with app.app_context():
            cobro = db.session.get_one(CobroCita, 1)
            assert (cobro.por_revisar, cobro.factura_id) == ("no_facturable", None)
            assert cobro.nota is not None
            assert "Limpieza dental" in cobro.nota
            assert informe() == {"pendientes": 0}


class TestAntesDeSaber:
    """News of an appointment overtakes that of who and what it names."""

    def test_antes_que_su_gente_su_centro_y_sus_tratamientos(
        self, app: Flask, api: ApiClient, vecinos: Vecinos
    ) -> None:
        vecinos.pacientes[1], vecinos.doctores[7], vecinos.centros[1] = copia(PACIENTE), copia(DOCTOR), copia(CENTRO)
        llega(api, noticia("completada", 1, tratamiento(1)))
        factura = borrador(app)
        assert (factura.total, factura.detalles[0].descripcion) == (30, "Limpieza dental")
        with app.app_context():
            assert db.session.get_one(PacienteRef, 1).nombres == "María José"
            assert db.session.get_one(DoctorRef, 7).apellidos == "Muñoz"
            assert db.session.get_one(CentroRef, 1).nombre == "Norte"

    def test_de_un_centro_del_que_nadie_sabe_se_espera(self, app: Flask, api: ApiClient, vecinos: Vecinos) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        with app.app_context():
            assert informe() == {"pendientes": 1}
        entregar(api, envelope("/admin", "centro.creado.v1", "centro/1", CENTRO))
        otra_vez(app)
        assert borrador(app).total == 30

    @pytest.mark.usefixtures("clinica")
    def test_con_administracion_caida_se_espera(self, app: Flask, api: ApiClient, vecinos: Vecinos) -> None:
        vecinos.down.add("admin")
        llega(api, noticia("completada", 1, tratamiento(1)))
        assert vivas(app) == []
        vecinos.reset()
        otra_vez(app)
        otra_vez(app)
        assert borrador(app).comprador_identificacion == "1714307103"

    def test_de_quien_ya_fue_eliminado_se_cobra_igual(self, app: Flask, api: ApiClient, vecinos: Vecinos) -> None:
        vecinos.pacientes[1] = copia(PACIENTE, eliminado=True)
        vecinos.centros[1] = copia(CENTRO, eliminado=True)
        vecinos.fichas["paciente"] = None
        llega(api, noticia("completada", 1, tratamiento(1)))
        assert (borrador(app).paciente_id, borrador(app).comprador_nombre) == (1, None)

    @pytest.mark.parametrize("se_sabe", [True, False])
    def test_de_quien_fue_fusionado_es_del_que_queda(
        self, app: Flask, api: ApiClient, vecinos: Vecinos, clinica: dict[str, int], se_sabe: bool
    ) -> None:
        vecinos.pacientes[9] = copia(PACIENTE, id=9, eliminado=True, fusionado_en_id=2)
        datos = {**PACIENTE, "id": 2, "absorbido_id": 9}
        fusion = envelope("/admin", "paciente.fusionado.v1", "paciente/2", datos, 2)
        if se_sabe:
            entregar(api, fusion)
        llega(api, noticia("completada", 1, tratamiento(1), paciente_id=9))
        assert borrador(app).paciente_id == 2
        entregar(api, fusion)
        assert borrador(app).paciente_id == 2

    @pytest.mark.usefixtures("clinica")
    def test_lo_de_quien_se_fusiona_despues_pasa_al_que_queda(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        datos = {**PACIENTE, "id": 2, "absorbido_id": 1}
        entregar(api, envelope("/admin", "paciente.fusionado.v1", "paciente/2", datos, 2))
        assert borrador(app).paciente_id == 2


@pytest.mark.usefixtures("clinica")
class TestReabierta:
    def test_el_borrador_se_retira_y_al_completarla_hay_otro(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        primero = borrador(app).id
        llega(api, noticia("reabierta", 2, tratamiento(1)))
        assert vivas(app) == []
        llega(api, noticia("completada", 3, tratamiento(1), tratamiento(2)))
        assert borrador(app).total == 60
        with app.app_context():
            assert db.session.get_one(Factura, primero).eliminado_en is not None

    def test_en_cualquier_orden_queda_lo_ultimo(self, app: Flask, api: ApiClient) -> None:
        sucesos = [
            noticia("completada", 1, tratamiento(1)),
            noticia("reabierta", 2),
            noticia("completada", 3, tratamiento(2, BLANQUEO)),
            noticia("reabierta", 4),
        ]
        ordenes = dict(enumerate(permutations(range(4)), 1))
        de_cita = [[noticia_de(sucesos[lugar], cita) for lugar in orden] for cita, orden in ordenes.items()]
        # Of half of them one by one, each acted on before the next is known; of the others all at once.
        for juntas in (*zip(*de_cita[::2], strict=True), [una for suyas in de_cita[1::2] for una in suyas]):
            dos_veces = [una for una in juntas for _ in range(2)]
            assert entregar(api, *dos_veces) == ["aplicado", "duplicado"] * len(juntas)
            trabajar(app)
        for cita, orden in ordenes.items():
            assert vivas(app, cita) == [], orden
        llega(api, *(noticia("completada", 5, tratamiento(3), cita_id=cita) for cita in ordenes))
        for cita, orden in ordenes.items():
            assert borrador(app, cita).total == 30, orden
        with app.app_context():
            assert informe() == {"pendientes": 0}

    def test_completada_de_nuevo_antes_de_que_nadie_mire(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        entregar(api, noticia("reabierta", 2), noticia("completada", 3, tratamiento(1, cantidad=3)))
        trabajar(app)
        assert borrador(app).total == 90

    def test_lo_emitido_queda_y_lo_ve_una_persona(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        emitida = emitir(app)
        llega(api, noticia("reabierta", 2))
        with app.app_context():
            assert db.session.get_one(CobroCita, 1).por_revisar == "reabierta"
        llega(api, noticia("completada", 3, tratamiento(1, cantidad=2)))
        (una,) = vivas(app)
        assert (una.id, una.estado, una.total) == (emitida, "emitida", 30)
        with app.app_context():
            assert db.session.get_one(CobroCita, 1).por_revisar == "cambiada"

    def test_si_al_final_es_lo_mismo_no_hay_que_mirar_nada(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1, cantidad=1.0)))
        emitir(app)
        llega(api, noticia("reabierta", 2), noticia("completada", 3, tratamiento(1)))
        with app.app_context():
            assert db.session.get_one(CobroCita, 1).por_revisar is None

    def test_lo_anulado_se_factura_de_nuevo(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 1, tratamiento(1)))
        anular(app, emitir(app))
        llega(api, noticia("reabierta", 2), noticia("completada", 3, tratamiento(2, BLANQUEO)))
        assert [(f.estado, f.total) for f in vivas(app)] == [("anulada", 30), ("borrador", D("114.99"))]

    def test_lo_que_llega_tarde_no_retira_nada(self, app: Flask, api: ApiClient) -> None:
        llega(api, noticia("completada", 3, tratamiento(1)))
        llega(api, noticia("reabierta", 2), noticia("completada", 1, tratamiento(2)))
        assert [x.cita_linea for x in borrador(app).detalles] == ["tratamiento/1"]


def noticia_de(documento: dict[str, object], cita_id: int) -> dict[str, object]:
    """The same of another appointment."""
    datos = {**documento["data"], "id": cita_id}  # type: ignore[dict-item]
    return {**documento, "id": f"{documento['id']}"[:20] + f"-{cita_id}", "subject": f"cita/{cita_id}", "data": datos}
