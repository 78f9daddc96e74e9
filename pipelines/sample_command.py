"""The command that draws the sample of a sealed month: how it is asked, and what it says.

What goes in: words of the call, where the sample is written. What stays out: drawing it (reports.sampling).
"""

import argparse
import json
import re
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import RefusedError
from pipelines.arguments import month

if TYPE_CHECKING:
    from reports.sampling.document import Sample
    from reports.sampling.sealed import SealedMonth
    from reports.sampling.selection import Terms

    Commands = argparse._SubParsersAction[Any]  # noqa: SLF001 - argparse has no public name for it

SHARE = re.compile(r"(\d{1,2}(?:\.\d{1,6})?)%")
OF_A_CURRENCY = re.compile(r"(.+)=(\d{1,38})", re.DOTALL)
CONFIDENCES = (80, 85, 90, 95, 99)
Said = tuple[str | None, int | Fraction]


def add_sample_command(commands: "Commands") -> None:
    """Add sample to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "sample", help="draw an auditor's sample of a sealed month", description=_sample.__doc__
    )
    parser.add_argument("--month", metavar="YYYY-MM", type=month, help="needed, unless --bag names the folder")
    parser.add_argument("--nonce", required=True, help="a text the auditor chose after the month was sealed")
    parser.add_argument("--bag", type=Path, metavar="DIR", help="a bag with its seals and log beside it, not the home")
    parser.add_argument("--public-key", metavar="KEY", help="the Ed25519 key you were given, in base64")
    parser.add_argument("--confidence", type=int, choices=CONFIDENCES, default=95, help="in percent (default 95)")
    said = "a share of the book value such as 0.5%%, or minor units such as EGP=25000; may be repeated"
    parser.add_argument("--tolerable", action="append", type=_said, default=[], help=f"{said} (default 1%%)")
    parser.add_argument("--expected", action="append", type=_said, default=[], help=f"{said} (default none)")
    parser.add_argument("--low", type=_count, default=25, help="low balances of each currency (default 25)")
    parser.add_argument("--to", type=Path, metavar="DIR", help="default: samples/ in the home, or here with --bag")
    parser.add_argument("--home", metavar="DIR", type=Path, default=Path(".tieout"), help="default: .tieout")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    parser.set_defaults(command=_sample)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < len("10000")):
        message = f"{text!r} is no number from 0 to 9999"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _said(text: str) -> Said:
    if share := SHARE.fullmatch(text):
        return None, Fraction(share[1]) / 100
    if named := OF_A_CURRENCY.fullmatch(text):
        return named[1], int(named[2])
    message = f"{text!r} is neither a share such as 0.5% nor minor units of a currency such as EGP=25000"
    raise argparse.ArgumentTypeError(message)


def _sample(asked: argparse.Namespace) -> int:
    """Draw the monetary unit sample of a sealed month, and low balances at random, seeded by its root and the nonce.

    The bag is verified before; exit 3 if it is not sealed or not as it was sealed.
    """
    from reports.sampling.document import document_of, draw, text_of_document  # noqa: PLC0415 - --help should be quick
    from reports.sampling.evaluation import render_evaluation  # noqa: PLC0415 - likewise

    month, beside = _sealed(asked)
    terms, otherwise = _terms(asked)
    sample = draw(month, asked.nonce, terms, otherwise)
    document = document_of(sample)
    folder = (asked.to or beside / "samples") / month.bag.name / sample.name
    made = {"sample.json": text_of_document(document).encode(), "sample.xlsx": render_evaluation(sample)}
    for name, data in made.items():
        if (folder / name).exists() and (folder / name).read_bytes() != data:
            message = f"{folder / name} is there and different (filled in, or other terms): name a folder with --to."
            raise RefusedError(message)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    if asked.json:
        sys.stdout.write(json.dumps({"folder": str(folder), "sample": document}, ensure_ascii=False, indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{line}\n" for line in [*_table(sample), *_after(sample, folder)]))
    return 0


def _sealed(asked: argparse.Namespace) -> "tuple[SealedMonth, Path]":
    """Return the verified month, and the folder in which samples are kept unless another is named."""
    from assets.store import Home  # noqa: PLC0415 - --help should be quick
    from reports.archive.folder import Archive  # noqa: PLC0415 - likewise
    from reports.archive.statements import sealed_bag  # noqa: PLC0415 - likewise
    from reports.sampling.sealed import open_sealed  # noqa: PLC0415 - likewise

    if asked.bag:
        bag = asked.bag.absolute()
        month = open_sealed(bag.parent, bag.name, asked.public_key)
        if asked.month not in (None, month.said["month"]):
            message = f"{bag} is of {month.said['month']}, not of {asked.month}."
            raise RefusedError(message)
        return month, Path()
    if not asked.month:
        message = "say which month, with --month, or name a bag with --bag."
        raise RefusedError(message)
    if not (asked.home / "archive").is_dir():
        message = f"{asked.home} holds no archive, so {asked.month} is not sealed; run 'tieout archive' first."
        raise RefusedError(message)
    archive = Archive(Home(asked.home))
    name = str(sealed_bag(archive, asked.month)["name"])
    return open_sealed(archive.path, name, asked.public_key), asked.home


def _terms(asked: argparse.Namespace) -> "tuple[dict[str, Terms], Terms]":
    from reports.sampling.selection import Terms  # noqa: PLC0415 - --help should be quick

    otherwise, terms = Terms(asked.confidence, low=asked.low), dict[str, Terms]()
    for field in ("tolerable", "expected"):
        for currency, value in getattr(asked, field):
            if currency is None:
                otherwise = replace(otherwise, **{field: value})
    for field in ("tolerable", "expected"):
        for currency, value in getattr(asked, field):
            if currency is not None:
                terms[currency] = replace(terms.get(currency, otherwise), **{field: value})
    return terms, otherwise


def _table(sample: "Sample") -> list[str]:
    from reports.wording import amount, visible  # noqa: PLC0415 - --help should be quick

    rows = [("currency", "book value", "tolerable", "interval", "start", "items", "key items", "low balances")]
    for part in sample.selections:
        places = sample.decimals.get(part.currency)
        figures = (amount(each, places) for each in (part.book, part.tolerable, part.interval, part.start))
        counts = (len(part.items), sum(each.key for each in part.items), len(part.low))
        rows.append((visible(part.currency), *figures, *map(str, counts)))  # type: ignore[arg-type]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _after(sample: "Sample", folder: Path) -> list[str]:
    return [
        "Monetary units find overstatement; low balances are drawn at random because what is owed may be understated.",
        f"Fill in the yellow cells of {folder / 'sample.xlsx'}.",
        (
            f"Check every row against the seal: python3 {sample.month.bag / 'data/verify.py'} --sample "
            f"{folder / 'sample.json'}"
        ),
    ]
