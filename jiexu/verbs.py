"""The command line's verbs by room: named without loading a room, so that help is there at once."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, MutableMapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

ROOMS: Final = (
    *("studies", "soundness", "tiers", "points", "rules", "stalls", "parking", "complaints", "facilities"),
    *("library", "accounts", "jobs", "comments"),
)
"""The modules with verbs, in the order of the help page."""

MARKUP: Final[Literal["markdown"]] = "markdown"
"""How help texts are written."""

_SHOWN: Final = frozenset({"help", "short_help", "hidden", "deprecated", "rich_help_panel"})
"""The options of `app.command` that the list of verbs shows."""


class Verb(NamedTuple):
    """A verb as its room's source has it: its room, and its entry in the list of verbs."""

    room: str
    shown: dict[str, Any]


@cache
def verbs() -> dict[str, Verb]:
    """Return every verb by its name, in order, from the rooms' sources: importing them takes seconds."""
    found = {}
    for room in ROOMS:
        tree = ast.parse(Path(__file__).with_name(f"{room}.py").read_text(encoding="utf-8"))
        for function in tree.body:
            if not isinstance(function, ast.FunctionDef):
                continue
            for decorator in function.decorator_list:
                if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "app.command"):
                    continue
                given = dict(filter(None, map(_shown, decorator.keywords)))
                named = [part.value for part in decorator.args if isinstance(part, ast.Constant)]
                docstring = inspect.cleandoc(ast.get_docstring(function, clean=False) or "")
                name = str(named[0]) if named else function.name.replace("_", "-")
                found[name] = Verb(room, {"help": docstring, **given})
    return found


def _shown(keyword: ast.keyword) -> tuple[str, Any] | None:
    if keyword.arg not in _SHOWN or not isinstance(keyword.value, ast.Constant):
        return None
    return str(keyword.arg), keyword.value.value


@cache
def _room(name: str) -> TyperGroup:
    app = typer.Typer(rich_markup_mode=MARKUP)
    app.add_typer(import_module(f"jiexu.{name}").app)
    return typer.main.get_group(app)


class _Verbs(MutableMapping[str, Any]):
    """The verbs' commands by name; a room is loaded when one of its verbs is asked for."""

    def __init__(self) -> None:
        self._added: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        return self._added[name] if name in self._added else _room(verbs()[name].room).commands[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._added[name] = command

    def __delitem__(self, name: str) -> None:
        del self._added[name]

    def __contains__(self, name: object) -> bool:
        return name in self._added or name in verbs()

    def __iter__(self) -> Iterator[str]:
        return iter({**verbs(), **self._added})

    def __len__(self) -> int:
        return len({**verbs(), **self._added})


class Verbs(TyperGroup):
    """All verbs. Listing them loads no room; running one, or asking for its help, loads its room."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "commands": None})
        self.commands = _Verbs()

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the verbs' names."""
        return list(self.commands)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a verb for a list of verbs: its name and its description."""
        verb = verbs().get(cmd_name)
        return None if verb is None else TyperCommand(cmd_name, rich_markup_mode=MARKUP, **verb.shown)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the verb that the arguments start with, ready to run, and the other arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else self.commands[name], rest
