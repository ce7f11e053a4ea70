"""The medical history: written in whole versions, read as of now or as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select

from comun.db import now
from comun.errors import Invalid, NotFound
from comun.preconditions import check_version, require_if_match
from historia_clinica.casos_de_uso.acceso import Acceso, Accion, acceder
from historia_clinica.casos_de_uso.alertas import alertas_de
from historia_clinica.casos_de_uso.partes import parte
from historia_clinica.casos_de_uso.personas import breve
from historia_clinica.dominio.antecedentes import VACIO, cambios, desplegar, reunir, revisar
from historia_clinica.extensiones import db
from historia_clinica.modelos import Antecedentes, DoctorRef

QUE = "antecedentes"


@dataclass
class Historia:
    """The history as it is shown. `version` is for the ETag: the id of the version, 0 before the first."""

    version: int
    paciente_id: int
    numero: int
    vigente: bool
    contenido: Mapping[str, Any]
    registrado_por: DoctorRef | None
    creado_en: datetime | None
    por_conciliar: Sequence[int]
    alertas: Sequence[Mapping[str, Any]]

    @property
    def id(self) -> int | None:
        """Of the version; None before the first."""
        return self.version or None


def leer(paciente_id: int, cual: Mapping[str, int]) -> Historia:
    """The history as it is, or the version that `cual` names (`version`, `version_id`). NotFound without that one."""
    acceso = acceder(paciente_id, Accion.LEER, QUE)
    if not cual:
        return _historia(acceso, _vigentes(acceso), acceso.alertas)
    consulta = _todas(acceso).order_by(Antecedentes.id.desc()).limit(1)
    if (numero := cual.get("version")) is not None:
        consulta = consulta.where(Antecedentes.numero == numero)
    if (version_id := cual.get("version_id")) is not None:
        consulta = consulta.where(Antecedentes.id == version_id)
    version = db.session.scalar(consulta)
    if version is None:
        raise NotFound(Antecedentes.AUSENTE)
    return _historia(acceso, [version], acceso.alertas)


def versiones(paciente_id: int) -> tuple[Select[Any], dict[str, Any]]:
    """All versions of the history, for a page; and the alerts."""
    acceso = acceder(paciente_id, Accion.LEER, QUE)
    return _todas(acceso), {"alertas": acceso.alertas}


def escribir(paciente_id: int, dado: Mapping[str, Any]) -> Historia:
    """Write a whole new version, which takes the place of all that hold. It may change nothing: it was asked again.

    Problem 428 or 412 when one exists and the caller didn't say, or not rightly, which one he has read. Invalid
    when it doesn't hold together.
    """
    acceso = acceder(paciente_id, Accion.ESCRIBIR, QUE)
    antes = _vigentes(acceso)
    if antes:
        require_if_match()
    check_version(_historia(acceso, antes, ()))
    contenido = reunir(dado)
    if errores := revisar(contenido, now().year):
        raise Invalid(errores)
    for version in antes:
        version.vigente = False
    db.session.flush()  # before the new one comes: only one holds
    ultimo = db.session.scalar(db.select(db.func.max(Antecedentes.numero)).where(_suyas(acceso)))
    nueva = Antecedentes(
        paciente_id=acceso.paciente_id,
        numero=(ultimo or 0) + 1,
        vigente=True,
        doctor=acceso.autor,
        contenido=contenido,
        cambios=cambios(antes[0].contenido if antes else None, contenido),
    )
    db.session.add(nueva)
    db.session.flush()
    return _historia(acceso, [nueva], alertas_de(acceso.pacientes))


def _suyas(acceso: Acceso) -> Any:
    return Antecedentes.paciente_id.in_(acceso.pacientes)


def _todas(acceso: Acceso) -> Select[Any]:
    return acceso.de(Antecedentes).options(*Antecedentes.cargar())


def _vigentes(acceso: Acceso) -> Sequence[Antecedentes]:
    """Those that hold, the latest first: one, or none, unless records were merged."""
    consulta = _todas(acceso).where(Antecedentes.vigente).order_by(Antecedentes.id.desc())
    return db.session.scalars(consulta).all()


def _historia(acceso: Acceso, versiones: Sequence[Antecedentes], alertas: Sequence[Mapping[str, Any]]) -> Historia:
    if not versiones:
        return Historia(0, acceso.paciente_id, 0, True, desplegar(VACIO), None, None, (), alertas)
    version, *otras = versiones
    return Historia(
        version.id,
        acceso.paciente_id,
        version.numero,
        version.vigente,
        desplegar(version.contenido),
        version.doctor,
        version.creado_en,
        [otra.id for otra in otras],
        alertas,
    )


@parte(QUE, "Antecedentes", 10)
def contar_antecedentes(acceso: Acceso, limite: int | None) -> list[dict[str, Any]]:
    """The history that holds, for the whole record: only what was asked."""
    if acceso.solo_firmado:
        return []
    filas = []
    for version in _vigentes(acceso)[:limite]:
        mostrado = desplegar(version.contenido)
        for nombre in ("antecedentes", "familiares", "habitos"):
            mostrado[nombre] = [fila for fila in mostrado[nombre] if fila["respuesta"] != "no_preguntado"]
        datos = {"id": version.id, "version": version.numero, "creado_en": version.creado_en}
        filas.append({**datos, "registrado_por": breve(version.doctor), **mostrado})
    return filas
