"""Tables of hot streets: high themselves, in hot neighbourhoods, worse than in their own past."""

from __future__ import annotations

from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.complaints.documents import ChangeDocument, ChangedStreet, HotStreet
from geo.complaints.neighbourhoods import Around, Neighbourhoods, first_of, share_ratio
from geo.complaints.places import Places
from geo.complaints.rates import LEVEL, Alike, Change, against_alike, changed, per_month, poisson_interval
from geo.complaints.trends import month_text, months_of, whole_months
from geo.core.arrays import Flags, Floats, Integers
from geo.core.text import Text
from geo.rules.loader import Profile

WORSE: Final = "worse"
BETTER: Final = "better"
SAME: Final = "same"


class Streets(NamedTuple):
    """
    Streets with their complaints.

    Attributes
    ----------
    table
        By street: `street_id`, `name`, `highway` (the class with most of its length).
    counts, exposure
        Shape (n,).
    of
        Shape (s,): the row of each segment's street.
    places
        Shape (n,): places that complaints are about.
    dispersion
        Shape (n,): by how much more than chance complaints vary, as they come in places.
    """

    table: pd.DataFrame
    counts: Floats
    exposure: Floats
    of: Integers
    places: Floats
    dispersion: Floats


def streets_of(roads: gpd.GeoDataFrame, exposure: Floats, row: Integers, places: Places) -> Streets:
    """
    Gather segments and complaints by street.

    Parameters
    ----------
    roads
        The segments.
    exposure
        Shape (s,): of each segment.
    row
        Shape (c,): the segment of each complaint.
    places
        The places that they are about.
    """
    of, names = pd.factorize(roads["street_id"])
    length = roads["length_m"].groupby([of, roads["highway"].fillna("")]).sum()
    main = length.reset_index().set_axis(["street", "highway", "length_m"], axis=1)
    main = main.sort_values("length_m", ascending=False, kind="stable").drop_duplicates("street").set_index("street")
    table = pd.DataFrame({"street_id": names, "highway": main["highway"].reindex(range(len(names))).to_numpy()})
    table["name"] = roads["name"].groupby(of).first().reindex(range(len(names))).to_numpy()
    counts = np.bincount(of[row], minlength=len(names)).astype(float)
    sums = np.bincount(of, weights=exposure, minlength=len(names)).astype(float)
    street = of[places.segment].astype(np.int64)
    number = np.bincount(street, minlength=len(names)).astype(float)
    return Streets(table, counts, sums, of.astype(np.int64), number, places.dispersion(len(names), street))


def month_counts(
    unit: Integers, times: pd.Series, timezone: str, size: int, counted: Flags | None = None
) -> tuple[Floats, Floats, Integers]:
    """
    Count complaints by street or segment and whole month.

    Parameters
    ----------
    unit
        Of each complaint.
    times
        When each was received.
    timezone
        The study's clock.
    size
        How many streets or segments there are.
    counted
        Shape of `unit`: the complaints that count; by default all. Months are those of all.

    Returns
    -------
    counts, days, months
        Shapes (size, t), (t,): the months' days; (t,): their numbers.
    """
    months, month = whole_months(times, timezone), months_of(times, timezone)
    place = month - (months[0] if len(months) else 0)
    inside = (month >= 0) & (place >= 0) & (place < len(months))
    if counted is not None:
        inside &= counted
    counts = np.zeros((size, len(months)))
    np.add.at(counts, (unit[inside], place[inside]), 1.0)
    days = [pd.Period(month_text(int(each)), freq="M").days_in_month for each in months]
    return counts, np.array(days, dtype=float), months


def place_months(
    unit: Integers, places: Places, times: pd.Series, timezone: str, size: int
) -> tuple[Floats, Floats, Integers]:
    """
    Count complaints by street or segment and whole month as `month_counts`, one for each place and month.

    Somebody who complains every week about one place is no wave of complaints.

    Parameters
    ----------
    unit, times
        Of each complaint.
    places
        The places that complaints are about.
    timezone, size
        As `month_counts` takes them.
    """
    once = np.zeros(len(unit), dtype=bool)
    once[places.monthly(months_of(times, timezone))] = True
    return month_counts(unit, times, timezone, size, once)


def alike_of(counts: Floats, exposure: Floats, kind: pd.Series, profile: Profile) -> Alike:
    """Compare streets or segments with the others of their class of road, by the rules `hotspots.*`."""
    least, share = int(profile["hotspots.least_alike"]), float(profile["hotspots.false_share"])
    return against_alike(counts, exposure, kind, least, share)


def change_of(counts: Floats, days: Floats, profile: Profile) -> Change | None:
    """Tell where complaints became more or fewer, by the rules `hotspots.*`; None for too short a history."""
    windows = tuple(int(months) for months in profile["hotspots.recent_months"])
    least, share = int(profile["hotspots.least_complaints"]), float(profile["hotspots.false_share"])
    return changed(counts, days, windows, least, share)


def change_codes(change: Change | None, size: int) -> np.ndarray:
    """Return `worse`, `better` or `same` of each street or segment, None where nothing can be said."""
    if change is None:
        return np.full(size, None, dtype=object)
    codes = np.full(size, None, dtype=object)
    for name, which in ((SAME, change.tested), (WORSE, change.worse), (BETTER, change.better)):
        codes[which] = name
    return codes


def hot_street_rows(
    streets: Streets, alike: Alike, change: Change | None, around: Around, near: Neighbourhoods, span: float
) -> list[HotStreet]:
    """
    Return the streets that are high themselves, then the ones in hot neighbourhoods.

    The first come in the order of how far they are above comparable streets for certain; of the others, the ones with
    complaints come first. A street without complaints is never among the first.

    Parameters
    ----------
    streets, alike, change
        Of all streets.
    around, near
        Pieces of street, and the neighbourhood of each.
    span
        Months that the complaints cover, 0 where their times are not known.
    """
    hoods = _clearest_of(streets, around, near)
    months = max(span, 1.0)
    low, high = (each * streets.dispersion for each in poisson_interval(streets.counts / streets.dispersion))
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = [np.where(streets.exposure > 0, each / streets.exposure / months, np.nan) for each in
                 (streets.counts, low, high)]  # fmt: skip
    table = streets.table.assign(
        complaints=streets.counts.astype(np.int64),
        places=streets.places.astype(np.int64),
        high=alike.high_itself,
        hot_neighbourhood=hoods["hot_m"] > 0,
        rate=rates[0],
        rate_low=rates[1],
        rate_high=rates[2],
        comparable=alike.group - 1,
        ratio=alike.ratio,
        ratio_low=alike.low,
        ratio_high=alike.high,
        ratio_sure=alike.sure,
        ratio_p=alike.p_value,
        change=change_codes(change, len(streets.counts)),
        **hoods,
    )
    shown = table[table["high"] | table["hot_neighbourhood"]].assign(none=lambda rows: rows["complaints"] == 0)
    shown = shown.sort_values(
        ["high", "none", "ratio_sure", "gi_z"], ascending=[False, True, False, False], kind="stable"
    )
    return [
        {
            "street_id": str(row.street_id),
            "name": row.name if isinstance(row.name, str) else None,
            "high": bool(row.high),
            "hot_neighbourhood": bool(row.hot_neighbourhood),
            "complaints": int(row.complaints),
            "places": int(row.places),
            "rate": rounded(row.rate),
            "rate_low": rounded(row.rate_low),
            "rate_high": rounded(row.rate_high),
            "highway": row.highway or None,
            "comparable": int(row.comparable),
            "ratio": rounded(row.ratio),
            "ratio_low": rounded(row.ratio_low),
            "ratio_high": rounded(row.ratio_high),
            "ratio_sure": round(float(row.ratio_sure), 4),
            "ratio_p": float(row.ratio_p),
            "change": row.change if isinstance(row.change, str) else None,
            "hot_m": round(float(row.hot_m), 1),
            "gi_z": round(float(row.gi_z), 2),
            "p_value": float(row.p_value),
            "near_complaints": int(row.near_complaints),
            "near_places": int(row.near_places),
            "near_expected": round(float(row.near_expected), 2),
            "near_ratio": rounded(row.near_ratio),
            "near_low": rounded(row.near_low),
            "near_high": rounded(row.near_high),
        }
        for row in shown.itertuples(index=False, name="Row")
    ]


def _clearest_of(streets: Streets, around: Around, near: Neighbourhoods) -> dict[str, np.ndarray]:
    """
    Return the hot length of each street, and its clearest neighbourhood.

    The interval of a neighbourhood that was chosen for being clear is wider: its level is 1 - R (1 - LEVEL) / m where R
    of m are hot (false coverage rate: Benjamini and Yekutieli 2005, doi:10.1198/016214504000001907).
    """
    street, size = streets.of[around.lixels.row], len(streets.counts)
    piece = first_of(street, np.lexsort((-near.z, near.p_value, street)), size)
    chosen = max(float(near.hot.mean()), 1 / len(near.hot))
    share = near.expected[piece] / near.total
    intervals = share_ratio(near.places[piece].astype(float), near.total, share, 1 - (1 - LEVEL) * chosen)
    return {
        "hot_m": np.bincount(street, weights=np.where(near.hot, around.lixels.length_m, 0.0), minlength=size),
        "gi_z": near.z[piece],
        "p_value": near.p_value[piece],
        "near_complaints": near.complaints[piece],
        "near_places": near.places[piece],
        "near_expected": near.expected[piece],
        **dict(zip(("near_ratio", "near_low", "near_high"), intervals, strict=True)),
    }


def rounded(value: float) -> float | None:
    """Return a number with four decimals, None for one that is not known or has no end."""
    return round(float(value), 4) if np.isfinite(value) else None


def changed_rows(
    streets: Streets, change: Change | None, days: Floats, months: Integers, worse: bool
) -> list[ChangedStreet]:
    """
    Return the streets with more complaints than before, or with fewer, the clearest first.

    Parameters
    ----------
    streets, change
        Of all streets.
    days, months
        As `month_counts` returns.
    worse
        Whether more are asked for.
    """
    if change is None:
        return []
    chosen = np.flatnonzero(change.worse if worse else change.better)
    limit = -change.relative_low if worse else np.nan_to_num(change.relative_high, nan=np.inf)
    rows: list[ChangedStreet] = []
    for at in chosen[np.argsort(limit[chosen], kind="stable")]:
        window = int(change.months[at])
        name = streets.table["name"].iloc[at]
        rows.append(
            {
                "street_id": str(streets.table["street_id"].iloc[at]),
                "name": name if isinstance(name, str) else None,
                "since": month_text(int(months[len(months) - window])),
                "months": window,
                "before": int(change.before[at]),
                "after": int(change.after[at]),
                "before_per_month": rounded(per_month(float(change.before[at]), float(days[:-window].sum()))),
                "after_per_month": rounded(per_month(float(change.after[at]), float(days[-window:].sum()))),
                "ratio": rounded(change.ratio[at]),
                "low": rounded(change.low[at]),
                "high": rounded(change.high[at]),
                "p_value": float(change.p_value[at]),
                "city_ratio": rounded(change.city[window]),
                "relative": rounded(change.relative[at]),
                "relative_low": rounded(change.relative_low[at]),
                "relative_high": rounded(change.relative_high[at]),
                "year_ratio": rounded(change.year[at]),
                "year_low": rounded(change.year_low[at]),
                "year_high": rounded(change.year_high[at]),
            }
        )
    return rows


def change_document(change: Change | None, streets: Streets, months: Integers, profile: Profile) -> ChangeDocument:
    """Return how many streets were compared with their past, or why none was."""
    shortest = 2 * min(int(window) for window in profile["hotspots.recent_months"])
    with_some = int((streets.counts > 0).sum())
    says = None
    if change is None:
        says = Text(
            f"不比较前后：完整月份只有 {len(months)} 个，至少需要 {shortest} 个",
            f"no comparison with the past: only {len(months)} whole months, at least {shortest} are needed",
        )
    tested = 0 if change is None else int(change.tested.sum())
    return {
        "first_month": month_text(int(months[0])) if len(months) else None,
        "last_month": month_text(int(months[-1])) if len(months) else None,
        "whole_months": len(months),
        "tested": tested,
        "too_few": with_some - tested if change is not None else 0,
        "least_complaints": int(profile["hotspots.least_complaints"]),
        "dispersion": 1.0 if change is None else round(change.dispersion, 3),
        "says": None if says is None else str(says),
    }
