"""
A server under load: many visitors, one real browser beside them, restarts, the first answer.

`python -m benchmarks.server [STUDY …] --clients 50 --minutes 10 --seed 1` prints each promise with its figure. The
server has one core, the visitors and the browser the other one. Without a study, the sample is made.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import shutil
import signal
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from playwright.async_api import Browser, async_playwright

from benchmarks.browser_clicks import open_page, painted_s, settled_click_s, shown_again
from benchmarks.desk_visitors import THINKS_S, Notes, Visitor
from benchmarks.map import FLAGS
from benchmarks.served import Served, Watch, place, slope_of
from dashboards.access import accounts, sessions
from dashboards.access.store import Store
from geo.build import build_study
from geo.core.vocabulary import KINDS
from geo.sample import write_sample
from geo.study.file import read_layer
from geo.study.rights import EVERY_STUDY, Grant

SERVER_CORE, CLIENT_CORE = 0, 1
CLIENTS, CLIENTS_ON_CITIES = 50, 20
CITY_STREETS: Final = 20_000
"""From so many streets on, a study is a city: fewer clients, and more time for a click."""

CLICK_S, CITY_CLICK_S = 1.0, 1.5
SLOPE_MB: Final = 1.0
ANSWERS_S, BACK_S, FIRST_S = 5.0, 30.0, 5.0
_WARM_SHARE: Final = 0.25
"""The first part of the time, in which caches fill: its clicks and memory do not count, its errors do."""

_COST_CLICKS: Final = 5
_SHOWN_ERRORS: Final = 10


class Setting(NamedTuple):
    """A study under measurement: its file, its streets with names, the number of clients, seconds of load, a seed."""

    study: Path
    streets: list[tuple[str, str | None]]
    clients: int
    seconds: float
    seed: int
    sign_in: bool

    @property
    def is_city(self) -> bool:
        """Whether it has as many streets as a city."""
        return len(self.streets) >= CITY_STREETS


def sample(path: Path) -> Path:
    """Build the sample with all that its pages show."""
    from geo.complaints.patrol_study import plan_patrols  # noqa: PLC0415
    from geo.complaints.study import find_hotspots  # noqa: PLC0415
    from geo.facilities.coverage_study import cover  # noqa: PLC0415
    from geo.parking.study import plan_bays  # noqa: PLC0415
    from geo.stalls.study import plan_stalls  # noqa: PLC0415

    build_study(path, write_sample(path.parent / "sample-data"))
    plan_stalls(path)
    plan_bays(path, night=True)
    find_hotspots(path)
    plan_patrols(path, 10)
    for kind in KINDS:
        cover(path, kind)
    return path


def streets_of(study: Path) -> list[tuple[str, str | None]]:
    """Return the identifiers of the streets of a study, and their names."""
    streets = read_layer(study, "streets")
    named = streets["name"].astype(object).where(streets["name"].notna(), None)
    return list(zip(streets["street_id"], named, strict=True))


def signed_in(folder: Path, count: int) -> list[str]:
    """Make an account with a session for each visitor, and return the `Cookie` header of each."""
    store = Store(folder)
    found = []
    for number in range(count):
        name = f"visitor{number}"
        accounts.add(store, name, None, Grant("planner" if number else "administrator"), EVERY_STUDY, by="")
        account = accounts.find(store, name)
        if account is not None:
            found.append(f"{sessions.COOKIE}={sessions.open_session(store, account, None)}")
    return found


def row(promise: str, goal: str, figure: str, kept: bool | None) -> None:
    """Print a line of the table."""
    print(f"{promise:<58} {goal:>14} {figure:>34}  {'' if kept is None else 'kept' if kept else 'MISSED'}", flush=True)


async def first_answer(browser: Browser, served: Served, cookie: str) -> None:
    """Start the server without any cache, and take the time of its first visitor."""
    started = time.monotonic()
    answers = served.start()
    page = await open_page(browser, served.address, cookie)
    run = time.monotonic() - started
    work = served.cpu_s()
    await painted_s(page)
    painted = time.monotonic() - started
    row("cold: the server answers", "", f"{answers:.1f} s", None)
    row("cold: the first page's script has run, from the start", "", f"{run:.1f} s, {work:.1f} CPU s", None)
    row("cold: the first visitor's answer, once the server does", f"{FIRST_S:.0f} s", f"{run - answers:.1f} s",
        run - answers <= FIRST_S)  # fmt: skip
    row("cold: streets are painted, from the start", "", f"{painted:.1f} s, {served.cpu_s():.1f} CPU s", None)
    row("memory after the first visitor", "", f"{served.mb():.0f} MB", None)
    await page.context.close()


async def load(browser: Browser, served: Served, setting: Setting, cookies: Sequence[str]) -> list[Visitor]:
    """Have all visitors click, and the browser beside them; print the figures."""
    notes, begun = Notes(), time.monotonic()
    until, warm = begun + setting.seconds, begun + setting.seconds * _WARM_SHARE
    visitors = [
        Visitor(served.address, setting.streets, f"{setting.seed}-{number}", notes, cookies[number] if cookies else "")
        for number in range(setting.clients)
    ]
    timed: list[tuple[float, float]] = []
    with Watch(served, lambda: len(notes.clicks)) as watch:
        work = served.cpu_s()
        tasks = [_visit(each, number, begun, until, setting) for number, each in enumerate(visitors)]
        await asyncio.gather(_browse(browser, served, setting, until, timed, notes, cookies), *tasks)
        work = served.cpu_s() - work
    _tell(setting, notes, timed, watch, warm, work / (time.monotonic() - begun))
    return visitors


async def _visit(visitor: Visitor, number: int, begun: float, until: float, setting: Setting) -> None:
    # they come one after the other within the time of one click
    await asyncio.sleep(THINKS_S[1] * number / setting.clients)
    try:
        await visitor.come()
    except Exception as error:
        visitor.notes.errors.append(f"open: {error}")
    await visitor.live(until)


async def _browse(
    browser: Browser,
    served: Served,
    setting: Setting,
    until: float,
    timed: list[tuple[float, float]],
    notes: Notes,
    cookies: Sequence[str],
) -> None:
    chance = random.Random(f"{setting.seed}-browser")  # noqa: S311 (choices, no secrets)
    page = await open_page(browser, served.address, cookies[0] if cookies else "")
    await painted_s(page)
    while time.monotonic() < until:
        await asyncio.sleep(chance.uniform(*THINKS_S))
        street = chance.choice(setting.streets)[0]
        try:
            timed.append((time.monotonic(), await settled_click_s(page, street)))
        except Exception as error:
            notes.errors.append(f"browser: {error}")
    await page.context.close()


def _tell(
    setting: Setting, notes: Notes, timed: list[tuple[float, float]], watch: Watch, warm: float, busy: float
) -> None:
    row("errors", "0", f"{len(notes.errors)} of {len(notes.clicks):,} clicks", not notes.errors)
    for each in dict.fromkeys(notes.errors[:_SHOWN_ERRORS]):
        print(f"    {each}")
    goal = CITY_CLICK_S if setting.is_city else CLICK_S
    seconds = [took for at, took in timed if at >= warm]
    if seconds:
        slow = float(np.quantile(seconds, 0.95))
        row("a click on a street in Chromium, 95th percentile", f"{goal} s",
            f"{slow:.2f} s (median {statistics.median(seconds):.2f}, {len(seconds)} clicks)", slow <= goal)  # fmt: skip
    settled = [each for each in watch.samples if each.at >= warm]
    slope = slope_of(settled)
    row("memory after warm-up, by 100 clicks", f"{SLOPE_MB:.0f} MB", f"{slope.mb:+.2f} ± {slope.error_mb:.2f} MB",
        slope.mb <= SLOPE_MB)  # fmt: skip
    memory = ", ".join(f"{each.mb:.0f}" for each in settled[:: max(1, len(settled) // 5)])
    row("memory, from warm-up on", "", f"{memory} MB", None)
    row("the server's core is busy", "", f"{busy:.0%}", None)
    kinds: dict[str, list[float]] = defaultdict(list)
    for click in notes.clicks:
        if click.at >= warm:
            kinds[f"{click.kind}, {click.page}" if click.kind == "page" else click.kind].append(click.seconds)
    for kind, took in sorted(kinds.items()):
        quantiles = "  ".join(f"{value:.2f}" for value in np.quantile(took, [0.5, 0.95, 1.0]))
        row(f"  {kind}: seconds (median, 95 %, most), clicks", "", f"{quantiles}   {len(took):,}", None)


async def cost(served: Served, setting: Setting, cookie: str) -> None:
    """Take the server's work of a click on each page, of one visitor alone."""
    visitor = Visitor(served.address, setting.streets, f"{setting.seed}-alone", Notes(), cookie)
    await visitor.come()
    for page in list(visitor.desk.pages):
        await visitor.desk.go(page)
        if not visitor.has_map:
            continue
        figures = []
        for kind in ("street", "widget"):
            await visitor.click(kind)
            before = served.cpu_s()
            for _ in range(_COST_CLICKS):
                await visitor.click(kind)
            figures.append(f"{1000 * (served.cpu_s() - before) / _COST_CLICKS:.0f}")
        row(f"  {page or 'overview'}: CPU ms of a street, of a widget", "", "  ".join(figures), None)
    await visitor.desk.close()


async def restart(browser: Browser, served: Served, setting: Setting, visitors: list[Visitor], cookie: str) -> None:
    """Stop the server by both signals, start it again, and take the time until all are back."""
    chance = random.Random(f"{setting.seed}-restart")  # noqa: S311 (choices, no secrets)
    page = await open_page(browser, served.address, cookie)
    await painted_s(page)
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for each in visitors:
            if each.has_map:
                await each.select(chance.choice(setting.streets)[0])
        street = chance.choice(setting.streets)[0]
        await settled_click_s(page, street)
        served.stop(sign)
        begun = time.monotonic()
        answers = await asyncio.to_thread(served.start)
        until = begun + 3 * BACK_S
        # the browser knows by itself that its server is there again
        browsed, *back = await asyncio.gather(
            shown_again(page, street, until), *(each.back(until) for each in visitors)
        )
        there = [at - begun for at in back if at is not None]
        name = f"after {sign.name}"
        row(f"{name}: the server answers", f"{ANSWERS_S:.0f} s", f"{answers:.1f} s", answers <= ANSWERS_S)
        slowest = max(there, default=float("nan"))
        row(
            f"{name}: all are back, with their selection",
            f"{BACK_S:.0f} s",
            f"{slowest:.1f} s, {len(there)} of {len(visitors)}",
            len(there) == len(visitors) and slowest <= BACK_S,
        )
        shown = "no" if browsed is None else f"{browsed - begun:.1f} s"
        row(f"{name}: so is Chromium", f"{BACK_S:.0f} s", shown, browsed is not None and browsed - begun <= BACK_S)
    await page.context.close()


async def measure(setting: Setting, only: Sequence[str], server_core: int | None) -> None:
    """Print the table of one study."""
    folder = setting.study.parent
    cookies = signed_in(folder, setting.clients) if setting.sign_in else []
    served = Served(setting.study, server_core, folder / "cache", ("--sign-in",) if setting.sign_in else ())
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("google-chrome")
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        first = cookies[0] if cookies else ""
        try:
            await first_answer(browser, served, first)
            visitors: list[Visitor] = []
            if "load" in only:
                visitors = await load(browser, served, setting, cookies)
            if "restart" in only:
                await restart(browser, served, setting, visitors, first)
            for each in visitors:
                await each.desk.close()
            if "cost" in only:
                await cost(served, setting, first)
        finally:
            served.stop()
            await browser.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the given studies, or the sample."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description="Measure the server under load.")
    parser.add_argument("studies", nargs="*", type=Path, metavar="STUDY", help="built studies; the sample by default")
    parser.add_argument("--clients", type=int, help=f"by default {CLIENTS}, on a city {CLIENTS_ON_CITIES}")
    parser.add_argument("--minutes", type=float, default=10.0, help="of load, a quarter of it to warm up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sign-in", action="store_true", help="with an account for each visitor")
    parser.add_argument(
        "--only", nargs="+", choices=("load", "restart", "cost"), default=["load", "restart", "cost"], metavar="PART"
    )
    asked = parser.parse_args(arguments)
    alone = place(CLIENT_CORE)
    core = SERVER_CORE if alone else None
    print(
        f"# The server has core {SERVER_CORE}, its visitors core {CLIENT_CORE}" if alone else "# No core is set apart"
    )
    with tempfile.TemporaryDirectory() as name:
        studies = asked.studies or [sample(Path(name) / "sample.gpkg")]
        for number, study in enumerate(studies):
            # a copy, in a folder of its own: no account and no cache of others is touched
            folder = Path(name) / str(number)
            folder.mkdir()
            copied = Path(shutil.copy(study, folder / study.name))
            streets = streets_of(copied)
            clients = asked.clients or (CLIENTS_ON_CITIES if len(streets) >= CITY_STREETS else CLIENTS)
            setting = Setting(copied, streets, clients, 60 * asked.minutes, asked.seed, asked.sign_in)
            print(f"\n# {study.name}: {len(streets):,} streets, {clients} clients, {asked.minutes:g} minutes")
            asyncio.run(measure(setting, asked.only, core))


if __name__ == "__main__":
    main()
