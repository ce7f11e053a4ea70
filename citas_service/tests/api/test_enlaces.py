"""Signed links: what their holder sees and does, for how long, and nothing beyond."""

import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from itsdangerous import URLSafeSerializer

from citas.casos_de_uso.enlaces import ACCIONES, enlace_de_cita, enlace_de_oferta
from citas.config import AJUSTES
from citas.extensiones import db
from citas.modelos import Cita, Oferta, Politica
from comun.config import SettingError
from comun.db import now
from comun.testing.client import ApiClient, ok, problem

from ..conftest import manana, programar
from ..contratos.test_eventos import PACIENTE, entregar, eventos

PUBLICO = {
    "tipo", "fecha_hora", "duracion_minutos", "centro", "doctor", "paciente", "estado", "cambio_solicitado",
    "acciones",
}  # fmt: skip


def enlace(app: Flask, cita: dict[str, Any]) -> str:
    """The path that the page of the appointment's link calls."""
    with app.app_context():
        return f"/citas/enlaces/{token(enlace_de_cita(db.session.get_one(Cita, cita['id'])))}"


def token(direccion: str) -> str:
    return direccion.partition("#")[2]


def cambiar(app: Flask, cita: dict[str, Any], **cambios: Any) -> None:
    """Change the appointment behind everybody's back."""
    with app.app_context():
        db.session.execute(db.update(Cita).where(Cita.id == cita["id"]).values(**cambios))
        db.session.commit()


def plazo(app: Flask, minutos: int) -> None:
    """Patients may cancel until so long before the start."""
    with app.app_context():
        db.session.add(Politica(centro_id=1, cancelacion_minutos=minutos))
        db.session.commit()


@pytest.fixture
def nadie(api: ApiClient) -> ApiClient:
    """Somebody without a token."""
    return api.with_token(None)


class TestVer:
    def test_dice_lo_justo(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api, motivo_consulta="Extracción")
        visto = ok(nadie.get(enlace(app, cita)))
        assert set(visto) == PUBLICO
        assert visto["paciente"] == "José"
        assert (visto["centro"], visto["doctor"], visto["estado"]) == ("Centro 1", "Ana Doctora 1", "programada")
        assert visto["fecha_hora"] == cita["fecha_hora"]
        assert visto["acciones"] == ["confirmar", "cancelar", "otro_horario"]

    def test_mirar_no_cambia_nada(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta, antes = enlace(app, cita), (ok(api.get(f"/citas/{cita['id']}")), eventos(app), rastros(app))
        for metodo in ("GET", "HEAD", "GET"):
            assert nadie.call(metodo, ruta).status_code == 200
        assert (ok(api.get(f"/citas/{cita['id']}")), eventos(app), rastros(app)) == antes

    def test_el_de_una_cita_movida_lleva_a_la_nueva(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        primera = programar(api)
        ruta = enlace(app, primera)
        segunda = ok(api.put(f"/citas/{primera['id']}", {"fecha_hora": manana("12:00")}))["cita"]
        tercera = ok(api.put(f"/citas/{segunda['id']}", {"fecha_hora": manana("16:00")}))["cita"]
        visto = ok(nadie.get(ruta))
        assert (visto["fecha_hora"], visto["estado"]) == (tercera["fecha_hora"], "programada")
        ok(nadie.post(ruta, {"accion": "confirmar"}))
        assert ok(api.get(f"/citas/{tercera['id']}"))["estado"] == "confirmada"
        assert ok(api.get(f"/citas/{primera['id']}"))["estado"] == "cancelada"

    def test_pero_no_a_la_de_otro_paciente(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        ok(api.put(f"/citas/{cita['id']}", {"paciente_id": 2, "fecha_hora": manana("12:00")}))
        problem(nadie.get(ruta), 404, "enlace_vencido")
        problem(nadie.post(ruta, {"accion": "cancelar"}), 404, "enlace_vencido")

    def test_sirve_hasta_que_la_cita_termina(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        cambiar(app, cita, inicio=now() - timedelta(minutes=29), fin=now() + timedelta(minutes=1))
        assert ok(nadie.get(ruta))["acciones"] == []
        cambiar(app, cita, inicio=now() - timedelta(minutes=30), fin=now())
        assert "pasó" in problem(nadie.get(ruta), 404, "enlace_vencido")["detail"]
        problem(nadie.post(ruta, {"accion": "confirmar"}), 404, "enlace_vencido")

    def test_de_una_eliminada_no_queda_nada(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        api.delete(f"/citas/{cita['id']}")
        problem(nadie.get(ruta), 404, "enlace_vencido")


def rastros(app: Flask) -> int:
    """How many audit rows there are."""
    with app.app_context():
        return db.session.scalar(db.select(db.func.count()).select_from(app.extensions["comun"].tables.audit)) or 0


class TestFalsos:
    @pytest.mark.parametrize(
        "cambio", ["otra_cita", "sin_firma", "otra_clave", "cortado", "vacio", "basura", "largo"]
    )
    def test_no_abren_nada(self, api: ApiClient, nadie: ApiClient, app: Flask, cambio: str) -> None:
        cita, otra = programar(api), programar(api, paciente_id=2, fecha_hora=manana("12:00"))
        bueno = enlace(app, cita).rpartition("/")[2]
        contenido, _, firma = bueno.rpartition(".")
        ajeno = base64.urlsafe_b64encode(f'["cita",{otra["id"]}]'.encode()).decode().rstrip("=")
        falso = {
            "otra_cita": f"{ajeno}.{firma}",
            "sin_firma": contenido,
            "otra_clave": URLSafeSerializer("x" * 40, salt="citas.enlace.cita").dumps(["cita", cita["id"]]),
            "cortado": bueno[:-1],
            "vacio": ".",
            "basura": "%00%ff",
            "largo": "a" * 3000,
        }[cambio]
        error = problem(nadie.get(f"/citas/enlaces/{falso}"), 404, "enlace_invalido")
        problem(nadie.post(f"/citas/enlaces/{falso}", {"accion": "cancelar"}), 404, "enlace_invalido")
        assert error["instance"] == "/citas/enlaces/***"
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"

    def test_el_de_otra_cosa_no_abre_una_cita(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        with app.app_context():
            de_oferta = token(enlace_de_oferta(Oferta(id=cita["id"])))
        respuesta = nadie.get(f"/citas/enlaces/{de_oferta}")
        assert respuesta.status_code == 404
        assert "José" not in respuesta.get_data(as_text=True)

    def test_cada_asunto_se_describe_y_se_hace_por_su_lado(
        self, api: ApiClient, nadie: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class DeMentira:
            def describir(self, asunto_id: int) -> dict[str, Any]:
                return {"tipo": "oferta", "estado": str(asunto_id), "acciones": ["aceptar"]}

            def hacer(self, asunto_id: int, accion: str, mensaje: str | None) -> dict[str, Any]:
                return {**self.describir(asunto_id), "mensaje": f"{accion} {mensaje}"}

        monkeypatch.setitem(ACCIONES, "oferta", DeMentira())
        with app.app_context():
            ruta = f"/citas/enlaces/{token(enlace_de_oferta(Oferta(id=7)))}"
        assert ok(nadie.get(ruta)) == {"tipo": "oferta", "estado": "7", "acciones": ["aceptar"]}
        assert ok(nadie.post(ruta, {"accion": "aceptar", "mensaje": "Voy"}))["mensaje"] == "aceptar Voy"


def test_ni_los_registros_ni_las_metricas_dicen_el_enlace(
    api: ApiClient, nadie: ApiClient, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    ruta = enlace(app, programar(api))
    with caplog.at_level("INFO", "comun.access"):
        ok(nadie.get(ruta))
        problem(nadie.get(f"{ruta}x"), 404)
    escrito = str([vars(registro) for registro in caplog.records])
    medido = nadie.get("/metrics").get_data(as_text=True)
    secreto = ruta.rpartition("/")[2]
    for texto in (escrito, medido):
        assert "/citas/enlaces/<string:token>" in texto
        assert secreto not in texto


class TestConfirmar:
    def test_la_cita_queda_confirmada_y_se_sabe_por_donde(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        respuesta = ok(nadie.post(enlace(app, cita), {"accion": "confirmar"}))
        assert (respuesta["estado"], respuesta["acciones"]) == ("confirmada", ["cancelar", "otro_horario"])
        assert respuesta["mensaje"]
        paso = ok(api.get(f"/citas/{cita['id']}/cambios"))["datos"][-1]
        assert (paso["a"], paso["por"]) == ("confirmada", "enlace")
        tabla = app.extensions["comun"].tables.audit
        with app.app_context():
            assert "enlace" in db.session.scalars(db.select(tabla.c.actor).where(tabla.c.recurso == "cita")).all()

    def test_otra_vez_responde_lo_mismo(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        ruta = enlace(app, programar(api))
        primera = ok(nadie.post(ruta, {"accion": "confirmar"}))
        assert ok(nadie.post(ruta, {"accion": "confirmar"})) == primera
        assert [tipo for tipo, _, _ in eventos(app)] == ["cita.programada.v1", "cita.confirmada.v1"]

    def test_muchas_veces_a_la_vez_es_una(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        ruta = enlace(app, programar(api))
        with ThreadPoolExecutor(6) as hilos:
            respuestas = list(hilos.map(lambda _: nadie.post(ruta, {"accion": "confirmar"}), range(6)))
        assert [r.status_code for r in respuestas] == [200] * 6
        assert [tipo for tipo, _, _ in eventos(app)] == ["cita.programada.v1", "cita.confirmada.v1"]

    def test_una_cancelada_no(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        ok(api.patch(f"/citas/{cita['id']}/estado", {"estado": "cancelada"}))
        assert ok(nadie.get(ruta))["acciones"] == []
        for accion in ("confirmar", "otro_horario"):
            problem(nadie.post(ruta, {"accion": accion}), 409, "transicion_ilegal")
        problem(nadie.post(ruta, {"accion": "cancelar"}), 409, "cita_ya_cancelada")

    def test_una_que_ya_empezo_no(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        cambiar(app, cita, inicio=now() - timedelta(minutes=1), fin=now() + timedelta(minutes=29))
        for accion in ("confirmar", "otro_horario"):
            problem(nadie.post(ruta, {"accion": accion}), 409, "transicion_ilegal")
        problem(nadie.post(ruta, {"accion": "cancelar"}), 409, "fuera_de_plazo")


class TestCancelar:
    def test_libera_la_hora(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        respuesta = ok(nadie.post(enlace(app, cita), {"accion": "cancelar", "mensaje": "Viajo"}))
        assert (respuesta["estado"], respuesta["acciones"]) == ("cancelada", [])
        assert ok(api.get(f"/citas/{cita['id']}"))["motivo_cancelacion"] == "Viajo"
        assert eventos(app)[-1][0] == "cita.cancelada.v1"
        programar(api)

    def test_solo_dentro_del_plazo_de_la_politica(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api, fecha_hora=manana(dias=3))
        plazo(app, 24 * 60)
        ruta = enlace(app, cita)
        assert "cancelar" in ok(nadie.get(ruta))["acciones"]
        pronto = now() + timedelta(hours=23)
        cambiar(app, cita, inicio=pronto, fin=pronto + timedelta(minutes=30))
        assert ok(nadie.get(ruta))["acciones"] == ["confirmar", "otro_horario"]
        problem(nadie.post(ruta, {"accion": "cancelar"}), 409, "fuera_de_plazo")
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"


class TestOtroHorario:
    def test_queda_pedido_y_la_cita_en_pie(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        respuesta = ok(nadie.post(enlace(app, cita), {"accion": "otro_horario", "mensaje": "Por la tarde"}))
        assert (respuesta["estado"], respuesta["cambio_solicitado"]) == ("programada", True)
        vista = ok(api.get(f"/citas/{cita['id']}"))
        assert vista["cambio_solicitado"] == "Por la tarde"
        assert vista["cambio_solicitado_en"] is not None
        assert eventos(app)[-1][0] == "cita.cambio_solicitado.v1"

    def test_lo_mismo_dos_veces_se_anuncia_una(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        ruta = enlace(app, programar(api))
        for mensaje in (None, None, "Otra cosa", "Otra cosa"):
            ok(nadie.post(ruta, {"accion": "otro_horario", "mensaje": mensaje}))
        assert [tipo for tipo, _, _ in eventos(app)[1:]] == ["cita.cambio_solicitado.v1"] * 2

    def test_recepcion_ve_lo_que_falta_atender(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        pide, calla = programar(api), programar(api, fecha_hora=manana("12:00"))
        ok(nadie.post(enlace(app, pide), {"accion": "otro_horario"}))

        def lista(pedido: str) -> list[int]:
            return [c["id"] for c in ok(api.get(f"/citas?cambio_solicitado={pedido}"))["datos"]]

        assert (lista("true"), lista("false")) == ([pide["id"]], [calla["id"]])
        nueva = ok(api.put(f"/citas/{pide['id']}", {"fecha_hora": manana("17:00")}))["cita"]
        assert nueva["cambio_solicitado_en"] is None
        assert lista("true") == []

    def test_quien_confirma_ya_no_pide_otro(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        ruta = enlace(app, cita)
        ok(nadie.post(ruta, {"accion": "confirmar"}))
        assert "confirmar" in ok(nadie.post(ruta, {"accion": "otro_horario"}))["acciones"]
        assert ok(nadie.post(ruta, {"accion": "confirmar"}))["cambio_solicitado"] is False
        assert ok(api.get(f"/citas/{cita['id']}"))["cambio_solicitado_en"] is None


class TestSolicitud:
    @pytest.mark.parametrize(
        "cuerpo", [{}, {"accion": "borrar"}, {"accion": "aceptar"}, {"accion": None},
                   {"accion": "confirmar", "id": 7}, {"accion": "cancelar", "mensaje": "x" * 501}]
    )  # fmt: skip
    def test_lo_que_no_es_una_accion_de_la_cita(
        self, api: ApiClient, nadie: ApiClient, app: Flask, cuerpo: dict[str, Any]
    ) -> None:
        cita = programar(api)
        problem(nadie.post(enlace(app, cita), cuerpo), 422)
        assert ok(api.get(f"/citas/{cita['id']}"))["estado"] == "programada"

    def test_se_dice_el_nombre_que_tiene_ahora(self, api: ApiClient, nadie: ApiClient, app: Flask) -> None:
        cita = programar(api)
        datos = {"id": 1, "nombres": "María José", "apellidos": "Núñez", **PACIENTE}
        ok(entregar(api, "paciente.actualizado.v1", "paciente/1", datos))
        assert ok(nadie.get(enlace(app, cita)))["paciente"] == "María"


class TestClaves:
    VIEJA, NUEVA = "v" * 32, "n" * 32

    def leer(self, valor: str | None) -> Any:
        ajuste = next(a for a in AJUSTES if a.name == "CITAS_SECRET_KEY")
        return ajuste.read({} if valor is None else {"CITAS_SECRET_KEY": valor})

    @pytest.mark.parametrize("valor", [None, "corta", f"{'n' * 32},corta", ","])
    def test_una_que_falta_o_es_debil_impide_arrancar(self, valor: str | None) -> None:
        with pytest.raises(SettingError, match="CITAS_SECRET_KEY"):
            self.leer(valor)

    def test_varias(self) -> None:
        assert self.leer(f"{self.NUEVA}, {self.VIEJA}") == [self.NUEVA, self.VIEJA]

    def test_se_cambian_poniendo_la_nueva_delante(
        self, api: ApiClient, nadie: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cita = programar(api)

        def con(*claves: str) -> None:
            monkeypatch.setitem(app.config, "CITAS_SECRET_KEY", list(claves))

        con(self.VIEJA)
        viejo = enlace(app, cita)
        con(self.NUEVA, self.VIEJA)
        nuevo = enlace(app, cita)
        assert nuevo != viejo
        ok(nadie.get(viejo))
        con(self.NUEVA)
        ok(nadie.get(nuevo))
        problem(nadie.get(viejo), 404, "enlace_invalido")
