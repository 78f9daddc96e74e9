"""The rules of operations against plain Python that was written from the catalogue, on small random histories."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.assets.ledgers import quick
from tests.checks.judging import REGISTER
from tests.checks.ledger_text import CONFIGURATION, SCHEMAS
from tests.kept_engine import kept_engine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400
CUT = 20_000 * DAY
Row = Mapping[str, Any]
CURRENCIES = st.sampled_from(["EGP", "USD"])


def at(second: float) -> datetime:
    return EPOCH + timedelta(seconds=second)


def offenders(rule: str, tables: Mapping[str, list[Any]], **settings: int) -> list[dict[str, Any]]:
    """Return what a rule answers; columns that are not written are null."""
    views = {name: pa.Table.from_pylist(rows, schema=SCHEMAS[name]) for name, rows in tables.items()}
    preset = CONFIGURATION["settings"].to_pylist()[0]
    views["settings"] = pa.Table.from_pylist([preset | settings], schema=SCHEMAS["settings"])
    with kept_engine(views) as query:
        found: list[dict[str, Any]] = query(REGISTER[rule].text).to_pylist()
    return found


@quick(40)
@given(st.lists(st.tuples(st.integers(1, 300_000), st.booleans()), max_size=12), st.sampled_from([0, 60, 1440, 10_080]))
def test_controls_ran(runs: list[tuple[int, bool]], expected: int) -> None:
    ended, history = CUT - sum(gap for gap, _ in runs), []
    for gap, succeeded in runs:
        ended += gap
        history.append({"ended_at": at(ended), "ended_second": ended, "succeeded": succeeded})
    asked = CUT + 1_000
    instants = [row["ended_second"] for row in history if row["succeeded"]] + [asked]
    found = offenders(
        "controls_ran",
        {"run_history": history, "asked": [{"asked_at": at(asked), "asked_second": asked}]},
        expected_interval_minutes=expected,
    )
    missed = {
        (at(before), at(after))
        for before, after in pairwise(instants)
        if expected and after - before > expected * 60 and after > asked - 7 * DAY
    }
    assert {(row["since_at"], row["until_at"]) for row in found} == missed
    assert [row["minutes"] for row in found] == sorted((row["minutes"] for row in found), reverse=True)


@quick(40)
@given(st.lists(st.booleans(), max_size=9))
def test_reconciliations_succeed(succeeded: list[bool]) -> None:
    history = [{"sequence": place, "run_id": f"r{place}", "succeeded": s} for place, s in enumerate(succeeded, 1)]
    streak: list[str] = []
    for row in history:
        streak = [] if row["succeeded"] else [str(row["run_id"]), *streak]
    found = offenders("reconciliations_succeed", {"run_history": history})
    assert [row["run_id"] for row in found] == (streak if len(streak) >= 3 else [])


@quick(40)
@given(st.lists(st.dictionaries(CURRENCIES, st.integers(0, 4), min_size=1), min_size=1, max_size=6))
def test_drift_is_not_rising(points: list[dict[str, int]]) -> None:
    history = [
        {"sequence": place, "currency": currency, "gross": Decimal(gross)}
        for place, point in enumerate(points, 1)
        for currency, gross in point.items()
    ]
    last = points[-4:]
    rising = {
        currency
        for currency in ("EGP", "USD")
        if len(last) == 4 and all(currency in point for point in last)
        if all(before[currency] < after[currency] for before, after in pairwise(last))
    }
    assert {row["currency"] for row in offenders("drift_is_not_rising", {"drift_history": history})} == rising


BURSTS = st.lists(
    st.tuples(st.integers(0, 1_500), st.integers(1, 30), st.integers(0, 20), st.integers(1, 15)), max_size=5
)
"""Bursts of attempts: when they begin, how many, how many of them fail, and how many seconds apart."""


def attempts_of(bursts: list[tuple[int, int, int, int]]) -> list[tuple[int, bool]]:
    return sorted(
        (CUT - 2 * DAY + begin + place * step, place < failing)
        for begin, many, failing, step in bursts
        for place in range(many)
    )


def worst_windows(attempts: list[tuple[int, bool]]) -> Iterator[tuple[datetime, int, int]]:
    """Yield the worst window of each incident, as windows follow one another less than five minutes apart."""
    bad: list[tuple[int, int, int]] = []
    for end in sorted({moment for moment, _ in attempts}):
        window = [failed for moment, failed in attempts if end - 300 < moment <= end]
        if len(window) >= 20 and sum(window) / len(window) > 0.05:
            bad.append((end, len(window), sum(window)))
    incident: list[tuple[int, int, int]] = []
    for window_found in [*bad, None]:
        if incident and (window_found is None or window_found[0] - incident[-1][0] >= 300):
            end, count, failed = min(incident, key=lambda each: (-(10**6 * each[2] // each[1]), -each[2], each[0]))
            yield at(end), count, failed
            incident = []
        incident += [window_found] if window_found else []


@quick(40)
@given(BURSTS)
def test_error_rate_is_low(bursts: list[tuple[int, int, int, int]]) -> None:
    attempts = attempts_of(bursts)
    rows = [
        {"attempt_id": f"a{place}", "attempted_at": at(moment), "failed": failed}
        for place, (moment, failed) in enumerate(attempts)
    ]
    found = offenders("error_rate_is_low", {"attempts": rows, "source_cut": [{"cut_at": at(CUT)}]})
    told = sorted((row["window_end"], row["attempts"], row["failed"]) for row in found)
    assert told == sorted(worst_windows(attempts))


@quick(40)
@given(st.lists(st.tuples(st.integers(15, 30), st.integers(1, 30)), min_size=25, max_size=60), st.integers(20, 59))
def test_processing_is_on_baseline(hours: list[tuple[int, int]], tested_from: int) -> None:
    rows = [
        {"hour": hour, "hour_at": at(3600 * hour), "tested": hour >= tested_from, "commits": commits, "p95_us": p95**2}
        for hour, (commits, p95) in enumerate(hours)
    ]
    busy = {int(row["hour"]): int(row["p95_us"]) for row in rows if int(row["commits"]) >= 20}

    def slow(hour: int, out: set[int]) -> bool:
        before = [p95 for other, p95 in busy.items() if other < hour and hour - other <= 168 and other not in out]
        return len(before) >= 24 and busy[hour] > 2 * median(before)

    incidents = {hour for hour in busy if slow(hour, set())}
    expected = {at(3600 * hour) for hour in busy if hour >= tested_from and slow(hour, incidents)}
    found = offenders("processing_is_on_baseline", {"hourly_latencies": rows})
    assert {row["hour_at"] for row in found} == expected


WEEKS = st.dictionaries(
    st.tuples(CURRENCIES, st.integers(0, 16), st.integers(0, 1)),
    st.tuples(st.sampled_from([0, 5, 10, 19, 20, 21, 40, 90]), st.sampled_from([0, 10, 30, 31, 100, 2**64])),
    max_size=50,
)


@quick(40)
@given(WEEKS)
def test_volume_is_normal(volumes: dict[tuple[str, int, int], tuple[int, int]]) -> None:
    rows = [
        {
            "currency": currency,
            "week": week,
            "slot": slot,
            "hour_at": at(3600 * slot),
            "transactions": count,
            "gross": Decimal(gross),
        }
        for (currency, week, slot), (count, gross) in volumes.items()
    ]

    def over(place: tuple[str, int, int], measure: int, out: set[tuple[str, int, int]]) -> bool:
        currency, week, slot = place
        before = [(currency, week + back, slot) for back in range(1, 9)]
        known = [volumes[each][measure] for each in before if each in volumes and each not in out]
        return volumes[place][0] >= 20 and len(known) >= 4 and volumes[place][measure] > 3 * median(known)

    incidents = [{place for place in volumes if over(place, measure, set())} for measure in (0, 1)]
    expected = {
        (at(3600 * place[2]), place[0])
        for place in volumes
        if place[1] == 0 and any(over(place, measure, incidents[measure]) for measure in (0, 1))
    }
    found = offenders("volume_is_normal", {"hourly_volumes": rows})
    assert {(row["hour_at"], row["currency"]) for row in found} == expected
