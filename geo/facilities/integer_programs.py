"""Integer programs, solved by HiGHS within a limit of time."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.core.arrays import Floats
from geo.facilities.deadline import Deadline

_INFEASIBLE: Final = 2


class Solved(NamedTuple):
    """The values of an integer program's variables, and the proven bound; infinite where there is none."""

    values: Floats
    bound: float


def solve_whole(
    cost: Floats,
    constraints: list[LinearConstraint],
    whole: Floats,
    seconds: float | Deadline,
    upper: Floats | None = None,
) -> Solved | None:
    """
    Minimise with HiGHS, to proven optimality if the time is enough; None where no solution is found.

    Parameters
    ----------
    cost
        Shape (v,).
    constraints
        Of the variables, which are 0 or more.
    whole
        Shape (v,): 1 where a variable is whole.
    seconds
        How long it may take. HiGHS knows only the wall clock: on a busy machine it computes less in this time, never
        more.
    upper
        Shape (v,): the most that the variables may be; by default 1.
    """
    top = np.ones(len(cost)) if upper is None else upper
    options = {"time_limit": Deadline.of(seconds).wall_s, "mip_rel_gap": 0.0}
    found = milp(cost, integrality=whole, bounds=Bounds(0.0, top), constraints=constraints, options=options)
    if found.status == _INFEASIBLE:
        return Solved(np.zeros(len(cost)), np.inf)
    if found.x is None:
        return None
    bound = found.mip_dual_bound if found.mip_dual_bound is not None else -np.inf
    return Solved(np.asarray(found.x), float(bound))
