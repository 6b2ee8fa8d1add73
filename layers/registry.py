"""The map's layers, bottom first: the one list that tiles, the map and its legend are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from layers import complaints, facilities, ground, parking, points, stalls, streets
from layers.map_layer import MapLayer

LAYERS: Final[tuple[MapLayer, ...]] = (
    MapLayer("context", "context", ground.tile_layers),
    MapLayer(
        "catchments",
        "catchments",
        facilities.catchment_tiles,
        drawing=facilities.CATCHMENT_DRAWING,
        legend=facilities.catchment_legend,
    ),
    MapLayer(
        "coverage_gaps",
        "coverage_gaps",
        facilities.gap_tiles,
        drawing=facilities.GAP_DRAWING,
        legend=facilities.gap_legend,
    ),
    MapLayer("streets", "streets", streets.tile_layers, legend=streets.legend),
    # a decision changes a segment's tier, never its direction
    MapLayer("oneway", "segments", streets.oneway_tiles),
    MapLayer(
        "kerb_exclusions",
        "kerb_exclusions",
        stalls.exclusion_tiles,
        drawing=stalls.EXCLUSION_DRAWING,
        legend=stalls.exclusion_legend,
        along_kerbs=True,
    ),
    MapLayer(
        "stall_zones",
        "stall_zones",
        stalls.zone_tiles,
        drawing=stalls.ZONE_DRAWING,
        legend=stalls.zone_legend,
        along_kerbs=True,
    ),
    MapLayer(
        "stall_places",
        "stall_places",
        stalls.place_tiles,
        drawing=stalls.PLACE_DRAWING,
        legend=stalls.place_legend,
    ),
    MapLayer(
        "patrol_districts",
        "patrol_districts",
        complaints.district_tiles,
        drawing=complaints.DISTRICT_DRAWING,
        legend=complaints.patrol_legend,
    ),
    MapLayer(
        "patrol_rounds",
        "patrol_rounds",
        complaints.round_tiles,
        drawing=complaints.ROUND_DRAWING,
    ),
    MapLayer(
        "hotspots",
        "hotspots",
        complaints.hotspot_tiles,
        drawing=complaints.HOTSPOT_DRAWING,
        legend=complaints.hotspot_legend,
    ),
    MapLayer(
        "parking_need",
        "parking_need",
        parking.need_tiles,
        drawing=parking.NEED_DRAWING,
        legend=parking.need_legend,
    ),
    MapLayer(
        "parking_differences",
        "parking_differences",
        parking.difference_tiles,
        drawing=parking.DIFFERENCE_DRAWING,
        legend=parking.difference_legend,
        along_kerbs=True,
    ),
    MapLayer(
        "parking_inventory",
        "parking_inventory",
        parking.inventory_tiles,
        drawing=parking.INVENTORY_DRAWING,
        legend=parking.inventory_legend,
        along_kerbs=True,
    ),
    MapLayer(
        "bays",
        "bays",
        parking.bay_tiles,
        drawing=parking.BAY_DRAWING,
        legend=parking.bay_legend,
        along_kerbs=True,
    ),
    MapLayer(
        "coverage",
        "coverage",
        facilities.coverage_tiles,
        drawing=facilities.COVERAGE_DRAWING,
        legend=facilities.coverage_legend,
    ),
    MapLayer(
        "facilities",
        "facilities",
        facilities.tile_layers,
        drawing=facilities.DRAWING,
        legend=facilities.legend,
    ),
    MapLayer(
        "sites",
        "sites",
        facilities.site_tiles,
        drawing=facilities.SITE_DRAWING,
        legend=facilities.site_legend,
    ),
    MapLayer(
        "other",
        "other",
        points.other_tiles,
        drawing=points.OTHER_DRAWING,
        legend=points.other_legend,
    ),
    *(MapLayer(kind, kind, points.tile_layers, legend=points.legend_of(kind)) for kind in points.KINDS),
)

BY_NAME: Final[Mapping[str, MapLayer]] = {layer.name: layer for layer in LAYERS}

ON_REQUEST: Final = tuple(layer.name for layer in LAYERS if layer.drawing)
"""Layers that the side bar offers; the others are always shown."""
