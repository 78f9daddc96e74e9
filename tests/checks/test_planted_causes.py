"""What was planted in the demos is named as its cause; a real bank's running balances part where plain Python says."""

import json
import zipfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from assets.mapping_file import load_mapping
from assets.store import Home
from checks.causes import causes_of
from pipelines.demo.block import Flavour
from pipelines.demo.write import FEWEST, DemoPlan, write_demo
from tests.checks.auditing import computed

ROOT = Path(__file__).parents[2]
BERKA = ROOT.parent / "shared" / "data" / "berka.convex.zip"
STORED = {
    "projections_do_not_drift": "projection",
    "projections_are_present": "projection",
    "projections_have_ledgers": "projection",
    "projections_are_single": "projection",
    "caches_do_not_drift": "cache",
    "wallet_totals_do_not_drift": "wallet total",
}
PLANTED = {
    "first_row": "missed_apply",
    "missed_apply": "missed_apply",
    "last_row": "missed_apply",
    "double_apply": "double_apply",
    "sign_lost": "sign_lost",
    "sign_flipped": "sign_lost",
    "unsettled_counted": "unsettled_counted",
    "stale_projection": "stale",
    "one_over": "unexplained",
    "one_under": "unexplained",
    "projection_never_created": "never_created",
    "projection_of_nothing": "without_ledger",
    "projection_of_nobody": "without_ledger",
    "duplicate_projection": "written_twice",
    "units_mixed": "units_mixed",
    "cache_never_updated": "stale",
    "cache_never_written": "never_created",
    "cache_of_nothing": "without_ledger",
    "unknown_currency": "never_created",
    "orphan_wallet": "never_created",
    "failed_withdrawal_counted": "unsettled_counted",
    "every_status_counted": "unsettled_counted",
    "one_attempt_counted": "unsettled_counted",
    "overwritten_changed": "overwritten",
    "recorded_over_100": "units_mixed",
    "recorded_times_100": "units_mixed",
    "total_never_updated": "missed_apply",
    "total_of_nothing": "without_ledger",
    "total_one_over": "unexplained",
}
"""The cause of each planted fault; of a transaction in another currency there are two."""
MISMATCH = {"EGP": "other_currency", "USD": "never_created"}
PARTED = {
    ("projection_in_another_currency", "projections_are_present"): "never_created",
    ("projection_in_another_currency", "projections_have_ledgers"): "without_ledger",
}
ROUNDED = {"total_in_whole_units": {"units_mixed", "unexplained"}}
"""Whole units hold no fraction: the exact hundredfold is seen only where there was none."""
NO_DRIFT = {("second_currency", "EGP"), ("second_currency", "USD"), ("duplicate_projection", "cache")}
"""Offenders that hold what they should: one row more of nothing, and a cache that has the ledger's sum."""
ONE_ROW = {"first_row", "missed_apply", "last_row", "double_apply", "sign_lost", "sign_flipped", "unsettled_counted"}


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
@pytest.mark.parametrize("seed", [2, 5])
def test_every_planted_drift_is_explained_and_nothing_else(flavour: Flavour, seed: int, tmp_path: Path) -> None:
    made = write_demo(DemoPlan(flavour, seed, FEWEST), tmp_path, lambda *_: None)
    audit = computed(Home(tmp_path / "home"), load_mapping(None), made.snapshot)
    found = {(row["stored"], row["wallet_id"], row["currency"]): row for row in causes_of(audit).to_pylist()}
    by_user = {("cache", row["user_id"], row["currency"]): row for row in found.values() if row["stored"] == "cache"}
    expected = set()
    for fault in json.loads(made.planted.read_text())["faults"]:
        for broken in fault["breaks"]:
            stored, offender = STORED.get(broken["rule"]), broken["offender"]
            told = (fault["name"], stored if stored == "cache" else offender.get("currency"))
            if not stored or told in NO_DRIFT:
                continue
            subject = offender["user_id" if stored == "cache" else "wallet_id"]
            if stored == "wallet total":
                row = next(each for (kept, wallet, _), each in found.items() if (kept, wallet) == (stored, subject))
            else:
                row = (by_user if stored == "cache" else found)[stored, subject, offender["currency"]]
            expected.add((row["stored"], row["user_id"], row["wallet_id"], row["currency"]))
            if fault["name"] in ROUNDED:
                assert row["cause"] in ROUNDED[fault["name"]]
                continue
            otherwise = PARTED.get((fault["name"], broken["rule"]), MISMATCH.get(offender.get("currency", "")))
            assert row["cause"] == PLANTED.get(fault["name"], otherwise), fault["story"]
            assert row["layer"] == ("ledger" if fault["name"] == "sign_lost" else stored)
            if fault["name"] in ONE_ROW:
                assert row["transaction_id"] in fault["story"] or row["candidates"] > 1, fault["story"]
    assert {(row["stored"], row["user_id"], row["wallet_id"], row["currency"]) for row in found.values()} == expected


def documents(table: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(BERKA) as archive:
        name = next(each for each in archive.namelist() if each.endswith(f"{table}/documents.jsonl"))
        return [json.loads(line) for line in archive.read(name).splitlines()]


@pytest.mark.skipif(not BERKA.exists(), reason=f"{BERKA.name} is not shipped with tieout")
def test_a_real_banks_running_balances_part_from_the_ledger_where_plain_python_says(tmp_path: Path) -> None:
    by_wallet = defaultdict(list)
    for row in documents("transactions"):
        by_wallet[row["walletId"]].append(row)
    balances = {row["walletId"]: int(row["balance"]) for row in documents("walletBalances")}
    expected = {}
    for wallet, rows in by_wallet.items():
        ledger, first, parted, before = 0, None, 0, 0
        for row in sorted(rows, key=lambda row: (row["createdAt"], row["_creationTime"], row["_id"])):
            ledger += int(row["amount"])
            gap = int(row["recordedBalanceAfter"]) - ledger
            first = first or (row["_id"] if gap else None)
            parted, before = parted + (gap != before), gap
        if balances[wallet] != ledger:
            expected[wallet] = (first, parted, balances[wallet] - ledger)
    assert len(expected) == 565
    audit = computed(Home(tmp_path / "home"), load_mapping(ROOT / "tests" / "berka.tieout.toml"), BERKA)
    rows = causes_of(audit).to_pylist()
    assert {row["wallet_id"]: (row["parted_transaction_id"], row["parted"], row["drift"]) for row in rows} == expected
    assert {(row["parted_by"], row["exact"], row["evidence"]) for row in rows} == {
        ("running balances", True, "running balances")
    }
