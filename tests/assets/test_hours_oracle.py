"""The hours before the cut against plain Python: volumes on the clock of a zone that sets it forward, and latencies."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import hours
from assets.schemas import TABLES
from tests.assets.ledgers import quick
from tests.kept_engine import kept_engine

HOUR = timedelta(hours=1)
CUT = datetime(2025, 5, 2, 10, 40, tzinfo=UTC)
"""Egypt sets its clocks forward on 25 April 2025."""
NAIVE = datetime(1970, 1, 1)  # noqa: DTZ001 - a clock on a wall has no zone
TEXTS = {name: (Path(hours.__file__).parent / "sql" / f"{name}.sql").read_text() for name in hours.HOURS}
ROWS = st.lists(
    st.tuples(
        st.one_of(st.integers(-3 * 3600, 3600), st.integers(0, 130 * 86_400), st.integers(7 * 86_400, 10 * 86_400)),
        st.sampled_from(["EGP", "USD"]),
        st.one_of(st.integers(-300, 300), st.sampled_from([-(2**63), 2**63 - 1])),
    ),
    max_size=60,
)
"""How many seconds before the cut, the currency and the amount."""


def answered(name: str, rows: list[dict[str, Any]], zone: str) -> pa.Table:
    views = {
        "transactions": pa.Table.from_pylist(rows, schema=TABLES["transactions"]),
        "source_cut": pa.Table.from_pylist([{"cut_at": CUT}], schema=TABLES["source_cut"]),
        "asked": pa.table({"zone": [zone]}),
    }
    with kept_engine(views) as query:
        return query(TEXTS[name]).cast(TABLES[name])


def local_hour(moment: datetime, zone: str) -> int:
    return (moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) - NAIVE) // HOUR


@pytest.mark.parametrize("zone", ["UTC", "Africa/Cairo", "Asia/Kathmandu"])
def test_volumes(zone: str) -> None:
    @quick(30)
    @given(ROWS)
    def check(drawn: list[tuple[int, str, int]]) -> None:
        rows = [{"created_at": CUT - timedelta(seconds=s), "currency": c, "amount": a} for s, c, a in drawn]
        assert answered("hourly_volumes", rows, zone).to_pylist() == list(expected(rows, zone))

    check()


def expected(rows: list[dict[str, Any]], zone: str) -> list[Mapping[str, Any]]:
    """Count by currency and hour of the wall clock; hours without a row count, from the first with one on."""
    last = local_hour(CUT, zone) - 1
    counts: Counter[tuple[str, int]] = Counter()
    gross: Counter[tuple[str, int]] = Counter()
    for row in rows:
        place = (row["currency"], local_hour(row["created_at"], zone))
        if row["created_at"] < CUT and last - 17 * 168 < place[1] <= last:
            counts[place] += 1
            gross[place] += abs(row["amount"])
    firsts: dict[str, int] = {}
    for currency, hour in counts:
        firsts[currency] = min(hour, firsts.get(currency, hour))
    return [
        {
            "currency": currency,
            "week": (last - hour) // 168,
            "slot": hour % 168,
            "hour_at": (NAIVE + hour * HOUR).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
            "transactions": counts[currency, hour],
            "gross": gross[currency, hour],
        }
        for currency, first in sorted(firsts.items())
        for hour in range(first, last + 1)
    ]


@quick(40)
@given(st.lists(st.tuples(st.integers(-7200, 23 * 86_400), st.integers(-5, 400)), max_size=60))
def test_latencies(drawn: list[tuple[int, int]]) -> None:
    """Each row: how many seconds before the cut it was committed, and how many after its creation."""
    drawn = [(second - second % 1_800, latency) for second, latency in drawn]
    rows, by_hour, cut_hour = [], defaultdict(list), int(CUT.timestamp()) // 3600
    for before, latency in drawn:
        committed = int(CUT.timestamp()) - before
        created_at = datetime.fromtimestamp(committed - latency, UTC)
        rows.append({"commit_ns": committed * 10**9 + 999, "created_at": created_at})
        by_hour[committed // 3600].append(latency * 10**6)
    found = answered("hourly_latencies", rows, "UTC").to_pylist()
    assert found == [
        {
            "hour": hour,
            "hour_at": datetime.fromtimestamp(3600 * hour, UTC),
            "tested": hour >= cut_hour - 168,
            "commits": len(latencies),
            "p95_us": sorted(latencies)[math.ceil(len(latencies) * 95 / 100) - 1],
        }
        for hour, latencies in sorted(by_hour.items())
        if cut_hour - 21 * 24 <= hour < cut_hour
    ]
