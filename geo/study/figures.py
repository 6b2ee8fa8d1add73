"""A study's figures: rows, kilometres and points per tier."""

from __future__ import annotations

import datetime as dt
import json
import math
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from geo.core.place import Place, place_of
from geo.rules.documents import profile_document
from geo.rules.loader import profile_in_force
from geo.study.damage import reading
from geo.study.database import connect
from geo.study.documents import FiguresDocument, PlaceDocument, TierFigures
from geo.study.file import about, now, require_sound, rules_day
from geo.study.left_out import AHEAD_DAYS, COLUMN, EARLIEST_DAY, PLACE_FIELD, LeftOut
from geo.study.opening import check_counts
from geo.study.schema import LAYERS, POINT_KINDS, SYNTHETIC
from geo.study.sql import Fragment, statement


def synthetic_counts(path: Path) -> dict[str, int]:
    """Return how many points of each kind are made up, for whoever shows them."""
    require_sound(path, *POINT_KINDS)
    with reading(path), connect(path) as connection:
        return _synthetic(connection)


def info(path: Path) -> FiguresDocument:
    """Return the study's figures, as printed by `jiexu info --json`."""
    facts = about(path)
    require_sound(path, "roads", "findings", *POINT_KINDS)
    with reading(path), connect(path) as connection:
        connection.execute("BEGIN")  # one state of the study for all figures
        there = {row[0] for row in connection.execute("SELECT table_name FROM gpkg_contents")}
        # a layer that came since the study was made is empty
        layers = {name: _count(connection, name) if name in there else 0 for name in LAYERS}
        check_counts(path, connection, {name: rows for name, rows in layers.items() if name in there})
        km, by_source = _kilometres(connection, "tier"), _kilometres(connection, "tier_source")
        points = {kind: _points_by_tier(connection, kind) for kind in POINT_KINDS}
        left_out = {kind: _left_out(connection, kind) for kind in POINT_KINDS}
        synthetic = _synthetic(connection)
        # the most frequent first, then as they stand in the table
        findings = connection.execute(
            "SELECT layer, count(*) FROM findings WHERE layer IS NOT NULL GROUP BY layer ORDER BY 2 DESC, min(rowid)"
        ).fetchall()
    return {
        "study": path.name,
        "built_at": facts["built_at"],
        "layers": layers,
        "streets_km": {
            "tier": km,
            "tier_source": by_source,
        },
        "per_tier": {
            tier: _tier_figures(length, {kind: counts.get(tier, 0) for kind, counts in points.items()})
            for tier, length in km.items()
        },
        "left_out": {kind: reasons for kind, reasons in left_out.items() if reasons},
        "synthetic": synthetic,
        "extent": json.loads(facts["extent"]),
        "metric_crs": facts["metric_crs"],
        "scale_error": _scale_error(facts),
        "place": _place_document(place_of(facts)),
        "osm_date": facts.get("osm_date"),
        "osm_source": facts.get("osm_source"),
        "profile": profile_document(profile_in_force(facts["rules"], rules_day(facts))),
        "findings": {str(layer): int(count) for layer, count in findings},
        "credit": facts["credit"],
    }


def _scale_error(facts: Mapping[str, str]) -> float | None:
    """Return the worst relative error of lengths within the extent, to a millionth; None where it has no bound."""
    known = facts.get("scale_error")
    if known is None:  # of a study that was built before it was kept
        import pyproj  # noqa: PLC0415 (slow to load)

        from geo.core.crs import scale_error  # noqa: PLC0415

        west, south, east, north = json.loads(facts["extent"])
        known = str(scale_error((west, south, east, north), pyproj.CRS.from_user_input(facts["metric_crs"])))
    return round(float(known), 6) if math.isfinite(float(known)) else None


def _tier_figures(km: float, points: dict[str, int]) -> TierFigures:
    """Return the figures of a tier from its kilometres and its points by kind."""
    per_km = {kind: round(count / km, 3) if km else None for kind, count in points.items()}
    return {
        "km": km,
        "complaints": points["complaints"],
        "complaints_per_km": per_km["complaints"],
        "stalls": points["stalls"],
        "stalls_per_km": per_km["stalls"],
        "parking": points["parking"],
        "parking_per_km": per_km["parking"],
    }


def _place_document(place: Place) -> PlaceDocument:
    """Return a study's place in the world as `info` has it."""
    calendar = place.calendar
    return {
        "country": place.country,
        "region": place.region,
        "timezone": place.timezone,
        "calendar": {
            "name": calendar.name,
            "known_until": calendar.known_until,
            "text": {"zh": calendar.limits.zh, "en": calendar.limits.en},
        },
        "national_grid": None if place.national_grid is None else f"EPSG:{place.national_grid}",
        "drives_on": place.drives_on,
    }


def _count(connection: sqlite3.Connection, layer: str) -> int:
    return int(connection.execute(statement("SELECT count(*) FROM {table}", table=layer)).fetchone()[0])


def _synthetic(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of made-up points of each kind."""
    made_up = "SELECT count(*) FROM {kind} WHERE source = ?"
    return {
        kind: int(connection.execute(statement(made_up, kind=kind), (SYNTHETIC,)).fetchone()[0]) for kind in POINT_KINDS
    }


def _kilometres(connection: sqlite3.Connection, column: str) -> dict[str, float]:
    """Return the kilometres of street by the values of a column of `roads`, to the metre."""
    sums = "SELECT {column}, sum(length_m) FROM roads WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY {column}"
    rows = connection.execute(statement(sums, column=column))
    return {str(value): round((length or 0.0) / 1000, 3) for value, length in rows}


def _points_by_tier(connection: sqlite3.Connection, kind: str) -> dict[str, int]:
    """Return the number of points on streets of each tier, of a doubted time or place none."""
    reason, values = _reason(connection, kind)
    counts = (
        "SELECT roads.tier, count(*) FROM {kind} JOIN roads USING (segment_id) WHERE {reason} IS NULL "
        "GROUP BY roads.tier"
    )
    rows = connection.execute(statement(counts, kind=kind, reason=reason), values)
    return {str(tier): int(count) for tier, count in rows}


def _left_out(connection: sqlite3.Connection, kind: str) -> LeftOut:
    """Return how many points the figures by tier leave out, by reason."""
    reason, values = _reason(connection, kind)
    counts = "SELECT {reason} AS reason, count(*) FROM {kind} GROUP BY 1 HAVING reason IS NOT NULL"
    rows = connection.execute(statement(counts, kind=kind, reason=reason), values)
    return {str(name): int(count) for name, count in rows}


def _reason(connection: sqlite3.Connection, kind: str) -> tuple[Fragment, tuple[str, ...]]:
    """
    Return the expression of the reason why a point counts on no street, or NULL, and its values.

    It says in SQL what `geo.points.cases.placed_cases` says of tables; `info` loads no tables.
    """
    columns = {row[1] for row in connection.execute(statement("PRAGMA table_info({kind})", kind=kind))}
    cases, values = [], []
    listed = f"',' || replace(coalesce({COLUMN}, ''), ' ', '') || ','"
    if "received_at" in columns:
        ahead = now() + dt.timedelta(days=AHEAD_DAYS["received_at"])
        cases.append("WHEN received_at < ? OR received_at > ? THEN 'received_doubted'")
        values += [EARLIEST_DAY, f"{ahead:%Y-%m-%dT%H:%M:%S.999Z}"]
        if COLUMN in columns:
            cases.append(f"WHEN {listed} LIKE '%,received_at,%' THEN 'received_doubted'")
    cases.append(f"WHEN {kind}.segment_id IS NULL THEN 'no_place'")
    if COLUMN in columns:
        cases.append(f"WHEN {listed} LIKE '%,{PLACE_FIELD},%' THEN 'place_doubted'")
    return Fragment(f"(CASE {' '.join(cases)} END)"), tuple(values)
