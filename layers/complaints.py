"""Where complaints are dense, where beyond chance and where that changes; districts of supervisors and their rounds."""

from __future__ import annotations

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from freestiler import FreestileLayer

from geo.core.text import Language, Text
from layers import palette
from layers.map_layer import Entry, Group, Part, captions, title_of

VIEWS: Final = ("density", "chance", "change")
"""Their numbers are the property `p`: the view that is shown is the one that is open."""

_QUANTILES: Final = (0.5, 0.75, 0.9, 0.97)
"""Of the lixels with any density: the bounds of its classes."""

_CLASSES: Final = {
    "d4": Text("投诉最密 3%", "Complaints: densest 3 %"),
    "d2": Text("较密", "dense"),
    "d0": Text("有投诉", "some"),
}
_BEYOND_CHANCE: Final = {
    "hot": Text("显著热点（周边被反映的地点多于预期）", "Hot beyond chance (more places nearby than expected)"),
    "cluster": Text("聚集区内", "In a cluster"),
}
_PATROLS: Final = Text("巡查", "Patrols")
_DISTRICTS: Final = Text("巡查片区（每片一色）", "Districts, one colour each")
_ROUND: Final = Text("巡查路线", "Walking round")

HOTSPOT_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "hotspots",
        "kind": "line",
        "by": "c",
        "colours": palette.HOTSPOTS,
        "size": [[11, 1.5], [14, 4], [17, 9]],
        "when": "open",
    }
]

DISTRICT_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "patrol_districts",
        "kind": "line",
        "by": "c",
        "colours": {str(number): colour for number, colour in enumerate(palette.DISTRICTS)},
        "size": [[11, 2], [14, 5], [17, 11]],
    }
]
ROUND_DRAWING: Final[list[Part]] = [
    {
        "tileLayer": "patrol_rounds",
        "kind": "line",
        "colour": palette.ROUND,
        "size": [[11, 1], [17, 2.5]],
        "dash": [4, 3],
    }
]


def hotspot_tiles(hotspots: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `hotspots`: `c` (class) and `p` (number of the view)."""
    density = hotspots["density"].to_numpy(dtype=float)
    some = density > 0
    bounds = np.quantile(density[some], _QUANTILES) if some.any() else np.zeros(len(_QUANTILES))
    classes = np.array([f"d{number}" for number in range(len(_QUANTILES) + 1)], dtype=object)
    views = [
        pd.Series(np.where(some, classes[np.searchsorted(bounds, density)], None), dtype=object),
        pd.Series(np.select([_hot(hotspots), hotspots["cluster"].notna()], ["hot", "cluster"], ""), dtype=object),
        hotspots["emerging"].reset_index(drop=True),
    ]
    parts = []
    for number, kind in enumerate(views):
        there = (kind.notna() & (kind != "")).to_numpy()
        table = {"c": kind[there].astype(str).to_numpy(), "p": number}
        parts.append(gpd.GeoDataFrame(table, geometry=hotspots.geometry.array[there], crs=hotspots.crs))
    every = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=hotspots.crs)
    return {"hotspots": FreestileLayer(every)}


def _hot(hotspots: gpd.GeoDataFrame) -> pd.Series:
    """Return the pieces that are hot; where results of an earlier release know segments only, theirs."""
    if "hot_here" not in hotspots or hotspots["hot_here"].isna().all():
        return hotspots["hot"]
    return hotspots["hot_here"].fillna(False).astype(bool)


def district_tiles(districts: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `patrol_districts`: `c` (the number of its colour)."""
    colour = (np.arange(len(districts)) % len(palette.DISTRICTS)).astype(str)
    table = gpd.GeoDataFrame({"c": colour}, geometry=districts.geometry.to_numpy(), crs=districts.crs)
    return {"patrol_districts": FreestileLayer(table)}


def round_tiles(rounds: gpd.GeoDataFrame) -> dict[str, FreestileLayer]:
    """Return the tile layer `patrol_rounds`."""
    shapes = rounds.geometry.to_numpy()
    table = gpd.GeoDataFrame({"p": np.zeros(len(shapes), dtype=np.int64)}, geometry=shapes, crs=rounds.crs)
    return {"patrol_rounds": FreestileLayer(table)}


def hotspot_legend(language: Language) -> Group:
    """Return the legend's entries of hot spots, each with the view that it belongs to."""
    views: tuple[dict[str, str], ...] = (
        {kind: name.pick(language) for kind, name in _CLASSES.items()},
        {kind: name.pick(language) for kind, name in _BEYOND_CHANCE.items()},
        captions("hotspots", "emerging", language),
    )
    return {
        "title": title_of("hotspots", language),
        "layer": "hotspots",
        "entries": [
            Entry(label=label, kind="line", colour=palette.HOTSPOTS[kind], width=0.8, open=number)
            for number, names in enumerate(views)
            for kind, label in names.items()
        ],
    }


def patrol_legend(language: Language) -> Group:
    """Return the legend's entries of districts and rounds; both are shown together."""
    return {
        "title": _PATROLS.pick(language),
        "layer": "patrol_districts",
        "entries": [
            {"label": _DISTRICTS.pick(language), "kind": "line", "colour": palette.DISTRICTS[0], "width": 1.0},
            {"label": _ROUND.pick(language), "kind": "line", "colour": palette.ROUND, "width": 0.2},
        ],
    }
