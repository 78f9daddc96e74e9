"""How fast long work goes, in words: rows, rate, and the time left where the whole is known.

What goes in: from what a step tells of itself to one line. What stays out: where the line is shown (terminal).
"""

import re
from collections.abc import Callable

ROWS = re.compile(r", ([\d,]+) rows$")


class Pace:
    """Remembers when each piece of work began."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Take a clock of seconds."""
        self._clock = clock
        self._work, self._began = "", clock()

    def line(self, what: str, done: int, of: int) -> str:
        """Return one line: what is done, how many rows a second, how much of it, and how long it will take yet."""
        work = ROWS.sub("", what)
        if work != self._work:
            self._work, self._began = work, self._clock()
        seconds = self._clock() - self._began
        said = what
        if (rows := ROWS.search(what)) and seconds >= 1:
            said += f" ({int(rows[1].replace(',', '')) / seconds:,.0f}/s)"
        if of:
            said += f": {100 * done // of} %"
            if done and seconds >= 1 and done < of:
                said += f", {_length(seconds * (of - done) / done)} left"
        return said


def _length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
