"""Backups of studies: copies made by SQLite while others work, opened and verified; and bringing one back."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Final, NamedTuple

from geo.core.aside import aside, sync
from geo.core.databases import address
from geo.core.errors import JiexuError, StudyError, writing
from geo.core.text import Text
from geo.study import database
from geo.study.check_documents import VerifyDocument
from geo.study.checks import verify
from geo.study.checksums import counter_of
from geo.study.damage import DamagedError
from geo.study.database import connect, held, missing, real
from geo.study.documents import TextDocument
from geo.study.file import about
from geo.study.keys import SUFFIX as KEY_SUFFIX
from geo.study.keys import carry_key
from geo.study.library import SUFFIX, checked_name, find, free_path, names, shelf_path
from geo.study.library_documents import BackupDocument, CopyResultDocument, RestoredDocument, Shelf
from geo.study.library_moves import move, place, remove
from geo.study.opening import is_database
from geo.study.rights import EVERY_STUDY, require

BACKED_UP: Final[tuple[Shelf, ...]] = ("current", "archived")

_STAMP: Final = r"\.(\d{8}T\d{9}Z)"
_COPY: Final = re.compile(rf"(?P<name>.+){_STAMP}(?P<suffix>\.\w+)")
"""The name of a copy: the study's, the moment in UTC to the millisecond (it sorts as text), the suffix."""

_NEW: Final = "new"
_DAMAGE: Final = frozenset({"file", "facts", "log"})
"""Parts of a check of which a problem means that the copy is not to be relied on."""

_PAUSE_S: Final = 0.1
_COUNTS: Final = (24, 92)
"""Where a file counts its writes, and says for which count its header is right (SQLite's file format, 1.3)."""


class CopyName(NamedTuple):
    """The parts of a copy's name: of the study, the moment, the suffix."""

    name: str
    stamp: str
    suffix: str


def stamp_of(moment: dt.datetime) -> str:
    """Return a moment as it stands in the names of copies: in UTC, to the millisecond, sorted as text."""
    at = moment.astimezone(dt.UTC)
    return f"{at:%Y%m%dT%H%M%S}{at.microsecond // 1000:03d}Z"


def copy_name(file: Path) -> CopyName | None:
    """Return the parts of a copy's name, or None for another file's."""
    found = _COPY.fullmatch(file.name)
    return None if found is None else CopyName(found["name"], found[2], found["suffix"])


def back_up(source: Path, to: Path, keep: int | None = None, moment: dt.datetime | None = None) -> BackupDocument:
    """
    Copy a library, or one study, into a folder; each copy is opened and verified before it gets its name.

    Parameters
    ----------
    source
        A folder of studies (current and archived ones are copied, the bin is not), or a study.
    to
        The folder of the copies: made where it is missing.
    keep
        How many copies of each study stay, the newest; by default all.
    moment
        The moment in the names of the copies; by default now.

    Raises
    ------
    StudyError
        If there is no such folder or study, `to` is a folder of studies, or it cannot be written.
    RightError
        If whoever acts may not administer all studies.
    """
    require("administer", EVERY_STUDY)
    if not source.exists():
        raise missing(source)
    folder = source if source.is_dir() else source.parent
    _refuse_own_folder(folder, to)
    at = moment or dt.datetime.now(dt.UTC)
    stamp = stamp_of(at)
    shelves = BACKED_UP if source.is_dir() else ("current",)
    found: list[CopyResultDocument] = []
    with writing(to):
        to.mkdir(parents=True, exist_ok=True)
    for shelf in shelves:
        chosen = names(folder, shelf) if source.is_dir() else [source.stem]
        for name in chosen:
            path = find(folder, name, shelf) if source.is_dir() else source
            if path is not None:
                found.append(_backed_up(path, name, shelf, shelf_path(to, shelf), stamp, keep))
    return {
        "folder": str(folder.resolve()),
        "to": str(to.resolve()),
        "at": at.astimezone(dt.UTC).isoformat(timespec="milliseconds"),
        "complete": all(each["status"] != "failed" for each in found),
        "files": found,
    }


def bring_back(copy: Path, target: Path, replace: bool = False) -> RestoredDocument:
    """
    Restore a study from a copy.

    Parameters
    ----------
    copy
        A study's file with its key beside it, such as `back_up` makes.
    target
        A library, where the study gets its old name; or the study's file.
    replace
        Whether a study of that name goes to the bin; else it is in the way.

    Raises
    ------
    StudyError
        If there is no such copy, it is damaged, or a study is in the way.
    RightError
        If whoever acts may not administer the study.
    """
    if not copy.is_file():
        raise missing(copy)
    said = copy_name(copy)
    if target.is_dir():
        folder, name = target, checked_name(said.name if said else copy.stem)
    else:
        folder, name = target.parent, target.stem
        if target.suffix.lower() != SUFFIX:
            raise StudyError(
                Text(f"{target} 不是文件夹，也不是 .gpkg 文件", f"{target} is neither a folder nor a .gpkg file"),
                Text("请给出已有的文件夹，或研究文件的路径", "Name a folder that is there, or a study file"),
            )
    require("administer", folder / f"{name}{SUFFIX}")
    there = find(folder, name)
    if there is not None and (not replace or there.samefile(copy)):
        raise _in_the_way(there)
    checked = verify(copy)
    if _damage(checked) is not None:
        raise _unsound(copy, checked)
    path = real(folder / f"{name}{SUFFIX}")
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        with aside(path) as private:
            new = private / _NEW
            copy_database(copy, new, counted=True)
            gone = None if there is None else remove(folder, name).path
            try:
                free_path(folder, name, with_key=True)
                key = _place_with_key(copy, new, path)
            except BaseException:
                if gone is not None:
                    move(gone, path, "bin", "current")
                raise
    about(path, older=True)
    return {
        "copy": str(copy),
        "file": str(path),
        "key": key is not None,
        "replaced": None if gone is None else str(gone),
    }


def copy_database(source: Path, target: Path, counted: bool = False) -> None:
    """
    Copy a database by SQLite: one state of it, however others write meanwhile, and no log beside the copy.

    Parameters
    ----------
    source
        The database.
    target
        A file that is not there yet.
    counted
        Whether the copy has the source's count of writes, as a study needs it: damage is told from a change by it.

    Raises
    ------
    StudyError
        If another program holds it for too long.
    """
    until = time.monotonic() + database.WAIT_S

    def watch(*_: int) -> None:
        if time.monotonic() > until:
            raise held(source)

    with connect(source) as connection:
        connection.execute(f"PRAGMA busy_timeout = {int(database.WAIT_S * 1000)}")
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it is one state
        counter = counter_of(connection) if counted else None
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(address(target), uri=True, isolation_level=None)) as copy:
            connection.backup(copy, progress=watch, sleep=_PAUSE_S)
            copy.execute("PRAGMA journal_mode = DELETE")
    with target.open("r+b") as file:
        for place_of in _COUNTS if counter is not None else ():
            file.seek(place_of)
            file.write(int(counter or 0).to_bytes(4, "big"))
        file.flush()
        os.fsync(file.fileno())


def keep_newest(folder: Path, name: str, suffix: str, keep: int | None, same: Callable[[Path], bool]) -> list[str]:
    """
    Remove the older copies of a file, with their keys.

    Parameters
    ----------
    folder
        Of the copies.
    name, suffix
        As the copies have them.
    keep
        How many stay, the newest; None for all.
    same
        Tells whether a copy is of the same file and not of another one with its name.

    Returns
    -------
    removed
        The copies that are gone.
    """
    if keep is None:
        return []
    found = [(said.stamp, file) for file in folder.iterdir() if (said := copy_name(file)) is not None]
    ours = sorted(
        (stamp, file) for stamp, file in found if copy_name(file) == CopyName(name, stamp, suffix) and same(file)
    )
    removed = []
    for _, file in ours[: max(0, len(ours) - max(1, keep))]:
        file.unlink(missing_ok=True)
        if suffix == SUFFIX:
            file.with_suffix(KEY_SUFFIX).unlink(missing_ok=True)
        removed.append(str(file))
    return removed


def _backed_up(path: Path, name: str, shelf: Shelf, to: Path, stamp: str, keep: int | None) -> CopyResultDocument:
    """Copy a study; a problem with it is part of the answer and stops no other."""
    try:
        if not is_database(path):
            return _result(
                name,
                shelf,
                "failed",
                Text("文件开头被破坏，或不是研究文件", "Its beginning is destroyed, or it is no study"),
            )
        if not _is_ours(path):
            return _result(name, None, "skipped", Text("不是街序研究文件", "It is no Jiexu study"))
        copy, notes = _copied(path, to, f"{name}.{stamp}{SUFFIX}")
        key = carry_key(path, copy)
        own = about(copy, older=True).get("study_id")
        removed = keep_newest(to, name, SUFFIX, keep, lambda file: file == copy or _study_id(file) == own)
    except JiexuError as error:
        return _result(name, shelf, "failed", error.problem)
    except (OSError, sqlite3.Error) as error:
        return _result(name, shelf, "failed", Text(f"无法复制（{error}）", f"It cannot be copied ({error})"))
    found = _result(name, shelf, "copied", None)
    return {
        **found,
        "copy": str(copy),
        "key": key is not None,
        "size_bytes": copy.stat().st_size,
        "notes": notes,
        "removed": removed,
    }


def _result(name: str, shelf: Shelf | None, status: str, problem: Text | None) -> CopyResultDocument:
    return {
        "name": name,
        "shelf": shelf,
        "status": status,  # type: ignore[typeddict-item]
        "copy": None,
        "key": False,
        "size_bytes": None,
        "problem": None if problem is None else {"zh": problem.zh, "en": problem.en},
        "notes": [],
        "removed": [],
    }


def _copied(path: Path, to: Path, name: str) -> tuple[Path, list[TextDocument]]:
    """Copy a study aside, verify the copy, and give it its name; return it and remarks on it."""
    target = to / name
    with writing(target):
        to.mkdir(parents=True, exist_ok=True)
        with aside(target) as private:
            new = private / f"{path.stem}{SUFFIX}"
            copy_database(path, new, counted=True)
            shutil.copymode(path, new)
            checked = verify(new)
            if _damage(checked) is not None:
                raise _unsound(path, checked)
            place(new, target)
            sync(to)
    return target, [each["text"] for each in checked["problems"]]


def _place_with_key(copy: Path, new: Path, path: Path) -> Path | None:
    """Put a study that was written aside and the key of its copy in place: both or neither."""
    stood = path.with_suffix(KEY_SUFFIX).exists()
    key = carry_key(copy, path)
    try:
        place(new, path)
    except BaseException:
        if key is not None and not stood:
            key.unlink(missing_ok=True)
        raise
    return key


def _damage(checked: VerifyDocument) -> TextDocument | None:
    """Return the first problem of a check that means damage, or None: odd rows and edits in QGIS are copied too."""
    broken = {state["layer"] for state in checked["layer_states"] if state["status"] in ("damaged", "unreadable")}
    damage = (
        each["text"]
        for each in checked["problems"]
        if each["part"] in _DAMAGE or (each["part"] == "layer" and each["layer"] in broken)
    )
    return next(damage, None)


def _unsound(path: Path, checked: VerifyDocument) -> DamagedError:
    found = _damage(checked) or {"zh": "", "en": ""}
    return DamagedError(
        Text(f"{path} 已损坏：{found['zh']}", f"{path} is damaged: {found['en']}"),
        Text(f"请运行 jiexu verify {path.name}；以前的备份均保留", f"Run jiexu verify {path.name}; older copies stay"),
    )


def _is_ours(path: Path) -> bool:
    """Tell whether a sound database is a study; a damaged one counts, so that its damage is told."""
    try:
        about(path, older=True)
    except DamagedError:
        return True
    except StudyError as error:
        return isinstance(error.__cause__, sqlite3.OperationalError)
    return True


def _study_id(file: Path) -> str | None:
    with suppress(JiexuError, OSError, sqlite3.Error):
        return about(file, older=True).get("study_id")
    return None


def _refuse_own_folder(folder: Path, to: Path) -> None:
    if to.resolve() in {shelf_path(folder, shelf).resolve() for shelf in ("current", "archived", "bin")}:
        raise StudyError(
            Text("备份不能放在研究所在的文件夹中", "Copies cannot stand in the folder of the studies"),
            Text("请另选文件夹，最好在另一块磁盘上", "Choose another folder, best on another disk"),
        )


def _in_the_way(there: Path) -> StudyError:
    return StudyError(
        Text(f"已有研究 {there}", f"There is a study {there} already"),
        Text(
            "加 --replace 将其移入回收站并换成备份，或给出另一个文件名",
            "Say --replace to put it into the bin and the copy in its place, or name another file",
        ),
    )
