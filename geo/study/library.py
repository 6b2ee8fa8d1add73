"""A library: a folder of studies, with an archive and a bin; its list, read from the studies' facts alone."""

from __future__ import annotations

import datetime as dt
import os
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from geo.core.databases import address
from geo.core.errors import StudyError
from geo.core.text import Text
from geo.study.damage import DamagedError
from geo.study.database import held, real
from geo.study.file import FORMAT, about
from geo.study.file_state import BESIDE, left_beside
from geo.study.keys import SUFFIX as KEY_SUFFIX
from geo.study.library_documents import LibraryDocument, ListedStudyDocument, Shelf, StudyState
from geo.study.migrations import STEPS

SHELVES: Final[tuple[Shelf, ...]] = ("current", "archived", "bin")
SUFFIX: Final = ".gpkg"

_WAIT_S: Final = 0.5
"""How long a list waits for a program that writes a study."""

_LONGEST_NAME: Final = 200
"""Bytes: a number in the bin, and SQLite's own files beside, still fit."""

_FORBIDDEN: Final = frozenset('<>:"/\\|?*')
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\.|$)", re.IGNORECASE)
"""Names of devices, with any suffix (Microsoft: Naming Files, Paths, and Namespaces)."""


class ListedStudy(NamedTuple):
    """
    A study of a library, by its facts.

    Attributes
    ----------
    name, path, shelf, state, problem
        As `geo.study.library_documents.ListedStudyDocument` has them.
    country, source, osm_date, built_at
        Facts of the study; empty where it cannot be read.
    changed_at
        When its file was last written.
    size_bytes
        Of its file.
    """

    name: str
    path: Path
    shelf: Shelf
    state: StudyState
    problem: Text | None
    country: str
    source: str
    osm_date: str | None
    built_at: str | None
    changed_at: dt.datetime | None
    size_bytes: int

    @property
    def role_name(self) -> str:
        """The name of the study in accounts."""
        return role_name(self.name, self.shelf)


def role_name(name: str, shelf: Shelf = "current") -> str:
    """Return the name of a study in accounts; no current study is called like one of another shelf."""
    return name if shelf == "current" else f"{shelf}:{name}"


def shelf_path(folder: Path, shelf: Shelf) -> Path:
    """Return the folder of a shelf of a library."""
    return folder if shelf == "current" else folder / shelf


def names(folder: Path, shelf: Shelf = "current") -> list[str]:
    """Return the names of the GeoPackages of a shelf, whatever is in them; the first of two that differ by suffix."""
    return [path.stem for path in _files(shelf_path(folder, shelf))]


def find(folder: Path, name: str, shelf: Shelf = "current") -> Path | None:
    """Return the file of a name, spelled exactly as in the folder; None where there is none."""
    return next((path for path in _files(shelf_path(folder, shelf)) if path.stem == name), None)


def studies(folder: Path, *shelves: Shelf) -> list[ListedStudy]:
    """
    Return the studies of a library and the files beside them that are none, each with its state.

    Parameters
    ----------
    folder
        The library.
    shelves
        Where to look; by default everywhere.

    Raises
    ------
    StudyError
        If there is no such folder.
    """
    _require_folder(folder)
    return [
        listed
        for shelf in shelves or SHELVES
        for path in _files(shelf_path(folder, shelf))
        if (listed := _listed(path, shelf)) is not None
    ]


def library_document(folder: Path) -> LibraryDocument:
    """Return a library's list, as printed by `jiexu studies list --json`."""
    return {"folder": str(folder.resolve()), "studies": [_document(each) for each in studies(folder)]}


def checked_name(name: str) -> str:
    """
    Return a name that a study can have on every system.

    Parameters
    ----------
    name
        As somebody typed it; the suffix and spaces around it do not count.

    Raises
    ------
    StudyError
        If it is empty or too long, leads out of the folder, or is a name that systems keep for themselves.
    """
    found = unicodedata.normalize("NFC", name).strip()
    if found.casefold().endswith(SUFFIX):
        found = found[: -len(SUFFIX)].rstrip()
    odd = any(each in _FORBIDDEN or (each != " " and unicodedata.category(each)[0] in "CZ") for each in found)
    if odd or not found or found[0] in ".-~" or found[-1] == "." or _RESERVED.match(found):
        raise StudyError(
            Text(f"研究不能使用此名称：{found!r}", f"A study cannot be called {found!r}"),
            Text(
                '名称不能为空，不能以 . - ~ 开头或以 . 结尾，不能含 < > : " / \\ | ? *，也不能是 CON、NUL 等系统保留名',
                'Use a name that does not begin with . - ~ or end with a dot, has none of < > : " / \\ | ? *, and is '
                "no name of a device (CON, NUL)",
            ),
        )
    if len(os.fsencode(found)) > _LONGEST_NAME:
        raise StudyError(
            Text("研究名称过长", "The study's name is too long"),
            Text(
                f"最多 {_LONGEST_NAME} 字节（一个汉字占 3 字节）",
                f"Use at most {_LONGEST_NAME} bytes (a Chinese character takes 3)",
            ),
        )
    return found


def free_path(folder: Path, name: str, with_key: bool = False) -> Path:
    """
    Return the path of a new current study of a library.

    Parameters
    ----------
    folder, name
        The library, and the name as somebody typed it.
    with_key
        Whether the study has a key that may stand there already: whoever puts it there compares the two.

    Raises
    ------
    StudyError
        If no study can have the name, another one has it (in whatever case), or a file of another study is in the way.
    """
    name = checked_name(name)
    taken = [each for each in names(folder) if _plain(each) == _plain(name)]
    if taken:
        raise StudyError(
            Text(f"已有研究 {taken[0]}", f"There is a study {taken[0]} already"),
            Text("请换一个名称", "Choose another name"),
        )
    path = folder / f"{name}{SUFFIX}"
    for beside in (None if with_key else path.with_suffix(KEY_SUFFIX), left_beside(path)):
        if beside is not None and beside.exists():
            raise StudyError(
                Text(f"{beside} 属于一个已不存在的研究文件", f"{beside} belongs to a study that is no longer there"),
                Text("请将其移走，或换一个名称", "Move it away, or choose another name"),
            )
    return path


def numbered_path(folder: Path, name: str, shelf: Shelf) -> Path:
    """Return a free path for a study on a shelf: its name, with a number where another one has it."""
    home = shelf_path(folder, shelf)
    taken = {_plain(each) for each in names(folder, shelf)}
    number = 1
    while True:
        tried = name if number == 1 else f"{name} {number}"
        path = home / f"{tried}{SUFFIX}"
        beside = (path.with_suffix(KEY_SUFFIX), *(path.with_name(path.name + suffix) for suffix in BESIDE))
        if _plain(tried) not in taken and not any(os.path.lexists(each) for each in (path, *beside)):
            return path
        number += 1


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _require_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise StudyError(
            Text(f"没有文件夹 {folder}", f"There is no folder {folder}"),
            Text("请检查路径，或先建立该文件夹", "Check the path, or make the folder first"),
        )


def _files(home: Path) -> Iterator[Path]:
    """Yield the GeoPackages of a folder by name; of names that differ by the case of their suffix, the first."""
    try:
        with os.scandir(home) as entries:
            found = sorted(
                entry.name
                for entry in entries
                if entry.name.lower().endswith(SUFFIX) and not entry.name.startswith(".") and entry.is_file()
            )
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise StudyError(
            Text(f"无法读取文件夹 {home}（{error}）", f"The folder {home} cannot be read ({error})"),
            Text("请检查权限", "Check its permissions"),
        ) from error
    seen: set[str] = set()
    for name in sorted(found, key=lambda name: (_plain(name), not name.endswith(SUFFIX), name)):
        path = home / name
        if path.stem not in seen:
            seen.add(path.stem)
            yield path


def _listed(path: Path, shelf: Shelf) -> ListedStudy | None:
    """Return an entry of the list; None for a file that has gone meanwhile."""
    facts: dict[str, str] = {}
    state: StudyState = "sound"
    problem: Text | None = None
    try:
        written = path.stat()
        _require_readable(path)
        facts = about(path, older=True)
        if facts["format"] not in (FORMAT, *STEPS):
            state, problem = "older", _older()
    except FileNotFoundError:
        return None
    except DamagedError as error:
        state, problem = "damaged", error.problem
    except StudyError as error:
        if not path.exists():
            return None
        busy = isinstance(error.__cause__, (sqlite3.OperationalError, OSError))
        state, problem = "unreadable" if busy else "no_study", error.problem
    except (OSError, sqlite3.Error) as error:
        state, problem = "unreadable", Text(f"无法读取（{error}）", f"It cannot be read ({error})")
    return ListedStudy(
        path.stem,
        path,
        shelf,
        state,
        problem,
        facts.get("region") or facts.get("country", ""),
        facts.get("osm_source", ""),
        facts.get("osm_date") or None,
        facts.get("built_at") or None,
        dt.datetime.fromtimestamp(written.st_mtime, dt.UTC),
        written.st_size,
    )


def _older() -> Text:
    return Text("由旧版本生成，须重新生成（jiexu build）", "Made by an older version: build it again (jiexu build)")


def _require_readable(path: Path) -> None:
    """Refuse a study that another program is writing: opening it waits for half a minute, too long for a list."""
    file = real(path)
    try:
        connection = sqlite3.connect(address(file), uri=True, timeout=_WAIT_S, isolation_level=None)
    except sqlite3.OperationalError as error:
        raise StudyError(
            Text(f"无法读取 {path.name}（{error}）", f"{path.name} cannot be read ({error})"), Text("", "")
        ) from error
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise held(path) from error
        raise
    except sqlite3.DatabaseError:
        return  # no database, or a damaged one: `about` says it
    finally:
        connection.close()


def _document(listed: ListedStudy) -> ListedStudyDocument:
    problem, changed = listed.problem, listed.changed_at
    return {
        "name": listed.name,
        "shelf": listed.shelf,
        "state": listed.state,
        "problem": None if problem is None else {"zh": problem.zh, "en": problem.en},
        "country": listed.country,
        "source": listed.source,
        "osm_date": listed.osm_date,
        "built_at": listed.built_at,
        "changed_at": None if changed is None else changed.isoformat(timespec="seconds"),
        "size_bytes": listed.size_bytes,
    }
