"""The command line: what can be asked, and the exit code of each answer.

0 CLEAN; 1 BROKEN; 2 NOT VERIFIED; 3 nothing could be exported, or the call was wrong; 130 interrupted.
An exception is never 0 or 1. What stays out: the work behind each command.
"""

import argparse
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from assets.errors import RefusedError, TieoutError
from pipelines.archive_commands import add_archive_commands
from pipelines.arguments import month
from pipelines.sample_command import add_sample_command

if TYPE_CHECKING:
    from assets.workplace import Workplace

EXIT = {"CLEAN": 0, "BROKEN": 1, "NOT VERIFIED": 2}
INTERRUPTED = 130


class _Parser(argparse.ArgumentParser):
    def __init__(self, **said: Any) -> None:  # noqa: ANN401 - as argparse has it
        """Take no shortened options: '--js' is a mistake, not '--json'."""
        super().__init__(**{**said, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        """Refuse a wrong call as every other refusal, not with argparse's own code."""
        raise RefusedError(f"{message} (see 'tieout --help')")  # noqa: EM102, TRY003 - argparse made the message


def main(arguments: list[str] | None = None) -> int:
    """Answer one call; return its exit code."""
    said = sys.argv[1:] if arguments is None else arguments
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, Path(os.devnull).open("w"))  # noqa: SIM115 - open as long as the process
    try:
        code = _answered(said, as_json="--json" in said)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"tieout: standard output cannot be written ({error.strerror}).\n")
        return TieoutError.exit_code
    return code


def _answered(said: list[str], *, as_json: bool) -> int:
    """Do what is asked; every way to fail ends in one sentence, and none in 0 or 1."""
    try:
        _refuse_unreadable(said)
        asked = _parser().parse_args(said)
        return int(asked.command(asked))
    except KeyboardInterrupt:
        return _refuse("interrupted; nothing half-made was left.", INTERRUPTED, as_json=as_json)
    except TieoutError as error:
        return _refuse(str(error), error.exit_code, as_json=as_json)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback, never 0 or 1
        return _refuse(f"tieout failed ({type(error).__name__}): {error}", TieoutError.exit_code, as_json=as_json)


def _refuse_unreadable(said: list[str]) -> None:
    """Raise RefusedError for an argument that is no text: nothing that names it could be written down."""
    for place, each in enumerate(said, 1):
        if any("\ud800" <= character <= "\udfff" for character in each):
            shown = each.encode("ascii", "backslashreplace").decode()
            message = f"argument {place} is not UTF-8 ({shown}): rename the file or folder, or set a UTF-8 locale."
            raise RefusedError(message)


def _refuse(said: str, code: int, *, as_json: bool) -> int:
    """Say why in one sentence; what an engine adds in further lines is for its makers."""
    sentence = said.partition("\n")[0]
    if as_json:
        sys.stdout.write(json.dumps({"error": sentence}, ensure_ascii=False) + "\n")
    sys.stderr.write(f"tieout: {sentence}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tieout", description="Tie wallet balances out to the ledger they come from.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    audit = commands.add_parser("audit", help="audit a ledger", description=_audit.__doc__)
    audit.add_argument("source", nargs="?", metavar="SOURCE", help="default: 'source' of tieout.toml")
    audit.add_argument("--month", metavar="YYYY-MM", type=month, help="report this month only")
    audit.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    audit.add_argument("--full", action="store_true", help="read a live source whole, not only what is new")
    _common(audit)
    audit.set_defaults(command=_audit)
    check = commands.add_parser("check-source", help="tell what a source has", description=_check_source.__doc__)
    check.add_argument("source", nargs="?", metavar="SOURCE", help="default: 'source' of tieout.toml")
    check.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    _common(check)
    check.set_defaults(command=_check_source)
    demo = commands.add_parser("demo", help="write a synthetic ledger and audit it", description=_demo.__doc__)
    demo.add_argument("--flavour", choices=("gigsy", "model"), default="gigsy", help="whose writers it imitates")
    demo.add_argument("--clean", action="store_true", help="plant no faults")
    demo.add_argument("--seed", type=_count, default=1, help="another seed, another ledger (default 1)")
    demo.add_argument("--transactions", type=_count, default=20_000, help="how many (default 20000)")
    demo.add_argument("--json", action="store_true", help="print the audit's JSON document and nothing else")
    demo.add_argument("--home", metavar="DIR", type=Path, help="default: a folder of its own in .tieout-demo")
    demo.set_defaults(command=_demo)
    explain = commands.add_parser("explain", help="explain a wallet or a user", description=_explain.__doc__)
    explain.add_argument("wallet", nargs="?", metavar="WALLET", help="the wallet's id")
    explain.add_argument("--user", metavar="USER", help="all wallets of this user, and the user's cache")
    explain.add_argument("--reason", metavar="TEXT", help="why you ask; it is recorded with the call")
    explain.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    _common(explain)
    explain.set_defaults(command=_explain)
    selftest = commands.add_parser("selftest", help="try the rules on planted faults", description=_selftest.__doc__)
    selftest.add_argument("source", nargs="?", metavar="SOURCE", help="default: the newest export of the home")
    selftest.add_argument("--seed", type=_count, default=1, help="another seed, other wallets (default 1)")
    selftest.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    _common(selftest)
    selftest.set_defaults(command=_selftest)
    config = commands.add_parser("config", help="print the configuration in force", description=_config.__doc__)
    config.add_argument("--config", metavar="FILE", type=Path, help="default: tieout.toml here, else the preset")
    config.set_defaults(command=_config)
    add_archive_commands(commands)
    add_sample_command(commands)
    ui = commands.add_parser("ui", help="serve the Dagster UI over a home", description=_ui.__doc__)
    ui.add_argument("--port", type=_count, default=3000, help="port on this machine (default 3000)")
    _common(ui)
    ui.set_defaults(command=_ui)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", metavar="FILE", type=Path, help="default: tieout.toml here, else the preset")
    parser.add_argument("--home", metavar="DIR", type=Path, default=Path(".tieout"), help="default: .tieout")


def _count(text: str) -> int:
    number = text.replace("_", "")
    if not (number.isascii() and number.isdigit()):
        message = f"{text!r} is no whole number"
        raise argparse.ArgumentTypeError(message)
    return int(number)


def _audit(asked: argparse.Namespace) -> int:
    """Export the source, judge every rule at its cut, and report its months."""
    _stop_when_told()
    from pipelines.commands import audit  # noqa: PLC0415 - Dagster takes seconds; --help should not

    workplace = _workplace(asked, full=asked.full)
    return EXIT[audit(workplace, asked.month, as_json=asked.json)]


def _check_source(asked: argparse.Namespace) -> int:
    """Connect, read nothing heavy, and tell what the source has beside what the mapping takes; exit 2 for a misfit."""
    _stop_when_told()
    from checks.waiving import refuse_wrong_waivers  # noqa: PLC0415 - only here
    from pipelines.source_check import check_source  # noqa: PLC0415 - likewise

    workplace = _workplace(asked, full=False)
    refuse_wrong_waivers(workplace.mapping())
    fits = check_source(workplace.open_source(), workplace.mapping(), as_json=asked.json)
    return 0 if fits else EXIT["NOT VERIFIED"]


def _workplace(asked: argparse.Namespace, *, full: bool) -> "Workplace":
    """Return where to work; a source that cannot be named so is refused before anything is written down."""
    from assets.workplace import Workplace  # noqa: PLC0415 - Dagster takes seconds; --help should not

    config = str(asked.config) if asked.config else None
    workplace = Workplace(home=str(asked.home), config=config, source=asked.source, full=full)
    workplace.open_source()
    return workplace


def _stop_when_told() -> None:
    for told in (signal.SIGINT, signal.SIGTERM):
        signal.signal(told, signal.default_int_handler)


def _demo(asked: argparse.Namespace) -> int:
    """Write a synthetic ledger with planted faults, and audit it; exit 0 if exactly these were found."""
    _stop_when_told()
    from pipelines.demo.write import FEWEST, DemoPlan  # noqa: PLC0415 - only here

    if asked.transactions < FEWEST:
        message = f"a demo needs at least {FEWEST} transactions, not {asked.transactions}"
        raise RefusedError(message)
    from pipelines.commands import demo  # noqa: PLC0415 - Dagster takes seconds; a refusal should not

    plan = DemoPlan(asked.flavour, asked.seed, asked.transactions, asked.clean)
    return demo(plan, asked.home, as_json=asked.json)


def _explain(asked: argparse.Namespace) -> int:
    """Tell all that the home knows of a wallet or user: each side, where they part, and why; nothing is exported."""
    _stop_when_told()
    from assets.workplace import Workplace  # noqa: PLC0415 - Dagster takes seconds; --help should not
    from pipelines.explain import Question, as_json, explained  # noqa: PLC0415 - likewise
    from pipelines.explain_terminal import show_explanation  # noqa: PLC0415 - likewise

    config = str(asked.config) if asked.config else None
    workplace = Workplace(home=str(asked.home), config=config)
    told = explained(workplace, Question(asked.wallet, asked.user, asked.reason, actor=None))
    if asked.json:
        sys.stdout.write(as_json(told) + "\n")
    else:
        show_explanation(told)
    return 0


def _selftest(asked: argparse.Namespace) -> int:
    """Plant faults of every rule into a copy of the ledger, and tell what was caught.

    Exit 0 if all were and nothing else was said, 1 if not, 2 if nothing may be judged from the ledger. Nothing of the
    ledger itself is changed; the matrix is kept in the home as evidence.
    """
    _stop_when_told()
    from assets.workplace import Workplace  # noqa: PLC0415 - Dagster takes seconds; --help should not
    from pipelines.commands import selftest  # noqa: PLC0415 - likewise

    config = str(asked.config) if asked.config else None
    workplace = Workplace(home=str(asked.home), config=config, source=asked.source)
    return selftest(workplace, asked.seed, as_json=asked.json)


def _config(asked: argparse.Namespace) -> int:
    """Print the configuration in force, whole, as a tieout.toml."""
    from assets.mapping_file import effective_toml, load_mapping  # noqa: PLC0415 - only here
    from checks.waiving import refuse_wrong_waivers  # noqa: PLC0415 - likewise

    mapping = load_mapping(asked.config)
    refuse_wrong_waivers(mapping)
    sys.stdout.write(effective_toml(mapping))
    return 0


def _ui(asked: argparse.Namespace) -> int:
    """Serve the runs, checks and history of a home: webserver and daemon together, on this machine only."""
    from pipelines.ui import serve  # noqa: PLC0415 - only here

    return serve(asked.home, asked.config, asked.port)


if __name__ == "__main__":
    sys.exit(main())
