"""Convex document ids: what they are made of, and minting many of them fast.

An id is base32 of the table's number (varint), 16 random bytes and a Fletcher-16 checksum. Nothing here knows
what the documents hold.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipelines.demo.chance import generator

if TYPE_CHECKING:
    from random import Random

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(first + second for first in ALPHABET for second in ALPHABET)

# An id of a table numbered 128 to 16383 is 20 bytes: four parts of 5 bytes, 8 letters each. A part is kept as
# its letters and its share of the checksum: the sum of its bytes, and from bit 32 the sum weighted by place.
_Part = tuple[str, int]
_HEADS, _POOL, _STARTS = 1 << 6, 1 << 12, 1 << 14


def letters(number: int, count: int) -> str:
    """Write `number` in base32, `count` letters, big end first."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(count - 1, -1, -1))


def checksum(data: bytes) -> int:
    """Return Fletcher-16 (modulo 256) of `data`: the second sum in the high byte."""
    plain = weighted = 0
    for byte in data:
        plain = plain + byte & 255
        weighted = weighted + plain & 255
    return weighted << 8 | plain


def _share(data: bytes, after: int) -> int:
    """Return what `data` adds to the checksum of a text in which `after` bytes follow it."""
    weighted = sum((len(data) - place + after) * byte for place, byte in enumerate(data))
    return sum(data) | weighted << 32


@cache
def _pools() -> tuple[list[_Part], list[_Part], list[tuple[str, int, int]]]:
    """Return second parts, third parts, and starts (no two alike) of fourth parts with four bits more."""
    random = generator("ids")

    def part(after: int) -> _Part:
        data = random.randbytes(5)
        return letters(int.from_bytes(data), 8), _share(data, after)

    def start(number: int) -> tuple[str, int, int]:
        return letters(number >> 4, 4), (number & 15) << 16, _share(number.to_bytes(3), 0)

    seconds, thirds = ([part(after) for _ in range(_POOL)] for after in (8, 3))
    return seconds, thirds, [start(number) for number in random.sample(range(1 << 24), _STARTS)]


class Mint:
    """Ids of one table that all lie in one stretch of the id space: part `block` of `blocks`."""

    def __init__(self, table: int, block: int, blocks: int, random: Random) -> None:
        """Take the table's number (128 to 16383), the stretch and the source of chance."""
        self._random = random
        start, stop = (block << 24) // blocks, ((block + 1) << 24) // blocks
        number = bytes((table & 127 | 128, table >> 7))
        heads = [number + random.randrange(start, stop).to_bytes(3) for _ in range(_HEADS)]
        self._heads = [(letters(int.from_bytes(head), 8), _share(head, 13)) for head in heads]
        self._minted = random.randrange(_STARTS)

    def many(self, count: int) -> list[str]:
        """Return `count` ids in no order; of the first `_STARTS` of a mint no two are alike."""
        heads = self._heads
        seconds, thirds, starts = _pools()
        bits = self._random.getrandbits
        pairs = _PAIRS
        ids = []
        for number in range(self._minted, self._minted + count):
            chance = bits(30)
            head, head_share = heads[chance & 63]
            second, second_share = seconds[chance >> 6 & 4095]
            third, third_share = thirds[chance >> 18]
            start, last, start_share = starts[number & 16383]
            share = head_share + second_share + third_share + start_share
            last |= (share & 255) << 8 | share >> 32 & 255
            ids.append(f"{head}{second}{third}{start}{pairs[last >> 10]}{pairs[last & 1023]}")
        self._minted += count
        return ids

    def one(self) -> str:
        """Return one id."""
        return self.many(1)[0]
