"""Routes of our own server beside Streamlit's: the map's page, its scripts and its tiles."""

from __future__ import annotations

import html
from collections.abc import Collection
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Final
from urllib.parse import quote

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboards.session.cache import derived
from dashboards.session.language import LANGUAGES, language_of
from dashboards.session.served_study import IN_ADDRESS, NoneChosenError, on_study, problem_of_study, study_path
from dashboards.session.server import server
from geo.core.errors import JiexuError
from geo.core.text import Text
from geo.study.figures import synthetic_counts
from geo.study.reader import Study
from geo.study.results import MadeOf
from geo.study.rights import RightError, acting, require, system_user
from layers.map.compose import ASSETS, compose_map
from layers.map.cutting import cut_archive
from layers.map.tiles import archive_names, kept_archive
from layers.registry import BY_NAME, LAYERS

_FOR_EVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_NEVER = {"Cache-Control": "private, no-store"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}
_GROUND: Final = "context"
_STREETS: Final = "streets"
_MOST_WAITING: Final = 256
_PROBLEM: Final = '<!doctype html><meta charset="utf-8"><p style="font-family: sans-serif">{sentence}</p>'
"""The map's page where there is no map, as when the study was removed."""


def archives(study: Path, layers: Collection[str] = BY_NAME) -> dict[str, Path]:
    """Return the archive of each of these layers of a study with rows; cut the changed ones again."""
    cut = {layer: cut_archive(study, layer) for layer in BY_NAME if layer in layers}
    return {layer: archive for layer, archive in cut.items() if archive is not None}


def shown_layers(study: Path) -> list[str]:
    """
    Return the map's layers that whoever asks may see.

    Raises
    ------
    RightError
        If they may not see the study.
    """
    grant = require("see", study).grant_on(study)
    # the ground of the public map is for all
    return [layer for layer in BY_NAME if grant is not None and (layer == _GROUND or grant.shows(layer))]


@derived(MadeOf(layers=tuple(dict.fromkeys(layer.source for layer in LAYERS))), kept=2)
def tile_names() -> dict[str, str]:
    """Return the names of the study's archives, as `layers.map.tiles.archive_names`; every click asks for them."""
    return archive_names(study_path())


def tile_urls() -> dict[str, str]:
    """Return the address of each layer's archive: it is cut when it is asked for. A layer without rows has none."""
    study, shown = study_path(), shown_layers(study_path())
    lead = "tiles/" if server().library is None else f"tiles/{quote(study.stem, safe='')}/"
    return {layer: f"{lead}{name}" for layer, name in tile_names().items() if layer in shown}


async def _map(request: Request) -> Response:
    language = request.query_params.get("lang", "")
    theme = "dark" if request.query_params.get("theme") == "dark" else "light"
    try:
        page = await to_thread.run_sync(_rendered, request.query_params.get(IN_ADDRESS), language, theme)
    except RightError as error:
        return _problem(error, language, 403)
    except JiexuError as error:
        return _problem(error, language, 404)
    return HTMLResponse(page, headers=_NEVER if server().private else _ASK_AGAIN)


def _problem(problem: JiexuError, language: str, status: int) -> Response:
    sentence = html.escape(problem.sentence(language_of(language)))
    return HTMLResponse(_PROBLEM.format(sentence=sentence), status_code=status, headers=_ASK_AGAIN)


def _rendered(study: str | None, language: str, theme: str) -> str:
    with on_study(study):
        try:
            return _render(language, theme)
        except JiexuError:
            raise
        except Exception:
            # a study that was removed or replaced meanwhile
            problem = problem_of_study()
            if problem is None:
                raise
            raise problem from None


def _render(asked: str, theme: str) -> str:
    path, language = study_path(), language_of(asked)
    hidden = set(BY_NAME) - set(shown_layers(path))
    figure = compose_map(Study(path).extent, tile_urls(), language, synthetic_counts(path), theme, hidden=hidden)
    return str(figure.get_root().render())


def warm_up() -> Thread:
    """
    Cut the streets' tiles and render the map once, so that the first visitor waits for neither; of many studies, of
    none. Return the thread that does it meanwhile.
    """
    found = Thread(target=_warm_up, name="warm-up", daemon=True)
    found.start()
    return found


def _warm_up() -> None:
    # a library starts whatever state its only study is in
    passed_over = NoneChosenError if server().library is None else JiexuError
    with acting(system_user()), suppress(passed_over), on_study(None) as path:
        cut_archive(path, _STREETS)
        for language in LANGUAGES:
            _render(language, "light")


async def _asset(request: Request) -> Response:
    file = ASSETS.get(request.path_params["name"])
    if file is None:
        return PlainTextResponse("no such asset", status_code=404)
    return FileResponse(file, headers=_ASK_AGAIN)


async def _tiles(request: Request) -> Response:
    name = request.path_params["name"]
    layer = name.partition("-")[0]
    if layer not in BY_NAME:
        return PlainTextResponse("no such layer", status_code=404)
    try:
        archive = await to_thread.run_sync(
            _archive, request.path_params.get(IN_ADDRESS), layer, name, limiter=_waiting()
        )
    except JiexuError as error:
        status = 403 if isinstance(error, RightError) else 404
        said = error.sentence(language_of(request.headers.get("accept-language")))
        return PlainTextResponse(said, status_code=status)
    if archive is None:
        return PlainTextResponse("these tiles are out of date", status_code=404)
    headers = _NEVER if server().private else _FOR_EVER
    return FileResponse(archive, headers=headers, media_type="application/vnd.pmtiles")


def _archive(study: str | None, layer: str, name: str) -> Path | None:
    """Return an archive of a study's tiles, if whoever asks may see its layer; cut it if it is not there yet."""
    with on_study(study) as path:
        if layer not in shown_layers(path):
            raise RightError(
                Text("您的角色不显示此图层", "Your role does not show this layer"),
                Text("请联系管理员", "Ask an administrator"),
            )
        there = kept_archive(path, name)
        if there is None and tile_names().get(layer) == name:
            return cut_archive(path, layer)
        return there


@cache
def _waiting() -> CapacityLimiter:
    """Return the threads that wait for tiles: other requests have threads of their own."""
    return CapacityLimiter(_MOST_WAITING)


def routes(base_path: str = "") -> list[BaseRoute]:
    """Return the routes of the map below the server's base path."""
    return [
        Route(f"{base_path}/map", _map),
        Route(f"{base_path}/assets/{{name}}", _asset),
        Route(f"{base_path}/tiles/{{name}}", _tiles),
        Route(f"{base_path}/tiles/{{{IN_ADDRESS}}}/{{name}}", _tiles),
    ]
