"""admin_service, citas_service, inventario_service and auth_service as this service asks them, over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comun.testing.peers import Neighbours, copies, named


class Vecinos(Neighbours):
    """They answer with `pacientes`, `doctores`, `centros`, `fichas`, `tratamientos`, `productos`.

    Who is in `down` is down.
    """

    def reset(self) -> None:
        """Nobody is down and nobody knows anything but what documents say of patient 1, doctor 7 and centre 1."""
        super().reset()
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

    def service_of(self, path: str) -> str:
        if "citas" in path:
            return "citas"
        return "inventario" if path.endswith(("/tratamientos", "/productos")) else "admin"

    def tell(self, path: str, args: Mapping[str, str]) -> Any:
        match path:
            case "/interno/fichas":
                return {quien: self.fichas[quien] for quien in self.fichas if f"{quien}_id" in args}
            case "/interno/tratamientos":
                return {"datos": named(self.tratamientos, args)}
            case "/interno/productos":
                return {"datos": named(self.productos, args)}
        return copies(getattr(self, path.rsplit("/", 1)[1]), args)
