"""A live Convex deployment with a ledger in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assets.sources.convex_shop import Shop, shop


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """Serve a deployment whose key is in the environment; the name of its folder could be a pattern."""
    folder = tmp_path / "home [1]"
    folder.mkdir()
    with shop(folder) as served:
        monkeypatch.setenv("CONVEX_DEPLOY_KEY", served.double.key)
        yield served
