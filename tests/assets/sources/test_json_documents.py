"""Lines and values: what is no JSON, what each spelling means, and what is refused with its reason."""

from pathlib import Path

import pytest

from assets.errors import SourceError
from tests.assets.sources.snapshots import (
    BALANCE,
    TRANSACTION,
    USER,
    WALLET,
    Documents,
    compact,
    entries,
    lines,
    staged,
    tables,
    write_zip,
)

LINE = compact(TRANSACTION).decode()
OTHER: Documents = {**TRANSACTION, "_id": "t2"}


def spelled(amount: str, field: str = "amount", there: str = "100.0") -> bytes:
    """Return the ledger's first line with one value spelled otherwise, and a second line that is good."""
    assert f'"{field}":{there}' in LINE
    return LINE.replace(f'"{field}":{there}', f'"{field}":{amount}').encode() + b"\n" + lines(OTHER)


def read(tmp_path: Path, table: str = "transactions", **other: bytes) -> list[Documents]:
    rows = staged(write_zip(tmp_path / "snapshot.zip", entries(tables(**other))), table=table)
    return sorted(rows, key=repr)


def refusals(rows: list[Documents]) -> list[tuple[str, str]]:
    return [(row["refused_column"], row["refused_reason"]) for row in rows if row["refused_column"]]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINE.encode().replace(b"u1", b"\xff"), "line 2: not valid UTF-8"),
        (LINE.encode().replace(b"status", b"\xc0\x80"), "line 2: not valid UTF-8"),
        (LINE[:-1].encode() + b",}", "line 2: not valid JSON"),
        (LINE.replace('"status"', '"tags":[1.0 ,\t],"status"').encode(), "line 2: not valid JSON"),
        (LINE[:-9].encode(), "line 2: not valid JSON"),
        (LINE.replace('"', "'").encode(), "line 2: not valid JSON"),
        (LINE.replace("100.0", "0100.0").encode(), "line 2: not valid JSON"),
        (LINE.replace("100.0", "0x10").encode(), "line 2: not valid JSON"),
        (LINE.replace("u1", "a\tb").encode(), "line 2: not valid JSON"),
        (LINE.replace("u1", "\\ud800").encode(), "line 2: not valid JSON (half a surrogate pair)"),
        (b"\xef\xbb\xbf" + LINE.encode(), "line 2: not valid JSON"),
        ((LINE + LINE).encode(), "line 2: not valid JSON"),
        (b"[1,2]", "no object with fields"),
        (b"null", "no object with fields"),
        (b"12", "no object with fields"),
        (LINE.replace('"amount":100.0', '"amount":100.0,"amount":1.0').encode(), "the field 'amount' twice"),
        (LINE.replace('"amount":100.0', '"x":100.0,"\\u0078":1.0,"amount":1.0').encode(), "the field 'x' twice"),
        (b'{"_id":"' + b"x" * (34 << 20) + b'"}', "line 2: longer than 8 MiB"),
    ],
)
def test_lines_that_are_no_documents_are_refused(tmp_path: Path, line: bytes, said: str) -> None:
    with pytest.raises(SourceError) as refused:
        read(tmp_path, transactions=lines(OTHER, line))
    assert said in str(refused.value)
    assert str(tmp_path / "snapshot.staged") not in str(refused.value)


@pytest.mark.parametrize(
    "ledger",
    [
        LINE.encode(),
        LINE.encode() + b"\r\n",
        b"\n" + LINE.encode() + b"\n\n",
        b'{ "note" : ",}" ,' + LINE[1:].encode(),
        lines({**TRANSACTION, "note": "a comma ,] inside a text ,}"}),
        lines({**TRANSACTION, "metadata": {"deep": [[[[[[[[[[[[[[[{}]]]]]]]]]]]]]]]}}),
        lines({**TRANSACTION, "note": "x" * (1 << 20)}),
        lines({name: value for name, value in TRANSACTION.items() if name not in ("status", "createdBy")}),
        lines({**TRANSACTION, "status": None, "description": None}),
    ],
)
def test_lines_that_are_documents_are_read(tmp_path: Path, ledger: bytes) -> None:
    rows = read(tmp_path, transactions=ledger)
    assert [(row["transaction_id"], row["amount"], row["refused_column"]) for row in rows] == [("t1", 100, None)]


def test_a_table_without_lines_has_no_rows(tmp_path: Path) -> None:
    assert read(tmp_path, transactions=b"") == []
    assert read(tmp_path, transactions=b"\n\n") == []


@pytest.mark.parametrize("text", ["é", "ش😀", "\u2028", "\\\"'", "x" * 100_000, "W1", "", "a\0b", ": "])
def test_ids_are_any_text(tmp_path: Path, text: str) -> None:
    rows = read(tmp_path, transactions=lines({**TRANSACTION, "_id": text, "walletId": text}, OTHER))
    assert {(row["transaction_id"], row["wallet_id"]) for row in rows} == {(text, text), ("t2", "w1")}


@pytest.mark.parametrize(
    ("spelling", "amount"),
    [("-0.0", 0), ("1e2", 100), ("1.5e1", 15), ("9007199254740991.0", 2**53 - 1), ("-9007199254740991.0", 1 - 2**53)],
)
def test_floats_that_are_exact_integers(tmp_path: Path, spelling: str, amount: int) -> None:
    rows = read(tmp_path, transactions=spelled(spelling))
    assert sorted(row["amount"] for row in rows) == sorted([amount, 100])


INEXACT = ("amount", "is no exact integer below 2^53")


@pytest.mark.parametrize(
    ("spelling", "refusal"),
    [
        ('{"$float":"AAAAAAAA+H8="}', INEXACT),
        ('{"$float":"AAAAAAAA8H8="}', INEXACT),
        ("NaN", INEXACT),
        ("nan", INEXACT),
        ("0.1", INEXACT),
        ("1e300", INEXACT),
        ("1e400", INEXACT),
        ("9007199254740992.0", INEXACT),
        ("-9007199254740992.0", INEXACT),
        ("100", ("amount", "is not spelled as float64")),
        ("9" * 40, ("amount", "is not spelled as float64")),
        ('"100.0"', ("amount", "is not spelled as float64")),
        ("true", ("amount", "is not spelled as float64")),
        ('{"$bytes":"AA=="}', ("amount", "is not spelled as float64")),
        ('{"$integer":"AAAAAAAAAAA="}', ("amount", "is not spelled as float64")),
        ("[1.0]", ("amount", "is not spelled as float64")),
        ("null", ("amount", "is missing")),
    ],
)
def test_amounts_that_are_refused(tmp_path: Path, spelling: str, refusal: tuple[str, str]) -> None:
    rows = read(tmp_path, transactions=spelled(spelling))
    assert refusals(rows) == [refusal]
    assert [row["transaction_id"] for row in rows if not row["refused_column"]] == ["t2"]


UNTIMELY = ("created_at", "is no time between the years 1 and 9999")


@pytest.mark.parametrize(
    ("field", "there", "spelling", "refusal"),
    [
        ("walletId", '"w1"', "1.0", ("wallet_id", "is not spelled as string")),
        ("currency", '"EGP"', "null", ("currency", "is missing")),
        ("status", '"COMPLETED"', "1.0", ("status", "is not spelled as string")),
        ("status", '"COMPLETED"', "nan", ("status", "cannot be read")),
        ("createdAt", "1735689600000.0", "253402300800000.0", UNTIMELY),
        ("createdAt", "1735689600000.0", "-62135596800001.0", UNTIMELY),
        ("createdAt", "1735689600000.0", "1e300", UNTIMELY),
        ("createdAt", "1735689600000.0", '{"$float":"AAAAAAAA+H8="}', UNTIMELY),
        ("createdAt", "1735689600000.0", "1735689600000", ("created_at", "is not spelled as float64")),
        ("_creationTime", "1735689600000.5", "1", ("source_created_at", "is not spelled as float64")),
    ],
)
def test_other_values_that_are_refused(
    tmp_path: Path, field: str, there: str, spelling: str, refusal: tuple[str, str]
) -> None:
    assert refusals(read(tmp_path, transactions=spelled(spelling, field, there))) == [refusal]


def test_a_required_field_that_is_missing_in_some_rows_is_refused_there(tmp_path: Path) -> None:
    ledger = lines({name: value for name, value in TRANSACTION.items() if name != "type"}, OTHER)
    assert refusals(read(tmp_path, transactions=ledger)) == [("type", "is missing")]


@pytest.mark.parametrize("balance", [0.5, 5])
def test_balances_are_held_to_the_same(tmp_path: Path, balance: float) -> None:
    reason = "is not spelled as float64" if isinstance(balance, int) else INEXACT[1]
    rows = read(tmp_path, "wallet_balances", walletBalances=lines({**BALANCE, "balance": balance}))
    assert refusals(rows) == [("recorded", reason)]
    assert refusals(read(tmp_path, "wallets", wallets=lines({**WALLET, "balance": balance}))) == [("balance", reason)]
    cached = lines({**USER, "balances": [{"amount": balance, "currency": "EGP"}]})
    assert refusals(read(tmp_path, "user_balances", users=cached)) == [("cached", reason)]


@pytest.mark.parametrize(
    ("cache", "rows", "refused"),
    [
        ([], [None], []),
        (None, [None], []),
        ([{"amount": 1.0, "currency": "EGP"}, {"amount": 2.0, "currency": "USD"}], ["EGP", "USD"], []),
        ({"amount": 1.0, "currency": "EGP"}, [None], [("currency", "is missing")]),
        ("x", [None], [("currency", "is missing")]),
        ([None], [None], [("currency", "is missing")]),
        ([5.0], [None], [("currency", "is missing")]),
        ([{"currency": "EGP"}], ["EGP"], [("cached", "is missing")]),
    ],
)
def test_caches_are_lists_of_entries(
    tmp_path: Path, cache: object, rows: list[str | None], refused: list[tuple[str, str]]
) -> None:
    found = read(tmp_path, "user_balances", users=lines({**USER, "balances": cache}))
    assert sorted((row["currency"] for row in found), key=str) == rows
    assert refusals(found) == refused


def test_an_entry_of_a_cache_that_names_a_field_twice_is_refused(tmp_path: Path) -> None:
    cache = compact(USER).replace(b'"amount":100.0', b'"amount":100.0,"amount":1.0')
    with pytest.raises(SourceError, match="the field 'amount' twice"):
        read(tmp_path, "user_balances", users=cache)
