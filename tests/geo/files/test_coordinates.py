"""Coordinates are read as people write them, and systems are known by their names."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from geo.core.errors import InputError
from geo.files.coordinates import parse_number, parse_pair, read_pairs, system_named


@pytest.mark.parametrize(
    "text",
    ["114.35", " 114,35 ", "114.35°", "东经114.35", "E114.35", "114.35E", "114°21'00\"", "114°21′0″E", "114度21分0秒",
     "东经114°21'", "114:21:00", "114d21m0s"],
)  # fmt: skip
def test_one_coordinate_in_many_hands(text: str) -> None:
    assert parse_number(text).value == pytest.approx(114.35)


@pytest.mark.parametrize("text", ["", None, "abc", "114°61'", "12 34 56 78", "1e5", "inf", "=1+1", "114.35.2"])
def test_what_is_no_coordinate_is_none(text: str | None) -> None:
    assert np.isnan(parse_number(text).value)


def test_the_south_and_the_west_are_negative() -> None:
    assert parse_number("33.5S").value == -33.5
    assert parse_number("西经8.6").value == -8.6
    assert parse_number("-8°36'").value == pytest.approx(-8.6)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("36.1, 114.3", (36.1, 114.3)), ("(36.1 114.3)", (36.1, 114.3)), ("36,1 114,3", (36.1, 114.3)),
     ("114.3，36.1", (114.3, 36.1)), ("114.3;36.1", (114.3, 36.1)), ("POINT (114.3 36.1)", (114.3, 36.1)),
     ("SRID=4326;POINT Z (114.3 36.1 70)", (114.3, 36.1)), ("114°18'E, 36°6'N", (114.3, 36.1)), ("[114.3|36.1]",
     (114.3, 36.1))],
)  # fmt: skip
def test_both_coordinates_in_one_cell(text: str, pair: tuple[float, float]) -> None:
    assert tuple(number.value for number in parse_pair(text)) == pytest.approx(pair)


def test_letters_put_the_axes_in_order() -> None:
    found = read_pairs(pd.Series(["36.1N", "N36°6'"]), pd.Series(["114.3E", "E114°18'"]))
    np.testing.assert_allclose(found, [[114.3, 36.1]] * 2)
    np.testing.assert_allclose(read_pairs(pd.Series(["36.1N, 114.3E", None, "?"]), None)[0], [114.3, 36.1])


def test_systems_are_known_by_their_names() -> None:
    assert str(system_named("高德")) == "GCJ-02"
    assert str(system_named("百度")) == "BD-09"
    assert str(system_named("epsg:4326 (lat, lon)")) == "WGS84 (lat, lon)"
    assert str(system_named("4547")) == "EPSG:4547"
    with pytest.raises(InputError, match="EPSG:4547"):
        system_named("mars")


@pytest.mark.parametrize(
    "text", ["116.3" + " " * 20_000 + "x", "1 " * 30_000, "°'" * 20_000, "(" + "1," * 30_000, "9" * 99_999]
)
def test_a_long_cell_takes_no_time(text: str) -> None:
    began = time.process_time()
    assert np.isnan(parse_number(text).value)
    assert all(np.isnan(number.value) for number in parse_pair(text))
    assert time.process_time() - began < 1


def test_spaces_do_not_matter() -> None:
    assert parse_number("  116.3  °   E ").value == 116.3
    assert [number.value for number in parse_pair("36.1 ,    114.3")] == [36.1, 114.3]
