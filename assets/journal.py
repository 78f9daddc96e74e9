"""The journal of a home: every export that was ever committed, and every one that was let go.

What goes in: one line each, in order, so that an export that vanished is missed. What stays out: the exports (store).
"""

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assets.certificate import Certificate
from assets.kept_files import damaged

ANEW = "restore it from a copy, or give another --home, where a new history begins"
EXPORT = re.compile(r"\d+-[0-9a-f]+")
EVENTS = ("committed", "let go")


class Journal:
    """The file `journal.jsonl` of a home; its lines are only ever added."""

    def __init__(self, path: Path) -> None:
        """Take the file; it need not exist."""
        self.path = path

    def lines(self) -> list[dict[str, Any]]:
        """Return what was written down, oldest first."""
        if not self.path.exists():
            return []
        try:
            lines = [json.loads(line) for line in self.path.read_text().splitlines()]
            return [_line(line) for line in lines]
        except (ValueError, KeyError, TypeError) as error:
            raise damaged(self.path, error, ANEW) from error

    def exports_ever(self) -> set[str]:
        """Return every export that was ever committed."""
        return {line["export"] for line in self.lines()}

    def bookmark(self, export_id: str) -> str | None:
        """Return the digest of an export's bookmark, as it was committed."""
        found = [line.get("bookmark") for line in self.lines() if line["export"] == export_id]
        return found[0] if found else None

    def standing(self) -> dict[str, str]:
        """Return the exports that should be there, and the digest of each one's certificate."""
        exports: dict[str, str] = {}
        for line in self.lines():
            if line["event"] == "committed":
                exports[line["export"]] = line.get("sha256", "")
            else:
                exports.pop(line["export"], None)
        return exports

    def text_with(self, lines: Iterable[dict[str, Any]]) -> str:
        """Return the whole journal with these lines added."""
        every = [*self.lines(), *lines]
        return "".join(json.dumps(line, sort_keys=True) + "\n" for line in every)


def _line(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line that tells what happened to which export; raise ValueError for any other."""
    if line["event"] not in EVENTS or not EXPORT.fullmatch(line["export"]):
        message = "it tells of no export"
        raise ValueError(message)
    return line


def committed(export_id: str, certificate: Certificate, bookmark: str | None) -> dict[str, Any]:
    """Return the line about a new export, with the digest of its bookmark."""
    return {
        "event": "committed",
        "export": export_id,
        "sha256": certificate.sha256(),
        "cut": certificate.cut.at.isoformat(),
        "bookmark": hashlib.sha256(bookmark.encode()).hexdigest() if bookmark else None,
    }
