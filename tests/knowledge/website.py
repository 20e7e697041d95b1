"""A small website on this machine, for tests that follow links."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

_LIKES_NO_HEAD = "/no-head"
_MOVED = "/moved-to"


class Website(ThreadingHTTPServer):
    """Answers /404 with 404 and so on, /moved-to/404 with a redirect there; `asked` is what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[str] = []


class _Handler(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        self._reply()

    def do_HEAD(self) -> None:
        self._reply()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- its name in the base class
        """Say nothing on stderr."""

    def _reply(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        if self.path.startswith(_MOVED):
            self.send_response(301)
            self.send_header("Location", self.path.removeprefix(_MOVED))
        elif self.path == _LIKES_NO_HEAD:
            self.send_response(405 if self.command == "HEAD" else 200)
        else:
            self.send_response(int(self.path.removeprefix("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def website() -> Iterator[Website]:
    """Run a Website."""
    with Website() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def closed_door() -> Iterator[str]:
    """The URL of a port that is taken, so that nobody else gets it, and refuses to be called."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/"
