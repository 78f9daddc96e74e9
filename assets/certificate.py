"""The snapshot certificate: what an export is, which files it has, and the totals that prove it whole.

Its canonical JSON is its identity: no clock, no host and no path of a machine stands in it.
"""

import hashlib
import json
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assets.sources.protocol import Proof

FORMAT: Literal["tieout snapshot certificate 1"] = "tieout snapshot certificate 1"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class SourceName(_Frozen):
    """Where the rows came from."""

    kind: str
    deployment: str | None
    sha256: str
    bytes: int


class Cut(_Frozen):
    """The instant an export shows."""

    at: datetime
    bound: Literal["exact", "lower"]
    """A lower bound is the latest creation time seen, where the source does not tell its cut."""
    proof: Proof


class DataFile(_Frozen):
    """One Parquet file of a table; `path` is relative to the home and ends in the SHA-256."""

    path: str
    month: str | None
    rows: int
    bytes: int
    sha256: str


class TableCount(_Frozen):
    """How many rows of a table were received and written, and where they are."""

    received: int
    written: int
    quarantined: int
    files: tuple[DataFile, ...]


class ControlTotal(_Frozen):
    """Count and sums over all exported transactions of a currency, of any status; sums are minor units as text."""

    currency: str
    count: int
    sum: str
    absolute_sum: str


class Certificate(_Frozen):
    """What an export is."""

    format: Literal["tieout snapshot certificate 1"]
    source: SourceName
    mapping: str
    """Digest of the part of the configuration an export depends on."""
    zone: str
    cut: Cut
    latest_created_at: datetime | None
    tables: dict[str, TableCount]
    control_totals: tuple[ControlTotal, ...]

    def text(self) -> str:
        """Return the canonical JSON, ending in a line feed."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    def sha256(self) -> str:
        """Return the digest that names the export."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def months(self) -> tuple[str, ...]:
        """Return the months that have transactions, in order."""
        return tuple(sorted(file.month for file in self.tables["transactions"].files if file.month))

    def closed_before(self) -> datetime:
        """Return the instant at or before which a month must end to be complete."""
        if self.cut.bound == "exact":
            return self.cut.at
        return min(self.cut.at, self.latest_created_at) if self.latest_created_at else self.cut.at
