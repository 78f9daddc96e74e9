"""The report's figures against plain Python integers: from the ledger's rows, and from the JSON alone."""

import json
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assets.promises import TIME
from reports.build import build_report
from reports.model import Report, report_json
from tests.reports.months import SUM, Ledger, ledger, query_over, tables, with_facts
from tests.reports.rulings import with_facts_of
from tests.reports.stories import STORIES, broken, clean, empty, unverified


def as_json(name: str) -> dict[str, Any]:
    facts, query = STORIES[name]()
    loaded: dict[str, Any] = json.loads(report_json(build_report(facts, query)))
    return loaded


@pytest.mark.parametrize("name", STORIES)
def test_every_total_foots_from_the_json_alone(name: str) -> None:
    report = as_json(name)
    for line in report["roll_forward"]["currencies"]:
        moved = sum(int(movement["amount"]) for movement in line["movements"])
        assert int(line["opening"]) + int(line["taken_over"]) + moved == int(line["closing_by_kind"])
        assert int(line["closing_by_wallet"]) - int(line["closing_by_kind"]) == int(line["difference"]) == 0
        owed = next(each for each in report["liabilities"] if each["currency"] == line["currency"])
        assert int(owed["owed"]) + int(owed["overdrawn"]) == int(line["closing_by_wallet"])
        assert int(owed["owed_before"]) + int(owed["overdrawn_before"]) == int(line["opening"])
        assert int(owed["owed"]) - int(owed["owed_before"]) == int(owed["change"])
    assert sum(len(group["rules"]) for group in report["coverage"]) == len(report["rules"])


def test_liability_and_roll_forward_are_those_of_the_rows() -> None:
    made = ledger(7, 60, ("EGP", "JPY", "KWD", "USD"))
    facts, _ = broken()
    report = build_report(facts, query_over(tables(made, {})))
    for owed, line in zip(report.liabilities, report.roll_forward.currencies, strict=True):
        balances: dict[str, int] = {}
        for wallet, currency, _, amount, settled, _ in made.rows:
            if settled and currency == owed.currency:
                balances[wallet] = balances.get(wallet, 0) + amount
        assert int(owed.owed) == sum(balance for balance in balances.values() if balance > 0)
        assert int(owed.overdrawn) == sum(balance for balance in balances.values() if balance < 0)
        assert owed.wallets == sum(balance > 0 for balance in balances.values())
        for movement in line.movements:
            amounts = [row[3] for row in made.rows if row[1:3] == (line.currency, movement.kind) and row[4] and row[5]]
            assert (movement.transactions, int(movement.amount)) == (len(amounts), sum(amounts))
        pending = [row[3] for row in made.rows if row[1] == line.currency and not row[4]]
        assert int(line.unsettled_to_date) == sum(pending)


def test_drift_is_that_of_the_balances() -> None:
    facts, query = broken()
    report = build_report(facts, query)
    drifts: dict[str, list[int]] = {}
    for row in query("SELECT currency, drift FROM drift").to_pylist():
        drifts.setdefault(row["currency"], []).append(int(row["drift"]))
    for line in report.drift.currencies:
        values = drifts[line.currency]
        assert (line.compared, line.drifting) == (len(values), sum(value != 0 for value in values))
        assert (int(line.gross), int(line.net)) == (sum(map(abs, values)), sum(values))
        assert int(line.largest) == max(values, key=abs)
    assert "10 drift" in report.drift.sentence


def test_exposure_parts_gross_drift_and_says_whether_it_is_systemic() -> None:
    facts, query = broken()
    report = build_report(facts, query)
    exposed: dict[str, int] = {}
    for each in report.exposure.amounts:
        exposed[each.currency] = exposed.get(each.currency, 0) + int(each.amount)
    assert exposed == {line.currency: int(line.gross) for line in report.drift.currencies if line.gross != "0"}
    assert not report.exposure.systemic
    outcomes = tuple(
        with_facts_of(each, systemic=each.rule == "projections_do_not_drift") for each in facts.outcomes_month
    )
    assert build_report(with_facts(facts, outcomes_month=outcomes), query).exposure.systemic


def test_an_opening_of_the_source_is_taken_over_once() -> None:
    facts, _ = clean()
    views = tables(Ledger(), {}) | {
        "closings": pa.table(
            {
                "wallet_key": pa.array([1, 2], pa.int64()),
                "currency": ["EGP", "EGP"],
                "opening": pa.array([Decimal(150), Decimal(70)], SUM),
                "movement": pa.array([Decimal(0), Decimal(0)], SUM),
                "closing": pa.array([Decimal(150), Decimal(70)], SUM),
                "last_settled_at": pa.nulls(2, TIME),
                "unsettled": pa.array([Decimal(0), Decimal(0)], SUM),
            }
        ),
        "closings_before": pa.table(
            {
                "wallet_key": pa.array([1], pa.int64()),
                "currency": ["EGP"],
                "closing": pa.array([Decimal(150)], SUM),
            }
        ),
        "wallets": pa.table(
            {
                "wallet_id": ["old", "new"],
                "wallet_key": pa.array([1, 2], pa.int64()),
                "currency": ["EGP", "EGP"],
                "opening": pa.array([100, 70], pa.int64()),
                "is_active": pa.nulls(2, pa.bool_()),
            }
        ),
    }
    line = build_report(facts, query_over(views)).roll_forward.currencies[0]
    assert (line.opening, line.taken_over, line.closing_by_wallet, line.foots) == ("150", "70", "220", True)


def test_a_roll_forward_that_does_not_foot_is_not_verified() -> None:
    facts, _ = clean()
    views = tables(ledger(3, 5, ("EGP",)), {})
    views["movements"] = views["movements"].slice(1)
    report = build_report(facts, query_over(views))
    assert report.verdict.word == "NOT VERIFIED"
    assert not report.roll_forward.foots
    assert "does not foot in EGP" in report.verdict.sentence


def test_only_the_three_verdicts_are_known() -> None:
    facts, query = clean()
    with pytest.raises(ValueError, match="is none of CLEAN, BROKEN, NOT VERIFIED"):
        build_report(with_facts(facts, verdict="PASSED"), query)


def test_findings_that_decide_come_before_those_of_the_cut() -> None:
    report = _built(broken)
    assert [finding.counts_for_verdict for finding in report.findings] == [True] * 4
    aside = _built(clean).findings
    assert [(each.rule, each.counts_for_verdict) for each in aside] == [("projections_do_not_drift", False)]
    assert all(each.next_step for each in (*report.findings, *aside))


def test_held_over_nothing_is_counted_apart() -> None:
    report = as_json("empty")
    counts = {group["state"]: len(group["rules"]) for group in report["coverage"]}
    assert counts == {
        "broken": 0,
        "not verified": 0,
        "held": 0,
        "held, nothing to examine": 20,
        "not applicable": 0,
    }
    reasons = [rule["reason"] for rule in as_json("unverified")["coverage"][1]["rules"]]
    assert reasons == ["wallet_balances is empty.", "users could not be read."]


def test_exceptions_show_the_first_hundred_of_their_rule_and_say_how_many_there_are() -> None:
    facts, query = broken()
    shown = {table.rule: table for table in build_report(facts, query).exceptions}
    keys = shown["idempotency_keys_are_unique"]
    assert (keys.shown, keys.total, len(keys.rows)) == (100, 260, 100)
    for rule, rows in facts.offenders.items():
        first = next(column.name for column in shown[rule].columns)
        told = [row[0] for row in shown[rule].rows]
        assert told == rows[first].to_pylist()[:100], f"{rule} puts the worst first, and its report does, too"


def test_recorded_balances_that_do_not_exist_have_no_drift() -> None:
    facts, query = clean()
    basis = with_facts(facts).basis
    without = with_facts(facts, basis=type(basis)(**{**vars(basis), "absent_tables": ("wallet_balances",)}))
    drift = build_report(without, query).drift
    assert (drift.examined, drift.currencies, drift.worst) == (False, (), ())


def test_a_broken_warning_leaves_a_month_clean() -> None:
    facts, query = empty()
    outcomes = (
        with_facts_of(facts.outcomes_month[9], severity="warning", result="broken", offenders=2),
        *facts.outcomes_month[:9],
    )
    report = build_report(with_facts(facts, outcomes_month=outcomes), query)
    assert report.verdict.word == "CLEAN"
    assert "1 warning should be looked at" in report.verdict.sentence


def test_sums_beyond_64_bits_stay_exact() -> None:
    report = _built(unverified)
    assert report.liabilities[0].owed == str(2**70)


def _built(story: Any) -> Report:  # noqa: ANN401 - any story
    return build_report(*story())
