"""The JSON documents of a library of studies: its list, its moves, and backups."""

from __future__ import annotations

from typing import Literal, TypedDict

from geo.study.documents import TextDocument

Shelf = Literal["current", "archived", "bin"]
"""Where a study of a library stands."""

StudyState = Literal["sound", "older", "damaged", "unreadable", "no_study"]
"""Whether a study can be opened: of an older format, damaged, held by another program, or no study of Jiexu."""


class ListedStudyDocument(TypedDict):
    """
    A study of a library.

    Attributes
    ----------
    name
        The file's name without suffix.
    shelf
        `current`, `archived` or `bin`.
    state
        `sound` (its facts are: `jiexu verify` looks at the rest), `older` (of a format that must be built anew),
        `damaged`, `unreadable` (held by another program, or without permission) or `no_study`.
    problem
        The reason of a state that is not `sound`, or null.
    country
        ISO 3166-1 code of its country or region; empty where it is not known.
    source
        The extract's name.
    osm_date, built_at, changed_at
        Date of the extract; when the study was built; when its file was last written. Null where it is not known.
    size_bytes
        Size of its file.
    """

    name: str
    shelf: Shelf
    state: StudyState
    problem: TextDocument | None
    country: str
    source: str
    osm_date: str | None
    built_at: str | None
    changed_at: str | None
    size_bytes: int


class LibraryDocument(TypedDict):
    """
    A library of studies.

    Attributes
    ----------
    folder
        Its folder.
    studies
        Its studies: current, archived, in the bin, each by name.
    """

    folder: str
    studies: list[ListedStudyDocument]


class CopyResultDocument(TypedDict):
    """
    One file of a backup.

    Attributes
    ----------
    name
        The study's name, or the file's where it is no study.
    shelf
        Where the study stands; null for a file that is no study.
    status
        `copied`, `failed`, or `skipped` for a GeoPackage that is no study of Jiexu.
    copy
        The copy, verified, or null.
    key
        Whether the key of its pseudonyms is beside the copy.
    size_bytes
        Size of the copy; null without one.
    problem
        The reason that there is no copy, or null.
    notes
        Remarks on a sound copy: rows that cannot be, layers that another program has changed.
    removed
        Older copies that `--keep` has removed.
    """

    name: str
    shelf: Shelf | None
    status: Literal["copied", "failed", "skipped"]
    copy: str | None
    key: bool
    size_bytes: int | None
    problem: TextDocument | None
    notes: list[TextDocument]
    removed: list[str]


class BackupDocument(TypedDict):
    """
    A backup of a library.

    Attributes
    ----------
    folder, to
        The library, and the folder of the copies.
    at
        The moment in the names of the copies, in UTC.
    complete
        Whether every study and file was copied.
    files
        Each study and further file.
    """

    folder: str
    to: str
    at: str
    complete: bool
    files: list[CopyResultDocument]


class RestoredDocument(TypedDict):
    """
    A file that was restored from a backup.

    Attributes
    ----------
    copy
        The copy.
    file
        The restored file.
    key
        Whether the key of its pseudonyms came with it.
    replaced
        The former file, now in the bin; null where there was none.
    """

    copy: str
    file: str
    key: bool
    replaced: str | None
