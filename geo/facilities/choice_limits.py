"""The limits of a choice of sites: a number and a budget."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from geo.core.arrays import Flags, Floats, Integers


class Limits(NamedTuple):
    """
    The limits of a choice.

    Attributes
    ----------
    number
        How many sites at most.
    price
        Shape (m,): what the sites cost; None without a budget.
    budget
        What they may cost together.
    """

    number: int
    price: Floats | None = None
    budget: float = np.inf

    def after(self, site: int | Integers) -> Limits:
        """Return the limits that are left once sites are open."""
        number = self.number - int(np.size(site))
        if self.price is None:
            return self._replace(number=number)
        return self._replace(number=number, budget=self.budget - float(np.sum(self.price[site])))

    def of(self, sites: Integers | Flags) -> Limits:
        """Return the limits of a choice among a few sites."""
        return self if self.price is None else self._replace(price=self.price[sites])

    def allow(self, opened: Flags) -> bool:
        """Tell whether a choice keeps to the limits."""
        return int(opened.sum()) <= self.number and (
            self.price is None or float(self.price[opened].sum()) <= self.budget
        )
