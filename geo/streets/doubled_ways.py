"""Ways over the same nodes: an edit or an import has drawn a street twice, and it counts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import pyproj

from geo.core.arrays import Integers, run_starts
from geo.core.text import Text
from geo.streets.extract import ROAD_TAGS, Ways
from geo.streets.parking_tags import PARKING
from geo.study.findings import Finding

_AGAINST: Final = ("-1", "reverse")
_ONEWAY: Final = ("yes", "true", "1", *_AGAINST)
_GEOD: Final = pyproj.Geod(ellps="WGS84")


class Single(NamedTuple):
    """Ways without doubled stretches, and a finding for each two ways that shared one."""

    ways: Ways
    findings: list[Finding]


def without_doubled(ways: Ways, *classes: Sequence[str]) -> Single:
    """
    Keep one way where several connect the same two nodes one after the other, in either direction.

    The way of the higher class is kept, then the one with a name, then the one with more tags, then the lower id. The
    others lose the stretch, and keep the rest. Two carriageways of one street have nodes of their own: both stay.
    Where a one-way way is doubled as a whole by ways against it, both together are one two-way street.

    Parameters
    ----------
    ways
        As `geo.streets.extract.read_ways` returns.
    classes
        Groups of values of `highway`, each from the highest class to the lowest. Ways are doubled within a group: a
        footpath does not replace a carriageway.
    """
    group, rank = _ranks(ways.table, classes)
    edge = _edges(ways)
    way = ways.way[edge]
    first, second = ways.node_id[edge], ways.node_id[edge + 1]
    low, high = np.minimum(first, second), np.maximum(first, second)
    order = np.lexsort((edge, rank[way], high, low, group[way]))
    starts = run_starts(group[way[order]], low[order], high[order])
    if starts.all():
        return Single(ways, [])
    kept = edge[order][starts][np.cumsum(starts) - 1]
    dropped, kept = edge[order][~starts], kept[~starts]
    table = _two_way(ways, edge, kept, dropped)
    findings = _findings(ways, kept, dropped)
    return Single(replace(_broken(ways, edge, dropped), table=table), findings)


def _ranks(table: pd.DataFrame, classes: Sequence[Sequence[str]]) -> tuple[Integers, Integers]:
    """Return the group of each way, and its rank: the lowest is kept."""
    places = {name: (group, at) for group, names in reversed([*enumerate(classes)]) for at, name in enumerate(names)}
    none = (len(classes), 0)
    found = np.array([places.get(name, none) for name in table["highway"]], dtype=np.int64).reshape(-1, 2)
    tags = table[[*ROAD_TAGS, PARKING]].notna().sum(axis=1).to_numpy()
    way_id = table["way_id"].to_numpy(dtype=np.int64)
    # new objects of an editor (negative ids) come after those that everybody knows
    order = np.lexsort((np.abs(way_id), way_id < 0, -tags, table["name"].isna().to_numpy(), found[:, 1]))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return found[:, 0], rank


def _edges(ways: Ways) -> Integers:
    """Return the vertices that a line leads on from, to the next vertex of their way."""
    known = ~np.isnan(ways.lonlat[:, 0])
    leads = (ways.way[1:] == ways.way[:-1]) & known[1:] & known[:-1] & (ways.node_id[1:] != ways.node_id[:-1])
    if ways.broken is not None:
        leads &= ~ways.broken[1:]
    return np.flatnonzero(leads)


def _broken(ways: Ways, edge: Integers, dropped: Integers) -> Ways:
    """Return the ways without edges; nodes that nothing leads to any more are no part of them."""
    gone = np.zeros(len(ways.way), dtype=bool)
    gone[dropped] = True
    led = np.zeros(len(ways.way), dtype=bool)
    led[edge], led[edge + 1] = True, True
    left = np.setdiff1d(edge, dropped, assume_unique=True)
    leads = np.zeros(len(ways.way), dtype=bool)
    leads[left], leads[left + 1] = True, True
    return ways.cut(leads | ~led, gaps=np.append(False, gone[:-1]))


def _two_way(ways: Ways, edge: Integers, kept: Integers, dropped: Integers) -> pd.DataFrame:
    """Return the table of ways; one-way ways are two-way where others wholly run against them over the same nodes."""
    direction = _direction(ways.table)
    along = np.where(ways.node_id[kept] == ways.node_id[dropped], 1, -1)
    of, other = ways.way[kept], ways.way[dropped]
    against = direction[of] * direction[other] * along == -1
    count = len(ways.table)
    opposed = np.bincount(ways.way[np.unique(kept[against])], minlength=count)
    both = (opposed > 0) & (opposed == np.bincount(ways.way[edge], minlength=count))
    return ways.table.assign(oneway=ways.table["oneway"].where(~both, "no")) if both.any() else ways.table


def _direction(table: pd.DataFrame) -> Integers:
    """Return 1 for ways that are driven as drawn only, -1 against it only, 0 both ways."""
    oneway = table["oneway"].isin(_ONEWAY).to_numpy()
    return np.where(oneway, np.where(table["oneway"].isin(_AGAINST), -1, 1), 0)


def _findings(ways: Ways, kept: Integers, dropped: Integers) -> list[Finding]:
    way_id = ways.table["way_id"].to_numpy()
    here, there = ways.lonlat[dropped], ways.lonlat[dropped + 1]
    _, _, metres = _GEOD.inv(here[:, 0], here[:, 1], there[:, 0], there[:, 1])
    pairs = pd.DataFrame({"kept": way_id[ways.way[kept]], "other": way_id[ways.way[dropped]], "m": metres})
    sums = pairs.groupby(["kept", "other"], sort=True)["m"].sum()
    return [_finding(int(one), int(other), float(length)) for (one, other), length in sums.items()]  # type: ignore[misc]


def _finding(kept: int, other: int, metres: float) -> Finding:
    if kept == other:
        return Finding(
            None,
            "way_id",
            Text(
                f"路径 {kept} 在同一组节点上重复经过 {metres:.0f} 米",
                f"Way {kept} runs twice over the same nodes for {metres:.0f} m",
            ),
            Text("只计一次", "The stretch counts once"),
        )
    return Finding(
        None,
        "way_id",
        Text(
            f"路径 {kept} 与路径 {other} 有 {metres:.0f} 米经过相同的节点",
            f"Ways {kept} and {other} run over the same nodes for {metres:.0f} m",
        ),
        Text(f"只计一次，保留路径 {kept}", f"The stretch counts once, as way {kept}"),
    )
