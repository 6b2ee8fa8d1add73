"""Parking at the sides of a way: the current scheme of tags and the older ones, in the words of the current one."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.rules.loader import Profile
from geo.streets.parking_hours import ALLOWED, NO_PARKING, NOT_THERE, base_state, never_allowed
from geo.streets.segment_tags import parse_width_m

PARKING: Final = "parking"
"""The column of a way with all its parking tags."""

PREFIX: Final = "parking:"

LEADS: Final = tuple(
    f"parking:{key}"
    for side in ("both", "left", "right")
    for key in (
        *(side, f"lane:{side}", f"condition:{side}", f"{side}:orientation", f"{side}:restriction"),
        *(f"{side}:restriction:conditional", f"{side}:conditional", f"{side}:access"),
    )
)
"""A way with parking tags has one of these."""

ORIENTATIONS: Final = ("parallel", "diagonal", "perpendicular")
"""How cars stand to the kerb, as OSM has it."""

SIDES: Final = ("left", "right")

_SEPARATE: Final = ("separate", "drawn_separately")
_UNKNOWN: Final = ("unknown", "undefined", "fixme", "?", "")

_OLDER_ORIENTATIONS: Final = {**dict(zip(ORIENTATIONS, ORIENTATIONS, strict=True)), "inline": "parallel"}
_OLDER_ORIENTATIONS["orthogonal"] = "perpendicular"

_OLDER_POSITIONS: Final = {
    "on_street": {"": "lane"},
    "half_on_kerb": {"": "half_on_kerb"},
    "on_kerb": {"": "on_kerb"},
    "lay_by": {"": "street_side"},
    "street_side": {"": "street_side"},
    "shoulder": {"": "shoulder"},
    "painted_area_only": {"": "lane", "markings": "yes"},
    "marked": {"": "lane", "markings": "yes"},
}
_ON_STREET: Final = {"": "lane"}

_OLDER_CONDITIONS: Final[dict[str, dict[str, str]]] = {
    "free": {"fee": "no"},
    "ticket": {"fee": "yes"},
    "disc": {"authentication:disc": "yes"},
    "residents": {"access": "private", "private": "residents"},
    "customers": {"access": "customers"},
    "permissive": {"access": "permissive"},
    "permit": {"access": "permit"},
    "private": {"access": "private"},
    "loading": {"restriction": "loading_only"},
    "charging": {"restriction": "charging_only"},
    "car_sharing": {"access": "private", "private": "car_sharing"},
    "disabled": {"access": "no", "disabled": "designated"},
    "wheelchair": {"access": "no", "disabled": "designated"},
    **{value: {"restriction": value} for value in NO_PARKING},
    **{value: {"access": "private", "private": value} for value in ("taxi", "bus", "diplomat", "police", "official")},
}
"""The older scheme's `parking:condition` in the words of the current one."""

_SIDE: Final = re.compile(r"parking:(left|right|both)(?::(.+))?")
_LANE: Final = re.compile(r"parking:lane:(left|right|both)(?::(.+))?")
_CONDITION: Final = re.compile(r"parking:condition:(?:(\d):)?(?:(left|right|both)(?::|$))?(?:(\d)(?::|$))?(.+)?")
_MAXSTAY_UNITS: Final = re.compile(r"(?<=\d)(?=[a-z])")

_Conditions = dict[tuple[str, str], dict[str, str]]

SideTags = Mapping[str, str]
"""Tags of a side by key without `parking:SIDE:`; `""` is the position (`parking:SIDE`)."""


def packed(tags: Iterable[tuple[str, str]]) -> str | None:
    """Return all parking tags of a way as one text (JSON, sorted), or None where it has none."""
    found = {key: value for key, value in tags if key.startswith(PREFIX)}
    return json.dumps(found, sort_keys=True, ensure_ascii=False) if found else None


class Side(NamedTuple):
    """
    The parking that tags give for a side of a way.

    Attributes
    ----------
    kind
        `none`, one of `ORIENTATIONS`, `separate` (bays are mapped as areas), or None where nothing is known.
    cars
        An explicit capacity of the whole way, else NaN.
    tags
        The tags of the side in the words of the current scheme.
    """

    kind: str | None
    cars: float
    tags: SideTags


def read_sides(tags: Mapping[str, str], by_width: Callable[[float], str] = lambda width_m: "parallel") -> list[Side]:
    """
    Read the parking tags of a way.

    Parameters
    ----------
    tags
        `parking:SIDE*` of the current scheme, `parking:lane:SIDE*` and `parking:condition:SIDE*` of the older one, for
        `left`, `right` and `both`. A side's own tag stands over one for both, the current scheme over the older one.
    by_width
        The orientation that a width of the parking gives (NaN where no tag says it), where no tag says that.

    Returns
    -------
    sides
        Left and right of the way's drawing direction.
    """
    own: dict[str, dict[str, str]] = {"left": {}, "right": {}, "both": {}}
    lanes: dict[str, dict[str, str]] = {"left": {}, "right": {}, "both": {}}
    for key, value in tags.items():
        for found, pattern in ((own, _SIDE), (lanes, _LANE)):
            match = pattern.fullmatch(key)
            if match is not None:
                found[match[1]][match[2] or ""] = value.strip()
    conditions = _conditions(tags)
    result = []
    for side in SIDES:
        older = _from_lane({**lanes["both"], **lanes[side]})
        for number, condition in enumerate(_by_number(conditions, side)):
            closed = base_state(older) != ALLOWED
            older = _with_condition(older, _from_condition(condition, closed), number)
        given = _modern({**own["both"], **own[side]})
        joined = {**older, **given}
        result.append(_side(joined, by_width))
    return result


def _side(tags: dict[str, str], by_width: Callable[[float], str]) -> Side:
    """Return a side of its tags in the words of the current scheme."""
    cars = pd.to_numeric(tags.get("capacity"), errors="coerce") if "capacity" in tags else np.nan
    value, orientation = tags.get("", ""), tags.get("orientation", "")
    if never_allowed(tags):
        return Side("none", np.nan, tags)
    if value in _SEPARATE:
        return Side("separate", np.nan, tags)
    if value in _UNKNOWN and orientation not in ORIENTATIONS and not cars > 0:
        return Side(None, np.nan, tags)
    kind = orientation if orientation in ORIENTATIONS else by_width(parse_width_m(tags.get("width")))
    return Side(kind, float(cars), tags)


def _modern(tags: dict[str, str]) -> dict[str, str]:
    """Return tags of the current scheme with orientations out of the position, where older mappers put them."""
    orientation = _OLDER_ORIENTATIONS.get(tags.get("", ""))
    if orientation is not None:
        return {"orientation": orientation, **tags, "": "lane"}
    if tags.get("", "") in NO_PARKING:
        return {"restriction": tags[""], **tags, "": "no"}
    return tags


def _from_lane(lane: dict[str, str]) -> dict[str, str]:
    """Return the tags of a `parking:lane:SIDE` in the words of the current scheme."""
    value = lane.get("", "")
    more = {key: text for key, text in lane.items() if key and key not in (*_OLDER_ORIENTATIONS, *NOT_THERE)}
    orientation = _OLDER_ORIENTATIONS.get(value)
    if orientation is not None:
        spoken = [old for old, new in _OLDER_ORIENTATIONS.items() if new == orientation and old in lane]
        position = _OLDER_POSITIONS.get(lane[spoken[0]], _ON_STREET) if spoken else _ON_STREET
        return {**position, "orientation": orientation, **more}
    if value in NO_PARKING:
        return {"": "no", "restriction": value, **more}
    if value in _SEPARATE:
        return {"": "separate", **more}
    if value in NOT_THERE:
        return {"": "no", **more}
    if value in _UNKNOWN:
        return more
    return {**_OLDER_POSITIONS.get(value, _ON_STREET), **more}


def _conditions(tags: Mapping[str, str]) -> _Conditions:
    """Return the tags `parking:condition` by side (or `both`) and number ("" for the first)."""
    found: _Conditions = defaultdict(dict)
    for key, value in tags.items():
        match = _CONDITION.fullmatch(key)
        if match is not None:
            before, side, after, which = match.groups()
            found[side or "both", before or after or ""][which or ""] = value.strip()
    return found


def _by_number(conditions: _Conditions, side: str) -> list[dict[str, str]]:
    """Return the conditions of a side in their order."""
    numbers = sorted({number for owner, number in conditions if owner in ("both", side)})
    return [{**conditions.get(("both", number), {}), **conditions.get((side, number), {})} for number in numbers]


def _with_condition(older: dict[str, str], said: dict[str, str], number: int) -> dict[str, str]:
    """Return the tags of a side with one more condition: the first stands over the lane, the others add their hours."""
    result = {**older, **{key: value for key, value in said.items() if not number or key not in older}}
    for key in (key for key in said if number and key in older and key.endswith(":conditional")):
        result[key] = f"{older[key]}; {said[key]}"
    return result


def _from_condition(condition: dict[str, str], closed: bool) -> dict[str, str]:
    """
    Return one `parking:condition:SIDE` in the words of the current scheme; outside its hours its default holds.

    Where nobody may park outside its hours (`closed`, or by the default), it lifts that within them.
    """
    hours = condition.get("time_interval")
    result: dict[str, str] = {}
    for word in filter(None, (part.strip() for part in condition.get("default", "").split(";"))):
        result |= _OLDER_CONDITIONS.get(word, {})
    said: dict[str, str] = {}
    for word in filter(None, (part.strip() for part in condition.get("", "").split(";"))):
        said |= _OLDER_CONDITIONS.get(word, {})
    if "maxstay" in condition:
        said["maxstay"] = _MAXSTAY_UNITS.sub(" ", condition["maxstay"])
    if "residents" in condition:
        said["zone"] = condition["residents"]
    if "vehicles" in condition and "free" not in condition.get("", ""):
        said |= {"access": "private", "private": condition["vehicles"]}
    if hours:
        lifts = condition.get("") and "restriction" not in said and (closed or result.get("restriction") in NO_PARKING)
        lifted = {"restriction": "none"} if lifts else {}
        conditional = {
            f"{key}:conditional": f"{value} @ ({hours})" for key, value in {**lifted, **said}.items() if key != "zone"
        }
        result |= conditional | ({"zone": said["zone"]} if "zone" in said else {})
    else:
        result |= said
    return result | {key: condition[key] for key in ("reason",) if key in condition}


def with_parking(segments: gpd.GeoDataFrame, profile: Profile) -> gpd.GeoDataFrame:
    """
    Add the parking that is mapped on either side.

    Parameters
    ----------
    segments
        `parking` (all parking tags of the way, as `packed` returns them), `way_id`, `length_m`, `turned`.
    profile
        `mapped_parking.parallel_width`, `mapped_parking.diagonal_width`: what an orientation that no tag says is
        inferred from.

    Returns
    -------
    segments
        With `parking_left` and `parking_right` of the segment's own direction: `none` (no parking, or a restriction
        that forbids it at all times), an orientation (`parallel`, `diagonal`, `perpendicular`; where no tag says which,
        by the width of the parking, parallel where nothing says that either), `separate` (bays are mapped as areas), or
        None where nothing is known; `parking_left_cars`, `parking_right_cars`: an explicit capacity, shared among the
        segments of its way by length; `parking_left_tags`, `parking_right_tags`: all tags of the side in the words of
        the current scheme, as JSON.
    """
    length = segments["length_m"]
    share = (length / length.groupby(segments["way_id"]).transform("sum")).to_numpy(dtype=float)
    codes, texts = pd.factorize(segments[PARKING])

    def by_width(width_m: float) -> str:
        return str(orientation_by_width(np.array([width_m]), profile)[0])

    read = [read_sides(json.loads(text), by_width) for text in texts]
    turned = segments["turned"].to_numpy(dtype=bool)
    result = segments.copy(deep=False)
    for number, side in enumerate(SIDES):
        for name, values in _columns(read, number).items():
            mine = values[codes]
            theirs = _columns(read, 1 - number)[name][codes]
            chosen = np.where(turned, theirs, mine)
            result[f"parking_{side}{name}"] = chosen * share if name == "_cars" else chosen
    return result.drop(columns=PARKING)


def _columns(read: list[list[Side]], number: int) -> dict[str, NDArray[np.generic]]:
    """Return the columns of a side by distinct way; the last row is of ways without tags."""
    sides = [each[number] for each in read]
    kinds, texts = np.full(len(sides) + 1, None, dtype=object), np.full(len(sides) + 1, None, dtype=object)
    kinds[:-1] = [side.kind for side in sides]
    texts[:-1] = [_text(side.tags) for side in sides]
    return {"": kinds, "_cars": np.array([*(side.cars for side in sides), np.nan]), "_tags": texts}


def _text(tags: SideTags) -> str | None:
    return json.dumps(dict(tags), ensure_ascii=False) if tags else None


@lru_cache(maxsize=65536)
def side_tags(text: str | None) -> SideTags:
    """Return the tags of a side of a segment (`parking_left_tags`); none for a text that holds none."""
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


def orientation_by_width(width_m: NDArray[np.float64], profile: Profile) -> NDArray[np.object_]:
    """
    Return how cars stand where only the width of the parking is known, NaN where that is not: then they are parallel.

    A row of cars along the kerb is no wider than `mapped_parking.parallel_width`, one at an angle no wider than
    `mapped_parking.diagonal_width`.
    """
    parallel, diagonal = (float(profile[f"mapped_parking.{name}_width"]) for name in ("parallel", "diagonal"))
    known = [width_m > diagonal, width_m > parallel]
    return np.select(known, ["perpendicular", "diagonal"], "parallel").astype(object)
