"""What only a stream of commits shows: a rewrite that was undone, and the commit that parts projection and ledger."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from assets.audit import Audit
from assets.export import export_source
from assets.store import Export, Home
from checks.judge import judge
from checks.outcome import Outcome
from checks.rules import RULES
from checks.scopes import cut_scope
from tests.assets.sources.convex_shop import Shop, shop
from tests.assets.sources.snapshots import PRESET
from tests.assets.test_history import found

RULE = next(rule for rule in RULES if rule.name == "projections_move_with_ledgers")
DEPLOYED = ("sync", "legacy")


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Serve a deployment whose key is in the environment."""
    with shop(tmp_path) as served:
        monkeypatch.setenv("CONVEX_DEPLOY_KEY", served.double.key)
        yield served


def exported(live: Shop, home: Home, interface: str = "sync", *, full: bool = False) -> Export:
    with home.writing():
        return export_source(home, PRESET, live.source(interface), lambda *_: None, full=full)  # type: ignore[arg-type]


def judged(home: Home, made: Export) -> tuple[Outcome, list[dict]]:
    """Return the outcome of the rule about commits, and its offenders."""
    (outcome,) = judge(home, cut_scope(Audit(home, PRESET, made)), [RULE])
    return outcome, pq.read_table(home.path / outcome.rows).to_pylist() if outcome.rows else []


@pytest.mark.parametrize("interface", DEPLOYED)
@pytest.mark.parametrize(
    ("happen", "told_as"),
    [
        (
            lambda live, row: [live.deployment.replace("transactions", row["_id"], {**row, "amount": 1.5e9})],
            ("UPDATE", "comparison"),
        ),
        (
            lambda live, row: [
                live.deployment.replace("transactions", row["_id"], each) for each in ({**row, "amount": 1.5e9}, row)
            ],
            ("UPDATE", "stream"),
        ),
        (lambda live, row: [live.deployment.replace("transactions", row["_id"], row)], ("UPDATE", "stream")),
        (lambda live, row: [live.deployment.delete("transactions", row["_id"])], ("DELETE", "comparison")),
    ],
    ids=["changed", "changed and undone", "written again", "deleted"],
)
def test_a_rewritten_row_is_found_though_it_was_undone(
    tmp_path: Path, live: Shop, interface: str, happen: Callable[[Shop, dict], list], told_as: tuple
) -> None:
    home = Home(tmp_path / "home")
    exported(live, home, interface)
    row = live.deployment.documents("transactions")[0]
    happen(live, row)
    made = exported(live, home, interface)
    (told,) = found(home, made)
    assert (told["transaction_id"], told["change"], told["evidence"]) == (row["_id"], *told_as)
    again = exported(live, home, interface)
    assert found(home, again) == [told]


@pytest.mark.parametrize("interface", DEPLOYED)
def test_a_row_that_came_and_went_between_two_looks_is_found(tmp_path: Path, live: Shop, interface: str) -> None:
    home = Home(tmp_path / "home")
    exported(live, home, interface)
    fleeting = live.books.deposit(25.0)
    live.deployment.delete("transactions", fleeting)
    (told,) = found(home, exported(live, home, interface))
    assert (told["transaction_id"], told["change"], told["evidence"]) == (fleeting, "DELETE", "stream")


def test_ordinary_commits_are_no_change_and_move_both_sides(tmp_path: Path, live: Shop) -> None:
    home = Home(tmp_path / "home")
    first = exported(live, home)
    assert judged(home, first)[0].result == "held"
    for _ in range(12):
        live.books.deposit(createdAt=live.deployment.head / 1e6)
    made = exported(live, home)
    outcome, offenders = judged(home, made)
    assert (outcome.result, outcome.examined, offenders) == ("held", 12, [])
    assert found(home, made) == []
    live.books.deposit()
    outcome, _ = judged(home, exported(live, home))
    assert (outcome.result, outcome.examined) == ("held", 13), "commits seen before stay known"


def test_the_first_commit_that_parts_them_is_named(tmp_path: Path, live: Shop) -> None:
    home, deployment = Home(tmp_path / "home"), live.deployment
    exported(live, home)
    live.books.deposit(30.0)
    template = deployment.documents("transactions")[0]
    lone = {name: value for name, value in template.items() if not name.startswith("_")} | {"amount": 100.0}
    missed = deployment.insert("transactions", lone)
    wallet = lone["walletId"]
    twice = next(each for each in deployment.documents("walletBalances") if each["walletId"] == wallet)
    deployment.mutate(
        [
            ("transactions", None, lone | {"amount": 40.0}),
            ("walletBalances", twice["_id"], twice | {"balance": twice["balance"] + 80.0}),
        ]
    )
    made = exported(live, home)
    outcome, offenders = judged(home, made)
    assert outcome.result == "broken"
    assert [(row["ledger_change"], row["recorded_change"]) for row in offenders] == [(100, 0), (40, 80)]
    assert offenders[0]["transaction_id"] == missed
    assert missed in outcome.sentence


def test_a_snapshot_tells_no_commits(tmp_path: Path, live: Shop) -> None:
    home = Home(tmp_path / "home")
    outcome, _ = judged(home, exported(live, home, "zip"))
    assert outcome.result == "not applicable"
    assert outcome.sentence == "This source does not tell which commit wrote a row."
