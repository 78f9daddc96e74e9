"""What every source offers, so that an export need not know where a ledger lives."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from assets.mapping import Mapping

Proof = Literal["proven", "by construction", "declared", "absent"]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how much of how much is done."""


@dataclass(frozen=True)
class Snapshot:
    """One state of a source: what it is, and what it says of its cut."""

    kind: str
    deployment: str | None
    sha256: str
    bytes: int
    cut_at: datetime | None
    """The instant shown, to the microsecond; none where the source does not tell."""
    proof: Proof


@dataclass(frozen=True)
class Staged:
    """A table as it came, in Parquet: our columns beside `spelling`, `fields` and the refusal of each row."""

    folder: Path
    """One Parquet data set; transactions lie in a folder `month=YYYY-MM` each, refused rows in one of their own."""
    received: int
    source_rows: int | None
    """How many rows the source itself says there are."""


class Source(Protocol):
    """A ledger's home, read table by table; reading writes to the folder it is given and nowhere else."""

    def snapshot(self) -> Snapshot:
        """Name the state that `stage` reads; raise SourceError when there is none."""
        ...

    def stage(self, name: str, mapping: Mapping, folder: Path, progress: Progress) -> Staged:
        """Read one table of ours into `folder`; raise SourceError when it cannot be read whole."""
        ...
