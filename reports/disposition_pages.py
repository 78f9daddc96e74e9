"""The section on exceptions: how their register rolled forward, what is waived by whom, and the rows themselves.

What goes in: columns and rows of all three. What stays out: what the report does not hold, and looks.
"""

from reports.at_stake import worths
from reports.dispositions import Waiver
from reports.evidence import ExceptionTable
from reports.model import Report
from reports.tables import Cell, Column, Section, State, Table, table

DRIFT = ("recorded", "ledger")
NONE = "No rule has a row that breaks it."
STANDINGS = {
    "stands": "held",
    "matches nothing": "held, nothing to examine",
    "cap passed": "broken",
    "expired": "broken",
    "not examined": "not verified",
}


def register(report: Report) -> Section:
    """Roll the exceptions forward from the export before, in number, in amount and by age."""
    found = report.exception_register
    counts = [
        Column("Rule", "rule"), Column("Opening", "number"), Column("Raised", "number"), Column("Closed", "number"),
        Column("Closing", "number"), Column("Waived", "number"),
    ]  # fmt: skip
    ages = [
        Column("Rule", "rule"), Column("Up to 7 days", "number"), Column("8 to 30", "number"),
        Column("31 to 90", "number"), Column("Over 90", "number"), Column("Oldest, days", "number"),
    ]  # fmt: skip
    amounts = [
        Column("Rule", "rule"), Column("Currency"), Column("Opening", "money"), Column("Raised", "money"),
        Column("Closed", "money"), Column("Changed", "money"), Column("Closing", "money"), Column("Waived", "money"),
    ]  # fmt: skip
    counted: list[tuple[Cell, ...]] = [
        (each.rule, each.opening, each.raised, each.closed, each.closing, each.waived) for each in found.rules
    ]
    aged: list[tuple[Cell, ...]] = [
        (each.rule, each.week, each.month, each.quarter, each.older, each.oldest_days) for each in found.rules
    ]
    worth: list[tuple[Cell, ...]] = [
        (each.rule, of.currency, of.opening, of.raised, of.closed, of.changed, of.closing, of.waived)
        for each in found.rules
        for of in each.amounts
    ]
    return Section(
        "Register of exceptions",
        (
            f"{found.sentence} As of the cut. An exception is recognised by the ids of its row. Opening and raised, "
            f"less closed, {'give closing' if found.foots else 'should give closing, and here do not'}."
        ),
        (
            table("Exceptions by rule", counts, counted),
            table("Exceptions by age", ages, aged),
            table("Exceptions by amount", amounts, worth),
        )
        if counted
        else (),
        nothing="No rule has an exception, or had one in the export before.",
    )


def waivers(report: Report) -> Section:
    """List who answers for which rows, until when, and whether that stands."""
    columns = [
        Column("Standing", "state"), Column("Waiver", "id"), Column("Rule", "rule"), Column("Owner"),
        Column("Reason", beneath="Owner"), Column("Last day"), Column("Matched", "number"), Column("Cap", "number"),
        Column("Worth"), Column("Cap on worth"),
    ]  # fmt: skip
    return Section(
        "Waivers",
        (
            "Rows that break a rule and that someone answers for until a day. Waived rows are counted apart; beyond "
            "its cap or its last day a waiver waives nothing."
        ),
        (table("Waivers", columns, [_waiver(report, each) for each in report.waivers]),) if report.waivers else (),
        nothing="The configuration names no waiver.",
    )


def _waiver(report: Report, waiver: Waiver) -> tuple[Cell, ...]:
    decimals = report.basis.decimals
    return (
        State(STANDINGS[waiver.standing], waiver.standing),
        waiver.waiver,
        waiver.rule,
        waiver.owner,
        waiver.reason,
        waiver.expires,
        waiver.matched,
        waiver.most,
        "; ".join(worths(waiver.amounts, decimals)),
        None if waiver.most_amount is None else "; ".join(worths(waiver.most_amount, decimals)),
    )


def exceptions(report: Report) -> Section:
    """Say what became of exceptions and who answers for them, and list the rows that break a rule, a table a rule."""
    parts = (register(report), waivers(report))
    here, known = sum(each.offenders for each in report.rules), report.exception_register
    listed = (
        f"Ages count from the cut at which an exception was first seen, not from the date of its row. The register is "
        f"of all months, {sum(each.closing for each in known.rules):,} in all; listed are the {here:,} rows that break "
        "a rule of this report, and what is waived: other months list theirs. Where there are more than are shown "
        "here, the file named has them all."
    )
    return Section(
        "Exceptions and dispositions",
        " ".join((*(each.said for each in parts), listed if report.exceptions else NONE)),
        (*(each for part in parts for each in part.tables), *(_exceptions(each) for each in report.exceptions)),
    )


def _exceptions(found: ExceptionTable) -> Table:
    meanings = {"text": "id", "flag": "text"}
    names = [column.name for column in found.columns]
    columns = [
        Column(
            each.name.replace("_", " ").capitalize(),
            meanings.get(each.meaning, each.meaning) if each.name != "currency" else "text",  # type: ignore[arg-type]
            less=("Recorded", "Ledger") if each.name == "drift" and {*DRIFT} < {*names} else None,
        )
        for each in found.columns
    ]
    counts = [place for place, column in enumerate(found.columns) if column.meaning == "number"]
    rows = [
        tuple(int(value) if place in counts and value is not None else value for place, value in enumerate(row))
        for row in found.rows
    ]
    return Table(found.rule, tuple(columns), tuple(rows), total=found.total, rows_path=found.rows_path, worked=True)
