"""Write docs/reference/study-file.md: every layer and table of the study file, with its columns."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from geo.core.text import Text
from geo.study.layers.description import Column, Layer
from geo.study.schema import FREE_TABLES, STUDY_LAYERS

HEAD = """# The study file

A study is one GeoPackage. QGIS opens it styled, with Chinese captions of columns and coded values (`layer_styles`);
GDAL and GeoPandas read it as it is. Geometry is WGS 84 (EPSG:4326); lengths and areas are computed in the study's
metric CRS, which `about` names. Every text that Jiexu writes (reasons, findings) is Chinese and English, divided by
` ｜ `.

A build writes a new file beside the study and swaps it in at the end: whoever reads meanwhile, or ends it, has the old
or the new study, never half of one. A decision is one SQLite transaction.

Two tables stand beside the layers, and no GIS program lists them: `jiexu_checksums` has a checksum of each layer and
table, and `jiexu_log` the chain of the decisions. `jiexu verify` compares the study with both
([Soundness and privacy](../guide/soundness.md)).

This page is written by `make docs` from `geo/study/layers/`.

## Layers and tables

| layer | title | geometry | what a row is |
|---|---|---|---|
"""

COLUMNS_HEAD = """
| column | title | type | unit | meaning |
|---|---|---|---|---|
"""

TYPES: Mapping[str, str] = {
    "object": "text",
    "bool": "yes or no",
    "float64": "number",
    "Int64": "whole number",
    "int64": "whole number",
    "datetime64[ms, UTC]": "moment (UTC)",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _both(text: Text) -> str:
    return _cell(f"{text.en} · {text.zh}" if text.en != text.zh else text.en)


def _layer_row(layer: Layer) -> str:
    link = f" ([more](../guide/{layer.guide}.md))" if layer.guide else ""
    geometry = "none" if layer.geometry is None else "any" if layer.geometry == "Unknown" else layer.geometry
    return f"| [`{layer.name}`](#{layer.name}) | {_both(layer.title)} | {geometry} | {_cell(layer.row.en)}{link} |\n"


def _column_row(name: str, column: Column) -> str:
    coded = "; ".join(f"`{value}` {text.en}" for value, text in (column.values or {}).items())
    meaning = column.meaning.en + (f" ({coded})" if coded else "")
    return f"| `{name}` | {_both(column.title)} | {TYPES[column.dtype]} | {column.unit or ''} | {_cell(meaning)} |\n"


def _section(layer: Layer) -> Iterable[str]:
    yield f"\n### {layer.name}\n\n{layer.title.en} · {layer.title.zh}: {layer.row.en}.\n"
    if layer.columns:
        yield COLUMNS_HEAD
        yield from (_column_row(name, column) for name, column in layer.columns.items())


def page() -> str:
    """Return the page."""
    layers = [*STUDY_LAYERS.values(), *FREE_TABLES.values()]
    parts = [HEAD, *map(_layer_row, layers), "\n## Columns\n"]
    return "".join([*parts, *(part for layer in layers for part in _section(layer))])


def main() -> None:
    """Write the page."""
    (Path(__file__).parent.parent / "docs" / "reference" / "study-file.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
