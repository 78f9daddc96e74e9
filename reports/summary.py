"""A month in a few lines of Markdown and one chart: what the Dagster UI shows beside the asset.

What goes in: the report alone, short enough to be shown without a click. What stays out: Dagster (report_asset).
"""

import base64
from collections.abc import Iterator

from checks.sentences import counted
from reports.charts import waterfalls
from reports.model import Report
from reports.wording import amount, visible

LONGEST = 1_000
"""Markdown of this length or more is hidden behind a button."""
MORE = 60
"""Room for the line that says how much is left out."""


def summary(report: Report) -> str:
    """Say the verdict, how each currency went, and the findings, in fewer than a thousand characters."""
    sentence = visible(report.verdict.sentence)[: LONGEST // 2]
    text, left = f"**{report.verdict.word}** {report.period.name}. {sentence}\n", 0
    for line in _lines(report):
        if left or len(text) + len(line) + MORE >= LONGEST:
            left += 1
        else:
            text += f"{line}\n"
    return f"{text}\n{counted(left, 'more line')} in the report." if left else text


def _lines(report: Report) -> Iterator[str]:
    decimals = report.basis.decimals
    if report.roll_forward.currencies:
        yield "\n| | Opening | Closing | Foots |\n|---|--:|--:|---|"
    for line in report.roll_forward.currencies:
        opening, closing = (
            amount(each, decimals.get(line.currency)) for each in (line.opening, line.closing_by_wallet)
        )
        code = visible(line.currency).replace("|", "\\\\|")
        yield f"| {code} | {opening} | {closing} | {'yes' if line.foots else 'no'} |"
    for place, found in enumerate(report.findings):
        beside = "" if found.counts_for_verdict else ", as of the cut"
        rows = counted(found.offenders, "row") if found.result == "broken" else found.result
        yield f"{'' if place else chr(10)}- `{found.rule}`: {rows}{beside}"


def picture(report: Report) -> str | None:
    """Draw the roll-forward of the currency with most transactions, as Markdown that holds the image."""
    moved = [line for line in report.roll_forward.currencies if line.movements]
    if not moved:
        return None
    busiest = max(moved, key=lambda line: sum(each.transactions for each in line.movements))
    panel = waterfalls([busiest], report.basis.decimals)[0]
    paper = panel.svg.replace(">", '><rect width="100%" height="100%" fill="#fff"/>', 1)
    data = base64.b64encode(paper.encode()).decode()
    words = "".join(each for each in visible(panel.sentence) if each not in "[]()")
    return f"![{words}](data:image/svg+xml;base64,{data})"
