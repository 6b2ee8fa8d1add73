"""Writing a study: whole or single layers, aside and then swapped in."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from geo.core.errors import StudyError, writing
from geo.core.text import Text
from geo.study import schema
from geo.study.checksums import absorb, counter_of, keep
from geo.study.file import FORMAT, connect
from geo.study.log_chain import carry, entries_in
from geo.study.schema import COLUMNS, LAYERS, SPATIAL_LAYERS, conform
from geo.study.versions import facts_of, first_versions, new_versions, put_facts

if TYPE_CHECKING:
    import pandas as pd

_P = ParamSpec("_P")
_R = TypeVar("_R")

_ATTEMPTS: Final = 3


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
        What `about` said when the old study was read.
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

    with _aside(path) as aside:
        if not path.parent.is_dir():
            path.parent.mkdir(parents=True)
        for name in dict.fromkeys((*LAYERS, *layers)):
            _write_layer(aside, name, layers.get(name))
        facts = {"format": FORMAT, "study_id": secrets.token_hex(8), **about, **first_versions(LAYERS)}
        facts |= results({key: value or "" for key, value in facts.items()}) if results else {}
        _write_layer(aside, "about", pd.DataFrame({"key": list(facts), "value": list(facts.values())}))
        write_styles(aside)
        _carry_log(path, aside, facts)
        _keep_checksums(aside)
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        _swap(aside, path, seen or {})


def change_layers(
    path: Path,
    layers: Mapping[str, pd.DataFrame],
    seen: Mapping[str, str],
    facts: Mapping[str, str] | None = None,
    versions: Mapping[str, str] | None = None,
) -> None:
    """
    Replace some layers of a study aside, then swap it in: all of the change is there, or nothing.

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

    Raises
    ------
    ChangedError
        If the study has changed since.
    StudyError
        If it cannot be written. It stays as it was then.
    """
    with _aside(path) as aside:
        with connect(path) as source, closing(sqlite3.connect(aside)) as target:
            source.backup(target)
            absorb(target, counter_of(source))
            target.commit()
        for name, table in layers.items():
            _write_layer(aside, name, table, replace=True)
        with connect(aside) as connection:
            put_facts(connection, {**(new_versions(layers) if versions is None else versions), **(facts or {})})
        _keep_checksums(aside, (*layers, "about"))
        _swap(aside, path, seen)


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """The file beside a study that its replacement is written into, removed afterwards."""
    aside = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(3)}.gpkg")
    try:
        with writing(path):
            yield aside
    finally:
        for leftover in (aside, aside.with_name(aside.name + "-journal")):
            with suppress(OSError):
                leftover.unlink(missing_ok=True)


def _carry_log(path: Path, aside: Path, facts: Mapping[str, str | None]) -> None:
    """Put the chain of the log into a study's replacement."""
    if not path.exists():
        return
    with connect(path) as old, connect(aside) as new:
        known = facts_of(old)
        if known.get("study_id") == facts.get("study_id"):
            new.execute("BEGIN IMMEDIATE")
            carry(new, entries_in(old), known)
            new.execute("COMMIT")


def _keep_checksums(aside: Path, layers: Iterable[str] | None = None) -> None:
    """Keep the checksums of layers that were written, by default of all."""
    with connect(aside) as connection:
        connection.execute("BEGIN IMMEDIATE")
        keep(connection, layers)
        connection.execute("COMMIT")


def _swap(aside: Path, path: Path, seen: Mapping[str, str]) -> None:
    """Replace a study unless it has changed; nobody can write to it meanwhile."""
    if seen and path.exists():
        with connect(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if facts_of(connection) != seen:
                raise changed_meanwhile()
            if os.name != "nt":
                aside.replace(path)
                return
    aside.replace(path)  # Windows replaces no file that is open


def _write_layer(path: Path, name: str, table: pd.DataFrame | None, replace: bool = False) -> None:
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
        options = {"geometry_type": schema.GEOMETRY_TYPES[name], "layer_options": {"GEOMETRY_NAME": "geom"}}
        if not isinstance(table, gpd.GeoDataFrame):
            table = gpd.GeoDataFrame(table, geometry=[None] * len(table), crs=WGS84)
    pyogrio.write_dataframe(table, path, layer=name, driver="GPKG", append=path.exists() and not replace, **options)
