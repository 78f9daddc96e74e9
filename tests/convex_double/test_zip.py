"""Snapshot exports of the double: asking, watching, downloading, and the archive."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.convex_double.asking import Heard, ask, get
from tests.convex_double.deployment import Deployment
from tests.convex_double.knobs import DAY_NS
from tests.convex_double.server import ConvexDouble

REQUEST = "POST /api/export/request/zip?includeStorage=false"


@pytest.fixture
def double() -> Iterator[ConvexDouble]:
    with ConvexDouble() as served:
        yield served


def latest(double: ConvexDouble, form: str = "json") -> Any:  # noqa: ANN401 - JSON
    body = {"path": "_system/cli/exports:getLatest", "args": {}, "format": form}
    said = ask(double, "POST /api/query", body).json
    assert sorted(said) == ["status", "value"]
    assert said["status"] == "success"
    return said["value"]


def exported(double: ConvexDouble, request: str = REQUEST) -> Heard:
    assert ask(double, request)[0::2] == (200, b"")
    while (record := latest(double))["state"] != "completed":
        assert record["state"] in {"requested", "in_progress"}
    return ask(double, f"GET /api/export/zip/{record['start_ts']}")


def entries(heard: Heard) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(heard.body)) as archive:
        assert archive.testzip() is None
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_DEFLATED
            assert entry.external_attr >> 16 & 0o777 == 0o644
        return {name: archive.read(name) for name in archive.namelist()}


def test_an_export_goes_through_its_states(double: ConvexDouble) -> None:
    assert latest(double) is None
    assert ask(double, REQUEST).status == 200
    assert ask(double, REQUEST).refusal == (400, "ExportInProgress")
    requested = latest(double)
    assert (requested["state"], requested["requestor"]) == ("requested", "snapshotExport")
    assert ask(double, f"GET /api/export/zip/{requested['_id']}").refusal == (400, "ExportNotComplete")
    started = latest(double)
    assert (started["state"], "progress_message" in started) == ("in_progress", True)
    assert ask(double, REQUEST).refusal == (400, "ExportInProgress")
    assert ask(double, f"GET /api/export/zip/{started['start_ts']}").refusal == (404, "ExportNotFound")
    completed = latest(double)
    assert completed["state"] == "completed"
    assert completed["start_ts"] == started["start_ts"]
    for field in ("start_ts", "complete_ts", "expiration_ts", "size"):
        assert re.fullmatch("[0-9]+", completed[field]), "int64 is a string in the format `json`"
    assert isinstance(latest(double, "export_json")["start_ts"], int)
    by_ts, by_id = (ask(double, f"GET /api/export/zip/{completed[name]}") for name in ("start_ts", "_id"))
    assert by_ts.body == by_id.body
    assert len(by_ts.body) == int(completed["size"]) == int(by_ts.headers["Content-Length"])
    file = f"snapshot_{double.deployment.name}_{completed['start_ts']}.zip"
    assert by_ts.headers["Content-Disposition"] == f"attachment; filename={file}"
    assert by_ts.headers["Cache-Control"] == "private, max-age=2592000"


@pytest.mark.parametrize("ends", ["failed", "canceled"])
def test_an_export_may_end_without_an_archive(double: ConvexDouble, ends: str) -> None:
    double.deployment.knobs.export_ends = ends
    double.deployment.knobs.polls_until_exported = 0
    ask(double, REQUEST)
    record = latest(double)
    assert record["state"] == ends
    assert f"{ends}_ts" in record
    assert ask(double, REQUEST).status == 200


def test_exports_can_be_cancelled_and_expire(double: ConvexDouble) -> None:
    ask(double, REQUEST)
    assert ask(double, f"POST /api/export/cancel/{latest(double)['_id']}").status == 200
    assert latest(double)["state"] == "canceled"
    exported(double)
    record = latest(double)
    path = f"POST /api/export/set_expiration/{record['_id']}"
    too_late = {"expirationTsNs": double.deployment.head + 61 * DAY_NS}
    assert ask(double, path, too_late).refusal == (400, "SnapshotExpirationTooLarge")
    assert ask(double, path, {"expirationTsNs": double.deployment.head + 5}).status == 200
    double.deployment.advance(6)
    assert ask(double, f"GET /api/export/zip/{record['start_ts']}").refusal == (404, "ExportNotFound")


def test_the_archive_is_laid_out_as_recorded(double: ConvexDouble) -> None:
    deployment = double.deployment
    big = [{"amount": 100.0, "n": 5, "note": "é" * 50} for _ in range(3)]
    deployment.load({"transactions": big, "wallets": [{"balance": -0.0}], "empty": []})
    deployment.insert(("a/b", "part"), {"x": 1e16})
    deployment.insert("_jobs", {"x": 1.0})
    files = entries(exported(double))
    assert list(files) == [
        "README.md",
        "_tables/documents.jsonl",
        "_components/a/_components/b/_tables/documents.jsonl",
        "empty/documents.jsonl",
        "empty/generated_schema.jsonl",
        "_components/a/_components/b/part/documents.jsonl",
        "_components/a/_components/b/part/generated_schema.jsonl",
        "wallets/documents.jsonl",
        "wallets/generated_schema.jsonl",
        "transactions/documents.jsonl",
        "transactions/generated_schema.jsonl",
    ]
    schemas = {data for name, data in files.items() if name.endswith("generated_schema.jsonl")}
    assert schemas == {b'"uniform"\n'}
    assert files["empty/documents.jsonl"] == b""
    tables = [json.loads(line) for line in files["_tables/documents.jsonl"].splitlines()]
    assert [list(table) for table in tables] == [["name", "id"]] * 3
    assert [table["name"] for table in tables] == ["transactions", "wallets", "empty"]
    assert [table["id"] for table in tables] == [10_001, 10_002, 10_003]
    lines = files["transactions/documents.jsonl"].decode().splitlines(keepends=True)
    rows = [json.loads(line) for line in lines]
    assert [row["_id"] for row in rows] == sorted(row["_id"] for row in rows)
    assert all(line.endswith(f',"amount":100.0,"n":5,"note":"{"é" * 50}"}}\n') for line in lines)
    assert b'"balance":-0.0' in files["wallets/documents.jsonl"]
    assert b'"x":1e16' in files["_components/a/_components/b/part/documents.jsonl"]


def test_the_archive_is_of_the_timestamp_it_began_at(double: ConvexDouble) -> None:
    document_id = double.deployment.insert("wallets", {"balance": 1.0})
    ask(double, REQUEST)
    assert [latest(double)["state"] for _ in range(2)] == ["requested", "in_progress"]
    double.deployment.replace("wallets", document_id, {"balance": 2.0})
    double.deployment.import_replace("wallets", [{"balance": 3.0}])
    record = latest(double)
    (line,) = entries(ask(double, f"GET /api/export/zip/{record['start_ts']}"))["wallets/documents.jsonl"].splitlines()
    assert json.loads(line)["balance"] == 1.0


def test_stored_files_are_listed_only_when_asked_for(double: ConvexDouble) -> None:
    double.deployment.create_table("wallets")
    files = entries(exported(double, REQUEST.replace("false", "true")))
    assert files["_storage/documents.jsonl"] == b""
    assert list(files)[-1] == "_storage/documents.jsonl"


def test_downloads_of_what_is_not_there_are_refused(double: ConvexDouble) -> None:
    assert get(double, "/api/export/zip/latest").refusal == (400, "BadSnapshotId")
    assert get(double, "/api/export/zip/17").refusal == (404, "ExportNotFound")


def test_the_latest_export_is_told_only_to_who_may_view_backups() -> None:
    deployment = Deployment()
    with ConvexDouble(deployment) as double:
        key = deployment.keys.issue("deployment:data:view")
        body = {"path": "_system/cli/exports:getLatest", "args": {}, "format": "json"}
        said = ask(double, "POST /api/query", body, Authorization=f"Convex {key}").json
        assert (said["status"], sorted(said)) == ("error", ["errorMessage", "status"])
