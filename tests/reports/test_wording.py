"""How values are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.sentences import counted
from reports.wording import amount, instant, listed, month_bounds, visible


@pytest.mark.parametrize(
    ("minor", "decimals", "text"),
    [
        ("0", 2, "0.00"),
        ("-1", 2, "(0.01)"),
        ("123456789", 2, "1,234,567.89"),
        ("-1250", 3, "(1.250)"),
        ("4000", 0, "4,000"),
        ("-7", None, "(7 minor)"),
    ],
)
def test_amounts_are_in_major_units(minor: str, decimals: int | None, text: str) -> None:
    assert amount(minor, decimals) == text


@given(st.integers(-(10**38), 10**38), st.integers(0, 8))
def test_no_amount_loses_a_unit(minor: int, decimals: int) -> None:
    text = amount(minor, decimals)
    whole, _, fraction = text.strip("()").replace(",", "").partition(".")
    assert len(fraction) == decimals
    assert int(whole + fraction) * (-1 if text.startswith("(") else 1) == minor


def test_words_for_numbers_and_lists() -> None:
    assert counted(1, "currency") == "1 currency"
    assert counted(1200, "currency") == "1,200 currencies"
    assert [listed([]), listed(["a"]), listed(["a", "b", "c"])] == ["", "a", "a, b and c"]


def test_instants_are_told_in_utc() -> None:
    assert instant("2025-07-17T11:00:00.120+02:00") == "17 July 2025, 09:00:00.12 UTC"
    assert instant("someday") == "someday"


def test_december_ends_in_the_next_year() -> None:
    start, end = month_bounds("2024-12")
    assert (start.isoformat(), end.isoformat()) == ("2024-12-01", "2025-01-01")


def test_characters_nobody_sees_are_spelled_out() -> None:
    assert visible("a\u202eb\u200b") == "a\u2039U+202E\u203ab\u2039U+200B\u203a"
    assert visible("\u0645\u062d") == "\u0645\u062d"
