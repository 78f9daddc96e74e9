"""A real bank's ledger: the answers that were computed beside tieout, in plain Python and sqlite3."""

import json
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from assets.audit import Audit
from assets.calendar import periods
from assets.engines import duckdb_engine
from assets.mapping_file import load_mapping
from assets.store import Home
from pipelines.cli import main
from reports.facts import KindPolicy
from reports.figures import roll_forward, rows_of
from reports.month_views import month_views

ROOT = Path(__file__).parents[1]
SNAPSHOT = ROOT.parent / "shared" / "data" / "berka.convex.zip"
CONFIG = ROOT / "tests" / "berka.tieout.toml"
COMPLETE = [f"1993-{month:02d}" for month in range(1, 13)] + ["1994-01", "1994-02"]
KINDS = {"PRIJEM": (21_821, 17_696_125_480), "VYDAJ": (24_530, -12_970_607_900), "VYBER": (646, -795_841_300)}
pytestmark = pytest.mark.skipif(not SNAPSHOT.exists(), reason=f"{SNAPSHOT.name} is not shipped with tieout")


def audited(folder: Path, config: Path, *more: str) -> dict[str, Any]:
    call = ["audit", str(SNAPSHOT), "--config", str(config), "--home", str(folder), "--json", *more]
    with redirect_stdout(StringIO()) as said, redirect_stderr(StringIO()):
        assert main(call) == 1
    return dict(json.loads(said.getvalue()))


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Audit with the preset's tolerance, and the cut and one month with one of 1 CZK."""
    folder = tmp_path_factory.mktemp("berka")
    tolerant = folder / "tolerant.toml"
    tolerant.write_text(CONFIG.read_text() + "drift_tolerance = 100\n")
    one = ("--month", "1993-01")
    return [audited(folder / "exact", CONFIG, *one), audited(folder / "tolerant", tolerant, *one)]


@pytest.fixture(scope="module")
def audit(both: list[dict[str, Any]]) -> Audit:
    home = Home(
        next(parent for parent in Path(both[0]["months"][0]["json"]).parents if (parent / "home.json").exists())
    )
    return Audit(home, load_mapping(CONFIG), home.newest())


@pytest.fixture(scope="module")
def rules(both: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {rule["rule"]: rule for rule in both[0]["rules"]}


def test_the_ledger_is_exported_whole(both: list[dict[str, Any]]) -> None:
    said = both[0]
    assert (said["verdict"], said["transactions"], said["wallets"]) == ("BROKEN", 46_997, 4_500)
    (total,) = said["control_totals"]
    assert (total["currency"], total["count"], total["sum"]) == ("CZK", 46_997, "3929676280")
    assert int(total["absolute_sum"]) == 17_696_125_480 + 12_970_607_900 + 795_841_300


def test_the_drift(both: list[dict[str, Any]], rules: dict[str, dict[str, Any]]) -> None:
    (said,) = both[0]["drift"]
    expected = {"currency": "CZK", "balances": 565, "gross": "7130", "net": "-4270", "largest": "-70"}
    assert expected.items() <= said.items()
    rule = rules["projections_do_not_drift"]
    assert (rule["result"], rule["examined"], rule["offenders"]) == ("broken", 1_229, 565)
    drift = pq.read_table(rule["rows"])
    assert (pc.min(drift["drift"]).as_py(), pc.max(drift["drift"]).as_py()) == (-70, 50)


def test_within_one_crown_none_drifts(both: list[dict[str, Any]]) -> None:
    tolerant = {rule["rule"]: rule for rule in both[1]["rules"]}["projections_do_not_drift"]
    assert (tolerant["result"], tolerant["examined"], tolerant["offenders"]) == ("held", 1_229, 0)


def test_the_balances_below_zero(rules: dict[str, dict[str, Any]]) -> None:
    assert rules["balances_are_not_negative"]["offenders"] == 2
    assert rules["balances_never_were_negative"]["offenders"] == 26


def test_what_the_source_does_not_have_is_not_applicable(rules: dict[str, dict[str, Any]]) -> None:
    absent = {name for name, rule in rules.items() if rule["result"] == "not applicable"}
    assert absent >= {
        "idempotency_keys_are_unique",
        "transfers_net_to_zero",
        "transactions_are_not_repeated",
        "caches_do_not_drift",
        "ledger_is_append_only",
        "projections_move_with_ledgers",
        "creators_are_known",
        "escrow_is_conserved",
        "wallet_totals_do_not_drift",
        "withdrawals_follow_kyc",
    }
    wrong = {name for name, rule in rules.items() if rule["result"] == "broken"}
    assert wrong == {"projections_do_not_drift", "balances_are_not_negative", "balances_never_were_negative"}
    assert {rule["result"] for rule in rules.values() if rule["severity"] == "gate"} == {"held"}
    assert rules["wallets_exist"]["result"] == "held"


def test_the_months(audit: Audit) -> None:
    months = periods(audit.export.certificate)
    assert [month.month for month in months if month.complete] == COMPLETE
    assert [month.month for month in months if not month.complete] == ["1994-03"]


def test_the_kinds_of_all_months(audit: Audit) -> None:
    counted: Counter[str] = Counter()
    summed: Counter[str] = Counter()
    months = audit.months()
    kinds = [KindPolicy(kind, policy.sign, policy.flow) for kind, policy in audit.mapping.kinds.items()]
    for place in range(len(months)):
        with duckdb_engine(month_views(audit, months, place)) as query:
            ends = (rows_of(query, f"closings_{when}by_currency") for when in ("", "before_"))
            (currency,) = roll_forward(query, kinds, *ends).currencies
        assert currency.foots
        for line in currency.movements:
            counted[line.kind] += line.transactions
            summed[line.kind] += int(line.amount)
    assert {kind: (counted[kind], summed[kind]) for kind in counted} == KINDS


def test_the_report_of_a_month_says_the_same(both: list[dict[str, Any]]) -> None:
    (month,) = both[0]["months"]
    (currency,) = json.loads(Path(month["json"]).read_text())["roll_forward"]["currencies"]
    assert (month["month"], month["complete"], currency["foots"]) == ("1993-01", True, True)
