"""Constants stand at the top of their module, where a reader looks for them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("geo", "layers", "dashboards", "jiexu")
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def assigned(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def low_constants(source: str) -> Iterator[str]:
    """
    Yield the constants of a module that stand below a function or a class.

    What a constant is made of may stand above it: a class of which it has rows, the steps of which it is a list.
    """
    body = ast.parse(source).body
    definitions = {node.name for node in body if isinstance(node, DEFINITIONS)}
    made_of = {
        name.id
        for node in body
        if assigned(node)
        for name in ast.walk(node)
        if isinstance(name, ast.Name) and name.id in definitions
    }
    below = False
    for node in body:
        below |= isinstance(node, DEFINITIONS) and node.name not in made_of
        needed = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)} & definitions
        if below and not needed:
            yield from assigned(node)


@pytest.mark.parametrize("package", PACKAGES)
def test_constants_stand_above_the_functions(package: str) -> None:
    files: list[Path] = sorted((ROOT / package).rglob("*.py"))
    assert files
    low = {str(file.relative_to(ROOT)): [*low_constants(file.read_text(encoding="utf-8"))] for file in files}
    assert {file: names for file, names in low.items() if names} == {}


def test_a_constant_below_a_function_is_found() -> None:
    assert [*low_constants("def f():\n    return A\n\nA = 1\n")] == ["A"]
    assert [*low_constants("class Row: pass\n\nA = Row()\nB = 2\n")] == []
