"""What is asked of a person's history: each question has a code, and each answer is explicit.

The questions of `formulario_033` are those of the form 033 (stomatology) of Ecuador's Ministry of Health; the family
history is that of its common sheets. The rest is what a dentist, an ophthalmologist or a general doctor must know.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Respuesta(StrEnum):
    """An answer. What was never asked is told apart from a no, and from what the person doesn't know."""

    SI = "si"
    NO = "no"
    DESCONOCE = "desconoce"
    NO_PREGUNTADO = "no_preguntado"


class Severidad(StrEnum):
    """How bad it may become, from the least to the worst."""

    LEVE = "leve"
    MODERADA = "moderada"
    GRAVE = "grave"


class Grupo(StrEnum):
    """Where a question comes from, for whoever shows the form."""

    FORMULARIO_033 = "formulario_033"
    GENERAL = "general"
    OFTALMOLOGIA = "oftalmologia"
    FAMILIAR = "familiar"
    HABITO = "habito"


@dataclass(frozen=True)
class Pregunta:
    """A question. `alerta`: a yes must be seen at every look at the record, and how grave it is."""

    codigo: str
    nombre: str
    grupo: Grupo
    alerta: Severidad | None = None


def _todas(grupo: Grupo, *filas: tuple[str, str] | tuple[str, str, Severidad]) -> dict[str, Pregunta]:
    return {fila[0]: Pregunta(fila[0], fila[1], grupo, fila[2] if len(fila) == 3 else None) for fila in filas}


_MODERADA, _GRAVE = Severidad.MODERADA, Severidad.GRAVE

ANTECEDENTES: Mapping[str, Pregunta] = {
    **_todas(
        Grupo.FORMULARIO_033,
        ("alergia_antibiotico", "Alergia a antibióticos", _GRAVE),
        ("alergia_anestesia", "Alergia a la anestesia", _GRAVE),
        ("hemorragias", "Hemorragias", _GRAVE),
        # No alert: precautions are universal, and who needs to know reads the history.
        ("vih_sida", "VIH/SIDA"),
        ("tuberculosis", "Tuberculosis", _MODERADA),
        ("asma", "Asma", _MODERADA),
        ("diabetes", "Diabetes", _MODERADA),
        ("hipertension", "Hipertensión", _MODERADA),
        ("enfermedad_cardiaca", "Enfermedad cardíaca", _GRAVE),
        ("otro", "Otro antecedente"),
    ),
    **_todas(
        Grupo.GENERAL,
        ("cirugias", "Cirugías"),
        ("hospitalizaciones", "Hospitalizaciones"),
        ("transfusiones", "Transfusiones"),
        ("medicacion_habitual", "Medicación habitual"),
        ("anticoagulantes", "Anticoagulantes o antiagregantes", _GRAVE),
        ("bifosfonatos", "Bifosfonatos o denosumab", _GRAVE),
        ("corticoides", "Corticoides por largo tiempo", _MODERADA),
        ("inmunosupresion", "Inmunosupresión", _GRAVE),
        ("embarazo", "Embarazo", _GRAVE),
        ("lactancia", "Lactancia", _MODERADA),
        ("cancer", "Cáncer", _MODERADA),
        ("radioterapia_cabeza_cuello", "Radioterapia de cabeza o cuello", _GRAVE),
        ("enfermedad_renal", "Enfermedad renal", _MODERADA),
        ("enfermedad_hepatica", "Enfermedad hepática", _MODERADA),
        ("hepatitis", "Hepatitis", _MODERADA),
        ("tiroides", "Enfermedad de la tiroides"),
        ("epilepsia", "Epilepsia o convulsiones", _MODERADA),
        ("protesis_valvular", "Prótesis valvular o endocarditis previa", _GRAVE),
        ("marcapasos", "Marcapasos o desfibrilador", _GRAVE),
        ("protesis_articular", "Prótesis articular"),
        ("enfermedad_mental", "Enfermedad mental"),
        ("its", "Infecciones de transmisión sexual"),
        ("covid_19", "COVID-19 con complicaciones"),
        ("reaccion_anestesica_familiar", "Reacción grave a la anestesia, propia o familiar", _GRAVE),
    ),
    **_todas(
        Grupo.OFTALMOLOGIA,
        ("glaucoma", "Glaucoma", _MODERADA),
        ("cirugia_ocular", "Cirugía ocular"),
        ("trauma_ocular", "Trauma ocular"),
        ("lentes_contacto", "Lentes de contacto"),
        ("lentes_correctivos", "Anteojos"),
        ("estrabismo_ambliopia", "Estrabismo o ambliopía"),
        ("uveitis", "Uveítis"),
        ("desprendimiento_retina", "Desprendimiento de retina"),
    ),
}

FAMILIARES: Mapping[str, Pregunta] = _todas(
    Grupo.FAMILIAR,
    ("cardiopatia", "Cardiopatía"),
    ("diabetes", "Diabetes"),
    ("enfermedad_cerebrovascular", "Enfermedad cerebrovascular"),
    ("hipertension", "Hipertensión"),
    ("cancer", "Cáncer"),
    ("tuberculosis", "Tuberculosis"),
    ("enfermedad_mental", "Enfermedad mental"),
    ("enfermedad_infecciosa", "Enfermedad infecciosa"),
    ("malformacion", "Malformación"),
    ("hemofilia", "Hemofilia u otra coagulopatía"),
    ("glaucoma", "Glaucoma"),
    ("ceguera", "Ceguera"),
    ("otro", "Otro"),
)

HABITOS: Mapping[str, Pregunta] = _todas(
    Grupo.HABITO,
    ("tabaco", "Tabaco"),
    ("alcohol", "Alcohol"),
    ("drogas", "Drogas"),
    ("bruxismo", "Bruxismo"),
    ("onicofagia", "Onicofagia"),
    ("succion_digital", "Succión digital"),
    ("respiracion_bucal", "Respiración bucal"),
    ("interposicion_lingual", "Interposición lingual"),
    ("mordisqueo_objetos", "Mordisqueo de objetos"),
    ("cafe", "Café"),
    ("pantallas", "Pantallas más de cuatro horas al día"),
)

PARENTESCOS = (
    "madre",
    "padre",
    "hermano",
    "hijo",
    "abuelo_materno",
    "abuelo_paterno",
    "tio",
    "primo",
    "otro",
)
