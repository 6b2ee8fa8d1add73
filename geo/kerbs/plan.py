"""The base of every plan of a study's kerbs: exclusions, pieces of kerb between their ends, and free stretches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Floats, Integers
from geo.core.opening_hours import Slots
from geo.core.tolerances import ROUNDING
from geo.kerbs.exclusions import Exclusions, Masks, Pieces, Runs, cut, runs, together
from geo.kerbs.ground import KerbGround
from geo.kerbs.numbering import kerb_of, other_side, segment_of
from geo.kerbs.road_kinds import ROAD_KINDS, Stretches, at_works, of_kind
from geo.rules.loader import Profile


class Zones(NamedTuple):
    """
    Stretches of kerb that take at least one pitch (for a stall) or bay; at any one time they do not overlap.

    Attributes
    ----------
    kerb, from_m, to_m
        Shape (z,): sorted by kerb and place.
    mask
        In which slots they are open.
    length_m
        At the kerb itself.
    pitches
        How many fit.
    first, last
        The stretches of `KerbPlan.free` that they are made of.
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats
    mask: Masks
    length_m: Floats
    pitches: Integers
    first: Integers
    last: Integers


class KerbPlan(ABC):
    """
    A plan of every kerb of a study: exclusions by rule, and free stretches.

    Parameters
    ----------
    ground
        The kerbs and their obstacles.
    profile
        The rules.
    slots
        The times of the week between which nothing changes.

    Attributes
    ----------
    exclusions
        All of them, clipped to their kerbs: a plan sets them with `settle`.
    pieces
        The kerbs cut at the exclusions' ends.
    tier
        Shape (2 n,): of each kerb's street.
    """

    order: ClassVar[tuple[str, ...]]
    """The rules that may exclude kerb, in the order in which a waterfall shows what each takes."""

    exclusions: Exclusions
    pieces: Pieces

    def __init__(self, ground: KerbGround, profile: Profile, slots: Slots) -> None:
        self.ground, self.profile, self.kerbs, self.slots = ground, profile, ground.kerbs, slots
        self.tier = self.kerbs.tier

    def settle(self, exclusions: Exclusions) -> None:
        """Keep the exclusions, and cut the kerbs at their ends."""
        self.exclusions = exclusions
        self.pieces = cut(self.kerbs.from_m, self.kerbs.to_m, exclusions)

    def clipped(self, parts: Iterable[Exclusions]) -> Exclusions:
        """Return exclusions together, within their kerbs and in the slots that there are."""
        every = together(list(parts))
        in_slots = every._replace(mask=every.mask & np.uint64(self.slots.all))
        return in_slots.within(self.kerbs.from_m, self.kerbs.to_m)

    def whole(
        self, kerb: Integers, rule: str | NDArray[np.object_], cause: str | NDArray[np.object_], mask: int
    ) -> Exclusions:
        """Return exclusions of whole kerbs."""
        return Exclusions.of(kerb, np.zeros(len(kerb)), self.kerbs.length_m[kerb], rule, cause, mask)

    def segment_ids(self, kerb: Integers) -> NDArray[np.object_]:
        """Return the `segment_id` of each kerb."""
        return np.asarray(self.kerbs.roads["segment_id"].to_numpy(dtype=object)[segment_of(kerb)])

    def street_ids(self, kerb: Integers) -> NDArray[np.object_]:
        """Return the `street_id` of each kerb."""
        return np.asarray(self.kerbs.roads["street_id"].to_numpy(dtype=object)[segment_of(kerb)])

    def on_streets(self, street_ids: Collection[str]) -> NDArray[np.bool_]:
        """Tell whether kerbs are on the given streets, shape (2 n,)."""
        return np.repeat(self.kerbs.roads["street_id"].isin(street_ids).to_numpy(), 2)

    def without_frontage(self, group: str) -> list[Exclusions]:
        """Return the kerbs at medians, and on bridges and in tunnels where `GROUP.on_bridges`, `.in_tunnels` say so."""
        median = np.flatnonzero(self.ground.facing >= 0)
        facing = self.kerbs.roads["segment_id"].to_numpy(dtype=object)[self.ground.facing[median]]
        found = [self.whole(median, "kerb.median_within", facing, self.slots.all)]
        for column, rule in (("bridge", f"{group}.on_bridges"), ("tunnel", f"{group}.in_tunnels")):
            if not self.profile[rule]:
                there = np.flatnonzero(np.repeat(self.kerbs.roads[column].to_numpy(dtype=bool), 2))
                found.append(self.whole(there, rule, self.segment_ids(there), self.slots.all))
        return found

    def unsuited(self, group: str, kinds: Sequence[str] = ROAD_KINDS) -> list[Exclusions]:
        """Return the kerbs that carry no use by `GROUP.on_KIND` of their carriageway, and `GROUP.at_works`."""
        every, found = self.slots.all, []
        for kind in kinds:
            if not self.profile[f"{group}.on_{kind}"]:
                there = np.flatnonzero(np.repeat(of_kind(self.kerbs.roads, kind), 2))
                found.append(self.whole(there, f"{group}.on_{kind}", self.segment_ids(there), every))
        if not self.profile[f"{group}.at_works"]:
            found.append(self.stretches(at_works(self.kerbs), f"{group}.at_works"))
        return found

    def stretches(self, found: Stretches, rule: str) -> Exclusions:
        """Return exclusions of stretches of kerb in every slot; their cause is the segment."""
        kerb, from_m, to_m = found
        return Exclusions.of(kerb, from_m, to_m, rule, self.segment_ids(kerb), self.slots.all)

    @property
    def carriageway_m(self) -> Floats:
        """Shape (2 n,): the width of each kerb's carriageway, from kerb to kerb."""
        return self.kerbs.carriageway_m

    @cached_property
    def ranks(self) -> Integers:
        """Shape (k,): the place of each exclusion's rule in `order`."""
        place = {rule: number for number, rule in enumerate(self.order)}
        codes, names = pd.factorize(self.exclusions.rule)
        return np.array([place[name] for name in names], dtype=np.int64)[codes]

    @cached_property
    def excluded(self) -> Masks:
        """The slots of each piece's exclusion."""
        return self.pieces.excluded(self.exclusions.mask)

    @cached_property
    def free(self) -> Runs:
        """Stretches of kerb free in the same slots; `value` holds the slots, 0 for none."""
        return runs(self.pieces, np.uint64(self.slots.all) & ~self.excluded)

    @cached_property
    def zones(self) -> Zones:
        """The stretches of kerb that take at least one pitch or bay."""
        return self.zones_of(self.free)

    @abstractmethod
    def zones_of(self, free: Runs) -> Zones:
        """Return the zones that free stretches make."""

    @property
    def kerb_groups(self) -> Integers:
        """Shape (2 n,): the group of each kerb; its zones depend on the free kerb of its group only."""
        return np.arange(len(self.kerbs))

    def worse_side(self, narrow: NDArray[np.bool_], exclusions: Exclusions) -> Integers:
        """
        Of kerbs usable on one side of their street only, return the ones on the side with less room.

        The side is one for all of a street, so that a use does not change sides from block to block. Of sides that are
        alike it is the one that traffic does not keep to in a one-way street, and elsewhere that of the drawing
        direction of most of the street.

        Parameters
        ----------
        narrow
            Shape (2 n,): the kerbs of carriageways too narrow for both sides.
        exclusions
            What is excluded already.
        """
        if not narrow.any():
            return np.zeros(0, dtype=np.int64)
        kerbs = self.kerbs
        pieces = cut(kerbs.from_m, kerbs.to_m, exclusions)
        closed = pieces.excluded(exclusions.mask) == np.uint64(self.slots.all)
        metres = np.where(closed, 0.0, kerbs.kerb_metres(pieces.kerb, pieces.from_m, pieces.to_m))
        free = np.bincount(pieces.kerb, weights=metres, minlength=len(kerbs))
        street, side = self._sides_of_streets()
        number = kerb_of(street, side)
        sums = np.bincount(number, weights=np.where(narrow, free, 0.0), minlength=2 * (int(street.max()) + 1))
        own, across = sums[number], sums[other_side(number)]
        worse = (own < across - ROUNDING) | (
            (np.abs(own - across) <= ROUNDING) & (side != self._better_of_alike(street, side))
        )
        return np.flatnonzero(narrow & worse)

    def _better_of_alike(self, street: Integers, side: Integers) -> Integers:
        """
        Return the side that each kerb's street uses where both have as much room, shape (2 n,).

        It is the near side of most of its one-way metres (drawn with their traffic); without any, that of most of its
        metres in their drawing direction; of as many either way, the near side along its main direction.
        """
        kerbs = self.kerbs
        left = self.ground.drives_on == "left"
        near = np.tile([left, not left], len(kerbs) // 2)
        one_way = np.repeat(kerbs.roads["oneway"].to_numpy(dtype=bool), 2)
        chosen = np.full(int(street.max()) + 1, 0 if left else 1)
        for counted in (near, near & one_way):
            metres = np.where(counted, kerbs.length_m, 0.0)
            votes = np.bincount(2 * street + side, weights=metres, minlength=2 * len(chosen)).reshape(-1, 2)
            decided = np.abs(votes[:, 1] - votes[:, 0]) > ROUNDING
            chosen = np.where(decided, votes[:, 1] > votes[:, 0], chosen)
        return np.asarray(chosen, dtype=np.int64)[street]

    def _sides_of_streets(self) -> tuple[Integers, Integers]:
        """Return each kerb's street and its side of it, independent of the drawing direction of segments."""
        kerbs = self.kerbs
        street = np.unique(kerbs.roads["street_id"].to_numpy(dtype=str), return_inverse=True)[1]
        ends = kerbs.centre.xy[kerbs.centre.last] - kerbs.centre.xy[kerbs.centre.first]
        # the main direction of a street: doubled angles, so that opposite directions count alike
        angle = np.arctan2(ends[:, 1], ends[:, 0])
        weight = np.hypot(*ends.T)
        doubled = [np.bincount(street, weights=weight * turn(2 * angle)) for turn in (np.cos, np.sin)]
        axis = np.arctan2(doubled[1], doubled[0]) / 2
        against = np.cos(angle - axis[street]) < 0
        side = np.stack([against, ~against], axis=1).astype(np.int64).ravel()
        return np.repeat(street, 2), side
