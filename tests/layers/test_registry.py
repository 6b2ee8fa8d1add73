"""The one list of the map's layers."""

from __future__ import annotations

from geo.study.schema import SPATIAL_LAYERS
from geo.study.versions import VIEWS
from layers.registry import BY_NAME, LAYERS, ON_REQUEST


def test_every_layer_is_cut_from_a_layer_of_the_study_and_dated_by_some() -> None:
    assert len(BY_NAME) == len(LAYERS)
    for layer in LAYERS:
        assert layer.source in {*SPATIAL_LAYERS, *VIEWS}
        assert layer.made_of.layers == (layer.source,)
        assert "-" not in layer.name, "an archive's name is divided there"


def test_a_layer_is_drawn_by_its_parts_and_stands_in_the_legend_under_its_name() -> None:
    for layer in LAYERS:
        for part in layer.drawing:
            assert part["tileLayer"] == layer.name
            assert part["kind"] in ("line", "polygon", "dot")
            assert ("colour" in part) != ("by" in part)
        if layer.legend is None:
            continue
        group = layer.legend("en")
        assert group.get("layer") == (layer.name if layer.name in ON_REQUEST else None)
        assert group["title"] != layer.legend("zh")["title"]
        assert group["entries"]


def test_ground_lies_below_streets_and_points_on_top() -> None:
    names = [layer.name for layer in LAYERS]
    assert names[0] == "context"
    assert names[-3:] == ["complaints", "stalls", "parking"]
    assert names.index("context") < names.index("streets") < names.index("oneway") < names.index("stall_zones")


def test_a_direction_is_dated_by_the_build_and_not_by_decisions_on_tiers() -> None:
    assert VIEWS[BY_NAME["oneway"].source].layer == "roads"
    assert "tier" in VIEWS[BY_NAME["oneway"].source].without
