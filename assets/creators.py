"""Who wrote the rows of the ledger: users, and those whom the configuration authorises.

What goes in: the one query that lays names of creators beside users. What stays out: what they may do (checks).
"""

from pathlib import Path

import pyarrow as pa

from assets.configuration import configuration_tables
from assets.engines import View, duckdb_engine
from assets.mapping import Mapping
from assets.schemas import TABLES
from assets.store import Export, Home

SQL = (Path(__file__).parent / "sql" / "creators.sql").read_text()


def compute_creators(home: Home, export: Export, mapping: Mapping) -> pa.Table:
    """Return one row for each name that stands in `created_by`; user_id is null where it names no user."""
    known = home.views(export)
    views: dict[str, View] = {name: known[name] for name in ("transactions", "users")}
    views["authorised_creators"] = configuration_tables(mapping)["authorised_creators"]
    with home.workshop() as spill, duckdb_engine(views, spill) as query:
        return query(SQL).cast(TABLES["creators"])
