"""Months end where the zone says: daylight saving, leap days, and zones that change their minds."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast

import duckdb
import pytest

from assets.calendar import month_of, periods
from assets.certificate import Certificate
from assets.sources.staging import _month

INSTANT = timedelta(microseconds=1)


def certificate(zone: str, reached: datetime, *months: str) -> Certificate:
    said = SimpleNamespace(zone=zone, months=lambda: months, closed_before=lambda: reached)
    return cast("Certificate", said)


@pytest.mark.parametrize(
    ("zone", "month", "end"),
    [
        ("UTC", "2024-02", datetime(2024, 3, 1, tzinfo=UTC)),
        ("UTC", "2100-02", datetime(2100, 3, 1, tzinfo=UTC)),
        ("UTC", "0001-01", datetime(1, 2, 1, tzinfo=UTC)),
        ("UTC", "9998-12", datetime(9999, 1, 1, tzinfo=UTC)),
        ("Africa/Cairo", "2025-04", datetime(2025, 4, 30, 21, tzinfo=UTC)),
        ("Africa/Cairo", "2025-10", datetime(2025, 10, 31, 22, tzinfo=UTC)),
        ("America/New_York", "2025-02", datetime(2025, 3, 1, 5, tzinfo=UTC)),
        ("Pacific/Kiritimati", "2024-12", datetime(2024, 12, 31, 10, tzinfo=UTC)),
        ("Asia/Kathmandu", "2025-06", datetime(2025, 6, 30, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_month_is_complete_when_its_end_is_reached_and_no_instant_before(
    zone: str, month: str, end: datetime
) -> None:
    (before,) = periods(certificate(zone, end - INSTANT, month))
    (after,) = periods(certificate(zone, end, month))
    assert (before.complete, before.holds_cut) == (False, True)
    assert (after.complete, after.holds_cut) == (True, True), "its closing is the cut"
    (later,) = periods(certificate(zone, end + INSTANT, month))
    assert (later.complete, later.holds_cut) == (True, False)
    assert month_of(certificate(zone, end - INSTANT, month)) == month
    assert month_of(certificate(zone, end, month)) != month


def test_a_cut_between_two_months_that_both_have_rows_is_of_the_later_one() -> None:
    both = periods(certificate("UTC", datetime(2025, 7, 1, tzinfo=UTC), "2025-06", "2025-07"))
    assert [(each.month, each.complete, each.holds_cut) for each in both] == [
        ("2025-06", True, False),
        ("2025-07", False, True),
    ]


@pytest.mark.parametrize("zone", ["UTC", "Africa/Casablanca", "Africa/Cairo", "Europe/Berlin", "Australia/Lord_Howe"])
def test_rows_and_months_have_the_same_borders(zone: str) -> None:
    months = tuple(f"{year}-{number:02}" for year in (1999, 2024, 2026, 2030) for number in range(1, 13))
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for day in range(60):
        at = datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=day, minutes=day * 37)
        row_month = connection.execute(f"SELECT {_month(zone)} FROM (SELECT ?::TIMESTAMPTZ AS created_at)", [at])
        (found,) = row_month.fetchall()
        held = [period.month for period in periods(certificate(zone, at, *months)) if period.holds_cut]
        assert held == [found[0]]


def test_the_last_month_there_is_never_ends() -> None:
    (last,) = periods(certificate("America/New_York", datetime(9999, 12, 31, 23, tzinfo=UTC), "9999-12"))
    assert (last.complete, last.holds_cut) == (False, True)
