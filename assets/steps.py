"""The assets of an audit as Dagster runs and shows them: read, compute, keep, describe.

What goes in: names, order and metadata. What stays out: the computing (export, movements, balances, drift).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import dagster as dg
import pyarrow as pa

from assets.balances import compute_balances, second_balances
from assets.closed_months import close_months, closed_months
from assets.creators import compute_creators
from assets.drift import compute_drift, drift_by_currency
from assets.escrow import compute_open_escrow
from assets.export import export_source
from assets.exposure import compute_exposure
from assets.forensics import compute_flags
from assets.movements import compute_months
from assets.runs import RECONCILE
from assets.schemas import EXPORTED
from assets.step_metadata import KINDS, OWNERS, described
from assets.steps_operations import hours, kept_exports, run_history
from assets.workplace import PROGRESS, Workplace

DESCRIPTIONS = {
    "transactions": "The ledger, row by row in ledger order, one file a month.",
    "wallets": "The wallets the ledger's rows belong to.",
    "wallet_balances": "What the application recorded as balances, at the cut.",
    "users": "The users who own wallets, and who among them are admins.",
    "attempts": "Attempts to write a transaction, failed ones too, where the source has them.",
    "user_balances": "What users were shown, at the cut.",
    "wallet_keys": "Every wallet id with its stateless key.",
    "source_tables": "What the reader saw: tables and their counts.",
    "source_columns": "What the reader saw: how each mapped column was spelled.",
    "source_cut": "What the reader saw: the instant shown, and how that is known.",
    "source_history": "Which export before was compared with, and how many of its rows.",
    "ledger_changes": "Rows of the ledger that were changed, removed or added late, since the first export.",
    "projection_revisions": "Every recorded balance as commits left it, where the source gives commits.",
    "quarantine": "Rows that cannot be represented exactly, whole, with the reason.",
}
FRESH = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=2), warn_window=timedelta(minutes=90))
"""Reconciliation runs hourly: where no run is there to say that none ran, Dagster says it of the drift."""


@dg.multi_asset(
    name="export",
    specs=[
        dg.AssetSpec(table, description=DESCRIPTIONS[table], group_name="export", kinds={"parquet"}, owners=OWNERS)
        for table in EXPORTED
    ],
)
def export(context: dg.AssetExecutionContext, workplace: Workplace) -> Iterator[dg.MaterializeResult[None]]:
    """Make one immutable cut of the source in Parquet, or find it ready."""
    home = workplace.open_home()
    with home.writing(context.run.run_id):
        if context.run.job_name == RECONCILE:
            home.runs.begin(context.run.run_id)
        source = workplace.open_source()
        made = export_source(home, workplace.mapping(), source, PROGRESS.get(), full=workplace.full)
        workplace.choose(context.run.run_id, made)
        workplace.audit(context.run.run_id).forget_outcomes()
    context.instance.add_dynamic_partitions("months", list(made.certificate.months()))
    for table in EXPORTED:
        count = made.certificate.tables[table]
        more: dict[str, Any] = {
            "export": made.export_id,
            "cut": made.certificate.cut.at.isoformat(),
            "proof of cut": made.certificate.cut.proof,
            "quarantined": count.quarantined,
        }
        yield dg.MaterializeResult(asset_key=table, metadata=described(table, count.written, more))


@dg.asset(
    deps=["transactions", "wallets"],
    group_name="ledger",
    kinds={"duckdb", "polars", "parquet"},
    owners=OWNERS,
)
def movements(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Sum what moved in each month, and what every balance was at its end."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        months = compute_months(audit.home, audit.export, audit.mapping, PROGRESS.get())
        audit.keep_months(months)
    rows = sum(month.movements.rows for month in months)
    return dg.MaterializeResult(metadata=described("movements", rows, {"months": len(months)}))


@dg.asset(
    deps=["movements", "wallets", "wallet_keys"],
    group_name="ledger",
    kinds={"duckdb", "polars", "parquet"},
    owners=OWNERS,
)
def balances(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Compute what every wallet must hold at the cut, by both engines."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        months = audit.months()
        rows = compute_balances(audit.home, audit.export, months[-1] if months else None)
        audit.keep("balances", rows)
        audit.keep("balances_again", second_balances(audit.home, audit.export))
    return dg.MaterializeResult(metadata=described("balances", rows.num_rows, {}))


@dg.asset(
    deps=["balances", "wallet_balances", "wallet_keys"],
    group_name="ledger",
    kinds={"duckdb", "parquet"},
    owners=OWNERS,
    freshness_policy=FRESH,
)
def drift(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Lay what was recorded beside the ledger, at the cut, for every wallet and currency."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compute_drift(audit.home, audit.export, audit.table("balances"))
        audit.keep("drift", rows)
    return dg.MaterializeResult(metadata=described("drift", rows.num_rows, _drifting(rows)))


def _drifting(rows: pa.Table) -> dict[str, Any]:
    """Return counts and gross drift of each currency in minor units, which the UI plots over time."""
    currencies = drift_by_currency(rows)
    gross = {f"gross drift {each['currency']}": int(each["gross"]) for each in currencies}
    return {"drifting balances": sum(each["balances"] for each in currencies), **gross}


@dg.asset(deps=["drift"], group_name="ledger", kinds=KINDS, owners=OWNERS)
def exposure(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Say what drift puts at risk: over-credited and still there, over-credited and withdrawn, under-credited."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compute_exposure(audit.view("drift"))
        audit.keep("exposure", rows)
    amounts = {f"{row['exposure']} {row['currency']}": int(row["amount"]) for row in rows.to_pylist()}
    return dg.MaterializeResult(metadata=described("exposure", rows.num_rows, amounts))


@dg.asset(deps=["transactions"], group_name="ledger", kinds=KINDS, owners=OWNERS)
def open_escrow(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Say what each month put into escrow and took out of it: owed, although no wallet shows it."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compute_open_escrow(audit.home, audit.export, audit.mapping)
        audit.keep("open_escrow", rows)
    return dg.MaterializeResult(metadata=described("open_escrow", rows.num_rows, {}))


@dg.asset(deps=["creators", "wallets"], group_name="ledger", kinds=KINDS, owners=OWNERS)
def adjustment_flags(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Say of every adjustment what is unusual about it, those to read first on top."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compute_flags(audit)
        audit.keep("adjustment_flags", rows)
    highest = {"highest score": rows["score"][0].as_py()} if rows.num_rows else {}
    return dg.MaterializeResult(metadata=described("adjustment_flags", rows.num_rows, highest))


@dg.asset(deps=["transactions", "users"], group_name="ledger", kinds={"duckdb", "parquet"}, owners=OWNERS)
def creators(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Tell who wrote the rows: users, admins among them, and those whom the configuration authorises."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compute_creators(audit.home, audit.export, audit.mapping)
        audit.keep("creators", rows)
    return dg.MaterializeResult(metadata=described("creators", rows.num_rows, {}))


@dg.asset(
    name="closed_months", deps=["balances", "sealed_months"], group_name="ledger", kinds={"parquet"}, owners=OWNERS
)
def closed(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Lay each month beside the closings that were written down for it, and write down those that are complete now."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows, _ = closed_months(audit)
        audit.keep("closed_months", rows)
        made = close_months(audit)
    again = sum(each.replaces is not None for each in made)
    more = {"closed now": len(made) - again, "closed again": again}
    return dg.MaterializeResult(metadata=described("closed_months", rows.num_rows, more))


STEPS: list[dg.AssetsDefinition] = [
    export,
    movements,
    creators,
    balances,
    drift,
    exposure,
    open_escrow,
    adjustment_flags,
    closed,
    hours,
    run_history,
    kept_exports,
]
