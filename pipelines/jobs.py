"""The two jobs of an audit: `reconcile` judges the newest export, `audit_month` reports months of the ledger."""

from collections.abc import Sequence

import dagster as dg

from assets.schemas import EXPORTED

COMPUTED = ("movements", "creators", "balances", "drift", "closed_months", "kept_exports", "causes")

reconcile = dg.define_asset_job(
    "reconcile",
    selection=dg.AssetSelection.assets(*EXPORTED, *COMPUTED),
    description="Export the source as it is now, compute what every wallet must hold, and judge every rule.",
)
audit_month = dg.define_asset_job(
    "audit_month",
    selection=dg.AssetSelection.assets("report"),
    description="Report months of the ledger from the export that was last judged.",
)

JOBS = [reconcile, audit_month]


def months_in_one_run(months: Sequence[str]) -> dict[str, str]:
    """Return the tags that make one run of `audit_month` cover all these months, in the order they were found."""
    return {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
