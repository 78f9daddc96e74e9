"""What a rule said, and what all of them together mean.

What goes in: the outcome of a rule and the verdict. What stays out: how an outcome is reached (judge).
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from checks.rule import Assertion, Escalation, Rule, Scope, Severity

Result = Literal["held", "broken", "not verified", "not applicable"]
Verdict = Literal["CLEAN", "BROKEN", "NOT VERIFIED"]
ANY_GAP = "Provide what is missing and run the audit again; until then this was not examined."


Standing = Literal["stands", "matches nothing", "cap passed", "expired", "not examined"]


class WaiverUse(BaseModel):
    """What a waiver did in one scope."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: str
    rule: str
    owner: str
    reason: str
    expires: date
    most: int
    most_amount: dict[str, int] | None
    matched: int
    """Rows it matches, whether or not they are waived."""
    amounts: dict[str, str]
    """What these rows are worth by currency: minor units as text, added up without their signs."""
    standing: Standing
    """Where its cap or its last day is passed, none of its rows is waived by it."""

    @property
    def lapsed(self) -> bool:
        """Whether its rows break the rule again."""
        return self.standing in ("cap passed", "expired")


class Outcome(BaseModel):
    """What one rule said of one scope."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    rule: str
    result: Result
    severity: Severity
    scope: Scope
    asserts: Assertion
    """What of the ledger it speaks for, in an auditor's words."""
    escalation: Escalation | None
    """Who must hear of it when it is broken, and how soon."""
    statement: str
    advice: str
    """What to do first where it is broken or not verified."""
    examined: int
    offenders: int
    """Rows that break it and are not waived."""
    amounts: dict[str, str] = {}
    """What these rows are worth by currency: minor units as text, added up without their signs."""
    waived: int = 0
    """Rows that break it and are waived."""
    waived_amounts: dict[str, str] = {}
    """What the waived rows are worth by currency: minor units as text, added up without their signs."""
    waivers: tuple[WaiverUse, ...] = ()
    """What each waiver of this rule did."""
    systemic: bool
    """Half or more of at least 20 examined rows break it: one cause, not many."""
    sentence: str
    """The worst offender with both figures and the difference, or why there is none."""
    rows: str | None
    """All offenders in Parquet, relative to the home; `waiver` names what waives a row, and is null where it breaks."""
    problem: str | None = None
    """Why it is not verified or not applicable."""
    operations: bool = False
    """Whether it speaks of how tieout and the application run: it never changes a verdict."""
    counts_for_verdict: bool = True
    """Whether the verdict of this scope rests on it."""


def unjudged(rule: Rule, result: Literal["not verified", "not applicable"], problem: str) -> Outcome:
    """Return the outcome of a rule that could not or need not run."""
    return Outcome(
        rule=rule.name,
        result=result,
        severity=rule.severity,
        scope=rule.scope,
        asserts=rule.asserts,
        escalation=rule.escalation,
        statement=rule.statement,
        advice=ANY_GAP,
        examined=0,
        offenders=0,
        systemic=False,
        sentence=problem,
        rows=None,
        problem=problem,
        operations=rule.operations,
    )


def verdict_of(outcomes: Iterable[Outcome]) -> Verdict:
    """Return the verdict, fail closed: what was not verified is never clean."""
    counted = [outcome for outcome in outcomes if outcome.counts_for_verdict and not outcome.operations]
    gates = [outcome.result for outcome in counted if outcome.severity == "gate"]
    errors = [outcome.result for outcome in counted if outcome.severity == "error"]
    if not gates or any(result in ("broken", "not verified") for result in gates):
        return "NOT VERIFIED"
    if "broken" in errors:
        return "BROKEN"
    if not errors or "not verified" in errors:
        return "NOT VERIFIED"
    return "CLEAN"
