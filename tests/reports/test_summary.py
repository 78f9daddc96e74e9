"""What the Dagster UI shows of a month: short enough to be seen at once, and one picture."""

import base64

import pytest

from reports.build import build_report
from reports.summary import LONGEST, picture, summary
from tests.reports.stories import STORIES
from tests.reports.strange import crowded


@pytest.mark.parametrize("name", STORIES)
def test_the_summary_says_the_verdict_every_currency_and_every_finding(name: str) -> None:
    report = build_report(*STORIES[name]())
    text = summary(report)
    assert len(text) < LONGEST
    assert text.startswith(f"**{report.verdict.word}** {report.period.name}.")
    assert all(f"| {line.currency} |" in text for line in report.roll_forward.currencies)
    assert all(f"- `{found.rule}`: " in text for found in report.findings)


def test_what_does_not_fit_is_counted() -> None:
    text = summary(crowded())
    assert len(text) < LONGEST
    shown = text.count("\n| C") + text.count("- `")
    assert text.endswith(f"{30 + 60 - shown} more lines in the report.")


def test_the_picture_is_the_roll_forward_of_the_busiest_currency() -> None:
    drawn = picture(build_report(*STORIES["clean"]()))
    assert drawn
    words, _, data = drawn.removesuffix(")").partition("](data:image/svg+xml;base64,")
    assert words == "![EGP from 61,199.59 to 77,451.72"
    assert base64.b64decode(data).decode().count("<svg") == 1
    assert picture(build_report(*STORIES["empty"]())) is None
