"""Both demo ledgers through the whole auditor: exactly what was planted is found, and nothing in a clean one."""

from pathlib import Path

import pytest

from assets.audit import Audit
from assets.calendar import periods
from assets.workplace import Workplace
from checks.months import judge_month
from checks.outcome import Verdict, verdict_of
from pipelines.audit import run_audit
from pipelines.commands import found_breaks
from pipelines.demo.write import DemoPlan, write_demo

CUT_MONTH = "2025-07"
"""The month of a demo's cut: one report is enough where the reports are not looked at."""


def verdicts_of_months(audit: Audit) -> list[Verdict]:
    """Judge every month as its report would."""
    due = zip(audit.months(), periods(audit.export.certificate), strict=True)
    with audit.home.writing():
        return [verdict_of(judge_month(audit, month, period)) for month, period in due]


@pytest.mark.parametrize(
    "plan",
    [
        DemoPlan("gigsy", 2, 3_000),
        DemoPlan("model", 2, 3_000),
        DemoPlan("gigsy", 3, 3_000, clean=True),
        DemoPlan("model", 3, 3_000, clean=True),
    ],
    ids=lambda plan: f"{plan.flavour}-{plan.seed}{'-clean' if plan.clean else ''}",
)
def test_exactly_the_planted_breaks_are_found(plan: DemoPlan, tmp_path: Path) -> None:
    made = write_demo(plan, tmp_path / "demo", lambda _done, _of: None)
    audited = run_audit(Workplace(home=str(tmp_path / "home"), source=str(made.snapshot)), CUT_MONTH)
    assert audited.failure is None
    assert found_breaks(audited) == made.breaks
    assert audited.verdict == ("CLEAN" if plan.clean else "BROKEN")
    if plan.clean:
        assert set(verdicts_of_months(audited.audit)) == {"CLEAN"}
