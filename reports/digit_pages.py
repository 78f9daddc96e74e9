"""The section about amounts: their first digits, those that come again and again, and round ones.

What goes in: columns, rows and charts. What stays out: what the report does not hold, and looks.
"""

from collections.abc import Iterator

from reports.analytic import DigitTest
from reports.bars import Bar, bars
from reports.benford import MILLION
from reports.model import Report
from reports.tables import Cell, Column, Panel, Section, Table, table

SHOWN = 10


def digits(report: Report) -> Section:
    """Set the first digits of amounts beside Benford's law."""
    tests = report.analytic.digits
    columns = [
        Column("Population"), Column("Currency"), Column("Amounts", "number"), Column("Test"),
        Column("Deviation"), Column("More than chance"), Column("Conformity"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            each.population, each.currency, each.transactions, _test(each), _share(each.deviation),
            _share(each.excess), each.conformity or "",
        )
        for each in tests
    ]  # fmt: skip
    return Section(
        "Analytic review",
        (
            "Amounts that people choose mostly follow Benford's law: small first digits are more common. Deviation is "
            "the mean absolute deviation of the shares, graded by Nigrini's limits. What does not conform starts "
            "questions and is no finding: prices, promotions and round amounts break the law honestly."
        ),
        (
            table("First digits", columns, rows),
            *_most_off(tests),
            *_repeated(report),
            *_round(report),
        )
        if tests
        else (),
        nothing="The month has no settled deposit, withdrawal or adjustment.",
        panels=tuple(_benford(each) for each in tests if each.digits),
    )


def _test(test: DigitTest) -> str:
    return f"not run: {test.transactions:,} are too few" if test.test == "not run" else test.test


def _share(millionths: int | None) -> str:
    if millionths is None:
        return ""
    return f"{'-' if millionths < 0 else ''}{abs(millionths) // MILLION}.{abs(millionths) % MILLION:06d}"


def _benford(test: DigitTest) -> Panel:
    drawn = tuple(
        Bar(str(each.digits), each.transactions * MILLION // test.transactions, (each.expected,))
        for each in test.digits
    )
    said = f"{test.currency} {test.population}, {test.test}; lines are Benford's law"
    return Panel(test.currency, said, bars(drawn, 10 if len(drawn) > SHOWN else 1))


def _most_off(tests: tuple[DigitTest, ...]) -> Iterator[Table]:
    columns = [
        Column("Population"), Column("Currency"), Column("Begin with", "number"), Column("Amounts", "number"),
        Column("Expected", "number"), Column("Standard deviations off"),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (
            test.population, test.currency, each.digits, each.transactions,
            (each.expected * test.transactions + MILLION // 2) // MILLION, f"{each.z // 100}.{each.z % 100:02d}",
        )
        for test in tests
        for each in sorted(test.digits, key=lambda each: (-each.z, each.digits))[:3]
    ]  # fmt: skip
    if rows:
        yield table("The three that are furthest off", columns, rows)


def _repeated(report: Report) -> Iterator[Table]:
    columns = [Column("Population"), Column("Currency"), Column("Amount", "money"), Column("Times", "number")]
    rows: list[tuple[Cell, ...]] = [
        (each.population, each.currency, each.size, each.transactions) for each in report.analytic.repeated
    ]
    if rows:
        yield table("Amounts that come most often, up to ten a population", columns, rows)


def _round(report: Report) -> Iterator[Table]:
    columns = [Column("Population"), Column("Currency"), Column("Amounts", "number"), Column("Round", "number")]
    rows: list[tuple[Cell, ...]] = [
        (each.population, each.currency, each.transactions, each.round) for each in report.analytic.round
    ]
    if rows:
        yield table("Whole hundreds", columns, rows)
