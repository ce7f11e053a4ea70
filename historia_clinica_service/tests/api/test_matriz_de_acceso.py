"""The record is closed: who may do what with whose, and the one row that each try leaves in the trace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from comun.auth.permissions import views
from comun.db import now
from comun.testing.client import ApiClient, ok, problem
from historia_clinica.casos_de_uso.intentos import POR_SU_ID
from historia_clinica.extensiones import db
from historia_clinica.modelos import Anotacion, Emergencia, PlanItem

from ..archivos import adjuntar
from ..conftest import como_medico
from ..expedientes import FORMULARIO, escribir_expediente
from ..fabricas import conocer_cita, conocer_doctor, conocer_paciente
from ..vecinos import Vecinos
from .test_notas import RECETA, camino, escribir

RAIZ = "/historia-clinica"


def filas(app: Flask, desde: int = 0) -> list[Anotacion]:
    """The rows of the trace behind a number."""
    with app.app_context():
        return list(db.session.scalars(select(Anotacion).where(Anotacion.numero > desde).order_by(Anotacion.numero)))


@dataclass
class Quien:
    """Somebody who calls. `relacion` as the trace must tell it; `autor`: it is he who wrote the draft."""

    api: ApiClient
    relacion: str
    actor: str
    doctor_id: int | None = None
    autor: bool = False
    paciente_id: int = 1  # whom he asks for
    sin_permiso: bool = False


def _medicos(app: Flask, api: ApiClient) -> Iterator[tuple[str, Quien]]:
    """Doctors by what they had to do with patient 1."""
    por_cita = {
        "programada": {"fecha_hora": now() + timedelta(days=3)},
        "confirmada": {"fecha_hora": now() + timedelta(days=3)},
        "completada": {"fecha_hora": now() - timedelta(days=900)},
        "no_asistio": {},
        "cancelada": {},
    }
    for doctor, (estado, campos) in enumerate(por_cita.items(), 10):
        conocer_doctor(app, doctor)
        conocer_cita(app, doctor, doctor_id=doctor, estado=estado, **campos)
        yield estado, _medico(api, doctor, "ninguna" if estado == "cancelada" else "medico")
    yield "médico de otros", _medico(api, 8, "ninguna")
    for doctor, horas in (20, 1), (21, -1):
        conocer_doctor(app, doctor)
        with app.app_context():
            hasta = now() + timedelta(hours=horas)
            desde, motivo = hasta - timedelta(hours=4), "Llega inconsciente"
            db.session.add(Emergencia(paciente_id=1, doctor_id=doctor, motivo=motivo, desde=desde, hasta=hasta))
            db.session.commit()
        yield f"emergencia {horas} h", _medico(api, doctor, "emergencia" if horas > 0 else "ninguna")
    conocer_paciente(app, 2, fusionado_en_id=1)
    conocer_doctor(app, 22)
    conocer_cita(app, 22, doctor_id=22, paciente_id=2, estado="completada")
    yield "médico de la ficha fusionada", _medico(api, 22, "medico", paciente_id=2)


def _medico(api: ApiClient, doctor: int, relacion: str, **campos: Any) -> Quien:
    return Quien(como_medico(api, doctor), relacion, f"usuario:{100 + doctor}", doctor, **campos)


def quienes(app: Flask, api: ApiClient, medico: ApiClient) -> dict[str, Quien]:
    """Each kind of caller."""
    conocer_paciente(app, 3)
    # With all permissions that there are: they are not what a record is closed by.
    pacientes = {n: api.as_("paciente", sub=str(200 + n), paciente_id=n) for n in (1, 2, 3)}
    secretaria = {"sub": "300", "centros": [1], "nombre_usuario": "rosa"}
    return {
        "admin": Quien(api, "red", "usuario:1"),
        "admin que es su médico": Quien(api.as_("admin", sub="110", doctor_id=10), "medico", "usuario:110", 10),
        "admin que es médico de otros": Quien(api.as_("admin", sub="108", doctor_id=8), "red", "usuario:108", 8),
        "su médico": Quien(medico, "medico", "usuario:107", 7, autor=True),
        **dict(_medicos(app, api)),
        "secretaria": Quien(api.as_("secretaria", **secretaria), "ninguna", "usuario:300"),
        "secretaria sin permiso": Quien(
            api.as_("secretaria", [], **secretaria), "ninguna", "usuario:300", sin_permiso=True
        ),
        "paciente": Quien(pacientes[1], "propio", "usuario:201"),
        "la ficha fusionada": Quien(pacientes[2], "propio", "usuario:202", paciente_id=2),
        "otro paciente": Quien(pacientes[3], "ninguna", "usuario:203"),
        "servicio": Quien(api.as_("servicio"), "red", "servicio:prueba"),
    }


@dataclass
class Ruta:
    """What is tried: the action and the part as the trace must tell them."""

    metodo: str
    ruta: str
    accion: str
    que: str
    recurso_id: int | None = None
    cuerpo: dict[str, Any] | None = None
    al_paciente: bool = False
    solo_autor: bool = False

    def negativa(self, quien: Quien) -> tuple[int, str] | None:
        """With what status and reason it is denied."""
        if quien.sin_permiso:
            return 403, "no_permitido"
        if quien.relacion == "ninguna":
            return 404, "sin relación"
        if quien.relacion == "propio" and not self.al_paciente:
            return 403, "solo_personal"
        if self.metodo == "POST" and quien.relacion == "red":
            return 403, "solo_medico"
        if self.solo_autor and not quien.autor:
            return 403, "solo_su_autor"
        return None


def test_matriz_de_acceso(app: Flask, api: ApiClient, medico: ApiClient) -> None:
    todos = quienes(app, api, medico)
    firmada = escribir(medico)
    ok(medico.post(camino(firmada, "/firma")))
    borrador = escribir(medico)
    del_paciente = f"{RAIZ}/pacientes/{{0}}"
    rutas = [
        Ruta("GET", f"{del_paciente}/signos-vitales", "leer", "signos_vitales"),
        Ruta("HEAD", f"{del_paciente}/antecedentes", "leer", "antecedentes"),
        Ruta("GET", camino(firmada), "leer", "notas", firmada["id"], al_paciente=True),
        Ruta("POST", f"{del_paciente}/signos-vitales", "escribir", "signos_vitales", cuerpo={"pulso_lpm": 70}),
        Ruta("POST", camino(borrador, "/firma"), "firmar", "notas", borrador["id"], solo_autor=True),
        Ruta("GET", f"{del_paciente}/odontograma/imagen", "imprimir", "odontograma"),
        Ruta("GET", f"{del_paciente}/expediente?completo=si", "exportar", "expediente", al_paciente=True),
    ]
    vistas = len(filas(app))
    for nombre, quien in todos.items():
        for ruta in rutas:
            respuesta = quien.api.call(ruta.metodo, ruta.ruta.format(quien.paciente_id), json=ruta.cuerpo)
            (fila,) = filas(app, vistas)
            vistas += 1
            dicho = (nombre, ruta.metodo, ruta.ruta)
            assert (respuesta.status_code, hecho(fila)) == esperado(quien, ruta, respuesta), dicho
            assert (fila.traza, fila.direccion_ip) == (respuesta.headers["X-Request-ID"], "127.0.0.1"), dicho


def hecho(fila: Anotacion) -> dict[str, Any]:
    """What a row says."""
    campos = ("actor", "doctor_id", "paciente_id", "accion", "que", "recurso_id", "resultado", "relacion", "motivo")
    return {campo: getattr(fila, campo) for campo in campos}


def esperado(quien: Quien, ruta: Ruta, respuesta: TestResponse) -> tuple[int, dict[str, Any]]:
    """How it must end, and what the row must say."""
    negativa = ruta.negativa(quien)
    fila = {
        "actor": quien.actor,
        "doctor_id": quien.doctor_id,
        "paciente_id": 1,
        "accion": ruta.accion,
        "que": ruta.que,
        "recurso_id": ruta.recurso_id,
        "resultado": "denegado" if negativa else "permitido",
        "relacion": quien.relacion,
        "motivo": negativa[1] if negativa else None,
    }
    if quien.sin_permiso and "completo" in ruta.ruta:
        fila["accion"] = "leer"  # what the permission of the view is called
    if negativa is None and ruta.solo_autor:
        fila["que"] = "nota"  # what was signed, with its hash
    creado = 201 if ruta.metodo == "POST" and not ruta.solo_autor else 200
    return negativa[0] if negativa else creado, fila


# What a write must be sent so that it gets as far as to whom it is about. Routes without one take no body.
MOTIVO = {"motivo": "Se anotó por error"}
CUERPOS: dict[str, dict[str, Any]] = {
    "POST /citas/<id:cita_id>/notas": {"plan": "Control"},
    "PUT /notas/<id:nota_id>": {"plan": "Control"},
    "PUT /notas/<id:nota_id>/formulario-033": FORMULARIO,
    "POST /notas/<id:nota_id>/enmiendas": {**MOTIVO, "texto": "Era la 26"},
    "POST /notas/<id:nota_id>/recetas": RECETA,
    "PUT /recetas/<id:receta_id>": RECETA,
    "POST /pacientes/<id:paciente_id>/alergias": {"sustancia": "Yodo", "tipo": "medicamento", "severidad": "leve"},
    "PUT /alergias/<id:alergia_id>": {"severidad": "leve"},
    "PATCH /alergias/<id:alergia_id>/estado": {"estado": "descartada", **MOTIVO},
    "POST /pacientes/<id:paciente_id>/antecedentes": {},
    "POST /pacientes/<id:paciente_id>/signos-vitales": {"pulso_lpm": 70},
    "PATCH /signos-vitales/<id:signos_id>/estado": {"estado": "anulado", **MOTIVO},
    "POST /pacientes/<id:paciente_id>/odontograma/hallazgos": {"hallazgos": [{"pieza": 16, "codigo": "sellante"}]},
    "PATCH /hallazgos/<id:hallazgo_id>/estado": {"estado": "anulado", **MOTIVO},
    "POST /pacientes/<id:paciente_id>/periodontogramas": {"piezas": [{"pieza": 16}]},
    "PUT /periodontogramas/<id:periodontograma_id>": {"observaciones": "x"},
    "PATCH /periodontogramas/<id:periodontograma_id>/estado": {"estado": "cerrado"},
    "POST /pacientes/<id:paciente_id>/planes": {"nombre": "Plan"},
    "PUT /planes/<id:plan_id>": {"nombre": "Plan"},
    "PATCH /planes/<id:plan_id>/estado": {"estado": "presentado"},
    "PATCH /planes/<id:plan_id>/items/<id:item_id>/estado": {"estado": "descartado", **MOTIVO},
    "POST /pacientes/<id:paciente_id>/examenes-oftalmologicos": {"motivo": "Control"},
    "PUT /examenes-oftalmologicos/<id:examen_id>": {"motivo": "Control"},
    "POST /examenes-oftalmologicos/<id:examen_id>/recetas-opticas": {"uso": "lejos", "tipo_lente": "monofocal"},
    "PATCH /recetas-opticas/<id:receta_id>/estado": {"estado": "anulada", **MOTIVO},
    "POST /pacientes/<id:paciente_id>/consentimientos": {
        "texto_id": 1,
        "acepta": True,
        "medio": "verbal",
        "firmante_nombre": "María Núñez",
        "firmante_identificacion": "1714307103",
        "testigo_nombre": "Rosa Recepción",
    },
    "POST /consentimientos/<id:consentimiento_id>/revocacion": {
        **MOTIVO,
        "nombre": "María Núñez",
        "identificacion": "1714307103",
    },
    "PUT /pacientes/<id:paciente_id>/retencion": {"retencion_legal": True, **MOTIVO},
}
PREGUNTAS = {
    "GET /pacientes/<id:paciente_id>/odontograma/diferencias": {"desde": "2026-01-01"},
    "GET /pacientes/<id:paciente_id>/consentimientos/hoja": {"texto_id": "1"},
    "DELETE /adjuntos/<id:adjunto_id>": MOTIVO,
}
# They tell nothing of a record to whom they let in.
FUERA_DEL_EXPEDIENTE = {
    "POST /pacientes/<id:paciente_id>/emergencias",  # opens it to the other doctor, and leaves a row
    "GET /emergencias/<id:emergencia_id>",  # the administration's, as the list of them
    "PATCH /emergencias/<id:emergencia_id>/revision",  # the administration's, of what a doctor wrote; leaves a row
    "GET /consentimientos/textos/<id:texto_id>",  # texts, of nobody
    "PATCH /consentimientos/textos/<id:texto_id>/estado",
}


def rutas_con_ids(app: Flask) -> list[tuple[str, str, str]]:
    """Method, route, and both in short, of all views that are about something in particular."""
    todas = ((metodo, regla) for regla, metodo, _ in views(app) if "<id:" in regla)
    return [(metodo, regla, f"{metodo} {regla.removeprefix(RAIZ)}") for metodo, regla in todas]


def test_toda_vista_de_un_expediente_pregunta_quien_la_llama(
    app: Flask, api: ApiClient, medico: ApiClient, vecinos: Vecinos
) -> None:
    escribir_expediente(medico, vecinos)
    vistas = len(filas(app))
    rutas = rutas_con_ids(app)
    assert FUERA_DEL_EXPEDIENTE | CUERPOS.keys() | PREGUNTAS.keys() <= {corta for _, _, corta in rutas}
    ajeno = api.as_("medico", [*app.extensions["comun"].permissions], sub="108", doctor_id=8)
    sin_permiso = api.as_("secretaria", [], sub="300", centros=[1])
    casos = (ajeno, 404, "sin relación"), (sin_permiso, 403, "no_permitido")
    for metodo, regla, corta in rutas:
        if corta in FUERA_DEL_EXPEDIENTE:
            continue
        ruta = con_ids(app, regla)
        dichos = []
        for quien, estado, motivo in casos:
            dichos.append(problem(pedir(quien, metodo, ruta, corta), estado)["detail"])
            (fila,) = filas(app, vistas)
            vistas += 1
            assert (fila.resultado, fila.motivo, fila.paciente_id) == ("denegado", motivo, 1), corta
        if "<id:paciente_id>" not in regla:  # of those there is no telling which exist
            ninguna = problem(pedir(ajeno, metodo, re.sub(r"/\d+", "/999999", ruta), corta), 404)
            assert ninguna["detail"] == dichos[0], corta


def con_ids(app: Flask, regla: str) -> str:
    """The route of what patient 1 has of it."""
    with app.app_context():
        modelo = POR_SU_ID.get(regla.split("/")[2])
        uno = db.session.scalar(select(db.func.max(modelo.id))) if modelo else 1
        item = db.session.scalar(select(db.func.max(PlanItem.id)))
    return re.sub(r"<id:\w+>", str(uno), regla.replace("<id:item_id>", str(item)))


def pedir(quien: ApiClient, metodo: str, ruta: str, corta: str) -> TestResponse:
    """Ask for it with all that the view takes."""
    if corta == "POST /pacientes/<id:paciente_id>/adjuntos":
        return adjuntar(quien)
    cuerpo = None if metodo in ("GET", "DELETE") else CUERPOS.get(corta)
    preguntas = PREGUNTAS.get(corta)
    return quien.call(metodo, ruta, json=cuerpo, query_string=preguntas, headers={"If-Match": "*"})
