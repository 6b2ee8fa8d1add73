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
from geo.study.doubts import Kept, doubted, keep, undoubted
from geo.study.file import now
from geo.study.left_out import PLACE_FIELD, LeftOut, together_left_out
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
    # what is closed later is open at the moment, and what is received later is not there
    known = undoubted(rows, "closed_at")
    done = (known.rows["closed_at"] <= at).to_numpy(dtype=bool)
    open_ = known._replace(rows=known.rows[~done])
    ages, due = _by_then(open_, at, "received_at"), _by_then(open_, at, "due_at")
    closed = _undoubted_too(known._replace(rows=known.rows[done]), "received_at")
    late = rows.index.isin(due.rows.index[(due.rows["due_at"] < at).to_numpy()])
    rows = rows.assign(overdue=late)
    age = (at - ages.rows["received_at"].dropna()).dt.total_seconds() / 86400
    days = working_days(closed.rows["received_at"], closed.rows["closed_at"], place).dropna()
    limit = int(profile["lists.answer_days"])
    status = rows["status"].dropna().value_counts()
    overdue = rows[late].assign(days=((at - rows.loc[late, "due_at"]).dt.total_seconds() / 86400).round(1))
    overdue = overdue.sort_values("days", ascending=False)
    return {
        "list": name,
        "rows": len(rows),
        "synthetic": int((rows["source"] == "synthetic").sum()),
        "at": at.isoformat(),
        "by_street": _groups(undoubted(rows, PLACE_FIELD).rows, "street_id", names["street_id"]),
        "by_quarter": _groups(undoubted(rows, PLACE_FIELD).rows, "quarter_id", names["quarter_id"]),
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
        "left_out": _figures_left_out(rows, ages, closed, due),
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


def _undoubted_too(counted: Kept[pd.DataFrame], *fields: str) -> Kept[pd.DataFrame]:
    further = undoubted(counted.rows, *fields)
    return Kept(further.rows, together_left_out(counted.left_out, further.left_out))


def _by_then(open_: Kept[pd.DataFrame], at: pd.Timestamp, field: str) -> Kept[pd.DataFrame]:
    """Return the open rows without a doubt in a field, and not received after a moment as far as that is known."""
    known = _undoubted_too(open_, field)
    later = (known.rows["received_at"] > at).to_numpy(dtype=bool) & ~doubted(known.rows, "received_at")
    further = keep(known.rows, {"after_at": later})
    return Kept(further.rows, together_left_out(known.left_out, further.left_out))


def _figures_left_out(
    rows: pd.DataFrame, ages: Kept[pd.DataFrame], closed: Kept[pd.DataFrame], due: Kept[pd.DataFrame]
) -> dict[str, LeftOut]:
    """Return the rows that the figures leave out; counts by street and quarter leave out doubted places."""
    return {
        "by_street": undoubted(rows, PLACE_FIELD).left_out,
        "by_quarter": undoubted(rows, PLACE_FIELD).left_out,
        "age_days": together_left_out(ages.left_out, keep(ages.rows, _untimed(ages.rows)).left_out),
        "answered": together_left_out(closed.left_out, keep(closed.rows, _untimed(closed.rows)).left_out),
        "overdue": due.left_out,
    }


def _untimed(rows: pd.DataFrame) -> dict[str, pd.Series]:
    return {"no_time": rows["received_at"].isna()}


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
