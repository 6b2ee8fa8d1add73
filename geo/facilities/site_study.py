"""The work on sites, from and into the study file: where the next facilities go, how surely, and what is decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.crs import WGS84
from geo.core.errors import StudyError
from geo.core.records import document_rows
from geo.core.text import Text
from geo.core.vocabulary import FacilityKind
from geo.facilities.access import Access, joined
from geo.facilities.candidates import Candidates, Source, drawn, junctions, kerbs, lots, read_candidates, vacant
from geo.facilities.coverage import pairs_within, street_near
from geo.facilities.coverage_study import DEMAND, Asked, FacilityStudy, beside_other_kinds, no_demand
from geo.facilities.decisions import site_id
from geo.facilities.documents import CurvePoint, SiteDocument, SitesDocument, Stability, TrialDocument
from geo.facilities.location_models import LocationProblem, Model, Sited, solve
from geo.facilities.residents import place_of
from geo.points.imports import place_in
from geo.rules.documents import profile_document
from geo.study.reader import Study, on_study
from geo.study.results import MadeOf, Result, command_of
from geo.study.schema import conform_geo

Bools = NDArray[np.bool_]

_CURVE_AT_MOST: Final = 12
"""For more new facilities than these, the curve has some of the numbers only."""
_SEED: Final = 721


class Wish(NamedTuple):
    """
    What is asked of a choice of sites.

    Attributes
    ----------
    number
        How many new facilities at most.
    model
        What is best, as `geo.facilities.location_models.solve`.
    within_m
        The standard; by default the profile's.
    source
        Where candidates come from, where neither a file nor an area is given.
    file
        A file of candidates.
    corners
        Longitude and latitude of the corners of land that was drawn.
    closable
        The ids of facilities that may be closed; `all` for all.
    budget
        What new ones may cost together, by the candidates' prices.
    with_capacity
        Whether what facilities take is limited by their capacity, where it is known.
    """

    number: int
    model: Model = "coverage"
    within_m: float | None = None
    source: Source = "junctions"
    file: Path | None = None
    corners: Floats | None = None
    closable: tuple[str, ...] = ()
    budget: float = np.inf
    with_capacity: bool = False


class SiteStudy:
    """
    Candidates for a kind of facility, and the walks between them and those who need one.

    Parameters
    ----------
    study
        The facilities that are there, and who needs them.
    wish
        What is asked.
    """

    def __init__(self, study: FacilityStudy, wish: Wish) -> None:
        self.study, self.wish = study, wish
        self.within_m = study.within_m
        self.reach_m = max(float(study.profile["sites.reach"]), self.within_m)
        self.off_by = float(study.profile["sites.off_by"])
        self.seconds = float(study.profile["sites.seconds"])

    @cached_property
    def candidates(self) -> Candidates:
        """Where a facility might go."""
        study, wish = self.study, self.wish
        if wish.file is not None:
            return read_candidates(wish.file, place_in(study.study).ground, study.crs)
        if wish.corners is not None:
            return drawn(wish.corners, study.crs)
        if wish.source == "junctions":
            return junctions(study.network, study.roads, study.profile)
        if wish.source == "kerbs":
            return kerbs(study.roads, study.crs, study.profile)
        if wish.source == "lots":
            return lots(study.layer("facility_areas"), study.crs)
        return vacant(study.layer("context"), study.crs)

    @cached_property
    def lonlat(self) -> Floats:
        """Shape (m, 2): the places of candidates, in degrees."""
        return place_of(self.candidates.shapes, self.study.crs)

    @cached_property
    def access(self) -> Access:
        """How candidates are reached."""
        return self.study.access(self.candidates.shapes, gates=True)

    @property
    def before(self) -> int:
        """How many sites are there or decided on: they come before the candidates."""
        return len(self.study.supply.table) + len(self.study.accepted)

    @cached_property
    def problem(self) -> LocationProblem:
        """Demand, sites and walks: facilities that are there, accepted sites, then candidates."""
        study, wish = self.study, self.wish
        if study.demand.table.empty:
            raise no_demand(study.asked)
        if self.candidates.table.empty:
            raise StudyError(
                Text("没有候选地", "There are no candidates"),
                Text(
                    "请换一种候选地来源，或用 --candidates 提供文件",
                    "Ask for another source of candidates, or give a file with --candidates",
                ),
            )
        there = len(study.supply.table)
        own = joined(study.gates, study.at(study.accepted[["lon", "lat"]].to_numpy(dtype=float)), there)
        every = joined(own, self.access, self.before)
        far = self.within_m if wish.model in ("coverage", "cover_all") else self.reach_m
        # walks may turn out shorter: those pairs are looked at too
        demand, site, walk = pairs_within(study.network, study.doors, every, far / (1 - self.off_by))
        size = self.before + len(self.candidates.table)
        ids = study.supply.table["facility_id"].to_numpy(dtype=object)
        closable = np.zeros(size, dtype=bool)
        closable[:there] = np.isin(ids, wish.closable) | ("all" in wish.closable)
        self._known(ids)
        kept = np.arange(size) < self.before
        room = np.full(size, np.inf)
        if wish.with_capacity:
            capacity = study.supply.table["capacity"].astype("Float64").to_numpy(dtype=float, na_value=np.inf)
            room[:there] = capacity
            own_room = self.candidates.table["capacity"].to_numpy(dtype=float)
            room[self.before :] = np.where(np.isfinite(own_room), own_room, np.inf)
        price = np.ones(size)
        price[self.before :] = self.candidates.table["price"].to_numpy(dtype=float)
        return LocationProblem(
            weight=study.demand.weight,
            demand=demand,
            site=site,
            walk_m=walk,
            kept=kept & ~closable,
            closable=closable,
            price=price,
            room=room,
            number=wish.number,
            budget=wish.budget,
            within_m=self.within_m,
            beyond_m=self.reach_m,
        )

    def _known(self, ids: NDArray[np.object_]) -> None:
        unknown = sorted(set(self.wish.closable) - {"all", *ids})
        if unknown:
            raise StudyError(
                Text(f"没有设施 {'、'.join(unknown)}", f"There is no facility {', '.join(unknown)}"),
                Text("请用 jiexu coverage --json 查看编号", "See their ids with: jiexu coverage STUDY --json"),
            )

    @cached_property
    def asked(self) -> LocationProblem:
        """The problem as it is asked, without the pairs that are there for shorter walks."""
        limit = self.within_m if self.wish.model in ("coverage", "cover_all") else self.reach_m
        return self.problem.where(self.problem.walk_m <= limit)

    @cached_property
    def chosen(self) -> Sited:
        """The best choice."""
        return solve(self.asked, self.wish.model, self.seconds)

    @cached_property
    def now(self) -> float:
        """How much demand is covered by what is there or decided on."""
        there = np.arange(self.problem.sites) < self.before
        walk = self.asked.least(there)
        return float(self.problem.weight[walk <= self.within_m].sum())

    def curve(self) -> list[CurvePoint]:
        """
        Return the best choice of each number of new facilities, whatever they cost; in mean walks, demand out of reach
        counts as `sites.reach`.
        """
        most = int(self.chosen.opened[self.before :].sum()) if self.wish.model == "cover_all" else self.wish.number
        numbers = list(range(most + 3))
        if len(numbers) > _CURVE_AT_MOST:
            numbers = sorted({0, *np.unique(np.linspace(0, most, _CURVE_AT_MOST).astype(int)).tolist()})
        model: Model = "median" if self.wish.model == "median" else "coverage"
        total = float(self.problem.weight.sum())
        rows: list[CurvePoint] = []
        limit = self.seconds / len(numbers)
        for number in numbers:
            problem = self.asked._replace(number=number, budget=np.inf)
            same = number == most and model == self.wish.model and not np.isfinite(self.wish.budget)
            found = self.chosen if same else solve(problem, model, limit)
            covered = float(found.served.sum())
            row: CurvePoint = {
                "count": number,
                "covered": round(covered, 1),
                "share": round(covered / total, 4),
                "walk_m": round(found.objective / total, 1) if model == "median" else None,
                "gap": round(found.gap, 6),
            }
            if rows:
                step = number - rows[-1]["count"]
                row["gain"] = round((covered - rows[-1]["covered"]) / max(step, 1), 1)
            rows.append(row)
        return rows

    def stability(self) -> Stability:
        """
        Draw demand by street, and walks by site, anew within `sites.off_by`, and choose again.

        Returns
        -------
        stability
            The share of the draws in which each site is chosen, and the worst regret.
        """
        draws, rng = int(self.study.profile["sites.draws"]), np.random.default_rng(_SEED)
        street, names = pd.factorize(self.study.table["street_id"])
        times, regret, tried = np.zeros(self.problem.sites), 0.0, 0
        low, high = 1 - self.off_by, 1 + self.off_by
        for number in range(2 * draws):
            problem = self.problem
            if number < draws:
                factor = rng.uniform(low, high, len(names) + 1)[street]
                problem = problem._replace(weight=problem.weight * factor)
            else:
                # the first two: everybody walks faster, or slower
                scale = {draws: low, draws + 1: high}.get(number)
                each = rng.uniform(low, high, problem.sites) if scale is None else np.full(problem.sites, scale)
                problem = problem._replace(walk_m=problem.walk_m * each[problem.site])
            limit = self.within_m if self.wish.model in ("coverage", "cover_all") else self.reach_m
            problem = problem.where(problem.walk_m <= limit)
            try:
                best = solve(problem, self.wish.model, max(self.seconds / (4 * draws), 0.5), self.chosen.opened)
            except StudyError:  # what is off may leave too little room for all
                continue
            tried += 1
            times += best.opened
            regret = max(regret, self._regret(problem, best))
        share = times / max(tried, 1)
        return {"draws": tried, "off_by": self.off_by, "share": share, "worst_regret": round(regret, 4)}

    def _regret(self, problem: LocationProblem, best: Sited) -> float:
        """Return by how much of the best our choice falls short in a draw."""
        none = np.zeros(problem.sites, dtype=bool)
        fixed = problem._replace(kept=self.chosen.opened, closable=none, number=0, budget=np.inf)
        model: Model = "coverage" if self.wish.model == "cover_all" else self.wish.model
        try:
            ours = solve(fixed, model, self.seconds)
        except StudyError:  # with our sites, somebody has no way to any
            return 1.0
        if model == "coverage":
            most, covered = float(best.served.sum()), ours.objective
            return max(0.0, (most - covered) / max(most, 1e-9))
        return max(0.0, (ours.objective - best.objective) / max(best.objective, 1e-9))

    def order(self) -> tuple[Integers, list[float]]:
        """Return the new sites in the order in which each adds most to those before it, and what each adds."""
        opened = self.chosen.opened.copy()
        new = np.flatnonzero(opened & ~self.problem.kept & ~self.problem.closable)
        standing, left = opened & ~np.isin(np.arange(len(opened)), new), list(new)
        order: list[int] = []
        added: list[float] = []
        while left:
            walk = self.asked.least(standing)
            gains = [self._gain(int(site), walk) for site in left]
            best = int(np.argmax(gains))
            added.append(gains[best])
            order.append(int(left.pop(best)))
            standing[order[-1]] = True
        return np.array(order, dtype=np.int64), added

    def _gain(self, site: int, walk_m: Floats) -> float:
        """Return what a site adds where everybody walks so far: demand covered, or metres spared (`median`)."""
        mine = self.asked.site == site
        who, walk = self.asked.demand[mine], self.asked.walk_m[mine]
        weight = self.problem.weight[who]
        if self.wish.model == "median":
            return float((weight * np.maximum(np.minimum(walk_m[who], self.reach_m) - walk, 0.0)).sum())
        return float(weight[(walk <= self.within_m) & (walk_m[who] > self.within_m)].sum())

    def layer(self, stability: Stability) -> gpd.GeoDataFrame:
        """Return the layer `sites`: the new ones in order, accepted ones, and those that are closed."""
        (order, gains), study = self.order(), self.study
        number = order - self.before
        lonlat = self.lonlat[number]
        table = self.candidates.table.iloc[number]
        row = street_near(study.roads, self.candidates.shapes[number], study.crs)
        on = study.roads.iloc[row]
        names = table["name"].where(table["name"].notna(), pd.Series(on["name"].to_numpy(), index=table.index))
        new = pd.DataFrame(
            {
                "site_id": [site_id(study.kind, *place) for place in lonlat],
                "kind": study.kind,
                "model": self.wish.model,
                "rank": np.arange(1, len(order) + 1),
                "source": table["source"].to_numpy(dtype=object),
                "name": names.to_numpy(dtype=object),
                "street_id": on["street_id"].to_numpy(dtype=object),
                "gain": np.round(gains, 1),
                "demand": np.round(self.chosen.load[order], 1),
                "chosen_share": np.round(stability["share"][order], 3),
                "capacity": pd.array(table["capacity"], dtype="Float64").astype("Int64"),
                "price": table["price"].to_numpy(dtype=float),
                "status": "proposed",
            }
        )
        made = gpd.GeoDataFrame(new, geometry=shapely.points(lonlat), crs=WGS84)
        parts = [made, *self._standing()]
        both = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else made
        return conform_geo(gpd.GeoDataFrame(both, geometry="geometry", crs=WGS84), "sites")

    def _standing(self) -> list[gpd.GeoDataFrame]:
        """Return accepted sites, and facilities that the choice closes."""
        study, there = self.study, len(self.study.supply.table)
        accepted = study.accepted
        one = gpd.GeoDataFrame(
            {
                "site_id": accepted["subject"],
                "kind": study.kind,
                "name": accepted["subject_name"],
                "street_id": accepted["street_id"],
                "demand": self.chosen.load[there : self.before].round(1),
                "status": "accepted",
                "decision_id": accepted["decision_id"],
            },
            geometry=gpd.points_from_xy(accepted["lon"], accepted["lat"]),
            crs=WGS84,
        )
        closed = np.flatnonzero(self.problem.closable & ~self.chosen.opened)
        table = study.supply.table.iloc[closed]
        other = gpd.GeoDataFrame(
            {
                "site_id": table["facility_id"],
                "kind": study.kind,
                "name": table["name"],
                "source": table["source"],
                "status": "closed",
            },
            geometry=shapely.points(study.supply.lonlat[closed]) if len(closed) else [],
            crs=WGS84,
        )
        return [one, other]


SITES: Final[Result[SitesDocument]] = Result(
    "sites",
    Text("选址", "Sites"),
    DEMAND | MadeOf(decisions=("site:{of}",), rules=("sites",)),
    ("sites",),
)


@on_study
def choose_sites(study: Study, kind: FacilityKind, wish: Wish, asked: Asked = "residents") -> SitesDocument:
    """
    Choose sites for new facilities and write the layer `sites` into the study.

    Parameters
    ----------
    study
        The study, or its path.
    kind
        Market, parking or toilet.
    wish
        What is asked.
    asked
        Whose need counts.

    Returns
    -------
    summary
        The sites with the proof, the shares before and after, the curve by number, and the stability.

    Raises
    ------
    InputError
        For a file of candidates that cannot be read.
    StudyError
        If there is no demand or no candidate, all cannot be covered, or the study cannot be written.
    """

    facilities = FacilityStudy(study, kind, asked, within_m=wish.within_m)
    sited = SiteStudy(facilities, wish)
    document, layer = site_summary(sited)
    command = command_of(
        "site",
        study,
        kind=kind,
        count=wish.number,
        model=None if wish.model == "coverage" else wish.model,
        within=wish.within_m,
        demand=None if asked == "residents" else asked,
        candidates=wish.file or (None if wish.source == "junctions" else wish.source),
        close=wish.closable,
        budget=wish.budget if np.isfinite(wish.budget) else None,
        with_capacity=wish.with_capacity,
    )
    sites = beside_other_kinds(study, "sites", kind, layer)
    SITES.of_kind(kind).keep(study, document, {"sites": sites}, command, seed=_SEED)
    return document


def site_summary(sited: SiteStudy) -> tuple[SitesDocument, gpd.GeoDataFrame]:
    """Return what a choice comes to, as `choose_sites` does, and the layer `sites`."""
    study, wish, chosen = sited.study, sited.wish, sited.chosen
    total = float(study.demand.weight.sum())
    stable = sited.stability()
    layer = sited.layer(stable)
    reach = sited.asked.least(np.ones(sited.problem.sites, dtype=bool))
    covered = float(chosen.served.sum())
    rows = pd.DataFrame(layer.drop(columns="geometry")).assign(
        lon=shapely.get_x(layer.geometry.to_numpy()).round(6), lat=shapely.get_y(layer.geometry.to_numpy()).round(6)
    )
    document: SitesDocument = {
        "kind": study.kind,
        "asked": study.asked,
        "model": wish.model,
        "count": wish.number,
        "within_m": sited.within_m,
        "budget": wish.budget if np.isfinite(wish.budget) else None,
        "with_capacity": wish.with_capacity,
        "profile": profile_document(study.profile),
        "candidates": {
            "number": len(sited.candidates.table),
            "source": str(sited.candidates.table["source"].iloc[0]),
        },
        "objective": round(chosen.objective, 4),
        "bound": round(chosen.bound, 4),
        "proven_gap": round(chosen.gap, 6),
        "proven": chosen.gap == 0,
        "demand": round(total, 1),
        "covered_before": round(sited.now, 1),
        "share_before": round(sited.now / total, 4),
        "covered": round(covered, 1),
        "share": round(covered / total, 4),
        "walk_m": round(chosen.objective / total, 1) if wish.model == "median" else None,
        "out_of_reach": round(float(study.demand.weight[~np.isfinite(reach)].sum()), 1),
        "sites": document_rows(rows[rows["status"] == "proposed"], SiteDocument),
        "closed": document_rows(rows[rows["status"] == "closed"], SiteDocument),
        "curve": sited.curve(),
        "stability": {
            "draws": stable["draws"],
            "off_by": stable["off_by"],
            "worst_regret": stable["worst_regret"],
        },
        "credit": study.study.facts["credit"],
    }
    return document, layer


def moved_share(study: FacilityStudy, places: Sequence[tuple[float, float]]) -> TrialDocument:
    """
    Return what facilities at these places come to beside those that are there or decided on: `covered`, `share`,
    `gain`.
    """
    total = float(study.demand.weight.sum())
    before = study.covered(study.decided_m)
    after = study.covered(study.with_sites(np.array(places, dtype=float).reshape(-1, 2), study.decided_m))
    return {"covered": after, "share": after / total if total else 0.0, "gain": after - before}
