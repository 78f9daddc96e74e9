"""Sealed months as a Dagster asset: every audit derives them again and compares them with their seals.

What goes in: how the comparison shows in the UI. What stays out: comparing (reports.archive), and judging (checks).
"""

from typing import Any

import dagster as dg

from assets.workplace import PROGRESS, Workplace
from reports.archive.sealed_months import compare_sealed


@dg.asset(deps=["movements", "wallet_keys"], group_name="ledger", kinds={"duckdb", "parquet"}, owners=["team:audit"])
def sealed_months(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Derive every sealed month again from the export, and lay its roots beside the sealed ones."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = compare_sealed(audit, PROGRESS.get())
        audit.keep("sealed_months", rows)
    metadata: dict[str, Any] = {
        "dagster/row_count": rows.num_rows,
        "differing": rows["same"].to_pylist().count(False),
        "not comparable": rows.num_rows - rows["problem"].null_count,
    }
    return dg.MaterializeResult(metadata=metadata)
