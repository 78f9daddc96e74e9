"""What goes wrong on the way to a Convex deployment: the reading ends as an undisturbed one, or the next one does."""

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assets.errors import TieoutError
from assets.sources.protocol import Reading
from tests.assets.sources.convex_shop import Interface, Shop, is_page, page, rows_of, sentence
from tests.assets.sources.snapshots import PRESET
from tests.convex_double.answers import Answer
from tests.convex_double.faults import (
    HTML,
    INTERNAL_ERROR,
    ORIGIN_ERROR,
    TIMED_OUT,
    UNAVAILABLE,
    Cut,
    Fault,
    Happening,
    Harmless,
    Repeating,
    Replied,
    Reset,
    every,
    to,
)
from tests.convex_double.server import ConvexDouble

STREAMS: list[Interface] = ["sync", "legacy"]
SLOWLY = Replied(429, HTML, {"Retry-After": "7", "Content-Type": "text/html"})
TRANSIENT: list[Fault] = [SLOWLY, INTERNAL_ERROR, UNAVAILABLE, ORIGIN_ERROR, TIMED_OUT]
BROKEN: list[Fault] = [Cut(40), Cut(40, honest_length=True), Cut(0), Reset(60), Reset()]


class Again(Harmless):
    """Some pages are answered with the page before."""

    def __init__(self, *numbers: int) -> None:
        """Take which."""
        self._numbers, self._count, self._last = numbers, 0, b""

    def after(self, answer: Answer) -> Answer:
        """Keep each answer, and give the one before where it is to go wrong."""
        self._count += 1
        given = replace(answer, body=self._last) if self._count in self._numbers else answer
        self._last = given.body
        return given


@pytest.mark.parametrize("interface", STREAMS)
def test_a_troubled_way_leads_to_the_same_rows(live: Shop, interface: Interface) -> None:
    for number, fault in enumerate([*TRANSIENT, *BROKEN], 1):
        live.double.faults.on(page(2 * number), fault)
    live.read(interface)
    assert live.agrees()
    assert live.waits == [7.0, *[1.0] * 9]
    assert any("waiting 7 s for 127.0.0.1" in told and "it answers 429" in told for told in live.told)
    assert not any("DOCTYPE" in told for told in live.told)


@pytest.mark.parametrize("interface", STREAMS)
def test_pages_that_overlap_count_once(live: Shop, interface: Interface) -> None:
    live.double.faults.on(is_page, Repeating(5))
    live.read(interface)
    live.books.work(20)
    reading = live.read(interface)
    assert live.agrees()
    revisions = [
        (row["projection_id"], row["commit_ns"]) for row in rows_of(reading.staged["wallet_balances"].revisions)
    ]
    assert len(revisions) == len(set(revisions)) > 6


@pytest.mark.parametrize("interface", STREAMS)
def test_a_page_that_comes_twice_counts_once(live: Shop, interface: Interface) -> None:
    live.double.faults.on(is_page, Again(3, 6, 7))
    live.read(interface)
    assert live.agrees()
    assert live.waits == [1.0, 1.0, 2.0]
    live.double.faults.on(is_page, Again(*range(2, 99)))
    live.books.work(20)
    assert "a page that came before (4 tries)" in sentence(lambda: live.read(interface, full=True))


@pytest.mark.parametrize("interface", ["auto", "sync", "legacy", "zip"])
def test_trouble_that_stays_ends_in_a_sentence(live: Shop, interface: Interface) -> None:
    live.double.faults.on(every, UNAVAILABLE)
    said = sentence(lambda: live.read(interface))
    assert said.endswith("could not be read: it answers 503 (4 tries); run again later: what came in whole is kept.")
    assert live.waits == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("interface", STREAMS)
@pytest.mark.parametrize("killed_at", [1, 8])
def test_a_killed_reading_goes_on_where_it_was(live: Shop, interface: Interface, killed_at: int) -> None:
    whole = staged_rows(live.read(interface))
    undisturbed, told = live.pages(), 0

    def killed(what: str, _done: int, _of: int) -> None:
        nonlocal told
        told += what.startswith("reading from")
        if told == killed_at:
            raise KeyboardInterrupt

    folder = live.folder / "killed"
    folder.mkdir()
    with pytest.raises(KeyboardInterrupt):
        live.source(interface).read(PRESET, None, folder, killed)
    assert live.pages() == undisturbed + killed_at
    leave_a_torn_page(live.arriving)
    assert staged_rows(live.read(interface, full=True)) == whole
    assert live.pages() == 2 * undisturbed


def leave_a_torn_page(arriving: Path) -> None:
    """Do as a kill in the middle of writing does, and as a run with another selection before it did."""
    folder = next(arriving.iterdir())
    (folder / "page-000002.part").write_bytes(b'{"asked": null}\n{"val')
    shutil.copytree(folder, arriving / "another")


def staged_rows(reading: Reading) -> dict[str, list[str]]:
    return {name: sorted(map(repr, rows_of(table.folder))) for name, table in reading.staged.items()}


@pytest.mark.parametrize("interface", STREAMS)
def test_a_killed_increment_goes_on_and_one_whose_pages_are_spoilt_begins_again(
    live: Shop, interface: Interface
) -> None:
    live.read(interface)
    live.books.work(40)
    live.double.faults.on(page(3), Happening(lambda deployment: deployment.keys.revoke(live.double.key)))
    assert "refuses the deploy key (BadAdminKey)" in sentence(lambda: live.read(interface))
    live.double.key = live.deployment.keys.issue()
    pages = sorted(live.arriving.glob("*/page-*.json"))
    assert len(pages) == 2
    pages[1].write_bytes(pages[0].read_bytes())
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CONVEX_DEPLOY_KEY", live.double.key)
        assert not live.read(interface).staged["transactions"].whole
    assert live.agrees()


def test_a_download_that_breaks_off_begins_again(live: Shop) -> None:
    downloads = {"seen": 0}

    def twice(request: Any) -> bool:  # noqa: ANN401 - a request
        downloads["seen"] += request.path.startswith("/api/export/zip/")
        return request.path.startswith("/api/export/zip/") and downloads["seen"] < 3

    live.double.faults.on(twice, Cut(100))
    live.read("zip")
    assert live.agrees()
    assert downloads["seen"] == 3


def test_a_full_disk_is_told_and_what_was_kept_stays(live: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, left = os.fsync, [5]

    def filling(descriptor: int) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", filling)
        with pytest.raises(TieoutError, match=r"cannot be kept: No space left on device\.$"):
            live.read("sync")
    asked = live.pages()
    live.read("sync")
    assert live.agrees()
    assert [b'"cursor"' in request.body for request in live.double.requests if is_page(request)][asked]


def test_a_redirect_is_not_followed(live: Shop) -> None:
    with ConvexDouble() as other:
        moved = Replied(307, b"", {"Location": f"{other.url}/api/v1/data/sync"})
        live.double.faults.on(to("/api/v1/data/sync"), moved)
        assert "sends on to another address" in sentence(live.read)
        assert other.requests == []
