"""Any imported list of points: how many and how rated by street and quarter, how old, how fast answered, overdue."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from geo.core.place import Place
from geo.points.documents import Ages, ListDocument, ListGroup, Rating
from geo.rules.loader import Profile
from geo.streets.locating import street_of
from geo.streets.quarters import quarter_of
from geo.study.file import now
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf

Z95: Final = 1.96
"""Half a 95 % interval of a mean, in standard errors."""

LISTS: Final = MadeOf(layers=("other", "segments", "street_lines", "quarters"), rules=("lists",))
"""The inputs of the figures of other lists; their ages are those of a moment."""


def working_days(begin: pd.Series, end: pd.Series, place: Place) -> pd.Series:
    """
    Return how many working days lie between two moments (UTC) by the clock and the calendar of a place: 0 on the same
    day; weekends and public holidays do not count, weekends that are worked for a moved holiday do, as far as the
    calendar knows (`geo.core.calendars`). NaN where a moment is missing or the end is before the beginning.
    """
    known = (begin.notna() & end.notna() & (end >= begin)).to_numpy()
    result = pd.Series(np.nan, index=begin.index)
    if known.any():
        first, last = (
            moment[known].dt.tz_convert(place.timezone).dt.tz_localize(None).to_numpy().astype("datetime64[D]")
            for moment in (begin, end)
        )
        result[known] = place.calendar.working_days(first, last).astype(float)
    return result


def list_of(points: pd.DataFrame) -> pd.Series:
    """Return the list of each row of the layer `other`: its category, else its file."""
    return points["category"].where(points["category"].notna(), points["source"]).astype(str)


def list_names(points: pd.DataFrame) -> list[str]:
    """Return the lists of the layer `other`, in the order of their numbers in tiles."""
    return sorted(list_of(points).unique())


@on_study
def lists_of(study: Study, at: pd.Timestamp | None = None) -> list[ListDocument]:
    """
    Return the figures of each list of kind `other`: the document of `jiexu lists --json`.

    A list is what has one category (shop, permit, hoarding …); rows without one are called by the file they came from.

    Parameters
    ----------
    study
        The study, or its path.
    at
        The moment at which ages are taken and what is past its time is overdue; by default now.

    Returns
    -------
    lists
        In the order of their names; what a list does not say is None.
    """
    profile, crs = study.profile, study.crs
    points = study.layer("other")
    if points.empty:
        return []
    roads, streets, quarters = (study.layer(name) for name in ("segments", "street_lines", "quarters"))
    table = pd.DataFrame(points.drop(columns="geometry")).assign(
        street_id=street_of(points, roads),
        quarter_id=quarter_of(points.get_coordinates().to_numpy(), quarters, crs),
        list=list_of(points),
    )
    names = {
        "street_id": streets.set_index("street_id")["name"],
        "quarter_id": quarters.drop_duplicates("quarter_id").set_index("quarter_id")["name"],
    }
    when, place = pd.Timestamp(now()) if at is None else at, study.place
    return [_figures(str(name), rows, names, profile, when, place) for name, rows in table.groupby("list", sort=True)]


def _figures(
    name: str, rows: pd.DataFrame, names: dict[str, pd.Series], profile: Profile, at: pd.Timestamp, place: Place
) -> ListDocument:
    open_ = rows["closed_at"].isna()
    late = open_ & rows["due_at"].notna() & (rows["due_at"] < at)
    rows = rows.assign(overdue=late)
    age = (at - rows.loc[open_, "received_at"]).dt.total_seconds() / 86400
    age = age[age >= 0]
    days = working_days(rows["received_at"], rows["closed_at"], place).dropna()
    limit = int(profile["lists.answer_days"])
    status = rows["status"].dropna().value_counts()
    overdue = rows[late].assign(days=((at - rows.loc[late, "due_at"]).dt.total_seconds() / 86400).round(1))
    overdue = overdue.sort_values("days", ascending=False)
    return {
        "list": name,
        "rows": len(rows),
        "synthetic": int((rows["source"] == "synthetic").sum()),
        "at": at.isoformat(),
        "by_street": _groups(rows, "street_id", names["street_id"]),
        "by_quarter": _groups(rows, "quarter_id", names["quarter_id"]),
        "status": {str(word): int(count) for word, count in status.items()},
        "rating": _rating(rows["rating"]),
        "age_days": _ages(age),
        "answered": None
        if days.empty
        else {
            "limit_days": limit,
            "answered": len(days),
            "within_limit": int((days <= limit).sum()),
            "share": round(float((days <= limit).mean()), 4),
            "median_days": float(days.median()),
        },
        "overdue": [
            {
                "other_id": row.other_id,
                "name": row.name_,
                "street_id": row.street_id,
                "due_at": row.due_at.isoformat(),
                "days": row.days,
            }
            for row in overdue.rename(columns={"name": "name_"}).itertuples()
        ],
    }


def _rating(values: pd.Series) -> Rating | None:
    known = values.dropna()
    if known.empty:
        return None
    mean = float(known.mean())
    half = Z95 * float(known.std(ddof=1)) / np.sqrt(len(known)) if len(known) > 1 else None
    return {
        "rated": len(known),
        "mean": round(mean, 3),
        "low": None if half is None else round(mean - half, 3),
        "high": None if half is None else round(mean + half, 3),
    }


def _ages(values: pd.Series) -> Ages | None:
    if values.empty:
        return None
    return {
        "median": round(float(values.median()), 1),
        "p90": round(float(values.quantile(0.9)), 1),
        "open": len(values),
    }


def _groups(rows: pd.DataFrame, column: str, names: pd.Series) -> list[ListGroup]:
    found: list[ListGroup] = []
    for group, part in rows.dropna(subset=[column]).groupby(column, sort=True):
        rating = _rating(part["rating"])
        called = names.get(group)
        found.append(
            {
                "group": str(group),
                "name": called if isinstance(called, str) else None,
                "rows": len(part),
                "rating": rating["mean"] if rating else None,
                "rating_low": rating["low"] if rating else None,
                "rating_high": rating["high"] if rating else None,
                "overdue": int(part["overdue"].sum()),
            }
        )
    return sorted(found, key=lambda row: (-row["rows"], row["group"]))
