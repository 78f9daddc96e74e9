"""What every part of the report model shares: frozen, closed, documented by the strings under its fields.

What goes in: the base class, value types, and an amount beside its currency. What stays out: the parts themselves.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

MinorUnits = Annotated[str, StringConstraints(pattern=r"^(0|-?[1-9][0-9]*)$")]
"""A signed whole number of minor units, as text, so that no reader turns it into a float."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 in hexadecimal."""

Severity = Literal["gate", "error", "warning"]
Scope = Literal["month", "closing", "cut"]
Result = Literal["held", "broken", "not verified", "not applicable"]
Word = Literal["CLEAN", "BROKEN", "NOT VERIFIED"]


class Part(BaseModel):
    """A part of the report: unknown fields are refused, values are never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Amount(Part):
    """An amount of one currency."""

    currency: str
    """The currency."""
    amount: MinorUnits
    """Minor units, added up without their signs."""
