"""kill -9 while a live source is read: the next run ends with the tables of an undisturbed one."""

from collections.abc import Callable
from pathlib import Path

from assets.mapping_file import load_mapping
from pipelines.demo.write import DemoPlan, write_demo
from tests.assets.sources.converting import documents_of
from tests.assets.sources.database import CONFIG
from tests.assets.sources.every_source import gigsy_in_convex
from tests.assets.sources.surviving import survivors
from tests.postgres_ledger.ledger import Ledger

DELAYS, STEP = 2, 12


def test_a_database_that_was_being_read(tmp_path: Path, new_ledger: Callable[[], Ledger]) -> None:
    ledger = new_ledger()
    ledger.open_wallets(40)
    (tmp_path / "password").write_text(ledger.auditor_password)
    config = tmp_path / "tieout.toml"
    config.write_text(CONFIG.read_text() + '\n[connection]\npassword_file = "password"\n')
    killed, differing = survivors(ledger.auditor_url, config, tmp_path, DELAYS, STEP)
    assert killed >= 6
    assert differing == []


def test_a_deployment_that_was_being_read(tmp_path: Path) -> None:
    demo = write_demo(DemoPlan(transactions=1_000), tmp_path / "demo", lambda *_: None)
    with gigsy_in_convex(documents_of(demo.snapshot, load_mapping(None)), tmp_path) as convex:
        config = tmp_path / "tieout.toml"
        config.write_text(f'[connection]\ndeploy_key_file = "{convex.key_file.name}"\n')
        killed, differing = survivors(convex.address, config, tmp_path, DELAYS, STEP)
    assert killed >= 6
    assert differing == []
