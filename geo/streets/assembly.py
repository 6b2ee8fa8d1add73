"""Join segments into streets as a planner understands them, independent of OSM's ways."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.core.arrays import Flags, Floats, Integers, members, run_starts
from geo.core.crs import to_metric
from geo.core.metric_geometry import goes_straight_on, leaving_directions, unit_vectors
from geo.core.name_matching import stem, street_key
from geo.rules.loader import Profile
from geo.streets.segment_tags import highway_class

_RANK: Final = {
    name: rank
    for rank, name in enumerate(
        ("motorway", "trunk", "primary", "secondary", "tertiary", "unclassified", "residential", "living_street")
    )
}
_LAST: Final = len(_RANK)
"""The rank of all other classes: pedestrian streets, service ways."""

_LONGEST_CHAIN: Final = 12
"""A slip road's segments at most: it is cut where others leave it."""

_SAMPLES: Final = np.array([0.2, 0.5, 0.8])
"""Where along a side lane the street beside it is looked for."""


def assemble_streets(segments: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile) -> pd.Series:
    """
    Give each segment its street.

    Named segments are one street where a spelling of their names is the same
    (`geo.core.name_matching.street_key`: sections and side lanes count as their
    street, `aliases` as spellings) and they share a node or lie within about
    `streets.same_name_gap` of each other; names that differ in the word for "street" alone (文峰路, 文峰大道) also
    where one continues the other. The same name further away is another street.

    Unnamed segments join a street as its roundabout, its slip road, a short gap or median crossing in it, or a one-way
    side lane along it (rules `streets.*`). The others are streets of their own, by OSM way.

    Parameters
    ----------
    segments
        `way_id`, `name`, `aliases`, `highway`, `junction`, `service`, `oneway`, `length_m`, `from_node`, `to_node` and
        geometry.
    crs
        The study's metric CRS.
    profile
        The rules `streets.*`.

    Returns
    -------
    street_id
        By row: "s" and the lowest way id of the street's named segments, or of all where none has a name. It stays as
        long as that way exists in OSM.
    """
    table = _Table.of(segments)
    street = _by_name(table, segments, crs, profile["streets.same_name_gap"])
    if (street >= 0).any():
        directions = leaving_directions(segments.geometry.to_numpy(), crs)
        street = _joined_where_one_continues_the_other(street, table, directions, profile["streets.straight_within"])
        street = _with_roundabouts(street, table)
        street = _with_slip_roads(street, table)
        street = _with_gaps(street, table, directions, profile)
        street = _with_side_lanes(street, table, segments, crs, profile)
    way_ids = segments["way_id"].to_numpy()
    street = _with_chains(street, table, pd.factorize(way_ids)[0])

    named = table.key >= 0
    lowest = np.full(street.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, street[named], way_ids[named])
    nameless = np.full(len(lowest), np.iinfo(np.int64).max)
    np.minimum.at(nameless, street, way_ids)
    lowest = np.where(lowest == np.iinfo(np.int64).max, nameless, lowest)
    return pd.Series("s" + lowest[street].astype(str).astype(object), index=segments.index)


class _Table(NamedTuple):
    """Columns of segments as integers."""

    key: Integers
    """The number of each row's `street_key`, -1 where unnamed."""
    stems: Integers
    """By number of key: the number of its `stem`."""
    aliases: tuple[Integers, Integers]
    """(row, number of a key that it goes by besides its own)."""
    ends: tuple[Integers, Integers]
    """The numbers of each row's first and last node."""
    rank: Integers
    link: Flags
    circular: Flags
    oneway: Flags
    length_m: NDArray[np.float64]
    through: Flags
    """Whether a row may be a street's gap, crossing or side lane: no driveway and no parking aisle."""

    @classmethod
    def of(cls, segments: gpd.GeoDataFrame) -> _Table:
        nodes = pd.factorize(np.concatenate([segments["from_node"].to_numpy(), segments["to_node"].to_numpy()]))[0]
        codes, names = pd.factorize(segments["name"], use_na_sentinel=True)
        other_codes, others = pd.factorize(segments["aliases"], use_na_sentinel=True)
        keys = [street_key(name) for name in names]
        other_keys = [[street_key(name) for name in text.split(";") if name.strip()] for text in others]
        numbers, distinct = pd.factorize(np.array([*keys, *(key for keys in other_keys for key in keys)], dtype=object))
        key = np.where(codes >= 0, numbers[: len(keys)][codes], -1) if keys else np.full(len(codes), -1)

        counts = np.array([*(len(keys) for keys in other_keys), 0])
        starts = len(keys) + np.cumsum(counts) - counts
        per_row = counts[other_codes]
        row, within = members(per_row)
        alias = numbers[starts[other_codes[row]] + within] if len(row) else row
        other = key[row] != alias
        classes, class_names = pd.factorize(highway_class(segments["highway"]))
        return cls(
            key=key,
            stems=pd.factorize(np.array([stem(name) for name in distinct], dtype=object))[0],
            aliases=(row[other], alias[other]),
            ends=(nodes[: len(segments)], nodes[len(segments) :]),
            rank=np.array([_RANK.get(name, _LAST) for name in class_names], dtype=np.int64)[classes],
            link=segments["highway"].str.endswith("_link").to_numpy(dtype=bool),
            circular=segments["junction"].isin(["roundabout", "circular"]).to_numpy(),
            oneway=segments["oneway"].to_numpy(dtype=bool),
            length_m=segments["length_m"].to_numpy(),
            through=segments["service"].isna().to_numpy() & (segments["highway"] != "pedestrian").to_numpy(),
        )

    def touches(self, rows: Integers) -> tuple[Integers, Integers]:
        """Return (row, node) for both ends of `rows`."""
        return np.tile(rows, 2), np.concatenate([end[rows] for end in self.ends])


def _by_name(table: _Table, segments: gpd.GeoDataFrame, crs: pyproj.CRS, gap_m: float) -> Integers:
    """Number the streets of named segments; -1 where unnamed."""
    named = np.flatnonzero(table.key >= 0)
    cell_rows, cells = _cells(segments.geometry.iloc[named], crs, gap_m)
    # the four corners of each cell: touching cells share one
    corners = np.concatenate([cells + np.array([dx, dy]) for dx in (0, 1) for dy in (0, 1)])
    alias_rows, alias_keys = table.aliases
    n = len(segments)
    links = []
    offset = n
    for owner, places in (
        table.touches(np.arange(n)),
        (np.tile(named[cell_rows], 4), _pair(*corners.T)),
    ):
        order = np.argsort(owner, kind="stable")
        first = np.searchsorted(owner[order], np.arange(n + 1))
        # each row at each of its places, once under its own name and once under each alias
        counts = first[alias_rows + 1] - first[alias_rows]
        alias, number = members(counts)
        at = first[alias_rows[alias]] + number
        own = table.key[owner] >= 0
        who = np.concatenate([owner[own], alias_rows[alias]])
        key = np.concatenate([table.key[owner[own]], alias_keys[alias]])
        group = _pair(key, np.concatenate([places[own], places[order][at]]))
        # an alias joins a street that goes by that name: an alias that two streets share joins nothing
        own_name = np.zeros(group.max(initial=-1) + 1, dtype=bool)
        own_name[group[: own.sum()]] = True
        counted = own_name[group] & (table.key[who] >= 0)
        links.append((who[counted], group[counted] + offset))
        offset += len(own_name)
    component = _components(links, offset)[:n]
    return np.where(table.key >= 0, pd.factorize(component)[0], -1)


def _components(links: list[tuple[Integers, Integers]], size: int) -> Integers:
    left, right = (np.concatenate(side) for side in zip(*links, strict=True))
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    components: Integers = connected_components(graph, directed=False)[1]
    return components


def _pairs_at_nodes(rows: Integers, table: _Table, others: Integers) -> pd.DataFrame:
    """Return `row`, `other`, `row_end`, `other_end` (0 first, 1 last), `node` wherever `rows` and `others` meet."""
    first, last = table.ends
    touched = np.zeros(max(first.max(initial=-1), last.max(initial=-1)) + 1, dtype=bool)
    touched[first[rows]] = touched[last[rows]] = True
    others = others[touched[first[others]] | touched[last[others]]]
    sides = []
    for name, which in (("row", rows), ("other", others)):
        owner, node = table.touches(which)
        sides.append(pd.DataFrame({"node": node, name: owner, f"{name}_end": np.repeat([0, 1], len(which))}))
    pairs = sides[0].merge(sides[1], on="node")
    return pairs[pairs["row"] != pairs["other"]]


def _straight(pairs: pd.DataFrame, directions: Floats, within_degrees: float) -> Flags:
    """Tell whether pairs continue each other at their node."""
    one, other = (directions[pairs[f"{side}_end"].to_numpy(), pairs[side].to_numpy()] for side in ("row", "other"))
    return goes_straight_on(one, other, within_degrees)


def _joined_where_one_continues_the_other(
    street: Integers, table: _Table, directions: Floats, within_degrees: float
) -> Integers:
    """Join streets with names alike but for the word for "street", where one's segment continues the other's."""
    distinct_keys = pd.DataFrame({"stem": table.stems, "key": np.arange(len(table.stems))})
    spelt_twice = distinct_keys.groupby("stem")["key"].transform("size").to_numpy() > 1
    rows = np.flatnonzero((table.key >= 0) & spelt_twice[table.key])
    if len(rows) == 0:
        return street
    pairs = _pairs_at_nodes(rows, table, rows)
    left, right = pairs["row"].to_numpy(), pairs["other"].to_numpy()
    differ = (table.key[left] != table.key[right]) & (table.stems[table.key[left]] == table.stems[table.key[right]])
    pairs = pairs[differ]
    pairs = pairs[_straight(pairs, directions, within_degrees)]
    size = street.max() + 1
    links = [(street[pairs["row"].to_numpy()], street[pairs["other"].to_numpy()])]
    return np.where(street >= 0, _components(links, size)[street], -1)


def _adopted(street: Integers, table: _Table, unit: Integers, like: bool) -> Integers:
    """
    Give units of unnamed segments the likeliest of the streets that they touch.

    Parameters
    ----------
    unit
        By row: the number of its unit, -1 for rows that stay as they are.
    like
        Whether only streets of the unit's own class count; else that of the highest class comes first.
    """
    rows = np.flatnonzero(unit >= 0)
    settled = np.flatnonzero(street >= 0)
    if len(rows) == 0 or len(settled) == 0:
        return street
    pairs = _pairs_at_nodes(rows, table, settled)
    length = np.bincount(street[settled], weights=table.length_m[settled])
    own, theirs = (table.rank[pairs[side].to_numpy()] for side in ("row", "other"))
    if like:
        pairs = pairs[own == theirs]
    row, other = pairs["row"].to_numpy(), pairs["other"].to_numpy()
    columns = (pairs["node"].to_numpy(), street[other], unit[row], table.rank[other])
    order = np.lexsort(columns[:3])
    node, candidate, of, rank = (column[order] for column in columns)
    starts = np.flatnonzero(run_starts(of, candidate))
    if len(starts) == 0:
        return np.where(unit >= 0, -1, street)
    nodes = np.add.reduceat(run_starts(of, candidate, node).astype(np.int64), starts)
    rank, of, candidate = np.minimum.reduceat(rank, starts), of[starts], candidate[starts]
    best = np.lexsort((candidate, -length[candidate], -nodes, rank, of))
    best = best[run_starts(of[best])]
    chosen = np.full(unit.max() + 1, -1)
    chosen[of[best]] = candidate[best]
    return np.where(unit >= 0, chosen[unit], street)


def _with_roundabouts(street: Integers, table: _Table) -> Integers:
    rows = np.flatnonzero((street < 0) & table.circular)
    if len(rows) == 0:
        return street
    owner, node = table.touches(rows)
    ring = _components([(owner, node + len(street))], len(street) + node.max() + 1)
    unit = np.full(len(street), -1)
    unit[rows] = pd.factorize(ring[rows])[0]
    return _adopted(street, table, unit, like=False)


def _with_slip_roads(street: Integers, table: _Table) -> Integers:
    """
    Adopt links, from the streets outwards: by a street of their class, else by any that they reach.

    Those of motorways and trunk roads go to streets of their class alone: the main road often has no name.
    """
    for like in (True, False):
        for _ in range(_LONGEST_CHAIN):
            rows = np.flatnonzero((street < 0) & table.link & (like | (table.rank > _RANK["trunk"])))
            unit = np.full(len(street), -1)
            unit[rows] = np.arange(len(rows))
            further = _adopted(street, table, unit, like)
            if (further == street).all():
                break
            street = further
    return street


def _with_gaps(street: Integers, table: _Table, directions: Floats, profile: Profile) -> Integers:
    """
    Adopt unnamed segments with both ends at one street.

    That is a piece that somebody left unnamed, where it continues the street at both ends, and a crossing of the
    median, where it is short and joins one-way carriageways.
    """
    rows = np.flatnonzero((street < 0) & table.through & (table.length_m <= profile["streets.same_name_gap"]))
    pairs = _pairs_at_nodes(rows, table, np.flatnonzero(street >= 0))
    if pairs.empty:
        return street
    short = table.length_m[pairs["row"].to_numpy()] <= profile["streets.median_crossing"]
    crossing = short & table.oneway[pairs["other"].to_numpy()]
    table_of = pairs.assign(
        street=street[pairs["other"].to_numpy()],
        straight=_straight(pairs, directions, profile["streets.straight_within"]),
        crossing=crossing,
    )
    per_end = table_of.groupby(["row", "street", "row_end"], sort=False)[["straight", "crossing"]].max().reset_index()
    both = per_end.groupby(["row", "street"], sort=False).agg(
        ends=("row_end", "size"), straight=("straight", "min"), crossing=("crossing", "min")
    )
    fits = both[(both["ends"] == 2) & (both["straight"] | both["crossing"])].reset_index()
    fits = fits.sort_values(["row", "straight", "street"], ascending=[True, False, True]).drop_duplicates("row")
    result = street.copy()
    result[fits["row"].to_numpy()] = fits["street"].to_numpy()
    return result


def _with_side_lanes(
    street: Integers, table: _Table, segments: gpd.GeoDataFrame, crs: pyproj.CRS, profile: Profile
) -> Integers:
    """Adopt one-way unnamed segments that run along a street of a higher class at both ends and in the middle."""
    main = np.flatnonzero((street >= 0) & (table.rank <= _RANK["tertiary"]))
    rows = np.flatnonzero(
        (street < 0)
        & table.oneway
        & table.through
        & ~table.link
        & (table.length_m >= profile["streets.side_lane.length"])
    )
    if len(main) == 0 or len(rows) == 0:
        return street
    lines = segments.geometry.iloc[np.concatenate([main, rows])].to_crs(crs).to_numpy()
    mains, lanes = lines[: len(main)], lines[len(main) :]
    lane, at = np.repeat(np.arange(len(rows)), len(_SAMPLES)), np.tile(_SAMPLES, len(rows))
    points = shapely.line_interpolate_point(lanes[lane], at, normalized=True)
    tree = shapely.STRtree(mains)
    asked, nearest = tree.query_nearest(points, max_distance=profile["streets.side_lane.within"], all_matches=False)
    along = shapely.line_locate_point(mains[nearest], points[asked])
    bearing = _bearing(lanes[lane[asked]], at[asked] * shapely.length(lanes[lane[asked]]))
    parallel = np.abs((bearing * _bearing(mains[nearest], along)).sum(axis=1)) >= np.cos(
        np.radians(profile["streets.side_lane.parallel_within"])
    )
    lower = table.rank[rows[lane[asked]]] >= table.rank[main[nearest]]
    # a point beyond the end of the main street has no street beside it
    beside = (along > 0) & (along < shapely.length(mains[nearest]))
    found = pd.DataFrame({"lane": lane[asked], "street": street[main[nearest]]})[parallel & lower & beside]
    agreed = found.groupby(["lane", "street"]).size()
    agreed = agreed[agreed == len(_SAMPLES)].reset_index()
    result = street.copy()
    result[rows[agreed["lane"].to_numpy()]] = agreed["street"].to_numpy()
    return result


def _bearing(lines: NDArray[np.object_], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the direction of each line around a distance along it, as unit vectors."""
    before, after = (shapely.line_interpolate_point(lines, np.maximum(at + step, 0.0)) for step in (-2.0, 2.0))
    return unit_vectors(shapely.get_coordinates(after) - shapely.get_coordinates(before))


def _with_chains(street: Integers, table: _Table, way: Integers) -> Integers:
    """Make streets of the remaining segments: ways, joined to the next of their class where no other meets them."""
    rows = np.flatnonzero(street < 0)
    owner, node = table.touches(np.arange(len(street)))
    left = street[owner] < 0
    meets = np.bincount(node, minlength=1)
    same = pd.DataFrame({"node": node[left], "rank": table.rank[owner[left]], "row": owner[left]})
    same = same[(meets[same["node"]] == 2) & (same.groupby(["node", "rank"])["row"].transform("size") == 2)]
    n, ways = len(street), way.max(initial=-1) + 1
    chain = _components(
        [(np.arange(n), way + n), (same["row"].to_numpy(), same["node"].to_numpy() + n + ways)], n + ways + len(meets)
    )
    result = street.copy()
    result[rows] = street.max(initial=-1) + 1 + pd.factorize(chain[rows])[0]
    return result


def _pair(first: Integers, second: Integers) -> Integers:
    """Number the distinct pairs of two columns of integers from 0 up."""
    if len(first) == 0:
        return first
    low, span = second.min(), np.ptp(second) + 1
    return pd.factorize((first - first.min()) * span + (second - low))[0]


def _cells(lines: gpd.GeoSeries, crs: pyproj.CRS, size_m: float) -> tuple[Integers, Integers]:
    """Return (row, [cell x, cell y]) for each vertex of each line, about once per cell."""
    lonlat, row = shapely.get_coordinates(lines.to_numpy(), return_index=True)
    cell = np.floor(to_metric(lonlat, crs) / size_m).astype(np.int64)
    moved = run_starts(row, *cell.T)
    return row[moved], cell[moved]
