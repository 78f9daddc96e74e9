"""A break of an archive, and the way every digest here is made.

What goes in: what all parts of the verifier share. What stays out: any check.
"""

import base64
import binascii
import hashlib
import json
from typing import Any, NamedTuple


class Break(NamedTuple):
    """One thing that is not as it was sealed: the file, what is wrong with it, and the table and row where known."""

    file: str
    said: str
    table: str = ""
    row: int | None = None

    def line(self) -> str:
        """Return it as a person reads it; rows count from 1."""
        table = f" (table {self.table}{f', row {self.row}' if self.row else ''})" if self.table else ""
        return f"{self.file}{table}: {self.said}"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:  # noqa: ANN401 - any JSON
    """Return the one JSON text of a value that holds texts, whole numbers, lists and names in ASCII (RFC 8785)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def from_base64(text: str) -> bytes:
    """Return what a text in base64 says; raise ValueError where another text would say the same."""
    try:
        said = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    if base64.b64encode(said).decode() != text:
        message = "not the one way to write it in base64"
        raise ValueError(message)
    return said
