"""Whose demand a kind of facility serves."""

from __future__ import annotations

from pathlib import Path

from geo.facilities.coverage_study import cover
from geo.rules import Profile
from geo.study.file import read_layer


def test_stalls_and_complaints_are_demand_too(study: Path, profile: Profile) -> None:
    summary = cover(study, "parking", asked="points")
    complaints = read_layer(study, "complaints")
    complaints = complaints[complaints["segment_id"].notna()]  # a case without a place is demand nowhere
    mine = complaints["category"].isin(profile["need.complaint_categories"]) & complaints["duplicate_of"].isna()
    assert summary["demand"]["total"] == summary["demand"]["synthetic"] == mine.sum(), "made-up points say so"
    assert list(summary["demand"]["sources"]) == ["complaints"]
    goods = read_layer(study, "stalls")["goods"]
    market = cover(study, "market", asked="points")
    assert market["demand"]["total"] == goods.str.contains("肉").sum()
