"""What may be unusual about an adjustment: the flags in words, and the section of the configuration that weighs them.

What stays out: finding them (forensics).
"""

from typing import Literal, get_args

from pydantic import Field, field_validator

from assets.columns import Frozen

Day = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAYS: tuple[str, ...] = get_args(Day)
FLAGS = {
    "no_reason": "It gives no reason.",
    "short_reason": "Its reason is shorter than the configuration asks for.",
    "round_amount": "It is a whole number of thousands.",
    "consistent_ending": "Three or more of its preparer end in the same three digits, other than zeros.",
    "off_hours": "It was made outside working hours, {begins}:00 to {ends}:00 ({zone}).",
    "weekend": "It was made at the weekend: {weekend}.",
    "month_edge": "It was made on the first or last two days of a month.",
    "rare_preparer": "Its preparer made fewer than 2 % of all adjustments.",
    "dormant_wallet": "Nothing else moved in its wallet in the 90 days before.",
    "own_wallet": "Its preparer owns the wallet.",
    "reversal_of_own": "It takes back an adjustment of the same preparer in that wallet, of the 30 days before.",
    "split_amount": "It is one of three or more of its preparer in that wallet within 24 hours.",
    "not_an_admin": "Its preparer is no admin.",
}
"""What may be unusual about an adjustment, and what each flag means, with the hours and days of the configuration."""


class FlagWeights(Frozen):
    """How much each flag of an adjustment weighs; 0 leaves it out of the score."""

    no_reason: int = Field(ge=0, le=1000)
    short_reason: int = Field(ge=0, le=1000)
    round_amount: int = Field(ge=0, le=1000)
    consistent_ending: int = Field(ge=0, le=1000)
    off_hours: int = Field(ge=0, le=1000)
    weekend: int = Field(ge=0, le=1000)
    month_edge: int = Field(ge=0, le=1000)
    rare_preparer: int = Field(ge=0, le=1000)
    dormant_wallet: int = Field(ge=0, le=1000)
    own_wallet: int = Field(ge=0, le=1000)
    reversal_of_own: int = Field(ge=0, le=1000)
    split_amount: int = Field(ge=0, le=1000)
    not_an_admin: int = Field(ge=0, le=1000)


class Forensics(Frozen):
    """What makes an adjustment worth reading first."""

    working_hours: tuple[int, int] = Field(strict=False)
    """The local hours in which work begins and ends; the last is not part of it."""
    weekend: tuple[Day, ...] = Field(strict=False)
    """The days on which nobody is expected to work."""
    weights: FlagWeights

    @field_validator("working_hours")
    @classmethod
    def _are_hours_of_a_day(cls, hours: tuple[int, int]) -> tuple[int, int]:
        if not 0 <= hours[0] < hours[1] <= 24:  # noqa: PLR2004 - hours of a day
            message = f"{list(hours)} are no hours such as [8, 18]: work begins before it ends"
            raise ValueError(message)
        return hours
