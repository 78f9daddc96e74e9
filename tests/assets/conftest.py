"""A folder to export in."""

from pathlib import Path

import pytest

from tests.assets.ledgers import Bench, mapping_of


@pytest.fixture
def work(tmp_path: Path) -> Bench:
    """Return a bench with a mapping of Int64 money and openings."""
    return Bench(tmp_path, mapping_of(tmp_path))
