"""Write docs/reference/commands.md: the verbs of the command line with arguments, options, examples and documents."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import typer

from jiexu.__main__ import app

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"
# what a verb prints with --json: a TypedDict or NamedTuple per verb, whose keys the page lists
DOCUMENTS: Final[Mapping[str, type]] = {}

HEAD = """# Commands

`jiexu VERB …` on the command line, `python -m jiexu VERB …` where scripts are not on the path. `jiexu VERB --help`
prints what this page says of a verb.

- A verb that computes writes its layers into the study in one transaction and can be repeated; the pages call the same
  functions.
- Exit status: 0 when done; 2 on an error of input, with one sentence that names the remedy;
  3 on an internal fault, with its number and the file that its trace was written to.
- Progress and messages go to standard error.
- `--json` prints one JSON document, and nothing else, on standard output.
- Messages are Chinese where the locale is ([environment](environment.md)), otherwise English.

This page is written by `make docs` from the command line itself.
"""
_WORDS: Final[Mapping[type, str]] = {Path: "PATH", float: "NUMBER", int: "INTEGER", str: "TEXT"}


def verbs() -> dict[str, Any]:
    """Return the command of each verb, as Typer keeps it, in the order of the help."""
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def _word(annotation: Any) -> str:
    """Return the word for the values of an argument or option, or its choices; a flag has none."""
    arms = [arm for arm in get_args(annotation) if arm is not types.NoneType]
    if get_origin(annotation) in (typing.Union, types.UnionType):
        return _word(arms[0])
    if get_origin(annotation) is list:
        return f"{_word(arms[0])} …"
    if get_origin(annotation) is Literal:
        return "|".join(map(str, arms))
    return _WORDS.get(annotation, "")


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _option(option: Any, annotation: Any) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    value = option.metavar or _word(annotation)
    default = "" if option.default in (None, False, "", [], ()) else f"`{option.default}`"
    if option.required:
        default = "required"
    meaning = option.help or ""
    if option.envvar:
        meaning += f" Environment: `{option.envvar}`."
    return f"| {names}{f' `{_cell(value)}`' if value else ''} | {_cell(meaning)} | {_cell(default)} |"


def _document(document: type) -> list[str]:
    """Return a table of a document's keys, the keys of inner documents after a point."""
    rows = ["", "With `--json`:", "", "| key | type |", "|---|---|"]

    def add(prefix: str, part: type) -> None:
        for key, annotation in get_type_hints(part).items():
            inner = next((each for each in (annotation, *get_args(annotation)) if _is_document(each)), None)
            if inner is None:
                rows.append(f"| `{prefix}{key}` | `{_cell(inspect.formatannotation(annotation))}` |")
                continue
            shape = "list of objects" if get_origin(annotation) is list else "object"
            rows.append(
                f"| `{prefix}{key}` | {shape}{'' if inner is annotation or shape != 'object' else ' or null'} |"
            )
            add(f"{prefix}{key}.", inner)

    add("", document)
    return rows


def _is_document(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) or (isinstance(annotation, type) and hasattr(annotation, "_fields"))


def section(name: str, command: Any, document: type | None = None) -> str:
    """Return the part of the page on one verb."""
    callback: Callable[..., Any] = command.callback
    hints = get_type_hints(callback)
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    options = [each for each in command.params if each.param_type_name == "option" and each.opts != ["--help"]]
    shown = [each.metavar or each.name.upper() for each in arguments]
    usage = [
        word if each.required or word.startswith("[") else f"[{word}]"
        for word, each in zip(shown, arguments, strict=True)
    ]
    lines = [f"## {name}", "", command.help or "", "", "```sh", " ".join(["jiexu", name, *usage, "[OPTIONS]"]), "```"]
    if arguments:
        lines += ["", "| argument | meaning |", "|---|---|"]
        lines += [
            f"| `{_cell(word.strip('[]'))}` | {_cell(each.help or '')} |"
            for word, each in zip(shown, arguments, strict=True)
        ]
    if options:
        lines += ["", "| option | meaning | default |", "|---|---|---|"]
        lines += [_option(each, hints[each.name]) for each in options]
    if document is not None:
        lines += _document(document)
    if command.epilog:
        lines += ["", command.epilog]
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the page."""
    return "\n".join([HEAD, *(section(name, command, DOCUMENTS.get(name)) for name, command in verbs().items())])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
