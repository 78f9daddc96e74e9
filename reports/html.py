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

from reports.cells import amount_filters, identifier, whole
from reports.charts import waterfalls
from reports.front import Finding
from reports.model import Report, report_json
from reports.wording import counted, day_before, instant, visible

FONTS = (("Tieout Sans", 400), ("Tieout Sans", 600), ("Tieout Mono", 400))
STATES = {
    "held": "held",
    "broken": "broken",
    "not verified": "unverified",
    "held, nothing to examine": "empty",
    "not applicable": "absent",
}
TONES = {"CLEAN": "held", "BROKEN": "broken", "NOT VERIFIED": "unverified"}
SCOPES = {"month": "rows of the month", "closing": "closing balances", "cut": "as of the cut"}
SECTIONS = (
    ("totals", "Control totals"),
    ("roll-forward", "Roll-forward"),
    ("drift", "Drift as of the cut"),
    ("exposure", "Exposure as of the cut"),
    ("adjustments", "Manual adjustments"),
    ("rules", "Rules"),
    ("exceptions", "Exceptions"),
    ("provenance", "Provenance"),
    ("words", "Words"),
)


def render_html(report: Report) -> str:
    """Render the report as one HTML page; the same report always gives the same text."""
    decimals = {each.currency: each.decimals for each in report.basis.currencies}
    template = _environment(tuple(decimals.items())).get_template("report.html.j2")
    return template.render(_context(report, decimals))


def _context(report: Report, decimals: Mapping[str, int]) -> dict[str, Any]:
    style, script = _style(), _template("report.js")
    lines = report.roll_forward.currencies
    end = f"at the end of {day_before(report.period.end)}" if report.period.complete else "at the cut"
    return {
        "r": report,
        "tone": TONES[report.verdict.word],
        "states": STATES,
        "scopes": SCOPES,
        "sections": [(anchor, number, heading) for number, (anchor, heading) in enumerate(SECTIONS, 1)],
        "policy": _policy(style, script),
        "style": Markup(style),  # noqa: S704 - our own files
        "script": Markup(script),  # noqa: S704 - our own files
        "data": Markup(report_json(report).replace("<", "\\u003c")),  # noqa: S704 - no tag can begin
        "signs": list(_signs(report)),
        "tolerance": counted(report.basis.drift_tolerance, "minor unit"),
        "findings": list(_findings(report.findings)),
        "ending": end,
        "tally": list(_tally(report)),
        "asides": any(not rule.counts_for_verdict for rule in report.rules),
        "exported": sum(total.transactions for total in report.control_totals),
        "taken_over": any(line.taken_over != "0" for line in lines),
        "unsettled": sum(line.unsettled_transactions for line in lines),
        "matrix": list(_matrix(report)),
        "panels": waterfalls(lines, decimals),
        "cut_at": ("" if report.cut.bound == "exact" else "Not before ") + instant(report.cut.at),
        "latest": instant(report.cut.latest_created_at or ""),
        "rules": [(rule, _state(rule.result, rule.examined)) for rule in report.rules],
    }


def _state(result: str, examined: int) -> str:
    return "held, nothing to examine" if result == "held" and not examined else result


def _tally(report: Report) -> Iterator[tuple[str, int, int]]:
    """Yield each state with its number of rules that decide, and of those that do not."""
    for group in report.coverage:
        deciding = sum(rule.counts_for_verdict for rule in group.rules)
        yield group.state, deciding, len(group.rules) - deciding


def _signs(report: Report) -> Iterator[tuple[str, list[str]]]:
    for sign, words in (("credit", "Above zero"), ("debit", "Below zero"), ("either", "Either")):
        kinds = [each.kind for each in report.basis.kinds if each.sign == sign]
        if kinds:
            yield words, kinds


def _findings(found: tuple[Finding, ...]) -> Iterator[tuple[bool, list[Finding]]]:
    for decides in (True, False):
        group = [each for each in found if each.counts_for_verdict is decides]
        if group:
            yield decides, group


def _matrix(report: Report) -> Iterator[dict[str, Any]]:
    """Yield a line a kind: configured kinds in their order, then others; amounts beside their currency."""
    lines = report.roll_forward.currencies
    present = dict.fromkeys(each.kind for line in lines for each in line.movements)
    order = [each.kind for each in report.basis.kinds if each.kind in present]
    for kind in [*order, *sorted(set(present) - set(order))]:
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
    own = {"seen": visible, "counted": counted, "count": whole, "id": identifier}
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
