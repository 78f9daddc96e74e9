"""What the judging of a pass means: caught, missed, consequence or false alarm.

What goes in: laying new offenders beside what each fault touched. What stays out: adding up by rule (matrix).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pipelines.selftest.fault import OF_THE_WHOLE, Subject, subject_of
from pipelines.selftest.judging import Judged
from pipelines.selftest.passes import Pass, Planting
from pipelines.selftest.tables import Row

READER = "the reader"
"""Who catches what never becomes an export."""
Ruling = Literal["caught", "missed", "not applicable"]


@dataclass
class Trial:
    """What became of one fault."""

    number: int
    rule: str
    says: str
    ruling: Ruling
    why: str = ""
    """Why it was missed or is not applicable."""
    caught_by: str = ""
    subjects: Sequence[Subject] = ()
    consequences: dict[str, int] = field(default_factory=dict)
    """New offenders of other rules among what the fault touched."""


@dataclass(frozen=True)
class FalseAlarm:
    """A new offender that no planted fault explains."""

    rule: str
    offender: str


def tried(before: Judged, each: Pass) -> tuple[list[Trial], list[FalseAlarm]]:
    """Return the ruling on every fault of a pass, and the false alarms."""
    known = {rule: {_name(rule, row) for row in rows} for rule, rows in before.offenders.items()}
    new = {
        rule: [row for row in rows if _name(rule, row) not in known.get(rule, set())]
        for rule, rows in each.judged.offenders.items()
    }
    touched = _touched(each.plantings)
    trials = [_trial(planting, each, new) for planting in each.plantings]
    by_number = {trial.number: trial for trial in trials}
    alarms = []
    for rule, rows in new.items():
        for row in rows:
            explaining = set(_explaining(rule, row, each.plantings, touched))
            if not explaining:
                alarms.append(FalseAlarm(rule, ", ".join(_subject(rule, row)) or "the export"))
            for number in explaining if rule not in OF_THE_WHOLE else ():
                trial = by_number[number]
                if trial.rule != rule and trial.ruling != "not applicable":
                    trial.consequences[rule] = trial.consequences.get(rule, 0) + 1
    if each.judged.refusal and not any(planting.fault.refused for planting in each.plantings):
        alarms.append(FalseAlarm(READER, each.judged.refusal))
    return trials, sorted(set(alarms), key=lambda alarm: (alarm.rule, alarm.offender))


def _trial(planting: Planting, each: Pass, new: dict[str, list[Row]]) -> Trial:
    fault = planting.fault
    trial = Trial(planting.number, fault.rule, fault.says, "missed", subjects=planting.subjects)
    outcome = each.judged.outcomes.get(fault.rule)
    if planting.not_here:
        trial.ruling, trial.why = "not applicable", planting.not_here
    elif fault.refused:
        trial.why = "the reader took it"
        if each.judged.refusal:
            trial.ruling, trial.why, trial.caught_by = "caught", "", READER
    elif outcome is None:
        gate = each.judged.broken_gate()
        trial.why = each.judged.refusal or (
            f"behind the gate {gate.rule}, which broke" if gate else "it was not judged"
        )
    elif outcome.result == "not applicable":
        trial.ruling, trial.why = "not applicable", outcome.problem or ""
    elif outcome.result == "not verified":
        trial.why = outcome.problem or ""
    else:
        missing = [wanted for wanted in planting.subjects if not _is_among(fault.rule, wanted, new[fault.rule])]
        if missing or not planting.subjects:
            trial.why = f"{', '.join(missing[0]) if missing else 'it'} is not among its offenders"
        else:
            trial.ruling, trial.caught_by = "caught", fault.rule
    return trial


def _touched(plantings: Iterable[Planting]) -> dict[str, set[int]]:
    """Return which faults touched each id."""
    touched: dict[str, set[int]] = {}
    for planting in plantings:
        for one in planting.footprint.ids:
            touched.setdefault(one, set()).add(planting.number)
    return touched


def _explaining(rule: str, row: Row, plantings: Iterable[Planting], touched: dict[str, set[int]]) -> Iterator[int]:
    """Yield the faults that a new offender comes from."""
    for value in row.values():
        if isinstance(value, str):
            yield from touched.get(value, ())
    subject = _subject(rule, row)
    for planting in plantings:
        accused = planting.fault.rule == rule and subject in map(tuple, planting.subjects)
        if accused or (rule in OF_THE_WHOLE and row["currency"] in planting.footprint.currencies):
            yield planting.number


def _is_among(rule: str, wanted: Subject, rows: Iterable[Row]) -> bool:
    return any(_subject(rule, row) == tuple(wanted) for row in rows)


def _subject(rule: str, row: Row) -> Subject:
    """Return what names an offender; all that it says, where a rule names it otherwise than was agreed."""
    columns = subject_of(rule)
    return tuple(str(row[column]) for column in (columns if set(columns) <= row.keys() else sorted(row)))


def _name(rule: str, row: Row) -> Subject:
    """Return what tells an offender from those that were there before."""
    figures = sorted(row) if rule in OF_THE_WHOLE else ()
    return (*_subject(rule, row), *(str(row[column]) for column in figures))
