"""Three visits through the gateway, each as those do it who come, receive and attend: teeth, pressure, eyes."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fhirclient.models.bundle import Bundle
from PIL import Image, ImageDraw

from .conftest import Red, bien, problema, unico_numero
from .consultorio import BASE, Consultorio, dibujo, impreso, otro_medico
from .mundo import EN_POSTGRESQL
from .mundo_historia import Formulario, envio

pytestmark = EN_POSTGRESQL
TOMA = {"forma": "tableta", "via": "oral", "frecuencia": "cada 8 horas", "duracion": "3 días"}
IBUPROFENO = {"medicamento": "Ibuprofeno", "concentracion": "400 mg", "dosis": "1 tableta", "cantidad": 9, **TOMA}
AMOXICILINA = {**IBUPROFENO, "medicamento": "Amoxicilina", "concentracion": "500 mg", "cantidad": 21}


def contiene(texto: str, *dichos: str) -> None:
    assert [dicho for dicho in dichos if dicho not in texto] == [], texto


def png(ancho: int, alto: int, fondo: int, dibujar: Callable[[ImageDraw.ImageDraw], None]) -> bytes:
    imagen = Image.new("L", (ancho, alto), fondo)
    dibujar(ImageDraw.Draw(imagen))
    salida = io.BytesIO()
    imagen.save(salida, "PNG")
    return salida.getvalue()


def radiografia() -> bytes:
    """Four grey teeth, the second with a dark spot."""

    def dientes(lapiz: ImageDraw.ImageDraw) -> None:
        for lugar in range(4):
            lapiz.rounded_rectangle((20 + 90 * lugar, 30, 90 + 90 * lugar, 210), 30, fill=190)
        lapiz.ellipse((125, 40, 155, 80), fill=70)

    return png(400, 240, 25, dientes)


# ---- A dental first visit


@pytest.fixture
def dental(red: Red) -> Consultorio:
    return Consultorio(red, "Odontología general")


def test_una_primera_visita_al_dentista(red: Red, dental: Consultorio) -> None:
    cita = dental.agendar("«Me duele la muela»")
    _historia_y_alergia(dental)
    nota = _nota_con_formulario_033(dental, cita)
    _boca_y_plan(red, dental, cita)
    _documentos(dental, nota)
    _cada_lectura_avisa(dental, nota)
    _recetar(dental, nota)
    _firmar(dental, nota)
    _lo_que_ve_el_paciente(dental, nota)
    _lo_que_no_ve_otro_medico(red, dental, nota)
    _el_expediente(dental, nota)


def _historia_y_alergia(dental: Consultorio) -> None:
    historia = {
        "antecedentes": [
            {"codigo": "diabetes", "respuesta": "si", "detalle": "Tipo 2, con metformina"},
            {"codigo": "hemorragias", "respuesta": "no"},
            {"codigo": "asma", "respuesta": "desconoce"},
        ],
        "familiares": [
            {"codigo": "cancer", "respuesta": "si", "detalle": "De mama", "parentescos": ["madre"]},
        ],
        "habitos": [{"codigo": "bruxismo", "respuesta": "si", "detalle": "Nocturno"}],
        "medicacion": [{"medicamento": "Metformina", "dosis": "850 mg", "frecuencia": "cada 12 horas"}],
    }
    dental.anotar("antecedentes", historia)
    dichos = {uno["codigo"]: uno["respuesta"] for uno in dental.leer("antecedentes")["antecedentes"]}
    assert [dichos[c] for c in ("diabetes", "hemorragias", "asma", "tuberculosis")] == [
        *("si", "no", "desconoce", "no_preguntado"),
    ]
    alergia = {"sustancia": "Penicilina", "tipo": "medicamento", "severidad": "grave", "reaccion": "Anafilaxia"}
    dental.anotar("alergias", {**alergia, "certeza": "confirmada"})
    signos = {"presion_sistolica_mmhg": 118, "presion_diastolica_mmhg": 76, "pulso_lpm": 72, "temperatura_c": 36.6}
    assert dental.anotar("signos-vitales", {**signos, "peso_kg": 62, "talla_cm": 160})["imc"] == 24.2


def _nota_con_formulario_033(dental: Consultorio, cita: int) -> str:
    [codigo] = [c["codigo"] for c in bien(dental.medico.get(f"{BASE}/cie10?q=caries de la dentina"))["datos"]]
    nota = dental.escribir_nota(
        cita,
        tipo="primera_vez",
        enfermedad_actual="Dolor en la 26 desde hace cuatro días, que aumenta con el frío.",
        subjetivo="Dolor 6 de 10 al masticar.",
        objetivo="Caries profunda ocluso-mesial en 26; percusión negativa.",
        analisis="Caries de la dentina sin compromiso pulpar.",
        plan="Restaurar 26. Control en seis meses.",
        diagnosticos=[
            {"codigo_cie10": codigo, "condicion": "definitivo", "principal": True, "pieza_dental": 26},
            {"codigo_cie10": "K05.1", "condicion": "presuntivo"},
        ],
    )
    leida = bien(dental.medico.get(nota))
    assert (leida["estado"], leida["motivo_consulta"]) == ("borrador", "«Me duele la muela»")
    assert [(d["codigo_cie10"], d["condicion"]) for d in leida["diagnosticos"]] == [
        *(("K02.1", "definitivo"), ("K05.1", "presuntivo")),
    ]
    formulario = {
        "estomatognatico": [
            {"region": "labios", "normal": True},
            {"region": "lengua", "normal": False, "detalle": "Lengua saburral"},
        ],
        "higiene": [
            {"pieza": 16, "placa": 2, "calculo": 1, "gingivitis": 1},
            {"pieza": 11, "placa": 1, "calculo": 0, "gingivitis": 0},
        ],
        "enfermedad_periodontal": "leve",
        "angle": "II",
        "fluorosis": "leve",
        "plan_educacional": "Técnica de cepillado e hilo dental.",
        "sesiones": [{"fecha": "2026-01-15", "procedimientos": "Restauración con resina MO de 26"}],
    }
    lleno = dental.cambiar(nota, formulario, "/formulario-033")["formulario_033"]
    assert (lleno["angle"], lleno["placa"], lleno["calculo"]) == ("II", 1.5, 0.5)
    return nota


def _boca_y_plan(red: Red, dental: Consultorio, cita: int) -> None:
    """Something to do and something done; one treatment planned and done, another refused."""
    antes = datetime.now(UTC).isoformat()
    hallazgos = [
        {"pieza": 26, "codigo": "caries", "superficies": "MO", "variante": "dentina", "cita_id": cita},
        {"pieza": 37, "codigo": "caries", "superficies": "O", "cita_id": cita},
        {"pieza": 36, "codigo": "corona", "estado": "realizado", "variante": "porcelana", "cita_id": cita},
        {"pieza": 46, "codigo": "perdida_por_caries", "cita_id": cita},
    ]
    anotados = dental.anotar("odontograma/hallazgos", {"hallazgos": hallazgos})["datos"]
    assert [uno["color"] for uno in anotados] == ["rojo", "rojo", "azul", "azul"]
    assert dental.leer("odontograma")["indices"]["cpo_d"] == {"c": 2, "p": 1, "o": 1, "total": 4}

    nombre = f"Restauración con resina {unico_numero()}"
    resina = bien(red.admin.post("/inventario/tratamientos", {"nombre": nombre, "precio": 40.5}), 201)["id"]
    pedidos = [{"tratamiento_id": resina, "hallazgo_id": uno["id"], "cita_id": cita} for uno in anotados[:2]]
    plan = dental.anotar("planes", {"nombre": "Rehabilitación", "items": pedidos})
    assert (plan["avance"]["total"], [i["nombre"] for i in plan["items"]]) == (81, [nombre] * 2)
    ruta = f"{BASE}/planes/{plan['id']}"
    for estado in ("presentado", "aceptado"):
        bien(dental.medico.patch(f"{ruta}/estado", {"estado": estado}))
    hecho, por_hacer = (f"{ruta}/items/{item['id']}/estado" for item in plan["items"])
    avance = bien(dental.medico.patch(hecho, {"estado": "realizado", "variante": "resina"}))["avance"]
    assert (avance["total_realizado"], avance["total_pendiente"]) == (40.5, 40.5)
    problema(dental.medico.patch(por_hacer, {"estado": "descartado"}), 422)

    despues = dental.leer("odontograma")
    assert despues["indices"]["cpo_d"] == {"c": 1, "p": 1, "o": 2, "total": 4}
    [pieza] = [p for p in despues["piezas"] if p["pieza"] == 26]
    assert [(h["codigo"], h["color"]) for h in pieza["hallazgos"]] == [("restauracion", "azul")]
    cambios = dental.leer("odontograma/diferencias", desde=antes)
    assert {p["pieza"] for p in cambios["piezas"]} == {26, 36, 37, 46}
    boca = dibujo(dental.medico.get(f"{dental.expediente}/odontograma/imagen"))
    assert len(list(boca.iter())) > 52, "a tooth each, at the least"


def _documentos(dental: Consultorio, nota: str) -> None:
    firma = png(200, 80, 255, lambda lapiz: lapiz.line((10, 60, 60, 20, 110, 60, 190, 25), fill=0, width=4))
    textos = bien(dental.medico.get(f"{BASE}/consentimientos/textos?codigo=anestesia_local"))["datos"]
    firmante = {"firmante_nombre": f"María José {dental.apellido}", "firmante_identificacion": "1714307103"}
    consiente = {"texto_id": textos[0]["id"], "version": 1, "acepta": True, "medio": "firma_digital", **firmante}
    dado = dental.anotar("consentimientos", {**consiente, "firma": b64encode(firma).decode(), "pieza": 26})
    assert (dado["estado"], dado["tiene_firma"], dado["texto"]["codigo"]) == ("aceptado", True, "anestesia_local")
    contiene(impreso(dental.medico.get(f"{BASE}/consentimientos/{dado['id']}/pdf")), "1714307103", "anestesia")

    rx = radiografia()
    campos = {"titulo": "Panorámica inicial", "categoria": "radiografia", "pieza": 26, "nota_id": nota.split("/")[-1]}
    subida = dental.medico.call("POST", f"{dental.expediente}/adjuntos", **envio(Formulario(campos, rx)))
    adjunto = bien(subida, 201)
    assert (adjunto["tipo"], adjunto["ancho"], adjunto["alto"]) == ("image/png", 400, 240)
    assert dental.medico.get(adjunto["contenido"]).content == rx
    with Image.open(io.BytesIO(dental.medico.get(adjunto["miniatura"]).content)) as miniatura:
        assert (miniatura.format, max(miniatura.size)) == ("JPEG", 320)
    otra_vez = dental.medico.call("POST", f"{dental.expediente}/adjuntos", **envio(Formulario(campos, rx)))
    problema(otra_vez, 409, "adjunto_duplicado")


def _cada_lectura_avisa(dental: Consultorio, nota: str) -> None:
    """Whatever the doctor opens of the record, she sees the allergy first."""
    lecturas = [dental.leer(parte) for parte in ("antecedentes", "antecedentes/versiones", "alergias", "notas")]
    lecturas += [dental.leer(parte) for parte in ("signos-vitales", "odontograma", "odontograma/hallazgos")]
    lecturas += [dental.leer(parte) for parte in ("planes", "adjuntos", "consentimientos", "periodontogramas")]
    lecturas += [dental.leer(parte) for parte in ("examenes-oftalmologicos", "recetas-opticas", "expediente")]
    lecturas += [dental.leer("retencion"), bien(dental.medico.get(nota))]
    avisos = [lectura["alertas"][0]["descripcion"] for lectura in lecturas]
    assert set(avisos) == {"Alergia a Penicilina: Anafilaxia"}


def _recetar(dental: Consultorio, nota: str) -> None:
    negada = problema(dental.medico.post(f"{nota}/recetas", {"items": [AMOXICILINA]}), 409, "alergia_conocida")
    assert "Penicilina" in str(negada["errores"]) and "Amoxicilina" in negada["detail"]
    receta = bien(dental.medico.post(f"{nota}/recetas", {"items": [IBUPROFENO]}), 201)
    assert (receta["numero"], receta["items"][0]["cantidad_letras"]) == (None, "nueve")


def _firmar(dental: Consultorio, nota: str) -> None:
    firmada = bien(dental.medico.post(f"{nota}/firma"))
    assert (firmada["estado"], firmada["firmante"]) == ("firmada", dental.nombre_del_medico)
    for negada in (
        dental.medico.put(nota, {"plan": "Otro"}, headers={"If-Match": "*"}),
        dental.medico.put(f"{nota}/formulario-033", {"angle": "I"}, headers={"If-Match": "*"}),
        dental.medico.post(f"{nota}/recetas", {"items": [IBUPROFENO]}),
        dental.medico.delete(nota),
    ):
        problema(negada, 409, "nota_firmada")
    enmienda = {"motivo": "Omisión", "texto": "Se indicó dieta blanda."}
    con_enmienda = bien(dental.medico.post(f"{nota}/enmiendas", enmienda), 201)
    assert con_enmienda["huella"] == firmada["huella"] == con_enmienda["enmiendas"][0]["huella_anterior"]


def _lo_que_ve_el_paciente(dental: Consultorio, nota: str) -> None:
    borrador = dental.escribir_nota(dental.agendar("Control", "11:00"), subjetivo="Aún sin revisar")
    paciente = dental.paciente
    assert [f"{BASE}/notas/{n['id']}" for n in bien(paciente.get(f"{dental.expediente}/notas"))["datos"]] == [nota]
    propia = bien(paciente.get(nota))
    assert propia["enmiendas"][0]["texto"] == "Se indicó dieta blanda."
    problema(paciente.get(borrador), 404)
    [receta] = propia["recetas"]
    assert bien(paciente.get(f"{BASE}/recetas/{receta['id']}"))["numero"] == receta["numero"]
    contiene(impreso(paciente.get(f"{BASE}/recetas/{receta['id']}/pdf")), "Ibuprofeno", "nueve", "cada 8 horas")
    for parte in ("odontograma", "adjuntos", "planes"):
        problema(paciente.get(f"{dental.expediente}/{parte}"), 403, "solo_personal")
    suyo = {p["nombre"] for p in bien(paciente.get(f"{dental.expediente}/expediente"))["partes"] if p["datos"]}
    assert suyo == {"notas", "consentimientos"}
    bien(dental.medico.delete(borrador), 204)


def _lo_que_no_ve_otro_medico(red: Red, dental: Consultorio, nota: str) -> None:
    nombre, otra = otro_medico(red)
    for ruta in (nota, f"{dental.expediente}/odontograma", f"{dental.expediente}/expediente/pdf"):
        problema(otra.get(ruta), 404)
    negados = bien(dental.paciente.get(f"{dental.expediente}/accesos?resultado=denegado"))["datos"]
    assert {fila["nombre"] for fila in negados if fila["relacion"] == "ninguna"} == {nombre}


def _el_expediente(dental: Consultorio, nota: str) -> None:
    entero = dental.leer("expediente")
    vacias = {parte["nombre"] for parte in entero["partes"] if not parte["datos"]}
    assert vacias == {"periodontogramas", "examenes_oftalmologicos", "recetas_opticas"}
    impresa = impreso(dental.medico.get(f"{dental.expediente}/expediente/pdf"))
    huella = bien(dental.medico.get(nota))["huella"]
    assert huella in impresa.replace(" ", "")
    contiene(impresa, "Clínica La Mariscal", dental.apellido, "ALERTAS", "Penicilina", "Tipo 2, con metformina")
    contiene(impresa, "Caries profunda ocluso-mesial", "K02.1", "Ibuprofeno", "Se indicó dieta blanda.", "CPO-D")
    formulario = impreso(dental.medico.get(f"{nota}/formulario-033/pdf"))
    contiene(formulario, "HCU-form.033/2021", "«Me duele la muela»", "Lengua saburral", "118/76", "K05.1", "MSP-1234")
    contiene(formulario, "C 1 + P 1 + O 2 = 4")
    respuesta = dental.medico.get(f"{dental.expediente}/expediente/fhir")
    documento = bien(respuesta)
    assert Bundle(documento).as_json() == documento
    tipos = {entrada["resource"]["resourceType"] for entrada in documento["entry"]}
    assert {"Patient", "Encounter", "Condition", "AllergyIntolerance", "Observation", "MedicationRequest"} <= tipos
    assert {"Procedure", "DocumentReference", "Consent"} <= tipos
    assert "Amoxicilina" not in json.dumps(documento)


# ---- A general visit and the one after it


def test_una_visita_general_y_su_control(red: Red) -> None:
    general = Consultorio(red, "Medicina general")
    primera = general.agendar("Dolor de cabeza")
    no_tiene = [{"codigo": "hipertension", "respuesta": "no"}]
    general.anotar("antecedentes", {"antecedentes": no_tiene})
    alta = {"presion_sistolica_mmhg": 168, "presion_diastolica_mmhg": 104, "pulso_lpm": 84, "cita_id": primera}
    tomados = general.anotar("signos-vitales", alta)
    marcados = {(s["campo"], s["sentido"]) for s in tomados["fuera_de_rango"]}
    assert marcados == {("presion_sistolica_mmhg", "alto"), ("presion_diastolica_mmhg", "alto")}
    problema(general.medico.post(f"{general.expediente}/signos-vitales", {"presion_sistolica_mmhg": 900}), 422)
    hallados = bien(general.medico.get(f"{BASE}/cie10?q=hipertension esencial"))["datos"]
    assert "I10" in [uno["codigo"] for uno in hallados]
    diagnostico = {"codigo_cie10": "I10", "condicion": "presuntivo", "principal": True}
    nota = general.escribir_nota(primera, subjetivo="Cefalea matutina", diagnosticos=[diagnostico])
    losartan = {**IBUPROFENO, "medicamento": "Losartán", "concentracion": "50 mg", "cantidad": 30}
    losartan |= {"frecuencia": "cada 24 horas", "duracion": "30 días", "indicaciones": "Por la mañana"}
    receta = bien(general.medico.post(f"{nota}/recetas", {"items": [losartan]}), 201)
    problema(general.medico.get(f"{BASE}/recetas/{receta['id']}/pdf"), 409)
    bien(general.medico.post(f"{nota}/firma"))
    papel = impreso(general.medico.get(f"{BASE}/recetas/{receta['id']}/pdf"))
    contiene(papel, "Losartán 50 mg", "30 (treinta)", "cada 24 horas", "Por la mañana", general.apellido, "MSP-1234")

    control = general.agendar("Control de presión", "12:00")
    medicacion = [{"medicamento": "Losartán", "dosis": "50 mg", "frecuencia": "cada día"}]
    si_tiene = [{"codigo": "hipertension", "respuesta": "si", "detalle": "Desde 2026, con losartán"}]
    # By its other name nobody needs to know of versions.
    otra_ruta = f"/api/historia-clinica/patients/{general.paciente_id}/medical-history"
    segunda = bien(general.medico.post(otra_ruta, {"antecedentes": si_tiene, "medicacion": medicacion}), 201)
    assert (segunda["version"], segunda["alertas"][0]["codigo"]) == (2, "hipertension")
    problema(general.medico.post(f"{general.expediente}/antecedentes", {"antecedentes": no_tiene}), 428)
    antes = {a["codigo"]: a["respuesta"] for a in general.leer("antecedentes", version=1)["antecedentes"]}
    assert antes["hipertension"] == "no"
    cambiado = {uno["campo"] for uno in general.leer("antecedentes/versiones")["datos"][0]["cambios"]}
    assert any("hipertension" in campo for campo in cambiado), cambiado
    normales = {"presion_sistolica_mmhg": 126, "presion_diastolica_mmhg": 80, "cita_id": control}
    assert general.anotar("signos-vitales", normales)["fuera_de_rango"] == []
    otra = general.escribir_nota(
        control, subjetivo="Sin cefalea", diagnosticos=[{**diagnostico, "condicion": "definitivo"}]
    )
    bien(general.medico.post(f"{otra}/firma"))
    con_i10 = general.leer("notas", codigo_cie10="I10")["datos"]
    assert [n["diagnosticos"][0]["condicion"] for n in con_i10] == ["definitivo", "presuntivo"]
    assert [s["presion_sistolica_mmhg"] for s in general.leer("signos-vitales")["datos"]] == [126, 168]


# ---- An eye exam, and how the eye fared


def test_dos_examenes_de_la_vista(red: Red) -> None:
    ojos = Consultorio(red, "Oftalmología")
    cita = ojos.agendar("Visión borrosa de lejos")
    hace_tres_meses = (datetime.now(UTC) - timedelta(days=90)).isoformat()
    primero = ojos.anotar("examenes-oftalmologicos", {**EXAMEN, "cita_id": cita, "momento": hace_tres_meses})
    assert [(a["codigo"], a["ojo"]) for a in primero["avisos"]] == [
        *(("presion_alta", "od"), ("excavacion_amplia", "od"), ("presion_asimetrica", None)),
        ("excavacion_asimetrica", None),
    ]
    assert "mayor que 21" in primero["avisos"][0]["descripcion"]
    assert primero["od"]["refraccion"]["transpuesta"] == "-2.25 +0.75 × 180° ad. +2.00"
    ruta = f"{BASE}/examenes-oftalmologicos/{primero['id']}"
    bien(ojos.medico.post(f"{ruta}/firma"))
    problema(ojos.medico.put(ruta, {"plan": "Otro"}, headers={"If-Match": "*"}), 409, "examen_firmado")
    contiene(impreso(ojos.medico.get(f"{ruta}/pdf")), "20/80", "24 mmHg", "0.65", "H40.0", ojos.apellido)

    lentes = {"uso": "multifocal", "tipo_lente": "progresivo", "material": "policarbonato", "dp_lejos_mm": 62}
    receta = bien(ojos.medico.post(f"{ruta}/recetas-opticas", {**lentes, "tratamientos": ["antirreflejo"]}), 201)
    suya = f"{BASE}/recetas-opticas/{receta['id']}"
    for quien in (ojos.medico, ojos.paciente):
        papel = impreso(quien.get(f"{suya}/pdf"))
        contiene(papel, receta["codigo"], "-1.50", "-0.75", "90°", "+2.00", "antirreflejo", ojos.apellido)
    problema(ojos.paciente.get(ruta), 403, "solo_personal")

    mejor = {"agudeza": {"con_correccion": "20/20"}, "presion": {"mmhg": 17, "metodo": "goldmann"}}
    segunda = ojos.agendar("Control", "11:00")
    control = ojos.anotar("examenes-oftalmologicos", {"cita_id": segunda, "od": mejor, "oi": mejor})
    assert control["avisos"] == []
    bien(ojos.medico.post(f"{BASE}/examenes-oftalmologicos/{control['id']}/firma"))
    evolucion = ojos.leer("oftalmologia/evolucion")
    assert [p["mmhg"] for p in evolucion["presion"]["od"]] == [24, 17]
    assert [a["mejor"] for a in evolucion["agudeza"]["od"]] == [0.02, 0]
    trazos = dibujo(ojos.medico.get(f"{ojos.expediente}/oftalmologia/evolucion/imagen"))
    textos = " ".join("".join(t.itertext()) for t in trazos.iter() if t.tag.endswith("text"))
    contiene(textos, "mmHg", "logMAR")


EXAMEN: dict[str, Any] = {
    "motivo": "Visión borrosa de lejos y control de presión",
    "od": {
        "agudeza": {"sin_correccion": "20/80", "estenopeico": "20/25", "con_correccion": "20/20-1", "cerca": "J1"},
        "refraccion": {"esfera": -1.5, "cilindro": -0.75, "eje": 90, "adicion": 2},
        "presion": {"mmhg": 24, "metodo": "goldmann", "hora": "09:30"},
        "biomicroscopia": {"parpados": "Sin lesiones", "cornea": "Transparente", "cristalino": "NO1 NC1"},
        "fondo": {"papila": "Bordes netos", "excavacion": 0.65, "dilatado": True, "dilatado_con": "Tropicamida 1 %"},
    },
    "oi": {
        "agudeza": {"sin_correccion": "20/40", "con_correccion": "20/20"},
        "refraccion": {"esfera": -1, "adicion": 2},
        "presion": {"mmhg": 18, "metodo": "goldmann", "hora": "09:32"},
        "fondo": {"excavacion": 0.4},
    },
    "diagnosticos": [
        {"descripcion": "Sospecha de glaucoma", "codigo_cie10": "H40.0", "ojo": "od"},
        {"descripcion": "Miopía", "codigo_cie10": "H52.1", "condicion": "definitivo"},
    ],
}
