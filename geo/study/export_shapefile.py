"""Shapefiles: field names of ten letters, texts of 254 bytes, one kind of geometry."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.core.aside import aside
from geo.core.errors import StudyError
from geo.core.plain_paths import write_under
from geo.core.text import Text
from geo.study.export_tables import keys_of, local_text, some
from geo.study.schema import STUDY_LAYERS

_NAME_LENGTH: Final = 10
"""Letters of a field's name in dBASE."""
_TEXT_BYTES: Final = 254
"""Bytes of a text in dBASE."""
_LONE_FIELD: Final = "rows"
"""The field of a layer that has none: a Shapefile needs one."""


def write_shapefile(table: pd.DataFrame, layer: str, to: Path, zone: str) -> list[Text]:
    """
    Write a layer as a Shapefile, with `NAME.fields.csv` beside it: the column behind each field, and its meaning.

    Times are written as text in the study's own time zone, as dBASE keeps days only.

    Parameters
    ----------
    table, layer
        The rows, and the layer that they are of.
    to
        The file, `.shp`; its parts stand beside it. Parts of an older file of that name are replaced.
    zone
        The IANA name of the study's time zone.

    Returns
    -------
    notes
        A sentence for each column with texts that were cut, with their rows.

    Raises
    ------
    StudyError
        For a table without geometry, or with several kinds of geometry.
    """
    if not isinstance(table, gpd.GeoDataFrame):
        raise StudyError(
            Text("该表没有几何，不能存为 Shapefile", "This table has no geometry and cannot be a Shapefile"),
            Text("请改用 .csv 或 .xlsx", "Use .csv or .xlsx"),
        )
    kinds = sorted(set(table.geom_type.dropna()), key=len)
    if len({kind.removeprefix("Multi") for kind in kinds}) > 1:
        raise StudyError(
            Text("Shapefile 只能存一种几何", "A Shapefile holds one kind of geometry"),
            Text("请改用 .gpkg 或 .geojson", "Use .gpkg or .geojson"),
        )
    plain, notes = _fitting(table, zone)
    names = short_names(plain.columns.drop("geometry"))
    with aside(to) as folder:
        made = folder / "parts"  # the folder itself holds its owner's lock
        made.mkdir()
        with warnings.catch_warnings():
            # a street of several lines is no other kind than a street of one
            warnings.filterwarnings("ignore", "Layer .* of type|.*geometry type", RuntimeWarning)
            write_under(
                made / to.name,
                lambda path: pyogrio.write_dataframe(
                    plain.rename(columns=names),
                    path,
                    driver="ESRI Shapefile",
                    encoding="UTF-8",
                    geometry_type=kinds[-1] if kinds else "Point",
                ),
            )
        _fields(table, layer, names).to_csv(
            made / to.with_suffix(".fields.csv").name, index=False, encoding="utf-8-sig"
        )
        for old in to.parent.glob(f"{_literal(to.stem)}.*"):
            if old.suffix.lower() in {".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix", ".sbn", ".sbx", ".idm", ".ind"}:
                old.unlink()
        for part in made.iterdir():
            part.replace(to.with_name(part.name))
    return notes


def _literal(stem: str) -> str:
    """Return a name as a pattern that matches it alone."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)


def _fitting(table: gpd.GeoDataFrame, zone: str) -> tuple[gpd.GeoDataFrame, list[Text]]:
    """Return a layer's rows as dBASE holds them, and a sentence for each column that lost something."""
    plain, notes = table.copy(deep=False), []
    keys = keys_of(table)
    for column in table.columns.drop(table.geometry.name):
        cells = table[column]
        if isinstance(cells.dtype, pd.DatetimeTZDtype):
            plain[column] = local_text(cells, zone)
        elif pd.api.types.is_object_dtype(cells) or pd.api.types.is_string_dtype(cells):
            texts = cells
            coded = texts.map(lambda text: str(text).encode(errors="replace"), na_action="ignore")
            long = (coded.map(len, na_action="ignore").fillna(0) > _TEXT_BYTES).to_numpy(dtype=bool)
            if long.any():
                texts = texts.astype(object)
                texts[long] = [text[:_TEXT_BYTES].decode(errors="ignore") for text in coded[long]]
                notes.append(
                    Text(
                        f"“{column}”列有 {long.sum()} 个文本超过 {_TEXT_BYTES} 字节，已截断：{some(keys[long], 'zh')}",
                        f"{long.sum()} texts in “{column}” are longer than {_TEXT_BYTES} bytes and were cut: "
                        f"{some(keys[long], 'en')}",
                    )
                )
            plain[column] = texts
    if len(table.columns) == 1:
        plain[_LONE_FIELD] = range(1, len(plain) + 1)
    return plain.set_geometry(table.geometry.name), notes


def short_names(columns: Iterable[str]) -> dict[str, str]:
    """
    Return a field name of at most ten letters for each column: the longest of its words are cut first, and no two are
    alike.
    """
    names: dict[str, str] = {}
    for column in columns:
        words = column.split("_")
        while len("_".join(words)) > _NAME_LENGTH and any(words):
            longest = max(range(len(words)), key=lambda at: len(words[at]))
            words[longest] = words[longest][:-1]
        name, number = "_".join(words)[:_NAME_LENGTH], 1
        taken = {each.lower() for each in names.values()}
        while name.lower() in taken:
            number += 1
            name = name[: _NAME_LENGTH - len(str(number))] + str(number)
        names[column] = name
    return names


def _fields(table: pd.DataFrame, layer: str, names: dict[str, str]) -> pd.DataFrame:
    """Return a Shapefile's fields: `field`, `column`, and title and meaning in both languages."""
    described = STUDY_LAYERS[layer].columns if layer in STUDY_LAYERS else {}
    rows = [(names[column], column, described.get(column)) for column in names]
    return pd.DataFrame(
        {
            "field": [field for field, _, _ in rows],
            "column": [column for _, column, _ in rows],
            "title_zh": [about.title.zh if about else "" for _, _, about in rows],
            "title_en": [about.title.en if about else "" for _, _, about in rows],
            "meaning_zh": [about.meaning.zh if about else "" for _, _, about in rows],
            "meaning_en": [about.meaning.en if about else "" for _, _, about in rows],
            "unit": [(about.unit or "") if about else "" for _, _, about in rows],
        }
    )
