"""A consulting room of a real system: a doctor, reception and patients, each signed in as themselves."""

from __future__ import annotations

import io
from typing import Any
from xml.etree import ElementTree

from pypdf import PdfReader

from .conftest import Quien, Red, bien, manana, unico_numero
from .llamadas import Respuesta
from .mundo import CLAVE

BASE = "/historia-clinica"
_SVG = "{http://www.w3.org/2000/svg}"


class Consultorio:
    """A doctor of a specialty in a centre of her own, its secretary, and somebody who comes for the first time."""

    def __init__(self, red: Red, especialidad: str, **paciente: Any) -> None:
        n = unico_numero()
        self.red = red
        self.centro = red.centro(nombre=f"Clínica La Mariscal {n}", direccion="Av. Amazonas N21-147, Quito")
        doctora = {"nombres": "Ana Lucía", "apellidos": f"Muñoz {n}", "registro_profesional": "MSP-1234"}
        self.doctor, self.medico = red.con_usuario(
            "doctores", **doctora, especialidades=[especialidad], centros=[self.centro]
        )
        self.nombre_del_medico = f"{doctora['nombres']} {doctora['apellidos']}"
        self.secretaria = red.secretaria(self.centro)
        self.apellido = f"Núñez {n}"
        persona = {"nombres": "María José", "apellidos": self.apellido, "fecha_nacimiento": "1985-05-17"}
        self.paciente_id, self.paciente = red.con_usuario(
            "pacientes", **{**persona, "genero": "femenino", "centro_id": self.centro, **paciente}
        )
        self.expediente = f"{BASE}/pacientes/{self.paciente_id}"

    def agendar(self, motivo: str, hora: str = "09:00") -> int:
        """Reception books, and says that the patient has come; the doctor calls her in."""
        quienes = {"doctor_id": self.doctor, "paciente_id": self.paciente_id, "centro_id": self.centro}
        cuerpo = {**quienes, "fecha_hora": manana(hora), "motivo_consulta": motivo}
        cita = int(bien(self.secretaria.post("/citas", cuerpo), 201)["id"])
        bien(self.secretaria.patch(f"/citas/{cita}/estado", {"estado": "en_sala"}))
        bien(self.medico.patch(f"/citas/{cita}/estado", {"estado": "en_curso"}))
        return cita

    def anotar(self, parte: str, cuerpo: Any) -> dict[str, Any]:
        """The doctor adds to the record."""
        anotado: dict[str, Any] = bien(self.medico.post(f"{self.expediente}/{parte}", cuerpo), 201)
        return anotado

    def leer(self, parte: str, **consulta: Any) -> dict[str, Any]:
        """The doctor reads of the record."""
        leido: dict[str, Any] = bien(self.medico.get(f"{self.expediente}/{parte}", params=consulta))
        return leido

    def escribir_nota(self, cita: int, **texto: Any) -> str:
        """The doctor begins a note; the path of it."""
        nota = bien(self.medico.post(f"{BASE}/citas/{cita}/notas", texto), 201)
        return f"{BASE}/notas/{nota['id']}"

    def cambiar(self, ruta: str, cuerpo: Any, resto: str = "") -> dict[str, Any]:
        """The doctor changes what she has just read."""
        visto = self.medico.get(ruta)
        cambiado: dict[str, Any] = bien(
            self.medico.put(ruta + resto, cuerpo, headers={"If-Match": visto.headers["ETag"]})
        )
        return cambiado


def otro_medico(red: Red) -> tuple[str, Quien]:
    """A doctor who never saw any of these patients, by the name that she signs in with."""
    nombre = f"otra.{unico_numero()}"
    cuenta = {"nombre_usuario": nombre, "contrasena": CLAVE}
    bien(red.admin.post("/admin/doctores", {"nombres": "Inés", "apellidos": "Curiosa", **cuenta}), 201)
    return nombre, red.entrar(**cuenta)


def impreso(respuesta: Respuesta) -> str:
    """What can be read of a PDF, on one line."""
    assert (respuesta.status_code, respuesta.headers["Content-Type"]) == (200, "application/pdf"), respuesta.text
    assert "no-store" in respuesta.headers["Cache-Control"]
    paginas = PdfReader(io.BytesIO(respuesta.content)).pages
    return " ".join(" ".join(pagina.extract_text() for pagina in paginas).split())


def dibujo(respuesta: Respuesta) -> ElementTree.Element:
    """A picture that is well formed, and that runs nothing."""
    assert respuesta.status_code == 200, respuesta.text[:300]
    assert respuesta.headers["Content-Type"].startswith("image/svg+xml")
    raiz = ElementTree.fromstring(respuesta.content)
    assert raiz.tag == f"{_SVG}svg"
    nombres = {elemento.tag.removeprefix(_SVG) for elemento in raiz.iter()}
    assert not nombres & {"script", "foreignObject", "image", "use", "a"}
    return raiz
