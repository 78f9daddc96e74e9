"""How the tables and columns of a source are spelled, as frozen, checked data.

What goes in: names, types, units and zones of columns. What stays out: what rows mean (mapping), and reading them.
"""

from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator

from assets.promises import Meaning, Promise

Spelling = Literal["string", "uuid", "float64", "int64", "decimal", "boolean", "array", "timestamptz", "timestamp"]
SPELLINGS: dict[Meaning, frozenset[str]] = {
    "text": frozenset({"string", "uuid", "int64", "boolean"}),
    "money": frozenset({"float64", "int64", "decimal"}),
    "time": frozenset({"float64", "int64", "timestamptz", "timestamp"}),
    "flag": frozenset({"boolean", "string", "array"}),
    "integer": frozenset({"int64"}),
}
Unit = Literal["minor", "major", "s", "ms", "us", "ns"]
UNITS: dict[Meaning, frozenset[str]] = {
    "money": frozenset({"minor", "major"}),
    "time": frozenset({"s", "ms", "us", "ns"}),
}
EPOCHS = frozenset({"float64", "int64"})
"""Spellings of a time that count from 1970."""


class Frozen(BaseModel):
    """Data of the configuration: checked once, changed never."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Column(Frozen):
    """A column of the source, and how its values are to be read."""

    name: str = Field(min_length=1)
    """Its name at the source."""
    type: Spelling
    """How the source spells it."""
    unit: Unit | None = None
    """What a number counts: money is in minor units and times are milliseconds since 1970 unless said otherwise."""
    zone: str | None = None
    """The zone of a `timestamp`, which has none of its own."""
    contains: str | None = Field(default=None, min_length=1)
    """Of a flag that is spelled as a text or a list of texts: the text that sets it."""


class Table(Frozen):
    """A table of the source, and which of its columns are ours."""

    name: str = Field(min_length=1)
    component: str = ""
    """The Convex component it lives in; empty is the application itself. (A PostgreSQL schema is part of the name.)"""
    list: str | None = None
    """For user_balances: the field of the user's document that holds the entries; empty where each is a row."""
    columns: dict[str, Column | Literal[False]]

    @field_validator("list")
    @classmethod
    def _none_if_empty(cls, field: str | None) -> str | None:
        return field or None

    def present(self) -> dict[str, Column]:
        """Return the columns the source has, by our name."""
        return {ours: column for ours, column in self.columns.items() if column is not False}


@cache
def zones() -> frozenset[str]:
    """Return the zones that both engines know by name; asking the disk once is enough."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def check_columns(name: str, table: Table, promises: dict[str, Promise]) -> None:
    """Raise ValueError for a column that is not ours, is spelled as it cannot be, or is needed and not named."""
    for ours, column in table.columns.items():
        where = f"tables.{name}.columns.{ours}"
        if ours not in promises:
            message = f"{where} is no column of tieout; {name} has {', '.join(promises)}"
            raise ValueError(message)
        if column:
            _check_column(where, column, promises[ours].meaning)
    for ours, promise in promises.items():
        if promise.required and not table.columns.get(ours):
            message = f"tables.{name}.columns.{ours} is needed: say which column of the source it is"
            raise ValueError(message)


def _check_column(where: str, column: Column, meaning: Meaning) -> None:
    """Raise ValueError unless type, unit and zone say one thing together."""
    if column.type not in (allowed := SPELLINGS[meaning]):
        message = f"{where} is {column.type}, and can be {' or '.join(sorted(allowed))}"
        raise ValueError(message)
    units = UNITS.get(meaning, frozenset()) if meaning == "money" or column.type in EPOCHS else frozenset()
    if column.unit and column.unit not in units:
        message = f"{where}: unit {column.unit!r} is not for it; " + (
            f"it can be {' or '.join(sorted(units))}" if units else f"a {column.type} has none"
        )
        raise ValueError(message)
    if meaning == "money" and column.type == "decimal" and not column.unit:
        message = f"{where} is decimal: say unit = 'minor' or unit = 'major'"
        raise ValueError(message)
    if column.unit == "major" and column.type == "float64":
        message = f"{where}: a float64 cannot hold major units exactly; map a decimal or an integer"
        raise ValueError(message)
    if (meaning == "flag" and column.type != "boolean") != (column.contains is not None):
        message = f"{where}: a flag that is a string or an array says which text sets it: contains = 'admin'"
        raise ValueError(message)
    if (column.type == "timestamp") != (column.zone is not None):
        message = f"{where}: a timestamp needs its zone, such as zone = 'UTC', and no other type has one"
        raise ValueError(message)
    if column.zone and column.zone not in zones():
        message = f"{where}: {column.zone!r} is no IANA time zone such as 'UTC' or 'Africa/Cairo'"
        raise ValueError(message)
