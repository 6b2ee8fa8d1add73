"""The unit of sums: prices and savings that are whole numbers of something, and those that are not."""

from __future__ import annotations

import numpy as np
import pytest

from geo.facilities.whole_numbers import least_difference, scale_of


@pytest.mark.parametrize(
    ("values", "scale", "unit"),
    [
        ([3.0, 7.0, 12.0], 1, 1.0),
        ([4.0, 10.0], 1, 2.0),
        ([0.5, 1.5], 10, 0.5),
        ([0.25, 1.0], 100, 0.25),
        ([12.5, 7.4999], 10_000, 0.0001),
        ([], 1, 0.0),
        ([0.0, 0.0], 1, 0.0),
    ],
)
def test_sums_of_whole_numbers_differ_by_a_unit_at_least(values: list[float], scale: int, unit: float) -> None:
    assert scale_of(np.array(values)) == scale
    assert least_difference(np.array(values)) == pytest.approx(unit)


@pytest.mark.parametrize("values", [[1.0, np.pi], [1 / 3], [2.0**41], [0.00001]])
def test_other_numbers_have_no_unit(values: list[float]) -> None:
    assert scale_of(np.array(values)) is None
    assert least_difference(np.array(values)) == 0


def test_one_number_among_many_is_enough_to_have_no_unit() -> None:
    values = np.ones(5000)
    assert scale_of(values) == 1
    values[4321] = 1.00000123
    assert scale_of(values) is None


def test_no_two_sums_differ_by_less_than_the_unit() -> None:
    rng = np.random.default_rng(2)
    values = rng.integers(1, 40, 12) * 0.75
    sums = np.unique([round(float(values[rng.random(12) < 0.5].sum()), 9) for _ in range(400)])
    assert np.diff(sums).min() >= least_difference(np.array(values, dtype=float)) - 1e-9
