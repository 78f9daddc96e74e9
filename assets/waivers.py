"""Waivers: who answers for rows that break a rule, why, how many, and until when.

What goes in: the shape of a waiver, and reading the reviewed file that holds them. What stays out: whether the rule
it names exists, and which rows it matches (checks). A waiver is part of the configuration: it changes what is judged.

    [[waiver]]
    id = "test-wallets"                      # a name of its own
    rule = "projections_do_not_drift"
    where = { wallet_id = "test-%", currency = "EGP" }    # columns of the offender; % stands for any text
    owner = "finance@example.com"
    reason = "Test wallets of the load test in June."
    most = 12                                # rows it may match
    most_amount = { EGP = 50000 }            # minor units it may match, added up without their signs
    expires = 2026-03-31                     # the last day it stands
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, field_validator, model_validator

from assets.columns import Frozen
from assets.errors import MappingError

NAMED = {"wallet": "wallet_id", "transaction": "transaction_id", "user": "user_id"}
"""The short ways to name an offender, each with the column that holds its id."""
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NEEDED = {
    "owner": "who answers for it",
    "reason": "why it is waived",
    "most": "how many rows it may match",
    "expires": "the last day it stands",
}


def _said(text: str) -> str:
    if not text.strip():
        message = "is empty"
        raise ValueError(message)
    return text


def _day(value: object) -> object:
    """Take a day as TOML has it, or as `tieout config` prints it; a number or an instant is none."""
    if isinstance(value, str) and DAY.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    if not isinstance(value, date) or isinstance(value, datetime):
        message = f"is {value}, which is no day such as 2026-03-31"
        raise ValueError(message)  # noqa: TRY004 - pydantic turns this one into a sentence
    return value


Said = Annotated[str, AfterValidator(_said)]


class Waiver(Frozen):
    """Rows that break a rule and need not be mended before a day, and who says so."""

    id: Said
    """Its name; no other waiver has it."""
    rule: Said
    """The rule whose offenders it speaks of."""
    wallet: Said | None = None
    transaction: Said | None = None
    user: Said | None = None
    where: dict[str, str] = Field(default_factory=dict)
    """Columns of the offender, each with the text it must be; `%` stands for any text, and all of them must match."""
    owner: Said
    """Who answers for it."""
    reason: Said
    """Why these rows may stay as they are."""
    most: int = Field(ge=1)
    """How many rows it may match."""
    most_amount: dict[str, int] | None = None
    """How many minor units it may match by currency, added up without signs; a currency left out may have none."""
    expires: Annotated[date, BeforeValidator(_day)]
    """The last day it stands: the cut of the export must not be later."""

    @field_validator("most_amount")
    @classmethod
    def _is_an_amount(cls, most: dict[str, int] | None) -> dict[str, int] | None:
        if wrong := [currency for currency, amount in (most or {}).items() if amount < 0]:
            message = f"has an amount of {wrong[0]} below zero"
            raise ValueError(message)
        return most

    @model_validator(mode="after")
    def _says_which(self) -> "Waiver":
        if not (self.where or self.exact()):
            message = 'say which rows: wallet, transaction, user, or where = { wallet_id = "%" } for all'
            raise ValueError(message)
        return self

    def exact(self) -> dict[str, str]:
        """Return the columns that must be a text to the letter."""
        return {column: said for name, column in NAMED.items() if (said := getattr(self, name)) is not None}


def waivers_of(said: Any, path: Path) -> tuple[Waiver, ...]:  # noqa: ANN401 - any TOML
    """Return the waivers that a file's `[[waiver]]` tables say; raise MappingError for the first that is wrong."""
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        message = f"{path}: waivers stand in tables of their own, each under [[waiver]]."
        raise MappingError(message)
    waivers = tuple(_waiver(each, place, path) for place, each in enumerate(said, 1))
    names = [waiver.id for waiver in waivers]
    if twice := next((name for name in names if names.count(name) > 1), None):
        message = f"{path}: two waivers have the id {twice!r}; give each a name of its own."
        raise MappingError(message)
    return waivers


def waivers_in(text: Mapping[str, Any], path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of a whole file, which holds nothing else."""
    if strange := [key for key in text if key != "waiver"]:
        message = f"{path}: {strange[0]} is no key of a file of waivers; it holds [[waiver]] tables."
        raise MappingError(message)
    return waivers_of(text.get("waiver", []), path)


def _waiver(said: dict[str, Any], place: int, path: Path) -> Waiver:
    try:
        return Waiver.model_validate(said)
    except ValidationError as error:
        name = f"waiver {said['id']!r}" if said.get("id") else f"waiver {place}"
        raise MappingError(f"{path}: {name}: {_wrong(error)}") from error  # noqa: EM102, TRY003 - one sentence


def _wrong(error: ValidationError) -> str:
    """Say the first thing that is wrong with a waiver."""
    first = error.errors(include_url=False)[0]
    key = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"{key} is no key of a waiver; it knows {', '.join(Waiver.model_fields)}."
    if first["type"] == "missing":
        return f"{key} is missing{f': say {NEEDED[key]}' if key in NEEDED else ''}."
    said = str(first["msg"]).removeprefix("Value error, ")
    own = first["type"] == "value_error"
    return f"{key} {said}." if own and key else f"{key + ': ' if key else ''}{said[:1].lower() + said[1:]}."
