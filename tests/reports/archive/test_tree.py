"""The tree is that of RFC 9162: the vectors of Certificate Transparency, and its own definition, leaf by leaf."""

import hashlib
import tracemalloc

from reports.archive.verifier.tree import Tree, leaf_hash, root_of

VECTOR = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
"""The leaves of the reference implementation's test."""
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def by_definition(leaves: list[bytes]) -> bytes:
    """Return the root as RFC 9162, section 2.1.1, defines it."""
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + by_definition(leaves[:half]) + by_definition(leaves[half:])).digest()


def test_the_vectors_of_certificate_transparency() -> None:
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR]
    assert {size: root_of(leaves[:size]).hex() for size in ROOTS} == ROOTS


def test_every_size_has_the_root_of_the_definition() -> None:
    leaves = [leaf_hash(str(place).encode()) for place in range(130)]
    for size in range(len(leaves)):
        assert root_of(leaves[:size]) == by_definition(leaves[:size]), size


def test_a_large_tree_needs_no_memory() -> None:
    tree = Tree()
    tracemalloc.start()
    for _ in range(100_000):
        tree.add(b"\0" * 32)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert tree.size == 100_000
    assert peak < 50_000
