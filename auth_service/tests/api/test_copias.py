"""Users as other services may copy them: no contact data, no secret."""

from __future__ import annotations

from typing import Any

from comun.testing.client import ApiClient, ok, problem


def test_nombre_rol_y_si_puede_entrar(api: ApiClient, servicio: Any) -> None:
    nuevo = {"nombre_usuario": "eva", "contrasena": "Un4-clave-larga!", "nombres": "Eva", "rol": "secretaria"}
    usuario = ok(api.post("/auth/usuarios", {**nuevo, "email": "eva@example.com"}), 201)
    ok(api.delete(f"/auth/usuarios/{usuario['id']}", headers={"If-Match": "*"}), 204)
    copias = ok(servicio("citas").get(f"/interno/copias/usuarios?ids={usuario['id']}"))["datos"]
    esperado = {"nombre_usuario": "eva", "nombres": "Eva", "apellidos": "", "rol": "secretaria", "activo": False}
    assert copias == [{"id": usuario["id"], **esperado, "eliminado": True, "secuencia": 2}]


def test_solo_para_servicios(api: ApiClient) -> None:
    problem(api.get("/interno/copias/usuarios"), 403)
