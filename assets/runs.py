"""What became of each reconciliation in a home: when it began, when it ended, and how.

What goes in: one line as a run begins and one as it ends. What stays out: the tables that rules read (run_history).
A line is one write, flushed to disk under a lock of its own, so that a run that may not write the home is told of,
too. A run that began and never ended was killed: it failed. This is the only place that asks a clock.

    <home>/runs.jsonl
"""

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.errors import DamagedError

RECONCILE = "reconcile"
"""The job whose runs are written down."""
KILLED = "killed: it never ended"


@dataclass(frozen=True)
class Run:
    """One reconciliation; what never ended has no `ended_at`."""

    run_id: str
    began_at: datetime
    ended_at: datetime | None = None
    verdict: str | None = None
    failure: str | None = KILLED
    """Why it failed; none where it reached a verdict that may be relied on."""
    export: str | None = None
    cut_at: datetime | None = None
    gross: Mapping[str, int] | None = None
    """Gross drift by currency."""


@dataclass(frozen=True)
class Concluded:
    """What a reconciliation came to: its verdict, the export it judged, and the drift it found."""

    verdict: str
    export: str
    cut_at: datetime
    gross: Mapping[str, int]


class Runs:
    """The file `runs.jsonl` of a home; its lines are only ever added."""

    def __init__(self, path: Path) -> None:
        """Take the file; it need not exist."""
        self.path = path

    def begin(self, run_id: str) -> None:
        """Write down that a run begins, unless that was written already."""
        if run_id not in self.all():
            self._add({"run": run_id, "event": "began"})

    def conclude(self, run_id: str, concluded: Concluded) -> None:
        """Write down that a run ended, and what it came to."""
        self._add(
            {
                "run": run_id,
                "event": "ended",
                "verdict": concluded.verdict,
                "export": concluded.export,
                "cut": concluded.cut_at.isoformat(),
                "gross": {currency: str(amount) for currency, amount in concluded.gross.items()},
            }
        )

    def fail(self, run_id: str, failure: str, verdict: str | None = None) -> None:
        """Write down that a run ended without being of use, and why."""
        self._add({"run": run_id, "event": "ended", "failure": failure, "verdict": verdict})

    def all(self) -> dict[str, Run]:
        """Return every run by its id, in the order they began; what was said last of a run counts."""
        found: dict[str, Run] = {}
        for number, line in enumerate(self._lines(), 1):
            try:
                said = json.loads(line)
                found[said["run"]] = _told(found.get(said["run"]), said)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                message = f"{self.path} is damaged in line {number}: restore it, or move it away to begin anew."
                raise DamagedError(message) from error
        return found

    def _lines(self) -> list[str]:
        """Return the whole lines: one without its end was torn as its writer was killed, and says nothing."""
        if not self.path.exists():
            return []
        return self.path.read_text(errors="replace").split("\n")[:-1]

    def _add(self, line: Mapping[str, Any]) -> None:
        text = json.dumps({**line, "at": datetime.now(UTC).isoformat()}, sort_keys=True) + "\n"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            _cut_off_torn_end(file.fileno())
            os.write(file.fileno(), text.encode())
            os.fsync(file.fileno())


def _cut_off_torn_end(file: int) -> None:
    size = os.fstat(file).st_size
    whole = os.pread(file, size, 0).rfind(b"\n") + 1
    if whole < size:
        os.ftruncate(file, whole)


def _told(run: Run | None, said: Mapping[str, Any]) -> Run:
    at = datetime.fromisoformat(said["at"])
    if said["event"] == "began":
        return run or Run(said["run"], at)
    return Run(
        run_id=said["run"],
        began_at=run.began_at if run else at,
        ended_at=at,
        verdict=said["verdict"],
        failure=said.get("failure"),
        export=said.get("export"),
        cut_at=datetime.fromisoformat(said["cut"]) if "cut" in said else None,
        gross={currency: int(amount) for currency, amount in said.get("gross", {}).items()},
    )
