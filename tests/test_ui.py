"""The Dagster UI over a home, as ops see it: a real webserver and daemon, a real browser."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.audited_demo import AuditedDemo

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
TIEOUT = [sys.executable, "-m", "pipelines.cli"]


@pytest.fixture(scope="module")
def address(audited: AuditedDemo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if CHROMIUM is None:
        assert not os.environ.get("TIEOUT_REQUIRE_BROWSER"), "Chromium is needed here, and is not installed"
        pytest.skip("Chromium is not installed: the UI was not looked at")
    home = audited.copy(tmp_path_factory.mktemp("ui") / "home").home
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*TIEOUT, "ui", "--home", str(home), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as servers:
        try:
            yield waited_for(f"http://127.0.0.1:{port}")
        finally:
            servers.send_signal(signal.SIGTERM)
            assert servers.wait(60) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=5)


def waited_for(address: str) -> str:
    for _ in range(90):
        try:
            urllib.request.urlopen(f"{address}/server_info", timeout=2)  # noqa: S310 - an address of this test
        except OSError:
            time.sleep(1)
        else:
            return address
    pytest.fail("the UI did not come up in 90 seconds")


def test_ops_read_the_sentence_the_figures_and_the_verdict_of_a_month(address: str, tmp_path: Path) -> None:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        page.goto(f"{address}/assets/drift?view=checks&checkDetail=projections_do_not_drift")
        page.get_by_text("its ledger holds").first.wait_for(timeout=60_000)
        page.screenshot(path=tmp_path / "checks.png")
        checks = page.inner_text("body")
        page.goto(f"{address}/runs")
        page.get_by_text("audit_month").first.wait_for(timeout=60_000)
        runs = page.inner_text("body")
        page.goto(f"{address}/assets/report?view=checks&checkDetail=month_holds")
        page.get_by_text("month_holds").first.wait_for(timeout=60_000)
        page.get_by_text("Partitions").last.click()
        page.get_by_text("Missing (0)").first.wait_for(timeout=60_000)
        months = page.inner_text("body")
        page.screenshot(path=tmp_path / "months.png")
        browser.close()
    assert "projections_are_present" in checks
    assert "offenders" in checks
    assert "reconcile" in runs
    assert "Failed\n(7)" in months.replace(" (", "\n(")
