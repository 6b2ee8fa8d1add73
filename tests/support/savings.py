"""Small random problems of opening sites."""

from __future__ import annotations

import numpy as np

from geo.facilities.savings import Savings


def random_savings(seed: int, alike: bool = False) -> Savings:
    """Return savings of a few customers by a few sites; `alike`: each customer saves the same at all its sites."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(2, 15)), int(rng.integers(4, 9))
    table = rng.integers(0, 6, (n, m)).astype(float)
    if alike:
        table = (table > 3) * rng.integers(1, 9, n)[:, None].astype(float)
    i, j = np.nonzero(table)
    return Savings.of(i, j, table[i, j], n, m)
