"""A new layer of the map is three files by hand: schema, module, registry. All else follows."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

SCHEMA = """
BENCHES: Final = Layer(
    "benches",
    Text("座椅", "Benches"),
    Text("一张座椅", "a bench along the street"),
    "Point",
    {
        "bench_id": c.identifier("座椅编号", "Its own"),
        "seats": Column(Text("座位", "Seats"), Text("座位数", "Seats on it"), COUNT),
    },
    style=Style("marker", Symbol("#123456", 1.0)),
)

LAYERS: Final = (BENCHES, """

MODULE = '''"""Benches."""

from typing import Final

from freestiler import FreestileLayer

from layers.map_layer import title_of

DRAWING: Final = [{"tileLayer": "benches", "kind": "dot", "colour": "#123456"}]


def tile_layers(benches):
    return {"benches": FreestileLayer(benches[["seats", "geometry"]])}


def legend(language):
    entries = [{"label": title_of("benches", language), "kind": "dot", "colour": "#123456"}]
    return {"title": title_of("benches", language), "layer": "benches", "entries": entries}
'''

REGISTRY = """    MapLayer("benches", "benches", benches.tile_layers, benches.DRAWING, benches.legend),
)

BY_NAME"""

USE = """
import json, runpy, sys
from pathlib import Path
import geopandas as gpd, pyogrio, shapely
import geo, layers
from geo.study.file import read_layer
from geo.study.writing import write_study
from geo.study.qgis_styles import layer_styles
from layers.map.compose import compose_map, legend_groups
from layers.map.tiles import tile_archive
from layers.registry import ON_REQUEST

here = Path(sys.argv[1])
assert Path(geo.__file__).is_relative_to(here) and Path(layers.__file__).is_relative_to(here)
places = shapely.points([24.94, 24.95], [60.17, 60.17])
benches = gpd.GeoDataFrame({"bench_id": ["a", "b"], "seats": [2, 3]}, geometry=places, crs=4326)
write_study(here / "study.gpkg", {"benches": benches}, {"extent": "[24.9, 60.1, 25.0, 60.2]"})
archive = tile_archive(here / "study.gpkg", "benches", here / "tiles")
page = compose_map((24.9, 60.1, 25.0, 60.2), {"benches": "/tiles/" + archive.name}, "zh", {}).get_root().render()
print(json.dumps({
    "read": read_layer(here / "study.gpkg", "benches")["seats"].tolist(),
    "tiled": sorted(pyogrio.read_dataframe(archive, layer="benches")["seats"].unique().tolist()),
    "titles": [group["title"] for group in legend_groups("zh", {})],
    "on_request": "benches" in ON_REQUEST,
    "on_map": '"url": "/tiles/benches-' in page,
    "styled": "座位" in layer_styles(["benches"])["styleQML"].iloc[0],
    "page": runpy.run_path(str(here / "scripts" / "study_file_page.py"))["page"](),
}))
"""


def changed(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(before) == 1
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_new_layer_takes_three_files(tmp_path: Path) -> None:
    leave = shutil.ignore_patterns("node_modules", "__pycache__")
    for folder in ("geo", "layers", "scripts"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=leave)
    changed(tmp_path / "geo/study/layers/ground.py", "\nLAYERS: Final = (", SCHEMA)
    changed(tmp_path / "geo/study/layers/ground.py", "import NUMBER, Column", "import COUNT, NUMBER, Column")
    (tmp_path / "layers/benches.py").write_text(MODULE, encoding="utf-8")
    changed(tmp_path / "layers/registry.py", ")\n\nBY_NAME", REGISTRY)
    changed(tmp_path / "layers/registry.py", "from layers import ", "from layers import benches, ")
    run = subprocess.run(
        [sys.executable, "-c", USE, str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert found["read"] == found["tiled"] == [2, 3]
    assert "座椅" in found["titles"]
    assert (found["on_request"], found["on_map"], found["styled"]) == (True, True, True)
    assert "| [`benches`](#benches) | Benches · 座椅 | Point | a bench along the street |" in found["page"]
    assert "| `seats` | Seats · 座位 | whole number |" in found["page"]
