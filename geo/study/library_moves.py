"""Moves of studies within a library: rename, archive, restore, remove to the bin; each with its key, none deleted."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from geo.core.aside import sync
from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study import file_state
from geo.study.database import held, in_one_file, locked, missing, real
from geo.study.file_state import left_beside
from geo.study.keys import SUFFIX as KEY_SUFFIX
from geo.study.library import SUFFIX, checked_name, find, free_path, numbered_path, role_name
from geo.study.library_documents import Shelf
from geo.study.opening import is_database
from geo.study.rights import require

_SPARE_KEY: Final = r"\.([0-9a-f]{16}|unreadable)-[0-9a-f]{4}\.key"
"""After a study's name: keys that another one has replaced (`geo.study.keys.keep_key`)."""


class Moved(NamedTuple):
    """
    A study that was moved.

    Attributes
    ----------
    path
        Its file now.
    before, after
        Its names in accounts: whoever keeps roles carries them from one to the other.
    """

    path: Path
    before: str
    after: str


def rename(folder: Path, name: str, new: str) -> Moved:
    """
    Rename a current study.

    Raises
    ------
    StudyError
        If there is no such study, the new name is none or another's, or another program has the study open.
    RightError
        If whoever acts may not administer it.
    """
    source = _found(folder, name, "current")
    if source.stem == checked_name(new):
        return Moved(source, name, name)
    only_case = source.stem.casefold() == checked_name(new).casefold()
    target = source.with_name(f"{checked_name(new)}{SUFFIX}") if only_case else free_path(folder, new)
    return move(source, target, "current", "current")


def archive(folder: Path, name: str) -> Moved:
    """Put a current study into the archive; errors as `rename`."""
    return move(_found(folder, name, "current"), numbered_path(folder, name, "archived"), "current", "archived")


def remove(folder: Path, name: str, shelf: Shelf = "current") -> Moved:
    """Put a study into the bin, from where it can be restored; errors as `rename`."""
    if shelf == "bin":
        raise StudyError(
            Text(f"{name} 已在回收站中", f"{name} is in the bin already"),
            Text("确需彻底删除时，请由系统管理员在文件夹中删除", "Whoever runs the server can delete it in the folder"),
        )
    return move(_found(folder, name, shelf), numbered_path(folder, name, "bin"), shelf, "bin")


def restore(folder: Path, name: str, shelf: Shelf) -> Moved:
    """Bring a study back from the archive or the bin, under another number where its name is taken; as `rename`."""
    if shelf == "current":
        raise StudyError(
            Text(f"{name} 不在归档或回收站中", f"{name} is neither archived nor in the bin"),
            Text("请选择归档或回收站中的研究", "Choose a study of the archive or the bin"),
        )
    return move(_found(folder, name, shelf), numbered_path(folder, name, "current"), shelf, "current")


def move(source: Path, target: Path, before: Shelf, after: Shelf) -> Moved:
    """
    Rename a study with its keys, on one disk; whoever calls has asked for the right.

    Parameters
    ----------
    source, target
        Its file, and a free name.
    before, after
        The shelves that they are on.

    Raises
    ------
    StudyError
        If another program has it open, or something is in the way. Nothing is moved then.
    """
    file = real(source)
    with writing(target):
        target.parent.mkdir(exist_ok=True)
        target = real(target)
        with _alone(file):
            keys, made = _link_keys(file, target)
            try:
                _rename(file, target)
            except BaseException:
                _unlink(made)
                raise
            _unlink(keys)
        sync(file.parent)
        sync(target.parent)
    return Moved(target, role_name(source.stem, before), role_name(target.stem, after))


def place(new: Path, target: Path) -> None:
    """
    Rename a file that was written aside, on the same disk, to a name that is free.

    Raises
    ------
    FileExistsError
        If somebody else has taken the name meanwhile.
    """
    old = real(new)
    # a rename alone would replace a file that has come meanwhile
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        new.replace(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    file_state.renamed(old, real(target))
    sync(target.parent)


def _found(folder: Path, name: str, shelf: Shelf) -> Path:
    """Return a study's file, if whoever acts may administer it."""
    require("administer", Path(f"{role_name(name, shelf)}{SUFFIX}"))
    path = find(folder, name, shelf)
    if path is None:
        raise missing(folder / f"{name}{SUFFIX}")
    if path.is_symlink():
        raise StudyError(
            Text(f"{path} 是指向别处文件的链接", f"{path} is a link to a file elsewhere"),
            Text("请在该文件所在处改名或移动", "Rename or move the file where it stands"),
        )
    return path


def _rename(file: Path, target: Path) -> None:
    if os.path.lexists(target) and file.samefile(target):  # a disk that takes cases for one
        file.rename(target)
        file_state.renamed(file, target)
    else:
        try:
            place(file, target)
        except FileExistsError as error:
            raise StudyError(
                Text(f"已有研究 {target.stem}", f"There is a study {target.stem} already"),
                Text("请换一个名称", "Choose another name"),
            ) from error


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """
    Hold a study that nobody else writes to; changes of programs that were killed are rolled back before.

    Raises
    ------
    StudyError
        If another program has it open for writing, or a part of it stands in a log beside it.
    """
    left = left_beside(file)
    if left is not None and not is_database(file):
        raise StudyError(
            Text(f"{left} 中还有 {file.name} 的一部分内容", f"A part of {file.name} stands in {left}"),
            Text("请从备份恢复；两个文件都未移动", "Restore a backup; neither file was moved"),
        )
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(locked(file))
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            connection = None  # no database, or a damaged one: nobody writes to it
        if left_beside(file) is not None or (connection is not None and not in_one_file(connection)):
            raise held(file)
        if os.name == "nt":  # renames no open file; a program that opens it meanwhile is refused by the system
            stack.close()
        yield


def _link_keys(file: Path, target: Path) -> tuple[list[Path], list[Path]]:
    """
    Give a study's keys their new names beside the old ones.

    Returns
    -------
    keys, made
        The keys by their old names, which go once the study has gone; and the new names.
    """
    keys = {file.with_suffix(KEY_SUFFIX): target.with_suffix(KEY_SUFFIX)}
    spare = re.compile(re.escape(file.stem) + _SPARE_KEY)
    for beside in file.parent.iterdir():
        if spare.fullmatch(beside.name):
            keys[beside] = target.with_name(target.stem + beside.name.removeprefix(file.stem))
    made: list[Path] = []
    there = [key for key in keys if key.is_file() and not _is_one(key, keys[key])]
    for key in there:
        new = keys[key]
        try:
            _link(key, new)
        except FileExistsError as error:
            if key.read_bytes() == new.read_bytes():
                continue
            _unlink(made)
            raise StudyError(
                Text(f"{new} 是另一个密钥", f"{new} is another key"),
                Text("请移走该文件后重试", "Move it away and try again"),
            ) from error
        made.append(new)
    return there, made


def _is_one(key: Path, new: Path) -> bool:
    """Tell whether two names mean one entry of a folder, on a disk that takes cases for one."""
    return key.name != new.name and key.name.casefold() == new.name.casefold() and new.exists() and key.samefile(new)


def _unlink(files: list[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)


def _link(key: Path, new: Path) -> None:
    try:
        os.link(key, new)
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        with key.open("rb") as old, os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
            shutil.copyfileobj(old, copy)
