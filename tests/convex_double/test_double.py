"""The double as a server: who is let in and in which order that is checked, what is seen, and what goes wrong."""

import http.client
import json
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.convex_double import faults
from tests.convex_double.asking import DELTAS, SNAPSHOT, SYNC, ask, get, page, pages, replayed
from tests.convex_double.deployment import Deployment
from tests.convex_double.faults import Cut, Delayed, Happening, Repeating, Replied, Reset, since, to
from tests.convex_double.knobs import Knobs
from tests.convex_double.server import ConvexDouble
from tests.convex_double.values import export_json, new_id


@pytest.fixture
def double() -> Iterator[ConvexDouble]:
    deployment = Deployment(knobs=Knobs(sync_entries=2))
    deployment.load({"wallets": [{"balance": float(number)} for number in range(5)]})
    with ConvexDouble(deployment) as served:
        yield served


def test_keys_come_in_every_recorded_form(double: ConvexDouble) -> None:
    keys = double.deployment.keys
    for kind in ("prod", "dev", "preview", ""):
        key = keys.issue("deployment:data:view", kind=kind)
        assert ask(double, f"POST {SYNC}", {}, Authorization=f"convex {key}").status == 200
    in_query = f"{SNAPSHOT}?adminKey={double.key.replace('|', '%7C')}"
    assert ask(double, f"GET {in_query}", Authorization=None).status == 200
    assert ask(double, f"GET {in_query}", Authorization="Convex x|y").status == 401


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ("short", (400, "InvalidHeaderFailure")),
        ("Basic abcdef", (400, "InvalidAdminKey")),
        ("Convex nobody|00", (401, "BadAdminKey")),
        ("Bearer aaaa.bbbb.cccc", (403, "BadDeployKey")),
        (None, (403, "BadDeployKey")),
    ],
)
def test_who_is_not_let_in_is_told_why(double: ConvexDouble, header: str | None, refusal: tuple[int, str]) -> None:
    wrong_arguments = {"cursor": "wrong"}
    assert ask(double, f"POST {SYNC}", wrong_arguments, Authorization=header).refusal == refusal


def test_key_then_body_then_plan_then_permission_then_arguments(double: ConvexDouble) -> None:
    limited = f"Convex {double.deployment.keys.issue('deployment:backups:view')}"
    wrong = {"cursor": "wrong"}
    double.deployment.knobs.streaming_enabled = False
    plan = (403, "StreamingExportNotEnabled")
    assert ask(double, f"POST {SYNC}", wrong, Authorization="Convex no|no").refusal == (401, "BadAdminKey")
    assert ask(double, f"POST {SYNC}", b"", Authorization=limited).refusal == (400, "BadJsonBody")
    for header in (None, limited):
        assert ask(double, f"POST {SYNC}", wrong, Authorization=header).refusal == plan
    assert get(double, DELTAS).refusal == plan
    double.deployment.knobs.streaming_enabled = True
    assert ask(double, f"POST {SYNC}", wrong, Authorization=limited).refusal == (403, "OperationNotPermitted")
    assert ask(double, f"GET {DELTAS}", Authorization=limited).refusal == (403, "OperationNotPermitted")
    assert ask(double, f"POST {SYNC}", wrong).refusal == (400, "InvalidDataSyncCursor")


def test_a_snapshot_export_needs_no_plan_but_permission(double: ConvexDouble) -> None:
    double.deployment.knobs.streaming_enabled = False
    limited = f"Convex {double.deployment.keys.issue('deployment:data:view')}"
    for request in ("POST /api/export/request/zip", "GET /api/export/zip/17", "POST /api/export/cancel/17"):
        assert ask(double, request, Authorization=limited).refusal == (403, "OperationNotPermitted")
    assert ask(double, "POST /api/export/request/zip").status == 200


def test_requests_are_kept_as_they_came(double: ConvexDouble) -> None:
    ask(double, f"POST {SYNC}?x=1", {"a": 1}, Convex_Client="tieout-0.1.0")
    get(double, "/nowhere")
    seen = double.requests[0]
    assert (seen.method, seen.path, json.loads(seen.body), seen.number) == ("POST", f"{SYNC}?x=1", {"a": 1}, 1)
    assert seen.headers["authorization"] == f"Convex {double.key}"
    assert seen.headers["Convex-Client"] == "tieout-0.1.0"
    assert double.key not in seen.path + seen.body.decode()
    assert [request.number for request in double.requests] == [1, 2]


def test_unknown_paths_and_methods_have_empty_answers(double: ConvexDouble) -> None:
    assert get(double, "/api/nothing")[0::2] == (404, b"")
    assert get(double, SYNC)[0::2] == (405, b"")


def test_one_connection_serves_many_requests(double: ConvexDouble) -> None:
    connection = http.client.HTTPConnection(urlsplit(double.url).netloc, timeout=5)
    for _ in range(3):
        connection.request("GET", "/api/nothing")
        assert connection.getresponse().read() == b""
    connection.close()


def test_proxies_reply_at_the_request_meant_and_only_there(double: ConvexDouble) -> None:
    broken = [faults.INTERNAL_ERROR, faults.UNAVAILABLE, faults.TOO_MANY_REQUESTS, faults.ORIGIN_ERROR]
    for number, fault in enumerate([*broken, faults.TIMED_OUT], start=1):
        double.faults.on(number, fault)
    heard = [ask(double, f"POST {SYNC}", {}) for _ in range(6)]
    assert [one.status for one in heard] == [500, 503, 429, 520, 408, 200]
    assert [one.body[:5] for one in heard[:5]] == [b"<!DOC"] * 4 + [b""]
    assert heard[0].headers["Content-Type"] == "text/html"


def test_a_body_may_be_cut_with_a_length_that_confesses_it_or_not(double: ConvexDouble) -> None:
    double.faults.on(1, Cut(20, honest_length=True))
    double.faults.on(2, Cut(20))
    with pytest.raises(json.JSONDecodeError):
        json.loads(ask(double, f"POST {SYNC}", {}).body)
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(double, f"POST {SYNC}", {})
    assert len(cut.value.partial) == 20


@pytest.mark.parametrize("size", [0, 20])
def test_a_connection_may_be_reset(double: ConvexDouble, size: int) -> None:
    double.faults.on([1], Reset(size))
    with pytest.raises(ConnectionResetError):
        ask(double, f"POST {SYNC}", {})
    assert ask(double, f"POST {SYNC}", {}).status == 200


def test_an_answer_may_be_late(double: ConvexDouble) -> None:
    double.faults.on(1, Delayed(0.2))
    began = time.monotonic()
    assert ask(double, f"POST {SYNC}", {}).status == 200
    assert time.monotonic() - began >= 0.2


def test_pages_may_overlap_without_harm_to_who_goes_by_ids(double: ConvexDouble) -> None:
    double.faults.on(faults.every, Repeating(1))
    said = list(pages(double))
    assert [len(one["values"]) for one in said] == [2, 3, 2]
    assert said[1]["values"][0] == said[0]["values"][-1]
    documents = double.deployment.documents("wallets")
    assert replayed(said)["wallets"] == {one["_id"]: one for one in documents}


def test_rows_of_a_replaced_table_are_not_repeated(double: ConvexDouble) -> None:
    double.faults.on(faults.every, Repeating(1))
    cursor = list(pages(double))[-1]["pagination"]["nextCursor"]
    double.deployment.import_replace("wallets", [{"balance": 7.0}])
    after = list(pages(double, cursor))
    assert replayed(after)["wallets"] == {one["_id"]: one for one in double.deployment.documents("wallets")}


def test_a_key_may_be_revoked_while_pages_are_read(double: ConvexDouble) -> None:
    double.faults.on(2, Happening(lambda deployment: deployment.keys.revoke(double.key)))
    page(double)
    assert [ask(double, f"POST {SYNC}", {}).refusal for _ in range(2)] == [(401, "BadAdminKey")] * 2


def test_things_may_happen_to_tables_while_pages_are_read(double: ConvexDouble) -> None:
    double.faults.on(2, Happening(lambda deployment: deployment.import_replace("wallets", [{"balance": 7.0}])))
    double.faults.on(4, Happening(lambda deployment: deployment.drop_table("wallets")))
    said = list(pages(double))
    assert [truncate["table"] for one in said[1:] for truncate in one["truncates"]] == ["wallets"]
    double.faults.on(since(1), Happening(lambda deployment: deployment.expire(deployment.head)))
    double.deployment.advance(1)
    old = {"cursor": said[-1]["pagination"]["nextCursor"]}
    assert ask(double, f"POST {SYNC}", old).refusal == (400, "DataSyncCursorExpired")


def test_a_restore_takes_the_head_back(double: ConvexDouble) -> None:
    then = double.deployment.head
    double.deployment.replace("wallets", double.deployment.documents("wallets")[0]["_id"], {"balance": 9.0})
    double.faults.on(2, Happening(lambda deployment: deployment.rewind(then)))
    old = {"cursor": page(double)["pagination"]["nextCursor"]}
    assert ask(double, f"POST {SYNC}", old).refusal == (400, "InvalidDataSyncCursor")
    assert [one["balance"] for one in double.deployment.documents("wallets")].count(9.0) == 0


def test_an_old_server_knows_no_data_sync(double: ConvexDouble) -> None:
    double.faults.on(to(SYNC), faults.ABSENT)
    assert ask(double, f"POST {SYNC}", {})[0::2] == (404, b"")
    assert get(double, SNAPSHOT).status == 200
    double.faults.clear()
    assert ask(double, f"POST {SYNC}", {}).status == 200


def test_a_redirect_can_be_scripted_too(double: ConvexDouble) -> None:
    double.faults.on(1, Replied(302, headers={"Location": "http://127.0.0.1:1/"}))
    assert ask(double, f"POST {SYNC}", {}).headers["Location"] == "http://127.0.0.1:1/"


def test_many_rows_are_served_a_page_at_a_time() -> None:
    """A page costs what it holds, however many rows there are; documents may come as text to be loaded fast."""
    deployment = Deployment()
    ids = [new_id(10_001, deployment.random) for _ in range(20_000)]
    text = export_json({"_creationTime": 1.5, "_id": "", "amount": 100.0})
    for start in range(0, len(ids), 1000):
        some = ids[start : start + 1000]
        deployment.mutate([("transactions", one, text.replace('""', f'"{one}"')) for one in some])
    with ConvexDouble(deployment) as double:
        said = list(pages(double))
        assert [len(one["values"]) for one in said] == [16_384, 3_616]
        assert sorted(row["value"]["_id"] for one in said for row in one["values"]) == sorted(ids)
        first = get(double, SNAPSHOT, format="export_json").json
        assert (len(first["values"]), first["hasMore"]) == (1024, True)
