"""What a rule's answer becomes: an outcome, and the verdict of all of them."""

from itertools import product
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.store import Home
from checks.judge import judge, kept_outcomes
from checks.outcome import Outcome, Verdict, unjudged, verdict_of
from checks.rule import Rule
from checks.rules import FINDINGS, GATES, RULES
from checks.scopes import Scope
from tests.checks.judging import FOLDER, PRESET, judged
from tests.checks.ledger_text import Case, cases

GATE, FINDING = GATES[0], FINDINGS[0]
ALL_RESULTS = ("held", "broken", "not verified", "not applicable")


def outcome(rule: Rule, result: str, *, counts: bool = True, severity: str | None = None) -> Outcome:
    made = unjudged(rule, "not verified", "for the test")
    return made.model_copy(
        update={"result": result, "counts_for_verdict": counts, "severity": severity or rule.severity}
    )


def unknown(offenders: int, others: int) -> Case:
    rows = [
        {"transaction_id": f"t{i}", "currency": "XAU" if i < offenders else "EGP"} for i in range(offenders + others)
    ]
    return Case("currencies_are_known", "so many unknown", keeps=False, tables={"transactions": rows})


@pytest.mark.parametrize(("gate", "finding"), list(product(ALL_RESULTS, ALL_RESULTS)))
def test_the_verdict_fails_closed(gate: str, finding: str) -> None:
    expected: Verdict = "NOT VERIFIED"
    if gate in ("held", "not applicable"):
        expected = {"held": "CLEAN", "not applicable": "CLEAN", "broken": "BROKEN"}.get(finding, "NOT VERIFIED")
    assert verdict_of([outcome(GATE, gate), outcome(FINDING, finding)]) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], "NOT VERIFIED"),
        ([outcome(GATE, "held")], "NOT VERIFIED"),
        ([outcome(FINDING, "held")], "NOT VERIFIED"),
        ([outcome(FINDING, "broken")], "NOT VERIFIED"),
        ([outcome(GATE, "held"), outcome(FINDING, "broken"), outcome(FINDINGS[1], "not verified")], "BROKEN"),
        (
            [outcome(GATE, "held"), outcome(FINDING, "held"), outcome(FINDINGS[1], "broken", severity="warning")],
            "CLEAN",
        ),
        ([outcome(GATE, "held"), outcome(FINDING, "held"), outcome(FINDINGS[1], "broken", counts=False)], "CLEAN"),
        ([outcome(GATE, "held", counts=False), outcome(FINDING, "held")], "NOT VERIFIED"),
        ([outcome(GATE, "held"), outcome(GATES[1], "broken"), outcome(FINDING, "broken")], "NOT VERIFIED"),
    ],
    ids=[
        "nothing ran",
        "no finding was judged",
        "no gate was judged",
        "a finding without its gates",
        "a break outweighs what was not verified",
        "a warning that breaks",
        "a break that is shown as of the cut alone",
        "gates that do not count",
        "one of two gates",
    ],
)
def test_the_verdict_of_several_outcomes(results: list[Outcome], expected: Verdict) -> None:
    assert verdict_of(results) == verdict_of(reversed(results)) == expected


@pytest.mark.parametrize(
    ("offenders", "others", "systemic"), [(10, 10, True), (9, 11, False), (10, 9, False), (20, 0, True), (19, 0, False)]
)
def test_half_or_more_of_at_least_twenty_is_systemic(
    tmp_path: Path,
    offenders: int,
    others: int,
    systemic: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    found = judged(tmp_path, unknown(offenders, others))
    assert (found.examined, found.offenders, found.systemic) == (offenders + others, offenders, systemic)


def test_every_offender_is_kept_and_the_outcome_can_be_read_again(tmp_path: Path) -> None:
    found = judged(tmp_path, unknown(30, 70))
    assert found.rows == str(FOLDER / "currencies_are_known.parquet")
    assert pq.read_table(tmp_path / found.rows)["transaction_id"].to_pylist() == sorted(f"t{i}" for i in range(30))
    assert kept_outcomes(Home(tmp_path), FOLDER) == {found.rule: found}


def test_nothing_to_examine_is_held_and_said(tmp_path: Path) -> None:
    found = judged(tmp_path, cases("wallets_exist")[0])
    assert (found.result, found.examined, found.sentence) == ("held", 0, "Held: there was nothing to examine.")
    found = judged(tmp_path, cases("wallets_exist")[1])
    assert (found.result, found.examined, found.sentence) == ("held", 1, "No row breaks it.")


def test_a_kind_that_is_expected_and_absent_is_not_verified(tmp_path: Path) -> None:
    empty = cases("transfers_net_to_zero")[0]
    assert judged(tmp_path, empty).result == "held"
    found = judged(tmp_path, empty, {"expect_kinds": ("TRANSFER",)})
    assert (found.result, found.problem) == ("not verified", "The configuration expects TRANSFER, and there is none.")


def test_a_rule_without_its_table_is_not_applicable(tmp_path: Path) -> None:
    mapping = PRESET.model_copy(update={"tables": {**PRESET.tables, "wallet_balances": False}})
    scope = Scope(folder=FOLDER, mapping=mapping, shown={})
    needing = [rule for rule in RULES if "wallet_balances" in rule.needs]
    found = judge(Home(tmp_path), scope, needing)
    assert {each.result for each in found} == {"not applicable"}
    assert {each.sentence for each in found} == {"The configuration says that this source has no wallet_balances."}
    assert len(needing) == 7
