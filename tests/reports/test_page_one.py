"""What page one sets apart: systemic findings, what is waived, and what is restated."""

from dataclasses import replace

from reports.at_stake import restated, waived
from reports.build import build_report
from reports.html import render_html
from reports.page_one import grouped_findings
from reports.pdf import render_pdf
from tests.reports.months import with_facts
from tests.reports.pdf_text import text_of
from tests.reports.stories import broken, clean
from tests.reports.test_html import Text


def test_systemic_findings_stand_apart_from_single_ones() -> None:
    facts, query = broken()
    outcomes = [replace(each, systemic=each.rule == "balances_are_not_negative") for each in facts.outcomes_month]  # type: ignore[type-var]
    report = build_report(with_facts(facts, outcomes_month=outcomes), query)
    groups = [(group.heading[:8], [each.rule for each in group.found]) for group in grouped_findings(report)]
    assert [heading for heading, _ in groups] == ["", "Systemic"]
    assert groups[1][1] == ["balances_are_not_negative"]
    page, paper = Text(render_html(report)).text, " ".join("".join(text_of(render_pdf(report))).split())
    for shown in (page, paper):
        assert "so one cause each" in shown
        assert shown.index("so one cause each") > shown.index("projections_do_not_drift")


def test_findings_beside_the_verdict_come_last() -> None:
    report = build_report(*clean())
    (beside,) = grouped_findings(report)
    assert not beside.decides
    assert beside.heading == "Also found, as of the cut. Not part of the verdict on June 2025"


def test_waived_rows_are_worth_what_their_rules_say() -> None:
    facts, query = broken()
    amounts = {"types_are_known": {"KWD": "12500"}, "balances_are_not_negative": {"EGP": "700", "KWD": "1"}}
    outcomes = [
        replace(each, waived=2, waived_amounts=amounts.get(each.rule, {}))
        for each in facts.outcomes_month  # type: ignore[type-var]
    ]
    report = build_report(with_facts(facts, outcomes_month=outcomes), query)
    said = "Waived rows are worth 7.00 EGP and 12.501 KWD, added up rule by rule."
    assert waived(report) == said
    assert said in Text(render_html(report)).text
    assert waived(build_report(facts, query)) == ""


def test_a_version_says_why_it_was_made() -> None:
    assert restated(build_report(*clean())).startswith("Restatement, version 2. A settled status was missing")
    assert restated(build_report(*broken())) == ""
