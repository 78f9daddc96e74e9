"""The restore drill: a sealed month computed again from its bag alone, with today's code, and held to its seal.

What goes in: movements, closings, balances and every rule of the month's own scope. What stays out: choosing when
(pipelines). Everything else that a rule may name is taken from the bag, as it was sealed.
"""

import json
import secrets
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.adjustments import adjustments_and_refunds
from assets.balances import balances_of
from assets.drift import closing_frame_of
from assets.engines import View
from assets.errors import RefusedError
from assets.mapping import Mapping
from assets.movements import month_tables
from assets.parquet import write_rows
from assets.store import Home
from checks.judge import judge
from checks.outcome import Outcome, WaiverUse
from checks.rule import Rule
from checks.rules import RULES
from checks.scopes import Scope
from reports.archive.folder import Archive
from reports.archive.keys import SealingKey, require_both
from reports.archive.month import SAME
from reports.archive.rows import table_root
from reports.archive.statements import sealed_bag, statement
from reports.archive.verifier.log import Entry, read_log
from reports.archive.verify import bag_breaks


@dataclass(frozen=True)
class Drilled:
    """What a drill came to: each thing computed again, and what is not as it was sealed."""

    name: str
    seed: int | None
    same: tuple[str, ...]
    differing: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether all is as it was sealed."""
        return not self.differing


def drill(archive: Archive, name: str | None = None, seed: int | None = None) -> Drilled:
    """Compute a sealed month again, a random one unless it is named; nothing is written but scratch."""
    present = sorted({entry["name"] for entry in archive.present()})
    if not present:
        message = f"{archive.path} holds no sealed month; run 'tieout archive' first."
        raise RefusedError(message)
    if name is None:
        seed = secrets.randbelow(2**31) if seed is None else seed
        name = present[seed % len(present)]
    else:
        name, seed = sealed_bag(archive, name)["name"], None
    seal = next(each for each in read_log(archive.path, require_both).seals if each.name == name)
    if breaks := bag_breaks(archive.path, seal):
        return Drilled(name, seed, (), tuple(each.line() for each in breaks), ())
    with archive.home.workshop() as folder:
        restored = _Restored(archive.place(name), dict(seal.statement or {})["predicate"], folder)
        found = [*restored.tables(), *restored.rules()]
    said = {kind: tuple(what for each, what in found if each == kind) for kind in ("same", "differs", "note")}
    return Drilled(name, seed, said["same"], said["differs"], said["note"])


def write_evidence(archive: Archive, key: SealingKey, found: Drilled) -> str:
    """Sign what a drill came to, write it down, and return the file of the evidence."""
    seal = sealed_bag(archive, found.name)
    predicate = {
        "name": found.name,
        "seal": seal["seal"],
        "seed": str(found.seed) if found.seed is not None else None,
        "passed": found.passed,
        "same": list(found.same),
        "differing": list(found.differing),
        "notes": list(found.notes),
        "tool": {"tieout": version("tieout"), "duckdb": version("duckdb"), "pyarrow": version("pyarrow")},
    }
    file = archive.next_file("drill")
    made = statement("drill", {seal["file"]: seal["sha256"]}, predicate)
    archive.add_signed(key, file, made, {"event": "drill", "name": found.name, "passed": found.passed})
    return file


class _Restored:
    """A bag, opened as the views it was made of."""

    def __init__(self, bag: Path, sealed: Entry, folder: Path) -> None:
        """Take what the seal says of the bag, and a folder to work in."""
        self.bag, self.sealed, self.folder = bag, sealed, folder
        tables: dict[str, Any] = sealed["tables"]
        self.views: dict[str, View] = {
            name: tuple(bag / file for file in told["files"])
            for name, told in tables.items()
            if not name.startswith("answers/")
        }
        self.mapping = Mapping.model_validate(tomllib.loads((bag / "data/configuration.toml").read_text("utf-8")))

        uses = json.loads((bag / "data/waivers-at-cut.json").read_text("utf-8"))
        self.waivers = {each: WaiverUse.model_validate(use) for each, use in uses.items()}

    def tables(self) -> Iterator[tuple[str, str]]:
        """Compute the month's own tables again, hold them to the seal, and let the rules be asked of them."""
        first = self.sealed["tables"]["closings_before"]["rows"] == "0"
        opened = None if first else self.views["closings_before"]
        movements, closings = month_tables(self.views, self.sealed["month"], opened, self.folder)
        balances = balances_of({**self.views, "closings": closings})
        drift = closing_frame_of(self.views, balances)
        again = {"movements": movements, "closings": closings, "balances": balances, "drift": drift}
        if "adjustments_and_refunds" in self.views:
            again["adjustments_and_refunds"] = adjustments_and_refunds(self.views["transactions"])
        for name, rows in again.items():
            yield self._held(name, name, self._root(name, rows))
            self.views[name] = rows

    def rules(self) -> Iterator[tuple[str, str]]:
        """Judge again every rule that was judged on the month itself."""
        register = {rule.name: rule for rule in RULES}
        for file in sorted((self.bag / "data/answers/month").glob("*.json")):
            before, rule = Outcome.model_validate_json(file.read_text("utf-8")), register.get(file.stem)
            if rule is None or rule.text != (self.bag / f"data/rules/{file.stem}.sql").read_text("utf-8"):
                yield "note", f"{file.stem} is asked by another text today, or no longer"
                continue
            yield self._judged(rule, before)

    def _judged(self, rule: Rule, before: Outcome) -> tuple[str, str]:
        home = Home(self.folder / "judged")
        shown = {name: _constant(view) for name, view in self.views.items()}
        scope = Scope(Path("month"), self.mapping, shown, at_cut=self.waivers)
        (now,) = judge(home, scope, [rule])
        for name in SAME:
            if getattr(now, name) != getattr(before, name):
                return "differs", f"{rule.name}: {name} is {getattr(now, name)!r}, sealed {getattr(before, name)!r}"
        if not (now.rows and before.rows):
            return "same", rule.name
        name = f"answers/month/{rule.name}"
        return self._held(rule.name, name, table_root(name, [home.path / now.rows]).root)

    def _held(self, what: str, table: str, root: str) -> tuple[str, str]:
        sealed = self.sealed["tables"][table]["root"]
        return ("same", what) if root == sealed else ("differs", f"{what}: its rows have root {root}, sealed {sealed}")

    def _root(self, name: str, rows: pa.Table) -> str:
        made = self.folder / f"{name}.parquet"
        write_rows(made, rows.schema, rows.to_batches())
        return table_root(name, [made]).root


def _constant(view: View) -> Any:  # noqa: ANN401 - a function of nothing
    return lambda: view
