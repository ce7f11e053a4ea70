"""Names, rights, menu, throttles, encryption: the rules by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from auth.catalogo import CATALOGO, REPARTIBLES
from auth.config import AJUSTES
from auth.dominio.frenos import Freno
from auth.dominio.menu import MENU, menu_para
from auth.dominio.nombres import normalizar_nombre_usuario, proponer_nombre_usuario, separar_nombre
from auth.dominio.permisos import PROPIOS, Poder, efectivos
from auth.dominio.roles import ROLES_INICIALES
from auth.dominio.servicios import permisos_de_servicio
from comun.config import SettingError

DERECHOS = {rol.nombre: rol.permisos for rol in ROLES_INICIALES}


class TestNombres:
    @pytest.mark.parametrize(("dado", "guardado"), [(" Ana.Paz ", "ana.paz"), ("DR_1", "dr_1"), ("a+b-c", "a+b-c")])
    def test_en_minusculas(self, dado: str, guardado: str) -> None:
        assert normalizar_nombre_usuario(dado) == guardado

    @pytest.mark.parametrize(
        "malo", ["ab", ".ana", "ana.", "ana@example.com", "peña", "a b c", "<script>", "x" * 61, "' OR 1=1"]
    )
    def test_ni_correos_ni_rarezas(self, malo: str) -> None:
        with pytest.raises(ValueError, match="De 3 a 60"):
            normalizar_nombre_usuario(malo)

    @pytest.mark.parametrize(
        ("nombres", "apellidos", "email", "propuesta"),
        [
            ("José Luis", "Núñez Vera", None, "jose.nunez"),
            ("Ana", "Paz", "Ana.P+x@example.com", "ana.p.x"),
            ("李", "王", None, "usuario"),
            ("", "", "a@x.ec", "usuario.a"),
        ],
    )
    def test_a_quien_no_eligio_se_le_propone_uno(
        self, nombres: str, apellidos: str, email: str | None, propuesta: str
    ) -> None:
        assert proponer_nombre_usuario(nombres, apellidos, email) == propuesta
        assert normalizar_nombre_usuario(propuesta) == propuesta

    @pytest.mark.parametrize(
        ("completo", "partes"),
        [
            ("Ana", ("Ana", "")),
            ("Ana Paz", ("Ana", "Paz")),
            ("Ana Paz Vera", ("Ana", "Paz Vera")),
            ("Ana Lucía Paz Vera", ("Ana Lucía", "Paz Vera")),
        ],
    )
    def test_un_nombre_completo_se_separa(self, completo: str, partes: tuple[str, str]) -> None:
        assert separar_nombre(completo) == partes


class TestDerechos:
    def test_se_conceden_y_se_niegan_sobre_los_del_rol(self) -> None:
        assert efectivos({"a", "b"}, {"c"}, {"b"}) == {"a", "c"} | PROPIOS

    def test_lo_propio_no_se_niega(self) -> None:
        assert efectivos((), (), PROPIOS) == PROPIOS

    @pytest.mark.parametrize(
        ("alcance", "otro", "cubre"),
        [
            ("red", Poder("red", frozenset({"a"})), True),
            ("red", Poder("red", frozenset({"z"})), False),
            ("centros", Poder("centros", frozenset({"a"}), frozenset({1})), True),
            ("centros", Poder("centros", frozenset({"a"}), frozenset({2})), False),
            ("centros", Poder("red", frozenset({"a"})), False),
            ("centros", Poder("medico", frozenset({"a"})), True),
            ("medico", Poder("medico", frozenset({"a"})), False),
            ("medico", Poder("centros", frozenset()), False),
            ("paciente", Poder("paciente", PROPIOS), True),
            ("ninguno", Poder("medico", frozenset()), False),
        ],
    )
    def test_nadie_da_mas_de_lo_que_tiene(self, alcance: str, otro: Poder, cubre: bool) -> None:
        assert Poder(alcance, frozenset({"a", "b"}), frozenset({1})).cubre(otro) is cubre


class TestTablaDeDerechos:
    """The table "who may do what" of the requirements."""

    def test_todo_lo_sembrado_existe(self) -> None:
        for permisos in DERECHOS.values():
            assert (permisos or frozenset()) <= REPARTIBLES

    def test_admin_todo_y_un_servicio_nada_de_entrada(self) -> None:
        assert DERECHOS["admin"] is None
        assert DERECHOS["servicio"] == frozenset()

    @pytest.mark.parametrize("rol", ["secretaria", "medico"])
    def test_el_personal_solo_lee_lo_administrativo(self, rol: str) -> None:
        administrativos = {
            p for p in DERECHOS[rol] or () if p.startswith(("auth:", "admin:")) and ":pacientes:" not in p
        }
        assert administrativos
        assert all(p.endswith(":leer") for p in administrativos)

    def test_crear_pacientes_se_concede_aparte(self) -> None:
        assert "admin:pacientes:crear" not in (DERECHOS["secretaria"] or ())
        assert "admin:pacientes:editar" in (DERECHOS["secretaria"] or ())

    def test_un_paciente_no_ve_nada_administrativo(self) -> None:
        permisos = DERECHOS["paciente"] or frozenset()
        assert {p for p in permisos if p.startswith(("auth:", "admin:"))} == {
            "admin:pacientes:leer",
            "admin:pacientes:editar",
        }
        assert {"citas:leer", "citas:crear", "citas:mover", "citas:cancelar"} <= permisos
        assert not {"citas:atender", "citas:eliminar", "citas:recibir", "citas:reabrir"} & permisos

    def test_un_medico_atiende_pero_no_agenda(self) -> None:
        permisos = DERECHOS["medico"] or frozenset()
        assert {"citas:confirmar", "citas:cancelar", "citas:atender"} <= permisos
        assert not {"citas:crear", "citas:mover", "citas:eliminar", "citas:reabrir"} & permisos

    def test_lo_interno_es_solo_de_servicios(self) -> None:
        assert not any(permiso.startswith("interno:") for permiso in REPARTIBLES)
        assert all(
            permisos_de_servicio(nombre) <= set(CATALOGO)
            for nombre in ("auth", "admin", "citas", "comunicaciones", "inventario", "facturacion", "otro")
        )
        assert permisos_de_servicio("otro") == {"interno:revocaciones", "interno:eventos"}


class TestMenu:
    def test_sin_permisos_no_hay_menu(self) -> None:
        assert menu_para(frozenset()) == []

    def test_una_rama_sin_hojas_no_se_ve(self) -> None:
        assert [opcion["clave"] for opcion in menu_para({"auth:perfil", "citas:leer"})] == ["agenda", "perfil"]

    def test_admin_lo_ve_entero(self) -> None:
        assert [opcion["clave"] for opcion in menu_para(REPARTIBLES)] == [opcion.clave for opcion in MENU]

    def test_cada_opcion_pide_permisos_que_existen(self) -> None:
        hojas = [hoja for opcion in MENU for hoja in (opcion, *opcion.hijos)]
        assert all(hoja.permisos <= REPARTIBLES for hoja in hojas)


class TestFreno:
    AHORA = datetime(2026, 1, 15, 10, tzinfo=UTC)
    FRENO = Freno(3, timedelta(minutes=15))

    def test_hasta_el_maximo_se_pasa(self) -> None:
        assert self.FRENO.espera(3, self.AHORA, self.AHORA) == 0

    def test_despues_se_espera_lo_que_queda_de_la_ventana(self) -> None:
        assert self.FRENO.espera(4, self.AHORA - timedelta(minutes=5), self.AHORA) == 600
        assert self.FRENO.espera(4, self.AHORA - timedelta(minutes=15), self.AHORA) == 1


class TestAjustes:
    def leer(self, nombre: str, valor: str | None) -> object:
        ajuste = next(a for a in AJUSTES if a.name == nombre)
        return ajuste.read({nombre: valor} if valor is not None else {})

    @pytest.mark.parametrize(
        ("nombre", "valor"),
        [
            ("AUTH_SECRET_KEY", None),
            ("AUTH_SECRET_KEY", "corta"),
            ("AUTH_SERVICE_CLIENTS", "citas"),
            ("AUTH_SERVICE_CLIENTS", "citas:corto"),
            ("AUTH_PASSWORD_MEMORY_KIB", "7"),
            ("AUTH_PASSWORD_PASSES", "0"),
            ("AUTH_PASSWORD_PASSES", "dos"),
        ],
    )
    def test_lo_que_falta_o_es_debil_impide_arrancar(self, nombre: str, valor: str | None) -> None:
        with pytest.raises(SettingError, match=nombre):
            self.leer(nombre, valor)

    def test_varios_clientes(self) -> None:
        texto = "admin:0123456789abcdef, citas:0123456789abcdeg"
        assert self.leer("AUTH_SERVICE_CLIENTS", texto) == {"admin": "0123456789abcdef", "citas": "0123456789abcdeg"}
