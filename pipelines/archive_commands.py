"""The commands of the archive: how they are asked. What stands behind them is in archive_answers.

0: it holds, or it was done; 1: a break was found; 3: the call was wrong, or nothing was changed.
"""

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.arguments import month
from reports.archive.verifier.given import given_key

if TYPE_CHECKING:
    from collections.abc import Callable

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse has no public name for it

ROLES = ("preparer", "reviewer", "approver")


def add_archive_commands(commands: "Commands") -> None:
    """Add keys, archive, verify, sign-off, retention, drill and verify-backup to the command line."""
    keys = commands.add_parser("keys", help="make the key that seals", description=_keys.__doc__)
    keys.add_argument("file", type=Path, metavar="FILE", help="a new file outside the home, for its owner only")
    keys.set_defaults(command=_keys)
    _add_archive(commands)
    _add_verify(commands)
    _add_sign_off(commands)
    _add_retention(commands)
    drill = _command(commands, "drill", "compute a sealed month again from its bag alone", _drill)
    drill.add_argument("--month", metavar="YYYY-MM", type=month, help="this month, not a random one")
    drill.add_argument("--seed", type=int, help="draw the same month again")
    drill.add_argument("--no-evidence", action="store_true", help="tell it only; sign and keep nothing")
    backup = _command(commands, "verify-backup", "hold a backup to what was exported", _verify_backup, key=False)
    backup.add_argument("backup", metavar="BACKUP", help="a source as 'tieout audit' takes it")


def _add_archive(commands: "Commands") -> None:
    archive = _command(commands, "archive", "seal months that are closed and reported", _archive)
    archive.add_argument("--month", metavar="YYYY-MM", type=month, help="this month only; default: all that are due")
    archive.add_argument("--new-key", action="store_true", help="let another key seal from now on")
    archive.add_argument("--timestamp", metavar="URL", help="ask this RFC 3161 authority to stamp each new seal")


def _add_verify(commands: "Commands") -> None:
    verify = _command(commands, "verify", "verify sealed months", _verify)
    verify.add_argument(
        "bag", nargs="?", default="all", metavar="BAG|YYYY-MM|all", help="such as 2025-01-v1; default: all"
    )
    verify.add_argument("--public-key", metavar="KEY", type=given_key, help="the Ed25519 key you were given, in base64")
    verify.add_argument("--checkpoint", type=Path, metavar="FILE", help="the three lines you were mailed")
    verify.add_argument("--rows", action="store_true", help="compute every root again, not only where a file differs")
    verify.add_argument("--statement", action="store_true", help="sign what was found, as the yearly fixity statement")


def _add_sign_off(commands: "Commands") -> None:
    sign = _command(commands, "sign-off", "sign a sealed month off", _sign_off)
    sign.add_argument("--month", metavar="YYYY-MM", type=month, required=True)
    sign.add_argument("--role", choices=ROLES, required=True)
    sign.add_argument("--person", required=True, help="who signs; four eyes are two people")
    sign.add_argument("--decision", choices=("accepted", "rejected"), default="accepted")
    sign.add_argument("--comment", default="")
    sign.add_argument("--own-key", type=Path, metavar="FILE", help="the person's own key, made by 'tieout keys'")


def _add_retention(commands: "Commands") -> None:
    retention = _command(commands, "retention", "tell which sealed months may go", _retention)
    asked = retention.add_mutually_exclusive_group(required=True)
    asked.add_argument(
        "--older-than", metavar="YYYY-MM-DD", type=_day, help="months that were over when this day began"
    )
    asked.add_argument("--hold", metavar="YYYY-MM|all", type=_month_or_all, help="place a legal hold")
    asked.add_argument("--lift", metavar="YYYY-MM|all", type=_month_or_all, help="lift a legal hold")
    retention.add_argument("--reason", help="why it is held or lifted")
    retention.add_argument("--delete", action="store_true", help="let go of what may go; without it nothing is")


def _command(
    commands: "Commands", name: str, does: str, asked: "Callable[[argparse.Namespace], int]", *, key: bool = True
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(name, help=does, description=asked.__doc__)
    parser.add_argument("--config", metavar="FILE", type=Path, help="default: tieout.toml here, else the preset")
    parser.add_argument("--home", metavar="DIR", type=Path, default=Path(".tieout"), help="default: .tieout")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    if key:
        parser.add_argument("--key", metavar="FILE", type=Path, help="default: TIEOUT_KEY_FILE, or TIEOUT_KEY itself")
    parser.set_defaults(command=asked)
    return parser


def _month_or_all(text: str) -> str:
    return text if text == "all" else month(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no day such as 2032-04-01"
        raise argparse.ArgumentTypeError(message) from error


def _keys(asked: argparse.Namespace) -> int:
    """Make a key pair (Ed25519 and ML-DSA-65) in a new file, and print the public key to give to your auditor."""
    from pipelines.archive_answers import keys  # noqa: PLC0415 - --help should be quick

    return keys(asked.file)


def _archive(asked: argparse.Namespace) -> int:
    """Seal complete months whose newest report is not sealed yet, in order, and print the checkpoint to mail."""
    from pipelines.archive_answers import archive  # noqa: PLC0415 - likewise

    return archive(asked)


def _verify(asked: argparse.Namespace) -> int:
    """Verify signatures, the chain of seals, and every file of one bag or of all; list each break, and exit 1."""
    from pipelines.archive_answers import verify_archive  # noqa: PLC0415 - likewise

    return verify_archive(asked)


def _sign_off(asked: argparse.Namespace) -> int:
    """Add a signed record that a person prepared, reviewed or approved a sealed month."""
    from pipelines.archive_answers import sign  # noqa: PLC0415 - likewise

    return sign(asked)


def _retention(asked: argparse.Namespace) -> int:
    """Tell which sealed months may go, which stay and why; remove nothing, unless --delete says so."""
    from pipelines.archive_answers import retention  # noqa: PLC0415 - likewise

    return retention(asked)


def _drill(asked: argparse.Namespace) -> int:
    """Compute a sealed month again from its bag alone with today's code, hold it to its seal, and keep the evidence."""
    from pipelines.archive_answers import restore_drill  # noqa: PLC0415 - likewise

    return restore_drill(asked)


def _verify_backup(asked: argparse.Namespace) -> int:
    """Tell whether every row exported up to a backup's cut is in the backup, with the same digest."""
    from pipelines.archive_answers import backup  # noqa: PLC0415 - likewise

    return backup(asked)
