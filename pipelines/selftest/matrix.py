"""The detection matrix: what was planted under each rule, what was caught, and what else was said.

What goes in: adding up trials by rule, as data, as JSON and as Markdown. What stays out: the terminal (shown).
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from checks.rules import RULES
from pipelines.selftest.trial import FalseAlarm, Trial

OPERATIONS = "not planted: rules of operations are tried by simulations of their own"


@dataclass(frozen=True)
class Line:
    """One rule of the matrix."""

    rule: str
    planted: int
    caught: int
    consequences: dict[str, int]
    """Offenders of other rules that came with what was planted under this one."""
    false_alarms: int
    told: str
    """Why nothing, or not everything, was planted or caught."""


@dataclass(frozen=True)
class Matrix:
    """What a self-test came to."""

    about: dict[str, Any]
    """The export, the configuration, the rules, the seed and the copy."""
    trials: Sequence[Trial]
    false_alarms: Sequence[FalseAlarm]
    harmless: int
    """How many harmless changes were planted beside the faults."""

    @property
    def planted(self) -> int:
        """How many faults were planted."""
        return sum(trial.ruling != "not applicable" for trial in self.trials)

    @property
    def caught(self) -> int:
        """How many of them were caught."""
        return sum(trial.ruling == "caught" for trial in self.trials)

    @property
    def is_perfect(self) -> bool:
        """Whether everything that was planted was caught, and nothing else was said."""
        return bool(self.planted) and self.caught == self.planted and not self.false_alarms

    def lines(self) -> list[Line]:
        """Return every rule: those there are, in their order, then those that faults name beside them."""
        names = [rule.name for rule in RULES]
        names += sorted({trial.rule for trial in self.trials} - set(names))
        names += sorted({alarm.rule for alarm in self.false_alarms} - set(names))
        return [self._line(name) for name in names]

    def summary(self) -> str:
        """Return the matrix in one line."""
        rules = {trial.rule for trial in self.trials if trial.ruling != "not applicable"}
        apart = len(self.trials) - self.planted
        return (
            f"{self.caught} of {self.planted} planted faults caught, {_many(len(self.false_alarms), 'false alarm')}; "
            f"{_many(len(rules), 'rule')} tried on {self._copy()}, beside {_many(self.harmless, 'harmless change')}; "
            f"{_many(apart, 'fault')} not applicable."
        )

    def plain(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        trials = [
            {key: value for key, value in asdict(trial).items() if value not in ("", {}, ()) and key != "number"}
            for trial in self.trials
        ]
        return {
            "summary": self.summary(),
            "perfect": self.is_perfect,
            **self.about,
            "planted": self.planted,
            "caught": self.caught,
            "harmless": self.harmless,
            "rules": [asdict(line) for line in self.lines()],
            "faults": trials,
            "false_alarms": [asdict(alarm) for alarm in self.false_alarms],
        }

    def text(self) -> str:
        """Return the JSON document, the same for the same self-test."""
        return json.dumps(self.plain(), ensure_ascii=False, indent=1) + "\n"

    def markdown(self) -> str:
        """Return it as a table for a page of text."""
        rows = [
            f"| `{line.rule}` | {line.planted or ''} | {line.caught if line.planted else ''} | "
            f"{said(line.consequences, code=True)} | {line.false_alarms or ''} |"
            for line in self.lines()
            if line.planted or line.false_alarms
        ]
        head = "| rule | planted | caught | what else broke of it | false alarms |\n| --- | --: | --: | --- | --: |\n"
        return head + "\n".join(rows) + f"\n\n{self.summary()}\n"

    def _line(self, name: str) -> Line:
        mine = [trial for trial in self.trials if trial.rule == name]
        tried = [trial for trial in mine if trial.ruling != "not applicable"]
        consequences: dict[str, int] = {}
        for trial in tried:
            for rule, count in trial.consequences.items():
                consequences[rule] = consequences.get(rule, 0) + count
        return Line(
            rule=name,
            planted=len(tried),
            caught=sum(trial.ruling == "caught" for trial in tried),
            consequences=dict(sorted(consequences.items(), key=lambda each: (-each[1], each[0]))),
            false_alarms=sum(alarm.rule == name for alarm in self.false_alarms),
            told=_told(name, mine),
        )

    def _copy(self) -> str:
        copy = self.about["copy"]
        whole = "the whole ledger" if copy["wallets"] == copy["of_wallets"] else "a copy"
        return f"{whole} of {copy['wallets']:,} wallets"


def said(counts: dict[str, int], *, code: bool = False) -> str:
    """Return counts of rules in words."""
    return ", ".join(f"`{rule}` {count}" if code else f"{rule} {count}" for rule, count in counts.items())


def _told(name: str, mine: Sequence[Trial]) -> str:
    """Say of each fault that was missed that it was, and of the others why they were not planted."""
    rule = next((rule for rule in RULES if rule.name == name), None)
    if rule and rule.operations and not mine:
        return OPERATIONS
    missed = [f"MISSED {trial.says}: {trial.why}" for trial in mine if trial.ruling == "missed"]
    apart: dict[str, int] = {}
    for trial in mine:
        if trial.ruling == "not applicable":
            apart[trial.why] = apart.get(trial.why, 0) + 1
    return "; ".join([*missed, *(f"{count} not applicable: {why}" for why, count in apart.items())])


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
