"""The configuration as SQL sees it: a text has no parameters, so what it compares with comes as tables."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from assets.mapping import Mapping

SETTINGS: dict[str, pa.DataType] = {
    "drift_tolerance": pa.int64(),
    "median_multiple": pa.int64(),
    "repeat_seconds": pa.int64(),
    "stale_escrow_days": pa.int64(),
    "escrow_pool": pa.string(),
    "escrow_fee_recorded": pa.bool_(),
    "reason_characters": pa.int64(),
    "reason_words": pa.int64(),
    "freshness_seconds": pa.int64(),
    "date_grace": pa.int64(),
    "transfer_legs": pa.int64(),
    "shared_transfer_keys": pa.bool_(),
    "one_projection_per_wallet": pa.bool_(),
    "expected_interval_minutes": pa.int64(),
}
"""The settings of the rules that are one value each, by the names they have in the configuration."""


CONFIGURED = (
    "currencies",
    "kinds",
    "types",
    "statuses",
    "mutable_statuses",
    "system_wallets",
    "largest_amounts",
    "authorised_creators",
    "settings",
)
"""The tables of the configuration."""


def configuration_tables(mapping: Mapping) -> dict[str, pa.Table]:
    """Return the configuration as SQL sees it: currencies, kinds, types, statuses and the rest."""
    rules, text = mapping.rules, pa.string()
    types = [(type_, kind) for kind, policy in mapping.kinds.items() for type_ in policy.types]
    statuses = [(s, True) for s in mapping.statuses.settled] + [(s, False) for s in mapping.statuses.unsettled]
    return {
        "currencies": _table({"currency": text, "decimals": pa.int64()}, mapping.currencies.items()),
        "kinds": _table(
            {"kind": text, "sign": text, "flow": text},
            [(kind, policy.sign, policy.flow) for kind, policy in mapping.kinds.items()],
        ),
        "types": _table({"type": text, "kind": text}, types),
        "statuses": _table({"status": text, "settled": pa.bool_()}, statuses),
        "mutable_statuses": _table(
            {"status_before": text, "status_after": text},
            [(before, after) for before, every in rules.mutable_statuses.items() for after in every],
        ),
        "system_wallets": _table({"wallet_id": text}, [(wallet,) for wallet in rules.system_wallets]),
        "largest_amounts": _table({"currency": text, "largest": pa.int64()}, rules.largest_amounts.items()),
        "authorised_creators": _table(
            {"pattern": text}, [(_escaped(pattern),) for pattern in mapping.creators.authorised]
        ),
        "settings": _table(SETTINGS, [tuple(getattr(rules, name) for name in SETTINGS)]),
    }


def _escaped(pattern: str) -> str:
    """Return a pattern for LIKE in which only % stands for any text."""
    return pattern.replace("\\", "\\\\").replace("_", "\\_")


def _table(columns: dict[str, pa.DataType], rows: Iterable[tuple[Any, ...]]) -> pa.Table:
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table(
        {name: pa.array(values[i], kind) for i, (name, kind) in enumerate(columns.items())},
    )
