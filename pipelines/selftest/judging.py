"""One judging of a copy: the whole way from the rows of a source to the offenders of every rule.

What goes in: the same calls, in the same order, as the steps of an audit make. What stays out: what was planted.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq

from assets.audit import Audit
from assets.balances import compute_balances, second_balances
from assets.closed_months import close_months, closed_months
from assets.creators import compute_creators
from assets.drift import compute_drift
from assets.export import export_source
from assets.mapping import Mapping
from assets.movements import compute_months
from assets.store import Home
from checks.judge import judged
from checks.outcome import Outcome
from checks.rule import Rule
from checks.rules import GATES, RULES
from checks.scopes import Scope, cut_scope, gate_scope
from pipelines.selftest.source import CopiedLedger, Telling
from pipelines.selftest.tables import Row, Tables


def _silent(_what: str, _done: int, _of: int) -> None:
    """Say nothing: how far one of many judgings is interests nobody."""


@dataclass
class Judged:
    """What every rule said of one copy."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """Of the rules that were reached: none is behind a broken gate."""
    offenders: dict[str, list[Row]] = field(default_factory=dict)
    refusal: str | None = None
    """Why the reader refused the copy, if it did."""

    def broken_gate(self) -> Outcome | None:
        """Return a gate that does not hold."""
        gates = (outcome for outcome in self.outcomes.values() if outcome.severity == "gate")
        return next((outcome for outcome in gates if outcome.result != "held"), None)


class Courtroom:
    """A scratch home in which copies are exported one after the other, and judged."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        """Take an empty folder."""
        self.home, self.mapping = Home(path), mapping

    def export(self, tables: Tables, telling: Telling) -> Audit:
        """Export a copy as the newest state of its source; raises SourceError where the reader refuses it."""
        with TemporaryDirectory(dir=self.home.path.parent) as folder:
            source = CopiedLedger(self.mapping, tables, telling, Path(folder))
            return Audit(self.home, self.mapping, export_source(self.home, self.mapping, source, _silent))

    def judge(self, audit: Audit, rules: Iterable[Rule] = RULES) -> Judged:
        """Judge the gates, compute all tables, and judge what stands behind the gates."""
        asked = [rule for rule in rules if not rule.operations]
        found, gates = Judged(), [rule for rule in GATES if rule in asked]
        self._judge(found, gate_scope(audit), [rule for rule in gates if rule.table != "balances"])
        if found.broken_gate():
            return found
        self.compute(audit)
        self._judge(found, gate_scope(audit), [rule for rule in gates if rule.table == "balances"])
        if not found.broken_gate():
            self._judge(found, cut_scope(audit), [rule for rule in asked if rule not in gates])
        return found

    def judge_again(self, audit: Audit, rules: Iterable[Rule]) -> Judged:
        """Judge some gates anew over what was computed already."""
        found = Judged()
        self._judge(found, gate_scope(audit), rules)
        return found

    def compute(self, audit: Audit) -> None:
        """Compute every table of an audit, and close its months."""
        home, export, mapping = audit.home, audit.export, audit.mapping
        months = compute_months(home, export, mapping, _silent)
        audit.keep_months(months)
        balances = compute_balances(home, export, months[-1] if months else None)
        audit.keep("balances", balances)
        audit.keep("balances_again", second_balances(home, export))
        audit.keep("creators", compute_creators(home, export, mapping))
        audit.keep("drift", compute_drift(home, export, balances))
        audit.keep("closed_months", closed_months(audit)[0])
        close_months(audit)

    @contextmanager
    def second_engine(self, audit: Audit) -> Iterator[list[Row]]:
        """Give the balances of the second engine with their wallets' ids and keep what is made of them."""
        again, balances = (
            audit.table("balances_again"),
            audit.table("balances", ["wallet_key", "wallet_id"]).to_pylist(),
        )
        ids = {row["wallet_key"]: row["wallet_id"] for row in balances}
        rows = [{**row, "wallet_id": ids[row["wallet_key"]]} for row in again.to_pylist()]
        yield rows
        named = [{name: row[name] for name in again.column_names} for row in rows]
        audit.keep("balances_again", type(again).from_pylist(named, schema=again.schema))

    def _judge(self, found: Judged, scope: Scope, rules: Iterable[Rule]) -> None:
        for outcome in judged(self.home, scope, rules):
            found.outcomes[outcome.rule] = outcome
            kept = pq.read_table(self.home.path / outcome.rows).to_pylist() if outcome.rows else []
            found.offenders[outcome.rule] = kept
