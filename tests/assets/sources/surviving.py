"""What becomes of homes whose writer was killed -9 while it read a source.

What goes in: killing writers, letting the next run end what each began, and holding the result to an undisturbed one.
What stays out: when each is killed (killing).
"""

import json
import subprocess
import sys
from pathlib import Path

from assets.mapping_file import load_mapping
from assets.sources.opening import open_source
from assets.store import Home
from tests.assets.sources.database import digests, exported

ROOT = Path(__file__).parents[3]


def survivors(source: str, config: Path, folder: Path, delays: int, step: int = 5) -> tuple[int, list[str]]:
    """Kill writers, let the next run end what each began, and return how many died and which homes then differ."""
    command = [sys.executable, "-m", "tests.assets.killing", source, str(config), str(folder), str(delays), str(step)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told, mapping = [json.loads(line) for line in done.stdout.splitlines()], load_mapping(config)
    undisturbed = digests(Home(folder / "undisturbed").newest())
    differing = []
    for each in told:
        home = Home(folder / each["home"])
        opened = open_source(source, Path(), mapping.connection, config.parent, home.arriving)
        if digests(exported(home, opened, mapping=mapping)) != undisturbed:
            differing.append(each["home"])
    return sum(each["killed"] for each in told), differing
