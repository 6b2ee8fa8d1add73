"""Cut tiles apart from this process: each archive once, in the processes that read files; their memory ends with it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import psutil

from geo.core.errors import StudyError
from geo.core.text import Text
from geo.files.reading_apart import is_inside, pool
from geo.jobs.limits import JobError, Limits
from layers.map.tiles import tile_archive, tiles_folder

_FUNCTION: Final = "layers.map.tiles:tile_archive"
_SHARE_OF_MEMORY: Final = 0.75
_HOUR_S: Final = 3600.0


_cutting: WeakValueDictionary[tuple[Path, str], threading.Lock] = WeakValueDictionary()
"""Whoever asks for an archive that is being cut waits for it; nobody's lock goes."""
_taking = threading.Lock()


def cut_archive(study: Path, layer: str) -> Path | None:
    """
    Return the archive of a layer's tiles as `layers.map.tiles.tile_archive`, cut in a process of its own.

    Raises
    ------
    StudyError
        If the study is not there, or its layer cannot be cut within this computer's memory.
    """
    with _taking:
        lock = _cutting.setdefault((study, layer), threading.Lock())
    with lock:
        if is_inside():
            return tile_archive(study, layer)
        try:
            archive: Path | None = pool().run(_FUNCTION, (study, layer, tiles_folder()), {}, _limits())
        except JobError as error:
            raise StudyError(
                Text(
                    f"图层 {layer} 的瓦片未能生成（{error}）", f"The tiles of layer {layer} could not be cut ({error})"
                ),
                Text("请在内存更大的计算机上打开", "Open the study on a computer with more memory"),
            ) from error
        except OSError:  # no process can be started
            return tile_archive(study, layer)
        return archive


def _limits() -> Limits:
    return Limits(int(_SHARE_OF_MEMORY * psutil.virtual_memory().total), _HOUR_S, _HOUR_S)
