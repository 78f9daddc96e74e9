"""What stands behind `tieout check-source`: what a source has, beside what the mapping takes of it.

What goes in: the comparison and its words. What stays out: looking (each source's survey). No row is read.
"""

import json
import sys
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from assets.columns import Column
from assets.mapping import Mapping
from assets.promises import MAPPED
from assets.sources.protocol import FoundTable, Source, Survey
from assets.sources.staging import in_entry
from assets.sources.tabular import fits

WIDTH = 140


@dataclass(frozen=True)
class Line:
    """One mapped column, and what the source has for it."""

    table: str
    column: str
    source: str
    expected: str
    found: str
    problem: str | None


def check_source(source: Source, mapping: Mapping, *, as_json: bool) -> bool:
    """Print what was found, and return whether all that the mapping needs is there."""
    survey = source.survey(mapping)
    lines = compare(survey, mapping)
    left = leftovers(survey, mapping)
    if as_json:
        document = {**asdict(survey), "mapping": [asdict(line) for line in lines], "left": left}
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        _show(survey, lines, left)
    return not any(line.problem for line in lines)


def compare(survey: Survey, mapping: Mapping) -> list[Line]:
    """Return a line for each mapped column; a table that is not there is one line."""
    found = {table.name: table for table in survey.tables}
    lines: list[Line] = []
    for name, table in mapping.present().items():
        there = found.get(table.name)
        if there is None:
            lines.append(Line(name, "", table.name, "a table", "nothing", "is not there"))
            continue
        if not there.columns:
            lines.append(Line(name, "", table.name, "a table", "documents", None))
            continue
        if table.list:
            problem = None if table.list in there.columns else "is not there"
            lines.append(Line(name, "list", table.list, "a list", there.columns.get(table.list, "nothing"), problem))
        lines += [
            _line(name, ours, column, there, fixed=survey.schema_is_fixed)
            for ours, column in table.present().items()
            if not in_entry(table, ours)
        ]
    return lines


def leftovers(survey: Survey, mapping: Mapping) -> dict[str, list[str]]:
    """Return what the mapping does not take: whole tables, and columns of those it takes."""
    mapped = {table.name: table for table in mapping.present().values()}
    left: dict[str, list[str]] = {}
    for found in survey.tables:
        table = mapped.get(found.name)
        taken = {column.name for column in table.present().values()} if table else set()
        taken |= {table.list} if table and table.list else set()
        rest = [f"{column} {word}" for column, word in found.columns.items() if column not in taken]
        if table is None or rest:
            left[found.name] = rest
    return left


def _line(name: str, ours: str, column: Column, there: FoundTable, *, fixed: bool) -> Line:
    word, problem = there.columns.get(column.name), None
    if word is None and MAPPED[name][ours].required:
        problem = "is needed and not there"
    elif word is None:
        problem = f"is not there: say {ours} = false" if fixed and MAPPED[name][ours].meaning != "integer" else None
    elif not fits(column, word):
        problem = f"is not spelled as {column.type}"
    return Line(name, ours, column.name, column.type, word or "nothing", problem)


def _show(survey: Survey, lines: list[Line], left: dict[str, list[str]]) -> None:
    console = Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)
    for note in (f"{survey.kind} {survey.deployment or ''}".strip(), *survey.notes):
        console.print(Text(note))
    console.print()
    tables = Grid("table of the source", "rows", "columns not taken", box=None, pad_edge=False, header_style="bold")
    for table in survey.tables:
        rows = "" if table.rows is None else f"{table.rows:,}"
        rest = left.get(table.name)
        tables.add_row(table.name, rows, "all" if rest == [] else ", ".join(rest or ()))
    console.print(tables)
    console.print()
    grid = Grid("mapped", "at the source", "expected", "found", "", box=None, pad_edge=False, header_style="bold")
    for line in lines:
        ours = f"{line.table}.{line.column}" if line.column else line.table
        grid.add_row(ours, line.source, line.expected, line.found, Text(line.problem or "", "bold red"))
    console.print(grid)
    console.print()
    wrong = sum(1 for line in lines if line.problem)
    absent = sum(1 for line in lines if not line.problem and line.found == "nothing")
    words = f"{wrong} of {len(lines)} mapped columns and tables do not fit." if wrong else "Everything needed is there."
    console.print(Text(words + (f" {absent} that need not be there are not." if absent else "")))
