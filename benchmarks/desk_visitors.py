"""Visitors of a server: clicks at random on all of its pages, as people make them, with time to think between."""

from __future__ import annotations

import asyncio
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from websockets.exceptions import WebSocketException

from benchmarks.desk_client import Answer, Desk, DeskError
from benchmarks.desk_elements import Widget

THINKS_S: Final = (8.0, 12.0)
"""Between two clicks of a visitor, evenly spread."""

_SHARES: Final = {"street": 40, "page": 20, "widget": 25, "clear": 5, "search": 5, "map": 5}
"""How many of a hundred clicks are of each kind."""

_SETTABLE: Final = ("button_group", "selectbox", "slider", "checkbox", "multiselect", "radio")
_LEFT_ALONE: Final = ("language", "study-switch")
"""They load the page anew, or speak another language: not what is measured."""

_RANGE: Final = 65_536
"""Bytes that the map asks for at once."""

_TRIES_AGAIN_S: Final = 0.5


@dataclass(frozen=True)
class Click:
    """A click: its kind, its page, when it was answered, and after how many seconds."""

    kind: str
    page: str
    at: float
    seconds: float


@dataclass
class Notes:
    """The clicks and errors of all visitors."""

    clicks: list[Click] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def take(self, kind: str, page: str, answer: Answer) -> None:
        """Note an answer, and the errors that the page shows with it."""
        self.clicks.append(Click(kind, page or "overview", time.monotonic(), answer.seconds))
        self.errors += [f"{kind} on {page or 'overview'}: {each}" for each in answer.errors]


class Visitor:
    """
    A visitor with one open page.

    Parameters
    ----------
    address
        The server's.
    streets
        The identifiers of the study's streets, and names to search for.
    seed
        Of their choices.
    notes
        Where their clicks are noted.
    cookie
        Of their session, at a server with sign-in.
    """

    def __init__(
        self, address: str, streets: Sequence[tuple[str, str | None]], seed: str, notes: Notes, cookie: str = ""
    ) -> None:
        self.desk = Desk(address, cookie, "lang=en")
        self.chosen = ""
        """The street that they selected last."""
        self._streets, self.notes, self._cookie = streets, notes, cookie
        self._chance = random.Random(seed)  # noqa: S311 (choices, no secrets)

    async def come(self) -> None:
        """Open the page."""
        self.notes.take("open", "", await self.desk.open())

    async def live(self, until: float) -> None:
        """Click and think until a moment of the clock (`time.monotonic`); a page that is lost is opened again."""
        while time.monotonic() < until:
            await asyncio.sleep(min(self._chance.uniform(*THINKS_S), max(until - time.monotonic(), 0.0)))
            if time.monotonic() >= until:
                return
            kind = self._chance.choices(list(_SHARES), list(_SHARES.values()))[0]
            try:
                await self.click(kind)
            except (DeskError, OSError, WebSocketException) as error:
                self.notes.errors.append(f"{kind} on {self.desk.page or 'overview'}: {error}")
                with suppress(DeskError, OSError, WebSocketException):
                    await self.desk.open()

    async def click(self, kind: str) -> None:
        """Make a click of a kind; where there is nothing of it on the page, on a street."""
        made = await self._KINDS[kind](self)
        if made is None:
            kind, made = "street", await self._street()
        if made is not None:
            self.notes.take(kind, self.desk.page, made)

    async def back(self, until: float) -> float | None:
        """
        Open the page again after the server has gone, trying until a moment.

        Returns
        -------
        at
            The moment at which it is there with its selection, or None.
        """
        while time.monotonic() < until:
            try:
                await self.desk.open(timeout=max(until - time.monotonic(), 1.0))
            except (DeskError, OSError, TimeoutError, WebSocketException):
                await asyncio.sleep(_TRIES_AGAIN_S)
            else:
                return time.monotonic() if self.shows_chosen() else None
        return None

    @property
    def has_map(self) -> bool:
        """Whether there is a map on the page."""
        return any(each.key == "map" for each in self.desk.shown.widgets())

    def shows_chosen(self) -> bool:
        """Tell whether the map shows the street that was selected last, and no other one."""
        return self._shown()["state"]["selected"] == ([self.chosen] if self.chosen else [])

    def _shown(self) -> dict[str, Any]:
        """Return the data that the map's component was given."""
        shown: dict[str, Any] = json.loads(self.desk.widget("map").element.json)
        return shown

    async def select(self, street: str) -> Answer:
        """Click a street on the map."""
        self.chosen = street
        return await self.desk.report("map", "pick", {"layer": "streets", "id": street})

    async def _street(self) -> Answer | None:
        if not self.has_map:
            return None
        return await self.select(self._chance.choice(self._streets)[0])

    async def _page(self) -> Answer:
        others = [page for page in self.desk.pages if page != self.desk.page]
        return await self.desk.go(self._chance.choice(others))

    async def _widget(self) -> Answer | None:
        found = [
            each
            for each in self.desk.shown.widgets()
            if each.kind in _SETTABLE
            and each.key not in _LEFT_ALONE
            and not each.element.disabled
            and not each.element.form_id
            and (each.options or each.kind == "checkbox")
        ]
        if not found:
            return None
        widget = self._chance.choice(found)
        return await self.desk.set(widget, self._value(widget))

    def _value(self, widget: Widget) -> Any:
        now = self.desk.shown.values.get(widget.element.id, widget.first)
        if widget.kind == "checkbox":
            return not now
        option = self._chance.choice(widget.options)
        several = widget.kind == "multiselect" or (
            widget.kind == "button_group" and widget.element.click_mode == ButtonGroup.MULTI_SELECT
        )
        if several:
            return [each for each in now if each != option] if option in now else [*now, option]
        return [option] if widget.kind in ("button_group", "slider") else option

    async def _clear(self) -> Answer | None:
        button = next((each for each in self.desk.shown.widgets() if each.key == "clear"), None)
        if button is None:
            return None
        self.chosen = ""
        return await self.desk.press(button)

    async def _search(self) -> Answer | None:
        box = next((each for each in self.desk.shown.widgets() if each.key == "search"), None)
        if box is None:
            return None
        name = self._chance.choice(self._streets)[1] or ""
        return await self.desk.set(box, name[: self._chance.randint(0, 4)])

    async def _map(self) -> Answer | None:
        """Load the map's page and pieces of its tiles, as a browser does that comes anew."""
        if not self.has_map:
            return None
        shown = self._shown()
        parts = [(shown["address"], "")]
        for archive in shown["state"]["tiles"].values():
            first = self._chance.randrange(8) * _RANGE
            parts += [(f"/{archive}", "bytes=0-16383"), (f"/{archive}", f"bytes={first}-{first + _RANGE - 1}")]
        begun, received = time.perf_counter(), 0
        for path, part in parts:
            received += await asyncio.to_thread(self._load, path, part)
        return Answer(time.perf_counter() - begun, 0, received, [])

    def _load(self, path: str, part: str) -> int:
        headers = {**({"Range": part} if part else {}), **({"Cookie": self._cookie} if self._cookie else {})}
        asked = urllib.request.Request(f"{self.desk.address}{path}", headers=headers)  # noqa: S310 (our own server)
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 (our own server)
                return len(answer.read())
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416:  # a small archive ends before
                return 0
            raise DeskError(f"{path} was answered with {error.code}") from error

    _KINDS: Final[dict[str, Callable[[Visitor], Awaitable[Answer | None]]]] = {
        "street": _street,
        "page": _page,
        "widget": _widget,
        "clear": _clear,
        "search": _search,
        "map": _map,
    }
