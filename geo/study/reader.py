"""One handle for an open study: its layers, tables, facts and rules as they stood at one moment."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

import geopandas as gpd
import pandas as pd
import pyproj

from geo.core.crs import WGS84
from geo.core.place import Place, place_of
from geo.rules.articles import articles_group
from geo.rules.leaf import Leaf
from geo.rules.loader import Profile, profile_in_force
from geo.study import file
from geo.study.damage import reading
from geo.study.decisions import decisions_in
from geo.study.file import about, changing_to, layer_names, read_layer, require_sound, rules_day
from geo.study.opening import CHECKED_IN_PART
from geo.study.row_changes import RowChanges, changed_columns
from geo.study.rows import any_in, rows_in
from geo.study.schema import conform
from geo.study.versions import VIEWS, new_versions, shown_columns, source_of, version_key, versions_in
from geo.study.writing import change_layers, changed_meanwhile, until_unchanged

_P = ParamSpec("_P")
_R = TypeVar("_R")

_IDENTITY: Final = frozenset({"credit", "extent", "format", "metric_crs", "osm_date", "osm_source", "study_id"})
"""Facts that only a build changes: every layer has a new version then."""

_CRS_KEPT: Final = 8


@dataclass
class Reads:
    """
    The inputs read through a handle: the inputs of a result.

    Attributes
    ----------
    layers
        Layers, tables and views.
    decisions
        Scopes of decisions, as `geo.study.versions.decision_scope` names them, without `decisions:`.
    facts
        Keys of `about`.
    rules
        The first parts of the rules' paths.
    """

    layers: set[str] = field(default_factory=set)
    decisions: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)


_recordings: list[list[Reads]] = []


@contextmanager
def recording() -> Iterator[list[Reads]]:
    """Collect the reads of every handle opened meanwhile."""
    reads: list[Reads] = []
    _recordings.append(reads)
    try:
        yield reads
    finally:
        _recordings.remove(reads)


class _Noted(Mapping[str, _R]):
    """A mapping that notes the keys asked for; looking through all of it is no question."""

    def __init__(self, values: Mapping[str, _R], note: Callable[[str], None]) -> None:
        self._values, self._note = values, note

    def __getitem__(self, key: str) -> _R:
        self._note(key)
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def items(self):  # type: ignore[no-untyped-def]
        return self._values.items()


class Study:
    """
    An open study, as it stood when it was opened or last refreshed.

    Parameters
    ----------
    path
        The GeoPackage.

    Raises
    ------
    StudyError
        If there is no such file, it is no study, or one of an older format.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self.reads = Reads()
        self._seen = about(self.path)
        self._tables: dict[str, tuple[str, pd.DataFrame]] = {}
        self._looking: dict[int, sqlite3.Connection] = {}
        self.asked_day: dt.date | None = None
        """The day whose rules were asked for; None for the rules in force now."""
        for each in _recordings:
            each.append(self.reads)

    def again(self) -> Study:
        """Return a handle of now; layers that did not change are not read again."""
        fresh = Study(self.path)
        fresh._tables = self._tables  # each is kept with its version
        fresh.asked_day = self.asked_day
        return fresh

    def held(self) -> dict[str, tuple[str, pd.DataFrame]]:
        """Return the layers and tables that are in memory, each with its version."""
        return dict(self._tables)

    def under_rules_of(self, day: dt.date | None) -> Study:
        """Return a handle of now under the rules in force on a day; by default under the ones of today."""
        other = self.again()
        other.asked_day = day
        return other

    @property
    def day(self) -> dt.date:
        """The day of the rules in force: the one asked for, or today on the study's clock."""
        return self.asked_day or rules_day(self._seen)

    def refresh(self) -> None:
        """Look at the study as it stands now."""
        self._seen = about(self.path)

    @property
    def seen(self) -> Mapping[str, str]:
        """Everything that `about` said when the study was opened."""
        return self._seen

    @property
    def facts(self) -> Mapping[str, str]:
        """The facts of the study as a whole, by key."""
        return _Noted(self._seen, self._note_fact)

    def _note_fact(self, key: str) -> None:
        if key not in _IDENTITY:
            self.reads.facts.add(key)

    def versions(self, *names: str) -> dict[str, str]:
        """Return the versions of layers and views by their names."""
        return {name: self._seen.get(version_key(name), "") for name in names}

    def layer(self, name: str) -> gpd.GeoDataFrame:
        """
        Return a layer, or a view of one (`geo.study.versions.VIEWS`), in WGS 84. It is read once.

        Raises
        ------
        ChangedError
            If the layer has changed since the study was opened.
        StudyError
            If there is no such layer.
        """
        return gpd.GeoDataFrame(self._read(name), geometry="geometry", crs=WGS84)

    def has(self, name: str) -> bool:
        """Tell whether the study has a table that not every study has."""
        self.reads.layers.add(name)
        return name in layer_names(self.path)

    def filled(self, *names: str) -> set[str]:
        """Return the names of the ones, of these layers, views and tables, that are there with rows; none is read."""
        self.reads.layers |= set(names)
        with file.connect(self.path) as connection:
            return {name for name in names if any_in(connection, source_of(name))}

    def table(self, name: str) -> pd.DataFrame:
        """Return a table, or a layer without its geometry; as `layer`."""
        return pd.DataFrame(self._read(name)).drop(columns="geometry", errors="ignore")

    def decisions(self, *scopes: str) -> pd.DataFrame:
        """
        Return the decisions of these kinds, oldest first, with the decisions that undo them.

        Parameters
        ----------
        scopes
            Kinds of decisions (`tier`, `zone`, `step`, `bays`), or `site:KIND` for sites of a kind of facility.
        """
        # the scopes are the input, not the table: other kinds of decisions change that too
        self.reads.decisions |= set(scopes)
        return decisions_in(self._rows("decisions"), scopes)

    def _read(self, name: str) -> pd.DataFrame:
        self.reads.layers.add(name)
        return self._rows(name)

    def _rows(self, name: str) -> pd.DataFrame:
        source = source_of(name)
        key = version_key(source)
        version = self._seen.get(key, "")
        if source not in self._tables or self._tables[source][0] != version:
            if about(self.path).get(key, "") != version:
                raise changed_meanwhile()
            self._tables[source] = (version, read_layer(self.path, source))
        table = self._tables[source][1]
        if name not in VIEWS:
            return table.copy(deep=False)
        geometry = ["geometry"] if "geometry" in table else []
        return table[[*shown_columns(name), *geometry]].copy(deep=False)

    @property
    def crs(self) -> pyproj.CRS:
        """The CRS of lengths."""
        return _crs(self._seen["metric_crs"])

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """West, south, east and north of the roads, in degrees."""
        west, south, east, north = json.loads(self._seen["extent"])
        return west, south, east, north

    @property
    def place(self) -> Place:
        """Where in the world the study lies: its clock, its calendar, its side of driving."""
        return place_of(self._seen)

    @property
    def profile(self) -> Profile:
        """The rules in force on its `day`: given when the study was built, or by a later command."""
        kept = profile_in_force(self._seen["rules"], self.day)
        noted = cast("Mapping[str, Leaf]", _Noted(kept.leaves, self._note_rule))
        return replace(kept, leaves=noted, note_use=self._note_use)

    def _note_rule(self, path: str) -> None:
        self.reads.rules.add(path.partition(".")[0])

    def _note_use(self, use: str) -> None:
        self.reads.rules.add(articles_group(use))

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Open the study for one write transaction, as `geo.study.file.changing`; then look at it anew."""
        with changing_to(self.path) as (connection, after):
            yield connection
        self._seen = after

    def some(
        self,
        name: str,
        columns: Sequence[str] | None = None,
        where: str = "1",
        values: Sequence[object] = (),
        geometry: bool = True,
    ) -> pd.DataFrame:
        """
        Return some rows or columns of a layer, by the rows' numbers; the whole layer is not read, nor kept here.

        Parameters
        ----------
        name, columns, where, values, geometry
            As `geo.study.rows.rows_in` takes them.

        Raises
        ------
        ChangedError
            If the layer has changed since the study was opened.
        DamagedError
            If the layer is not as it was written; large ones are left to `jiexu verify`.
        """
        with self.looking(name) as connection:
            return rows_in(connection, source_of(name), columns, where, values, geometry)

    @contextmanager
    def looking(self, *names: str) -> Iterator[sqlite3.Connection]:
        """
        Open the study to read layers, or views of them, as they stood when it was opened; raise as `some` does.

        What is read within, by whichever way of this handle, is read through one connection.
        """
        self.reads.layers |= set(names)
        require_sound(self.path, *map(source_of, names), most=CHECKED_IN_PART)
        thread = threading.get_ident()
        if (connection := self._looking.get(thread)) is not None:
            self._must_stand(connection, names)
            yield connection
            return
        with reading(self.path, *names[:1]), file.connect(self.path) as connection:
            connection.execute("BEGIN")
            self._must_stand(connection, names)
            self._looking[thread] = connection
            try:
                yield connection
            finally:
                del self._looking[thread]

    def _must_stand(self, connection: sqlite3.Connection, names: Sequence[str]) -> None:
        """Refuse layers that have changed since the study was opened."""
        if versions_in(connection, names) != self.versions(*names):
            raise changed_meanwhile()

    def write(
        self,
        layers: Mapping[str, pd.DataFrame],
        facts: Callable[[Mapping[str, str]], Mapping[str, str]] | Mapping[str, str] | None = None,
        rows: Mapping[str, RowChanges] | None = None,
    ) -> None:
        """
        Replace layers, change single rows of others and set facts, all at once; then look at the study anew.

        A view keeps its version where only columns change that it does not show.

        Parameters
        ----------
        layers
            Tables by layer name.
        facts
            What `about` says besides; or what returns it of what `about` will say, with the layers' new versions.
        rows
            Changes of single rows by layer; a layer without any is left as it is.

        Raises
        ------
        ChangedError
            If the study has changed since it was opened. Nothing is changed then.
        StudyError
            If it cannot be written. It stays as it was then.
        """
        changed = {name: change for name, change in (rows or {}).items() if change}
        if changed:  # what an older study has not got is written as a whole
            there = set(layer_names(self.path))
            new = {name: change.added for name, change in changed.items() if name not in there}
            layers = {**layers, **{name: rows for name, rows in new.items() if rows is not None}}
            changed = {name: change for name, change in changed.items() if name in there}
        columns = {name: change.columns for name, change in changed.items() if change.columns is not None}
        versions = new_versions([*layers, *changed], {**self._changes(layers), **columns})
        added = facts({**self._seen, **versions}) if callable(facts) else facts
        change_layers(self.path, layers, self._seen, added, versions, changed)
        self.refresh()

    def _changes(self, layers: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
        """Return the columns that change, of the layers that have views and were read before."""
        viewed = {view.layer for view in VIEWS.values()} & set(layers) & set(self._tables)
        return {name: changed_columns(self._tables[name][1], conform(layers[name], name)) for name in viewed}


@contextmanager
def changing(study: Study | Path) -> Iterator[sqlite3.Connection]:
    """Open a study for one write transaction, as `geo.study.file.changing`; a handle then looks at it anew."""
    with study.changing() if isinstance(study, Study) else file.changing(study) as connection:
        yield connection


def open_study(study: Study | Path) -> Study:
    """Return a handle of a study as it stands now: the one that is given, refreshed, or a new one of a path."""
    if not isinstance(study, Study):
        return Study(study)
    study.refresh()
    return study


def on_study(work: Callable[Concatenate[Study, _P], _R]) -> Callable[Concatenate[Study | Path, _P], _R]:
    """
    Decorate an analysis of a study: it may be given a path, works on the study as it stands now, and is done again
    where somebody saved something meanwhile.
    """

    @wraps(work)
    def opened(study: Study | Path, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        given = open_study(study)

        def once() -> _R:
            return work(given.again(), *args, **kwargs)

        try:
            return until_unchanged(once)()
        finally:
            given.refresh()

    return cast("Callable[Concatenate[Study | Path, _P], _R]", opened)


@lru_cache(maxsize=_CRS_KEPT)
def _crs(text: str) -> pyproj.CRS:
    return pyproj.CRS.from_user_input(text)
