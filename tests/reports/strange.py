"""Reports no ledger gives every day: texts that attack, many currencies, many findings, amounts without end.

What goes in: reports changed by hand. What stays out: believable months (stories).
"""

from collections.abc import Sequence

from reports.build import build_report
from reports.evidence import Column, ExceptionTable
from reports.model import Report
from tests.reports.stories import STORIES


def with_texts(texts: Sequence[str]) -> Report:
    """Make a report that shows these texts wherever data is shown."""
    report = build_report(*STORIES["broken"]())
    columns = (Column(name="wallet_id", meaning="text"), Column(name="=cmd|column", meaning="text"))
    rows = tuple((text, text) for text in texts)
    shown = ExceptionTable(
        rule="types_are_known", total=len(rows), shown=len(rows), rows_path=texts[0], columns=columns, rows=rows
    )
    found = [report.findings[0].model_copy(update={"sentence": text}) for text in texts]
    worst = [report.drift.worst[0].model_copy(update={"wallet_id": text}) for text in texts]
    line = report.roll_forward.currencies[0]
    moves = [line.movements[0].model_copy(update={"kind": text}) for text in texts]
    lines = (line.model_copy(update={"movements": tuple(moves)}), *report.roll_forward.currencies[1:])
    return report.model_copy(
        update={
            "entity": " ".join(texts),
            "findings": tuple(found),
            "exceptions": (shown,),
            "drift": report.drift.model_copy(update={"worst": tuple(worst)}),
            "roll_forward": report.roll_forward.model_copy(update={"currencies": lines}),
        }
    )


def crowded() -> Report:
    """Make a report of thirty currencies with amounts of thirty digits, sixty findings and long exceptions."""
    report = build_report(*STORIES["broken"]())
    codes = [f"C{place:02}" for place in range(30)]
    line, owed = report.roll_forward.currencies[0], report.liabilities[0]
    huge = "9" * 30
    lines = [line.model_copy(update={"currency": code, "opening": huge}) for code in codes]
    owing = [owed.model_copy(update={"currency": code, "owed": huge}) for code in codes]
    keys = report.exceptions[1]
    long = keys.model_copy(update={"total": 20_000, "shown": 500, "rows": keys.rows * 5})
    return report.model_copy(
        update={
            "findings": report.findings * 15,
            "liabilities": tuple(owing),
            "roll_forward": report.roll_forward.model_copy(update={"currencies": tuple(lines)}),
            "exceptions": (report.exceptions[0], long, *report.exceptions[2:]) * 3,
        }
    )
