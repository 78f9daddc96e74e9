"""The deploy key is in one header of each request, and nowhere else; without one it is said what to do."""

import json
import traceback
from typing import Any

import pytest

from assets.errors import SourceError
from assets.mapping import Connection
from assets.sources.convex.live import ConvexLive
from assets.sources.convex.patience import Patience
from tests.assets.sources.convex_shop import Interface, Shop, is_page, page
from tests.assets.sources.snapshots import PRESET
from tests.convex_double import access
from tests.convex_double.faults import Fault, Replied, every

INTERFACES: list[Interface] = ["sync", "legacy", "zip"]
JSON = {"Content-Type": "application/json"}


def secrets_of(key: str) -> list[str]:
    return [key, key.partition(":")[2], key.rpartition("|")[2]]


def shown(error: BaseException) -> str:
    """Return all that a log, a traceback or a debugger may show of an error and of what it came from."""
    told = "".join(traceback.format_exception(error))
    chain: list[BaseException | None] = [error]
    while (link := chain[-1]) is not None:
        told += f"{link!s} {link!r} {link.args} {vars(link)}"
        chain.append(link.__cause__ or link.__context__)
    return told


@pytest.mark.parametrize("interface", INTERFACES)
def test_the_key_is_in_the_header_and_nowhere_else(live: Shop, interface: Interface) -> None:
    live.double.faults.on(page(2), Replied(503, live.double.key.encode()))
    live.read(interface)
    live.source(interface).survey(PRESET)
    assert {request.headers["Authorization"] for request in live.double.requests} == {f"Convex {live.double.key}"}
    assert {request.headers["Convex-Client"].rpartition("-")[0] for request in live.double.requests} == {"tieout"}
    sent = "".join(request.path + request.body.decode() for request in live.double.requests)
    everywhere = sent + "".join(live.told) + repr(live.last) + repr(vars(live.source(interface)))
    everywhere += "".join(path.read_bytes().decode("latin-1") for path in live.folder.rglob("*") if path.is_file())
    assert not any(secret in everywhere for secret in secrets_of(live.double.key))


def echoes(key: str) -> list[Fault]:
    """Return answers that say the key back, as careless proxies and servers do."""
    said = f"the header Authorization: Convex {key} is not what was expected"
    return [
        Replied(400, json.dumps({"code": "BadJsonBody", "message": said}).encode(), JSON),
        Replied(400, json.dumps({"code": key, "message": said * 99}).encode(), JSON),
        Replied(403, json.dumps({"code": "OperationNotPermitted", "message": said}).encode(), JSON),
        Replied(401, said.encode()),
        Replied(302, said.encode(), {"Location": f"http://127.0.0.1:1/{key}"}),
        Replied(500, said.encode()),
        Replied(200, said.encode(), JSON),
        Replied(200, json.dumps({"status": "error", "errorMessage": said, "values": said}).encode(), JSON),
    ]


@pytest.mark.parametrize("number", range(8))
def test_no_error_says_the_key(live: Shop, number: int) -> None:
    fault = echoes(live.double.key)[number]
    for interface in INTERFACES:
        live.double.faults.clear()
        live.double.faults.on(
            every if number % 2 else lambda request: is_page(request) or "/export/" in request.path, fault
        )
        with pytest.raises(SourceError) as refused:
            live.read(interface)
        told = shown(refused.value) + "".join(live.told)
        assert not any(secret in told for secret in secrets_of(live.double.key))
        assert len(str(refused.value)) < 600


def test_an_unreachable_deployment_is_told_without_the_key(live: Shop) -> None:
    source = ConvexLive(
        "convex+http://127.0.0.1:9", Connection(), live.folder, live.arriving, Patience(2, sleep=live.waits.append)
    )
    with pytest.raises(SourceError, match=r"cannot be reached, or the connection was lost \(2 tries\)") as refused:
        source.snapshot()
    assert live.double.key.rpartition("|")[2] not in shown(refused.value)


def test_a_netrc_does_not_take_the_place_of_the_key(live: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = live.folder / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    live.source().snapshot()
    assert live.double.requests[-1].headers["Authorization"] == f"Convex {live.double.key}"


def test_a_key_that_may_view_data_is_enough(live: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", live.deployment.keys.issue(access.VIEW_DATA))
    for interface in ("sync", "legacy"):
        live.read(interface, full=True)
    assert live.agrees()


@pytest.mark.parametrize(
    ("interface", "needed"),
    [
        ("sync", "deployment:data:view"),
        ("legacy", "deployment:data:view"),
        ("zip", "deployment:backups:create, deployment:backups:view and deployment:backups:download"),
    ],
)
def test_a_key_that_may_too_little_is_told_what_is_missing(
    live: Shop, monkeypatch: pytest.MonkeyPatch, interface: Interface, needed: str
) -> None:
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", live.deployment.keys.issue(access.DELETE_BACKUPS))
    with pytest.raises(SourceError, match=f"permits {needed}"):
        live.source(interface).snapshot() if interface != "legacy" else live.read(interface)
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", "prod:happy-animal-123|unknown")
    with pytest.raises(SourceError, match=r"refuses the deploy key \(BadAdminKey\)"):
        live.source(interface).snapshot()


def test_a_key_comes_from_a_file_as_well(live: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (live.folder / "key").write_text(f"{live.double.key}\n")
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", "prod:other|wrong")
    source(live, deploy_key_file="key").snapshot()
    assert live.double.requests[-1].headers["Authorization"] == f"Convex {live.double.key}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file or directory; correct connection.deploy_key_file"),
        (b"\xff", "cannot be read: it is no text"),
        (b" \n", "a key limited to deployment:data:view is enough"),
        (b"prod:a|b\nprod:c|d", "holds no deploy key: a key is one line"),
    ],
)
def test_a_key_file_without_a_key(live: Shop, content: bytes | None, said: str) -> None:
    if content is not None:
        (live.folder / "key").write_bytes(content)
    with pytest.raises(SourceError) as refused:
        source(live, deploy_key_file="key").snapshot()
    assert said in str(refused.value)
    assert "prod:" not in str(refused.value).replace("prod:name|secret", "")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_no_key_at_all(live: Shop, monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    monkeypatch.delenv("CONVEX_DEPLOY_KEY")
    if value is not None:
        monkeypatch.setenv("CONVEX_DEPLOY_KEY", value)
    with pytest.raises(SourceError, match="there is no deploy key: set CONVEX_DEPLOY_KEY"):
        live.source().snapshot()
    assert live.double.requests == []


def source(live: Shop, **connection: Any) -> ConvexLive:  # noqa: ANN401 - as the configuration has them
    return ConvexLive(f"convex+{live.double.url}", Connection(**connection), live.folder, live.arriving)
