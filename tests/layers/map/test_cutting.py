"""Tiles are cut in another process, once for all who ask for them meanwhile."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from freestiler import freestile

from geo.core.errors import StudyError
from geo.jobs.limits import Limits
from layers.map import cutting
from layers.map.cutting import cut_archive
from layers.map.tiles import archive_names, kept_archive


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def test_this_process_cuts_nothing_itself(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("layers.map.tiles.freestile", None)
    archive = cut_archive(built, "streets")
    assert archive is not None
    assert archive == kept_archive(built, archive_names(built)["streets"])
    assert archive.read_bytes()[:7] == b"PMTiles"
    assert cut_archive(built, "other") is None


def test_many_who_ask_wait_for_one_cut_and_other_layers_do_not(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEXU_READERS", "inside")
    made: list[str] = []
    other_is_cut = threading.Event()
    cut = freestile

    def slow(layers: Any, *args: Any, **kwargs: Any) -> None:
        made.append("+".join(layers))
        if "major" in layers:
            time.sleep(0.2)
            assert other_is_cut.wait(20), "another layer waits for the streets"
        cut(layers, *args, **kwargs)

    monkeypatch.setattr("layers.map.tiles.freestile", slow)
    with ThreadPoolExecutor(9) as threads:
        streets = [threads.submit(cut_archive, built, "streets") for _ in range(8)]
        assert cut_archive(built, "oneway") is not None
        other_is_cut.set()
        assert len({asked.result() for asked in streets}) == 1
    assert sorted(made) == ["major+minor+names", "oneway"]


def test_a_layer_beyond_the_memory_is_a_sentence(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "_limits", lambda: Limits(1, 60.0, 60.0))
    with pytest.raises(StudyError, match="streets could not be cut"):
        cut_archive(built, "streets")
