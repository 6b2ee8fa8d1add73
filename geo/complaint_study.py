"""The work on complaints, from and into the study file: hot spots, answers, patrols."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from geo.answers import RESPONSES, data_end, in_time, months, overdue, shares, survival
from geo.change import EMERGING, emerging, local_times, months_of, repeats, seasons, weekday_hours, whole_months
from geo.computed import Computed, kept_summary, kept_text, versions_of
from geo.crs import WGS84, to_degrees
from geo.errors import StudyError
from geo.kernel_density import Kernel, bandwidth_by_likelihood, density, kernel_values
from geo.lixels import Lixels
from geo.local_statistics import Cluster, Local, local_statistics, scan
from geo.locating import street_of
from geo.measures import effects, months_covered, tier_rates
from geo.network import Network, Positions
from geo.patrols import adjacency, divide, heaviest, linked, priorities, walking_round
from geo.planar import metric_lines
from geo.quarters import quarter_of
from geo.rules import Profile
from geo.schema import conform_geo
from geo.study import about, change_layers, metric_crs_of, profile_of, read_layer, until_unchanged
from geo.text import Text

Floats = NDArray[np.float64]

CROSS_VALIDATED: Final = "cv"
"""What asks for the bandwidth under which the complaints are most likely."""


class Moment(NamedTuple):
    """A kernel in time: complaints at the moment count for one, those `days` before or after it for nothing."""

    at: pd.Timestamp
    days: float

    def weights(self, received_at: pd.Series, kernel: Kernel) -> Floats:
        """Return what complaints count; those without a time count for nothing."""
        away = np.abs(((received_at - self.at) / pd.Timedelta(days=1)).to_numpy(dtype=float))
        values = kernel_values(np.where(np.isfinite(away), away, np.inf), self.days, kernel)
        return values / kernel_values(np.zeros(1), self.days, kernel)[0]


class Hot(NamedTuple):
    """
    What complaints say of the streets.

    Attributes
    ----------
    layer
        The layer `hotspots`: lixels with their density (complaints per km), and what is said of their segment.
    local, clusters
        By segment, in the order of `roads`.
    bandwidth_m
        Of the density.
    counted
        How many complaints counted.
    """

    layer: gpd.GeoDataFrame
    local: Local
    clusters: list[Cluster]
    bandwidth_m: float
    counted: int


def street_network(roads: gpd.GeoDataFrame, crs: pyproj.CRS) -> Network:
    """Return the streets as an undirected network; its segments are the rows of `roads`."""
    return Network(roads[["oneway", "geometry"]], crs, directed=False)


def counted_complaints(
    complaints: gpd.GeoDataFrame, category: str | None = None, months: tuple[str, str] | None = None
) -> gpd.GeoDataFrame:
    """Return the complaints that lie on a street, of one category or some months if asked, once for each event."""
    kept = complaints["segment_id"].notna() & complaints["duplicate_of"].isna()
    if category is not None:
        kept &= complaints["category"] == category
    if months is not None:
        number = months_of(complaints["received_at"])
        first, last = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in months)
        kept &= (number >= first) & (number <= last)
    return complaints[kept].reset_index(drop=True)


def exposure_of(roads: gpd.GeoDataFrame, scores: pd.DataFrame, profile: Profile, column: str | None = None) -> Floats:
    """
    Return what complaints are divided by, for each segment: a column of `roads`, else kilometres (`hotspots.exposure`
    says of street or of frontage).

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
    bandwidth_m: float | str | None = None,
    when: Moment | None = None,
) -> Hot:
    """
    Say which streets are hot: how dense complaints are, where beyond chance, and where that changes.

    Parameters
    ----------
    complaints
        As `counted_complaints` returns.
    roads
        The study's layer.
    exposure
        As `exposure_of` returns.
    crs
        Its metric CRS.
    profile
        `hotspots.*`.
    bandwidth_m
        Of the density; by default the profile's; with `CROSS_VALIDATED` the one that makes the complaints likeliest.
    when
        Around which moment complaints count for the density; by default all alike.
    """
    network = street_network(roads, crs)
    row = pd.Index(roads["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
    events = Positions(row, complaints["offset_m"].to_numpy(dtype=float))
    kernel, split = profile["hotspots.kernel"], profile["hotspots.split"]
    if bandwidth_m == CROSS_VALIDATED:
        tried = np.array(profile["hotspots.bandwidths"], dtype=float)
        bandwidth = bandwidth_by_likelihood(network, events, tried, kernel, split)
    else:
        bandwidth = float(profile["hotspots.bandwidth"] if bandwidth_m is None else bandwidth_m)
    lixels = Lixels(roads, float(profile["hotspots.lixel"]))
    every = np.arange(len(lixels))
    middles = Positions(lixels.row, lixels.middle_m(every))
    weights = None if when is None else when.weights(complaints["received_at"], kernel)
    dense = density(network, events, middles, bandwidth, kernel, split, weights) * 1000

    counts = np.bincount(row, minlength=len(roads)).astype(float)
    around, scanned = (float(profile[f"hotspots.{name}_within"]) for name in ("neighbours", "scan"))
    near = _near(network, max(around, scanned))
    neighbours = _neighbours(network, near, len(roads), around)
    local = local_statistics(
        counts,
        exposure,
        neighbours,
        int(profile["hotspots.permutations"]),
        float(profile["hotspots.false_share"]),
    )
    reach = near[2] <= scanned
    clusters = scan(
        counts,
        exposure,
        (near[0][reach], near[1][reach], near[2][reach]),
        float(profile["hotspots.scan_share"]),
        int(profile["hotspots.simulations"]),
    )
    times = complaints["received_at"]
    kinds = emerging(row, months_of(times), whole_months(times), exposure, neighbours, profile)
    cluster = np.full(len(roads), None, dtype=object)
    for number, found in enumerate(clusters):
        cluster[found.members] = f"C{number + 1}"
    layer = _layer(roads, lixels, dense, crs)
    of = lixels.row
    table = layer.assign(
        complaints=lixels.sums(lixels.of(complaints)).astype(np.int64),
        rate=local.rate[of],
        gi_z=np.round(local.gi_z[of], 4),
        p_value=local.p_value[of],
        hot=local.hot[of],
        moran=np.round(local.moran[of], 4),
        moran_p=local.moran_p[of],
        quadrant=local.quadrant[of],
        cluster=cluster[of],
        emerging=kinds[of],
    )
    return Hot(conform_geo(table, "hotspots"), local, clusters, bandwidth, len(complaints))


def _near(network: Network, within_m: float) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return the pairs of segments whose middles are within a distance along the streets, each with itself."""
    middle = network.midpoints()
    pairs = network.distances(middle, middle, limit=within_m)
    return (
        pairs["start"].to_numpy(dtype=np.int64),
        pairs["target"].to_numpy(dtype=np.int64),
        pairs["cost"].to_numpy(dtype=float),
    )


def _neighbours(
    network: Network, near: tuple[NDArray[np.int64], NDArray[np.int64], Floats], size: int, within_m: float
) -> csr_array:
    """Return which segments are neighbours: they meet, or their middles are near."""
    one, two, distance = near
    close = (distance <= within_m) & (one != two)
    links = coo_array((np.ones(int(close.sum())), (one[close], two[close])), shape=(size, size))
    both = csr_array(adjacency(network, size) + links)
    both.data[:] = 1
    return both


def _layer(roads: gpd.GeoDataFrame, lixels: Lixels, dense: Floats, crs: pyproj.CRS) -> gpd.GeoDataFrame:
    length = lixels.length_m
    from_m = lixels.number * length
    lines = metric_lines(roads.geometry.to_numpy(), crs)[lixels.row]
    scale = shapely.length(lines) / np.maximum(roads["length_m"].to_numpy(dtype=float)[lixels.row], 1e-9)
    pieces = _cut(lines, from_m * scale, (from_m + length) * scale)
    xy, of = shapely.get_coordinates(pieces, return_index=True)
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


def _cut(lines: NDArray[Any], from_m: Floats, to_m: Floats) -> NDArray[Any]:
    """Return stretches of lines."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    new = np.ones(len(of), dtype=bool)
    new[1:] = of[1:] != of[:-1]
    step[new] = 0.0
    gone = np.cumsum(step)
    along = gone - gone[new][of]
    inner = (along > from_m[of] + 1e-6) & (along < to_m[of] - 1e-6)
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(lines, at)) for at in (from_m, to_m)]
    number = np.arange(len(lines))
    places = np.concatenate([ends[0], xy[inner], ends[1]])
    owner = np.concatenate([number, of[inner], number])
    rank = np.concatenate([np.full(len(lines), -1.0), along[inner], np.full(len(lines), np.inf)])
    order = np.lexsort((rank, owner))
    pieces: NDArray[Any] = shapely.linestrings(places[order], indices=owner[order])
    return pieces


def find_hotspots(
    path: Path,
    category: str | None = None,
    bandwidth_m: float | str | None = None,
    exposure: str | None = None,
    months: tuple[str, str] | None = None,
    when: Moment | None = None,
) -> dict[str, Any]:
    """
    Find the hot spots of a study's complaints and write the layer `hotspots` into it.

    Parameters
    ----------
    path
        The study.
    category
        Of complaints; by default all.
    bandwidth_m
        As `hot_streets` takes it.
    exposure
        A column of `roads` to divide by.
    months
        From which month to which, as "2025-03"; by default all.
    when
        As `hot_streets` takes it.

    Returns
    -------
    summary
        `complaints`, `bandwidth_m`, `kernel`, `split`, `exposure`, `segments`, `hot` (segments), `streets` (the hottest
        ones: `street_id`, `name`, `hot_m`, `complaints`, `gi_z`, `p_value`), `clusters` (`cluster`, `streets`,
        `segments`, `complaints`, `expected`, `p_value`), `emerging` (segments by kind), `repeats` (`spots`,
        `relapses`, `share`).

    Raises
    ------
    StudyError
        If the study has no such complaints.
    """

    def work() -> dict[str, Any]:
        seen = about(path)
        profile, crs = profile_of(path), metric_crs_of(path)
        roads = gpd.GeoDataFrame(read_layer(path, "roads"), crs=WGS84)
        complaints = gpd.GeoDataFrame(read_layer(path, "complaints"), crs=WGS84)
        complaints = counted_complaints(complaints, category, months)
        if complaints.empty:
            raise StudyError(
                Text("研究中没有可分析的投诉", "The study has no such complaints"),
                Text(
                    "请先导入投诉（jiexu add --kind complaints），或换一个类别",
                    "Import them first (jiexu add --kind complaints), or ask for another category",
                ),
            )
        shares_of = exposure_of(roads, pd.DataFrame(read_layer(path, "street_scores")), profile, exposure)
        found = hot_streets(complaints, roads, shares_of, crs, profile, bandwidth_m, when)
        again = repeats(complaints, crs, profile)
        summary = {
            "complaints": found.counted,
            "category": category,
            "months": list(months) if months else None,
            "when": None if when is None else {"at": when.at.isoformat(), "days": when.days},
            "bandwidth_m": found.bandwidth_m,
            "kernel": profile["hotspots.kernel"],
            "split": profile["hotspots.split"],
            "exposure": exposure or profile["hotspots.exposure"],
            "segments": len(roads),
            "hot": int(found.local.hot.sum()),
            "streets": _hot_streets(found, roads, complaints),
            "clusters": [_cluster_document(number, each, roads) for number, each in enumerate(found.clusters)],
            "emerging": _kinds(found.layer),
            "repeats": {
                "spots": len(again.spots),
                "relapses": int(again.spots["relapses"].sum()),
                "share": None if again.share is None else round(again.share, 3),
            },
        }
        change_layers(path, {"hotspots": found.layer}, seen, {_HOT: kept_text(summary, versions_of(seen, _DATED_BY))})
        return summary

    return until_unchanged(work)


_HOT: Final = "hotspots_computed"
_PATROLS: Final = "patrols_computed"
"""The keys of `about` under which a study keeps what its hot spots and its patrols came to."""

_DATED_BY: Final = ("roads", "complaints")


def computed_hotspots(facts: Mapping[str, str]) -> Computed:
    """Return what a study knows of its hot spots, and whether that is up to date."""
    return kept_summary(facts.get(_HOT), versions_of(facts, _DATED_BY))


def computed_patrols(facts: Mapping[str, str]) -> Computed:
    """Return what a study knows of its patrols, and whether that is up to date."""
    return kept_summary(facts.get(_PATROLS), versions_of(facts, _DATED_BY))


def _kinds(layer: pd.DataFrame) -> dict[str, int]:
    kinds = layer.drop_duplicates("segment_id")["emerging"].value_counts()
    return {kind: int(kinds.get(kind, 0)) for kind in EMERGING}


def _hot_streets(found: Hot, roads: gpd.GeoDataFrame, complaints: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the streets with hot segments, the most certain first."""
    hot = pd.DataFrame(
        {
            "street_id": roads["street_id"],
            "name": roads["name"],
            "hot_m": roads["length_m"],
            "gi_z": found.local.gi_z,
            "p_value": found.local.p_value,
        }
    )[found.local.hot]
    own = street_of(complaints, roads).value_counts()
    groups = hot.groupby("street_id").agg(
        name=("name", "first"), hot_m=("hot_m", "sum"), gi_z=("gi_z", "max"), p_value=("p_value", "min")
    )
    groups = groups.sort_values("gi_z", ascending=False)
    return [
        {
            "street_id": str(street),
            "name": row["name"] if isinstance(row["name"], str) else None,
            "hot_m": round(float(row["hot_m"]), 1),
            "complaints": int(own.get(street, 0)),
            "gi_z": round(float(row["gi_z"]), 2),
            "p_value": float(row["p_value"]),
        }
        for street, row in groups.iterrows()
    ]


def _cluster_document(number: int, cluster: Cluster, roads: gpd.GeoDataFrame) -> dict[str, Any]:
    inside = roads.iloc[cluster.members]
    longest = inside.groupby("name")["length_m"].sum().sort_values(ascending=False)
    return {
        "cluster": f"C{number + 1}",
        "streets": [str(name) for name in longest.index[:3]],
        "segments": len(inside),
        "complaints": int(cluster.events),
        "expected": round(cluster.expected, 1),
        "p_value": cluster.p_value,
    }


def response_of(path: Path) -> dict[str, Any]:
    """
    Return how the city answers its complaints: what `jiexu response --json` prints.

    Returns
    -------
    summary
        `until` (when the data end), `target` and `shares` of the 721 method, `by_month`, `by_street`, `by_quarter`;
        `hours` until complaints are closed (`median`, `p90`, `closed`, `open`: open ones are censored, not left out),
        and `answer_hours` until they are first answered, where the data say when;
        `channels`, `overdue`, `ladder` (recorded steps), `tiers` (rates with intervals), `measures` (effects of
        decisions), `seasons` (by month of the year), `weekday_hours` (7 days from Monday by 24 hours), `repeats`.

    Raises
    ------
    StudyError
        If the study has no complaints.
    """
    complaints = gpd.GeoDataFrame(read_layer(path, "complaints"), crs=WGS84)
    if complaints.empty:
        raise StudyError(
            Text("研究中没有投诉", "The study has no complaints"),
            Text("请先导入投诉（jiexu add --kind complaints）", "Import them first: jiexu add --kind complaints"),
        )
    profile, crs = profile_of(path), metric_crs_of(path)
    roads, streets = (pd.DataFrame(read_layer(path, name)) for name in ("roads", "streets"))
    decisions, now = pd.DataFrame(read_layer(path, "decisions")), data_end(complaints)
    street = street_of(complaints, roads)
    names = streets.set_index("street_id")["name"]
    quarters = gpd.GeoDataFrame(read_layer(path, "quarters"), crs=WGS84)
    quarter = pd.Series(
        quarter_of(complaints.get_coordinates().to_numpy(), quarters, crs), index=complaints.index, dtype=object
    )
    curve = survival(complaints, now)
    by_street = shares(complaints, street)
    by_street.insert(1, "name", by_street["group"].map(names))
    again = repeats(complaints[complaints["segment_id"].notna()], crs, profile)
    steps = decisions.loc[decisions["kind"] == "step", "after"].value_counts()
    return {
        "until": None if pd.isna(now) else now.isoformat(),
        "target": {name: profile[f"answer.shares.{name}"] for name in RESPONSES},
        "shares": _plain(shares(complaints))[0] if complaints["response"].isin(RESPONSES).any() else None,
        "by_month": _plain(shares(complaints, months(complaints))),
        "by_street": _plain(by_street.sort_values("answered", ascending=False)),
        "by_quarter": _plain(shares(complaints, quarter)),
        "hours": {
            "median": curve.quantile(0.5),
            "p90": curve.quantile(0.9),
            "closed": curve.events,
            "open": curve.censored,
        },
        "answer_hours": _first_answers(complaints, now),
        "channels": _plain(in_time(complaints, profile, now)),
        "overdue": _plain(overdue(complaints, profile, now)),
        "ladder": {str(step): int(count) for step, count in steps.items()},
        "tiers": _plain(tier_rates(complaints, roads, months_covered(complaints))),
        "measures": [
            {**effect._asdict(), "says": str(effect.says)}
            for effect in effects(decisions, complaints, roads, streets, profile)
        ],
        "seasons": _plain(seasons(complaints["received_at"])),
        "weekday_hours": weekday_hours(complaints["received_at"]).tolist(),
        "repeats": _plain(pd.DataFrame(again.spots.drop(columns="geometry")).head(_MOST_SPOTS)),
    }


def _first_answers(complaints: pd.DataFrame, now: pd.Timestamp) -> dict[str, Any] | None:
    """Return the times until complaints are first answered, None where the data know none."""
    if complaints["answered_at"].isna().all():
        return None
    curve = survival(complaints, now, "answered_at")
    return {
        "median": curve.quantile(0.5),
        "p90": curve.quantile(0.9),
        "answered": curve.events,
        "open": curve.censored,
    }


_MOST_SPOTS: Final = 100


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as plain values, times in ISO."""
    text = table.copy()
    for column in text.columns:
        if isinstance(text[column].dtype, pd.DatetimeTZDtype):
            text[column] = text[column].map(lambda stamp: stamp.isoformat(), na_action="ignore")
    return list(text.astype(object).where(text.notna(), None).to_dict("records"))


def plan_patrols(path: Path, people: int) -> dict[str, Any]:
    """
    Divide the streets among supervisors, with a round for each, and write `patrol_districts` and `patrol_rounds`.

    Parameters
    ----------
    path
        The study.
    people
        How many there are.

    Returns
    -------
    summary
        `people`, `districts` (`district_id`, `work`, `complaints`, `length_m`, `round_m`, `stops`, `streets`),
        `balance` (the heaviest district by the mean), `bound` (what that is at least, however the streets are divided),
        `priorities` (streets and hours of the week).

    Raises
    ------
    StudyError
        If the study has no streets to walk.
    """

    def work() -> dict[str, Any]:
        seen = about(path)
        profile, crs = profile_of(path), metric_crs_of(path)
        every = gpd.GeoDataFrame(read_layer(path, "roads"), crs=WGS84)
        complaints = gpd.GeoDataFrame(read_layer(path, "complaints"), crs=WGS84)
        graded, reported = every["tier"] != "unclassified", every["segment_id"].isin(complaints["segment_id"])
        walked = every["walk"] & (graded | reported)
        roads = every[walked].reset_index(drop=True)
        if roads.empty or people < 1:
            raise StudyError(
                Text("没有可巡查的街道或人员", "There is no street to walk, or nobody to walk it"),
                Text("请检查数据和人数", "Check the study, and the number of people"),
            )
        row = pd.Index(roads["segment_id"]).get_indexer(pd.Index(complaints["segment_id"]))
        counts = np.bincount(row[row >= 0], minlength=len(roads)).astype(float)
        span = max(months_covered(complaints), 1.0)
        length = roads["length_m"].to_numpy(dtype=float)
        load = counts / span + float(profile["patrols.own_work"]) * length / 1000
        network = street_network(roads, crs)
        xy = shapely.get_coordinates(
            shapely.line_interpolate_point(metric_lines(roads.geometry.to_numpy(), crs), 0.5, normalized=True)
        )
        meets = linked(adjacency(network, len(roads)), xy)
        found = divide(load, meets, xy, people, float(profile["patrols.districts_within"]))
        busy = heaviest(load, found.district, float(profile["patrols.round_share"]))
        rounds = [walking_round(network, busy[found.district[busy] == number]) for number in range(len(found.work))]
        names = [f"W{number + 1:02d}" for number in range(len(found.work))]
        tables = _patrol_layers(roads, counts, found.district, found.work, rounds, names)
        street = street_of(complaints, every)
        hours = priorities(street, local_times(complaints["received_at"]))
        called = roads.drop_duplicates("street_id").set_index("street_id")["name"]
        hours.insert(1, "name", hours["street_id"].map(called))
        mean = float(found.work.mean())
        summary = {
            "people": people,
            "districts": [
                {
                    **row_,
                    "round_m": rounds[number].length_m,
                    "stops": len(rounds[number].stops),
                    "streets": _longest(roads, found.district == number),
                }
                for number, row_ in enumerate(_plain(pd.DataFrame(tables["patrol_districts"].drop(columns="geometry"))))
            ],
            "balance": round(found.balance, 3),
            "bound": round(found.bound / mean, 3) if mean else 1.0,
            "priorities": _plain(hours),
        }
        change_layers(path, tables, seen, {_PATROLS: kept_text(summary, versions_of(seen, _DATED_BY))})
        return summary

    return until_unchanged(work)


def _longest(roads: pd.DataFrame, chosen: NDArray[np.bool_], most: int = 4) -> list[str]:
    sums = roads[chosen].groupby("name")["length_m"].sum().sort_values(ascending=False)
    return [str(name) for name in sums.index[:most]]


def _patrol_layers(
    roads: gpd.GeoDataFrame,
    counts: Floats,
    district: NDArray[np.int64],
    work: Floats,
    rounds: list[Any],
    names: list[str],
) -> dict[str, pd.DataFrame]:
    size = len(names)
    lines = roads.geometry.to_numpy()
    order = np.argsort(district, kind="stable")
    districts = pd.DataFrame(
        {
            "district_id": names,
            "work": np.round(work, 3),
            "complaints": np.bincount(district, weights=counts, minlength=size).astype(np.int64),
            "length_m": np.round(np.bincount(district, weights=roads["length_m"], minlength=size), 1),
        }
    )
    shapes = shapely.multilinestrings(lines[order], indices=district[order])
    walked = [shapely.multilinestrings(lines[each.segments]) if len(each.segments) else None for each in rounds]
    circuits = pd.DataFrame(
        {
            "district_id": names,
            "stops": [len(each.stops) for each in rounds],
            "length_m": [each.length_m for each in rounds],
        }
    )
    return {
        "patrol_districts": conform_geo(gpd.GeoDataFrame(districts, geometry=shapes, crs=WGS84), "patrol_districts"),
        "patrol_rounds": conform_geo(gpd.GeoDataFrame(circuits, geometry=walked, crs=WGS84), "patrol_rounds"),
    }
