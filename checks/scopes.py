"""What rules are asked about: the cut, or one month; a scope is a set of views, and the texts stay the same.

At the cut every table is whole. In a month `transactions` and `closings` are those of the month, and `balances` and
`drift` those of its end, where nothing recorded is known: no projection is ever compared with a month's closing.
"""

from collections.abc import Callable
from collections.abc import Mapping as Named
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from assets.adjustments import adjustments_and_refunds
from assets.audit import Audit
from assets.balances import compute_balances
from assets.closed_months import closed_months
from assets.configuration import configuration_tables
from assets.drift import closing_frame
from assets.engines import View, duckdb_engine
from assets.hours import HOURS
from assets.kept_files import read_rows
from assets.mapping import Mapping
from assets.movements import Month
from assets.run_history import FOLDER, HISTORIES
from assets.schemas import EXPORTED, TABLES
from checks.outcome import WaiverUse
from checks.rule import Rule

Gap = tuple[Literal["not verified", "not applicable"], str]
OF_THE_SOURCE: dict[str, tuple[str, str, dict[str | bool, Gap]]] = {
    "history": (
        "source_history",
        "state",
        {
            "first": ("not applicable", "This is the first export of the source: there is nothing to compare it with."),
            "unordered": (
                "not verified",
                "The cut is before that of an export before, and nothing proves it: which one is older cannot be told.",
            ),
            "lost": (
                "not verified",
                "An export before is not as it was committed: restore it, or begin a new history in another --home.",
            ),
        },
    ),
    "commits": (
        "source_cut",
        "commits_after_ns IS NULL",
        {True: ("not applicable", "This source does not tell which commit wrote a row.")},
    ),
}
"""What a rule may need that only the export can tell: where it is written, and what each value of it means."""


@dataclass(frozen=True)
class Scope:
    """The views of one cut or month, and the folder of its outcomes, relative to the home."""

    folder: Path
    mapping: Mapping
    shown: Named[str, Callable[[], View]]
    at_cut: Named[str, WaiverUse] = field(default_factory=dict)
    """Of a month: what became of each waiver at the cut. One that does not stand there does not stand in the month."""

    def views(self, rule: Rule) -> dict[str, View]:
        """Return the views a rule names."""
        known = self._configuration
        return {name: known[name] if name in known else self.shown[name]() for name in rule.views}

    def gap(self, rule: Rule) -> Gap | None:
        """Return what a rule needs of the source's history or commits and does not have, as a result and the reason."""
        return next(filter(None, (self._gap(need) for need in OF_THE_SOURCE if need in rule.needs)), None)

    def _gap(self, need: str) -> Gap | None:
        """Ask the export once for all rules: opening an engine takes longer than most rules do."""
        if need not in self._gaps:
            view, column, gaps = OF_THE_SOURCE[need]
            with duckdb_engine({view: self.shown[view]()}) as query:
                found = query(f"SELECT {column} AS found FROM {view}")["found"].to_pylist()
            self._gaps[need] = gaps[found[0]] if found and found[0] in gaps else None
        return self._gaps[need]

    @cached_property
    def _gaps(self) -> dict[str, Gap | None]:
        return {}

    @cached_property
    def _configuration(self) -> dict[str, pa.Table]:
        return configuration_tables(self.mapping)

    @cached_property
    def cut_day(self) -> date:
        """The day of the cut, in the zone of the ledger: a waiver stands until the end of its last day."""
        with duckdb_engine({"source_cut": self.shown["source_cut"]()}) as query:
            (cut_at,) = (row["cut_at"] for row in query("SELECT cut_at FROM source_cut").to_pylist())
        return cast("datetime", cut_at).astimezone(ZoneInfo(self.mapping.zone)).date()

    @cached_property
    def balances(self) -> pa.Table:
        """The frame of balances that expectations look at: wallet_id, ledger, recorded and drift."""
        frame = self.shown["drift"]()
        columns = ["wallet_id", "ledger", "recorded", "drift"]
        if isinstance(frame, pa.Table):
            return frame.select(columns)
        return pa.concat_tables([read_rows(path, columns) for path in frame])


def cut_scope(audit: Audit) -> Scope:
    """Return the scope of the whole ledger at the cut."""
    exported = audit.home.views(audit.export)
    shown: dict[str, Callable[[], View]] = {name: _constant(exported[name]) for name in EXPORTED}
    for name in ("balances", "balances_again", "drift", "creators", "closed_months"):
        shown[name] = _later(audit, name)
    for name in ("movements", "closings"):
        shown[name] = _months(audit, name)
    shown["adjustments_and_refunds"] = _picked(exported["transactions"])
    shown["sealed_months"] = audit.sealed_months
    shown["closings_as_closed"] = lambda: closed_months(audit)[1]
    return Scope(folder=audit.folder / "cut", mapping=audit.mapping, shown=shown)


def operations_scope(audit: Audit) -> Scope:
    """Return the scope of the rules of operations: that of the cut, beside what was written down of runs."""
    scope = cut_scope(audit)
    histories = {name: _later(audit, f"{FOLDER}/{name}") for name in HISTORIES}
    hours = {name: _later(audit, name) for name in HOURS}
    return Scope(audit.folder / FOLDER, scope.mapping, {**scope.shown, **histories, **hours})


def month_scope(audit: Audit, month: Month) -> Scope:
    """Return the scope of one month, with the balances of its end."""
    exported = audit.home.views(audit.export, month.month)
    shown: dict[str, Callable[[], View]] = {name: _constant(exported[name]) for name in EXPORTED}
    balances = compute_balances(audit.home, audit.export, month)
    shown["balances"] = _constant(balances)
    shown["drift"] = _constant(closing_frame(audit.home, audit.export, balances))
    for name in ("creators", "closed_months"):
        shown[name] = _later(audit, name)
    shown["adjustments_and_refunds"] = _picked(exported["transactions"])
    shown["sealed_months"] = lambda: _of_month(audit.sealed_months(), month.month)
    shown["closings_as_closed"] = lambda: closed_months(audit)[1]
    shown["movements"] = _constant(audit.home.view("movements", [month.movements]))
    shown["closings"] = _constant(audit.home.view("closings", [month.closings]))
    return Scope(folder=audit.folder / month.month, mapping=audit.mapping, shown=shown)


def gate_scope(audit: Audit) -> Scope:
    """Return the scope of the gates over an export of which nothing was computed yet."""
    scope = cut_scope(audit)
    return Scope(scope.folder, scope.mapping, {**scope.shown, "drift": _constant(TABLES["drift"].empty_table())})


def _of_month(rows: pa.Table, month: str) -> pa.Table:
    """Return what is said of a month, and of the archive as a whole."""
    return rows.filter(pc.or_kleene(pc.equal(rows["month"], pa.scalar(month)), pc.is_null(rows["month"])))


def _constant(view: View) -> Callable[[], View]:
    return lambda: view


def _months(audit: Audit, name: str) -> Callable[[], View]:
    return lambda: audit.home.view(name, [getattr(month, name) for month in audit.months()])


def _picked(transactions: View) -> Callable[[], View]:
    return cache(lambda: adjustments_and_refunds(transactions))


def _later(audit: Audit, name: str) -> Callable[[], View]:
    return lambda: audit.view(name)
