"""From the rows and the history of a month to its analytic section.

What goes in: one query a table, and which days are looked at. What stays out: the tests themselves (benford, volume).
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import cast

from reports.analytic import Analytic, CutOff, DigitTest, DriftPoint, LateDay, RepeatedAmount, RoundAmounts
from reports.benford import Population, digit_test
from reports.facts import MonthFacts, Query
from reports.figures import Row, minor, rows_of
from reports.volume import reconciled_days, volumes
from reports.wording import month_bounds, utc

EDGE = 3
"""How many days at either end of a month are always shown."""


def analytic(facts: MonthFacts, query: Query) -> Analytic:
    """Ask what starts questions about a month: digits, volumes, delays, and when it was reconciled."""
    first, after = month_bounds(facts.month)
    (known,) = rows_of(query, "day_of_the_cut")
    last = after - timedelta(days=1) if facts.complete else known["cut_day"]
    counts = {row["day"]: int(row["transactions"]) for row in rows_of(query, "daily_volume")}
    unfinished = None if facts.complete else known["cut_day"]
    verdicts = [(row["day"], row["verdict"]) for row in rows_of(query, "reconciled_days")]
    own = [(min(known["cut_day"], last), facts.verdict)] if facts.holds_cut else []
    return Analytic(
        digits=_digits(rows_of(query, "first_digits")),
        repeated=tuple(
            RepeatedAmount(**{**row, "size": minor(row["size"])}) for row in rows_of(query, "amounts_repeated")
        ),
        round=tuple(RoundAmounts(**row) for row in rows_of(query, "amounts_round")),
        volume=tuple(volumes(counts, first, last, began=min(counts, default=first), unfinished=unfinished)),
        cut_off=_cut_off(query, first, last),
        reconciled=tuple(reconciled_days(verdicts + own, first, last)),
        drift=tuple(
            DriftPoint(cut_at=utc(row["cut_at"]), currency=row["currency"], gross=minor(row["gross"]))
            for row in rows_of(query, "drift_over_time")
        ),
    )


def _digits(rows: Sequence[Row]) -> tuple[DigitTest, ...]:
    counts: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for row in rows:
        counts[row["currency"], row["population"]][int(row["digits"])] = int(row["transactions"])
    return tuple(
        digit_test(currency, cast("Population", population), counts[currency, population])
        for currency, population in sorted(counts)
    )


def _cut_off(query: Query, first: date, last: date) -> CutOff:
    (found,) = rows_of(query, "delays")
    days = {row["day"]: row for row in rows_of(query, "created_elsewhere")} if found["transactions"] else {}
    edges = {first + timedelta(days=number) for number in range(EDGE)}
    edges |= {last - timedelta(days=number) for number in range(EDGE)}
    shown = {day for day in edges if first <= day <= last} | {
        day for day, row in days.items() if row["later"] or row["earlier"]
    }
    return CutOff(
        known=bool(found["transactions"]),
        transactions=found["transactions"],
        median_us=found["median_us"],
        p99_us=found["p99_us"],
        longest_us=found["longest_us"],
        edges=tuple(_late(day, days.get(day, {})) for day in sorted(shown)) if days else (),
    )


def _late(day: date, row: Row) -> LateDay:
    return LateDay(
        day=day.isoformat(),
        transactions=int(row.get("transactions") or 0),
        after=int(row.get("later") or 0),
        before=int(row.get("earlier") or 0),
    )
