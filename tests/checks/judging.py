"""Judging one rule over a ledger written as text, as a run does."""

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from assets.columns import Column, Table
from assets.mapping_file import load_mapping
from assets.schemas import TABLES
from assets.store import Home
from checks.judge import judge
from checks.outcome import Outcome
from checks.rules import RULES
from checks.scopes import Scope
from tests.checks.ledger_text import Case, cases, views

REGISTER = {rule.name: rule for rule in RULES}
PRESET = load_mapping(None)
MORE = {"transactions": "external_reference", "users": "kyc_passed_at"}
"""Columns that rules ask for and the preset's source does not have."""
MAPPING = PRESET.model_copy(
    update={
        "tables": PRESET.tables
        | {
            name: table.model_copy(update={"columns": table.columns | {MORE[name]: Column(name="x", type="string")}})
            for name, table in PRESET.present().items()
            if name in MORE
        }
    }
)
UNMAPPED = {"attempts": Table(name="attempts", columns={})}
"""Tables that the preset's source does not have, and rules speak of."""
FOLDER = Path("audits/one/cut")


def judged(home: Path, case: Case, changes: Mapping[str, object] | None = None) -> Outcome:
    """Judge the rule of a case over its ledger, as a run does."""
    rule = REGISTER[case.rule]
    rules = PRESET.rules.model_copy(update=dict(changes or {}))
    known = {
        "drift": TABLES["drift"].empty_table(),
        "source_history": pa.Table.from_pylist([{"state": "compared"}], schema=TABLES["source_history"]),
        "source_cut": pa.Table.from_pylist([{"commits_after_ns": 0}], schema=TABLES["source_cut"]),
    }
    shown = {**known, **views(case, rule.views)}
    scope = Scope(
        folder=FOLDER,
        mapping=MAPPING.model_copy(update={"rules": rules, "tables": {**UNMAPPED, **MAPPING.tables}}),
        shown={name: lambda table=table: table for name, table in shown.items()},
    )
    (made,) = judge(Home(home), scope, [rule])
    return made


def first_break(rule: str) -> Case:
    return next(case for case in cases(rule) if not case.keeps)
