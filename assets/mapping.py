"""How a source's tables, columns, types and signs become ours, as frozen, checked data.

What goes in: the shape of `tieout.toml` and the digests that name a mapping. What stays out: finding,
merging and explaining the file (mapping_file), and reading the source (sources).
"""

import hashlib
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from assets.addresses import refuse_password
from assets.columns import Frozen, Table, check_columns, zones
from assets.flags import Forensics
from assets.promises import MAPPED
from assets.waivers import Waiver

Name = Annotated[str, Field(min_length=1)]
"""A text of the source or of ours that names something."""
UNJUDGED = ("source", "connection", "keep", "retention")
"""What no figure depends on."""


class Kind(Frozen):
    """What a transaction is, with the sign its amount must have and where its money goes."""

    types: tuple[Name, ...] = Field(strict=False)
    sign: Literal["credit", "debit", "either"]
    flow: Literal["external", "transfer", "escrow", "escrow_if_positive", "escrow_if_held"]


class Correction(Frozen):
    """Rows whose type says less than their key, description or author; `%` stands for any text."""

    kind: str
    types: tuple[Name, ...] = Field(strict=False, min_length=1)
    idempotency_key: str | None = None
    description: str | None = None
    created_by: str | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "Correction":
        if not (self.idempotency_key or self.description or self.created_by):
            message = "a correction says when it applies: idempotency_key, description or created_by"
            raise ValueError(message)
        return self


class Statuses(Frozen):
    """The statuses a row may have; a row without one is settled."""

    settled: tuple[Name, ...] = Field(strict=False)
    unsettled: tuple[Name, ...] = Field(strict=False)

    @model_validator(mode="after")
    def _apart(self) -> "Statuses":
        if both := sorted(set(self.settled) & set(self.unsettled)):
            message = f"status {both[0]!r} is listed as settled and as unsettled"
            raise ValueError(message)
        return self


class Creators(Frozen):
    """Who may write rows beside the users themselves."""

    authorised: tuple[Name, ...] = Field(strict=False)


class RuleSettings(Frozen):
    """What the rules compare with."""

    drift_tolerance: int = Field(ge=1, le=2**63 - 1)
    """Minor units; absolute drift must stay under it."""
    largest_amounts: dict[Name, Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(strict=False)
    """The largest absolute amount of a transaction in minor units, by currency; a currency without one has none."""
    median_multiple: int = Field(ge=0, le=10**6)
    """No amount is over so many times the median of its wallet; 0 is not asked."""
    repeat_seconds: int = Field(ge=0, le=86_400)
    """Like rows of a wallet within so many seconds are a repetition; 0 is not asked."""
    stale_escrow_days: int = Field(ge=1, le=36_500)
    """No escrow is open for longer."""
    escrow_pool: str = Field(min_length=1)
    """The wallet that holds what is in escrow, or "implicit" where none does."""
    escrow_fee_recorded: bool
    """Whether fees are rows of their own; otherwise a payout closes its escrow, and what is left is revenue."""
    reason_characters: int = Field(ge=0, le=10_000)
    """Characters that the reason of an adjustment has at least."""
    reason_words: int = Field(ge=0, le=10_000)
    """Words that the reason of an adjustment has at least."""
    freshness_seconds: int = Field(ge=0, le=2**31)
    """Seconds by which a projection may be younger than the last row of its wallet."""
    date_grace: int = Field(ge=0, le=2**31)
    """Seconds by which a row may be dated after the cut, or apart from the source's own time of its creation."""
    transfer_legs: int = Field(ge=0, le=2**63 - 1)
    """Legs of a transfer; 0 means two or more."""
    shared_transfer_keys: bool
    """Whether the legs of one transfer may share one idempotency key."""
    one_projection_per_wallet: bool
    """Whether the application reads projections by wallet alone."""
    system_wallets: tuple[Name, ...] = Field(strict=False)
    """Wallets that may be below zero."""
    expect_kinds: tuple[Name, ...] = Field(strict=False)
    """Kinds this ledger must have."""
    backdating_grace: int = Field(ge=0, le=2**31)
    """Seconds by which a new row may be older than the cut before: a row is dated when its writing begins."""
    expected_interval_minutes: int = Field(ge=0, le=10**6)
    """Minutes within which a reconciliation is expected to end after the one before; 0 is not asked."""
    mutable_statuses: dict[str, tuple[str, ...]] = Field(strict=False)
    """Statuses a row may leave, each with those it may become; every other change of a row breaks the ledger."""

    @field_validator("transfer_legs")
    @classmethod
    def _is_no_single_leg(cls, legs: int) -> int:
        if legs == 1:
            message = "a transfer has two legs or more; 0 asks for no number of them"
            raise ValueError(message)
        return legs


class Connection(Frozen):
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


class Keep(Frozen):
    """Which exports stay: the newest, the last of each day and the last of each month."""

    days: int = Field(default=90, ge=0)
    """For how many days before the newest cut the last export of each day stays."""
    months: int = Field(default=0, ge=0)
    """For how many months the last export of each month stays; 0 is for ever."""


class RetentionClass(Frozen):
    """How long sealed months of a class are kept, counted from the month's end."""

    years: int = Field(default=7, ge=0, le=1_000)
    days: int = Field(default=90, ge=0, le=36_500)
    """Days beyond the years, so that no year's audit ends without its evidence."""


class Retention(Frozen):
    """How long sealed months are kept."""

    sealed_as: str = "ledger"
    """The class that months are sealed in from now on."""
    classes: dict[str, RetentionClass] = Field(default_factory=lambda: {"ledger": RetentionClass()})

    @model_validator(mode="after")
    def _knows_its_class(self) -> "Retention":
        if self.sealed_as not in self.classes:
            message = f"sealed_as is {self.sealed_as!r}, which is not among retention.classes"
            raise ValueError(message)
        return self


class Mapping(Frozen):
    """The whole of `tieout.toml`: where a ledger lives and what its values mean."""

    entity: str = Field(min_length=1)
    """Whose ledger it is, as reports call it."""
    zone: str
    """The time zone in which months begin and end."""
    source: str | None = None
    """What the schedules audit: a path, relative to the file it stands in, or a URL without a password."""
    connection: Connection = Connection()
    keep: Keep = Keep()
    retention: Retention = Retention()
    tables: dict[str, Table | Literal[False]]
    currencies: dict[Name, int]
    statuses: Statuses
    kinds: dict[str, Kind]
    corrections: tuple[Correction, ...] = Field(strict=False)
    creators: Creators
    rules: RuleSettings
    waivers: tuple[Waiver, ...] = Field(default=(), strict=False)
    """Offenders that need not be mended yet, read from the file that is named here."""
    forensics: Forensics

    @field_validator("source")
    @classmethod
    def _holds_no_password(cls, source: str | None) -> str | None:
        if source:
            refuse_password(source)
        return source

    @field_validator("zone")
    @classmethod
    def _is_a_zone(cls, zone: str) -> str:
        if zone not in zones():
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
                check_columns(name, table, MAPPED[name])
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


def _plain(mapping: Mapping) -> dict[str, Any]:
    return mapping.model_dump(mode="json")


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
