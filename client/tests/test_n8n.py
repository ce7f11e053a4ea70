"""The n8n workflow of the demonstrations: importable, of routes that exist, with a signature check that holds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

RAIZ = Path(__file__).resolve().parents[2]
FLUJO = json.loads((RAIZ / "client" / "demo" / "n8n" / "odontocare.json").read_text(encoding="utf-8"))
NODOS: dict[str, Any] = {nodo["name"]: nodo for nodo in FLUJO["nodes"]}
COMIENZO = "={{ $('Ajustes').first().json.url }}"
NODE = shutil.which("node")

# Of each kind of node the newest version that n8n had in the middle of 2024: every later n8n has it too.
VERSIONES = {
    "n8n-nodes-base.code": 2,
    "n8n-nodes-base.httpRequest": 4.2,
    "n8n-nodes-base.if": 2.2,
    "n8n-nodes-base.manualTrigger": 1,
    "n8n-nodes-base.respondToWebhook": 1.1,
    "n8n-nodes-base.set": 3.4,
    "n8n-nodes-base.splitOut": 1,
    "n8n-nodes-base.stickyNote": 1,
    "n8n-nodes-base.webhook": 2,
}


def destinos(nombre: str) -> list[list[str]]:
    """The names of the nodes behind each output of a node."""
    salidas = FLUJO["connections"].get(nombre, {}).get("main", [])
    return [[enlace["node"] for enlace in salida] for salida in salidas]


def tras(comienzo: str) -> set[str]:
    """All nodes that are reached from one."""
    hallados, por_ver = {comienzo}, [comienzo]
    while por_ver:
        nuevos = {uno for salida in destinos(por_ver.pop()) for uno in salida} - hallados
        hallados |= nuevos
        por_ver += nuevos
    return hallados


def llamadas() -> list[tuple[str, str, Any]]:
    """(method, path, parameters) of each HTTP request."""
    pedidos = [nodo["parameters"] for nodo in NODOS.values() if nodo["type"].endswith(".httpRequest")]
    return [(p.get("method", "GET"), p["url"].removeprefix(COMIENZO), p) for p in pedidos]


def test_tiene_lo_que_n8n_espera_de_un_flujo() -> None:
    assert {"name", "nodes", "connections", "settings"} <= set(FLUJO)
    assert FLUJO["settings"]["executionOrder"] == "v1"
    assert len(NODOS) == len(FLUJO["nodes"]) == len({nodo["id"] for nodo in FLUJO["nodes"]})
    for nodo in FLUJO["nodes"]:
        assert VERSIONES[nodo["type"]] == nodo["typeVersion"], nodo["name"]
        assert len(nodo["position"]) == 2
        assert isinstance(nodo["parameters"], dict)


def test_cada_nodo_se_alcanza_y_cada_nombre_existe() -> None:
    disparadores = {"Probar", "Evento de OdontoCare"}
    alcanzados = tras("Probar") | tras("Evento de OdontoCare")
    assert alcanzados | {"Nota"} == set(NODOS)
    assert disparadores <= set(FLUJO["connections"])
    nombrados = set(re.findall(r"\$\('([^']+)'\)", json.dumps(FLUJO, ensure_ascii=False)))
    assert nombrados <= set(NODOS)


def test_cada_pedido_es_de_una_ruta_de_la_api() -> None:
    rutas = json.loads((RAIZ / "gateway" / "html" / "openapi.json").read_text(encoding="utf-8"))["paths"]
    assert {(metodo, ruta) for metodo, ruta, _ in llamadas()} == {
        ("POST", "/auth/login"),
        ("GET", "/citas"),
        ("POST", "/citas"),
    }
    for metodo, ruta, pedido in llamadas():
        operacion = rutas[ruta][metodo.lower()]
        consulta = {uno["name"] for uno in pedido.get("queryParameters", {}).get("parameters", [])}
        assert consulta <= {uno["name"] for uno in operacion.get("parameters", []) if uno["in"] == "query"}
        campos = set(re.findall(r"[{,] (\w+):", pedido.get("jsonBody", "")))
        esquema = operacion.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        assert campos <= set(propiedades(esquema)), ruta


def propiedades(esquema: dict[str, Any]) -> dict[str, Any]:
    """Of a schema, or of what it refers to."""
    documento = json.loads((RAIZ / "gateway" / "html" / "openapi.json").read_text(encoding="utf-8"))
    if "$ref" in esquema:
        esquema = documento["components"]["schemas"][esquema["$ref"].rpartition("/")[2]]
    hallado: dict[str, Any] = esquema.get("properties", {})
    return hallado


def test_una_reserva_repetida_lleva_la_misma_clave() -> None:
    reservar = NODOS["Reservar"]
    cabeceras = {uno["name"]: uno["value"] for uno in reservar["parameters"]["headerParameters"]["parameters"]}
    assert "$execution" not in cabeceras["Idempotency-Key"]
    assert "fecha_hora" in cabeceras["Idempotency-Key"]
    assert reservar["retryOnFail"] is True


def test_no_lleva_secretos() -> None:
    texto = json.dumps(FLUJO)
    assert "credentials" not in texto
    assert not re.search(r"whsec_[A-Za-z0-9+/]{8}", texto)
    for archivo in (RAIZ / "data").glob("*.csv"):
        for clave in re.findall(r"\w+-\w+-\d{4}", archivo.read_text(encoding="utf-8")):
            assert clave not in texto


def test_se_comprueba_la_firma_antes_que_nada() -> None:
    webhook = NODOS["Evento de OdontoCare"]["parameters"]
    assert (webhook["httpMethod"], webhook["responseMode"]) == ("POST", "responseNode")
    assert webhook["options"]["rawBody"] is True
    assert destinos("Evento de OdontoCare") == [["Verificar firma"]]
    assert destinos("Verificar firma") == [["¿Vale?"]]
    assert destinos("¿Vale?") == [["¿Repetido?"], ["Rechazar"]]
    assert NODOS["Rechazar"]["parameters"]["options"]["responseCode"] == 401
    assert destinos("Rechazar") == []
    repetido, nuevo = destinos("¿Repetido?")
    assert repetido == ["Aceptar"]
    assert nuevo == ["Su trabajo"]
    assert "Anotar" in tras("Su trabajo")  # only once the work was done


# -- its code, run as n8n runs it -----------------------------------------------------------------------

CORRER = """
const casos = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const Asincrona = Object.getPrototypeOf(async () => {}).constructor;
async function correr({ codigo, cabeceras, cuerpo, secretos, memoria, previo }) {
  const entrada = { first: () => ({ json: { headers: cabeceras } }), all: () => [{ json: {} }] };
  const yo = { helpers: { getBinaryDataBuffer: async () => Buffer.from(cuerpo, 'base64') } };
  const funcion = new Asincrona('$input', '$env', '$getWorkflowStaticData', '$', 'require', codigo);
  const otro = () => ({ first: () => ({ json: previo }) });
  const salida = await funcion.call(
    yo, entrada, { ODONTOCARE_WEBHOOK_SECRETO: secretos }, () => memoria, otro, require);
  return { salida, memoria };
}
Promise.all(casos.map(correr)).then((salidas) => console.log(JSON.stringify(salidas)));
"""
SECRETO, OTRO = f"whsec_{b64encode(bytes(range(32))).decode()}", f"whsec_{b64encode(bytes(32)).decode()}"
CUERPO = json.dumps({"type": "cita.programada.v1", "data": {"motivo": "Añejo ☺"}}, ensure_ascii=False)

con_node = pytest.mark.skipif(not NODE, reason="node is not installed")


def correr(nodo: str, *casos: dict[str, Any]) -> list[dict[str, Any]]:
    codigo = {"codigo": NODOS[nodo]["parameters"]["jsCode"]}
    comunes = {"cuerpo": b64encode(CUERPO.encode()).decode(), "secretos": SECRETO, "memoria": {}}
    entrada = json.dumps([{**codigo, **comunes, **caso} for caso in casos])
    assert NODE
    hecho = subprocess.run([NODE, "-e", CORRER], input=entrada, capture_output=True, text=True, timeout=60)
    assert hecho.returncode == 0, hecho.stderr
    hallado: list[dict[str, Any]] = json.loads(hecho.stdout)
    return hallado


def firmado(secreto: str = SECRETO, *, hace: float = 0, cuerpo: str = CUERPO) -> dict[str, Any]:
    momento = datetime.fromtimestamp(time.time() - hace, UTC)
    firma = Webhook(secreto).sign("evento-1", momento, cuerpo)
    return {"webhook-id": "evento-1", "webhook-timestamp": f"{int(momento.timestamp())}", "webhook-signature": firma}


def veredictos(*casos: dict[str, Any]) -> list[dict[str, Any]]:
    return [uno["salida"][0]["json"] for uno in correr("Verificar firma", *casos)]


@con_node
def test_su_codigo_acepta_lo_que_firma_la_biblioteca() -> None:
    ambas = {
        **firmado(),
        "webhook-signature": f"{firmado(OTRO)['webhook-signature']} {firmado()['webhook-signature']}",
    }
    for veredicto in veredictos(
        {"cabeceras": firmado()},
        {"cabeceras": ambas},
        {"cabeceras": firmado(), "secretos": f"{OTRO} {SECRETO}"},
        {"cabeceras": firmado(), "secretos": SECRETO.removeprefix("whsec_")},
    ):
        esperado = {"vale": True, "id": "evento-1", "repetido": False, "evento": json.loads(CUERPO)}
        assert veredicto == esperado


@con_node
def test_su_codigo_rechaza_lo_demas() -> None:
    firma = firmado()
    malos = [
        {"cabeceras": firmado(OTRO)},
        {"cabeceras": firmado(hace=600)},
        {"cabeceras": firmado(hace=-600)},
        {"cabeceras": firmado(cuerpo=CUERPO + " ")},
        {"cabeceras": {**firma, "webhook-id": "evento-2"}},
        {"cabeceras": {**firma, "webhook-timestamp": "ayer"}},
        {"cabeceras": {**firma, "webhook-signature": firma["webhook-signature"].replace("v1", "v2")}},
        {"cabeceras": {**firma, "webhook-signature": "v1"}},
        {"cabeceras": {**firma, "webhook-signature": "v1,"}},
        *({"cabeceras": {k: v for k, v in firma.items() if k != falta}} for falta in firma),
        # Without a secret nothing can be right, whatever is signed with an empty one.
        {"cabeceras": firma, "secretos": ""},
        {"cabeceras": firma, "secretos": "whsec_ "},
    ]
    for caso, veredicto in zip(malos, veredictos(*malos), strict=True):
        assert veredicto["vale"] is False, caso
        assert veredicto["motivo"]


@con_node
def test_lo_anotado_se_reconoce_cuando_llega_otra_vez() -> None:
    [anotado] = correr(
        "Anotar", {"previo": {"id": "evento-1"}, "memoria": {"vistos": [f"e{n}" for n in range(1000)]}}
    )
    vistos = anotado["memoria"]["vistos"]
    assert (len(vistos), vistos[-1]) == (1000, "evento-1")
    [veredicto] = veredictos({"cabeceras": firmado(), "memoria": {"vistos": vistos}})
    assert (veredicto["vale"], veredicto["repetido"]) == (True, True)
