"""A rule says the same of the rows that its sieve keeps as of the whole ledger, on both engines."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets.sieves
from assets.engines import Sifted, View, duckdb_engine, ordered, polars_engine
from assets.mapping_file import load_mapping
from assets.sieves import Close, Repeated, Sieve, Unpaired
from checks.rule import Rule
from checks.rules import RULES
from tests.checks.drawn_rows import Drawn, drawn, quick
from tests.checks.ledger_text import Case, cases, views

SIFTED = [rule for rule in RULES if rule.sieve]
PRESET = load_mapping(None)
CASES = [case for rule in SIFTED for case in cases(rule.name)]
REGISTER = {rule.name: rule for rule in SIFTED}
TWINS = ("DEPOSIT", "DEPOSIT", "DEPOSIT", "TRANSFER")
TRANSFERS = st.sampled_from(["x1", "x1", "x2", "x3", None])
PER_FILE = 5
RULINGS = type(PRESET.rules).model_fields


@pytest.fixture(params=[assets.sieves.AT_ONCE, 3], ids=["at once", "in shares"], autouse=True)
def _shares(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets.sieves, "AT_ONCE", request.param)
        yield


def kept(sieve: Sieve, shown: dict[str, pa.Table], transactions: View) -> pa.Table:
    """Return what a sieve keeps of transactions under the settings that are shown with them."""
    said = shown["settings"].to_pylist()[0]
    rules = PRESET.rules.model_copy(update={name: said[name] for name in said if name in RULINGS})
    values = sieve.kept(transactions, PRESET.model_copy(update={"rules": rules}))
    return pa.table({sieve.column: values.to_arrow()})


def in_files(rows: pa.Table, folder: Path) -> tuple[Path, ...]:
    """Write rows as an export does, few to a file."""
    files = []
    for start in range(0, max(rows.num_rows, 1), PER_FILE):
        files.append(folder / f"{start}.parquet")
        pq.write_table(rows.slice(start, PER_FILE), files[-1])
    return tuple(files)


def assert_sifted_alike(rule: Rule, case: Case) -> pa.Table:
    """Ask a rule of the whole and of what its sieve keeps, of rows in memory and in files; return those that stay."""
    assert rule.sieve
    shown = views(case, tuple({*rule.views, "settings"}))
    rows = shown["transactions"]
    with duckdb_engine(shown) as query:
        whole = query(rule.text)
    values = kept(rule.sieve, shown, rows)[rule.sieve.column].combine_chunks()
    left = rows.filter(pc.is_in(rows[rule.sieve.column], value_set=values))
    with polars_engine({**shown, "transactions": left}) as query:
        assert ordered(query(rule.text)).to_pylist() == ordered(whole).to_pylist()
    with TemporaryDirectory() as folder:
        files = in_files(rows, Path(folder))
        sifted = Sifted(files, kept(rule.sieve, shown, files))
        with duckdb_engine({**shown, "transactions": sifted}) as query:
            assert ordered(query(rule.text)).equals(ordered(whole))
    return left


def written(rule: str, ledger: Drawn) -> Case:
    tables = {
        "transactions": ledger.rows,
        "wallets": ledger.wallets,
        "settings": [{**ledger.settings, "transfer_legs": len(ledger.rows) % 4}],
    }
    return Case(
        rule,
        "drawn",
        keeps=True,
        tables={
            name: [{key: _cell(cell) for key, cell in row.items()} for row in rows] for name, rows in tables.items()
        },
    )


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever a column holds
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else str(value) or "''"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}: {case.says}")
def test_the_smallest_ledgers_are_judged_alike(case: Case) -> None:
    assert_sifted_alike(REGISTER[case.rule], case)


@quick(25)
@given(drawn(kinds=TWINS, amounts=(100, 100, -100, 0, -(2**63))), st.data())
def test_drawn_ledgers_are_judged_alike(ledger: Drawn, data: st.DataObject) -> None:
    for row in ledger.rows:
        row["transfer_id"] = data.draw(TRANSFERS) if row["kind"] == "TRANSFER" else None
        row["transaction_id"] = data.draw(st.sampled_from([row["transaction_id"], row["transaction_id"], "t0"]))
    for rule in SIFTED:
        assert_sifted_alike(rule, written(rule.name, ledger))


def test_the_rows_of_an_innocent_ledger_all_fall_through() -> None:
    times = ("2025-01-01T00:00:00", "2025-01-01T00:00:00", "2025-01-01T00:02:01")
    legs = [("TRANSFER", -100, "w1", "x1"), ("TRANSFER", 100, "w2", "x1"), ("DEPOSIT", 100, "w2", "-")]
    rows = [
        {
            "transaction_id": f"t{place}",
            "idempotency_key": f"k{place}",
            "kind": kind,
            "amount": str(amount),
            "wallet_id": wallet,
            "transfer_id": transfer,
            "created_at": at,
        }
        for place, ((kind, amount, wallet, transfer), at) in enumerate(zip(legs, times, strict=True))
    ]
    for rule in SIFTED:
        assert not assert_sifted_alike(
            rule, Case(rule.name, "innocent", keeps=True, tables={"transactions": rows})
        ).num_rows


@pytest.mark.parametrize(
    ("sieve", "expected"),
    [
        (Repeated("idempotency_hash"), ("a", "b")),
        (Close(), ("a", "c")),
        (Unpaired(), ("d",)),
    ],
    ids=str,
)
def test_what_a_sieve_keeps(sieve: Sieve, expected: tuple[str, ...]) -> None:
    columns = ("transaction_id", "idempotency_key", "kind", "amount", "transfer_id", "wallet_id", "created_at")
    rows = [
        ("a", "k1", "DEPOSIT", "5", "-", "w1", "2025-01-01T00:00:00"),
        ("b", "k1", "DEPOSIT", "6", "-", "w1", "2025-01-01T00:01:00"),
        ("c", "k2", "DEPOSIT", "5", "-", "w1", "2025-01-01T00:02:00"),
        ("d", "k3", "TRANSFER", "-5", "x1", "w1", "2025-01-01T00:02:00"),
        ("e", "k4", "TRANSFER", "-5", "x2", "w1", "2025-01-01T00:02:00"),
        ("f", "k5", "TRANSFER", "9", "x3", "w1", "2025-01-01T00:02:00"),
        ("g", "k6", "TRANSFER", "5", "x2", "w2", "2025-01-01T00:02:00"),
        ("h", "k7", "TRANSFER", "-9", "x3", "w2", "2025-01-01T00:03:00"),
    ]
    table = {"transactions": [dict(zip(columns, row, strict=True)) for row in rows]}
    shown = views(Case("drawn", "drawn", keeps=True, tables=table), ("transactions", "settings"))
    values = kept(sieve, shown, shown["transactions"])[sieve.column].to_pylist()
    held = {row["transaction_id"] for row in shown["transactions"].to_pylist() if row[sieve.column] in values}
    assert held == {*expected}


def test_two_pairs_of_one_transfer_are_no_pair() -> None:
    legs = [("-100", "w1"), ("100", "w2"), ("-100", "w1"), ("100", "w2")]
    rows = [
        {"transaction_id": f"t{place}", "kind": "TRANSFER", "amount": amount, "wallet_id": wallet, "transfer_id": "x1"}
        for place, (amount, wallet) in enumerate(legs)
    ]
    case = Case("transfers_net_to_zero", "two pairs", keeps=False, tables={"transactions": rows})
    assert assert_sifted_alike(REGISTER[case.rule], case).num_rows == len(rows)


@pytest.mark.parametrize(("legs", "held"), [("0", 0), ("2", 0), ("3", 2)])
def test_a_pair_falls_through_where_two_legs_are_enough(legs: str, held: int) -> None:
    rows = [
        {"transaction_id": wallet, "kind": "TRANSFER", "amount": amount, "wallet_id": wallet, "transfer_id": "x1"}
        for wallet, amount in (("w1", "-100"), ("w2", "100"))
    ]
    tables = {"transactions": rows, "settings": [{"transfer_legs": legs}]}
    case = Case("transfers_net_to_zero", "a pair", keeps=not held, tables=tables)
    assert assert_sifted_alike(REGISTER[case.rule], case).num_rows == held
