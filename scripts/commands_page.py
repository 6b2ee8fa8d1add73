"""Write docs/reference/commands.md: the verbs of the command line with arguments, options, examples and documents."""

from __future__ import annotations

import ast
import inspect
import sys
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, NotRequired, get_args, get_origin, get_type_hints

import typer

from dashboards.access.documents import AccountsDocument
from geo.assumptions.documents import AssumptionsDocument
from geo.background.documents import JobsDocument
from geo.complaints.answer_documents import ResponseDocument
from geo.complaints.documents import HotspotsDocument
from geo.complaints.patrol_documents import PatrolsDocument
from geo.facilities.documents import CoverageDocument, PopulationDocument
from geo.facilities.site_documents import SitesDocument
from geo.parking.documents import BaysDocument
from geo.parking.inventory_documents import ParkingDocument
from geo.points.documents import CategoriesDocument, ImportDocument, ListDocument
from geo.rules.documents import RulesDocument
from geo.stalls.documents import AnswerDocument, GuidanceDocument, StallsDocument, StepDocument
from geo.study.check_documents import PrivacyDocument, VerifyDocument
from geo.study.documents import CommentDocument, DecisionDocument, FiguresDocument, ImportRecord
from geo.study.library_documents import BackupDocument, LibraryDocument, RestoredDocument
from geo.tiers.documents import GradeDocument, WidthsDocument
from jiexu.__main__ import app

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "commands.md"

DOCUMENTS: Final[Mapping[str, Any]] = {
    "info": FiguresDocument,
    "verify": VerifyDocument,
    "privacy": PrivacyDocument,
    "grade": GradeDocument,
    "decisions": list[DecisionDocument],
    "add": ImportDocument,
    "categories": CategoriesDocument,
    "imports": list[ImportRecord],
    "rules": RulesDocument,
    "stalls": StallsDocument,
    "check": AnswerDocument,
    "guide": GuidanceDocument,
    "steps": list[StepDocument],
    "bays": BaysDocument,
    "parking": ParkingDocument,
    "widths": WidthsDocument,
    "hotspots": HotspotsDocument,
    "response": ResponseDocument,
    "patrols": PatrolsDocument,
    "coverage": CoverageDocument,
    "site": SitesDocument,
    "population": PopulationDocument,
    "lists": list[ListDocument],
    "studies": LibraryDocument,
    "backup": BackupDocument,
    "restore": RestoredDocument,
    "jobs": JobsDocument,
    "users": AccountsDocument,
    "comments": list[CommentDocument],
}
"""The document that each verb prints with --json: a TypedDict, or a list of them."""

WITH_OPTION: Final[Mapping[str, tuple[str, Any]]] = {"rules": ("--assumptions", AssumptionsDocument)}
"""Further documents of verbs, with the option that asks for each."""

HEAD = """# Commands

`jiexu VERB …` on the command line, `python -m jiexu VERB …` where scripts are not on the path. `jiexu VERB --help`
prints what this page says of a verb.

- A verb that computes writes its layers into the study in one transaction and can be repeated; the pages call the same
  functions.
- Exit status: 0 when done; 1 when done and the answer is no (`verify` that finds something broken), or where the reader
  of the output has gone or Ctrl+C was pressed; 2 on an error of input or an open question, with one sentence that names
  the remedy; 3 on an internal fault, with one sentence, its number and the file that its trace was written to.
- `jiexu --debug VERB …` (or the environment variable `JIEXU_DEBUG`) shows the trace of an internal fault too.
- Progress and messages go to standard error.
- `--json` prints one JSON document, and nothing else, on standard output.
- Messages are Chinese where the locale is ([environment](environment.md)), otherwise English.

This page is written by `make docs` from the command line itself.
"""
_JSON_WORDS: Final[Mapping[Any, str]] = {
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    object: "value",
    types.NoneType: "null",
}
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


def _document(document: Any, options: str = "--json") -> list[str]:
    """Return a table of a document's keys; keys of the documents in it follow a point."""
    inner = _inner(document)
    lead = f"With `{options}`:" if inner is document else f"With `{options}`, a list of objects:"
    rows = ["", lead, "", "| key | type | meaning |", "|---|---|---|"]

    def add(prefix: str, part: type) -> None:
        meanings = meanings_of(part)
        for key, hint in get_type_hints(part, include_extras=True).items():
            optional = get_origin(hint) is NotRequired or key not in getattr(part, "__required_keys__", (key,))
            annotation = get_args(hint)[0] if get_origin(hint) is NotRequired else hint
            words = [_json_word(annotation), *(["optional"] if optional else [])]
            rows.append(f"| `{prefix}{key}` | {', '.join(words)} | {_cell(meanings.get(key, ''))} |")
            inside = _inner(annotation)
            if inside is not None:
                keyed = any(_is_mapping(arm) for arm in (annotation, *get_args(annotation)))
                add(f"{prefix}{key}.{'*.' if keyed else ''}", inside)

    if inner is not None:
        add("", inner)
    return rows


def meanings_of(document: type) -> dict[str, str]:
    """Return the meaning of each key of a document, from the sections Attributes of its docstring and its bases'."""
    found: dict[str, str] = {}
    for base in _bases(document):
        found |= meanings_of(base)
    attributes = inspect.cleandoc(document.__doc__ or "").partition("Attributes\n----------\n")[2]
    names: list[str] = []
    for line in attributes.splitlines():
        if line and not line.startswith(" "):
            names = line.split(", ")
            found |= dict.fromkeys(names, "")
        elif line:
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
    return found


def _bases(document: type) -> list[type]:
    """Return the documents that a document extends: a TypedDict of Python 3.11 forgets its bases."""
    (statement,) = ast.parse(inspect.getsource(document)).body
    names = [base.id for base in getattr(statement, "bases", ()) if isinstance(base, ast.Name)]
    named = [getattr(sys.modules[document.__module__], name) for name in names]
    return [each for each in named if _is_document(each)]


def _json_word(annotation: Any) -> str:
    """Return the JSON type of an annotation, in words."""
    origin, arms = get_origin(annotation), get_args(annotation)
    if _is_document(annotation):
        return "object"
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in arms)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_json_word(arm) for arm in arms)
    if _is_mapping(annotation):
        return f"{_many(arms[1])} by key"
    if _is_list(annotation):
        return f"list of {_many(arms[0])}"
    return _JSON_WORDS[annotation]


def _many(annotation: Any) -> str:
    if _is_mapping(annotation):
        return f"objects ({_json_word(annotation)})"
    if _is_list(annotation):
        return f"lists of {_many(get_args(annotation)[0])}"
    return f"{_json_word(annotation)}s"


def _is_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _inner(annotation: Any) -> type | None:
    """Return the document that an annotation is, or holds."""
    if _is_document(annotation):
        found: type = annotation
        return found
    return next((inner for arm in get_args(annotation) if (inner := _inner(arm)) is not None), None)


def _is_document(annotation: Any) -> bool:
    return typing.is_typeddict(annotation) or (isinstance(annotation, type) and hasattr(annotation, "_fields"))


def section(name: str, command: Any, document: Any = None) -> str:
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
    if name in WITH_OPTION:
        option, further = WITH_OPTION[name]
        lines += _document(further, f"{option} --json")
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
