"""The jobs: `reconcile` judges the newest export, `audit_month` reports months, `archive_month` seals them.

Two look at what was sealed: `restore_drill` computes a month again, `fixity` verifies all.
"""

from collections.abc import Sequence

import dagster as dg

from assets.runs import RECONCILE
from assets.schemas import EXPORTED

COMPUTED = (
    "movements",
    "creators",
    "balances",
    "drift",
    "exposure",
    "open_escrow",
    "adjustment_flags",
    "sealed_months",
    "closed_months",
    "hourly_volumes",
    "hourly_latencies",
    "run_history",
    "kept_exports",
    "causes",
)
GATE_BROKE = "DagsterAssetCheckFailedError"
"""What stops a run at a broken gate; Dagster has no public name for it."""


@dg.failure_hook(required_resource_keys={"workplace"})
def failures_are_written_down(context: dg.HookContext) -> None:
    """Write down that a reconciliation failed, whoever started it; one that is killed never says that it ended."""
    error, home = context.op_exception, context.resources.workplace.open_home()
    if not home.path.is_dir():
        return
    if type(error).__name__ == GATE_BROKE:
        home.runs.fail(context.run_id, "a gate was broken", "NOT VERIFIED")
    else:
        home.runs.fail(context.run_id, type(error).__name__)


def _check(name: str) -> dg.AssetSelection:
    return dg.AssetSelection.checks(dg.AssetCheckKey(dg.AssetKey("archive"), name))


reconcile = dg.define_asset_job(
    RECONCILE,
    hooks={failures_are_written_down},
    selection=dg.AssetSelection.assets(*EXPORTED, *COMPUTED),
    description="Export the source as it is now, compute what every wallet must hold, and judge every rule.",
)
audit_month = dg.define_asset_job(
    "audit_month",
    selection=dg.AssetSelection.assets("report"),
    description="Report months of the ledger from the export that was last judged.",
)
archive_month = dg.define_asset_job(
    "archive_month",
    selection=dg.AssetSelection.assets("archive").without_checks() | _check("seals_hold"),
    description="Seal reported months, and verify the new seals.",
)
restore_drill = dg.define_asset_job(
    "restore_drill",
    selection=_check("months_can_be_restored"),
    description="Compute a random sealed month again from its bag alone, and keep the evidence.",
)
fixity = dg.define_asset_job(
    "fixity",
    selection=_check("every_archive_holds"),
    description="Verify everything that was ever sealed, and sign what was found.",
)

JOBS = [reconcile, audit_month, archive_month, restore_drill, fixity]


def months_in_one_run(months: Sequence[str]) -> dict[str, str]:
    """Return the tags that make one run of a monthly job cover all these months, in the order they were found."""
    return {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
