"""Which interface of a Convex deployment is read, how a snapshot is asked for, and what there is to read."""

import pytest

from tests.assets.sources.convex_shop import Interface, Shop, sentence
from tests.assets.sources.snapshots import PRESET
from tests.convex_double.faults import ABSENT, Happening, since, to
from tests.convex_double.zip_export import request_zip

STREAMS: list[Interface] = ["sync", "legacy"]
EVERY: list[Interface] = [*STREAMS, "zip"]
SYNC = "/api/v1/data/sync"


def test_the_best_interface_there_is_is_read(live: Shop) -> None:
    assert live.read().snapshot.kind == "convex_sync"
    live.double.faults.on(to(SYNC), ABSENT)
    assert live.read().snapshot.kind == "convex_legacy"
    assert live.agrees()
    refused = sentence(lambda: live.read("sync"))
    assert "does not offer the interface 'sync'" in refused
    live.double.faults.clear()
    live.deployment.knobs.streaming_enabled = False
    reading = live.read()
    assert (reading.snapshot.kind, reading.bookmark, len(reading.snapshot.sha256 or "")) == ("convex_zip", None, 64)
    assert live.agrees()
    live.double.faults.on(since(1), ABSENT)
    assert "has none of Convex's export interfaces" in sentence(live.read)


def test_another_export_is_waited_for_and_then_ours_is_made(live: Shop) -> None:
    request_zip(live.deployment, {})
    live.double.faults.on(to("/api/export/request/zip"), Happening(lambda _: live.books.work(1)))
    live.read("zip")
    assert live.agrees()
    assert any("it makes another snapshot" in told for told in live.told)


@pytest.mark.parametrize("state", ["failed", "canceled"])
def test_an_export_that_fails_is_no_reading(live: Shop, state: str) -> None:
    live.deployment.knobs.export_ends = state
    assert f"ended its export as {state}" in sentence(lambda: live.read("zip"))


def test_a_survey_names_tables_columns_and_the_interface(live: Shop) -> None:
    survey = live.source().survey(PRESET)
    tables = {table.name: table.columns for table in survey.tables}
    assert set(tables) == {"transactions", "wallets", "walletBalances", "users", "gigs"}
    assert tables["wallets"]["balance"] == "number"
    assert tables["wallets"]["userId"] == "Id(users)"
    assert "data sync" in survey.notes[0]
    live.deployment.knobs.streaming_enabled = False
    survey = live.source().survey(PRESET)
    assert survey.tables == ()
    assert "snapshot export" in survey.notes[0]
