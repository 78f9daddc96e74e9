"""A month is closed once, by the first export that reaches its end; what changes later is a new version."""

from dataclasses import replace

import pyarrow as pa
import pytest

from assets.audit import Audit
from assets.closed_months import Closed, close_months, closed_months
from assets.errors import DamagedError
from assets.movements import compute_months
from tests.assets.ledgers import Bench, Ledger, Row, bench

JANUARY, FEBRUARY, MARCH = "2025-01-15T10:00:00", "2025-02-01T00:00:00", "2025-03-02T00:00:00"
FIRST = Ledger([Row("t1", "w1", 100, at=JANUARY), Row("t2", "w1", 5, at=FEBRUARY)])
LATER = replace(FIRST, rows=[*FIRST.rows, Row("t3", "w1", 7, at=MARCH)])
CHANGED = replace(LATER, rows=[replace(LATER.rows[0], amount=90), *LATER.rows[1:]])


def audited(work: Bench, ledger: Ledger) -> Audit:
    made = Audit(work.home(), work.mapping, work.export(ledger))
    with work.home().writing():
        made.keep_months(compute_months(work.home(), made.export, work.mapping, lambda *_: None))
    return made


def closed(work: Bench, ledger: Ledger) -> tuple[list[Closed], pa.Table]:
    """Return what an audit closes, and how it sees the months that were closed before."""
    audit = audited(work, ledger)
    seen, _ = closed_months(audit)
    return list(close_months(audit)), seen


def test_the_first_export_that_reaches_the_end_of_a_month_closes_it() -> None:
    with bench() as work:
        made, seen = closed(work, FIRST)
        assert [(each.month, each.version, each.replaces) for each in made] == [("2025-01", 1, None)]
        assert seen.num_rows == 0
        made, seen = closed(work, LATER)
        assert [each.month for each in made] == ["2025-02"]
        assert seen.select(["month", "next_month", "same", "balances"]).to_pylist() == [
            {"month": "2025-01", "next_month": "2025-02", "same": True, "balances": 1}
        ]


def test_other_closings_are_a_new_version_that_names_the_old() -> None:
    with bench() as work:
        closed(work, LATER)
        made, seen = closed(work, CHANGED)
        assert [(each.month, each.version, each.replaces) for each in made] == [("2025-01", 2, 1), ("2025-02", 2, 1)]
        assert seen["same"].to_pylist() == [False, False]
        audit = audited(work, CHANGED)
        assert closed_months(audit)[0] == seen, "an audit made again sees what it saw"
        assert not close_months(audit)


def test_an_older_snapshot_closes_nothing_anew() -> None:
    with bench() as work:
        closed(work, LATER)
        made, seen = closed(work, FIRST)
        assert (made, seen.num_rows) == ([], 0)


def test_closings_that_are_gone_are_told() -> None:
    with bench() as work:
        made, _ = closed(work, LATER)
        (work.home().path / made[0].closings.path).write_bytes(b"")
        with pytest.raises(DamagedError, match=r"closings of 2025-01 that export .* left are damaged or gone"):
            closed(work, CHANGED)
