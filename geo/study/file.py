"""The study file: one GeoPackage that keeps inputs, results and decisions (DESIGN: the study file)."""

from __future__ import annotations

import datetime as dt
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from geo.core.errors import StudyError, writing
from geo.core.place import Place, place_of
from geo.core.text import Text
from geo.study import migrations, schema
from geo.study.geometry_blobs import geometry_of
from geo.study.schema import COLUMNS, conform
from geo.study.versions import first_versions, new_versions, put_facts

_P = ParamSpec("_P")
_R = TypeVar("_R")

FORMAT: Final = "jiexu-study-6"
if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    import pyproj

    from geo.rules.loader import Profile


OLDER: Final = ("jiexu-study-1", "jiexu-study-2", "jiexu-study-3", "jiexu-study-4", "jiexu-study-5")
"""Formats whose inputs and decisions a build carries over."""


SPATIAL_LAYERS: Final = schema.SPATIAL_LAYERS


TABLES: Final = schema.TABLES


LAYERS: Final = schema.LAYERS


_ATTEMPTS: Final = 3


def until_unchanged(work: Callable[_P, _R]) -> Callable[_P, _R]:
    """Decorate what reads a study and writes into it: it is done again where somebody saved something meanwhile."""

    @wraps(work)
    def repeated(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        for _ in range(_ATTEMPTS - 1):
            with suppress(ChangedError):
                return work(*args, **kwargs)
        return work(*args, **kwargs)

    return repeated


class ChangedError(StudyError):
    """Somebody saved something since the study was read: what was computed of it no longer holds."""


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

    aside = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(3)}.gpkg")
    try:
        with writing(path):
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True)
            for name in dict.fromkeys((*LAYERS, *layers)):
                _write_layer(aside, name, layers.get(name))
            facts = {"format": FORMAT, "study_id": secrets.token_hex(8), **about, **first_versions(LAYERS)}
            facts |= results({key: value or "" for key, value in facts.items()}) if results else {}
            _write_layer(aside, "about", pd.DataFrame({"key": list(facts), "value": list(facts.values())}))
            write_styles(aside)
            with aside.open("rb+") as file:
                os.fsync(file.fileno())
            _swap(aside, path, seen or {})
    finally:
        _sweep(aside)


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
    aside = path.with_name(f".{path.stem}.{os.getpid()}-{secrets.token_hex(3)}.gpkg")
    try:
        with writing(path):
            with connect(path) as source, closing(sqlite3.connect(aside)) as target:
                source.backup(target)
            for name, table in layers.items():
                _write_layer(aside, name, table, replace=True)
            with connect(aside) as connection:
                put_facts(connection, {**(new_versions(layers) if versions is None else versions), **(facts or {})})
            _swap(aside, path, seen)
    finally:
        _sweep(aside)


def _sweep(aside: Path) -> None:
    for leftover in (aside, aside.with_name(aside.name + "-journal")):
        with suppress(OSError):
            leftover.unlink(missing_ok=True)


def _swap(aside: Path, path: Path, seen: Mapping[str, str]) -> None:
    """Replace a study unless it has changed; nobody can write to it meanwhile."""
    if seen and path.exists():
        with connect(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            facts = dict(connection.execute("SELECT key, value FROM about").fetchall())
            if facts != seen:
                raise ChangedError(
                    Text("研究文件在此期间被修改", "The study was changed meanwhile"),
                    Text("请重试", "Try again"),
                )
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


def about(path: Path, older: bool = False) -> dict[str, str]:
    """
    Return what is known of the study as a whole, by key.

    Parameters
    ----------
    path
        The study.
    older
        Whether a study of an older format will do (to carry over what it holds).

    Raises
    ------
    StudyError
        If there is no such file, or it is no study, or one of an older format.
    """
    if not path.is_file():
        raise StudyError(
            Text(f"找不到研究文件 {path}", f"There is no study {path}"),
            Text("请检查路径，或用 jiexu build 新建", "Check the path, or make one with jiexu build"),
        )
    try:
        with path.open("rb") as file:
            file.seek(_CHANGE_COUNTER_AT)
            counter = file.read(4)
            stamp = os.fstat(file.fileno())
    except OSError as error:
        raise _unreadable(path, error) from error
    # a journal: a change is under way, or was killed
    journal = path.with_name(path.name + "-journal").exists()
    facts = (
        _read_about(path)
        if journal
        else dict(_about_at(path, (stamp.st_ino, stamp.st_mtime_ns, stamp.st_ctime_ns), counter))
    )
    if facts.get("format") in migrations.STEPS and not older:
        facts = _migrated(path)
    if facts.get("format") in OLDER and not older:
        raise StudyError(
            Text(f"{path} 由旧版本生成", f"{path} was made by an older version"),
            Text(
                "请用原来的数据重新生成（jiexu build）；决定、名单和点位会保留",
                "Build it again from its extract (jiexu build): decisions, list and points are kept",
            ),
        )
    return facts


def _migrated(path: Path) -> dict[str, str]:
    """Bring a study to the present format, and return what it says then."""
    with writing(path), _locked(path) as connection:
        migrations.migrate(connection)
        connection.execute("COMMIT")
    return _read_about(path)


_CHANGE_COUNTER_AT = 24
"""Where SQLite counts the changes of a file (its file format, 1.3.9)."""


@lru_cache(maxsize=32)
def _about_at(path: Path, file: tuple[int, int, int], counter: bytes) -> dict[str, str]:
    """
    Read `about` once per change of the file: pages ask for it many times a click.

    A study that is swapped in may get the number of a file that was deleted before, and brings its own change counter:
    the file's times tell them apart.
    """
    return _read_about(path)


def _read_about(path: Path) -> dict[str, str]:
    try:
        with connect(path) as connection:
            facts = dict(connection.execute("SELECT key, value FROM about").fetchall())
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            raise _no_study(path) from error
        raise _unreadable(path, error) from error
    except sqlite3.DatabaseError as error:
        raise _no_study(path) from error
    if facts.get("format") not in (FORMAT, *OLDER):
        raise _no_study(path)
    return facts


def _unreadable(path: Path, error: Exception) -> StudyError:
    return StudyError(
        Text(f"暂时无法读取 {path}（{error}）", f"{path} cannot be read now ({error})"),
        Text(
            "可能有其他程序正在写入；请稍后重试，并检查文件权限",
            "Another program may be writing it: try again, and check its permissions",
        ),
    )


def _no_study(path: Path) -> StudyError:
    return StudyError(
        Text(f"{path} 不是街序研究文件", f"{path} is not a Jiexu study"),
        Text("请选择 jiexu build 生成的 .gpkg 文件", "Choose a .gpkg file that jiexu build made"),
    )


@contextmanager
def connect(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the study's database; changes need a transaction (`changing`)."""
    # "rw" for readers too: whoever opens a study after a kill must be able to roll the half-done change back
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=10, isolation_level=None)
    try:
        # the spatial index's triggers call these, though a change of attributes never moves a geometry
        for function, value in _SHAPE_FUNCTIONS.items():
            connection.create_function(
                function, 1, lambda blob, value=value: value(geometry_of(blob)), deterministic=True
            )
        yield connection
    finally:
        connection.close()


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open a study for one write transaction: all of what is done in it is kept, or, after an error or a kill, nothing.

    Raises
    ------
    StudyError
        If the file is no study or cannot be written.
    """
    about(path)
    with writing(path), _locked(path) as connection:
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


@contextmanager
def _locked(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the study that stands at `path` when nobody else can write to it: a build may swap it while this waits."""
    while True:
        file = path.stat().st_ino
        with connect(path) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if path.stat().st_ino == file:
                yield connection
                return


def _is_empty(shape: Any) -> bool:
    return bool(shape.is_empty)


def _bound(number: int, shape: Any) -> float:
    return float(shape.bounds[number])


_BOUNDS = ("ST_MinX", "ST_MinY", "ST_MaxX", "ST_MaxY")


_SHAPE_FUNCTIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "ST_IsEmpty": _is_empty,
    **{name: partial(_bound, number) for number, name in enumerate(_BOUNDS)},
}


def read_layer(path: Path, name: str, older: bool = False) -> gpd.GeoDataFrame | pd.DataFrame:
    """
    Return one layer or table of a study, with the columns of `geo.study.schema.COLUMNS`.

    Parameters
    ----------
    path
        The study.
    name
        The layer.
    older
        As `about` takes it.

    Raises
    ------
    StudyError
        If the file is no study, or has no such layer.
    """
    import pyogrio  # noqa: PLC0415
    import pyogrio.errors  # noqa: PLC0415

    about(path, older)
    try:
        table = pyogrio.read_dataframe(path, layer=name, use_arrow=True)
    except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError) as error:
        names = ", ".join(
            str(layer) for layer, _ in pyogrio.list_layers(path) if layer not in ("about", "layer_styles")
        )
        raise StudyError(
            Text(f"研究文件中没有图层 {name}", f"The study has no layer {name}"),
            Text(f"请选择：{names}", f"Choose one of: {names}"),
        ) from error
    return conform(table, name) if name in COLUMNS else table


def layer_names(path: Path) -> list[str]:
    """Return the names of the layers and tables that a study has."""
    with connect(path) as connection:
        return [row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")]


def metric_crs_of(path: Path) -> pyproj.CRS:
    """Return the CRS in which the study's lengths are computed."""
    import pyproj  # noqa: PLC0415

    return pyproj.CRS.from_user_input(about(path)["metric_crs"])


def profile_of(path: Path) -> Profile:
    """Return the study's rules: those that it was built with, or that a later command was given."""
    from geo.rules.loader import profile_from_json  # noqa: PLC0415

    return profile_from_json(about(path)["rules"])


def rule_facts(profile: Profile) -> dict[str, str]:
    """Return what `about` says of the study's rules."""
    return {"profile": profile.name, "profile_hash": profile.hash, "rules": profile.to_json()}


def place_of_study(path: Path) -> Place:
    """Return where in the world a study lies: its clock, its calendar, its side of driving."""
    return place_of(about(path))


def extent_of(path: Path) -> tuple[float, float, float, float]:
    """Return the extent of the study's roads: west, south, east, north in degrees."""
    west, south, east, north = json.loads(about(path)["extent"])
    return west, south, east, north


def now() -> dt.datetime:
    """Return the present moment to the millisecond, as the study file keeps it."""
    moment = dt.datetime.now(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
