"""The JSON documents of rule profiles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from geo.rules.articles import Article, ArticleDocument, article_document
from geo.rules.leaf import ALWAYS, Leaf
from geo.rules.loader import Profile


class ProfileDocument(TypedDict):
    """
    The rules that a result was made with.

    Attributes
    ----------
    name
        The profile's name.
    hash
        Of all parameters' values: equal rules, equal hash.
    """

    name: str
    hash: str


class ParameterDocument(TypedDict):
    """
    A parameter of a profile.

    Attributes
    ----------
    value
        A number, a text, a flag or a list, as its unit takes it.
    unit
        Its unit.
    source
        The regulation, standard or paper that the value is taken from.
    status
        `sourced`, or `assumption` where nobody checked the source.
    since
        The year from which the source holds.
    note
        A remark.
    address
        Where the source was read: an address, or a document; empty where nobody says it.
    checked
        The day on which it was read there.
    range
        The least and the greatest value that it may have, where the profile says them.
    in_force_since
        The day from which the value holds; null for always.
    values
        The values by the day from which each holds, for a parameter whose values have dates; else empty.
    """

    value: object
    unit: str
    source: str
    status: str
    since: int | None
    note: str
    address: str
    checked: str | None
    range: list[float] | None
    in_force_since: str | None
    values: dict[str, object]


class StatusCounts(TypedDict):
    """
    The parameters of a profile by status.

    Attributes
    ----------
    sourced
        Parameters whose source was checked.
    assumption
        Parameters whose source nobody checked.
    undefined
        Parameters without a value on the day asked about, of either status.
    """

    sourced: int
    assumption: int
    undefined: int


class RulesDocument(ProfileDocument):
    """
    A profile, or a part of it, as printed by `jiexu rules --json`.

    Attributes
    ----------
    on
        The day on which the values hold.
    counts
        The parameters by status.
    parameters
        The parameters by dotted path.
    articles
        The articles of law in force that stand behind results.
    """

    on: str | None
    counts: StatusCounts
    parameters: dict[str, ParameterDocument]
    articles: list[ArticleDocument]


def profile_document(profile: Profile) -> ProfileDocument:
    """Return a profile's name and hash."""
    return {"name": profile.name, "hash": profile.hash}


def rules_document(profile: Profile, leaves: dict[str, Leaf]) -> RulesDocument:
    """Return some parameters of a profile (`Profile.below`) as plain values."""
    return {
        **profile_document(profile),
        "on": profile.day.isoformat() if profile.day else None,
        "counts": counts_document(leaves),
        "parameters": {path: _parameter(leaf, profile) for path, leaf in leaves.items()},
        "articles": basis_document({name: each for name, each in profile.articles.items() if each.holds(profile.day)}),
    }


def counts_document(leaves: dict[str, Leaf]) -> StatusCounts:
    """Return how many parameters are sourced and how many assumed."""
    status = [leaf.status for leaf in leaves.values()]
    return {
        "sourced": status.count("sourced"),
        "assumption": status.count("assumption"),
        "undefined": sum(leaf.value is None for leaf in leaves.values()),
    }


def basis_document(articles: Mapping[str, Article]) -> list[ArticleDocument]:
    """Return articles of law as plain values."""
    return [article_document(name, each) for name, each in articles.items()]


def _parameter(leaf: Leaf, profile: Profile) -> ParameterDocument:
    return {
        "value": leaf.value,
        "unit": leaf.unit,
        "source": leaf.source,
        "status": leaf.status,
        "since": leaf.since,
        "note": leaf.note,
        "address": leaf.address,
        "checked": leaf.checked or None,
        "range": leaf.range,
        "in_force_since": leaf.since_day(profile.day) if profile.day else None,
        "values": {day: entry["value"] for day, entry in leaf.values.items() if day != ALWAYS or len(leaf.values) > 1},
    }
