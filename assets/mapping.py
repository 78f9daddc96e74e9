"""How a source's tables, columns, types and signs become ours, as frozen, checked data.

What goes in: the shape of `tieout.toml` and the digests that name a mapping. What stays out: finding,
merging and explaining the file (mapping_file), and reading the source (sources).
"""

import hashlib
import json
from datetime import datetime
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from assets.addresses import refuse_password
from assets.schemas import MAPPED, Meaning, Promise

Spelling = Literal["string", "uuid", "float64", "int64", "decimal", "boolean", "timestamptz", "timestamp"]
SPELLINGS: dict[Meaning, frozenset[str]] = {
    "text": frozenset({"string", "uuid", "int64"}),
    "money": frozenset({"float64", "int64", "decimal"}),
    "time": frozenset({"float64", "int64", "timestamptz", "timestamp"}),
    "flag": frozenset({"boolean"}),
    "integer": frozenset({"int64"}),
}
Unit = Literal["minor", "major", "s", "ms", "us", "ns"]
UNITS: dict[Meaning, frozenset[str]] = {
    "money": frozenset({"minor", "major"}),
    "time": frozenset({"s", "ms", "us", "ns"}),
}
UNJUDGED = ("source", "connection", "keep")
"""What no figure depends on."""
EPOCHS = frozenset({"float64", "int64"})
"""Spellings of a time that count from 1970."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)


class Column(_Frozen):
    """A column of the source, and how its values are to be read."""

    name: str = Field(min_length=1)
    """Its name at the source."""
    type: Spelling
    """How the source spells it."""
    unit: Unit | None = None
    """What a number counts: money is in minor units and times are milliseconds since 1970 unless said otherwise."""
    zone: str | None = None
    """The zone of a `timestamp`, which has none of its own."""


class Table(_Frozen):
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


class Kind(_Frozen):
    """What a transaction is, with the sign its amount must have and where its money goes."""

    types: tuple[str, ...] = Field(strict=False)
    sign: Literal["credit", "debit", "either"]
    flow: Literal["external", "transfer", "escrow", "escrow_if_positive", "escrow_if_held"]


class Correction(_Frozen):
    """Rows whose type says less than their key, description or author; `%` stands for any text."""

    kind: str
    types: tuple[str, ...] = Field(strict=False, min_length=1)
    idempotency_key: str | None = None
    description: str | None = None
    created_by: str | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "Correction":
        if not (self.idempotency_key or self.description or self.created_by):
            message = "a correction says when it applies: idempotency_key, description or created_by"
            raise ValueError(message)
        return self


class Statuses(_Frozen):
    """The statuses a row may have; a row without one is settled."""

    settled: tuple[str, ...] = Field(strict=False)
    unsettled: tuple[str, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _apart(self) -> "Statuses":
        if both := sorted(set(self.settled) & set(self.unsettled)):
            message = f"status {both[0]!r} is listed as settled and as unsettled"
            raise ValueError(message)
        return self


class Creators(_Frozen):
    """Who may write rows beside the users themselves."""

    authorised: tuple[str, ...] = Field(strict=False)


class RuleSettings(_Frozen):
    """What the rules compare with."""

    drift_tolerance: int = Field(ge=1, le=2**63 - 1)
    """Minor units; absolute drift must stay under it."""
    transfer_legs: int = Field(ge=0, le=2**63 - 1)
    """Legs of a transfer; 0 means two or more."""
    shared_transfer_keys: bool
    """Whether the legs of one transfer may share one idempotency key."""
    one_projection_per_wallet: bool
    """Whether the application reads projections by wallet alone."""
    system_wallets: tuple[str, ...] = Field(strict=False)
    """Wallets that may be below zero."""
    expect_kinds: tuple[str, ...] = Field(strict=False)
    """Kinds this ledger must have."""
    backdating_grace: int = Field(ge=0, le=2**31)
    """Seconds by which a new row may be older than the cut before: a row is dated when its writing begins."""
    mutable_statuses: dict[str, tuple[str, ...]] = Field(strict=False)
    """Statuses a row may leave, each with those it may become; every other change of a row breaks the ledger."""


class Connection(_Frozen):
    """How a source is reached. It is part of no digest, and holds no secret itself."""

    interface: Literal["auto", "sync", "legacy", "zip"] = "auto"
    """Which of Convex's interfaces is read; auto takes the first that the deployment offers."""
    deploy_key_file: str | None = None
    """The file of the Convex deploy key; without it the environment variable CONVEX_DEPLOY_KEY."""
    password_file: str | None = None
    """The file of the PostgreSQL password; without it PGPASSWORD or PGPASSFILE."""
    readers: int = Field(default=2, ge=1, le=16)
    """How many connections read PostgreSQL at once, all in one snapshot."""
    cut: datetime | None = Field(default=None, strict=False)
    """The instant that loose files show, which only their owner can declare."""

    @field_validator("cut")
    @classmethod
    def _has_a_zone(cls, cut: datetime | None) -> datetime | None:
        if cut and cut.tzinfo is None:
            message = "the cut needs a zone, such as 2025-06-30T23:59:59Z"
            raise ValueError(message)
        return cut


class Keep(_Frozen):
    """Which exports stay: the newest, the last of each day and the last of each month."""

    days: int = Field(default=90, ge=0)
    """For how many days before the newest cut the last export of each day stays."""
    months: int = Field(default=0, ge=0)
    """For how many months the last export of each month stays; 0 is for ever."""


class Mapping(_Frozen):
    """The whole of `tieout.toml`: where a ledger lives and what its values mean."""

    entity: str = Field(min_length=1)
    """Whose ledger it is, as reports call it."""
    zone: str
    """The time zone in which months begin and end."""
    source: str | None = None
    """What the schedules audit: a path, relative to the file it stands in, or a URL without a password."""
    connection: Connection = Connection()
    keep: Keep = Keep()
    tables: dict[str, Table | Literal[False]]
    currencies: dict[str, int]
    statuses: Statuses
    kinds: dict[str, Kind]
    corrections: tuple[Correction, ...] = Field(strict=False)
    creators: Creators
    rules: RuleSettings

    @field_validator("source")
    @classmethod
    def _holds_no_password(cls, source: str | None) -> str | None:
        if source and "://" in source:
            refuse_password(source)
        return source

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in _zones():
            message = f"{zone!r} is no IANA time zone such as 'UTC' or 'Africa/Cairo'"
            raise ValueError(message)
        return zone

    @field_validator("currencies")
    @classmethod
    def _have_decimals(cls, currencies: dict[str, int]) -> dict[str, int]:
        for currency, decimals in currencies.items():
            if not 0 <= decimals <= 18:  # noqa: PLR2004 - int64 holds 18 whole decimals
                message = f"currency {currency} has {decimals} decimals; 0 to 18 are possible"
                raise ValueError(message)
        return currencies

    @model_validator(mode="after")
    def _tables_are_ours(self) -> "Mapping":
        for name in ("transactions", "wallets"):
            if not self.tables.get(name):
                message = f"tables.{name} is needed: there is no audit without it"
                raise ValueError(message)
        for name, table in self.tables.items():
            if name not in MAPPED:
                message = f"tables.{name} is no table of tieout; it knows {', '.join(MAPPED)}"
                raise ValueError(message)
            if table:
                _check_columns(name, table, MAPPED[name])
        return self

    @model_validator(mode="after")
    def _kinds_are_unambiguous(self) -> "Mapping":
        kind_of: dict[str, str] = {}
        for kind, policy in self.kinds.items():
            for type_ in policy.types:
                if kind_of.setdefault(type_, kind) != kind:
                    message = f"type {type_!r} is listed for kind {kind_of[type_]} and for kind {kind}"
                    raise ValueError(message)
        corrected = [(f"corrections.{place}", each.kind) for place, each in enumerate(self.corrections)]
        for where, wanted in (*corrected, *(("rules.expect_kinds", kind) for kind in self.rules.expect_kinds)):
            if wanted not in self.kinds:
                message = f"{where} names kind {wanted!r}, which is not among [kinds] (say 'corrections = []' for none)"
                raise ValueError(message)
        return self

    def present(self) -> dict[str, Table]:
        """Return the tables the source has, by our name."""
        return {name: table for name, table in self.tables.items() if table is not False}

    def has(self, need: str) -> bool:
        """Tell whether the source has `table` or `table.column`."""
        name, _, column = need.partition(".")
        table = self.tables.get(name)
        return bool(table) and (not column or bool(table.columns.get(column)))  # type: ignore[union-attr]

    def time_zone(self) -> ZoneInfo:
        """Return the zone in which months begin and end."""
        return ZoneInfo(self.zone)

    def identity(self) -> str:
        """Digest of where the ledger lives: what a home belongs to."""
        return _digest({"tables": _plain(self)["tables"], "entity": self.entity})

    def export_digest(self) -> str:
        """Digest of everything an export depends on."""
        plain, keys = _plain(self), ["tables", "zone", "statuses", "kinds", "corrections"]
        columns = [column for table in self.present().values() for column in table.present().values()]
        keys += ["currencies"] if any(column.unit == "major" for column in columns) else []
        return _digest({key: plain[key] for key in keys})

    def digest(self) -> str:
        """Digest of the whole configuration, but for where the source is, how it is reached and what is kept."""
        return _digest({key: value for key, value in _plain(self).items() if key not in UNJUDGED})


@cache
def _zones() -> frozenset[str]:
    """Return the zones that both engines know by name; asking the disk once is enough."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _check_columns(name: str, table: Table, promises: dict[str, Promise]) -> None:
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
    if (column.type == "timestamp") != (column.zone is not None):
        message = f"{where}: a timestamp needs its zone, such as zone = 'UTC', and no other type has one"
        raise ValueError(message)
    if column.zone and column.zone not in _zones():
        message = f"{where}: {column.zone!r} is no IANA time zone such as 'UTC' or 'Africa/Cairo'"
        raise ValueError(message)


def _plain(mapping: Mapping) -> dict[str, Any]:
    return mapping.model_dump(mode="json")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
