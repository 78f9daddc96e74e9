"""The double as a server: real HTTP on this machine, and the ways in which an answer may arrive broken.

What stays out: what the answers are.
"""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.convex_double.answers import Answer
from tests.convex_double.deployment import Deployment
from tests.convex_double.faults import Faults, Request
from tests.convex_double.routes import answered

POLL_SECONDS = 0.01
RESET_AT_CLOSE = struct.pack("ii", 1, 0)


class ConvexDouble:
    """A Convex server over a deployment, from entering the context to leaving it."""

    def __init__(self, deployment: Deployment | None = None) -> None:
        """Take the deployment to serve, or make an empty one; `key` permits everything."""
        self.deployment = deployment or Deployment()
        self.key = self.deployment.keys.issue()
        self.requests: list[Request] = []
        self.faults = Faults()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,), daemon=True)

    @property
    def url(self) -> str:
        """Return the address to give to clients, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End serving, and every connection that a client left open."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._server.disconnect()

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:  # noqa: ANN401 - as HTTP has them
        """Note a request and return what it is answered with, faults and all."""
        with self.deployment.lock:
            request = Request(method, path, headers, body, len(self.requests) + 1)
            self.requests.append(request)
            striking = self.faults.striking(request)
        for fault in striking:
            fault.before(self.deployment)
        replies = [reply for fault in striking if (reply := fault.instead())]
        with self.deployment.lock:
            answer = replies[0] if replies else answered(self.deployment, request)
            for fault in striking:
                answer = fault.after(answer)
        return answer


class _Server(ThreadingHTTPServer):
    """A server that keeps track of its connections, to reset or to end them."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, double: ConvexDouble) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.double = double
        self._open: set[socket.socket] = set()
        self._resetting: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def reset(self, connection: socket.socket) -> None:
        """Let the end of a connection be a reset, which is what a socket without lingering sends."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self._resetting.add(connection)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - the base class says so
        if request in self._resetting:
            self._resetting.discard(request)
            request.close()
        else:
            super().shutdown_request(request)
        self._open.discard(request)

    def disconnect(self) -> None:
        """End the connections that are left."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                self._open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class says so
        """Say nothing: clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    """Reads a request, and writes what the double answers as it is to arrive, in one piece lest clients wait."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._reply()

    def do_POST(self) -> None:
        self._reply()

    def log_message(self, *_: object) -> None:
        """Keep tests quiet."""

    def _reply(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self.server.double.answer(self.command, self.path, self.headers, body)
        length = len(answer.body) if answer.claimed_length is None else answer.claimed_length
        broken = answer.reset or length != len(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(answer.body)
        if broken:
            self.close_connection = True
        if answer.reset:
            self.server.reset(self.connection)
