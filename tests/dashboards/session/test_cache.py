"""Cached values say what they are made of, truly: a page never shows one of before a change."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from dashboards.session import cache
from dashboards.session.complaint_figures import Asked
from geo.study.reader import Reads, Study, recording
from geo.study.schema import LAYERS
from geo.tiers.decisions import decide_tier, find_street

ARGUMENTS: Mapping[str, tuple[Any, ...]] = {
    "categories": ("stalls",),
    "columns": ("streets", "name"),
    "streets_of": (("s1",),),
    "crossings": ("s1",),
    "plan": ("stall", ()),
    "stall_fall": (0, ()),
    "bay_study": ((),),
    "facilities_within": ("toilet", "residents", 300.0),
    "site_of_gap": ("toilet", "residents", "toilet-001", 300.0),
    "siting": ("toilet", "residents", 300.0),
    "lists_on": ("2026-01-01",),
    "answers_at": ("2026-01-01T00:00:00+00:00",),
    "distinct_hours": ("stall_zones",),
    "bay_fall": ("night", ("s1",)),
    "kerbs_of_bays": ("night",),
    "counted": ("2026-01-01T00:00:00+00:00",),
    "covered": ("2026-01-01T00:00:00+00:00",),
    "chosen": (Asked("2026-01-01T00:00:00+00:00", street_ids=("s1",)),),
    "late": (Asked("2026-01-01T00:00:00+00:00", street_ids=("s1",)),),
    "curve": (Asked("2026-01-01T00:00:00+00:00", street_ids=("s1",)),),
    "per_street_on": ("2026-01-01", ("noise",)),
}
"""What a cached value is asked with; others take nothing."""

USES: Mapping[str, Callable[[Any], object]] = {
    "bay_study": lambda rooms: (rooms.bays(night=True), rooms.described(rooms.bays(night=False)[0])),
    "facilities_within": lambda facilities: (facilities.table, facilities.gaps, facilities.decided_m),
    "siting": lambda sited: sited.access,
}
"""What pages ask of a value that reads the study when it is asked."""


@pytest.fixture
def copied(placed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = Path(shutil.copy(placed, tmp_path / "study.gpkg"))
    monkeypatch.setenv("JIEXU_STUDY", str(path))
    st.cache_resource.clear()
    yield path
    st.cache_resource.clear()


@pytest.mark.parametrize("name", [name for name in cache.DERIVED if name != "figures"])
def test_every_cached_value_reads_what_it_declares_and_nothing_else(name: str, copied: Path) -> None:
    arguments = ARGUMENTS.get(name, ())
    derived = cache.DERIVED[name]
    reads = Reads()
    with recording() as found:
        value = derived.make(*arguments)
        USES.get(name, lambda value: value)(value)
    for each in found:
        reads.layers |= each.layers
        reads.decisions |= each.decisions
        reads.facts |= each.facts
        reads.rules |= each.rules
    declared = derived.made_of(*arguments)
    assert reads.layers <= set(declared.layers)
    assert reads.decisions <= set(declared.decisions)
    assert reads.facts <= set(declared.facts)
    assert reads.rules <= set(declared.rules)
    if name not in USES:
        assert set(declared.layers) - reads.layers <= _OTHER_WAYS.get(name, set())


_OTHER_WAYS: Mapping[str, set[str]] = {
    # rooms read these when their bays are described
    "bay_fall": {"complaints", "quarters", "segments", "streets"},
    "kerbs_of_bays": {"complaints", "quarters", "segments", "streets"},
    # of a study without other lists
    "lists_on": {"segments", "street_lines", "quarters"},
    # demand of other kinds of facilities and of points, and balances, are read when they are asked for
    "site_of_gap": set(LAYERS) | {"segments", "vendors", "street_lines"},
}


def test_figures_are_of_the_whole_study() -> None:
    assert set(cache.DERIVED["figures"].made_of().layers) == set(LAYERS)


def test_a_network_is_made_again_for_new_gates_and_paths_but_not_for_a_decision(copied: Path) -> None:
    first = cache.network()
    assert cache.network() is first
    decide_tier(copied, find_street(copied, "Bulevardi"), "demonstration", "because")
    assert cache.network() is first, "a tier moves no way"
    for layer in ("paths", "facilities"):
        study = Study(copied)
        study.write({layer: study.layer(layer)})
        again = cache.network()
        assert again is not first
        first = again


def test_doubts_and_places_of_addresses_follow_facilities_and_rules(copied: Path) -> None:
    assert "audit" in cache.DERIVED["doubts"].made_of().rules
    assert {"facilities", "addresses", "segments"} <= set(cache.DERIVED["place"].made_of().layers)
    first = cache.place()
    study = Study(copied)
    study.write({"facilities": study.layer("facilities")})
    assert cache.place() is not first


def test_a_layer_is_shared_and_nobody_changes_it_for_others(copied: Path) -> None:
    cache.layer("streets")["name"] = "x"
    assert (cache.layer("streets")["name"] != "x").any()
