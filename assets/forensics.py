"""Which adjustments to read first: flags that journal-entry testing looks for, and a score of their weights.

What goes in: the flags, what each needs of a source, and the one query. What stays out: a verdict; a flag is a reason
to look, and no finding. A flag whose input the source does not have is null, weighs nothing, and that is said.
"""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from assets.audit import Audit
from assets.configuration import configuration_tables
from assets.engines import View, duckdb_engine
from assets.flags import DAYS, FLAGS
from assets.mapping import Mapping
from assets.schemas import TABLES

SQL = (Path(__file__).parent / "sql" / "adjustment_flags.sql").read_text()
REASON, CREATOR = ("transactions.description",), ("transactions.created_by",)
ADMINS = ("transactions.created_by", "users.is_admin")
OWNERS = ("transactions.created_by", "wallets.user_id", "users.user_id")
NEEDS = {
    "no_reason": REASON,
    "short_reason": REASON,
    "consistent_ending": CREATOR,
    "rare_preparer": CREATOR,
    "own_wallet": OWNERS,
    "reversal_of_own": CREATOR,
    "split_amount": CREATOR,
    "not_an_admin": ADMINS,
}
"""What a source must have for a flag, where it is more than every source has."""
NO_APPROVER = "Whether it was approved, by another than its preparer, or kept just below a limit: no source tells that."


@dataclass(frozen=True)
class Flag:
    """One flag as the configuration has it."""

    name: str
    meaning: str
    weight: int
    missing: str | None
    """What the source does not have, so that the flag says nothing."""


def flags_of(mapping: Mapping) -> list[Flag]:
    """Return the flags in their order, with weights, and what is missing for each."""
    begins, ends = mapping.forensics.working_hours
    weekend = " or ".join(mapping.forensics.weekend) or "no day"
    return [
        Flag(
            name,
            meaning.format(begins=begins, ends=ends, zone=mapping.zone, weekend=weekend),
            getattr(mapping.forensics.weights, name),
            _missing(mapping, name),
        )
        for name, meaning in FLAGS.items()
    ]


def compute_flags(audit: Audit) -> pa.Table:
    """Return every adjustment with its flags, the highest score first."""
    known = audit.home.views(audit.export)
    views: dict[str, View] = {
        "transactions": known["transactions"],
        "wallets": known["wallets"],
        "creators": audit.view("creators"),
        **configured(audit.mapping),
    }
    with audit.home.workshop() as spill, duckdb_engine(views, spill) as query:
        found = query(SQL).cast(TABLES["adjustment_flags"])
    for flag in flags_of(audit.mapping):
        if flag.missing:
            place = found.schema.get_field_index(flag.name)
            found = found.set_column(place, found.schema.field(place), pa.nulls(found.num_rows, pa.int64()))
    return found


def configured(mapping: Mapping) -> dict[str, pa.Table]:
    """Return the configuration of the flags as SQL sees it; what cannot be told weighs nothing."""
    forensics, text = mapping.forensics, pa.string()
    begins, ends = forensics.working_hours
    units = {currency: str(10 ** (decimals + 3)) for currency, decimals in mapping.currencies.items()}
    return {
        "settings": configuration_tables(mapping)["settings"],
        "asked": pa.table({"zone": [mapping.zone], "work_begins": [begins], "work_ends": [ends]}),
        "weekend": pa.table({"day": pa.array([DAYS.index(day) + 1 for day in forensics.weekend], pa.int64())}),
        "round_units": pa.table({"currency": pa.array(units.keys(), text), "unit": pa.array(units.values(), text)}),
        "weights": pa.table({flag.name: [0 if flag.missing else flag.weight] for flag in flags_of(mapping)}),
    }


def _missing(mapping: Mapping, flag: str) -> str | None:
    return next((need for need in NEEDS.get(flag, ()) if not mapping.has(need)), None)
