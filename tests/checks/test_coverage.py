"""What a verdict rests on: every rule counted once, nothing left out of the sentence, and one cause told as one."""

from pathlib import Path

import pytest

from checks.coverage import coverage_of
from checks.outcome import Outcome, Result, unjudged
from checks.rules import FINDINGS
from tests.checks.judging import judged
from tests.checks.ledger_text import Case


def outcome(result: Result, examined: int = 1, waived: int = 0, *, systemic: bool = False) -> Outcome:
    made = unjudged(FINDINGS[0], "not verified", "for the test")
    changes = {"result": result, "examined": examined, "waived": waived, "systemic": systemic}
    return made.model_copy(update=changes)


def test_every_way_to_end_is_said_even_where_no_rule_did() -> None:
    assert coverage_of([]).sentence() == (
        "0 rules broken, 0 not verified, 0 not applicable, 0 held without anything to examine, 0 held; no row waived"
    )
    every = [
        outcome("broken"),
        outcome("broken", 40, 3, systemic=True),
        outcome("not verified", 0),
        outcome("not applicable", 0),
        outcome("held", 0),
        outcome("held", 5),
        outcome("held", 5, 1_200),
    ]
    assert coverage_of(every).sentence() == (
        "2 rules broken (1 systemic), 1 not verified, 1 not applicable, 1 held without anything to examine, 2 held; "
        "1,203 rows of 2 rules waived"
    )
    assert coverage_of(every[:1]).sentence().startswith("1 rule broken, ")
    warning = every[0].model_copy(update={"severity": "warning"})
    assert coverage_of([warning]).sentence().startswith("1 warning, 0 not verified")
    assert coverage_of([warning, warning, *every[:1]]).sentence().startswith("1 rule broken, 2 warnings, ")


@pytest.mark.parametrize(("offenders", "others", "systemic"), [(10, 10, True), (9, 11, False)])
def test_one_cause_is_told_before_its_worst_row(
    tmp_path: Path,
    offenders: int,
    others: int,
    systemic: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    rows = [
        {"transaction_id": f"t{i}", "currency": "XAU" if i < offenders else "EGP"} for i in range(offenders + others)
    ]
    found = judged(tmp_path, Case("currencies_are_known", "unknown", keeps=False, tables={"transactions": rows}))
    cause = "10 of 20 examined rows break it, which points to one cause. The worst: "
    assert found.sentence == (cause if systemic else "") + (
        "Transaction t0 of wallet w1 is in XAU, which the configuration does not know."
    )
