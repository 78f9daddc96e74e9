"""The conclusion in words: verdict, findings, what was and was not examined, period, cut, drift.

What goes in: sentences with figures. What stays out: fixed texts (guidance), the figures (figures).
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast, get_args

from checks.coverage import coverage_of
from checks.sentences import counted
from reports.base import Result, Scope, Severity, Word
from reports.dispositions import amounts
from reports.facts import MonthFacts, Outcome
from reports.front import Coverage, CoveredRule, Cut, Finding, Period, RuleCounts, Verdict
from reports.guidance import CACHE_ONE_CAUSE, NO_OPINION, NO_TOTALS, NOT_TESTED, ONE_CAUSE, PROOFS, STATES
from reports.sections import CurrencyDrift, DriftAtCut, RollForward
from reports.wording import day, listed, month_bounds, month_name, state_of

NEVER = 2**31
"""More minutes than any rule allows."""
ORDER = {"gate": 0, "error": 1, "warning": 2}


def period(facts: MonthFacts) -> Period:
    """Say the month in words and days."""
    start, end = month_bounds(facts.month)
    through = day(end - timedelta(days=1))
    whole = f"{start.day} {month_name(facts.month)} to {through}, both included. Zone: {facts.zone}."
    so_far = f"From {start.day} {month_name(facts.month)} to the cut: the month is not over. Zone: {facts.zone}."
    return Period(
        month=facts.month,
        name=month_name(facts.month),
        zone=facts.zone,
        start=start.isoformat(),
        end=end.isoformat(),
        complete=facts.complete,
        holds_cut=facts.holds_cut,
        sentence=whole if facts.complete else so_far,
    )


def cut(facts: MonthFacts) -> Cut:
    """Say the instant of the export and how it is proven."""
    written = facts.certificate["cut"]
    exact = written["bound"] == "exact"
    proof = PROOFS.get(written["proof"], "Nothing proves that all tables show this instant.")
    return Cut(
        at=written["at"],
        bound=written["bound"],
        proof=written["proof"],
        latest_created_at=facts.certificate.get("latest_created_at"),
        sentence=proof if exact else f"The source tells only that the cut is not earlier. {proof}",
    )


def verdict(facts: MonthFacts, footing: RollForward) -> Verdict:
    """Conclude; where the roll-forward does not foot, the audit contradicts itself: NOT VERIFIED."""
    if facts.verdict not in get_args(Word):
        message = f"The verdict {facts.verdict!r} is none of {', '.join(get_args(Word))}."
        raise ValueError(message)
    deciding = [outcome for outcome in facts.outcomes_month if outcome.counts_for_verdict]
    counts = _counts(deciding)
    if not footing.foots:
        codes = [line.currency for line in footing.currencies if not line.foots]
        sentence = f"The roll-forward does not foot in {listed(codes)}: two ways of adding up the month disagree."
        sentence = f"{sentence} Treat no figure here as established."
        return Verdict(word="NOT VERIFIED", sentence=sentence, counts=counts)
    head = {"CLEAN": _clean, "BROKEN": _broken, "NOT VERIFIED": _unverified}[facts.verdict](facts, deciding)
    return Verdict(word=cast("Word", facts.verdict), sentence=f"{head} {_footing(footing)}", counts=counts)


def _counts(deciding: Sequence[Outcome]) -> RuleCounts:
    found = coverage_of(deciding)
    return RuleCounts(**vars(found), sentence=f"{found.sentence()}.")


def _clean(facts: MonthFacts, deciding: Sequence[Outcome]) -> str:
    warned = sum(outcome.result == "broken" for outcome in deciding)
    aside = f"; {counted(warned, 'warning')} should be looked at" if warned else ""
    rules = f"{counted(len(deciding), 'rule')} decided on {month_name(facts.month)}"
    return f"{rules}, and none found an error{aside}."


def _broken(facts: MonthFacts, deciding: Sequence[Outcome]) -> str:
    broken = [outcome for outcome in deciding if outcome.result == "broken"]
    errors = [outcome for outcome in broken if outcome.severity == "error"]
    rows = sum(outcome.offenders for outcome in errors)
    applied = sum(outcome.result != "not applicable" for outcome in deciding)
    rules = f"{len(errors)} of the {counted(applied, 'rule')} that apply to {month_name(facts.month)}"
    many = "is broken as an error" if len(errors) == 1 else "are broken as errors"
    said = f"{rules} {many}, by {counted(rows, 'row')} in all."
    warned = [outcome for outcome in broken if outcome.severity == "warning"]
    rows = sum(outcome.offenders for outcome in warned)
    aside = f" {counted(len(warned), 'warning')} beside them, {counted(rows, 'row')}, would not change the verdict."
    return said + (aside if warned else "")


def _unverified(facts: MonthFacts, deciding: Sequence[Outcome]) -> str:
    gates = [outcome for outcome in deciding if outcome.severity == "gate" and outcome.result != "held"]
    gaps = [outcome for outcome in deciding if outcome.severity == "error" and outcome.result == "not verified"]
    causes = [f"{counted(len(gates), 'gate')} did not hold"] if gates else []
    causes += [f"{counted(len(gaps), 'rule')} that had to be examined could not be"] if gaps else []
    why = listed(causes) or "the audit could not be finished"
    return f"No conclusion can be drawn about {month_name(facts.month)}: {why}."


def _footing(footing: RollForward) -> str:
    number = len(footing.currencies)
    if not number:
        return "There is no balance and no movement to roll forward."
    where = {1: "its one currency", 2: "both currencies"}.get(number, f"all {number} currencies")
    return f"The roll-forward foots in {where}."


def findings(outcomes: Sequence[Outcome]) -> tuple[Finding, ...]:
    """List broken and unverified rules: those that decide first, gates before all, then by how soon to act."""
    shown = [each for each in outcomes if each.result in {"broken", "not verified"}]
    shown.sort(
        key=lambda each: (not each.counts_for_verdict, each.severity != "gate", _minutes(each), ORDER[each.severity])
    )
    return tuple(
        Finding(
            rule=each.rule,
            result=cast("Result", each.result),
            severity=cast("Severity", each.severity),
            scope=cast("Scope", each.scope),
            counts_for_verdict=each.counts_for_verdict,
            systemic=each.systemic,
            offenders=each.offenders,
            amounts=amounts(each.amounts),
            sentence=(each.sentence if each.result == "broken" else each.problem or each.sentence) or each.statement,
            next_step=" ".join(filter(None, (each.advice, _urgency(each)))),
        )
        for each in shown
    )


def not_tested(facts: MonthFacts) -> tuple[str, ...]:
    """Say what no rule can tell, what the source did not, which rules do not apply, and what this report is not."""
    outcomes = facts.outcomes_month
    absent = [each.rule for each in outcomes if each.result == "not applicable"]
    said = f"What {counted(len(absent), 'rule')} that {'does' if len(absent) == 1 else 'do'} not apply here would ask"
    totals = any(table.get("source_rows") is not None for table in facts.certificate["tables"].values())
    return (
        *NOT_TESTED,
        *(() if totals else (NO_TOTALS,)),
        *((f"{said}: {listed(absent)}.",) if absent else ()),
        NO_OPINION,
    )


def _minutes(outcome: Outcome) -> int:
    """Return how soon someone must act, those that say nothing last."""
    return outcome.escalation.minutes if outcome.result == "broken" and outcome.escalation else NEVER


def _urgency(outcome: Outcome) -> str:
    """Say by when someone must act on a broken rule."""
    if outcome.result != "broken" or outcome.escalation is None:
        return ""
    level, minutes = outcome.escalation.level, outcome.escalation.minutes
    return f"{level.capitalize()}: act {f'within {minutes} minutes of hearing of it' if minutes else 'at once'}."


def coverage(outcomes: Sequence[Outcome]) -> tuple[Coverage, ...]:
    """All rules by how they ended, every state named even where no rule is in it."""
    return tuple(
        Coverage.model_validate(
            {"state": name, "meaning": meaning, "rules": tuple(map(_covered, _ended(outcomes, name)))}
        )
        for name, meaning in STATES.items()
    )


def _ended(outcomes: Sequence[Outcome], name: str) -> list[Outcome]:
    return [outcome for outcome in outcomes if state_of(outcome.result, outcome.examined) == name]


def _covered(outcome: Outcome) -> CoveredRule:
    silent = outcome.result in {"held", "broken"}
    reason = None if silent else outcome.problem or outcome.sentence or "No reason was given."
    reason = f"{counted(outcome.waived, 'row')} waived" if outcome.waived else reason
    return CoveredRule(rule=outcome.rule, counts_for_verdict=outcome.counts_for_verdict, reason=reason)


def drift(facts: MonthFacts, currencies: tuple[CurrencyDrift, ...], rest: DriftAtCut) -> DriftAtCut:
    """Drift with its sentence: how many balances were compared, and how many are off."""
    compared = sum(line.compared for line in currencies)
    off = sum(line.drifting for line in currencies)
    if not rest.examined:
        sentence = "The configuration says that this source has no recorded balances, so no drift."
    elif not compared:
        sentence = "No balance has both a ledger and exactly one recorded balance, so nothing was compared."
    else:
        found = "none drifts" if not off else f"{off:,} {'drifts' if off == 1 else 'drift'}"
        least = counted(facts.basis.drift_tolerance, "minor unit")
        sentence = f"Of {counted(compared, 'balance')} compared with the ledger, {found} (by {least} or more)."
    said = [sentence, ONE_CAUSE if rest.systemic else "", CACHE_ONE_CAUSE if rest.cache_systemic else ""]
    return rest.model_copy(update={"sentence": " ".join(filter(None, said)), "currencies": currencies})
