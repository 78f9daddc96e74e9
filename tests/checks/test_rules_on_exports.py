"""Rules that rest on what an export did with a row, or on what an export before left: judged on real exports."""

from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.audit import Audit
from assets.balances import compute_balances, second_balances
from assets.closed_months import close_months, closed_months
from assets.drift import compute_drift
from assets.movements import compute_months
from assets.store import Home
from checks.judge import judge
from checks.outcome import Outcome
from checks.rules import RULES
from checks.scopes import Scope, cut_scope, month_scope
from tests.assets.ledgers import Bench, Ledger, Row, bench, documents, export, mapping_of, write_snapshot

JANUARY = Row("t1", "w1", 100, at="2025-01-03T10:00:00")
FEBRUARY = Row("t2", "w2", 30, at="2025-02-03T10:00:00")
APRIL = Row("t3", "w1", 7, at="2025-04-01T10:00:00")
LEDGER = Ledger([JANUARY, FEBRUARY, APRIL])
CLOSED = ("months_stay_closed", "openings_equal_closings", "money_is_conserved")


def audited(work: Bench, ledger: Ledger, day: int) -> Audit:
    """Audit a ledger as of a day of April 2025 up to the point where rules are judged."""
    nanoseconds = (1_743_465_600 + day * 86_400) * 10**9
    snapshot = write_snapshot(work.folder / f"snapshot_brave-otter-123_{nanoseconds}.zip", documents(ledger))
    home = work.home()
    audit = Audit(home, work.mapping, export(home, work.mapping, snapshot))
    with home.writing():
        audit.keep_months(compute_months(home, audit.export, work.mapping, lambda *_: None))
        audit.keep("balances", compute_balances(home, audit.export, audit.months()[-1]))
        audit.keep("balances_again", second_balances(home, audit.export))
        audit.keep("drift", compute_drift(home, audit.export, audit.table("balances")))
        audit.keep("closed_months", closed_months(audit)[0])
        close_months(audit)
    return audit


def outcomes(home: Home, scope: Scope, *rules: str) -> dict[str, Outcome]:
    with home.writing():
        made = judge(home, scope, [rule for rule in RULES if rule.name in rules])
    return {outcome.rule: outcome for outcome in made}


def told(audit: Audit, scope: Scope) -> dict[str, tuple[str, int, list[tuple[str, str]]]]:
    """Return result, examined rows, and month and wallet of each offender, of the rules about closed months."""
    found = {}
    for name, outcome in outcomes(audit.home, scope, *CLOSED[:2]).items():
        rows = pq.read_table(audit.home.path / outcome.rows).to_pylist() if outcome.rows else []
        offenders = sorted((row["month"], row["wallet_id"]) for row in rows)
        found[name] = (outcome.result, outcome.examined, offenders)
    return found


def test_months_are_not_held_to_anything_in_the_first_export(work: Bench) -> None:
    audit = audited(work, LEDGER, 1)
    assert {result for result, _, _ in told(audit, cut_scope(audit)).values()} == {"not applicable"}
    assert outcomes(audit.home, cut_scope(audit), "money_is_conserved")["money_is_conserved"].result == "held"


def test_months_that_stay_as_they_were_are_counted_and_held(work: Bench) -> None:
    audited(work, LEDGER, 1)
    audit = audited(work, replace(LEDGER, rows=[*LEDGER.rows, Row("t4", "w2", 5, at="2025-04-02T10:00:00")]), 3)
    assert told(audit, cut_scope(audit)) == {
        "months_stay_closed": ("held", 3, []),
        "openings_equal_closings": ("held", 4, []),
    }


def test_a_closed_month_that_gained_a_row_restates_all_that_rest_on_it(work: Bench) -> None:
    audited(work, LEDGER, 1)
    audit = audited(work, replace(LEDGER, rows=[*LEDGER.rows, Row("t4", "w2", 5, at="2025-01-09T10:00:00")]), 3)
    assert told(audit, cut_scope(audit)) == {
        "months_stay_closed": ("broken", 4, [("2025-01", "w2"), ("2025-02", "w2")]),
        "openings_equal_closings": ("broken", 4, [("2025-02", "w2"), ("2025-04", "w2")]),
    }
    conserved = outcomes(audit.home, cut_scope(audit), "money_is_conserved")["money_is_conserved"]
    assert (conserved.result, conserved.offenders) == ("broken", 1)
    by_month = {month.month: told(audit, month_scope(audit, month)) for month in audit.months()}
    assert {month: said["months_stay_closed"][2] for month, said in by_month.items()} == {
        "2025-01": [("2025-01", "w2")],
        "2025-02": [("2025-02", "w2")],
        "2025-04": [],
    }
    assert {month: said["openings_equal_closings"][2] for month, said in by_month.items()} == {
        "2025-01": [],
        "2025-02": [("2025-02", "w2")],
        "2025-04": [("2025-04", "w2")],
    }


def test_a_restatement_is_told_once(work: Bench) -> None:
    changed = replace(LEDGER, rows=[replace(JANUARY, amount=99), FEBRUARY, APRIL])
    audited(work, LEDGER, 1)
    audited(work, changed, 3)
    audit = audited(work, changed, 4)
    assert {result for result, _, _ in told(audit, cut_scope(audit)).values()} == {"held"}


@pytest.mark.parametrize("balance", [0.5, 2.0**53])
def test_an_inexact_projection_is_a_finding_and_breaks_no_gate(tmp_path: Path, balance: float) -> None:
    tables = documents(Ledger([JANUARY], recorded=[("w1", "EGP", 100), ("w2", "EGP", 0)]))
    tables = {name: [{**row, **_floats(row)} for row in rows] for name, rows in tables.items()}
    tables["walletBalances"][1]["balance"] = balance
    work = Bench(tmp_path, mapping_of(tmp_path, ""))
    snapshot = write_snapshot(tmp_path / "snapshot_brave-otter-123_1743465600000000000.zip", tables)
    audit = Audit(work.home(), work.mapping, export(work.home(), work.mapping, snapshot))
    with audit.home.writing():
        audit.keep_months(compute_months(audit.home, audit.export, work.mapping, lambda *_: None))
        audit.keep("drift", compute_drift(audit.home, audit.export, compute_balances(audit.home, audit.export, None)))
    rules = ("exports_are_complete", "schemas_match", "recorded_balances_are_integers")
    found = outcomes(audit.home, cut_scope(audit), *rules)
    assert {name: outcome.result for name, outcome in found.items()} == dict(
        zip(rules, ("held", "held", "broken"), strict=True)
    )
    integers = found["recorded_balances_are_integers"]
    assert (integers.examined, integers.offenders) == (2, 1)
    assert integers.sentence.startswith("In wallet_balances, recorded of row p1 is no exact integer below 2^53: {")


def _floats(row: dict[str, object]) -> dict[str, float]:
    """Return the money of a document as the preset expects it: a float."""
    return {name: float(row[name]) for name in ("amount", "balance") if isinstance(row.get(name), int)}


@pytest.fixture
def work() -> Bench:
    with bench() as made:
        yield made
