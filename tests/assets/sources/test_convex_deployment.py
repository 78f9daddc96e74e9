"""The same source against a real deployment, for those who have one; nothing is written there.

TIEOUT_LIVE_CONVEX_URL=convex+https://name.convex.cloud CONVEX_DEPLOY_KEY=... pytest -k real_deployment
"""

import os
from pathlib import Path

import pytest

from assets.mapping import Connection
from assets.sources.convex.live import ConvexLive
from assets.sources.protocol import Earlier
from tests.assets.sources.snapshots import PRESET

URL = os.environ.get("TIEOUT_LIVE_CONVEX_URL", "")


@pytest.mark.skipif(
    not (URL and os.environ.get("CONVEX_DEPLOY_KEY")),
    reason="no real Convex is tried: set TIEOUT_LIVE_CONVEX_URL and CONVEX_DEPLOY_KEY",
)
def test_a_real_deployment_is_read_whole_and_then_goes_on(tmp_path: Path) -> None:
    source = ConvexLive(URL, Connection(), tmp_path, tmp_path / "arriving")
    assert {table.name for table in PRESET.present().values()} <= {table.name for table in source.survey(PRESET).tables}
    (tmp_path / "whole").mkdir()
    whole = source.read(PRESET, None, tmp_path / "whole", lambda *_: None)
    assert whole.staged["transactions"].received
    if whole.bookmark is None:
        pytest.skip("this deployment offers snapshots only, which never go on")
    (tmp_path / "next").mkdir()
    following = source.read(PRESET, Earlier("first", whole.bookmark, {}), tmp_path / "next", lambda *_: None)
    assert following.snapshot.cut_at is not None
    assert whole.snapshot.cut_at is not None
    assert following.snapshot.cut_at >= whole.snapshot.cut_at
    assert following.staged["transactions"].received <= whole.staged["transactions"].received
