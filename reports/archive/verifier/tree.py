"""The Merkle tree of RFC 9162, section 2.1, grown leaf by leaf in memory for one hash a level.

What goes in: hashes of leaves and nodes, and the root. What stays out: what a leaf says (rows, log).
"""

import hashlib
from collections.abc import Iterable


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


class Tree:
    """A tree that only grows; it holds one root for each whole subtree at its right edge."""

    def __init__(self) -> None:
        """Begin without leaves."""
        self.size = 0
        self._whole: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add the hash of one more leaf."""
        node, size = leaf, self.size
        while size & 1:
            node = hashlib.sha256(b"\1" + self._whole.pop() + node).digest()
            size >>= 1
        self._whole.append(node)
        self.size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far."""
        if not self._whole:
            return hashlib.sha256().digest()
        node = self._whole[-1]
        for left in reversed(self._whole[:-1]):
            node = hashlib.sha256(b"\1" + left + node).digest()
        return node


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root over the hashes of all these leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()
