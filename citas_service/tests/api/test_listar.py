"""Lists: who sees what, filters, pages."""

from typing import Any

import pytest

from comun.testing.client import ApiClient, ok, problem

from ..conftest import manana, programar


@pytest.fixture
def agenda(api: ApiClient) -> list[dict[str, Any]]:
    """Six appointments: doctors 1–3, patients 1–3, centres 1 and 2, two days."""
    return [
        programar(api, doctor_id=1, paciente_id=1, fecha_hora=manana("08:00")),
        programar(api, doctor_id=1, paciente_id=2, fecha_hora=manana("09:00"), motivo_consulta="Endodoncia pieza 36"),
        programar(api, doctor_id=2, paciente_id=1, fecha_hora=manana("10:00")),
        programar(api, doctor_id=2, paciente_id=3, fecha_hora=manana("11:00"), centro_id=2),
        programar(api, doctor_id=3, paciente_id=2, fecha_hora=manana("08:00", dias=2)),
        programar(api, doctor_id=3, paciente_id=3, fecha_hora=manana("23:30", dias=2), centro_id=2),
    ]


def ids(api: ApiClient, **consulta: Any) -> list[int]:
    return [c["id"] for c in ok(api.get("/citas", query_string=consulta))["datos"]]


class TestQuienVeQue:
    def test_admin_todas(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert ids(api) == [c["id"] for c in agenda]

    def test_secretaria_las_de_sus_centros(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert ids(api.as_("secretaria", centros=[2])) == [agenda[3]["id"], agenda[5]["id"]]
        assert ids(api.as_("secretaria", centros=[])) == []

    def test_medico_las_suyas_aunque_pida_otras(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        medico = api.as_("medico", doctor_id=1)
        assert ids(medico) == [agenda[0]["id"], agenda[1]["id"]]
        assert ids(medico, doctor_id=2) == []

    def test_paciente_las_suyas(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        paciente = api.as_("paciente", paciente_id=3)
        assert ids(paciente) == [agenda[3]["id"], agenda[5]["id"]]
        problem(paciente.get(f"/citas/{agenda[0]['id']}"), 404)
        problem(paciente.put(f"/citas/{agenda[0]['id']}", {"estado": "cancelada"}), 404)

    def test_quien_no_tiene_ficha_no_ve_nada(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert ids(api.as_("medico", doctor_id=None)) == []
        assert ids(api.as_("paciente", paciente_id=None)) == []


class TestFiltros:
    @pytest.mark.both_databases
    def test_por_dia_del_centro(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert len(ids(api, fecha=manana()[:10])) == 4
        # 23:30 in Galápagos is the next day on the mainland and in UTC.
        assert ids(api, fecha=manana(dias=2)[:10], centro_id=2) == [agenda[5]["id"]]

    @pytest.mark.both_databases
    def test_por_rango_doctor_paciente_estado(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert len(ids(api, desde=manana(dias=2)[:10], hasta=manana(dias=9)[:10])) == 2
        assert len(ids(api, doctor_id=1)) == 2
        assert len(ids(api, paciente_id=3, centro_id=2)) == 2
        assert ids(api, estado="CANCELADA") == []

    def test_nombres_en_ingles(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert len(ids(api, start_date=manana(dias=2)[:10], end_date=manana(dias=9)[:10], page_size=5, page=1)) == 2
        assert len(ids(api, doctor=1)) == 2
        assert len(ids(api, patient_id=3, status="programada", date=manana()[:10])) == 1

    @pytest.mark.both_databases
    def test_por_texto(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        assert ids(api, q="ENDODONCIA") == [agenda[1]["id"]]
        assert ids(api, q="nunez 36") == [agenda[1]["id"]]
        assert len(ids(api, q="josé DOCTORA")) == 6
        assert ids(api, q="%") == []

    @pytest.mark.parametrize(
        "consulta",
        [{"fecha": "2026-02-30"}, {"doctor_id": "x"}, {"estado": "ocupada"}, {"color": "rojo"}, {"tamano": 0},
         {"tamano": 201}, {"pagina": 0}, {"orden": "motivo"}, {"cursor": "abc"},
         {"desde": "2026-02-02", "hasta": "2026-02-01"},
         {"fecha": "2026-01-01", "date": "2026-01-01"}, {"pagina": 51, "tamano": 200}],
    )  # fmt: skip
    def test_lo_que_no_se_entiende_se_rechaza(self, api: ApiClient, consulta: dict[str, Any]) -> None:
        problem(api.get("/citas", query_string=consulta), 422)

    def test_un_argumento_dos_veces_no(self, api: ApiClient) -> None:
        problem(api.get("/citas?doctor_id=1&doctor_id=2"), 422)

    def test_argumentos_donde_no_se_admiten_no(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        problem(api.get(f"/citas/{agenda[0]['id']}?expandir=si"), 422)


class TestPaginas:
    def test_por_numero(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        pagina = ok(api.get("/citas", query_string={"tamano": 4, "total": "true"}))
        assert pagina["paginacion"] | {"siguiente": None} == {
            "pagina": 1, "tamano": 4, "hay_mas": True, "siguiente": None, "total": 6,
        }  # fmt: skip
        segunda = ok(api.get("/citas", query_string={"tamano": 4, "pagina": 2}))
        assert [c["id"] for c in segunda["datos"]] == [agenda[4]["id"], agenda[5]["id"]]
        assert segunda["paginacion"]["hay_mas"] is False

    @pytest.mark.both_databases
    def test_por_cursor_aunque_lleguen_citas_nuevas(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        for numero, orden in enumerate(("fecha_hora,id", "-fecha_hora,id", "-creado_en,-id", "id")):
            todas = ids(api, orden=orden, tamano=200)
            vistas, consulta = [], {"orden": orden, "tamano": 2}
            while consulta:
                pagina = ok(api.get("/citas", query_string=consulta))
                vistas += [c["id"] for c in pagina["datos"]]
                if len(vistas) == 2:
                    programar(api, doctor_id=4, paciente_id=4, fecha_hora=manana(f"0{7 - numero}:00"))
                siguiente = pagina["paginacion"]["siguiente"]
                consulta = {"cursor": siguiente, "tamano": 2} if siguiente else {}
            assert [i for i in vistas if i in todas] == todas, orden

    def test_el_historial_es_el_propio(self, api: ApiClient, agenda: list[dict[str, Any]]) -> None:
        propias = ok(api.as_("paciente", paciente_id=1).get("/citas/historial"))["datos"]
        assert [c["id"] for c in propias] == [agenda[2]["id"], agenda[0]["id"]]
        registradas = ok(api.as_("admin", sub="99").get("/citas/historial"))["datos"]
        assert registradas == []


@pytest.mark.parametrize(
    "ruta", ["/citas/0", "/citas/2147483648", "/citas/01", "/citas/-1", "/citas/x", "/citas/", "/cita"]
)
def test_lo_que_no_es_una_ruta_es_404(api: ApiClient, ruta: str) -> None:
    problem(api.get(ruta), 404)
