"""The assets about operations: hours before the cut, reconciliations before this one, and exports that are let go.

What goes in: names, order and metadata. What stays out: the computing (hours, run_history, keeping), and the ledger.
"""

from collections.abc import Iterator

import dagster as dg

from assets.hours import HOURS, compute_hours
from assets.keeping import let_go
from assets.run_history import keep_history
from assets.step_metadata import KINDS, OWNERS, described
from assets.workplace import Workplace

HOURLY = {
    "hourly_volumes": "How many transactions and how much money each hour moved, 17 weeks back from the cut.",
    "hourly_latencies": "How long after their creation transactions were committed, 21 days back from the cut.",
}


@dg.multi_asset(
    name="hours",
    specs=[
        dg.AssetSpec(name, deps=["transactions"], description=text, group_name="operations", kinds=KINDS, owners=OWNERS)
        for name, text in HOURLY.items()
    ],
)
def hours(context: dg.AssetExecutionContext, workplace: Workplace) -> Iterator[dg.MaterializeResult[None]]:
    """Say of the hours before the cut how much moved in each, and how fast it was written."""
    audit = workplace.audit(context.run.run_id)
    for name in HOURS:
        with audit.home.writing(context.run.run_id):
            rows = compute_hours(audit, name)
            audit.keep(name, rows)
        yield dg.MaterializeResult(asset_key=name, metadata=described(name, rows.num_rows, {}))


@dg.asset(deps=["drift"], group_name="operations", kinds={"parquet"}, owners=OWNERS)
def run_history(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Lay down what became of each reconciliation before this one, and how its drift compares."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        runs = keep_history(audit, context.run.run_id)["run_history"]
    failed = runs["succeeded"].to_pylist().count(False)
    return dg.MaterializeResult(metadata=described("run_history", runs.num_rows, {"failed": failed}))


@dg.asset(deps=["movements"], group_name="export", kinds={"parquet"}, owners=OWNERS)
def kept_exports(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Let go of exports that need not stay, once all that still matters of them was carried over."""
    audit = workplace.audit(context.run.run_id)
    home = audit.home
    with home.writing(context.run.run_id):
        gone = let_go(home, audit.mapping.keep, audit.export.export_id)
    freed = sum(each.bytes for each in gone)
    return dg.MaterializeResult(metadata={"kept": len(home.exports()), "let go": len(gone), "bytes freed": freed})
