"""How pressure and acuity of a patient's eyes went over time."""

from __future__ import annotations

from datetime import date
from typing import Any

from comun.times import zone
from historia_clinica.casos_de_uso.acceso import Acceso
from historia_clinica.dominio.evolucion import Punto, Series, dibujar
from historia_clinica.dominio.ojos import PRESION_MAXIMA, PRESION_MINIMA, Ojo
from historia_clinica.dominio.zona import ZONA
from historia_clinica.extensiones import db
from historia_clinica.modelos import CentroRef, CitaRef, ExamenOftalmologico, ExamenOjo


def evolucion(acceso: Acceso, desde: date | None, hasta: date | None) -> dict[str, Any]:
    """The series of both eyes between two days, both included, drafts too (`firmado` false)."""
    presion: dict[str, Any] = {ojo: [] for ojo in Ojo}
    agudeza: dict[str, Any] = {ojo: [] for ojo in Ojo}
    for fila in _medidas(acceso):
        dia = fila.momento.astimezone(zone(fila.zona_horaria or ZONA)).date()
        if (desde and dia < desde) or (hasta and dia > hasta):
            continue
        cuando = {"examen_id": fila.id, "momento": fila.momento, "dia": dia, "firmado": fila.firmado_en is not None}
        if fila.presion_mmhg is not None:
            tomada = {"mmhg": fila.presion_mmhg, "metodo": fila.presion_metodo, "hora": fila.presion_hora}
            presion[fila.ojo].append({**cuando, **tomada})
        leidas = {nombre: getattr(fila, f"av_{nombre}_logmar") for nombre in ExamenOjo.AGUDEZAS}
        if medidas := [leida for leida in leidas.values() if leida is not None]:
            agudeza[fila.ojo].append({**cuando, **leidas, "mejor": min(medidas)})
    return {"presion": {**presion, "rango_normal": [PRESION_MINIMA, PRESION_MAXIMA]}, "agudeza": agudeza}


def imagen(acceso: Acceso, desde: date | None, hasta: date | None) -> str:
    """The same as an SVG document."""
    todo = evolucion(acceso, desde, hasta)
    presion, agudeza = (
        Series(*([Punto(m["dia"], m[valor], m["firmado"]) for m in todo[cual][ojo]] for ojo in Ojo))
        for cual, valor in (("presion", "mmhg"), ("agudeza", "mejor"))
    )
    return dibujar(f"Evolución ocular · {acceso.paciente.nombre_completo}", presion, agudeza)


def _medidas(acceso: Acceso) -> Any:
    consulta = (
        acceso.de(ExamenOftalmologico)
        .join(ExamenOjo, ExamenOjo.examen_id == ExamenOftalmologico.id)
        .outerjoin(CitaRef, CitaRef.id == ExamenOftalmologico.cita_id)
        .outerjoin(CentroRef, CentroRef.id == CitaRef.centro_id)
        .with_only_columns(
            ExamenOftalmologico.id,
            ExamenOftalmologico.momento,
            ExamenOftalmologico.firmado_en,
            CentroRef.zona_horaria,
            ExamenOjo.ojo,
            ExamenOjo.presion_mmhg,
            ExamenOjo.presion_metodo,
            ExamenOjo.presion_hora,
            *(getattr(ExamenOjo, f"av_{nombre}_logmar") for nombre in ExamenOjo.AGUDEZAS),
        )
        .order_by(ExamenOftalmologico.momento, ExamenOftalmologico.id)
    )
    return db.session.execute(consulta)
