#!/usr/bin/env python3
"""A doctor opens, writes and signs a record and prints it; another doctor is refused; the patient sees who looked."""

import tempfile
from pathlib import Path

from ayuda import Demo, Inesperado, ejecutar

from odontocare_client import OdontoCareClient

H = "/historia-clinica"
ANTECEDENTES = {
    "antecedentes": [
        {"codigo": "hipertension", "respuesta": "si", "detalle": "En tratamiento"},
        {"codigo": "hemorragias", "respuesta": "no"},
    ],
    "medicacion": [{"medicamento": "Losartán", "dosis": "50 mg", "frecuencia": "cada día"}],
}
SIGNOS = {"presion_sistolica_mmhg": 150, "presion_diastolica_mmhg": 95, "pulso_lpm": 76, "temperatura_c": 36.7}
NOTA = {
    "motivo_consulta": "«Me duele la muela»",
    "objetivo": "Caries en la pieza 26; percusión negativa.",
    "plan": "Restaurar 26.",
    "diagnosticos": [{"codigo_cie10": "K02.1", "condicion": "definitivo", "principal": True, "pieza_dental": 26}],
}
HALLAZGOS = [
    {"pieza": 26, "codigo": "caries", "superficies": "MO"},
    {"pieza": 36, "codigo": "restauracion", "superficies": "O", "estado": "realizado", "variante": "resina"},
]


def demo(d: Demo) -> None:
    secretaria, medico = d.entrar("secretaria"), d.entrar("medico")
    datos, _ = d.participantes(secretaria)
    datos["doctor_id"] = medico.get("/auth/perfil")["doctor_id"]
    cita = d.reservar(secretaria, **datos, motivo_consulta="Dolor de muela")
    suyo = f"{H}/pacientes/{datos['paciente_id']}"

    d.paso("La cita abre el expediente a su médico: pregunta los antecedentes y mide los signos vitales")
    antes = medico.request("GET", f"{suyo}/antecedentes")
    version = {"If-Match": antes.headers["ETag"]}
    historia = medico.request("POST", f"{suyo}/antecedentes", json=ANTECEDENTES, headers=version).body
    d.mostrar(historia["alertas"])
    signos = medico.post(f"{suyo}/signos-vitales", {**SIGNOS, "cita_id": cita["id"]}).body
    d.mostrar(signos["fuera_de_rango"])
    d.comprobar(bool(signos["alertas"]), "las alertas acompañan a todo lo que se lee y escribe")

    d.paso("Anota lo que ve en la boca, escribe su nota y la firma")
    pedido = {"hallazgos": [{**uno, "cita_id": cita["id"]} for uno in HALLAZGOS]}
    hallazgos = medico.post(f"{suyo}/odontograma/hallazgos", pedido).body["datos"]
    d.mostrar(medico.get(f"{suyo}/odontograma")["indices"])
    nota = medico.post(f"{H}/citas/{cita['id']}/notas", NOTA).headers["Location"]
    firmada = medico.post(f"{nota}/firma").body
    d.paso(f"Firmada por {firmada['firmante']}; SHA-256 {firmada['huella']}")
    d.rechaza(409, "nota_firmada", lambda: medico.put(nota, {"plan": "Otro"}, If_Match="*"))

    carpeta = Path(tempfile.mkdtemp(prefix="odontocare-"))
    guardar(d, medico, f"{suyo}/odontograma/imagen", carpeta / "odontograma.svg", b"<svg")
    guardar(d, medico, f"{suyo}/expediente/pdf", carpeta / "expediente.pdf", b"%PDF")

    otro = d.entrar("medico", 1)
    d.rechaza(404, "no_encontrado", lambda: otro.get(f"{suyo}/expediente"))

    paciente = d.entrar("paciente")
    d.comprobar(paciente.get(nota)["estado"] == "firmada", "el paciente lee su nota firmada")
    accesos = paciente.get(f"{suyo}/accesos", tamano=20)["datos"]
    d.paso("Y ve quién abrió su expediente, y quién no pudo")
    d.mostrar([{campo: uno[campo] for campo in ("momento", "nombre", "que", "resultado")} for uno in accesos[:3]])
    d.comprobar("denegado" in {uno["resultado"] for uno in accesos}, "el rechazo también quedó anotado")

    for hallazgo in hallazgos:
        anular = {"estado": "anulado", "motivo": "Era una demostración"}
        medico.patch(f"{H}/hallazgos/{hallazgo['id']}/estado", anular)
    medico.patch(f"/citas/{cita['id']}/estado", {"estado": "completada"})
    d.paso("Los hallazgos quedan anulados y la cita completada; lo firmado queda")


def guardar(d: Demo, api: OdontoCareClient, ruta: str, archivo: Path, comienzo: bytes) -> None:
    """Saves what the API draws or prints."""
    respuesta, _ = api.send("GET", ruta)
    if respuesta.status_code != 200 or comienzo not in respuesta.content[:200]:
        raise Inesperado(f"{ruta} respondió {respuesta.status_code}: {respuesta.text[:200]}")
    archivo.write_bytes(respuesta.content)
    d.paso(f"Guardado: {archivo}")


if __name__ == "__main__":
    ejecutar(demo)
