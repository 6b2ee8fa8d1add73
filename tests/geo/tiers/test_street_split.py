"""A section becomes a street of its own in place: no metre, point or segment is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.core.errors import StudyError
from geo.study.file import changing, read_layer
from geo.tiers.street_split import carve_street


def test_a_section_takes_its_segments_and_the_street_keeps_the_rest(study: Path) -> None:
    roads = read_layer(study, "roads")
    street = roads["street_id"].value_counts().index[0]
    own = roads[roads["street_id"] == street]
    some = own["segment_id"].tolist()[:2]
    before = read_layer(study, "streets").set_index("street_id").loc[street]
    with changing(study) as connection:
        section = carve_street(connection, street, some, "a section")
    assert section == f"{street}.1"
    after, roads = read_layer(study, "streets").set_index("street_id"), read_layer(study, "roads")
    assert set(roads.loc[roads["street_id"] == section, "segment_id"]) == set(some)
    assert after.loc[[street, section], "length_m"].sum() == pytest.approx(before["length_m"], abs=0.01)
    assert after.loc[section, "tier"] == before["tier"]
    for kind in ("complaints", "stalls", "parking"):
        assert after.loc[[street, section], kind].sum() == before[kind]
    scores = read_layer(study, "street_scores").set_index("street_id")
    assert scores.loc[section, "score"] == scores.loc[street, "score"]


def test_all_segments_of_a_street_are_the_street_and_those_of_others_are_refused(study: Path) -> None:
    roads = read_layer(study, "roads")
    street, other = roads["street_id"].unique()[:2]
    own = roads.loc[roads["street_id"] == street, "segment_id"].tolist()
    strange = roads.loc[roads["street_id"] == other, "segment_id"].tolist()
    with changing(study) as connection:
        assert carve_street(connection, street, own, "all") == street
    refused: tuple[list[str], ...] = (strange, [])
    for segments in refused:
        with pytest.raises(StudyError, match="not the street's"), changing(study) as connection:
            carve_street(connection, street, segments, "none")
