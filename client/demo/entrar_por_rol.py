#!/usr/bin/env python3
"""Logs in as each role and shows what each one is and may open."""

from ayuda import ARCHIVO_DE_ROL, Demo, ejecutar

CAMPOS = ("nombre_usuario", "rol", "centros", "doctor_id", "paciente_id")


def demo(d: Demo) -> None:
    for rol in ARCHIVO_DE_ROL:
        api = d.entrar(rol)
        perfil = api.get("/auth/perfil")
        d.mostrar({campo: perfil[campo] for campo in CAMPOS})
        d.comprobar(perfil["rol"] == rol, f"su rol es {rol}")
        d.mostrar(api.get("/auth/menu"))
        api.logout()


if __name__ == "__main__":
    ejecutar(demo)
