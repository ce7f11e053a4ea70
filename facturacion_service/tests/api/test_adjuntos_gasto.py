"""The supplier's invoice and the photograph of the receipt stay with the expense."""

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
from werkzeug.test import TestResponse

from comun.db import now
from comun.errors import Unavailable
from comun.storage import LocalFolder
from comun.testing.client import ApiClient, ok, problem
from facturacion.almacen import almacen
from facturacion.casos_de_uso.adjuntos_gasto import limpiar_archivos

from ..gastos import GASTOS, gastar


@pytest.fixture(autouse=True)
def carpeta(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A storage of this test's own."""
    previo = app.extensions["almacen"]
    app.extensions["almacen"] = LocalFolder(tmp_path / "archivos")
    yield tmp_path / "archivos"
    app.extensions["almacen"] = previo


@pytest.fixture
def gasto(admin: ApiClient) -> int:
    """An expense without files."""
    return int(gastar(admin)["id"])


def foto(semilla: int = 1) -> bytes:
    salida = io.BytesIO()
    Image.new("RGB", (60, 30), (semilla, 10, 10)).save(salida, "PNG")
    return salida.getvalue()


def adjuntar(
    api: ApiClient, gasto_id: int, contenido: bytes | None = None, nombre: str = "recibo.png"
) -> TestResponse:
    datos = {"archivo": (io.BytesIO(foto() if contenido is None else contenido), nombre, "application/octet-stream")}
    return api.call("POST", f"{GASTOS}/{gasto_id}/adjuntos", data=datos, content_type="multipart/form-data")


def guardados(carpeta: Path) -> list[Path]:
    return [uno for uno in carpeta.rglob("*") if uno.is_file()]


def test_se_adjunta_y_se_vuelve_a_leer_tal_cual(admin: ApiClient, gasto: int) -> None:
    respuesta = adjuntar(admin, gasto, foto(), "recibo de luz ñ.png")
    adjunto = ok(respuesta, 201)
    assert respuesta.headers["Location"] == adjunto["contenido"]
    assert (adjunto["tipo_contenido"], adjunto["tamano"]) == ("image/png", len(foto()))
    assert adjunto["sha256"] == hashlib.sha256(foto()).hexdigest()
    assert "clave" not in adjunto
    leido = admin.get(adjunto["contenido"])
    assert (leido.data, leido.content_type) == (foto(), "image/png")
    assert "attachment" in leido.headers["Content-Disposition"]
    assert "sandbox" in leido.headers["Content-Security-Policy"]
    assert ok(admin.get(f"{GASTOS}/{gasto}/adjuntos")) == [adjunto]
    assert ok(admin.get(f"{GASTOS}/{gasto}"))["adjuntos"] == [adjunto]


RECHAZADOS: list[tuple[bytes, str, str]] = [
    (b"MZ\x90\x00", "recibo.png", "archivo_no_admitido"),
    (foto(), "recibo.pdf", "tipo_no_coincide"),
    (foto()[:-20], "recibo.png", "archivo_danado"),
    (foto(), "../recibo.png", "nombre_de_archivo_invalido"),
]


def test_lo_que_se_rechaza_no_deja_ni_archivo_ni_fila(admin: ApiClient, gasto: int, carpeta: Path) -> None:
    for contenido, nombre, codigo in RECHAZADOS:
        problem(adjuntar(admin, gasto, contenido, nombre), 422, codigo)
        problem(adjuntar(admin, 999), 404)
        assert (guardados(carpeta), ok(admin.get(f"{GASTOS}/{gasto}"))["adjuntos"]) == ([], []), contenido


def test_el_mismo_archivo_no_va_dos_veces_al_mismo_gasto(admin: ApiClient, gasto: int, carpeta: Path) -> None:
    ok(adjuntar(admin, gasto), 201)
    problem(adjuntar(admin, gasto), 409, "adjunto_duplicado")
    ok(adjuntar(admin, gastar(admin)["id"]), 201)
    assert len(guardados(carpeta)) == 2


def test_se_retira_y_el_archivo_queda(admin: ApiClient, gasto: int, carpeta: Path) -> None:
    adjunto = ok(adjuntar(admin, gasto), 201)
    url = f"{GASTOS}/{gasto}/adjuntos/{adjunto['id']}"
    problem(admin.delete(f"{GASTOS}/{gastar(admin)['id']}/adjuntos/{adjunto['id']}"), 404)
    assert admin.delete(url).status_code == 204
    problem(admin.delete(url), 404)
    problem(admin.get(adjunto["contenido"]), 404)
    assert (ok(admin.get(f"{GASTOS}/{gasto}/adjuntos")), len(guardados(carpeta))) == ([], 1)


def test_sin_almacen_no_queda_nada_a_medias(
    admin: ApiClient, gasto: int, carpeta: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caido(*_args: Any) -> Any:
        raise Unavailable("almacen_no_disponible")

    with monkeypatch.context() as parche:
        parche.setattr(LocalFolder, "put", caido)
        problem(adjuntar(admin, gasto), 503, "almacen_no_disponible")
    adjunto = ok(adjuntar(admin, gasto), 201)
    (archivo,) = guardados(carpeta)
    archivo.unlink()
    problem(admin.get(adjunto["contenido"]), 500, "archivo_perdido")


def test_solo_lo_abre_quien_ve_el_gasto(api: ApiClient, admin: ApiClient, gasto: int) -> None:
    adjunto = ok(adjuntar(admin, gasto), 201)
    de_otro = api.as_("secretaria", ["facturacion:gastos:leer", "facturacion:gastos:editar"], centros=[2])
    for ruta in (adjunto["contenido"], f"{GASTOS}/{gasto}/adjuntos"):
        problem(de_otro.get(ruta), 404)
    problem(de_otro.delete(f"{GASTOS}/{gasto}/adjuntos/{adjunto['id']}"), 404)
    problem(adjuntar(de_otro, gasto), 404)


def test_los_archivos_sin_fila_se_limpian_al_dia_siguiente(
    app: Flask, admin: ApiClient, gasto: int, carpeta: Path
) -> None:
    adjunto = ok(adjuntar(admin, gasto), 201)
    admin.delete(f"{GASTOS}/{gasto}/adjuntos/{adjunto['id']}")
    with app.app_context():
        almacen().put("ab/huerfano", b"x", "image/png")
        almacen().put("ab/reciente", b"x", "image/png")
        anteayer = (now() - timedelta(days=2)).timestamp()
        for uno in guardados(carpeta):
            if uno.name != "reciente":
                os.utime(uno, (anteayer, anteayer))
        assert limpiar_archivos() == 1
        assert not almacen().exists("ab/huerfano")
        assert len(guardados(carpeta)) == 2, "what was once attached is kept"
