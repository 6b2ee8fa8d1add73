"""Bays beside the parking that is there, from a hand-made extract to the document."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geo.build import Inputs, build_study
from geo.parking.documents import BaysDocument
from geo.parking.study import plan_bays
from geo.rules import load_profile
from geo.study.file import read_layer

SIDES = {
    "Closed Street": {"parking:both": "no"},
    "Day Street": {"parking:both": "lane", "parking:both:restriction:conditional": "no_parking @ (Mo-Fr 08:00-18:00)"},
    "Night Street": {"parking:both": "lane", "parking:both:restriction:conditional": "no_stopping @ (20:00-08:00)"},
    "Parked Street": {"parking:both": "lane"},
    "New Street": {},
}
"""Five streets 300 m long and 14 m wide, 200 m apart."""

METRE = 1 / 111_320
EAST = METRE / np.cos(np.radians(36))


def extract(path: Path) -> Path:
    """Write the streets as an extract; in the parking lane of New Street stands a tree."""
    nodes, ways = [], []
    for number, (name, tags) in enumerate(SIDES.items()):
        lat = 36 + 200 * METRE * number
        nodes += [f'<node id="{10 * number + end + 1}" lat="{lat}" lon="{114 + 300 * EAST * end}"/>' for end in (0, 1)]
        said = {"highway": "residential", "name": name, "width": "14", **tags}
        ways.append(
            f'<way id="{number + 1}"><nd ref="{10 * number + 1}"/><nd ref="{10 * number + 2}"/>'
            + "".join(f'<tag k="{key}" v="{value}"/>' for key, value in said.items())
            + "</way>"
        )
    tree = 36 + 200 * METRE * 4 + 6 * METRE
    nodes.append(
        f'<node id="99" lat="{tree}" lon="{114 + 150 * EAST}"><tag k="natural" v="tree"/>'
        '<tag k="obstacle:parking" v="yes"/></node>'
    )
    path.write_text(f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>', encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("supply")
    path = folder / "study.gpkg"
    build_study(path, Inputs(extract(folder / "streets.osm")))
    return path


@pytest.fixture(scope="module")
def planned(study: Path) -> BaysDocument:
    return plan_bays(study, load_profile("china"), night=True)


def test_bays_lie_where_and_when_no_sign_forbids_them(study: Path, planned: BaysDocument) -> None:
    bays = read_layer(study, "bays")
    streets = read_layer(study, "streets").set_index("street_id")["name"]
    found = bays.assign(name=bays["street_id"].map(streets)).groupby("name")["hours"].unique().map(set).to_dict()
    assert found == {"Day Street": {"night"}, "Parked Street": {"all_day"}, "New Street": {"all_day"}}


def test_bays_on_mapped_parking_are_no_new_ones(study: Path, planned: BaysDocument) -> None:
    bays = read_layer(study, "bays")
    supply = planned["supply"]["hours"]
    for hours in ("all_day", "night"):
        mine = bays[bays["hours"] == hours]
        assert supply[hours]["on_existing"] == mine["mapped"].sum() > 0
        assert supply[hours]["new"] == (~mine["mapped"]).sum() == supply[hours]["new_capacity"]["likely"]
    assert supply["all_day"]["new"] > 0 == supply["night"]["new"]
    assert planned["bays"]["all_day"] == supply["all_day"]["new"] + supply["all_day"]["on_existing"]


def test_existing_parking_counts_in_the_hours_of_its_signs(planned: BaysDocument) -> None:
    # two sides of 300 m of three streets: by day one is closed in 50 of 91 hours, another in one of 13
    existing = planned["supply"]["existing"]
    whole = existing["day"] / (1 + 41 / 91 + 12 / 13)
    assert whole == pytest.approx(2 * (300.8 // 5.2), rel=0.05)
    assert existing["night"] == pytest.approx(2 * whole, rel=0.02)


def test_metres_that_signs_keep_from_bays_are_told_by_hours(planned: BaysDocument) -> None:
    by_day, at_night = (planned["supply"]["hours"][hours]["signs_m"] for hours in ("all_day", "night"))
    closed = {"bay.on_tagged_no": 600, "bay.on_no_parking": 600, "bay.on_no_stopping": 600}
    assert by_day == pytest.approx(closed, rel=0.01)
    assert at_night == pytest.approx({"bay.on_tagged_no": 600, "bay.on_no_stopping": 600}, rel=0.01)
    assert planned["metres_lost"]["clearance.parking_obstacle"] == pytest.approx(3, abs=0.1)


def test_only_chosen_streets_count(study: Path, planned: BaysDocument) -> None:
    streets = read_layer(study, "streets").set_index("name")["street_id"]
    some = plan_bays(study, load_profile("china"), [streets["New Street"]])["supply"]
    assert some["existing"] == {"day": 0, "night": 0}
    assert some["hours"]["all_day"]["on_existing"] == 0 < some["hours"]["all_day"]["new"]
    assert some["hours"]["all_day"]["signs_m"] == {}
