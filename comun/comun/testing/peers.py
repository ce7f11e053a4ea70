"""Another service as a test needs it: a real HTTP server that answers, dawdles, breaks off or talks nonsense."""

from __future__ import annotations

import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import orjson

from comun.testing.patience import PATIENCE


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: Message
    body: bytes
    connection: tuple[str, int]

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def route(self) -> str:
        """The path without its query."""
        return urlsplit(self.path).path

    @property
    def args(self) -> dict[str, str]:
        """The query."""
        return dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What to answer: after `delay` seconds; `drop` closes the connection without a word."""

    status: int = 200
    json: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    drop: bool = False


Answering = Callable[[Seen], Reply]

# What a service gets from auth_service for its own calls, and what one answers that is down; it may be asked again.
TOKEN = Reply(json={"access_token": "servicio", "token_type": "bearer", "expires_in": 900})
DOWN = Reply(503, {"status": 503, "codigo": "servicio_no_disponible"}, headers={"Retry-After": "0"})


class Peer:
    """A server on a free port of 127.0.0.1. `answer` may be replaced at any time; `seen` is what arrived."""

    def __init__(self, answer: Answering | None = None, port: int = 0) -> None:
        self.answer: Answering = answer or (lambda _seen: Reply(json={}))
        self.seen: list[Seen] = []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _handle(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self.command, self.path, self.headers, body, self.client_address)
                peer.seen.append(seen)
                reply = peer.answer(seen)
                time.sleep(reply.delay)
                if reply.drop:
                    self.close_connection = True
                    return
                content = reply.body if reply.body is not None else orjson.dumps(reply.json)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.status != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if reply.status != 204 and self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - named by http.server

            def log_message(self, *_args: Any) -> None:
                """Nothing."""

            def handle(self) -> None:
                try:
                    super().handle()
                except OSError:  # the client gave up waiting
                    pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Server(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Refuse connections from now on. Those that are open stay."""
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Neighbours(Peer, ABC):
    """Several services at one address. Who is in `down` is down; `asked` are the paths that were asked for."""

    def __init__(self) -> None:
        self.reset()
        super().__init__(self._answer)

    def reset(self) -> None:
        """Nobody is down, and nothing was asked."""
        self.down: set[str] = set()
        self.asked: list[str] = []

    @abstractmethod
    def service_of(self, path: str) -> str:
        """Whose path it is."""

    @abstractmethod
    def tell(self, path: str, args: Mapping[str, str]) -> Any:
        """What is answered there, as JSON."""

    def _answer(self, seen: Seen) -> Reply:
        if seen.route == "/auth/token":
            return TOKEN
        self.asked.append(seen.route)
        return DOWN if self.service_of(seen.route) in self.down else Reply(json=self.tell(seen.route, seen.args))


def named(rows: Mapping[int, Any], args: Mapping[str, str]) -> list[Any]:
    """Those of the rows that are asked for by `ids`."""
    return [rows[number] for number in map(int, args["ids"].split(",")) if number in rows]


def copies(rows: Mapping[int, Any], args: Mapping[str, str]) -> dict[str, Any]:
    """All rows by id, or those that are asked for, on the only page of `comun.copies`."""
    found = named(rows, args) if "ids" in args else [rows[number] for number in sorted(rows)]
    return {"datos": found, "paginacion": {"tamano": 200, "hay_mas": False, "siguiente": None}}


def in_turn(*replies: Reply) -> Answering:
    """Each reply once, the last one for ever."""
    left = list(replies)
    lock = threading.Lock()

    def answer(_seen: Seen) -> Reply:
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return answer


def once_told(go: threading.Event, reply: Reply) -> Answering:
    """This reply as soon as `go` is set; after PATIENCE at any rate, so that a test that fails ends."""

    def answer(_seen: Seen) -> Reply:
        go.wait(PATIENCE)
        return reply

    return answer


def closed_port() -> int:
    """A port on which nobody listens, nor comes to by chance: it stays bound, and only a server that is told to
    listen on it gets it.
    """
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.bind(("127.0.0.1", 0))
    _held.append(held)
    return int(held.getsockname()[1])


_held: list[socket.socket] = []
