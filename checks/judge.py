"""Run rules over one scope, keep every outcome, and let Great Expectations enforce what was found.

What goes in: asking a rule of its views. What stays out: which rules there are (rules), what a scope shows (scopes),
what follows from the rows that break a rule (conclusion), and which step of a run judges which (asset_checks).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from assets.audit import Audit
from assets.engines import Query, Session, View, duckdb_session
from assets.errors import TieoutError
from assets.kept_files import read_record
from assets.mapping import Mapping
from assets.schemas import TABLES
from assets.store import Home
from checks.conclusion import Found, concluded
from checks.expectations import enforce
from checks.outcome import Outcome, unjudged
from checks.rule import Rule
from checks.rules import OF_THE_EXPORT
from checks.scopes import OF_THE_SOURCE, Gap, Scope, cut_scope
from checks.sentences import counted
from checks.suspects import LEDGER, Question, Suspects

RARE = frozenset({"users.deleted_at"})
"""Columns that may be empty in every row, and nothing is missing: it just never happened."""

Count = Callable[[str], int]
"""A function from a query of one figure to the figure; rules that ask for the same are given the same."""


def judge(home: Home, scope: Scope, rules: Iterable[Rule]) -> list[Outcome]:
    """Return the outcome of each rule, all offenders kept in Parquet beside it."""
    return list(judge_each(home, scope, rules))


def judge_each(home: Home, scope: Scope, rules: Iterable[Rule]) -> Iterator[Outcome]:
    """Yield the outcome of each rule as soon as it is kept: where a later rule raises, it stands."""
    folder = home.path / scope.folder
    for outcome in judged(home, scope, rules):
        said = enforce(outcome, scope)
        home.write_text(folder / "great_expectations" / f"{outcome.rule}.json", json.dumps(said, indent=1) + "\n")
        home.write_text(folder / f"{outcome.rule}.json", outcome.model_dump_json(indent=1) + "\n")
        yield outcome


def kept_outcomes(home: Home, folder: Path) -> dict[str, Outcome]:
    """Return the outcomes that were reached for a scope, by rule."""
    files = sorted((home.path / folder).glob("*.json"))
    return {file.stem: read_record(file, Outcome.model_validate_json) for file in files}


def judged_at_cut(audit: Audit) -> dict[str, Outcome]:
    """Return the outcome of every rule at the cut; raise TieoutError where one was not reached, or its file is gone."""
    kept = kept_outcomes(audit.home, cut_scope(audit).folder)
    if missing := [rule.name for rule in OF_THE_EXPORT if rule.name not in kept]:
        message = f"{missing[0]} was not judged at the cut of {audit.export.export_id}; run 'tieout audit' first."
        raise TieoutError(message)
    return kept


def applicable(mapping: Mapping, rule: Rule) -> str | None:
    """Return why a rule is not applicable to this source, or nothing."""
    for need in rule.needs:
        if need in OF_THE_SOURCE:
            continue
        if need == "kinds.transfer":
            if not any(policy.flow == "transfer" for policy in mapping.kinds.values()):
                return "The configuration knows no kind of transaction that is a transfer."
        elif not mapping.has(need):
            return f"The configuration says that this source has no {need.replace('.', '.columns.')}."
    return None


def judged(home: Home, scope: Scope, rules: Iterable[Rule]) -> Iterator[Outcome]:
    """Yield the outcome of each rule, its offenders kept; one engine serves all of them, and nothing enforces them."""
    asked = [(rule, _gap(scope, rule)) for rule in rules]
    with home.workshop() as spill, duckdb_session(spill) as over:
        sitting = _Sitting(over, {}, Suspects(scope, [rule for rule, gap in asked if gap is None], over))
        for rule, gap in asked:
            yield unjudged(rule, *gap) if gap else _judged(home, scope, rule, sitting)


def _gap(scope: Scope, rule: Rule) -> Gap | None:
    """Return why a rule cannot be asked of a scope, if so."""
    why = applicable(scope.mapping, rule)
    return scope.gap(rule) if why is None else ("not applicable", why)


class _Sitting(NamedTuple):
    """One engine that serves many rules, what was counted already, and the rows that may break them."""

    over: Session
    counted: dict[str, int]
    suspects: Suspects


def _judged(home: Home, scope: Scope, rule: Rule, sitting: _Sitting) -> Outcome:
    found = _asked(scope, rule, sitting)
    if not isinstance(found, Found):
        return unjudged(rule, *found)
    return concluded(home, scope, rule, found, sitting.over)


def _asked(scope: Scope, rule: Rule, sitting: _Sitting) -> Found | Gap:
    """Return how many rows a rule examined and those that break it, or why it could not examine what it should."""
    views = scope.views(rule)
    query = sitting.over(views)
    count = _counting(query, sitting.counted)
    if why := _nothing_in(count, rule):
        return "not verified", why
    if rule.enough and (known := _rows(count, rule.enough.rows)) < rule.enough.least:
        return "not applicable", f"Not enough history: {known} of {rule.enough.least} {rule.enough.unit}."
    examined, offenders = _rows(count, rule.examines, rule.counting), _offenders(rule, views, sitting)
    if not examined and (expected := _expected(scope.mapping, rule)):
        return "not verified", f"The configuration expects {expected}, and there is none."
    return Found(examined, offenders, lambda: _unseen(query, rule.cannot_examine))


def _offenders(rule: Rule, views: dict[str, View], sitting: _Sitting) -> pa.Table:
    """Return the rows that break a rule, asked of those rows of the ledger that may, or of all."""
    asked = sitting.suspects.of(rule) or Question(rule.text, {})
    return sitting.over({**views, **asked.views})(asked.text)


def _unseen(query: Query, clause: str | None) -> str | None:
    """Return why rows cannot be examined, if there are any: what the first says itself, or how many they are."""
    if clause is None:
        return None
    unseen = query(f"SELECT * FROM {clause}")
    if not unseen.num_rows:
        return None
    said = unseen["problem"][0].as_py() if "problem" in unseen.column_names else None
    few = counted(unseen.num_rows, "row")
    return said or f"{few} {'says' if unseen.num_rows == 1 else 'say'} too little to be examined."


def _expected(mapping: Mapping, rule: Rule) -> str | None:
    """Return a kind the rule speaks of and the configuration expects, if there is one."""
    for kind in mapping.rules.expect_kinds:
        if kind in rule.kinds or (rule.flow and mapping.kinds[kind].flow == rule.flow):
            return kind
    return None


def _nothing_in(count: Count, rule: Rule) -> str | None:
    """Tell of a table without rows, or a column that no row fills; rows of the ledger may leave any column empty."""
    for table, _, column in (need.partition(".") for need in rule.needs):
        if table not in rule.views or table not in TABLES:
            continue
        rows = _rows(count, table)
        if not column and not rows:
            return f"The source's {table} are empty."
        asked = column and rows and table != LEDGER and f"{table}.{column}" not in RARE
        if asked and not _rows(count, f"{table} WHERE {column} IS NOT NULL"):
            return f"No row of the source's {table} has {column}."
    return None


def _rows(count: Count, examined: str, counting: str | None = None) -> int:
    counted = f"COALESCE(SUM({counting}), 0)" if counting else "COUNT(*)"
    return count(f"SELECT {counted} AS figure FROM {examined}")


def _counting(query: Query, counted: dict[str, int]) -> Count:
    """Return a way to ask for a figure of the scope, which is asked for once."""

    def count(text: str) -> int:
        if text not in counted:
            counted[text] = int(query(text)["figure"][0].as_py())
        return counted[text]

    return count
