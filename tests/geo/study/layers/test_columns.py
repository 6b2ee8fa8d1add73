"""Columns that several layers share."""

from __future__ import annotations

from geo.core.text import Text
from geo.study.layers.columns import identifier
from geo.study.layers.description import TEXT


def test_an_identifier_is_captioned_alike_in_every_layer_and_means_its_own() -> None:
    column = identifier("摊位编号", "Of the stall")
    assert (column.title, column.meaning) == (Text("编号", "Identifier"), Text("摊位编号", "Of the stall"))
    assert (column.dtype, column.unit, column.values) == (TEXT, None, None)
