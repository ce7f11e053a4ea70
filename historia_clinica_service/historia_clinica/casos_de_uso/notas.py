"""Notes of care: written at an appointment, signed, amended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Conflict, Forbidden, Invalid
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, buscar, buscar_escribiendo
from historia_clinica.casos_de_uso.bitacora import anotar_firma
from historia_clinica.casos_de_uso.cie10 import codigos_usables
from historia_clinica.casos_de_uso.citas_conocidas import acceder_en_cita
from historia_clinica.casos_de_uso.firmas import huella_de_enmienda, huella_de_nota, sellar_firma
from historia_clinica.casos_de_uso.momentos import en_periodo
from historia_clinica.casos_de_uso.odontograma import indices_en
from historia_clinica.casos_de_uso.recetas import emitir_recetas, exigir_alergias_confirmadas
from historia_clinica.dominio.notas import TEXTOS, defectos_de_diagnosticos, falta_para_firmar
from historia_clinica.eventos.emitidos import anunciar_firma
from historia_clinica.extensiones import db
from historia_clinica.modelos import CitaRef, Diagnostico, Enmienda, Nota

QUE = "notas"
_IGUALES = ("doctor_id", "centro_id", "cita_id", "tipo", "especialidad")
# Nobody was seen at these.
_SIN_ATENCION = ("cancelada", "no_asistio")


def notas_de(acceso: Acceso, filtro: Mapping[str, Any]) -> Select[tuple[Nota]]:
    """The notes of a record that the filter asks for; a patient sees the signed ones."""
    consulta = acceso.lista(Nota).options(*Nota.cargar())
    consulta = consulta.filter_by(**{campo: filtro[campo] for campo in _IGUALES if campo in filtro})
    estado = "firmada" if acceso.solo_firmado else filtro.get("estado")
    if estado is not None:
        firmada = Nota.firmada_en.is_not(None)
        consulta = consulta.where(firmada if estado == "firmada" else ~firmada)
    consulta = en_periodo(consulta, Nota.momento, filtro)
    if "codigo_cie10" in filtro:
        con = select(Diagnostico.nota_id).where(Diagnostico.codigo_cie10 == filtro["codigo_cie10"])
        consulta = consulta.where(Nota.id.in_(con))
    return consulta


def una_nota(nota_id: int, accion: Accion = Accion.LEER) -> tuple[Nota, Acceso]:
    """A note by its id. NotFound also of a draft, when a patient asks."""
    return buscar(Nota, nota_id, accion, QUE)


def borrador_propio(nota_id: int, que: str = QUE) -> tuple[Nota, Acceso]:
    """The caller's own draft, locked. Forbidden when it is another's, Conflict when it is signed."""
    nota, acceso = buscar_escribiendo(Nota, nota_id, que)
    acceso.exigir_autor(nota)
    nota.exigir_borrador()
    return nota, acceso


def exigir_cita_propia(cita: CitaRef, acceso: Acceso) -> None:
    """Forbidden when the appointment is with another doctor, but in an emergency; Conflict when nobody was seen."""
    if cita.doctor_id != acceso.autor.id and not acceso.emergencia:
        raise Forbidden("cita_de_otro_medico", "La cita es de otro médico.")
    _exigir_atencion(cita)


def _exigir_atencion(cita: CitaRef) -> None:
    if cita.estado in _SIN_ATENCION:
        estado = cita.estado.replace("_", " ").replace("asistio", "asistió")
        raise Conflict("cita_sin_atencion", f"La cita está como «{estado}»: no hubo atención de la que escribir.")


def escribir_nota(cita_id: int, datos: Mapping[str, Any]) -> tuple[Nota, Acceso]:
    """Begin a note at an appointment, as a draft. Invalid when a diagnosis is none."""
    cita, acceso = acceder_en_cita(cita_id, Accion.ESCRIBIR, QUE)
    exigir_cita_propia(cita, acceso)
    nota = Nota(
        paciente_id=acceso.paciente_id,
        cita_id=cita.id,
        centro_id=cita.centro_id,
        doctor_id=acceso.autor.id,
        momento=cita.fecha_hora,
        **{campo: datos.get(campo) for campo in ("tipo", "especialidad", *TEXTOS)},
    )
    nota.motivo_consulta = nota.motivo_consulta or cita.motivo_consulta
    if nota.especialidad is None and len(acceso.autor.especialidades) == 1:
        nota.especialidad = acceso.autor.especialidades[0]
    nota.diagnosticos = diagnosticos_de(datos.get("diagnosticos", ()))
    nota.formulario = None
    db.session.add(nota)
    db.session.flush()
    return releer(nota), acceso


def cambiar_nota(nota_id: int, cambios: Mapping[str, Any]) -> tuple[Nota, Acceso]:
    """Change what is given of the caller's own draft; the diagnoses come whole."""
    nota, acceso = borrador_propio(nota_id)
    check_version(nota)
    for campo in ("tipo", "especialidad", *TEXTOS):
        if campo in cambios:
            setattr(nota, campo, cambios[campo])
    if "diagnosticos" in cambios:
        nuevos = diagnosticos_de(cambios["diagnosticos"])
        nota.diagnosticos = []
        db.session.flush()  # before the new ones: their places and the principal are unique
        nota.diagnosticos = nuevos
    nota.touch()
    return nota, acceso


def borrar_nota(nota_id: int) -> None:
    """Throw the caller's own draft away, with its prescriptions."""
    nota, _ = borrador_propio(nota_id)
    check_version(nota)
    for receta in nota.recetas:
        receta.eliminar()
    nota.eliminar()


def diagnosticos_de(dados: Sequence[Mapping[str, Any]]) -> list[Diagnostico]:
    """Diagnoses as they are kept. Invalid, by place from 0, when a code is none, or they don't go together."""
    usables = codigos_usables(uno["codigo_cie10"] for uno in dados)
    defectos: dict[Any, dict[str, list[str]]] = {
        lugar: {"codigo_cie10": ["No es un código CIE-10 del catálogo con el que se diagnostique."]}
        for lugar, uno in enumerate(dados)
        if uno["codigo_cie10"] not in usables
    }
    if defectos := defectos or defectos_de_diagnosticos(dados):
        raise Invalid({"diagnosticos": defectos})
    return [
        Diagnostico(
            orden=orden,
            nombre=usables[uno["codigo_cie10"]].nombre_es,
            **{campo: uno.get(campo) for campo in ("codigo_cie10", "condicion", "pieza_dental", "ojo", "detalle")},
            principal=bool(uno.get("principal")),
        )
        for orden, uno in enumerate(dados)
    ]


def firmar_nota(nota_id: int) -> tuple[Nota, Acceso]:
    """Sign the caller's own draft with all that stands in it. Signing it again changes nothing.

    Forbidden when it is another's, Conflict `nota_vacia` when there is nothing in it, `alergia_conocida` when it
    prescribes what by now an allergy is known to, `cita_sin_atencion` when by now nobody was seen.
    """
    nota, acceso = buscar_escribiendo(Nota, nota_id, QUE, Accion.FIRMAR)
    acceso.exigir_autor(nota)
    check_version(nota)
    if nota.firmada:
        return nota, acceso
    if falta := falta_para_firmar(vars(nota), nota.diagnosticos, nota.formulario is not None):
        raise Conflict("nota_vacia", falta)
    _exigir_atencion(db.session.get_one(CitaRef, nota.cita_id))
    exigir_alergias_confirmadas(nota.recetas, acceso)
    emitir_recetas(nota)
    if nota.formulario is not None:  # filled in before the mouth was charted, maybe
        nota.formulario.indices = indices_en(acceso, now())
        db.session.flush()  # before the signature, after which nothing changes
    sellar_firma(nota, acceso.autor, caller())
    nota.huella = huella_de_nota(nota)
    db.session.flush()
    anotar_firma(acceso, recurso="nota", recurso_id=nota.id, huella=nota.huella)
    anunciar_firma(nota)
    return nota, acceso


def enmendar(nota_id: int, datos: Mapping[str, Any]) -> tuple[Nota, Acceso]:
    """Add to a signed note of the caller's own, signed at once and chained to what was signed before.

    Forbidden when it is another's, Conflict `nota_sin_firmar` when it is a draft: that can be changed.
    """
    nota, acceso = buscar_escribiendo(Nota, nota_id, QUE, Accion.FIRMAR)
    acceso.exigir_autor(nota)
    if nota.huella is None:
        raise Conflict("nota_sin_firmar", "La nota es un borrador: cámbiela en vez de enmendarla.")
    ultima = nota.enmiendas[-1] if nota.enmiendas else None
    enmienda = Enmienda(
        nota_id=nota.id,
        numero=ultima.numero + 1 if ultima else 1,
        motivo=datos["motivo"],
        texto=datos["texto"],
        doctor_id=acceso.autor.id,
        huella_anterior=ultima.huella if ultima else nota.huella,
    )
    sellar_firma(enmienda, acceso.autor, caller())
    enmienda.huella = huella_de_enmienda(enmienda)
    db.session.add(enmienda)
    db.session.flush()
    anotar_firma(acceso, recurso="enmienda", recurso_id=enmienda.id, huella=enmienda.huella)
    return releer(nota), acceso


def releer(nota: Nota) -> Nota:
    """The note with all that belongs to it, as the database has it."""
    consulta = select(Nota).where(Nota.id == nota.id).options(*Nota.cargar())
    return db.session.scalars(consulta.execution_options(populate_existing=True)).unique().one()
