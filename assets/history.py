"""What became of the rows exported before: the passive proof that a ledger is append-only.

What goes in: the export before, the comparison with it, and all that was ever found. What stays out: whether a
change is allowed (checks). Months whose file is the same to the byte need no comparison.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from assets.arrival import Arrival
from assets.calendar import month_of
from assets.certificate import Cut, DataFile, History, State
from assets.engines import Query, View, duckdb_engine
from assets.schemas import TABLES
from assets.sources.protocol import Progress
from assets.store import Export, Home

SQL = Path(__file__).parent / "sql"
TEXTS = {
    name: (SQL / f"{name}.sql").read_text()
    for name in ("changed_rows", "late_rows", "moved_rows", "streamed_changes", "ledger_changes")
}
EVERY = "SELECT * FROM known UNION ALL SELECT * FROM found ORDER BY month, found_in, transaction_id, change"
CHANGES = pa.schema({name: pa.string() for name in ("transaction_id", "change", "before", "after", "evidence")})


@dataclass(frozen=True)
class Past:
    """The export that a new one is compared with, or why there is none."""

    history: History
    export: Export | None
    sequence: int
    """The number of the new export, or the one it had when it was first made."""

    def row(self, compared: int) -> pa.Table:
        """Return it as the table the rules see."""
        sequence, cut_at = (self.export.sequence, self.export.certificate.cut.at) if self.export else (None, None)
        row = {"state": self.history.state, "sequence": sequence, "cut_at": cut_at, "compared": compared}
        return pa.Table.from_pylist([row], schema=TABLES["source_history"])


def past_of(home: Home, cut: Cut, same: Sequence[Export]) -> Past:
    """Return the export with the last cut before this one; lost, where the home knows of one that is not whole.

    `same` are exports of the very same snapshot: made again, it has the past it had. What a proven cut comes after is
    the export before it, whatever instants are said of them.
    """
    first = min((export.sequence for export in same), default=home.next_sequence())
    before = [export for export in home.exports() if export.sequence < first and home.vouches_for(export)]
    last = _last_before(cut, before)
    state: State = "compared" if last else "first"
    if last is None and before and not _orders(cut):
        state = "unordered"
    if home.lost_exports() or (last and (last.certificate.history.state == "lost" or not home.intact(last))):
        state = "lost"
    if last and not home.intact(last):
        last = None
    predecessor, sha256 = (last.export_id, last.certificate.sha256()) if last else (None, None)
    return Past(History(state=state, predecessor=predecessor, sha256=sha256), last, first)


def _orders(cut: Cut) -> bool:
    """Tell whether a cut alone says which of two exports is the older one."""
    return cut.bound == "exact" and cut.proof == "by construction"


def _last_before(cut: Cut, before: Sequence[Export]) -> Export | None:
    """Return the last of the exports before, by their cuts; what is alive is always read after all that was."""
    if cut.proof == "proven":
        return before[-1] if before else None
    earlier = [export for export in before if export.certificate.cut.at <= cut.at]
    if earlier and not _orders(cut) and earlier[-1] != before[-1]:
        earlier = []
    return max(earlier, key=lambda export: (export.certificate.cut.at, export.sequence), default=None)


def ledger_changes(
    home: Home, arrival: Arrival, past: Past, present: Sequence[DataFile], progress: Progress
) -> tuple[list[DataFile], int]:
    """Write what was ever found changed, by month, and return the files and how many rows were compared now."""
    if past.export is None:
        return [], 0
    changes, compared = _compared(home, arrival, past.export, present, progress)
    streamed = arrival.table(TEXTS["streamed_changes"])
    streamed = streamed.append_column("evidence", pa.array(["stream"] * streamed.num_rows, pa.string()))
    told = pc.is_in(streamed["transaction_id"], changes["transaction_id"])
    changes = pa.concat_tables([changes, streamed.select(CHANGES.names).cast(CHANGES).filter(pc.invert(told))])
    asked = {
        "previous_cut_at": past.export.certificate.cut.at,
        "found_in": past.sequence,
    }
    views: dict[str, View] = {
        "changes": changes,
        "closed_before": pa.table({"month": pa.array([_open_month(home, past.export)], pa.string())}),
        "asked": pa.Table.from_pylist([asked]),
    }
    with home.workshop() as spill, duckdb_engine(views, spill) as query:
        found = query(TEXTS["ledger_changes"]).cast(TABLES["ledger_changes"])
    before = home.view("ledger_changes", past.export.certificate.files("ledger_changes"))
    with home.workshop() as spill, duckdb_engine({"found": found, "known": before}, spill) as query:
        every = query(EVERY)
    return home.keep_by_month("ledger_changes", every.cast(TABLES["ledger_changes"])), compared


def _compared(
    home: Home, arrival: Arrival, before: Export, present: Sequence[DataFile], progress: Progress
) -> tuple[pa.Table, int]:
    """Compare month by month, so that no more than a month is ever joined, and bring moved rows together."""
    old = {str(file.month): file for file in before.certificate.files("transactions")}
    new = {str(file.month): file for file in present}
    differing = sorted(month for month in old.keys() | new.keys() if old.get(month) != new.get(month))
    since = before.certificate.cut.at - timedelta(seconds=arrival.mapping.rules.backdating_grace)
    changed, late = [], []
    for done, month in enumerate(differing, 1):
        progress("comparing months", done, len(differing))
        views = {
            "before": home.view("transactions", [old[month]] if month in old else []),
            "present": home.view("transactions", [new[month]] if month in new else []),
            "asked": pa.table({"since": pa.array([since], pa.timestamp("us", "UTC"))}),
        }
        with home.workshop() as spill, duckdb_engine(views, spill) as query:
            changed.append(query(TEXTS["changed_rows"]))
            late.append(query(TEXTS["late_rows"]))
    compared = sum(old[month].rows for month in old)
    if not differing:
        return CHANGES.empty_table(), compared
    every = pa.concat_tables(changed)
    found: dict[str, View] = {
        "changed": every,
        "gone": every.filter(every["gone"]).select(["transaction_id"]),
        "late": pa.concat_tables(late),
        "present": home.view("transactions", [new[month] for month in differing if month in new]),
    }
    with home.workshop() as spill, duckdb_engine(found, spill) as query:
        return _brought_together(query), compared


def _brought_together(query: Query) -> pa.Table:
    """Tell rows that went to another month from those that are gone, and those that came late from both."""
    return query(f"""
        WITH moved AS ({TEXTS["moved_rows"]})
        SELECT changed.transaction_id,
            CASE WHEN changed.gone AND moved.after IS NULL THEN 'DELETE' ELSE 'UPDATE' END AS change,
            changed.before, COALESCE(changed.after, moved.after) AS after, 'comparison' AS evidence
        FROM changed LEFT JOIN moved ON moved.transaction_id = changed.transaction_id
        UNION ALL
        SELECT transaction_id, 'BACK-DATED INSERT' AS change, NULL AS before, after, 'comparison' AS evidence
        FROM late WHERE transaction_id NOT IN (SELECT transaction_id FROM gone)
    """).cast(CHANGES)


def _open_month(home: Home, before: Export) -> str:
    """Return the first month that was not closed at the cut before; none was if no closings were ever committed."""
    return month_of(before.certificate) if (home.path / "months").is_dir() else ""
