"""Shapefiles of the study: fields that are explained, texts that are cut with a word."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyogrio
import pytest

from geo.study.export import export_layer
from geo.study.export_shapefile import short_names, write_shapefile
from geo.study.file import read_layer
from geo.study.schema import STUDY_LAYERS


def test_a_shapefile_explains_its_fields_and_says_what_it_cut(study: Path, tmp_path: Path) -> None:
    complaints = read_layer(study, "complaints").head(3)
    complaints["text"] = ["街" * 100, "short", None]
    notes = write_shapefile(complaints, "complaints", tmp_path / "c.shp", "Asia/Shanghai")
    assert len(notes) == 1
    assert str(complaints["complaint_id"].iloc[0]) in notes[0].en
    read = pyogrio.read_dataframe(tmp_path / "c.shp")
    assert read["text"].fillna("").tolist() == ["街" * 84, "short", ""]  # no half of a character
    fields = pd.read_csv(tmp_path / "c.fields.csv", encoding="utf-8-sig").set_index("column")
    assert fields["field"].str.len().max() <= 10
    assert fields.loc["received_at", "title_zh"] == STUDY_LAYERS["complaints"].columns["received_at"].title.zh
    assert set(read.columns) == {*fields["field"], "geometry"}
    assert str(read[fields.loc["received_at", "field"]].iloc[0]).endswith("+0800")


def test_a_shapefile_replaces_the_one_of_before_whole(built: Path, tmp_path: Path) -> None:
    export_layer(built, "streets", tmp_path / "a.shp")
    (tmp_path / "a.qix").write_text("an index of before")
    export_layer(built, "stalls", tmp_path / "a.shp")
    assert len(pyogrio.read_dataframe(tmp_path / "a.shp")) == len(read_layer(built, "stalls"))
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [
        ".cpg",
        ".csv",
        ".dbf",
        ".prj",
        ".shp",
        ".shx",
        ".txt",
    ]


@pytest.mark.parametrize("layer", list(STUDY_LAYERS))
def test_no_two_fields_of_a_shapefile_are_alike(layer: str) -> None:
    names = short_names(STUDY_LAYERS[layer].columns)
    assert list(names) == list(STUDY_LAYERS[layer].columns)
    assert len({name.lower() for name in names.values()}) == len(names)
    assert all(0 < len(name) <= 10 for name in names.values())
    assert short_names(["a" * 12, "a" * 13, "a" * 10]) == {
        "a" * 12: "a" * 10,
        "a" * 13: "a" * 9 + "2",
        "a" * 10: "a" * 9 + "3",
    }
