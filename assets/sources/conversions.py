"""From one value as a source spells it to what it is worth to us, as SQL that is exact or null.

What goes in: numbers, texts and instants by their type in SQL, whatever brought them. What stays out: JSON tokens
(json_documents), the types of tables (tabular), and the sentences about what came to null (staging).
No amount passes through a float on its way, and none is rounded; an instant is floored to the microsecond.
"""

from dataclasses import dataclass

from assets.columns import Column
from assets.engines import literal
from assets.mapping import Mapping
from assets.promises import MAPPED, Promise

EXACT_FLOAT = 2**53
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The microseconds of the years 1 to 9999."""
BETWEEN = f"BETWEEN make_timestamptz({FIRST}) AND make_timestamptz({LAST})"
DAY = 86_400_000_000
"""No zone is further from UTC; DuckDB cannot shift the very first and last instants it has."""
PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
INTEGER = "[+-]?[0-9]+"
PLAIN = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
SCIENTIFIC = PLAIN + "[eE][+-]?[0-9]{1,4}"
NUMBER = rf"{PLAIN}([eE][+-]?[0-9]+)?|(?i)[+-]?(nan|inf|infinity)"
CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?"
WRITTEN = {
    "int64": INTEGER,
    "float64": NUMBER,
    "decimal": NUMBER,
    "timestamptz": CLOCK + " ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)|-?infinity",
    "timestamp": CLOCK + "|-?infinity",
}
"""How a text must look to be taken for a spelling; one that cannot be held is still spelled so."""
FLAGS = "WHEN 'true' THEN true WHEN 't' THEN true WHEN 'false' THEN false WHEN 'f' THEN false"
"""The texts of a boolean, as CSV files and PostgreSQL write it."""


@dataclass(frozen=True)
class Decimals:
    """How many decimals an amount has at its source."""

    sql: str
    """Of the row's currency; null where the configuration does not know it."""
    usual: tuple[int, ...]
    """All that it can be."""


MINOR = Decimals("0", (0,))


@dataclass(frozen=True)
class Expected:
    """What a mapping expects of one column."""

    ours: str
    promise: Promise
    column: Column
    decimals: Decimals
    """Of an amount; none where it is in minor units."""


def expected_of(name: str, wanted: Mapping) -> dict[str, Expected]:
    """Return what is expected of each column that the source has, by our name."""
    cases = " ".join(f"WHEN {literal(currency)} THEN {places}" for currency, places in wanted.currencies.items())
    major = Decimals(
        f"CASE currency {cases} ELSE NULL END" if cases else "CAST(NULL AS INTEGER)",
        tuple(sorted(set(wanted.currencies.values()))),
    )
    return {
        ours: Expected(ours, MAPPED[name][ours], column, major if column.unit == "major" else MINOR)
        for ours, column in wanted.present()[name].present().items()
    }


def is_written(expected: Expected, x: str, value: str) -> str:
    """Tell that a text spells what the mapping expects, be it worth anything or not."""
    pattern = WRITTEN.get(expected.column.type)
    return f"regexp_full_match({x}, '{pattern}')" if pattern else f"{value} IS NOT NULL"


def from_text(expected: Expected, x: str) -> str:
    """Read a text that spells what the mapping expects; amounts are read digit by digit."""
    match expected.column.type:
        case "string" if expected.promise.meaning == "flag":
            value = f"{x} = {literal(expected.column.contains or '')}"
        case "array":
            value = is_set(
                expected, f"(CASE WHEN json_valid({x}) AND json_type({x}) = 'ARRAY' THEN {x} END ->> '$[*]')"
            )
        case "string":
            value = x
        case "uuid":
            value = from_uuid(x)
        case "boolean":
            value = from_flag(expected, f"CASE lower({x}) {FLAGS} END")
        case "timestamptz" | "timestamp" as kind:
            sql_type = "TIMESTAMPTZ" if kind == "timestamptz" else "TIMESTAMP"
            value = from_clock(expected, _if_written(kind, x, f"TRY_CAST({x} AS {sql_type})"), sql_type)
        case "decimal":
            value = scaled(x, expected.decimals)
        case "float64":
            value = _from_float_text(expected, x)
        case "int64":
            value = from_integer(expected, _if_written("int64", x, f"TRY_CAST({x} AS BIGINT)"))
    return value


def from_flag(expected: Expected, x: str) -> str:
    """Read a BOOLEAN expression: itself, or a name such as a status, 'true' or 'false'."""
    return f"CAST({x} AS VARCHAR)" if expected.promise.meaning == "text" else x


def _from_float_text(expected: Expected, x: str) -> str:
    """Read the text of a float; an amount is read digit by digit, not as a float."""
    if expected.promise.meaning == "money":
        return f"CASE WHEN abs({scaled(x, MINOR)}) < {EXACT_FLOAT} THEN {scaled(x, MINOR)} END"
    return from_float(expected, f"TRY_CAST({x} AS DOUBLE)")


def _from_words(expected: Expected, kind: str, x: str) -> str:
    """Read a text as itself, or a flag that a text sets, or a list of texts in JSON that has it."""
    if kind == "array":
        return is_set(expected, f"(CASE WHEN json_valid({x}) AND json_type({x}) = 'ARRAY' THEN {x} END ->> '$[*]')")
    return x if expected.promise.meaning == "text" else f"{x} = {literal(expected.column.contains or '')}"


def is_set(expected: Expected, texts: str) -> str:
    """Tell whether a list of texts has the one that sets a flag."""
    return f"list_contains({texts}, {literal(expected.column.contains or '')})"


def from_uuid(x: str) -> str:
    """Write a UUID, which may be given as text or as 16 bytes, in its one canonical form."""
    return f"CAST(TRY_CAST({x} AS UUID) AS VARCHAR)"


def from_integer(expected: Expected, x: str) -> str:
    """Read a BIGINT expression: a name, minor or major units, a count since 1970, or itself."""
    column, meaning = expected.column, expected.promise.meaning
    if meaning == "text":
        return f"CAST({x} AS VARCHAR)"
    if meaning == "time":
        return _instant_of_integer(x, column.unit or "ms")
    if column.unit == "major":
        powers = " ".join(f"WHEN {places} THEN CAST({10**places} AS HUGEINT)" for places in expected.decimals.usual)
        factor = f"CASE {expected.decimals.sql} {powers} END" if powers else "CAST(NULL AS HUGEINT)"
        return f"TRY_CAST(CAST({x} AS HUGEINT) * {factor} AS BIGINT)"
    return x


def from_float(expected: Expected, x: str) -> str:
    """Read a DOUBLE expression: whole minor units that a float holds exactly, or a count since 1970."""
    if expected.promise.meaning == "money":
        return f"CASE WHEN abs({x}) < {EXACT_FLOAT} AND {x} = trunc({x}) THEN CAST({x} AS BIGINT) END"
    per_second = PER_SECOND[expected.column.unit or "ms"]
    micros = f"floor({x} / 1000)" if expected.column.unit == "ns" else f"round({x} * {1_000_000 // per_second})"
    return _instant(f"TRY_CAST({micros} AS BIGINT)")


def from_clock(expected: Expected, x: str, sql_type: str) -> str:
    """Read a timestamp of that DuckDB type, with a zone of its own or in the zone of the mapping."""
    zone = expected.column.zone
    if sql_type.endswith("_NS"):
        micros = _floored(f"epoch_ns({x})")
        x = f"make_timestamptz({micros})" if zone is None else f"make_timestamp({micros})"
    if zone == "UTC":
        x = f"make_timestamptz(epoch_us({x}))"
    elif zone:
        x = f"timezone({literal(zone)}, CASE WHEN epoch_us({x}) BETWEEN {FIRST - DAY} AND {LAST + DAY} THEN {x} END)"
    return f"CASE WHEN {x} {BETWEEN} THEN {x} END"


def scaled(x: str, decimals: Decimals) -> str:
    """Move the point of a decimal text to the right, exactly; null when digits are left behind it.

    A text that DuckDB would itself write so, as nearly all are, needs no second look at its digits.
    """
    usual = " ".join(
        f"""WHEN {decimals.sql} = {places} AND CAST(TRY_CAST({x} AS DECIMAL(18, {places})) AS VARCHAR) = {x}
            THEN CAST(TRY_CAST({x} AS DECIMAL(18, {places})) * {10**places} AS BIGINT)"""
        for places in decimals.usual
    )
    fraction = f"rtrim(split_part({x}, '.', 2), '0')"
    return f"""CASE {usual}
        WHEN regexp_full_match({x}, '{PLAIN}') THEN CASE WHEN length({fraction}) <= {decimals.sql}
            THEN TRY_CAST(split_part({x}, '.', 1) || rpad({fraction}, {decimals.sql}, '0') AS BIGINT) END
        WHEN regexp_full_match({x}, '{SCIENTIFIC}') AND {zeros(x, decimals)} BETWEEN 0 AND 40
            THEN TRY_CAST(COALESCE({_significant(x)}, '0') || repeat('0', {zeros(x, decimals)}) AS BIGINT) END"""


def zeros(x: str, decimals: Decimals) -> str:
    """Count the zeros to write behind the significant digits of a number; fewer than none is a fraction."""
    mantissa = f"regexp_extract({x}, '[^eE]*')"
    exponent = f"COALESCE(TRY_CAST(regexp_extract({x}, '[eE](.*)', 1) AS INTEGER), 0)"
    after = f"length(split_part({mantissa}, '.', 2))"
    dropped = f"length(replace({mantissa}, '.', '')) - length({_significant(x)})"
    number = f"{dropped} + {decimals.sql} + {exponent} - {after}"
    return f"CASE WHEN {_significant(x)} IS NULL THEN 0 * {decimals.sql} ELSE {number} END"


def _significant(x: str) -> str:
    """Return sign and digits of a number without the point, and without zeros at its end; null of a zero."""
    return f"NULLIF(regexp_replace(rtrim(replace(regexp_extract({x}, '[^eE]*'), '.', ''), '0'), '^[+-]$', ''), '')"


def _if_written(spelling: str, x: str, value: str) -> str:
    """Keep DuckDB from reading texts that are written in another way."""
    return f"CASE WHEN regexp_full_match({x}, '{WRITTEN[spelling]}') THEN {value} END"


def _instant(micros: str) -> str:
    return f"CASE WHEN {micros} BETWEEN {FIRST} AND {LAST} THEN make_timestamptz({micros}) END"


def _instant_of_integer(x: str, unit: str) -> str:
    """Turn a count of whole units since 1970 into an instant; its bounds are tested before it can overflow."""
    if unit == "ns":
        return f"make_timestamptz({_floored(x)})"
    factor = 1_000_000 // PER_SECOND[unit]
    return f"CASE WHEN {x} BETWEEN {FIRST // factor} AND {LAST // factor} THEN make_timestamptz({x} * {factor}) END"


def _floored(nanoseconds: str) -> str:
    """Return whole microseconds; DuckDB's own division goes towards zero."""
    return f"({nanoseconds} // 1000 - CASE WHEN {nanoseconds} % 1000 < 0 THEN 1 ELSE 0 END)"
