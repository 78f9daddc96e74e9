"""What became of the exceptions of an audit, for whoever tells of it.

What goes in: reading the register, where the audit came so far. What stays out: computing it (checks/exceptions).
"""

from typing import Any

from assets.exceptions import STATES, register_of, roll_forward
from pipelines.audit import Audited


def life_of(audited: Audited) -> dict[str, Any] | None:
    """Return the count of each state, the file, and how each rule rolled forward; nothing where nothing was judged."""
    if audited.failure or any(each.severity == "gate" and each.result != "held" for each in audited.outcomes):
        return None
    rolled = roll_forward(audited.audit)
    names = dict(zip(STATES, ("new", "persisting", "waived", "closed"), strict=True))
    counts = {state: sum(rule[name] for rule in rolled) for state, name in names.items()}
    return {**counts, "rows": str(register_of(audited.audit)), "rules": rolled}
