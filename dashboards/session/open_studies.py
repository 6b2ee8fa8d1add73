"""Studies in memory, shared by all sessions; the least recently used leave with all that was made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from dashboards.session.server import server
from geo.core.freed_memory import give_back
from geo.core.sizes import held_bytes
from geo.study.reader import Study


class _Counted(NamedTuple):
    """The version of a layer in memory, its size, and the ids of its parts."""

    version: str
    size: int
    parts: set[int]


class OpenStudy:
    """
    A study in memory: a handle with its layers, and values made of them; all of it leaves at once.

    Parameters
    ----------
    path
        The study.
    """

    def __init__(self, path: Path) -> None:
        self.handle = Study(path)
        self._values: dict[str, OrderedDict[Any, _Value]] = {}
        self._taking = threading.Lock()
        self._of_tables: dict[str, _Counted] = {}

    @property
    def held_bytes(self) -> int:
        """An estimate of its memory: of its layers, and of all values made of them."""
        for name, (version, table) in self.handle.held().items():
            known = self._of_tables.get(name)
            if known is None or known.version != version:
                others = self._parts()
                parts = set(others)
                size = held_bytes(table, parts)
                self._of_tables[name] = _Counted(version, size, parts - others)
        with self._taking:
            values = [value.held_bytes for kept in self._values.values() for value in kept.values()]
        return sum(each.size for each in self._of_tables.copy().values()) + sum(values)

    def _parts(self) -> set[int]:
        """Return the ids of all parts of the layers."""
        return set().union(*(each.parts for each in self._of_tables.copy().values()))

    def value(self, name: str, key: Any, kept: int, make: Callable[[], Any]) -> Any:
        """
        Return a value, made once for all who ask for it meanwhile; the least recently used ones of a name leave.

        Parameters
        ----------
        name
            Of the function.
        key
            Its inputs and arguments.
        kept
            How many values of the name stay.
        make
            Makes the value.
        """
        with self._taking:
            values = self._values.setdefault(name, OrderedDict())
            found = values.setdefault(key, _Value())
            values.move_to_end(key)
            while len(values) > kept:
                values.popitem(last=False)
        with found.making:
            if not found.made:
                found.value = make()
                # what it shares with the layers is counted there
                found.held_bytes = held_bytes(found.value, self._parts())
                found.made = True
        return found.value


class _Value:
    """A value that is made once."""

    def __init__(self) -> None:
        self.making = threading.RLock()
        self.made = False
        self.value: Any = None
        self.held_bytes = 0


class OpenStudies:
    """The studies in memory, the least recently used first."""

    def __init__(self) -> None:
        self._studies: OrderedDict[str, OpenStudy] = OrderedDict()
        self._taking = threading.Lock()

    def __contains__(self, path: Path) -> bool:
        return str(path) in self._studies

    @property
    def held_bytes(self) -> int:
        """An estimate of the memory of all."""
        with self._taking:
            studies = list(self._studies.values())
        return sum(study.held_bytes for study in studies)

    def open(self, path: Path) -> OpenStudy:
        """
        Return a study in memory.

        Where all together hold more than the server allows, the least recently used ones leave; this one stays.
        """
        with self._taking:
            found = self._studies.get(str(path))
        opened = found or OpenStudy(path)  # it may wait for whoever writes: others do not wait for it
        with self._taking:
            found = self._studies.setdefault(str(path), opened)
            self._studies.move_to_end(str(path))
        self._shrink()
        return found

    def _shrink(self) -> None:
        if len(self._studies) < 2:
            return
        left = False
        while self.held_bytes > server().studies_bytes:
            with self._taking:
                if len(self._studies) < 2:
                    break
                self._studies.popitem(last=False)
            left = True
        if left:
            give_back()


@st.cache_resource(show_spinner=False)
def open_studies() -> OpenStudies:
    """Return the studies in memory, for all sessions."""
    return OpenStudies()
