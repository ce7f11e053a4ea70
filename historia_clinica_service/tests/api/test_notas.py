"""Notes of care: drafts, signatures, amendments, the form 033."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from comun.db import constraint_name
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements
from historia_clinica.casos_de_uso.acceso import Acceso, Accion
from historia_clinica.casos_de_uso.firmas import huella_de_nota
from historia_clinica.casos_de_uso.partes import partes
from historia_clinica.cli import cli
from historia_clinica.extensiones import db
from historia_clinica.modelos import Nota, PacienteRef, Relacion

from ..alterar import alterar
from ..conftest import como_medico, como_paciente
from ..fabricas import conocer_cita

DE_LA_CITA = "/historia-clinica/citas/1/notas"
DEL_PACIENTE = "/historia-clinica/pacientes/1/notas"
CARIES = {"codigo_cie10": "k021", "condicion": "definitivo", "principal": True, "pieza_dental": 16}
RECETA = {
    "items": [
        {
            "medicamento": "Ibuprofeno",
            "concentracion": "400 mg",
            "forma": "tableta",
            "via": "oral",
            "dosis": "1 tableta",
            "frecuencia": "cada 8 horas",
            "duracion": "3 días",
            "cantidad": 9,
        }
    ]
}


def escribir(medico: ApiClient, **datos: Any) -> dict[str, Any]:
    cuerpo = {"tipo": "primera_vez", "subjetivo": "Dolor al masticar", "diagnosticos": [CARIES], **datos}
    return dict(ok(medico.post(DE_LA_CITA, cuerpo), 201))


def camino(nota: dict[str, Any], resto: str = "") -> str:
    return f"/historia-clinica/notas/{nota['id']}{resto}"


def cambiar(medico: ApiClient, nota: dict[str, Any], cambios: dict[str, Any], resto: str = "") -> dict[str, Any]:
    etag = medico.get(camino(nota)).headers["ETag"]
    return dict(ok(medico.put(camino(nota, resto), cambios, headers={"If-Match": etag})))


def test_una_nota_se_escribe_en_borrador_y_el_medico_la_cambia(medico: ApiClient, app: Flask) -> None:
    nota = escribir(medico)
    assert (nota["estado"], nota["doctor"]["id"], nota["especialidad"]) == ("borrador", 7, "Odontología general")
    assert nota["alertas"] == []
    dicho = nota["diagnosticos"][0]
    assert (dicho["codigo_cie10"], dicho["nombre"], dicho["pieza_dental"]) == ("K02.1", "Caries de la dentina", 16)
    problem(medico.post(DE_LA_CITA, {"plan": "Otra"}), 409, "borrador_existente")
    problem(medico.put(camino(nota), {"plan": "Obturar"}), 428)
    vieja = medico.get(camino(nota)).headers["ETag"]
    pulpitis = {"codigo_cie10": "K04.0", "condicion": "presuntivo", "principal": True, "pieza_dental": 16}
    nueva = cambiar(medico, nota, {"plan": "Obturar", "diagnosticos": [pulpitis, {**CARIES, "principal": False}]})
    assert [uno["codigo_cie10"] for uno in nueva["diagnosticos"]] == ["K04.0", "K02.1"]
    assert (nueva["plan"], nueva["subjetivo"]) == ("Obturar", "Dolor al masticar")
    problem(medico.put(camino(nota), {"plan": "Extraer"}, headers={"If-Match": vieja}), 412)
    # Only diagnoses: the version of the note goes up all the same.
    cambiar(medico, nota, {"diagnosticos": []})
    assert ok(medico.get(DE_LA_CITA))["datos"][0]["diagnosticos"] == []
    ok(medico.delete(camino(nota)), 204)
    problem(medico.get(camino(nota)), 404)
    escribir(medico)


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"codigo_cie10": "K99.9"}, "codigo_cie10"),
        ({"codigo_cie10": "caries"}, "codigo_cie10"),
        ({"pieza_dental": 19}, "pieza_dental"),
        ({"condicion": "seguro"}, "condicion"),
        ({"principal": False}, "principal"),
    ],
)
def test_un_diagnostico_que_no_puede_ser_se_rechaza(medico: ApiClient, cambio: dict[str, Any], campo: str) -> None:
    malo = problem(medico.post(DE_LA_CITA, {"plan": "x", "diagnosticos": [{**CARIES, **cambio}]}), 422)
    assert campo in malo["errores"]["diagnosticos"]["0"]


def test_solo_el_medico_de_la_cita_escribe_y_solo_el_autor_firma(
    api: ApiClient, medico: ApiClient, app: Flask
) -> None:
    otro = como_medico(api, 8)
    problem(otro.post(DE_LA_CITA, {"plan": "x"}), 404)
    conocer_cita(app, 2, doctor_id=8)
    problem(otro.post(DE_LA_CITA, {"plan": "x"}), 403, "cita_de_otro_medico")
    problem(api.post(DE_LA_CITA, {"plan": "x"}), 403, "solo_medico")
    conocer_cita(app, 3, estado="no_asistio")
    problem(medico.post("/historia-clinica/citas/3/notas", {"plan": "x"}), 409, "cita_sin_atencion")
    nota = escribir(medico)
    assert ok(otro.get(camino(nota)))["estado"] == "borrador"
    problem(otro.put(camino(nota), {"plan": "x"}, headers={"If-Match": "*"}), 403, "solo_su_autor")
    problem(otro.post(camino(nota, "/firma")), 403, "solo_su_autor")
    ok(medico.post(camino(nota, "/firma")))
    problem(otro.post(camino(nota, "/enmiendas"), {"motivo": "x", "texto": "y"}), 403, "solo_su_autor")


@pytest.mark.parametrize("estado", ["cancelada", "no_asistio"])
def test_lo_escrito_antes_de_una_cita_que_no_hubo_no_se_firma(medico: ApiClient, app: Flask, estado: str) -> None:
    conocer_cita(app, 2, estado="confirmada")
    nota = ok(medico.post("/historia-clinica/citas/2/notas", {"plan": "Analgesia"}), 201)
    ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
    conocer_cita(app, 2, estado=estado, secuencia=2)
    problem(medico.post(camino(nota, "/firma")), 409, "cita_sin_atencion")
    ok(medico.delete(camino(nota)), 204)


def test_lo_firmado_no_cambia_ni_por_la_base_de_datos(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    vacia = escribir(medico, subjetivo=None, diagnosticos=[])
    problem(medico.post(camino(vacia, "/firma")), 409, "nota_vacia")
    nota = cambiar(medico, vacia, {"objetivo": "Caries profunda", "diagnosticos": [CARIES]})
    cambiar(medico, nota, {"angle": "II"}, "/formulario-033")
    ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
    firmada = ok(medico.post(camino(nota, "/firma")))
    assert (firmada["estado"], firmada["firmante"]) == ("firmada", "Ana Lucía Muñoz 7")
    assert len(firmada["huella"]) == 64
    repetida = ok(medico.post(camino(nota, "/firma")))
    assert (repetida["huella"], repetida["firmada_en"]) == (firmada["huella"], firmada["firmada_en"])
    for peticion in (
        medico.put(camino(nota), {"plan": "Otro"}, headers={"If-Match": "*"}),
        medico.put(camino(nota, "/formulario-033"), {"angle": "I"}, headers={"If-Match": "*"}),
        medico.delete(camino(nota)),
        medico.post(camino(nota, "/recetas"), RECETA),
    ):
        problem(peticion, 409, "nota_firmada")
    for orden, guarda in {
        "UPDATE nota SET plan = 'otro'": "nota_inmutable",
        "DELETE FROM nota": "nota_inmutable",
        "UPDATE diagnostico SET condicion = 'presuntivo'": "diagnostico_inmutable",
        "UPDATE formulario_033 SET angle = 'I'": "formulario_033_inmutable",
        "DELETE FROM receta": "receta_inmutable",
        "UPDATE receta_item SET cantidad = 90": "receta_item_inmutable",
        "INSERT INTO diagnostico (nota_id, orden, codigo_cie10, nombre, condicion, principal)"
        " SELECT id, 9, 'I10', 'x', 'definitivo', false FROM nota": "diagnostico_inmutable",
    }.items():
        with app.app_context(), pytest.raises(IntegrityError) as negada:
            db.session.execute(db.text(orden))
        assert constraint_name(negada.value) == guarda
    huellas = [fila for fila in ok(api.get("/historia-clinica/bitacora"))["datos"] if fila["que"] == "nota"]
    assert [fila["recurso_id"] for fila in huellas] == [nota["id"]]


def test_las_enmiendas_se_agregan_encadenadas_y_se_verifican(medico: ApiClient, app: Flask) -> None:
    nota = escribir(medico)
    enmienda = {"motivo": "Pieza equivocada", "texto": "La pieza tratada es la 26."}
    problem(medico.post(camino(nota, "/enmiendas"), enmienda), 409, "nota_sin_firmar")
    firmada = ok(medico.post(camino(nota, "/firma")))
    ok(medico.post(camino(nota, "/enmiendas"), enmienda), 201)
    con_dos = ok(medico.post(camino(nota, "/enmiendas"), {**enmienda, "texto": "Y no hubo dolor."}), 201)
    primera, segunda = con_dos["enmiendas"]
    assert (primera["huella_anterior"], segunda["huella_anterior"]) == (firmada["huella"], primera["huella"])
    assert verificar(app) == (0, "notas: 0 fallas")
    alterar(app, "enmienda", "UPDATE enmienda SET texto = 'Nada' WHERE numero = 1")
    assert verificar(app) == (1, f"la enmienda 1 de la nota {nota['id']} no es la que se firmó")
    alterar(app, "enmienda", "DELETE FROM enmienda WHERE numero = 1")
    assert verificar(app)[1].startswith("falta una enmienda")
    alterar(app, "enmienda", "DELETE FROM enmienda")
    assert verificar(app) == (1, f"falta enmienda {primera['id']}, que se firmó")


def test_se_halla_lo_que_se_altero_de_lo_firmado(medico: ApiClient, app: Flask) -> None:
    nota = escribir(medico)
    ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
    ok(medico.post(camino(nota, "/firma")))
    assert verificar(app) == (0, "notas: 0 fallas")
    alterar(app, "receta_item", "UPDATE receta_item SET cantidad = 90")
    assert verificar(app) == (1, f"la nota {nota['id']} no es la que se firmó")
    # Somebody who knows how the hash is made writes it anew: the trace has the one that was signed.
    with app.app_context():
        falsa = huella_de_nota(db.session.get_one(Nota, nota["id"], options=Nota.cargar()))
    alterar(app, "nota", f"UPDATE nota SET huella = '{falsa}'")
    assert verificar(app) == (1, f"la bitácora no tiene la huella de nota {nota['id']}")


def verificar(app: Flask) -> tuple[int, str]:
    """The exit code of `firmas verificar`, and the first line that it prints."""
    salida = app.test_cli_runner().invoke(cli.commands["firmas"], ["verificar"], obj=app)
    return salida.exit_code, salida.output.splitlines()[0]


def test_el_paciente_lee_lo_suyo_que_esta_firmado(api: ApiClient, medico: ApiClient, app: Flask) -> None:
    firmada = escribir(medico)
    ok(medico.post(camino(firmada, "/firma")))
    borrador = escribir(medico, subjetivo="Aún no se sabe")
    paciente = como_paciente(api)
    assert [nota["id"] for nota in ok(paciente.get(DEL_PACIENTE))["datos"]] == [firmada["id"]]
    assert ok(paciente.get(camino(firmada)))["diagnosticos"][0]["codigo_cie10"] == "K02.1"
    problem(paciente.get(camino(borrador)), 404)
    problem(como_paciente(api, 2).get(camino(firmada)), 404)
    assert [nota["id"] for nota in ok(medico.get(DEL_PACIENTE))["datos"]] == [borrador["id"], firmada["id"]]
    for filtro, cuantas in {"estado=firmada": 1, "codigo_cie10=k021": 2, "codigo_cie10=I10": 0}.items():
        assert len(ok(medico.get(f"{DEL_PACIENTE}?{filtro}"))["datos"]) == cuantas


def test_una_lista_de_notas_cuesta_lo_mismo_con_una_que_con_varias(medico: ApiClient, app: Flask) -> None:
    def firmar_una() -> list[dict[str, Any]]:
        nota = escribir(medico)
        ok(medico.post(camino(nota, "/recetas"), RECETA), 201)
        ok(medico.post(camino(nota, "/firma")))
        with statements(app) as vistas:
            ok(medico.get(DEL_PACIENTE))
        cuantas.append(len(vistas))
        with app.app_context():
            acceso = Acceso(db.session.get_one(PacienteRef, 1), (1,), Accion.LEER, Relacion.MEDICO)
            return next(parte for parte in partes() if parte.nombre == "notas").contar(acceso, 2)

    cuantas: list[int] = []
    firmar_una()
    ultimas = [firmar_una() for _ in range(2)][-1]
    assert cuantas[0] == cuantas[-1] <= 16
    assert [len(nota["recetas"]) for nota in ultimas] == [1, 1]
    assert ultimas[0]["id"] > ultimas[1]["id"]
    assert isinstance(ultimas[0]["recetas"][0]["emitida_en"], datetime)


def test_el_formulario_033_se_llena_por_partes(medico: ApiClient) -> None:
    nota = escribir(medico)
    higiene = [
        {"pieza": 16, "placa": 2, "calculo": 1, "gingivitis": 1},
        {"pieza": 11, "placa": 1, "calculo": 0, "gingivitis": 0},
    ]
    lengua = {"region": "lengua", "normal": False, "detalle": "Lengua geográfica"}
    cambiar(medico, nota, {"higiene": higiene, "estomatognatico": [lengua]}, "/formulario-033")
    sesion = {"fecha": "2026-03-01", "procedimientos": "Profilaxis"}
    lleno = cambiar(medico, nota, {"angle": "ii", "fluorosis": "leve", "sesiones": [sesion]}, "/formulario-033")
    formulario = lleno["formulario_033"]
    assert (formulario["placa"], formulario["calculo"], formulario["gingivitis"]) == (1.5, 0.5, 0.5)
    assert (formulario["angle"], formulario["estomatognatico"]) == ("II", [lengua])
    assert formulario["sesiones"][0]["fecha"] == "2026-03-01"
    for malo in (
        {"higiene": [{**higiene[0], "pieza": 55}, higiene[0]]},
        {"higiene": [{**higiene[0], "placa": 4}]},
        {"estomatognatico": [{"region": "lengua", "normal": False}]},
        {"estomatognatico": [lengua, lengua]},
        {"estomatognatico": [lengua, {"region": "codo", "normal": True}]},
    ):
        problem(medico.put(camino(nota, "/formulario-033"), malo, headers={"If-Match": "*"}), 422)


def test_los_indices_del_formulario_033_son_los_de_la_boca_al_firmar(medico: ApiClient) -> None:
    nota = escribir(medico)
    lleno = cambiar(medico, nota, {"angle": "I"}, "/formulario-033")["formulario_033"]
    assert lleno["indices"]["cpo_d"]["total"] == 0
    caries = {"hallazgos": [{"pieza": 16, "codigo": "caries", "superficies": "O"}]}
    ok(medico.post("/historia-clinica/pacientes/1/odontograma/hallazgos", caries), 201)
    firmada = ok(medico.post(camino(nota, "/firma")))
    assert firmada["formulario_033"]["indices"]["cpo_d"] == {"c": 1, "p": 0, "o": 0, "total": 1}
