"""The cause of every kind of drift on the smallest ledger that has it; the cases are written in causes.txt."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.schemas import TABLES
from checks.cause_words import cause_sentence, divergence_sentence, evidence_sentence
from checks.causes import Asked, causes_in, configured
from checks.past_drift import EXPORTS, PAST
from checks.sentences import Teller
from tests.checks.judging import PRESET
from tests.checks.ledger_text import Case, _cases, views

CASES = list(_cases("causes", (Path(__file__).parent / "causes.txt").read_text()))
READ = (
    *("wallets", "wallet_keys", "wallet_balances", "user_balances", "transactions", "projection_revisions"),
    *("source_cut", "balances", "drift"),
)
NEVER = (EXPORTS.empty_table(), PAST.empty_table())


def found(
    case: Case, folder: Path, past: tuple[pa.Table, pa.Table] = NEVER, budget: int = 10**6, asked: Asked | None = None
) -> list[dict[str, Any]]:
    tables = {**views(case, READ), **configured(PRESET, budget)}
    return causes_in(tables, lambda _: past, folder, asked).to_pylist()


def named(says: str) -> Case:
    return next(case for case in CASES if case.says == says)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says.replace(" ", "-"))
def test_the_cause_is_found(case: Case, tmp_path: Path) -> None:
    rows = found(case, tmp_path)
    columns = list(case.offenders[0]) if case.offenders else []
    assert [{name: str(row[name]) for name in columns} for row in rows] == case.offenders
    teller = Teller(PRESET.currencies)
    for row in rows:
        for tell in (cause_sentence, evidence_sentence, divergence_sentence):
            told = tell(teller, row)
            assert "None" not in told
            assert "  " not in told


def past(*drifts: int) -> tuple[pa.Table, pa.Table]:
    """Return exports of the first days of January, and how wallet w1 drifted in each."""
    cuts = [{"sequence": i, "cut_at": f"2025-01-0{i}T12:00:00Z"} for i in range(1, len(drifts) + 1)]
    exports = pa.Table.from_pylist(
        [{**cut, "cut_at": pa.scalar(cut["cut_at"]).cast(pa.timestamp("us", "UTC")).as_py()} for cut in cuts],
        schema=EXPORTS,
    )
    rows = [
        {"wallet_id": "w1", "currency": "EGP", "drift": drift, "sequence": i}
        for i, drift in enumerate(drifts, 1)
        if drift
    ]
    return exports, pa.Table.from_pylist(rows, schema=PAST)


@pytest.mark.parametrize(
    ("drifts", "window", "expected"),
    [
        ((0, -30), ["t2"], ("t2", 1, "window")),
        ((0, 0, -30), ["t3"], ("t3", 1, "window")),
        ((0, 0), ["t3", "t4"], ("t3", 1, "window")),
        ((-30,), ["t1"], ("t2", 2, "arithmetic")),
        ((5, 0, -30), ["t3"], ("t3", 1, "window")),
    ],
)
def test_earlier_exports_narrow_it_down(
    tmp_path: Path, drifts: tuple[int, ...], window: list[str], expected: tuple[str, int, str]
) -> None:
    (row,) = found(named("two rows fit, and neither is claimed"), tmp_path, past(*drifts))
    assert (row["parted_by"], row["exact"], row["window_rows"]) == ("exports", False, len(window))
    assert row["parted_transaction_id"] == window[0]
    assert (row["transaction_id"], row["candidates"], row["evidence"]) == expected
    told = divergence_sentence(Teller(PRESET.currencies), row)
    assert told.startswith("As the smallest window: ")
    assert ("after" in told) == (drifts[0] == 0 or 0 in drifts)


def test_where_too_much_drifts_the_largest_are_looked_at_and_the_others_said_not_to_be(tmp_path: Path) -> None:
    case = named("a cache that follows projection or ledger is not at fault")
    rows = found(case, tmp_path, budget=1)
    assert [row["cause"] for row in rows] == ["missed_apply", "not_looked_for"]
    (asked,) = found(case, tmp_path, budget=1, asked=Asked(("w2",), ()))
    assert (asked["wallet_id"], asked["cause"]) == ("w2", "missed_apply")


def test_nothing_is_looked_for_where_nothing_drifts(tmp_path: Path) -> None:
    case = named("every side agrees")
    tables = {**views(case, READ), **configured(PRESET, 1)}

    def never(_: pa.Table) -> tuple[pa.Table, pa.Table]:
        raise AssertionError

    assert causes_in(tables, never, tmp_path).equals(TABLES["causes"].empty_table())
