"""Waivers, the register and systemic rules in the report: what auditors see of them, and that nothing hides."""

from datetime import date
from typing import Any

import pytest

from checks.outcome import Standing, WaiverUse
from reports.build import build_report
from reports.html import render_html
from reports.model import Report
from tests.reports.months import with_facts
from tests.reports.rulings import with_facts_of
from tests.reports.stories import broken
from tests.reports.test_html import Text

LINE: dict[str, Any] = {
    "rule": "projections_do_not_drift",
    "opening": 5, "raised": 2, "closed": 4, "closing": 3, "new": 1, "persisting": 1, "waived": 1,
    "week": 1, "month": 1, "quarter": 1, "older": 0, "oldest_days": 44,
    "amounts": [
        {
            "currency": "KWD",
            "opening": "7000", "raised": "1250", "closed": "6000", "changed": "-1", "closing": "2249", "waived": "9",
        }
    ],
}  # fmt: skip


def use(standing: Standing, **said: Any) -> WaiverUse:  # noqa: ANN401 - any field
    usual = {
        "id": "known", "rule": "projections_do_not_drift", "owner": "<b>finance</b>",
        "reason": "<script>alert(1)</script>", "expires": date(2026, 3, 31), "most": 3,
        "most_amount": {"EGP": 12_345}, "matched": 2, "amounts": {"EGP": "11999"},
    }  # fmt: skip
    return WaiverUse(**{**usual, "standing": standing, **said})


def reported(**changes: Any) -> Report:  # noqa: ANN401 - any field
    facts, query = broken()
    return build_report(with_facts(facts, **changes), query)


def test_waivers_are_shown_with_their_owner_reason_cap_and_figures() -> None:
    page = render_html(reported(waivers=[use("stands"), use("cap passed", id="other", most_amount=None)]))
    read = Text(page).text
    for said in (
        "known",
        "<b>finance</b>",
        "<script>alert(1)</script>",
        "2026-03-31",
        "119.99",
        "123.45",
        "cap passed",
    ):
        assert said in read
    assert "<script>alert(1)" not in page.split("report-json")[0]
    assert "The configuration names no waiver." in render_html(reported())


def test_the_register_is_shown_and_says_whether_it_foots() -> None:
    report = reported(exceptions=[LINE])
    register = report.exception_register
    assert register.sentence == (
        "3 exceptions: 1 new, 1 persisting, 1 waived. Of those in the export before, 4 are cured."
    )
    read = Text(render_html(report)).text
    for said in (register.sentence, "7.000", "1.250", "(0.001)", "2.249"):
        assert said in read
    assert register.foots
    wrong = {**LINE["amounts"][0], "closing": "2250"}
    for changed in ({"closing": 4}, {"amounts": [wrong]}):
        broken_register = reported(exceptions=[{**LINE, **changed}])
        assert not broken_register.exception_register.foots
        assert "and here do not" in render_html(broken_register)


def test_waived_rows_come_last_and_name_their_waiver() -> None:
    facts, query = broken()
    rows = facts.offenders["projections_do_not_drift"]
    names = ["known" if place < 3 else None for place in range(rows.num_rows)]
    offenders = {**facts.offenders, "projections_do_not_drift": rows.append_column("waiver", [names])}
    outcomes = [
        with_facts_of(each, waived=3, waived_amounts={"EGP": "5"}) if each.rule == "projections_do_not_drift" else each
        for each in facts.outcomes_month
    ]
    report = build_report(with_facts(facts, offenders=offenders, outcomes_month=outcomes), query)
    table = next(each for each in report.exceptions if each.rule == "projections_do_not_drift")
    place = [column.name for column in table.columns].index("waiver")
    assert [row[place] for row in table.rows] == [None] * (rows.num_rows - 3) + ["known"] * 3
    rule = next(each for each in report.rules if each.rule == "projections_do_not_drift")
    assert (rule.waived, [each.amount for each in rule.waived_amounts]) == (3, ["5"])
    assert report.verdict.counts.waived_rows == 3
    others = [each for each in reported().exceptions if "waiver" in [column.name for column in each.columns]]
    assert others == []


@pytest.mark.parametrize("rule", ["projections_do_not_drift", "caches_do_not_drift"])
def test_drift_of_one_cause_is_told_beside_its_figures(rule: str) -> None:
    facts, query = broken()
    outcomes = [with_facts_of(each, systemic=True) if each.rule == rule else each for each in facts.outcomes_month]
    drift = build_report(with_facts(facts, outcomes_month=outcomes), query).drift
    assert (drift.systemic, drift.cache_systemic) == (rule == "projections_do_not_drift", rule == "caches_do_not_drift")
    assert ("gross and net drift measure that cause" in drift.sentence) is drift.systemic
    assert ("What users are shown is off throughout" in drift.sentence) is drift.cache_systemic
