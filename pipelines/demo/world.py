"""The whole demo, block by block: where cohorts, staged faults and the staff lie in the id space.

What each block holds is decided by those who fill it; where the documents go is decided by the writer.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.demo import gigsy, model
from pipelines.demo.block import Block, Flavour
from pipelines.demo.cast import ROWS_A_COHORT
from pipelines.demo.faults import plays
from pipelines.demo.faults_transfers import consequences
from pipelines.demo.staff import Staff, hire
from pipelines.demo.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.breaks import Fault


class World:
    """A demo of so many transactions; `faults` says what is planted (nothing if clean)."""

    def __init__(self, flavour: Flavour, seed: int, transactions: int, *, clean: bool) -> None:
        """Stage the faults; cohorts are made one at a time by `blocks`."""
        chosen = () if clean else plays(flavour)
        self._flavour: Flavour = flavour
        self._seed = seed
        self._cohorts = max(1, transactions // ROWS_A_COHORT)
        self._count = self._cohorts + len(chosen) + 1
        self._office = self._block(self._count - 1)
        self._staff: Staff = hire(self._office)
        self.faults: list[Fault] = []
        self._staged: dict[int, Block] = {}
        transferred: Counter[str] = Counter()
        for number, play in enumerate(chosen):
            block = self._block((2 * number + 1) * (self._count - 1) // (2 * len(chosen)))
            stage = Stage(block, self._staff)
            self.faults.append(play(stage))
            transferred.update(stage.transferred)
            block.project()
            self._staged[block.index] = block
        if chosen:
            self.faults.append(consequences(transferred))
        self._background = transactions - sum(block.rows for block in self._staged.values())

    def blocks(self) -> Iterator[Block]:
        """Yield every block, finished, ascending in the id space."""
        fill = gigsy.fill if self._flavour == "gigsy" else model.fill
        cohort = 0
        for index in range(self._count - 1):
            if index in self._staged:
                yield self._staged.pop(index)
                continue
            block = self._block(index)
            block.pioneer = cohort == 0
            rows = self._share(cohort + 1) - self._share(cohort)
            fill(block, self._staff, rows)
            cohort += 1
            yield block
        self._office.project()
        yield self._office

    def _block(self, index: int) -> Block:
        return Block(self._flavour, self._seed, index, self._count)

    def _share(self, cohorts: int) -> int:
        return self._background * cohorts // self._cohorts
