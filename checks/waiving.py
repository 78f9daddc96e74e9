"""Which offenders are waived: what each waiver matches, whether it stands, and what it is to people.

What goes in: waivers laid over the rows that break a rule. What stays out: the shape of a waiver (assets/waivers),
and what an outcome makes of it (judge). A row is waived by the first waiver that matches it and stands; one whose
cap or last day is passed waives nothing.
"""

import difflib
import re
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute

from assets.engines import Session
from assets.errors import MappingError
from assets.mapping import Mapping
from assets.waivers import Waiver
from checks.offenders import amount_sql, columns_of
from checks.outcome import Outcome, Standing, WaiverUse
from checks.rule import Rule
from checks.rules import RULES
from checks.scopes import Scope
from checks.sentences import Teller, counted

KERNELS: Any = pyarrow.compute
Mask = Any


def refuse_wrong_waivers(mapping: Mapping) -> None:
    """Raise MappingError for a waiver that names what there is not, as far as that can be told before an audit."""
    rules = {rule.name: rule for rule in RULES}
    for waiver in mapping.waivers:
        _check_rule(waiver, rules.get(waiver.rule))
        if columns := columns_of(rules[waiver.rule], mapping):
            _check_columns(waiver, rules[waiver.rule], columns)


def waive(scope: Scope, rule: Rule, offenders: pa.Table, over: Session) -> tuple[pa.Table, tuple[WaiverUse, ...]]:
    """Return the offenders with the waiver of each, null where it breaks the rule, and what every waiver did."""
    names: Any = pa.nulls(offenders.num_rows, pa.string())
    uses = []
    for waiver in scope.mapping.waivers:
        _check_rule(waiver, next((each for each in RULES if each.name == waiver.rule), None))
        if waiver.rule == rule.name:
            _check_columns(waiver, rule, offenders.schema)
            matched = _matched(waiver, offenders)
            use = _use(scope, waiver, worth(rule, offenders.filter(matched), over), KERNELS.sum(matched).as_py() or 0)
            uses.append(use)
            if not use.lapsed:
                names = KERNELS.if_else(KERNELS.and_(matched, KERNELS.is_null(names)), waiver.id, names)
    return offenders.append_column("waiver", names), tuple(uses)


def worth(rule: Rule, offenders: pa.Table, over: Session) -> dict[str, str]:
    """Return what offenders are worth by currency: minor units as text, added up without their signs."""
    amount = amount_sql(rule, offenders.schema)
    if amount is None or not offenders.num_rows:
        return {}
    rows = over({"offenders": offenders})(f"""
        SELECT COALESCE(currency, '') AS currency, CAST(SUM(ABS({amount})) AS DECIMAL(38, 0)) AS amount
        FROM offenders GROUP BY ALL HAVING amount IS NOT NULL ORDER BY ALL
    """)
    return {row["currency"]: str(row["amount"]) for row in rows.to_pylist()}


def uses_of(mapping: Mapping, outcomes: Iterable[Outcome]) -> list[WaiverUse]:
    """Return what every waiver of the configuration did; one whose rule was not judged was not examined."""
    known = {use.id: use for outcome in outcomes for use in outcome.waivers}
    return [known.get(waiver.id) or _as_used(waiver, {}, 0, "not examined") for waiver in mapping.waivers]


def told(mapping: Mapping, use: WaiverUse) -> str | None:
    """Return the sentence that a waiver needs, or nothing where it does what it should."""
    rows = counted(use.matched, "row")
    if use.standing == "expired":
        return f"Waiver {use.id} expired on {use.expires}; it matches {rows}."
    if use.standing == "matches nothing":
        return f"Waiver {use.id} of {use.rule} matches nothing: remove it."
    if use.standing != "cap passed":
        return None
    if use.matched > use.most:
        return f"Waiver {use.id} passed its cap: it matches {rows}, and may match {use.most:,}."
    over = next(currency for currency in use.amounts if _is_over(use, currency))
    sentence = "{matched:money}, and may match {most:money}."
    figures = {"matched": use.amounts[over], "most": (use.most_amount or {}).get(over, 0), "currency": over}
    return f"Waiver {use.id} passed its cap: it matches {Teller(mapping.currencies).tell(sentence, figures)}"


def _matched(waiver: Waiver, offenders: pa.Table) -> Mask:
    """Return which rows a waiver matches; a column without a value matches nothing, not even any text."""
    matched: Mask = pa.array([True] * offenders.num_rows, pa.bool_())
    exact = [(column, re.escape(text)) for column, text in waiver.exact().items()]
    patterns = [(column, "(?s:.*)".join(map(re.escape, text.split("%")))) for column, text in waiver.where.items()]
    for column, pattern in (*exact, *patterns):
        fits = KERNELS.match_substring_regex(offenders[column], rf"\A{pattern}\z").combine_chunks()
        matched = KERNELS.and_(matched, KERNELS.fill_null(fits, False))  # noqa: FBT003 - the value that fills
    return matched


def _use(scope: Scope, waiver: Waiver, amounts: dict[str, str], matched: int) -> WaiverUse:
    use = _as_used(waiver, amounts, matched, "stands" if matched else "matches nothing")
    at_cut = scope.at_cut.get(waiver.id)
    if at_cut and (at_cut.lapsed or not matched):
        use = use.model_copy(update={"standing": at_cut.standing})
    if matched > waiver.most or any(_is_over(use, currency) for currency in amounts):
        use = use.model_copy(update={"standing": "cap passed"})
    if scope.cut_day > waiver.expires:
        use = use.model_copy(update={"standing": "expired"})
    return use


def _is_over(use: WaiverUse, currency: str) -> bool:
    return use.most_amount is not None and int(use.amounts[currency]) > use.most_amount.get(currency, 0)


def _as_used(waiver: Waiver, amounts: dict[str, str], matched: int, standing: Standing) -> WaiverUse:
    said = waiver.model_dump(include={"id", "rule", "owner", "reason", "expires", "most", "most_amount"})
    return WaiverUse(**said, amounts=amounts, matched=matched, standing=standing)


def _check_rule(waiver: Waiver, rule: Rule | None) -> None:
    """Raise MappingError unless there is such a rule, and it is no gate: an export is whole, or it is not judged."""
    if rule is None:
        near = difflib.get_close_matches(waiver.rule, [each.name for each in RULES], 1)
        meant = f"; did you mean {near[0]!r}?" if near else "."
        message = f"waiver {waiver.id!r} names the rule {waiver.rule!r}, which does not exist{meant}"
        raise MappingError(message)
    if rule.severity == "gate":
        message = f"waiver {waiver.id!r} names {rule.name}, a gate: no gate can be waived, mend the export."
        raise MappingError(message)


def _check_columns(waiver: Waiver, rule: Rule, columns: pa.Schema) -> None:
    texts = [column.name for column in columns if pa.types.is_string(column.type)]
    if unknown := [name for name in (*waiver.exact(), *waiver.where) if name not in texts]:
        known = ", ".join(texts) or "none"
        message = (
            f"waiver {waiver.id!r}: {unknown[0]} is no text of the offenders of {rule.name}; it can match {known}."
        )
        raise MappingError(message)
    if waiver.most_amount is not None and amount_sql(rule, columns) is None:
        message = f"waiver {waiver.id!r}: offenders of {rule.name} have no amount; leave most_amount out."
        raise MappingError(message)
