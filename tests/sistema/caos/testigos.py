"""What stands between relays and receivers: a carrier that loses answers, and a receiver that remembers."""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import orjson

from comun.testing.peers import Peer, Reply, Seen

LIMITE = 15.0  # seconds, longer than any relay waits


class Azar:
    """Chances from a seed, for several threads."""

    def __init__(self, semilla: str) -> None:
        self._azar, self._turno = random.Random(semilla), threading.Lock()

    def ocurre(self, probabilidad: float) -> bool:
        with self._turno:
            return self._azar.random() < probabilidad

    def entre(self, desde: float, hasta: float) -> float:
        with self._turno:
            return self._azar.uniform(desde, hasta)


class Cartero:
    """Stands before one receiver: now and then it delivers twice, dawdles, or loses the answer after the commit."""

    def __init__(self, destino: str, semilla: str) -> None:
        self._destino = urlsplit(destino).netloc
        self._azar = Azar(semilla)
        self.fiel = False
        self.cuenta: Counter[str] = Counter()
        self._puerta = Peer(self._llevar)
        self.url = self._puerta.url

    def _llevar(self, visto: Seen) -> Reply:
        self._puerta.seen.clear()  # it would keep all that ever passed
        azar, fiel = self._azar, self.fiel
        demora = 0.0 if fiel or not azar.ocurre(0.05) else azar.entre(0.1, 1.5)
        doble = not fiel and azar.ocurre(0.05)
        perdida = not fiel and azar.ocurre(0.08)
        if doble:
            self.cuenta["dobles"] += 1
            gemelo = threading.Thread(target=self._entregar, args=(visto,))
            gemelo.start()
        respuesta = self._entregar(visto)
        if doble:
            gemelo.join()
        if respuesta is None or perdida:
            self.cuenta["respuestas perdidas" if perdida else "sin respuesta"] += 1
            return Reply(drop=True)
        self.cuenta["entregas"] += 1
        return Reply(respuesta[0], body=respuesta[1], headers=respuesta[2], delay=demora)

    def _entregar(self, visto: Seen) -> tuple[int, bytes, dict[str, str]] | None:
        conexion = http.client.HTTPConnection(self._destino, timeout=LIMITE)
        try:
            cabeceras = {k: v for k, v in visto.headers.items() if k.lower() not in ("host", "connection")}
            conexion.request(visto.method, visto.path, visto.body, cabeceras)
            respuesta = conexion.getresponse()
            cuerpo = respuesta.read()
            dichas = {k: v for k in ("Content-Type", "Retry-After") if (v := respuesta.headers.get(k))}
            return respuesta.status, cuerpo, dichas
        except (OSError, http.client.HTTPException):
            return None
        finally:
            conexion.close()

    def cerrar(self) -> None:
        self._puerta.close()


@dataclass
class Grabador:
    """One more receiver of everything, that now and then refuses or forgets to answer; keeps the order of arrival."""

    semilla: str
    fiel: bool = False
    # (source, subject) → sequence numbers as they came for the first time.
    llegadas: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    ids: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    desordenes: list[str] = field(default_factory=list)
    repetidas: int = 0

    def __post_init__(self) -> None:
        self._azar, self._turno = Azar(self.semilla), threading.Lock()
        self._puerta = Peer(self._recibir)
        self.url = self._puerta.url

    def _recibir(self, visto: Seen) -> Reply:
        self._puerta.seen.clear()
        if not self.fiel and self._azar.ocurre(0.05):
            return Reply(503, json={"codigo": "ahora_no"})
        contenido = orjson.loads(visto.body)
        with self._turno:
            for evento in contenido if isinstance(contenido, list) else [contenido]:
                self._anotar(evento)
        return Reply(drop=not self.fiel and self._azar.ocurre(0.08), json={"resultado": "anotado"})

    def _anotar(self, evento: dict[str, str]) -> None:
        origen, sujeto, numero = evento["source"], evento["subject"], int(evento["sequence"])
        llegadas = self.llegadas[origen, sujeto]
        if evento["id"] in self.ids[origen]:
            self.repetidas += 1  # at least once: also when a request that nobody waits for any more is read late
            return
        if numero != len(llegadas) + 1:
            self.desordenes.append(f"{origen} {sujeto}: {numero} después de {llegadas[-3:]}")
        self.ids[origen].add(evento["id"])
        llegadas.append(numero)

    def cerrar(self) -> None:
        self._puerta.close()
