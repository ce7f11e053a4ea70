"""Eye exams: written as drafts by the doctor who examines, signed by him, then read by whoever may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from comun.auth.caller import caller
from comun.db import now
from comun.errors import Conflict, Invalid
from comun.preconditions import check_version
from comun.times import localise
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.casos_de_uso.bitacora import anotar_firma
from historia_clinica.casos_de_uso.citas_conocidas import cita_del_expediente
from historia_clinica.dominio.firma import FORMA, contenido_canonico, huella
from historia_clinica.dominio.ojos import Ojo
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import SIN_RELACION, CentroRef, CitaRef, DoctorRef, ExamenOftalmologico, ExamenOjo
from historia_clinica.modelos.lente import como_lente

# Whose clock counts where no appointment says in which centre.
ADELANTO = timedelta(minutes=5)  # of the clock of whoever writes

EN_LIBRE = ("motivo", "campo_visual", "vision_colores", "vision_binocular", "diagnosticos", "plan", "observaciones")
# What is signed of an exam and of each eye. A change of it needs another FORMA.
FIRMADO = ("id", "paciente_id", "doctor_id", "cita_id", "momento", *EN_LIBRE, "firmante", "firmado_por", "firmado_en")
FIRMADO_DEL_OJO = (
    "av_sin_correccion",
    "av_sin_correccion_logmar",
    "av_estenopeico",
    "av_estenopeico_logmar",
    "av_con_correccion",
    "av_con_correccion_logmar",
    "av_cerca",
    "esfera",
    "cilindro",
    "eje",
    "adicion",
    "presion_mmhg",
    "presion_metodo",
    "presion_hora",
    "paquimetria_um",
    "excavacion",
    "hallazgos",
)


def crear(acceso: Acceso, datos: Mapping[str, Any]) -> ExamenOftalmologico:
    """A draft of the calling doctor. Invalid when the appointment is not of the two of them."""
    medico = acceso.autor
    examen = ExamenOftalmologico(
        paciente_id=acceso.paciente_id,
        doctor_id=medico.id,
        doctor=medico,
        cita_id=_cita(acceso, medico, datos.get("cita_id")),
        momento=now(),
        diagnosticos=[],
        ojos=[ExamenOjo(ojo=ojo, hallazgos={}) for ojo in (Ojo.OD, Ojo.OI)],
    )
    _escribir(examen, datos)
    db.session.add(examen)
    db.session.flush()
    return examen


def editar(examen: ExamenOftalmologico, acceso: Acceso, datos: Mapping[str, Any]) -> None:
    """Write what is given into the draft; what is absent stays. Forbidden to who is not its doctor."""
    acceso.exigir_autor(examen)
    check_version(examen)
    _exigir_borrador(examen)
    _escribir(examen, datos)
    examen.touch()


def descartar(examen: ExamenOftalmologico, acceso: Acceso) -> None:
    """Throw the draft away; the row stays, deleted."""
    acceso.exigir_autor(examen)
    check_version(examen)
    _exigir_borrador(examen)
    examen.eliminar()


def firmar(examen: ExamenOftalmologico, acceso: Acceso) -> None:
    """Sign: from now on it can't change. What was signed already stays as it is."""
    medico = acceso.exigir_autor(examen)
    if examen.firmado_en is not None:
        return
    check_version(examen)
    if examen.od.vacio and examen.oi.vacio:
        raise Conflict("examen_vacio", "No se anotó nada de ningún ojo; no hay qué firmar.")
    examen.firmado_en, examen.forma = now(), FORMA
    examen.firmante, examen.firmado_por = medico.nombre_completo, caller().actor
    examen.huella = huella_de(examen)
    anotar_firma(acceso, recurso="examen_oftalmologico", recurso_id=examen.id, huella=examen.huella)


def huella_de(examen: ExamenOftalmologico) -> str:
    """The hash of a signed exam as it now stands: another than its `huella` when somebody altered it."""
    contenido = {
        "tipo": "examen_oftalmologico",
        **{campo: getattr(examen, campo) for campo in FIRMADO},
        **{ojo.ojo: {campo: getattr(ojo, campo) for campo in FIRMADO_DEL_OJO} for ojo in examen.ojos},
    }
    return huella(contenido_canonico(contenido))


def zona_de(cita: CitaRef | None) -> str:
    """The time zone of the centre of an appointment."""
    centro = db.session.get(CentroRef, cita.centro_id) if cita else None
    return (centro and centro.zona_horaria) or ZONA


def _exigir_borrador(examen: ExamenOftalmologico) -> None:
    if examen.firmado_en is not None:
        raise Conflict("examen_firmado", "El examen está firmado: ya no cambia.")


def _cita(acceso: Acceso, medico: DoctorRef, cita_id: int | None) -> int | None:
    if cita_id is None:
        return None
    cita = cita_del_expediente(cita_id, acceso)
    if cita is None or cita.doctor_id != medico.id:
        raise Invalid({"cita_id": ["No es una cita de este paciente con usted."]})
    if cita.estado in SIN_RELACION:
        raise Conflict("cita_cancelada", "Esa cita fue cancelada.")
    return cita_id


def _escribir(examen: ExamenOftalmologico, datos: Mapping[str, Any]) -> None:
    if "momento" in datos:
        cita = db.session.get(CitaRef, examen.cita_id) if examen.cita_id else None
        try:
            examen.momento = localise(datos["momento"], zona_de(cita))
        except ValueError:  # where the clock changes
            raise Invalid({"momento": ["Ese reloj no dice esa hora, o la dice dos veces; dé el desfase."]}) from None
        if examen.momento > now() + ADELANTO:
            raise Invalid({"momento": ["No puede estar en el futuro."]})
    for campo in EN_LIBRE:
        if campo in datos:
            setattr(examen, campo, datos[campo])
    for ojo in examen.ojos:
        if ojo.ojo in datos:
            _escribir_ojo(ojo, datos[ojo.ojo] or {})


def _escribir_ojo(ojo: ExamenOjo, datos: Mapping[str, Any]) -> None:
    """An eye comes whole: what is absent was not found."""
    agudeza = datos.get("agudeza") or {}
    ojo.poner_agudezas(agudeza)
    ojo.av_cerca = agudeza.get("cerca")
    ojo.poner_lente(como_lente(datos.get("refraccion")))
    presion = datos.get("presion") or {}
    ojo.presion_mmhg, ojo.presion_metodo = presion.get("mmhg"), presion.get("metodo")
    ojo.presion_hora = presion.get("hora")
    ojo.paquimetria_um = datos.get("paquimetria_um")
    fondo = dict(datos.get("fondo") or {})
    ojo.excavacion = fondo.pop("excavacion", None)
    dichos = {nombre: datos.get(nombre) for nombre in ExamenOjo.EN_PALABRAS} | {"fondo": fondo}
    ojo.hallazgos = {nombre: _plano(dicho) for nombre, dicho in dichos.items() if _dice_algo(dicho)}


def _dice_algo(dicho: Any) -> bool:
    if isinstance(dicho, Mapping):
        return any(valor is not None for valor in dicho.values())
    return dicho is not None


def _plano(valor: Any) -> Any:
    """For a JSON column: no Decimal."""
    if isinstance(valor, Mapping):
        return {nombre: _plano(uno) for nombre, uno in valor.items()}
    return float(valor) if isinstance(valor, Decimal) else valor
