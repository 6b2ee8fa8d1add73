"""The tests mirror the tree: a test module for every module of `geo/`, and what tests share in `tests/support/`."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

TESTS = ROOT / "tests"
OTHERS = frozenset(
    (
        "geo/files/test_hostile_files.py",
        "geo/files/test_workbook_formats.py",  # every reader of workbooks
        "geo/test_fuzz.py",  # every reader of files, extracts and rasters
        "geo/points/test_map_files.py",  # every reader of maps
        "geo/test_masked_everywhere.py",  # every import and every file that it leaves
        "geo/test_places_of_studies.py",  # every package, in studies around the world
    )
)
"""Test modules that are about more than one module."""


def modules_of_geo() -> set[str]:
    """Return the modules of `geo/` by package and name ("kerbs/lines")."""
    geo = ROOT / "geo"
    every = (module.relative_to(geo).with_suffix("").as_posix() for module in geo.rglob("*.py"))
    return {module for module in every if not module.endswith("__init__")}


def does_something(module: str) -> bool:
    """Tell whether a module has a function or method that others call: the others declare constants only."""
    nodes = ast.walk(ast.parse((ROOT / "geo" / f"{module}.py").read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef) and not node.name.startswith("_") for node in nodes)


def mirror_of(module: str) -> Path:
    """Return where the tests of a module are."""
    folder, _, name = module.rpartition("/")
    return TESTS / "geo" / folder / f"test_{name.removeprefix('_')}.py"


def test_every_module_of_geo_that_does_something_has_a_test_module_of_its_own() -> None:
    without = {module for module in modules_of_geo() if does_something(module) and not mirror_of(module).is_file()}
    assert without == set()


def test_every_test_module_of_geo_is_about_a_module_or_says_what_else() -> None:
    mirrored = {mirror_of(module) for module in modules_of_geo()}
    others = {file.relative_to(TESTS).as_posix() for file in (TESTS / "geo").rglob("test_*.py") if file not in mirrored}
    assert others == OTHERS


@pytest.mark.parametrize("folder", ["browser", "dashboards", "geo", "jiexu", "layers", "project", "support"])
def test_no_test_module_is_imported_by_another(folder: str) -> None:
    found = []
    for file in sorted((TESTS / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [
                f"{file.relative_to(ROOT)} imports {name}"
                for name in names
                if name.startswith("tests.") and any(part.startswith("test_") for part in name.split("."))
            ]
    assert found == []
