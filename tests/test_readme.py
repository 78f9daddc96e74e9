"""The README says what is so: its table of rules and the commands it names."""

import re
import sys
from pathlib import Path

import pytest

from checks.rules import RULES
from pipelines.cli import main

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text()


def rules_table() -> str:
    """Return the README's table of rules, as the register has them."""
    rows = [f"| `{rule.name}` | {rule.severity} | {rule.scope} | {rule.statement} |" for rule in RULES]
    return "\n".join(["| rule | severity | scope | what must hold |", "| --- | --- | --- | --- |", *rows])


def between(mark: str) -> str:
    return README.partition(f"<!-- {mark} -->\n")[2].partition("\n<!-- end -->")[0]


def test_the_table_of_rules_is_the_register() -> None:
    assert between("rules") == rules_table()


def test_the_matrix_it_shows_is_of_these_rules_and_without_a_miss() -> None:
    lines = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| .* \|  \|$", between("matrix"), re.MULTILINE)
    assert {name for name, _, _ in lines} <= {rule.name for rule in RULES if not rule.operations}
    assert len(lines) == between("matrix").count("\n| `"), "a rule missed a fault, or said more than there was"
    assert all(planted == caught for _, planted, caught in lines)
    every = sum(int(planted) for _, planted, _ in lines)
    assert f"{every} of {every} planted faults caught, 0 false alarms" in between("matrix")


@pytest.mark.parametrize("shown", re.findall(r"```toml\n(.*?)```", README, re.DOTALL))
def test_the_configuration_it_shows_is_one(tmp_path: Path, shown: str) -> None:
    file = tmp_path / "tieout.toml"
    waived = "[[waiver]]" in shown
    (tmp_path / "waivers.toml" if waived else file).write_text(shown)
    if waived:
        file.write_text('waivers = "waivers.toml"')
    assert main(["config", "--config", str(file)]) == 0


def test_every_file_it_names_exists() -> None:
    named = re.findall(r"`((?:checks|reports|tests)/[\w./]+\.(?:py|md|sql))`", README)
    named += re.findall(r"\]\(([\w./]+\.png)\)", README)
    assert named
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


if __name__ == "__main__":
    sys.stdout.write(rules_table() + "\n")
