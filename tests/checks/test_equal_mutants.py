"""What is said of mutants that cannot be caught is said of mutants that there are, of rules that there are, and why."""

from pathlib import Path

import pytest

from checks.rules import RULES
from tests.mutants import EQUAL, equal_to_the_text, mutants

FILES = sorted(EQUAL.glob("*.txt"))
REGISTER = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_is_a_mutant_under_its_reason(file: Path) -> None:
    said = equal_to_the_text(file.stem)
    assert set(said) <= {str(mutant) for mutant in mutants(REGISTER[file.stem])}
    assert len(said) == len(set(said))
    assert file.read_text().startswith("# ")
