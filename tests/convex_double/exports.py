"""ZIP exports as records: their states, one a poll, and how they end.

What stays out: requests about exports.
"""

from dataclasses import dataclass
from typing import Any

UNDER_WAY = ("requested", "in_progress")


@dataclass
class Export:
    """One export: what its record shows, how often it was looked at, and the archive once there is one."""

    record: dict[str, Any]
    polls: int = 0
    content: bytes = b""

    @property
    def id(self) -> str:
        """Return the id of the record."""
        return str(self.record["_id"])

    @property
    def state(self) -> str:
        """Return how far the export is."""
        return str(self.record["state"])

    @property
    def under_way(self) -> bool:
        """Tell whether another export has to wait."""
        return self.state in UNDER_WAY

    def begin(self, ts: int) -> None:
        """Fix the timestamp that all tables are exported as of."""
        self.record |= {"state": "in_progress", "start_ts": ts, "progress_message": "Beginning backup"}

    def complete(self, ts: int, content: bytes) -> None:
        """Make the archive available."""
        self.content = content
        self.record |= {"state": "completed", "complete_ts": ts, "size": len(content)}
        self.record["zip_object_key"] = f"export-{self.id}"
        del self.record["progress_message"]

    def stop(self, ts: int, state: str) -> None:
        """End without an archive: `failed` or `canceled`."""
        self.record |= {"state": state, f"{state}_ts": ts}
        self.record.pop("progress_message", None)
        del self.record["expiration_ts"]
