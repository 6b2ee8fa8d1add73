"""Whoever asks for work comes back from JSON with the same rights."""

from __future__ import annotations

import json

import pytest

from geo.background.actors import as_json, from_json
from geo.study.rights import NOBODY, Actor, Grant, system_user


@pytest.mark.parametrize(
    "actor",
    [
        Actor("王", {"*": Grant("planner"), "a": Grant("viewer", ("streets", "stalls"), texts=False)}),
        Actor("token", {"*": Grant("officer")}, reads_only=True),
        system_user(),
        NOBODY,
    ],
)
def test_an_actor_comes_back_as_they_were(actor: Actor) -> None:
    assert from_json(json.loads(json.dumps(as_json(actor)))) == actor
