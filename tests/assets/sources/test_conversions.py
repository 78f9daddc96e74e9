"""What a value is worth, in every form, against Python's own exact arithmetic."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.assets.ledgers import EPOCH, INT64, quick
from tests.assets.sources.forms import CURRENCIES, documents, mapping_of, tabular

NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
Worth = tuple[int | None, str | None]


def money(text: str, decimals: int | None, currency: str) -> Worth:
    """Return the minor units of a decimal text, or the reason why there are none."""
    if not NUMBER.fullmatch(text):
        return None, "is not spelled as decimal"
    if decimals is None:
        return None, f"is in major units of {currency}, a currency the configuration does not know"
    with localcontext() as exact:
        exact.prec = 2_000
        scaled = Decimal(text).scaleb(decimals)
        if scaled != scaled.to_integral_value():
            fraction = f"is no exact integer, having more decimals than {currency}"
            return None, fraction if currency else "is no exact integer of 64 bits"
        if not INT64[0] <= scaled <= INT64[1]:
            return None, "is no exact integer of 64 bits"
        return int(scaled), None


def worth(rows: list[dict[str, Any]], column: str = "amount") -> list[Worth]:
    return [(row[column], row["refused_reason"]) for row in rows]


DIGITS = st.text("0123456789", max_size=22)
DECIMALS = st.builds(
    lambda sign, whole, point, fraction, exponent: (
        sign + whole + (point + fraction if whole or fraction else "7") + exponent
    ),
    st.sampled_from(["", "", "-", "+"]),
    DIGITS,
    st.just("."),
    DIGITS,
    st.sampled_from(["", "", "", "e0", "E2", "e-2", "e+20", "E-18"]),
)
TEXTS = st.one_of(
    DECIMALS,
    st.integers(-(2**65), 2**65).map(str),
    st.integers(*INT64).map(lambda n: f"{n // 100}.{n % 100:02}"),
    st.decimals(places=4, min_value=-(10**15), max_value=10**15).map(str),
    st.sampled_from(["0", "-0", "0.00", "0E-18", "-0.000", ".5", "5.", "9223372036854775807", "-9223372036854775808"]),
)


@pytest.mark.parametrize("currency", [*CURRENCIES, "XYZ", None])
@quick(4)
@given(texts=st.lists(TEXTS, min_size=1, max_size=150))
def test_decimals_are_read_digit_by_digit(currency: str | None, texts: list[str]) -> None:
    unit, code = ("major", currency) if currency else ("minor", "")
    mapping = mapping_of(amount={"name": "amount", "type": "decimal", "unit": unit})
    expected = [money(text, CURRENCIES.get(currency) if currency else 0, code) for text in texts]
    values, others = pa.array(texts), {"currency": currency or "EGP"}
    for word in ("decimal", "text"):
        assert worth(tabular(mapping, "amount", values, word, **others)) == expected
    tokens = [text if JSON_NUMBER.fullmatch(text) else f'"{text}"' for text in texts]
    assert worth(documents(mapping, "amount", tokens, **others)) == expected


@quick(4)
@given(amounts=st.lists(st.integers(*INT64), min_size=1, max_size=200))
def test_any_amount_survives_every_form(amounts: list[int]) -> None:
    expected: list[Worth] = [(amount, None) for amount in amounts]
    minor = mapping_of()
    assert worth(tabular(minor, "amount", pa.array(amounts), "int64")) == expected
    assert worth(tabular(minor, "amount", pa.array(list(map(str, amounts))), "text")) == expected
    assert worth(documents(minor, "amount", list(map(str, amounts)))) == expected
    major = mapping_of(amount={"name": "amount", "type": "decimal", "unit": "major"})
    exact = [Decimal(amount).scaleb(-2) for amount in amounts]
    assert worth(tabular(major, "amount", pa.array(exact, pa.decimal128(38, 2)), "decimal")) == expected
    assert worth(tabular(major, "amount", pa.array(exact, pa.decimal128(38, 9)), "decimal")) == expected


@pytest.mark.parametrize("currency", ["JPY", "EGP", "ETH", "XYZ"])
def test_whole_major_units_are_multiplied(currency: str) -> None:
    amounts = [0, 1, -1, 9, 10, 9_223_372_036_854_775, *INT64]
    mapping = mapping_of(amount={"name": "amount", "type": "int64", "unit": "major"})
    expected = [money(str(amount), CURRENCIES.get(currency), currency) for amount in amounts]
    assert worth(tabular(mapping, "amount", pa.array(amounts), "int64", currency=currency)) == expected
    assert worth(tabular(mapping, "amount", pa.array(map(str, amounts)), "text", currency=currency)) == expected
    assert worth(documents(mapping, "amount", list(map(str, amounts)), currency=currency)) == expected
    decimal = mapping_of(amount={"name": "amount", "type": "decimal", "unit": "major"})
    assert worth(tabular(decimal, "amount", pa.array(amounts), "int64", currency=currency)) == expected


@pytest.mark.parametrize(
    ("spelling", "text", "reason"),
    [
        ("decimal", "NaN", "is no exact integer of 64 bits"),
        ("decimal", "Infinity", "is no exact integer of 64 bits"),
        ("decimal", "-inf", "is no exact integer of 64 bits"),
        ("decimal", "12.5", "is no exact integer of 64 bits"),
        ("decimal", "1e400", "is no exact integer of 64 bits"),
        ("decimal", "1e99999", "is no exact integer of 64 bits"),
        ("decimal", " 1", "is not spelled as decimal"),
        ("decimal", "1,5", "is not spelled as decimal"),
        ("decimal", "1_000", "is not spelled as decimal"),
        ("decimal", "0x10", "is not spelled as decimal"),
        ("decimal", "١٢", "is not spelled as decimal"),
        ("decimal", "", "is not spelled as decimal"),
        ("decimal", "1: 2", "is not spelled as decimal"),
        ("int64", "9223372036854775808", "is no exact integer of 64 bits"),
        ("int64", "1.0", "is not spelled as int64"),
        ("int64", "1e3", "is not spelled as int64"),
        ("int64", " 1", "is not spelled as int64"),
        ("float64", "0.99999999999999999999", "is no exact integer below 2^53"),
        ("float64", "9007199254740993.0", "is no exact integer below 2^53"),
        ("float64", "9007199254740992", "is no exact integer below 2^53"),
        ("float64", "nan", "is no exact integer below 2^53"),
        ("float64", "EGP 5", "is not spelled as float64"),
    ],
)
def test_texts_that_are_no_amounts(spelling: str, text: str, reason: str) -> None:
    unit = {"unit": "minor"} if spelling == "decimal" else {}
    mapping = mapping_of(amount={"name": "amount", "type": spelling, **unit})
    assert worth(tabular(mapping, "amount", pa.array([text]), "text")) == [(None, reason)]


@pytest.mark.parametrize(
    ("value", "amount"),
    [(0.0, 0), (-0.0, 0), (-5.0, -5), (2.0**53 - 1, 2**53 - 1), (0.5, None), (2.0**53, None), (1e300, None),
     (float("nan"), None), (float("inf"), None), (float("-inf"), None)],
)  # fmt: skip
def test_floats_are_whole_or_refused(value: float, amount: int | None) -> None:
    rows = tabular(mapping_of(amount={"name": "amount", "type": "float64"}), "amount", pa.array([value]), "float64")
    assert worth(rows) == [(amount, None if amount is not None else "is no exact integer below 2^53")]
    assert "NaN" not in (rows[0]["document"] or "").replace('"nan"', "")


def test_a_fraction_whose_name_is_spelled_with_escapes_is_refused_not_rounded() -> None:
    mapping = mapping_of(amount={"name": "amount", "type": "decimal", "unit": "major"})
    rows = documents(mapping, "amount", ["12.30", '{"amount": 1.5}', "1.5"], note='"amount": 9.99, \\"amount\\": 9')
    assert worth(rows) == [(1230, None), (None, "is not spelled as decimal"), (150, None)]
    rows = documents(mapping, "amount", ['"1", "\\u0061mount2": 0.1'])
    assert worth(rows) == [(100, None)]
    escaped = mapping_of(amount={"name": 'a"\\b', "type": "decimal", "unit": "major"})
    assert worth(documents(escaped, "amount", ['1, "a\\"\\\\b": 0.10'])) == [(10, None)]
    assert worth(documents(escaped, "amount", ['1, "\\u0061\\"\\\\b": 0.10'])) == [(None, "is not spelled as decimal")]


YEARS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999))  # noqa: DTZ001 - given a zone below
INSTANTS = st.lists(YEARS.map(lambda at: at.replace(tzinfo=UTC)), min_size=1, max_size=100)
UNTIMELY = "is no time between the years 1 and 9999"


def micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(("unit", "per"), [("s", 1_000_000), ("ms", 1_000), ("us", 1)])
@quick(4)
@given(instants=INSTANTS)
def test_counts_since_1970_are_exact(unit: str, per: int, instants: list[datetime]) -> None:
    mapping = mapping_of(created_at={"name": "at", "type": "int64", "unit": unit})
    counts = [micros(at) // per for at in instants]
    expected = [(EPOCH + timedelta(microseconds=count * per), None) for count in counts]
    assert worth(tabular(mapping, "at", pa.array(counts), "int64"), "created_at") == expected
    assert worth(tabular(mapping, "at", pa.array(map(str, counts)), "text"), "created_at") == expected
    assert worth(documents(mapping, "at", list(map(str, counts))), "created_at") == expected


@quick(4)
@given(counts=st.lists(st.integers(*INT64), min_size=1, max_size=200))
def test_nanoseconds_are_floored(counts: list[int]) -> None:
    expected = [(EPOCH + timedelta(microseconds=count // 1000), None) for count in counts]
    mapping = mapping_of(created_at={"name": "at", "type": "int64", "unit": "ns"})
    assert worth(tabular(mapping, "at", pa.array(counts), "int64"), "created_at") == expected
    assert worth(documents(mapping, "at", list(map(str, counts))), "created_at") == expected
    counts = [count for count in counts if abs(count) < 2**62]
    expected = [(EPOCH + timedelta(microseconds=count // 1000), None) for count in counts]
    zoned = mapping_of(created_at={"name": "at", "type": "timestamptz"})
    local = mapping_of(created_at={"name": "at", "type": "timestamp", "zone": "UTC"})
    for kind, mapping in ((pa.timestamp("ns", "UTC"), zoned), (pa.timestamp("ns"), local)):
        word = "timestamptz" if mapping is zoned else "timestamp"
        assert worth(tabular(mapping, "at", pa.array(counts, kind), word), "created_at") == expected


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@quick(4)
@given(counts=st.lists(st.integers(*INT64), min_size=1, max_size=100))
def test_counts_of_other_years_are_refused_and_never_overflow(unit: str, counts: list[int]) -> None:
    per = {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]
    first, last = micros(datetime(1, 1, 1, tzinfo=UTC)), micros(datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC))
    mapping = mapping_of(created_at={"name": "at", "type": "int64", "unit": unit})
    expected = [None if first <= count * per <= last else UNTIMELY for count in counts]
    assert [row["refused_reason"] for row in tabular(mapping, "at", pa.array(counts), "int64")] == expected


@quick(4)
@given(instants=INSTANTS)
def test_timestamps_are_the_same_in_every_form(instants: list[datetime]) -> None:
    expected = [(at, None) for at in instants]
    mapping = mapping_of(created_at={"name": "at", "type": "timestamptz"})
    texts = [at.isoformat() for at in instants]
    assert (
        worth(tabular(mapping, "at", pa.array(instants, pa.timestamp("us", "UTC")), "timestamptz"), "created_at")
        == expected
    )
    assert worth(tabular(mapping, "at", pa.array(texts), "text"), "created_at") == expected
    assert worth(documents(mapping, "at", [f'"{text}"' for text in texts]), "created_at") == expected
    zone = ZoneInfo("Africa/Cairo")
    since = [at for at in instants if 2000 < at.year < 2037]
    local = [at.astimezone(zone).replace(tzinfo=None) for at in since]
    back = [(at.replace(tzinfo=zone).astimezone(UTC), None) for at in local]
    mapping = mapping_of(created_at={"name": "at", "type": "timestamp", "zone": "Africa/Cairo"})
    if since:
        assert worth(tabular(mapping, "at", pa.array(local, pa.timestamp("us")), "timestamp"), "created_at") == back
        texts = [at.isoformat(" ") for at in local]
        assert worth(tabular(mapping, "at", pa.array(texts), "text"), "created_at") == back
        assert worth(documents(mapping, "at", [f'"{text}"' for text in texts]), "created_at") == back


@pytest.mark.parametrize(
    ("text", "worth_"),
    [
        ("2025-01-01T00:00:00Z", datetime(2025, 1, 1, tzinfo=UTC)),
        ("2025-01-01 02:00:00+02", datetime(2025, 1, 1, tzinfo=UTC)),
        ("2025-01-01T05:30+0530", datetime(2025, 1, 1, tzinfo=UTC)),
        ("2025-01-01T00:00:00.123456789-00:00", datetime(2025, 1, 1, 0, 0, 0, 123_456, UTC)),
        ("2025-01-01T00:00:00", "is not spelled as timestamptz"),
        ("2025-01-01", "is not spelled as timestamptz"),
        ("2025-01-01 00:00:00 UTC", "is not spelled as timestamptz"),
        ("1735689600000", "is not spelled as timestamptz"),
        ("infinity", UNTIMELY),
        ("2025-02-30T00:00:00Z", UNTIMELY),
        ("2025-01-01T00:00:60Z", UNTIMELY),
        ("0000-12-31T23:59:59Z", UNTIMELY),
        ("0001-01-01T00:00:00+01:00", UNTIMELY),
        ("9999-12-31T23:59:59-01:00", UNTIMELY),
    ],
)
def test_texts_of_instants(text: str, worth_: datetime | str) -> None:
    expected = (worth_, None) if isinstance(worth_, datetime) else (None, worth_)
    mapping = mapping_of(created_at={"name": "at", "type": "timestamptz"})
    assert worth(tabular(mapping, "at", pa.array([text]), "text"), "created_at") == [expected]
    assert worth(documents(mapping, "at", [f'"{text}"']), "created_at") == [expected]


@pytest.mark.parametrize("value", [2**63 - 1, -(2**63), -(2**63) + 1, 253_402_300_800_000_000, -62_135_596_800_000_001])
def test_timestamps_out_of_range_are_refused(value: int) -> None:
    zoned = mapping_of(created_at={"name": "at", "type": "timestamptz"})
    assert worth(tabular(zoned, "at", pa.array([value], pa.timestamp("us", "UTC")), "timestamptz"), "created_at") == [
        (None, UNTIMELY)
    ]
    for zone in ("UTC", "Africa/Cairo"):
        local = mapping_of(created_at={"name": "at", "type": "timestamp", "zone": zone})
        array = pa.array([value], pa.timestamp("us"))
        rows = tabular(local, "at", array, "timestamp")
        assert worth(rows, "created_at") == [(None, UNTIMELY)] or (zone, value) == (
            "Africa/Cairo",
            253_402_300_800_000_000,
        )
