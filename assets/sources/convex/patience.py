"""Why a request to a Convex deployment is made again, and how long it is waited before.

What goes in: the statuses and failures that say nothing about the request itself. What stays out: making requests.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

AGAIN = frozenset({408, 429, 500, 502, 503, 504, *range(520, 525)})
"""Statuses that say nothing about the request: Convex's own, and those of what stands before it."""


@dataclass(frozen=True)
class Patience:
    """How long a deployment is waited for."""

    tries: int = 8
    longest: float = 60
    """Seconds between two tries, at most; they begin with one and double."""
    answers_within: tuple[float, float] = (10, 330)
    """Seconds to connect, and between two bytes; the server gives up on a request after 300."""
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Trouble:
    """Why a request is made again, and how long the other side asked to wait first."""

    said: str
    seconds: float = 0


def asked_to_wait(response: requests.Response) -> float:
    """Return the seconds of Retry-After, which may be a date."""
    said = response.headers.get("Retry-After", "")
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return (parsedate_to_datetime(said).astimezone(UTC) - datetime.now(UTC)).total_seconds()
    except ValueError:
        return 0


def cause_of(error: requests.RequestException) -> str:
    """Say what went wrong on the way; the library's own words name pools and hosts, and may quote what was sent."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here (REQUESTS_CA_BUNDLE names those that are)"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not let it be reached"
    if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return "its answer broke off"
    return "it cannot be reached, or the connection was lost"
