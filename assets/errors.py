"""The errors a person meets, each with the exit code it leads to.

What goes in: one class for each way an audit can refuse. What stays out: findings, which are results.
"""


class TieoutError(Exception):
    """tieout could not do its work; the verdict is NOT VERIFIED. The message is one sentence for a person."""

    exit_code = 2


class RefusedError(TieoutError):
    """Nothing could be exported, or the call itself was wrong; nothing was changed."""

    exit_code = 3


class DamagedError(TieoutError):
    """A file of the home is gone or not as it was written: the message names it and what to do."""


class SourceError(RefusedError):
    """The source cannot be read: the message names the file, the table and the line, and what to do."""


class MappingError(RefusedError):
    """The configuration is wrong: the message names the file and the key."""


class HomeError(RefusedError):
    """The home belongs to another source or mapping, or another writer holds it."""
