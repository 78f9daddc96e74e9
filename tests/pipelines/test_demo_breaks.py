"""The planted list is exact: rules evaluated naively over the snapshot break there, and nowhere else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipelines.demo.breaks import SUBJECTS
from pipelines.demo.write import DemoPlan, write_demo
from tests.pipelines.demo_oracle.catalogue import offenders
from tests.pipelines.demo_oracle.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.demo.block import Flavour

MODEL_ONLY = {"escrow_is_conserved", "escrow_is_not_stale"}


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("transactions", [1_000, 7_000])
def test_the_planted_list_is_exact(tmp_path: Path, flavour: Flavour, seed: int, transactions: int) -> None:
    demo = write_demo(DemoPlan(flavour, seed, transactions), tmp_path, lambda *_: None)
    world = World(demo.snapshot)
    assert len(world.rows) == transactions
    assert set(offenders(world)) == demo.breaks


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("transactions", [1_000, 7_000])
def test_a_clean_demo_keeps_every_rule(tmp_path: Path, flavour: Flavour, seed: int, transactions: int) -> None:
    demo = write_demo(DemoPlan(flavour, seed, transactions, clean=True), tmp_path, lambda *_: None)
    assert demo.breaks == frozenset()
    assert list(offenders(World(demo.snapshot))) == []


@pytest.mark.parametrize("flavour", ["gigsy", "model"])
def test_every_rule_is_broken_and_every_fault_stands_alone(tmp_path: Path, flavour: Flavour) -> None:
    demo = write_demo(DemoPlan(flavour), tmp_path, lambda *_: None)
    missing = MODEL_ONLY if flavour == "gigsy" else set()
    assert {one.rule for one in demo.breaks} == set(SUBJECTS) - missing
    faults = json.loads(demo.planted.read_text(encoding="utf-8"))["faults"]
    assert len({fault["name"] for fault in faults}) == len(faults)
    assert sum(len(fault["breaks"]) for fault in faults) == len(demo.breaks)
    for fault in faults:
        assert fault["story"].endswith(".")
        assert any(str(next(iter(one["offender"].values()))) in fault["story"] for one in fault["breaks"])
