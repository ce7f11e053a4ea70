"""The seal of the trace goes out into the world: whoever keeps it can tell later whether the end was cut off."""

from __future__ import annotations

from comun.events import emit
from historia_clinica.casos_de_uso.bitacora import cabeza
from historia_clinica.extensiones import db, tablas

ASUNTO = "bitacora/1"


def sellar_bitacora() -> None:
    """Announce the last number and seal as `bitacora.sellada.v1`, when there are new rows. Commits."""
    numero, sello = cabeza()
    if numero and numero != _ultimo_anunciado():
        emit("bitacora.sellada.v1", ASUNTO, {"id": 1, "numero": numero, "sello": sello})
    db.session.commit()


def _ultimo_anunciado() -> int | None:
    salida = tablas.outbox
    ultimo = db.select(salida.c.datos).where(salida.c.sujeto == ASUNTO).order_by(salida.c.secuencia.desc()).limit(1)
    datos = db.session.scalar(ultimo)
    return datos["numero"] if datos else None


def anunciados() -> dict[int, str]:
    """Numbers and seals that were announced and not forgotten since."""
    salida = tablas.outbox
    filas = db.session.scalars(db.select(salida.c.datos).where(salida.c.sujeto == ASUNTO))
    return {datos["numero"]: datos["sello"] for datos in filas}
