"""What people are told in the terminal beside rules and verdict."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines import terminal


def audited(months: tuple[str, ...], cut: datetime, *, judged: bool = True) -> Any:  # noqa: ANN401 - a stand-in
    certificate = SimpleNamespace(zone="UTC", months=lambda: months, closed_before=lambda: cut)
    return SimpleNamespace(is_judged=judged, audit=SimpleNamespace(export=SimpleNamespace(certificate=certificate)))


@pytest.mark.parametrize(
    ("months", "cut", "judged", "told"),
    [
        (("2025-06", "2025-07"), datetime(2025, 7, 31, 23, 59, tzinfo=UTC), True, False),
        (("2025-06", "2025-07"), datetime(2025, 8, 1, tzinfo=UTC), True, False),
        (("2025-06", "2025-07"), datetime(2025, 8, 1, 0, 1, tzinfo=UTC), True, True),
        (("2025-06", "2025-07"), datetime(2025, 8, 1, 0, 1, tzinfo=UTC), False, False),
        ((), datetime(2025, 8, 1, 0, 1, tzinfo=UTC), True, False),
    ],
)
def test_a_cut_in_a_month_without_rows_is_told_in_one_line(
    months: tuple[str, ...],
    cut: datetime,
    judged: bool,  # noqa: FBT001 - a parameter of pytest
    told: bool,  # noqa: FBT001 - likewise
) -> None:
    said = terminal._month_without_report(audited(months, cut, judged=judged))  # noqa: SLF001 - one line of many
    assert (said is not None) == told
    if said:
        assert said.startswith("The cut is in 2025-08, which has no transactions and so no report: ")
        assert "\n" not in said
