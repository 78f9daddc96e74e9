"""Careful readers of the three interfaces end with the same tables, whatever is written while they read."""

import io
import json
import zipfile
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from tests.convex_double.archive import archive
from tests.convex_double.asking import DELTAS, SNAPSHOT, ask, page, replayed
from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import SECOND_NS, Knobs
from tests.convex_double.server import ConvexDouble

TABLES = ("transactions", "wallets")
Held = dict[str, dict[str, Any]]


def written(deployment: Deployment, random: Random) -> None:
    """Commit something small: new documents, changed ones, deleted ones, and time that passes."""
    writes: list[Any] = []
    for table in TABLES:
        there = [one["_id"] for one in deployment.documents(table)]
        changed = random.sample(there, min(len(there), random.randrange(3)))
        fates = [None if random.random() < 0.3 else {"n": random.randrange(9)} for _ in changed]
        writes += [(table, *fate) for fate in zip(changed, fates, strict=True)]
        writes += [(table, None, {"n": random.randrange(9)}) for _ in range(random.randrange(3))]
    deployment.mutate(writes)
    deployment.advance(random.choice((0, SECOND_NS, 20 * SECOND_NS)))


def truth(deployment: Deployment) -> Held:
    return {table: {one["_id"]: one for one in deployment.documents(table)} for table in TABLES}


def as_of(deployment: Deployment, ts: int) -> Held:
    """Return the tables as of a timestamp, from the archive."""
    with zipfile.ZipFile(io.BytesIO(archive(deployment, ts))) as zipped:
        lines = {table: zipped.read(f"{table}/documents.jsonl").splitlines() for table in TABLES}
    return {table: {one["_id"]: one for one in map(json.loads, texts)} for table, texts in lines.items()}


def read_by_sync(double: ConvexDouble, write: Callable[[], None]) -> Held:
    """Read until up to date; at every consistent page on the way, hold what there was then."""
    said = [page(double)]
    while said[-1]["status"]["type"] != "upToDate":
        write()
        said.append(page(double, said[-1]["pagination"]["nextCursor"]))
        if "snapshotTs" in said[-1]["status"]:
            assert replayed(said) == as_of(double.deployment, said[-1]["status"]["snapshotTs"])
    return replayed(said)


def read_by_deltas(double: ConvexDouble, write: Callable[[], None]) -> Held:
    """Read a snapshot and then the log, as connectors do."""
    held: Held = {table: {} for table in TABLES}
    arguments: dict[str, Any] = {"format": "export_json"}
    while (said := ask(double, f"POST {SNAPSHOT}", arguments).json)["hasMore"]:
        write()
        apply(held, said["values"])
        arguments |= {"snapshot": said["snapshot"], "cursor": said["cursor"]}
    apply(held, said["values"])
    arguments["cursor"] = said["snapshot"]
    while (said := ask(double, f"POST {DELTAS}", arguments).json)["hasMore"]:
        apply(held, said["values"])
        arguments["cursor"] = said["cursor"]
    apply(held, said["values"])
    return held


def apply(held: Held, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        fields = {name: value for name, value in row.items() if name not in {"_component", "_table", "_ts", "_deleted"}}
        if row.get("_deleted"):
            held[row["_table"]].pop(row["_id"], None)
        else:
            held[row["_table"]][row["_id"]] = fields


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("read", [read_by_sync, read_by_deltas])
def test_readers_end_with_what_there_is(read: Callable[[ConvexDouble, Callable[[], None]], Held], seed: int) -> None:
    random = Random(seed)  # noqa: S311 - test data
    deployment = Deployment(knobs=Knobs(snapshot_page_rows=3, delta_rows=5, sync_entries=3, sync_log_rows=9), seed=seed)
    deployment.load({table: [{"n": number} for number in range(12)] for table in TABLES}, block=4)
    left = iter(range(30))

    def write() -> None:
        if next(left, None) is not None:
            written(deployment, random)

    with ConvexDouble(deployment) as double:
        assert read(double, write) == truth(deployment) == as_of(deployment, deployment.head)
