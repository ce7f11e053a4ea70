"""Texts of consent, and who accepted, refused or took back what."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy.exc import IntegrityError

from comun.testing.client import ApiClient, ok, problem
from historia_clinica.casos_de_uso.consentimientos import intacto
from historia_clinica.casos_de_uso.textos import sembrar_textos
from historia_clinica.casos_de_uso.verificar_documentos import verificar_documentos
from historia_clinica.extensiones import db, tablas
from historia_clinica.modelos import Consentimiento, TextoConsentimiento

from ..archivos import adjuntar, trazo
from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita, conocer_paciente
from ..vecinos import Vecinos

TEXTOS = "/historia-clinica/consentimientos/textos"
LISTA = "/historia-clinica/pacientes/1/consentimientos"
FIRMANTE = {"firmante_nombre": "María José Núñez", "firmante_identificacion": "1714307103"}
REVOCA = {"nombre": "María José Núñez", "identificacion": "1714307103", "motivo": "Prefiere esperar"}


def texto(api: ApiClient, codigo: str) -> dict[str, Any]:
    return dict(ok(api.get(TEXTOS, query_string={"codigo": codigo}))["datos"][0])


def emitidas(tipo: str) -> list[dict[str, Any]]:
    return [*db.session.scalars(db.select(tablas.outbox.c.datos).where(tablas.outbox.c.tipo == tipo))]


def consentir(api: ApiClient, codigo: str = "extraccion_dental", **campos: Any) -> Any:
    datos = {"texto_id": texto(api, codigo)["id"], "acepta": True, **FIRMANTE, "medio": "firma_digital", **campos}
    if datos["medio"] == "firma_digital":
        datos.setdefault("firma", trazo())
    return api.post(LISTA, datos)


class TestTextos:
    def test_vienen_textos_y_sembrar_otra_vez_no_los_dobla(self, app: Flask, medico: ApiClient) -> None:
        codigos = [uno["codigo"] for uno in ok(medico.get(TEXTOS))["datos"] if uno["version"] == 1]
        assert {"odontologia_general", "extraccion_dental", "anestesia_local", "endodoncia"} <= {*codigos}
        with app.app_context():
            sembrar_textos()
        assert [uno["codigo"] for uno in ok(medico.get(TEXTOS))["datos"] if uno["version"] == 1] == codigos

    def test_un_texto_no_cambia_se_publica_otra_version(self, app: Flask, api: ApiClient, medico: ApiClient) -> None:
        nuevo = {"codigo": "blanqueamiento", "titulo": "Blanqueamiento", "cuerpo": "# En qué consiste\nEn aclarar."}
        previas = ok(api.get(TEXTOS, query_string={"codigo": "blanqueamiento"}))["datos"]
        una, otra = (ok(api.post(TEXTOS, {**nuevo, "cuerpo": f"{nuevo['cuerpo']} {n}"}), 201) for n in (1, 2))
        assert (una["version"], otra["version"]) == (len(previas) + 1, len(previas) + 2)
        assert una["huella"] != otra["huella"]
        problem(como_paciente(api).post(TEXTOS, nuevo), 403)
        with app.app_context(), pytest.raises(IntegrityError, match="texto_consentimiento_inmutable"):
            db.session.execute(
                db.update(TextoConsentimiento).where(TextoConsentimiento.id == una["id"]).values(cuerpo="Otro")
            )
        problem(
            medico.post(
                LISTA,
                {"texto_id": una["id"], "acepta": True, **FIRMANTE, "medio": "verbal", "testigo_nombre": "Luis Paz"},
            ),
            409,
            "texto_no_vigente",
        )
        url = f"{TEXTOS}/{otra['id']}/estado"
        assert ok(api.patch(url, {"estado": "retirado", "motivo": "Errata"}))["estado"] == "retirado"
        problem(api.patch(url, {"estado": "retirado", "motivo": "Errata"}), 409, "texto_retirado")


class TestConsentir:
    def test_con_firma_dibujada_queda_con_su_huella_y_se_anuncia(self, app: Flask, medico: ApiClient) -> None:
        respuesta = consentir(medico, procedimiento="Extracción del tercer molar", pieza=48, cita_id=1)
        uno = ok(respuesta, 201)
        assert (uno["estado"], uno["tiene_firma"], uno["doctor_id"]) == ("aceptado", True, 7)
        assert (uno["texto"]["codigo"], uno["texto"]["version"]) == ("extraccion_dental", 1)
        with app.app_context():
            (noticia,) = emitidas("consentimiento.aceptado.v1")
            assert noticia == {
                "id": uno["id"],
                "paciente_id": 1,
                "doctor_id": 7,
                "texto_id": uno["texto"]["id"],
                "momento": uno["otorgado_en"],
            }
            assert [*verificar_documentos()] == []
            otro = db.session.get_one(Consentimiento, uno["id"])
            otro.riesgos_propios = "Ninguno"
            assert not intacto(otro)
        firmas = ok(medico.get("/historia-clinica/pacientes/1/accesos?accion=firmar"))["datos"]
        assert [(f["recurso_id"], f["huella"]) for f in firmas] == [(uno["id"], uno["huella"])]

    def test_en_papel_con_la_hoja_firmada_que_ya_no_se_retira(self, app: Flask, medico: ApiClient) -> None:
        hoja = ok(adjuntar(medico, categoria="consentimiento"), 201)
        uno = ok(consentir(medico, medio="firma_en_papel", adjunto_id=hoja["id"], relacion="madre"), 201)
        assert (uno["adjunto_id"], uno["relacion"]) == (hoja["id"], "madre")
        retirar = medico.delete(f"/historia-clinica/adjuntos/{hoja['id']}", query_string={"motivo": "Sobra"})
        problem(retirar, 409, "adjunto_en_uso")
        with app.app_context():
            assert intacto(db.session.get_one(Consentimiento, uno["id"]))

    def test_negarse_tambien_queda_y_no_se_anuncia(self, app: Flask, medico: ApiClient) -> None:
        datos = {"acepta": False, "motivo_negativa": "Tiene miedo", "medio": "verbal", "testigo_nombre": "Luis Paz"}
        uno = ok(consentir(medico, **datos), 201)
        assert uno["estado"] == "rechazado"
        with app.app_context():
            assert emitidas("consentimiento.aceptado.v1") == []
        revocar = medico.post(f"/historia-clinica/consentimientos/{uno['id']}/revocacion", REVOCA)
        problem(revocar, 409, "consentimiento_rechazado")

    @pytest.mark.parametrize(
        ("campos", "campo"),
        [
            ({"texto_id": 999_999}, "texto_id"),
            ({"version": 9}, "version"),
            ({"medio": "firma_en_papel", "adjunto_id": 999_999}, "adjunto_id"),
            ({"medio": "firma_en_papel"}, "adjunto_id"),
            ({"firma": "bm8gZXMgdW4gUE5H"}, "firma"),
            ({"firma": "¿?"}, "firma"),
            ({"cita_id": 2}, "cita_id"),
            ({"pieza": 49}, "pieza"),
            ({"otorgado_en": "2099-01-01T00:00:00-05:00"}, "otorgado_en"),
            ({"firmante_identificacion": "1714307104"}, "firmante_identificacion"),
        ],
    )
    def test_lo_que_no_cuadra_se_rechaza(
        self, app: Flask, medico: ApiClient, campos: dict[str, Any], campo: str
    ) -> None:
        conocer_paciente(app, 2)
        conocer_cita(app, 2, paciente_id=2)
        assert [*problem(consentir(medico, **campos), 422)["errores"]] == [campo]


class TestDespues:
    def test_se_revoca_una_vez_y_nada_mas_cambia(self, app: Flask, medico: ApiClient) -> None:
        uno = ok(consentir(medico), 201)
        url = f"/historia-clinica/consentimientos/{uno['id']}"
        revocado = ok(medico.post(f"{url}/revocacion", REVOCA), 201)
        assert (revocado["estado"], revocado["revocado_por"], revocado["huella"]) == (
            "revocado",
            REVOCA["nombre"],
            uno["huella"],
        )
        problem(medico.post(f"{url}/revocacion", REVOCA), 409, "consentimiento_revocado")
        assert [u["id"] for u in ok(medico.get(LISTA, query_string={"estado": "revocado"}))["datos"]] == [uno["id"]]
        assert ok(medico.get(LISTA, query_string={"estado": "aceptado"}))["datos"] == []
        with app.app_context():
            assert [noticia["id"] for noticia in emitidas("consentimiento.revocado.v1")] == [uno["id"]]
            suyo = db.update(Consentimiento).where(Consentimiento.id == uno["id"])
            for cambio, guarda in (
                ({"acepta": False}, "consentimiento_inmutable"),
                ({"firma": b"otra"}, "consentimiento_inmutable"),
                ({"revocado_en": None}, "consentimiento_revocado_inmutable"),
            ):
                with pytest.raises(IntegrityError, match=guarda):
                    db.session.execute(suyo.values(**cambio))
                db.session.rollback()

    def test_el_paciente_lee_los_suyos_y_nadie_mas(self, api: ApiClient, medico: ApiClient) -> None:
        uno = ok(consentir(medico), 201)
        propio = como_paciente(api)
        assert [u["id"] for u in ok(propio.get(LISTA))["datos"]] == [uno["id"]]
        assert propio.get(f"/historia-clinica/consentimientos/{uno['id']}/pdf").status_code == 200
        for ajeno in (como_paciente(api, 2), como_medico(api, 8)):
            problem(ajeno.get(LISTA), 404)
            problem(ajeno.get(f"/historia-clinica/consentimientos/{uno['id']}"), 404)

    def test_hay_una_hoja_para_firmar_a_mano(self, api: ApiClient, medico: ApiClient) -> None:
        pedida = {"texto_id": texto(medico, "endodoncia")["id"], "pieza": "36"}
        respuesta = medico.get(f"{LISTA}/hoja", query_string=pedida)
        assert respuesta.content_type == "application/pdf"
        hoja = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(respuesta.data)).pages).split())
        for dicho in ("retratamiento", "María José Núñez Peña", "NO ACEPTO", "36"):
            assert dicho in hoja
        problem(como_medico(api, 8).get(f"{LISTA}/hoja", query_string=pedida), 404)

    def test_impreso_dice_lo_que_se_leyo_y_quien_decidio(self, medico: ApiClient, vecinos: Vecinos) -> None:
        uno = ok(consentir(medico, procedimiento="Extracción", pieza=48, cita_id=1), 201)
        url = f"/historia-clinica/consentimientos/{uno['id']}"
        ok(medico.post(f"{url}/revocacion", REVOCA), 201)
        respuesta = medico.get(f"{url}/pdf")
        assert respuesta.content_type == "application/pdf"
        impreso = " ".join(" ".join(p.extract_text() for p in PdfReader(io.BytesIO(respuesta.data)).pages).split())
        for dicho in (
            "Alveolitis",
            "1714307103",
            "Clínica Norte",
            "CONSENTIMIENTO REVOCADO",
            "Prefiere esperar",
            "MSP-1234",
            uno["huella"],
        ):
            assert dicho in impreso
        vecinos.down.add("admin")
        problem(medico.get(f"{url}/pdf"), 503)
