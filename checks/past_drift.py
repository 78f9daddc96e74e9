"""What drifted at the cuts of earlier exports: how far back a drift goes, as the audits of the home left it.

What goes in: finding the frames of drift of exports that are kept. What stays out: what follows from them (causes).
"""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from assets.audit import Audit
from assets.engines import duckdb_engine
from assets.schemas import SUM
from assets.store import Export, Home

TEXT = (Path(__file__).parent / "causes_sql" / "past_drift.sql").read_text()
_CUTS: dict[str, pa.DataType] = {"sequence": pa.int64(), "cut_at": pa.timestamp("us", "UTC")}
_DRIFTS: dict[str, pa.DataType] = {
    "wallet_id": pa.string(),
    "currency": pa.string(),
    "drift": SUM,
    "sequence": pa.int64(),
}
EXPORTS, PAST = pa.schema(_CUTS), pa.schema(_DRIFTS)


def past_drift(audit: Audit, partings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Return the earlier exports that were audited, and what drifted in each, back to where none of these did."""
    left = partings.filter(pc.equal(partings["stored"], pa.scalar("projection"))).select(["wallet_id", "currency"])
    exports, drifts = [], [PAST.empty_table()]
    for export, file in audited_before(audit):
        if not left.num_rows:
            break
        with duckdb_engine({"drift": (file,), "wanted": left}) as query:
            rows = query(TEXT)
        exports.append({"sequence": export.sequence, "cut_at": export.certificate.cut.at})
        numbers = pa.array([export.sequence] * rows.num_rows, pa.int64())
        drifts.append(rows.append_column("sequence", numbers).cast(PAST))
        left = rows.select(["wallet_id", "currency"])
    return pa.Table.from_pylist(exports, schema=EXPORTS), pa.concat_tables(drifts)


def audited_before(audit: Audit) -> Iterator[tuple[Export, Path]]:
    """Yield the exports before this one that were audited, newest first, each with its frame of drift."""
    for export in reversed(audit.home.exports()):
        if export.sequence < audit.export.sequence and (files := drift_files(audit.home, export)):
            yield export, files[0]


def drift_files(home: Home, export: Export) -> list[Path]:
    """Return the frames of drift of an export, under whatever configurations it was audited."""
    return sorted((home.path / "audits").glob(f"{export.export_id}-*/drift.parquet"))
