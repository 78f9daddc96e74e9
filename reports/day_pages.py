"""The sections about days: daily volume, cut-off, and when the ledger was reconciled.

What goes in: columns, rows and charts of each. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator
from datetime import date

from checks.sentences import counted
from reports.analytic import CutOff
from reports.bars import Bar, bars
from reports.day_calendar import Day, calendar
from reports.model import Report
from reports.tables import Cell, Column, Panel, Section, State, Table, table

SHOWN = 10
STANDINGS = {
    "CLEAN": "held",
    "BROKEN": "broken",
    "NOT VERIFIED": "not verified",
    "not done": "held, nothing to examine",
}
INKS = {"CLEAN": "in", "BROKEN": "out", "NOT VERIFIED": "total", "not done": "line"}


def volume(report: Report) -> Section:
    """Show every day beside the limits that the weeks before set."""
    days = report.analytic.volume
    odd = [each for each in days if each.standing in ("above", "below")]
    unjudged = sum(each.standing == "not judged" for each in days)
    columns = [
        Column("Day"), Column("Transactions", "number"), Column("Least", "number"), Column("Most", "number"),
        Column("Stands"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [(each.day, each.transactions, each.least, each.most, each.standing) for each in odd]
    drawn = tuple(
        Bar(each.day[8:], each.transactions, _limits(each.least, each.most), "out" if each in odd else "total")
        for each in days
    )
    return Section(
        "Daily volume",
        (
            "Transactions of any status by their date. Limits are the median of the same weekday in the eight weeks "
            "before, and 3.5 robust standard deviations to either side. A day outside is a reason to ask, and no "
            f"finding. {counted(len(odd), 'day')} outside; {counted(unjudged, 'day')} not judged, for want of eight "
            "weeks before or because the day was not over."
        ),
        (table("Days outside their limits", columns, rows),) if rows else (),
        panels=(Panel("", "Transactions a day; lines are limits", bars(drawn, 1)),) if days else (),
    )


def _limits(least: int | None, most: int | None) -> tuple[int, ...]:
    return (least, most) if least is not None and most is not None else ()


def cut_off(report: Report) -> Section:
    """Show what the source created outside the month it is dated in."""
    found = report.analytic.cut_off
    columns = [
        Column("Day"), Column("Transactions", "number"), Column("Created after the month", "number"),
        Column("Created before the month", "number"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [(each.day, each.transactions, each.after, each.before) for each in found.edges]
    return Section(
        "Cut-off",
        (
            "A transaction belongs to the month it is dated in. One that its source created after the month was over "
            "may have been moved into it, or come late. The first and last three days are always shown."
        ),
        (_delays(found), table("Days, and what was created outside the month", columns, rows)) if found.known else (),
        nothing="This source does not say when it created a transaction, so nothing can be said of cut-off.",
    )


def _delays(found: CutOff) -> Table:
    columns = [Column("From its date to its creation"), Column("Delay")]
    rows: list[tuple[Cell, ...]] = [
        ("half are created within", seconds(found.median_us)),
        ("99 in 100 are created within", seconds(found.p99_us)),
        ("the longest delay", seconds(found.longest_us)),
    ]
    return table("Delays", columns, rows)


def seconds(micros: int | None) -> str:
    """Write microseconds as seconds, to the millisecond."""
    if micros is None:
        return "not known"
    thousandths = (abs(micros) + 500) // 1000
    return f"{'-' if micros < 0 else ''}{thousandths // 1000:,}.{thousandths % 1000:03d} s"


def reconciliations(report: Report) -> Section:
    """Show on which days of the month the ledger was reconciled, and how its drift went."""
    days = report.analytic.reconciled
    columns = [Column("Day"), Column("Exports judged", "number"), Column("Worst verdict", "state")]
    rows: list[tuple[Cell, ...]] = [
        (each.day, each.reconciliations, State(STANDINGS[each.standing], each.standing)) for each in days
    ]
    points = [(each.cut_at, each.currency, each.gross) for each in report.analytic.drift]
    over_time = [Column("Cut", "time"), Column("Currency"), Column("Gross drift", "money")]
    done = sum(each.standing != "not done" for each in days)
    drawn = tuple(Day(date.fromisoformat(each.day), INKS[each.standing]) for each in days)
    return Section(
        "Reconciliation history",
        (
            f"On {done} of {counted(len(days), 'day')} lies the cut of a reconciliation of this home; a day without "
            "one is not done, and never blank. Green is CLEAN, red BROKEN, blue NOT VERIFIED, grey not done. Against a "
            "bank or a provider nothing was reconciled: no statement of theirs is read here."
        ),
        (table("Days", columns, rows), table("Gross drift over time", over_time, points)),
        panels=(
            *((Panel("", "Days of the month by their worst verdict", calendar(drawn)),) if days else ()),
            *_drift(report),
        ),
    )


def _drift(report: Report) -> Iterator[Panel]:
    points = report.analytic.drift
    for currency in sorted({each.currency for each in points}):
        own = [each for each in points if each.currency == currency]
        if len(own) > 1 and any(each.gross != "0" for each in own):
            drawn = tuple(Bar(each.cut_at[5:10], int(each.gross), (), "out") for each in own)
            yield Panel(currency, f"{currency}: gross drift by cut", bars(drawn, max(len(own) // SHOWN, 1)))
