"""Parking demand along the streets of a study, and the bays that would relieve it."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.network.graph import Network, Positions
from geo.parking.choice import BayProblem, Choice, choose, whole
from geo.parking.documents import NeedDocument
from geo.parking.need import (
    PERIODS,
    Cells,
    Period,
    WalkReach,
    demand,
    need_layer,
    off_street,
    on_street,
    spaces_within,
    within_walk,
)
from geo.parking.room import BayHours
from geo.parking.street_choice import shortage, street_choice

if TYPE_CHECKING:
    from geo.parking.study import BayStudy

HOURS_OF: Final[dict[Period, BayHours]] = {"day": "all_day", "night": "night"}
"""The bays that are chosen by the demand of a period."""

_SOME_CARS: Final = 0.05
"""Streets with fewer cars have none, to the decimal that is shown."""


class Need:
    """
    Parking demand along the streets of a study, and the bays that would relieve it.

    Parameters
    ----------
    bays
        The rooms for bays.
    network
        On foot.
    """

    def __init__(self, bays: BayStudy, network: Network) -> None:
        self.bays, self.network, self.profile = bays, network, bays.profile
        study, crs, roads = bays.study, bays.ground.kerbs.crs, bays.ground.kerbs.roads
        self.roads, self.within_m = roads, float(self.profile["need.within"])
        names = ("context", "complaints", "facilities", "facility_areas", "parking")
        context, complaints, facilities, areas, parking = (study.layer(name) for name in names)
        self.cells = Cells(roads, network, float(self.profile["need.cell"]))
        self.cars = demand(roads, self.cells, context, complaints, crs, self.profile, study.place.timezone)
        lots = off_street(facilities, areas, parking, network, crs, self.profile)
        kerbside = on_street(bays.mapped, parking, self.cells)
        self._seeking = np.flatnonzero(self.cars["day"] + self.cars["night"] > 0)
        # places: car parks, then the cells that have spaces at their kerbs
        rows = np.flatnonzero(kerbside["day"] + kerbside["night"] > 0)
        at = self.cells.positions(rows)
        both = Positions(np.concatenate([lots.at.segment, at.segment]), np.concatenate([lots.at.offset_m, at.offset_m]))
        self.spaces = {period: np.append(lots.spaces[period], kerbside[period][rows]) for period in PERIODS}
        self.reach = self._within(both, np.append(np.full(len(lots.at.segment), -1), rows))
        self.found = {period: spaces_within(self.reach, self.spaces[period], self.cars[period]) for period in PERIODS}

    def _within(self, places: Positions, own: NDArray[np.int64]) -> WalkReach:
        """Return the cells within a walk of places; `own` is the cell that each place lies in, or -1."""
        found = within_walk(self.network, self.cells, places, self._seeking, self.within_m)
        # two places of one cell are a third of its length apart on average
        inside = own[found.place] == found.cell
        within_cell = self.cells.length_m[found.cell] / 3
        return found._replace(walk_m=np.where(inside, np.maximum(found.walk_m, within_cell), found.walk_m))

    def document(self) -> dict[str, NeedDocument]:
        """Return cars and spaces by day and at night."""
        return {
            period: {
                "cars": round(float(self.cars[period].sum()), 1),
                "spaces": round(float(self.spaces[period].sum()), 1),
            }
            for period in PERIODS
        }

    def layer(
        self, streets: gpd.GeoDataFrame, bays: pd.DataFrame, relieved: NDArray[np.int64] | None = None
    ) -> gpd.GeoDataFrame:
        """Return the layer `parking_need`; `bays` are counted, `relieved` are cars by cell."""
        counted = self.cells.sums(self.cells.of(bays))
        nobody = np.zeros(len(self.cells), dtype=np.int64)
        more = {"bays": counted, "relieved": nobody if relieved is None else relieved}
        return need_layer(streets, self.roads, self.cells, self.cars, self.found, more)

    def choice(self, bays: pd.DataFrame, budget: int, period: Period) -> tuple[NDArray[np.bool_], Choice]:
        """
        Choose the bays of a period's hours that relieve the most, except where parking is mapped already.

        No street gets more bays than it lacks (`by_street`), nor more than its share of kerb.

        Parameters
        ----------
        bays
            As `BayStudy.candidates` or `BayStudy.described` returns.
        budget
            How many there may be.
        period
            The time that counts.
        """
        roads = self.roads
        cell = self.cells.of(bays)
        mine = (bays["hours"] == HOURS_OF[period]).to_numpy()
        fresh = np.flatnonzero(mine & ~bays["mapped"].to_numpy(dtype=bool) & (cell >= 0))
        # a street that lacks none, or has no share of kerb left, has no candidates: nobody looks who could walk there
        every, of_row = np.unique(roads["street_id"].to_numpy(dtype=str), return_inverse=True)
        lacking = self.by_street(period)["shortage"].reindex(every).fillna(0).to_numpy(dtype=np.int64)
        most = np.minimum(self._most(every), lacking)
        of_fresh = of_row[self.cells.row[cell[fresh]]]
        there = np.unique(of_fresh)
        fresh = fresh[most[of_fresh] > 0]
        places, number, counts = np.unique(cell[fresh], return_inverse=True, return_counts=True)
        street = np.searchsorted(there, of_row[self.cells.row[places]])
        names = every[there]
        pressure = self._pressure(period).reindex(names).fillna(0.0).to_numpy()
        problem = BayProblem(
            cars=whole(self.cars[period]),
            spaces=whole(self.spaces[period]),
            reach=self.reach,
            bays=counts,
            bay_reach=self._within(self.cells.positions(places), places),
            street=street,
            street_most=most[there],
            budget=budget,
        )
        found = choose(problem, pressure, self.within_m)
        # of a cell's bays the first ones along its longer row: they stay together
        side = (bays["side"].iloc[fresh] == "right").to_numpy()
        size = np.bincount(2 * number + side, minlength=2 * len(places))[2 * number + side]
        order = np.lexsort((bays["offset_m"].iloc[fresh].to_numpy(), side, -size, number))
        first = np.searchsorted(number[order], np.arange(len(places)))
        rank = np.arange(len(order)) - first[number[order]]
        chosen = np.zeros(len(bays), dtype=bool)
        chosen[fresh[order[rank < found.bays[number[order]]]]] = True
        return chosen, found

    def by_street(self, period: Period) -> pd.DataFrame:
        """Return `cars`, `spaces` (within a walk, that fall to them) and `shortage` of every street."""
        table = pd.DataFrame(
            {
                "street": self.roads["street_id"].to_numpy(dtype=str)[self.cells.row],
                "cars": self.cars[period],
                "spaces": self.found[period],
            }
        )
        sums = table.groupby("street").sum()
        return sums.assign(shortage=shortage(sums["cars"], sums["spaces"]))

    def streets(
        self, bays: pd.DataFrame, chosen: NDArray[np.bool_], budget: int, period: Period, only: Collection[str] | None
    ) -> pd.DataFrame:
        """
        Return the choice street by street, as `geo.parking.street_choice.street_choice`.

        Parameters
        ----------
        bays, chosen
            The bays that fit, and the ones of them that were chosen: of the period's hours.
        budget, period
            As `choice` takes them.
        only
            The streets that could have some; by default all.
        """
        table = self.by_street(period)
        mine = (bays["hours"] == HOURS_OF[period]).to_numpy()
        fresh = mine & ~bays["mapped"].to_numpy(dtype=bool)
        for name, counted in (("room", mine), ("fresh", fresh), ("by_day", ~mine), ("bays", chosen)):
            counts = bays.loc[counted, "street_id"].value_counts()
            table[name] = counts.reindex(table.index).fillna(0).astype(np.int64)
        table["most"] = self._most(table.index.to_numpy(dtype=str))
        asked = np.ones(len(table), dtype=bool) if only is None else table.index.isin(list(only))
        return street_choice(table[asked & ((table["cars"] >= _SOME_CARS) | (table["bays"] > 0))], budget)

    def _pressure(self, period: Period) -> pd.Series:
        """Return the cars per space of each street; streets without any space come before all others."""
        sums = self.by_street(period)
        return sums["cars"] / sums["spaces"].clip(lower=1e-6)

    def _most(self, names: NDArray[np.str_]) -> NDArray[np.int64]:
        """Return how many bays each street may have by the share of its kerb."""
        room = self.bays.room("all_day")
        kerbs = room.kerbs
        metres = kerbs.kerb_metres(np.arange(len(kerbs)), kerbs.from_m, np.maximum(kerbs.to_m, kerbs.from_m))
        streets = pd.Series(metres).groupby(np.repeat(self.roads["street_id"].to_numpy(dtype=str), 2)).sum()
        share = streets.reindex(names).to_numpy() * float(self.profile["need.kerb_share"])
        return np.floor(share / (room.pitch_m + room.gap_m) + 1e-9).astype(np.int64)
