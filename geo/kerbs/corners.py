"""The corners of junctions: the points where a kerb meets the next street's kerb, and begins or ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers
from geo.core.line_ends import is_last
from geo.kerbs.junctions import Arms
from geo.kerbs.numbering import kerbs_beside, side_of
from geo.rules.loader import Profile


class Corners(NamedTuple):
    """
    Where kerbs meet at junctions.

    Attributes
    ----------
    kerb
        Shape (k,): a kerb that ends at a corner.
    at_end
        Whether it is the kerb's end (in the segment's direction) that does, else its start.
    other
        The kerb that it meets there.
    xy
        Shape (k, 2): the corner, metric.
    """

    kerb: Integers
    at_end: Flags
    other: Integers
    xy: Floats


def trimmed(arms: Arms, half_m: Floats, segment_m: Floats, profile: Profile) -> tuple[Corners, Floats, Floats]:
    """
    Begin and end kerbs at the corners with the kerbs of the next street.

    Parameters
    ----------
    arms
        The junctions.
    half_m
        Shape (2 n,): how far each kerb is from the centre line.
    segment_m
        Shape (n,): the length of each segment.
    profile
        `kerb.corner_at_most`, `streets.straight_within`.

    Returns
    -------
    corners, from_m, to_m
        Where kerbs meet; shape (2 n,): where each kerb begins and ends.
    """
    first, second, angle = arms.neighbours()
    # the left side of an arm as it leaves the node meets the right side of the next arm, counted anticlockwise
    left, right = kerbs_beside(first)[0], kerbs_beside(second)[1]
    straight = np.radians(float(profile["streets.straight_within"]))
    meets = np.abs(angle - np.pi) > straight
    meets &= angle < np.pi
    first, second, left, right, angle = (column[meets] for column in (first, second, left, right, angle))
    h_left, h_right = half_m[left], half_m[right]
    sine = np.maximum(np.sin(angle), 1e-3)
    most = float(profile["kerb.corner_at_most"])
    d_left = np.clip((h_right + h_left * np.cos(angle)) / sine, 0.0, most)
    d_right = np.clip((h_left + h_right * np.cos(angle)) / sine, 0.0, most)
    out = arms.direction[first]
    aside = np.stack([-out[:, 1], out[:, 0]], axis=1)
    corner = arms.node_xy[arms.node[first]] + out * d_left[:, None] + aside * h_left[:, None]

    arm, kerb, reach = (
        np.concatenate([first, second]),
        np.concatenate([left, right]),
        np.concatenate([d_left, d_right]),
    )
    cut = arms.spread(arm, side_of(kerb), reach, np.arange(len(arm)), segment_m, round_corners=False)
    reached, from_m, to_m = cut.stretches(segment_m)
    begin_m, end_m = np.zeros(len(half_m)), np.repeat(segment_m, 2)
    np.maximum.at(begin_m, reached[~cut.at_end], to_m[~cut.at_end])
    np.minimum.at(end_m, reached[cut.at_end], from_m[cut.at_end])
    corners = Corners(
        kerb=kerb,
        at_end=is_last(arm),
        other=np.concatenate([right, left]),
        xy=np.concatenate([corner, corner]),
    )
    return corners, begin_m, end_m
