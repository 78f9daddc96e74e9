"""Every recorded balance as commits left it, where the source gives commits.

What goes in: the revisions that came, laid after those that stand. What stays out: whether a commit moved ledger and
projection alike (checks). Months are those of the commits, in UTC.
"""

from pathlib import Path

import pyarrow as pa

from assets.arrival import Arrival
from assets.certificate import DataFile
from assets.schemas import TABLES
from assets.store import Home

TEXT = (Path(__file__).parent / "sql" / "projection_revisions.sql").read_text()


def projection_revisions(home: Home, arrival: Arrival) -> list[DataFile]:
    """Write all revisions since commits are known, by month; none where the source gives no commits."""
    after = arrival.reading.commits_after_ns
    if after is None:
        return []
    arrival.connection.register("asked", pa.table({"commits_after_ns": pa.array([after], pa.int64())}))
    return home.keep_by_month("projection_revisions", arrival.table(TEXT).cast(TABLES["projection_revisions"]))
