"""How every asset of ours is shown in Dagster: who owns it, what it is made with, how many rows of which columns.

What goes in: what all steps say alike. What stays out: the steps themselves.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg

from assets.schemas import TABLES

OWNERS = ["team:data"]
KINDS = {"duckdb", "parquet"}


def described(table: str, rows: int, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return the metadata of a table: its rows, its columns, and what is said of it alone."""
    columns = [dg.TableColumn(field.name, str(field.type)) for field in TABLES[table]]
    return {"dagster/row_count": rows, "dagster/column_schema": dg.TableSchema(columns=columns), **more}
