"""A small HTTP server in front of MLflow's, which passes everything on until it is told not to."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, bytes]


@dataclass
class Rule:
    """What to do with requests whose line holds ``words``, from the ``first`` such one on.

    Attributes
    ----------
    before, after
        Called before a request is passed on, or after that and before its answer is.
    drop
        Whether to hang up then, without passing the request on.
    answer
        Given in the place of an answer, without passing the request on.
    times
        How many requests it is for.
    seen, hit
        How many requests it has met, and done something to.
    """

    words: str
    first: int = 1
    times: int = 1
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    drop: bool = False
    answer: Answer | None = None
    seen: int = 0
    hit: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def takes(self, line: str) -> bool:
        with self.lock:
            if self.words not in line:
                return False
            self.seen += 1
            mine = self.first <= self.seen < self.first + self.times
            self.hit += mine
            return mine


class Front:
    """The server in front; ``port`` is where it listens, ``backend`` where it passes on to."""

    def __init__(self, backend: int) -> None:
        self.backend = backend
        self.rules: list[Rule] = []
        self.lines: list[str] = []
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                front.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *args: object) -> None:
                pass  # whoever asked has gone: killed, or out of patience

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rule(self, words: str, **what: Any) -> Rule:
        rule = Rule(words, **what)
        self.rules.append(rule)
        return rule

    def handle(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        line = f"{request.command} {request.path} {body.decode(errors='replace')}"
        self.lines.append(f"{request.command} {request.path}")
        rules = [rule for rule in self.rules if rule.takes(line)]
        for rule in rules:
            rule.before()
            if rule.drop:
                request.close_connection = True
                return
        given = next((rule.answer for rule in rules if rule.answer), None)
        try:
            status, kind, content = (given and (given[0], "text/html", given[1])) or self._forward(
                request, body
            )
        except OSError:
            request.close_connection = True  # as a server does that has gone
            return
        for rule in rules:
            rule.after()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.end_headers()
        request.wfile.write(content)

    def _forward(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str, bytes]:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name.lower() not in ("connection", "host", "accept-encoding")
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.backend, timeout=60)
        try:
            connection.request(request.command, request.path, body, headers)
            answer = connection.getresponse()
            kind = answer.headers.get("Content-Type", "application/json")
            return answer.status, kind, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionResetError from error
        finally:
            connection.close()


def pause(seconds: float) -> Callable[[], None]:
    return lambda: time.sleep(seconds)
