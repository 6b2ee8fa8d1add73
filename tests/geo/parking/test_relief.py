"""The need of streets: cars, the spaces that fall to them, and the bays that they lack."""

from __future__ import annotations

from pathlib import Path

from geo.network.on_foot import network_of
from geo.parking.relief import HOURS_OF, Need
from geo.parking.study import BayStudy
from geo.rules import load_profile
from geo.study.reader import Study


def test_no_choice_exceeds_what_a_street_lacks_and_walks_within_a_piece_take_a_way(built: Path) -> None:
    study = Study(built)
    rooms = BayStudy(study, load_profile().changed({"need.own_space": 0.5}))
    need = Need(rooms, network_of(study))
    bays = rooms.described(rooms.bays(night=True)[0])
    assert need.reach.walk_m.min() > 0, "nobody walks nothing"
    for period, hours in HOURS_OF.items():
        chosen, found = need.choice(bays, 30, period)
        assert set(bays.loc[chosen, "hours"]) <= {hours}
        assert chosen.sum() == found.bays.sum() <= 30
        lacking = need.by_street(period)["shortage"]
        given = bays.loc[chosen, "street_id"].value_counts()
        assert (given <= lacking.reindex(given.index)).all()
        table = need.streets(bays, chosen, 30, period, None)
        assert table["bays"].sum() == chosen.sum()
