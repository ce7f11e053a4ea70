"""admin_service, citas_service, inventario_service and auth_service as this service asks them, over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.testing.peers import Neighbours, copies, named


class Vecinos(Neighbours):
    """They answer with `pacientes`, `doctores`, `citas`, `fichas`, `tratamientos`."""

    def reset(self) -> None:
        """Nobody is down and nobody knows anything but what documents say of patient 1, doctor 7 and centre 1."""
        super().reset()
        self.pacientes: dict[int, dict[str, Any]] = {}
        self.doctores: dict[int, dict[str, Any]] = {}
        self.citas: dict[int, dict[str, Any]] = {}
        self.tratamientos: dict[int, dict[str, Any]] = {}
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
        }

    def service_of(self, path: str) -> str:
        if "citas" in path:
            return "citas"
        return "inventario" if "tratamientos" in path else "admin"

    def tell(self, path: str, args: Mapping[str, str]) -> Any:
        match path:
            case "/interno/fichas":
                return {quien: self.fichas[quien] for quien in self.fichas if f"{quien}_id" in args}
            case "/interno/citas-entre":
                pacientes = {int(uno) for uno in args["pacientes"].split(",")}
                doctor = int(args["doctor_id"])
                suyas = [c for c in self.citas.values() if c["doctor_id"] == doctor and c["paciente_id"] in pacientes]
                return {"datos": suyas}
            case "/interno/tratamientos":
                return {"datos": named(self.tratamientos, args)}
        return copies(getattr(self, path.rsplit("/", 1)[1]), args)
