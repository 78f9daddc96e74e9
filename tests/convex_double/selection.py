"""What a client selects: components, tables and columns.

What goes in: the four ways of asking and what each includes. What stays out: which tables there are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.convex_double.log import Tablet
from tests.convex_double.values import decoded, export_json

INCLUDED = {"included": True, "incl": True, "excluded": False, "excl": False}
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


class ShapeError(ValueError):
    """A selection that is not of the right shape, so that it cannot be read at all."""


class NamesError(ValueError):
    """A selection of the right shape with names that cannot be, or without `_id`."""


@dataclass(frozen=True)
class Level:
    """What is said of some names, and of all others; a part is a switch, or for a whole a level of its own."""

    parts: Mapping[str, "bool | Level"] = field(default_factory=dict)
    other: bool = True

    def part(self, name: str) -> "bool | Level":
        """Return what is said of a name."""
        return self.parts.get(name, self.other)


@dataclass(frozen=True)
class Selection:
    """The components, tables and columns to export; everything, if nothing is said."""

    components: Level = Level()

    def includes(self, tablet: Tablet) -> bool:
        """Tell whether any column of a table is to be exported."""
        return self._columns(tablet) is not False

    def text(self, tablet: Tablet, text: str) -> str:
        """Return a document's text with the columns selected."""
        columns = self._columns(tablet)
        if not isinstance(columns, Level) or columns == Level():
            return text
        return export_json({name: value for name, value in decoded(text).items() if columns.part(name)})

    def _columns(self, tablet: Tablet) -> bool | Level:
        component = self.components.part(tablet.component)
        return component.part(tablet.name) if isinstance(component, Level) else component


def selection_of(said: object) -> Selection:
    """Return the selection that JSON describes; nothing describes everything."""
    return Selection() if said is None else Selection(_level(said, depth=2))


def _level(said: object, depth: int) -> Level:
    if not isinstance(said, dict) or INCLUDED.get(_word(said.get("_other"))) is None:
        message = f"no selection: {said!r}"
        raise ShapeError(message)
    parts = {name: _part(part, depth) for name, part in said.items() if name != "_other"}
    level = Level(parts, INCLUDED[said["_other"]])
    _check_names(level, depth)
    return level


def _part(said: object, depth: int) -> bool | Level:
    if depth and isinstance(said, dict):
        return _level(said, depth - 1)
    included = INCLUDED.get(_word(said))
    if included is None or (depth and included):
        message = f"neither included nor excluded: {said!r}"
        raise ShapeError(message)
    return included


def _word(said: object) -> str:
    return said if isinstance(said, str) else ""


def _check_names(level: Level, depth: int) -> None:
    """Refuse names that no table or column can have; components have paths, which are freer."""
    strange = [name for name in level.parts if depth < 2 and not IDENTIFIER.fullmatch(name)]
    if strange:
        message = f"not a name: {strange[0]!r}"
        raise NamesError(message)
    if depth == 0 and not level.part("_id"):
        message = "a table cannot be exported without `_id`"
        raise NamesError(message)


def legacy_selection(arguments: Mapping[str, Any], *, table_name_ignored: bool) -> Selection:
    """Return what the arguments of the legacy pair select: the first form that fits, or else everything.

    Both spellings of a table's name at once fit no form; nor does a selection of the wrong shape.
    """
    try:
        if arguments.get("selection") is not None:
            return selection_of(arguments["selection"])
    except ShapeError:
        pass
    component = arguments.get("component")
    names = [arguments[name] for name in ("tableName", "table_name") if name in arguments]
    if len(names) == 1 and isinstance(names[0], str) and not table_name_ignored:
        return Selection(_only(component or "", _only(names[0], Level())))
    return Selection(_only(component, Level())) if isinstance(component, str) else Selection()


def _only(name: str, part: Level) -> Level:
    return Level({name: part}, other=False)
