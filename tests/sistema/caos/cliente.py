"""A careful client: repeats what was not answered for good, with the same key or version, and looks first."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import requests

PLAZO = 400.0  # seconds until an operation must have been answered for good
ESPERA = 6.0  # seconds that the client waits for one answer
PASAJERAS = frozenset({401, 429, 500, 502, 503, 504})


class NuncaContestado(AssertionError):
    """An operation that was not answered for good in all that time."""


@dataclass(frozen=True)
class Respuesta:
    """The answer for good. `dudosa`: an earlier attempt may have had its effect without saying so."""

    estado: int
    cuerpo: Any
    version: str | None
    dudosa: bool

    @property
    def codigo(self) -> str:
        return str((self.cuerpo or {}).get("codigo", self.estado))


class Cliente:
    """Somebody who works through the gateway, signed in as the administrator."""

    def __init__(self, url: str, nombre_usuario: str, contrasena: str) -> None:
        self._url = url
        self._cuenta = {"nombre_usuario": nombre_usuario, "contrasena": contrasena}
        self._sesion = requests.Session()
        self._sesion.trust_env = False
        self._token = ""
        self.repeticiones = 0
        self.errores_500 = 0

    def pedir(self, metodo: str, ruta: str, cuerpo: Any = None, *, clave: str = "", version: str = "") -> Respuesta:
        """One operation, as often as it takes. Raises NuncaContestado."""
        cabeceras = {"Idempotency-Key": clave, "If-Match": version}
        dudosa, fin, pausa = False, time.monotonic() + PLAZO, 0.05
        while time.monotonic() < fin:
            respuesta = self._intentar(metodo, ruta, cuerpo, cabeceras)
            if respuesta is not None and not self._pasajera(respuesta):
                datos = respuesta.json() if respuesta.content else None
                return Respuesta(respuesta.status_code, datos, respuesta.headers.get("ETag"), dudosa)
            if respuesta is None or respuesta.status_code >= 500:
                dudosa = metodo != "GET"
            self.repeticiones += 1
            time.sleep(pausa)
            pausa = min(pausa * 1.5, 1.0)
        raise NuncaContestado(f"{metodo} {ruta}: {respuesta.status_code if respuesta is not None else 'nada'}")

    def ver(self, ruta: str) -> Respuesta:
        return self.pedir("GET", ruta)

    def _intentar(self, metodo: str, ruta: str, cuerpo: Any, cabeceras: dict[str, str]) -> requests.Response | None:
        if not self._token and not self._entrar():
            return None
        dichas = {**{k: v for k, v in cabeceras.items() if v}, "Authorization": f"Bearer {self._token}"}
        try:
            respuesta = self._sesion.request(metodo, self._url + ruta, json=cuerpo, headers=dichas, timeout=ESPERA)
        except requests.RequestException:
            return None
        if respuesta.status_code == 401:
            self._token = ""
        self.errores_500 += respuesta.status_code == 500
        return respuesta

    def _entrar(self) -> bool:
        try:
            respuesta = self._sesion.post(f"{self._url}/auth/login", json=self._cuenta, timeout=ESPERA)
        except requests.RequestException:
            return False
        if respuesta.ok:
            self._token = respuesta.json()["access_token"]
        return respuesta.ok

    @staticmethod
    def _pasajera(respuesta: requests.Response) -> bool:
        if respuesta.status_code in PASAJERAS:
            return True
        # Another one changed the same thing at the same instant: "try again".
        return respuesta.status_code == 409 and respuesta.json()["codigo"] == "cambio_simultaneo"
