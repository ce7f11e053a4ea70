"""Records as they could have been, of any length, for `historia.py`: rows for the tables of the service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from historia_clinica.dominio.antecedentes import reunir
from historia_clinica.dominio.sello import sellar
from historia_clinica.modelos import (
    Alergia,
    Anotacion,
    Antecedentes,
    Cabeza,
    CentroRef,
    CitaRef,
    Diagnostico,
    DoctorRef,
    ExamenOftalmologico,
    ExamenOjo,
    Hallazgo,
    Nota,
    PacienteRef,
    Receta,
    RecetaItem,
    SignosVitales,
)
from historia_clinica.modelos.bitacora import PRIMER_SELLO

CLAVE = "clave-de-medicion-0123456789-0123456789"
DOCTOR, CENTRO = 7, 1
TANDA = 10_000
CODIGOS = (("K02.1", "Caries de la dentina"), ("K05.1", "Gingivitis crónica"), ("K08.1", "Pérdida de dientes"))
PIEZAS = (16, 17, 26, 27, 36, 37, 46, 47)
AHORA = datetime.now(UTC)
TEXTO = "Acude a control; refiere molestia leve al masticar, sin sangrado. Se explica el plan y consiente. " * 3

Filas = list[dict[str, Any]]
Tandas = Iterator[tuple[Any, Filas]]


class Red:
    """Everything that is written, in the order in which tables refer to each other."""

    FIRMAR_NOTAS = f"""
        UPDATE nota SET firmada_en = momento, firmante = 'Ana Doctora', firmada_por = 'usuario:107', forma = 1,
            huella = '{"0" * 64}'
    """  # noqa: S608
    FIRMAR_EXAMENES = f"""
        UPDATE examen_oftalmologico SET firmado_en = momento, firmante = 'Ana Doctora', firmado_por = 'usuario:107',
            forma = 1, huella = '{"0" * 64}'
    """  # noqa: S608

    def __init__(self) -> None:
        self.notas = self.filas = 0
        self._recetas = self._examenes = 0
        self._sello = PRIMER_SELLO

    def catalogos(self) -> Tandas:
        """One doctor, one centre, and the head of the trace."""
        persona = {"nombres": "Ana Lucía", "apellidos": "Muñoz", "especialidades": ["Odontología general"]}
        yield DoctorRef.__table__, [{"id": DOCTOR, "secuencia": 1, "activo": True, **persona}]
        centro = {"nombre": "Centro Norte", "zona_horaria": "America/Guayaquil"}
        yield CentroRef.__table__, [{"id": CENTRO, "secuencia": 1, "activo": True, **centro}]

    def expediente(self, paciente: int, notas: int, accesos: int) -> Tandas:
        """A patient with so many of what is written at each visit, and his share of what is written now and then."""
        yield PacienteRef.__table__, [_paciente(paciente)]
        visitas = max(notas, 1)
        citas = [_cita(paciente, n, visitas) for n in range(visitas)]
        yield CitaRef.__table__, citas
        if notas:
            yield from self._visitas(citas)
            yield from self._de_vez_en_cuando(paciente, notas)
        yield from self._trazas([paciente] * accesos)

    def ajenos(self, primero: int, cuantos: int) -> Tandas:
        """So many records with one visit each, and two looks at it."""
        for inicio in range(primero, primero + cuantos, TANDA):
            tanda = range(inicio, min(inicio + TANDA, primero + cuantos))
            citas = [_cita(paciente, 0, 1) for paciente in tanda]
            yield PacienteRef.__table__, [_paciente(paciente) for paciente in tanda]
            yield CitaRef.__table__, citas
            yield from self._visitas(citas)
            yield from self._trazas([paciente for paciente in tanda for _ in range(2)])
        yield Cabeza.__table__, [{"id": 1, "numero": self.filas, "sello": self._sello}]

    def _visitas(self, citas: Filas) -> Tandas:
        """A note with its diagnosis, vital signs, and a prescription at one in four."""
        primera = self.notas + 1
        self.notas += len(citas)
        con_id = list(enumerate(citas, primera))
        yield Nota.__table__, [_nota(n, cita) for n, cita in con_id]
        yield Diagnostico.__table__, [_diagnostico(n) for n, _ in con_id]
        yield SignosVitales.__table__, [_signos(n, cita) for n, cita in con_id]
        if recetadas := [(n, cita) for n, cita in con_id if n % 4 == 0]:
            ids = range(self._recetas + 1, self._recetas + 1 + len(recetadas))
            self._recetas += len(recetadas)
            yield (
                Receta.__table__,
                [_receta(uno, n, cita) for uno, (n, cita) in zip(ids, recetadas, strict=True)],
            )
            yield RecetaItem.__table__, [_item(uno) for uno in ids]

    def _de_vez_en_cuando(self, paciente: int, notas: int) -> Tandas:
        """What of it holds now is the same in every record; the longer ones have more that held once."""
        versiones = max(notas // 20, 1)
        suyas = [_antecedentes(paciente, n, versiones) for n in range(1, versiones + 1)]
        yield Antecedentes.__table__, suyas
        yield Alergia.__table__, [_alergia(paciente, n) for n in range(max(notas // 20, 3))]
        yield Hallazgo.__table__, [_hallazgo(paciente, n) for n in range(max(notas // 10, 8))]
        examenes = range(self._examenes + 1, self._examenes + 1 + max(notas // 10, 2))
        self._examenes = examenes[-1]
        yield ExamenOftalmologico.__table__, [_examen(uno, paciente) for uno in examenes]
        yield ExamenOjo.__table__, [_ojo(uno, ojo) for uno in examenes for ojo in ("od", "oi")]

    def _trazas(self, pacientes: list[int]) -> Tandas:
        filas = []
        for paciente in pacientes:
            self.filas += 1
            fila = _traza(self.filas, paciente)
            fila["sello"] = self._sello = sellar(fila, self._sello, CLAVE)
            filas.append(fila)
        if filas:
            yield Anotacion.__table__, filas


def _hace(numero: int) -> datetime:
    return AHORA - timedelta(days=numero % 3000, minutes=numero % 600)


def _sellos(momento: datetime) -> dict[str, Any]:
    return {"creado_en": momento, "actualizado_en": momento, "version": 1}


def _paciente(numero: int) -> dict[str, Any]:
    datos = {"nombres": "María José", "apellidos": f"Núñez {numero}", "estado_paciente": "activo"}
    return {"id": numero, "secuencia": 1, "anonimizado": False, **datos}


def _cita(paciente: int, numero: int, de: int) -> dict[str, Any]:
    momento = AHORA - timedelta(days=de - numero, minutes=paciente % 600)
    quienes = {"paciente_id": paciente, "doctor_id": DOCTOR, "centro_id": CENTRO}
    cita_id = paciente if numero == 0 else 10_000_000 + paciente * 10_000 + numero
    return {"id": cita_id, "secuencia": 1, **quienes, "fecha_hora": momento, "estado": "completada"}


def _nota(numero: int, cita: dict[str, Any]) -> dict[str, Any]:
    de_la_cita = {campo: cita[campo] for campo in ("paciente_id", "doctor_id", "centro_id")}
    momento = cita["fecha_hora"]
    dicho = {"tipo": "subsecuente", "motivo_consulta": "Control", "subjetivo": TEXTO, "plan": TEXTO}
    return {"id": numero, "cita_id": cita["id"], "momento": momento, **de_la_cita, **dicho, **_sellos(momento)}


def _diagnostico(nota: int) -> dict[str, Any]:
    codigo, nombre = CODIGOS[nota % len(CODIGOS)]
    dicho = {"codigo_cie10": codigo, "nombre": nombre, "condicion": "definitivo", "principal": True}
    return {"nota_id": nota, "orden": 0, "pieza_dental": PIEZAS[nota % len(PIEZAS)], **dicho}


def _signos(numero: int, cita: dict[str, Any]) -> dict[str, Any]:
    momento = cita["fecha_hora"]
    medidos = {"presion_sistolica_mmhg": 110 + numero % 40, "presion_diastolica_mmhg": 70, "pulso_lpm": 72}
    de_quien = {"paciente_id": cita["paciente_id"], "doctor_id": DOCTOR, "cita_id": cita["id"]}
    return {**de_quien, "tomado_en": momento, "estado": "valido", **medidos, **_sellos(momento)}


def _receta(numero: int, nota: int, cita: dict[str, Any]) -> dict[str, Any]:
    momento = cita["fecha_hora"]
    de_quien = {campo: cita[campo] for campo in ("paciente_id", "doctor_id", "centro_id")}
    emitida = {"numero": numero, "emitida_en": momento, "alergias_confirmadas": []}
    return {"id": numero, "nota_id": nota, **de_quien, **emitida, **_sellos(momento)}


def _item(receta: int) -> dict[str, Any]:
    farmaco = {"medicamento": "Ibuprofeno", "concentracion": "400 mg", "forma": "tableta", "via": "oral"}
    toma = {"dosis": "1 tableta", "frecuencia": "cada 8 horas", "duracion": "3 días", "cantidad": 9}
    return {"receta_id": receta, "orden": 0, **farmaco, **toma, "cantidad_letras": "nueve"}


def _antecedentes(paciente: int, numero: int, de: int) -> dict[str, Any]:
    contenido = reunir({"antecedentes": [{"codigo": "diabetes", "respuesta": "si", "detalle": "Tipo 2"}]})
    escritos = {"contenido": contenido, "cambios": [], "doctor_id": DOCTOR, "vigente": numero == de}
    return {"paciente_id": paciente, "numero": numero, **escritos, **_sellos(_hace(numero))}


def _alergia(paciente: int, numero: int) -> dict[str, Any]:
    activa = numero < 3
    dicha = {"sustancia": f"Sustancia {numero}", "sustancia_plegada": f"sustancia {numero}", "tipo": "medicamento"}
    estado = {"estado": "activa"} if activa else {"estado": "descartada", "motivo_estado": "Se probó y la tolera"}
    grado = {"severidad": "grave", "certeza": "referida", "doctor_id": DOCTOR}
    return {"paciente_id": paciente, "motivo_estado": None, **dicha, **estado, **grado, **_sellos(_hace(numero))}


def _hallazgo(paciente: int, numero: int) -> dict[str, Any]:
    dicho = {"pieza": PIEZAS[numero % len(PIEZAS)], "superficies": "O", "codigo": "caries", "estado": "por_hacer"}
    anulado = numero >= len(PIEZAS)
    nota_al_margen = {
        "anulado_en": AHORA if anulado else None,
        "anulado_por": "usuario:107" if anulado else None,
        "motivo_anulacion": "Otra pieza" if anulado else None,
    }
    quien = {"paciente_id": paciente, "doctor_id": DOCTOR, "por": "usuario:107", "variante": "dentina"}
    return {**quien, **dicho, **nota_al_margen, "ocurrido_en": _hace(numero), **_sellos(_hace(numero))}


def _examen(numero: int, paciente: int) -> dict[str, Any]:
    dicho = {"motivo": "Control de presión", "diagnosticos": [], "plan": "Control en 6 meses"}
    return {
        **{"id": numero, "paciente_id": paciente, "doctor_id": DOCTOR, "momento": _hace(numero)},
        **dicho,
        **_sellos(_hace(numero)),
    }


def _ojo(examen: int, ojo: str) -> dict[str, Any]:
    return {
        **{
            "examen_id": examen,
            "ojo": ojo,
            "presion_mmhg": 15 + examen % 8,
            "presion_metodo": "goldmann",
            "hallazgos": {},
        },
        **{"av_con_correccion": "20/20", "av_con_correccion_logmar": 0},
    }


def _traza(numero: int, paciente: int) -> dict[str, Any]:
    denegada = numero % 50 == 0
    return {
        **{"numero": numero, "momento": AHORA - timedelta(seconds=300_000 - numero), "paciente_id": paciente},
        **{"actor": "usuario:108" if denegada else "usuario:107", "nombre": "dra.7", "rol": "medico"},
        **{"doctor_id": 8 if denegada else DOCTOR, "accion": "leer", "que": "notas", "recurso_id": None},
        **{"resultado": "denegado" if denegada else "permitido", "relacion": "ninguna" if denegada else "medico"},
        **{"motivo": "sin relación" if denegada else None, "huella": None, "direccion_ip": "127.0.0.1"},
        **{"traza": f"traza-{numero:08}"},
    }
