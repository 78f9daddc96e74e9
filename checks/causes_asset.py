"""The asset `causes`: why stored balances are not what they should be, kept with the audit for whoever reports it.

What goes in: names, order and metadata. What stays out: finding causes (causes).
"""

from collections import Counter
from typing import Any

import dagster as dg

from assets.schemas import TABLES
from assets.workplace import Workplace
from checks.causes import causes_of


@dg.asset(
    deps=["drift", "user_balances", "projection_revisions", "kept_exports"],
    group_name="ledger",
    kinds={"duckdb", "parquet"},
    owners=["team:audit"],
)
def causes(context: dg.AssetExecutionContext, workplace: Workplace) -> dg.MaterializeResult[None]:
    """Find the cause of every stored balance that is not what it should be, with its evidence and first divergence."""
    audit = workplace.audit(context.run.run_id)
    with audit.home.writing(context.run.run_id):
        rows = causes_of(audit)
        audit.keep("causes", rows)
    columns = [dg.TableColumn(field.name, str(field.type)) for field in TABLES["causes"]]
    counted = Counter(f"{stored}: {cause}" for stored, cause in zip(*_named(rows), strict=True))
    schema: dict[str, Any] = {"dagster/column_schema": dg.TableSchema(columns=columns)}
    return dg.MaterializeResult(metadata={"dagster/row_count": rows.num_rows, **schema, **counted})


def _named(rows: Any) -> tuple[list[str], list[str]]:  # noqa: ANN401 - an Arrow table
    return rows["stored"].to_pylist(), rows["cause"].to_pylist()
