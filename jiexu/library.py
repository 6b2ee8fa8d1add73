"""A library of studies: its list, moves within it, backups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.library_documents import BackupDocument, LibraryDocument, ListedStudyDocument, RestoredDocument, Shelf
from jiexu.language import language
from jiexu.shared import AsJson, errors_as_messages, print_document, say

if TYPE_CHECKING:
    from geo.study.library_moves import Moved

app = typer.Typer()

Action = Literal["list", "rename", "archive", "restore", "remove"]

_INCOMPLETE: Final = 1
"""Exit status of a backup that lacks a study."""

_MB: Final = 1_000_000

_SHELVES: Final[dict[Shelf, Text]] = {
    "current": Text("在用", "current"),
    "archived": Text("已归档", "archived"),
    "bin": Text("回收站", "bin"),
}


@app.command(epilog="Example: `jiexu studies rename anyang --to 安阳 --folder studies`")
@errors_as_messages
def studies(
    action: Annotated[Action, typer.Argument(help="The action.")] = "list",
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The study, without suffix.")] = None,
    folder: Annotated[Path, typer.Option(envvar="JIEXU_FOLDER", help="The folder of the studies.")] = Path("studies"),
    to: Annotated[str | None, typer.Option(metavar="NAME", help="The new name (rename).")] = None,
    shelf: Annotated[
        Literal["archived", "bin"] | None,
        typer.Option("--from", help="Where the study to restore stands; by default the archive, then the bin."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List a folder of studies; rename one, archive it, remove it to the bin, or restore it; roles and key go along."""
    from geo.study.library import find, library_document  # noqa: PLC0415 (verbs load what they need)

    if action != "list":
        if not name or (action == "rename" and not to):
            words = Text("研究 --to 新名称", "NAME --to NEW") if action == "rename" else Text("研究", "NAME")
            raise StudyError(
                Text("没有写研究名称", "No study is named"),
                Text(f"jiexu studies {action} {words.zh}", f"jiexu studies {action} {words.en}"),
            )
        stands: Shelf = "current"
        if action == "restore":
            stands = shelf or ("archived" if find(folder, name, "archived") else "bin")
        elif action == "remove" and find(folder, name) is None and find(folder, name, "archived"):
            stands = "archived"
        _move(action, folder, name, to or "", stands)
    document = library_document(folder)
    if as_json:
        print_document(document)
    elif action == "list":
        typer.echo("\n".join(_lines(document)))


def _move(action: Action, folder: Path, name: str, to: str, shelf: Shelf) -> None:
    from dashboards.access.libraries import moved  # noqa: PLC0415
    from geo.study import library_moves  # noqa: PLC0415

    def move() -> Moved:
        if action == "rename":
            return library_moves.rename(folder, name, to)
        if action == "archive":
            return library_moves.archive(folder, name)
        if action == "remove":
            return library_moves.remove(folder, name, shelf)
        return library_moves.restore(folder, name, shelf)

    path = moved(folder, move, name if action != "restore" and shelf == "current" else None)
    say(Text(f"{name} → {path}", f"{name} → {path}"))


def _lines(document: LibraryDocument) -> list[str]:
    if not document["studies"]:
        return [Text("没有研究", "There are no studies").pick(language())]
    return [_line(each) for each in document["studies"]]


def _line(each: ListedStudyDocument) -> str:
    """Return a study of the list in one line."""
    parts = [each["name"], _SHELVES[each["shelf"]].pick(language())]
    parts += [each["country"], each["source"], (each["osm_date"] or "")[:10], (each["changed_at"] or "")[:16]]
    parts.append(f"{each['size_bytes'] / _MB:.1f} MB")
    if each["problem"] is not None:
        parts.append(each["problem"][language()])
    return "  ".join(filter(None, parts))


@app.command(epilog="Example: `jiexu backup studies --to /mnt/backup --keep 14`")
@errors_as_messages
def backup(
    source: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="The folder of the studies, or one study.", show_default=False)
    ],
    to: Annotated[Path, typer.Option(help="The folder of the copies.")],
    keep: Annotated[
        int | None, typer.Option(min=1, help="How many copies of each study stay, the newest; by default all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy studies, keys and accounts while others work, and verify each copy. Exit status 1 if one is missing."""
    from dashboards.access.libraries import back_up_all  # noqa: PLC0415

    document = back_up_all(source, to, keep)
    if as_json:
        print_document(document)
    else:
        typer.echo("\n".join(_copy_lines(document)))
    if not document["complete"]:
        raise typer.Exit(_INCOMPLETE)


def _copy_lines(document: BackupDocument) -> list[str]:
    lines = []
    for each in document["files"]:
        if each["problem"] is not None:
            lines.append(f"- {each['name']}: {each['problem'][language()]}")
        elif each["copy"] is not None:
            lines.append(f"{each['name']} → {each['copy']}  {(each['size_bytes'] or 0) / _MB:.1f} MB")
            lines += [f"  {note[language()]}" for note in each["notes"]]
            if each["removed"]:
                count = len(each["removed"])
                lines.append(Text(f"  删除旧备份 {count} 份", f"  {count} older copies removed").pick(language()))
    return lines or [Text("没有研究", "There are no studies").pick(language())]


@app.command(epilog="Example: `jiexu restore /mnt/backup/anyang.20270301T020000000Z.gpkg studies`")
@errors_as_messages
def restore(
    copy: Annotated[Path, typer.Argument(metavar="COPY", help="A copy that `jiexu backup` made.", show_default=False)],
    target: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="The folder of the studies, or the file to make.", show_default=False),
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put a study that is there into the bin, and the copy in its place.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Bring a study, with its key, or the accounts back from a copy; the copy is verified first."""
    from dashboards.access.libraries import (  # noqa: PLC0415
        bring_accounts_back,
        bring_study_back,
        is_copy_of_accounts,
    )

    document: RestoredDocument
    if is_copy_of_accounts(copy):
        document = bring_accounts_back(copy, target, replace)
    else:
        document = bring_study_back(copy, target, replace)
    if as_json:
        print_document(document)
        return
    say(Text(f"已恢复 {document['file']}", f"{document['file']} is restored"))
    if document["replaced"] is not None:
        say(Text(f"原文件移入 {document['replaced']}", f"The former file is {document['replaced']}"))
