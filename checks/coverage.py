"""What the verdict rests on: how many rules were broken, not verified, not applicable, and so on.

What goes in: the counts and the sentence of them, the same wherever a verdict is told. What stays out: the verdict
itself (outcome).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from checks.sentences import counted


class Judged(Protocol):
    """What must be known of an outcome to count it."""

    @property
    def result(self) -> str:
        """One of held, broken, not verified, not applicable."""

    @property
    def severity(self) -> str:
        """One of gate, error, warning."""

    @property
    def examined(self) -> int:
        """How many rows the rule looked at."""

    @property
    def waived(self) -> int:
        """How many rows break it and are waived."""

    @property
    def systemic(self) -> bool:
        """Whether half or more of what was examined breaks it."""


@dataclass(frozen=True)
class Coverage:
    """How many rules ended in each way; every rule is in exactly one of the first five."""

    broken: int
    not_verified: int
    not_applicable: int
    nothing_to_examine: int
    held: int
    systemic: int
    """Of those broken or waived, how many are one cause rather than many."""
    waived_rules: int
    waived_rows: int
    warnings: int
    """Of those broken, how many are warnings, which change no verdict."""

    def sentence(self) -> str:
        """Return the counts in words, none left out."""
        rows = counted(self.waived_rows, "row")
        rules = f"{self.waived_rules} {'rule' if self.waived_rules == 1 else 'rules'}"
        waived = f"{rows} of {rules} waived" if self.waived_rows else "no row waived"
        systemic = f" ({self.systemic} systemic)" if self.systemic else ""
        return (
            f"{self._broken()}{systemic}, "
            f"{self.not_verified} not verified, {self.not_applicable} not applicable, "
            f"{self.nothing_to_examine} held without anything to examine, {self.held} held; {waived}"
        )

    def _broken(self) -> str:
        """Return how many rules are broken, warnings apart: no one should take a warning for an error."""
        errors = self.broken - self.warnings
        said = [f"{errors} {'rule' if errors == 1 else 'rules'} broken"] if errors or not self.warnings else []
        said += [f"{self.warnings} {'warning' if self.warnings == 1 else 'warnings'}"] if self.warnings else []
        return ", ".join(said)


def coverage_of(outcomes: Iterable[Judged]) -> Coverage:
    """Count how rules ended; those that held over nothing stand apart from those that held."""
    every = list(outcomes)
    nothing = sum(each.result == "held" and not each.examined for each in every)
    counted = {result: sum(each.result == result for each in every) for result in {each.result for each in every}}
    return Coverage(
        broken=counted.get("broken", 0),
        not_verified=counted.get("not verified", 0),
        not_applicable=counted.get("not applicable", 0),
        nothing_to_examine=nothing,
        held=counted.get("held", 0) - nothing,
        systemic=sum(each.systemic for each in every),
        waived_rules=sum(each.waived > 0 for each in every),
        waived_rows=sum(each.waived for each in every),
        warnings=sum(each.result == "broken" and each.severity == "warning" for each in every),
    )
