"""Studies in memory, shared by all sessions; the least recently used leave with all that was made of them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from dashboards.session.server import server
from geo.study.reader import Study


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
                found.made = True
        return found.value


class _Value:
    """A value that is made once."""

    def __init__(self) -> None:
        self.making = threading.RLock()
        self.made = False
        self.value: Any = None


class OpenStudies:
    """The studies in memory, the least recently used first."""

    def __init__(self) -> None:
        self._studies: OrderedDict[str, OpenStudy] = OrderedDict()
        self._taking = threading.Lock()

    def __contains__(self, path: Path) -> bool:
        return str(path) in self._studies

    def open(self, path: Path) -> OpenStudy:
        """Return a study in memory; for it, the least recently used one leaves where there are too many."""
        with self._taking:
            found = self._studies.get(str(path))
        opened = found or OpenStudy(path)  # it may wait for whoever writes: others do not wait for it
        with self._taking:
            found = self._studies.setdefault(str(path), opened)
            self._studies.move_to_end(str(path))
            while len(self._studies) > max(1, server().studies_in_memory):
                self._studies.popitem(last=False)
        return found


@st.cache_resource(show_spinner=False)
def open_studies() -> OpenStudies:
    """Return the studies in memory, for all sessions."""
    return OpenStudies()
