"""The study file: whole or not at all, styled for GIS programs, and its figures."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from geo.study.figures import info
from geo.study.file import about, read_layer

HALF_DONE = """
import os, signal
from pathlib import Path
from geo.study.file import changing
with changing(Path({study!r})) as connection:
    connection.execute("PRAGMA cache_size = 1")  # pages go to the file before the transaction ends
    connection.execute("UPDATE roads SET tier_reason = 'half done'")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_change_that_was_killed_half_way_is_rolled_back_by_the_next_reader(study: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", HALF_DONE.format(study=str(study))], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert study.with_name(study.name + "-journal").stat().st_size > 0
    assert "half done" not in set(read_layer(study, "roads")["tier_reason"])
    assert info(study)["layers"]["roads"] > 0


def test_a_file_that_only_looks_like_the_one_before_is_read_anew(study: Path) -> None:
    # a study that is swapped in may have the same file number and the same change counter as one of before
    known = about(study)
    content = bytearray(study.read_bytes())
    counter = slice(24, 28)
    kept = content[counter]
    with sqlite3.connect(study) as connection:
        connection.execute("UPDATE about SET value = 'another' WHERE key = 'credit'")
        # with checksums, the same counter and other facts would be damage
        connection.execute("DELETE FROM jiexu_checksums")
        connection.execute("DELETE FROM about WHERE key = 'checksums'")
    connection.close()
    changed = bytearray(study.read_bytes())
    assert changed[counter] != kept
    changed[counter] = kept
    with study.open("r+b") as file:
        file.write(changed)
    assert known["credit"] != "another"
    assert about(study)["credit"] == "another"
