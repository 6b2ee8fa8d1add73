"""The choice of sites is the best one, with no more sites than gain anything; curve and table say the same."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from geo.facilities.deadline import Deadline
from geo.facilities.facility_study import FacilityStudy
from geo.facilities.location_problem import LocationProblem, Model
from geo.facilities.site_choice import SiteStudy
from geo.facilities.site_problem import SiteRequest
from geo.rules import Profile
from geo.study.reader import Study


def test_the_greedy_choice_is_never_better(study: Path) -> None:
    facilities = FacilityStudy(Study(study), "toilet")
    sited = SiteStudy(facilities, SiteRequest(4))
    place, site, walk = sited.within_limit.demand, sited.within_limit.site, sited.within_limit.walk_m
    near = np.zeros((len(facilities.demand.weight), sited.problem.sites), dtype=bool)
    near[place, site] = walk <= sited.within_m
    covered = np.asarray(near[:, : sited.before].any(axis=1))
    for _ in range(4):
        gain = (near & ~covered[:, None]).T @ facilities.demand.weight
        covered |= near[:, int(gain.argmax())]
    assert sited.chosen.objective >= facilities.demand.weight[covered].sum() - 1e-6


class Town(SiteStudy):
    """A made-up town: by site, the places of demand within the standard; sites before `kept` are there."""

    def __init__(
        self, profile: Profile, weight: list[float], reach: list[list[int]], request: SiteRequest, kept: int = 0,
        room: list[float] | None = None, deadline: Deadline | None = None,
    ) -> None:  # fmt: skip
        table = pd.DataFrame({"street_id": [f"s{k}" for k in range(len(weight))]})
        study = SimpleNamespace(profile=profile, within_m=300.0, table=table)
        super().__init__(cast(FacilityStudy, study), request, deadline)
        self._kept = kept
        self.__dict__["by_places"] = None  # there are no streets to walk
        site = np.repeat(np.arange(len(reach)), [len(places) for places in reach])
        there = np.arange(len(reach)) < kept
        self.__dict__["problem"] = LocationProblem(
            weight=np.array(weight), demand=np.concatenate(reach), site=site,
            walk_m=np.array(100.0 + 10.0 * site, dtype=float),
            kept=there, closable=np.zeros(len(reach), dtype=bool), price=np.ones(len(reach)),
            room=np.full(len(reach), np.inf) if room is None else np.array(room), number=request.number,
            budget=request.budget, within_m=300.0, beyond_m=2000.0,
        )  # fmt: skip

    @property
    def before(self) -> int:
        return self._kept


WEIGHT = [10.0, 20.0, 30.0, 40.0, 50.0]
REACH = [[0], [0, 1], [2, 3], [1, 2], [4], [3, 4], [0, 1, 2]]


@pytest.mark.parametrize(
    ("model", "number"),
    [*((model, number) for model in ("coverage", "median", "cover_all") for number in (1, 2, 3)), ("centre", 3)],
)
def test_the_gains_of_the_table_are_those_of_the_curve_and_sum_up(model: Model, number: int, profile: Profile) -> None:
    town = Town(profile, WEIGHT, REACH, SiteRequest(number, model), kept=1)
    curve, gains = town.curve(), town.order.gain.tolist()
    assert [row["gain"] for row in curve[1 : len(gains) + 1]] == gains
    assert curve[0]["covered"] == 10
    assert curve[0]["covered"] + sum(gains) == pytest.approx(curve[len(gains)]["covered"])
    walk = town.within_limit.least(town.chosen.opened)
    assert curve[len(gains)]["covered"] == pytest.approx(town.problem.weight[walk <= 300].sum())
    assert [row["count"] for row in curve] == list(range(len(curve)))
    for row in curve:
        assert row["best"] is not None
        assert row["gap"] is not None
        assert model == "median" or row["best"] >= row["covered"]


def test_no_more_sites_are_proposed_than_gain_anything(profile: Profile) -> None:
    # two sites cover all; with three, each of another three adds something to those before it
    reach = [[0, 1, 2], [3, 4, 5], [0, 3], [1, 4], [2, 5]]
    town = Town(profile, [10.0] * 6, reach, SiteRequest(3))
    assert np.flatnonzero(town.chosen.opened).tolist() == [0, 1]
    assert town.chosen.gap == 0
    assert town.order.gain.tolist() == [30, 30]
    assert town.stopped_by == "no_gain"
    assert [row.get("gain") for row in town.curve()] == [None, 30, 30, 0, 0]
    assert town.undone == []


@pytest.mark.parametrize(
    ("request_", "proposed", "stopped_by"),
    [
        (SiteRequest(2), 2, "number"),
        (SiteRequest(9), 3, "no_gain"),
        (SiteRequest(9, budget=2.0), 2, "budget"),
        (SiteRequest(0), 0, "number"),
        (SiteRequest(9, "cover_all"), 3, "all_covered"),
    ],
)
def test_the_answer_says_why_there_are_no_more(
    request_: SiteRequest, proposed: int, stopped_by: str, profile: Profile
) -> None:
    town = Town(profile, [10.0, 20.0, 30.0], [[0], [1], [2], [0], [1]], request_)
    assert len(town.order.sites) == proposed
    assert town.stopped_by == stopped_by


def test_with_little_room_the_gains_sum_up_to_what_finds_room(profile: Profile) -> None:
    room = [15.0, 15.0, 100.0]
    town = Town(profile, [20.0, 20.0, 5.0], [[0], [0, 1], [2]], SiteRequest(3, with_capacity=True), room=room)
    curve = town.curve()
    assert sum(town.order.gain) == pytest.approx(35)
    assert curve[-1]["covered"] == pytest.approx(35)
    assert town.chosen.objective == pytest.approx(35)


def test_what_time_cut_short_is_said(profile: Profile) -> None:
    now = [0.0]
    deadline = Deadline(10.0, lambda: now[0])
    reach = [[0, 1, 2], [3, 4, 5], [0, 3], [1, 4], [2, 5]]
    town = Town(profile, [10.0] * 6, reach, SiteRequest(3), deadline=deadline)
    assert town._best.objective == 60
    now[0] = 11.0
    assert town.chosen.objective == 60
    curve, stable = town.curve(), town.stability()
    assert {"fewest", "curve", "stability"} <= set(town.undone)
    assert any(row["best"] is None and row["gap"] is None for row in curve)
    assert stable.draws == 0
