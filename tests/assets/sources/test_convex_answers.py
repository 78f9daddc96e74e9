"""What a Convex deployment answers that it should not: nothing of it is kept, and it is said what."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.assets.sources.convex_shop import Interface, Shop, is_page, sentence
from tests.assets.sources.snapshots import PRESET
from tests.convex_double.answers import Answer
from tests.convex_double.faults import (
    Harmless,
    Replied,
    to,
)

STREAMS: list[Interface] = ["sync", "legacy"]


@dataclass
class Changed(Harmless):
    """An answer is changed on its way."""

    change: Callable[[Any], Any]

    def after(self, answer: Answer) -> Answer:
        """Return the answer with a change."""
        return replace(answer, body=json.dumps(self.change(json.loads(answer.body))).encode())


@pytest.mark.parametrize("interface", STREAMS)
@pytest.mark.parametrize("stranger", [{"table": "gigs", "_table": "gigs"}, {"email": "someone@example.org"}])
def test_what_was_not_selected_is_refused_and_not_kept(
    live: Shop, interface: Interface, stranger: dict[str, str]
) -> None:
    def overlooked(said: dict[str, Any]) -> dict[str, Any]:
        for entry in said["values"]:
            (entry if "table" in stranger else entry.get("value", entry)).update(stranger)
        return said

    live.double.faults.on(is_page, Changed(overlooked))
    said = sentence(lambda: live.read(interface))
    assert "which was not selected" in said
    assert "someone@example.org" not in said
    assert not any(
        b"gigs" in path.read_bytes() or b"someone" in path.read_bytes() for path in live.arriving.glob("*/*")
    )


@pytest.mark.parametrize("interface", STREAMS)
@pytest.mark.parametrize(
    "shape",
    [
        lambda _: None,
        lambda _: {},
        lambda said: {**said, "values": {}},
        lambda said: {**said, "values": [7]},
        lambda said: {**said, "values": [{**entry, "ts": 1.5, "_ts": "1"} for entry in said["values"]] or [{}]},
        lambda said: {**said, "status": {"type": "upToDate"}, "hasMore": 1},
    ],
    ids=["null", "empty", "no list", "no entries", "no commit", "no cut"],
)
def test_an_answer_of_another_shape_is_no_page(live: Shop, interface: Interface, shape: Callable[[Any], Any]) -> None:
    live.double.faults.on(is_page, Changed(shape))
    assert "with a page that tieout does not know" in sentence(lambda: live.read(interface))


def test_a_deployment_that_cannot_keep_types_is_told_apart(live: Shop) -> None:
    refused = json.dumps({"code": "BadFormat", "message": "There is no format 'export_json'"}).encode()
    live.double.faults.on(is_page, Replied(400, refused, {"Content-Type": "application/json"}))
    assert "would send numbers without their type" in sentence(lambda: live.read("legacy"))


@pytest.mark.parametrize("said", [{"byComponent": []}, {"byComponent": {"": [{"name": "wallets"}]}}, None])
def test_tables_that_cannot_be_told_are_not_missed(live: Shop, said: Any) -> None:  # noqa: ANN401 - any JSON
    live.double.faults.on(to("/api/get_table_column_names"), Changed(lambda _: said))
    live.read("sync")
    assert live.source().survey(PRESET).tables == ()


def test_the_vocabulary_of_published_packages_is_understood(live: Shop) -> None:
    def older(said: dict[str, Any]) -> dict[str, Any]:
        status = said["status"]
        if status["type"] == "snapshotting":
            return {**said, "status": {"type": "inProgress"}}
        return {**said, "status": {"type": "synced", "syncedTs": status["snapshotTs"]}}

    live.double.faults.on(is_page, Changed(older))
    live.read("sync")
    live.books.work(3)
    live.read("sync")
    assert live.agrees()


@pytest.mark.parametrize("interface", STREAMS)
def test_a_document_that_is_none_is_refused_and_fetched_anew(live: Shop, interface: Interface) -> None:
    def doubled(answer: Answer) -> Answer:
        return replace(answer, body=answer.body.replace(b'"currency":', b'"currency":"USD","currency":'))

    class Doubled(Harmless):
        def after(self, answer: Answer) -> Answer:
            return doubled(answer)

    live.double.faults.on(is_page, Doubled())
    assert "the field 'currency' twice" in sentence(lambda: live.read(interface))
    live.double.faults.clear()
    live.read(interface)
    assert live.agrees()
