"""Who consented to what, or refused, or took it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_

from comun.auth.caller import caller
from comun.db import now, release
from comun.errors import Conflict, Invalid
from comun.fields import Upload
from comun.files import checked
from comun.preconditions import check_version
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder, buscar_escribiendo
from historia_clinica.casos_de_uso.bitacora import anotar_firma
from historia_clinica.casos_de_uso.citas_conocidas import cita_del_expediente, conocer_citas
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.casos_de_uso.textos import texto_vigente
from historia_clinica.dominio.consentimientos import identificacion_posible, reparos
from historia_clinica.dominio.firma import contenido_canonico, huella
from historia_clinica.eventos.documentos import anunciar_consentimiento
from historia_clinica.extensiones import db
from historia_clinica.modelos import Adjunto, Consentimiento, TextoConsentimiento

QUE = "consentimientos"
# What the hash covers: all that is said, and which text it is said of.
CUBIERTO = (
    *("paciente_id", "texto_huella", "acepta", "motivo_negativa", "otorgado_en", "firmante_nombre"),
    *("firmante_identificacion", "relacion", "medio", "testigo_nombre", "testigo_identificacion", "procedimiento"),
    *("riesgos_propios", "pieza", "cita_id", "doctor_id", "registrado_por"),
)


def consentir(paciente_id: int, datos: Mapping[str, Any]) -> tuple[Consentimiento, Acceso]:
    """Write down a consent or a refusal; `datos` as `ConsentimientoNuevo` gives them.

    Raises Invalid for what does not fit the way of consenting, or refers to what is not in this record; 409
    `texto_no_vigente` when another edition of the text is in force.
    """
    conocer_citas(datos)
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    if errores := reparos(datos, now()):
        raise Invalid(errores)
    firma = datos.get("firma")
    if firma is not None:
        release(db.session)
        checked(Upload("firma.png", "image/png", firma), "firma")
    texto = _texto(datos)
    hoja = _hoja(acceso, datos.get("adjunto_id"))
    if (cita_id := datos.get("cita_id")) is not None and cita_del_expediente(cita_id, acceso) is None:
        raise Invalid({"cita_id": ["No existe, o no es una cita de este paciente."]})
    campos = {campo: valor for campo, valor in datos.items() if campo != "version"}
    consentimiento = Consentimiento(
        **{"otorgado_en": now(), **campos},
        paciente_id=acceso.paciente_id,
        texto=texto,
        texto_huella=texto.huella,
        doctor_id=acceso.autor.id,
        registrado_por=caller().actor,
    )
    consentimiento.huella = huella_de(consentimiento, hoja)
    db.session.add(consentimiento)
    db.session.flush()
    anotar_firma(acceso, recurso=QUE, recurso_id=consentimiento.id, huella=consentimiento.huella)
    if consentimiento.acepta:
        anunciar_consentimiento("aceptado", consentimiento, consentimiento.otorgado_en)
    return consentimiento, acceso


def _texto(datos: Mapping[str, Any]) -> TextoConsentimiento:
    texto = db.session.get(TextoConsentimiento, datos["texto_id"])
    if texto is None:
        raise Invalid({"texto_id": [TextoConsentimiento.AUSENTE]})
    if datos.get("version", texto.edicion) != texto.edicion:
        raise Invalid({"version": [f"Ese texto es la versión {texto.edicion}."]})
    if texto_vigente(texto.codigo) != texto.id:
        raise Conflict("texto_no_vigente", "Esa versión del texto no está vigente; use la que lo está.")
    return texto


def _hoja(acceso: Acceso, adjunto_id: int | None) -> Adjunto | None:
    """The signed paper. Its row is locked: nobody takes it out of the record meanwhile."""
    if adjunto_id is None:
        return None
    hoja = db.session.scalar(acceso.de(Adjunto).where(Adjunto.id == adjunto_id).with_for_update())
    if hoja is None:
        raise Invalid({"adjunto_id": ["No existe entre los adjuntos de este paciente."]})
    return hoja


def huella_de(consentimiento: Consentimiento, hoja: Adjunto | None) -> str:
    """SHA-256 over the canonical form of a consent, with the hashes of the signed paper and the drawn signature."""
    contenido = {campo: getattr(consentimiento, campo) for campo in CUBIERTO}
    firma = huella(consentimiento.firma) if consentimiento.firma else None
    return huella(contenido_canonico({**contenido, "hoja": hoja.sha256 if hoja else None, "firma": firma}))


def intacto(consentimiento: Consentimiento) -> bool:
    """Whether a consent and its text are what was put down."""
    hoja = db.session.get(Adjunto, consentimiento.adjunto_id) if consentimiento.adjunto_id else None
    mismo_texto = consentimiento.texto.huella == consentimiento.texto_huella
    return mismo_texto and consentimiento.huella == huella_de(consentimiento, hoja)


def revocar(consentimiento_id: int, datos: Mapping[str, Any]) -> tuple[Consentimiento, Acceso]:
    """Take a consent back. Conflict for what was refused or taken back before."""
    consentimiento, acceso = buscar_escribiendo(Consentimiento, consentimiento_id, QUE)
    check_version(consentimiento)
    if consentimiento.revocado_en is not None:
        raise Conflict("consentimiento_revocado", "El consentimiento ya fue revocado.")
    if not consentimiento.acepta:
        raise Conflict("consentimiento_rechazado", "No se aceptó; no hay qué revocar.")
    if not identificacion_posible(datos["identificacion"]):
        raise Invalid({"identificacion": ["No es una cédula válida."]})
    consentimiento.revocado_en = now()
    consentimiento.revocado_por = datos["nombre"]
    consentimiento.identificacion_revocacion = datos["identificacion"]
    consentimiento.relacion_revocacion = datos["relacion"]
    consentimiento.motivo_revocacion = datos["motivo"]
    consentimiento.registro_revocacion_id = acceso.autor.id
    anunciar_consentimiento("revocado", consentimiento, consentimiento.revocado_en)
    return consentimiento, acceso


def con_estado(estado: str) -> ColumnElement[bool]:
    """Consents that are `aceptado`, `rechazado` or `revocado`."""
    match estado:
        case "aceptado":
            return and_(Consentimiento.acepta, Consentimiento.revocado_en.is_(None))
        case "rechazado":
            return Consentimiento.acepta.is_(False)
    return Consentimiento.revocado_en.is_not(None)


@parte(QUE, "Consentimientos", 80)
def consentimientos_del_expediente(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """Who consented to what, the newest first; patients see their own."""
    orden = Consentimiento.otorgado_en.desc(), Consentimiento.id.desc()
    return [resumen(uno) for uno in db.session.scalars(acceso.de(Consentimiento).order_by(*orden).limit(limite))]


def resumen(consentimiento: Consentimiento) -> dict[str, Any]:
    """What the whole record says of a consent."""
    texto = consentimiento.texto
    campos = (
        *("id", "estado", "acepta", "motivo_negativa", "otorgado_en", "firmante_nombre", "firmante_identificacion"),
        *("relacion", "medio", "adjunto_id", "testigo_nombre", "procedimiento", "riesgos_propios", "pieza"),
        *("cita_id", "doctor_id", "huella", "revocado_en", "revocado_por", "motivo_revocacion"),
    )
    de_texto = {"id": texto.id, "codigo": texto.codigo, "version": texto.edicion, "titulo": texto.titulo}
    return {**{campo: getattr(consentimiento, campo) for campo in campos}, "texto": de_texto}
