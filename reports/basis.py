"""What counts as money and what counts as wrong, as frozen, typed data: the policy a report rests on.

What goes in: kinds, statuses, currencies and settings as configured. What stays out: what was found under them.
"""

from reports.base import Part


class Kind(Part):
    """How the configuration sees one kind of transaction."""

    kind: str
    """The kind: the type, corrected where the configuration says so."""
    sign: str
    """credit, debit or either."""
    flow: str
    """external, transfer or escrow."""


class Currency(Part):
    """A currency the configuration knows."""

    currency: str
    """Its code."""
    decimals: int
    """How many decimals its major unit has; 2 means that 100 minor units are 1.00."""


class Setting(Part):
    """A setting of the rules."""

    name: str
    """Its name in the configuration."""
    value: str
    """Its value, as JSON writes it."""


class BasisOfReport(Part):
    """What counts as money, and what counts as wrong."""

    settled: tuple[str, ...]
    """Statuses whose transactions make up the ledger."""
    unsettled: tuple[str, ...]
    """Statuses that are known and kept apart."""
    kinds: tuple[Kind, ...]
    """The sign and flow policy."""
    drift_tolerance: int
    """The smallest absolute drift, in minor units, that is a finding."""
    currencies: tuple[Currency, ...]
    """The currencies and their decimals; amounts of any other are shown in minor units."""
    absent_tables: tuple[str, ...]
    """Tables that, says the configuration, this source does not have."""
    settings: tuple[Setting, ...]
    """The settings of the rules, by name."""

    @property
    def decimals(self) -> dict[str, int]:
        """How many decimals each configured currency has."""
        return {each.currency: each.decimals for each in self.currencies}
