"""What befalls a Convex deployment during a reading and between two: nothing is missed, and a stranger is told of."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.assets.sources.convex_shop import Interface, Shop, page, sentence, shop
from tests.convex_double.faults import (
    Happening,
    Replied,
)

STREAMS: list[Interface] = ["sync", "legacy"]


ACTS: dict[str, Callable[[Shop], object]] = {
    "import": lambda live: live.books.reimport("wallets"),
    "commits": lambda live: live.books.work(9),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_happens_during_a_reading_is_read(live: Shop, act: str) -> None:
    for number in (4, 6):
        live.double.faults.on(page(number), Happening(lambda _: ACTS[act](live)))
    live.read("sync")
    assert live.agrees()


def test_a_table_dropped_during_a_reading_is_missed(live: Shop) -> None:
    live.double.faults.on(page(4), Happening(lambda deployment: deployment.drop_table("walletBalances")))
    assert "has no table 'walletBalances'" in sentence(lambda: live.read("sync"))


def test_a_snapshot_of_the_legacy_pair_is_of_the_commit_it_began_with(live: Shop) -> None:
    live.read("legacy")
    before = live.held_money()
    live.double.faults.on(page(2), Happening(lambda _: live.books.work(9)))
    live.read("legacy", full=True)
    assert live.held_money() == before
    live.read("legacy")
    assert live.agrees()
    assert live.held_money() != before


@pytest.mark.parametrize("interface", STREAMS)
def test_an_expired_cursor_starts_over(live: Shop, interface: Interface) -> None:
    live.read(interface)
    live.books.work(5)
    live.deployment.expire(live.deployment.head)
    reading = live.read(interface)
    assert all(table.whole for table in reading.staged.values())
    assert (reading.since, reading.commits_after_ns) == (None, live.deployment.head)
    assert live.agrees()
    assert any("has expired" in told for told in live.told)


@pytest.mark.parametrize("interface", STREAMS)
def test_pages_of_a_killed_run_that_expired_are_read_again(live: Shop, interface: Interface) -> None:
    live.double.faults.on(page(4), Replied(403))
    assert "(403)" in sentence(lambda: live.read(interface))
    live.double.faults.clear()
    live.deployment.advance(6 * 86_400 * 10**9)
    live.deployment.expire(live.deployment.head)
    live.books.work(3)
    live.read(interface)
    assert live.agrees()


@pytest.mark.parametrize("interface", STREAMS)
def test_a_deployment_restored_from_a_backup_stops_and_asks(live: Shop, interface: Interface) -> None:
    before = live.deployment.head
    live.books.work(5)
    live.read(interface)
    live.deployment.rewind(before)
    said = sentence(lambda: live.read(interface))
    assert "was restored from a backup" in said
    assert said.endswith("running again with --full starts over.")
    live.read(interface, full=True)
    assert live.agrees()


def test_a_cursor_of_another_deployment_stops_and_asks(
    live: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.read("sync")
    with shop(tmp_path, "calm-animal-456") as other:
        other.last, other.readings = live.last, 50
        monkeypatch.setenv("CONVEX_DEPLOY_KEY", other.double.key)
        assert "is another deployment" in sentence(lambda: other.read("sync"))


def test_a_commit_before_the_last_export_stops_and_asks(live: Shop) -> None:
    live.read("sync")
    assert live.last
    bookmark = dict(live.last.bookmark or {})
    live.last = replace(live.last, bookmark={**bookmark, "snapshot_ts": bookmark["snapshot_ts"] + 1})
    assert "is before" in sentence(lambda: live.read("sync"))
