"""The tags of a segment: width, pavements, cycle lanes, access."""

from __future__ import annotations

import re
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.rules.loader import Profile
from geo.streets.car_access import CAR_MODES, most_specific

_METRES = {"": 1.0, "m": 1.0, "cm": 0.01, "km": 1000.0, "ft": 0.3048, "'": 0.3048}

_WIDTH = re.compile(r"""^\s*(\d+(?:[.,]\d+)?)\s*(m|cm|km|ft|')?\s*(?:(\d+(?:\.\d+)?)\s*")?\s*$""")

_PLAUSIBLE_WIDTH_M = (1.0, 100.0)

_NO_PAVEMENT = ("no", "none")

_CYCLE_LANES = ("lane", "opposite_lane", "share_busway")

_CYCLE_TRACKS = ("track", "opposite_track", "separate")

_HIGHEST_LEVEL = 20
"""A `layer` beyond this, up or down, is a slip of the hand."""

_CLOSED = ("no", "private")

_OPEN = ("yes", "designated", "permissive", "destination", "customers")


def parse_width_m(text: str | None) -> float:
    """
    Return a `width` tag in metres ("7", "7.5 m", "7,5", "24'", "24'6\\""), NaN where it says no plausible width.
    """
    match = _WIDTH.match(text or "")
    if match is None:
        return np.nan
    number, unit, inches = match.groups()
    width = float(number.replace(",", ".")) * _METRES[unit or ""] + float(inches or 0) * 0.0254
    return width if _PLAUSIBLE_WIDTH_M[0] <= width <= _PLAUSIBLE_WIDTH_M[1] else np.nan


def with_widths(segments: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """
    Add the carriageway's width.

    Parameters
    ----------
    segments
        `highway`, `oneway` and the tags `lanes`, `width`, `est_width`.
    profile
        `roads.width.lane`, `roads.width.default_two_way`, `roads.width.default_one_way`, by highway class.

    Returns
    -------
    segments
        With `lanes` (a count, or missing), `width_m` and `width_source`: `tag`, else `lanes` times the lane's width,
        else the class's `default`.
    """
    result = segments.copy(deep=False)
    tag = _by_value(segments["width"], parse_width_m)
    tag = np.where(np.isnan(tag), _by_value(segments["est_width"], parse_width_m), tag)
    lanes = _by_value(segments["lanes"], _parse_lanes)

    codes, classes = pd.factorize(highway_class(segments["highway"]))
    lane, two_way, one_way = (
        np.array([profile[f"roads.width.{parameter}.{name}"] for name in classes])[codes]
        for parameter in ("lane", "default_two_way", "default_one_way")
    )
    default = np.where(segments["oneway"], one_way, two_way)
    has_tag, has_lanes = ~np.isnan(tag), ~np.isnan(lanes)
    result["lanes"] = pd.array(lanes, dtype="Float64").astype("Int64")
    result["width_m"] = np.select([has_tag, has_lanes], [tag, lanes * lane], default)
    result["width_source"] = pd.Categorical.from_codes(
        np.select([has_tag, has_lanes], [0, 1], 2), categories=["tag", "lanes", "default"]
    ).astype(object)
    return result


def _parse_lanes(text: str) -> float:
    """Return a count of lanes ("2", "2;3" gives the first), NaN where it says none."""
    match = re.match(r"\s*(\d{1,2})\b", text)
    return float(match.group(1)) if match and int(match.group(1)) > 0 else np.nan


def with_pavements(segments: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Add the width of the pavement on either side, where a tag says it.

    Parameters
    ----------
    segments
        The tags `sidewalk`, `sidewalk:both`, `sidewalk:left`, `sidewalk:right` and their `:width`, and `turned`.

    Returns
    -------
    segments
        With `pavement_left_m` and `pavement_right_m`, of the segment's own direction: 0 where there is none, NaN where
        nothing is known (a pavement mapped as a way of its own says nothing of its width).
    """
    widths = {}
    for side, other in (("left", "right"), ("right", "left")):
        width = _by_value(segments[f"sidewalk:{side}:width"], parse_width_m)
        width = np.where(np.isnan(width), _by_value(segments["sidewalk:both:width"], parse_width_m), width)
        none = segments[f"sidewalk:{side}"].isin(_NO_PAVEMENT) | segments["sidewalk:both"].isin(_NO_PAVEMENT)
        none |= segments["sidewalk"].isin((*_NO_PAVEMENT, other))
        widths[side] = np.where(none & np.isnan(width), 0.0, width)
    result = segments.copy(deep=False)
    turned = segments["turned"].to_numpy(dtype=bool)
    result["pavement_left_m"] = np.where(turned, widths["right"], widths["left"])
    result["pavement_right_m"] = np.where(turned, widths["left"], widths["right"])
    return result


def with_cycleways(segments: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Add the cycle lanes and tracks on either side.

    Parameters
    ----------
    segments
        The tags `cycleway`, `cycleway:both`, `cycleway:left`, `cycleway:right`; `turned`.

    Returns
    -------
    segments
        With `cycleway_left` and `cycleway_right` of the segment's own direction: `lane` (on the carriageway), `track`
        (behind the kerb), or None.
    """
    kinds = {}
    for side in ("left", "right"):
        tag = segments[f"cycleway:{side}"]
        for wider in ("cycleway:both", "cycleway"):
            tag = tag.where(tag.notna(), segments[wider])
        kind = np.full(len(segments), None, dtype=object)
        kind[tag.isin(_CYCLE_TRACKS).to_numpy()] = "track"
        kind[tag.isin(_CYCLE_LANES).to_numpy()] = "lane"
        kinds[side] = kind
    result = segments.copy(deep=False)
    turned = segments["turned"].to_numpy(dtype=bool)
    result["cycleway_left"] = np.where(turned, kinds["right"], kinds["left"])
    result["cycleway_right"] = np.where(turned, kinds["left"], kinds["right"])
    return result


def with_access(segments: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """
    Add who may use each segment.

    Parameters
    ----------
    segments
        `highway` and the tags `access`, `vehicle`, `motor_vehicle`, `motorcar`, `foot`, `service`, `motorroad`.
    profile
        `network.drive.highways`, `network.walk.*`.

    Returns
    -------
    segments
        With `drive`, `walk` and `walk_private` (bool). `drive` and `walk`: the class allows it, and no tag closes it;
        the tag for the mode beats `access`. `walk_private`: only people of its own addresses walk there.
    """
    result = segments.copy(deep=False)
    said = most_specific(segments, CAR_MODES)
    for_cars = segments["highway"].isin(profile["network.drive.highways"])
    opened = most_specific(segments, CAR_MODES[:-1]).isin(_OPEN)
    result["drive"] = (for_cars & ~segments["access"].isin(_CLOSED) & ~said.isin(_CLOSED)) | opened
    tag = {name: _tag(segments, name) for name in ("access", "foot", "service", "motorroad")}
    foot, rule = tag["foot"], profile.group("network.walk")
    opened = foot.isin(rule["open"])
    # a value of foot that says nothing of this (unknown, use_sidepath) leaves the word to the others
    said = opened | foot.isin(rule["closed"]) | foot.isin(rule["private"])
    allowed = segments["highway"].isin(rule["highways"])
    if not rule["motorroads"]:
        allowed &= tag["motorroad"] != "yes"
    closed = foot.isin(rule["closed"]) | (~said & tag["access"].isin(rule["closed"]))
    own = tag["access"].isin(rule["private"]) | tag["service"].isin(rule["private"])
    own = foot.isin(rule["private"]) | (~said & own)
    result["walk"] = opened | (allowed & ~closed & ~own)
    result["walk_private"] = allowed & own & ~closed
    return result


def with_level(segments: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """
    Add bridges, tunnels and the level of each segment.

    Parameters
    ----------
    segments
        The tags `bridge`, `tunnel`, `layer`.

    Returns
    -------
    segments
        With `bridge` and `tunnel` (bool) and `level`: `layer`, without it 1 on bridges, -1 in tunnels, else 0.
    """
    result = segments.copy(deep=False)
    for tag in ("bridge", "tunnel"):
        result[tag] = segments[tag].notna() & (segments[tag] != "no")
    tagged = pd.to_numeric(segments["layer"], errors="coerce").to_numpy(dtype=float)
    tagged = np.where(np.abs(tagged) <= _HIGHEST_LEVEL, np.trunc(tagged), np.nan)
    by_structure = result["bridge"].astype(int).to_numpy() - result["tunnel"].astype(int).to_numpy()
    result["level"] = np.where(np.isnan(tagged), by_structure, tagged).astype(np.int64)
    return result


def _tag(segments: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Return the values of a tag; none where the extract was read without it."""
    return segments[name] if name in segments else pd.Series(None, index=segments.index, dtype=object)


def highway_class(highway: pd.Series) -> pd.Series:
    """Return the class of each `highway` value: a link counts as the road that it leads to."""
    return highway.str.removesuffix("_link")


def _by_value(column: pd.Series, parse: Callable[[str], float]) -> NDArray[np.float64]:
    """Apply a parser once per distinct text."""
    codes, values = pd.factorize(column, use_na_sentinel=True)
    parsed: NDArray[np.float64] = np.array([*(parse(value) for value in values), np.nan])
    return parsed[codes]
