"""Sections of a street between named cross-streets: the streets it meets, and the segments between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pyproj

from geo.core.arrays import Flags
from geo.core.errors import StudyError
from geo.core.node_ids import end_nodes
from geo.core.text import Text
from geo.rules.loader import Profile
from geo.streets.layer import streets_layer
from geo.streets.sections import between, compass_end, end_node, label_of, meeting_nodes, root_of
from geo.streets.street_index import StreetIndex

MOST_NAMED: Final = 12


class Section(NamedTuple):
    """A section of a street: its segments' ids, and its label in both languages."""

    segment_ids: list[str]
    label: str


def find_section(
    street_id: str, start: str, end: str, roads: gpd.GeoDataFrame, profile: Profile, crs: pyproj.CRS
) -> Section:
    """
    Return the section of a street between two cross-streets.

    Parameters
    ----------
    street_id
        The street, or a section of it: the whole street is meant.
    start, end
        Names of streets that it meets, or its ends ("东端", "north end").
    roads
        The study's layer.
    profile
        `streets.junction_within`, `streets.same_name_gap`, `tiers.list.match_similarity`.
    crs
        The study's metric CRS.

    Raises
    ------
    StudyError
        If a cross-street does not meet the street, or both meet it at the same place.
    """
    whole = roads.assign(street_id=root_of(roads["street_id"]))
    index = StreetIndex(streets_layer(whole), whole)
    mask = section_between(street_id.partition(".")[0], start, end, index, profile, crs)
    if isinstance(mask, Text):
        raise StudyError(mask, Text("请另选起点和止点", "Choose other ends"))
    return Section(whole["segment_id"][mask].tolist(), str(label_of(start, end)))


def section_between(
    street: str, start: str, end: str, index: StreetIndex, profile: Profile, crs: pyproj.CRS
) -> Flags | Text:
    """Return the segments of a section, or why there is none."""
    axis = index.axis_of(street, profile, crs)
    nodes = []
    for word in (start, end):
        direction = compass_end(word)
        if direction is not None:
            nodes.append(end_node(axis, direction))
            continue
        _, ids, _ = index.find(word, profile["tiers.list.match_similarity"])
        rows = np.concatenate([index.rows_of(other) for other in ids if other != street] or [np.array([], dtype=int)])
        met = (
            meeting_nodes(axis, index.roads.iloc[rows], crs, profile["streets.junction_within"]) if len(rows) else rows
        )
        if len(met) == 0:
            return _does_not_meet(word, index.name_of(street), crossing_names(street, index.roads))
        nodes.append(met)
    inside = between(axis, nodes[0], nodes[1], profile["streets.same_name_gap"])
    if inside is None or not inside.any():
        return Text(
            f"“{start}”和“{end}”与该街不止一处相交，或在同一处相交",
            f"“{start}” and “{end}” meet it at several places, or both at the same",
        )
    mask = np.zeros(len(index.roads), dtype=bool)
    mask[index.rows_of(street)[inside]] = True
    return mask


def crossing_names(street_id: str, roads: gpd.GeoDataFrame) -> list[str]:
    """Return the names of the streets that have a node in common with a street (or the street of a section), sorted."""
    own = (root_of(roads["street_id"]) == street_id.partition(".")[0]).to_numpy()
    first, last = end_nodes(roads.geometry.to_numpy())
    nodes = np.concatenate([first[own], last[own]])
    meets = ~own & (np.isin(first, nodes) | np.isin(last, nodes)) & roads["name"].notna().to_numpy()
    return sorted(set(roads["name"][meets]))


def _does_not_meet(word: str, name: str, crossing: Sequence[str]) -> Text:
    some = list(crossing[:MOST_NAMED])
    return Text(
        f"“{word}”与“{name}”不相交；与其相交的有：{'、'.join(some) or '无'}",
        f"“{word}” does not meet “{name}”; these do: {', '.join(some) or 'none'}",
    )
