"""The workpapers: the report as a workbook with live formulas, where people say what became of each exception.

What goes in: which sheets there are, and the index that leads to them. What stays out: cells (sheets), order (pages).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from checks.sentences import counted
from reports.model import Report
from reports.page_one import TONES, cut_at, ending, figures, findings, owed
from reports.pages import pages
from reports.sheets import INKS, WIDEST, Looks, Sheet, cell_name, text_of
from reports.tables import Section, Table

NAME = 31
"""How many characters the name of a sheet may have."""
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
USE = (
    "Amounts are numbers in major units, and text where a spreadsheet would not keep every digit.",
    "Cells in yellow are yours to fill in. What follows from other cells is a formula, so that it can be followed.",
)


@dataclass(frozen=True)
class _Planned:
    name: str
    title: str
    lead: str
    tables: tuple[Table, ...]


def render_workbook(report: Report) -> bytes:
    """Render the report as a workbook; the same report always gives the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only a report needs it

    held = BytesIO()
    book = xlsxwriter.Workbook(held, OPTIONS)
    cut = datetime.fromisoformat(report.cut.at).astimezone(UTC).replace(microsecond=0, tzinfo=None)
    title = f"{report.entity}, {report.period.name}: {report.verdict.word}, workpapers"
    book.set_properties({"title": text_of(title), "comments": report.not_tested[-1], "created": cut})
    looks, decimals = Looks(book), report.basis.decimals
    index = Sheet(book.add_worksheet("Index"), looks, decimals)
    planned = list(_plan(report))
    checks = [check for each in planned for check in _fill(book, looks, decimals, each, report)]
    _index(index, report, planned, checks)
    book.close()
    return held.getvalue()


def _plan(report: Report) -> Iterator[_Planned]:
    """Yield a sheet a section, and one for each table whose rows are worked on."""
    yield _Planned("Findings", "Findings", "Those that decide on the month come first.", (findings(report),))
    above = f"Balances above zero, {ending(report)}. Balances below zero are apart, and lower nothing."
    yield _Planned("Owed", "What is owed to wallet holders", above, (owed(report),))
    for section in pages(report):
        filled = [table for table in section.tables if table.rows or table.total]
        together = tuple(table for table in filled if not table.worked)
        title = f"{section.number} {section.title}"
        yield _Planned(_sheet_name(title), title, section.said, together)
        yield from _apart(section.number, section, filled)


def _apart(number: str, section: Section, filled: list[Table]) -> Iterator[_Planned]:
    worked = [table for table in filled if table.worked]
    for place, table in enumerate(worked, 1):
        title = f"{number}.{place} {table.name}"
        yield _Planned(_sheet_name(title), title, f"{section.title}. Say what became of each row.", (table,))


def _sheet_name(title: str) -> str:
    return re.sub(r"[\[\]:*?/\\']", " ", text_of(title))[:NAME].strip()


def _fill(
    book: Any,  # noqa: ANN401 - the library's workbook
    looks: Looks,
    decimals: dict[str, int],
    planned: _Planned,
    report: Report,
) -> list[tuple[str, str, str]]:
    """Fill a sheet and return its checks: what is checked, the cell that says so, and what it says."""
    sheet = Sheet(book.add_worksheet(planned.name), looks, decimals)
    sheet.line(planned.title, bold=True, font_size=14)
    sheet.say(planned.lead)
    sheet.sheet.write_url(sheet.row, 0, "internal:'Index'!A1", looks.look(font_color="#2b4a6f", underline=1), "Index")
    sheet.row += 2
    checks = []
    for table in planned.tables:
        first = sheet.table(table, named=len(planned.tables) > 1)
        checks += [
            (
                f"{table.name}, {column.title}: foots",
                f"'{planned.name}'!{cell_name(first + table.foots, place)}",
                cell[1],
            )
            for place, column in enumerate(table.columns)
            if table.foots is not None and isinstance(cell := table.rows[table.foots][place], tuple)
        ]
        if len(planned.tables) == 1:
            sheet.sheet.freeze_panes(first, 0)
            sheet.sheet.repeat_rows(first - 1)
        sheet.row += 1
    sheet.finish()
    _page(sheet, report)
    return checks


def _page(sheet: Sheet, report: Report) -> None:
    """Say how the sheet is printed."""
    sheet.sheet.hide_gridlines(2)
    sheet.sheet.set_landscape()
    sheet.sheet.set_paper(9)
    sheet.sheet.fit_to_pages(1, 0)
    origin = f"{report.period.name}, version {report.provenance.version}, export {report.provenance.export_id}"
    sheet.sheet.set_footer(f"&L{text_of(origin).replace('&', '&&')[:200]}&R&A, &P of &N")
    sheet.sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})


def _index(index: Sheet, report: Report, planned: list[_Planned], checks: list[tuple[str, str, str]]) -> None:
    index.line("Monthly ledger audit: workpapers", bold=True, font_size=16)
    index.line(f"{report.entity}, {report.period.name}", bold=True, font_size=12)
    index.line(report.verdict.word, bold=True, font_size=14, font_color=INKS[TONES[report.verdict.word]])
    index.say(report.verdict.sentence)
    index.row += 1
    origin = report.provenance
    facts = [("Period", report.period.sentence), ("Cut", f"{cut_at(report)}. {report.cut.sentence}")]
    facts += [("Export", origin.export_id), ("Version", str(origin.version))]
    facts += [("Replaces", f"{origin.replaces}: {origin.reason}")] if origin.replaces else []
    facts += [(each.name, f"{each.value} ({each.note})") for each in figures(report)]
    for name, value in facts:
        index.sheet.write_string(index.row, 0, name, index.looks.look(font_color="#5a6673"))
        index.sheet.write_string(index.row, 1, text_of(value), index.looks.look())
        index.row += 1
    index.row += 1
    _links(index, planned)
    if checks:
        index.row += 1
        index.line("Checks", bold=True, font_size=11)
    for name, where, word in checks:
        index.sheet.write_string(index.row, 0, text_of(name), index.looks.look())
        index.sheet.write_formula(index.row, 1, f"={where}", index.looks.look(bold=True), word)
        index.row += 1
    index.row += 1
    for sentence in (*USE, *report.not_tested):
        index.say(sentence)
    index.widths = {0: 44, 1: WIDEST}
    index.finish()
    _page(index, report)


def _links(index: Sheet, planned: list[_Planned]) -> None:
    index.line("Sheets", bold=True, font_size=11)
    for each in planned:
        link = index.looks.look(font_color="#2b4a6f", underline=1)
        index.sheet.write_url(index.row, 0, f"internal:'{each.name}'!A1", link, text_of(each.title))
        rows = sum(table.many for table in each.tables)
        index.sheet.write_string(index.row, 1, counted(rows, "row"), index.looks.look())
        index.row += 1
