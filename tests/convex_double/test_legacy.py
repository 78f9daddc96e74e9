"""The legacy pair of the double: shapes, page limits, arguments, and its blind spots."""

import base64
import json
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from tests.convex_double.asking import DELTAS, SNAPSHOT, ask, get
from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import DAY_NS, START_NS, Knobs
from tests.convex_double.server import ConvexDouble

WALLETS = {"_other": "excluded", "": {"_other": "excluded", "wallets": {"_other": "included"}}}


@pytest.fixture
def double() -> Iterator[ConvexDouble]:
    knobs = Knobs(snapshot_page_rows=2, delta_rows=4)
    with ConvexDouble(Deployment(knobs=knobs)) as served:
        yield served


def wallets(count: int) -> list[dict[str, Any]]:
    return [{"balance": float(number)} for number in range(count)]


def snapshot_pages(double: ConvexDouble, **arguments: object) -> list[Any]:
    said: list[Any] = []
    while not said or said[-1]["hasMore"]:
        more = {"snapshot": said[-1]["snapshot"], "cursor": said[-1]["cursor"]} if said else {}
        said.append(ask(double, f"POST {SNAPSHOT}", {**arguments, **more}).json)
    return said


def deltas(double: ConvexDouble, cursor: int, **arguments: object) -> Any:  # noqa: ANN401 - JSON
    heard = ask(double, f"POST {DELTAS}", {"cursor": cursor, "format": "export_json", **arguments})
    assert heard.status == 200, heard
    return heard.json


def test_a_snapshot_page_has_exactly_the_recorded_fields(double: ConvexDouble) -> None:
    document_id = double.deployment.insert("wallets", {"balance": 1.0})
    ts = double.deployment.head
    said = ask(double, f"POST {SNAPSHOT}", {"format": "export_json"}).json
    row = {"_component": "", "_table": "wallets", "_ts": ts, "_creationTime": ts / 1e6, "_id": document_id}
    assert said == {"values": [row | {"balance": 1.0}], "snapshot": ts, "cursor": None, "hasMore": False}
    assert list(said["values"][0]) == [*row, "balance"]


def test_a_snapshot_page_is_of_one_table_and_an_exact_multiple_costs_an_empty_one(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(4), "users": wallets(1), "empty": []})
    said = snapshot_pages(double, format="export_json")
    sizes: dict[str, list[int]] = {}
    for one in said:
        for table in {row["_table"] for row in one["values"]} or {""}:
            sizes.setdefault(table, []).append(len(one["values"]))
    assert sizes == {"wallets": [2, 2], "users": [1], "": [0, 0]}
    assert [set(json.loads(one["cursor"])) for one in said[:-1]] == [{"tablet", "id"}] * 4
    tablets = [json.loads(one["cursor"])["tablet"] for one in said[:-1]]
    assert tablets == sorted(tablets)
    ids = [row["_id"] for one in said for row in one["values"] if row["_table"] == "wallets"]
    assert ids == sorted(ids)


def test_a_snapshot_stays_at_its_timestamp(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(3)})
    before = double.deployment.documents("wallets")
    first = ask(double, f"POST {SNAPSHOT}", {"format": "export_json"}).json
    for one in before:
        double.deployment.replace("wallets", one["_id"], {"balance": -1.0})
    double.deployment.drop_table("wallets")
    more = {"snapshot": first["snapshot"], "cursor": first["cursor"], "format": "export_json"}
    second = ask(double, f"POST {SNAPSHOT}", more).json
    assert [row["balance"] for row in first["values"] + second["values"]] == [one["balance"] for one in before]


def test_a_snapshot_may_be_neither_of_the_future_nor_too_old(double: ConvexDouble) -> None:
    ts = double.deployment.load({"wallets": wallets(1)})
    assert ask(double, f"POST {SNAPSHOT}", {"snapshot": ts + 1}).refusal == (400, "SnapshotTooNew")
    double.deployment.advance(5 * DAY_NS)
    assert ask(double, f"POST {SNAPSHOT}", {"snapshot": ts}).status == 200
    double.deployment.advance(1)
    assert ask(double, f"POST {SNAPSHOT}", {"snapshot": ts}).refusal == (400, "SnapshotTooOld")


@pytest.mark.parametrize("cursor", ["x", "5", "{}", '{"tablet":"0","id":"w1"}', '{"tablet":5,"id":6}'])
def test_a_cursor_that_is_none_is_refused(double: ConvexDouble, cursor: str) -> None:
    assert ask(double, f"POST {SNAPSHOT}", {"cursor": cursor}).refusal == (400, "InvalidListSnapshotCursor")


def test_deltas_have_exactly_the_recorded_fields(double: ConvexDouble) -> None:
    start = double.deployment.head
    document_id = double.deployment.insert("wallets", {"balance": 1.0})
    written = double.deployment.head
    deleted = double.deployment.delete("wallets", document_id)
    said = deltas(double, start)
    names = {"_component": "", "_table": "wallets"}
    row = {**names, "_ts": written, "_deleted": False, "_creationTime": written / 1e6, "_id": document_id}
    tombstone = {**names, "_ts": deleted, "_deleted": True, "_id": document_id}
    assert said == {"values": [row | {"balance": 1.0}, tombstone], "cursor": deleted, "hasMore": False}
    assert list(said["values"][0]) == [*row, "balance"]


def test_deltas_finish_the_transaction_that_the_limit_falls_into(double: ConvexDouble) -> None:
    start = double.deployment.head
    times = [double.deployment.mutate([("wallets", None, one) for one in wallets(count)]) for count in (3, 6, 1)]
    first = deltas(double, start)
    assert [row["_ts"] for row in first["values"]] == [times[0]] * 3 + [times[1]] * 6
    assert (first["cursor"], first["hasMore"]) == (times[1], True)
    second = deltas(double, first["cursor"])
    assert (len(second["values"]), second["cursor"], second["hasMore"]) == (1, times[2], False)


def test_a_log_that_ends_at_the_cut_has_no_more(double: ConvexDouble) -> None:
    start = double.deployment.head
    ts = double.deployment.mutate([("wallets", None, one) for one in wallets(4)])
    double.deployment.advance(5)
    assert deltas(double, start) | {"values": []} == {"values": [], "cursor": ts, "hasMore": False}
    assert deltas(double, ts) == {"values": [], "cursor": ts + 5, "hasMore": False}


def test_rows_that_are_not_shown_make_empty_pages_with_more_to_come(double: ConvexDouble) -> None:
    start = double.deployment.load({"wallets": wallets(1)})
    double.deployment.load({"users": wallets(5)}, block=1)
    said = deltas(double, start, selection=WALLETS)
    assert (said["values"], said["hasMore"]) == ([], True)


def test_all_revisions_of_the_log_are_shown(double: ConvexDouble) -> None:
    document_id = double.deployment.insert("wallets", {"balance": 0.0})
    start = double.deployment.head
    for balance in (1.0, 2.0):
        double.deployment.replace("wallets", document_id, {"balance": balance})
    assert [row["balance"] for row in deltas(double, start)["values"]] == [1.0, 2.0]


def test_an_import_is_a_blind_spot(double: ConvexDouble) -> None:
    """No tombstones for what was replaced, and rows written while hidden are never shown to who had passed them."""
    start = double.deployment.load({"wallets": wallets(1)})
    hidden = double.deployment.import_hidden("wallets", wallets(2))
    passed = deltas(double, start)
    assert passed["values"] == []
    double.deployment.activate(hidden)
    assert deltas(double, passed["cursor"])["values"] == []
    assert len(deltas(double, start)["values"]) == 2, "who had not passed them sees them, at their own timestamp"


def test_a_dropped_table_leaves_no_tombstones(double: ConvexDouble) -> None:
    start = double.deployment.head
    double.deployment.load({"wallets": wallets(2)})
    double.deployment.drop_table("wallets")
    assert deltas(double, start) == {"values": [], "cursor": double.deployment.head, "hasMore": False}


def test_delta_cursors_are_refused_or_mended_as_recorded(double: ConvexDouble) -> None:
    ts = double.deployment.load({"wallets": wallets(1)})
    assert deltas(double, ts + 10**18) == {"values": [], "cursor": ts, "hasMore": False}
    assert ask(double, f"POST {DELTAS}", {}).refusal == (400, "DocumentDeltasCursorRequired")
    assert get(double, DELTAS, cursor="soon").refusal == (400, "BadQueryArgs")
    assert ask(double, f"POST {DELTAS}", {"cursor": "5"}).refusal == (400, "BadJsonBody")
    double.deployment.expire(ts + 1)
    assert get(double, DELTAS, cursor=ts).refusal == (400, "InvalidWindowToReadDocuments")


@pytest.mark.parametrize(
    ("arguments", "tables"),
    [
        ({}, {"wallets", "users", "part"}),
        ({"tableName": "wallets"}, {"wallets"}),
        ({"table_name": "users"}, {"users"}),
        ({"tableName": "part", "component": "app"}, {"part"}),
        ({"component": "app"}, {"part"}),
        ({"tableName": "wallet"}, set()),
        ({"tableName": "wallets", "table_name": "wallets"}, {"wallets", "users", "part"}),
        ({"table": "wallets"}, {"wallets", "users", "part"}),
        ({"selection": WALLETS, "tableName": "users"}, {"wallets"}),
        ({"selection": {"": {}}}, {"wallets", "users", "part"}),
    ],
)
def test_misspelt_arguments_export_everything_or_nothing(
    double: ConvexDouble, arguments: dict[str, object], tables: set[str]
) -> None:
    start = double.deployment.head
    double.deployment.mutate([("wallets", None, {}), ("users", None, {}), (("app", "part"), None, {})])
    assert {row["_table"] for row in deltas(double, start, **arguments)["values"]} == tables
    assert {row["_table"] for one in snapshot_pages(double, **arguments) for row in one["values"]} == tables


def test_an_old_server_overlooks_the_table_name(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1), "users": wallets(1)})
    double.deployment.knobs.table_name_ignored = True
    said = deltas(double, START_NS, tableName="wallets")
    assert {row["_table"] for row in said["values"]} == {"wallets", "users"}


def test_formats_differ_in_what_they_keep(double: ConvexDouble) -> None:
    double.deployment.insert("wallets", {"n": 5, "raw": b"\x01"})
    encoded = {"$integer": base64.b64encode(struct.pack("<q", 5)).decode()}
    for name, n, raw in (
        ("export_json", 5, {"$bytes": "AQ=="}),
        ("convex_encoded_json", encoded, {"$bytes": "AQ=="}),
        ("convex_json", encoded, {"$bytes": "AQ=="}),
        ("convex_clean_json", "5", "AQ=="),
        ("json", "5", "AQ=="),
    ):
        (row,) = get(double, SNAPSHOT, format=name).json["values"]
        assert (row["n"], row["raw"]) == (n, raw)
    (row,) = get(double, SNAPSHOT).json["values"]
    assert row["n"] == "5"
    assert get(double, SNAPSHOT, format="csv").refusal == (400, "BadFormat")


def test_schemas_are_of_what_was_seen(double: ConvexDouble) -> None:
    double.deployment.insert("users", {"name": "a", "n": 5, "tags": ["x"], "at": {"y": None}})
    owner = double.deployment.insert("users", {"name": True})
    double.deployment.insert("wallets", {"owner": owner})
    double.deployment.create_table("empty")
    schemas = get(double, "/api/json_schemas").json
    users = schemas["users"]
    assert users["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert users["additionalProperties"] is False
    assert users["required"] == ["_creationTime", "_id", "name"]
    assert users["properties"]["n"] == {"$description": "int64 represented as base10 string", "type": "string"}
    assert users["properties"]["name"] == {"anyOf": [{"type": "string"}, {"type": "boolean"}]}
    assert users["properties"]["tags"] == {"type": "array", "items": {"type": "string"}}
    assert users["properties"]["at"]["required"] == ["y"]
    assert schemas["wallets"]["properties"]["owner"] == {"$description": "Id(users)", "type": "string"}
    assert sorted(schemas["empty"]["properties"]) == ["_creationTime", "_id"]
    deep = get(double, "/api/json_schemas", byComponent="true", deltaSchema="true", format="export_json").json
    assert {"_table", "_component", "_ts", "_deleted"} < set(deep[""]["users"]["properties"])
    assert deep[""]["users"]["properties"]["n"] == {"$description": "int64", "type": "number"}


def test_column_names_are_of_what_was_seen(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1), "empty": []})
    empty = {"name": "empty", "columns": ["_creationTime", "_id"]}
    seen = {"name": "wallets", "columns": ["_creationTime", "_id", "balance"]}
    assert get(double, "/api/get_table_column_names").json == {"byComponent": {"": [empty, seen]}}
    assert get(double, "/api/test_streaming_export_connection").body == b"null"
    assert get(double, "/api/get_tables_and_columns").status == 404
