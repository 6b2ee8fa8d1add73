"""Where and when cars may drive and stop, by the tags of access."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.core.arrays import Flags
from geo.core.opening_hours import DAY, DAY_KINDS, Window
from geo.rules.loader import Profile

CAR_MODES: Final = ("motorcar", "motor_vehicle", "vehicle", "access")
"""The tags of access that speak of cars, the most specific first (OSM wiki, Key:access)."""

_CLAUSE: Final = re.compile(r"([a-z_]+)\s*@\s*(\([^)]*\)|[^;]*)")
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")
_DAYS: Final = re.compile(r"\b(?:Mo|Tu|We|Th|Fr|Sa|Su)\b")
_EVERY_DAY: Final = re.compile(r"\bMo\s*-\s*Su\b")
_OF_THE_YEAR: Final = re.compile(r"\b(?:PH|SH|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b")

_SEPARATING: Final = (
    *("barrier", "bollard", "bump", "concrete", "fence", "flex_post", "grass_verge", "greenery", "guard_rail"),
    *("hedge", "jersey_barrier", "planter", "separation_kerb", "structure", "studs", "tree_row", "vertical_panel"),
)
"""Values of `cycleway:SIDE:separation` for things that stand in the way (OSM wiki, Proposal:Separation)."""


def most_specific(segments: pd.DataFrame, modes: Sequence[str]) -> pd.Series:
    """Return of each segment the first of these tags that it has; a tag that no segment has may be no column."""
    said = pd.Series(None, index=segments.index, dtype=object)
    for mode in modes:
        if mode in segments:
            said = said.where(said.notna(), segments[mode])
    return said


def with_car_access(segments: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """
    Add who may drive and stop on segments with a car, and the things that keep cars off their kerbs.

    Parameters
    ----------
    segments
        `highway`, `turned` and the tags of `CAR_MODES` with their `:conditional`, `motorroad`, `construction`,
        `cycleway:SIDE:separation`.
    profile
        `network.drive.highways`.

    Returns
    -------
    segments
        With `car_access` (the value of the most specific tag, `no` where the class is not for cars and no tag of
        vehicles opens it, None where nothing is said), `car_access_at` (the conditional value that stands over it),
        `motorroad`, `roadworks`, `separated_left` and `separated_right`.
    """
    result = segments.copy(deep=False)
    said, conditional = pd.Series(None, segments.index, dtype=object), pd.Series(None, segments.index, dtype=object)
    for mode in reversed(CAR_MODES):
        # a more specific tag stands over the less specific ones, and over their conditions
        plain, at = segments[mode], segments[f"{mode}:conditional"]
        conditional = at.where(plain.notna() | at.notna(), conditional)
        said = plain.where(plain.notna(), said)
    for_cars = segments["highway"].isin(profile["network.drive.highways"])
    opened = most_specific(segments, CAR_MODES[:-1])
    result["car_access"] = said.where(for_cars, opened.where(opened.notna(), "no"))
    result["car_access_at"] = conditional
    result["motorroad"] = segments["motorroad"].eq("yes")
    result["roadworks"] = segments["construction"].notna() & segments["construction"].ne("no")
    turned = segments["turned"].to_numpy(dtype=bool)
    left, right = (_separated(segments, side) for side in ("left", "right"))
    result["separated_left"], result["separated_right"] = np.where(turned, right, left), np.where(turned, left, right)
    return result


def _separated(segments: pd.DataFrame, side: str) -> Flags:
    found = np.zeros(len(segments), dtype=bool)
    for of in ("both", side):
        for more in ("", ":left", ":right"):
            said = segments[f"cycleway:{of}:separation{more}"]
            # several values between semicolons; the commonest have one
            found |= said.str.split(";").str[0].str.strip().isin(_SEPARATING).to_numpy()
    return found


def closed_to_cars(roads: pd.DataFrame, open_values: Sequence[str], windows: Sequence[Window] | None) -> Flags:
    """
    Tell whether segments are closed to cars that would drive and stop there.

    Parameters
    ----------
    roads
        The study's layer: `drive`, `car_access`, `car_access_at`.
    open_values
        Values of access under which the public may stop.
    windows
        The hours that count; None for all hours.

    Returns
    -------
    closed
        Shape (n,): whether they are closed at any of these hours, on any day.
    """
    said, at = roads["car_access"].to_numpy(dtype=object), roads["car_access_at"].to_numpy(dtype=object)
    known = pd.notna(said)
    open_ = np.where(known, np.isin(said.astype(str), list(open_values)), roads["drive"].to_numpy(dtype=bool))
    codes, texts = pd.factorize(at)
    wanted = _minutes(windows)
    for code, text in enumerate(texts):
        here = np.flatnonzero(codes == code)
        for base in (False, True):
            mine = here[open_[here] == base]
            if len(mine):
                open_[mine] = _open_throughout(str(text), base, open_values, wanted)
    return np.asarray(~open_.astype(bool))


def _minutes(windows: Sequence[Window] | None) -> Flags:
    """Return the minutes of a day that lie in windows of any day."""
    if windows is None:
        return np.ones(DAY, dtype=bool)
    wanted = np.zeros(len(DAY_KINDS) * DAY, dtype=bool)
    for begin, end in windows:
        wanted[begin:end] = True
    return np.asarray(wanted.reshape(len(DAY_KINDS), DAY).any(axis=0))


def _open_throughout(text: str, base: bool, open_values: Sequence[str], wanted: Flags) -> bool:
    """
    Tell whether a way is open at all the wanted minutes of every day.

    Clauses that speak of weight, weather or other things than hours are of no car; a later clause stands over an
    earlier one.
    """
    open_ = np.full(DAY, base)
    for value, condition in _CLAUSE.findall(text):
        clocks = _CLOCK.findall(condition)
        some_days = bool(_DAYS.search(condition) and not _EVERY_DAY.search(condition))
        some_days |= bool(_OF_THE_YEAR.search(condition))
        if not clocks and not some_days and not _EVERY_DAY.search(condition) and "24/7" not in condition:
            continue
        opens = value in open_values
        if opens and some_days:
            continue  # closed on the other days
        inside = np.zeros(DAY, dtype=bool)
        for clock in clocks or [("0", "0", "24", "0")]:
            first_hour, first_minute, last_hour, last_minute = map(int, clock)
            first, last = first_hour * 60 + first_minute, min(last_hour * 60 + last_minute, DAY)
            if first < last:
                inside[first:last] = True
            else:
                inside[first:], inside[:last] = True, True
        open_[inside] = opens
    return bool(open_[wanted].all())
