"""What the double says back: an answer, or a refusal with a code. Nothing here knows what was asked."""

import json
from dataclasses import dataclass, field

JSON_TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer; the last two fields make it arrive broken."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    claimed_length: int | None = None
    reset: bool = False


class RefusalError(Exception):
    """A refusal that Convex words as a code and a message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Take the HTTP status, the code that clients go by, and words for people."""
        super().__init__(message)
        self.status = status
        self.code = code

    def answer(self) -> Answer:
        """Return the refusal as JSON."""
        body = json.dumps({"code": self.code, "message": str(self)}, separators=(",", ":"))
        return Answer(self.status, body.encode(), JSON_TYPE)


def json_answer(text: str) -> Answer:
    """Return JSON text as an answer that all is well."""
    return Answer(200, text.encode(), JSON_TYPE)
