"""A library of studies with its accounts: moves carry the roles along; the file of accounts has copies too."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from dashboards.access import accounts
from dashboards.access.access_log import Event, note
from dashboards.access.acts import note_done, noted
from dashboards.access.store import NAME, Store
from geo.background import refuse_if_busy
from geo.core.aside import aside
from geo.core.databases import utc_text
from geo.core.errors import JiexuError, StudyError, writing
from geo.core.text import Text
from geo.study.backups import back_up, bring_back, copy_database, copy_name, keep_newest, stamp_of
from geo.study.library import SUFFIX, free_path
from geo.study.library_documents import BackupDocument, CopyResultDocument, RestoredDocument
from geo.study.library_moves import Moved, place
from geo.study.rights import EVERY_STUDY, current, require

_log: Final = logging.getLogger(__name__)

_STEM, _SUFFIX = Path(NAME).stem, Path(NAME).suffix
_OWNER_ONLY: Final = 0o600
_MOVES: Final[Mapping[str, Event]] = {"archived": "archived", "bin": "removed"}
"""The act of a move, by the shelf that a study comes to."""


def moved(folder: Path, move: Callable[[], Moved], current_study: str | None = None) -> Path:
    """
    Move a study within a library, and its roles with it.

    Parameters
    ----------
    folder
        The library.
    move
        Does it (`geo.study.library_moves`), and asks for the right.
    current_study
        The current study that it takes away, if it takes one: work on it must be over.

    Returns
    -------
    path
        The study's file now.

    Raises
    ------
    StudyError
        If work on the study waits or runs.
    """
    if current_study is not None:
        study = folder / f"{current_study}{SUFFIX}"
        if current().may("administer", study):  # others are refused by the move, and learn of no work
            refuse_if_busy(study)
    done = move()
    accounts.carry_roles(Store(folder), done.before, done.after)
    if done.before != done.after:
        event = _MOVES.get(done.after.partition(":")[0] if ":" in done.after else "", "renamed")
        if ":" in done.before and event == "renamed":
            event = "restored"
        _noted(event, folder / f"{done.path.stem}{SUFFIX}", f"{done.before} → {done.after}")
    return done.path


def new_path(folder: Path, name: str) -> Path:
    """
    Return the path of a study that is to be built in a library.

    Raises
    ------
    StudyError
        If the name is none, or another study's.
    RightError
        If whoever acts may not administer all studies.
    """
    require("administer", EVERY_STUDY)
    path = free_path(folder, name)
    refuse_if_busy(path)
    return path


def _noted(event: Event, study: Path | None, subject: str, *, folder: Path | None = None) -> None:
    """Note an act that is done in the log of access."""
    note_done(
        lambda: noted(event, study, subject, current(), None, folder=folder),
        lambda problem: _log.warning("%s", problem.en),
    )


def back_up_all(source: Path, to: Path, keep: int | None = None) -> BackupDocument:
    """Copy a library with its accounts, as `geo.study.backups.back_up`; of one study, only that."""
    found = back_up(source, to, keep)
    store = Store(source)
    if source.is_dir() and store.exists:
        stamp = stamp_of(dt.datetime.fromisoformat(found["at"]))
        copied = _accounts_copied(store, to, stamp, keep)
        found = {**found, "files": [*found["files"], copied]}
        found["complete"] = all(each["status"] != "failed" for each in found["files"])
    study = None if source.is_dir() else source
    missing = sum(each["status"] == "failed" for each in found["files"])
    subject = f"→ {to}" + (f" ({missing} failed)" if missing else "")
    _noted("backed_up", study, subject, folder=source if source.is_dir() else None)
    return found


def bring_study_back(copy: Path, target: Path, replace: bool = False) -> RestoredDocument:
    """
    Restore a study from a copy, as `geo.study.backups.bring_back`.

    Raises
    ------
    StudyError
        If work on a study that would be replaced waits or runs; else as there.
    """
    said = copy_name(copy)
    study = target / f"{said.name if said else copy.stem}{SUFFIX}" if target.is_dir() else target
    if current().may("administer", study):
        refuse_if_busy(study)
    done = bring_back(copy, target, replace)
    _noted("restored", Path(done["file"]), f"← {copy.name}")
    return done


def is_copy_of_accounts(copy: Path) -> bool:
    """Tell by its name whether a file is a copy of accounts."""
    said = copy_name(copy)
    return copy.name == NAME or (said is not None and (said.name, said.suffix) == (_STEM, _SUFFIX))


def bring_accounts_back(copy: Path, folder: Path, replace: bool = False) -> RestoredDocument:
    """
    Restore the accounts of a library from a copy. Everybody signs in again: sessions of then have ended since.

    Parameters
    ----------
    copy
        The copy.
    folder
        The library.
    replace
        Whether accounts that are there go to the bin; else they are in the way.

    Raises
    ------
    StudyError
        If the copy holds no accounts, or accounts are in the way.
    """
    require("administer", EVERY_STUDY)
    store = Store(folder)
    if not folder.is_dir():
        raise StudyError(
            Text(f"{folder} 不是文件夹", f"{folder} is no folder"),
            Text("请给出研究所在的文件夹", "Name the folder of the studies"),
        )
    if store.exists and not replace:
        raise StudyError(
            Text(f"{store.path} 已存在", f"{store.path} is there already"),
            Text(
                "加 --replace 将其移入回收站并换成备份",
                "Say --replace to put it into the bin and the copy in its place",
            ),
        )
    with writing(store.path), aside(store.path) as private:
        aside_store = Store(private)
        copy_database(copy, aside_store.path)
        accounts.every(aside_store)
        with aside_store.changing() as connection:
            connection.execute("UPDATE sessions SET ended_at = ? WHERE ended_at IS NULL", (utc_text(),))
            note(connection, "restored", current().name, subject=f"{NAME} ← {copy.name}")
        gone = _to_bin(store) if store.exists else None
        place(aside_store.path, store.path)
    return {"copy": str(copy), "file": str(store.path), "key": False, "replaced": None if gone is None else str(gone)}


def _to_bin(store: Store) -> Path:
    home = store.folder / "bin"
    home.mkdir(exist_ok=True)
    number = 1
    while True:
        gone = home / (NAME if number == 1 else f"{_STEM} {number}{_SUFFIX}")
        try:
            place(store.path, gone)
        except FileExistsError:
            number += 1
        else:
            return gone


def _accounts_copied(store: Store, to: Path, stamp: str, keep: int | None) -> CopyResultDocument:
    target = to / f"{_STEM}.{stamp}{_SUFFIX}"
    found: CopyResultDocument = {
        "name": NAME,
        "shelf": None,
        "status": "failed",
        "copy": None,
        "key": False,
        "size_bytes": None,
        "problem": None,
        "notes": [],
        "removed": [],
    }
    try:
        with writing(target), aside(target) as private:
            new = Store(private)
            copy_database(store.path, new.path)
            accounts.every(new)
            new.path.chmod(_OWNER_ONLY)
            place(new.path, target)
        removed = keep_newest(to, _STEM, _SUFFIX, keep, lambda _: True)
    except JiexuError as error:
        return {**found, "problem": {"zh": error.problem.zh, "en": error.problem.en}}
    return {
        **found,
        "status": "copied",
        "copy": str(target),
        "size_bytes": target.stat().st_size,
        "removed": removed,
    }
