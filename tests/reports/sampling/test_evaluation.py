"""The sheet that is filled in: nothing from the data runs, and the limit is the one worked out by hand."""

import hashlib
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.sampling.document import Sample, draw
from reports.sampling.evaluation import NOTHING, TOO_LONG, render_evaluation
from reports.sampling.selection import Terms
from reports.sheets import money_format
from tests.reports.libreoffice import recalculated
from tests.reports.sampling.drawing import month_of
from tests.reports.sampling.sheet_formulas import value_of

FACTS = 1, 30


def worked(folder: Path) -> Sample:
    """Return a sample with an interval of 10.00: two key items and every fifth or so of the others."""
    books = [("key1", 5_000), ("key2", 1_000), *((f"w{place:02}", 200) for place in range(20))]
    return draw(month_of(folder, [(each, "EGP", book) for each, book in books]), "n", {}, Terms(tolerable=2996))


def filled(sample: Sample) -> tuple[Any, dict[str, Decimal]]:
    """Return the sheet with audited values filled in, and what must come out of it."""
    book = openpyxl.load_workbook(io.BytesIO(render_evaluation(sample)))
    sheet = book["1 EGP"]
    rows = [row for row in range(*FACTS) if sheet.cell(row, 3).value in {"unit", "key item"}]
    sampled = [row for row in rows if sheet.cell(row, 3).value == "unit"]
    for row in rows:
        sheet.cell(row, 5).value = sheet.cell(row, 4).value
    sheet.cell(sampled[0], 5).value = 1.5
    sheet.cell(sampled[1], 5).value = 1
    sheet.cell(sampled[2], 5).value = 2.75
    sheet.cell(rows[-1], 5).value = sheet.cell(rows[-1], 4).value - 1
    # Taints 0.5 and 0.25 of units, 1.00 of a key item; 0.75 too little in the books, which nothing is netted with.
    projected = Decimal("2.50") + Decimal("5.00") + Decimal("1.00")
    basic = Decimal("29.96")
    allowance = Decimal("3.74") + Decimal("1.38")
    return book, {
        "Items still to be audited": Decimal(0),
        "Projected misstatement": projected,
        "Basic precision": basic,
        "Incremental allowance": allowance,
        "Upper misstatement limit": projected + basic + allowance,
        "Understatement found, not netted": Decimal("-0.75"),
    }


def facts(sheet: Any) -> dict[str, str]:  # noqa: ANN401
    return {sheet.cell(row, 1).value: f"D{row}" for row in range(*FACTS) if sheet.cell(row, 1).value}


def test_misstatements_come_to_the_limit_worked_out_by_hand(tmp_path: Path) -> None:
    book, expected = filled(worked(tmp_path))
    sheet = book["1 EGP"]
    where = facts(sheet)
    assert {name: value_of(sheet, where[name]) for name in expected} == expected
    assert value_of(sheet, where["Conclusion"]) == "over tolerable"


def test_every_value_that_is_shown_is_the_one_computed(tmp_path: Path) -> None:
    data = render_evaluation(worked(tmp_path))
    live, shown = (openpyxl.load_workbook(io.BytesIO(data), data_only=values) for values in (False, True))
    many = 0
    for sheet in live.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            value, many = shown[sheet.title][cell.coordinate].value, many + 1
            again = value_of(sheet, cell.coordinate)
            assert again == (value if isinstance(value, str) else Decimal(repr(value))), (sheet.title, cell.coordinate)
    assert many > 30
    sheet = live["1 EGP"]
    assert value_of(sheet, facts(sheet)["Conclusion"]) == "not complete"


def test_libreoffice_computes_the_same(tmp_path: Path) -> None:
    book, expected = filled(worked(tmp_path))
    held = io.BytesIO()
    book.save(held)
    sheet = recalculated(held.getvalue(), tmp_path)["1 EGP"]
    where = facts(sheet)
    assert {name: sheet[where[name]].value for name in expected} == {
        name: pytest.approx(float(value), abs=1e-9) for name, value in expected.items()
    }
    assert sheet[where["Conclusion"]].value == "over tolerable"
    computed = [cell.value for row in sheet.iter_rows() for cell in row]
    assert not [value for value in computed if isinstance(value, str) and value.startswith(("#", "Err:"))]


def test_each_currency_has_its_decimals_and_what_a_spreadsheet_would_round_is_text(tmp_path: Path) -> None:
    balances = [("a", "KWD", 5_001), ("b", "JPY", 70), ("c", "XTS", 12), ("d", "EGP", 10**37), ("e", "USD", -4)]
    book = openpyxl.load_workbook(io.BytesIO(render_evaluation(draw(month_of(tmp_path, balances), "n", {}, Terms()))))
    assert book.sheetnames[1::2] == ["1 EGP", "2 JPY", "3 KWD", "4 USD", "5 XTS"]
    shown = {name[2:]: book[name][facts(book[name])["Book value"]] for name in book.sheetnames[1::2]}
    assert (shown["KWD"].value, shown["KWD"].number_format) == (5.001, money_format(3))
    assert (shown["JPY"].value, shown["JPY"].number_format) == (70, money_format(0))
    assert (shown["XTS"].value, shown["XTS"].number_format) == (12, money_format(None))
    assert (shown["EGP"].data_type, shown["EGP"].value[:10]) == ("s", "100,000,00")
    assert [cell for row in book["1 EGP"].iter_rows() for cell in row if cell.data_type == "f"] == []
    assert (book["1 EGP"]["A2"].value, book["4 USD"]["A2"].value) == (TOO_LONG, NOTHING)


def test_nothing_from_the_data_runs_and_the_bytes_are_always_the_same(tmp_path: Path) -> None:
    hostile = ['=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "@SUM(1+1)", "a\x00b", "[x]:*?/\\'" * 9]
    month = month_of(tmp_path, [(each, each, 7) for each in hostile])
    data, again = (render_evaluation(draw(month, "=1+1", {}, Terms())) for _ in range(2))
    assert hashlib.sha256(data).hexdigest() == hashlib.sha256(again).hexdigest()
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            assert "HYPERLINK" not in cell.value
            assert "cmd" not in cell.value
            assert cell.value != "=1+1"
