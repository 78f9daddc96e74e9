"""What may go wrong on the way, scripted by request: each fault says when it strikes and what it does.

What goes in: faults of networks, proxies and plans, and happenings in the deployment at a given request. What stays
out: refusals that Convex itself would give; those follow from the deployment.
"""

import json
import time
from collections.abc import Callable, Container
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from tests.convex_double.answers import Answer
from tests.convex_double.deployment import Deployment


class Request(NamedTuple):
    """A request as it was seen, headers and key and all; numbered from 1."""

    method: str
    path: str
    headers: Any
    body: bytes
    number: int


When = int | Container[int] | Callable[[Request], bool]
"""A request's number, several numbers, or what to tell a request by."""


class Fault(Protocol):
    """Something that strikes a request: before it is answered, instead of an answer, or on the answer's way."""

    def before(self, deployment: Deployment) -> None:
        """Act before the request is looked at."""

    def instead(self) -> Answer | None:
        """Return an answer that is not the deployment's, or None."""

    def after(self, answer: Answer) -> Answer:
        """Return what becomes of an answer."""


class Harmless:
    """A fault that does nothing yet."""

    def before(self, deployment: Deployment) -> None:
        """Do nothing."""

    def instead(self) -> Answer | None:
        """Leave the answer to the deployment."""
        return None

    def after(self, answer: Answer) -> Answer:
        """Let the answer pass."""
        return answer


@dataclass
class Replied(Harmless):
    """Something before the deployment replies: a proxy, or a server that is not up to it."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html"})

    def instead(self) -> Answer | None:
        """Return the reply; the deployment never sees the request."""
        return Answer(self.status, self.body, self.headers)


@dataclass
class Cut(Harmless):
    """The body ends after some bytes; whether the header confesses it is for the test to choose."""

    size: int
    honest_length: bool = False

    def after(self, answer: Answer) -> Answer:
        """Shorten the body; a length that is not honest makes the connection close early."""
        claimed = None if self.honest_length else len(answer.body)
        return replace(answer, body=answer.body[: self.size], claimed_length=claimed)


@dataclass
class Reset(Harmless):
    """The connection is reset after some bytes of the body; the request has been carried out."""

    size: int = 0

    def after(self, answer: Answer) -> Answer:
        """Shorten the body and end in a reset."""
        return replace(answer, body=answer.body[: self.size], claimed_length=len(answer.body), reset=True)


@dataclass
class Delayed(Harmless):
    """The answer comes late."""

    seconds: float

    def before(self, deployment: Deployment) -> None:
        """Wait."""
        del deployment
        time.sleep(self.seconds)


@dataclass
class Happening(Harmless):
    """Something befalls the deployment just before it answers, such as an import, or a key revoked."""

    act: Callable[[Deployment], object]

    def before(self, deployment: Deployment) -> None:
        """Let it happen."""
        self.act(deployment)


@dataclass
class Repeating(Harmless):
    """Each page begins with the last rows of the page before, as where pages overlap.

    Rows of a table that the page truncates are not repeated: they would be of the table that was replaced.
    """

    rows: int
    kept: list[dict[str, Any]] = field(default_factory=list)

    def after(self, answer: Answer) -> Answer:
        """Put the rows kept before the page's own."""
        page = json.loads(answer.body) if answer.body.startswith(b"{") else {}
        if "values" not in page:
            return answer
        truncated = [(table["component"], table["table"]) for table in page.get("truncates", ())]
        repeated = [row for row in self.kept if (row.get("component"), row.get("table")) not in truncated]
        self.kept = page["values"][-self.rows :] or repeated
        page["values"] = repeated + page["values"]
        return replace(answer, body=json.dumps(page, ensure_ascii=False, separators=(",", ":")).encode())


class Faults:
    """The script: which faults strike when."""

    def __init__(self) -> None:
        """Start with no faults."""
        self._script: list[tuple[When, Fault]] = []

    def on(self, when: When, *faults: Fault) -> None:
        """Let faults strike the requests that are meant."""
        self._script += [(when, fault) for fault in faults]

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._script.clear()

    def striking(self, request: Request) -> list[Fault]:
        """Return the faults that strike a request, in the order of the script."""
        return [fault for when, fault in self._script if _meant(when, request)]


def since(number: int) -> Callable[[Request], bool]:
    """Mean every request from a number on."""
    return lambda request: request.number >= number


def to(path: str) -> Callable[[Request], bool]:
    """Mean every request to a path, whatever its query."""
    return lambda request: request.path.partition("?")[0] == path


def every(request: Request) -> bool:
    """Mean all requests."""
    return bool(request.number)


def _meant(when: When, request: Request) -> bool:
    if callable(when):
        return when(request)
    return request.number == when if isinstance(when, int) else request.number in when


HTML = b"<!DOCTYPE html><html><head><title>Error</title></head><body>The origin did not answer</body></html>"
INTERNAL_ERROR = Replied(500, HTML)
UNAVAILABLE = Replied(503, HTML)
TOO_MANY_REQUESTS = Replied(429, HTML)
TIMED_OUT = Replied(408)
ORIGIN_ERROR = Replied(520, HTML)
ABSENT = Replied(404)
"""What a server says to a path that it is too old to know."""
