"""The words of the study file: tiers, layers and their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

Tier = Literal["demonstration", "secondary", "back_street", "unclassified"]

TIERS: Final[tuple[Tier, ...]] = ("demonstration", "secondary", "back_street", "unclassified")
"""From the strictest to the most lenient; the last is no tier (motorways and service ways carry no kerb use)."""

GRADED: Final = TIERS[:3]
"""The tiers that a list or a decision may give."""

TIER_SOURCES: Final = ("official", "manual", "inferred")
POINT_KINDS: Final = ("complaints", "stalls", "parking")

INGREDIENTS: Final = ("class", "traffic", "width", "frontage", "attractors", "complaints")
"""What a street's score is made of; each has a weight in the profile (`tiers.score.weight`)."""

SYNTHETIC: Final = "synthetic"
"""What the `source` of a made-up point says; it is shown wherever the point is."""

LOCATION: Final = ("segment_id", "side", "offset_m", "distance_m")
"""A point's linear reference, and how far it is from its segment."""

PLACED: Final = ("ambiguous", "precision", "import_id")
"""How sure the place of a point is, and which import it came with."""

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "roads": (
        "segment_id",
        "street_id",
        "way_id",
        "name",
        "aliases",
        "highway",
        "oneway",
        "lanes",
        "width_m",
        "width_source",
        "length_m",
        "bridge",
        "tunnel",
        "roundabout",
        "pavement_left_m",
        "pavement_right_m",
        "parking_left",
        "parking_right",
        "parking_left_cars",
        "parking_right_cars",
        "cycleway_left",
        "cycleway_right",
        "drive",
        "walk",
        "tier",
        "tier_source",
        "tier_reason",
        "tier_confidence",
    ),
    "paths": ("segment_id", "highway", "length_m", "walk"),
    "streets": (
        "street_id",
        "name",
        "aliases",
        "section",
        "highway",
        "tier",
        "tier_source",
        "tier_reason",
        "tier_confidence",
        "official_tier",
        "length_m",
        "complaints",
        "stalls",
        "parking",
    ),
    "street_scores": (
        "street_id",
        *("width_m", "traffic", "frontage_per_100m", "attractors", "complaints_per_km"),
        *(f"{ingredient}_points" for ingredient in INGREDIENTS),
        "score",
        "inferred_tier",
    ),
    "complaints": (
        "complaint_id",
        "category",
        "received_at",
        "answered_at",
        "closed_at",
        "channel",
        "status",
        "response",
        "subject_id",
        *LOCATION,
        "text",
        "source",
        "duplicate_of",
        *PLACED,
    ),
    "stalls": (
        "stall_id",
        "operator_id",
        "goods",
        "area_m2",
        "permit_until",
        "offences",
        "hardship",
        *LOCATION,
        "verdict",
        "reasons",
        "source",
        *PLACED,
    ),
    "parking": (
        "parking_id",
        "kind",
        "capacity",
        "night_only",
        *LOCATION,
        "source",
        *PLACED,
    ),
    "other": (
        "other_id",
        "category",
        "name",
        "rating",
        "received_at",
        "closed_at",
        "due_at",
        "status",
        *LOCATION,
        "text",
        "source",
        *PLACED,
    ),
    "facilities": ("facility_id", "kind", "name", "capacity", "hours", "access", "source", "precision", "import_id"),
    "facility_areas": ("facility_id", "kind", "orientation"),
    "context": ("kind", "name", "use", "levels"),
    "quarters": ("quarter_id", "name", "source"),
    "population": ("population_id", "name", "residents", "source"),
    "surveyed_widths": ("name", "from", "to", "width_m", "row", "file"),
    "kerbs": (
        "segment_id",
        "side",
        "street_id",
        "tier",
        "from_m",
        "to_m",
        "length_m",
        "source",
        "pavement_m",
        "place",
        "depth_m",
    ),
    "kerb_exclusions": (
        "segment_id",
        "side",
        "from_m",
        "to_m",
        "rule",
        "cause_id",
        "hours",
        "street_id",
        "tier",
        "cause_lon",
        "cause_lat",
    ),
    "stall_zones": (
        "zone_id",
        "segment_id",
        "side",
        "from_m",
        "to_m",
        "hours",
        "pitches",
        "tier",
        "rules",
        "street_id",
        "length_m",
        "place",
        "status",
        "decision_id",
    ),
    "shop_displays": (
        "facility_id",
        "street_id",
        *LOCATION,
        "frontage_m",
        "length_m",
        "depth_m",
        "hours",
        "rules",
    ),
    "bays": (
        "bay_id",
        "segment_id",
        "side",
        "offset_m",
        "orientation",
        "length_m",
        "width_m",
        "hours",
        "rules",
        "street_id",
        "tier",
        "width_source",
        "accessible",
        "quarter_id",
        "mapped",
    ),
    "parking_differences": ("segment_id", "side", "from_m", "to_m", "street_id", "status", "length_m", "cause"),
    "parking_need": (
        "street_id",
        "tier",
        *(f"{what}_{period}" for what in ("demand", "spaces", "pressure") for period in ("day", "night")),
        "bays",
        "relieved",
    ),
    "hotspots": (
        "segment_id",
        "street_id",
        "from_m",
        "to_m",
        "density",
        "complaints",
        "rate",
        "gi_z",
        "p_value",
        "hot",
        "moran",
        "moran_p",
        "quadrant",
        "cluster",
        "emerging",
    ),
    "patrol_districts": ("district_id", "work", "complaints", "length_m"),
    "patrol_rounds": ("district_id", "stops", "length_m"),
    "coverage": (
        "demand_id",
        "kind",
        "demand",
        "source",
        "facility_id",
        "walk_m",
        "minutes",
        "covered",
        "street_id",
        "tier",
        "quarter_id",
    ),
    "catchments": ("facility_id", "kind", "name", "demand", "within_m", "capacity", "hours", "source"),
    "coverage_gaps": ("gap_id", "kind", "demand", "places", "walk_m", "streets", "quarter_id"),
    "sites": (
        "site_id",
        "kind",
        "model",
        "rank",
        "source",
        "name",
        "street_id",
        "gain",
        "demand",
        "chosen_share",
        "capacity",
        "price",
        "status",
        "decision_id",
    ),
    "moves": ("stall_id", "street_id", "to_kind", "to_id", "walk_m", "reason"),
    "addresses": ("street", "number"),
    "decisions": (
        "decision_id",
        "kind",
        "at",
        "by",
        "subject",
        "subject_name",
        "before",
        "after",
        "reason",
        "undoes",
        "lon",
        "lat",
        "section",
        "part",
        "street_id",
    ),
    "selections": ("selection_id", "name", "at", "by", "street_ids"),
    "findings": ("layer", "row", "column", "problem", "action", "source", "import_id"),
    "imports": (
        "import_id",
        "at",
        "by",
        "kind",
        "file",
        "sha256",
        "format",
        "encoding",
        "crs",
        "mapping",
        "rows",
        "added",
        "updated",
        "refused",
        "doubted",
    ),
    "mappings": ("signature", "kind", "mapping"),
    "replaced": ("import_id", "kind", "row"),
}
"""The columns of each layer besides its geometry, in order. Lengths in metres, areas in square metres."""

_TYPES: Final[dict[str, str]] = {
    **dict.fromkeys(("oneway", "bridge", "tunnel", "drive", "walk", "night_only", "ambiguous"), "bool"),
    **dict.fromkeys(("roundabout", "hardship", "accessible", "mapped"), "bool"),
    **dict.fromkeys(
        (f"{what}_{period}" for what in ("demand", "spaces", "pressure") for period in ("day", "night")), "float64"
    ),
    "levels": "float64",
    **dict.fromkeys(("density", "rate", "gi_z", "p_value", "moran", "moran_p", "work"), "float64"),
    **dict.fromkeys(("hot", "covered"), "bool"),
    **dict.fromkeys(("residents", "demand", "minutes", "within_m", "gain", "chosen_share", "price"), "float64"),
    **dict.fromkeys(("places", "rank"), "Int64"),
    "stops": "Int64",
    **dict.fromkeys(("from_m", "to_m", "pavement_m", "depth_m", "walk_m", "frontage_m"), "float64"),
    **dict.fromkeys(("pavement_left_m", "pavement_right_m", "parking_left_cars", "parking_right_cars"), "float64"),
    **dict.fromkeys(("pitches", "bays", "relieved"), "Int64"),
    **dict.fromkeys(("width_m", "length_m", "tier_confidence", "offset_m", "distance_m", "area_m2"), "float64"),
    **dict.fromkeys(("lon", "lat", "cause_lon", "cause_lat"), "float64"),
    **dict.fromkeys(("traffic", "frontage_per_100m", "attractors", "complaints_per_km", "score"), "float64"),
    **dict.fromkeys((f"{ingredient}_points" for ingredient in INGREDIENTS), "float64"),
    **dict.fromkeys(("lanes", "offences", "capacity"), "Int64"),
    **dict.fromkeys(("rows", "added", "updated", "refused", "doubted"), "Int64"),
    "rating": "float64",
    "way_id": "int64",
    **dict.fromkeys(("received_at", "answered_at", "closed_at", "due_at", "at"), "datetime64[ms, UTC]"),
}


_COUNTS: Final = {
    *(("streets", kind) for kind in POINT_KINDS),
    ("findings", "row"),
    ("surveyed_widths", "row"),
    ("hotspots", "complaints"),
    ("patrol_districts", "complaints"),
}


def conform(table: pd.DataFrame, layer: str) -> pd.DataFrame:
    """
    Return `table` with exactly the columns of `layer` (and its geometry), in order and of the declared types.

    Missing columns come empty. The counts of `streets` are integers; all that is not declared otherwise is text.
    """
    import pandas as pd  # noqa: PLC0415 (the names in this module are used where no table is read)

    result = table.copy(deep=False)
    for column in COLUMNS[layer]:
        dtype = "Int64" if (layer, column) in _COUNTS else _TYPES.get(column, "object")
        if column not in result:
            result[column] = False if dtype == "bool" else None
        if dtype == "object":
            text = result[column].to_numpy(dtype=object, na_value=None)
            result[column] = pd.Series(text, index=result.index, dtype=object)
        elif dtype.startswith("datetime64"):
            result[column] = pd.to_datetime(result[column], utc=True).astype(dtype)
        else:
            result[column] = result[column].astype(dtype)
    geometry = ["geometry"] if "geometry" in result else []
    return result[[*COLUMNS[layer], *geometry]].reset_index(drop=True)


def together(first: pd.DataFrame, second: pd.DataFrame, layer: str) -> Any:
    """Return the rows of two tables of a layer, as `conform` has them; their geometry, if any, is in WGS 84."""
    import geopandas as gpd  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from geo.core.crs import WGS84  # noqa: PLC0415

    if second.empty:
        return first
    both = pd.concat([part for part in (first, second) if len(part)], ignore_index=True)
    if "geometry" not in both:
        return conform(both, layer)
    return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), layer)


def conform_geo(table: gpd.GeoDataFrame, layer: str) -> gpd.GeoDataFrame:
    """Return `conform` of a table that has a geometry."""
    import geopandas as gpd  # noqa: PLC0415

    return gpd.GeoDataFrame(conform(table, layer), geometry="geometry", crs=table.crs)
