"""The accuracy of inferred tiers: held out by street and by quarter, with intervals that know of neighbours."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binomtest

from geo.core.text import pick
from geo.rules import Profile
from geo.study.schema import INGREDIENTS
from geo.tiers.held_out import held_out, quarter_folds, street_folds
from geo.tiers.inference import choose


def town(
    streets: int, quarters: int, seed: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.object_]]:
    """Return shares, tiers and quarters of streets; a quarter's streets have one tier, and look alike."""
    rng = np.random.default_rng(seed)
    quarter = np.arange(streets) % quarters
    look = rng.uniform(0, 1, (quarters, len(INGREDIENTS)))
    shares = np.clip(look[quarter] + rng.normal(0, 0.02, (streets, len(INGREDIENTS))), 0, 1)
    tier = rng.permutation(np.arange(quarters) % 3)[quarter]
    return shares, tier, np.array([f"Q{number}" for number in quarter], dtype=object)


def test_neighbours_tell_on_each_other_so_quarters_are_held_out_too(profile: Profile) -> None:
    shares, tier, quarter = town(120, 6)
    held = choose(shares, tier, profile, quarter=quarter).report["held_out"]
    assert held["street"] is not None
    assert held["quarter"] is not None
    assert held["street"]["groups"] == 120
    assert (held["quarter"]["groups"], held["quarter"]["folds"]) == (6, 6)
    assert held["street"]["accuracy"] > held["quarter"]["accuracy"] + 0.2, "a street beside it was in the list"
    widths = {name: found["interval"][1] - found["interval"][0] for name, found in held.items()}  # type: ignore[index]
    assert widths["quarter"] > 2 * widths["street"], "six quarters are no 120 streets"


def test_the_interval_of_streets_alone_is_wilsons() -> None:
    right = np.arange(40) % 5 > 0
    found = held_out(right, np.arange(40), np.arange(40) % 10)
    interval = binomtest(int(right.sum()), 40).proportion_ci(0.95, method="wilson")
    assert found["accuracy"] == 0.8
    assert found["interval"] == pytest.approx([interval.low, interval.high], abs=0.012)
    low, high = held_out(np.ones(40, dtype=bool), np.arange(40), np.arange(40))["interval"]
    assert 0.9 < low < 0.95
    assert high == 1


def test_sections_of_a_street_are_held_out_together() -> None:
    street = np.repeat(np.arange(30), 3)
    fold = street_folds(np.arange(90) % 3, street)
    assert (fold.reshape(30, 3) == fold.reshape(30, 3)[:, :1]).all()
    assert np.bincount(fold).tolist() == [9] * 10
    quarters = quarter_folds(np.repeat(np.arange(14), np.arange(1, 15)))
    assert len(np.unique(quarters)) == 10
    assert np.bincount(quarters).max() <= 15


@pytest.mark.parametrize("sections", [1, 3])
def test_under_thirty_streets_nothing_is_claimed_and_a_sentence_says_so(sections: int, profile: Profile) -> None:
    shares, tier, quarter = town(29 * sections, 6)
    street = np.array([f"street {number // sections}" for number in range(29 * sections)], dtype=object)
    report = choose(shares, tier, profile, street, quarter).report
    assert report["held_out"] == {"street": None, "quarter": None}
    assert "accuracy" not in report
    assert "not known" in pick(report["accuracy_note"], "en")
    assert "未知" in pick(report["accuracy_note"], "zh")


def test_the_sentence_says_both_accuracies_or_that_quarters_are_too_few(profile: Profile) -> None:
    shares, tier, quarter = town(120, 6)
    report = choose(shares, tier, profile, quarter=quarter).report
    said = pick(report["accuracy_note"], "en")
    assert "this study's own list" in said
    assert f"{report['accuracy']:.0%} on held-out streets" in said
    assert "in held-out quarters" in said
    for few in (None, np.where(quarter == "Q0", "A", "B").astype(object), np.full(120, None, dtype=object)):
        other = choose(shares, tier, profile, quarter=few).report
        assert other["held_out"]["quarter"] is None
        assert "too few quarters" in pick(other["accuracy_note"], "en")
