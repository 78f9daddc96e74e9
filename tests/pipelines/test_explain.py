"""A wallet explained from a home alone: what is told, what is recorded of the call, and what is refused."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from assets.errors import RefusedError
from assets.store import Home
from assets.workplace import Workplace
from pipelines.cli import main
from pipelines.definitions import definitions
from tests.audited_demo import AuditedDemo


class Place:
    """An audited demo, and what was planted in it."""

    def __init__(self, audited: AuditedDemo) -> None:
        """Take it as it is: its source is gone, and nothing may be read from there again."""
        self.home, self.faults = audited.home, audited.faults

    def subject(self, fault: str, name: str = "wallet_id") -> str:
        return next(str(each["offender"][name]) for each in self.faults[fault]["breaks"] if name in each["offender"])

    def record(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.home / "explained.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def place(audited: AuditedDemo, tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(audited.copy(tmp_path_factory.mktemp("explained") / "home"))


def said(place: Place, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["explain", *words, "--home", str(place.home)]) == 0
    return capsys.readouterr().out


def test_a_wallet_is_told_with_every_side_and_the_cause(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    wallet = place.subject("unsettled_counted")
    document = json.loads(said(place, capsys, wallet, "--json"))
    (told,) = document["wallets"]
    (balance,) = told["balances"]
    ledger, recorded, unsettled = (int(balance[name]) for name in ("ledger", "recorded", "unsettled"))
    assert recorded == ledger + unsettled
    assert (balance["available"], balance["wallet_total"], balance["cached"]) == (
        balance["ledger"],
        balance["ledger"],
        balance["recorded"],
    )
    assert balance["hop_at_fault"] == "from ledger to projection"
    assert balance["writer"].startswith("Gigsy's internal/walletMutations:createTransaction")
    (cause,) = balance["causes"]
    assert cause["cause"] == "unsettled_counted"
    assert cause["figures"]["transaction_id"] in place.faults["unsettled_counted"]["story"]
    rules = [each["rule"] for each in told["findings"]]
    assert rules == ["projections_do_not_drift", "statuses_move_money_rightly"]
    assert [(each["drift"], each["export"]) for each in balance["history"]] == [(str(unsettled), document["export"])]
    assert [each["settled"] for each in balance["latest"]].count(False) == 1


def test_the_lowest_balance_is_that_after_an_instant(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    fault = place.faults["overdraft_healed"]
    (balance,) = json.loads(said(place, capsys, place.subject("overdraft_healed"), "--json"))["wallets"][0]["balances"]
    running, lowest = 0, []
    for row in reversed(balance["latest"]):
        running += int(row["amount"]) * row["settled"]
        lowest.append((running, row["created_at"]))
    assert (int(balance["lowest"]), balance["lowest_at"]) == min(lowest)
    assert f"{Decimal(balance['lowest']) / 100:,}" in fault["story"].replace(" USD", "")
    assert balance["hop_at_fault"] is None


def test_a_user_is_told_with_the_cache(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    user = place.subject("units_mixed", "user_id")
    document = json.loads(said(place, capsys, "--user", user, "--json"))
    (cache,) = document["caches"]
    assert int(cache["cached"]) == 100 * int(cache["recorded"])
    assert [cause["cause"] for cause in cache["causes"]] == ["units_mixed"]
    (wallet,) = document["wallets"]
    assert wallet["balances"][0]["hop_at_fault"] == "from projection to cache"
    shown = said(place, capsys, "--user", user)
    assert "At fault: from projection to cache." in shown
    assert "Major and minor units were mixed up." in shown


def test_every_call_is_recorded_before_it_is_answered(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    wallet = place.subject("missed_apply")
    first = said(place, capsys, wallet, "--json", "--reason", "ticket 7")
    assert said(place, capsys, wallet, "--json") == first, "the answer has no clock"
    assert main(["explain", f"{wallet}x", "--home", str(place.home)]) == RefusedError.exit_code
    assert f"near to it: '{wallet}'" in capsys.readouterr().err
    *_, reasoned, without, unknown = place.record()
    assert (reasoned["wallet"], reasoned["user"], reasoned["reason"]) == (wallet, None, "ticket 7")
    assert reasoned["export"] == json.loads(first)["export"]
    assert (without["reason"], unknown["wallet"]) == (None, f"{wallet}x")
    assert reasoned["actor"]
    assert reasoned["at"] <= without["at"] <= unknown["at"]


def test_what_cannot_be_answered_is_refused(place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = {
        (): "name one wallet, or one user with --user.",
        ("w", "--user", "u"): "name one wallet, or one user with --user.",
        ("--user", "nobody"): "knows no user 'nobody'; none is like it.",
        (place.subject("units_mixed", "user_id"),): "it is a user: say --user ",
    }
    for words, expected in calls.items():
        assert main(["explain", *words, "--home", str(place.home)]) == RefusedError.exit_code
        assert expected in capsys.readouterr().err
    assert main(["explain", "w", "--home", str(tmp_path / "empty")]) == RefusedError.exit_code
    assert "holds no audited export; run 'tieout audit SOURCE' first." in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()
    other = tmp_path / "tieout.toml"
    other.write_text("[rules]\ndrift_tolerance = 5\n")
    assert main(["explain", "w", "--home", str(place.home), "--config", str(other)]) == RefusedError.exit_code
    assert "was audited under another configuration" in capsys.readouterr().err


def test_the_job_tells_the_same_and_records_who_asked(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    wallet = place.subject("stale_projection")
    job = definitions(Workplace(home=str(place.home))).resolve_job_def("explain")
    asked = {"wallet": wallet, "reason": "month end", "actor": "auditor"}
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(
            instance=instance,
            run_config={
                "ops": {"explanation": {"config": asked}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    (made,) = [event for event in result.all_events if event.is_successful_output]
    told = made.step_output_data.metadata["explanation"].value
    assert place.record()[-1].items() >= asked.items()
    assert told == json.loads(said(place, capsys, wallet, "--json"))
    assert told["wallets"][0]["balances"][0]["causes"][0]["cause"] == "stale"


def test_the_audit_keeps_the_causes_for_its_reports(place: Place) -> None:
    workplace = Workplace(home=str(place.home))
    home = Home(place.home)
    causes = workplace.audit("none", home.newest().export_id).table("causes")
    assert set(causes["stored"].to_pylist()) == {"projection", "cache", "wallet total"}
