"""admin_service, citas_service, inventario_service and auth_service as this service asks them, over real HTTP."""

from __future__ import annotations

from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from comun.testing.peers import Peer, Reply, Seen


class Vecinos:
    """They answer with `pacientes`, `doctores`, `centros`, `fichas`, `tratamientos`, `productos`.

    Who is in `caidos` is down.
    """

    def __init__(self) -> None:
        self._peer = Peer(self._answer)
        self.url = self._peer.url
        self.reset()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_args: object) -> None:
        self._peer.close()

    def reset(self) -> None:
        """Nobody is down and nobody knows anything but what documents say of patient 1, doctor 7 and centre 1."""
        self.caidos: set[str] = set()
        self.preguntas: list[str] = []
        self.pacientes: dict[int, dict[str, Any]] = {}
        self.doctores: dict[int, dict[str, Any]] = {}
        self.centros: dict[int, dict[str, Any]] = {}
        self.tratamientos: dict[int, dict[str, Any]] = {}
        self.productos: dict[int, dict[str, Any]] = {}
        self.fichas: dict[str, dict[str, Any] | None] = {
            "paciente": {
                "id": 1,
                "nombres": "María José",
                "apellidos": "Núñez Peña",
                "tipo_identificacion": "cedula",
                "identificacion": "1714307103",
                "fecha_nacimiento": "1990-05-17",
                "genero": "femenino",
                "direccion": "Av. Amazonas N21-147",
                "telefono": "0991234567",
                "email": "maria@example.com",
            },
            "doctor": {
                "id": 7,
                "nombres": "Ana Lucía",
                "apellidos": "Muñoz",
                "especialidades": ["Odontología general"],
                "identificacion": "1714616123",
                "registro_profesional": "MSP-1234",
            },
            "centro": {
                "id": 1,
                "nombre": "Clínica Norte",
                "direccion": "Av. 10 de Agosto",
                "telefono": "022345678",
                "ruc": "1790011674001",
                "zona_horaria": "America/Guayaquil",
            },
            "aseguradora": {"id": 3, "nombre": "Salud Total", "activo": True},
        }

    def vender(self, tratamiento_id: int, precio: Any = 30, tarifa_iva: Any = 0, *, activo: bool = True) -> None:
        """A treatment is in the catalogue, at that price."""
        self.tratamientos[tratamiento_id] = {
            "id": tratamiento_id,
            "codigo": f"T-{tratamiento_id}",
            "nombre": f"Tratamiento {tratamiento_id}",
            "precio": precio,
            "duracion_minutos": 30,
            "tarifa_iva": tarifa_iva,
            "activo": activo,
        }

    def vender_producto(self, producto_id: int, precio: Any = 2.5, tarifa_iva: Any = 15) -> None:
        """A product is in the catalogue, at that price."""
        self.productos[producto_id] = {
            "id": producto_id,
            "codigo": f"P-{producto_id}",
            "nombre": f"Producto {producto_id}",
            "unidad": "unidad",
            "precio_venta": precio,
            "tarifa_iva": tarifa_iva,
            "activo": True,
        }

    def _answer(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path)
        args = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/auth/token":
            return Reply(json={"access_token": "servicio", "token_type": "bearer", "expires_in": 900})
        self.preguntas.append(parts.path)
        service = self._service_of(parts.path)
        if service in self.caidos:
            return Reply(503, {"status": 503, "codigo": "servicio_no_disponible"}, headers={"Retry-After": "0"})
        return Reply(json=self._tell(parts.path, args))

    @staticmethod
    def _service_of(path: str) -> str:
        if "citas" in path:
            return "citas"
        return "inventario" if path.endswith(("/tratamientos", "/productos")) else "admin"

    def _tell(self, path: str, args: dict[str, str]) -> Any:
        match path:
            case "/interno/fichas":
                return {quien: self.fichas[quien] for quien in self.fichas if f"{quien}_id" in args}
            case "/interno/tratamientos":
                return {"datos": [self.tratamientos[n] for n in _ids(args) if n in self.tratamientos]}
            case "/interno/productos":
                return {"datos": [self.productos[n] for n in _ids(args) if n in self.productos]}
        filas: dict[int, dict[str, Any]] = getattr(self, path.rsplit("/", 1)[1])
        found = [filas[n] for n in (_ids(args) if "ids" in args else sorted(filas)) if n in filas]
        return {"datos": found, "paginacion": {"tamano": 200, "hay_mas": False, "siguiente": None}}


def _ids(args: dict[str, str]) -> list[int]:
    return [int(uno) for uno in args["ids"].split(",")]
