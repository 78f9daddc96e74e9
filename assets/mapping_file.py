"""Find, merge, explain and print `tieout.toml`.

What goes in: the way from a file to a Mapping, and every sentence about a wrong key. What stays out: what
the keys mean (mapping).
"""

import difflib
import tomllib
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from assets.columns import Column, Table
from assets.errors import MappingError
from assets.mapping import Mapping
from assets.promises import MAPPED, Meaning
from assets.waivers import Waiver, waivers_in, waivers_of

FILE = "tieout.toml"
PRESETS = Path(__file__).parent / "presets"
CONVEX_SPELLING: dict[Meaning, str] = {
    "text": "string",
    "money": "float64",
    "time": "float64",
    "flag": "boolean",
}
REPLACED_WHOLE = ("currencies", "statuses", "kinds", "corrections", "creators")


def load_mapping(path: Path | None) -> Mapping:
    """Return the mapping of `path`, of `tieout.toml` in the working folder, or of the preset alone."""
    if path is None and not Path(FILE).exists():
        return _checked(_preset("gigsy", Path(FILE)), Path(FILE))
    path = path or Path(FILE)
    said = _read(path)
    base = _preset(said.pop("preset", "gigsy"), path)
    merged = _merged(base, said)
    _leave_users(said, merged)
    _spell_columns(merged)
    merged["waivers"] = _waivers(said.get("waivers", []), path)
    return _checked(merged, path)


def effective_toml(mapping: Mapping) -> str:
    """Return the whole mapping as a `tieout.toml` that says everything."""
    return tomli_w.dumps(mapping.model_dump(mode="json", exclude_none=True))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        message = f"{path}: the configuration cannot be read ({error.strerror})."
        raise MappingError(message) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        message = f"{path}: not a TOML file: {error}."
        raise MappingError(message) from error


def _preset(name: object, path: Path) -> dict[str, Any]:
    known = sorted(preset.stem for preset in PRESETS.glob("*.toml"))
    if name not in known:
        message = f"{path}: there is no preset {name!r}; there is {', '.join(known)}."
        raise MappingError(message)
    return deepcopy(_shipped(str(name)))


@cache
def _shipped(name: str) -> dict[str, Any]:
    return _read(PRESETS / f"{name}.toml")


def _merged(base: dict[str, Any], said: dict[str, Any], depth: int = 0) -> dict[str, Any]:
    """Lay what a file says over the preset; lists of meanings are replaced whole, all else key by key."""
    merged = dict(base)
    for key, value in said.items():
        replaced = depth == 0 and key in REPLACED_WHOLE
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and not replaced:
            merged[key] = _merged(below, value, depth + 1)
        else:
            merged[key] = _column(below, value)
    return merged


def _leave_users(said: dict[str, Any], merged: dict[str, Any]) -> None:
    """Leave the preset's users to the preset's cache: they are one table, and who has another says both."""
    tables = _dicts(said.get("tables"))
    cache = tables.get("user_balances")
    if (cache is False or "name" in _dicts(cache)) and "users" not in tables:
        merged["tables"]["users"] = False


def _waivers(said: object, path: Path) -> tuple[Waiver, ...]:
    """Return the waivers of the file that is named, relative to the configuration, or those that stand in it."""
    if not isinstance(said, str):
        return waivers_of(said, path)
    if not said.strip():
        message = f"{path}: waivers names no file; name one, or leave the key out."
        raise MappingError(message)
    return waivers_in(_read(path.parent / said), path.parent / said)


def _column(below: object, value: object) -> object:
    """Let `amount = "betrag"` rename a column and keep its type."""
    if isinstance(below, dict) and "type" in below and isinstance(value, str):
        return {**below, "name": value}
    return value


def _spell_columns(raw: dict[str, Any]) -> None:
    """Give a column that is only named the spelling its meaning has on Convex."""
    for ours, table in _dicts(raw.get("tables")).items():
        columns = _dicts(_dicts(table).get("columns"))
        for name, column in columns.items():
            if isinstance(column, str):
                promise = MAPPED.get(ours, {}).get(name)
                columns[name] = {"name": column, "type": CONVEX_SPELLING[promise.meaning] if promise else "string"}


def _dicts(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any TOML
    return value if isinstance(value, dict) else {}


def _checked(raw: dict[str, Any], path: Path) -> Mapping:
    try:
        return Mapping.model_validate(raw)
    except ValidationError as error:
        raise MappingError(_sentence(error, raw, path)) from error


def _sentence(error: ValidationError, raw: dict[str, Any], path: Path) -> str:
    """Say the first thing that is wrong, where it stands, and what would be right."""
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("Table", "Column", "literal[False]"))
    more = "" if error.error_count() == 1 else f" ({error.error_count() - 1} more)"
    if first["type"] == "extra_forbidden":
        return f"{path}: {place} is no key of the configuration{_suggestion(first['loc'], raw)}{more}"
    if first["type"] == "missing":
        return f"{path}: {place} is missing.{more}"
    said = str(first["msg"]).removeprefix("Value error, ")
    own = first["type"] == "value_error"
    found = f", found {first['input']!r}" if isinstance(first["input"], str | int | float) and not own else ""
    return f"{path}: {place + ': ' if place else ''}{said[:1].lower() + said[1:]}{found}.{more}"


def _suggestion(loc: tuple[int | str, ...], raw: dict[str, Any]) -> str:
    """Name the known key that is nearest to a misspelt one."""
    if len(loc) == 1:
        known = list(Mapping.model_fields)
    else:
        owner = Mapping.model_fields.get(str(loc[0]))
        fields = getattr(owner.annotation, "model_fields", {}) if owner else {}
        known = list(fields) or ["types", "sign", "flow", *Table.model_fields, *Column.model_fields]
    near = difflib.get_close_matches(str(loc[-1]), [key for key in known if key not in raw or len(loc) > 1], 1)
    near = near or difflib.get_close_matches(str(loc[-1]), known, 1)
    return f"; did you mean {near[0]!r}?" if near else "."
