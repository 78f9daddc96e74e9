"""The roll-forward as tables: a line a kind, a column a currency, and which lines add up to which.

What goes in: lines and their sums. What stays out: other sections (pages), looks (pdf, workbook).
"""

from collections.abc import Callable, Iterator, Sequence

from reports.model import Report
from reports.page_one import kinds_moved
from reports.sections import CurrencyRollForward, KindMovement
from reports.tables import Cell, Column, Section, State, Table, Total

ACROSS, DIGITS = 5, 56
"""How many currencies stand beside each other, and how many digits: more of either are more tables."""
Value = Callable[[CurrencyRollForward], Cell]


def roll_forward(report: Report) -> Section:
    """From opening to closing, as many tables as the currencies need."""
    lines = report.roll_forward.currencies
    groups = list(_groups(lines))
    return Section(
        "Roll-forward",
        (
            "Opening plus every settled movement gives closing. Movements are added by kind, closings by wallet, in "
            "two queries that know nothing of each other; the difference must be zero."
        ),
        tuple(_table(report, group, whole=len(groups) == 1) for group in groups),
        nothing="There is no balance and no movement to roll forward.",
        drawn=True,
    )


def _groups(lines: Sequence[CurrencyRollForward]) -> Iterator[list[CurrencyRollForward]]:
    """Yield the currencies that stand beside each other in one table."""
    group: list[CurrencyRollForward] = []
    for line in lines:
        if group and (len(group) == ACROSS or sum(map(_digits, [*group, line])) > DIGITS):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _digits(line: CurrencyRollForward) -> int:
    """Return how many digits the longest amount of a currency has."""
    amounts = [line.opening, line.closing_by_kind, line.closing_by_wallet, *(each.amount for each in line.movements)]
    return max(len(each) for each in [*amounts, line.unsettled, line.unsettled_to_date, line.taken_over])


def _table(report: Report, lines: Sequence[CurrencyRollForward], *, whole: bool) -> Table:
    def row(name: str, value: Value, *, flow: str = "", transactions: int | None = None) -> tuple[Cell, ...]:
        return (name, flow, transactions if transactions is not None else "", *(value(line) for line in lines))

    starts = [row("Opening", lambda line: line.opening)]
    if any(line.taken_over != "0" for line in report.roll_forward.currencies):
        starts.append(row("Opening balances taken over", lambda line: line.taken_over))
    moves = list(_moves(report, lines))
    last = len(starts) + len(moves)
    closings = [
        row("Closing, movements by kind", lambda line: line.closing_by_kind),
        row("Closing, wallet by wallet", lambda line: line.closing_by_wallet),
        row("Difference", lambda line: line.difference),
        row("Foots", lambda line: State("held", "yes") if line.foots else State("broken", "no")),
    ]
    unsettled = sum(line.unsettled_transactions for line in lines)
    aside = [
        row("Unsettled in the month, in no sum above", lambda line: line.unsettled, transactions=unsettled),
        row("Unsettled, all to date", lambda line: line.unsettled_to_date),
        row("Balances added up", lambda line: line.balances),
    ]
    money = [Column(line.currency, "money", currency=line.currency) for line in lines]
    return Table(
        ", ".join(["Roll-forward", *([] if whole else [line.currency for line in lines])]),
        (Column("Line"), Column("Flow"), Column("Transactions", "number"), *money),
        (*starts, *moves, *closings, *aside),
        totals=(Total(last, plus=tuple(range(last))), Total(last + 2, plus=(last + 1,), minus=(last,))),
        foots=last + 3,
    )


def _moves(report: Report, lines: Sequence[CurrencyRollForward]) -> Iterator[tuple[Cell, ...]]:
    for kind in kinds_moved(report):
        found = [_movement(line, kind) for line in lines]
        moved = [each for each in found if each]
        flow = next((each.flow for line in report.roll_forward.currencies if (each := _movement(line, kind))), None)
        transactions = sum(each.transactions for each in moved)
        yield (kind, flow or "not configured", transactions, *(each.amount if each else None for each in found))


def _movement(line: CurrencyRollForward, kind: str) -> KindMovement | None:
    return next((each for each in line.movements if each.kind == kind), None)
