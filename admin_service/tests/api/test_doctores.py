"""Doctors: names, specialties, centres, treatments."""

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..conftest import OtrosServicios
from ..fabricas import anunciar_cita, crear_centro, crear_doctor, eventos


class TestAlta:
    def test_los_nombres_que_la_gente_usa(self, api: ApiClient) -> None:
        centro = crear_centro(api)["id"]
        datos = {"nombre": "Ana Lucía Pérez Mora", "cedula": "1714307103", "especialidad": "Ortodoncia"}
        doctor = ok(api.post("/admin/doctores", {**datos, "id_centro": centro, "crear_usuario": "no"}), 201)
        assert (doctor["nombres"], doctor["apellidos"]) == ("Ana Lucía", "Pérez Mora")
        assert doctor["nombre_completo"] == "Ana Lucía Pérez Mora"
        assert (doctor["identificacion"], doctor["tipo_identificacion"]) == ("1714307103", "cedula")
        assert (doctor["especialidades"], doctor["centros"]) == (["Ortodoncia"], [centro])

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({"nombre": "Ana Pérez", "nombres": "Ana"}, "nombre"),
            ({"nombre": "Ana"}, "nombre"),
            ({"dni": "1714307103", "cedula": "1714307103"}, "cedula"),
            ({"identificacion": "1714307104"}, "identificacion"),
            ({"centros": [99]}, "centros"),
            ({"especialidades": [99]}, "especialidades"),
            ({"servicios": [0]}, "servicios"),
            ({"email": "no es un correo"}, "email"),
        ],
    )
    def test_lo_que_no_vale_se_dice_por_campo(self, api: ApiClient, datos: dict, campo: str) -> None:
        base = {} if "nombre" in datos else {"nombres": "Ana", "apellidos": "Pérez"}
        respuesta = problem(api.post("/admin/doctores", base | datos | {"crear_usuario": False}), 422)
        assert campo in respuesta["errores"]

    def test_la_identificacion_es_unica_entre_los_vivos(self, api: ApiClient) -> None:
        doctor = crear_doctor(api, identificacion="1714307103")
        otro = {"nombre": "Otro Más", "identificacion": "171430710-3", "crear_usuario": False}
        problem(api.post("/admin/doctores", otro), 409, "identificacion_duplicada")
        api.delete(f"/admin/doctores/{doctor['id']}")
        ok(api.post("/admin/doctores", otro), 201)

    def test_varios_sin_identificacion_caben(self, api: ApiClient) -> None:
        assert crear_doctor(api)["id"] != crear_doctor(api)["id"]


class TestEspecialidades:
    def test_por_nombre_sin_tildes_o_por_id_es_la_misma(self, api: ApiClient) -> None:
        crear_doctor(api, especialidades=["Odontología general", "Endodoncia"])
        entradas = {e["nombre"]: e["id"] for e in ok(api.get("/admin/especialidades"))["datos"]}
        doctor = crear_doctor(api, especialidades=["ODONTOLOGIA  GENERAL", entradas["Endodoncia"]])
        assert doctor["especialidades"] == ["Endodoncia", "Odontología general"]
        assert len(ok(api.get("/admin/especialidades"))["datos"]) == 2

    def test_una_desconocida_solo_la_agrega_quien_puede(self, api: ApiClient) -> None:
        sin_catalogos = api.as_("admin", permisos=["admin:doctores:crear", "admin:doctores:editar"])
        datos = {"nombre": "Ana Pérez", "especialidad": "Inventada", "crear_usuario": False}
        assert "especialidades" in problem(sin_catalogos.post("/admin/doctores", datos), 422)["errores"]
        assert ok(api.get("/admin/especialidades"))["datos"] == []
        ok(api.post("/admin/doctores", datos), 201)
        ok(sin_catalogos.post("/admin/doctores", datos), 201)

    def test_se_filtra_por_ella(self, api: ApiClient) -> None:
        crear_doctor(api, especialidad="Ortodoncia")
        crear_doctor(api, especialidad="Endodoncia")
        assert len(ok(api.get("/admin/doctores?especialidad=ORTODONCIA"))["datos"]) == 1
        assert ok(api.get("/admin/doctores?especialidad=Otra"))["datos"] == []


class TestCambios:
    def test_put_cambia_lo_que_trae_y_se_ve(self, api: ApiClient, app: Flask) -> None:
        uno, otro = crear_centro(api)["id"], crear_centro(api)["id"]
        doctor = crear_doctor(api, especialidad="Ortodoncia", centros=[uno], telefono="0991234567")
        cambios = {"especialidades": ["Periodoncia"], "centros": [otro], "activo": False}
        cambiado = ok(api.put(f"/admin/doctores/{doctor['id']}", cambios))
        assert cambiado["especialidades"] == ["Periodoncia"]
        assert (cambiado["centros"], cambiado["activo"], cambiado["telefono"]) == ([otro], False, "0991234567")
        assert eventos(app)[-1][2] == {
            "id": doctor["id"],
            "nombres": "Ana Lucía",
            "apellidos": "Pérez Mora",
            "activo": False,
            "usuario_id": None,
            "especialidades": ["Periodoncia"],
            "servicios": [],
            "email": None,
            "telefono": "0991234567",
        }

    def test_renombrar_una_especialidad_se_anuncia_de_cada_doctor(self, api: ApiClient, app: Flask) -> None:
        for especialidad in ("Ortodoncia", "Ortodoncia", "Endodoncia"):
            crear_doctor(api, especialidad=especialidad)
        (entrada,) = ok(api.get("/admin/especialidades?nombre=ortodoncia"))["datos"]
        antes = len(eventos(app))
        ok(api.put(f"/admin/especialidades/{entrada['id']}", {"descripcion": "Dientes derechos"}))
        assert len(eventos(app)) == antes
        ok(api.put(f"/admin/especialidades/{entrada['id']}", {"nombre": "Ortopedia"}))
        nuevos = eventos(app)[antes:]
        assert [(tipo, sujeto) for tipo, sujeto, _ in nuevos] == [
            ("doctor.actualizado.v1", "doctor/1"),
            ("doctor.actualizado.v1", "doctor/2"),
        ]
        assert [datos["especialidades"] for *_, datos in nuevos] == [["Ortopedia"], ["Ortopedia"]]

    def test_cambiar_solo_especialidades_cambia_la_version(self, api: ApiClient) -> None:
        ruta = f"/admin/doctores/{crear_doctor(api)['id']}"
        etag = api.get(ruta).headers["ETag"]
        ok(api.put(ruta, {"especialidad": "Ortodoncia"}, headers={"If-Match": etag}))
        problem(api.put(ruta, {"especialidad": "Endodoncia"}, headers={"If-Match": etag}), 412)

    def test_el_tipo_de_identificacion_se_comprueba_con_el_numero(self, api: ApiClient) -> None:
        ruta = f"/admin/doctores/{crear_doctor(api, identificacion='A12345')['id']}"
        assert "identificacion" in problem(api.put(ruta, {"tipo_identificacion": "cédula"}), 422)["errores"]

    def test_con_citas_por_venir_no_se_elimina(self, api: ApiClient) -> None:
        doctor = crear_doctor(api)["id"]
        ok(anunciar_cita(api, doctor_id=doctor))
        problem(api.delete(f"/admin/doctores/{doctor}"), 409, "tiene_citas_futuras")
        ok(anunciar_cita(api, estado="completada", secuencia=2, doctor_id=doctor, dias=-1))
        assert api.delete(f"/admin/doctores/{doctor}").status_code == 204


class TestServicios:
    def test_los_tratamientos_que_ofrece(self, api: ApiClient) -> None:
        ruta = f"/admin/doctores/{crear_doctor(api, servicios=[3])['id']}/servicios"
        assert ok(api.get(ruta)) == {"servicios": [3]}
        assert ok(api.put(ruta, {"servicios": [5, 3, 5]})) == {"servicios": [3, 5]}
        assert ok(api.get(ruta)) == {"servicios": [3, 5]}
        assert len(ok(api.get("/admin/doctores?tratamiento_id=5"))["datos"]) == 1
        assert ok(api.put(ruta, {"servicios": []})) == {"servicios": []}

    def test_cada_cambio_se_anuncia(self, api: ApiClient, app: Flask) -> None:
        ruta = f"/admin/doctores/{crear_doctor(api, servicios=[3])['id']}/servicios"
        ok(api.put(ruta, {"servicios": [5, 2, 3]}))
        assert [(tipo, datos["servicios"]) for tipo, _, datos in eventos(app)] == [
            ("doctor.creado.v1", [3]),
            ("doctor.actualizado.v1", [2, 3, 5]),
        ]

    def test_solo_los_que_existen(self, api: ApiClient, otros: OtrosServicios) -> None:
        datos = {"nombre": "Ana Pérez", "crear_usuario": False, "servicios": [3, 40, 41]}
        falta = ["No existe el tratamiento 40.", "No existe el tratamiento 41."]
        assert problem(api.post("/admin/doctores", datos), 422)["errores"] == {"servicios": falta}
        assert ok(api.get("/admin/doctores"))["datos"] == []
        ruta = f"/admin/doctores/{crear_doctor(api, servicios=[3])['id']}"
        assert "servicios" in problem(api.put(f"{ruta}/servicios", {"servicios": [40]}), 422)["errores"]
        assert "servicios" in problem(api.put(ruta, {"telefono": "0991234567", "servicios": [40]}), 422)["errores"]
        doctor = ok(api.get(ruta))
        assert (doctor["servicios"], doctor["telefono"]) == ([3], None)

    def test_sin_inventario_no_cambian_y_lo_demas_si(self, api: ApiClient, otros: OtrosServicios) -> None:
        otros.sin_inventario = True
        nuevo = {"nombre": "Ana Pérez", "servicios": [3], "nombre_usuario": "ana", "contrasena": "muy larga y segura"}
        caido = api.post("/admin/doctores", nuevo)
        problem(caido, 503, "servicio_no_disponible")
        assert int(caido.headers["Retry-After"]) >= 1
        assert (ok(api.get("/admin/doctores"))["datos"], otros.usuarios) == ([], {})
        ruta = f"/admin/doctores/{crear_doctor(api)['id']}"
        problem(api.put(f"{ruta}/servicios", {"servicios": [3]}), 503)
        assert ok(api.put(ruta, {"telefono": "0991234567", "servicios": []}))["telefono"] == "0991234567"
