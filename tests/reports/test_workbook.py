"""The workpapers: every figure of the JSON, formulas that give it again, nothing that runs, the same every time."""

import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.build import build_report
from reports.model import Report
from reports.sheets import DISPOSITIONS, LONGEST, cell_name, exact, money_format, text_of
from reports.wording import amount, visible
from reports.workbook import render_workbook
from tests.reports.amounts import amounts
from tests.reports.elsewhere import digests_elsewhere
from tests.reports.formulas import value_of
from tests.reports.libreoffice import recalculated
from tests.reports.months import HOSTILE
from tests.reports.stories import STORIES
from tests.reports.strange import crowded, with_texts


def opened(report: Report, *, values: bool = False) -> Any:  # noqa: ANN401 - openpyxl's workbook
    return openpyxl.load_workbook(io.BytesIO(render_workbook(report)), data_only=values)


def cells(book: Any) -> Iterator[Any]:  # noqa: ANN401
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


@pytest.mark.parametrize("name", STORIES)
def test_every_amount_and_sentence_of_the_json_is_in_a_cell(name: str) -> None:
    report = build_report(*STORIES[name]())
    decimals = {each.currency: each.decimals for each in report.basis.currencies}
    held = {cell.value for cell in cells(opened(report, values=True))}
    numbers = {Decimal(repr(value)) for value in held if isinstance(value, int | float)}
    texts = [each for each in held if isinstance(each, str)]
    for minor, currency in amounts(report):
        places = decimals.get(currency)
        major = Decimal(minor).scaleb(-(places or 0))
        text = amount(minor, places)
        beside = f"{text} {currency}"
        assert major in numbers or text in held or any(beside in each for each in texts), (minor, currency)
    for rule in report.rules:
        assert {rule.rule, rule.statement} <= held
    for found in report.findings:
        assert {visible(found.sentence), found.next_step} <= held
    assert {report.verdict.word, report.verdict.sentence, *report.not_tested} <= held


@pytest.mark.parametrize("name", STORIES)
def test_every_formula_computed_again_gives_the_value_that_is_shown(name: str) -> None:
    report = build_report(*STORIES[name]())
    live, shown = opened(report), opened(report, values=True)
    formulas = [cell for cell in cells(live) if cell.data_type == "f"]
    assert formulas or name == "empty"
    for cell in formulas:
        there = shown[cell.parent.title][cell.coordinate].value
        again = value_of(live, cell.parent.title, cell.coordinate)
        assert again == (Decimal(repr(there)) if isinstance(there, int | float) else there), cell.coordinate


def test_the_roll_forward_is_alive_in_every_currency() -> None:
    book = opened(build_report(*STORIES["broken"]()))
    rows = {row[0].value: row for row in book["4 Roll-forward"].iter_rows()}
    assert [cell.value[:11] for cell in rows["Closing, movements by kind"][3:]] == ["=ROUND(SUM("] * 4
    assert all(cell.value.startswith("=ROUND(") for cell in rows["Difference"][3:])
    assert all(cell.value.startswith("=IF(") for cell in rows["Foots"][3:])
    checks = [cell.value for row in book["Index"].iter_rows() for cell in row if cell.data_type == "f"]
    assert len(checks) == 4


def test_a_roll_forward_that_does_not_foot_says_no_in_its_formula() -> None:
    report = build_report(*STORIES["clean"]())
    line = report.roll_forward.currencies[0]
    off = line.model_copy(
        update={"closing_by_wallet": str(int(line.closing_by_kind) + 7), "difference": "7", "foots": False}
    )
    footing = report.roll_forward.model_copy(update={"foots": False, "currencies": (off,)})
    report = report.model_copy(update={"roll_forward": footing})
    live, shown = opened(report), opened(report, values=True)
    foots = next(row for row in live["4 Roll-forward"].iter_rows() if row[0].value == "Foots")[3]
    assert value_of(live, "4 Roll-forward", foots.coordinate) == "no"
    assert shown["4 Roll-forward"][foots.coordinate].value == "no"


def test_what_a_spreadsheet_would_round_is_text_and_no_formula_rests_on_it() -> None:
    book = opened(build_report(*STORIES["unverified"]()))
    rows = {row[0].value: row for row in book["4 Roll-forward"].iter_rows()}
    points, dollars = rows["Closing, movements by kind"][3:5]
    assert (points.data_type, points.value) == ("s", "1,180,591,620,717,411,303,421 minor")
    assert dollars.data_type == "f"
    assert rows["Foots"][3].value == "yes"


@pytest.mark.parametrize(
    ("minor", "decimals", "number"),
    [
        ("999999999999999", 2, 9999999999999.99),
        ("-999999999999999", 3, -999999999999.999),
        ("1000000000000000", 2, None),
        ("-1000000000000000", 0, None),
        (str(2**53), 0, None),
        ("-5", 2, -0.05),
        ("7", None, 7.0),
    ],
)
def test_amounts_are_numbers_up_to_fifteen_digits(minor: str, decimals: int | None, number: float | None) -> None:
    assert exact(minor, decimals) == number


def test_formats_have_the_decimals_of_the_currency() -> None:
    assert money_format(2) == "#,##0.00_);(#,##0.00)"
    assert money_format(0) == "#,##0_);(#,##0)"
    assert money_format(3) == "#,##0.000_);(#,##0.000)"
    assert money_format(None) == '#,##0" minor"_);(#,##0" minor")'
    book = opened(build_report(*STORIES["broken"]()))
    opening = next(row for row in book["4 Roll-forward"].iter_rows() if row[0].value == "Opening")
    assert [cell.number_format for cell in opening[3:]] == [money_format(places) for places in (2, 0, 3, 2)]


INJECTED = (
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    "{=1}",
    "http://x.example",
)


def test_nothing_from_the_data_becomes_a_formula_or_a_link() -> None:
    book = opened(with_texts(INJECTED))
    found = [cell for cell in cells(book) if cell.value in {visible(text) for text in INJECTED}]
    assert {cell.value for cell in found} == {visible(text) for text in INJECTED}
    assert {cell.data_type for cell in found} == {"s"}
    formulas = [cell.value for cell in cells(book) if cell.data_type == "f"]
    assert not [formula for formula in formulas if "HYPERLINK" in formula or "cmd" in formula]
    assert not [cell for cell in cells(book) if cell.hyperlink and cell.hyperlink.target]


def test_characters_that_a_file_may_not_hold_are_spelled_out_and_long_texts_say_that_they_are_cut() -> None:
    long = "k" * 40_000
    book = opened(with_texts(("a\x00b\x07", "\ufffe\uffff", "_x0041_", "مرحبا", long)))
    held = {cell.value for cell in cells(book)}
    assert {"a\u2039U+0000\u203ab\u2039U+0007\u203a", "\u2039U+FFFE\u203a\u2039U+FFFF\u203a", "مرحبا"} <= held
    assert f"{'k' * LONGEST} \u2026 cut here, 40,000 characters in all" in held
    assert "_x0041_" in held or "_x005F_x0041_" in held
    assert text_of(HOSTILE[3]) == visible(HOSTILE[3])


def test_each_exception_waits_for_what_became_of_it() -> None:
    report = build_report(*STORIES["broken"]())
    book = opened(report)
    sheet = book["12.2 idempotency_keys_are_uniqu"]
    head = next(row for row in sheet.iter_rows() if row[0].value == "Transaction id")
    titles = [cell.value for cell in head]
    assert titles[-3:] == ["Disposition", "Owner", "Note"]
    validation = sheet.data_validations.dataValidation[0]
    assert validation.formula1 == f'"{",".join(DISPOSITIONS)}"'
    first, last = str(validation.sqref).split(":")
    assert (first, last) == (
        cell_name(head[0].row, len(titles) - 3),
        cell_name(head[0].row + 99, len(titles) - 3),
    )
    assert [sheet[first].value, sheet[last].value] == ["open", "open"]
    said = [cell.value for row in sheet.iter_rows(max_row=6) for cell in row if cell.value]
    assert any(text.startswith("100 of 260 rows shown, all in exports/7-4be1d90c2f6a/rules/") for text in said)


def test_the_index_leads_to_every_sheet() -> None:
    book = opened(crowded())
    links = [cell.hyperlink.location for cell in cells(book) if cell.parent.title == "Index" and cell.hyperlink]
    assert links == [f"'{sheet}'!A1" for sheet in book.sheetnames[1:]]
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_the_file_names_the_cut_as_its_time() -> None:
    book = opened(build_report(*STORIES["broken"]()))
    assert book.properties.created == datetime(2025, 7, 17, 9)  # noqa: DTZ001 - the format has no zones
    assert book.properties.title == "Gigsy, July 2025: BROKEN, workpapers"


def test_the_same_report_gives_the_same_bytes_everywhere() -> None:
    expected = hashlib.sha256(render_workbook(build_report(*STORIES["broken"]()))).hexdigest()
    assert digests_elsewhere("from reports.workbook import render_workbook as render") == {expected}


@pytest.mark.parametrize("name", STORIES)
def test_libreoffice_computes_the_values_that_are_shown(name: str, tmp_path: Path) -> None:
    report = build_report(*STORIES[name]())
    again = recalculated(render_workbook(report), tmp_path)
    live, shown = opened(report), opened(report, values=True)
    for cell in cells(live):
        if cell.data_type == "f":
            value, computed = (book[cell.parent.title][cell.coordinate].value for book in (shown, again))
            expected = value if isinstance(value, str) else pytest.approx(value, rel=1e-15)
            assert computed == expected, cell.coordinate
