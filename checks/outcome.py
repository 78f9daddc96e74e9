"""What a rule said, and what all of them together mean.

What goes in: the outcome of a rule and the verdict. What stays out: how an outcome is reached (judge).
"""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from checks.rule import Assertion, Escalation, Rule, Scope, Severity

Result = Literal["held", "broken", "not verified", "not applicable"]
Verdict = Literal["CLEAN", "BROKEN", "NOT VERIFIED"]
ANY_GAP = "Provide what is missing and run the audit again; until then this was not examined."


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
    waived: int = 0
    """Rows that break it and are waived."""
    systemic: bool
    """Half or more of at least 20 examined rows break it: one cause, not many."""
    sentence: str
    """The worst offender with both figures and the difference, or why there is none."""
    rows: str | None
    """All offenders in Parquet, relative to the home."""
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
