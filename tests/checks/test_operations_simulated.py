"""The rules of operations find what is planted into months of noise, and nothing else: precision and recall."""

import pytest

from tests.operations_simulation import SIMULATIONS, simulated

SEEDS = {"volume_is_normal": range(2), "error_rate_is_low": range(2)}


@pytest.mark.parametrize("rule", SIMULATIONS)
def test_clear_incidents_are_told_and_nothing_else(rule: str, capsys: pytest.CaptureFixture[str]) -> None:
    score = simulated(rule, SEEDS.get(rule, range(3)))
    with capsys.disabled():
        print(f"{rule}: {score.planted} planted, recall {score.recall:.3f}, precision {score.precision:.3f}")  # noqa: T201 - figures to read
    assert score.planted >= 10
    assert score.recall >= 0.95
    assert score.precision >= 0.95
