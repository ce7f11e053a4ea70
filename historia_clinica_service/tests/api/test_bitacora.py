"""The trace is whole, or `bitacora verificar` says where it is not; and every try at a record is in it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from comun.db import constraint_name, release
from comun.testing.client import ApiClient, ok, problem
from comun.testing.events import envelope
from historia_clinica.casos_de_uso import signos_vitales
from historia_clinica.casos_de_uso.bitacora import anotar, cabeza, verificar
from historia_clinica.casos_de_uso.sellos import sellar_bitacora
from historia_clinica.cli import cli
from historia_clinica.dominio.sello import sellar
from historia_clinica.extensiones import db, tablas
from historia_clinica.modelos import Anotacion

from ..alterar import alterar
from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita
from .test_notas import camino, escribir

ACCESOS = "/historia-clinica/pacientes/1/accesos"
SIGNOS = "/historia-clinica/pacientes/1/signos-vitales"
PULSO = {"pulso_lpm": 70}
CLAVES = "HISTORIA_CLINICA_SECRET_KEY"


def orden(app: Flask, *argumentos: str) -> tuple[int, list[str]]:
    """The exit code of `bitacora …`, and what it prints."""
    salida = app.test_cli_runner().invoke(cli.commands["bitacora"], argumentos, obj=app)
    return salida.exit_code, salida.output.splitlines()


def filas(app: Flask) -> list[Anotacion]:
    with app.app_context():
        return list(db.session.scalars(db.select(Anotacion).order_by(Anotacion.numero)))


def no_es(*numeros: int) -> list[str]:
    return [f"la fila {numero} no es la que se selló" for numero in numeros]


HASTA_LA_4 = (
    "DELETE FROM bitacora WHERE numero > 4",
    "UPDATE bitacora_cabeza SET numero = 4, sello = (SELECT sello FROM bitacora WHERE numero = 4)",
)
# What was done to six rows, and what is then said of them.
MANIPULACIONES: dict[tuple[str, ...], list[str]] = {
    ("UPDATE bitacora SET actor = 'usuario:9' WHERE numero = 3",): no_es(3),
    ("UPDATE bitacora SET sello = 'f' WHERE numero = 6",): [
        *no_es(6),
        "el sello de la cabeza no es el de la última fila",
    ],
    ("DELETE FROM bitacora WHERE numero = 1",): ["faltan las filas 1 a 1"],
    ("DELETE FROM bitacora WHERE numero IN (3, 4)",): ["faltan las filas 3 a 4"],
    (
        "DELETE FROM bitacora WHERE numero = 3",
        *(f"UPDATE bitacora SET numero = {n - 1} WHERE numero = {n}" for n in (4, 5, 6)),
        "UPDATE bitacora_cabeza SET numero = 5",
    ): no_es(3, 4, 5),
    tuple(f"UPDATE bitacora SET numero = {a} WHERE numero = {de}" for de, a in ((3, 99), (4, 3), (99, 4))): no_es(
        3, 4, 5
    ),
    ("DELETE FROM bitacora WHERE numero > 4",): ["faltan las filas 5 a 6"],
    HASTA_LA_4[1:]: ["la cabeza es la de la fila 4, y hay hasta la 6"],
    ("UPDATE bitacora_cabeza SET numero = 9",): ["faltan las filas 7 a 9"],
    ("UPDATE bitacora_cabeza SET sello = 'f'",): ["el sello de la cabeza no es el de la última fila"],
    ("DELETE FROM bitacora_cabeza",): ["falta la cabeza"],
    ("DELETE FROM bitacora",): ["faltan las filas 1 a 6"],
}


@pytest.mark.both_databases
def test_se_halla_cada_manipulacion(medico: ApiClient, app: Flask) -> None:
    for _ in range(6):
        ok(medico.get(SIGNOS))
    assert orden(app, "verificar") == (0, ["6 filas, 0 fallas"])
    sello = orden(app, "sello")[1][0]
    with app.app_context():
        sellos = {tabla: db.session.execute(db.select(tabla)).mappings().all() for tabla in (_BITACORA, _CABEZA)}
    for ordenes, dicho in MANIPULACIONES.items():
        alterar_las_dos(app, *ordenes)
        codigo, lineas = orden(app, "verificar")
        assert (codigo, lineas[:-1]) == (1, dicho), ordenes
        restaurar(app, sellos)
    # Everything cut off behind a row, head and all: only who kept a later seal can tell.
    alterar_las_dos(app, *HASTA_LA_4)
    assert orden(app, "verificar") == (0, ["4 filas, 0 fallas"])
    assert orden(app, "verificar", "--sello", sello)[1][0] == "falta la fila 6, de la que se guardó un sello"
    assert orden(app, "verificar", "--sello", "4:f")[1][0] == "la fila 4 no tiene el sello que se guardó"
    assert orden(app, "verificar", "--sello", "cuatro")[0] == 2
    restaurar(app, sellos)
    assert orden(app, "verificar", "--sello", sello) == (0, ["6 filas, 0 fallas"])


_BITACORA, _CABEZA = db.metadata.tables["bitacora"], db.metadata.tables["bitacora_cabeza"]


def alterar_las_dos(app: Flask, *ordenes: str) -> None:
    for una in ordenes:
        alterar(app, "bitacora_cabeza" if "bitacora_cabeza" in una.split("WHERE")[0] else "bitacora", una)


def restaurar(app: Flask, guardadas: dict[Any, Any]) -> None:
    alterar_las_dos(app, "DELETE FROM bitacora", "DELETE FROM bitacora_cabeza")
    with app.app_context(), db.engine.begin() as conexion:
        for tabla, suyas in guardadas.items():
            conexion.execute(tabla.insert(), [dict(fila) for fila in suyas])


def test_lo_que_se_sella_de_nuevo_sin_la_clave_se_halla(medico: ApiClient, app: Flask) -> None:
    for _ in range(4):
        ok(medico.get(SIGNOS))
    anterior = filas(app)[0].sello
    for fila in filas(app)[1:]:
        dicho = {columna: getattr(fila, columna) for columna in _BITACORA.c.keys()} | {"motivo": "Era urgente"}
        anterior = sellar(dicho, anterior, "otra-clave-0123456789-0123456789")
        alterar(
            app,
            "bitacora",
            f"UPDATE bitacora SET motivo = 'Era urgente', sello = '{anterior}' WHERE numero = {fila.numero}",
        )
    alterar(app, "bitacora_cabeza", f"UPDATE bitacora_cabeza SET sello = '{anterior}'")
    assert orden(app, "verificar") == (1, [*no_es(2, 3, 4), "4 filas, 3 fallas"])


def test_el_sello_de_cada_dia_sale_una_vez_y_prueba_despues_que_no_falta_nada(medico: ApiClient, app: Flask) -> None:
    def anunciados() -> list[tuple[str, dict[str, Any]]]:
        with app.app_context():
            sellar_bitacora()
            salida = tablas.outbox
            dichos = db.session.execute(db.select(salida.c.tipo, salida.c.datos).order_by(salida.c.id))
            return [(tipo, datos) for tipo, datos in dichos]

    assert anunciados() == []
    for _ in range(5):
        ok(medico.get(SIGNOS))
    with app.app_context():
        numero, sello = cabeza()
    assert anunciados() == anunciados() == [("bitacora.sellada.v1", {"id": 1, "numero": numero, "sello": sello})]
    ok(medico.get(SIGNOS))
    assert [datos["numero"] for _, datos in anunciados()] == [5, 6]
    alterar_las_dos(app, *HASTA_LA_4)
    faltan = [f"falta la fila {numero}, de la que se guardó un sello" for numero in (5, 6)]
    assert orden(app, "verificar") == (1, [*faltan, "4 filas, 2 fallas"])


@pytest.mark.both_databases
def test_la_base_de_datos_no_deja_cambiar_la_bitacora(medico: ApiClient, app: Flask) -> None:
    ok(medico.get(SIGNOS))
    ordenes = {
        "UPDATE bitacora SET motivo = 'x'": "bitacora_inmutable",
        "DELETE FROM bitacora": "bitacora_inmutable",
        "DELETE FROM bitacora_cabeza": "bitacora_cabeza_inmutable",
    }
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            ordenes["TRUNCATE bitacora"] = "bitacora_inmutable"
        for una, guarda in ordenes.items():
            with pytest.raises(IntegrityError) as negada:
                db.session.execute(text(una))
            assert constraint_name(negada.value) == guarda
            db.session.rollback()


def test_con_otra_clave_lo_viejo_se_prueba_con_la_vieja(
    medico: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok(medico.get(SIGNOS))
    (vieja,), nueva = app.config[CLAVES], "la-clave-nueva-0123456789-0123456789"
    monkeypatch.setitem(app.config, CLAVES, [nueva, vieja])
    ok(medico.get(SIGNOS))
    assert orden(app, "verificar") == (0, ["2 filas, 0 fallas"])
    monkeypatch.setitem(app.config, CLAVES, [nueva])
    assert orden(app, "verificar")[1] == [*no_es(1), "2 filas, 1 fallas"]
    monkeypatch.setitem(app.config, CLAVES, [vieja])
    assert orden(app, "verificar")[1] == [*no_es(2), "2 filas, 1 fallas"]


# ---- What does not go as it should


def test_lo_que_se_intenta_escribir_y_no_se_logra_queda_como_denegado(
    medico: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    nota = escribir(medico)
    signos = ok(medico.post(SIGNOS, PULSO), 201)["id"]
    vistas = len(filas(app))
    problem(medico.put(camino(nota), {"plan": "x"}, headers={"If-Match": '"99"'}), 412)
    problem(medico.post(f"{SIGNOS}", {**PULSO, "cita_id": 999}), 422)
    ok(
        medico.patch(
            f"/historia-clinica/signos-vitales/{signos}/estado", {"estado": "anulado", "motivo": "Era de otro"}
        )
    )
    problem(
        medico.patch(f"/historia-clinica/signos-vitales/{signos}/estado", {"estado": "anulado", "motivo": "x"}), 409
    )
    monkeypatch.setattr(signos_vitales, "SignosVitales", None)  # a mistake in the program
    problem(medico.post(SIGNOS, PULSO), 500)
    dichas = [(fila.accion, fila.que, fila.resultado, fila.motivo) for fila in filas(app)[vistas:]]
    assert dichas == [
        ("escribir", "notas", "denegado", "version_obsoleta"),
        ("escribir", "signos_vitales", "denegado", "datos_invalidos"),
        ("escribir", "signos_vitales", "permitido", None),
        ("escribir", "signos_vitales", "denegado", "signos_anulados"),
        ("escribir", "signos_vitales", "denegado", "error_interno"),
    ]
    assert {fila.relacion for fila in filas(app)} == {"medico"}


def test_la_respuesta_que_se_repite_es_una_lectura_mas(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    clave = {"Idempotency-Key": "consulta-1"}
    ok(medico.post(SIGNOS, PULSO, headers=clave), 201)
    otra_vez = medico.post(SIGNOS, PULSO, headers=clave)
    assert ok(otra_vez, 201) and otra_vez.headers["Idempotent-Replayed"] == "true"
    conocer_cita(app, 1, estado="cancelada")
    problem(medico.post(SIGNOS, PULSO, headers=clave), 404)
    dichas = [(fila.accion, fila.resultado, fila.motivo) for fila in filas(app)]
    assert dichas == [
        ("escribir", "permitido", None),
        ("leer", "permitido", None),
        ("leer", "denegado", "sin relación"),
    ]


def test_un_borrador_no_existe_para_el_paciente(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    nota = escribir(medico)
    problem(como_paciente(api).get(camino(nota)), 404)
    fila = filas(app)[-1]
    assert (fila.recurso_id, fila.resultado, fila.relacion, fila.motivo) == (
        nota["id"],
        "denegado",
        "propio",
        "sin firmar",
    )


def test_al_firmar_queda_una_fila_con_la_huella(medico: ApiClient, app: Flask) -> None:
    nota = escribir(medico)
    firmada = ok(medico.post(camino(nota, "/firma")))
    escrita, fila = filas(app)
    assert (escrita.accion, escrita.huella) == ("escribir", None)
    assert (fila.accion, fila.que, fila.recurso_id) == ("firmar", "nota", nota["id"])
    assert fila.huella == firmada["huella"]


@pytest.mark.both_databases
def test_la_fila_sigue_a_lo_que_cuenta(app: Flask, consulta: dict[str, int]) -> None:
    dicho = {"paciente_id": 1, "accion": "escribir", "resultado": "permitido", "relacion": "medico"}
    with app.app_context():
        for soltar in (False, True):
            db.session.execute(text("SELECT 1"))
            anotar(**dicho, que="se deshace")
            if soltar:
                release(db.session)
                db.session.execute(text("SELECT 1"))
            db.session.rollback()
        anotar(**dicho, que="queda")
        with pytest.raises(ZeroDivisionError), db.session.begin_nested():
            raise ZeroDivisionError
        with db.session.begin_nested():
            anotar(**dicho, que="queda también")
        assert cabeza() == (0, "0" * 64)
        db.session.commit()
        assert list(verificar()) == []
    assert [fila.que for fila in filas(app)] == ["queda", "queda también"]


def test_ninguna_noticia_ni_ruta_borra_un_expediente(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    ok(medico.post(SIGNOS, PULSO), 201)
    firmada = escribir(medico)
    ok(medico.post(camino(firmada, "/firma")))
    descartada = escribir(medico)
    ok(medico.delete(camino(descartada)), 204)
    ficha = {
        **{"id": 1, "nombres": "Paciente", "apellidos": "anonimizado", "telefono": None, "email": None},
        **{"estado_paciente": "inactivo", "usuario_id": None},
    }
    for secuencia, suceso in enumerate(("inactivado", "eliminado", "anonimizado"), 2):
        noticia = envelope("/admin", f"paciente.{suceso}.v1", "paciente/1", ficha, secuencia)
        ok(api.as_("servicio").post("/interno/eventos", noticia))
    assert ok(medico.get(SIGNOS))["datos"][0]["pulso_lpm"] == 70
    assert ok(medico.get(camino(firmada)))["estado"] == "firmada"
    with app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM nota")) == 2
    assert orden(app, "verificar")[0] == 0
    problem(como_medico(api, 8).get(SIGNOS), 404)
