"""A file is written under any name, with its parts."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.core.plain_paths import write_under
from geo.files.formats import read_file

NAMES = ["a;b", "a!b", "a#b", "a?", "100%", "a&b", "a'b", 'a"b', "街道🌸", "名  ", "汉" * 80, "a\nb"]


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".shp", ".fgb", ".dxf"])
@pytest.mark.parametrize("name", NAMES)
def test_what_is_written_under_any_name_is_read_again(name: str, suffix: str, tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(24.94, 60.17)], crs=4326)
    if suffix != ".dxf":
        frame["id"] = ["1"]
    file = tmp_path / f"{name}{suffix}"
    write_under(file, lambda path: pyogrio.write_dataframe(frame, path))
    assert file.exists()
    assert {part.stem for part in tmp_path.iterdir()} == {name}, "nothing is left under another name"
    raw = read_file(file)
    assert raw.points is not None
    assert raw.points[0].equals_exact(shapely.Point(24.94, 60.17), 1e-6)
