"""One self-contained page from the report model: no network, a strict policy, the report's JSON inside.

What goes in: the report alone. What stays out: facts, queries, and any figure the model does not hold.
"""

import base64
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from checks.sentences import counted
from reports.at_stake import gross_drift, reconciled, restated, waived, worths
from reports.cells import amount_filters, identifier, whole
from reports.charts import waterfalls
from reports.model import Report, report_json
from reports.page_one import SCOPES, STATES, TONES, cut_at, ending, grouped_findings, kinds_moved, signed_kinds, tally
from reports.pages import CONTENTS, pages
from reports.printed import instant_of_row, note
from reports.wording import visible

FONTS = (("Tieout Sans", 400), ("Tieout Sans", 600), ("Tieout Mono", 400))
OWN = {"roll-forward": "roll_forward.html.j2", "exceptions": "exceptions.html.j2"}
"""The sections that have a template of their own: a matrix with its charts, and rows that can be filtered."""


def render_html(report: Report) -> str:
    """Render the report as one HTML page; the same report always gives the same text."""
    decimals = report.basis.decimals
    template = _environment(tuple(decimals.items())).get_template("report.html.j2")
    return template.render(_context(report, decimals))


def _context(report: Report, decimals: Mapping[str, int]) -> dict[str, Any]:
    style, script = _style(), _template("report.js")
    lines = report.roll_forward.currencies
    return {
        "r": report,
        "tone": TONES[report.verdict.word],
        "states": STATES,
        "scopes": SCOPES,
        "sections": [(each.anchor, each.number, each.heading) for each in CONTENTS],
        "own": OWN,
        "policy": _policy(style, script),
        "style": Markup(style),  # noqa: S704 - our own files
        "script": Markup(script),  # noqa: S704 - our own files
        "data": Markup(report_json(report).replace("<", "\\u003c")),  # noqa: S704 - no tag can begin
        "signs": list(signed_kinds(report)),
        "tolerance": counted(report.basis.drift_tolerance, "minor unit"),
        "findings": list(grouped_findings(report)),
        "ending": ending(report),
        "tally": [(each.state, each.deciding, each.aside) for each in tally(report)],
        "asides": any(not rule.counts_for_verdict for rule in report.rules),
        "exported": sum(total.transactions for total in report.control_totals),
        "taken_over": any(line.taken_over != "0" for line in lines),
        "unsettled": sum(line.unsettled_transactions for line in lines),
        "matrix": list(_matrix(report)),
        "panels": waterfalls(lines, decimals),
        "cut_at": cut_at(report),
        "gross_drift": gross_drift(report),
        "reconciled": reconciled(report),
        "restated": restated(report),
        "waived": waived(report),
        "worths": lambda amounts: worths(amounts, decimals),
        "note": lambda table: note(table, len(table.rows)),
        "excepted": {each.rule for each in report.exceptions},
        "laid": {each.anchor: section for each, section in zip(CONTENTS, pages(report), strict=True)},
    }


def _matrix(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a line a kind: configured kinds in their order, then others; amounts beside their currency."""
    lines = report.roll_forward.currencies
    for kind in kinds_moved(report):
        cells = [(line.currency, [each for each in line.movements if each.kind == kind]) for line in lines]
        found = [each for _, movements in cells for each in movements]
        yield {
            "kind": kind,
            "flow": found[0].flow,
            "transactions": sum(each.transactions for each in found),
            "amounts": [(code, movements[0].amount if movements else None) for code, movements in cells],
        }


@cache
def _environment(decimals: tuple[tuple[str, int], ...]) -> Environment:
    environment = Environment(
        loader=FunctionLoader(_template), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    own = {"seen": visible, "counted": counted, "count": whole, "id": identifier, "time_of_row": instant_of_row}
    environment.filters |= own | amount_filters(dict(decimals))
    return environment


@cache
def _template(name: str) -> str:
    return (files("reports") / "templates" / name).read_text(encoding="utf-8")


@cache
def _style() -> str:
    faces = []
    for family, weight in FONTS:
        name = f"{family.lower().replace(' ', '-')}-{weight}.woff2"
        font = base64.b64encode((files("reports") / "fonts" / name).read_bytes()).decode()
        source = f"url(data:font/woff2;base64,{font})format('woff2')"
        faces.append(f"@font-face{{font-family:'{family}';font-weight:{weight};src:{source}}}")
    return "\n".join([*faces, _template("report.css")])


def _policy(style: str, script: str) -> str:
    """Allow this page's one style and one script by their digests, its fonts, and nothing else."""
    style_digest, script_digest = (
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script_digest}'; style-src 'sha256-{style_digest}'; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
