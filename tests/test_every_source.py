"""One ledger through every source: the same control totals, the same results and the same offenders of every rule.

A form is a way to lay the demo ledger down and the configuration it needs; what no form can give (a commit's time)
is in none of them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from assets.audit import Audit
from assets.balances import compute_balances, second_balances
from assets.closed_months import closed_months
from assets.creators import compute_creators
from assets.drift import compute_drift
from assets.export import export_source
from assets.mapping_file import load_mapping
from assets.movements import compute_months
from assets.store import Home
from assets.workplace import Workplace
from checks.judge import judge
from checks.outcome import Outcome, verdict_of
from checks.rules import OF_THE_EXPORT
from checks.scopes import cut_scope
from pipelines.demo.hours import CUT
from pipelines.demo.write import Demo, DemoPlan, write_demo
from tests.assets.sources.converting import documents_of, write_form
from tests.assets.sources.every_source import gigsy_in_convex, gigsy_in_postgres
from tests.postgres_ledger.server import Server

PLANS = (DemoPlan("gigsy", 5, 2_000), DemoPlan("model", 5, 2_000))
LOOSE = (".parquet", ".csv", ".jsonl")
BY_SOURCE = frozenset({"document", "reason", "transfer_id"})
"""What offenders say in the words of their source; a transfer without a key is named by its commit, if there is one."""
LIVE = ("postgres", "sync", "legacy", "zip")
OF_THE_MOMENT = ("projections_move_with_ledgers", "dates_are_plausible", "escrow_is_not_stale")
"""Rules that a live source answers otherwise: of commits, of when it created a row, and of how long ago that was."""


@dataclass(frozen=True)
class Laid:
    """A ledger where a source finds it, and what its configuration says beside the preset."""

    source: str
    config: str = ""


Form = Callable[[Demo, Path], Laid]


def snapshot(demo: Demo, _folder: Path) -> Laid:
    return Laid(str(demo.snapshot))


def unpacked(demo: Demo, folder: Path) -> Laid:
    ledger = documents_of(demo.snapshot, load_mapping(None))
    return Laid(str(write_form("folder", folder / "export", ledger, demo.snapshot.stem)))


def loose(ending: str) -> Form:
    def written(demo: Demo, folder: Path) -> Laid:
        ledger = documents_of(demo.snapshot, load_mapping(None))
        source = write_form(ending, folder / "files", ledger)
        return Laid(str(source), f"[connection]\ncut = {CUT.isoformat()}\n")

    return written


FORMS: dict[str, Form] = {"folder": unpacked, **{ending: loose(ending) for ending in LOOSE}}


def judged(laid: Laid, folder: Path) -> dict[str, Any]:
    """Reconcile a ledger at its cut as a run does, step by step, and return what must be the same wherever it lies."""
    (folder / "tieout.toml").write_text(laid.config)
    workplace = Workplace(home=str(folder / "home"), source=laid.source, config=str(folder / "tieout.toml"))
    home, mapping = workplace.open_home(), workplace.mapping()
    with home.writing():
        export = export_source(home, mapping, workplace.open_source(), lambda *_: None)
        audit = Audit(home, mapping, export)
        audit.keep_months(compute_months(home, export, mapping, lambda *_: None))
        audit.keep("balances", compute_balances(home, export, audit.months()[-1]))
        audit.keep("balances_again", second_balances(home, export))
        audit.keep("drift", compute_drift(home, export, audit.table("balances")))
        audit.keep("creators", compute_creators(home, export, mapping))
        audit.keep("closed_months", closed_months(audit)[0])
        outcomes = judge(home, cut_scope(audit), OF_THE_EXPORT)
    return {
        "verdict": verdict_of(outcomes),
        "totals": export.certificate.control_totals,
        "rules": {each.rule: (each.result, each.examined, offenders(home, each)) for each in outcomes},
    }


def offenders(home: Home, outcome: Outcome) -> list[dict[str, Any]]:
    rows = pq.read_table(home.path / outcome.rows).to_pylist() if outcome.rows else []
    return sorted(({name: row[name] for name in row if name not in BY_SOURCE} for row in rows), key=repr)


@pytest.fixture(scope="module", params=PLANS, ids=lambda plan: plan.flavour)
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, dict[str, Any]]:
    """Return a demo, and what its snapshot is judged to be."""
    folder = tmp_path_factory.mktemp("snapshot")
    demo = write_demo(request.param, folder / "demo", lambda *_: None)
    return demo, judged(snapshot(demo, folder), folder)


@contextmanager
def live(place: str, demo: Demo, folder: Path, server: Server) -> Iterator[Laid]:
    """Put a demo where it is read over a connection."""
    documents = documents_of(demo.snapshot, load_mapping(None))
    if place == "postgres":
        address = gigsy_in_postgres(server, documents)
        (folder / "password").write_text(f"auditor's {server.password}")
        yield Laid(address, '[connection]\npassword_file = "password"\n')
        return
    with gigsy_in_convex(documents, folder) as convex:
        config = f'[connection]\ndeploy_key_file = "{convex.key_file.name}"\ninterface = "{place}"\n'
        yield Laid(convex.address, config)


@pytest.mark.parametrize("place", LIVE)
def test_one_ledger_is_judged_alike_over_every_connection(
    ledger: tuple[Demo, dict[str, Any]], place: str, tmp_path: Path, postgres: Server
) -> None:
    demo, expected = ledger
    with live(place, demo, tmp_path, postgres) as laid:
        found = judged(laid, tmp_path)
    assert found["totals"] == expected["totals"]
    for rule, answer in expected["rules"].items():
        assert rule in OF_THE_MOMENT or found["rules"][rule] == answer, rule
    assert found["verdict"] == expected["verdict"] == "BROKEN"


@pytest.mark.parametrize("form", FORMS)
def test_one_ledger_is_judged_alike_wherever_it_lies(
    ledger: tuple[Demo, dict[str, Any]], form: str, tmp_path: Path
) -> None:
    demo, expected = ledger
    found = judged(FORMS[form](demo, tmp_path), tmp_path)
    assert found["totals"] == expected["totals"]
    assert found["rules"] == expected["rules"]
    assert found["verdict"] == expected["verdict"] == "BROKEN"
