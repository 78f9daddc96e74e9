"""Every interface of Convex gives what the deployment holds, whole and in increments."""

import json
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from assets.mapping import Mapping
from assets.promises import IDENTIFIERS
from tests.assets.sources.convex_books import SECRET_FIELDS
from tests.assets.sources.convex_shop import Interface, Shop, rows_of, sentence
from tests.assets.sources.snapshots import PRESET

STREAMS: list[Interface] = ["sync", "legacy"]
EVERY: list[Interface] = [*STREAMS, "zip"]
SYNC = "/api/v1/data/sync"


@pytest.mark.parametrize("interface", EVERY)
def test_a_full_reading_is_what_a_snapshot_shows(live: Shop, interface: Interface) -> None:
    reading = live.read(interface)
    assert live.agrees()
    assert live.agrees_with_snapshots()
    assert all(table.whole and table.removed is None for table in reading.staged.values())
    assert reading.since is None
    head = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=live.deployment.head // 1000)
    assert reading.snapshot.cut_at == head
    assert reading.snapshot.deployment == live.source().snapshot().deployment == live.double.url.removeprefix("http://")
    assert reading.snapshot.proof == ("by construction" if interface == "zip" else "proven")
    said = {"sync": "data sync", "legacy": "list_snapshot and document_deltas", "zip": "snapshot export"}
    assert reading.snapshot.evidence["interface"] == said[interface]
    assert not list(live.folder.glob("arriving/*")), "nothing stays that is part of a reading"


@pytest.mark.parametrize("interface", STREAMS)
def test_a_document_has_the_time_of_its_commit(live: Shop, interface: Interface) -> None:
    log = live.deployment.log
    live.books.work(20)
    reading = live.read(interface)
    for name in ("transactions", "wallet_balances"):
        committed = {row[IDENTIFIERS[name]]: row["commit_ns"] for row in rows_of(reading.staged[name].folder)}
        assert committed == {key: dict(zip(log.ids, log.ts, strict=True))[key] for key in committed}
        assert all(ts > 2**53 for ts in committed.values())


@pytest.mark.parametrize("interface", STREAMS)
def test_increments_hold_what_a_full_reading_holds_and_fetch_what_is_new(live: Shop, interface: Interface) -> None:
    live.read(interface)
    first = live.last.commits_after_ns if live.last else None
    assert first == live.deployment.head
    for commits in (25, 0):
        before = live.deployment.head
        live.books.work(commits)
        reading = live.read(interface)
        assert live.agrees()
        assert not any(table.whole for table in reading.staged.values())
        assert (reading.since, reading.commits_after_ns) == ("export-1", first)
        assert reading.staged["wallets"].received == 0
        new = [row for row in rows_of(reading.staged["transactions"].folder) if row["commit_ns"] <= before]
        assert new == []
    assert live.read("auto", full=True).since is None
    assert live.agrees()


@pytest.mark.parametrize("interface", STREAMS)
def test_every_revision_is_kept_as_evidence(live: Shop, interface: Interface) -> None:
    kept, gone = live.books.deposit(10.0), live.books.deposit(20.0)
    live.read(interface)
    said = {each["_id"]: each for each in live.deployment.documents("transactions")}
    changed = [
        live.deployment.replace("transactions", kept, {**said[kept], "amount": amount}) for amount in (11.0, 12.0)
    ]
    removed = live.deployment.delete("transactions", gone)
    reading = live.read(interface)
    rows = sorted(rows_of(reading.staged["transactions"].revisions), key=lambda row: int(row["commit_ns"]))
    assert [(row["transaction_id"], row["commit_ns"], row["amount"], row["removed"]) for row in rows] == [
        (kept, changed[0], 11, False),
        (kept, changed[1], 12, False),
        (gone, removed, None, True),
    ]
    assert reading.staged["transactions"].removed
    assert pq.read_table(reading.staged["transactions"].removed)["row_id"].to_pylist() == [gone]
    assert reading.staged["wallets"].revisions is None


def test_an_import_replaces_a_table_and_is_no_change_of_its_documents(live: Shop) -> None:
    live.read("sync")
    live.books.work(10)
    rest = live.deployment.documents("wallets")[:-2]
    live.books.reimport("wallets", rest)
    live.books.work(10)
    reading = live.read("sync")
    assert live.agrees()
    assert {name for name, table in reading.staged.items() if table.whole} == {"wallets"}
    assert reading.staged["wallets"].received == len(rest)
    assert (reading.since, reading.commits_after_ns) != (None, live.deployment.head)
    live.books.reimport("transactions")
    live.books.work(5)
    reading = live.read("sync")
    assert live.agrees()
    assert reading.commits_after_ns == int(reading.snapshot.evidence["snapshot_ts"])
    imported = rows_of(reading.staged["transactions"].revisions)
    assert len(imported) < reading.staged["transactions"].received


def test_a_table_made_anew_between_two_readings_starts_over(live: Shop) -> None:
    live.read("sync")
    live.deployment.drop_table("walletBalances")
    live.deployment.create_table("walletBalances")
    live.books.projections.clear()
    live.books.deposit()
    assert live.read("sync").staged["wallet_balances"].whole
    assert live.agrees()
    assert len(live.held["wallet_balances"]) == 1


@pytest.mark.parametrize("interface", EVERY)
def test_numbers_keep_their_spelling(live: Shop, interface: Interface) -> None:
    amounts = [
        100,
        100.0,
        -0.0,
        1e16,
        2.0**53,
        2.0**53 - 1,
        2**53 + 1,
        2**63 - 1,
        0.1,
        1e-7,
        float("nan"),
        float("inf"),
    ]
    for amount in [*amounts, None, "100", "100.0", True, [1.0], {"a": 1}, b"\1", 'q"\\\u2028\n\u20ac']:
        live.books.deposit(amount, description='{"amount": 1,}')
    live.read(interface)
    live.books.deposit(7)
    live.books.deposit(7.0)
    reading = live.read(interface)
    assert live.agrees_with_snapshots()
    refused = [row for row in rows_of(reading.staged["transactions"].folder) if row["refused_reason"]]
    assert 7 in [json.loads(row["document"])["amount"] for row in refused]
    assert any('"amount":9007199254740993' in row["document"] for row in refused) == (interface == "zip")


@pytest.mark.parametrize("interface", STREAMS)
def test_nothing_is_asked_for_or_kept_but_mapped_columns(live: Shop, interface: Interface) -> None:
    live.read(interface)
    bodies = [json.loads(request.body) for request in live.double.requests if b"selection" in request.body]
    asked = bodies[-1]["selection"]
    assert asked[""]["users"] == {
        "_other": "excluded",
        **dict.fromkeys(["_creationTime", "_id", "balances", "clerkId", "deletedAt", "roles"], "included"),
    }
    assert set(asked[""]) == {"_other", "transactions", "walletBalances", "wallets", "users"}
    assert "_ts" not in json.dumps(asked)
    written = b"".join(path.read_bytes() for path in live.folder.rglob("*") if path.is_file())
    assert not any(value.encode() in written for value in SECRET_FIELDS.values())


def test_a_changed_selection_reads_everything_anew(live: Shop) -> None:
    live.read("sync")
    raw = PRESET.model_dump()
    raw["tables"]["transactions"]["columns"]["description"] = False
    assert live.read("sync", mapping=Mapping.model_validate(raw)).staged["wallets"].whole


def test_tables_of_a_component_are_read(live: Shop) -> None:
    raw = PRESET.model_dump()
    raw["tables"] = {name: {**table, "component": "money/core"} for name, table in raw["tables"].items()}
    for table in ("transactions", "wallets", "walletBalances", "users"):
        live.deployment.create_table(("money/core", table))
    live.deployment.insert(("money/core", "wallets"), live.deployment.documents("wallets")[0] | {"_id": None})
    for interface in EVERY:
        reading = live.read(interface, full=True, mapping=Mapping.model_validate(raw))
        assert {name: table.received for name, table in reading.staged.items()}["wallets"] == 1


def test_a_table_that_is_not_there_is_refused_before_anything_is_read(live: Shop) -> None:
    raw = PRESET.model_dump()
    raw["tables"]["wallets"]["name"] = "walets"
    for interface in STREAMS:
        refused = sentence(lambda: live.read(interface, mapping=Mapping.model_validate(raw)))  # noqa: B023
        assert "has no table 'walets'; it has 'gigs', 'transactions', 'users', 'walletBalances', 'wallets'" in refused
    assert live.pages() == 0
