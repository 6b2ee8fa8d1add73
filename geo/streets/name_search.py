"""Find names as people type them: part of the name, its pinyin or pinyin initials, or nearly right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from rapidfuzz import fuzz, process

from geo.core.name_matching import normal_name


def find_names(names: Sequence[str], typed: str, limit: int = 8) -> list[str]:
    """
    Return the names that `typed` may mean, the likeliest first.

    Names that begin with it come first, then those that contain it, then those whose pinyin initials (wfdd) or pinyin
    (wenfengdadao) begin with it, then those that are spelt nearly so.

    Parameters
    ----------
    names
        Distinct names.
    typed
        What somebody typed.
    limit
        How many names at most.
    """
    sought = normal_name(typed)
    if not sought:
        return []
    latin = sought.replace(" ", "").replace("'", "")
    ranked: list[tuple[int, int, str]] = []
    for name in names:
        normal = normal_name(name)
        if normal.startswith(sought):
            rank = 0
        elif sought in normal:
            rank = 1
        elif latin.isascii() and any(sound.startswith(latin) for sound in _sounds(name)):
            rank = 2
        else:
            continue
        ranked.append((rank, len(name), name))
    found = [name for _, _, name in sorted(ranked)[:limit]]
    if len(found) < limit:
        nearly = process.extract(sought, names, scorer=fuzz.WRatio, processor=normal_name, limit=limit, score_cutoff=60)
        found += [name for name, _, _ in nearly if name not in found][: limit - len(found)]
    return found


@lru_cache(maxsize=65536)
def _sounds(name: str) -> tuple[str, ...]:
    """Return a Chinese name's pinyin initials and pinyin; other names have none."""
    if name.isascii():
        return ()
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 (half a second to load)

    initials, whole = (
        "".join(lazy_pinyin(name, style=style)).casefold() for style in (Style.FIRST_LETTER, Style.NORMAL)
    )
    return (initials, whole)


def longest_names(roads: pd.DataFrame, most: int) -> list[str]:
    """Return the names that most metres of some segments have, the longest first."""
    sums = roads.groupby("name")["length_m"].sum().sort_values(ascending=False)
    return [str(name) for name in sums.index[:most]]


def streets_within(
    streets: gpd.GeoDataFrame, area: shapely.Geometry, crs: pyproj.CRS, share_inside: float
) -> list[str]:
    """
    Return the ids of streets with at least `share_inside` of their length within `area`.

    Parameters
    ----------
    streets
        `street_id`, geometry in WGS 84.
    area
        A polygon in degrees, WGS 84; it may cross itself, as drawn ones do.
    crs
        The study's metric CRS.
    share_inside
        The rule `selection.share_inside`.
    """
    polygon = gpd.GeoSeries([shapely.make_valid(area)], crs=4326).to_crs(crs).iloc[0]
    near = streets.iloc[streets.sindex.query(shapely.make_valid(area), predicate="intersects")]
    lines = near.geometry.to_crs(crs).to_numpy()
    inside = shapely.length(shapely.intersection(lines, polygon))
    chosen = near[inside >= share_inside * np.maximum(shapely.length(lines), 1e-9)]
    return sorted(chosen["street_id"])
