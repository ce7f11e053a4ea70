"""The table of rights of the clinical record, with a body that does each thing.

Only doctors write in a record, and only who wrote a draft changes or signs it; an administrator reads; a patient
reads what is signed of his own. Somebody else's record is as if it were not there; whom no permission lets into any
record is not tried again with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .mundo_historia import EMERGENCIA, EXAMEN, ITEM, LENTES, SONDAJE, adjunto, consentimiento, hallazgos
from .mundo_historia import alergia as una_alergia
from .mundo_historia import plan as un_plan
from .mundo_historia import texto as un_texto

if TYPE_CHECKING:
    from .mundo import Mundo

TABLA = """
#                                                                     admin secretaria medico paciente
GET    /historia-clinica/cie10?q=caries                 -               200  200  200  403
GET    /historia-clinica/odontograma/catalogo           -               200  403  200  200
GET    /historia-clinica/bitacora                       -               200  403  403  403
GET    /historia-clinica/emergencias                    -               200  403  403  403
GET    /historia-clinica/emergencias/{emergencia}       -               200  403  403  403
PATCH  /historia-clinica/emergencias/{nueva_emergencia}/revision revisada 200 403 403 403
GET    /historia-clinica/estadisticas/exportacion?desde=2026-01-01&hasta=2026-12-31 - 200 403 403 403
GET    /historia-clinica/consentimientos/textos         -               200  403  200  200
POST   /historia-clinica/consentimientos/textos         texto           201  403  403  403
GET    /historia-clinica/consentimientos/textos/{texto} -               200  403  200  200
PATCH  /historia-clinica/consentimientos/textos/{nuevo_texto}/estado retira 200 403 403 403

EN_CADA_EXPEDIENTE
POST   RECORD/{nuevo_paciente}/emergencias              emergencia      403  403  201  403
POST   RECORD/{paciente}/emergencias                    emergencia      403  403  409  403
PUT    RECORD/{paciente}/retencion                      retiene         200  403  403  403
GET    RECORD/{paciente}/consentimientos/hoja?texto_id={texto} -        200  403  200  200
GET    RECORD/{paciente_ajeno}/consentimientos/hoja?texto_id={texto} -  .    .    404  404
GET    RECORD/{paciente}/odontograma/diferencias?desde=2026-01-01 -     200  403  200  403
GET    RECORD/{paciente_ajeno}/odontograma/diferencias?desde=2026-01-01 - .   .   404  404

GET    /historia-clinica/citas/{cita}/notas             -               200  403  200  200
GET    /historia-clinica/citas/{cita_ajena}/notas       -               .    .    404  404
POST   /historia-clinica/citas/{nueva_cita}/notas       nota            403  403  201  403
POST   /historia-clinica/citas/{nueva_cita_ajena}/notas nota            .    .    404  .
GET    /historia-clinica/notas/{nota}                   -               200  403  200  404
GET    /historia-clinica/notas/{nota_firmada}           -               200  403  200  200
GET    /historia-clinica/notas/{nota_firmada_ajena}     -               .    .    404  404
PUT    /historia-clinica/notas/{nota}                   escribe         403  403  200  403
PUT    /historia-clinica/notas/{nota_firmada}           escribe         403  403  409  403
PUT    /historia-clinica/notas/{nota_ajena}             escribe         .    .    404  .
DELETE /historia-clinica/notas/{nueva_nota}             -               403  403  204  403
DELETE /historia-clinica/notas/{nota_ajena}             -               .    .    404  .
PUT    /historia-clinica/notas/{nota}/formulario-033    form_033        403  403  200  403
PUT    /historia-clinica/notas/{nota_ajena}/formulario-033 form_033     .    .    404  .
GET    /historia-clinica/notas/{nota}/formulario-033/pdf -              200  403  200  403
GET    /historia-clinica/notas/{nota_ajena}/formulario-033/pdf -        .    .    404  404
POST   /historia-clinica/notas/{nueva_nota}/firma       -               403  403  200  403
POST   /historia-clinica/notas/{nota_ajena}/firma       -               .    .    404  .
POST   /historia-clinica/notas/{nota_firmada}/enmiendas enmienda        403  403  201  403
POST   /historia-clinica/notas/{nota_firmada_ajena}/enmiendas enmienda  .    .    404  .
POST   /historia-clinica/notas/{nota}/recetas           receta_nueva    403  403  201  403
POST   /historia-clinica/notas/{nota_ajena}/recetas     receta_nueva    .    .    404  .
GET    /historia-clinica/recetas/{receta}               -               200  403  200  404
GET    /historia-clinica/recetas/{receta_emitida}       -               200  403  200  200
GET    /historia-clinica/recetas/{receta_emitida_ajena} -               .    .    404  404
PUT    /historia-clinica/recetas/{receta}               receta_nueva    403  403  200  403
PUT    /historia-clinica/recetas/{receta_ajena}         receta_nueva    .    .    404  .
DELETE /historia-clinica/recetas/{nueva_receta}         -               403  403  204  403
DELETE /historia-clinica/recetas/{receta_ajena}         -               .    .    404  .
GET    /historia-clinica/recetas/{receta_emitida}/pdf   -               200  403  200  200
GET    /historia-clinica/recetas/{receta_emitida_ajena}/pdf -           .    .    404  404

EN_CADA_COSA
PUT    /historia-clinica/alergias/{alergia}             alergia         403  403  200  403
PUT    /historia-clinica/alergias/{alergia_ajena}       alergia         .    .    404  .
PATCH  /historia-clinica/alergias/{nueva_alergia}/estado inactiva       403  403  200  403
PATCH  /historia-clinica/alergias/{alergia_ajena}/estado inactiva       .    .    404  .
DELETE /historia-clinica/alergias/{nueva_alergia}       -               403  403  204  403
DELETE /historia-clinica/alergias/{alergia_ajena}       -               .    .    404  .
PATCH  /historia-clinica/signos-vitales/{nuevos_signos}/estado anula    403  403  200  403
PATCH  /historia-clinica/signos-vitales/{signos_ajenos}/estado anula    .    .    404  .
PATCH  /historia-clinica/hallazgos/{nuevo_hallazgo}/estado anula_       403  403  200  403
PATCH  /historia-clinica/hallazgos/{hallazgo_ajeno}/estado anula_       .    .    404  .
PUT    /historia-clinica/periodontogramas/{periodontograma} sondaje     403  403  200  403
PUT    /historia-clinica/periodontogramas/{periodontograma_ajeno} sondaje .   .   404  .
DELETE /historia-clinica/periodontogramas/{nuevo_periodontograma} -     403  403  204  403
DELETE /historia-clinica/periodontogramas/{periodontograma_ajeno} -     .    .    404  .
PATCH  /historia-clinica/periodontogramas/{nuevo_periodontograma}/estado cerrado 403 403 200 403
PATCH  /historia-clinica/periodontogramas/{periodontograma_ajeno}/estado cerrado .   .   404 .
GET    /historia-clinica/periodontogramas/{periodontograma}/imagen -    200  403  200  403
GET    /historia-clinica/periodontogramas/{periodontograma_ajeno}/imagen - .   .   404 404
PUT    /historia-clinica/planes/{plan}                  plan            403  403  200  403
PUT    /historia-clinica/planes/{plan_ajeno}            plan            .    .    404  .
PATCH  /historia-clinica/planes/{nuevo_plan}/estado     presenta        403  403  200  403
PATCH  /historia-clinica/planes/{plan_ajeno}/estado     presenta        .    .    404  .
PATCH  /historia-clinica/planes/{plan_en_marcha}/items/{item}/estado programa 403 403 200 403
PATCH  /historia-clinica/planes/{plan_ajeno}/items/{item}/estado programa .   .   404  .
GET    /historia-clinica/adjuntos/{adjunto}/contenido   -               200  403  200  403
GET    /historia-clinica/adjuntos/{adjunto_ajeno}/contenido -           .    .    404  404
GET    /historia-clinica/adjuntos/{adjunto}/miniatura   -               200  403  200  403
GET    /historia-clinica/adjuntos/{adjunto_ajeno}/miniatura -           .    .    404  404
DELETE /historia-clinica/adjuntos/{nuevo_adjunto}?motivo=Repetido -     403  403  204  403
DELETE /historia-clinica/adjuntos/{adjunto_ajeno}?motivo=Repetido -     .    .    404  .
POST   /historia-clinica/consentimientos/{nuevo_consentimiento}/revocacion revoca 403 403 201 403
POST   /historia-clinica/consentimientos/{consentimiento_ajeno}/revocacion revoca .   .   404 .
GET    /historia-clinica/consentimientos/{consentimiento} -             200  403  200  200
GET    /historia-clinica/consentimientos/{consentimiento_ajeno} -       .    .    404  404
GET    /historia-clinica/consentimientos/{consentimiento}/pdf -         200  403  200  200
GET    /historia-clinica/consentimientos/{consentimiento_ajeno}/pdf -   .    .    404  404
PUT    /historia-clinica/examenes-oftalmologicos/{examen} examen        403  403  200  403
PUT    /historia-clinica/examenes-oftalmologicos/{examen_ajeno} examen  .    .    404  .
DELETE /historia-clinica/examenes-oftalmologicos/{nuevo_examen} -       403  403  204  403
DELETE /historia-clinica/examenes-oftalmologicos/{examen_ajeno} -       .    .    404  .
POST   /historia-clinica/examenes-oftalmologicos/{nuevo_examen}/firma - 403  403  200  403
POST   /historia-clinica/examenes-oftalmologicos/{examen_ajeno}/firma - .    .    404  .
GET    /historia-clinica/examenes-oftalmologicos/{examen}/pdf -         200  403  200  403
GET    /historia-clinica/examenes-oftalmologicos/{examen_ajeno}/pdf -   .    .    404  404
POST   /historia-clinica/examenes-oftalmologicos/{examen_firmado}/recetas-opticas lentes 403 403 201 403
POST   /historia-clinica/examenes-oftalmologicos/{examen_firmado_ajeno}/recetas-opticas lentes .   .   404 .
GET    /historia-clinica/recetas-opticas/{receta_optica} -              200  403  200  200
GET    /historia-clinica/recetas-opticas/{receta_optica_ajena} -        .    .    404  404
PATCH  /historia-clinica/recetas-opticas/{nueva_receta_optica}/estado anula_receta 403 403 200 403
PATCH  /historia-clinica/recetas-opticas/{receta_optica_ajena}/estado anula_receta .   .   404 .
GET    /historia-clinica/recetas-opticas/{receta_optica}/pdf -          200  403  200  200
GET    /historia-clinica/recetas-opticas/{receta_optica_ajena}/pdf -    .    .    404  404

# By their other names.
GET    /api/v1/patients/{paciente}/history              -               200  403  200  200
GET    /api/v1/patients/{paciente_ajeno}/history        -               .    .    404  404
GET    /api/historia-clinica/patients/{paciente}/medical-history -      200  403  200  403
GET    /api/historia-clinica/patients/{paciente_ajeno}/medical-history - .   .   404  404
POST   /api/historia-clinica/patients/{paciente}/medical-history antecedentes 403 403 201 403
POST   /api/historia-clinica/patients/{paciente_ajeno}/medical-history antecedentes .   .   404 .
GET    /api/historia-clinica/patients/{paciente}/notes  -               200  403  200  200
GET    /api/historia-clinica/patients/{paciente_ajeno}/notes -          .    .    404  404
GET    /api/historia-clinica/appointments/{cita}/notes  -               200  403  200  200
GET    /api/historia-clinica/appointments/{cita_ajena}/notes -          .    .    404  404
POST   /api/historia-clinica/appointments/{nueva_cita}/notes nota       403  403  201  403
POST   /api/historia-clinica/appointments/{nueva_cita_ajena}/notes nota .    .    404  .
PUT    /api/historia-clinica/notes/{nota}               escribe         403  403  200  403
PUT    /api/historia-clinica/notes/{nota_ajena}         escribe         .    .    404  .
"""

# Reads of a record: what it is, and what a patient is answered who asks for it of his own.
_LECTURAS = {
    **dict.fromkeys(("accesos", "expediente", "expediente/pdf", "expediente/fhir"), 200),
    **dict.fromkeys(("notas", "consentimientos", "recetas-opticas"), 200),
    **dict.fromkeys(("antecedentes", "antecedentes/versiones", "alergias", "signos-vitales", "retencion"), 403),
    **dict.fromkeys(("odontograma", "odontograma/hallazgos", "odontograma/imagen", "periodontogramas"), 403),
    **dict.fromkeys(("planes", "adjuntos", "examenes-oftalmologicos"), 403),
    **dict.fromkeys(("oftalmologia/evolucion", "oftalmologia/evolucion/imagen"), 403),
}
# Writes into a record, each with the body that does it.
_ESCRITURAS = {
    "antecedentes": "antecedentes",
    "alergias": "alergia",
    "signos-vitales": "signos",
    "odontograma/hallazgos": "hallazgos",
    "periodontogramas": "sondaje",
    "planes": "plan",
    "adjuntos": "adjunto",
    "consentimientos": "consiente_a",
    "examenes-oftalmologicos": "examen",
}
# Single things that only the staff reads.
_COSAS = {
    "alergias": ("alergia", "alergia_ajena"),
    "signos-vitales": ("signos", "signos_ajenos"),
    "hallazgos": ("hallazgo", "hallazgo_ajeno"),
    "periodontogramas": ("periodontograma", "periodontograma_ajeno"),
    "planes": ("plan", "plan_ajeno"),
    "adjuntos": ("adjunto", "adjunto_ajeno"),
    "examenes-oftalmologicos": ("examen", "examen_ajeno"),
}
_EXPEDIENTE = "/historia-clinica/pacientes"


def tabla() -> str:
    """The whole table: what is so for every part of a record is written out."""
    expediente = [
        *(f"GET {_EXPEDIENTE}/{{paciente}}/{que} - 200 403 200 {suyo}" for que, suyo in _LECTURAS.items()),
        *(f"GET {_EXPEDIENTE}/{{paciente_ajeno}}/{que} - . . 404 404" for que in _LECTURAS),
        *(f"POST {_EXPEDIENTE}/{{paciente}}/{q} {cuerpo} 403 403 201 403" for q, cuerpo in _ESCRITURAS.items()),
        *(f"POST {_EXPEDIENTE}/{{paciente_ajeno}}/{q} {c} . . 404 ." for q, c in _ESCRITURAS.items()),
    ]
    cosas = [
        f"GET /historia-clinica/{ruta}/{{{cual}}} - {esperado}"
        for ruta, nombres in _COSAS.items()
        for cual, esperado in zip(nombres, ("200 403 200 403", ". . 404 404"), strict=True)
    ]
    todo = TABLA.replace("EN_CADA_EXPEDIENTE", "\n".join(expediente)).replace("EN_CADA_COSA", "\n".join(cosas))
    return todo.replace("RECORD/", f"{_EXPEDIENTE}/")


CUERPOS: dict[str, Callable[[Mundo], Any]] = {
    "adjunto": lambda _m: adjunto(),
    "alergia": una_alergia,
    "antecedentes": lambda _m: {"antecedentes": [{"codigo": "asma", "respuesta": "no"}]},
    "anula": lambda _m: {"estado": "anulado", "motivo": "De otro paciente"},
    "anula_": lambda _m: {"estado": "anulado", "motivo": "De otra pieza"},
    "anula_receta": lambda _m: {"estado": "anulada", "motivo": "Se repitió el examen"},
    "cerrado": lambda _m: {"estado": "cerrado"},
    "consiente_a": consentimiento,
    "emergencia": lambda _m: EMERGENCIA,
    "enmienda": lambda _m: {"motivo": "Omisión", "texto": "Se indicó dieta blanda."},
    "escribe": lambda m: {"plan": m.palabra("Obturar")},
    "examen": lambda _m: EXAMEN,
    "form_033": lambda _m: {"angle": "II"},
    "hallazgos": lambda _m: hallazgos(),
    "inactiva": lambda _m: {"estado": "inactiva", "motivo": "Ya tolera"},
    "lentes": lambda _m: LENTES,
    "nota": lambda _m: {"subjetivo": "Dolor al masticar"},
    "plan": un_plan,
    "presenta": lambda _m: {"estado": "presentado"},
    "programa": lambda m: {"estado": "programado", "cita_id": m["cita"]},
    "receta_nueva": lambda _m: {"items": [ITEM]},
    "retiene": lambda _m: {"retencion_legal": True, "motivo": "Lo ordena el juez"},
    "retira": lambda _m: {"estado": "retirado", "motivo": "Hay otro mejor"},
    "revisada": lambda _m: {"justificada": True},
    "revoca": lambda _m: {"nombre": "Eva Persona", "identificacion": "1714307103", "motivo": "Cambió de parecer"},
    "signos": lambda _m: {"pulso_lpm": 72},
    "sondaje": lambda _m: SONDAJE,
    "texto": un_texto,
}
