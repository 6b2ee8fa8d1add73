"""The study file: one GeoPackage that keeps inputs, results and decisions (DESIGN: the study file)."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from geo.core.aside import sweep
from geo.core.errors import StudyError, writing
from geo.core.place import place_of
from geo.core.text import Text
from geo.study import checksums, migrations
from geo.study.damage import DamagedError, damaged, reading
from geo.study.database import WAIT_S, held, locked, missing, real
from geo.study.database import connect as connect  # noqa: PLC0414 (others take it from here)
from geo.study.file_state import Stamp, forget, left_beside, read_by_gdal, stamp
from geo.study.opening import check_layer, check_opening, is_cut_short, is_database
from geo.study.schema import COLUMNS, conform, empty_layer
from geo.study.versions import facts_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from geo.rules.loader import Profile

FORMAT: Final = "jiexu-study-6"

OLDER: Final = ("jiexu-study-1", "jiexu-study-2", "jiexu-study-3", "jiexu-study-4", "jiexu-study-5")
"""Formats whose inputs and decisions a build carries over."""

_PAUSE_S: Final = 0.05

_STATES_KEPT: Final = 32

_known: dict[tuple[str, Stamp], dict[str, str]] = {}
_ours: dict[str, int] = {}
"""Numbers of files, by path, that are known to be studies of the present format."""


def about(path: Path, older: bool = False) -> dict[str, str]:
    """
    Return the facts of the study as a whole, by key.

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
    file = real(path)
    if not file.is_file():
        forget(file)
        raise missing(path)
    try:
        state = stamp(file)
    except OSError as error:
        raise _unreadable(path, error) from error
    facts = _read_about(path) if state is None else _about_at(path, state)
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
    """Bring a study to the present format, and return its facts."""
    with writing(path), locked(real(path)) as connection:
        migrations.migrate(connection)
        checksums.keep(connection)
        connection.execute("COMMIT")
    return _read_about(path)


def _about_at(path: Path, state: Stamp) -> dict[str, str]:
    """
    Read `about` once per change of the file: pages ask for it many times a click.

    A study that is swapped in may get the number of a file that was deleted before, and brings its own change counter:
    the file's times tell them apart.
    """
    facts = _known.get((str(path), state))
    if facts is None:
        facts = _read_about(path)
        _keep(path, state, facts)
    return dict(facts)


def _keep(path: Path, state: Stamp, facts: dict[str, str]) -> None:
    for oldest in list(_known)[: max(0, len(_known) - _STATES_KEPT + 1)]:
        _known.pop(oldest, None)
    _known[str(path), state] = dict(facts)


def _read_about(path: Path) -> dict[str, str]:
    try:
        if is_database(path) and is_cut_short(path):
            raise damaged(path, None, Text("文件不完整，末尾缺失", "it is cut short"))
        with reading(path), connect(path) as connection:
            connection.execute("BEGIN")
            facts = facts_of(connection)
            check_opening(path, connection, facts)
    except DamagedError as error:
        if "no such table" in str(error.__cause__) or not is_database(path):
            raise _no_study(path) from error
        raise
    except sqlite3.OperationalError as error:
        raise _unreadable(path, error) from error
    if facts.get("format") not in (FORMAT, *OLDER):
        raise _no_study(path)
    return facts


def require_sound(path: Path, *layers: str, most: int | None = None) -> None:
    """
    Compare layers with their checksums; large ones are left to `jiexu verify`.

    Parameters
    ----------
    path
        The study.
    layers
        Their names.
    most
        The rows of a layer that is not large; by default `geo.study.opening.CHECKED_AT_READING`.

    Raises
    ------
    DamagedError
        For a layer that is not as it was written.
    """
    state = stamp(real(path))
    for layer in layers:
        if state is None:
            _compare(path, layer, most)
        else:
            _compared_at(path, layer, most, state)


@lru_cache(maxsize=1024)
def _compared_at(path: Path, layer: str, most: int | None, state: Stamp) -> None:
    """Compare a layer once per change of the file; an error is no answer and is not kept."""
    _compare(path, layer, most)


def _compare(path: Path, layer: str, most: int | None) -> None:
    with reading(path, layer), connect(path) as connection:
        connection.execute("BEGIN")
        check_layer(path, connection, layer, most)


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
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """
    Open a study for one write transaction: all changes in it are kept, or, after an error or a kill, none.

    Raises
    ------
    StudyError
        If the file is no study or cannot be written.
    """
    with changing_to(path) as (connection, _):
        yield connection


@contextmanager
def changing_to(path: Path) -> Iterator[tuple[sqlite3.Connection, dict[str, str]]]:
    """
    Open a study as `changing`.

    Returns
    -------
    connection, facts
        The facts are filled in with what `about` says after the change, once it is kept.
    """
    file = real(path)
    if not file.is_file() or _ours.get(str(file)) != file.stat().st_ino:
        about(path)
        _ours[str(file)] = file.stat().st_ino
    sweep(file)
    after: dict[str, str] = {}
    with writing(path), locked(file) as connection:
        with reading(path):
            watch = checksums.Watch(connection)
        yield connection, after
        with reading(path):
            watch.keep()
        after.update(facts_of(connection))
        others = connection.execute("PRAGMA data_version").fetchone()  # counts the changes of others
        connection.execute("COMMIT")
        state = stamp(file)
        if state is not None and connection.execute("PRAGMA data_version").fetchone() == others:
            _keep(path, state, after)


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
        If the file is no study, or has no such layer; one that came since it was made is empty.
    """
    import pyogrio  # noqa: PLC0415
    import pyogrio.errors  # noqa: PLC0415

    about(path, older)
    require_sound(path, name)
    try:
        with reading(path, name):
            table = _read_table(path, name)
    except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError) as error:
        there = layer_names(path)
        if name in there:
            raise damaged(path, name, error) from error
        if name in COLUMNS:
            return empty_layer(name)  # a study of before the layer came
        names = ", ".join(layer for layer in there if layer not in ("about", "layer_styles"))
        raise StudyError(
            Text(f"研究文件中没有图层 {name}", f"The study has no layer {name}"),
            Text(f"请选择：{names}", f"Choose one of: {names}"),
        ) from error
    with reading(path, name):
        return conform(table, name) if name in COLUMNS else table


def _read_table(path: Path, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or table; where somebody writes, or was killed while writing, when that is over."""
    import pyogrio  # noqa: PLC0415
    import pyogrio.errors  # noqa: PLC0415

    until = time.monotonic() + WAIT_S
    while True:
        try:
            with read_by_gdal(real(path)):
                return pyogrio.read_dataframe(path, layer=name, use_arrow=True)
        except (pyogrio.errors.DataLayerError, pyogrio.errors.DataSourceError) as error:
            if left_beside(real(path)) is None and "locked" not in str(error):
                raise
            if time.monotonic() > until:
                raise held(path) from error
            there = name in layer_names(path)  # SQLite rolls a half-done change back
            if not there:
                raise
            time.sleep(_PAUSE_S)


def layer_names(path: Path) -> list[str]:
    """Return the names of the layers and tables that a study has."""
    with connect(path) as connection:
        return [row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")]


def rule_facts(profile: Profile) -> dict[str, str]:
    """Return the facts of the study's rules, for `about`."""
    return {"profile": profile.name, "profile_hash": profile.hash, "rules": profile.to_json()}


def rules_day(facts: Mapping[str, str]) -> dt.date:
    """Return the day of now on a study's clock: the day of the rules in force."""
    return now().astimezone(ZoneInfo(place_of(facts).timezone)).date()


def now() -> dt.datetime:
    """Return the present moment to the millisecond, as the study file keeps it."""
    moment = dt.datetime.now(dt.UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
