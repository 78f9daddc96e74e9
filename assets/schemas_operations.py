"""The columns of the tables about operations: what became of runs, and what the hours before the cut were like.

Stays out: the tables of an export and of a ledger (schemas), of which these are a part.
"""

import pyarrow as pa

from assets.promises import TIME
from assets.shapes import FLAG, INT, SUM, TEXT, fields

OPERATIONS: dict[str, pa.Schema] = {
    "run_history": fields(
        ("sequence", INT),
        ("run_id", TEXT),
        ("began_at", TIME),
        ("ended_at", TIME),
        ("ended_second", INT),
        ("succeeded", FLAG),
        ("verdict", TEXT),
        ("failure", TEXT),
    ),
    "earlier_cuts": fields(("cut_at", TIME), ("verdict", TEXT)),
    "drift_history": fields(("sequence", INT), ("cut_at", TIME), ("currency", TEXT), ("gross", SUM)),
    "asked": fields(("asked_at", TIME), ("asked_second", INT)),
    "hourly_volumes": fields(
        ("currency", TEXT),
        ("week", INT),
        ("slot", INT),
        ("hour_at", TIME),
        ("transactions", INT),
        ("gross", SUM),
    ),
    "hourly_latencies": fields(
        ("hour", INT),
        ("hour_at", TIME),
        ("tested", FLAG),
        ("commits", INT),
        ("p95_us", INT),
    ),
}
