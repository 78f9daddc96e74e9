"""How the report writes numbers, months, instants and rule names in words.

What goes in: pure functions from values to text. What stays out: sentences about findings (narrative).
"""

import unicodedata
from datetime import UTC, date, datetime, timedelta

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def amount(minor: str | int, decimals: int | None) -> str:
    """Write minor units as a grouped amount in major units, negatives in brackets; as they are for None."""
    units = int(minor)
    digits = str(abs(units)).rjust((decimals or 0) + 1, "0")
    whole, fraction = (digits[:-decimals], "." + digits[-decimals:]) if decimals else (digits, "")
    text = f"{int(whole):,}{fraction}" + (" minor" if decimals is None else "")
    return f"({text})" if units < 0 else text


def listed(items: list[str]) -> str:
    """Items as prose: a, b and c."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def month_name(month: str) -> str:
    """2025-07 as July 2025."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def month_bounds(month: str) -> tuple[date, date]:
    """Find the first day of a month and of the next one."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, 1), date(year + number // 12, number % 12 + 1, 1)


def day(value: date) -> str:
    """Write a day in words: 31 July 2025."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def day_before(end: str) -> str:
    """Name the last day before an excluded end, in words."""
    return day(date.fromisoformat(end) - timedelta(days=1))


def instant(value: str) -> str:
    """Write an ISO 8601 instant as 17 July 2025, 09:00:00 UTC; anything else stays as it is."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    fraction = f"{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    seconds = f"{moment:%H:%M:%S}" + (f".{fraction}" if fraction else "")
    return f"{day(moment.date())}, {seconds} UTC"


def utc(moment: datetime) -> str:
    """Write an instant as ISO 8601 does in the zone UTC, with no more digits than it needs."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def size(power_of_ten: str, decimals: int) -> str:
    """Write a power of ten of minor units shortly, in major units: 0.01, 10, 10k, 10M."""
    power = len(power_of_ten) - 1 - decimals
    if power < 0:
        return f"0.{'0' * (-power - 1)}1"
    thousands = min(power // 3, 4)
    return f"{10 ** (power - 3 * thousands)}{('', 'k', 'M', 'G', 'T')[thousands]}"


def title(name: str) -> str:
    """Write a rule's or kind's name as words: projections_do_not_drift as Projections do not drift."""
    return name.replace("_", " ").capitalize()


def visible(text: str) -> str:
    """Text in which characters that cannot be seen, or turn the direction of writing, are spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(spelled(each) if unicodedata.category(each) in UNSEEN else each for each in text)


def spelled(character: str) -> str:
    """Name a character by its number: \u2039U+202E\u203a."""
    return f"\u2039U+{ord(character):04X}\u203a"


def state_of(result: str, examined: int) -> str:
    """Name how a rule ended, where held over nothing is a state of its own."""
    return "held, nothing to examine" if result == "held" and not examined else result
