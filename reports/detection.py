"""What the self-test of the rules came to, as frozen, typed data: what was planted, and what was caught of it.

What goes in: the matrix that `tieout selftest` keeps. What stays out: planting and judging (pipelines.selftest).
"""

from collections.abc import Mapping
from typing import Any

from reports.base import Part

NOT_RUN = (
    "No self-test of these rules is on record before this report was made: 'tieout selftest' lets each catch what is "
    "planted under it."
)


class Consequence(Part):
    """Offenders of another rule that came with what was planted."""

    rule: str
    """The other rule."""
    faults: int
    """How many of its findings followed."""


class Detected(Part):
    """What was planted under one rule."""

    rule: str
    """The rule."""
    planted: int
    """How many faults were planted under it."""
    caught: int
    """How many of them it caught."""
    consequences: tuple[Consequence, ...]
    """What else broke of it, as it should."""
    false_alarms: int
    """How often it was broken where nothing was planted."""
    told: str
    """Why nothing, or not everything, was planted or caught; empty where there is nothing to tell."""


class Detection(Part):
    """The self-test that stands for the rules of this report."""

    known: bool
    """Whether one is on record for just these rules."""
    sentence: str
    """What it came to, in words."""
    ledger: str | None
    """What was copied and planted into."""
    export_id: str | None
    """The export that was copied."""
    rules: tuple[Detected, ...]
    """Every rule, in their order."""


def detection(record: Mapping[str, Any] | None) -> Detection:
    """Take over what a self-test kept; without one, say so."""
    if record is None:
        return Detection(known=False, sentence=NOT_RUN, ledger=None, export_id=None, rules=())
    return Detection(
        known=True,
        sentence=str(record["summary"]),
        ledger=str(record["ledger"]),
        export_id=str(record["export"]),
        rules=tuple(
            Detected(
                rule=line["rule"],
                planted=line["planted"],
                caught=line["caught"],
                consequences=tuple(
                    Consequence(rule=rule, faults=count) for rule, count in line["consequences"].items()
                ),
                false_alarms=line["false_alarms"],
                told=line["told"],
            )
            for line in record["rules"]
        ),
    )
