"""Patients: what is accepted, what is odd, what is refused."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from comun.testing.client import ApiClient, ok, problem

from ..fabricas import anunciar_cita, auditoria, crear_paciente, eventos


class TestAlta:
    def test_los_nombres_que_la_gente_usa(self, api: ApiClient) -> None:
        datos = {
            "nombre": "Ana Lucía Pérez Mora",
            "dni": "171430710-3",
            "estado": "ACTIVO",
            "genero": "Femenino",
            "telefono": "(09) 9123-4567",
            "email": "ANA@Example.com",
            "presupuesto": "1250.50",
            "crear_usuario": False,
        }
        paciente = ok(api.post("/admin/pacientes", datos), 201)
        esperado = {
            "nombres": "Ana Lucía",
            "apellidos": "Pérez Mora",
            "nombre_completo": "Ana Lucía Pérez Mora",
            "identificacion": "1714307103",
            "tipo_identificacion": "cedula",
            "estado_paciente": "activo",
            "genero": "femenino",
            "telefono": "0991234567",
            "email": "ana@example.com",
            "presupuesto": 1250.5,
        }
        assert {campo: paciente[campo] for campo in esperado} == esperado

    @pytest.mark.parametrize(
        ("datos", "campo"),
        [
            ({"nombres": None}, "nombres"),
            ({"identificacion": "1714307104"}, "identificacion"),
            ({"identificacion": "9999999999999"}, "identificacion"),
            ({"identificacion": "A" * 21}, "identificacion"),
            ({"tipo_identificacion": "licencia"}, "tipo_identificacion"),
            ({"estado": "dormido"}, "estado_paciente"),
            ({"estado": "activo", "estado_paciente": "activo"}, "estado"),
            ({"fecha_nacimiento": "1990-02-30"}, "fecha_nacimiento"),
            ({"fecha_nacimiento": "2150-01-01"}, "fecha_nacimiento"),
            ({"presupuesto": "1.005"}, "presupuesto"),
            ({"centro_id": 99}, "centro_id"),
            ({"aseguradora": 99}, "aseguradora"),
            ({"representante": {"nombre": "Luz"}}, "representante"),
            ({"consentimientos": [{"tipo": "todo", "otorgado": True}]}, "consentimientos"),
            ({"total_citas": 5}, "total_citas"),
            ({"nombres": "A\u0000B"}, "nombres"),
        ],
    )
    def test_lo_que_no_vale_se_dice_por_campo(self, api: ApiClient, datos: dict, campo: str) -> None:
        base = {"nombres": "Ana", "apellidos": "Pérez", "crear_usuario": False}
        assert campo in problem(api.post("/admin/pacientes", base | datos), 422)["errores"]

    def test_sql_y_scripts_son_solo_texto(self, api: ApiClient) -> None:
        nombres = "Robert'); DROP TABLE paciente;--"
        paciente = crear_paciente(api, nombres=nombres, apellidos="<script>alert(1)</script>")
        assert ok(api.get(f"/admin/pacientes/{paciente['id']}"))["nombres"] == nombres

    def test_los_catalogos_se_llenan_por_nombre(self, api: ApiClient) -> None:
        uno = crear_paciente(api, aseguradora="IESS", fuente_captacion="Redes sociales", linea_negocio="Odontología")
        otro = crear_paciente(api, aseguradora="iess")
        assert (uno["aseguradora"], otro["aseguradora"], otro["linea_negocio"]) == ("IESS", "IESS", None)
        entrada = ok(api.get("/admin/aseguradoras"))["datos"]
        assert [e["nombre"] for e in entrada] == ["IESS"]
        ok(api.put(f"/admin/aseguradoras/{entrada[0]['id']}", {"nombre": "Seguro Social"}))
        assert ok(api.get("/admin/pacientes?aseguradora=seguro social"))["datos"][0]["aseguradora"] == "Seguro Social"


class TestDuplicados:
    def test_la_misma_identificacion_se_rechaza_sin_decir_de_quien_es(self, api: ApiClient) -> None:
        crear_paciente(api, apellidos="Secretísimo", identificacion="1714307103")
        datos = {"nombre": "Ana Pérez", "cedula": "1714307103", "crear_usuario": False}
        respuesta = problem(api.post("/admin/pacientes", datos), 409, "identificacion_duplicada")
        assert "Secret" not in str(respuesta)

    def test_la_referencia_externa_es_unica(self, api: ApiClient) -> None:
        crear_paciente(api, referencia_externa="PAC-1")
        datos = {"nombre": "Ana Pérez", "referencia_externa": "PAC-1", "crear_usuario": False}
        problem(api.post("/admin/pacientes", datos), 409, "referencia_externa_duplicada")

    def test_eliminado_deja_libres_sus_valores(self, api: ApiClient) -> None:
        primero = crear_paciente(api, identificacion="1714307103", referencia_externa="PAC-1")
        api.delete(f"/admin/pacientes/{primero['id']}")
        assert crear_paciente(api, identificacion="1714307103", referencia_externa="PAC-1")["id"] != primero["id"]

    def test_mismo_nombre_y_nacimiento_se_advierte(self, api: ApiClient) -> None:
        nacido = {"fecha_nacimiento": "1990-05-01"}
        uno = crear_paciente(api, nombres="José", apellidos="Núñez Loor", **nacido)
        assert uno["advertencias"] == []
        otro = crear_paciente(api, nombres="JOSE", apellidos="Nuñez  Loor", **nacido)
        assert "Posible duplicado" in otro["advertencias"][0]
        assert crear_paciente(api, nombres="José", apellidos="Núñez", **nacido)["advertencias"] == []
        duplicados = ok(api.get(f"/admin/pacientes/{uno['id']}/duplicados"))["datos"]
        assert [d["id"] for d in duplicados] == [otro["id"]]

    def test_un_menor_sin_representante_se_advierte(self, api: ApiClient) -> None:
        nacido = {"fecha_nacimiento": f"{datetime.now(UTC).year - 5}-01-01"}
        assert "representante" in crear_paciente(api, **nacido)["advertencias"][0]
        luz = {"nombre": "Luz Mora", "cedula": "0926687856", "parentesco": "madre", "telefono": "0991234567"}
        menor = crear_paciente(api, apellidos="Otro", representante=luz, **nacido)
        assert menor["advertencias"] == []
        assert (menor["representante"]["nombres"], menor["representante"]["identificacion"]) == ("Luz", "0926687856")


class TestCambios:
    def test_put_cambia_lo_que_trae(self, api: ApiClient) -> None:
        paciente = crear_paciente(api, aseguradora="IESS", direccion="Av. Amazonas")
        cambiado = ok(api.put(f"/admin/pacientes/{paciente['id']}", {"aseguradora": "Salud", "email": None}))
        assert (cambiado["aseguradora"], cambiado["direccion"]) == ("Salud", "Av. Amazonas")
        assert ok(api.put(f"/admin/pacientes/{paciente['id']}", {"aseguradora": None}))["aseguradora"] is None

    def test_quien_edita_una_copia_vieja_se_entera(self, api: ApiClient) -> None:
        ruta = f"/admin/pacientes/{crear_paciente(api)['id']}"
        etag = api.get(ruta).headers["ETag"]
        ok(api.put(ruta, {"direccion": "Uno"}, headers={"If-Match": etag}))
        problem(api.put(ruta, {"direccion": "Dos"}, headers={"If-Match": etag}), 412)
        problem(api.patch(f"{ruta}/estado", {"estado": "inactivo"}, headers={"If-Match": etag}), 412)
        problem(api.delete(ruta, headers={"If-Match": etag}), 412)

    def test_pasar_a_inactivo_se_anuncia_una_vez(self, api: ApiClient, app: Flask) -> None:
        ruta = f"/admin/pacientes/{crear_paciente(api)['id']}"
        ok(api.patch(f"{ruta}/estado", {"estado": "Inactivo", "motivo": "Se mudó"}))
        ok(api.put(ruta, {"direccion": "Lejos"}))
        assert [tipo for tipo, *_ in eventos(app)] == [
            f"paciente.{s}.v1" for s in ("creado", "inactivado", "actualizado")
        ]
        assert {"motivo": "Se mudó"} in [fila.cambios for fila in auditoria(app)]

    def test_con_citas_por_venir_no_se_elimina(self, api: ApiClient) -> None:
        paciente = crear_paciente(api)["id"]
        ok(anunciar_cita(api, paciente_id=paciente))
        problem(api.delete(f"/admin/pacientes/{paciente}"), 409, "tiene_citas_futuras")

    def test_cada_escritura_deja_rastro_sin_columnas_derivadas(self, api: ApiClient, app: Flask) -> None:
        paciente = crear_paciente(api)
        ok(api.put(f"/admin/pacientes/{paciente['id']}", {"nombres": "Pepe"}))
        ultima = auditoria(app)[-1]
        assert (ultima.accion, ultima.recurso, ultima.recurso_id) == (
            "admin:pacientes:editar",
            "paciente",
            paciente["id"],
        )
        assert ultima.cambios == {"nombres": ["José", "Pepe"]}


class TestConsentimientos:
    def test_vale_la_ultima_palabra_y_quedan_todas(self, api: ApiClient) -> None:
        paciente = crear_paciente(api, consentimientos=[{"tipo": "mercadeo", "otorgado": True, "canal": "web"}])
        ruta = f"/admin/pacientes/{paciente['id']}"
        ok(api.post(f"{ruta}/consentimientos", {"tipo": "Mercadeo", "otorgado": "no", "canal": "telefono"}), 201)
        vigentes = ok(api.get(ruta))["consentimientos"]
        assert [(c["tipo"], c["otorgado"], c["canal"]) for c in vigentes] == [("mercadeo", False, "telefono")]
        assert len(ok(api.get(f"{ruta}/consentimientos"))["datos"]) == 2


class TestCifras:
    def test_salen_de_las_citas_y_no_cambian_la_version(self, api: ApiClient) -> None:
        paciente = crear_paciente(api)["id"]
        etag = api.get(f"/admin/pacientes/{paciente}").headers["ETag"]
        ok(anunciar_cita(api, 1, "completada", 5, paciente_id=paciente, dias=-10))
        ok(anunciar_cita(api, 2, "programada", 1, paciente_id=paciente, dias=3))
        ok(anunciar_cita(api, 3, "confirmada", 2, paciente_id=paciente, dias=2))
        ok(anunciar_cita(api, 4, "cancelada", 2, paciente_id=paciente, dias=1))
        ok(anunciar_cita(api, 5, "no_asistio", 2, paciente_id=paciente, dias=-1))
        leido = api.get(f"/admin/pacientes/{paciente}")
        cifras = ok(leido)
        assert (cifras["total_citas"], cifras["citas_realizadas"]) == (4, 1)
        assert cifras["ultima_cita"] < cifras["proxima_cita"]
        assert leido.headers["ETag"] == etag

    def test_da_igual_que_lleguen_dos_veces_o_al_reves(self, api: ApiClient) -> None:
        paciente = crear_paciente(api)["id"]
        ok(anunciar_cita(api, 1, "completada", 3, paciente_id=paciente, dias=-1))
        ok(anunciar_cita(api, 1, "programada", 1, paciente_id=paciente, dias=-1))
        for _ in range(2):
            ok(anunciar_cita(api, 1, "confirmada", 2, paciente_id=paciente, dias=-1, evento_id="e-2"))
        cifras = ok(api.get(f"/admin/pacientes/{paciente}"))
        assert (cifras["total_citas"], cifras["citas_realizadas"], cifras["proxima_cita"]) == (1, 1, None)

    def test_una_noticia_que_rompe_el_contrato_no_entra(self, api: ApiClient) -> None:
        problem(anunciar_cita(api, 1, "programada", paciente_id="uno"), 422)  # type: ignore[arg-type]
        problem(api.post("/interno/eventos", {}), 403)
