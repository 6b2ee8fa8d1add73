"""The layer `streets`: segments gathered into one line per street, with its name and its class."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Integers
from geo.core.name_matching import without_section
from geo.streets.segment_tags import highway_class


def streets_layer(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Gather segments into streets.

    Parameters
    ----------
    roads
        `street_id`, `name`, `aliases`, `highway`, `length_m`.

    Returns
    -------
    streets
        One MultiLineString per `street_id`, sorted by it: `name` (the one of most of its length, without a section's
        word where its parts have several), `aliases` (its other spellings, between semicolons), `highway` (the class of
        most of its length, a link counting as the road that it leads to and side lanes not), `length_m`.
    """
    codes, ids = pd.factorize(roads["street_id"], sort=True)
    order = np.argsort(codes, kind="stable")
    lines = shapely.multilinestrings(roads.geometry.to_numpy()[order], indices=codes[order])
    classes, class_names = pd.factorize(highway_class(roads["highway"]))
    length_m = roads["length_m"].to_numpy()
    by_class = np.zeros((len(ids), len(class_names)))
    np.add.at(by_class, (codes, classes), length_m)
    # a street's side lanes are often mapped as service ways: they do not make it one
    main = by_class * np.where(class_names == "service", 1e-6, 1.0)
    names, aliases = _names(codes, len(ids), roads)
    table = pd.DataFrame(
        {
            "street_id": ids,
            "name": pd.Series(names, dtype=object),
            "aliases": pd.Series(aliases, dtype=object),
            "highway": class_names[main.argmax(axis=1)],
            "length_m": by_class.sum(axis=1).round(3),
        }
    )
    return gpd.GeoDataFrame(table, geometry=lines, crs=roads.crs)


def _names(codes: Integers, count: int, roads: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return each street's name and its other spellings."""
    written = pd.DataFrame({"code": codes, "name": roads["name"].to_numpy(), "length_m": roads["length_m"].to_numpy()})
    written = written[written["name"].notna()]
    lengths = written.groupby(["code", "name"], sort=False)["length_m"].sum().reset_index()
    lengths = lengths.sort_values(["code", "length_m", "name"], ascending=[True, False, True])
    other = pd.DataFrame({"code": codes, "aliases": roads["aliases"].to_numpy()}).dropna().drop_duplicates()
    names = np.full(count, None, dtype=object)
    first = lengths.drop_duplicates("code")
    names[first["code"].to_numpy()] = first["name"].to_numpy()
    spelt = np.bincount(lengths["code"].to_numpy(), minlength=count)
    aliases = np.full(count, None, dtype=object)
    for code in np.flatnonzero(spelt > 1):
        names[code] = without_section(names[code])
    by_code: dict[int, dict[str, None]] = {}
    for number, name in lengths[spelt[lengths["code"].to_numpy()] > 1][["code", "name"]].itertuples(index=False):
        by_code.setdefault(number, {})[name] = None
    for number, text in other.itertuples(index=False):
        by_code.setdefault(number, {}).update(dict.fromkeys(name.strip() for name in text.split(";")))
    for number, found in by_code.items():
        aliases[number] = ";".join(name for name in found if name and name != names[number]) or None
    return names, aliases
