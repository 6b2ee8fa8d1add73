"""Read the features of an OpenStreetMap extract: facilities, the ground around streets, house numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely

from geo.core.crs import WGS84
from geo.files.reading_apart import apart, extract_limits
from geo.streets.extract import FAULTS, damaged, located, opened
from geo.streets.ordered_extract import Extract
from geo.study.schema import conform

_FACILITY_TAGS = ("name", "capacity", "access", "orientation", "opening_hours")

_CONTEXT_TAGS = ("name", "building", "building:levels")

_LINE_KINDS = frozenset({"river", "rail", "tram", "path", "kerb", "barrier"})

_GATE = "closed_gate"

_ONLY_PLACES = osmium.filter.EntityFilter(osmium.osm.NODE | osmium.osm.WAY | osmium.osm.AREA)

_Tags = osmium.osm.TagList | Mapping[str, str]


def read_features(
    extract: Extract | Path | str,
    facility_kinds: Mapping[str, Sequence[str]],
    context_kinds: Mapping[str, Sequence[str]],
) -> Features:
    """
    Read the facilities, the ground around the streets, and the house numbers along them.

    Parameters
    ----------
    extract
        As for `read_ways`.
    facility_kinds, context_kinds
        Kinds and the tags that make them (`{"toilet": ["amenity=toilets"], "shop": ["shop=*"]}`): the rules
        `facilities.kinds` and `context.kinds`. The first kind that fits an object is its kind.

    Returns
    -------
    features

    Raises
    ------
    InputError
        As `read_ways`.
    """
    with opened(extract) as source:
        return _features(source, facility_kinds, context_kinds)


@apart(extract_limits, attrgetter("path"))
def _features(
    extract: Extract, facility_kinds: Mapping[str, Sequence[str]], context_kinds: Mapping[str, Sequence[str]]
) -> Features:
    facility_tags, context_tags = _tag_table(facility_kinds), _tag_table(context_kinds)
    keys = sorted({key for key, _ in (*facility_tags, *context_tags)})
    wanted = (*keys, "addr:housenumber")
    wkb = osmium.geom.WKBFactory()
    facilities: list[tuple[str | None, ...]] = []
    context: list[tuple[str | None, ...]] = []
    addresses: list[tuple[str, str, str]] = []
    try:
        source = located(extract).with_areas(osmium.filter.KeyFilter(*wanted))
        for chosen in (_ONLY_PLACES, _lines(context_tags), osmium.filter.KeyFilter(*wanted)):
            source = source.with_filter(chosen)
        for item in source:
            tags = item.tags
            facility, ground = _kind(tags, keys, facility_tags), _kind(tags, keys, context_tags)
            if facility == _GATE and not _locked(tags):
                facility = None
            number, street = tags.get("addr:housenumber"), tags.get("addr:street")
            house = bool(number and street)
            if (not (facility or house) or (item.is_way() and not item.is_closed())) and ground is None:
                continue
            if item.is_way() and item.is_closed() and (facility or house or ground not in _LINE_KINDS):
                continue  # the same object comes again as an area
            shape = _shape(wkb, item, ground)
            if shape is None:
                continue
            if facility is not None and not item.is_way():
                where = ("way" if item.from_way() else "relation") if item.is_area() else "node"
                identity = extract.given_id(where[0], item.orig_id() if item.is_area() else item.id)
                more = map(tags.get, _FACILITY_TAGS)
                facilities.append((f"{where}/{identity}", facility, *more, shape))
            if house and not item.is_way():
                addresses.append((street, number, shape))
            if ground is not None and item.is_way() == (ground in _LINE_KINDS) and not item.is_node():
                context.append((ground, *map(tags.get, _CONTEXT_TAGS), shape))
    except FAULTS as error:
        raise damaged(extract.path, error) from error
    stands, areas = _facilities(facilities)
    return Features(stands, areas, _context(context), _addresses(addresses))


def _lines(tags: Mapping[tuple[str, str], tuple[int, str]]) -> Any:
    """Return the filter of the ways that make lines: most of the others are streets without anything else."""
    found = [tag for tag, (_, kind) in tags.items() if kind in _LINE_KINDS]
    whole = [key for key, value in found if value == "*"]
    # a filter takes tags or keys; with `*` among them, it is that of their keys
    by_key, by_tag = osmium.filter.KeyFilter, osmium.filter.TagFilter
    chosen = by_key(*{key for key, _ in found}) if whole else by_tag(*found) if found else by_key("")
    chosen.enable_for(osmium.osm.WAY)
    return chosen


def _locked(tags: _Tags) -> bool:
    """Tell whether nobody walks through a gate."""
    return tags.get("foot", tags.get("access")) == "no" or (tags.get("locked") == "yes" and tags.get("foot") != "yes")


class Features(NamedTuple):
    """
    Features along streets: facilities, their grounds, context and addresses.

    Attributes
    ----------
    facilities
        Points: `facility_id`, `kind`, `name`, `capacity`, `hours`, `access`, `source`. An area gives a point on its
        surface.
    facility_areas
        MultiPolygons: `facility_id`, `kind`, `orientation` (of bays to the kerb), of those facilities that are areas.
    context
        Polygons and lines: `kind`, `name`; of buildings `use` (the tag's value) and `levels`.
    addresses
        Points: `street`, `number`.
    """

    facilities: gpd.GeoDataFrame
    facility_areas: gpd.GeoDataFrame
    context: gpd.GeoDataFrame
    addresses: gpd.GeoDataFrame


def _shape(wkb: osmium.geom.WKBFactory, item: Any, ground: str | None) -> str | None:
    try:
        if item.is_node():
            return str(wkb.create_point(item))
        if item.is_way():
            return str(wkb.create_linestring(item)) if ground in _LINE_KINDS else None
        return str(wkb.create_multipolygon(item))
    except (RuntimeError, osmium.InvalidLocationError):
        return None  # missing nodes or a ring that does not close: nothing to draw


def _tag_table(kinds: Mapping[str, Sequence[str]]) -> dict[tuple[str, str], tuple[int, str]]:
    """Return rank and kind by tag: the lower rank is the kind of an object that several fit."""
    table: dict[tuple[str, str], tuple[int, str]] = {}
    for rank, (kind, tags) in enumerate(kinds.items()):
        for tag in tags:
            key, _, value = tag.partition("=")
            table.setdefault((key, value), (rank, kind))
    return table


def _kind(tags: _Tags, keys: Iterable[str], table: Mapping[tuple[str, str], tuple[int, str]]) -> str | None:
    best = None
    for key in keys:
        value = tags.get(key)
        if value is not None and value != "no":
            kind = table.get((key, value)) or table.get((key, "*"))
            if kind is not None and (best is None or kind < best):
                best = kind
    return best[1] if best else None


def _facilities(
    rows: list[tuple[str | None, ...]],
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    table = pd.DataFrame(rows, columns=["facility_id", "kind", *_FACILITY_TAGS, "wkb"])
    shapes = shapely.from_wkb(table.pop("wkb").to_numpy(dtype=object))
    points = np.where(shapely.get_dimensions(shapes) == 0, shapes, shapely.point_on_surface(shapes))
    table["capacity"] = pd.to_numeric(table["capacity"], errors="coerce").round().astype("Int64")
    table["source"], table["hours"] = "OSM", table["opening_hours"]
    area = shapely.get_dimensions(shapes) == 2
    areas = gpd.GeoDataFrame(conform(table[area], "facility_areas"), geometry=shapes[area], crs=WGS84)
    return gpd.GeoDataFrame(conform(table, "facilities"), geometry=points, crs=WGS84), areas


def _addresses(rows: list[tuple[str, str, str]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["street", "number", "wkb"])
    shapes = shapely.from_wkb(table.pop("wkb").to_numpy(dtype=object))
    points = np.where(shapely.get_dimensions(shapes) == 0, shapes, shapely.point_on_surface(shapes))
    return gpd.GeoDataFrame(conform(table, "addresses"), geometry=points, crs=WGS84)


def _context(rows: list[tuple[str | None, ...]]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(rows, columns=["kind", "name", "use", "levels", "wkb"])
    shapes = shapely.from_wkb(table.pop("wkb").to_numpy(dtype=object))
    table["levels"] = pd.to_numeric(table["levels"], errors="coerce")
    return gpd.GeoDataFrame(conform(table, "context"), geometry=shapes, crs=WGS84)
