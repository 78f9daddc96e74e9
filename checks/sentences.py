"""A failure is a sentence with both figures and the difference.

What goes in: amounts in words of their currency. What stays out: what the sentences say (rules).
"""

import string
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

IRREGULAR = {"currency": "currencies"}


def counted(number: int, noun: str) -> str:
    """Write a number with its noun in the right form: 1 rule, 2 rules."""
    return f"{number:,} {noun if number == 1 else IRREGULAR.get(noun, noun + 's')}"


def _instant(value: datetime) -> str:
    """Tell an instant to the second, or as finely as it needs: two that differ must not read alike."""
    fraction = f".{value:%f}".rstrip("0") if value.microsecond else ""
    return f"{value:%Y-%m-%d %H:%M:%S}{fraction} UTC"


TOLD: dict[str, Callable[[Any], str]] = {
    "named": lambda value: f" of {value}",
    "count": lambda value: f"{value:,}",
    "instant": _instant,
    "changed": lambda value: f" ({value} changed)",
    "rows": lambda value: counted(value, "transaction"),
    "affected": lambda value: counted(value, "row"),
    "which": lambda value: f" {value}",
    "words": lambda value: value.replace("_", " "),
    "at": lambda value: f" at {value:%Y-%m-%d %H:%M:%S} UTC",
    "sealed": lambda value: f", as sealed in {value}",
    "added": lambda value: f", {value:,} added" if value else "",
    "removed": lambda value: f", {value:,} removed" if value else "",
    "altered": lambda value: f", {value:,} changed" if value else "",
    "because": lambda value: f"; which ones cannot be told, {value}",
    "together": lambda value: f"; {value:,} such rows were created at one moment",
}
"""Values that are no money, in words."""


class Teller(string.Formatter):
    """Formats the columns of an offender: `:money`, `:size`, `:way`, `:recorded`, `:apart`, and those of TOLD."""

    def __init__(self, decimals: Mapping[str, int]) -> None:
        """Take the decimals of each currency; an unknown one is told in minor units."""
        super().__init__()
        self._decimals = decimals

    def tell(self, sentence: str, offender: Mapping[str, Any]) -> str:
        """Return the sentence about this offender."""
        self._currency = offender.get("currency") or ""
        return self.vformat(sentence, (), offender)

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - whatever a column holds
        """Format one column; a value that is not there is said as such, or not at all."""
        if not format_spec:
            return "" if value is None else str(value)
        if value is None or value == "":
            return {"money": "nothing", "count": "no"}.get(format_spec, "")
        if format_spec in TOLD:
            return TOLD[format_spec](value)
        minor = int(value)
        told = {
            "money": self._money(minor),
            "size": self._money(abs(minor)),
            "way": "much" if minor > 0 else "little",
            "recorded": f", recorded is {self._money(minor)}",
            "apart": f", and its two sides are {self._money(abs(minor))} apart",
        }
        return told[format_spec]

    def _money(self, minor: int) -> str:
        decimals = self._decimals.get(self._currency)
        if decimals is None:
            return f"{minor:,} minor units of {self._currency}"
        return f"{major(minor, decimals)} {self._currency}"


def major(minor: int, decimals: int) -> str:
    """Write minor units in major ones, exactly, with grouped digits and a leading minus."""
    return f"{Decimal(minor).scaleb(-decimals):,.{decimals}f}"
