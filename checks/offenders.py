"""What an offending row is called, and what it is worth: its subject and its amount, whatever rule found it.

What goes in: the conventions, as SQL over the columns of offenders. What stays out: which rows offend (sql), which of
them are waived (waiving), and what becomes of them from export to export (exceptions).

The subject is the text by which an offender is recognised in the next export: a JSON object of its ids, in this order.
Where a transaction, projection, attempt or run is named, it alone; else every id that is there. A rule for which that
is wrong says its own `subject` and `amount`.
"""

from collections.abc import Sequence

import pyarrow as pa

from assets.configuration import configuration_tables
from assets.engines import duckdb_engine
from assets.mapping import Mapping
from assets.schemas import SUM, TABLES
from checks.rule import Rule

ALONE = ("transaction_id", "projection_id", "attempt_id", "run_id")
"""Ids that name an offender by themselves; the first that is there does."""
TOGETHER = (
    "table_name", "row_id", "column_name", "related_id", "transfer_id", "wallet_id", "user_id", "currency", "month",
)  # fmt: skip
"""Ids that name an offender together, those of them that are there."""
WORTH = (
    "drift", "amount", "lowest", "imbalance", "difference", "open", "excess", "movement", "recorded", "balance",
    "cached", "closing", "ledger",
)  # fmt: skip
"""Columns of minor units that an offender can be worth; the first that has a value decides."""
SAME_COLUMNS = {"balances_again": "balances", "closings_as_closed": "closings"}
"""Views that have the columns of a table of another name."""


def columns_of(rule: Rule, mapping: Mapping) -> pa.Schema | None:
    """Return the columns of a rule's offenders, or nothing where a view it reads from is not known here."""
    known: dict[str, pa.Table] = {name: schema.empty_table() for name, schema in TABLES.items()}
    known |= configuration_tables(mapping)
    known |= {view: known[table] for view, table in SAME_COLUMNS.items()}
    if not set(rule.views) <= known.keys():
        return None
    with duckdb_engine({name: known[name] for name in rule.views}) as query:
        return query(rule.text).schema


def subject_sql(rule: Rule, columns: Sequence[str]) -> str:
    """Return the SQL expression of the subject of an offender that has these columns."""
    alone = next(((name,) for name in ALONE if name in columns), None)
    names = rule.subject or alone or tuple(name for name in TOGETHER if name in columns)
    if not names:
        return "'{}'"
    fields = ", ".join(f"'{name}': CAST({name} AS VARCHAR)" for name in names)
    return f"CAST(to_json({{{fields}}}) AS VARCHAR)"


def amount_sql(rule: Rule, columns: pa.Schema) -> str | None:
    """Return the SQL expression of what such an offender is worth in minor units, or nothing where it has no amount."""
    if "currency" not in columns.names:
        return None
    worth = [name for name in WORTH if name in columns.names and _is_whole(columns.field(name).type)]
    amount = rule.amount or (f"COALESCE({', '.join(worth)})" if worth else None)
    return f"CAST({amount} AS DECIMAL(38, 0))" if amount else None


def _is_whole(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or kind == SUM
