"""The accuracy of inferred tiers on listed streets that were held out, by street and by quarter."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.core.arrays import Flags, Integers
from geo.core.text import Text
from geo.tiers.documents import GradingReport, HeldOut

FOLDS: Final = 10

LEAST_QUARTERS: Final = 3
"""With fewer quarters, leaving one out says nothing of a quarter that was never seen."""

_SEED: Final = 721
_Z: Final = 1.959964
"""Of a 95 % interval."""


def street_folds(tier: Integers, street: Integers) -> Integers:
    """
    Deal the streets of each tier out evenly among the folds; the sections of a street stay together.

    Parameters
    ----------
    tier
        Shape (k,): places in the order of tiers.
    street
        Shape (k,): the number of the street that each section is of, from 0.
    """
    _, first, group = np.unique(street, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    of_street = tier[first[order]]
    shuffled = np.random.default_rng(_SEED).permutation(len(of_street))
    by_tier = shuffled[np.argsort(of_street[shuffled], kind="stable")]
    fold = np.empty(len(of_street), dtype=np.int64)
    fold[by_tier] = np.arange(len(of_street)) % FOLDS
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return fold[place[group]]


def quarter_folds(quarter: Integers) -> Integers:
    """Deal whole quarters out among the folds, the largest first, each into the smallest fold."""
    counts = np.bincount(quarter)
    fold = np.zeros(len(counts), dtype=np.int64)
    size = np.zeros(min(FOLDS, len(counts)), dtype=np.int64)
    for number in np.argsort(-counts, kind="stable"):
        fold[number] = int(size.argmin())
        size[fold[number]] += counts[number]
    return fold[quarter]


def held_out(right: Flags, group: Integers, fold: Integers) -> HeldOut:
    """
    Return the accuracy with its 95 % interval.

    Wilson's interval, with as many cases as the groups are worth: streets of one quarter are right or wrong together
    (design effect of cluster sampling, Kish 1965). The effect is estimated with two more groups, one right and one
    wrong: a few groups that agree are no proof that others do.

    Parameters
    ----------
    right
        Shape (k,): whether each street got its listed tier when it was held out.
    group
        Shape (k,): the group that it was held out with.
    fold
        Shape (k,).
    """
    n, share = len(right), float(right.mean())
    _, of = np.unique(group, return_inverse=True)
    counts, rights = np.bincount(of), np.bincount(of, weights=right)
    mean = counts.mean()
    counts, rights = np.append(counts, [mean, mean]), np.append(rights, [mean, 0.0])
    middling = rights.sum() / counts.sum()
    together = float(((rights - middling * counts) ** 2).sum()) * len(counts) / (len(counts) - 1)
    size = n / max(1.0, together / float(counts.sum() * middling * (1 - middling)))
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * float(np.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2)))
    return {
        "accuracy": round(share, 4),
        "interval": [round(max(middle - half, 0.0), 4), round(min(middle + half, 1.0), 4)],
        "groups": len(counts) - 2,
        "folds": len(np.unique(fold)),
    }


def quarters_known(quarter: NDArray[np.object_] | None) -> Integers | None:
    """Return the numbers of quarters; None where too few are known to leave one out."""
    if quarter is None or any(name is None for name in quarter):
        return None
    names, number = np.unique(quarter.astype(str), return_inverse=True)
    return number if len(names) >= LEAST_QUARTERS else None


def accuracy_note(report: GradingReport, least: int) -> Text:
    """
    Return the sentence on the accuracy of inferred tiers: where it comes from, or why there is none.

    Parameters
    ----------
    report
        With `held_out`.
    least
        The rule `tiers.list.enough_to_learn`.
    """
    held = report["held_out"]
    by_street, by_quarter = held["street"], held["quarter"]
    if by_street is None:
        return Text(
            f"推断等级的准确率未知：名单上可用于检验的街道有 {report['listed']} 条，至少需要两个等级的 {least} 条"
            "（规则 tiers.list.enough_to_learn）",
            f"The accuracy of inferred tiers is not known: {report['listed']} listed streets to test it on, and "
            f"{least} of two tiers are needed (rule tiers.list.enough_to_learn)",
        )
    low, high = by_street["interval"]
    zh = (
        f"推断等级的准确率只由本研究自己的名单检验：逐街留出 {by_street['accuracy']:.0%}"
        f"（95% 区间 {low:.0%}–{high:.0%}）"
    )
    en = (
        f"The accuracy of inferred tiers is from this study's own list only: {by_street['accuracy']:.0%} on held-out "
        f"streets (95% interval {low:.0%}–{high:.0%})"
    )
    if by_quarter is None:
        return Text(f"{zh}；片区太少，未逐片区检验", f"{en}; too few quarters to hold one out")
    low, high = by_quarter["interval"]
    return Text(
        f"{zh}，逐片区留出 {by_quarter['accuracy']:.0%}（{low:.0%}–{high:.0%}）",
        f"{en}, {by_quarter['accuracy']:.0%} in held-out quarters ({low:.0%}–{high:.0%})",
    )
