"""How a Convex deployment is waited for: longer and longer, never for ever, and never silently."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO

import pytest

from assets.errors import SourceError
from assets.sources.convex.address import address_of
from assets.sources.convex.client import ConvexClient
from assets.sources.convex.patience import Patience
from assets.sources.convex.refusals import RefusedByConvexError
from tests.convex_double.faults import HTML, UNAVAILABLE, Cut, Replied, every
from tests.convex_double.server import ConvexDouble

TELLS = "/api/test_streaming_export_connection"


@pytest.fixture
def double() -> Iterator[ConvexDouble]:
    """Serve an empty deployment."""
    with ConvexDouble() as served:
        yield served


@pytest.fixture
def waits() -> list[float]:
    """Return the seconds that would have been waited."""
    return []


@pytest.fixture
def client(double: ConvexDouble, waits: list[float]) -> Iterator[ConvexClient]:
    """Return a client that does not sleep."""
    patience = Patience(sleep=waits.append)
    with ConvexClient(address_of(f"convex+{double.url}"), double.key, lambda *_: None, patience) as made:
        yield made


def test_waiting_doubles_up_to_a_minute_and_ends(
    double: ConvexDouble, client: ConvexClient, waits: list[float]
) -> None:
    double.faults.on(every, UNAVAILABLE)
    with pytest.raises(SourceError, match=r"it answers 503 \(8 tries\)"):
        client.get(TELLS)
    assert waits == [1, 2, 4, 8, 16, 32, 60]
    assert len(double.requests) == 8


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524])
def test_what_says_nothing_of_the_request_is_asked_again(
    double: ConvexDouble, client: ConvexClient, waits: list[float], status: int
) -> None:
    double.faults.on(1, Replied(status, HTML))
    assert client.get(TELLS).said is None
    assert waits == [1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 418, 525])
def test_every_other_refusal_is_told_at_once_and_never_whole(
    double: ConvexDouble, client: ConvexClient, waits: list[float], status: int
) -> None:
    double.faults.on(every, Replied(status, HTML))
    with pytest.raises(RefusedByConvexError) as refused:
        client.post("/api/v1/data/sync", {})
    assert (refused.value.status, refused.value.code, waits) == (status, "", [])
    said = (
        f"refuses /api/v1/data/sync ({status}): an answer of {len(HTML)} bytes that is no JSON of Convex (text/html)."
    )
    assert str(refused.value).endswith(said)


@pytest.mark.parametrize(
    ("said", "waited"),
    [
        ("7", 7),
        ("0", 1),
        ("86400", 60),
        ("-5", 1),
        ("soon", 1),
        (format_datetime(datetime.now(UTC) - timedelta(days=1)), 1),
        (format_datetime(datetime.now(UTC) + timedelta(days=1)), 60),
    ],
    ids=["seconds", "none", "too long", "negative", "no time", "past", "tomorrow"],
)
def test_what_the_other_side_asks_for_is_waited_within_reason(
    double: ConvexDouble, client: ConvexClient, waits: list[float], said: str, waited: float
) -> None:
    double.faults.on(1, Replied(429, HTML, {"Retry-After": said}))
    client.get(TELLS)
    assert waits == [waited]


@pytest.mark.parametrize("body", [b"", b"{", b"nul", b"\xff", b'{"a": NaN}', b'{"a": [1,]}', b"[" * 10**5, HTML])
def test_what_is_not_whole_json_is_asked_for_again(
    double: ConvexDouble, client: ConvexClient, waits: list[float], body: bytes
) -> None:
    double.faults.on(1, Replied(200, body, {"Content-Type": "application/json"}))
    assert client.get(TELLS).said is None
    assert waits == [1]


def test_an_answer_is_kept_as_the_bytes_that_came(double: ConvexDouble, client: ConvexClient) -> None:
    body = b'{ "a":100.0,"b":100 , "a":1e400, "ts":1780000000000000001}'
    double.faults.on(every, Replied(200, body, {"Content-Type": "application/json"}))
    answer = client.get(TELLS)
    assert answer.raw == body
    assert answer.said["ts"] == 1780000000000000001


def test_a_download_begins_again_from_its_start(double: ConvexDouble, client: ConvexClient, waits: list[float]) -> None:
    double.faults.on(every, Replied(200, b"0123456789" * 1000, {}))
    double.faults.on(1, Cut(3000))
    into = BytesIO()
    client.download("/api/export/zip/1", into)
    assert (into.getvalue(), waits) == (b"0123456789" * 1000, [1])
