"""Webhook receivers in processes of their own, so that what they cost is not in the sender's figures."""

from __future__ import annotations

import asyncio
import multiprocessing
import socket
import time
from dataclasses import dataclass
from typing import Any

import orjson

# (event id, subject, sequence, moment of arrival in seconds since the epoch)
Arrival = tuple[str, str, int, float]


class _Protocol(asyncio.Protocol):
    """Just enough HTTP/1.1: a head, a body of the length that it says, 200, keep-alive."""

    def __init__(self, arrivals: list[Arrival], delay: float) -> None:
        self._arrivals, self._delay, self._buffer = arrivals, delay, b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            start = head.find(b"content-length:")
            length = int(head[start + 15 :].split(b"\r\n", 1)[0]) if start >= 0 else 0
            if len(self._buffer) < end + 4 + length:
                return
            event = orjson.loads(self._buffer[end + 4 : end + 4 + length])
            self._buffer = self._buffer[end + 4 + length :]
            self._arrivals.append((event["id"], event["subject"], int(event["sequence"]), time.time()))
            asyncio.get_running_loop().call_later(self._delay, self._answer)

    def _answer(self) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def _serve(port: int, delay: float, pipe: Any) -> None:
    arrivals: list[Arrival] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Protocol(arrivals, delay), "127.0.0.1", port)
        pipe.send(server.sockets[0].getsockname()[1])
        while (question := await loop.run_in_executor(None, pipe.recv)) != "end":
            pipe.send(len(arrivals) if question == "count" else list(arrivals))
            if question == "take":
                arrivals.clear()

    asyncio.run(run())


@dataclass
class Receiver:
    """A webhook on a port of 127.0.0.1 that answers 200 after `delay` seconds."""

    delay: float = 0.0
    port: int = 0

    def start(self) -> Receiver:
        """Listen, in another process."""
        self._pipe, other = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(self.port, self.delay, other), daemon=True
        )
        self._process.start()
        self.port = self._pipe.recv()
        return self

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    def count(self) -> int:
        """How many calls came so far."""
        self._pipe.send("count")
        return int(self._pipe.recv())

    def take(self) -> list[Arrival]:
        """What came so far; the count starts again."""
        self._pipe.send("take")
        found: list[Arrival] = self._pipe.recv()
        return found

    def stop(self) -> None:
        self._pipe.send("end")
        self._process.join(5)


def free_port() -> int:
    """A port on which nobody listens yet."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
