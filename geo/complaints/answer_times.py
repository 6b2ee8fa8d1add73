"""How the city answers: service before enforcement, and how long complaints stay open."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.complaints.trends import month_text, months_of
from geo.core.arrays import Flags, Floats
from geo.points.case_states import closed_without_time
from geo.points.cases import cases, dated
from geo.rules.loader import Profile
from geo.study.doubts import Kept, doubted, keep, reason_of
from geo.study.left_out import LeftOut

RESPONSES: Final = ("service", "management", "enforcement")
"""The 721 method: 70 % service, 20 % management, 10 % enforcement."""

FAR_BEHIND_DAYS: Final = 30
"""Where data end so many days before the moment, it is said that complaints may have been closed since."""

_QUANTILES: Final = (0.5, 0.9)

_T = TypeVar("_T", bound=pd.DataFrame)


def shares(complaints: pd.DataFrame, by: pd.Series | None = None) -> pd.DataFrame:
    """
    Return the shares of the responses.

    Parameters
    ----------
    complaints
        `response`; those without one count for nothing (`geo.points.cases.cases` says which count at all).
    by
        What to group by: months, streets, quarters; by default all together.

    Returns
    -------
    shares
        By group: `answered`, and for each of `RESPONSES` its share and the 95 % interval of it (`_low`, `_high`: Wilson
        1927), so that small groups are not read as trends.
    """
    known = complaints["response"].isin(RESPONSES)
    key = pd.Series("all", index=complaints.index) if by is None else by
    counts = pd.crosstab(key[known], complaints.loc[known, "response"]).reindex(columns=list(RESPONSES), fill_value=0)
    total = counts.sum(axis=1)
    table = pd.DataFrame({"answered": total})
    for name in RESPONSES:
        table[name] = counts[name] / total
        table[f"{name}_low"], table[f"{name}_high"] = wilson(counts[name].to_numpy(), total.to_numpy())
    return table.rename_axis("group").reset_index()


def wilson(hits: ArrayLike, total: ArrayLike) -> tuple[Floats, Floats]:
    """Return the 95 % interval of shares (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
    z, n = 1.959964, np.maximum(np.asarray(total, dtype=float), 1.0)
    p = np.asarray(hits, dtype=float) / n
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def months(complaints: pd.DataFrame, timezone: str) -> pd.Series:
    """Return the month of each complaint as "2025-03", None where its time is not known."""
    numbers = months_of(complaints["received_at"], timezone)
    different, place = np.unique(numbers, return_inverse=True)
    texts = np.array([month_text(int(month)) if month >= 0 else None for month in different], dtype=object)
    return pd.Series(texts[place], index=complaints.index, dtype=object)


class Survival(NamedTuple):
    """
    How long complaints stay open.

    Attributes
    ----------
    hours, open_share
        After how many hours which share is still open; the curve falls at each.
    events, censored
        How many were closed, and how many are open still: these count as open until the moment that is asked for.
    left_out
        How many cases count for nothing, by reason.
    """

    hours: Floats
    open_share: Floats
    events: int
    censored: int
    left_out: LeftOut = {}  # noqa: RUF012 (nobody changes it)

    def quantile(self, share: float) -> float | None:
        """Return after how many hours a share is closed; None where fewer ever are."""
        below = np.flatnonzero(self.open_share <= 1 - share + 1e-12)
        return float(self.hours[below[0]]) if len(below) else None


def survival(
    complaints: pd.DataFrame, now: pd.Timestamp, until: Literal["answered_at", "closed_at"] = "closed_at"
) -> Survival:
    """
    Return the Kaplan-Meier curve (1958, doi:10.1080/01621459.1958.10501452) of the time until complaints are closed, or
    first answered.

    Parameters
    ----------
    complaints
        `received_at`, and what `until` names, with and without a place. Those of a doubted time or none, and those
        received after the moment, are left out. A complaint that is closed was answered by then at the latest.
    now
        The moment that is asked for: what is not closed by then is open, and counts as open until then.
    """
    counted = timed(complaints, now, until)
    rows = counted.rows
    closed = rows[until]
    if until == "answered_at":
        closed = closed.where(closed.notna(), rows["closed_at"])
    ended = closed.notna() & (closed <= now)
    hours = ((closed.where(ended, now) - rows["received_at"]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    event = ended.to_numpy()
    times, place = np.unique(hours[event], return_inverse=True)
    deaths = np.bincount(place, minlength=len(times))
    at_risk = len(hours) - np.searchsorted(np.sort(hours), times)
    share = np.asarray(np.cumprod(1 - deaths / np.maximum(at_risk, 1)), dtype=np.float64)
    return Survival(times, share, int(event.sum()), int((~event).sum()), counted.left_out)


def timed(complaints: _T, now: pd.Timestamp, until: Literal["answered_at", "closed_at"] = "closed_at") -> Kept[_T]:
    """
    Return the cases with times that can be measured at a moment: received by then, and no time of theirs is doubted.

    Parameters
    ----------
    complaints
        The study's layer, or some of it.
    now
        The moment. A case that is closed by its status at an unknown time is left out: it is neither open nor measured.
    until
        What is measured; a first answer is taken from the closing where no answer is recorded.
    """
    counted = dated(cases(complaints, now))
    rows = counted.rows
    out = {reason_of(until): doubted(rows, until), "closed_untimed": closed_without_time(rows)}
    if until == "answered_at":
        out["closed_doubted"] = doubted(rows, "closed_at") & rows["answered_at"].isna().to_numpy()
    further = keep(rows, out)
    return Kept(further.rows, counted.left_out | further.left_out)


class Span(NamedTuple):
    """
    The time that complaints cover, by their undoubted times.

    Attributes
    ----------
    first, last
        The first and the last time of receipt; missing where none is known.
    until
        The last time of all, receipts and closings: until when the data are known.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    until: pd.Timestamp

    def days_before(self, now: pd.Timestamp) -> float | None:
        """Return by how many days the data end before a moment; None where no time is known."""
        return None if pd.isna(self.until) else max(float((now - self.until) / pd.Timedelta(days=1)), 0.0)


def span_of(complaints: pd.DataFrame, now: pd.Timestamp | None = None) -> Span:
    """
    Return the time that complaints cover; doubted times, and times after a moment, do not widen it.

    Parameters
    ----------
    complaints
        The study's layer.
    now
        The moment; by default all that is not doubted counts.
    """
    rows = dated(cases(complaints, now)).rows
    received, closed = rows["received_at"], rows["closed_at"][~doubted(rows, "closed_at")]
    if now is not None:
        closed = closed[closed <= now]
    return Span(received.min(), received.max(), pd.concat([received, closed]).max())


def due_hours(complaints: pd.DataFrame, profile: Profile) -> tuple[Floats, Flags]:
    """
    Return within how many hours of receipt complaints are to be closed, and whether their file says so.

    The due time of a complaint stands over the limit of its category; a doubted one does not count.

    Parameters
    ----------
    complaints
        `category`, `received_at`, `due_at`.
    profile
        `answer.limit`.
    """
    hours = limits(complaints["category"], profile)
    if "due_at" not in complaints:
        return hours, np.zeros(len(complaints), dtype=bool)
    said = (complaints["due_at"].notna() & ~doubted(complaints, "due_at")).to_numpy(dtype=bool)
    until = ((complaints["due_at"] - complaints["received_at"]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    return np.where(said, until, hours), said


def limits(categories: pd.Series, profile: Profile) -> Floats:
    """Return within how many hours complaints are to be closed, by category (`answer.limit`)."""
    group = profile.group("answer.limit")
    hours = {name: float(value) for name, value in group.items()}
    return categories.map(hours).fillna(hours["other"]).to_numpy(dtype=float)


def overdue(complaints: pd.DataFrame, profile: Profile, now: pd.Timestamp) -> pd.DataFrame:
    """
    Return the complaints that are open past their due time, or for longer than their limit, the longest overdue first.

    Parameters
    ----------
    complaints
        The study's layer: those that `timed` keeps count, and are open if they are not closed by the moment.
    profile
        `answer.limit`.
    now
        The moment.

    Returns
    -------
    overdue
        `complaint_id`, `category`, `received_at`, `channel`, `segment_id`, `due_at`, `open_hours`, `limit_hours`, and
        `limit_from`: "file" where the file says when it is due, "rules" for the limit of its category.
    """
    rows = timed(complaints, now).rows
    open_ = rows[~(rows["closed_at"] <= now)]
    hours = ((now - open_["received_at"]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    limit, said = due_hours(open_, profile)
    late = hours > limit
    columns = ["complaint_id", "category", "received_at", "channel", "segment_id"]
    due = open_["received_at"] + pd.to_timedelta(np.round(limit * 3_600_000), unit="ms")
    table = pd.DataFrame(open_.loc[late, columns]).assign(
        due_at=due[late],
        open_hours=np.round(hours[late], 1),
        limit_hours=np.round(limit[late], 1),
        limit_from=np.where(said[late], "file", "rules"),
    )
    order = (table["open_hours"] - table["limit_hours"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def in_time(complaints: pd.DataFrame, profile: Profile, now: pd.Timestamp) -> pd.DataFrame:
    """
    Return by channel how complaints are answered at a moment; channels of none but doubted complaints are missing.

    Returns
    -------
    channels
        `channel`, `complaints` (those that `timed` keeps), `open`, `within_limit` (the share closed in time, of those
        closed or overdue), `median_hours` and `p90_hours` until they are closed (open ones censored; None where fewer
        are closed), `left_out` (by reason).
    """
    rows = []
    for channel, every in complaints.groupby(complaints["channel"].fillna(""), sort=True):
        if cases(every, now).rows.empty:
            continue
        counted = timed(every, now)
        group = counted.rows
        limit, _ = due_hours(group, profile)
        closed = group["closed_at"] <= now
        took = (group["closed_at"] - group["received_at"]) / pd.Timedelta(hours=1)
        age = (now - group["received_at"]) / pd.Timedelta(hours=1)
        good = (closed & (took <= limit)).sum()
        judged = (closed | (age > limit)).sum()
        curve = survival(group, now)
        half, most = (curve.quantile(share) for share in _QUANTILES)
        rows.append(
            {
                "channel": channel,
                "complaints": len(group),
                "open": int((~closed).sum()),
                "within_limit": float(good / judged) if judged else None,
                "median_hours": half,
                "p90_hours": most,
                "left_out": counted.left_out,
            }
        )
    return pd.DataFrame(
        rows, columns=["channel", "complaints", "open", "within_limit", "median_hours", "p90_hours", "left_out"]
    ).sort_values("complaints", ascending=False, ignore_index=True)
