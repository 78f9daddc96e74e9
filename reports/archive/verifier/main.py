"""Check this bag and the chain of seals beside it, with nothing but Python 3.11.

    python3 verify.py [BAG] [--public-key KEY] [--checkpoint FILE] [--sample FILE]

It ends with 0 where all holds, 1 where anything does not, 2 where the seal could not be checked, and says which
checks it did not do. Rows are checked where pyarrow is installed.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

from reports.archive.verifier.bags import check_bag
from reports.archive.verifier.breaks import Break
from reports.archive.verifier.given import given_key
from reports.archive.verifier.log import LOG, Log, consistent, read_log
from reports.archive.verifier.proofs import sample_breaks
from reports.archive.verifier.rows import check_rows

HOLDS, BROKEN, UNCHECKED = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Verify one bag, print every break, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bag", nargs="?", type=Path, default=Path(__file__).absolute().parents[1])
    parser.add_argument("--public-key", metavar="KEY", type=given_key, help="the Ed25519 key you were given, in base64")
    parser.add_argument("--checkpoint", type=Path, metavar="FILE", help="the three lines you were mailed")
    parser.add_argument("--sample", type=Path, metavar="FILE", help="a sample.json, whose rows must be in this bag")
    asked = parser.parse_args(arguments)
    bag = asked.bag.absolute()
    if not (bag.parent / LOG).is_file():
        sys.stdout.write(f"NOT CHECKED: {LOG} is not beside {bag.name}; get it and the seals from whoever sent it.\n")
        return UNCHECKED
    log = read_log(bag.parent, pinned=asked.public_key)
    breaks, skipped = list(log.breaks), []
    if asked.checkpoint and not asked.checkpoint.is_file():
        sys.stdout.write(f"NOT CHECKED: {asked.checkpoint} is no file: save the three lines in one, and name it.\n")
        return UNCHECKED
    if asked.checkpoint and (said := consistent(log.entries, asked.checkpoint.read_text())):
        breaks.append(Break(LOG, said))
    found, skipped_rows = _bag_breaks(bag, log, asked.sample)
    breaks += found
    skipped = ["ML-DSA-65 signatures (tieout verify does)", "other bags (each has its own verify.py)", *skipped_rows]
    if not asked.public_key:
        skipped.append(
            f"whether the key is yours: compare {_key(log)} with the one you were given, or give --public-key"
        )
    for each in breaks:
        sys.stdout.write(f"BROKEN: {each.line()}\n")
    sys.stdout.write("".join(f"Not checked: {each}.\n" for each in skipped))
    if asked.sample and not any(each.file == asked.sample.name for each in breaks):
        sys.stdout.write(f"{asked.sample.name}: every row is under the sealed roots.\n")
    whole = "files, seal and log hold, ROWS NOT CHECKED" if skipped_rows else "all that was checked holds"
    sys.stdout.write(f"{bag.name}: {f'{len(breaks)} breaks' if breaks else whole}.\n")
    return BROKEN if breaks else HOLDS


def _bag_breaks(bag: Path, log: Log, sample: Path | None) -> tuple[list[Break], list[str]]:
    """Return what breaks in a bag, and what could not be checked."""
    seals = [seal for seal in log.seals if seal.name == bag.name]
    if not seals:
        return [Break(bag.name, "the log names no seal of this bag")], []
    statement = seals[-1].statement
    if statement is None:
        return [Break(bag.name, "its seal does not hold, so nothing in it does")], []
    breaks = check_bag(bag, {each["name"]: each["digest"]["sha256"] for each in statement["subject"]})
    if sample:
        breaks += sample_breaks(sample, bag.name, statement["predicate"]["tables"])
    if importlib.util.find_spec("pyarrow") is None:
        return breaks, ["rows (pyarrow is not installed)"]
    for name, sealed in statement["predicate"]["tables"].items():
        breaks += check_rows(bag, name, sealed)
    return breaks, []


def _key(log: Log) -> str:
    keys = [str(entry["ed25519"]) for entry in log.entries if entry["event"] == "key" and entry["use"] == "seal"]
    return keys[-1] if keys else "the key"


if __name__ == "__main__":
    sys.exit(main())
