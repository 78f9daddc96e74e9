"""What the hours before the cut were like: how much moved in each, and how long after its creation it was committed.

What goes in: two small tables that rules compare hour with hour in. What stays out: which hours are out of the
ordinary (checks). The months before those that are looked at are not read.
"""

from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from assets.audit import Audit
from assets.engines import View, duckdb_engine
from assets.schemas import TABLES

SQL = Path(__file__).parent / "sql"
HOURS = {"hourly_volumes": 121, "hourly_latencies": 23}
"""How many days before the cut each table looks back, and what a zone may add to them."""


def compute_hours(audit: Audit, name: str) -> pa.Table:
    """Return hourly_volumes or hourly_latencies."""
    certificate = audit.export.certificate
    since = f"{certificate.cut.at - timedelta(days=HOURS[name]):%Y-%m}"
    files = [file for file in certificate.files("transactions") if str(file.month) >= since]
    views: dict[str, View] = {
        "transactions": audit.home.view("transactions", files),
        "source_cut": audit.home.views(audit.export)["source_cut"],
        "asked": pa.table({"zone": [audit.mapping.zone]}),
    }
    with audit.home.workshop() as spill, duckdb_engine(views, spill) as query:
        return query((SQL / f"{name}.sql").read_text()).cast(TABLES[name])
