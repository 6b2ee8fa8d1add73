"""The JSON document of the evidence for residents."""

from __future__ import annotations

from typing import TypedDict


class ResidentsDocument(TypedDict):
    """
    The evidence for the number of residents and their places.

    Attributes
    ----------
    streets
        Graded streets that are walked.
    with_homes
        Streets that are the nearest of a mapped home.
    streets_with_homes
        Their share of the streets.
    length_with_homes
        Their share of the streets' length.
    least
        The least share with which estimates are called facts (`coverage.homes_least`).
    population
        Whether the study has a population.
    total
        The known number of residents, if any.
    enough
        Whether shares stand and a choice of sites may be called optimal: with homes on enough streets, a
        population or a total.
    refused
        The sentence that says why not, with the remedy, in Chinese and English.
    """

    streets: int
    with_homes: int
    streets_with_homes: float
    length_with_homes: float
    least: float
    population: bool
    total: float | None
    enough: bool
    refused: str | None
