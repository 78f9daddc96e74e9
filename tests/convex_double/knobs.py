"""What can be set on the double, with the defaults of the open-source server."""

from dataclasses import dataclass

SECOND_NS = 10**9
DAY_NS = 86_400 * SECOND_NS
START_NS = 1_780_000_000 * SECOND_NS
"""When every deployment begins; no clock on the wall is ever read."""


@dataclass
class Knobs:
    """Limits and switches; tests make the limits tiny."""

    snapshot_page_rows: int = 1024
    delta_rows: int = 128
    sync_entries: int = 16_384
    sync_bytes: int = 64 * 2**20
    sync_log_rows: int = 32_768
    snapshot_age_ns: int = 5 * DAY_NS
    retention_ns: int = 14 * DAY_NS
    fresh_ns: int = 30 * SECOND_NS
    commit_ns: int = 10**6
    """How far one commit moves the clock."""
    polls_until_exported: int = 2
    """How many polls find a requested ZIP export unfinished."""
    export_ends: str = "completed"
    """How a requested ZIP export ends: `completed`, `failed` or `canceled`."""
    streaming_enabled: bool = True
    table_name_ignored: bool = False
    """Whether the legacy pair overlooks `tableName`, as servers from 2025-08 to 2026-03 did."""
