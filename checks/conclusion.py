"""From the rows that break a rule to its outcome: waived ones apart, what they are worth, the worst told in words.

What goes in: what follows from offenders, and keeping them all. What stays out: how they are found (judge).
"""

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from assets.engines import Session
from assets.mapping import Mapping
from assets.store import Home
from checks.outcome import ANY_GAP, Outcome
from checks.rule import Rule, Severity
from checks.scopes import Scope
from checks.sentences import Teller, counted
from checks.waiving import told, waive, worth

SYSTEMIC_ROWS = 20
HELD, NOTHING = "No row breaks it.", "Held: there was nothing to examine."


class Found(NamedTuple):
    """How many rows a rule examined, those that break it, and how to learn why others could not be examined."""

    examined: int
    offenders: pa.Table
    unseen: Callable[[], str | None]


def concluded(home: Home, scope: Scope, rule: Rule, found: Found, over: Session) -> Outcome:
    """Return what follows from the rows that break a rule, those that are waived apart.

    A rule that is not broken, and could not examine what it should, is not verified: a waiver changes nothing of that.
    """
    examined = found.examined
    every, uses = waive(scope, rule, found.offenders, over)
    offenders, waived = every.filter(pc.is_null(every["waiver"])), every.filter(pc.is_valid(every["waiver"]))
    systemic = examined >= SYSTEMIC_ROWS and 2 * every.num_rows >= examined
    problem = None if offenders.num_rows else found.unseen()
    said = [
        problem,
        _worst(scope.mapping, rule, offenders, f"{every.num_rows:,} of {examined:,}" if systemic else ""),
        *(told(scope.mapping, use) for use in uses if use.lapsed and use.matched),
        f"Waived: {counted(waived.num_rows, 'row')}." if waived.num_rows else None,
    ]
    return Outcome(
        rule=rule.name,
        result="broken" if offenders.num_rows else "not verified" if problem else "held",
        severity=_severity(rule, offenders),
        scope=rule.scope,
        asserts=rule.asserts,
        escalation=rule.escalation,
        statement=rule.statement,
        advice=ANY_GAP if problem else rule.advice,
        examined=examined,
        offenders=offenders.num_rows,
        amounts=worth(rule, offenders, over),
        waived=waived.num_rows,
        waived_amounts=worth(rule, waived, over),
        waivers=uses,
        systemic=systemic,
        sentence=" ".join(filter(None, said)) or (HELD if examined else NOTHING),
        rows=_keep_offenders(home, scope, rule, every),
        problem=problem,
        operations=rule.operations,
    )


def _severity(rule: Rule, offenders: pa.Table) -> Severity:
    """Return the rule's severity, or a warning where its offenders say that none of them is more."""
    told = set(offenders["severity"].to_pylist()) if "severity" in offenders.column_names else set()
    return "warning" if told == {"warning"} else rule.severity


def _worst(mapping: Mapping, rule: Rule, offenders: pa.Table, share: str) -> str:
    """Tell of the worst offender; where so many rows break a rule, of their one cause first."""
    worst = offenders.slice(0, 1).to_pylist()
    if not worst:
        return ""
    named = rule.sentence if worst[0].get("wallet_id", "") is not None else rule.without_wallet or rule.sentence
    sentence = Teller(mapping.currencies).tell(named, worst[0])
    return f"{share} examined rows break it, which points to one cause. The worst: {sentence}" if share else sentence


def _keep_offenders(home: Home, scope: Scope, rule: Rule, offenders: pa.Table) -> str:
    """Write all offending rows; the same rows give the same bytes."""
    kept = scope.folder / f"{rule.name}.parquet"
    (home.path / scope.folder).mkdir(parents=True, exist_ok=True)
    with home.workshop() as folder:
        made = folder / "offenders.parquet"
        pq.write_table(offenders, made, compression="zstd", write_page_checksum=True)
        made.replace(home.path / kept)
    return str(kept)
