"""Typed columns: which types fit what the mapping expects, what is refused, and lists of entries in a column."""

import json
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assets.columns import Column
from assets.errors import SourceError
from assets.sources.tabular import fits
from tests.assets.sources.forms import GOOD, mapping_of, staged_table, tabular

ONE = uuid.UUID("6F9619FF-8B86-D011-B42D-00C04FC964FF")
WORDS = {"id": "string", "wallet": "string", "amount": "int64", "currency": "string", "kind": "string", "at": "int64"}


def table(**changes: Any) -> pa.Table:  # noqa: ANN401 - any value of a column
    return pa.table({name: [value] for name, value in (GOOD | changes).items()})


def refusals(rows: list[dict[str, Any]]) -> list[tuple[str | None, str | None]]:
    return [(row["refused_column"], row["refused_reason"]) for row in rows]


def test_a_row_that_is_read_says_nothing_else() -> None:
    (row,) = staged_table(mapping_of(), table(unmapped=1), WORDS | {"unmapped": "int64"})
    assert row == {
        "transaction_id": "t",
        "wallet_id": "w1",
        "amount": 1,
        "currency": "EGP",
        "type": "DEPOSIT",
        "created_at": datetime(1970, 1, 1, tzinfo=UTC),
        "month": "1970-01",
        **dict.fromkeys(("spelling", "row_id", "refused_column", "refused_reason", "document")),
    }


def test_a_row_that_is_refused_is_kept_whole_with_its_name_and_reason() -> None:
    mapping = mapping_of(
        amount={"name": "amount", "type": "decimal", "unit": "major"},
        created_at={"name": "at", "type": "timestamptz"},
        status={"name": "status", "type": "string"},
    )
    at = datetime(2025, 1, 1, 12, tzinfo=UTC)
    changes = table(amount=Decimal("1.005"), at=at, status=None)
    (row,) = staged_table(mapping, changes, WORDS | {"amount": "decimal", "at": "timestamptz", "status": "string"})
    assert (row["row_id"], row["refused_column"], row["spelling"]) == ("t", "amount", "ssdsszn")
    assert row["refused_reason"] == "is no exact integer, having more decimals than EGP"
    assert (row["amount"], row["created_at"], row["month"]) == (None, at, "__HIVE_DEFAULT_PARTITION__")
    assert json.loads(row["document"]) == {
        "id": "t",
        "wallet": "w1",
        "amount": "1.005",
        "currency": "EGP",
        "kind": "DEPOSIT",
        "at": "2025-01-01 12:00:00+00",
        "status": None,
    }


def test_the_first_column_at_fault_names_the_row() -> None:
    mapping = mapping_of(amount={"name": "amount", "type": "decimal", "unit": "major"})
    arrived = table(wallet=None, currency=None, amount="x")
    assert refusals(staged_table(mapping, arrived, WORDS | {"amount": "text"})) == [("wallet_id", "is missing")]
    arrived = table(currency=None, amount="1.5")
    assert refusals(staged_table(mapping, arrived, WORDS | {"amount": "text"})) == [("currency", "is missing")]
    arrived = table(currency="A: B", amount="1.5")
    assert refusals(staged_table(mapping, arrived, WORDS | {"amount": "text"})) == [
        ("amount", "is in major units of A: B, a currency the configuration does not know")
    ]


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (pa.array([1.0], pa.float32()), "float"),
        (pa.array([datetime(2025, 1, 1).date()]), "date32[day]"),  # noqa: DTZ001 - a date has no zone
        (pa.array([b"x"]), "bytes"),
        (pa.array([True]), "boolean"),
        (pa.array(["1"]), "string"),
        (pa.array([[1]]), "list<int64>"),
        (pa.array([{"a": 1}]), "struct"),
        (pa.array([1.5]), "float64"),
        (pa.array([datetime(2025, 1, 1)], pa.timestamp("us")), "timestamp"),  # noqa: DTZ001 - without a zone
    ],
)
def test_a_type_that_does_not_fit_is_refused_row_by_row(values: pa.Array, word: str) -> None:
    (row,) = tabular(mapping_of(), "amount", values, word)
    assert (row["refused_column"], row["refused_reason"]) == ("amount", "is not spelled as int64")
    assert row["document"]


def test_fits_tells_the_same_before_a_row_is_read() -> None:
    accepted = {
        (word, kind)
        for word in ("string", "uuid", "int64", "float64", "decimal", "boolean", "timestamptz", "date32[day]", "json")
        for kind in ("string", "uuid", "int64", "float64", "decimal", "boolean", "timestamptz")
        if fits(Column(name="x", type=kind), word)  # type: ignore[arg-type]
    }
    assert accepted - {(word, word) for word, _ in accepted} == {
        ("string", "uuid"),
        ("string", "decimal"),
        ("string", "timestamptz"),
        ("uuid", "string"),
        ("int64", "decimal"),
    }
    assert all(fits(Column(name="x", type=kind), "text") for kind in ("string", "int64", "float64", "boolean"))  # type: ignore[arg-type]


def test_integers_of_any_width_fit_and_those_beyond_64_bits_are_refused() -> None:
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint32(), pa.uint64()):
        assert tabular(mapping_of(), "amount", pa.array([7], kind), "int64")[0]["amount"] == 7
    (row,) = tabular(mapping_of(), "amount", pa.array([2**63], pa.uint64()), "int64")
    assert (row["refused_reason"], json.loads(row["document"])["amount"]) == (
        "is no exact integer of 64 bits",
        "9223372036854775808",
    )


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (pa.array([str(ONE)]), "uuid"),
        (pa.array([str(ONE).upper()]), "text"),
        (pa.array([str(ONE).upper()]), "string"),
        (pa.array([ONE.bytes], pa.binary(16)), "uuid"),
        (pa.array([ONE.bytes], pa.binary()), "uuid"),
    ],
)
def test_a_uuid_has_one_form(values: pa.Array, word: str) -> None:
    mapping = mapping_of(wallet_id={"name": "wallet", "type": "uuid"})
    assert tabular(mapping, "wallet", values, word)[0]["wallet_id"] == str(ONE)
    if word == "uuid":
        assert tabular(mapping_of(), "wallet", values, word)[0]["wallet_id"] == str(ONE)


def test_a_text_that_is_no_uuid_is_refused() -> None:
    mapping = mapping_of(wallet_id={"name": "wallet", "type": "uuid"})
    (row,) = tabular(mapping, "wallet", pa.array(["w1"]), "text")
    assert (row["refused_column"], row["refused_reason"]) == ("wallet_id", "is not spelled as uuid")


@pytest.mark.parametrize(("text", "name"), [("007", "7"), ("-5", "-5"), ("x", None), ("1.0", None)])
def test_names_that_are_numbers_are_numbers(text: str, name: str | None) -> None:
    mapping = mapping_of(wallet_id={"name": "wallet", "type": "int64"})
    (row,) = tabular(mapping, "wallet", pa.array([text]), "text")
    assert row["wallet_id"] == name
    assert tabular(mapping, "wallet", pa.array([12]), "int64")[0]["wallet_id"] == "12"


def test_dictionaries_are_texts_and_a_null_column_is_null() -> None:
    kinds = pa.array(["DEPOSIT", "FEE", "DEPOSIT"]).dictionary_encode()
    assert [row["type"] for row in tabular(mapping_of(), "kind", kinds, "string")] == ["DEPOSIT", "FEE", "DEPOSIT"]
    (row,) = tabular(mapping_of(), "kind", pa.nulls(1), "null")
    assert (row["refused_column"], row["refused_reason"]) == ("type", "is missing")


def test_flags_are_read_from_text() -> None:
    flags = mapping_of(tables={"wallets": {"name": "wallets", "columns": WALLET}})
    arrived = pa.table({"id": list("abcdef"), "currency": ["EGP"] * 6, "active": ["true", "F", "", None, "TRUE", "1"]})
    rows = staged_table(flags, arrived, {"id": "text", "currency": "text", "active": "text"}, "wallets")
    by_name = {row["wallet_id"]: (row["is_active"], row["refused_reason"]) for row in rows}
    assert by_name == {
        "a": (True, None),
        "b": (False, None),
        "c": (None, "is not spelled as boolean"),
        "d": (None, None),
        "e": (True, None),
        "f": (None, "is not spelled as boolean"),
    }


WALLET: dict[str, Any] = {
    "wallet_id": {"name": "id", "type": "string"},
    "currency": {"name": "currency", "type": "string"},
    "is_active": {"name": "active", "type": "boolean"},
}


def test_a_column_that_rows_need_and_the_table_has_not_is_named() -> None:
    with pytest.raises(SourceError) as refused:
        staged_table(mapping_of(), table().drop_columns(["kind"]), WORDS)
    assert str(refused.value) == (
        "table 'transactions' of the source has no column 'kind' (tables.transactions.columns.type); "
        "it has amount, at, currency, id, wallet; correct the mapping or export the table whole."
    )


def test_a_column_that_rows_need_not_have_is_missing() -> None:
    mapping = mapping_of(status={"name": "status", "type": "string"})
    (row,) = staged_table(mapping, table(), WORDS)
    assert (row["status"], row["refused_column"]) == (None, None)
    (row,) = staged_table(mapping, table(amount=None), WORDS)
    assert (row["spelling"], json.loads(row["document"])["status"]) == ("ssnssim", None)


def test_columns_that_sql_cannot_tell_apart_are_refused() -> None:
    with pytest.raises(SourceError, match="two columns named 'ID'"):
        staged_table(mapping_of(), table(ID="t"), WORDS | {"ID": "string"})


@pytest.mark.parametrize(
    ("zone", "at", "month"),
    [
        ("UTC", "2024-12-31T23:59:59.999999Z", "2024-12"),
        ("Africa/Cairo", "2024-12-31T23:59:59.999999Z", "2025-01"),
        ("America/New_York", "2025-01-01T04:59:59Z", "2024-12"),
        ("UTC", "0001-01-01T00:00:00Z", "0001-01"),
        ("UTC", "9999-12-31T23:59:59Z", "9999-12"),
    ],
)
def test_months_are_those_of_the_zone(zone: str, at: str, month: str) -> None:
    mapping = mapping_of(zone, created_at={"name": "at", "type": "timestamptz"})
    assert tabular(mapping, "at", pa.array([at]), "text")[0]["month"] == month


USERS: dict[str, Any] = {
    "user_id": {"name": "id", "type": "string"},
    "currency": {"name": "currency", "type": "string"},
    "cached": {"name": "amount", "type": "decimal", "unit": "major"},
}
ENTRY = pa.list_(pa.struct([("amount", pa.decimal128(20, 2)), ("currency", pa.string())]))
LARGE = "90071992547409.93"


def entries(values: pa.Array, word: str) -> list[tuple[Any, ...]]:
    wanted = mapping_of(tables={"user_balances": {"name": "users", "list": "balances", "columns": USERS}})
    arrived = pa.table({"id": [f"u{i}" for i in range(len(values))], "balances": values})
    rows = staged_table(wanted, arrived, {"id": "string", "balances": word}, "user_balances")
    return sorted(((row["user_id"], row["currency"], row["cached"], row["refused_reason"]) for row in rows), key=repr)


def test_a_list_in_a_column_makes_a_row_of_each_entry() -> None:
    lists = [
        [{"amount": Decimal(LARGE), "currency": "EGP"}, {"amount": Decimal("0.50"), "currency": "BHD"}],
        [],
        None,
    ]
    expected = [
        ("u0", "BHD", 500, None),
        ("u0", "EGP", 9007199254740993, None),
        ("u1", None, None, None),
        ("u2", None, None, None),
    ]
    assert entries(pa.array(lists, ENTRY), "list") == expected
    texts = [None if each is None else json.dumps(each, default=str) for each in lists]
    assert entries(pa.array(texts), "json") == expected
    numbers = [text and text.replace(f'"{LARGE}"', LARGE).replace('"0.50"', "5e-1") for text in texts]
    assert entries(pa.array(numbers), "text") == expected


@pytest.mark.parametrize("text", ["{}", "5", "null,", "[1]", '[{"amount": "1.5"}]', "", "[{"])
def test_what_is_no_list_of_entries_is_refused(text: str) -> None:
    assert [row[3] for row in entries(pa.array([text]), "text")] == ["is missing"]


def test_an_entry_that_names_a_field_twice_is_refused() -> None:
    with pytest.raises(SourceError, match="the field 'amount' twice"):
        entries(pa.array(['[{"amount": "1", "amount": "2", "currency": "EGP"}]']), "text")
