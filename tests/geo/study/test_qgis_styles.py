"""QGIS opens a study styled, with Chinese captions of columns and coded values."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from geo.study.export import export_layer
from geo.study.layers.codes import TIERS
from geo.study.qgis_styles import layer_styles, qml
from geo.study.schema import LAYERS, SPATIAL_LAYERS, STUDY_LAYERS

COLUMNS_OF_QGIS = {
    "id": "INTEGER",
    **dict.fromkeys(("f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column"), "TEXT"),
    **dict.fromkeys(("styleName", "styleQML", "styleSLD", "description", "owner", "ui"), "TEXT"),
    "useAsDefault": "BOOLEAN",
    "update_time": "DATETIME",
}
"""What QGIS itself creates (`QgsOgrProviderMetadata::saveStyle`), and reads."""

DRAWN_ALIKE = ("context", "population", "stall_places")
"""Layers that mix kinds of geometry, for which one symbol does not serve."""

SYSTEM_PYTHON = "/usr/bin/python3"

LOAD = """
import json, sys
from qgis.core import QgsApplication, QgsRenderContext, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
found = {}
for name in json.loads(sys.argv[2]):
    layer = QgsVectorLayer(f"{sys.argv[1]}|layername={name}", name, "ogr")
    message, loaded = layer.loadDefaultStyle()
    renderer = layer.renderer()
    fields = layer.fields()
    found[name] = {
        "valid": layer.isValid(),
        "loaded": loaded,
        "renderer": renderer.type() if renderer else None,
        "categories": [str(c.value()) for c in renderer.categories()] if hasattr(renderer, "categories") else [],
        "colours": [s.color().name() for s in renderer.symbols(QgsRenderContext())] if renderer else [],
        "aliases": {field.name(): field.alias() for field in fields if field.alias()},
        "maps": {
            field.name(): field.editorWidgetSetup().config().get("map")
            for field in fields
            if field.editorWidgetSetup().type() == "ValueMap"
        },
    }
print(json.dumps(found, ensure_ascii=False))
app.exitQgis()
"""


def styles_of(path: Path) -> tuple[dict[str, str], dict[str, dict[str, object]]]:
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        columns = {row["name"]: row["type"] for row in connection.execute("PRAGMA table_info(layer_styles)")}
        keys = [row["name"] for row in connection.execute("PRAGMA table_info(layer_styles)") if row["pk"]]
        assert keys == ["id"]
        rows = {row["f_table_name"]: dict(row) for row in connection.execute("SELECT * FROM layer_styles")}
    return columns, rows


def test_the_table_has_the_columns_that_qgis_reads(built: Path) -> None:
    columns, rows = styles_of(built)
    assert columns == COLUMNS_OF_QGIS
    assert set(rows) == set(LAYERS)
    for name, row in rows.items():
        assert (row["f_table_schema"], row["ui"], row["useAsDefault"]) == ("", "", 1)
        assert row["f_geometry_column"] == ("geom" if name in SPATIAL_LAYERS else "")
        assert str(row["update_time"]).startswith("20")


@pytest.mark.parametrize("name", LAYERS)
def test_every_style_is_well_formed_and_names_each_column(name: str) -> None:
    layer = STUDY_LAYERS[name]
    root = Xml.fromstring(qml(layer).split(">", 1)[1])
    aliases = {alias.get("field"): alias.get("name") for alias in root.iter("alias")}
    assert aliases == {column: described.title.zh for column, described in layer.columns.items()}
    assert (root.find("renderer-v2") is not None) == (name in SPATIAL_LAYERS and name not in DRAWN_ALIKE)
    symbols = {symbol.get("name") for symbol in root.iter("symbol")}
    assert {category.get("symbol") for category in root.iter("category")} <= symbols


def test_coded_values_are_shown_by_their_captions() -> None:
    root = Xml.fromstring(qml(STUDY_LAYERS["roads"]).split(">", 1)[1])
    field = next(field for field in root.iter("field") if field.get("name") == "tier")
    shown = {option.get("value"): option.get("name") for option in field.iter("Option") if option.get("value")}
    assert shown == {
        "demonstration": "示范路",
        "secondary": "次干道",
        "back_street": "背街小巷",
        "unclassified": "不分级",
    }
    assert {category.get("value") for category in root.iter("category")} == set(TIERS)


def test_one_layers_style_goes_with_its_export(built: Path, tmp_path: Path) -> None:
    export_layer(built, "roads", tmp_path / "roads.gpkg")
    columns, rows = styles_of(tmp_path / "roads.gpkg")
    assert columns == COLUMNS_OF_QGIS
    assert list(rows) == ["roads"] == layer_styles(["roads"])["f_table_name"].tolist()


@pytest.mark.slow
def test_qgis_loads_every_style(placed: Path, tmp_path: Path) -> None:
    if (
        not Path(SYSTEM_PYTHON).exists()
        or subprocess.run([SYSTEM_PYTHON, "-c", "import qgis.core"], check=False).returncode
    ):
        pytest.skip("PyQGIS is not installed (apt install python3-qgis)")
    study = Path(shutil.copy(placed, tmp_path / "study.gpkg"))
    run = subprocess.run(
        [SYSTEM_PYTHON, "-c", LOAD, str(study), json.dumps(LAYERS)],
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    for name in LAYERS:
        layer, seen = STUDY_LAYERS[name], found[name]
        assert (seen["valid"], seen["loaded"]) == (True, True), name
        assert seen["aliases"] == {column: described.title.zh for column, described in layer.columns.items()}
        for column, described in layer.columns.items():
            if described.values and described.dtype != "bool":
                pairs = [pair for entry in seen["maps"][column] for pair in entry.items()]
                assert pairs == [(caption.zh, value) for value, caption in described.values.items()]
        if layer.style is None:
            continue
        wanted = "singleSymbol" if layer.style.column is None else "categorizedSymbol"
        assert seen["renderer"] == wanted, name
        assert seen["categories"] == list(layer.style.by)
        symbols = [layer.style.symbol] if layer.style.symbol else list(layer.style.by.values())
        assert seen["colours"] == [symbol.colour for symbol in symbols]


def test_gis_programs_find_a_style_for_each_drawn_layer(built: Path) -> None:
    with sqlite3.connect(built) as connection:
        styles = dict(connection.execute("SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"))
    assert set(styles) == set(STUDY_LAYERS)
    drawn = {layer.name for layer in STUDY_LAYERS.values() if layer.style}
    assert {"roads", "streets", "complaints", "stalls", "bays", "coverage", "sites"} <= drawn
    assert {name for name, style in styles.items() if "<symbol " in style} == drawn
    assert 'attr="covered"' in styles["coverage"]
    assert all(tier in styles["roads"] for tier in TIERS)
