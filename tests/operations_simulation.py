"""Months of a ledger's life with planted incidents, and how many of them the rules of operations find.

`python -m tests.operations_simulation [seeds]` prints precision and recall of each rule over as many simulations.
Precision is the share of what was told that was planted, recall the share of what was planted that was told.
The days have a rhythm, the weeks too, the ledger grows, everything has noise, and the past has incidents of its own.
What is planted is clear: well beyond the threshold of its rule, and where there is enough to compare with.
"""

import math
import random
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import hours
from assets.schemas import TABLES
from tests.checks.judging import REGISTER
from tests.checks.ledger_text import CONFIGURATION
from tests.kept_engine import kept_engine

CUT = datetime(2025, 6, 30, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SQL = Path(hours.__file__).parent / "sql"


@dataclass(frozen=True)
class Score:
    """How many incidents were planted, how many of them were told, and how many were told that were none."""

    planted: int
    found: int
    false: int

    def __add__(self, other: "Score") -> "Score":
        return Score(self.planted + other.planted, self.found + other.found, self.false + other.false)

    @property
    def recall(self) -> float:
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        told = self.found + self.false
        return self.found / told if told else 1.0


def scored(planted: set[Any], told: set[Any]) -> Score:
    return Score(len(planted), len(planted & told), len(told - planted))


def volume_is_normal(draw: random.Random) -> Score:
    """17 weeks of two currencies, 1 % more a week; five to ten times the volume in planted hours, 3 in 100."""
    pool = [int(draw.lognormvariate(8, 0.6)) * draw.choice((-1, 1)) for _ in range(5_000)]
    rows: dict[str, list[Any]] = {"created_at": [], "currency": [], "amount": []}
    planted = set()
    for currency, often in (("EGP", 60.0), ("USD", 30.0)):
        for hour in range(-17 * 168, 0):
            at = CUT + hour * HOUR
            mean = often * _rhythm(at) * 1.01 ** (hour / 168)
            incident = draw.random() < 0.03 and mean > 20
            planted |= {(currency, at)} if incident and hour >= -168 else set()
            count = _noisy(draw, mean * (draw.uniform(5, 10) if incident else 1))
            rows["created_at"] += [at + HOUR * place / count for place in range(count)]
            rows["currency"] += [currency] * count
            rows["amount"] += draw.choices(pool, k=count)
    found = _judged("volume_is_normal", {"hourly_volumes": _hourly("hourly_volumes", rows)})
    return scored(planted, {(row["currency"], row["hour_at"]) for row in found})


def processing_is_on_baseline(draw: random.Random) -> Score:
    """Three weeks of commits, a third slower by day than by night; three to eight times slower in planted hours."""
    rows: dict[str, list[Any]] = {"commit_ns": [], "created_at": []}
    planted = set()
    for hour in range(-21 * 24, 0):
        at, factor = CUT + hour * HOUR, 1.0
        if draw.random() < 0.03:
            factor = draw.uniform(3, 8)
            planted |= {at} if hour >= -168 else set()
        for _ in range(max(25, _noisy(draw, 80 * _rhythm(at)))):
            committed = at + draw.random() * HOUR
            seconds = draw.lognormvariate(-3, 0.3) * (1 + _rhythm(at) / 5) * factor
            rows["commit_ns"].append(int((committed - EPOCH) / timedelta(microseconds=1)) * 1000)
            rows["created_at"].append(committed - timedelta(seconds=seconds))
    found = _judged("processing_is_on_baseline", {"hourly_latencies": _hourly("hourly_latencies", rows)})
    return scored(planted, {row["hour_at"] for row in found})


def error_rate_is_low(draw: random.Random) -> Score:
    """Two days of attempts of which 3 in 1,000 fail; in planted bursts of two to ten minutes 20 to 60 % do."""
    bursts: list[tuple[float, float]] = []
    begin = draw.uniform(600, 7200)
    while begin < 2 * 86_400 - 1_200:
        bursts.append((begin, begin + draw.uniform(120, 600)))
        begin += draw.uniform(1_800, 14_400)
    rates = {burst: draw.uniform(0.2, 0.6) for burst in bursts}
    rows, second = [], 0.0
    while second < 2 * 86_400:
        failing = next((rates[burst] for burst in bursts if burst[0] <= second < burst[1]), 0.003)
        at = CUT - timedelta(days=2) + timedelta(seconds=second)
        rows.append({"attempt_id": f"a{len(rows)}", "attempted_at": at, "failed": draw.random() < failing})
        second += draw.expovariate(0.8 * (0.6 + _rhythm(at) / 2))
    attempts = pa.Table.from_pylist(rows, schema=TABLES["attempts"])
    found = _judged("error_rate_is_low", {"attempts": attempts, "source_cut": _cut()})
    told = [(row["window_end"] - (CUT - timedelta(days=2))).total_seconds() for row in found]
    hit = [any(begin <= end < until + 300 for end in told) for begin, until in bursts]
    false = [end for end in told if not any(begin <= end < until + 300 for begin, until in bursts)]
    return Score(len(bursts), sum(hit), len(false))


def controls_ran(draw: random.Random) -> Score:
    """Simulate a week of hourly runs that take up to ten minutes; some hours are planted to have none."""
    planted, ended = set(), []
    hour = 0
    while hour < 168:
        ended.append(CUT - WEEK + hour * HOUR + timedelta(minutes=draw.uniform(1, 10)))
        missing = draw.randrange(1, 6) if draw.random() < 0.05 and hour < 160 else 0
        planted |= {ended[-1]} if missing else set()
        hour += 1 + missing
    history = _runs([(at, True) for at in ended])
    found = _judged("controls_ran", {"run_history": history, "asked": _asked(CUT)})
    return scored(planted, {row["since_at"] for row in found})


def reconciliations_succeed(draw: random.Random) -> Score:
    """Histories of 30 runs of which one in ten fails; some end in a planted streak of three to six failures."""
    total = Score(0, 0, 0)
    for place in range(20):
        planted = place % 2 == 0
        runs = [draw.random() < 0.9 for _ in range(30)] + [True, draw.random() < 0.5, draw.random() < 0.5]
        runs += [True] if planted else []
        runs += [False] * draw.randrange(3, 7) if planted else []
        history = _runs([(CUT - (len(runs) - each) * HOUR, succeeded) for each, succeeded in enumerate(runs)])
        told = bool(_judged("reconciliations_succeed", {"run_history": history}))
        total += Score(int(planted), int(planted and told), int(told and not planted))
    return total


def drift_is_not_rising(draw: random.Random) -> Score:
    """Ten reconciled exports of three currencies: no drift, the same drift, or a planted one that ends in rising."""
    total = Score(0, 0, 0)
    for _ in range(20):
        rows, planted = [], set()
        for currency in ("EGP", "EUR", "USD"):
            gross, rises = draw.choice((0, draw.randrange(1, 10**6))), draw.random() < 0.3
            planted |= {currency} if rises else set()
            for sequence in range(1, 11):
                gross += draw.randrange(1, 10**4) if rises and sequence > 6 else 0
                rows.append({"sequence": sequence, "currency": currency, "gross": Decimal(gross)})
        history = pa.Table.from_pylist(rows, schema=TABLES["drift_history"])
        found = _judged("drift_is_not_rising", {"drift_history": history})
        total += scored(planted, {row["currency"] for row in found})
    return total


SIMULATIONS: Mapping[str, Callable[[random.Random], Score]] = {
    simulation.__name__: simulation
    for simulation in (
        controls_ran,
        reconciliations_succeed,
        error_rate_is_low,
        drift_is_not_rising,
        processing_is_on_baseline,
        volume_is_normal,
    )
}


def simulated(rule: str, seeds: range) -> Score:
    """Return what a rule scores over so many simulations; the same seeds give the same score."""
    return sum((SIMULATIONS[rule](random.Random(seed)) for seed in seeds), Score(0, 0, 0))  # noqa: S311 - no secret


def table(seeds: range) -> Iterator[str]:
    yield f"{'rule':<28}{'planted':>8}{'found':>8}{'false':>8}{'recall':>8}{'precision':>11}"
    for rule in SIMULATIONS:
        score = simulated(rule, seeds)
        figures = f"{score.planted:>8}{score.found:>8}{score.false:>8}{score.recall:>8.3f}{score.precision:>11.3f}"
        yield f"{rule:<28}{figures}"


def _rhythm(at: datetime) -> float:
    """Return how busy an hour is: evenings are, nights are not, weekends are a little less."""
    day = 1 + 0.6 * math.sin((at.hour - 9) / 24 * 2 * math.pi)
    return day * (0.8 if at.weekday() in (4, 5) else 1.0)


def _noisy(draw: random.Random, mean: float) -> int:
    """Return a count of that mean, with a fifth more spread than chance alone gives."""
    return max(0, round(draw.gauss(mean, 1.2 * math.sqrt(mean))))


def _hourly(name: str, columns: Mapping[str, list[Any]]) -> pa.Table:
    schema = pa.schema([TABLES["transactions"].field(column) for column in columns])
    views = {
        "transactions": pa.table(dict(columns), schema=schema),
        "source_cut": _cut(),
        "asked": pa.table({"zone": ["UTC"]}),
    }
    with kept_engine(views) as query:
        return query((SQL / f"{name}.sql").read_text()).cast(TABLES[name])


def _cut() -> pa.Table:
    return pa.Table.from_pylist([{"cut_at": CUT}], schema=TABLES["source_cut"])


def _asked(at: datetime) -> pa.Table:
    asked = {"asked_at": at, "asked_second": int(at.timestamp())}
    return pa.Table.from_pylist([asked], schema=TABLES["asked"])


def _runs(ended: list[tuple[datetime, bool]]) -> pa.Table:
    rows = [
        {"sequence": number, "run_id": f"r{number}", "ended_at": at, "succeeded": succeeded}
        | {"ended_second": int(at.timestamp()), "began_at": at}
        for number, (at, succeeded) in enumerate(ended, 1)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["run_history"])


def _judged(rule: str, tables: Mapping[str, pa.Table]) -> list[dict[str, Any]]:
    with kept_engine({**tables, "settings": CONFIGURATION["settings"]}) as query:
        found: list[dict[str, Any]] = query(REGISTER[rule].text).to_pylist()
    return found


if __name__ == "__main__":
    for line in table(range(int(sys.argv[1]) if len(sys.argv) > 1 else 10)):
        sys.stdout.write(line + "\n")
