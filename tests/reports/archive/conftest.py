"""One archive for all tests that only look at it, and a copy for those that change it."""

import shutil
from pathlib import Path

import pytest

from assets.store import Home
from tests.reports.archive.archived import Place, reported


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Return a home with three sealed months; who changes it puts it back."""
    place = reported(tmp_path_factory.mktemp("sealed"))
    place.seal()
    return place


@pytest.fixture
def copied(sealed: Place, tmp_path: Path) -> Place:
    """Return a copy of that home that may be changed."""
    shutil.copytree(sealed.home.path, tmp_path / "home")
    return Place(Home(tmp_path / "home"), sealed.mapping, sealed.key)
