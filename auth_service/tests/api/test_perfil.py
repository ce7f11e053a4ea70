"""One's own account: profile, password, second factor."""

from types import SimpleNamespace
from typing import Any

import pyotp
import pytest
from flask import Flask

from auth.casos_de_uso import segundo_factor
from auth.extensiones import db
from auth.modelos import CodigoRecuperacion, Rol, Usuario
from comun.testing.client import ApiClient, ok, problem

from ..conftest import CONTRASENA, Entrar, Fabrica, credenciales, propagar

CLAVE = "Otra-Clave-Larga-1"


class TestPerfil:
    def test_dice_quien_soy_y_que_puedo(self, crear: Fabrica, entrar: Entrar) -> None:
        crear("secretaria", email="s@example.com", centros=[2])
        perfil = ok(entrar("secretaria").get("/auth/perfil"))
        assert (perfil["username"], perfil["role"], perfil["alcance"], perfil["centros"]) == (
            "secretaria",
            "secretaria",
            "centros",
            [2],
        )
        assert "citas:crear" in perfil["permisos"]

    def test_cambio_mis_datos_y_no_mis_derechos(self, crear: Fabrica, entrar: Entrar) -> None:
        crear("medico")
        yo = entrar("medico")
        assert ok(yo.put("/auth/perfil", {"nombre": "Ana Lucía Paz Vera"}))["full_name"] == "Ana Lucía Paz Vera"
        assert ok(yo.put("/auth/perfil", {"email": "ANA@example.com"}))["email"] == "ana@example.com"
        for campo, valor in {
            "rol": "admin",
            "activo": True,
            "centros": [1],
            "permisos": [],
            "nombre_usuario": "x.y",
        }.items():
            assert list(problem(yo.put("/auth/perfil", {campo: valor}), 422)["errores"]) == [campo]

    def test_lo_escrito_se_guarda_tal_cual(self, crear: Fabrica, entrar: Entrar) -> None:
        crear("medico")
        feo = "<script>alert('1')</script>'; DROP TABLE usuario;--"
        assert ok(entrar("medico").put("/auth/perfil", {"nombres": feo}))["nombres"] == feo

    def test_un_servicio_no_tiene_perfil(self, servicio: Any) -> None:
        problem(servicio("citas").get("/auth/perfil"), 403)


class TestContrasena:
    def test_cambiarla_cierra_todas_las_sesiones(self, crear: Fabrica, anonimo: ApiClient, app: Flask) -> None:
        crear("medico")
        una, otra = credenciales(anonimo, "medico"), credenciales(anonimo, "medico")
        yo = anonimo.with_token(una["access_token"])
        cuerpo = {"contrasena_actual": CONTRASENA, "contrasena_nueva": CLAVE}
        assert yo.put("/auth/perfil/contrasena", cuerpo).status_code == 204
        propagar(app)
        for tokens in (una, otra):
            problem(anonimo.with_token(tokens["access_token"]).get("/auth/perfil"), 401)
            problem(anonimo.post("/auth/refresh", {"refresh_token": tokens["refresh_token"]}), 401)
        problem(anonimo.post("/auth/login", {"username": "medico", "password": CONTRASENA}), 401)
        credenciales(anonimo, "medico", CLAVE)

    @pytest.mark.parametrize(
        ("cuerpo", "codigo"),
        [
            ({"contrasena_actual": "no-es-esta-1", "contrasena_nueva": CLAVE}, "contrasena_incorrecta"),
            ({"contrasena_actual": CONTRASENA, "contrasena_nueva": "corta"}, "contrasena_debil"),
            ({"contrasena_nueva": CLAVE}, "datos_invalidos"),
        ],
    )
    def test_sin_la_actual_o_con_una_debil_no(
        self, crear: Fabrica, entrar: Entrar, anonimo: ApiClient, cuerpo: dict[str, str], codigo: str
    ) -> None:
        crear("medico")
        problem(entrar("medico").put("/auth/perfil/contrasena", cuerpo), 422, codigo)
        credenciales(anonimo, "medico")


class TestSegundoFactor:
    ahora = 1_790_000_000.0  # s since 1970

    @pytest.fixture(autouse=True)
    def reloj_parado(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The half minute of a code doesn't end between making it and using it."""
        monkeypatch.setattr(segundo_factor, "time", SimpleNamespace(time=lambda: self.ahora))

    @pytest.fixture
    def yo(self, crear: Fabrica, entrar: Entrar) -> ApiClient:
        crear("medico")
        return entrar("medico")

    def activar(self, yo: ApiClient) -> tuple[pyotp.TOTP, list[str]]:
        """The application with the secret, and the recovery codes. Uses the code of the previous half minute."""
        secreto = ok(yo.post("/auth/perfil/segundo-factor", {"contrasena": CONTRASENA}))
        assert secreto["uri"].startswith("otpauth://totp/OdontoCare:")
        totp = pyotp.TOTP(secreto["secreto"])
        codigo = totp.at(self.ahora - 30)
        codigos = ok(yo.post("/auth/perfil/segundo-factor/confirmacion", {"codigo": codigo}))
        return totp, codigos["codigos_recuperacion"]

    def login(self, yo: ApiClient, **mas: str) -> Any:
        return yo.with_token(None).post("/auth/login", {"username": "medico", "password": CONTRASENA, **mas})

    def test_desde_entonces_hace_falta_el_codigo(self, yo: ApiClient) -> None:
        totp, _ = self.activar(yo)
        problem(self.login(yo), 401, "segundo_factor_requerido")
        problem(self.login(yo, codigo="000000"), 401, "segundo_factor_incorrecto")
        ok(self.login(yo, codigo=totp.at(self.ahora)))

    def test_sin_la_contrasena_ni_se_pregunta(self, yo: ApiClient) -> None:
        self.activar(yo)
        cuerpo = {"username": "medico", "password": "no-es-esta-1"}
        problem(yo.with_token(None).post("/auth/login", cuerpo), 401, "credenciales_invalidas")

    def test_el_mismo_codigo_no_vale_dos_veces(self, yo: ApiClient) -> None:
        totp, _ = self.activar(yo)
        codigo = totp.at(self.ahora)
        ok(self.login(yo, codigo=codigo))
        problem(self.login(yo, codigo=codigo), 401, "segundo_factor_incorrecto")
        problem(self.login(yo, codigo=totp.at(self.ahora - 30)), 401)

    def test_un_codigo_viejo_no_vale(self, yo: ApiClient) -> None:
        totp, _ = self.activar(yo)
        problem(self.login(yo, codigo=totp.at(self.ahora - 120)), 401)
        problem(self.login(yo, codigo=totp.at(self.ahora + 120)), 401)

    def test_cada_codigo_de_recuperacion_vale_una_vez(self, yo: ApiClient, app: Flask) -> None:
        _, codigos = self.activar(yo)
        assert len(set(codigos)) == 10
        ok(self.login(yo, codigo=codigos[0].upper()))
        problem(self.login(yo, codigo=codigos[0]), 401)
        ok(self.login(yo, codigo=codigos[1].replace("-", " ")))
        with app.app_context():
            guardados = db.session.scalars(db.select(CodigoRecuperacion.huella)).all()
        assert not set(codigos) & set(guardados)

    def test_adivinar_codigos_se_frena(self, yo: ApiClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        self.activar(yo)
        monkeypatch.setitem(app.config, "AUTH_LOGIN_PER_ACCOUNT", 3)
        estados = [self.login(yo, codigo=f"00000{n}").status_code for n in range(4)]
        assert estados == [401, 401, 401, 429]

    def test_el_secreto_no_se_guarda_en_claro(self, yo: ApiClient, app: Flask) -> None:
        totp, _ = self.activar(yo)
        with app.app_context():
            guardado = db.session.scalars(db.select(Usuario.totp_secreto)).one()
        assert guardado is not None
        assert totp.secret not in guardado

    def test_iniciarlo_no_basta_ni_se_repite_activo(self, yo: ApiClient) -> None:
        ok(yo.post("/auth/perfil/segundo-factor", {"contrasena": CONTRASENA}))
        problem(yo.post("/auth/perfil/segundo-factor/confirmacion", {"codigo": "000000"}), 422)
        ok(self.login(yo))
        nuevo = yo.with_token(ok(self.login(yo))["access_token"])
        self.activar(nuevo)
        problem(nuevo.post("/auth/perfil/segundo-factor", {"contrasena": CONTRASENA}), 409, "segundo_factor_activo")
        problem(nuevo.post("/auth/perfil/segundo-factor/confirmacion", {"codigo": "000000"}), 409)

    def test_con_un_token_robado_no_se_toca(self, yo: ApiClient) -> None:
        problem(yo.post("/auth/perfil/segundo-factor", {"contrasena": "no-la-se-12"}), 422)
        self.activar(yo)
        problem(yo.delete("/auth/perfil/segundo-factor", json={"contrasena": "no-la-se-12"}), 422)
        problem(yo.post("/auth/perfil/segundo-factor/codigos", {"contrasena": "no-la-se-12"}), 422)

    def test_ni_con_el_de_un_administrador_el_suyo(self, crear: Fabrica, entrar: Entrar) -> None:
        suyo = f"/auth/usuarios/{crear('admin')}/segundo-factor"
        problem(entrar("admin").delete(suyo), 403, "cuenta_propia")

    def test_quitarlo_y_codigos_nuevos(self, yo: ApiClient) -> None:
        _, codigos = self.activar(yo)
        nuevos = ok(yo.post("/auth/perfil/segundo-factor/codigos", {"contrasena": CONTRASENA}))[
            "codigos_recuperacion"
        ]
        problem(self.login(yo, codigo=codigos[0]), 401)
        ok(self.login(yo, codigo=nuevos[0]))
        assert yo.delete("/auth/perfil/segundo-factor", json={"contrasena": CONTRASENA}).status_code == 204
        ok(self.login(yo))

    def test_un_admin_lo_quita_a_quien_lo_perdio(self, yo: ApiClient, crear: Fabrica, entrar: Entrar) -> None:
        self.activar(yo)
        crear("admin")
        assert entrar("admin").delete("/auth/usuarios/1/segundo-factor").status_code == 204
        ok(self.login(yo))

    def test_un_rol_puede_exigirlo(self, yo: ApiClient, app: Flask, crear: Fabrica, entrar: Entrar) -> None:
        crear("admin")
        admin = entrar("admin")
        with app.app_context():
            rol = Rol.de_nombre("medico").id
        ok(admin.put(f"/auth/roles/{rol}", {"exige_segundo_factor": True}))
        propagar(app)
        problem(yo.get("/auth/perfil"), 401)
        entrada = ok(self.login(yo))
        assert entrada["user"]["segundo_factor_pendiente"] is True
        limitado = yo.with_token(entrada["access_token"])
        problem(limitado.get("/auth/usuarios"), 403)
        assert ok(limitado.get("/auth/menu"))["menu"][0]["clave"] == "perfil"
        self.activar(limitado)
        propagar(app)
        problem(limitado.get("/auth/perfil"), 401)
        renovado = ok(yo.with_token(None).post("/auth/refresh", {"refresh_token": entrada["refresh_token"]}))
        completo = yo.with_token(renovado["access_token"])
        ok(completo.get("/auth/usuarios"))
        problem(
            completo.delete("/auth/perfil/segundo-factor", json={"contrasena": CONTRASENA}),
            409,
            "segundo_factor_exigido",
        )
