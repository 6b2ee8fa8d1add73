"""The rows and streets of a study beside a file's rows: only they are read of a large study."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import shapely

from geo.core.tolerances import ROUNDING
from geo.points.categories import RETIRED
from geo.points.known_identities import known_identities
from geo.points.naming import identity_fields
from geo.points.near_streets import FEW, NearStreets
from geo.points.reading import Reading
from geo.rules.loader import Profile
from geo.study.reader import Study
from geo.study.rows import AMONG, count_in
from geo.study.schema import COLUMNS, empty_layer

_SINGLY: Final = 5_000
"""More new rows than these, and than half of the study's, are written with their whole layer."""


def known_in(study: Study, kinds: Sequence[str], column: str) -> frozenset[str]:
    """Return the identifiers of a study's rows of some kinds in a column."""
    known: frozenset[str] = frozenset()
    for each in kinds:
        if column in identity_fields(each):
            known |= known_identities(study.some(each, (column,), geometry=False), each)[column]
    return known


def rows_beside(study: Study, reading: Reading, kind: str, every: bool) -> tuple[gpd.GeoDataFrame, bool]:
    """
    Return the study's rows that a file's are compared with, and whether these are all of their kind.

    They are those with an identifier of the file, and those that findings are about.

    Parameters
    ----------
    study, reading, kind
        The study, the file, and the kind of its rows.
    every
        Whether all are wanted.
    """
    with study.looking(kind) as connection:
        stored = count_in(connection, kind)
        few = stored > 0 and not every and len(reading.points) <= max(_SINGLY, stored / 2)
        if few:
            return _rows_named(study, reading, kind), False
    if stored == 0:
        return empty_layer(kind), len(reading.points) > _SINGLY
    return study.layer(kind), True


def _rows_named(study: Study, reading: Reading, kind: str) -> gpd.GeoDataFrame:
    """Return the study's rows with an identifier of a file, and the rows that findings are about."""
    identifier = COLUMNS[kind][0]
    names = {*reading.points[identifier].dropna(), *reading.former.to_numpy().ravel()} - {None}
    conditions, values = [f"{identifier} {AMONG}"], [json.dumps(sorted(map(str, names)))]
    conditions += [f"{name} LIKE '[%'" for name in identity_fields(kind) if name in COLUMNS[kind]]
    if kind == "complaints":
        conditions.append(f"category {AMONG}")
        values.append(json.dumps(list(RETIRED)))
    return gpd.GeoDataFrame(study.some(kind, None, " OR ".join(conditions), values))


def segments_near(streets: NearStreets, points: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """Return the segments that rows may lie on: theirs is the nearest, or one nearly as near."""
    shapes = points.geometry.to_numpy()
    placed = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    if (shapely.get_dimensions(placed) != 0).any() or len(placed) > FEW:
        return streets.segments
    beyond_m = float(profile["points.service_way"]) + float(profile["points.ambiguous_within"]) + ROUNDING
    return streets.near(shapely.get_coordinates(placed), beyond_m)
