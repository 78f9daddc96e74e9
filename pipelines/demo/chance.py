"""Where chance comes from: generators that depend on their name alone, never on a clock or a hash seed."""

from __future__ import annotations

from random import Random


def generator(*name: object) -> Random:
    """Return the generator of that name; the same name gives the same numbers in every process."""
    return Random("/".join(("tieout demo", *map(str, name))))  # noqa: S311 - a demo, not a secret
