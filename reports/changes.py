"""What changed in the configuration and the rules since the report of the month before, as frozen, typed data.

What goes in: settings by name, as they were and as they are. What stays out: which report is the one before
(month_facts), and looks.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from checks.sentences import counted
from reports.base import Part
from reports.basis import BasisOfReport
from reports.wording import month_name


class Digests(NamedTuple):
    """The SHA-256 of the whole configuration, and of the program that exports, where they are known."""

    configuration: str | None
    program: str | None


class Changed(Part):
    """One thing that is not as it was."""

    what: str
    """What it is."""
    before: str | None
    """What it was; null where there was none."""
    now: str | None
    """What it is; null where there is none."""


class SinceLastMonth(Part):
    """What changed since the report of the month before was made."""

    compared_with: str | None
    """The report that this one is compared with, by its export; null where none was made from an earlier export."""
    sentence: str
    """What changed, in words."""
    changed: tuple[Changed, ...]
    """Everything that changed, by name."""


def since_last_month(
    earlier: Mapping[str, Any] | None,
    basis: BasisOfReport,
    rules: tuple[str, ...],
    digests: Digests,
) -> SinceLastMonth:
    """Compare with the report of the month before, as its JSON has it; an older one may say less of itself."""
    if earlier is None:
        said = "No report of the month before was made from an earlier export, so there is nothing to compare with."
        return SinceLastMonth(compared_with=None, sentence=said, changed=())
    origin = earlier["provenance"]
    was = dict(_settings(earlier["basis"], [each["rule"] for each in earlier["rules"]]))
    now = dict(_settings(basis.model_dump(mode="json"), rules))
    if not earlier["basis"].get("settings"):
        now = {name: value for name, value in now.items() if not name.startswith("Setting ")}
    names = sorted(name for name in was | now if was.get(name) != now.get(name))
    changed = [Changed(what=name, before=was.get(name), now=now.get(name)) for name in names]
    before = Digests(origin.get("configuration_sha256"), origin.get("program_sha256"))
    if not changed and before.configuration and before.configuration != digests.configuration:
        said = "SHA-256 of the configuration"
        changed = [Changed(what=said, before=before.configuration, now=digests.configuration)]
    if before.program and before.program != digests.program:
        said = "SHA-256 of the program that exports"
        changed.append(Changed(what=said, before=before.program, now=digests.program))
    return SinceLastMonth(
        compared_with=origin["export_id"],
        sentence=f"Since the report of {month_name(earlier['period']['month'])} was made: {_told(changed)}.",
        changed=tuple(changed),
    )


def _told(changed: list[Changed]) -> str:
    if not changed:
        return "neither the configuration nor the rules nor the program that exports changed"
    return f"{counted(len(changed), 'change')} of the configuration, the rules or the program"


def _settings(basis: Mapping[str, Any], rules: tuple[str, ...] | list[str]) -> Iterator[tuple[str, str]]:
    yield "Statuses that settle", ", ".join(basis["settled"])
    yield "Statuses kept apart", ", ".join(basis["unsettled"])
    yield "Tables this source does not have", ", ".join(sorted(basis["absent_tables"]))
    yield from ((f"Kind {each['kind']}", f"{each['sign']}, {each['flow']}") for each in basis["kinds"])
    yield from ((f"Decimals of {each['currency']}", str(each["decimals"])) for each in basis["currencies"])
    yield from ((f"Setting {each['name']}", each["value"]) for each in basis.get("settings", ()))
    yield from ((f"Rule {rule}", "judged") for rule in rules)
