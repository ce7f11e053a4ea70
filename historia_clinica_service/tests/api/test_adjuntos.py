"""Files of a record: kept whole with their row or not at all, told by their content, closed to others."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy.exc import IntegrityError

from comun.db import now
from comun.errors import Unavailable
from comun.storage import LocalFolder
from comun.testing.client import ApiClient, ok, problem
from comun.work import UPLOAD_BYTES
from historia_clinica.almacen import almacen
from historia_clinica.casos_de_uso.adjuntos import limpiar_archivos
from historia_clinica.casos_de_uso.verificar_documentos import verificar_documentos
from historia_clinica.extensiones import db
from historia_clinica.modelos import Adjunto

from ..archivos import adjuntar, informe, radiografia
from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita, conocer_paciente

LISTA = "/historia-clinica/pacientes/1/adjuntos"


@pytest.fixture(autouse=True)
def carpeta(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A storage of this test's own."""
    previo = app.extensions["almacen"]
    app.extensions["almacen"] = LocalFolder(tmp_path / "archivos")
    yield tmp_path / "archivos"
    app.extensions["almacen"] = previo


def guardados(carpeta: Path) -> list[Path]:
    return [uno for uno in carpeta.rglob("*") if uno.is_file()]


def filas(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(Adjunto)) or 0


def test_una_radiografia_se_adjunta_y_se_vuelve_a_leer_tal_cual(medico: ApiClient) -> None:
    contenido = radiografia()
    respuesta = adjuntar(medico, contenido, "panorámica 2026.png", pieza="48", tomado_en="2026-01-15T10:00:00-05:00")
    adjunto = ok(respuesta, 201)
    assert respuesta.headers["Location"] == f"/historia-clinica/adjuntos/{adjunto['id']}"
    assert (adjunto["tipo"], adjunto["bytes"]) == ("image/png", len(contenido))
    assert adjunto["sha256"] == hashlib.sha256(contenido).hexdigest()
    assert (adjunto["ancho"], adjunto["alto"], adjunto["pieza"], adjunto["doctor_id"]) == (600, 300, 48, 7)
    assert "clave" not in adjunto
    leido = medico.get(adjunto["contenido"])
    assert (leido.data, leido.content_type, leido.headers["X-Content-Type-Options"]) == (
        contenido,
        "image/png",
        "nosniff",
    )
    assert leido.headers["Content-Disposition"] == (
        "attachment; filename=\"panoramica 2026.png\"; filename*=UTF-8''panor%C3%A1mica%202026.png"
    )
    assert "sandbox" in leido.headers["Content-Security-Policy"]
    assert leido.headers["Cache-Control"] == "private, no-store"
    with Image.open(io.BytesIO(medico.get(adjunto["miniatura"]).data)) as pequena:
        assert (pequena.format, pequena.size) == ("JPEG", (320, 160))
    uno = ok(medico.get(f"/historia-clinica/adjuntos/{adjunto['id']}"))
    assert (uno["titulo"], uno["alertas"]) == ("Panorámica", [])


def test_no_se_adjunta_a_una_nota_que_no_es_del_paciente_ni_a_lo_que_aun_no_ocurre(
    app: Flask, medico: ApiClient
) -> None:
    for campos in ({"nota_id": "999999"}, {"tomado_en": "2099-01-01T00:00:00-05:00"}, {"pieza": "49"}):
        assert [*problem(adjuntar(medico, **campos), 422)["errores"]] == [*campos]
    assert filas(app) == 0


def test_un_informe_en_pdf_no_tiene_miniatura(medico: ApiClient) -> None:
    adjunto = ok(adjuntar(medico, informe(), "informe.pdf", categoria="examen"), 201)
    assert (adjunto["paginas"], adjunto["ancho"], adjunto["miniatura"]) == (1, None, None)
    problem(medico.get(f"/historia-clinica/adjuntos/{adjunto['id']}/miniatura"), 404)


@pytest.mark.parametrize(
    ("contenido", "nombre", "tipo", "estado", "codigo"),
    [
        (informe(), "rx.png", "image/png", 422, "tipo_no_coincide"),
        (b"MZ\x90\x00", "rx.png", "image/png", 422, "archivo_no_admitido"),
        (radiografia(), "../../etc/cron.d/rx.png", "image/png", 422, "nombre_de_archivo_invalido"),
        (radiografia()[:-60], "rx.png", "image/png", 422, "archivo_danado"),
        (b"", "rx.png", "image/png", 422, "datos_invalidos"),
        (b"\x00" * (50 * 2**20), "rx.png", "image/png", 413, "cuerpo_demasiado_grande"),
    ],
    ids=["miente", "programa", "ruta", "cortado", "vacio", "50 MB"],
)
def test_lo_que_se_rechaza_no_deja_ni_archivo_ni_fila(
    app: Flask, medico: ApiClient, carpeta: Path, contenido: bytes, nombre: str, tipo: str, estado: int, codigo: str
) -> None:
    assert UPLOAD_BYTES == 20 * 2**20
    problem(adjuntar(medico, contenido, nombre, tipo=tipo), estado, codigo)
    assert (guardados(carpeta), filas(app)) == ([], 0)


def test_una_bomba_de_pixeles_se_rechaza(app: Flask, medico: ApiClient, carpeta: Path) -> None:
    salida = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(salida, "PNG")
    assert len(salida.getvalue()) < 100_000
    problem(adjuntar(medico, salida.getvalue()), 422, "imagen_demasiado_grande")
    assert (guardados(carpeta), filas(app)) == ([], 0)


def test_el_mismo_archivo_no_se_adjunta_dos_veces_al_mismo_paciente(
    app: Flask, medico: ApiClient, carpeta: Path
) -> None:
    primero = ok(adjuntar(medico), 201)
    problem(adjuntar(medico, titulo="Otra vez"), 409, "adjunto_duplicado")
    conocer_paciente(app, 2, fusionado_en_id=1)
    problem(adjuntar(medico, paciente_id=2), 409, "adjunto_duplicado")
    conocer_paciente(app, 3)
    conocer_cita(app, 3, paciente_id=3, doctor_id=7)
    de_otro = ok(adjuntar(medico, paciente_id=3), 201)
    assert de_otro["sha256"] == primero["sha256"]
    assert len(guardados(carpeta)) == 4, "each its own file and thumbnail"


def test_repetida_con_su_clave_la_carga_ocurre_una_vez(app: Flask, medico: ApiClient, carpeta: Path) -> None:
    clave = {"Idempotency-Key": "rx-1"}
    primera, segunda = (adjuntar(medico, headers=clave) for _ in range(2))
    assert ok(primera, 201) == ok(segunda, 201)
    assert (segunda.headers["Idempotent-Replayed"], filas(app), len(guardados(carpeta))) == ("true", 1, 2)


def test_si_la_fila_no_se_puede_escribir_tampoco_queda_el_archivo(
    app: Flask, medico: ApiClient, carpeta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("historia_clinica.casos_de_uso.adjuntos._exigir_nuevo", lambda *_args: None)
    ok(adjuntar(medico), 201)
    problem(adjuntar(medico), 409, "adjunto_duplicado")
    assert len(guardados(carpeta)) == 2


def test_sin_almacen_no_se_adjunta_ni_se_lee(app: Flask, medico: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    adjunto = ok(adjuntar(medico), 201)

    def caido(*_args: Any) -> Any:
        raise Unavailable("almacen_no_disponible")

    for operacion in ("put", "read"):
        monkeypatch.setattr(LocalFolder, operacion, caido)
    problem(adjuntar(medico, radiografia(2)), 503, "almacen_no_disponible")
    problem(medico.get(adjunto["contenido"]), 503)
    assert filas(app) == 1


def test_un_archivo_alterado_no_llega_entero(app: Flask, medico: ApiClient, carpeta: Path) -> None:
    adjunto = ok(adjuntar(medico), 201)
    with app.app_context():
        clave = db.session.get_one(Adjunto, adjunto["id"]).clave
    (carpeta / clave).write_bytes(radiografia(2))
    with pytest.raises(OSError, match="altered"):
        _ = medico.get(adjunto["contenido"]).data
    with app.app_context():
        assert [*verificar_documentos()] == [f"adjunto {adjunto['id']}: el archivo fue alterado"]
    (carpeta / clave).unlink()
    with app.app_context():
        assert [*verificar_documentos()] == [f"adjunto {adjunto['id']}: falta el archivo"]
    problem(medico.get(adjunto["contenido"]), 500, "archivo_perdido")


def test_lo_retira_quien_lo_adjunto_con_motivo_y_el_archivo_queda(
    app: Flask, api: ApiClient, medico: ApiClient, carpeta: Path
) -> None:
    conocer_cita(app, 2, doctor_id=8)
    url = f"/historia-clinica/adjuntos/{ok(adjuntar(medico), 201)['id']}"
    problem(medico.delete(url), 422)
    problem(como_medico(api, 8).delete(url, query_string={"motivo": "No es suya"}), 403, "solo_su_autor")
    assert medico.delete(url, query_string={"motivo": "Es de otra persona"}).status_code == 204
    problem(medico.get(f"{url}/contenido"), 404)
    assert ok(medico.get(LISTA))["datos"] == []
    assert len(guardados(carpeta)) == 2
    ok(adjuntar(medico), 201)


def test_solo_quien_atiende_al_paciente_abre_sus_archivos(api: ApiClient, medico: ApiClient) -> None:
    adjunto = ok(adjuntar(medico), 201)
    for quien, estado in ((como_medico(api, 8), 404), (como_paciente(api), 403), (como_paciente(api, 2), 404)):
        for ruta in (
            LISTA,
            f"/historia-clinica/adjuntos/{adjunto['id']}",
            adjunto["contenido"],
            adjunto["miniatura"],
        ):
            problem(quien.get(ruta), estado)
    problem(adjuntar(como_medico(api, 8), radiografia(2)), 404)
    problem(adjuntar(api, radiografia(2)), 403, "solo_medico")
    assert [uno["id"] for uno in ok(api.get(LISTA))["datos"]] == [adjunto["id"]]
    huella = ok(medico.get("/historia-clinica/pacientes/1/accesos?tamano=200"))["datos"]
    assert [fila["que"] for fila in huella if fila["resultado"] == "denegado"] == ["adjuntos"] * 14


def test_la_base_no_deja_cambiar_lo_que_se_dijo_del_archivo(app: Flask, medico: ApiClient) -> None:
    adjunto = ok(adjuntar(medico), 201)
    with app.app_context():
        for cambio in ({"sha256": "0" * 64}, {"clave": "otra"}, {"paciente_id": 2}):
            with pytest.raises(IntegrityError, match="adjunto_inmutable"):
                db.session.execute(db.update(Adjunto).where(Adjunto.id == adjunto["id"]).values(**cambio))
            db.session.rollback()


def test_los_archivos_sin_fila_se_limpian_al_dia_siguiente(app: Flask, medico: ApiClient, carpeta: Path) -> None:
    adjunto = ok(adjuntar(medico), 201)
    medico.delete(f"/historia-clinica/adjuntos/{adjunto['id']}", query_string={"motivo": "Es de otra persona"})
    with app.app_context():
        almacen().put("ab/huerfano", b"x", "image/png")
        almacen().put("ab/reciente", b"x", "image/png")
        anteayer = (now() - timedelta(days=2)).timestamp()
        for uno in guardados(carpeta):
            if uno.name != "reciente":
                os.utime(uno, (anteayer, anteayer))
        assert limpiar_archivos() == 1
        assert not almacen().exists("ab/huerfano")
        assert len(guardados(carpeta)) == 3, "what was once in a record is kept, deleted or not"
