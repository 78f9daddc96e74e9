"""What reports say of seals, in every rendering: the one before, and how a month differs from what was sealed of it."""

import io
import json
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from reports.build import build_report
from reports.html import render_html
from reports.model import Report
from reports.pages import pages
from reports.pdf import render_pdf
from reports.restatement import LIMIT, Restated
from reports.workbook import render_workbook
from tests.reports.months import HOSTILE, with_facts
from tests.reports.pdf_text import text_of
from tests.reports.stories import clean
from tests.reports.test_html import Text

SEAL, BEFORE, ROOT, NOW = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)
TOLD: dict[str, Any] = {
    "month": "2025-06", "sealed_as": "2025-06-v1", "seal": SEAL, "sealed_by": "000006-abc", "rows_sealed": 130,
    "rows_now": 131, "root_sealed": ROOT, "root": NOW, "added": 2, "removed": 1, "changed": 1, "unnamed": None,
    "restatement": "restatements/2025-06/2025-06-v1-1234",
}  # fmt: skip
PREVIOUS = {"sealed_as": "2025-05-v1", "seal": BEFORE}


def moved(change: str, number: int, sealed: int | None, now: int | None) -> dict[str, Any]:
    sides = {
        "row_sealed": None if sealed is None else json.dumps({"amount": sealed, "kind": "FEE"}),
        "row_now": None if now is None else json.dumps({"amount": now, "kind": "DEPOSIT"}),
    }
    wallet = HOSTILE[number % len(HOSTILE)]
    named = {"change": change, "transaction_id": f"t{number}", "wallet_id": wallet, "currency": "EGP"}
    return {**named, "amount_sealed": sealed, "amount": now, **sides}


ROWS = [moved("removed", 1, 70_00, None), moved("changed", 2, -5, 995), moved("added", 3, None, -1)]
BALANCES = [
    {"wallet_id": HOSTILE[0], "currency": "EGP", "closing_sealed": 2**70, "closing": 2**70 - 7000, "change": -7000},
    {"wallet_id": None, "currency": "KWD", "closing_sealed": 0, "closing": 12_500, "change": 12_500},
]


def report(told: dict[str, Any], rows: list[dict[str, Any]] | None, balances: list[dict[str, Any]] | None) -> Report:
    facts, query = clean()
    kind = pa.decimal128(38, 0)
    sums = [(name, kind) for name in ("closing_sealed", "closing", "change")]
    schema = pa.schema([("wallet_id", pa.string()), ("currency", pa.string()), *sums])
    tables = (
        None if rows is None else pa.Table.from_pylist(rows),
        None if balances is None else pa.Table.from_pylist([_decimal(each) for each in balances], schema=schema),
    )
    return build_report(with_facts(facts, previous_seal=PREVIOUS, restated=Restated(told, *tables)), query)


def _decimal(row: dict[str, Any]) -> dict[str, Any]:
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in row.items()}


def flat(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "")


def renderings(made: Report) -> dict[str, str]:
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(made)), data_only=True)
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    return {
        "html": flat(Text(render_html(made)).text),
        "pdf": flat("".join(text_of(render_pdf(made)))),
        "xlsx": flat(" ".join(cells)),
    }


def test_seals_balances_and_rows_are_in_every_rendering() -> None:
    made = report(TOLD, ROWS, BALANCES)
    found = made.provenance.restatement
    assert found is not None
    assert found.sentence == (
        "This month was sealed as 2025-06-v1; since then of its transactions 2 added, 1 removed and 1 changed. "
        "2 balances of it came out otherwise."
    )
    assert [(each.change, each.columns) for each in found.rows] == [
        ("removed", ()), ("changed", ("amount", "kind")), ("added", ()),
    ]  # fmt: skip
    for name, text in renderings(made).items():
        for said in (SEAL, BEFORE, ROOT, NOW, "2025-05-v1", "2025-06-v1", "t1", "t2", "t3", found.sentence):
            assert flat(said) in text, (name, said)
        if name != "xlsx":
            for said in ("(70.00)", "12.500", "(0.05)", "9.95", "amount, kind"):
                assert flat(said) in text, (name, said)


def test_rows_are_capped_and_the_file_with_all_is_named() -> None:
    made = report(TOLD, [moved("added", number, None, 1) for number in range(LIMIT + 1)], BALANCES)
    found = made.provenance.restatement
    assert found is not None
    assert (len(found.rows), found.rows_total) == (LIMIT, LIMIT + 1)
    assert found.rows_path == "restatements/2025-06/2025-06-v1-1234/rows.parquet"
    assert flat(found.rows_path) in renderings(made)["html"]


def test_where_no_row_can_be_named_that_is_said() -> None:
    made = report({**TOLD, "unnamed": "its rows were let go"}, None, None)
    found = made.provenance.restatement
    assert found is not None
    assert found.sentence == (
        "This month was sealed as 2025-06-v1, and is not what was sealed: 130 transactions then, 131 now. "
        "Which of them did it cannot be told: its rows were let go."
    )
    assert all(flat(found.sentence) in text for text in renderings(made).values())


@pytest.mark.parametrize("sealed", [None, PREVIOUS])
def test_a_month_as_it_was_sealed_has_no_restatement(sealed: dict[str, str] | None) -> None:
    facts, query = clean()
    made = build_report(with_facts(facts, previous_seal=sealed), query)
    assert made.provenance.restatement is None
    names = [each.name for section in pages(made) for each in section.tables]
    assert not any(name.startswith("Restated") for name in names)
    assert (f"{PREVIOUS['sealed_as']}:{PREVIOUS['seal']}" in renderings(made)["html"]) == (sealed is not None)
