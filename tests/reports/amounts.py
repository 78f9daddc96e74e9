"""Every amount a report holds, found by the types of its model: what any rendering must show.

What goes in: walking the model. What stays out: how a rendering writes an amount.
"""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel, StringConstraints

from reports.base import MinorUnits
from reports.evidence import ExceptionTable
from reports.model import Report

(PATTERN,) = (each.pattern for each in MinorUnits.__metadata__ if isinstance(each, StringConstraints))


def amounts(report: Report) -> Iterator[tuple[str, str]]:
    """Yield every amount in minor units with its currency."""
    yield from _of_part(report)
    for table in report.exceptions:
        yield from _of_rows(table)


def _of_part(part: BaseModel, beside: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a part holds; a part that names no currency is in that of the part around it."""
    currency = getattr(part, "currency", beside)
    for name, field in type(part).model_fields.items():
        value: Any = getattr(part, name)
        if value is not None and _is_money(field.annotation, field.metadata):
            yield str(value), currency
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, BaseModel):
                yield from _of_part(each, currency)


def _is_money(annotation: Any, metadata: list[Any]) -> bool:  # noqa: ANN401 - any annotation
    """Tell whether a field is of minor units, which an optional one says in its parts."""
    said = [*metadata, *(each for part in get_args(annotation) for each in getattr(part, "__metadata__", ()))]
    return any(isinstance(each, StringConstraints) and each.pattern == PATTERN for each in said)


def _of_rows(table: ExceptionTable) -> Iterator[tuple[str, str]]:
    names = [column.name for column in table.columns]
    for row in table.rows:
        currency = row[names.index("currency")] if "currency" in names else None
        for column, value in zip(table.columns, row, strict=True):
            if column.meaning == "money" and value is not None:
                yield value, str(currency)
