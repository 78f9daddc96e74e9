"""From a source to an export: one immutable cut in Parquet, and the certificate, written last.

What goes in: when an export is made, reused or refused, and what it goes on from. What stays out: how rows become
tables (press), how a source is read (sources), where files go (store), and whether the export may be trusted (gates).
"""

import hashlib
from collections.abc import Mapping as Named
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import press, witness
from assets.arrival import Arrival
from assets.certificate import FORMAT, Certificate, Cut, DataFile, Read, SourceName, TableCount
from assets.engines import duckdb_engine
from assets.errors import HomeError
from assets.history import ledger_changes, past_of
from assets.mapping import Mapping
from assets.revisions import projection_revisions
from assets.schemas import EXPORTED
from assets.sources.protocol import Earlier, Progress, Reading, Snapshot, Source
from assets.store import Export, Home

ASSETS = Path(__file__).parent
Bookmark = Named[str, Any] | None


def export_source(home: Home, mapping: Mapping, source: Source, progress: Progress, *, full: bool = False) -> Export:
    """Return the export of the source's present state, made now or found whole from an earlier run.

    `full` reads everything, though the source could go on from an earlier export.
    Raises SourceError when nothing can be exported, HomeError when the home belongs to another ledger.
    """
    snapshot = source.snapshot()
    home.refuse_stranger(_deed(mapping, snapshot))
    home.write_down_commits()
    earlier = None if full else _newest_like(home, mapping)
    try:
        if ready := _ready(home, mapping, snapshot):
            return ready
        certificate, bookmark = _made(home, mapping, source, earlier, progress)
        if certificate.read.since and not _ties_out(certificate):
            progress("what stands and what came do not tie out to the source: reading it whole", 0, 0)
            certificate, bookmark = _made(home, mapping, source, None, progress)
        _refuse_another_ledger(home, certificate)
        home.claim(_deed(mapping, snapshot))
        known = [export for export in home.exports() if export.certificate == certificate]
        made = known[-1] if known else home.commit(certificate, bookmark)
        home.forget_arrivals()
        return made
    finally:
        home.sweep(EXPORTED)


def _made(
    home: Home, mapping: Mapping, source: Source, earlier: Export | None, progress: Progress
) -> tuple[Certificate, Bookmark]:
    """Read the source, from an earlier export on or whole, and return what was written and where it was left."""
    with home.workshop() as folder:
        reading = source.read(mapping, _going_on(home, earlier), folder, progress)
        certificate = _pressed(_Work(home, mapping, reading, earlier, folder, progress))
    return certificate, reading.bookmark


def _ties_out(certificate: Certificate) -> bool:
    """Tell whether all that stands and came is what the source itself counts and sums, where it does."""
    return all(
        count.source_rows in (None, count.received)
        and (count.quarantined or count.source_sum in (None, count.received_sum))
        for count in certificate.tables.values()
    )


@cache
def program_digest() -> str:
    """Digest of every file that an export is made by: rows read by another tieout are read again."""
    files = [file for pattern in ("*.py", "sources/**/*.py", "sql/*.sql") for file in sorted(ASSETS.glob(pattern))]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _deed(mapping: Mapping, snapshot: Snapshot) -> dict[str, str | None]:
    return {"mapping": mapping.identity(), "deployment": snapshot.deployment}


def _ready(home: Home, mapping: Mapping, snapshot: Snapshot) -> Export | None:
    """Return the last export of this very snapshot, if it is whole."""
    return next((export for export in reversed(_of(home, mapping, snapshot)) if home.intact(export)), None)


def _of(home: Home, mapping: Mapping, snapshot: Snapshot) -> list[Export]:
    """Return the exports of a snapshot, read by this very mapping and program; a live source has none."""
    return [
        export
        for export in home.exports()
        if snapshot.sha256
        and home.vouches_for(export)
        and export.certificate.source == _named(snapshot)
        and _read_alike(export.certificate, mapping)
        and _same_cut(snapshot, export.certificate.cut)
    ]


def _read_alike(certificate: Certificate, mapping: Mapping) -> bool:
    return (certificate.mapping, certificate.program) == (mapping.export_digest(), program_digest())


def _same_cut(snapshot: Snapshot, cut: Cut) -> bool:
    return snapshot.cut_at == cut.at if cut.bound == "exact" else (snapshot.cut_at or cut.at) <= cut.at


def _newest_like(home: Home, mapping: Mapping) -> Export | None:
    """Return the last export a live source may go on from: read alike, left with a bookmark, and whole."""
    alike = (export for export in reversed(home.exports()) if _read_alike(export.certificate, mapping))
    last = next((export for export in alike if home.bookmark(export)), None)
    return last if last and home.intact(last) else None


def _going_on(home: Home, earlier: Export | None) -> Earlier | None:
    bookmark = home.bookmark(earlier) if earlier else None
    return Earlier(earlier.export_id, bookmark, home.views(earlier)) if earlier and bookmark else None


def _named(snapshot: Snapshot) -> SourceName:
    return SourceName(kind=snapshot.kind, deployment=snapshot.deployment, sha256=snapshot.sha256, bytes=snapshot.bytes)


@dataclass(frozen=True)
class _Work:
    """All that one export is made from."""

    home: Home
    mapping: Mapping
    reading: Reading
    earlier: Export | None
    folder: Path
    progress: Progress


def _pressed(work: _Work) -> Certificate:
    """Write every table of what was read, and return the certificate that names them all."""
    home, mapping, reading, progress = work.home, work.mapping, work.reading, work.progress
    arrival = Arrival(home, mapping, reading, work.earlier if reading.since else None, work.folder)
    try:
        refused = witness.quarantine(arrival)
        census = witness.census_of(refused)
        files = press.press_tables(home, arrival, progress)
        counts = witness.table_counts(arrival, files, census)
        witness.refuse_absent_columns(arrival, census, counts)
        cut = press.cut_of(arrival)
        past = past_of(home, cut, _of(home, mapping, reading.snapshot))
        changes, compared = ledger_changes(home, arrival, past, files["transactions"], progress)
        seen = {
            "source_tables": witness.source_tables(arrival, counts),
            "source_columns": witness.source_columns(home, arrival, files, census),
            "source_cut": witness.source_cut(cut),
            "source_history": past.row(compared),
            "quarantine": refused,
        }
        tables = {
            **counts,
            "wallet_keys": _counted(files["wallet_keys"]),
            **{name: _counted([home.keep(name, _batches(rows))]) for name, rows in seen.items()},
            "ledger_changes": _counted(changes),
            "projection_revisions": _counted(projection_revisions(home, arrival)),
        }
        return Certificate(
            format=FORMAT,
            source=_named(reading.snapshot),
            mapping=mapping.export_digest(),
            program=program_digest(),
            zone=mapping.zone,
            cut=cut,
            read=Read(since=reading.since, fetched={name: each.received for name, each in reading.staged.items()}),
            history=past.history,
            latest_created_at=press.latest_created_at(arrival),
            tables={name: tables[name] for name in EXPORTED},
            control_totals=press.control_totals(arrival),
        )
    finally:
        arrival.close()


def _batches(rows: pa.Table) -> list[pa.RecordBatch]:
    batches: list[pa.RecordBatch] = rows.to_batches()
    return batches


def _counted(files: list[DataFile]) -> TableCount:
    """Return the count of a table that comes from no source: all that was made of it was written."""
    rows = sum(file.rows for file in files)
    return TableCount(received=rows, written=rows, quarantined=0, files=tuple(file for file in files if file.rows))


def _refuse_another_ledger(home: Home, certificate: Certificate) -> None:
    """Refuse a snapshot that shares no wallet with the export before: it is another ledger's."""
    earlier = home.exports()
    if not earlier:
        return
    views = {
        "before": home.view("wallets", earlier[-1].certificate.files("wallets")),
        "present": home.view("wallets", certificate.files("wallets")),
    }
    with duckdb_engine(views) as query:
        shared = query("SELECT COUNT(*) AS n FROM present WHERE wallet_key IN (SELECT wallet_key FROM before)")
        counted = [query(f"SELECT COUNT(*) AS n FROM {view}")["n"][0].as_py() for view in views]
    if all(counted) and not shared["n"][0].as_py():
        message = f"{home.path} belongs to another ledger: not one wallet is in both; give another --home."
        raise HomeError(message)
