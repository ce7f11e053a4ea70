"""Somebody else's record: opened in an emergency, of two that were one; and files that are not what they seem."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from local_system import System
from PIL import Image

from comun.testing.peers import Peer, Reply

from .conftest import Red, bien, esperar, problema
from .consultorio import BASE, Consultorio, otro_medico
from .mundo import EN_POSTGRESQL, unico
from .mundo_historia import Formulario, envio, imagen

pytestmark = EN_POSTGRESQL
EMERGENCIA = "acceso.emergencia.v1"


@pytest.fixture
def clinica(red: Red) -> Consultorio:
    return Consultorio(red, "Medicina general")


def test_en_una_emergencia_se_abre_se_avisa_y_se_revisa(red: Red, clinica: Consultorio) -> None:
    clinica.agendar("Control")
    clinica.anotar("alergias", {"sustancia": "Látex", "tipo": "latex", "severidad": "grave"})
    nombre, otra = otro_medico(red)
    catalogo = bien(red.publico.get("/comunicaciones/eventos/catalogo"))
    assert EMERGENCIA in str(catalogo)
    with Peer(lambda _seen: Reply(204)) as aviso:
        suscrito = {"nombre": unico("guardia"), "url": f"{aviso.url}/aviso", "tipos": ["acceso.*"]}
        webhook = bien(red.admin.post("/comunicaciones/webhooks", suscrito), 201)["id"]
        problema(otra.get(f"{clinica.expediente}/expediente"), 404)
        problema(otra.post(f"{clinica.expediente}/emergencias", {"motivo": "urgente"}), 422)
        motivo = {"motivo": "Llegó inconsciente a emergencias"}
        abierta = bien(otra.post(f"{clinica.expediente}/emergencias", motivo), 201)
        leido = bien(otra.get(f"{clinica.expediente}/expediente"))
        assert (leido["emergencia"], leido["alertas"][0]["descripcion"]) == (True, "Alergia a Látex")
        esperar(lambda: aviso.seen)
        # At least once: whoever is told too slowly is told again.
        [llegado] = {visto.json["id"]: visto.json for visto in aviso.seen}.values()
        bien(red.admin.delete(f"/comunicaciones/webhooks/{webhook}"), 204)
    assert (llegado["type"], llegado["data"]["id"]) == (EMERGENCIA, abierta["id"])
    assert llegado["data"]["paciente_id"] == clinica.paciente_id and "inconsciente" not in str(llegado)
    por_revisar = bien(red.admin.get(f"{BASE}/emergencias?revisada=no&paciente_id={clinica.paciente_id}"))["datos"]
    assert [uno["motivo"] for uno in por_revisar] == [motivo["motivo"]]
    revision = f"{BASE}/emergencias/{abierta['id']}/revision"
    assert bien(red.admin.patch(revision, {"justificada": True}))["justificada"] is True
    problema(red.admin.patch(revision, {"justificada": False}), 409, "emergencia_revisada")
    vistas = bien(clinica.paciente.get(f"{clinica.expediente}/accesos?total=true"))["datos"]
    suyas = {(fila["resultado"], fila["relacion"]) for fila in vistas if fila["nombre"] == nombre}
    assert suyas == {("denegado", "ninguna"), ("permitido", "emergencia")}


def test_dos_pacientes_que_eran_uno_se_leen_como_uno(red: Red, clinica: Consultorio) -> None:
    repetido = red.paciente(nombres="María J.", apellidos=clinica.apellido)
    clinica.agendar("Control")
    clinica.anotar("signos-vitales", {"pulso_lpm": 71})
    otro = Consultorio(red, "Medicina general")
    otro.paciente_id, otro.expediente = repetido, f"{BASE}/pacientes/{repetido}"
    nota = otro.escribir_nota(otro.agendar("Dolor de cabeza"), subjetivo="Cefalea")
    bien(otro.medico.post(f"{nota}/firma"))
    otro.anotar("alergias", {"sustancia": "Mariscos", "tipo": "alimento", "severidad": "moderada"})
    problema(clinica.medico.get(nota), 404)

    fusion = {"absorbido_id": repetido, "motivo": "La misma persona"}
    ruta = f"/admin/pacientes/{clinica.paciente_id}/fusion"
    bien(red.admin.post(ruta, fusion, headers={"If-Match": "*"}))
    esperar(lambda: clinica.leer("expediente")["paciente"]["ids_fusionados"] == [repetido])
    for consultorio in (clinica, otro):  # by either number, by either doctor
        leido = consultorio.leer("expediente")
        assert leido["paciente"]["id"] == clinica.paciente_id
        assert [aviso["descripcion"] for aviso in leido["alertas"]] == ["Alergia a Mariscos"]
        llenas = {parte["nombre"] for parte in leido["partes"] if parte["datos"]}
        assert llenas == {"signos_vitales", "notas", "alergias"}
        bien(consultorio.medico.get(nota))
    assert [n["id"] for n in bien(clinica.paciente.get(f"{clinica.expediente}/notas"))["datos"]] == [_id(nota)]


def _id(ruta: str) -> int:
    return int(ruta.rsplit("/", 1)[1])


# ---- Files that are not what they seem


def _bomba() -> bytes:
    """A PNG of 110 KB that opens to 900 megapixels."""
    lado = 30_000

    def trozo(nombre: bytes, dentro: bytes) -> bytes:
        return struct.pack(">I", len(dentro)) + nombre + dentro + struct.pack(">I", zlib.crc32(nombre + dentro))

    filas = zlib.compressobj(9)
    puntos = b"".join(filas.compress(bytes(lado // 8 + 1) * 1000) for _ in range(lado // 1000)) + filas.flush()
    cabeza = struct.pack(">IIBBBBB", lado, lado, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + trozo(b"IHDR", cabeza) + trozo(b"IDAT", puntos) + trozo(b"IEND", b"")


def _gif() -> bytes:
    salida = io.BytesIO()
    Image.new("P", (8, 8)).save(salida, "GIF")
    return salida.getvalue()


def _malos() -> dict[str, tuple[str, bytes, str]]:
    """Code of the refusal and number → name, content and type that somebody sends."""
    pagina = b"<!doctype html><script>alert(1)</script>"
    return {
        "archivo_no_admitido 1": ("rx.png", pagina, "image/png"),
        "archivo_no_admitido 2": ("rx.gif", _gif(), "image/gif"),
        "tipo_no_coincide 1": ("informe.pdf", imagen(), "application/pdf"),
        "tipo_no_coincide 2": ("rx.png", imagen(), "image/jpeg"),
        "archivo_danado 1": ("rx.png", imagen()[:60], "image/png"),
        "archivo_danado 2": ("informe.pdf", b"%PDF-1.7\n" + pagina, "application/pdf"),
        "imagen_demasiado_grande 1": ("rx.png", _bomba(), "image/png"),
        "nombre_de_archivo_invalido 1": ("../../../etc/passwd.png", imagen(), "image/png"),
        "nombre_de_archivo_invalido 2": (r"..\\..\\rx.png", imagen(), "image/png"),  # as a header quotes it
    }


def test_un_archivo_que_no_es_lo_que_parece_no_queda_en_ninguna_parte(sistema: System, clinica: Consultorio) -> None:
    clinica.agendar("Control")
    clinica.anotar("signos-vitales", {"pulso_lpm": 71})
    ruta, antes = f"{clinica.expediente}/adjuntos", _guardados(sistema)
    campos = {"titulo": "Panorámica", "categoria": "radiografia"}
    for codigo, (nombre, contenido, tipo) in _malos().items():
        respuesta = clinica.medico.call("POST", ruta, **envio(Formulario(campos, contenido, nombre, tipo)))
        assert "archivo" in problema(respuesta, 422, codigo.split()[0])["errores"], nombre
    for mal, status in (
        ({"data": campos}, 415),
        ({"data": campos, "files": {"otro": ("rx.png", imagen(), "image/png")}}, 422),
        ({"data": b"--x\r\nroto", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 422),
        ({"json": campos}, 415),
    ):
        envios: Any = mal
        problema(clinica.medico.call("POST", ruta, **envios), status)
    assert clinica.leer("adjuntos")["datos"] == [] and _guardados(sistema) == antes


def _guardados(sistema: System) -> set[Path]:
    return {archivo for archivo in (sistema.folder / "archivos").rglob("*") if archivo.is_file()}
