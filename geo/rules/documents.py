"""The JSON documents of rule profiles."""

from __future__ import annotations

from typing import TypedDict

from geo.rules.loader import Leaf, Profile


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
    """

    value: object
    unit: str
    source: str
    status: str
    since: int | None
    note: str


class RulesDocument(ProfileDocument):
    """
    A profile, or a part of it, as printed by `jiexu rules --json`.

    Attributes
    ----------
    parameters
        The parameters by dotted path.
    """

    parameters: dict[str, ParameterDocument]


def profile_document(profile: Profile) -> ProfileDocument:
    """Return a profile's name and hash."""
    return {"name": profile.name, "hash": profile.hash}


def rules_document(profile: Profile, leaves: dict[str, Leaf]) -> RulesDocument:
    """Return some parameters of a profile (`Profile.below`) as plain values."""
    return {**profile_document(profile), "parameters": {path: _parameter(leaf) for path, leaf in leaves.items()}}


def _parameter(leaf: Leaf) -> ParameterDocument:
    return {
        "value": leaf.value,
        "unit": leaf.unit,
        "source": leaf.source,
        "status": leaf.status,
        "since": leaf.since,
        "note": leaf.note,
    }
