"""Hold a backup of the source to what was exported from it: every row up to the backup's cut, with the same digest.

What goes in: reading the backup as any source, aside, and comparing rows. What stays out: whether the backup can be
restored into a database; only its rows are looked at. Nothing of it is kept.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.engines import duckdb_engine
from assets.errors import RefusedError
from assets.export import export_source
from assets.mapping import Mapping
from assets.schemas import TABLES
from assets.sources.opening import open_source
from assets.sources.protocol import Progress
from assets.store import Export, Home
from reports.archive.rows import columns_of, lines

COMPARE = """
SELECT exported.transaction_id, exported.month, backed.digest IS NULL AS missing
FROM exported
LEFT JOIN backed ON backed.transaction_hash = exported.transaction_hash
    AND backed.transaction_id = exported.transaction_id
WHERE backed.digest IS NULL OR backed.digest <> exported.digest
ORDER BY exported.month, exported.transaction_id
"""
SHOWN = 20
NOT_OF_THE_ROW = frozenset(("commit_ns",))
"""What another way of reading the same row may not give."""


@dataclass(frozen=True)
class Backed:
    """What came of it; breaks are sentences, the first of them all with ids."""

    export: str
    cut: str
    rows: int
    missing: int
    different: int
    breaks: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """Return it for scripts."""
        return asdict(self)


def verify_backup(home: Home, mapping: Mapping, backup: str, folder: Path, told: Progress) -> Backed:
    """Compare a backup with the newest export; raise RefusedError where there is none of this mapping."""
    newest = home.newest()
    if newest.certificate.mapping != mapping.export_digest():
        message = "the configuration reads the source in another way than the newest export; give that --config."
        raise RefusedError(message)
    with home.workshop() as aside:
        other = Home(aside / "backup")
        with other.writing():
            source = open_source(backup, Path(), mapping.connection, folder, other.arriving)
            backed = export_source(other, mapping, source, told)
        cut = backed.certificate.cut.at
        found = list(_differing(home, newest, other, backed))
        rows = sum(_rows_until(home, newest, month, backed) for month in newest.certificate.months())
    missing = sum(bool(each["missing"]) for each in found)
    said = [
        f"transaction {each['transaction_id']} of {each['month']} "
        f"{'is not in the backup' if each['missing'] else 'is another row in the backup'}"
        for each in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        said.append(f"{len(found) - SHOWN} more rows are not in it, or are others")
    return Backed(newest.export_id, cut.isoformat(), rows, missing, len(found) - missing, tuple(said))


def _differing(home: Home, export: Export, other: Home, backed: Export) -> Iterator[dict[str, Any]]:
    """Yield the rows of each month that the backup should have and has not, or has otherwise."""
    for month in export.certificate.months():
        tables = {"exported": _digested(home, export, month, backed), "backed": _digested(other, backed, month, None)}
        with duckdb_engine(tables) as query:
            yield from query(COMPARE).to_pylist()


def _rows_until(home: Home, export: Export, month: str, backed: Export) -> int:
    return _digested(home, export, month, backed).num_rows


def _digested(home: Home, export: Export, month: str, until: Export | None) -> pa.Table:
    """Return id, month and digest of each row of a month, up to the cut of another export."""
    view = home.views(export, month)["transactions"]
    names = ["transaction_id", "transaction_hash", "month"]
    fields = [TABLES["transactions"].field(name) for name in names]
    empty = pa.schema([*fields, pa.field("digest", pa.binary())]).empty_table()
    if isinstance(view, pa.Table):
        return empty
    kinds = dict(columns_of("transactions", view))
    kept = [name for name in TABLES["transactions"].names if name not in NOT_OF_THE_ROW]
    parts = [empty]
    for file in view:
        for batch in pq.ParquetFile(file).iter_batches():
            chosen = _until(batch, until)
            said = lines(chosen.select(kept), [kinds[name] for name in kept])
            digests = pa.array([hashlib.sha256(line).digest() for line in said], pa.binary())
            parts.append(pa.table([*(chosen.column(name) for name in names), digests], schema=empty.schema))
    return pa.concat_tables(parts)


def _until(batch: pa.RecordBatch, until: Export | None) -> pa.RecordBatch:
    """Return the rows that were written at or before a cut: by the source's own time where it tells it."""
    if until is None:
        return batch
    cut: Any = pa.scalar(until.certificate.cut.at, pa.timestamp("us", "UTC"))
    written: Any = pc.coalesce(batch.column("source_created_at"), batch.column("created_at"))
    return batch.filter(pc.less_equal(written, cut))
