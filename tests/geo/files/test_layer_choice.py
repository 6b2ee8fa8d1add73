"""All layers of the wanted kind are read, or the one that is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import InputError
from geo.files.layer_choice import Asked, Layer, Wanted, chosen, dimension_of

FILE = Path("city.gdb")
LAYERS = [Layer("点", 3, 0), Layer("线", 2, 1), Layer("面", 4, 2), Layer("空", 0, 0), Layer("表", 9, -1)]


@pytest.mark.parametrize(("wanted", "read"), [("points", [0]), ("areas", [2]), ("all", [0, 1, 2])])
def test_layers_of_the_wanted_kind_are_read(wanted: Wanted, read: list[int]) -> None:
    assert chosen(FILE, LAYERS, Asked(wanted=wanted)) == read


def test_where_no_layer_fits_the_others_are_read_and_tables_last() -> None:
    assert chosen(FILE, LAYERS[1:3], Asked()) == [0, 1]
    assert chosen(FILE, LAYERS[3:], Asked()) == [1]
    assert chosen(FILE, LAYERS[3:4], Asked()) == [0]


def test_a_named_layer_is_read_whatever_it_is() -> None:
    assert chosen(FILE, LAYERS, Asked(sheet="表")) == [4]
    assert chosen(FILE, [Layer("Stalls", 1, 0)], Asked(sheet="stalls ")) == [0]
    with pytest.raises(InputError, match=r"线 \(2 rows\)"):
        chosen(FILE, LAYERS, Asked(sheet="无"))
    with pytest.raises(InputError, match="no layer"):
        chosen(FILE, [], Asked())


@pytest.mark.parametrize(
    ("word", "dimension"),
    [
        ("Point", 0), ("MultiPoint Z", 0), ("LINESTRING", 1), ("Compound Curve", 1), ("CurvePolygon", 2),
        ("MultiSurface", 2), ("Unknown", None), ("GEOMETRYCOLLECTION", None), (None, -1),
    ],
)  # fmt: skip
def test_the_dimension_of_a_layer_follows_from_its_type(word: str | None, dimension: int | None) -> None:
    assert dimension_of(word) == dimension
