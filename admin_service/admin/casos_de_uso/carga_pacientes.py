"""Loading many patients at once, in bulk statements: 100,000 rows in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy.exc import IntegrityError

from admin.casos_de_uso.pacientes import AVISO_DUPLICADO, AVISO_MENOR, CATALOGOS, UNICOS, hoy
from admin.dominio.edades import es_menor
from admin.eventos.emitidos import datos_paciente
from admin.extensiones import db
from admin.modelos import Centro, Paciente
from admin.modelos.busqueda import plegar_nombre
from admin.modelos.catalogo import CREAR, buscar, resolver
from admin.modelos.paciente import ACTIVO
from comun import audit
from comun.auth.caller import Caller, Scope
from comun.bulk import Answer, Report, Row, mark_repeated, taken
from comun.db import new_ids, now
from comun.errors import Forbidden
from comun.events import emit_first

# Statements with more conditions than this are too deep for SQLite.
TANDA = 300

_COLUMNAS = (
    *("nombres", "apellidos", "tipo_identificacion", "identificacion", "referencia_externa", "telefono", "email"),
    *("fecha_nacimiento", "genero", "direccion", "presupuesto", "centro_id", "representante"),
)
_SENALES = {
    "identificacion": ("Está repetida en la carga.", "Ya existe un paciente con esa identificación."),
    "referencia_externa": ("Está repetida en la carga.", "Ya existe un paciente con esa referencia externa."),
}


def cargar_pacientes(filas: list[Row], quien: Caller) -> Answer:
    """Make many patients without users, all or none. Invalid names every row at fault."""
    if quien.alcance in (Scope.PACIENTE, Scope.NINGUNO):
        raise Forbidden()
    informe = Report()
    for lugar, fila in enumerate(filas):
        informe.warn(lugar, fila.pop("advertencias", ()))
    for campo in UNICOS:
        mark_repeated(informe, filas, campo, _SENALES[campo][0])
    _senalar_existentes(filas, informe)
    _senalar_referencias(filas, informe, quien)
    informe.require_no_faults()
    _avisar(filas, informe)
    try:
        ids = _insertar(filas, quien)
    except IntegrityError:
        # Somebody made one of them between the look and the insert.
        db.session.rollback()
        _senalar_existentes(filas, informe)
        informe.require_no_faults()
        raise
    return informe.answer(ids)


def _senalar_existentes(filas: Sequence[Row], informe: Report) -> None:
    for campo in UNICOS:
        dados = [fila[campo] for fila in filas if fila.get(campo) is not None]
        ocupados = taken(getattr(Paciente, campo), Paciente.vivos(), dados)
        for lugar, fila in enumerate(filas) if ocupados else ():
            if fila.get(campo) in ocupados:
                informe.fault(lugar, campo, _SENALES[campo][1])


def _senalar_referencias(filas: Sequence[Row], informe: Report, quien: Caller) -> None:
    """Centres, entries of catalogues, and dates that can't be."""
    centros = taken(Centro.id, Centro.vivos(), [fila["centro_id"] for fila in filas if fila.get("centro_id")])
    if quien.alcance is Scope.CENTROS:
        centros &= quien.centros
    conocidas = {campo: buscar(CATALOGOS[campo][0], _pedidas(filas, campo)) for campo in CATALOGOS}
    dia = hoy()
    for lugar, fila in enumerate(filas):
        if fila.get("centro_id") is not None and fila["centro_id"] not in centros:
            informe.fault(lugar, "centro_id", "No existe ese centro, o no lo tiene asignado.")
        if fila.get("fecha_nacimiento") is not None and fila["fecha_nacimiento"] > dia:
            informe.fault(lugar, "fecha_nacimiento", "Está en el futuro.")
        for campo, entradas in conocidas.items():
            dada = fila.get(campo)
            if dada is None or dada in entradas or (isinstance(dada, str) and quien.can(CREAR)):
                continue
            informe.fault(lugar, campo, "No está en el catálogo.")


def _pedidas(filas: Sequence[Row], campo: str) -> list[str | int]:
    return [*dict.fromkeys(fila[campo] for fila in filas if fila.get(campo) is not None)]


def _avisar(filas: Sequence[Row], informe: Report) -> None:
    """Minors without a representative, and those who are probably there already or twice in the load."""
    dia = hoy()
    vistos: set[Any] = set()
    con_fecha = [(lugar, fila) for lugar, fila in enumerate(filas) if fila.get("fecha_nacimiento") is not None]
    repetidos = _ya_estan([fila for _lugar, fila in con_fecha])
    for lugar, fila in con_fecha:
        if es_menor(fila["fecha_nacimiento"], dia) and not fila.get("representante"):
            informe.warn(lugar, [AVISO_MENOR])
        quien_es = _quien_es(fila)
        if quien_es in vistos or quien_es in repetidos:
            informe.warn(lugar, [AVISO_DUPLICADO])
        vistos.add(quien_es)


def _ya_estan(filas: Sequence[Row]) -> set[tuple[str, Any]]:
    """Name and birth date of the patients who are there with those of some row."""
    hallados: set[tuple[str, Any]] = set()
    for inicio in range(0, len(filas), TANDA):
        iguales = [
            Paciente.homonimos(fila["nombres"], fila["apellidos"], fila["fecha_nacimiento"])
            for fila in filas[inicio : inicio + TANDA]
        ]
        columnas = db.select(Paciente.nombres, Paciente.apellidos, Paciente.fecha_nacimiento)
        filas_halladas = db.session.execute(columnas.where(db.or_(*iguales)))
        hallados.update(_quien_es(fila._asdict()) for fila in filas_halladas)
    return hallados


def _quien_es(fila: Mapping[str, Any]) -> tuple[str, Any]:
    return plegar_nombre(fila["nombres"], fila["apellidos"]), fila["fecha_nacimiento"]


def _insertar(filas: Sequence[Row], quien: Caller) -> list[int]:
    momento = now()
    entradas = {
        campo: resolver(campo, catalogo, _pedidas(filas, campo), quien) for campo, (catalogo, _) in CATALOGOS.items()
    }
    ids = new_ids(db.session, Paciente.__table__, len(filas))
    registros = [
        {
            "id": nuevo,
            **{columna: fila.get(columna) for columna in _COLUMNAS},
            **{f"{CATALOGOS[campo][1]}_id": entradas[campo].get(fila.get(campo)) for campo in CATALOGOS},  # type: ignore[arg-type]
            "estado_paciente": fila.get("estado_paciente", ACTIVO),
            "busqueda": Paciente.texto_de_busqueda(fila),
            "version": 1,
            "creado_en": momento,
            "actualizado_en": momento,
        }
        for nuevo, fila in zip(ids, filas, strict=True)
    ]
    if not registros:
        return []
    db.session.execute(db.insert(Paciente.__table__), registros)
    audit.record("paciente", None, {"operacion": "carga", "cantidad": len(ids), "ids": [min(ids), max(ids)]})
    emit_first(
        "paciente.creado.v1",
        [
            (f"paciente/{registro['id']}", datos_paciente(SimpleNamespace(usuario_id=None, **registro)))
            for registro in registros
        ],
    )
    return [*ids]
