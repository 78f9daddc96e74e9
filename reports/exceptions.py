"""The rows that break a rule, cut to what a person reads, the worst first.

What goes in: ordering, the limit, values as text. What stays out: which rows offend (checks), looks (html).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import pyarrow as pa
import pyarrow.compute

from reports.evidence import Column, ExceptionTable
from reports.facts import Outcome

if TYPE_CHECKING:
    from datetime import datetime

LIMIT = 100
KERNELS: Any = pyarrow.compute
MONEY = frozenset(
    {
        "amount", "ledger", "ledger_all", "recorded", "drift", "cached", "lowest", "balance",
        "opening", "movement", "closing", "unsettled", "expected", "total", "difference",
        "recorded_least", "recorded_most", "bound",
    }
)  # fmt: skip
Meaning = Literal["text", "money", "number", "time", "flag"]


def exceptions(outcomes: Sequence[Outcome], offenders: Mapping[str, pa.Table]) -> tuple[ExceptionTable, ...]:
    """One table for each rule that rows break, broken ones first; all rows are in the Parquet it names."""
    broken = [outcome for outcome in outcomes if outcome.result == "broken" or outcome.waived]
    broken.sort(key=lambda each: (each.result != "broken", not each.counts_for_verdict))
    return tuple(_exceptions(outcome, offenders.get(outcome.rule)) for outcome in broken)


def _exceptions(outcome: Outcome, table: pa.Table | None) -> ExceptionTable:
    rows = _without_empty_waivers(_first(table)) if table is not None else pa.table({})
    columns = tuple(Column(name=field.name, meaning=_meaning(field.name, field.type)) for field in rows.schema)
    values = [
        [_text(value, column.meaning) for value in rows.column(place).to_pylist()]
        for place, column in enumerate(columns)
    ]
    return ExceptionTable(
        rule=outcome.rule,
        total=table.num_rows if table is not None else outcome.offenders + outcome.waived,
        shown=rows.num_rows,
        rows_path=outcome.rows,
        columns=columns,
        rows=tuple(zip(*values, strict=True)),
    )


def _first(table: pa.Table) -> pa.Table:
    """Choose the rows to show: those not waived in the order of their rule, which puts the worst first, then others."""
    if "waiver" not in table.column_names:
        return table.slice(0, LIMIT)
    waived = KERNELS.is_valid(table["waiver"])
    return pa.concat_tables([table.filter(KERNELS.invert(waived)), table.filter(waived)]).slice(0, LIMIT)


def _without_empty_waivers(rows: pa.Table) -> pa.Table:
    named = "waiver" in rows.column_names and rows["waiver"].null_count < rows.num_rows
    return rows if named or "waiver" not in rows.column_names else rows.drop_columns(["waiver"])


def _meaning(name: str, kind: pa.DataType) -> Meaning:
    if pa.types.is_boolean(kind):
        return "flag"
    if pa.types.is_timestamp(kind):
        return "time"
    if pa.types.is_decimal(kind) or (pa.types.is_integer(kind) and name in MONEY):
        return "money"
    return "number" if pa.types.is_integer(kind) else "text"


def _text(value: object, meaning: str) -> str | None:
    if value is None:
        return None
    if meaning == "flag":
        return "yes" if value else "no"
    if meaning == "time":
        return cast("datetime", value).isoformat().replace("+00:00", "Z")
    return str(int(cast("int", value))) if meaning == "money" else str(value)
