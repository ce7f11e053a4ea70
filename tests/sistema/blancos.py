"""The routes that take a body, each with one that it could take."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from .conftest import Quien
from .documento import Operacion, operaciones
from .llamadas import Respuesta
from .mundo import CLAVE, JSON, Desconocido, Mundo
from .mundo_historia import Formulario, envio
from .tabla_derechos import cuerpo, filas

# Bodies of what anybody may call, or with one's own password; the rest are those of the table of rights.
PROPIOS: dict[str, Any] = {
    "POST /auth/login": {"nombre_usuario": "alguien", "contrasena": CLAVE},
    "POST /auth/registro": {"nombre_usuario": "alguien", "contrasena": CLAVE, "nombres": "Luz", "apellidos": "Vera"},
    "POST /auth/token": {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"},
    "POST /auth/refresh": {"refresh_token": "x"},
    "POST /auth/invitaciones/xxxxxxxxxxxxxxxxxxxxxxxx": {"contrasena": CLAVE},
    "POST /citas/enlaces/xxxxxxxxxxxxxxxxxxxxxxxx": {"accion": "confirmar"},
    "PUT /auth/perfil/contrasena": {"contrasena_actual": "otra-cosa-123", "contrasena_nueva": CLAVE},
    "POST /auth/perfil/segundo-factor": {"contrasena": "otra-cosa-123"},
    "POST /auth/perfil/segundo-factor/confirmacion": {"codigo": "000000"},
    "POST /auth/perfil/segundo-factor/codigos": {"contrasena": "otra-cosa-123"},
    "DELETE /auth/perfil/segundo-factor": {"contrasena": "otra-cosa-123"},
}
# Fields of one kind, that only make the others wait.
YA_PROBADAS = ("aseguradoras", "fuentes", "lineas-negocio")


class Blanco:
    """One route that takes a body: whom it is called as, at which path, with what."""

    def __init__(self, m: Mundo, operacion: Operacion, plantilla: str, bueno: Any, rol: str = "admin") -> None:
        self.operacion, self._m, self._plantilla, self._bueno, self._rol = operacion, m, plantilla, bueno, rol
        self._por_usar: Any = None

    @cached_property
    def _ruta(self) -> str:
        return self._m.ruta(self._plantilla)

    @property
    def quien(self) -> Quien:
        """A new stranger each time where nobody needs a token: the throttles by address must not answer."""
        return Desconocido(self._m.red.system.url) if self.operacion.publica else self._m.quien[self._rol]

    def bueno(self) -> Any:
        """A body that could be taken: another one as soon as one of them was."""
        if self._por_usar is None:
            self._por_usar = cuerpo(self._bueno, self._m) if isinstance(self._bueno, str) else self._bueno
        return copy.deepcopy(self._por_usar)

    def enviar(self, json_o_bytes: Any, tipo: str = JSON) -> Respuesta:
        respuesta = self._enviar(json_o_bytes, tipo)
        if respuesta.ok:
            self._por_usar = None
        return respuesta

    def _enviar(self, json_o_bytes: Any, tipo: str) -> Respuesta:
        if isinstance(json_o_bytes, Formulario):
            return self.quien.call(self.operacion.metodo, self._ruta, **envio(json_o_bytes))
        datos = json_o_bytes
        if not isinstance(datos, bytes):
            datos = json.dumps(datos, ensure_ascii=False).encode()
        cabeceras = {"Content-Type": tipo, "If-Match": "*"}
        return self.quien.call(self.operacion.metodo, self._ruta, data=datos, headers=cabeceras)

    def __str__(self) -> str:
        return self.operacion.nombre


def blancos(m: Mundo) -> Iterator[Blanco]:
    """Every route with a body, once."""
    por_nombre = {o.sin_nombres: o for o in operaciones(m.red.system.url) if o.esquema is not None}
    for nombre, bueno in PROPIOS.items():
        metodo, ruta = nombre.split()
        clave = re.sub(r"/xx+$", "/{}", nombre)
        yield Blanco(m, por_nombre.pop(clave), ruta, bueno)
    for fila in filas():
        if fila.cuerpo == "-" or (operacion := por_nombre.pop(fila.operacion, None)) is None:
            continue
        if not fila.ruta.startswith(tuple(f"/admin/{c}" for c in YA_PROBADAS)):
            # In a record only doctors write.
            rol = next(rol for rol, esperado in fila.esperado.items() if esperado.startswith("2"))
            yield Blanco(m, operacion, fila.ruta, fila.cuerpo, rol)
    assert {n for n in por_nombre if not n.endswith("/logout")} == set(), "routes that no test knows a body for"
