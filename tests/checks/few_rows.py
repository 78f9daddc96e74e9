"""The rows of a smallest ledger that may break a rule, found as the auditor finds them before it asks the rule.

What goes in: a scope that shows what a ledger told as text implies. What stays out: what the rule says of the rows.
"""

from functools import partial
from pathlib import Path

import pyarrow as pa

from assets.engines import View
from assets.mapping import Mapping
from assets.mapping_file import load_mapping
from checks.rule import Rule
from checks.scopes import Scope
from checks.suspects import Question, Suspects
from tests.kept_engine import kept_session

PRESET = load_mapping(None)
RULINGS = type(PRESET.rules).model_fields


class Told(Scope):
    """A scope that shows what a smallest ledger tells, its settings too."""

    def views(self, rule: Rule) -> dict[str, View]:
        """Return the views a rule names."""
        return {name: self.shown[name]() for name in rule.views}


def preset_with(settings: pa.Table) -> Mapping:
    """Return the preset under other settings."""
    said = settings.to_pylist()[0]
    rules = PRESET.rules.model_copy(update={name: said[name] for name in said if name in RULINGS})
    return PRESET.model_copy(update={"rules": rules})


def question_of(rule: Rule, shown: dict[str, View], settings: pa.Table) -> Question | None:
    """Return what the auditor asks in place of a rule's whole text and ledger."""
    told = {name: partial(_same, view) for name, view in shown.items()}
    return Suspects(Told(Path(), preset_with(settings), told), [rule], kept_session(), fewest=0).of(rule)


def answered(question: Question, shown: dict[str, View]) -> pa.Table:
    """Return the rows that break a rule, as the auditor finds them."""
    return kept_session()({**shown, **question.views})(question.text)


def _same(view: View) -> View:
    return view
