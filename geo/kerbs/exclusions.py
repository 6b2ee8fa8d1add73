"""Stretches of kerb with a use forbidden by a rule, and the stretches left free by all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.core.arrays import Flags, Floats, Integers, members, run_ends, run_starts
from geo.core.tolerances import ROUNDING

Masks = NDArray[np.uint64]
Texts = NDArray[np.object_]


def holds(masks: Masks, slot: int) -> NDArray[np.bool_]:
    """Tell whether masks have a slot of the week."""
    return np.asarray((masks >> np.uint64(slot) & np.uint64(1)).astype(bool))


class Exclusions(NamedTuple):
    """
    Stretches of kerb that rules exclude; they may overlap.

    Attributes
    ----------
    kerb
        Shape (k,): as `geo.kerbs.lines.Kerbs` numbers them.
    from_m, to_m
        Along the segment's centre line.
    rule
        The parameter of the profile that says so.
    cause
        What it is there for: the id of a facility, segment, street or decision.
    cause_xy
        Shape (k, 2): where that is, metric; NaN where it is no place.
    mask
        In which slots of the week it holds (`geo.core.opening_hours.Slots`).
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats
    rule: Texts
    cause: Texts
    cause_xy: Floats
    mask: Masks

    @classmethod
    def of(
        cls,
        kerb: Integers,
        from_m: Floats,
        to_m: Floats,
        rule: str | Texts,
        cause: str | Texts,
        mask: int,
        xy: Floats | None = None,
    ) -> Exclusions:
        """Return exclusions of one rule, or of one each."""
        size = len(kerb)
        return cls(
            np.asarray(kerb, dtype=np.int64),
            np.asarray(from_m, dtype=float),
            np.asarray(to_m, dtype=float),
            _texts(rule, size),
            _texts(cause, size),
            np.full((size, 2), np.nan) if xy is None else np.asarray(xy, dtype=float),
            np.full(size, mask, dtype=np.uint64),
        )

    def where(self, chosen: Flags | Integers) -> Exclusions:
        """Return the chosen exclusions."""
        return Exclusions(
            self.kerb[chosen],
            self.from_m[chosen],
            self.to_m[chosen],
            self.rule[chosen],
            self.cause[chosen],
            self.cause_xy[chosen],
            self.mask[chosen],
        )

    def within(self, begin: Floats, end: Floats) -> Exclusions:
        """Return the exclusions clipped to their kerbs (`begin`, `end` by kerb), without any that touch none."""
        from_m = np.maximum(self.from_m, begin[self.kerb])
        to_m = np.minimum(self.to_m, end[self.kerb])
        return self._replace(from_m=from_m, to_m=to_m).where(to_m - from_m > ROUNDING)


def _texts(value: str | Texts | pd.Series | list[str], size: int) -> Texts:
    if isinstance(value, np.ndarray | pd.Series | list):
        return np.asarray(value, dtype=object)
    return np.full(size, value, dtype=object)


def together(parts: Sequence[Exclusions]) -> Exclusions:
    """Return the exclusions of several rules as one."""
    return Exclusions(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class Pieces(NamedTuple):
    """
    Kerbs cut wherever an exclusion begins or ends.

    Attributes
    ----------
    kerb, from_m, to_m
        Shape (p,): sorted by kerb and place; the pieces of a kerb follow each other without gaps.
    piece, exclusion
        Shape (q,): which exclusion covers which piece; sorted by piece.
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats
    piece: Integers
    exclusion: Integers

    def excluded(self, masks: Masks) -> Masks:
        """Return the slots of each piece's exclusion, given the masks of the exclusions."""
        return _joined(self.piece, masks[self.exclusion], len(self.kerb))


def cut(begin: Floats, end: Floats, exclusions: Exclusions) -> Pieces:
    """
    Cut kerbs at the ends of exclusions.

    Parameters
    ----------
    begin, end
        Of each kerb; one whose end is not after its beginning has no pieces.
    exclusions
        Clipped to their kerbs (`Exclusions.within`).
    """
    there = np.flatnonzero(end - begin > ROUNDING)
    kerb = np.concatenate([there, there, exclusions.kerb, exclusions.kerb])
    at = np.concatenate([begin[there], end[there], exclusions.from_m, exclusions.to_m])
    order = np.lexsort((at, kerb))
    kerb, at = kerb[order], at[order]
    new = run_starts(kerb)
    new[1:] |= at[1:] - at[:-1] > ROUNDING
    number = np.empty(len(kerb), dtype=np.int64)
    number[order] = np.cumsum(new) - 1
    kerb, at = kerb[new], at[new]
    same = kerb[1:] == kerb[:-1]
    # a piece starts at every breakpoint but the last of its kerb
    pieces_before = np.concatenate([[0], np.cumsum(same)])
    first, last = number[2 * len(there) :].reshape(2, -1)
    counts = last - first
    which, nth = members(counts)
    piece = pieces_before[first[which]] + nth
    order = np.argsort(piece, kind="stable")
    return Pieces(kerb[:-1][same], at[:-1][same], at[1:][same], piece[order], which[order])


def _joined(owner: Integers, masks: Masks, size: int) -> Masks:
    """Return the masks of each owner, 0 to size - 1, joined; `owner` is sorted."""
    result = np.zeros(size, dtype=np.uint64)
    if len(owner):
        begins = np.flatnonzero(run_starts(owner))
        result[owner[begins]] = np.bitwise_or.reduceat(masks, begins)
    return result


class Runs(NamedTuple):
    """
    Longest stretches of kerb over a constant number.

    Attributes
    ----------
    kerb, from_m, to_m, value
        Shape (r,): sorted by kerb and place.
    piece
        Shape (p,): the run of each piece.
    """

    kerb: Integers
    from_m: Floats
    to_m: Floats
    value: Masks
    piece: Integers


def runs(pieces: Pieces, value: Masks) -> Runs:
    """Join pieces that follow each other on a kerb and have the same value."""
    if len(pieces.kerb) == 0:
        return Runs(pieces.kerb, pieces.from_m, pieces.to_m, value, pieces.kerb)
    new = run_starts(pieces.kerb, value)
    first, last = np.flatnonzero(new), np.flatnonzero(run_ends(new))
    return Runs(pieces.kerb[first], pieces.from_m[first], pieces.to_m[last], value[first], np.cumsum(new) - 1)
