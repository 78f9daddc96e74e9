"""data/sync of the double: shapes, page limits, selection, cursors, and what it says of imports."""

import itertools
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.convex_double.asking import SYNC, ask, get, page, pages, replayed
from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import DAY_NS, SECOND_NS, Knobs
from tests.convex_double.server import ConvexDouble
from tests.convex_double.values import decode_id

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
WALLETS_ONLY = {"_other": "excluded", "": {"_other": "excluded", "wallets": {"_other": "included"}}}


@pytest.fixture
def double() -> Iterator[ConvexDouble]:
    knobs = Knobs(sync_entries=3, sync_log_rows=4)
    with ConvexDouble(Deployment(knobs=knobs)) as served:
        yield served


def wallets(count: int, **more: object) -> list[dict[str, Any]]:
    return [{"balance": float(number), **more} for number in range(count)]


def synced(double: ConvexDouble) -> str:
    """Read all there is and return the cursor."""
    return str(list(pages(double))[-1]["pagination"]["nextCursor"])


def test_a_page_has_exactly_the_recorded_fields(double: ConvexDouble) -> None:
    document_id = double.deployment.insert("wallets", {"balance": 0.0, "n": 2**60})
    ts = double.deployment.head
    heard = ask(double, f"POST {SYNC}", {})
    assert heard.headers["Content-Type"] == "application/json"
    said = heard.json
    assert list(said) == ["status", "truncates", "values", "syncId", "pagination"]
    assert said["status"] == {"type": "upToDate", "snapshotTs": ts}
    assert said["truncates"] == [{"component": "", "table": "wallets"}]
    value = {"_creationTime": ts / 1e6, "_id": document_id, "balance": 0.0, "n": 2**60}
    assert said["values"] == [{"component": "", "table": "wallets", "ts": ts, "deleted": False, "value": value}]
    assert re.fullmatch(UUID, said["syncId"])
    assert said["pagination"]["hasMore"] is True
    assert f'"ts":{ts},"deleted":false,"value":{{"_creationTime"'.encode() in heard.body


def test_a_sync_id_says_which_connector_it_is_of(double: ConvexDouble) -> None:
    for client, prefix in (("fivetran-export-1.2.3", "fivetran-"), ("airbyte-export-0.4.0", "airbyte-"), ("x-1", "")):
        said = ask(double, f"POST {SYNC}", {}, Convex_Client=client).json
        assert re.fullmatch(prefix + UUID, said["syncId"])


def test_an_exact_multiple_of_the_limit_costs_one_more_empty_page(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(6)})
    said = list(pages(double))
    assert [len(one["values"]) for one in said] == [3, 3, 0]
    assert [one["status"]["type"] for one in said] == ["snapshotting", "snapshotting", "upToDate"]
    ids = [row["value"]["_id"] for one in said for row in one["values"]]
    assert ids == sorted(ids)
    assert all(one["pagination"]["hasMore"] for one in said)
    assert len({one["syncId"] for one in said}) == 1


def test_the_byte_limit_lets_the_document_that_crosses_it_through(double: ConvexDouble) -> None:
    double.deployment.knobs.sync_bytes = 1
    double.deployment.load({"wallets": wallets(2)})
    assert [len(one["values"]) for one in pages(double)] == [1, 1, 0]


def test_tables_truncate_when_they_begin_sorted_by_name(double: ConvexDouble) -> None:
    double.deployment.load({name: wallets(1) for name in ("wallets", "users", "audit", "empty")})
    said = list(pages(double))
    told = [truncate["table"] for one in said for truncate in one["truncates"]]
    assert sorted(told) == ["audit", "empty", "users", "wallets"]
    assert all(one["truncates"] == sorted(one["truncates"], key=lambda each: each["table"]) for one in said)
    assert len(said[0]["truncates"]) == 2, "a table that ends begins the next on the same page"


def test_the_same_cursor_gives_the_same_page(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(7)})
    cursor = page(double)["pagination"]["nextCursor"]
    assert page(double, cursor) == page(double, cursor)


def test_a_transaction_is_never_split_however_large(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1)})
    cursor = synced(double)
    first = double.deployment.mutate([("wallets", None, one) for one in wallets(10)])
    second = double.deployment.mutate([("wallets", None, one) for one in wallets(2)])
    third = double.deployment.mutate([("wallets", None, one) for one in wallets(3)])
    said = list(pages(double, cursor))
    assert [[row["ts"] for row in one["values"]] for one in said] == [[first] * 10, [second] * 2, [third] * 3]
    head = {"type": "upToDate", "snapshotTs": third}
    assert [one["status"] for one in said] == [
        {"type": "stale", "snapshotTs": first},
        {"type": "stale", "snapshotTs": second},
        head,
    ]


def test_log_rows_that_are_not_shown_count_against_the_limit(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1), "users": wallets(1), "other": wallets(1)})
    selection = {"_other": "excluded", "": {"_other": "included", "other": "excluded"}}
    cursor = list(pages(double, selection=selection))[-1]["pagination"]["nextCursor"]
    double.deployment.load({"other": wallets(8)}, block=1)
    said = list(pages(double, cursor, selection))
    assert [one["values"] for one in said] == [[], [], []], "reading a fourth row only to drop it again"
    assert [one["status"]["type"] for one in said] == ["stale", "stale", "upToDate"]


def test_every_revision_and_the_tombstone_are_emitted_in_order(double: ConvexDouble) -> None:
    document_id = double.deployment.insert("wallets", {"balance": 1.0})
    cursor = synced(double)
    times = [
        double.deployment.replace("wallets", document_id, {"balance": 2.0}),
        double.deployment.replace("wallets", document_id, {"balance": 3.0}),
        double.deployment.delete("wallets", document_id),
    ]
    rows = page(double, cursor)["values"]
    assert [row["ts"] for row in rows] == times
    assert [row["value"].get("balance") for row in rows] == [2.0, 3.0, None]
    assert rows[2] == {
        "component": "",
        "table": "wallets",
        "ts": times[2],
        "deleted": True,
        "value": {"_id": document_id},
    }


def test_far_behind_the_head_a_sync_reads_the_log_before_it_goes_on_by_id(double: ConvexDouble) -> None:
    """Only what it has captured is emitted from the log; the rest is read by id later."""
    double.deployment.load({"wallets": wallets(8)})
    first = page(double)
    ids = [one["_id"] for one in double.deployment.documents("wallets")]
    double.deployment.advance(40 * SECOND_NS)
    changed = double.deployment.mutate([("wallets", ids[1], {"balance": 50.0}), ("wallets", ids[6], {"balance": 60.0})])
    second = page(double, first["pagination"]["nextCursor"])
    assert [(row["value"]["_id"], row["ts"]) for row in second["values"]] == [(ids[1], changed)]
    assert second["status"] == {"type": "snapshotting"}
    rest = list(pages(double, second["pagination"]["nextCursor"]))
    assert replayed([first, second, *rest])["wallets"] == {
        one["_id"]: one for one in double.deployment.documents("wallets")
    }


def test_selection_leaves_tables_and_columns_out(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1, owner="secret"), "users": wallets(1), ("app/part", "t"): wallets(1)})  # type: ignore[dict-item]
    columns = {"_other": "excluded", "_id": "incl", "balance": "included"}
    selection = {"_other": "excl", "": {"_other": "excluded", "wallets": columns, "unknown": {"_other": "included"}}}
    (row,) = itertools.chain.from_iterable(one["values"] for one in pages(double, selection=selection))
    assert (row["component"], row["table"], sorted(row["value"])) == ("", "wallets", ["_id", "balance"])
    only = {"_other": "included", "": "excluded"}
    (row,) = itertools.chain.from_iterable(one["values"] for one in pages(double, selection=only))
    assert (row["component"], row["table"]) == ("app/part", "t")


def test_a_newly_selected_table_truncates_and_a_deselected_one_says_nothing(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1), "users": wallets(1)})
    cursor = list(pages(double, selection=WALLETS_ONLY))[-1]["pagination"]["nextCursor"]
    wider = list(pages(double, cursor))
    assert [truncate["table"] for one in wider for truncate in one["truncates"]] == ["users"]
    double.deployment.insert("users", {"balance": 1.0})
    narrower = list(pages(double, wider[-1]["pagination"]["nextCursor"], WALLETS_ONLY))
    assert [(one["truncates"], one["values"]) for one in narrower] == [([], [])]


@pytest.mark.parametrize(("seconds", "status"), [(0, "stale"), (40, "snapshotting")])
def test_an_import_truncates_and_a_dropped_table_says_nothing(double: ConvexDouble, seconds: int, status: str) -> None:
    """Close behind the head the new table is read as of before the import, when it held nothing: `stale`, and empty."""
    double.deployment.load({"wallets": wallets(4), "users": wallets(1)})
    before = list(pages(double))
    double.deployment.advance(seconds * SECOND_NS)
    number = decode_id(double.deployment.documents("wallets")[0]["_id"])[0]
    double.deployment.import_replace("wallets", wallets(5), block=2)
    after = list(pages(double, before[-1]["pagination"]["nextCursor"]))
    assert [truncate for one in after for truncate in one["truncates"]] == [{"component": "", "table": "wallets"}]
    assert (after[0]["status"]["type"], after[0]["values"]) == (status, [])
    documents = double.deployment.documents("wallets")
    assert replayed(before + after)["wallets"] == {one["_id"]: one for one in documents}
    assert {decode_id(one["_id"])[0] for one in documents} == {number}
    double.deployment.drop_table("users")
    (last,) = pages(double, after[-1]["pagination"]["nextCursor"])
    assert (last["truncates"], last["values"]) == ([], [])


def test_cursors_are_of_one_deployment_and_cannot_be_mended(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1)})
    cursor = synced(double)
    foreign = Deployment("other-name-1")
    foreign.load({"wallets": wallets(1)})
    with ConvexDouble(foreign) as other:
        assert ask(other, f"POST {SYNC}", {"cursor": cursor}).refusal == (400, "InvalidDataSyncCursor")
    swapped = cursor[:60] + ("A" if cursor[60] != "A" else "B") + cursor[61:]
    for wrong in ("", "x", "é", cursor[:-4], swapped):
        assert ask(double, f"POST {SYNC}", {"cursor": wrong}).refusal == (400, "InvalidDataSyncCursor")


def test_a_cursor_expires_with_the_log_and_is_wrong_after_a_restore(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1)})
    then = double.deployment.head
    cursor = synced(double)
    double.deployment.insert("wallets", {"balance": 9.0})
    later = synced(double)
    double.deployment.rewind(then)
    assert ask(double, f"POST {SYNC}", {"cursor": later}).refusal == (400, "InvalidDataSyncCursor")
    assert page(double, cursor)["status"]["type"] == "upToDate"
    assert len(double.deployment.documents("wallets")) == 1
    double.deployment.advance(14 * DAY_NS + 1)
    assert ask(double, f"POST {SYNC}", {"cursor": cursor}).refusal == (400, "DataSyncCursorExpired")


@pytest.mark.parametrize(
    ("selection", "code"),
    [
        ({"_other": "excluded", "": {"_other": "excluded", "no-name": "excluded"}}, "InvalidDataSyncSelection"),
        ({"_other": "included", "": {"_other": "included", "t": {"_other": "excluded"}}}, "InvalidDataSyncSelection"),
        (
            {"_other": "included", "": {"_other": "included", "t": {"_other": "included", "_id": "excluded"}}},
            "InvalidDataSyncSelection",
        ),
        ({"": {"_other": "included"}}, "BadJsonBody"),
        ({"_other": "included", "": "included"}, "BadJsonBody"),
        ({"_other": "some"}, "BadJsonBody"),
        ([], "BadJsonBody"),
    ],
)
def test_wrong_selections_are_refused(double: ConvexDouble, selection: object, code: str) -> None:
    assert ask(double, f"POST {SYNC}", {"selection": selection}).refusal == (400, code)


def test_active_syncs_count_documents_independently(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(5)})
    first = page(double)
    listed = get(double, "/api/v1/data/list_active_syncs", limit=1).json
    status = {
        "type": "snapshotting",
        "numTablesSynced": 0,
        "totalTables": 1,
        "currentComponent": "",
        "currentTable": "wallets",
        "numDocumentsInCurrentTable": 3,
        "totalDocumentsInCurrentTable": 5,
        "numDocumentsSynced": 3,
        "totalDocuments": 5,
    }
    head = double.deployment.head
    sync = {"syncId": first["syncId"], "lastUpdated": head // 10**6, "status": status}
    assert listed == {"syncs": [sync], "pagination": {"hasMore": False, "nextCursor": None}}
    page(double, first["pagination"]["nextCursor"])
    page(double)
    newest = get(double, "/api/v1/data/list_active_syncs", limit=1).json
    assert newest["pagination"]["hasMore"]
    cursor = newest["pagination"]["nextCursor"]
    (older,) = get(double, "/api/v1/data/list_active_syncs", limit=1, cursor=cursor).json["syncs"]
    assert older["status"] == {"type": "upToDate", "totalTables": 1, "numDocumentsSynced": 5, "syncedTs": head}
    for limit in (0, 101):
        refused = get(double, "/api/v1/data/list_active_syncs", limit=limit)
        assert refused.refusal == (400, "LimitOutOfRange")


def test_a_delta_cursor_becomes_one_of_a_sync_that_truncates_nothing(double: ConvexDouble) -> None:
    ts = double.deployment.load({"wallets": wallets(2)})
    cursor = ask(double, "POST /api/data_sync_cursor_from_deltas", {"cursor": ts}).json["cursor"]
    changed = double.deployment.mutate([("wallets", None, {"balance": 7.0})])
    said = page(double, cursor)
    assert (said["truncates"], [row["ts"] for row in said["values"]]) == ([], [changed])
    ahead = ask(double, "POST /api/data_sync_cursor_from_deltas", {"cursor": changed + 1})
    assert ahead.refusal == (400, "InvalidDataSyncCursor")


def test_what_is_no_json_is_refused(double: ConvexDouble) -> None:
    assert ask(double, f"POST {SYNC}", b"{").refusal == (400, "BadJsonBody")
    assert ask(double, f"POST {SYNC}", {}, Content_Type=None).refusal == (400, "BadJsonBody")
    assert ask(double, f"POST {SYNC}", {"cursor": 5}).refusal == (400, "BadJsonBody")
    assert ask(double, f"POST {SYNC}", json.dumps([]).encode(), Content_Type="text/plain").status == 400


def test_a_sync_of_one_table_reads_only_its_rows_of_the_log(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1), "users": wallets(1)})
    cursor = list(pages(double, selection=WALLETS_ONLY))[-1]["pagination"]["nextCursor"]
    double.deployment.load({"users": wallets(20)}, block=1)
    changed = double.deployment.mutate([("wallets", None, {"balance": 7.0})])
    (only,) = pages(double, cursor, WALLETS_ONLY)
    assert [row["ts"] for row in only["values"]] == [changed]


def test_rows_of_a_transaction_are_in_the_order_of_their_ids(double: ConvexDouble) -> None:
    double.deployment.load({"wallets": wallets(1)})
    cursor = synced(double)
    double.deployment.mutate([("wallets", None, one) for one in wallets(10)])
    ids = [row["value"]["_id"] for row in page(double, cursor)["values"]]
    assert ids == sorted(ids)
