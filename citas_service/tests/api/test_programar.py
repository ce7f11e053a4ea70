"""Booking an appointment."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from citas.extensiones import db
from citas.modelos import Cita, Ocupacion
from comun.testing.client import ApiClient, ok, problem
from comun.testing.statements import statements

from ..conftest import QUITO, AdminDePrueba, datos_de_cita, manana, programar


def dialecto(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.dialect.name)


def nada_quedo(app: Flask) -> bool:
    """No appointment, no occupied time, no event."""
    with app.app_context():
        return not any(
            db.session.scalar(db.select(db.func.count()).select_from(tabla))
            for tabla in (Cita, Ocupacion, app.extensions["comun"].tables.outbox)
        )


def test_una_cita_queda_programada(api: ApiClient) -> None:
    respuesta = api.post("/citas", datos_de_cita())
    cita = ok(respuesta, 201)
    assert cita["estado"] == "programada"
    assert cita["fecha_hora"] == manana() + "-05:00"
    assert cita["duracion_minutos"] == 30
    assert cita["paciente"] == {"id": 1, "nombres": "José", "apellidos": "Núñez 1", "telefono": "0991234567"}
    assert cita["doctor"] == {"id": 1, "nombres": "Ana", "apellidos": "Doctora 1"}
    assert respuesta.headers["Location"] == f"/citas/{cita['id']}"
    assert respuesta.headers["ETag"] == '"1"'
    assert ok(api.get(f"/citas/{cita['id']}")) == cita


def test_se_pregunta_una_sola_vez_a_admin(api: ApiClient, admin: AdminDePrueba) -> None:
    programar(api, sala_id=1)
    assert admin.consultas == 1


@pytest.mark.both_databases
def test_espera_una_sola_vez_su_turno(api: ApiClient, app: Flask) -> None:
    programar(api)
    with statements(app) as hechas:
        programar(api, fecha_hora=manana("12:00"))
    # On SQLite there is one writer, for whom nobody need queue up.
    esperas = sum("pg_advisory_xact_lock" in hecha for hecha in hechas)
    assert esperas == (1 if dialecto(app) == "postgresql" else 0)


def test_los_nombres_de_campo_del_sistema_anterior_tambien_valen(api: ApiClient) -> None:
    cuerpo = {"id_paciente": "1", "id_doctor": 1, "id_centro": 1, "fecha": manana(), "motivo": "Dolor"}
    cita = ok(api.post("/citas", cuerpo), 201)
    assert (cita["paciente_id"], cita["motivo_consulta"]) == (1, "Dolor")


def test_nombre_y_alias_a_la_vez_no(api: ApiClient) -> None:
    problem(api.post("/citas", datos_de_cita(fecha=manana())), 422)


@pytest.mark.parametrize(
    ("campo", "valor", "mensaje"),
    [
        ("doctor_id", 77, "No existe ese doctor."),
        ("centro_id", 77, "No existe ese centro."),
        ("paciente_id", 77, "No existe ese paciente."),
        ("sala_id", 77, "No existe esa sala en ese centro."),
        ("doctor_id", 0, None),
        ("doctor_id", 2**31, None),
        ("doctor_id", "uno", None),
        ("fecha_hora", "2026-02-30T10:00:00", None),
        ("fecha_hora", "mañana", None),
        ("fecha_hora", "2030-01-01", None),
        ("fecha_hora", 5, None),
        ("fecha_hora", "2020-01-01T10:00:00", "Está en el pasado."),
        ("duracion_minutos", 0, None),
        ("duracion_minutos", -30, None),
        ("duracion_minutos", 100_000, None),
        ("motivo_consulta", "x" * 501, None),
        ("motivo_consulta", "a\x00b", None),
        ("email_contacto", "no es correo", None),
        ("telefono_contacto", "llamar", None),
        ("color", "rojo", "Campo desconocido."),
    ],
)
def test_lo_que_no_es_valido_se_dice_por_campo(
    api: ApiClient, app: Flask, campo: str, valor: object, mensaje: str | None
) -> None:
    error = problem(api.post("/citas", datos_de_cita() | {campo: valor}), 422)
    assert list(error["errores"]) == [campo]
    assert mensaje is None or error["errores"][campo] == [mensaje]
    assert nada_quedo(app)


def test_lo_que_falta_se_dice_todo_junto(api: ApiClient) -> None:
    error = problem(api.post("/citas", {}), 422)
    assert set(error["errores"]) == {"paciente_id", "doctor_id", "centro_id", "fecha_hora"}


@pytest.mark.parametrize(
    ("cambio", "codigo"),
    [
        ({"paciente_id": 9}, "paciente_inactivo"),
        ({"doctor_id": 5}, "doctor_inactivo"),
        ({"centro_id": 4}, "centro_inactivo"),
        ({"sala_id": 3}, "sala_inactiva"),
    ],
)
def test_quien_esta_inactivo_no_recibe_citas(api: ApiClient, app: Flask, cambio: dict[str, int], codigo: str) -> None:
    problem(api.post("/citas", datos_de_cita(**cambio)), 409, codigo)
    assert nada_quedo(app)


OCUPADOS: list[tuple[dict[str, int], str]] = [
    ({"doctor_id": 1, "paciente_id": 2}, "doctor_ocupado"),
    ({"doctor_id": 2, "paciente_id": 1}, "paciente_ocupado"),
    ({"doctor_id": 2, "paciente_id": 2, "sala_id": 1}, "sala_ocupada"),
    ({"doctor_id": 1, "paciente_id": 1, "sala_id": 1}, "doctor_ocupado"),
    ({"doctor_id": 2, "paciente_id": 1, "sala_id": 1}, "paciente_ocupado"),
]


@pytest.mark.both_databases
def test_nadie_esta_en_dos_sitios_a_la_vez(api: ApiClient) -> None:
    programar(api, sala_id=1, duracion_minutos=60)
    for desde, duracion in (("10:00", 60), ("10:30", 30), ("09:45", 30), ("09:00", 240)):
        for otra, codigo in OCUPADOS:
            pedida = datos_de_cita(fecha_hora=manana(desde), duracion_minutos=duracion, **otra)
            problem(api.post("/citas", pedida), 409, codigo)


@pytest.mark.both_databases
def test_una_cita_puede_empezar_cuando_la_otra_termina(api: ApiClient) -> None:
    programar(api, fecha_hora=manana("10:00"))
    programar(api, fecha_hora=manana("10:30"))
    programar(api, fecha_hora=manana("09:30"))


def test_la_hora_es_la_del_reloj_de_cada_centro(api: ApiClient) -> None:
    en_galapagos = programar(api, centro_id=2)
    assert en_galapagos["fecha_hora"] == manana() + "-06:00"
    # The same wall clock an hour earlier on the mainland: doctor and patient are free then.
    programar(api, centro_id=1)
    problem(api.post("/citas", datos_de_cita(fecha_hora=manana("11:00"))), 409, "doctor_ocupado")


def test_una_hora_con_desfase_es_ese_instante(api: ApiClient) -> None:
    cita = programar(api, fecha_hora=manana("15:00") + "Z")
    assert cita["fecha_hora"] == manana("10:00") + "-05:00"


def _cambio_de_hora(mes: int, domingo: int, hora: str) -> str:
    """A wall-clock time in New York on the n-th Sunday of a month, next year."""
    dia = datetime(datetime.now(QUITO).year + 1, mes, 1, tzinfo=QUITO)
    dia += timedelta(days=(6 - dia.weekday()) % 7 + 7 * (domingo - 1))
    return f"{dia.date()}T{hora}:00"


def test_una_hora_que_el_reloj_salta_no_existe(api: ApiClient) -> None:
    cuerpo = datos_de_cita(centro_id=3, fecha_hora=_cambio_de_hora(3, 2, "02:30"))
    assert "fecha_hora" in problem(api.post("/citas", cuerpo), 422, "hora_inexistente")["errores"]


def test_una_hora_que_ocurre_dos_veces_pide_el_desfase(api: ApiClient) -> None:
    ambigua = _cambio_de_hora(11, 1, "01:30")
    problem(api.post("/citas", datos_de_cita(centro_id=3, fecha_hora=ambigua)), 422, "hora_ambigua")
    assert programar(api, centro_id=3, fecha_hora=ambigua + "-05:00")["fecha_hora"] == ambigua + "-05:00"


def test_sin_admin_service_no_se_programa_nada(api: ApiClient, app: Flask, admin: AdminDePrueba) -> None:
    admin.caido = True
    respuesta = api.post("/citas", datos_de_cita())
    problem(respuesta, 503)
    assert int(respuesta.headers["Retry-After"]) >= 1
    assert nada_quedo(app)


class TestQuienPrograma:
    def test_un_paciente_para_si_mismo(self, api: ApiClient) -> None:
        programar(api.as_("paciente", paciente_id=1))

    def test_un_paciente_para_otro_no_y_sin_preguntar(self, api: ApiClient, admin: AdminDePrueba) -> None:
        problem(api.as_("paciente", paciente_id=2).post("/citas", datos_de_cita()), 403, "paciente_ajeno")
        assert admin.consultas == 0

    def test_una_secretaria_en_sus_centros(self, api: ApiClient) -> None:
        secretaria = api.as_("secretaria", centros=[1])
        programar(secretaria)
        problem(secretaria.post("/citas", datos_de_cita(centro_id=2)), 403, "centro_ajeno")

    def test_un_medico_solo_si_se_lo_permiten_y_en_su_agenda(self, api: ApiClient) -> None:
        problem(api.as_("medico", ["citas:leer"], doctor_id=1).post("/citas", datos_de_cita()), 403)
        problem(api.as_("medico", doctor_id=2).post("/citas", datos_de_cita()), 403, "agenda_ajena")

    def test_sin_token_no(self, api: ApiClient) -> None:
        problem(api.with_token(None).post("/citas", datos_de_cita()), 401)

    def test_un_alcance_desconocido_no_alcanza_nada(self, api: ApiClient) -> None:
        problem(api.as_("raro", alcance="todo").post("/citas", datos_de_cita()), 403)
        programar(api)
        assert ok(api.as_("raro", alcance="todo").get("/citas"))["datos"] == []


class TestRepetir:
    def test_la_misma_clave_da_la_misma_cita(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "recepcion-0001"}
        primera = api.post("/citas", datos_de_cita(), headers=clave)
        segunda = api.post("/citas", datos_de_cita(), headers=clave)
        assert ok(primera, 201) == ok(segunda, 201)
        assert segunda.headers["Idempotent-Replayed"] == "true"
        assert segunda.headers["Location"] == primera.headers["Location"]
        assert segunda.headers["ETag"] == primera.headers["ETag"]

    def test_con_otro_contenido_no(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "recepcion-0001"}
        ok(api.post("/citas", datos_de_cita(), headers=clave), 201)
        otra = api.post("/citas", datos_de_cita(doctor_id=2), headers=clave)
        problem(otra, 422, "clave_idempotencia_reutilizada")

    def test_un_rechazo_no_se_guarda(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "recepcion-0001"}
        ocupante = programar(api)
        problem(api.post("/citas", datos_de_cita(paciente_id=2), headers=clave), 409)
        api.put(f"/citas/{ocupante['id']}", {"estado": "cancelada"})
        ok(api.post("/citas", datos_de_cita(paciente_id=2), headers=clave), 201)

    def test_cada_quien_tiene_sus_claves(self, api: ApiClient) -> None:
        clave = {"Idempotency-Key": "1"}
        ok(api.as_("admin", sub="1").post("/citas", datos_de_cita(), headers=clave), 201)
        ajena = api.as_("admin", sub="2").post("/citas", datos_de_cita(), headers=clave)
        problem(ajena, 409, "doctor_ocupado")


class TestCuerpos:
    def test_no_es_json(self, api: ApiClient) -> None:
        problem(api.call("POST", "/citas", data=b"{", content_type="application/json"), 400, "json_invalido")

    def test_no_dice_ser_json(self, api: ApiClient) -> None:
        problem(api.call("POST", "/citas", data=b"a=1", content_type="text/plain"), 415)

    def test_utf8_roto(self, api: ApiClient) -> None:
        problem(api.call("POST", "/citas", data=b'{"a": "\xff"}', content_type="application/json"), 400)

    def test_una_lista_donde_va_un_objeto(self, api: ApiClient) -> None:
        problem(api.post("/citas", [datos_de_cita()]), 422)

    @pytest.mark.both_databases
    def test_cualquier_texto_es_solo_texto(self, api: ApiClient) -> None:
        textos = ["'; DROP TABLE cita; --", "<script>alert(1)</script>", "%00", "🦷 \"'`"]
        citas = [
            programar(api, motivo_consulta=texto, fecha_hora=manana(dias=n)) for n, texto in enumerate(textos, 1)
        ]
        for cita, texto in zip(citas, textos, strict=True):
            assert ok(api.get(f"/citas/{cita['id']}"))["motivo_consulta"] == texto
            assert [c["id"] for c in ok(api.get("/citas", query_string={"q": texto}))["datos"]] == [cita["id"]]
