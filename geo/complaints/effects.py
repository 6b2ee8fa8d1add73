"""Whether tiers and measures work: complaints by tier, and streets before and after a decision against others."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from geo.core.arrays import Floats
from geo.core.text import Text
from geo.points.cases import cases, dated, events, placed_cases
from geo.rules.loader import Profile
from geo.streets.locating import street_of
from geo.study.decisions import standing_decisions
from geo.study.schema import TIERS

_Z: Final = 1.959964
_DAYS_PER_MONTH: Final = 365.25 / 12
_KINDS: Final = ("tier", "zone", "bays")
"""Kinds of decisions that are measures on a street."""


def tier_rates(complaints: pd.DataFrame, roads: pd.DataFrame, months: float) -> pd.DataFrame:
    """
    Return complaints per kilometre and month by tier, with intervals.

    The interval is that of a ratio over streets: complaints cluster on a few of them, which a count's own interval does
    not know (Cochran 1977, Sampling Techniques, 6.4), on the scale of the logarithm.

    Parameters
    ----------
    complaints
        The study's layer; those of a doubted time or place count for nothing.
    roads
        Its segments.
    months
        How many months the complaints cover.

    Returns
    -------
    rates
        `tier`, `km`, `streets`, `complaints`, `rate`, `low`, `high` (95 %; none for a tier without complaints).
    """
    counts = street_of(placed_cases(complaints).rows, roads).value_counts()
    streets = roads.groupby("street_id").agg(tier=("tier", "first"), length_m=("length_m", "sum"))
    streets["complaints"] = counts.reindex(streets.index).fillna(0)
    streets["exposure"] = streets["length_m"] / 1000 * months
    rows = []
    for tier in TIERS:
        mine = streets[streets["tier"] == tier]
        total, exposure = float(mine["complaints"].sum()), float(mine["exposure"].sum())
        row: dict[str, str | float | None] = {
            "tier": tier,
            "km": round(float(mine["length_m"].sum()) / 1000, 3),
            "streets": len(mine),
            "complaints": int(total),
            "rate": total / exposure if exposure else None,
            "low": None,
            "high": None,
        }
        if total and exposure and len(mine) > 1:
            residual = mine["complaints"] - total / exposure * mine["exposure"]
            relative = float(np.sqrt((residual**2).sum() * len(mine) / (len(mine) - 1))) / total
            rate = total / exposure
            row |= {"low": rate * np.exp(-_Z * relative), "high": rate * np.exp(_Z * relative)}
        rows.append(row)
    return pd.DataFrame(rows)


class Effect(NamedTuple):
    """
    The effect of a decision on a street's complaints, against comparable streets.

    Attributes
    ----------
    decision_id, street_id, name, what
        The measure.
    before, after
        Complaints on the street in as many days before and after it.
    others_before, others_after
        On the comparable streets.
    days
        Of either time.
    change, low, high
        By what share complaints changed beyond the comparable streets' change, with its 95 % interval; None where too
        little is known.
    says
        That in words.
    """

    decision_id: str
    street_id: str
    name: str | None
    what: str
    before: int
    after: int
    others_before: int
    others_after: int
    days: float
    change: float | None
    low: float | None
    high: float | None
    says: Text


def effects(
    decisions: pd.DataFrame, complaints: pd.DataFrame, roads: pd.DataFrame, streets: pd.DataFrame, profile: Profile
) -> list[Effect]:
    """
    Return the effects of the decisions in force, each against comparable streets.

    Counts of equal times before and after are compared with those of the `measures.compared` streets of the same tier
    before, without a decision of their own, whose complaints per kilometre before were nearest: a ratio of ratios with
    the variance of counts, widened by how unevenly the comparable streets changed among themselves.

    Parameters
    ----------
    decisions, complaints, roads, streets
        The study's.
    profile
        `measures.*`.
    """
    stands = decisions["decision_id"].isin(standing_decisions(decisions)) & decisions["undoes"].isna()
    taken = decisions[stands & decisions["kind"].isin(_KINDS)]
    known = events(complaints).rows
    street = street_of(known, roads)
    times = known["received_at"]
    if taken.empty or known.empty:
        return []
    begin, end = times.min(), times.max()
    km = streets.set_index("street_id")["length_m"] / 1000
    tier = streets.set_index("street_id")["tier"]
    decided = set(taken["street_id"])
    found = []
    for row in taken.itertuples():
        window = min(row.at - begin, end - row.at)
        days = window / pd.Timedelta(days=1)
        sides = [
            street[(times >= low) & (times < high)].value_counts()
            for low, high in ((row.at - window, row.at), (row.at, row.at + window))
        ] if days > 0 else [pd.Series(dtype=int)] * 2  # fmt: skip
        before, after = (int(counts.get(row.street_id, 0)) for counts in sides)
        was = row.before if row.kind == "tier" else tier.get(row.street_id)
        others = [s for s in km.index[(tier == was).to_numpy()] if s not in decided and km[s] > 0]
        rate = pd.Series({s: sides[0].get(s, 0) / km[s] for s in others}, dtype=float)
        own = before / max(float(km.get(row.street_id, 0.0)), 1e-9)
        near = (rate - own).abs().sort_values(kind="stable").index[: int(profile["measures.compared"])]
        pairs = np.array([[sides[0].get(s, 0), sides[1].get(s, 0)] for s in near], dtype=float).reshape(-1, 2)
        found.append(
            Effect(
                str(row.decision_id),
                str(row.street_id),
                row.subject_name if isinstance(row.subject_name, str) else None,
                f"{row.kind}: {row.after}",
                before,
                after,
                int(pairs[:, 0].sum()),
                int(pairs[:, 1].sum()),
                round(max(days, 0.0), 1),
                *_effect(before, after, pairs, days, profile),
            )
        )
    return found


def _effect(
    before: int, after: int, pairs: Floats, days: float, profile: Profile
) -> tuple[float | None, float | None, float | None, Text]:
    """Return change, low and high, and the result in words."""
    least_days, least = int(profile["measures.least_days"]), int(profile["measures.least_events"])
    others = pairs.sum(axis=0)
    if days < least_days:
        return (
            None,
            None,
            None,
            Text(
                f"不下结论：决定前后可比时间只有 {max(days, 0):.0f} 天，至少需要 {least_days} 天",
                f"no conclusion: only {max(days, 0):.0f} days on either side of the decision, of {least_days}",
            ),
        )
    if before + after < least or others.min() < least:
        return (
            None,
            None,
            None,
            Text(
                f"不下结论：投诉太少（本街 {before + after} 件，可比街道 {int(others.sum())} 件）",
                f"no conclusion: too few complaints ({before + after} here, {int(others.sum())} on comparable streets)",
            ),
        )
    expected = pairs.sum(axis=1) * others[1] / others.sum()
    there = expected > 0
    # how unevenly the comparable streets changed, against what chance alone would give
    share = others[1] / others.sum()
    uneven = float((((pairs[there, 1] - expected[there]) ** 2) / (expected[there] * (1 - share))).sum())
    spread = max(uneven / max(int(there.sum()) - 1, 1), 1.0)
    counts = np.array([before, after, *others]) + 0.5
    log = float(np.log(counts[1] / counts[0]) - np.log(counts[3] / counts[2]))
    error = float(np.sqrt(spread * (1 / counts).sum()))
    change, low, high = (float(np.expm1(log + _Z * error * side)) for side in (0, -1, 1))
    sure = low > 0 or high < 0
    zh = f"与可比街道相比{'增加' if change > 0 else '减少'} {abs(change):.0%}（95% 区间 {low:+.0%} 至 {high:+.0%}）"
    en = (
        f"{'more' if change > 0 else 'fewer'} by {abs(change):.0%} than comparable streets would suggest "
        f"(95% interval {low:+.0%} to {high:+.0%})"
    )
    if not sure:
        return change, low, high, Text(f"{zh}：可能出于偶然", f"{en}: possibly chance")
    return change, low, high, Text(f"{zh}：不像偶然", f"{en}: unlikely to be chance")


def months_covered(complaints: pd.DataFrame) -> float:
    """Return how many months lie between the first complaint and the last; doubted times do not widen them."""
    known = dated(cases(complaints)).rows["received_at"]
    if len(known) < 2:
        return 0.0
    return float((known.max() - known.min()) / pd.Timedelta(days=1) / _DAYS_PER_MONTH)
