"""What the agenda keeps of doctors, centres and staff, and what becomes of patients' things."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from citas.casos_de_uso.acomodar import Condiciones
from citas.casos_de_uso.apartar import nuevo_apartado
from citas.casos_de_uso.pacientes import unir_rezagados
from citas.eventos.emitidos import anunciar
from citas.extensiones import consumidor, db
from citas.modelos import (
    Apartado,
    AsistenteRef,
    Calendario,
    CambioEstado,
    CentroRef,
    Cita,
    DoctorRef,
    Espera,
    Ocupacion,
    PacienteRef,
    Serie,
)
from comun.auth.caller import Caller, Scope
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import QUITO, datos_de_cita, manana, programar
from .test_eventos import PACIENTE, entregar

RAIZ = Path(__file__).parents[3]
ESQUEMAS = {
    **dict.fromkeys(("centro", "doctor", "paciente"), RAIZ / "admin_service/admin/eventos/esquemas"),
    "usuario": RAIZ / "auth_service/auth/eventos/esquemas",
    "tratamiento": RAIZ / "inventario_service/inventario/eventos/esquemas",
}
# What the handlers here read of each event.
SE_LEE = {
    "centro": {"id", "nombre", "zona_horaria", "activo", "salas"},
    "doctor": {"id", "nombres", "apellidos", "activo", "especialidades", "servicios"},
    "paciente": {"id", "nombres", "apellidos", "telefono", "email"},
    "usuario": {"id", "nombre_usuario", "nombres", "apellidos", "rol", "activo"},
    "tratamiento": {"id", "duracion_minutos"},
}
DOCTOR = {
    "id": 1,
    "nombres": "Ana",
    "apellidos": "Doctora 1",
    "activo": True,
    "usuario_id": None,
    "email": None,
    "telefono": None,
    "especialidades": ["Ortodoncia"],
    "servicios": [7],
}
CENTRO = {
    "id": 1,
    "codigo": "C001",
    "nombre": "Centro 1",
    "zona_horaria": "America/Guayaquil",
    "activo": True,
    "salas": [{"id": 1, "nombre": "Sillón 1", "tipo": "sillon", "activa": True}],
}
USUARIO = {
    "id": 3,
    "nombre_usuario": "eva",
    "email": "eva@example.com",
    "nombres": "Eva",
    "apellidos": "Ríos",
    "rol": "secretaria",
    "activo": True,
    "doctor_id": None,
    "paciente_id": None,
}


@pytest.mark.parametrize("tipo", consumidor.types)
def test_lo_que_se_lee_de_un_evento_es_lo_que_su_servicio_promete(tipo: str) -> None:
    cosa = tipo.partition(".")[0]
    esquema = json.loads((ESQUEMAS[cosa] / f"{tipo}.json").read_text())
    ademas = {"absorbido_id"} if tipo == "paciente.fusionado.v1" else set()
    assert SE_LEE[cosa] | ademas <= set(esquema["required"])


def test_una_sala_se_promete_con_lo_que_la_agenda_usa() -> None:
    for suceso in ("creado", "actualizado", "eliminado"):
        esquema = json.loads((ESQUEMAS["centro"] / f"centro.{suceso}.v1.json").read_text())
        assert set(esquema["properties"]["salas"]["items"]["required"]) == {"id", "nombre", "tipo", "activa"}


def fila(app: Flask, modelo: Any, clave: int) -> Any:
    with app.app_context():
        return db.session.get(modelo, clave)


class TestReferencias:
    def test_de_un_doctor_lo_que_ofrece(self, api: ApiClient, app: Flask) -> None:
        ok(entregar(api, "doctor.creado.v1", "doctor/1", DOCTOR, 1))
        programar(api, tratamiento_id=7)
        otro = datos_de_cita(fecha_hora=manana("12:00"), tratamiento_id=8)
        problem(api.post("/citas", otro), 409, "tratamiento_no_ofrecido")
        ok(entregar(api, "doctor.actualizado.v1", "doctor/1", DOCTOR | {"servicios": [7, 8]}, 2))
        programar(api, fecha_hora=manana("12:00"), tratamiento_id=8)
        doctor = fila(app, DoctorRef, 1)
        assert (doctor.activo, doctor.especialidades, doctor.servicios) == (True, ["Ortodoncia"], [7, 8])

    @pytest.mark.parametrize(
        ("cosa", "modelo", "datos"), [("doctor", DoctorRef, DOCTOR), ("centro", CentroRef, CENTRO)]
    )
    def test_lo_eliminado_queda_inactivo(
        self, api: ApiClient, app: Flask, cosa: str, modelo: Any, datos: dict[str, Any]
    ) -> None:
        ok(entregar(api, f"{cosa}.creado.v1", f"{cosa}/1", datos, 1))
        assert fila(app, modelo, 1).activo is True
        ok(entregar(api, f"{cosa}.eliminado.v1", f"{cosa}/1", datos, 3))
        assert fila(app, modelo, 1).activo is False
        # Late news of what was before changes nothing.
        ok(entregar(api, f"{cosa}.actualizado.v1", f"{cosa}/1", datos, 2))
        assert fila(app, modelo, 1).activo is False

    def test_de_un_centro_sus_salas(self, api: ApiClient) -> None:
        """A treatment that needs a kind of room gets one of those that the news told of."""
        ok(entregar(api, "centro.creado.v1", "centro/1", CENTRO, 1))
        ok(api.post("/citas/politicas", {"tratamiento_id": 7, "tipo_sala": "sillon"}), 201)
        assert programar(api, tratamiento_id=7)["sala_id"] == 1
        fuera = [{**CENTRO["salas"][0], "activa": False}]  # type: ignore[index]
        ok(entregar(api, "centro.actualizado.v1", "centro/1", CENTRO | {"salas": fuera}, 2))
        otra = datos_de_cita(fecha_hora=manana("12:00"), tratamiento_id=7)
        problem(api.post("/citas", otra), 409, "sin_sala")


class TestAsistentes:
    def test_el_personal_puede_asistir(self, api: ApiClient, app: Flask) -> None:
        problem(api.post("/citas", datos_de_cita(asistente_id=3)), 422)
        ok(entregar(api, "usuario.creado.v1", "usuario/3", USUARIO, 1))
        assert programar(api, asistente_id=3)["asistente"] == {"id": 3, "nombres": "Eva", "apellidos": "Ríos"}
        ok(entregar(api, "usuario.desactivado.v1", "usuario/3", USUARIO | {"activo": False}, 2))
        tarde = datos_de_cita(fecha_hora=manana("12:00"), asistente_id=3)
        problem(api.post("/citas", tarde), 409, "asistente_inactivo")
        ok(entregar(api, "usuario.actualizado.v1", "usuario/3", USUARIO, 3))
        assert fila(app, AsistenteRef, 3).activo is True

    @pytest.mark.parametrize("rol", ["paciente", "servicio"])
    def test_los_demas_no(self, api: ApiClient, app: Flask, rol: str) -> None:
        ok(entregar(api, "usuario.creado.v1", "usuario/3", USUARIO | {"rol": rol}, 1))
        assert fila(app, AsistenteRef, 3) is None

    def test_una_noticia_vieja_no_hace_asistente_a_nadie(self, api: ApiClient, app: Flask) -> None:
        ok(entregar(api, "usuario.actualizado.v1", "usuario/3", USUARIO | {"rol": "paciente"}, 3))
        ok(entregar(api, "usuario.creado.v1", "usuario/3", USUARIO, 1))
        assert fila(app, AsistenteRef, 3) is None

    def test_ni_quien_deja_de_serlo(self, api: ApiClient, app: Flask) -> None:
        ok(entregar(api, "usuario.creado.v1", "usuario/3", USUARIO, 1))
        ok(entregar(api, "usuario.actualizado.v1", "usuario/3", USUARIO | {"rol": "paciente"}, 3))
        ok(entregar(api, "usuario.actualizado.v1", "usuario/3", USUARIO, 2))
        assert fila(app, AsistenteRef, 3).activo is False

    def test_quien_no_tiene_nombre_aparece_con_el_de_usuario(self, api: ApiClient, app: Flask) -> None:
        sin_nombre = {campo: valor for campo, valor in USUARIO.items() if campo not in ("nombres", "apellidos")}
        ok(entregar(api, "usuario.creado.v1", "usuario/3", sin_nombre, 1))
        assert fila(app, AsistenteRef, 3).nombre_completo == "eva"

    def test_un_nombre_muy_largo_cabe(self, api: ApiClient, app: Flask) -> None:
        largo = {"nombres": "ﷺ" * 120, "apellidos": "ñ" * 120}
        ok(entregar(api, "usuario.creado.v1", "usuario/3", USUARIO | largo, 1))
        assert len(fila(app, AsistenteRef, 3).apellidos) == 120


def apartar(app: Flask, paciente_id: int, hora: str, doctor_id: int, *, vencido: bool = False) -> int:
    """A hold; an expired one still stands in the database."""
    inicio = datetime.fromisoformat(manana(hora)).replace(tzinfo=QUITO)
    quien = Caller(sujeto="7", alcance=Scope.RED)
    with app.app_context(), app.test_request_context():
        datos = {"doctor_id": doctor_id, "centro_id": 1, "paciente_id": paciente_id}
        vence = now() + timedelta(minutes=-1 if vencido else 10)
        apartado = nuevo_apartado(datos, inicio.astimezone(UTC), "America/Guayaquil", Condiciones(quien), vence)
        db.session.commit()
        return apartado.id


def conocer(api: ApiClient, *pacientes: int) -> None:
    for n in pacientes:
        ok(
            entregar(
                api,
                "paciente.creado.v1",
                f"paciente/{n}",
                {"id": n, "nombres": "José", "apellidos": "N", **PACIENTE},
                1,
            )
        )
    for n in (1, 2, 3):
        ok(entregar(api, "doctor.creado.v1", f"doctor/{n}", DOCTOR | {"id": n, "servicios": []}, 1))
    ok(entregar(api, "centro.creado.v1", "centro/1", CENTRO, 1))


def guardar(app: Flask, paciente_id: int) -> None:
    """A wish, a series and a feed of a patient."""
    hoy = date(2026, 1, 15)
    with app.app_context():
        db.session.add_all(
            [
                Espera(paciente_id=paciente_id, desde=hoy, hasta=hoy, notas="Le urge", hora_desde=480,
                       dias_semana=[0, 2], registrado_por="ana"),
                Serie(paciente_id=paciente_id, doctor_id=1, centro_id=1, primera=datetime(2026, 1, 15, 10),  # noqa: DTZ001
                      zona_horaria="America/Guayaquil", rrule="FREQ=WEEKLY;COUNT=4", registrado_por="ana"),
                Calendario(paciente_id=paciente_id, nombre="Mi agenda", huella=f"huella-{paciente_id}"),
            ]
        )  # fmt: skip
        db.session.commit()


class TestFusion:
    @pytest.fixture(autouse=True)
    def _conocidos(self, api: ApiClient) -> None:
        conocer(api, 1, 2)

    def fusionar(self, api: ApiClient) -> None:
        datos = {"id": 1, "absorbido_id": 2, "nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.fusionado.v1", "paciente/1", datos))

    def test_todo_pasa_al_que_queda(self, api: ApiClient, app: Flask) -> None:
        guardar(app, 2)
        apartado = apartar(app, 2, "10:00", doctor_id=1)
        self.fusionar(api)
        with app.app_context():
            assert db.session.get_one(PacienteRef, 2).fusionado_en_id == 1
            for modelo in (Espera, Serie, Calendario, Apartado):
                assert db.session.scalars(db.select(modelo.paciente_id)).all() == [1]
            suyas = db.select(Ocupacion.tipo, Ocupacion.recurso_id).where(Ocupacion.apartado_id == apartado)
            assert sorted(db.session.execute(suyas).all()) == [("doctor", 1), ("paciente", 1)]
        problem(api.post("/citas", datos_de_cita(doctor_id=3)), 409, "paciente_ocupado")

    def test_dos_uniones_cuyas_noticias_llegan_al_reves(self, api: ApiClient, app: Flask) -> None:
        conocer(api, 3)
        cita = programar(api, paciente_id=2, doctor_id=1)
        datos = {"nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.fusionado.v1", "paciente/3", {"id": 3, "absorbido_id": 1, **datos}))
        ok(entregar(api, "paciente.fusionado.v1", "paciente/1", {"id": 1, "absorbido_id": 2, **datos}))
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente_id"] == 3
        assert [fila(app, PacienteRef, n).fusionado_en_id for n in (1, 2, 3)] == [3, 3, None]

    def test_antes_de_saber_de_ella_se_puede_saber_con_quien_se_unio(self, api: ApiClient, app: Flask) -> None:
        datos = {"nombres": "José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.fusionado.v1", "paciente/1", {"id": 1, "absorbido_id": 7, **datos}))
        ok(entregar(api, "paciente.creado.v1", "paciente/7", {"id": 7, **datos}, 1))
        assert fila(app, PacienteRef, 7).fusionado_en_id == 1

    def test_para_el_absorbido_no_se_escribe_mas(self, api: ApiClient) -> None:
        """The stand-in still answers that patient 2 exists, as admin_service did just before the merge."""
        self.fusionar(api)
        problem(api.post("/citas", datos_de_cita(paciente_id=2)), 422)
        problem(api.post("/citas/apartados", {**datos_de_cita(paciente_id=2, motivo_consulta=None)}), 422)
        problem(api.post("/citas/calendarios", {"paciente_id": 2}), 422)

    def test_lo_que_estaba_en_camino_lo_sigue(self, api: ApiClient, app: Flask) -> None:
        """Asked before the merge, written after its news: the worker takes it to the survivor."""
        cita = programar(api, paciente_id=2, doctor_id=1)
        guardar(app, 2)
        with app.app_context():
            db.session.get_one(PacienteRef, 2).fusionado_en_id = 1
            db.session.commit()
            unir_rezagados()
            for modelo in (Espera, Serie, Calendario):
                assert db.session.scalars(db.select(modelo.paciente_id)).all() == [1]
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente_id"] == 1

    @pytest.mark.parametrize("vencido", [False, True])
    def test_un_apartado_no_estorba_a_una_cita(self, api: ApiClient, app: Flask, vencido: bool) -> None:
        cita = programar(api, paciente_id=2, doctor_id=1)
        estorbo = apartar(app, 1, "10:15", doctor_id=2, vencido=vencido)
        self.fusionar(api)
        assert fila(app, Apartado, estorbo) is None
        queda = ok(api.get(f"/citas/{cita['id']}"))
        assert (queda["paciente_id"], queda["estado"]) == (1, "programada")
        # The time of the hold's doctor is free again.
        programar(api, paciente_id=3, doctor_id=2, fecha_hora=manana("10:15"))

    @pytest.mark.parametrize("vencido", [False, True])
    def test_el_apartado_del_absorbido_cede(self, api: ApiClient, app: Flask, vencido: bool) -> None:
        cita = programar(api, paciente_id=1, doctor_id=1)
        con_cita, con_apartado, libre = (
            apartar(app, 2, "10:15", doctor_id=2, vencido=vencido),
            apartar(app, 2, "12:00", doctor_id=2),
            apartar(app, 2, "15:00", doctor_id=2),
        )
        queda = apartar(app, 1, "12:00", doctor_id=3)
        self.fusionar(api)
        assert [fila(app, Apartado, uno) is None for uno in (con_cita, con_apartado, libre, queda)] == [
            True, True, False, False,
        ]  # fmt: skip
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"

    def test_una_cita_cancelada_no_quita_apartados(self, api: ApiClient, app: Flask) -> None:
        cita = programar(api, paciente_id=2, doctor_id=1)
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
        apartado = apartar(app, 1, "10:00", doctor_id=2)
        self.fusionar(api)
        assert fila(app, Apartado, apartado) is not None
        assert ok(api.get(f"/citas/{cita['id']}"))["paciente_id"] == 1


class TestDatosPersonales:
    def test_anonimizar_borra_lo_que_se_escribio_de_la_persona(self, api: ApiClient, app: Flask) -> None:
        conocer(api, 1)
        cita = programar(api)
        guardar(app, 1)
        cambio = {"telefono_contacto": "0981112223", "email_contacto": "secreto@example.com"}
        ok(api.put(f"/citas/{cita['id']}", cambio, headers={"If-Match": "*"}))
        with app.app_context():
            pedida = db.session.get_one(Cita, cita["id"], options=Cita.cargar())
            pedida.cambio_solicitado = "Mejor el martes"
            anunciar(pedida, "cambio_solicitado", pedida.cambio_solicitado)
            db.session.commit()
        motivo = {"estado": "cancelada", "motivo": "Viaja con su hija"}
        ok(api.patch(f"/citas/{cita['id']}/estado", motivo))
        anonimo = {
            "id": 1,
            "nombres": "Paciente",
            "apellidos": "anonimizado",
            **PACIENTE,
            "telefono": None,
            "email": None,
        }
        ok(entregar(api, "paciente.anonimizado.v1", "paciente/1", anonimo, 9))
        queda = ok(api.get(f"/citas/{cita['id']}"))
        personales = ("telefono_contacto", "email_contacto", "cambio_solicitado", "motivo_cancelacion")
        assert [queda[c] for c in personales] == [None] * 4
        tabla = app.extensions["comun"].tables.audit
        with app.app_context():
            assert db.session.scalars(db.select(Espera.notas)).all() == [None]
            assert db.session.scalars(db.select(Calendario.id)).all() == []
            rastro = str(db.session.scalars(db.select(tabla.c.cambios)).all())
            salidas = app.extensions["comun"].tables.outbox
            rastro += str(db.session.scalars(db.select(salidas.c.datos)).all())
            rastro += str(db.session.scalars(db.select(CambioEstado.motivo)).all())
        for dato in ("0981112223", "secreto", "martes", "urge", "hija"):
            assert dato not in rastro

    def test_los_datos_de_un_paciente_son_todos(self, api: ApiClient, app: Flask) -> None:
        conocer(api, 1, 2)
        programar(api)
        for n in (1, 2):
            guardar(app, n)
        apartar(app, 1, "15:00", doctor_id=2)
        datos = ok(api.as_("servicio").get("/interno/pacientes/1/datos"))
        assert {campo: len(filas) for campo, filas in datos.items()} == {
            "citas": 1, "espera": 1, "series": 1, "apartados": 1, "calendarios": 1,
        }  # fmt: skip
        (espera,) = datos["espera"]
        assert (espera["notas"], espera["hora_desde"], espera["dias_semana"]) == (
            "Le urge",
            "08:00",
            ["lunes", "miercoles"],
        )
        assert datos["series"][0]["primera"] == "2026-01-15T10:00:00"
        assert datos["apartados"][0]["fecha_hora"].startswith(manana("15:00")[:16])
        assert datos["calendarios"][0]["nombre"] == "Mi agenda"
        assert "huella" not in str(datos)
