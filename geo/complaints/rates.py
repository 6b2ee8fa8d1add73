"""Rates with exact intervals: against comparable streets, and against a street's own past."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from scipy.special import betainc, betaincinv
from scipy.stats import gamma

from geo.complaints.local_statistics import empirical_bayes_prior, false_discovery
from geo.core.arrays import Flags, Floats, Integers

LEVEL: Final = 0.95
"""Of intervals."""

_SURE: Final = 3.0
"""Standard errors by which counts vary more than chance before that is believed."""

_LARGE: Final = 5.0
"""The sum of two months' counts from which they show how much they vary; smaller ones do where there are too few."""

_PAIRS: Final = 30
_MOST: Final = 50.0
"""What one difference counts for at most."""

_LEAST: Final = 1e-12
"""Stands for no success where a function takes none; its value is not used."""

_DAYS: Final = 365.25 / 12
_YEAR: Final = 12
"""Months."""
_YEARLY: Final = 0.05
"""How likely chance may give as much against the year before, where all months before have told a change."""

_CHOSEN: Final = (
    *("months", "before", "after", "ratio", "low", "high", "relative", "relative_low", "relative_high"),
    *("year", "year_low", "year_high"),
)
"""The columns of `Change` that belong to the period chosen for each unit."""


class Ratios(NamedTuple):
    """
    Ratios of two rates, shape (n,) each.

    Attributes
    ----------
    ratio, low, high
        The first rate by the second, with its interval; infinite or missing where one of them is 0.
    more, less
        How likely chance alone gives as much, or as little: one-sided.
    """

    ratio: Floats
    low: Floats
    high: Floats
    more: Floats
    less: Floats


def poisson_interval(counts: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """
    Return the exact interval of the expectation of counts (Garwood 1936, doi:10.2307/2333958).

    Parameters
    ----------
    counts
        Shape (n,).
    level
        Of the interval.
    """
    tail = (1 - level) / 2
    low = np.where(counts > 0, gamma.ppf(tail, np.maximum(counts, 1e-9)), 0.0)
    return low, np.asarray(gamma.isf(tail, counts + 1.0))


def bayes_interval(counts: Floats, exposure: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """
    Return the interval of rates that `empirical_bayes` draws towards the mean.

    Rates vary between segments as a gamma distribution with the moments that Marshall's estimator has; given its count,
    so does a segment's own rate (Clayton and Kaldor 1987, doi:10.2307/2532003).

    Parameters
    ----------
    counts, exposure
        Shape (n,).
    level
        Of the interval.
    """
    mean, between = empirical_bayes_prior(counts, exposure)
    if between <= 0:
        return np.full(len(counts), mean), np.full(len(counts), mean)
    shape, tail = mean**2 / between + counts, (1 - level) / 2
    scale = 1 / (mean / between + exposure)
    return np.asarray(gamma.ppf(tail, shape, scale=scale)), np.asarray(gamma.isf(tail, shape, scale=scale))


def binomial_at_least(counts: Floats, others: Floats, share: Floats) -> Floats:
    """
    Return how likely chance gives at least as many successes: one-sided, exact.

    Parameters
    ----------
    counts, others, share
        Shape (n,): successes, failures, and the probability of a success by chance.
    """
    return np.where(counts > 0, betainc(np.maximum(counts, _LEAST), others + 1, share), 1.0)


def binomial_interval(counts: Floats, others: Floats, level: float | Floats = LEVEL) -> tuple[Floats, Floats]:
    """
    Return the exact interval of the probability of a success (Clopper and Pearson 1934, doi:10.1093/biomet/26.4.404).

    Parameters
    ----------
    counts, others
        Shape (n,): successes and failures.
    level
        Of the interval.
    """
    if np.ndim(level) == 0 and np.ndim(counts) and np.shape(counts) == np.shape(others):
        # of a city's streets most have the same few numbers
        distinct, place = np.unique(counts + 1j * others, return_inverse=True)
        low, high = _clopper_pearson(distinct.real, distinct.imag, level)
        return low[place], high[place]
    return _clopper_pearson(counts, others, level)


def _clopper_pearson(counts: Floats, others: Floats, level: float | Floats) -> tuple[Floats, Floats]:
    tail = (1 - level) / 2
    low = np.where(counts > 0, betaincinv(np.maximum(counts, _LEAST), others + 1, tail), 0.0)
    return low, np.where(others > 0, betaincinv(counts + 1, np.maximum(others, _LEAST), 1 - tail), 1.0)


def compare(counts: Floats, exposure: Floats, others: Floats, other_exposure: Floats, level: float = LEVEL) -> Ratios:
    """
    Compare rates, two by two, exactly: given their sum, the first count is binomial.

    Przyborowski and Wilenski (1940, doi:10.1093/biomet/31.3-4.313), with the interval of Clopper and Pearson.

    Parameters
    ----------
    counts, exposure, others, other_exposure
        Shape (n,); counts may be divided by how much more than chance they vary.
    level
        Of the interval.
    """
    total = counts + others
    with np.errstate(divide="ignore", invalid="ignore"):
        share = exposure / (exposure + other_exposure)
        ratio = counts / exposure * other_exposure / others
        low, high = (odds / (1 - odds) * other_exposure / exposure for odds in binomial_interval(counts, others, level))
        more = binomial_at_least(counts, others, share)
        less = binomial_at_least(others, counts, 1 - share)
    known = (exposure > 0) & (other_exposure > 0) & (total > 0)
    nothing = np.nan
    return Ratios(
        np.where(known, ratio, nothing),
        np.where(known, low, nothing),
        np.where(known, high, nothing),
        np.where(known, more, 1.0),
        np.where(known, less, 1.0),
    )


class Alike(NamedTuple):
    """
    Rates against comparable streets, shape (n,) each.

    Attributes
    ----------
    group
        How many streets of the same kind there are, with the street itself.
    ratio, low, high
        The rate by the rate of the others together, with its exact interval.
    sure
        The lower limit of the rate drawn towards the mean (empirical Bayes), by the mean: a few complaints on ten
        metres do not come far above 1.
    p_value
        How likely chance gives as many complaints at the rate of the others: one-sided, exact.
    high_itself
        Whether the rate is high at the share of false discoveries, and surely above the mean.
    """

    group: Integers
    ratio: Floats
    low: Floats
    high: Floats
    sure: Floats
    p_value: Floats
    high_itself: Flags


def against_alike(counts: Floats, exposure: Floats, kind: pd.Series, least: int, share: float) -> Alike:
    """
    Compare streets with the others of their kind.

    Parameters
    ----------
    counts, exposure
        Shape (n,).
    kind
        Shape (n,): of road. Kinds with fewer than `least` streets are compared together with all.
    least
        See there.
    share
        Of false discoveries.
    """
    name = kind.fillna("")
    size = name.map(name.value_counts()).to_numpy(dtype=np.int64)
    code = np.where(size >= least, pd.factorize(name)[0], -1)
    n = len(counts)
    rest, rest_exposure = np.zeros(n), np.zeros(n)
    sure, group = np.zeros(n), np.zeros(n, dtype=np.int64)
    for number in np.unique(code):
        mine = code == number
        pool = mine if number >= 0 else np.ones(n, dtype=bool)
        group[mine] = int(pool.sum())
        rest[mine] = counts[pool].sum() - counts[mine]
        rest_exposure[mine] = exposure[pool].sum() - exposure[mine]
        mean = empirical_bayes_prior(counts[pool], exposure[pool])[0]
        if mean > 0:
            sure[mine] = bayes_interval(counts[pool], exposure[pool])[0][mine[pool]] / mean
    found = compare(counts, exposure, rest, rest_exposure)
    asked = exposure > 0
    high = np.zeros(n, dtype=bool)
    high[asked] = false_discovery(found.more[asked], share)
    return Alike(group, found.ratio, found.low, found.high, sure, found.more, high & (sure > 1) & (counts > 0))


class Change(NamedTuple):
    """
    Changes against the own past, shape (n,) each.

    Attributes
    ----------
    months
        How many of the last months are compared with all before: of the periods tried, the clearest.
    before, after
        Complaints.
    ratio, low, high
        Complaints by day after, by those before, with the interval at 95 %, widened for the periods tried.
    relative, relative_low, relative_high
        The ratio by that of all others together, with the same interval: what season, reporting or growth of the whole
        city leave.
    year, year_low, year_high
        Complaints by the ones of the same months of the year before, against all others too, with the same interval;
        missing where the history is shorter.
    p_value
        How likely chance gives a change as clear against all others: two-sided, exact, for the periods tried together.
    tested
        Whether there are complaints enough to ask.
    worse, better
        Whether there are more or fewer, by themselves and against all others, at the share of false discoveries.
    dispersion
        By how much more than chance counts vary from month to month; the tests know it.
    city
        Of all together, by `months`: the same ratio.
    """

    months: Integers
    before: Floats
    after: Floats
    ratio: Floats
    low: Floats
    high: Floats
    relative: Floats
    relative_low: Floats
    relative_high: Floats
    year: Floats
    year_low: Floats
    year_high: Floats
    p_value: Floats
    tested: Flags
    worse: Flags
    better: Flags
    dispersion: float
    city: dict[int, float]


def changed(counts: Floats, days: Floats, windows: tuple[int, ...], least: int, share: float) -> Change | None:
    """
    Tell where complaints became more or fewer than they were before.

    The last months are compared with all months before. Given a unit's two counts together, the second is binomial,
    with the share that it has among all other units: season and rise of the whole city are none of the unit's own. The
    uncertainty of that share, and variation beyond chance, count as fewer complaints. Where the history has the same
    months of the year before, the change must be there against these as well (one-sided, 5 %): a street that has its
    own season is no worse.

    Parameters
    ----------
    counts
        Shape (n, t): complaints by month.
    days
        Shape (t,): of each month.
    windows
        Numbers of last months to compare; only the ones with as many months before are.
    least
        With fewer complaints in all nothing is said.
    share
        Of false discoveries.

    Returns
    -------
    change
        None if the history is too short for the shortest period.
    """
    n, t = counts.shape
    tried = [window for window in sorted(windows) if 2 * window <= t]
    if not tried or n == 0:
        return None
    dispersion = month_dispersion(counts)
    level = 1 - (1 - LEVEL) / len(tried)
    total = counts.sum(axis=0)
    best = np.full(n, np.inf)
    rows = np.zeros((len(_CHOSEN), n))
    city = {}
    for window in tried:
        last, before, same = slice(t - window, t), slice(0, t - window), slice(t - window - _YEAR, t - _YEAR)
        found, against = _compared(counts, days, last, before, dispersion, level)
        p_value = np.minimum(2 * np.minimum(against.more, against.less) * len(tried), 1.0)
        year: tuple[Floats, ...] = (np.full(n, np.nan),) * 3
        if t >= _YEAR + window:
            yearly = _compared(counts, days, last, same, dispersion, level)[1]
            p_value = np.where(np.minimum(yearly.more, yearly.less) <= _YEARLY, p_value, 1.0)
            year = yearly[:3]
        clearer = p_value < best
        best = np.where(clearer, p_value, best)
        now, then = counts[:, last].sum(axis=1), counts[:, before].sum(axis=1)
        new = (np.full(n, float(window)), then, now, *found[:3], *against[:3], *year)
        rows = np.where(clearer, np.stack(new), rows)
        first = total[before].sum() / days[before].sum()
        city[window] = float(total[last].sum() / days[last].sum() / first) if first else float("nan")
    chosen = dict(zip(_CHOSEN, rows, strict=True))
    tested = counts.sum(axis=1) >= least
    sure = np.zeros(n, dtype=bool)
    sure[tested] = false_discovery(best[tested], share)
    rose, fell = (
        (np.nan_to_num(chosen["ratio"], nan=1.0, posinf=np.inf) * sign > sign)
        & (np.nan_to_num(chosen["relative"], nan=1.0, posinf=np.inf) * sign > sign)
        for sign in (1, -1)
    )
    return Change(
        months=chosen.pop("months").astype(np.int64),
        **chosen,
        p_value=best,
        tested=tested,
        worse=sure & rose,
        better=sure & fell,
        dispersion=dispersion,
        city=city,
    )


def _compared(
    counts: Floats, days: Floats, last: slice, past: slice, dispersion: float, level: float
) -> tuple[Ratios, Ratios]:
    """Compare two times of each unit, by days and by all other units."""
    now, then, total = counts[:, last].sum(axis=1), counts[:, past].sum(axis=1), counts.sum(axis=0)
    days_now, days_then = (np.full(len(now), days[each].sum()) for each in (last, past))
    found = compare(now / dispersion, days_now, then / dispersion, days_then, level)
    if len(now) == 1:  # nothing to hold it against
        return found, found
    others_now, others_then = total[last].sum() - now, total[past].sum() - then
    with np.errstate(divide="ignore", invalid="ignore"):
        wider = dispersion * (1 + (now + then) / (others_now + others_then))
    return found, compare(now / wider, others_now, then / wider, others_then, level)


def month_dispersion(counts: Floats) -> float:
    """
    Return by how much more than chance counts vary from one month to the next, 1 where that is not sure.

    Two counts of one rate differ, squared and by their sum, by 1 on average; counts that vary by more differ by as much
    more, if they are not very small. A lasting change is one such difference among many, and held to a limit.

    Parameters
    ----------
    counts
        Shape (n, t).
    """
    one, two = counts[:, :-1].ravel(), counts[:, 1:].ravel()
    total = one + two
    known = total >= _LARGE if (total >= _LARGE).sum() >= _PAIRS else total > 0
    many = int(known.sum())
    if many == 0:
        return 1.0
    found = float(np.minimum((one - two)[known] ** 2 / total[known], _MOST).mean())
    return found if found > 1 + _SURE * np.sqrt(2 / many) else 1.0


def per_month(count: float, days: float) -> float:
    """Return a count of some days by month."""
    return count / max(days, 1.0) * _DAYS
