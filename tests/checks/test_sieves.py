"""A rule says the same of the rows that may break it as of the whole ledger, on both engines."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets.sieves
import checks.suspects
from assets.engines import View, ordered, polars_engine
from assets.errors import DamagedError
from assets.sieves import HASH, Close, Repeated, Sieve, Unpaired
from checks.rule import Rule
from checks.rules import RULES
from checks.suspects import LEDGER
from tests.checks.drawn_rows import Drawn, drawn, quick
from tests.checks.few_rows import answered, preset_with, question_of
from tests.checks.ledger_text import Case, cases, views
from tests.kept_engine import kept_session

SIFTED = [rule for rule in RULES if rule.sieve or rule.tells_suspects]
SIEVED = [rule for rule in SIFTED if rule.sieve]
CASES = [case for rule in SIFTED for case in cases(rule.name)]
REGISTER = {rule.name: rule for rule in SIFTED}
TWINS = ("DEPOSIT", "DEPOSIT", "DEPOSIT", "TRANSFER")
TRANSFERS = st.sampled_from(["x1", "x1", "x2", "x3", None])
PER_FILE = 5


@pytest.fixture(scope="module", params=[assets.sieves.AT_ONCE, 3], ids=["at once", "in shares"])
def _shares(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assets.sieves, "AT_ONCE", request.param)
        yield


def kept(sieve: Sieve, shown: dict[str, pa.Table], transactions: View) -> list[int]:
    """Return the rows that a sieve keeps of transactions under the settings that are shown with them."""
    hashes = sieve.kept(transactions, preset_with(shown["settings"]))
    assert hashes is not None
    values: list[int] = hashes[HASH].to_pylist()
    return values


def in_files(rows: pa.Table, folder: Path) -> tuple[Path, ...]:
    """Write rows as an export does, few to a file."""
    files = []
    for start in range(0, max(rows.num_rows, 1), PER_FILE):
        files.append(folder / f"{start}.parquet")
        pq.write_table(rows.slice(start, PER_FILE), files[-1])
    return tuple(files)


def assert_sifted_alike(rule: Rule, case: Case) -> pa.Table:
    """Ask a rule of the whole and of the rows that may break it, in memory or in files; return these."""
    shown = views(case, tuple({*rule.views, "settings"}))
    whole = kept_session()(shown)(rule.text)
    with TemporaryDirectory() as folder:
        ledger = in_files(shown[LEDGER], Path(folder)) if rule.sieve else shown[LEDGER]
        question = question_of(rule, {**shown, LEDGER: ledger}, shown["settings"])
    assert question is not None
    assert ordered(answered(question, shown)).equals(ordered(whole))
    return question.views[LEDGER]


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
    rule = REGISTER[case.rule]
    rows = assert_sifted_alike(rule, case)
    shown = views(case, rule.views)
    with polars_engine(shown) as query, polars_engine({**shown, LEDGER: rows}) as query_of_few:
        assert ordered(query_of_few(rule.text)).to_pylist() == ordered(query(rule.text)).to_pylist()


@pytest.mark.usefixtures("_shares")
@quick(25)
@given(drawn(kinds=TWINS, amounts=(100, 100, -100, 0, -(2**63))), st.data())
def test_drawn_ledgers_are_judged_alike(ledger: Drawn, data: st.DataObject) -> None:
    for row in ledger.rows:
        row["transfer_id"] = data.draw(TRANSFERS) if row["kind"] == "TRANSFER" else None
        row["transaction_id"] = data.draw(st.sampled_from([row["transaction_id"], row["transaction_id"], "t0"]))
    for rule in SIEVED:
        assert_sifted_alike(rule, written(rule.name, ledger))


@pytest.mark.usefixtures("_shares")
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
    for rule in SIEVED:
        assert not assert_sifted_alike(
            rule, Case(rule.name, "innocent", keeps=True, tables={"transactions": rows})
        ).num_rows


@pytest.mark.usefixtures("_shares")
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
    values = kept(sieve, shown, shown[LEDGER])
    assert {row["transaction_id"] for row in shown[LEDGER].to_pylist() if row[HASH] in values} == {*expected}


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


def test_where_too_many_rows_may_break_a_rule_the_whole_ledger_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"transaction_id": "t1", "idempotency_key": "k1"}, {"transaction_id": "t2", "idempotency_key": "k1"}]
    rows.append({"transaction_id": "t1", "idempotency_key": "k2"})
    rule = REGISTER["idempotency_keys_are_unique"]
    shown = views(Case(rule.name, "a key twice", keeps=False, tables={LEDGER: rows}), (*rule.views, "settings"))
    for most, found in ((3, 3), (2, None), (1, None)):
        monkeypatch.setattr(assets.sieves, "MOST", most)
        question = question_of(rule, shown, shown["settings"])
        assert (question.views[LEDGER].num_rows if question else None) == found


@pytest.mark.parametrize(("most", "asked"), [(3, True), (2, False)])
def test_suspects_whose_rows_are_many_are_not_asked_first(
    monkeypatch: pytest.MonkeyPatch, most: int, *, asked: bool
) -> None:
    rows = [{"transaction_id": f"t{place}", "kind": "FEE", "amount": "-1"} for place in range(2)]
    rule = REGISTER["signs_follow_types"]
    ledger = [{"transaction_id": "t2", "kind": "FEE", "amount": "1"}, *rows]
    tables = {LEDGER: ledger, "system_wallets": [{"wallet_id": "w9"}]}
    shown = views(Case(rule.name, "a fee", keeps=False, tables=tables), (*rule.views, "settings"))
    monkeypatch.setattr(checks.suspects, "MOST", most)
    assert (question_of(rule, shown, shown["settings"]) is not None) == asked


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    rows = [{"transaction_id": f"t{place}", "idempotency_key": "k1"} for place in range(2 * PER_FILE)]
    rule = REGISTER["idempotency_keys_are_unique"]
    shown = views(Case(rule.name, "a key again", keeps=False, tables={LEDGER: rows}), (*rule.views, "settings"))
    _, damaged = files = in_files(shown[LEDGER], tmp_path)
    damaged.write_bytes(damaged.read_bytes()[:-20])
    with pytest.raises(DamagedError, match=damaged.name):
        question_of(rule, {**shown, LEDGER: files}, shown["settings"])
