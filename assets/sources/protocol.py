"""What every source offers, so that an export need not know where a ledger lives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Protocol

from assets import mapping
from assets.engines import View

Proof = Literal["proven", "by construction", "declared", "absent"]
Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how much of how much is done; 0 where the whole is not known."""


@dataclass(frozen=True)
class Snapshot:
    """One state of a source: what it is, and what it says of its cut."""

    kind: str
    deployment: str | None
    """Which ledger it is: a home belongs to one."""
    sha256: str | None
    """Digest of what is read; none where the source is alive and changes."""
    bytes: int | None
    cut_at: datetime | None
    """The instant shown, to the microsecond; none where the source does not tell."""
    proof: Proof
    evidence: Mapping[str, str] = field(default_factory=dict)
    """What proves the cut, for the certificate: a snapshot's name, a position in the log."""


@dataclass(frozen=True)
class Staged:
    """A table as it came, in Parquet: our columns beside the refusal of each row."""

    folder: Path
    """One Parquet data set; transactions lie in a folder `month=YYYY-MM` each, refused rows in one of their own."""
    received: int
    """How many rows were staged."""
    source_rows: int | None = None
    """How many rows the source itself says its table has at the cut."""
    source_sum: int | None = None
    """What the source itself says they sum to, in minor units of all currencies together."""
    whole: bool = True
    """Whether these are all rows of the table, or only those that came or changed since the export before."""
    removed: Path | None = None
    """Parquet of one column `row_id`: rows of the export before that are no longer there."""
    revisions: Path | None = None
    """A data set of every revision seen since the export before, in the same columns, and with `removed` set."""


@dataclass(frozen=True)
class Earlier:
    """The export a source may go on from: what it left there, and the rows it had."""

    export_id: str
    bookmark: Mapping[str, Any]
    views: Mapping[str, View]


@dataclass(frozen=True)
class Reading:
    """Everything that was read of a source at one cut."""

    snapshot: Snapshot
    staged: Mapping[str, Staged]
    since: str | None = None
    """The export whose rows stand where a table is not whole."""
    bookmark: Mapping[str, Any] | None = None
    """What the next reading needs to go on from here; kept beside the export."""
    commits_after_ns: int | None = None
    """From which commit on every revision of a projection is known, where the source gives commits."""


class Source(Protocol):
    """A ledger's home; reading writes to the folder it is given and nowhere else."""

    def snapshot(self) -> Snapshot:
        """Name the source and, as far as that can be told without reading, its state; raise SourceError for none."""
        ...

    def read(self, wanted: mapping.Mapping, earlier: Earlier | None, folder: Path, progress: Progress) -> Reading:
        """Stage every table of ours into `folder`, all at one cut; raise SourceError when that cannot be done whole."""
        ...

    def survey(self, wanted: mapping.Mapping) -> "Survey":
        """Tell what is there without reading rows; raise SourceError when the source cannot be reached."""
        ...


@dataclass(frozen=True)
class FoundTable:
    """A table a source has: its rows where it can count them cheaply, and its columns."""

    name: str
    rows: int | None
    columns: Mapping[str, str]
    """How each column is spelled, in the words of a mapping, by the source's name; empty where only rows could tell."""


@dataclass(frozen=True)
class Survey:
    """What a source has, before anything is read."""

    kind: str
    deployment: str | None
    notes: tuple[str, ...]
    """Sentences about the way it will be read: the interface, the cut and its proof."""
    tables: tuple[FoundTable, ...]
    schema_is_fixed: bool = False
    """Whether a column that is not among a table's can be in no row: a mapping that names it is wrong."""
