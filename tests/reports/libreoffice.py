"""LibreOffice as a second opinion on formulas; where it is not installed its tests are skipped, or fail if required."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""


def recalculated(data: bytes, folder: Path) -> Any:  # noqa: ANN401 - openpyxl's workbook
    """Return a workbook with every formula computed again by LibreOffice, which else shows the values it finds."""
    if not shutil.which("soffice"):
        message = "LibreOffice (Debian: libreoffice-calc-nogui) is not installed; no formula was computed by it"
        if os.environ.get("TIEOUT_REQUIRE_LIBREOFFICE") == "1":
            pytest.fail(message)
        pytest.skip(message)
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    (folder / "book.xlsx").write_bytes(data)
    form = "xlsx:Calc MS Excel 2007 XML"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", form]
    subprocess.run([*command, "--outdir", str(folder / "out"), str(folder / "book.xlsx")], check=True, timeout=180)
    return openpyxl.load_workbook(folder / "out" / "book.xlsx", data_only=True)
