"""How one value looks on the page: amounts, counts, ids, and the rows of exceptions.

What goes in: escaping and the marks that line figures up. What stays out: the page around them (html).
"""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from reports.evidence import ExceptionTable
from reports.wording import amount, visible


def amount_filters(decimals: Mapping[str, int]) -> dict[str, Any]:
    """Make the template filters that must know how many decimals each currency has."""

    def money(minor: str, currency: str | None) -> Markup:
        text = amount(minor, decimals.get(currency or ""))
        written = Markup(text.replace(" minor", ' <span class="minor">minor</span>'))  # noqa: S704 - digits only
        return written if text.startswith("(") else Markup('<span class="n">{}</span>').format(written)

    def code(currency: str) -> Markup:
        known = "" if currency in decimals else Markup(' <span class="minor">not configured</span>')
        return Markup("<bdi>{}</bdi>{}").format(visible(currency), known)

    def exception_rows(table: ExceptionTable) -> Markup:
        names = [column.name for column in table.columns]
        beside = names.index("currency") if "currency" in names else None
        return Markup("").join(
            Markup("<tr>{}</tr>").format(
                Markup("").join(
                    _cell(value, column.meaning, money, None if beside is None else row[beside])
                    for value, column in zip(row, table.columns, strict=True)
                )
            )
            for row in table.rows
        )

    return {"money": money, "currency": code, "exception_rows": exception_rows}


def _cell(value: str | None, meaning: str, money: Any, currency: str | None) -> Markup:  # noqa: ANN401 - a filter
    classes = {"money": ' class="num"', "number": ' class="num"', "time": ' class="time"'}
    if value is None:
        inside = Markup('<span class="nil" title="no value">&#8211;</span>')
    elif meaning == "money":
        inside = money(value, currency)
    elif meaning == "number":
        inside = whole(int(value))
    else:
        inside = escape(value.replace("T", " ").replace("Z", " UTC")) if meaning == "time" else identifier(value)
    return Markup("<td{}>{}</td>").format(Markup(classes.get(meaning, "")), inside)  # noqa: S704 - one of the constants above


def whole(number: int) -> Markup:
    """Write a count, grouped."""
    return Markup('<span class="c">{}</span>').format(f"{number:,}")


def identifier(text: str) -> Markup:
    """Write an id so that it wraps, keeps its own direction of writing, and hides no character."""
    return Markup('<bdi class="id">{}</bdi>').format(visible(text))
