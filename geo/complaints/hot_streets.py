"""Hot streets: density of complaints, hot spots beyond chance, and emerging ones."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.complaints.kernel_density import Kernel, bandwidth_by_likelihood, density, kernel_values
from geo.complaints.local_statistics import Local, empirical_bayes, local_moran
from geo.complaints.neighbourhoods import Around, Neighbourhoods, clearest, counted_places, neighbourhoods
from geo.complaints.places import Places
from geo.complaints.rates import bayes_interval
from geo.complaints.scan import Cluster, scan
from geo.complaints.street_tables import alike_of, change_codes, change_of, place_months
from geo.complaints.trends import emerging, months_of, whole_months
from geo.core.arrays import Flags, Floats, Integers, members, run_ends, run_starts
from geo.core.crs import WGS84, to_degrees
from geo.core.errors import StudyError
from geo.core.metric_geometry import metric_lines
from geo.core.text import Text
from geo.core.tolerances import LEAST_DIVISOR, ROUNDING
from geo.network.graph import Network, Positions, adjacency
from geo.network.lixels import Lixels
from geo.network.nearby import near_pairs
from geo.network.snapping import midpoints
from geo.points.cases import dated, placed_cases
from geo.rules.loader import Profile
from geo.study.doubts import Kept, keep
from geo.study.left_out import together_left_out
from geo.study.schema import conform_geo

CROSS_VALIDATED: Final = "cv"
"""What asks for the bandwidth under which the complaints are most likely."""

_CENTRES: Final = 3
"""The scan has a centre in each square with sides of its reach divided by this."""


class Moment(NamedTuple):
    """A kernel in time: weight one at the moment, falling to nothing `days` before and after it."""

    at: pd.Timestamp
    days: float

    def weights(self, received_at: pd.Series, kernel: Kernel) -> Floats:
        """Return the weights of complaints; a complaint without a time counts for nothing."""
        away = np.abs(((received_at - self.at) / pd.Timedelta(days=1)).to_numpy(dtype=float))
        values = kernel_values(np.where(np.isfinite(away), away, np.inf), self.days, kernel)
        return values / kernel_values(np.zeros(1), self.days, kernel)[0]


class Hot(NamedTuple):
    """
    Hot spots of complaints: density, neighbourhoods, local statistics and clusters.

    Attributes
    ----------
    layer
        The layer `hotspots`: lixels with their density (complaints per km), and what is said of their segment.
    local
        By segment, in the order of `roads`.
    clusters
        Of pieces of street.
    high
        Shape (n,): segments that are high themselves, above comparable ones beyond chance.
    bandwidth_m
        Of the density.
    counted
        How many complaints counted.
    places
        The places that they are about.
    around, near
        Pieces of street, and the neighbourhood of each.
    """

    layer: gpd.GeoDataFrame
    local: Local
    clusters: list[Cluster]
    high: Flags
    bandwidth_m: float
    counted: int
    places: Places
    around: Around
    near: Neighbourhoods


def street_network(roads: gpd.GeoDataFrame, crs: pyproj.CRS) -> Network:
    """Return the streets as an undirected network; its segments are the rows of `roads`."""
    return Network(roads[["oneway", "geometry"]], crs, directed=False)


def kept_complaints(
    complaints: gpd.GeoDataFrame, timezone: str, category: str | None = None, months: tuple[str, str] | None = None
) -> Kept[gpd.GeoDataFrame]:
    """
    Return the complaints that lie on a street, of one category or some months if asked, once for each event.

    Those of a doubted time or place, without a place, and further reports of an event are left out; so are those
    without a time where months are asked for. Complaints of other categories and months are no part of the question.
    """
    if category is not None:
        complaints = complaints[complaints["category"] == category]
    counted = placed_cases(complaints)
    if months is not None:
        counted = dated(counted)
        number = months_of(counted.rows["received_at"], timezone)
        first, last = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in months)
        counted = counted._replace(rows=counted.rows[(number >= first) & (number <= last)])
    rows = counted.rows
    further = keep(rows, {"no_place": rows["segment_id"].isna(), "same_event": rows["duplicate_of"].notna()})
    return Kept(further.rows.reset_index(drop=True), together_left_out(counted.left_out, further.left_out))


def exposure_of(roads: gpd.GeoDataFrame, scores: pd.DataFrame, profile: Profile, column: str | None = None) -> Floats:
    """
    Return the exposure of each segment: a column of `roads`, else kilometres of street or frontage.

    `hotspots.exposure` chooses between street and frontage.

    Raises
    ------
    StudyError
        If there is no such column, or it holds no numbers.
    """
    km = roads["length_m"].to_numpy(dtype=float) / 1000
    if column is not None:
        values = pd.to_numeric(roads[column], errors="coerce") if column in roads else pd.Series(dtype=float)
        if values.notna().sum() == 0 or (values < 0).any():
            raise StudyError(
                Text(f"道路没有可用的列“{column}”", f"The streets have no column “{column}” of numbers of 0 or more"),
                Text("请在图层 roads 中加入该列，或改用长度", "Add it to the layer roads, or use the length"),
            )
        return values.fillna(0.0).to_numpy(dtype=float)
    if profile["hotspots.exposure"] == "length":
        return km
    per_100m = roads["street_id"].map(scores.set_index("street_id")["frontage_per_100m"]).fillna(0.0)
    return np.asarray(km * (1 + per_100m.to_numpy(dtype=float)))


def hot_streets(
    complaints: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    exposure: Floats,
    crs: pyproj.CRS,
    profile: Profile,
    timezone: str,
    bandwidth_m: float | str | None = None,
    when: Moment | None = None,
) -> Hot:
    """
    Find hot streets: density of complaints, hot spots beyond chance, and emerging ones.

    Parameters
    ----------
    complaints
        The rows that `kept_complaints` keeps.
    roads
        The study's layer.
    exposure
        As `exposure_of` returns.
    crs
        Its metric CRS.
    profile
        `hotspots.*`.
    timezone
        The study's clock, by which complaints are of a month.
    bandwidth_m
        Of the density; by default the profile's; with `CROSS_VALIDATED` the one that makes the complaints likeliest.
    when
        Around which moment complaints count for the density; by default all alike.
    """
    network = street_network(roads, crs)
    row = pd.Index(roads["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
    events, times = Positions(row, complaints["offset_m"].to_numpy(dtype=float)), complaints["received_at"]
    bandwidth = _bandwidth(network, events, bandwidth_m, profile)
    lixels = Lixels(roads, float(profile["hotspots.lixel"]))
    dense = _dense(network, events, lixels, bandwidth, profile, times, when)
    around = Around.of(network, roads, exposure, float(profile["hotspots.neighbours_within"]))
    side = pd.factorize(complaints["side"])[0].astype(np.int64)
    places = counted_places(row, events.offset_m, side, roads["length_m"].to_numpy(dtype=float), around)
    found = neighbourhoods(places, around, float(profile["hotspots.false_share"]))
    clusters = clusters_of(network, places, around, profile)
    adjacent = neighbours(network, len(roads), around.within_m)
    local, limits = _local(places, exposure, adjacent, found, around, profile)
    kinds = emerging(*_by_month(places, times, timezone), exposure, adjacent, profile)
    counts = np.bincount(places.segment, minlength=len(roads)).astype(float)
    alike = alike_of(counts, exposure, roads["highway"], profile)
    by_month, days, _ = place_months(row, places, times, timezone, len(roads))
    change = change_codes(change_of(by_month, days, profile), len(roads))
    of, piece = lixels.row, around.lixels.at(lixels.row, lixels.middle_m(np.arange(len(lixels))))
    cluster = _cluster_of(clusters, around, len(roads))
    table = _layer(roads, lixels, dense, crs).assign(
        complaints=lixels.sums(lixels.of(complaints)).astype(np.int64),
        rate=local.rate[of],
        rate_low=limits[0][of],
        rate_high=limits[1][of],
        high=alike.high_itself[of],
        change=change[of],
        gi_z=np.round(local.gi_z[of], 4),
        p_value=local.p_value[of],
        hot=local.hot[of],
        hot_here=found.hot[piece],
        near_complaints=found.complaints[piece],
        near_places=found.places[piece],
        near_expected=np.round(found.expected[piece], 3),
        near_ratio=np.round(found.ratio[piece], 4),
        near_low=np.round(found.low[piece], 4),
        near_high=np.round(found.high[piece], 4),
        moran=np.round(local.moran[of], 4),
        moran_p=local.moran_p[of],
        quadrant=local.quadrant[of],
        cluster=cluster[of],
        emerging=kinds[of],
    )
    return Hot(
        conform_geo(table, "hotspots"),
        local,
        clusters,
        alike.high_itself,
        bandwidth,
        len(complaints),
        places,
        around,
        found,
    )


def _bandwidth(network: Network, events: Positions, bandwidth_m: float | str | None, profile: Profile) -> float:
    """Return the bandwidth of the density: the one that was asked for, the profile's, or the likeliest."""
    if bandwidth_m != CROSS_VALIDATED:
        return float(profile["hotspots.bandwidth"] if bandwidth_m is None else bandwidth_m)
    tried = np.array(profile["hotspots.bandwidths"], dtype=float)
    return bandwidth_by_likelihood(network, events, tried, profile["hotspots.kernel"], profile["hotspots.split"])


def _dense(
    network: Network,
    events: Positions,
    lixels: Lixels,
    bandwidth_m: float,
    profile: Profile,
    times: pd.Series,
    when: Moment | None,
) -> Floats:
    """Return the density of complaints in the middle of each lixel, per kilometre."""
    kernel, split = profile["hotspots.kernel"], profile["hotspots.split"]
    middles = Positions(lixels.row, lixels.middle_m(np.arange(len(lixels))))
    weights = None if when is None else when.weights(times, kernel)
    return density(network, events, middles, bandwidth_m, kernel, split, weights) * 1000


def _local(
    places: Places, exposure: Floats, adjacent: csr_array, near: Neighbourhoods, around: Around, profile: Profile
) -> tuple[Local, tuple[Floats, Floats]]:
    """Return the local statistics of segments, and the interval of their rates."""
    size = len(exposure)
    # reports of one place vary together: they are as many independent ones as their dispersion leaves
    counts, dispersion = places.counts(size), places.dispersion(size)
    rate = empirical_bayes(counts / dispersion, exposure / dispersion)
    piece = clearest(around.lixels, near, size)
    hot = np.bincount(around.lixels.row, weights=near.hot, minlength=size) > 0
    moran, moran_p, quadrant = local_moran(rate, adjacent, int(profile["hotspots.permutations"]))
    local = Local(rate, near.z[piece], near.p_value[piece], hot, moran, moran_p, quadrant)
    return local, bayes_interval(counts / dispersion, exposure / dispersion)


def clusters_of(network: Network, places: Places, around: Around, profile: Profile) -> list[Cluster]:
    """Return the clusters of places that the scan finds; their members are pieces of street."""
    lixels, within_m = around.lixels, float(profile["hotspots.scan_within"])
    piece = lixels.at(places.segment, places.offset_m)
    counts = lixels.sums(piece[around.exposure[piece] > 0])
    middles = Positions(lixels.row, lixels.middle_m(np.arange(len(lixels))))
    centre = _thinned(around.middle_xy, within_m / _CENTRES)
    near = near_pairs(network, Positions(middles.segment[centre], middles.offset_m[centre]), middles, within_m).tocoo()
    pairs = near.row.astype(np.int64), near.col.astype(np.int64), near.data
    share, simulations = float(profile["hotspots.scan_share"]), int(profile["hotspots.simulations"])
    return scan(counts, around.exposure, pairs, share, simulations, segment=lixels.row)


def _thinned(xy: Floats, cell_m: float) -> Integers:
    """Return one place for each square that has any."""
    square = np.floor((xy - xy.min(axis=0, initial=0.0)) / cell_m).astype(np.int64)
    return np.unique(square[:, 0] * (square[:, 1].max(initial=0) + 1) + square[:, 1], return_index=True)[1]


def _by_month(places: Places, times: pd.Series, timezone: str) -> tuple[Integers, Integers, Integers]:
    """Return the segment and the month of each place and month with a complaint, and all whole months."""
    month = months_of(times, timezone)
    once = places.monthly(month)
    return places.segment[places.of[once]], month[once], whole_months(times, timezone)


def _cluster_of(clusters: list[Cluster], around: Around, size: int) -> NDArray[np.object_]:
    """Return the name of the cluster that each segment is in, None for none."""
    names = np.full(size, None, dtype=object)
    for number, cluster in enumerate(clusters):
        names[around.lixels.row[cluster.members]] = f"C{number + 1}"
    return names


def neighbours(network: Network, size: int, within_m: float) -> csr_array:
    """Return the adjacency of neighbouring segments: they meet, or their middles are near."""
    middles = midpoints(network)
    near = near_pairs(network, middles, middles, within_m)
    near.data[:] = 1.0
    both = csr_array(adjacency(network, size) + near)
    both.setdiag(0)
    both.eliminate_zeros()
    both.data[:] = 1
    return both


def _layer(roads: gpd.GeoDataFrame, lixels: Lixels, dense: Floats, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    length = lixels.length_m
    from_m = lixels.number * length
    lines = metric_lines(roads.geometry.to_numpy(), crs)
    scale = (shapely.length(lines) / np.maximum(roads["length_m"].to_numpy(dtype=float), 1e-9))[lixels.row]
    xy, of = _cut(lines, lixels.row, from_m * scale, (from_m + length) * scale)
    lonlat = np.round(to_degrees(xy, crs), 8) if len(xy) else xy
    table = pd.DataFrame(
        {
            "segment_id": roads["segment_id"].to_numpy(dtype=object)[lixels.row],
            "street_id": roads["street_id"].to_numpy(dtype=object)[lixels.row],
            "from_m": np.round(from_m, 3),
            "to_m": np.round(from_m + length, 3),
            "density": np.round(dense, 6),
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapely.linestrings(lonlat, indices=of) if len(xy) else [], crs=WGS84)


def _cut(lines: NDArray[np.object_], row: Integers, from_m: Floats, to_m: Floats) -> tuple[Floats, Integers]:
    """Return the vertices of stretches of lines, each of the line of its row, and the stretch of each vertex."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    if len(row) == 0:
        return np.zeros((0, 2)), row
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    new = run_starts(of)
    step[new] = 0.0
    # the lines lie one behind the other, a metre apart
    along = np.cumsum(step) + of
    begin, end = np.flatnonzero(new), np.flatnonzero(run_ends(new))
    at = along[begin][row]
    ends = [_places(xy, along, begin[row], end[row], at + distance) for distance in (from_m, to_m)]
    first = np.searchsorted(along, at + from_m + ROUNDING, "right")
    last = np.searchsorted(along, at + to_m - ROUNDING, "left")
    stretch, number = members(np.maximum(last - first, 0) + 2)
    vertices = np.minimum(first[stretch] + number - 1, len(xy) - 1)
    places = xy[np.maximum(vertices, 0)]
    starts = run_starts(stretch)
    places[starts], places[run_ends(starts)] = ends
    return places, stretch


def _places(xy: Floats, along: Floats, begin: Integers, end: Integers, at: Floats) -> Floats:
    """Return the places at distances along lines, given the first and last vertex of each."""
    after = np.clip(np.searchsorted(along, at, "left"), begin + 1, end)
    before = after - 1
    share = np.clip((at - along[before]) / np.maximum(along[after] - along[before], LEAST_DIVISOR), 0.0, 1.0)
    return np.asarray(xy[before] + share[:, None] * (xy[after] - xy[before]))
