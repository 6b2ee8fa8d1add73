"""Routes of our own server beside Streamlit's: the map's page, its scripts and its tiles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from dashboards.i18n import language_of, translator
from dashboards.served import study_path
from geo.study import about, info
from layers.compose import ASSETS, SCRIPTS, compose_map
from layers.tiles import CUTTERS, tile_archive

NODE_MODULES: Final = Path(__file__).parent.parent / "node_modules"

_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASK_AGAIN = {"Cache-Control": "no-cache"}


def tile_url(name: str) -> str:
    """Return the address of a tile archive."""
    return f"/tiles/{name}.pmtiles"


def tile_urls() -> dict[str, str]:
    """Return the address of each layer's archive; a layer without features has none. Cuts what changed."""
    path = study_path()
    archives = {layer: tile_archive(path, layer) for layer in CUTTERS}
    return {layer: tile_url(archive.stem) for layer, archive in archives.items() if archive is not None}


async def _map(request: Request) -> Response:
    language = language_of(request.query_params.get("lang"))
    theme = "dark" if request.query_params.get("theme") == "dark" else "light"
    return HTMLResponse(await to_thread.run_sync(_render, language, theme), headers=_ASK_AGAIN)


def _render(language: str, theme: str) -> str:
    path = study_path()
    extent = tuple(json.loads(about(path)["extent"]))
    figure = compose_map(
        extent, tile_urls(), "/assets", translator(language_of(language)), info(path)["synthetic"], theme
    )
    return str(figure.get_root().render())


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    file = NODE_MODULES / SCRIPTS[name] if name in SCRIPTS else ASSETS / name
    if name not in SCRIPTS and name not in {asset.name for asset in ASSETS.iterdir()}:
        return PlainTextResponse("no such asset", status_code=404)
    return FileResponse(file, headers=_ASK_AGAIN)


async def _tiles(request: Request) -> Response:
    name = request.path_params["name"]
    layer = name.partition("-")[0]
    if layer not in CUTTERS:
        return PlainTextResponse("no such layer", status_code=404)
    archive = await to_thread.run_sync(tile_archive, study_path(), layer)
    if archive is None or archive.stem != name:
        return PlainTextResponse("these tiles are out of date", status_code=404)
    return FileResponse(archive, headers=_FOR_EVER, media_type="application/vnd.pmtiles")


ROUTES: Final[list[BaseRoute]] = [
    Route("/map", _map),
    Route("/assets/{name}", _asset),
    Route("/tiles/{name}.pmtiles", _tiles),
]
