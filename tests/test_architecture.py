"""The shape of the house: who may import whom, how long anything may be, and that every rule has its query."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checks.rule import BEHIND, SQL, Rule
from checks.rules import RULES

ROOT = Path(__file__).parents[1]
LAYERS = ("assets", "checks", "reports", "pipelines")
"""Imports run one way: a package may import those before it."""

ALLOWED = {
    "adbc_driver_manager": {"assets/sources/postgres/session.py"},
    "adbc_driver_postgresql": {"assets/sources/postgres/session.py", "assets/sources/postgres/tables.py"},
    "altair": {"reports/charts.py"},
    "cryptography": {"reports/archive/keys.py"},
    "dagster": {
        "assets/step_metadata.py",
        "assets/steps.py",
        "assets/steps_operations.py",
        "assets/workplace.py",
        "checks/asset_checks.py",
        "checks/causes_asset.py",
        "reports/archive_asset.py",
        "reports/report_asset.py",
        "reports/sealed_months_asset.py",
        "pipelines",
    },
    "duckdb": {"assets/engines.py", "assets/sources"},
    "great_expectations": {"checks/expectations.py"},
    "jinja2": {"reports/html.py"},
    "markupsafe": {"reports/cells.py", "reports/html.py"},
    "pandas": {"checks/expectations.py"},
    "polars": {"assets/engines.py", "assets/running.py", "assets/sieves.py"},
    "pyarrow": {"assets", "checks", "reports", "pipelines/selftest/judging.py"},
    "pydantic": {"assets", "checks", "reports"},
    "requests": {
        "assets/sources/convex/client.py",
        "assets/sources/convex/patience.py",
        "assets/sources/convex/refusals.py",
        "reports/archive/tokens.py",
    },
    "rfc3161_client": {"reports/archive/tokens.py"},
    "rich": {
        "pipelines/explain_terminal.py",
        "pipelines/selftest/shown.py",
        "pipelines/source_check.py",
        "pipelines/terminal.py",
    },
    "sqlalchemy": {"pipelines/run_log.py"},
    "tomli_w": {"assets/mapping_file.py"},
    "typst": {"reports/pdf.py"},
    "vl_convert": {"reports/charts.py", "reports/bars.py"},
    "xlsxwriter": {"reports/sampling/evaluation.py", "reports/workbook.py"},
    "yaml": {"pipelines/settings.py"},
}
"""Where each library of others may be imported: a file, or a package with all it holds."""

PRIVATE = {
    "dagster._core.definitions.asset_checks.asset_check_evaluation": "reports/report_asset.py",
    "dagster._core.instance.ref": "pipelines/run_log.py",
    "dagster._core.storage.event_log.sqlite.sqlite_event_log": "pipelines/run_log.py",
}
"""Parts of Dagster that it has no public name for, and the one file that needs each."""

LONGEST_FILE, LONGEST_FUNCTION = 300, 60
OVER: dict[str, int] = {}
"""Files over the limit, with a length they may not grow beyond; one that no longer is over it leaves this list."""

FILES = [file.relative_to(ROOT) for layer in LAYERS for file in sorted((ROOT / layer).rglob("*.py"))]


def parsed(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def imported(file: Path) -> Iterator[str]:
    """Yield the full name of every module that a file imports, anywhere in it."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file} imports relatively"
            yield str(node.module)


def may_import(file: Path, library: str) -> bool:
    return bool({*places(file)} & ALLOWED.get(library, set()))


def test_the_packages_are_those_of_this_repository() -> None:
    for layer in LAYERS:
        assert Path(str(importlib.import_module(layer).__file__)).parent == ROOT / layer


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    above = LAYERS[LAYERS.index(layer) + 1 :]
    wrong = [
        f"{file} imports {module}"
        for file in FILES
        if file.parts[0] == layer
        for module in imported(file)
        if module.partition(".")[0] in (*above, "tests")
    ]
    assert wrong == []


def test_each_library_is_imported_only_where_it_belongs() -> None:
    own = {*LAYERS, *sys.stdlib_module_names}
    found = {(file, module.partition(".")[0]) for file in FILES for module in imported(file)}
    assert [f"{file} imports {name}" for file, name in found if name not in own and not may_import(file, name)] == []


def test_every_permission_to_import_is_used() -> None:
    used = {(place, module.partition(".")[0]) for file in FILES for module in imported(file) for place in places(file)}
    permitted = {(place, library) for library, places_ in ALLOWED.items() for place in places_}
    assert permitted <= used


def places(file: Path) -> tuple[str, ...]:
    """Return a file and every folder it is in."""
    return (str(file), *(str(folder) for folder in file.parents if folder.name))


def test_dagster_is_imported_by_its_public_name() -> None:
    found = {(module, str(file)) for file in FILES for module in imported(file) if module.startswith("dagster.")}
    assert found == set(PRIVATE.items())


def test_no_file_is_too_long() -> None:
    lengths = {str(file): len((ROOT / file).read_text().splitlines()) for file in FILES}
    assert [f"{file}: {length}" for file, length in lengths.items() if length > OVER.get(file, LONGEST_FILE)] == []
    assert [file for file in OVER if lengths[file] <= LONGEST_FILE] == [], "these may leave the list"


def test_no_function_is_too_long() -> None:
    long = [
        f"{file}: {node.name}"
        for file in FILES
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_every_module_says_what_it_is_and_a_package_says_nothing_else() -> None:
    for file in FILES:
        tree = parsed(file)
        assert ast.get_docstring(tree), f"{file} has no docstring"
        assert file.name != "__init__.py" or len(tree.body) == 1, f"{file} holds more than its docstring"


def test_every_rule_has_its_query_and_every_query_its_rule() -> None:
    names = [rule.name for rule in RULES]
    assert sorted(names) == sorted(file.stem for file in SQL.iterdir())
    assert len(names) == len(set(names))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_query_begins_with_the_statement_that_must_hold(rule: Rule) -> None:
    first, _, text = rule.text.partition("\n")
    assert first.startswith("-- ")
    assert first == f"-- {rule.statement}"
    assert rule.statement[0].isupper()
    assert rule.statement.endswith(".")
    assert ";" not in text, "one text, one query"
    assert "SELECT *" not in text, "a query reads only the columns it names"
    assert "?" not in text, "a query has no parameters"
    assert rule.name.count("_") >= 1
    assert not {"--", "/*"} & set(text.split()), "a query says it all in its first line"


def test_a_rule_names_the_tables_that_are_read() -> None:
    for rule in RULES:
        texts = f"{rule.text.partition(chr(10))[2]} {rule.examines} {rule.cannot_examine}"
        words = texts.replace("(", " ").replace(")", " ").split()
        behind = [view for name, views in BEHIND.items() if name in words for view in views]
        assert [view for view in rule.views if view not in (*words, *behind)] == [], rule.name
