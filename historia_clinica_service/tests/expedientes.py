"""A record with something in every part of it, written as doctors write it."""

from __future__ import annotations

from typing import Any

from comun.testing.client import ApiClient, ok

from .archivos import adjuntar, trazo
from .oftalmologia import firmado
from .vecinos import Vecinos

BASE = "/historia-clinica/pacientes/1"
FORMULARIO: dict[str, Any] = {
    "estomatognatico": [
        {"region": "labios", "normal": True},
        {"region": "lengua", "normal": False, "detalle": "Lengua saburral"},
        {"region": "atm", "normal": False, "detalle": "Chasquido derecho a la apertura"},
    ],
    "higiene": [
        {"pieza": 16, "placa": 2, "calculo": 1, "gingivitis": 1},
        {"pieza": 11, "placa": 1, "calculo": 0, "gingivitis": 0},
        {"pieza": 36, "placa": 3, "calculo": 2, "gingivitis": 1},
    ],
    "enfermedad_periodontal": "leve",
    "angle": "II",
    "examenes": ["rayos_x"],
    "plan_diagnostico": "Radiografía panorámica.",
    "plan_terapeutico": "Restauración con resina de 26; corona de 46.",
    "plan_educacional": "Técnica de cepillado e hilo dental.",
    "sesiones": [{"fecha": "2026-01-15", "procedimientos": "Restauración con resina MO de 26"}],
}


def escribir_expediente(medico: ApiClient, vecinos: Vecinos) -> dict[str, Any]:
    """Patient 1 at her first visit to the dentist, and to the ophthalmologist; the ids of the note and the exam."""
    _antecedentes(medico)
    signos = {"presion_sistolica_mmhg": 150, "presion_diastolica_mmhg": 95, "pulso_lpm": 72, "temperatura_c": 36.6}
    ok(medico.post(f"{BASE}/signos-vitales", {**signos, "peso_kg": 70, "talla_cm": 165, "cita_id": 1}), 201)
    _boca(medico, vecinos)
    nota = _nota(medico)
    examen = firmado(medico)
    receta = {
        "uso": "multifocal",
        "tipo_lente": "progresivo",
        "dp_lejos_mm": 62,
        "od": {"prisma": 1.5, "base": "nasal"},
    }
    ok(medico.post(f"/historia-clinica/examenes-oftalmologicos/{examen}/recetas-opticas", receta), 201)
    _documentos(medico)
    return {"nota": nota, "examen": examen}


def _antecedentes(medico: ApiClient) -> None:
    historia = {
        "antecedentes": [
            {"codigo": "diabetes", "respuesta": "si", "detalle": "Tipo 2, con metformina"},
            {"codigo": "hemorragias", "respuesta": "no"},
            {"codigo": "asma", "respuesta": "desconoce"},
        ],
        "familiares": [{"codigo": "cancer", "respuesta": "si", "detalle": "De mama", "parentescos": ["madre"]}],
        "habitos": [{"codigo": "tabaco", "respuesta": "si", "cigarrillos_dia": 5}],
        "condiciones": [{"descripcion": "Hipotiroidismo", "codigo_cie10": "E03.9", "desde_ano": 2010}],
        "medicacion": [{"medicamento": "Metformina", "dosis": "850 mg", "frecuencia": "cada 12 horas"}],
        "cirugias": [{"que": "Apendicectomía", "ano": 1999}],
    }
    ok(medico.post(f"{BASE}/antecedentes", historia), 201)
    alergia = {"sustancia": "Penicilina", "tipo": "medicamento", "severidad": "grave", "reaccion": "Anafilaxia"}
    ok(medico.post(f"{BASE}/alergias", {**alergia, "certeza": "confirmada"}), 201)


def _boca(medico: ApiClient, vecinos: Vecinos) -> None:
    hallazgos = [
        {"pieza": 26, "codigo": "caries", "superficies": "MO", "variante": "dentina", "cita_id": 1},
        {"pieza": 36, "codigo": "corona", "estado": "realizado", "cita_id": 1},
        {"pieza": 46, "codigo": "perdida_por_caries", "cita_id": 1},
    ]
    ok(medico.post(f"{BASE}/odontograma/hallazgos", {"hallazgos": hallazgos}), 201)
    sitios = {"mv": {"sondaje": 5, "margen": 2, "sangrado": True}, "l": {"sondaje": 2}}
    ok(medico.post(f"{BASE}/periodontogramas", {"piezas": [{"pieza": 16, "furca": 1, "sitios": sitios}]}), 201)
    resina = {"id": 4, "codigo": "ODO-003", "nombre": "Resina", "precio": 40.5, "activo": True}
    vecinos.tratamientos = {4: {**resina, "duracion_minutos": 30, "tarifa_iva": 0}}
    ok(
        medico.post(f"{BASE}/planes", {"nombre": "Rehabilitación", "items": [{"tratamiento_id": 4, "pieza": 26}]}),
        201,
    )


def _nota(medico: ApiClient) -> int:
    texto = {
        "tipo": "primera_vez",
        "motivo_consulta": "«Me duele la muela»",
        "enfermedad_actual": "Dolor en 26 desde hace cuatro días, que aumenta con el frío.",
        "objetivo": "Caries profunda ocluso-mesial en 26; percusión negativa.",
        "plan": "Restaurar 26. Control en 6 meses.",
        "diagnosticos": [
            {"codigo_cie10": "K02.1", "condicion": "definitivo", "principal": True, "pieza_dental": 26},
            {"codigo_cie10": "K05.1", "condicion": "presuntivo"},
        ],
    }
    nota = ok(medico.post("/historia-clinica/citas/1/notas", texto), 201)
    camino = f"/historia-clinica/notas/{nota['id']}"
    ok(medico.put(f"{camino}/formulario-033", FORMULARIO, headers={"If-Match": "*"}))
    farmaco = {"medicamento": "Ibuprofeno", "concentracion": "400 mg", "forma": "tableta", "via": "oral"}
    toma = {"dosis": "1 tableta", "frecuencia": "cada 8 horas", "duracion": "3 días", "cantidad": 9}
    ok(medico.post(f"{camino}/recetas", {"items": [{**farmaco, **toma}]}), 201)
    ok(medico.post(f"{camino}/firma"))
    ok(medico.post(f"{camino}/enmiendas", {"motivo": "Omisión", "texto": "Se indicó dieta blanda."}), 201)
    return int(nota["id"])


def _documentos(medico: ApiClient) -> None:
    textos = ok(medico.get("/historia-clinica/consentimientos/textos", query_string={"codigo": "endodoncia"}))
    firmante = {"firmante_nombre": "María José Núñez", "firmante_identificacion": "1714307103"}
    dado = {"texto_id": textos["datos"][0]["id"], "acepta": True, "medio": "firma_digital", "firma": trazo()}
    ok(medico.post(f"{BASE}/consentimientos", {**dado, **firmante}), 201)
    ok(adjuntar(medico, titulo="Panorámica inicial"), 201)
