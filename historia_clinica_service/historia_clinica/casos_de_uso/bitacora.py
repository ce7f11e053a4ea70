"""The trace of looks at records: written with what it tells of, or by itself when nothing else is written.

Whoever writes locks the head, so that rows follow each other without a gap; the lock is taken last, just before the
commit. A row says what was done, never what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app, g, has_request_context, request
from sqlalchemy import bindparam, event, insert, select, update
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import Session

from comun import context
from comun.auth.caller import caller
from comun.db import now, reader, release, releasing, upsert
from historia_clinica.dominio.sello import CAMPOS, sellar, sello_valido
from historia_clinica.extensiones import db
from historia_clinica.modelos import Anotacion, Cabeza
from historia_clinica.modelos.bitacora import PRIMER_SELLO

_PENDIENTES, _RENDIDAS = "bitacora", "bitacora_rendidas"
_TABLA, _CABEZA = Anotacion.__table__, Cabeza.__table__
# What a row may lack.
_OPCIONALES = {"doctor_id": None, "recurso_id": None, "motivo": None, "huella": None}


def anotar(**datos: Any) -> None:
    """Put down a row that is written when the current transaction commits, and only then.

    `paciente_id`, `accion`, `que`, `resultado`, `relacion`; `recurso_id`, `motivo`, `huella` where there are such.
    """
    db.session().info.setdefault(_PENDIENTES, []).append(_fila(datos))
    if has_request_context():
        g.en_bitacora = True


def completar(paciente_id: int, **datos: Any) -> None:
    """Say more in the row of a write that is still to be committed: what was made, what was signed."""
    pendientes = db.session().info.get(_PENDIENTES, ())
    suya = next((fila for fila in pendientes if fila["paciente_id"] == paciente_id and not fila["huella"]), None)
    if suya is None:
        raise RuntimeError("no access of this transaction to a record is waiting to be written")
    suya.update(_llanos(datos))


def rendidas() -> list[dict[str, Any]]:
    """The rows of this request that were never written, as what they tell of was rolled back. They are forgotten."""
    info = db.session().info
    return [*info.pop(_RENDIDAS, ()), *info.pop(_PENDIENTES, ())]


def anotar_ya(**datos: Any) -> None:
    """`anotar` and commit: of a look that writes nothing else, before anything is shown; of what was denied.

    Ends the current transaction, which must not have written.
    """
    release(db.session)  # on SQLite a transaction that has read can't wait for another writer
    anotar(**datos)
    db.session.commit()


def _fila(datos: Mapping[str, Any]) -> dict[str, Any]:
    quien = caller()
    dentro = has_request_context()
    return {
        **_OPCIONALES,
        "momento": now(),
        "actor": quien.actor if dentro else "sistema",
        "nombre": quien.nombre_usuario if dentro else "sistema",
        "rol": quien.rol if dentro else "sistema",
        "doctor_id": quien.doctor_id,
        "direccion_ip": request.remote_addr if dentro else None,
        "traza": context.request_id() or "-",
        **_llanos(datos),
    }


def _llanos(datos: Mapping[str, Any]) -> dict[str, Any]:
    """Members of enumerations as the text that they are."""
    return {campo: str(valor) if isinstance(valor, str) else valor for campo, valor in datos.items()}


def _escribir(session: Session) -> None:
    # The commit of a SAVEPOINT is none, and that of `release` not the one of the work.
    if session.in_nested_transaction() or releasing(session):
        return
    if not (pendientes := session.info.pop(_PENDIENTES, None)):
        return
    session.flush()  # whatever locks that needs come before that of the head
    clave = current_app.config["HISTORIA_CLINICA_SECRET_KEY"][0]
    fin, sello = session.execute(_tomar(session.get_bind().dialect), {"cuantas": len(pendientes)}).one()
    for numero, fila in enumerate(pendientes, fin - len(pendientes) + 1):
        fila["numero"] = numero
        fila["sello"] = sello = sellar(fila, sello, clave)
    session.execute(insert(_TABLA), pendientes)
    session.execute(update(Cabeza).values(sello=sello))


def _tomar(dialecto: Dialect) -> Any:
    """Move the head on by `cuantas`, and tell its number then and the seal that the first of them follows."""
    primera = upsert(dialecto, _CABEZA).values(id=1, numero=bindparam("cuantas"), sello=PRIMER_SELLO)
    siguiente = {"numero": _CABEZA.c.numero + primera.excluded.numero}
    return primera.on_conflict_do_update(index_elements=["id"], set_=siguiente).returning(
        _CABEZA.c.numero, _CABEZA.c.sello
    )


def _apartar(session: Session) -> None:
    if not session.in_nested_transaction() and (pendientes := session.info.pop(_PENDIENTES, None)):
        session.info.setdefault(_RENDIDAS, []).extend(pendientes)


event.listen(db.session, "before_commit", _escribir)
event.listen(db.session, "after_rollback", _apartar)


# ---- Whether it is whole


def cabeza() -> tuple[int, str]:
    """The number and the seal of the last row; what to keep elsewhere, so that a cut-off end is found."""
    with reader(db.engine) as connection:
        return _leer_cabeza(connection)


def _leer_cabeza(connection: Connection) -> tuple[int, str]:
    fila = connection.execute(select(_CABEZA.c.numero, _CABEZA.c.sello)).one_or_none()
    return (fila.numero, fila.sello) if fila else (0, PRIMER_SELLO)


def _instantanea() -> Connection:
    """A connection that sees the head and the rows of one moment, whatever is written meanwhile."""
    connection = reader(db.engine)
    if connection.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def verificar(sellos: Mapping[int, str] | None = None) -> Iterator[str]:
    """What is wrong with the trace, a sentence each; nothing when it is whole.

    `sellos`: numbers and seals as they were told before (`bitacora sello`, the event `bitacora.sellada.v1`).
    """
    claves = current_app.config["HISTORIA_CLINICA_SECRET_KEY"]
    pedidos = dict(sellos or {})
    anterior, numero, sello_final = PRIMER_SELLO, 0, PRIMER_SELLO
    with _instantanea() as connection:
        fin, sello_cabeza = _leer_cabeza(connection)
        filas = connection.execution_options(stream_results=True, yield_per=1000).execute(
            select(_TABLA).order_by(_TABLA.c.numero)
        )
        for fila in map(dict, filas.mappings()):
            if fila["numero"] != numero + 1:
                yield f"faltan las filas {numero + 1} a {fila['numero'] - 1}"
            # After a gap nobody knows the seal before: the row can't be proved, and is not what is wrong.
            elif not sello_valido(fila, anterior, claves):
                yield f"la fila {fila['numero']} no es la que se selló"
            if (pedido := pedidos.pop(fila["numero"], None)) is not None and pedido != fila["sello"]:
                yield f"la fila {fila['numero']} no tiene el sello que se guardó"
            numero, anterior, sello_final = fila["numero"], fila["sello"], fila["sello"]
    if numero and not fin:
        yield "falta la cabeza"
    elif numero < fin:
        yield f"faltan las filas {numero + 1} a {fin}"
    elif numero > fin:
        yield f"la cabeza es la de la fila {fin}, y hay hasta la {numero}"
    elif sello_final != sello_cabeza:
        yield "el sello de la cabeza no es el de la última fila"
    for perdido in sorted(pedidos):
        yield f"falta la fila {perdido}, de la que se guardó un sello"


def anotar_firma(acceso: Any, *, recurso: str, recurso_id: int, huella: str) -> None:
    """Put the hash of what was signed into the row of the access with which it was, in the current transaction."""
    completar(acceso.paciente_id, accion="firmar", que=recurso, recurso_id=recurso_id, huella=huella)


assert {*_OPCIONALES, *CAMPOS} <= {columna.name for columna in _TABLA.c}
