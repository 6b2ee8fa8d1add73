"""Studies that something has damaged or edited, for the tests of their checks."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from geo.study.geometry_blobs import add_shape_functions


def edit(study: Path, *statements: str) -> None:
    """Change a study as another program does."""
    connection = sqlite3.connect(study)
    add_shape_functions(connection)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def flip(study: Path, text: str, by: str) -> None:
    """Change the bytes of a text wherever it stands in the file, to as many others."""
    content = study.read_bytes()
    old, new = text.encode(), by.encode()
    assert old in content
    assert len(old) == len(new)
    study.write_bytes(content.replace(old, new))


def with_random_bytes(sound: bytes, seed: int, count: int = 20) -> bytes:
    """Return a file with some bytes changed, each to another value."""
    chance = random.Random(seed)  # noqa: S311
    changed = bytearray(sound)
    for at in chance.sample(range(len(changed)), count):
        changed[at] = (changed[at] + chance.randrange(1, 256)) % 256
    return bytes(changed)
