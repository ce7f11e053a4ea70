"""A doctor or patient and his user: both or none, whatever fails in between, and never two."""

import pytest
from flask import Flask

from admin.extensiones import db
from admin.modelos import Paciente
from comun.testing.client import ApiClient, ok, problem

from ..conftest import OtrosServicios
from ..fabricas import crear_doctor, crear_paciente, eventos

ANA = {"nombre": "Ana Pérez", "identificacion": "1714307103"}
CON_CLAVE = {**ANA, "username": "ana.perez", "password": "Colibri-Paramo-7"}


class TestAlta:
    def test_con_nombre_y_contrasena_nace_el_usuario(self, api: ApiClient, otros: OtrosServicios) -> None:
        paciente = ok(api.post("/admin/pacientes", CON_CLAVE), 201)
        usuario = otros.usuarios[paciente["usuario_id"]]
        assert (usuario["rol"], usuario["nombre_usuario"]) == ("paciente", "ana.perez")
        assert (usuario["paciente_id"], usuario["confirmado"]) == (paciente["id"], True)

    def test_el_de_un_doctor_es_medico(self, api: ApiClient, otros: OtrosServicios) -> None:
        doctor = ok(api.post("/admin/doctores", CON_CLAVE), 201)
        assert otros.usuarios[doctor["usuario_id"]]["rol"] == "medico"
        assert otros.usuarios[doctor["usuario_id"]]["doctor_id"] == doctor["id"]

    def test_con_solo_un_email_se_le_invita(self, api: ApiClient, otros: OtrosServicios) -> None:
        paciente = ok(api.post("/admin/pacientes", {**ANA, "email": "ana@example.com"}), 201)
        usuario = otros.usuarios[paciente["usuario_id"]]
        assert (usuario["email"], usuario["nombre_usuario"]) == ("ana@example.com", None)

    @pytest.mark.parametrize("datos", [ANA, {**ANA, "email": "ana@example.com", "crear_usuario": False}])
    def test_sin_nada_que_decir_no_hay_usuario(self, api: ApiClient, otros: OtrosServicios, datos: dict) -> None:
        assert ok(api.post("/admin/pacientes", datos), 201)["usuario_id"] is None
        assert otros.usuarios == {}

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({"usuario_id": 1, "nombre_usuario": "ana"}, "usuario_id"),
            ({"contrasena": "Colibri-Paramo-7"}, "nombre_usuario"),
            ({"nombre_usuario": "ana"}, "contrasena"),
            ({"crear_usuario": False, "usuario_id": 1}, "crear_usuario"),
            ({"crear_usuario": True}, "crear_usuario"),
            ({"nombre_usuario": "ana", "contrasena": "corta"}, "contrasena"),
        ],
    )
    def test_lo_que_no_cuadra_no_hace_nada(
        self, api: ApiClient, otros: OtrosServicios, datos: dict, campo: str
    ) -> None:
        assert campo in problem(api.post("/admin/pacientes", ANA | datos), 422)["errores"]
        assert ok(api.get("/admin/pacientes"))["datos"] == []
        assert otros.usuarios == {}

    def test_lo_que_ya_es_invalido_no_reserva_un_usuario(self, api: ApiClient, otros: OtrosServicios) -> None:
        crear_paciente(api, identificacion=ANA["identificacion"])
        problem(api.post("/admin/pacientes", CON_CLAVE), 409, "identificacion_duplicada")
        problem(
            api.post("/admin/pacientes", {**CON_CLAVE, "cedula": None, "identificacion": None} | {"centro_id": 9}),
            422,
        )
        assert otros.usuarios == {}

    def test_un_nombre_de_otro_se_rechaza(self, api: ApiClient, otros: OtrosServicios) -> None:
        otros.existe(nombre_usuario="ana.perez")
        problem(api.post("/admin/pacientes", CON_CLAVE), 409, "nombre_usuario_duplicado")
        assert ok(api.get("/admin/pacientes"))["datos"] == []

    def test_la_contrasena_no_deja_rastro(self, api: ApiClient, app: Flask) -> None:
        ok(api.post("/admin/pacientes", CON_CLAVE, headers={"Idempotency-Key": "k-1"}), 201)
        with app.app_context():
            for tabla in db.metadata.sorted_tables:
                assert "Colibri-Paramo-7" not in str(db.session.execute(db.select(tabla)).all())


class TestVincular:
    def test_un_usuario_que_ya_existe(self, api: ApiClient, otros: OtrosServicios) -> None:
        usuario_id = otros.existe()
        paciente = crear_paciente(api, id_user=usuario_id, crear_usuario=True)
        assert paciente["usuario_id"] == usuario_id
        assert otros.usuarios[usuario_id]["paciente_id"] == paciente["id"]

    def test_despues_de_crear_la_persona(self, api: ApiClient, otros: OtrosServicios) -> None:
        ruta, usuario_id = f"/admin/pacientes/{crear_paciente(api)['id']}", otros.existe()
        assert ok(api.put(ruta, {"usuario_id": usuario_id}))["usuario_id"] == usuario_id
        assert otros.usuarios[usuario_id]["paciente_id"] == 1
        problem(api.put(ruta, {"usuario_id": otros.existe()}), 409, "usuario_ya_vinculado")

    def test_solo_el_que_corresponde(self, api: ApiClient, otros: OtrosServicios) -> None:
        de_otro_rol, ocupado = otros.existe("medico"), otros.existe(paciente_id=77)
        assert "usuario_id" in problem(api.post("/admin/pacientes", {**ANA, "usuario_id": 99}), 422)["errores"]
        assert (
            "usuario_id" in problem(api.post("/admin/pacientes", {**ANA, "usuario_id": de_otro_rol}), 422)["errores"]
        )
        problem(api.post("/admin/pacientes", {**ANA, "usuario_id": ocupado}), 409, "usuario_ya_vinculado")
        assert ok(api.get("/admin/pacientes"))["datos"] == []


class TestFallos:
    @pytest.mark.parametrize("falla", ["antes", "despues"])
    @pytest.mark.parametrize("datos", [CON_CLAVE, {**ANA, "email": "ana@example.com"}])
    def test_auth_cae_y_el_reintento_deja_uno_de_cada(
        self, api: ApiClient, otros: OtrosServicios, falla: str, datos: dict
    ) -> None:
        otros.falla = falla
        respuesta = api.post("/admin/pacientes", datos)
        problem(respuesta, 503)
        assert int(respuesta.headers["Retry-After"]) > 0
        assert ok(api.get("/admin/pacientes"))["datos"] == []
        otros.falla = None
        paciente = ok(api.post("/admin/pacientes", datos), 201)
        assert list(otros.usuarios) == [paciente["usuario_id"]]
        problem(api.post("/admin/pacientes", datos), 409)
        assert len(otros.usuarios) == len(ok(api.get("/admin/pacientes"))["datos"]) == 1

    def test_admin_muere_entre_la_reserva_y_el_alta(
        self, api: ApiClient, otros: OtrosServicios, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("admin.casos_de_uso.pacientes._asentar", _morir)
        problem(api.post("/admin/pacientes", CON_CLAVE), 500)
        assert [u["confirmado"] for u in otros.usuarios.values()] == [False]
        monkeypatch.undo()
        paciente = ok(api.post("/admin/pacientes", CON_CLAVE), 201)
        assert otros.usuarios[paciente["usuario_id"]]["confirmado"]
        assert len(otros.usuarios) == 1

    def test_si_la_confirmacion_falla_queda_el_evento(
        self, api: ApiClient, otros: OtrosServicios, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("admin.clientes.auth.AuthCliente.confirmar", _morir)
        paciente = ok(api.post("/admin/pacientes", CON_CLAVE), 201)
        tipo, sujeto, datos = eventos(app)[-1]
        assert (tipo, sujeto) == ("paciente.creado.v1", f"paciente/{paciente['id']}")
        assert datos["usuario_id"] == paciente["usuario_id"]

    def test_repetir_con_la_misma_clave_responde_lo_mismo(self, api: ApiClient, otros: OtrosServicios) -> None:
        clave = {"Idempotency-Key": "alta-1"}
        primera = api.post("/admin/pacientes", CON_CLAVE, headers=clave)
        segunda = api.post("/admin/pacientes", CON_CLAVE, headers=clave)
        assert ok(primera, 201) == ok(segunda, 201)
        assert segunda.headers["Idempotent-Replayed"] == "true"
        problem(
            api.post("/admin/pacientes", {**CON_CLAVE, "direccion": "Otra"}, headers=clave),
            422,
            "clave_idempotencia_reutilizada",
        )
        assert len(otros.usuarios) == 1

    def test_quien_se_elimina_y_vuelve_recibe_otro_usuario(self, api: ApiClient, otros: OtrosServicios) -> None:
        datos = {**ANA, "email": "ana@example.com"}
        primera = ok(api.post("/admin/pacientes", datos), 201)
        api.delete(f"/admin/pacientes/{primera['id']}")
        assert ok(api.post("/admin/pacientes", datos), 201)["usuario_id"] != primera["usuario_id"]

    def test_dos_personas_no_comparten_usuario(self, api: ApiClient, otros: OtrosServicios, app: Flask) -> None:
        usuario_id = otros.existe()
        crear_paciente(api, usuario_id=usuario_id)
        otros.usuarios[usuario_id]["paciente_id"] = None
        problem(api.post("/admin/pacientes", {"nombre": "Otro Más", "usuario_id": usuario_id}), 409)
        with app.app_context():
            assert db.session.scalar(db.select(db.func.count()).select_from(Paciente)) == 1


class TestRegistroPropio:
    def test_se_crea_una_vez(self, api: ApiClient) -> None:
        servicio, datos = api.as_("servicio"), {"nombres": "Ana", "apellidos": "Pérez", "email": "a@example.com"}
        creado = ok(servicio.put("/interno/pacientes/por-usuario/5", datos))
        assert ok(servicio.put("/interno/pacientes/por-usuario/5", datos)) == creado
        assert ok(servicio.get("/interno/personas/por-usuario/5")) == {"doctor_id": None, **creado}

    def test_no_dice_quien_es_paciente(self, api: ApiClient) -> None:
        crear_paciente(api, identificacion="1714307103")
        datos = {"nombres": "Ana", "apellidos": "Pérez", "identificacion": "1714307103"}
        creado = ok(api.as_("servicio").put("/interno/pacientes/por-usuario/5", datos))
        assert creado["paciente_id"] == 2
        assert ok(api.get("/admin/pacientes/2"))["identificacion"] is None

    def test_personas_de_usuarios_desconocidos(self, api: ApiClient, otros: OtrosServicios) -> None:
        doctor = crear_doctor(api, usuario_id=otros.existe("medico"))
        servicio = api.as_("servicio")
        assert ok(servicio.get("/interno/personas/por-usuario/1")) == {"doctor_id": doctor["id"], "paciente_id": None}
        assert ok(servicio.get("/interno/personas/por-usuario/2")) == {"doctor_id": None, "paciente_id": None}


def _morir(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("killed")
