"""The history of reconciliations as rules read it: runs, what drifted in them, and when the present one was asked for.

What goes in: three small tables, kept apart from what an audit computes because they are no function of its export.
What stays out: writing runs down (runs), and what of them is an alert (checks).

    <home>/audits/<export>-<configuration>/operations/run_history.parquet ...
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa

from assets.audit import Audit
from assets.drift import drift_by_currency
from assets.runs import Run
from assets.schemas import TABLES

FOLDER = "operations"
HISTORIES = ("run_history", "drift_history", "asked")


def keep_history(audit: Audit, run_id: str) -> dict[str, pa.Table]:
    """Lay down what was before this run, and what drifts in it."""
    runs = audit.home.runs.all()
    present = runs.pop(run_id, None) or Run(run_id, datetime.now(UTC))
    tables = {
        "run_history": _table("run_history", [_row(number, run) for number, run in enumerate(runs.values(), 1)]),
        "drift_history": drift_history(audit, runs),
        "asked": _table("asked", [{"asked_at": present.began_at, "asked_second": _second(present.began_at)}]),
    }
    for name, rows in tables.items():
        audit.keep(f"{FOLDER}/{name}", rows)
    return tables


def gross_drift(audit: Audit) -> dict[str, int]:
    """Return the gross drift of each currency at the cut."""
    return {row["currency"]: int(row["gross"]) for row in drift_by_currency(audit.view("drift"))}


def _row(number: int, run: Run) -> dict[str, object]:
    return {
        "sequence": number,
        "run_id": run.run_id,
        "began_at": run.began_at,
        "ended_at": run.ended_at,
        "ended_second": _second(run.ended_at) if run.ended_at else None,
        "succeeded": run.failure is None,
        "verdict": run.verdict,
        "failure": run.failure,
    }


def earlier_cuts(audit: Audit) -> pa.Table:
    """Return every other export that was judged: its cut, and what its last reconciliation came to."""
    judged: dict[str | None, dict[str, object]] = {
        run.export: {"cut_at": run.cut_at, "verdict": run.verdict}
        for run in audit.home.runs.all().values()
        if run.failure is None and run.cut_at and run.export != audit.export.export_id
    }
    return _table("earlier_cuts", list(judged.values()))


def drift_history(audit: Audit, runs: Mapping[str, Run]) -> pa.Table:
    """Return a point for each export of an earlier cut, as it was judged last, and one for this export."""
    cut_at, own = audit.export.certificate.cut.at, audit.export.export_id
    before = {
        run.export: (run.cut_at, run.gross)
        for run in runs.values()
        if run.failure is None and run.export and run.cut_at and run.gross is not None
        if run.export != own and run.cut_at <= cut_at
    }
    ordered = sorted(before.items(), key=lambda each: (each[1][0], each[0]))
    points = [point for _, point in ordered] + [(cut_at, gross_drift(audit))]
    rows = [
        {"sequence": number, "cut_at": at, "currency": currency, "gross": Decimal(gross)}
        for number, (at, found) in enumerate(points, 1)
        for currency, gross in sorted(found.items())
    ]
    return _table("drift_history", rows)


def _second(moment: datetime) -> int:
    return int(moment.timestamp() // 1)


def _table(name: str, rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=TABLES[name])
