"""Make the verifier one file: its modules in the order in which they need one another, without their imports of it.

What goes in: joining. What stays out: the verifier itself, which is checked and tested as modules.
"""

import ast
from functools import cache
from pathlib import Path

MODULES = ("breaks", "given", "ed25519", "tree", "rows", "envelopes", "bags", "log", "proofs", "main")
FOLDER = Path(__file__).parent / "verifier"
PACKAGE = "reports.archive.verifier"
HEAD = "#!/usr/bin/env python3\n"


@cache
def verifier_text() -> str:
    """Return the source of verify.py."""
    said = ast.get_docstring(ast.parse((FOLDER / "main.py").read_text(encoding="utf-8")))
    head = f'{HEAD}"""{said}\n"""\n'
    return head + "".join(f"\n# {'-' * 20} {name}\n\n{_without_own_imports(name)}" for name in MODULES)


def _without_own_imports(name: str) -> str:
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(PACKAGE):
            for place in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[place] = ""
    return "".join(lines)
