"""What a webhook, a robot's server and a mail server do, on 127.0.0.1 and real sockets."""

from __future__ import annotations

import json
import socketserver
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class _Server:
    server: socketserver.BaseServer

    def __enter__(self) -> Self:
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@dataclass
class HttpReceiver(_Server):
    """Keeps every request; answers `status` with `answer`, or sends the caller on to `redirect`."""

    status: int = 200
    answer: Any = field(default_factory=lambda: {"errcode": 0, "errmsg": "ok"})
    redirect: str = ""
    requests: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append(Request(self.path, dict(self.headers), body))
                self.send_response(302 if receiver.redirect else receiver.status)
                if receiver.redirect:
                    self.send_header("Location", receiver.redirect)
                self.end_headers()
                self.wfile.write(json.dumps(receiver.answer).encode())

            def do_GET(self) -> None:
                receiver.requests.append(Request(self.path, dict(self.headers), b""))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@dataclass
class SmtpReceiver(_Server):
    """A mail server without authentication that keeps every message as it came over the wire."""

    messages: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    is_refusing: bool = False

    def __post_init__(self) -> None:
        receiver = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.say("220 hall")
                while line := self.rfile.readline():
                    command = line.decode().strip()
                    if command.upper() == "QUIT":
                        self.say("221 bye")
                        return
                    if command.upper() == "DATA":
                        self.say("354 go on")
                        self.take()
                    elif command.upper().startswith("RCPT"):
                        receiver.recipients.append(command)
                        self.say("550 no such user" if receiver.is_refusing else "250 ok")
                    else:
                        self.say("250 ok")

            def take(self) -> None:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line)
                receiver.messages.append(b"".join(lines))
                self.say("250 taken")

            def say(self, words: str) -> None:
                self.wfile.write(f"{words}\r\n".encode())

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
