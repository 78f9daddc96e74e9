"""Everything an audit computes before causes, without a Dagster run."""

from pathlib import Path

from assets.audit import Audit
from assets.balances import compute_balances
from assets.drift import compute_drift
from assets.export import export_source
from assets.mapping import Mapping
from assets.movements import compute_months
from assets.sources.convex.snapshot_zip import ConvexZip
from assets.store import Home


def computed(home: Home, mapping: Mapping, snapshot: Path) -> Audit:
    """Export a snapshot, and return its audit with months, balances and drift."""
    with home.writing():
        made = export_source(home, mapping, ConvexZip(snapshot), lambda *_: None)
        audit = Audit(home, mapping, made)
        months = compute_months(home, made, mapping, lambda *_: None)
        audit.keep_months(months)
        balances = compute_balances(home, made, months[-1] if months else None)
        audit.keep("balances", balances)
        audit.keep("drift", compute_drift(home, made, balances))
    return audit
