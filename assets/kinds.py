"""What a transaction is: its type, corrected by its key, description or author as the mapping says.

An adjustment's reason is found by the same words.
A type the mapping does not know is its own kind, so that no row is lost; `types_are_known` finds it.
"""

from assets.engines import literal
from assets.mapping import Correction, Mapping


def kind_sql(mapping: Mapping) -> str:
    """Return the SQL expression of a row's kind; the first correction that fits decides."""
    columns = mapping.present()["transactions"].present()
    corrections = [
        f"WHEN type IN ({_texts(correction.types)}) AND {condition} THEN {literal(correction.kind)}"
        for correction in mapping.corrections
        if (condition := _condition(correction, set(columns)))
    ]
    types = [
        f"WHEN type IN ({_texts(policy.types)}) THEN {literal(kind)}"
        for kind, policy in mapping.kinds.items()
        if policy.types
    ]
    return f"CASE {' '.join(corrections + types)} ELSE type END"


def reason_sql(mapping: Mapping) -> str:
    """Return the SQL expression of the reason an adjustment gives: its description, single spaced, less the prefix."""
    if "description" not in mapping.present()["transactions"].present():
        return "CAST(NULL AS VARCHAR)"
    patterns = [each.description for each in mapping.corrections if each.kind == "ADJUSTMENT" and each.description]
    prefixes = " ".join(
        f"WHEN starts_with(description, {literal(prefix)}) THEN substr(description, {len(prefix) + 1})"
        for prefix in (pattern.removesuffix("%") for pattern in patterns)
    )
    reason = f"CASE {prefixes} ELSE description END" if prefixes else "description"
    return rf"""CASE WHEN kind = 'ADJUSTMENT'
        THEN trim(regexp_replace(COALESCE({reason}, ''), '\s+', ' ', 'g')) END"""


def _condition(correction: Correction, columns: set[str]) -> str:
    """Return what the correction asks for, or nothing where the source has no such column."""
    patterns = {
        "idempotency_key": correction.idempotency_key,
        "description": correction.description,
        "created_by": correction.created_by,
    }
    asked = {column: pattern for column, pattern in patterns.items() if pattern}
    if not asked.keys() <= columns:
        return ""
    return " AND ".join(f"{column} LIKE {_pattern(pattern)} ESCAPE '\\'" for column, pattern in asked.items())


def _pattern(pattern: str) -> str:
    return literal(pattern.replace("\\", "\\\\").replace("_", "\\_"))


def _texts(values: tuple[str, ...]) -> str:
    return ", ".join(literal(value) for value in values)
