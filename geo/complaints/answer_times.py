"""How the city answers: service before enforcement, and how long complaints stay open."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.complaints.trends import month_text, months_of
from geo.core.arrays import Floats
from geo.files.moments import moment_of
from geo.rules.loader import Profile

RESPONSES: Final = ("service", "management", "enforcement")
"""The 721 method: 70 % service, 20 % management, 10 % enforcement."""

_QUANTILES: Final = (0.5, 0.9)


def shares(complaints: pd.DataFrame, by: pd.Series | None = None) -> pd.DataFrame:
    """
    Return the shares of the responses.

    Parameters
    ----------
    complaints
        `response`; those without one count for nothing.
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
    return pd.Series([month_text(int(m)) if m >= 0 else None for m in numbers], index=complaints.index, dtype=object)


class Survival(NamedTuple):
    """
    How long complaints stay open.

    Attributes
    ----------
    hours, open_share
        After how many hours which share is still open; the curve falls at each.
    events, censored
        How many were closed, and how many are open still: these count as open for as long as is known.
    """

    hours: Floats
    open_share: Floats
    events: int
    censored: int

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
        `received_at`, and what `until` names; those that end before they were received, or without a time, are left
        out. A complaint that is closed was answered by then at the latest.
    now
        Until when open ones are known to be open.
    """
    received, closed = complaints["received_at"], complaints[until]
    if until == "answered_at":
        closed = closed.where(closed.notna(), complaints["closed_at"])
    ended = closed.notna() & (closed <= now)
    hours = ((closed.where(ended, now) - received) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    good = np.isfinite(hours) & (hours >= 0)
    hours, event = hours[good], ended.to_numpy()[good]
    times, place = np.unique(hours[event], return_inverse=True)
    deaths = np.bincount(place, minlength=len(times))
    at_risk = len(hours) - np.searchsorted(np.sort(hours), times)
    share = np.asarray(np.cumprod(1 - deaths / np.maximum(at_risk, 1)), dtype=np.float64)
    return Survival(times, share, int(event.sum()), int((~event).sum()))


def data_end(complaints: pd.DataFrame) -> pd.Timestamp:
    """Return until when the complaints are known: the last time that any of them says."""
    return pd.concat([complaints["received_at"], complaints["closed_at"]]).max()


def limits(categories: pd.Series, profile: Profile) -> Floats:
    """Return within how many hours complaints are to be closed, by category (`answer.limit`)."""
    group = profile.group("answer.limit")
    hours = {name: float(value) for name, value in group.items()}
    return categories.map(hours).fillna(hours["other"]).to_numpy(dtype=float)


def overdue(complaints: pd.DataFrame, profile: Profile, now: pd.Timestamp) -> pd.DataFrame:
    """
    Return the complaints that are open for longer than their limit, the longest overdue first.

    Parameters
    ----------
    complaints
        The study's layer.
    profile
        `answer.limit`.
    now
        The moment of the list.

    Returns
    -------
    overdue
        `complaint_id`, `category`, `received_at`, `channel`, `segment_id`, `open_hours`, `limit_hours`.
    """
    open_ = complaints[complaints["closed_at"].isna() & (complaints["received_at"] <= now)]
    hours = ((now - open_["received_at"]) / pd.Timedelta(hours=1)).to_numpy(dtype=float)
    limit = limits(open_["category"], profile)
    late = hours > limit
    columns = ["complaint_id", "category", "received_at", "channel", "segment_id"]
    table = pd.DataFrame(open_.loc[late, columns]).assign(open_hours=np.round(hours[late], 1), limit_hours=limit[late])
    order = (table["open_hours"] - table["limit_hours"]).sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def in_time(complaints: pd.DataFrame, profile: Profile, now: pd.Timestamp) -> pd.DataFrame:
    """
    Return by channel how complaints are answered.

    Returns
    -------
    channels
        `channel`, `complaints`, `open`, `within_limit` (the share closed in time, of those closed or overdue),
        `median_hours` and `p90_hours` until they are closed (open ones censored; None where fewer are closed).
    """
    rows = []
    limit = pd.Series(limits(complaints["category"], profile), index=complaints.index)
    for channel, group in complaints.groupby(complaints["channel"].fillna(""), sort=True):
        took = (group["closed_at"] - group["received_at"]) / pd.Timedelta(hours=1)
        age = (now - group["received_at"]) / pd.Timedelta(hours=1)
        good = (took <= limit[group.index]).sum()
        judged = (group["closed_at"].notna() | (age > limit[group.index])).sum()
        curve = survival(group, now)
        half, most = (curve.quantile(share) for share in _QUANTILES)
        rows.append(
            {
                "channel": channel,
                "complaints": len(group),
                "open": int(group["closed_at"].isna().sum()),
                "within_limit": float(good / judged) if judged else None,
                "median_hours": half,
                "p90_hours": most,
            }
        )
    return pd.DataFrame(
        rows, columns=["channel", "complaints", "open", "within_limit", "median_hours", "p90_hours"]
    ).sort_values("complaints", ascending=False, ignore_index=True)


def as_moment(text: str, timezone: str) -> pd.Timestamp:
    """
    Return a moment on the study's clock as one in UTC, as `geo.files.moments.moment_of` reads it.

    Raises
    ------
    ValueError
        If the text is no time, or its day and month cannot be told apart.
    """
    return moment_of(text, timezone)
