"""What the demonstrations share: logging in as a person of the sample data, saying and checking each step.

Every demonstration is called `python client/demo/<name>.py [URL [DATA FOLDER]]` and ends with status 1
when the API behaves otherwise than it tells.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

CLIENTE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CLIENTE))

from archivos_csv import leer  # noqa: E402
from odontocare_client import ApiError, NotReachable, OdontoCareClient  # noqa: E402
from primera_cita import OCUPADO, medias_horas  # noqa: E402

Json = dict[str, Any]
ARCHIVO_DE_ROL = {
    "admin": "usuarios.csv",
    "secretaria": "usuarios.csv",
    "medico": "doctores.csv",
    "paciente": "pacientes.csv",
}


class Inesperado(Exception):
    """The API did something else than the demonstration tells."""


class Demo:
    """One run of a demonstration against the system at `url`, loaded from the files in `datos`."""

    def __init__(self, url: str, datos: Path) -> None:
        self.url, self.datos = url, datos

    def entrar(self, rol: str, numero: int = 0) -> OdontoCareClient:
        """A session of somebody of that role in the sample data; `numero` 1 is the second such person."""
        for fila in leer(self.datos / ARCHIVO_DE_ROL[rol]):
            celdas = fila.celdas
            if celdas.get("contrasena") and celdas.get("rol", rol) == rol:
                if numero == 0:
                    api = OdontoCareClient(self.url, celdas["nombre_usuario"], celdas["contrasena"])
                    api.login()
                    self.paso(f"Entra {celdas['nombre_usuario']} ({rol})")
                    return api
                numero -= 1
        raise Inesperado(f"{ARCHIVO_DE_ROL[rol]} no tiene a nadie más con rol {rol} y contraseña")

    def paso(self, texto: str) -> None:
        """Says what happens now."""
        sys.stdout.write(f"* {texto}\n")

    def mostrar(self, dato: Any) -> None:
        """Prints JSON, indented below the step."""
        texto = json.dumps(dato, ensure_ascii=False, indent=2)
        sys.stdout.write("".join(f"    {linea}\n" for linea in texto.splitlines()))

    def comprobar(self, cierto: bool, que: str) -> None:
        """Fails the demonstration unless `cierto`."""
        if not cierto:
            raise Inesperado(que)
        self.paso(f"Comprobado: {que}")

    def rechaza(self, estado: int, codigo: str, pedido: Callable[[], Any]) -> None:
        """The request must be refused with this status and `codigo`."""
        try:
            respuesta = pedido()
        except ApiError as error:
            if (error.status, error.codigo) != (estado, codigo):
                raise Inesperado(f"se esperaba {estado} {codigo} y llegó {error}") from error
            self.paso(f"Rechazado, como debe ser: {error}")
            return
        raise Inesperado(f"se esperaba {estado} {codigo} y la API aceptó: {respuesta}")

    def participantes(self, secretaria: OdontoCareClient) -> tuple[Json, int]:
        """Whom to book: the secretary's centre, its first doctor, the first patient who has a user.

        The second value is the id of another doctor of that centre.
        """
        centro = secretaria.get("/auth/perfil")["centros"][0]
        doctores = [
            doctor["id"]
            for doctor in secretaria.pages("/admin/doctores", orden="id")
            if doctor["activo"] and centro in doctor["centros"]
        ]
        paciente = self.entrar("paciente").get("/auth/perfil")["paciente_id"]
        return {"centro_id": centro, "doctor_id": doctores[0], "paciente_id": paciente}, doctores[1]

    def reservar(self, api: OdontoCareClient, **cita: Any) -> Json:
        """Books the first half hour that is free for everybody of `cita`."""
        for inicio in medias_horas(datetime.now(UTC).date()):
            try:
                creada: Json = api.post("/citas", {**cita, "fecha_hora": inicio.isoformat()}).body
            except ApiError as error:
                if error.codigo not in OCUPADO:
                    raise
            else:
                self.paso(f"Reservada la cita {creada['id']} para {creada['fecha_hora']}")
                return creada
        raise Inesperado("no hay ninguna media hora libre en dos semanas")

    def deshacer(self, api: OdontoCareClient, *citas: Json) -> None:
        """Cancels what the demonstration booked, so that the times are free again."""
        for cita in citas:
            motivo = {"estado": "cancelada", "motivo_cancelacion": "Era una demostración"}
            api.put(f"/citas/{cita['id']}", motivo)
        self.paso("Canceladas las citas de la demostración")


def ejecutar(demo: Callable[[Demo], None]) -> NoReturn:
    """Runs a demonstration with the arguments of the command line and ends the process."""
    argumentos = [*sys.argv[1:], *(None, None)]
    url = argumentos[0] or "http://127.0.0.1:8080"
    datos = Path(argumentos[1] or CLIENTE.parent / "data")
    try:
        demo(Demo(url, datos))
    except (Inesperado, ApiError, NotReachable) as error:
        sys.exit(f"FALLÓ: {error}")
    sys.stdout.write("Todo como se esperaba.\n")
    sys.exit(0)
