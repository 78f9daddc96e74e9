"""The journal of a home: every export that was ever committed, and every one that was let go.

What goes in: one line each, in order, so that an export that vanished is missed. What stays out: the exports (store).
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assets.certificate import Certificate


class Journal:
    """The file `journal.jsonl` of a home; its lines are only ever added."""

    def __init__(self, path: Path) -> None:
        """Take the file; it need not exist."""
        self.path = path

    def lines(self) -> list[dict[str, Any]]:
        """Return what was written down, oldest first."""
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def exports_ever(self) -> set[str]:
        """Return every export that was ever committed."""
        return {line["export"] for line in self.lines()}

    def standing(self) -> dict[str, str]:
        """Return the exports that should be there, and the digest of each one's certificate."""
        exports: dict[str, str] = {}
        for line in self.lines():
            if line["event"] == "committed":
                exports[line["export"]] = line["sha256"]
            else:
                exports.pop(line["export"], None)
        return exports

    def text_with(self, lines: Iterable[dict[str, Any]]) -> str:
        """Return the whole journal with these lines added."""
        every = [*self.lines(), *lines]
        return "".join(json.dumps(line, sort_keys=True) + "\n" for line in every)


def committed(export_id: str, certificate: Certificate) -> dict[str, Any]:
    """Return the line about a new export."""
    return {
        "event": "committed",
        "export": export_id,
        "sha256": certificate.sha256(),
        "cut": certificate.cut.at.isoformat(),
    }
