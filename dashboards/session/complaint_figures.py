"""Figures of complaints that pages draw with every click: computed once for all sessions that ask for the same ones."""

from __future__ import annotations

from typing import Final, NamedTuple

import pandas as pd

from dashboards.session import cache
from dashboards.session.cache import derived
from geo.complaints.answer_times import Span, Survival, months, overdue, span_of, survival
from geo.points.cases import cases, placed_cases
from geo.streets.locating import count_per_street
from geo.study.doubts import Kept
from geo.study.left_out import LeftOut
from geo.study.results import MadeOf

_COMPLAINTS: Final = MadeOf(layers=("complaints",))
_ON_STREETS: Final = MadeOf(layers=("complaints", "roads"))


class Asked(NamedTuple):
    """
    Complaints that somebody looks at.

    Attributes
    ----------
    at
        The moment, in ISO 8601.
    first, last
        The months that were chosen; empty for all.
    street_ids
        The streets that were chosen; none are all.
    """

    at: str
    first: str = ""
    last: str = ""
    street_ids: tuple[str, ...] = ()


@derived(_COMPLAINTS, kept=2)
def counted(at: str) -> Kept[pd.DataFrame]:
    """Return the complaints that count at a moment, without geometry and with their `month`. Shared: do not change."""
    study = cache.study()
    found = cases(study.table("complaints"), pd.Timestamp(at))
    return found._replace(rows=found.rows.assign(month=months(found.rows, study.place.timezone)))


@derived(_COMPLAINTS, kept=2)
def covered(at: str) -> Span:
    """Return the time that complaints cover until a moment."""
    return span_of(cache.study().table("complaints"), pd.Timestamp(at))


@derived(_ON_STREETS)
def chosen(asked: Asked) -> pd.DataFrame:
    """Return the complaints of some months and streets. Shared: do not change it."""
    rows = counted(asked.at).rows
    if asked.first:
        rows = rows[rows["month"].between(asked.first, asked.last)]
    if asked.street_ids:
        roads = cache.study().table("roads")
        rows = placed_cases(rows).rows
        rows = rows[rows["segment_id"].isin(roads.loc[roads["street_id"].isin(asked.street_ids), "segment_id"])]
    return rows


@derived(_ON_STREETS | MadeOf(rules=("answer",)))
def late(asked: Asked) -> pd.DataFrame:
    """Return the overdue ones, as `geo.complaints.answer_times.overdue`. Shared: do not change it."""
    return overdue(chosen(asked), cache.profile(), pd.Timestamp(asked.at))


@derived(_ON_STREETS)
def curve(asked: Asked) -> Survival:
    """Return how long they stay open, as `geo.complaints.answer_times.survival`."""
    return survival(chosen(asked), pd.Timestamp(asked.at))


def per_street(categories: tuple[str, ...]) -> tuple[pd.Series, LeftOut]:
    """Return the complaints of some categories (none are all) on each row of `streets`, and how many are left out."""
    return per_street_on(f"{cache.hour():%Y-%m-%d}", categories)


@derived(MadeOf(layers=("complaints", "roads", "streets")), kept=4)
def per_street_on(day: str, categories: tuple[str, ...]) -> tuple[pd.Series, LeftOut]:
    """Return `per_street`; a time ahead of the day is doubted, so that it changes with the day."""
    study = cache.study()
    found = placed_cases(study.layer("complaints"))
    rows = found.rows[found.rows["category"].isin(categories)] if categories else found.rows
    return count_per_street(rows, study.layer("roads"), study.layer("streets")["street_id"]), found.left_out
