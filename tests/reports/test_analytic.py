"""What starts questions, against plain Python: first digits, repeated and round amounts, volumes, cut-off, days."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import log10, sqrt
from statistics import median

import pyarrow as pa
import pytest

from assets.schemas import TABLES
from reports.analytic import Analytic
from reports.analytic_figures import analytic
from reports.benford import digit_test
from reports.volume import volumes
from tests.reports.months import COLUMNS, Ledger, query_over, tables
from tests.reports.stories import broken

START, END = datetime(2025, 7, 1, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC)
CUT = date(2025, 7, 17)
NAMES = {"DEPOSIT": "deposits and withdrawals", "WITHDRAWAL": "deposits and withdrawals", "ADJUSTMENT": "adjustments"}
Drawn = list[dict[str, object]]


def drawn(seed: int, rows: int) -> list[dict[str, object]]:
    """Draw transactions from eight weeks before the month to the cut, some of them created in another month."""
    draw = random.Random(seed)  # noqa: S311 - a fixture, no secret
    made: list[dict[str, object]] = []
    for _ in range(rows):
        at = START - timedelta(days=60) + timedelta(seconds=draw.randrange(76 * 86_400))
        late = draw.choice([0, 1, 3, 3600, 86_400 * 20, -86_400 * 9]) * 1_000_000
        made.append(
            {
                "currency": draw.choice(["EGP", "JPY"]),
                "amount": draw.choice([1, -1]) * int(10 ** draw.uniform(0, 6)) * draw.choice([1, 1, 100]),
                "kind": draw.choice([*NAMES, "TRANSFER"]),
                "settled": draw.random() < 0.9,
                "created_at": at,
                "source_created_at": at + timedelta(microseconds=late),
                "delay_us": late,
            }
        )
    return made


def asked(rows: list[dict[str, object]], reconciled: list[dict[str, object]] | None = None) -> Analytic:
    """Ask the analytic section about these rows."""
    facts, _ = broken()
    schema = pa.schema([TABLES["transactions"].field(name) for name in COLUMNS])
    views = tables_of(rows, schema)
    views["reconciled"] = pa.Table.from_pylist(reconciled or [], schema=TABLES["earlier_cuts"])
    return analytic(facts, query_over(views))


def tables_of(rows: list[dict[str, object]], schema: pa.Schema) -> dict[str, pa.Table]:
    month = [row for row in rows if START <= row["created_at"] < END]  # type: ignore[operator]
    return tables(Ledger(), {}) | {
        "transactions": pa.Table.from_pylist(month, schema=schema),
        "nearby": pa.Table.from_pylist(rows, schema=schema),
    }


@pytest.mark.parametrize("seed", range(3))
def test_digits_repetitions_and_round_amounts_are_those_of_plain_integers(seed: int) -> None:
    rows = drawn(seed, 25_000)
    found = asked(rows)
    populations: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row["created_at"] >= START and row["settled"] and row["kind"] in NAMES:  # type: ignore[operator]
            key = str(row["currency"]), NAMES[str(row["kind"])]
            populations.setdefault(key, []).append(abs(int(str(row["amount"]))))
    assert [(each.currency, each.population) for each in found.digits] == sorted(populations)
    for each in found.digits:
        sizes = populations[each.currency, each.population]
        large = [size for size in sizes if size >= 10]
        assert (each.transactions, each.too_small) == (len(large), len(sizes) - len(large))
        length = {"first two digits": 2, "first digit": 1}[each.test]
        assert (each.test == "first two digits") is (len(large) >= 1000)
        counts = Counter(int(str(size)[:length]) for size in large)
        assert {group.digits: group.transactions for group in each.digits if group.transactions} == counts
        off = [abs(group.transactions / len(large) - log10(1 + 1 / group.digits)) for group in each.digits]
        deviation = sum(off) / len(off)
        assert each.deviation == pytest.approx(deviation * 1e6, abs=1)
        if length == 2:
            assert each.excess == pytest.approx((deviation - 1 / sqrt(158.8 * len(large))) * 1e6, abs=1)
        for group in each.digits:
            share = log10(1 + 1 / group.digits)
            gap = max(abs(group.transactions / len(large) - share) - 1 / (2 * len(large)), 0)
            assert group.z == pytest.approx(100 * gap / sqrt(share * (1 - share) / len(large)), abs=1)
    for key, sizes in populations.items():
        most = sorted(((n, size) for size, n in Counter(sizes).items() if n > 1), reverse=True)[:10]
        repeated = [each for each in found.repeated if (each.currency, each.population) == key]
        assert [(each.transactions, int(each.size)) for each in repeated] == most
        (round_ones,) = [each for each in found.round if (each.currency, each.population) == key]
        hundred = {"EGP": 10_000, "JPY": 100}[key[0]]
        assert (round_ones.transactions, round_ones.round) == (len(sizes), sum(not size % hundred for size in sizes))


@pytest.mark.parametrize("seed", range(3))
def test_days_have_the_limits_of_the_eight_weeks_before_and_cut_off_is_counted(seed: int) -> None:
    rows = drawn(seed, 6_000)
    found = asked(rows)
    counts = Counter(row["created_at"].date() for row in rows)  # type: ignore[attr-defined]
    assert [each.day for each in found.volume] == [f"2025-07-{day:02}" for day in range(1, 18)]
    for each in found.volume:
        day = date.fromisoformat(each.day)
        before = [counts[day - timedelta(weeks=weeks)] for weeks in range(1, 9)]
        middle = median(before)
        spread = 3.5 * 1.4826 * median(abs(number - middle) for number in before)
        assert each.transactions == counts[day]
        within = middle - spread <= each.transactions <= middle + spread
        assert each.standing == ("not judged" if day == CUT else "within" if within else each.standing)
        assert (each.standing in ("above", "below")) is (not within and day != CUT)
    month = [row for row in rows if START <= row["created_at"] < END]  # type: ignore[operator]
    delays = sorted(int(str(row["delay_us"])) for row in month)
    cut_off = found.cut_off
    assert (cut_off.transactions, cut_off.longest_us) == (len(month), delays[-1])
    assert cut_off.median_us == delays[(len(delays) + 1) // 2 - 1]
    assert sum(each.after for each in cut_off.edges) == sum(row["source_created_at"] >= END for row in month)  # type: ignore[operator]
    assert sum(each.before for each in cut_off.edges) == sum(row["source_created_at"] < START for row in month)  # type: ignore[operator]


def test_a_day_without_a_reconciliation_is_not_done_and_the_worst_verdict_counts() -> None:
    at = datetime(2025, 7, 3, 9, tzinfo=UTC)
    cuts: list[dict[str, object]] = [
        {"cut_at": at, "verdict": "CLEAN"},
        {"cut_at": at + timedelta(hours=1), "verdict": "BROKEN"},
        {"cut_at": at + timedelta(hours=2), "verdict": "NOT VERIFIED"},
        {"cut_at": at - timedelta(days=40), "verdict": "BROKEN"},
    ]
    found = {each.day: each for each in asked(drawn(1, 500), cuts).reconciled}
    assert (found["2025-07-03"].reconciliations, found["2025-07-03"].standing) == (3, "BROKEN")
    assert found["2025-07-17"].reconciliations == 1
    assert found["2025-07-17"].standing == "BROKEN", "the report's own cut"
    assert {each.standing for day, each in found.items() if day not in ("2025-07-03", "2025-07-17")} == {"not done"}


def test_too_few_amounts_are_not_tested_and_the_law_itself_is_close() -> None:
    assert digit_test("EGP", "adjustments", {10: 299}).test == "not run"
    assert digit_test("EGP", "adjustments", {10: 300}).test == "first digit"
    lawful = {digits: round(1_000_000 * log10(1 + 1 / digits)) for digits in range(10, 100)}
    assert digit_test("EGP", "adjustments", lawful).conformity == "close"
    even = dict.fromkeys(range(10, 100), 1_000)
    assert digit_test("EGP", "adjustments", even).conformity == "nonconforming"


def test_a_weekday_without_eight_weeks_before_is_not_judged() -> None:
    first, began = date(2025, 7, 1), date(2025, 5, 8)
    found = list(volumes({began: 1}, first, date(2025, 7, 4), began=began, unfinished=None))
    assert [each.standing for each in found] == ["not judged", "not judged", "within", "within"]
