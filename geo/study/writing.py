"""Writing a study: whole or single layers, aside and then swapped in."""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from geo.core.aside import aside, sweep, sync
from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study import schema
from geo.study.checksums import Watch, keep
from geo.study.copying import SOURCE, copy_tables, drop_table, tables_in
from geo.study.damage import reading
from geo.study.database import connect, in_one_file, locked, real
from geo.study.file import FORMAT
from geo.study.file_state import left_beside
from geo.study.geometry_blobs import as_kept
from geo.study.log_chain import adopt, carry, entries_in
from geo.study.rights import permitted
from geo.study.row_changes import RowChanges, change_rows
from geo.study.schema import COLUMNS, LAYERS, SPATIAL_LAYERS, conform
from geo.study.versions import KEPT_LISTS, facts_of, first_versions, new_versions, put_facts

if TYPE_CHECKING:
    import pandas as pd

_P = ParamSpec("_P")
_R = TypeVar("_R")

_ATTEMPTS: Final = 3
_NEW: Final = "new.gpkg"
"""The name of a database in its private folder."""


def until_unchanged(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate a function that reads a study and writes into it: repeat it if the study was saved meanwhile."""

    @wraps(work)
    def repeated(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for _ in range(_ATTEMPTS - 1):
            with suppress(ChangedError):
                return work(*args, **kwargs)
        return work(*args, **kwargs)

    return repeated


class ChangedError(StudyError):
    """Somebody saved something since the study was read: values computed from it no longer hold."""


def changed_meanwhile() -> ChangedError:
    """Return the error of a study that somebody changed since it was read."""
    return ChangedError(Text("研究文件在此期间被修改", "The study was changed meanwhile"), Text("请重试", "Try again"))


def write_study(
    path: Path,
    layers: Mapping[str, pd.DataFrame],
    about: Mapping[str, str | None],
    seen: Mapping[str, str] | None = None,
    results: Callable[[Mapping[str, str]], Mapping[str, str]] | None = None,
) -> None:
    """
    Write a whole study aside, then swap it in: whoever reads meanwhile, or kills this, has the old or the new one.

    Where another program has the old one open, the new one is copied into it. Layers of the user's own stay.

    Parameters
    ----------
    path
        The GeoPackage to create or replace.
    layers
        Tables by layer name, with the columns of `geo.study.schema.COLUMNS`; a layer not given is written empty.
        Other tables (the official list) are written as they are.
    about
        What is to be known of the study as a whole, by key.
    seen
        What `about` said when the old study was read; empty if there was none. None replaces any.
    results
        What returns facts on results, of what `about` will say with the versions of all layers.

    Raises
    ------
    ChangedError
        If the old study has changed since.
    StudyError
        If the folder is read-only or the disk is full. The old study stays as it was.
    """
    # libraries that take a second to load are imported where tables are read or written: facts and counts need none
    import pandas as pd  # noqa: PLC0415

    from geo.study.qgis_styles import write_styles  # noqa: PLC0415

    file = real(path)
    with permitted(path), writing(path):
        file.parent.mkdir(parents=True, exist_ok=True)
        _refuse_leftovers(file)
        with aside(file) as folder:
            new = folder / _NEW
            with _without_waiting():
                for name in dict.fromkeys((*LAYERS, *layers)):
                    _write_layer(new, name, layers.get(name))
                facts = {"format": FORMAT, "study_id": secrets.token_hex(8), **about, **first_versions(LAYERS)}
                facts |= results({key: value or "" for key, value in facts.items()}) if results else {}
                _write_layer(new, "about", pd.DataFrame({"key": list(facts), "value": list(facts.values())}))
                write_styles(new)
            _carry_log(file, new, facts)
            _swap(new, file, seen)


def change_layers(
    path: Path,
    layers: Mapping[str, pd.DataFrame],
    seen: Mapping[str, str],
    facts: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
    rows: Mapping[str, RowChanges] | None = None,
) -> None:
    """
    Write some layers aside, then copy them into a study in one transaction: all of the change is there, or nothing.

    Changes of single rows are made in the same transaction, without the others.

    Parameters
    ----------
    path
        The study.
    layers
        Tables by layer name; the others stay as they are.
    seen
        What `about` said when the study was read.
    facts
        What `about` says from then on, besides.
    versions
        The new versions of what changes, by their keys; by default those of the layers and all their views.
    rows
        Changes of single rows by layer.

    Raises
    ------
    ChangedError
        If the study has changed since.
    StudyError
        If it cannot be written. It stays as it was then.
    """
    file, changed = real(path), {name: change for name, change in (rows or {}).items() if change}
    with (
        permitted(path),
        writing(path),
        _written_aside(file, layers) as new,
        locked(file, attached=new) as connection,
    ):
        if facts_of(connection) != seen:
            raise changed_meanwhile()
        with reading(path):
            watch = Watch(connection, {*changed, "about"})
        adopt(connection)
        if new is not None:
            copy_tables(connection, layers)
        for name, change in changed.items():
            change_rows(connection, name, change)
        said = new_versions([*layers, *changed]) if versions is None else versions
        put_facts(connection, {**said, **(facts or {})})
        with reading(path):
            watch.keep(whole=layers)
        connection.execute("COMMIT")


@contextmanager
def _written_aside(file: Path, layers: Mapping[str, pd.DataFrame]) -> Iterator[Path | None]:
    """Write layers into a database aside; None where there are none."""
    if not layers:
        sweep(file)
        yield None
        return
    with aside(file) as folder:
        new = folder / _NEW
        with _without_waiting():
            for name, table in layers.items():
                _write_layer(new, name, table)
        yield new if new.exists() else None


def _refuse_leftovers(file: Path) -> None:
    """Refuse to put a study where SQLite's files of another one stand: it would read their changes into it."""
    left = left_beside(file)
    if left is not None and not file.exists():
        raise StudyError(
            Text(f"{left} 属于一个已不存在的研究文件", f"{left} belongs to a study that is no longer there"),
            Text(
                "请将其与原研究文件放回一处，或移走后重试",
                "Put the study back beside it, or move it away, then try again",
            ),
        )


def _swap(new: Path, file: Path, seen: Mapping[str, str] | None) -> None:
    """Replace a study unless it has changed; nobody can write to it meanwhile."""
    if not file.exists():
        if seen:
            raise changed_meanwhile()
        _keep_checksums(new)
        sync(new)
        try:
            os.link(new, file)  # unlike a rename, refuses where somebody else has just made one
        except FileExistsError:
            raise changed_meanwhile() from None
        except OSError:
            new.rename(file)  # a disk without links
        sync(file.parent)
        return
    with locked(file) as connection:
        before = _unchanged(connection, seen)
        if in_one_file(connection) and os.name != "nt":
            if before.get("format") == FORMAT:
                _keep_own_layers(new, file)
            _keep_checksums(new)
            sync(new)
            shutil.copymode(file, new)
            new.replace(file)
            sync(file.parent)
            return
    # renaming would take the log, or on Windows the file, from whoever has it open
    with locked(file, attached=new) as connection:
        _unchanged(connection, seen)
        for name in {*LAYERS, *KEPT_LISTS} - set(tables_in(connection, SOURCE)):
            drop_table(connection, name)
        copy_tables(connection, tables_in(connection, SOURCE))
        keep(connection)
        connection.execute("COMMIT")


def _unchanged(connection: sqlite3.Connection, seen: Mapping[str, str] | None) -> dict[str, str]:
    """Return the facts of a study that is about to be replaced; refuse where they are no longer the ones seen."""
    before = {} if seen is None else facts_of(connection)
    if seen is not None and before != seen:
        raise changed_meanwhile()
    return before


def _carry_log(file: Path, new: Path, facts: Mapping[str, str | None]) -> None:
    """Put the chain of the log into a study's replacement."""
    if not file.exists():
        return
    with connect(file) as old, connect(new) as replacement:
        known = facts_of(old)
        if known.get("study_id") == facts.get("study_id"):
            replacement.execute("BEGIN IMMEDIATE")
            carry(replacement, entries_in(old), known)
            replacement.execute("COMMIT")


def _keep_checksums(new: Path) -> None:
    """Keep the checksums of all layers of a study that was written aside."""
    with connect(new) as connection:
        connection.execute("BEGIN IMMEDIATE")
        keep(connection)
        connection.execute("COMMIT")


def _keep_own_layers(new: Path, file: Path) -> None:
    """Copy layers and tables that are none of Jiexu's from a study into its replacement."""
    with locked(new, attached=file) as connection:
        ours = {*COLUMNS, *KEPT_LISTS, *tables_in(connection)}
        own = [name for name in tables_in(connection, SOURCE) if name not in ours]
        if own:
            copy_tables(connection, own)
            connection.execute("COMMIT")


@contextmanager
def _without_waiting() -> Iterator[None]:
    """Have GDAL not wait for the disk after each layer: the whole file is kept at the end, or copied by SQLite."""
    import pyogrio  # noqa: PLC0415

    pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_SQLITE_SYNCHRONOUS": None})


def _write_layer(path: Path, name: str, table: pd.DataFrame | None) -> None:
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415

    from geo.core.crs import WGS84  # noqa: PLC0415

    if name in COLUMNS:
        table = conform(pd.DataFrame() if table is None else table, name)
    if table is None:
        return
    options: dict[str, Any] = {"layer_options": {"ASPATIAL_VARIANT": "GPKG_ATTRIBUTES"}}
    if name in SPATIAL_LAYERS:
        kind = schema.GEOMETRY_TYPES[name]
        options = {"geometry_type": kind, "layer_options": {"GEOMETRY_NAME": "geom"}, "promote_to_multi": False}
        if not isinstance(table, gpd.GeoDataFrame):
            table = gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=WGS84)
        shapes = gpd.GeoSeries(as_kept(table.geometry.to_numpy(), kind), index=table.index, crs=table.crs)
        table = table.set_geometry(shapes)
    # whole columns at once: the same rows as one by one, in half the time
    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists(), use_arrow=True, **options)
