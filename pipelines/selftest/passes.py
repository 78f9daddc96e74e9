"""The passes of a self-test: which faults are planted together, and the judging of each.

What goes in: planting by stages, and keeping apart what each fault touched. What stays out: what a fault is
(plants_...) and what the judging means (trial).
"""

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path
from random import Random

from assets.errors import SourceError, TieoutError
from assets.mapping import Mapping
from assets.sources.protocol import Progress
from checks.judge import applicable
from checks.rules import GATES, RULES
from pipelines.selftest.fault import TRANSACTION, Fault, Footprint, NotHereError, Subject, subject_of
from pipelines.selftest.hand import Hand
from pipelines.selftest.harmless import HARMLESS
from pipelines.selftest.judging import Courtroom, Judged
from pipelines.selftest.source import Telling
from pipelines.selftest.tables import Tables, owner_of

ROWS, HISTORY, ENGINES = "rows", "history", "engines"
OF_THE_LEDGER = (ROWS, "money", "commits", HISTORY, ENGINES)
"""Stages that are judged by every rule; of all others gates alone, over a few rows."""
FEW = 20
"""Owners whose rows are enough to try the gates."""
LATER = timedelta(seconds=1)
"""How long after the first the second export of a history is made: nothing else may have changed by then."""


@dataclass
class Planting:
    """A fault that was planted, or why it was not."""

    number: int
    fault: Fault
    subjects: Sequence[Subject] = ()
    footprint: Footprint = field(default_factory=Footprint)
    not_here: str | None = None


@dataclass
class Pass:
    """Faults that were planted together, and what was said of the copy they are in."""

    plantings: list[Planting]
    judged: Judged
    harmless: int = 0


class Passes:
    """One copy, and the faults that are planted into it."""

    def __init__(self, folder: Path, mapping: Mapping, tables: Tables, seed: int, progress: Progress) -> None:
        """Judge the copy as it is beside one ordinary newcomer; raise TieoutError where nothing may be judged from it.

        A newcomer may fill a column that nobody in the ledger does, and rules that need it look from then on.
        """
        self._folder, self._mapping, self._seed, self._progress = folder, mapping, seed, progress
        self._tables = tables = tables.copied()
        hand = Hand(mapping, tables, Telling(tables.cut_at), (), seed)
        hand.begin("control", 0)
        try:
            hand.newcomer()
        except NotHereError as error:
            message = f"nothing can be planted in this ledger: {error}."
            raise TieoutError(message) from error
        self._room = self._courtroom("before")
        self._audit = self._room.export(tables.copied(), Telling(tables.cut_at))
        self.before = self._room.judge(self._audit)
        if gate := self.before.broken_gate():
            message = f"nothing can be planted in this ledger, of which nothing may be judged: {gate.sentence}"
            raise TieoutError(message)
        self._untouched = list(_untouched(tables, self.before, seed))

    def run(self, faults: Sequence[Fault]) -> Iterator[Pass]:
        """Plant every fault in the copy, stage by stage, and judge."""
        plantings = [Planting(number, fault) for number, fault in enumerate(faults)]
        for planting in plantings:
            planting.not_here = self._why_not(planting.fault)
        yield Pass([planting for planting in plantings if planting.not_here], Judged())
        stages: dict[str, list[Planting]] = {}
        for planting in plantings:
            if not planting.not_here:
                stages.setdefault(planting.fault.stage, []).append(planting)
        for done, (stage, together) in enumerate(stages.items(), 1):
            yield self._passed(stage, together)
            self._progress("planting faults and judging them", done, len(stages))

    def _passed(self, stage: str, together: list[Planting]) -> Pass:
        of_all = stage in OF_THE_LEDGER
        few = frozenset(self._untouched[:FEW])
        tables = self._tables.of_some(few) if few and not of_all else self._tables.copied()
        telling = Telling(tables.cut_at)
        hand = Hand(self._mapping, tables, telling, self._untouched, self._seed)
        if stage == ENGINES:
            return self._other_engine(hand, together)
        if stage == HISTORY:
            return self._twice(hand, together)
        for planting in together:
            _plant(hand, planting)
        if all(planting.not_here for planting in together):
            return Pass(together, Judged())
        harmless = _harmless(hand) if stage == ROWS else 0
        _settle(hand, together)
        room = self._courtroom(stage)
        try:
            judged = room.judge(room.export(tables, telling), RULES if of_all else GATES)
        except SourceError as error:
            judged = Judged(refusal=str(error))
        return Pass(together, judged, harmless)

    def _other_engine(self, hand: Hand, together: list[Planting]) -> Pass:
        """Spoil what the second engine made of the copy as it is."""
        with self._room.second_engine(self._audit) as hand.second:
            for planting in together:
                _plant(hand, planting)
        asked = [rule for rule in RULES if rule.name in {planting.fault.rule for planting in together}]
        return Pass(together, self._room.judge_again(self._audit, asked))

    def _twice(self, hand: Hand, together: list[Planting]) -> Pass:
        """Export the copy, change it, and export it again."""
        room, begun = self._courtroom(HISTORY), list[tuple[Planting, Generator[None, None, Sequence[Subject]]]]()
        for planting in together:
            _begin(hand, planting)
            halves = planting.fault.plant(hand)
            try:
                if isinstance(halves, Generator):
                    next(halves)
                    begun.append((planting, halves))
            except NotHereError as error:
                planting.not_here = str(error)
        room.compute(room.export(hand.tables, hand.telling))
        hand.telling.cut_at += LATER
        hand.cut = hand.telling.cut_at.astimezone(UTC).replace(microsecond=0)
        for planting, halves in begun:
            _go_on(hand, planting)
            try:
                next(halves)
            except StopIteration as ended:
                planting.subjects = ended.value
            except NotHereError as error:
                planting.not_here = str(error)
        _settle(hand, together)
        return Pass(together, room.judge(room.export(hand.tables, hand.telling)))

    def _why_not(self, fault: Fault) -> str | None:
        """Return why a fault need not be planted: nobody promised to find it here."""
        rule = next((rule for rule in RULES if rule.name == fault.rule), None)
        if rule is None:
            return "this version of tieout has no such rule"
        return applicable(self._mapping, rule)

    def _courtroom(self, name: str) -> Courtroom:
        return Courtroom(self._folder / name, self._mapping)


def _plant(hand: Hand, planting: Planting) -> None:
    """Plant one fault; what an abandoned one left behind stays part of its footprint."""
    _begin(hand, planting)
    try:
        subjects = planting.fault.plant(hand)
        if not isinstance(subjects, Generator):
            planting.subjects = subjects
    except NotHereError as error:
        planting.not_here = str(error)


def _begin(hand: Hand, planting: Planting) -> None:
    hand.begin(f"{planting.number:03d}", planting.number)
    planting.footprint = hand.footprint


def _go_on(hand: Hand, planting: Planting) -> None:
    """Plant the second half: under a name of its own, on the same footprint."""
    hand.begin(f"{planting.number:03d}b", planting.number)
    hand.footprint = planting.footprint


def _harmless(hand: Hand) -> int:
    """Do what is in order, and return how many such things were done."""
    done = 0
    for number, (_, act) in enumerate(HARMLESS):
        hand.begin(f"h{number:02d}", number)
        try:
            act(hand)
            done += 1
        except NotHereError:
            continue
    return done


def _settle(hand: Hand, plantings: Iterable[Planting]) -> None:
    """Extend every footprint to all that its wallets have to do with: rows, entities, keys, and legs elsewhere."""
    legs: dict[str, list[str]] = {}
    for row in hand.rows["transactions"]:
        if row["transfer_id"]:
            legs.setdefault(row["transfer_id"], []).append(row["transaction_id"])
    for planting in plantings:
        ids = planting.footprint.ids
        for row in [row for one in sorted(ids) for row in hand.of("transactions", one)]:
            ids |= {str(row[name]) for name in ("transaction_id", "related_id", "idempotency_key") if row.get(name)}
            ids |= set(legs.get(row["transfer_id"] or "", ()))
        for row in [row for one in sorted(ids) for row in hand.of("wallet_balances", one)]:
            ids.add(str(row["projection_id"]))


def _untouched(tables: Tables, before: Judged, seed: int) -> Iterator[str]:
    """Yield, in an order of the seed's own, owners of whose wallets no rule found anything but of single rows."""
    of_more = {rule: rows for rule, rows in before.offenders.items() if subject_of(rule) != TRANSACTION}
    found = {value for rows in of_more.values() for row in rows for value in row.values()}
    owners: dict[str, set[str]] = {}
    owner_by_wallet = {wallet["wallet_id"]: owner_of(wallet) for wallet in tables.rows["wallets"]}
    for wallet_id, owner in owner_by_wallet.items():
        owners.setdefault(owner, {owner}).add(wallet_id)
    clean = sorted(owner for owner in tables.owners if owner in owners and not owners[owner] & found)
    yield from Random(seed).sample(clean, len(clean))  # noqa: S311 - chances, not secrets
