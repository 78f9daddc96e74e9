"""The detection matrix as people see it in the terminal.

What goes in: words and layout. What stays out: the figures (matrix).
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.selftest.matrix import Line, Matrix, said
from pipelines.terminal import WIDTH, shown

FIRST = 10
"""False alarms that are listed; the file has all of them."""
LEDGER = {"the newest export": "Planted in a copy of export {export}", "the source": "Planted in a copy of the source"}
NO_LEDGER = "There is no ledger in the home yet: planted in a copy of a demo"


def show_matrix(matrix: Matrix, kept: Path) -> None:
    """Print the rules with what was planted and caught, the false alarms, and the result in one line."""
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    console.print(Text(f"{LEDGER.get(matrix.about['ledger'], NO_LEDGER).format(**matrix.about)}: {_size(matrix)}."))
    console.print()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule", no_wrap=True)
    for name in ("planted", "caught", "false alarms"):
        table.add_column(name, justify="right")
    table.add_column("what else broke of it, and what was not planted", overflow="fold")
    for line in matrix.lines():
        table.add_row(line.rule, _count(line.planted), _caught(line), _count(line.false_alarms), Text(_told(line)))
    console.print(table)
    console.print()
    for alarm in matrix.false_alarms[:FIRST]:
        console.print(Text(f"False alarm of {alarm.rule}: {alarm.offender}", "red"))
    console.print(Text(matrix.summary(), "bold green" if matrix.is_perfect else "bold red"))
    console.print(Text(f"Evidence: {shown(kept)}"))


def _size(matrix: Matrix) -> str:
    copy = matrix.about["copy"]
    part = "" if copy["wallets"] == copy["of_wallets"] else f" of its {copy['of_wallets']:,}"
    return f"{copy['wallets']:,}{part} wallets, {copy['transactions']:,} transactions, seed {matrix.about['seed']}"


def _count(number: int) -> str:
    return f"{number:,}" if number else ""


def _caught(line: Line) -> Text:
    if not line.planted:
        return Text("")
    return Text(f"{line.caught:,}", "green" if line.caught == line.planted else "bold red")


def _told(line: Line) -> str:
    return "; ".join(filter(None, (line.told, said(line.consequences))))
