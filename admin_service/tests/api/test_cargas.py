"""Bulk loads: all or nothing, with a report of every row at fault."""

from typing import Any

import pytest
from flask import Flask

from admin.casos_de_uso import carga_pacientes
from comun.testing.client import ApiClient, ok, problem

from ..conftest import OtrosServicios
from ..fabricas import auditoria, buscar, crear_centro, crear_doctor, crear_paciente, eventos


def cargar(api: ApiClient, recurso: str, filas: Any) -> Any:
    return api.post(f"/admin/{recurso}/carga", filas)


class TestPacientes:
    def test_se_cargan_como_uno_a_uno(self, api: ApiClient, app: Flask) -> None:
        centro = crear_centro(api)["id"]
        filas = [
            {"nombre": "Ana Pérez", "dni": "1714307103", "aseguradora": "IESS", "id_centro": centro},
            {"nombres": "José", "apellidos": "Núñez", "aseguradora": "iess", "fuente_captacion": "Web"},
            {"nombre": "Luz Mora", "estado": "INACTIVO", "crear_usuario": False, "presupuesto": "10.50"},
        ]
        cargado = ok(cargar(api, "pacientes", filas), 201)
        assert cargado == {"creados": 3, "ids": [1, 2, 3], "advertencias": {}}
        leidos = ok(api.get("/admin/pacientes"))["datos"]
        assert [p["nombre_completo"] for p in leidos] == ["Ana Pérez", "José Núñez", "Luz Mora"]
        assert [p["aseguradora"] for p in leidos] == ["IESS", "IESS", None]
        assert [p["estado_paciente"] for p in leidos] == ["activo", "activo", "inactivo"]
        assert buscar(api, "nunez") == ["José Núñez"]
        assert [(t, s) for t, s, _ in eventos(app) if t.startswith("pac")] == [
            ("paciente.creado.v1", f"paciente/{n}") for n in (1, 2, 3)
        ]
        assert {"operacion": "carga", "cantidad": 3, "ids": [1, 3]} in [fila.cambios for fila in auditoria(app)]

    def test_todo_o_nada_con_cada_fila_y_su_error(self, api: ApiClient) -> None:
        crear_paciente(api, identificacion="1714616123", referencia_externa="R1")
        filas = [
            {"nombre": "Buena Fila"},
            {"nombre": "Mala"},
            {"nombre": "Ana Pérez", "identificacion": "1714307104"},
            {"nombre": "Ana Pérez", "dni": "1", "cedula": "1"},
            {"nombre": "Ana Pérez", "color": "azul"},
            "no es una fila",
        ]
        errores = problem(cargar(api, "pacientes", filas), 422)["errores"]
        assert {lugar: [*campos] for lugar, campos in errores.items()} == {
            "1": ["nombre"],
            "2": ["identificacion"],
            "3": ["cedula"],
            "4": ["color"],
            "5": ["_schema"],
        }
        assert len(ok(api.get("/admin/pacientes"))["datos"]) == 1

    @pytest.mark.both_databases
    def test_lo_que_choca_con_lo_que_hay_o_entre_si(self, api: ApiClient) -> None:
        crear_paciente(api, identificacion="1714616123", referencia_externa="R1")
        filas = [
            {"nombre": "Ana Pérez", "identificacion": "1714616123"},
            {"nombre": "Ana Pérez", "referencia_externa": "R1"},
            {"nombre": "Ana Pérez", "identificacion": "0926687856"},
            {"nombre": "Ana Pérez", "identificacion": "092668785-6"},
            {"nombre": "Ana Pérez", "centro_id": 99},
            {"nombre": "Ana Pérez", "aseguradora": 99},
            {"nombre": "Ana Pérez", "fecha_nacimiento": "2150-01-01"},
            {"nombre": "Ana Pérez"},
        ]
        errores = problem(cargar(api, "pacientes", filas), 422, "carga_invalida")["errores"]
        assert {lugar: [*campos] for lugar, campos in errores.items()} == {
            "0": ["identificacion"],
            "1": ["referencia_externa"],
            "2": ["identificacion"],
            "3": ["identificacion"],
            "4": ["centro_id"],
            "5": ["aseguradora"],
            "6": ["fecha_nacimiento"],
        }

    def test_lo_raro_se_advierte(self, api: ApiClient) -> None:
        crear_paciente(api, nombres="José", apellidos="Núñez", fecha_nacimiento="1990-01-01")
        filas = [
            {"nombre": "JOSE NUÑEZ", "fecha_nacimiento": "1990-01-01"},
            {"nombre": "Ana Mora", "fecha_nacimiento": "1980-01-01"},
            {"nombre": "ana mora", "fecha_nacimiento": "1980-01-01"},
            {"nombre": "Ana Mora", "identificacion": "1793213150001"},
            {"nombre": "Niña Mora", "fecha_nacimiento": "2025-01-01"},
        ]
        assert [*ok(cargar(api, "pacientes", filas), 201)["advertencias"]] == ["3", "0", "2", "4"]

    @pytest.mark.both_databases
    def test_quien_se_adelanta_tambien_se_dice_por_fila(
        self, api: ApiClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        crear_paciente(api, identificacion="1714307103")
        mirar = carga_pacientes._senalar_existentes
        veces: list[int] = []

        def tarde(*args: Any) -> None:
            veces.append(1)
            if len(veces) > 1:
                mirar(*args)

        monkeypatch.setattr(carga_pacientes, "_senalar_existentes", tarde)
        filas = [{"nombre": "Ana Pérez"}, {"nombre": "Ana Pérez", "identificacion": "1714307103"}]
        assert [*problem(cargar(api, "pacientes", filas), 422)["errores"]] == ["1"]
        assert len(ok(api.get("/admin/pacientes"))["datos"]) == 1

    def test_no_crea_usuarios(self, api: ApiClient) -> None:
        for mas in ({"crear_usuario": True}, {"nombre_usuario": "ana"}, {"usuario_id": 1}):
            assert "0" in problem(cargar(api, "pacientes", [{"nombre": "Ana Pérez", **mas}]), 422)["errores"]

    def test_la_secretaria_solo_en_sus_centros_y_sin_inventar_catalogos(self, api: ApiClient) -> None:
        crear_centro(api)
        crear_centro(api)
        quien = api.as_("secretaria", ["admin:pacientes:crear"], centros=[1])
        filas = [
            {"nombre": "A B", "centro_id": 1},
            {"nombre": "A B", "centro_id": 2},
            {"nombre": "A B", "aseguradora": "X"},
        ]
        assert [*problem(cargar(quien, "pacientes", filas), 422)["errores"]] == ["1", "2"]

    @pytest.mark.parametrize("cuerpo", [{}, "x", 5, None, [[]]])
    def test_lo_que_no_es_una_lista_se_rechaza(self, api: ApiClient, cuerpo: Any) -> None:
        assert cargar(api, "pacientes", cuerpo).status_code in (400, 422)

    def test_una_lista_vacia_no_hace_nada(self, api: ApiClient) -> None:
        assert ok(cargar(api, "pacientes", []), 201) == {"creados": 0, "ids": [], "advertencias": {}}

    @pytest.mark.both_databases
    def test_muchas_filas(self, api: ApiClient) -> None:
        """More than go into one statement."""
        filas = [
            {"nombres": f"Nombre {n}", "apellidos": "Carga", "fecha_nacimiento": "1990-01-01"} for n in range(1100)
        ]
        assert ok(cargar(api, "pacientes", filas), 201)["ids"] == [*range(1, 1101)]


class TestLosDemas:
    @pytest.mark.both_databases
    def test_centros_con_salas_y_codigos(self, api: ApiClient, app: Flask) -> None:
        filas = [
            {"nombre": "Uno"},
            {"nombre": "Dos", "codigo": "C001", "salas": [{"nombre": "S"}]},
            {"nombre": "Tres"},
        ]
        assert ok(cargar(api, "centros", filas), 201)["creados"] == 3
        assert [c["codigo"] for c in ok(api.get("/admin/centros"))["datos"]] == ["C002", "C001", "C003"]
        errores = problem(cargar(api, "centros", [{"nombre": "X"}, {"nombre": "Y", "codigo": "C001"}]), 422)[
            "errores"
        ]
        assert [*errores] == ["1"]
        assert len(ok(api.get("/admin/centros"))["datos"]) == 3

    def test_doctores(self, api: ApiClient) -> None:
        centro = crear_centro(api)["id"]
        filas = [
            {"nombre": "Ana Pérez", "especialidad": "Ortodoncia", "centros": [centro], "cedula": "1714307103"},
            {"nombre": "Luz Mora", "especialidades": ["Ortodoncia", "Endodoncia"]},
        ]
        assert ok(cargar(api, "doctores", filas), 201)["creados"] == 2
        crear_doctor(api)
        malas = [{"nombre": "A B", "centros": [99]}, {"nombre": "A B"}, {"nombre": "A B", "cedula": "1714307103"}]
        assert [*problem(cargar(api, "doctores", malas[:2]), 422)["errores"]] == ["0"]
        assert [*problem(cargar(api, "doctores", malas[1:]), 422)["errores"]] == ["1"]
        assert len(ok(api.get("/admin/doctores"))["datos"]) == 3

    def test_los_servicios_de_todos_se_consultan_de_una_vez(self, api: ApiClient, otros: OtrosServicios) -> None:
        filas = [{"nombre": f"Doctor {n}", "servicios": [n, 7]} for n in ("1", "2", "3")]
        assert ok(cargar(api, "doctores", filas), 201)["creados"] == 3
        assert otros.consultas == 1
        malas = [filas[0], {"nombre": "Otra Más", "servicios": [1, 40]}]
        errores = problem(cargar(api, "doctores", malas), 422, "carga_invalida")["errores"]
        assert errores == {"1": {"servicios": ["No existe el tratamiento 40."]}}
        otros.sin_inventario = True
        problem(cargar(api, "doctores", filas), 503)
        assert len(ok(api.get("/admin/doctores"))["datos"]) == 3

    @pytest.mark.parametrize("catalogo", ["especialidades", "aseguradoras", "fuentes", "lineas-negocio"])
    def test_catalogos(self, api: ApiClient, catalogo: str) -> None:
        assert ok(cargar(api, catalogo, [{"nombre": "Uno"}, {"nombre": "Dos"}]), 201)["creados"] == 2
        errores = problem(cargar(api, catalogo, [{"nombre": "Tres"}, {"nombre": "UNO"}]), 422)["errores"]
        assert [*errores] == ["1"]
        assert len(ok(api.get(f"/admin/{catalogo}"))["datos"]) == 2
