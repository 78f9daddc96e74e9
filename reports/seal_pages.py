"""The sections on what proves the report itself: that no proof of liabilities is made, and its seal.

What goes in: the digests it rests on, and the commands that check it. What stays out: sealing, and looks.
"""

from reports.model import Report
from reports.tables import Cell, Column, Section, table


def liabilities(report: Report) -> Section:
    """Say that no proof of liabilities is made, and where their sum stands."""
    return Section(
        "Proof of liabilities",
        (
            "None is made: nothing here lets a wallet holder check that their own balance is part of the sum for "
            f"{report.period.name}. The sum itself is on page one, and foots in section 4."
        ),
        (),
    )


def seal(report: Report) -> Section:
    """Say how this report is sealed, and how anyone checks that."""
    month = report.period.month
    before = report.provenance.previous_seal
    origin: list[tuple[Cell, ...]] = [
        ("Seal of the month before", f"{before.bag}: {before.seal}" if before else "none when this report was made"),
        ("SHA-256 of the configuration", report.provenance.configuration_sha256 or "not known"),
        ("SHA-256 of the rules", report.provenance.rules_sha256 or "not known"),
    ]
    commands: list[tuple[Cell, ...]] = [
        (
            "The files of the archive, with nothing of ours",
            "sha256sum --check manifest-sha256.txt tagmanifest-sha256.txt",
        ),
        ("Files, rows, seal and log, with Python alone", "python3 data/verify.py --key THE-PUBLIC-KEY"),
        ("All of it, the second signature too", f"tieout verify {month}-v{report.provenance.version}"),
    ]
    return Section(
        "Seal",
        (
            f"A seal names what it seals, so it cannot stand in it: that of {report.period.name} is made after this "
            f"report by 'tieout archive --month {month}' once the month is complete, over this report and every row "
            "of the month, and it names the seal before it. Drift and rules of the cut rest on the whole export, which "
            "the archive of one month does not hold. From the folder of the archive, it is checked by these."
        ),
        (
            table("What it rests on", [Column("What"), Column("Which", "id")], origin),
            table("How to check it", [Column("What is checked"), Column("Command", "id")], commands),
        ),
    )
