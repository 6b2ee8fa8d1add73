"""One handle for an open study: its layers, tables, facts and rules as they stood at one moment."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache, wraps
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, TypeVar, cast

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from geo.core.crs import WGS84
from geo.core.place import Place, place_of
from geo.rules.articles import articles_group
from geo.rules.leaf import Leaf
from geo.rules.loader import Profile, profile_in_force
from geo.study import file
from geo.study.decisions import decisions_in
from geo.study.file import about, changing_to, layer_names, read_layer, rules_day
from geo.study.schema import conform
from geo.study.versions import VIEWS, new_versions, shown_columns, source_of, version_key
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

    def write(
        self,
        layers: Mapping[str, pd.DataFrame],
        facts: Callable[[Mapping[str, str]], Mapping[str, str]] | Mapping[str, str] | None = None,
    ) -> None:
        """
        Replace layers and set facts, all at once; then look at the study anew.

        A view keeps its version where only columns change that it does not show.

        Parameters
        ----------
        layers
            Tables by layer name.
        facts
            What `about` says besides; or what returns it of what `about` will say, with the layers' new versions.

        Raises
        ------
        ChangedError
            If the study has changed since it was opened. Nothing is changed then.
        StudyError
            If it cannot be written. It stays as it was then.
        """
        versions = new_versions(layers, self._changes(layers))
        added = facts({**self._seen, **versions}) if callable(facts) else facts
        change_layers(self.path, layers, self._seen, added, versions)
        self.refresh()

    def _changes(self, layers: Mapping[str, pd.DataFrame]) -> dict[str, list[str]]:
        """Return the columns that change, of the layers that have views and were read before."""
        viewed = {view.layer for view in VIEWS.values()} & set(layers) & set(self._tables)
        return {name: _changed_columns(self._tables[name][1], conform(layers[name], name)) for name in viewed}


def _changed_columns(before: pd.DataFrame, after: pd.DataFrame) -> list[str]:
    """Return the columns of difference between two tables; all where they have not the same rows."""
    if len(before) != len(after):
        return list(after.columns)
    return [name for name in after.columns if not _same(before[name], after[name])]


def _same(before: pd.Series, after: pd.Series) -> bool:
    if before.name == "geometry":
        old, new = before.to_numpy(dtype=object), after.to_numpy(dtype=object)
        return bool((shapely.equals_exact(old, new) | (shapely.is_missing(old) & shapely.is_missing(new))).all())
    return bool(before.equals(after))


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
