"""The rules of operations against plain Python that was written from the catalogue, on small random histories."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median, median_low
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
    st.tuples(
        st.sampled_from([0, 1, 59, 60, 240, 299, 300, 301, 600, 900]),
        st.sampled_from([1, 19, 20, 20, 21, 39, 40, 41]),
        st.integers(0, 4),
        st.sampled_from([0, 0, 1, 7, 15]),
    ),
    min_size=2,
    max_size=6,
)
"""Bursts of attempts: when they begin, how many, how many of the last of them fail, and how many seconds apart."""
BEGINNINGS = st.sampled_from([CUT - 2 * DAY, CUT - 7 * DAY - 300, CUT - 600])


def attempts_of(beginning: int, bursts: list[tuple[int, int, int, int]]) -> list[tuple[int, bool]]:
    return sorted(
        (beginning + begin + place * step, many - place <= failing)
        for begin, many, failing, step in bursts
        for place in range(many)
    )


def worst_windows(attempts: list[tuple[int, bool]]) -> list[tuple[datetime, int, int, datetime, datetime]]:
    """Return the worst window of each incident, as windows follow one another less than five minutes apart."""
    bad: list[tuple[int, int, int]] = []
    for end in sorted({moment for moment, _ in attempts}):
        window = [failed for moment, failed in attempts if end - 300 < moment <= end]
        if len(window) >= 20 and Fraction(sum(window), len(window)) > Fraction(5, 100):
            bad.append((end, len(window), sum(window)))
    incidents: list[list[tuple[int, int, int]]] = []
    for place, window_found in enumerate(bad):
        if place == 0 or window_found[0] - bad[place - 1][0] >= 300:
            incidents.append([])
        incidents[-1].append(window_found)

    def worst_first(each: tuple[int, ...]) -> tuple[int, int, int]:
        return -(10**6 * each[2] // each[1]), -each[2], each[0]

    worst = [(*min(each, key=worst_first), each[0][0], each[-1][0]) for each in incidents]
    return [(at(end), *counts, at(first), at(last)) for end, *counts, first, last in sorted(worst, key=worst_first)]


@quick(40)
@given(BEGINNINGS, BURSTS)
def test_error_rate_is_low(beginning: int, bursts: list[tuple[int, int, int, int]]) -> None:
    attempts = attempts_of(beginning, bursts)
    rows = [
        {"attempt_id": f"a{place}", "attempted_at": at(moment), "failed": failed}
        for place, (moment, failed) in enumerate(attempts)
    ]
    found = offenders("error_rate_is_low", {"attempts": rows, "source_cut": [{"cut_at": at(CUT)}]})
    names = ("window_end", "attempts", "failed", "first_window_end", "last_window_end")
    recent = [(moment, failed) for moment, failed in attempts if CUT - 7 * DAY < moment <= CUT]
    assert [tuple(row[name] for name in names) for row in found] == worst_windows(recent)


HOURS = st.sampled_from([[-1, -1, 0, 0, 1], [0, 1], [1, 2, 3, 4, 5], [9, 10, 11, 12, 18, 20, 22, 24]]).flatmap(
    lambda p95: st.lists(st.tuples(st.sampled_from([19, *[20] * 9]), st.sampled_from(p95)), min_size=35, max_size=60)
)
"""Commits and p95 of hours, the p95 so small that many are just twice the median, which may be none or negative."""


@quick(60)
@given(HOURS, st.integers(20, 30), st.sampled_from([0, 0, 130, 140]))
def test_processing_is_on_baseline(hours: list[tuple[int, int]], tested_from: int, pause: int) -> None:
    rows = [
        {"hour": hour, "hour_at": at(3600 * hour), "tested": place >= tested_from, "commits": commits, "p95_us": p95}
        for place, (commits, p95) in enumerate(hours)
        for hour in [place + (pause if place >= 20 else 0)]
    ]
    busy = {int(row["hour"]): row for row in rows if int(row["commits"]) >= 20}

    def before(hour: int, out: set[int]) -> list[int]:
        return [row["p95_us"] for other, row in busy.items() if 0 < hour - other <= 168 and other not in out]

    def slow(hour: int, out: set[int]) -> bool:
        known = before(hour, out)
        return len(known) >= 24 and busy[hour]["p95_us"] > max(0, 2 * median(known))

    incidents = {hour for hour in busy if slow(hour, set())}
    expected = [
        (row["hour_at"], row["commits"], row["p95_us"], median_low(before(hour, incidents)))
        for hour, row in busy.items()
        if row["tested"] and slow(hour, incidents)
    ]
    found = offenders("processing_is_on_baseline", {"hourly_latencies": rows})
    told = [(row["hour_at"], row["commits"], row["p95_us"], row["normal_us"]) for row in found]
    assert told == sorted(expected, key=lambda each: (each[3] - each[2], each[0]))


WEEKS = st.lists(
    st.tuples(
        st.sampled_from([None, 10, 10, 10, 19, 20, 20, 21, 30, 30, 31, 45, 60, 61]),
        st.sampled_from([0, 1, 2, 2, 3, 3, 6, 7, 9, 10, 2**64]),
    ),
    min_size=8,
    max_size=17,
)
"""Count and gross of one hour in the last 7 days and in weeks before; many are just three times the median."""
PLACES = [("EGP", 5), ("USD", 5), ("EGP", 6)]


@quick(40)
@given(st.tuples(*[WEEKS] * len(PLACES)))
def test_volume_is_normal(drawn: tuple[list[tuple[int | None, int]], ...]) -> None:
    volumes = {
        (currency, week, slot): (count, gross)
        for (currency, slot), weeks in zip(PLACES, drawn, strict=True)
        for week, (count, gross) in enumerate(weeks)
        if count is not None
    }
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

    def known(place: tuple[str, int, int], measure: int, out: set[tuple[str, int, int]]) -> list[int]:
        before = [(place[0], place[1] + back, place[2]) for back in range(1, 9)]
        found = [volumes[each][measure] for each in before if each in volumes and each not in out]
        return found if len(found) >= 4 else []

    def over(place: tuple[str, int, int], measure: int, out: set[tuple[str, int, int]]) -> bool:
        weeks = known(place, measure, out)
        return volumes[place][0] >= 20 and weeks != [] and volumes[place][measure] > 3 * median(map(Fraction, weeks))

    incidents = [{place for place in volumes if over(place, measure, set())} for measure in (0, 1)]
    expected = []
    for place in sorted(volumes, key=lambda each: (each[2], each[0])):
        if place[1] == 0 and any(over(place, measure, incidents[measure]) for measure in (0, 1)):
            weeks = [known(place, measure, incidents[measure]) for measure in (0, 1)]
            normal = [median_low(each) if each else None for each in weeks]
            expected.append((at(3600 * place[2]), place[0], *volumes[place], *normal))
    found = offenders("volume_is_normal", {"hourly_volumes": rows})
    names = ("hour_at", "currency", "transactions", "gross", "normal_transactions", "normal_gross")
    assert [tuple(row[name] for name in names) for row in found] == expected
