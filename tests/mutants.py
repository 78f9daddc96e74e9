"""Mutants of every rule's text, and which of them the suite's smallest ledgers and oracles catch; prints the survivors.

    .venv/bin/python -m tests.mutants --processes 2 [--ledgers] [RULE ...]

A mutant is the text with one thing changed. It is caught where a ledger of `tests/checks/pairs` has other offenders,
or where an oracle of `tests/checks/test_oracle_*.py` fails. One that DuckDB cannot read is no mutant. One that says
the same as the text of every ledger cannot be caught: those are kept in `tests/checks/equal_mutants/RULE.txt`, each
under its reason, and counted apart. The whole takes twenty minutes of one processor.
"""

import argparse
import importlib
import multiprocessing
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

import duckdb

from checks.rule import SQL, Rule
from checks.rules import RULES
from tests.checks.ledger_text import Case, cases, views
from tests.checks.test_rule_pairs import spelled
from tests.kept_engine import kept_engine

SWAPS = {
    r" < ": " <= ", r" <= ": " < ", r" > ": " >= ", r" >= ": " > ", r" = ": " <> ", r" <> ": " = ",
    r" AND ": " OR ", r" OR ": " AND ", r" \+ ": " - ", r" - ": " + ", r"\bMIN\(": "MAX(", r"\bMAX\(": "MIN(",
    r"\bSUM\(": "MAX(", r" IS NULL": " IS NOT NULL", r" IS NOT NULL": " IS NULL", r" IS DISTINCT FROM ": " = ",
    r" IS DISTINCT FROM (?=\w)": " <> ", r" NULLS FIRST": "", r" DESC": "", r"\bRANGE BETWEEN": "ROWS BETWEEN",
    r"\bNOT ": "", r"\bINNER JOIN": "LEFT JOIN", r"\bLEFT JOIN": "INNER JOIN", r"\bFULL OUTER JOIN": "LEFT JOIN",
    r"\bSEMI JOIN": "ANTI JOIN", r"\bANTI JOIN": "SEMI JOIN", r"\bABS\(": "(", r"\bUNION ALL": "UNION",
    r"COALESCE\(([^(),]+), [^()]+?\)": r"\1", r"(\bON [^\n]+?) AND [^\n]+": r"\1",
    r"((?:GROUP|PARTITION) BY [^\n)]+), [\w.]+": r"\1", r"(?<=[ (])1(?=[ ,)\n])": "2", r"(?<=[ (])0(?=[ ,)\n])": "1",
}  # fmt: skip
"""What is changed into what; every place makes a mutant of its own."""
EQUAL = Path(__file__).parent / "checks" / "equal_mutants"
ORACLES = tuple(path.stem for path in sorted(Path(__file__).parent.glob("checks/test_oracle_*.py")))
CHANGED: dict[str, str] = {}
"""The text that stands for a rule's own while a mutant is tried."""
ASKED: set[str] = set()


class Mutant(NamedTuple):
    """A rule's text with one thing changed."""

    rule: str
    line: int
    was: str
    now: str
    text: str

    def __str__(self) -> str:
        """Write it as a line of the file of those that are equal to the text."""
        return f"{self.line}: {self.was}  ->  {self.now}"


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Yield every mutant of a rule's text; its first line is a statement in words, and types are left alone."""
    text = (SQL / f"{rule.name}.sql").read_text()
    for pattern, swap in SWAPS.items():
        for match in re.finditer(pattern, text):
            changed = text[: match.start()] + match.expand(swap) + text[match.end() :]
            line = text.count("\n", 0, match.start())
            whole = text.splitlines()[line]
            if line and changed != text and not text[: match.start()].endswith("DECIMAL(38, "):
                yield Mutant(rule.name, line + 1, whole.strip(), changed.splitlines()[line].strip(), changed)


def equal_to_the_text(rule: str) -> list[str]:
    """Return the mutants of a rule that say the same of every ledger; lines with a # give the reasons."""
    file = EQUAL / f"{rule}.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return [line for line in lines if line and not line.startswith("#")]


def _text(rule: Rule) -> str:
    ASKED.add(rule.name)
    return CHANGED.get(rule.name) or (SQL / f"{rule.name}.sql").read_text()


@contextmanager
def changed(mutant: Mutant) -> Iterator[None]:
    """Have the mutant stand for the text of its rule."""
    CHANGED[mutant.rule] = mutant.text
    try:
        yield
    finally:
        CHANGED.clear()


@cache
def oracles() -> dict[str, list[Callable[[], None]]]:
    """Return the oracles of each rule: those that ask for its text."""
    found = defaultdict(list)
    for name in ORACLES:
        module = importlib.import_module(f"tests.checks.{name}")
        for test in (value for key, value in vars(module).items() if key.startswith("test_")):
            if not hasattr(test, "hypothesis"):
                continue
            ASKED.clear()
            test()
            for rule in ASKED:
                found[rule].append(test)
    return found


def fate(mutant: Mutant) -> str:
    """Return "caught", "survived", or "no text" where DuckDB cannot read it."""
    end = fate_by_ledgers(mutant)
    if end != "survived":
        return end
    asked = oracles()[mutant.rule]
    with changed(mutant):
        return "caught" if any(_fails(oracle) for oracle in asked) else "survived"


def fate_by_ledgers(mutant: Mutant) -> str:
    """Return the same where only the smallest ledgers are asked, which takes minutes and not hours for all rules."""
    rule = next(rule for rule in RULES if rule.name == mutant.rule)
    try:
        if any(_differs(rule, mutant.text, case) for case in cases(rule.name)):
            return "caught"
    except (duckdb.ParserException, duckdb.BinderException):
        return "no text"
    except duckdb.Error:
        return "caught"
    return "survived"


def _differs(rule: Rule, text: str, case: Case) -> bool:
    with kept_engine(views(case, rule.views)) as query:
        rows = query(text).to_pylist()
    expected = case.offenders
    columns = list(expected[0]) if expected else []
    return [{name: spelled(row[name]) for name in columns} for row in rows] != expected


def _fails(oracle: Callable[[], None]) -> bool:
    try:
        oracle()
    except Exception:  # noqa: BLE001 - whatever an oracle raises, the mutant is caught
        return True
    return False


def main() -> int:
    """Try every mutant, and print the survivors and the score."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--ledgers", action="store_true", help="ask the smallest ledgers alone, and no oracle")
    asked = parser.parse_args()
    tried = [mutant for rule in RULES if rule.name in asked.rules or not asked.rules for mutant in mutants(rule)]
    ask = fate_by_ledgers if asked.ledgers else fate
    with multiprocessing.get_context("spawn").Pool(asked.processes, _stand_in) as pool:
        fates = Counter(_shown(mutant, end) for mutant, end in zip(tried, pool.imap(ask, tried, 4), strict=True))
    told = sum(fates[end] for end in ("caught", "survived", "not equal"))
    sys.stdout.write(
        f"{fates['caught']} of {told} mutants caught, {fates['survived']} survived; {fates['equal']} more are equal to "
        f"the text, and {fates['not equal']} are not that are said to be.\n"
    )
    return 0


def _shown(mutant: Mutant, end: str) -> str:
    """Return what became of a mutant in the light of what is said of it, and print what somebody must look at."""
    if str(mutant) in equal_to_the_text(mutant.rule):
        end = {"survived": "equal", "caught": "not equal"}.get(end, end)
    if end in ("survived", "not equal"):
        sys.stdout.write(f"{end}: {mutant.rule}:{mutant}\n")
        sys.stdout.flush()
    return end


def _stand_in() -> None:
    """Have every rule of this process read its text where a mutant can stand for it."""
    Rule.text = property(_text)  # type: ignore[assignment,method-assign]


if __name__ == "__main__":
    sys.exit(main())
