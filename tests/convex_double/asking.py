"""The smallest client of the double: one request, one connection, and what came back.

What stays out: any judgement of it, and any reading through pages that mends or forgives.
"""

import http.client
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from tests.convex_double.server import ConvexDouble

SYNC = "/api/v1/data/sync"
SNAPSHOT = "/api/list_snapshot"
DELTAS = "/api/document_deltas"


class Heard(NamedTuple):
    """An answer as it arrived."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return what the body says."""
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str]:
        """Return status and code of a refusal."""
        assert set(self.json) == {"code", "message"}
        return self.status, self.json["code"]


def ask(double: ConvexDouble, request: str, body: object = None, **headers: str | None) -> Heard:
    """Send `METHOD path` with a JSON body and the key that permits everything; a header None is left out."""
    method, _, path = request.partition(" ")
    usual = {"Authorization": f"Convex {double.key}", "Content-Type": None if body is None else "application/json"}
    given = {name.replace("_", "-"): text for name, text in headers.items()}
    sent = {name: text for name, text in {**usual, **given}.items() if text is not None}
    data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
    connection = http.client.HTTPConnection(urlsplit(double.url).netloc, timeout=10)
    try:
        connection.request(method, path, data, sent)
        response = connection.getresponse()
        return Heard(response.status, response.headers, response.read())
    finally:
        connection.close()


def page(double: ConvexDouble, cursor: str | None = None, selection: object = None) -> Any:  # noqa: ANN401 - JSON
    """Return one page of data/sync, as JSON."""
    said = {"cursor": cursor, "selection": selection}
    heard = ask(double, f"POST {SYNC}", {name: value for name, value in said.items() if value is not None})
    assert heard.status == 200, heard
    return heard.json


def pages(double: ConvexDouble, cursor: str | None = None, selection: object = None) -> Iterator[Any]:
    """Yield pages of data/sync up to the one that is up to date."""
    while True:
        one = page(double, cursor, selection)
        yield one
        if one["status"]["type"] == "upToDate":
            return
        cursor = one["pagination"]["nextCursor"]


def replayed(said: list[Any]) -> dict[str, dict[str, Any]]:
    """Return the tables that a reader of pages holds: truncates first, then revisions in order."""
    held: dict[str, dict[str, Any]] = {}
    for one in said:
        for truncate in one["truncates"]:
            held[truncate["table"]] = {}
        for row in one["values"]:
            table = held[row["table"]]
            if row["deleted"]:
                del table[row["value"]["_id"]]
            else:
                table[row["value"]["_id"]] = row["value"]
    return held


def get(double: ConvexDouble, path: str, **query: object) -> Heard:
    """Ask with a query."""
    return ask(double, f"GET {path}?{urlencode(query)}")
