"""What changed since the report of the month before, from the JSON of two reports."""

import json
from dataclasses import replace
from typing import Any

from reports.build import build_report
from reports.changes import Changed
from reports.html import render_html
from reports.model import report_json
from tests.reports.months import BASIS, KINDS, with_facts
from tests.reports.stories import clean

SETTINGS = {"drift_tolerance": "1", "repeat_seconds": "120"}


def earlier(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any field
    facts, query = clean()
    facts = with_facts(facts, basis=replace(BASIS, settings=SETTINGS), configuration="a" * 64, **changes)
    said: dict[str, Any] = json.loads(report_json(build_report(facts, query)))
    return said


def since(before: dict[str, Any] | None, **changes: Any) -> Any:  # noqa: ANN401 - any field
    facts, query = clean()
    known = {"basis": replace(BASIS, settings=SETTINGS), "configuration": "a" * 64, **changes}
    return build_report(with_facts(facts, earlier=before, **known), query)


def test_without_an_earlier_report_nothing_is_compared() -> None:
    found = since(None).since_last_month
    assert (found.compared_with, found.changed) == (None, ())
    assert "nothing to compare with" in found.sentence


def test_the_same_configuration_has_no_change() -> None:
    found = since(earlier()).since_last_month
    assert (found.compared_with, found.changed) == ("7-4be1d90c2f6a", ())
    assert "neither the configuration nor the rules nor the program that exports changed" in found.sentence


def test_every_change_is_listed_with_what_it_was() -> None:
    basis = replace(
        BASIS,
        settings=SETTINGS | {"drift_tolerance": "5"},
        settled=("COMPLETED", "SETTLED"),
        kinds=KINDS[:-1],
        currencies={"EGP": 2, "JPY": 0, "KWD": 3, "USD": 4},
        absent_tables=(),
    )
    report = since(earlier(), basis=basis, outcomes_month=clean()[0].outcomes_month[:-1], configuration="b" * 64)
    assert report.since_last_month.changed == (
        Changed(what="Decimals of USD", before="2", now="4"),
        Changed(what="Kind FEE", before="either, external", now=None),
        Changed(what="Rule caches_do_not_drift", before="judged", now=None),
        Changed(what="Setting drift_tolerance", before="1", now="5"),
        Changed(what="Statuses that settle", before="COMPLETED", now="COMPLETED, SETTLED"),
        Changed(what="Tables this source does not have", before="escrows", now=""),
    )
    page = render_html(report)
    assert "6 changes of the configuration, the rules or the program" in page
    assert "Changed since the month before" in page


def test_a_change_that_nothing_here_names_is_told_by_its_digest() -> None:
    found = since(earlier(), configuration="b" * 64).since_last_month
    assert found.changed == (Changed(what="SHA-256 of the configuration", before="a" * 64, now="b" * 64),)


def test_another_program_is_a_change() -> None:
    before = earlier()
    before["provenance"]["program_sha256"] = "c" * 64
    facts, _ = clean()
    found = since(before, certificate={**facts.certificate, "program": "d" * 64}).since_last_month
    assert found.changed == (Changed(what="SHA-256 of the program that exports", before="c" * 64, now="d" * 64),)


def test_a_report_of_an_older_tieout_says_less_and_is_compared_all_the_same() -> None:
    before = earlier()
    del before["basis"]["settings"], before["provenance"]["configuration_sha256"]
    assert since(before, configuration="b" * 64).since_last_month.changed == ()
