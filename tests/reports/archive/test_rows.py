"""One text a row: injective, the same from every engine and codec, and the same by columns as value by value."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import TieoutError
from reports.archive.rows import lines, table_root
from reports.archive.verifier.rows import check_rows
from tests.assets.ledgers import quick

SCHEMA = pa.schema(
    [
        ("id", pa.string()),
        ("amount", pa.int64()),
        ("total", pa.decimal128(38, 0)),
        ("settled", pa.bool_()),
        ("at", pa.timestamp("us", "UTC")),
    ]
)
TEXTS = st.one_of(st.text("\t\n\r\\N ab", max_size=6), st.text(st.characters(exclude_categories=["Cs"]), max_size=5))
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.integers(-(10**38) + 1, 10**38 - 1),
        st.none() | st.booleans(),
        st.none() | st.integers(-(2**50), 2**50),
    ),
    max_size=12,
)
Row = tuple[Any, ...]


def table(rows: list[Row]) -> pa.Table:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    plain = [
        (
            text,
            amount,
            None if total is None else Decimal(total),
            flag,
            None if at is None else epoch + timedelta(microseconds=at),
        )
        for text, amount, total, flag, at in rows
    ]
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, row, strict=True)) for row in plain], schema=SCHEMA)


def written(path: Path, rows: list[Row]) -> Path:
    pq.write_table(table(rows), path)
    return path


@quick(40)
@given(rows=ROWS)
def test_another_engine_or_codec_gives_the_same_root(tmp_path: Path, rows: list[Row]) -> None:
    first = written(tmp_path / "first.parquet", rows)
    expected = table_root("ledger", [first])
    assert expected.rows == len(rows)
    pq.write_table(pq.read_table(first), tmp_path / "a.parquet", compression="gzip", row_group_size=3)
    pq.write_table(pq.read_table(first, read_dictionary=["id"]), tmp_path / "b.parquet", compression="snappy")
    pl.read_parquet(first).write_parquet(tmp_path / "c.parquet", compression="lz4")
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'Africa/Cairo'")
        connection.execute(f"COPY (FROM '{first}') TO '{tmp_path / 'd.parquet'}' (FORMAT parquet, CODEC 'zstd')")
    for name in "abcd":
        assert table_root("ledger", [tmp_path / f"{name}.parquet"]) == expected, name


@quick(40)
@given(rows=ROWS)
def test_the_verifier_comes_to_the_same_root_value_by_value(tmp_path: Path, rows: list[Row]) -> None:
    file = written(tmp_path / "rows.parquet", rows)
    with (tmp_path / "marks").open("wb") as marks:
        root = table_root("ledger", [file], marks)
    sealed = {"files": [file.name], "columns": root.columns, "root": root.root, "marks": "marks"}
    assert check_rows(tmp_path, "ledger", sealed) == []


@quick(60)
@given(rows=ROWS)
def test_two_different_rows_never_have_one_text(rows: list[Row]) -> None:
    distinct = list(dict.fromkeys(rows))
    batches = table(distinct).combine_chunks().to_batches()
    kinds = ["text", "integer", "integer", "flag", "time"]
    said = [line for batch in batches for line in lines(batch, kinds)]
    assert len(set(said)) == len(distinct)


def test_the_form_is_the_written_one(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.parquet", [("a\tb\\", -5, 10**30, True, 1), (None, None, None, None, None)])
    said = [
        line
        for batch in pq.ParquetFile(file).iter_batches()
        for line in lines(batch, ["text", *["integer"] * 2, "flag", "time"])
    ]
    assert said == [b"a\\tb\\\\\t-5\t1000000000000000000000000000000\tt\t1", b"\\N\t\\N\t\\N\t\\N\t\\N"]
    columns = b'[["id","text"],["amount","integer"],["total","integer"],["settled","flag"],["at","time"]]'
    leaves = [hashlib.sha256(b"\0" + leaf).digest() for leaf in (b"ledger/v1/t/" + columns, *said)]
    left = hashlib.sha256(b"\1" + leaves[0] + leaves[1]).digest()
    assert table_root("t", [file]).root == hashlib.sha256(b"\1" + left + leaves[2]).hexdigest()


def test_dates_bytes_and_other_numbers_have_a_form_and_a_list_has_none(tmp_path: Path) -> None:
    odd = pa.table({"day": pa.array([date(2025, 1, 31)]), "raw": pa.array([b"\x00\xff"]), "ratio": pa.array([0.1])})
    pq.write_table(odd, tmp_path / "odd.parquet")
    root = table_root("odd", [tmp_path / "odd.parquet"])
    assert [kind for _, kind in root.columns] == ["date", "bytes", "number"]
    sealed = {"files": ["odd.parquet"], "columns": root.columns, "root": root.root, "marks": "none"}
    assert check_rows(tmp_path, "odd", sealed) == []
    pq.write_table(pa.table({"many": [[1]]}), tmp_path / "list.parquet")
    with pytest.raises(TieoutError, match=r"odd\.many is list<.*>, which has no canonical form\."):
        table_root("odd", [tmp_path / "list.parquet"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda rows: [rows[0], ("x", *rows[1][1:]), *rows[2:]], [(2, "the row is not the one that was sealed")]),
        (lambda rows: rows[:3] + rows[4:], [(4, "the sealed row of this number is gone")]),
        (lambda rows: [*rows[:2], ("new", 1, 1, True, 1), *rows[2:]], [(3, "the row is new")]),
        (
            lambda rows: [rows[1], rows[0], *rows[2:]],
            [(1, "the row is not the one that was sealed"), (2, "the row is not the one that was sealed")],
        ),
    ],
)
def test_the_rows_that_differ_are_named(tmp_path: Path, change: Any, expected: list[tuple[int, str]]) -> None:  # noqa: ANN401
    rows: list[Row] = [(f"t{i}", i, i, True, i) for i in range(6)]
    file = written(tmp_path / "rows.parquet", rows)
    with (tmp_path / "marks").open("wb") as marks:
        root = table_root("ledger", [file], marks)
    sealed = {"files": [file.name], "columns": root.columns, "root": root.root, "marks": "marks"}
    written(file, change(rows))
    assert [(each.row, each.said) for each in check_rows(tmp_path, "ledger", sealed)] == expected
