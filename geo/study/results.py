"""What a study keeps of its results: what they came to, and what they were made of, so that old ones are known."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Computed(NamedTuple):
    """
    What a study knows of a result.

    Attributes
    ----------
    summary
        What it came to, or None before it was first computed.
    fresh
        Whether all that it was made of is as it was.
    """

    summary: dict[str, Any] | None
    fresh: bool


def versions_of(facts: Mapping[str, str], layers: Sequence[str]) -> dict[str, str]:
    """
    Return what tells whether anything changed that a result is made of: the versions of layers, and the rules.

    Parameters
    ----------
    facts
        What `about` says of the study.
    layers
        What the result is made of.
    """
    return {**{name: facts[f"version:{name}"] for name in layers}, "rules": facts["profile_hash"]}


def kept_text(summary: Mapping[str, Any], made_of: Mapping[str, Any]) -> str:
    """Return a summary with what it was made of, as `about` keeps it."""
    return json.dumps({**summary, "made_of": made_of})


def kept_summary(text: str | None, now: Mapping[str, Any]) -> Computed:
    """Return a summary that `kept_text` wrote, and whether what it was made of is as it is `now`."""
    if not text:
        return Computed(None, False)
    kept: Mapping[str, Any] = json.loads(text)
    fresh = kept.get("made_of") == now
    return Computed({key: value for key, value in kept.items() if key != "made_of"}, fresh)
