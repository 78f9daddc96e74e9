"""What the rules say of one month.

What goes in: which outcome of which scope is part of a month. Rules of the month and of its closing are judged on
the month; those of the cut are shown as of the cut, and are part of the verdict only where the month holds it.
"""

from collections.abc import Iterable
from dataclasses import replace

from assets.audit import Audit
from assets.calendar import Period
from assets.movements import Month
from checks.judge import judge, judged_at_cut, kept_outcomes
from checks.outcome import Outcome, WaiverUse
from checks.rule import Rule
from checks.rules import OF_THE_EXPORT
from checks.scopes import cut_scope, month_scope


def judge_month(audit: Audit, month: Month, period: Period) -> list[Outcome]:
    """Return the outcome of every rule in a month's scope; raise TieoutError if the cut was not judged.

    Rules of operations are left out: a report is a function of its export.
    """
    at_cut = judged_at_cut(audit)
    own = [rule for rule in OF_THE_EXPORT if _is_own(rule, period)]
    scope = replace(month_scope(audit, month), at_cut=waivers_of(at_cut.values()))
    judged = {outcome.rule: outcome for outcome in judge(audit.home, scope, own)}
    return [judged.get(rule.name) or _as_of_cut(rule, at_cut[rule.name], period) for rule in OF_THE_EXPORT]


def lapsed_waivers(audit: Audit) -> str:
    """Return the waivers that do not stand at the cut: none of them stands in a month, and its report must say so."""
    if not audit.mapping.waivers:
        return ""
    at_cut = waivers_of(kept_outcomes(audit.home, cut_scope(audit).folder).values())
    return ", ".join(sorted(name for name, use in at_cut.items() if use.lapsed))


def waivers_of(at_cut: Iterable[Outcome]) -> dict[str, WaiverUse]:
    """Return what became of each waiver at the cut, by its id."""
    return {use.id: use for outcome in at_cut for use in outcome.waivers}


def _is_own(rule: Rule, period: Period) -> bool:
    """Tell whether a rule is judged on the month itself: its closing is the cut where the month holds it."""
    of_month = rule.scope == "month" or (rule.scope == "closing" and not period.holds_cut)
    return of_month and rule.severity != "gate"


def _as_of_cut(rule: Rule, outcome: Outcome, period: Period) -> Outcome:
    counts = period.holds_cut or rule.severity == "gate"
    return outcome.model_copy(update={"counts_for_verdict": counts})
