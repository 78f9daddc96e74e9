"""The snapshot certificate: what an export is, which files it has, and the totals that prove it whole.

Its canonical JSON is its identity: no clock, no host and no path of a machine stands in it. Each certificate names
the one before it, so that together they are a chain.
"""

import hashlib
import json
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assets.sources.protocol import Proof

FORMAT: Literal["tieout snapshot certificate 3"] = "tieout snapshot certificate 3"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceName(_Frozen):
    """Where the rows came from."""

    kind: str
    deployment: str | None
    sha256: str | None
    """Digest of what was read; none of a source that is alive."""
    bytes: int | None


class Cut(_Frozen):
    """The instant an export shows."""

    at: datetime
    bound: Literal["exact", "lower"]
    """A lower bound is the latest creation time seen, where the source does not tell its cut."""
    proof: Proof
    evidence: dict[str, str]
    """What proves it: the name of a snapshot, a position in the log of the source."""
    commits_after_ns: int | None
    """From which commit on every revision of a projection is known, where the source gives commits."""


class DataFile(_Frozen):
    """One Parquet file of a table; `path` is relative to the home and ends in the SHA-256."""

    path: str
    month: str | None
    rows: int
    bytes: int
    sha256: str


class TableCount(_Frozen):
    """How many rows of a table were received and written, what they sum to, and where they are.

    Sums are minor units of all currencies together, as text; none where there is no money or the source cannot tell.
    """

    received: int
    written: int
    quarantined: int
    files: tuple[DataFile, ...]
    source_rows: int | None = None
    """How many rows the source itself counts."""
    received_sum: str | None = None
    source_sum: str | None = None
    """What the source itself sums up."""
    written_sum: str | None = None
    """What was read back of what was written."""


class ControlTotal(_Frozen):
    """Count and sums over all exported transactions of a currency, of any status; sums are minor units as text."""

    currency: str
    count: int
    sum: str
    absolute_sum: str


class Read(_Frozen):
    """How the rows were come by."""

    since: str | None
    """The export whose rows stand where a table was not read whole; none where all was read."""
    fetched: dict[str, int]
    """How many rows of each table came from the source this time."""


State = Literal["first", "compared", "unordered", "lost"]


class History(_Frozen):
    """What this export was compared with."""

    state: State
    """unordered: the cut is before that of another export, and not sure enough to say which is older.
    lost: an export before is no longer there as it was committed; it stays so for all that follow."""
    predecessor: str | None
    sha256: str | None
    """Digest of the predecessor's certificate."""


class Certificate(_Frozen):
    """What an export is."""

    format: Literal["tieout snapshot certificate 3"]
    source: SourceName
    mapping: str
    """Digest of the part of the configuration an export depends on."""
    program: str
    """Digest of the part of tieout an export depends on."""
    zone: str
    cut: Cut
    read: Read
    history: History
    latest_created_at: datetime | None
    tables: dict[str, TableCount]
    control_totals: tuple[ControlTotal, ...]

    def text(self) -> str:
        """Return the canonical JSON, ending in a line feed."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    def sha256(self) -> str:
        """Return the digest that names the export."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def files(self, table: str) -> tuple[DataFile, ...]:
        """Return the files of a table."""
        return self.tables[table].files

    def months(self) -> tuple[str, ...]:
        """Return the months that have transactions, in order."""
        return tuple(sorted(file.month for file in self.files("transactions") if file.month))

    def closed_before(self) -> datetime:
        """Return the instant at or before which a month must end to be complete."""
        if self.cut.bound == "exact":
            return self.cut.at
        return min(self.cut.at, self.latest_created_at) if self.latest_created_at else self.cut.at
