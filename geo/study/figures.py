"""A study's figures: rows, kilometres and points per tier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from geo.study.file import LAYERS, about, connect, extent_of, read_layer
from geo.study.schema import POINT_KINDS, SYNTHETIC
from geo.study.sql import statement


def synthetic_counts(path: Path) -> dict[str, int]:
    """Return how many points of each kind are made up, for whoever shows them."""
    with connect(path) as connection:
        return {
            kind: int(
                connection.execute(
                    statement("SELECT count(*) FROM {table} WHERE source = ?", table=kind), (SYNTHETIC,)
                ).fetchone()[0]
            )
            for kind in POINT_KINDS
        }


def info(path: Path) -> dict[str, Any]:
    """
    Return the study's figures: what `jiexu info --json` prints.

    Returns
    -------
    figures
        `layers` (rows by layer), `streets_km` by `tier` and by `tier_source`, `per_tier` (for each tier: km, and
        complaints, stalls and parking with their count per km), `synthetic` (made-up points by layer), `extent`
        (west, south, east, north in degrees), `metric_crs`, `osm_date`, `osm_source`, `profile` (name and hash),
        `findings` (by layer), `credit`.
    """
    facts = about(path)
    roads = pd.DataFrame(read_layer(path, "roads").drop(columns="geometry"))
    tier_of_segment = pd.Series(roads["tier"].to_numpy(), index=roads["segment_id"].to_numpy())
    km = roads["length_m"].groupby(roads["tier"]).sum() / 1000
    per_tier: dict[str, dict[str, float | int | None]] = {tier: {"km": round(float(v), 3)} for tier, v in km.items()}
    layers = {}
    for kind in POINT_KINDS:
        points = read_layer(path, kind)
        counts = points["segment_id"].map(tier_of_segment).value_counts()
        for tier, figures in per_tier.items():
            count = int(counts.get(tier, 0))
            figures[kind] = count
            length = figures["km"] or 0
            figures[f"{kind}_per_km"] = round(count / length, 3) if length else None
    with connect(path) as connection:
        for name in LAYERS:
            layers[name] = int(connection.execute(statement("SELECT count(*) FROM {table}", table=name)).fetchone()[0])
    findings = read_layer(path, "findings")
    by_source = roads["length_m"].groupby(roads["tier_source"]).sum() / 1000
    return {
        "study": path.name,
        "built_at": facts["built_at"],
        "layers": layers,
        "streets_km": {
            "tier": {tier: figures["km"] for tier, figures in per_tier.items()},
            "tier_source": {str(source): round(float(v), 3) for source, v in by_source.items()},
        },
        "per_tier": per_tier,
        "synthetic": synthetic_counts(path),
        "extent": list(extent_of(path)),
        "metric_crs": facts["metric_crs"],
        "osm_date": facts.get("osm_date"),
        "osm_source": facts.get("osm_source"),
        "profile": {"name": facts["profile"], "hash": facts["profile_hash"]},
        "findings": {str(layer): int(n) for layer, n in findings["layer"].value_counts().items()},
        "credit": facts["credit"],
    }
