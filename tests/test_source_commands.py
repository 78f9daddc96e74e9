"""The command line over live sources: what it prints, how it ends, and that no secret is in anything it leaves."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from assets.mapping_file import load_mapping
from pipelines.cli import main
from pipelines.demo.write import DemoPlan, write_demo
from tests.assets.sources.converting import documents_of, write_form
from tests.assets.sources.database import CONFIG
from tests.assets.sources.every_source import gigsy_in_convex
from tests.postgres_ledger.ledger import Ledger

New = Callable[[], Ledger]
Tieout = Callable[..., "Said"]


@dataclass(frozen=True)
class Said:
    """What a call came to, with all that reached either stream, from whatever library."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def tieout(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Tieout:
    """Return a way to call the command line with a secret in the environment."""

    def call(*arguments: str, **environment: str) -> Said:
        for name in ("PGPASSWORD", "CONVEX_DEPLOY_KEY"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        return Said(main([*arguments]), *capfd.readouterr())

    return call


def holding(folder: Path, secret: str) -> list[Path]:
    """Return every file below a folder that holds a secret."""
    return [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]


def test_a_database_is_audited_and_its_password_is_nowhere(tmp_path: Path, new_ledger: New, tieout: Tieout) -> None:
    ledger = new_ledger()
    ledger.open_wallets(8)
    common = ("--config", str(CONFIG), "--home", str(tmp_path / "home"), "--json")
    first = tieout("audit", ledger.auditor_url, *common, PGPASSWORD=ledger.auditor_password)
    found = {rule["rule"]: rule["result"] for rule in json.loads(first.stdout)["rules"]}
    assert first.returncode == 1, first.stderr
    assert {rule for rule, result in found.items() if result == "broken"} == {"wallets_are_unique"}
    with psycopg.connect(ledger.dsn) as connection:
        connection.execute(
            "UPDATE balances SET held = held + 1 WHERE wallet = (SELECT min(wallet::text)::uuid FROM balances)"
        )
        connection.execute(
            "UPDATE ledger_entries SET note = 'altered' WHERE id = (SELECT min(id::text)::uuid FROM ledger_entries)"
        )
    second = tieout("audit", ledger.auditor_url, *common, PGPASSWORD=ledger.auditor_password)
    found = {rule["rule"]: rule["result"] for rule in json.loads(second.stdout)["rules"]}
    assert second.returncode == 1, second.stderr
    assert {rule for rule, result in found.items() if result == "broken"} == {
        "wallets_are_unique",
        "projections_do_not_drift",
        "caches_do_not_drift",
        "ledger_is_append_only",
    }
    for said in (first.stdout, first.stderr, second.stdout, second.stderr):
        assert ledger.auditor_password not in said
    assert holding(tmp_path, ledger.auditor_password) == []


def test_a_deployment_is_audited_and_its_key_is_nowhere(tmp_path: Path, tieout: Tieout) -> None:
    demo = write_demo(DemoPlan(transactions=1_000, clean=True), tmp_path / "demo", lambda *_: None)
    with gigsy_in_convex(documents_of(demo.snapshot, load_mapping(None)), tmp_path) as convex:
        secret = convex.key_file.read_text().strip()
        convex.key_file.unlink()
        home = ("--home", str(tmp_path / "home"), "--json")
        done = tieout("audit", convex.address, *home, CONVEX_DEPLOY_KEY=secret)
        assert done.returncode == 0, done.stderr
        assert secret not in done.stdout + done.stderr
        refused = tieout("audit", convex.address, *home, CONVEX_DEPLOY_KEY=secret + "x")
        assert refused.returncode == 3
        assert secret not in refused.stdout + refused.stderr
        authorised = {request.headers.get("authorization") for request in convex.double.requests}
        assert f"Convex {secret}" in authorised
        assert all(secret not in request.path for request in convex.double.requests)
    assert holding(tmp_path, secret) == []


@pytest.mark.parametrize(
    "url", ["postgresql://auditor:hunter2@127.0.0.1/x", "convex+https://key:hunter2@happy-otter-123.convex.cloud"]
)
@pytest.mark.parametrize("command", ["audit", "check-source"])
def test_a_secret_in_a_url_is_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], url: str, command: str
) -> None:
    assert main([command, url, "--home", str(tmp_path / "home")]) == 3
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "home").exists()


def test_a_source_named_with_its_password_in_the_configuration_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tieout.toml").write_text('source = "postgresql://auditor:hunter2@127.0.0.1/x"')
    assert main(["config", "--config", str(tmp_path / "tieout.toml")]) == 3
    said = capsys.readouterr()
    assert "hunter2" not in said.out + said.err
    assert "source: the URL has a password or key in it" in said.err


def test_what_a_source_has_is_told_beside_what_the_mapping_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demo = write_demo(DemoPlan(transactions=1_000), tmp_path / "demo", lambda *_: None)
    ledger = documents_of(demo.snapshot, load_mapping(None))
    files = write_form(".parquet", tmp_path / "files", ledger)
    assert main(["check-source", str(files), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {table["name"]: table["rows"] for table in told["tables"]} == {
        name: len(documents) for name, documents in ledger.items()
    }
    assert all(line["problem"] is None for line in told["mapping"])
    (tmp_path / "tieout.toml").write_text(
        '[tables.transactions.columns]\namount = "betrag"\n[tables.wallets.columns]\nuser_id = "balance"\n'
    )
    assert main(["check-source", str(files), "--config", str(tmp_path / "tieout.toml")]) == 2
    shown = capsys.readouterr().out
    assert "is needed and not there" in shown
    assert "is not spelled as string" in shown
    assert "2 of " in shown


@pytest.mark.parametrize(
    ("source", "code"), [("postgresql://127.0.0.1:1/x", 3), ("nowhere/", 3), ("convex+http://127.0.0.1:1", 3)]
)
def test_a_source_that_cannot_be_reached_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, source: str, code: int
) -> None:
    monkeypatch.setenv("CONVEX_DEPLOY_KEY", "dev:x|y")
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    assert main(["check-source", source, "--home", str(tmp_path)]) == code
    said = capsys.readouterr()
    assert said.err.splitlines()[-1].startswith("tieout: ")
    assert "Traceback" not in said.err
