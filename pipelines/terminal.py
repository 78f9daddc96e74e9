"""What people see in the terminal: progress while it takes, then the verdict, the rules and the report.

What goes in: words and layout. What stays out: what scripts are told (answer).
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from assets.calendar import month_of, periods
from assets.exceptions import STATES
from assets.workplace import PROGRESS
from checks.coverage import coverage_of
from checks.outcome import Outcome
from checks.sentences import Teller
from checks.waiving import told, uses_of
from pipelines.audit import Audited, report_page
from pipelines.life import life_of
from pipelines.pace import Pace

COLOURS = {
    "CLEAN": "bold green",
    "BROKEN": "bold red",
    "NOT VERIFIED": "bold yellow",
    "held": "green",
    "broken": "bold red",
    "not verified": "yellow",
    "not applicable": "dim",
}
PLAIN_SECONDS = 5.0
WIDTH = 160


@contextmanager
def progress() -> Iterator[None]:
    """Show on standard error how far long work is: a bar in a terminal, a line now and then elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        token = PROGRESS.set(_Lines())
        try:
            yield
        finally:
            PROGRESS.reset(token)
        return
    pace = Pace(time.monotonic)
    with Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True) as bar:
        task = bar.add_task("starting", total=None)

        def show(what: str, done: int, of: int) -> None:
            bar.update(task, description=pace.line(what, done, of), completed=done, total=of or None)

        token = PROGRESS.set(show)
        try:
            yield
        finally:
            PROGRESS.reset(token)


class _Lines:
    """Progress as plain lines, one every few seconds; what is no share of anything is told at once."""

    def __init__(self) -> None:
        self._next = time.monotonic() + 2
        self._pace = Pace(time.monotonic)

    def __call__(self, what: str, done: int, of: int) -> None:
        line = self._pace.line(what, done, of)
        if time.monotonic() >= self._next or not (done or of):
            self._next = time.monotonic() + PLAIN_SECONDS
            sys.stderr.write(f"{line}\n")


def show_audit(audited: Audited) -> None:
    """Print the rules, the verdict in one line, and where the report is."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    width = max(len(each.rule) for each in audited.outcomes)
    for heading, operations in (("rule", False), ("operations", True)):
        outcomes = [each for each in audited.outcomes if each.operations is operations]
        console.print(_outcomes(heading.ljust(width), outcomes))
        console.print()
    if exposed := audited.exposure():
        console.print(_exposure(exposed, audited.audit.mapping.currencies, systemic=audited.drift_is_systemic))
        console.print()
    if audited.failure:
        console.print(Text(audited.failure))
    console.print(Text(audited.verdict, COLOURS[audited.verdict]), Text(_one_line(audited)))
    if life := life_of(audited):
        states = ", ".join(f"{state} {life[state]:,}" for state in STATES)
        console.print(Text(f"Exceptions since the export before: {states}."))
    for use in uses_of(audited.audit.mapping, audited.outcomes):
        if said := told(audited.audit.mapping, use):
            console.print(Text(said))
    for said in _of_reports(audited):
        console.print(Text(said))


def _of_reports(audited: Audited) -> Iterator[str]:
    """Say where the newest report is, and what no report holds."""
    if said := _month_without_report(audited):
        yield said
    if page := report_page(audited):
        yield f"Report: {shown(page)}"
        newest = audited.reports[-1]
        if newest.verdict != audited.verdict:
            yield f"{newest.month} by itself is {newest.verdict}: what is broken belongs to other months or to the cut."
    elif audited.verdict == "NOT VERIFIED":
        yield "Report: none was made, for nothing is known of the ledger; earlier ones stand as they are."


def _month_without_report(audited: Audited) -> str | None:
    """Say of a cut in a month without rows that no report holds what is broken there."""
    certificate = audited.audit.export.certificate
    months = certificate.months()
    if not audited.is_judged or not months or any(period.holds_cut for period in periods(certificate)):
        return None
    held = month_of(certificate)
    return (
        f"The cut is in {held}, which has no transactions and so no report: what is broken as of the cut is above, and "
        "in no month's verdict."
    )


def _outcomes(heading: str, outcomes: Sequence[Outcome]) -> Table:
    """Return a table of outcomes; those of operations, which change no verdict, have one of their own."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(heading, no_wrap=True)
    table.add_column("result", no_wrap=True, min_width=len("not applicable"))
    table.add_column("examined", justify="right")
    table.add_column("offenders", justify="right")
    table.add_column("waived", justify="right")
    table.add_column("worst offender", overflow="fold")
    above = ""
    for outcome in outcomes:
        worst = outcome.sentence if outcome.result != "held" or outcome.waived else ""
        table.add_row(
            outcome.rule,
            Text(outcome.result, COLOURS[outcome.result]),
            f"{outcome.examined:,}",
            f"{outcome.offenders:,}",
            f"{outcome.waived:,}",
            Text("as above" if worst and worst == above else worst),
        )
        above = worst or above
    return table


def _exposure(exposed: Sequence[Mapping[str, Any]], decimals: Mapping[str, int], *, systemic: bool) -> Table:
    """Return a table of what drift puts at risk; where it is systemic, that is said."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("exposure (systemic: one cause, not many)" if systemic else "exposure")
    for column in ("amount", "balances", "users"):
        table.add_column(column, justify="right")
    teller = Teller(decimals)
    for row in exposed:
        amount = teller.tell("{amount:money}", row)
        table.add_row(Text(row["exposure"]), Text(amount), f"{row['balances']:,}", f"{row['users']:,}")
    return table


def _one_line(audited: Audited) -> str:
    """Say in one line what the verdict rests on."""
    certificate = audited.audit.export.certificate
    rows = certificate.tables["transactions"].written
    bound = "" if certificate.cut.bound == "exact" else "not before "
    cut = f"the cut {bound}{certificate.cut.at:%Y-%m-%d %H:%M:%S} UTC"
    coverage = coverage_of(each for each in audited.outcomes if not each.operations)
    return f"- {coverage.sentence()}; {rows:,} transactions up to {cut}."


def shown(path: Path) -> str:
    """Return a path as short as it can be said here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
