"""Whoever asks for work, with the rights that they had then, as JSON."""

from __future__ import annotations

from typing import Any

from geo.study.rights import Actor, Grant


def as_json(actor: Actor) -> dict[str, Any]:
    """Return an actor as a value of JSON."""
    return {
        "name": actor.name,
        "grants": {
            study: [grant.role, None if grant.layers is None else list(grant.layers), grant.texts]
            for study, grant in actor.grants.items()
        },
        "reads_only": actor.reads_only,
        "signed_in": actor.signed_in,
    }


def from_json(value: dict[str, Any]) -> Actor:
    """Return the actor of a value of JSON."""
    grants = {
        study: Grant(role, None if layers is None else tuple(layers), texts)
        for study, (role, layers, texts) in value["grants"].items()
    }
    return Actor(value["name"], grants, value["reads_only"], value["signed_in"])
