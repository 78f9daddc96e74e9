"""The PDF of a report: PDF/A-3a and PDF/UA-1 at once, with the report's JSON attached, the same bytes every time.

What goes in: the report alone; the page itself is `templates/report.typ`, which only lays out what it is given.
What stays out: order and titles (pages, page_one), widths (columns), any figure the model does not hold.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from checks.sentences import counted
from reports.at_stake import gross_drift, reconciled, restated, waived, worths
from reports.bars import WIDE
from reports.charts import waterfalls
from reports.columns import BREAK, breakable
from reports.front import Finding
from reports.letters import face, legible
from reports.model import Report, report_json
from reports.page_one import SCOPES, STATES, TONES, cut_at, ending, figures, grouped_findings, owed, tally
from reports.pages import pages
from reports.printed import printed
from reports.tables import Panel, Section, Table

if TYPE_CHECKING:
    import typst

STANDARDS: list[Any] = ["a-3a", "ua-1"]
PAGE = 595.28 - 2 * 48
"""The width of the text in points: A4 less its margins."""
MOST_OWED = 8
"""How many currencies page one has room for."""
BROAD = 480.0
WIDTH = re.compile(r'<svg[^>]* width="(\d+)"')
NAMES = (25, 20, 15)
"""The sizes of the name on page one."""


def render_pdf(report: Report) -> bytes:
    """Render the report as a PDF; the same report always gives the same bytes."""
    made = _compiler().compile(
        _template(),
        format="pdf",
        sys_inputs=pdf_inputs(report),
        pdf_standards=STANDARDS,
        timestamp=moment(report),
    )
    return cast("bytes", made)


def pdf_inputs(report: Report) -> dict[str, str]:
    """Return what the template is given: everything it sets, and the report it attaches."""
    decimals = report.basis.decimals
    return {"page": json.dumps(_document(report, decimals)), "report": report_json(report)}


def moment(report: Report) -> datetime:
    """Return the instant every date in the file is set to: the cut, to the second."""
    return datetime.fromisoformat(report.cut.at).astimezone(UTC).replace(microsecond=0)


@cache
def _compiler() -> "typst.Compiler":
    import typst  # noqa: PLC0415 - 80 MB that only a report needs

    folder = str(files("reports") / "fonts")
    return typst.Compiler(
        font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    )


@cache
def _template() -> bytes:
    return (files("reports") / "templates" / "report.typ").read_bytes()


def _document(report: Report, decimals: Mapping[str, int]) -> dict[str, Any]:
    whole = owed(report)
    few = Table(whole.name, whole.columns, whole.rows[:MOST_OWED])
    first = moment(report)
    origin = report.provenance
    return {
        "entity": legible(report.entity),
        "name": _name(legible(report.entity), report.period.name),
        "month": report.period.name,
        "version": origin.version,
        "export": legible(origin.export_id),
        "date": [first.year, first.month, first.day, first.hour, first.minute, first.second],
        "tone": TONES[report.verdict.word],
        "word": report.verdict.word,
        "conclusion": _words(report.verdict.sentence),
        "figures": [vars(each) for each in figures(report)],
        "tally": [vars(each) | {"tone": STATES[each.state]} for each in tally(report)],
        "cut": [cut_at(report), report.cut.sentence],
        "period": report.period.sentence,
        "since": _words(report.since_last_month.sentence),
        "drift": _words(f"{gross_drift(report)} {reconciled(report)}"),
        "kind": "Monthly ledger audit report" + ("" if report.period.complete else ", interim"),
        "register": _words(f"Those to act on soonest come first. {report.exception_register.sentence}"),
        "restated": _words(restated(report)),
        "waived": _words(waived(report)),
        "findings": [
            {"heading": group.heading, "decides": group.decides, "found": [_finding(e, decimals) for e in group.found]}
            for group in grouped_findings(report)
        ],
        "ending": ending(report),
        "owed": printed(few, decimals, PAGE),
        "owed_all": printed(whole, decimals, PAGE) if len(whole.rows) > MOST_OWED else None,
        "owed_many": len(whole.rows),
        "not_tested": list(report.not_tested),
        "sections": [_section(section, report, decimals) for section in pages(report)],
    }


def _name(entity: str, month: str) -> dict[str, Any]:
    """Set the name of the entity as large as its length allows."""
    letters = face("strong")
    size = next((size for size in NAMES if letters.width(f"{entity} {month}", size) < PAGE), NAMES[-1])
    long = max(letters.width(word, size) for word in entity.split(" ")) > PAGE
    return {"size": size, "text": BREAK.join(entity) if long else entity}


def _finding(found: Finding, decimals: Mapping[str, int]) -> dict[str, Any]:
    rows = counted(found.offenders, "row") if found.result == "broken" else ""
    worth = worths(found.amounts, decimals)
    return {
        "tone": STATES[found.result] if found.severity != "warning" else "warned",
        "text": _words(found.sentence),
        "next": _words(found.next_step),
        "rule": found.rule,
        "of": [each for each in (found.result, found.severity, SCOPES[found.scope], rows, *worth) if each],
    }


def _section(section: Section, report: Report, decimals: Mapping[str, int]) -> dict[str, Any]:
    filled = [each for each in section.tables if each.rows or each.total]
    return {
        "number": section.number,
        "title": section.title,
        "lead": _words(section.said),
        "tables": [printed(each, decimals, PAGE, titled=len(section.tables) > 1) for each in filled],
        "panels": list(_panels(report, decimals)) if section.drawn and filled else _own(section),
        "drawn": section.drawn,
        "drawn_of": len(report.roll_forward.currencies),
    }


def _own(section: Section) -> list[dict[str, Any]]:
    return [_laid(each) for each in section.panels]


def _laid(panel: Panel) -> dict[str, Any]:
    wide = int(next(iter(WIDTH.findall(panel.svg)), WIDE))
    return {
        "sentence": legible(panel.sentence),
        "svg": legible(panel.svg.replace("\n", " ")),
        "share": min(wide / WIDE, 1),
    }


def _panels(report: Report, decimals: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield the charts; names that the fonts cannot show are spelled out before they are drawn."""
    lines = [
        line.model_copy(
            update={"movements": tuple(each.model_copy(update={"kind": legible(each.kind)}) for each in line.movements)}
        )
        for line in report.roll_forward.currencies
    ]
    for panel in waterfalls(lines, decimals):
        yield _laid(panel)


def _words(text: str) -> str:
    return breakable(legible(text), BROAD)
