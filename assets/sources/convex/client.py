"""Talking to a Convex deployment: one request at a time, asked again while only the way there is at fault.

What goes in: the key (into one header, and nowhere else), retries that back off and are bounded, and refusals as
sentences. What stays out: what is asked for, and what answers mean. Redirects are not followed, so that the key
goes to no other host; a status, a broken connection and text that is not whole JSON are all reasons to ask again.
An answer is kept as the bytes that came: parsing them here tells what a page is, but its documents are read from
the bytes, for only the spelling of a number tells Int64 from Float64.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import IO, Any, Self, TypeVar

import requests

from assets.errors import SourceError
from assets.sources.convex.address import Address
from assets.sources.convex.patience import AGAIN, Patience, Trouble, asked_to_wait, cause_of
from assets.sources.convex.refusals import RefusedByConvexError, masked, refusal_of
from assets.sources.protocol import Progress

REDIRECTS = range(300, 400)
PIECE = 1 << 20

Told = TypeVar("Told")


@dataclass(frozen=True)
class Answer:
    """What a deployment answered: the bytes that came, and the JSON in them."""

    raw: bytes
    said: Any


class _Key(requests.auth.AuthBase):
    """Puts the key into its header, and keeps what a .netrc says of the host out of it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Convex {self._key}"
        return request


class ConvexClient:
    """A deployment that can be asked; use it in a `with` statement."""

    def __init__(self, address: Address, key: str, progress: Progress, patience: Patience) -> None:
        """Take where it is, and whom to tell of waiting."""
        self.address, self.progress, self.patience = address, progress, patience
        self._key = key
        self._session = requests.Session()
        self._session.auth = _Key(key)
        self._session.headers["Convex-Client"] = f"tieout-{version('tieout')}"

    def __enter__(self) -> Self:
        """Begin to talk."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close every connection."""
        self._session.close()

    def get(self, path: str) -> Answer:
        """Ask for JSON."""
        return self._patiently(path, lambda: self._exchange("GET", path, None, self._json))

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """Ask for JSON, and say what for."""
        return self._patiently(path, lambda: self._exchange("POST", path, body, self._json))

    def order(self, path: str) -> None:
        """Have something done that is not answered with anything."""
        self._patiently(path, lambda: self._exchange("POST", path, {}, lambda _: Answer(b"", None)))

    def download(self, path: str, into: IO[bytes]) -> Mapping[str, str]:
        """Write a body of any size into a file, from its start at every try, and return the headers."""

        def streamed(response: requests.Response) -> Mapping[str, str] | Trouble:
            into.seek(0)
            into.truncate()
            for piece in response.iter_content(PIECE):
                into.write(piece)
                self.progress(f"downloading from {self.address.name}", into.tell(), _length(response) or 0)
            if _length(response) not in (None, into.tell()):
                return Trouble(f"only {into.tell():,} of {_length(response):,} bytes came")
            return response.headers

        return self._patiently(path, lambda: self._exchange("GET", path, None, streamed))

    def wait(self, seconds: float, reason: str) -> None:
        """Wait, and say what for."""
        self.progress(f"waiting {seconds:.0f} s for {self.address.name}: {reason}", 0, 0)
        self.patience.sleep(seconds)

    def wait_again(self, tried: int, trouble: Trouble) -> None:
        """Wait before the next try, twice as long as before the last; raise SourceError when it was the last."""
        if tried >= self.patience.tries:
            message = (
                f"{self.address.name} could not be read: {trouble.said} ({tried} tries); "
                "run again later: what came in whole is kept."
            )
            raise SourceError(message)
        self.wait(min(self.patience.longest, max(trouble.seconds, 2 ** (tried - 1))), trouble.said)

    def hidden(self, text: str) -> str:
        """Return text as it may be shown: in one line, not long, and without the key."""
        return masked(text, self._key)

    def _patiently(self, path: str, attempt: Callable[[], "Told | Trouble | requests.Response"]) -> Told:
        """Try until there is an answer or a refusal; raising outside of any handler keeps requests out of chains."""
        tried = 0
        while True:
            outcome, tried = attempt(), tried + 1
            if isinstance(outcome, requests.Response):
                raise self._refusal(path, outcome)
            if not isinstance(outcome, Trouble):
                return outcome
            self.wait_again(tried, outcome)

    def _exchange(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None,
        read: Callable[[requests.Response], Told | Trouble],
    ) -> Told | Trouble | requests.Response:
        """Send one request and read what comes: what was wanted, a reason to ask again, or a refusal as it came."""
        try:
            with self._session.request(
                method,
                self.address.url + path,
                json=body,
                timeout=self.patience.answers_within,
                allow_redirects=False,
                stream=True,
                headers={} if body is not None else {"Accept-Encoding": "identity"},
            ) as response:
                if response.status_code in AGAIN:
                    return Trouble(f"it answers {response.status_code}", asked_to_wait(response))
                if response.ok and response.status_code not in REDIRECTS:
                    return read(response)
                _ = response.content
                return response
        except requests.RequestException as error:
            return Trouble(cause_of(error))

    @staticmethod
    def _json(response: requests.Response) -> Answer | Trouble:
        raw = response.content
        if _length(response) not in (None, len(raw)) and "Content-Encoding" not in response.headers:
            return Trouble("its answer broke off")
        try:
            return Answer(raw, json.loads(raw.decode(), parse_constant=_refuse_constant))
        except (ValueError, RecursionError):
            return Trouble("its answer is not whole JSON")

    def _refusal(self, path: str, response: requests.Response) -> RefusedByConvexError:
        return refusal_of(self.address.name, path.partition("?")[0], response, self.hidden)


def _refuse_constant(name: str) -> None:
    message = f"{name} is no JSON"
    raise ValueError(message)


def _length(response: requests.Response) -> int | None:
    said = response.headers.get("Content-Length", "")
    return int(said) if said.isascii() and said.isdigit() else None
