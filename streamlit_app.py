"""The web door: Streamlit's pages behind the guard, and routes of our own for sign-in, map and tiles."""

from __future__ import annotations

import gc
import os
import threading
import webbrowser
from pathlib import Path
from typing import Any

import pyarrow
from starlette.middleware import Middleware
from streamlit.starlette import App

from dashboards.access.acts import ends_noted
from dashboards.access.guard import Guard
from dashboards.access.present import present
from dashboards.access.settings import Settings, with_file
from dashboards.access.sign_in import SignIn
from dashboards.access.visitors import Visitors

# the pages are loaded before anybody comes, so that the first visitor does not wait for it
from dashboards.data import page as data_page  # noqa: F401
from dashboards.decisions import page as decisions_page  # noqa: F401
from dashboards.library import page as library_page  # noqa: F401
from dashboards.map.routes import routes, warm_up
from dashboards.overview import page as overview  # noqa: F401
from dashboards.parking import page as parking_page  # noqa: F401
from dashboards.session import filters  # noqa: F401
from dashboards.session.served_study import served_folder, served_library
from dashboards.session.server import STUDIES_GB, Server, serve_as
from dashboards.session.warming import warm_studies
from dashboards.stalls import page as stalls_page  # noqa: F401
from dashboards.streets import page as streets_page  # noqa: F401
from geo.background.running import dispatcher_for
from geo.core.freed_memory import share_arenas
from geo.files.reading_apart import setting, warm


def parts(settings: Settings) -> dict[str, Any]:
    """Return the parts of the server's application, and have pages and changes of studies know its visitors."""
    visitors = Visitors(settings)
    visitors.serve()
    serve_as(
        Server(
            settings.base_path,
            settings.sign_in,
            settings.open_to_others,
            settings.bases,
            served_library(),
            setting("JIEXU_STUDIES_GB", os.environ.get("JIEXU_STUDIES_GB"), STUDIES_GB),
        )
    )
    return {
        "script_path": Path(__file__).parent / "dashboards" / "shell.py",
        "routes": [*SignIn(settings, visitors).routes, *routes(settings.base_path)],
        "middleware": [Middleware(Guard, settings, visitors)],
    }


app = App(**parts(with_file(Settings(folder=served_folder()))))
"""For servers of other makes (`uvicorn streamlit_app:app`), under the settings of `jiexu-server.toml`."""


def options(settings: Settings) -> dict[str, Any]:
    """Return Streamlit's configuration under settings of ours."""
    found: dict[str, Any] = {
        "server.address": settings.host,
        "server.port": settings.port,
        # Streamlit advertises on the page unless it is headless: the browser is opened here instead
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.baseUrlPath": settings.base_path.strip("/"),
        "server.maxUploadSize": settings.upload_mb,
        "server.allowedHosts": list(settings.hosts),
        "server.corsAllowedOrigins": [],
        # else Streamlit asks a host on the internet for this computer's address when an origin is refused
        "browser.serverAddress": settings.hosts[0],
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "minimal",
        # Streamlit has Python look through all objects after each click: 0.2 s with our libraries in memory
        "runner.postScriptGC": False,
    }
    if settings.certificate and settings.key:
        found |= {"server.sslCertFile": str(settings.certificate), "server.sslKeyFile": str(settings.key)}
    return found


def share_memory() -> None:
    """Have all visitors' scripts, each of which is a thread, take memory from the same places."""
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    share_arenas()


def settle_memory() -> None:
    """Have Python's collector of garbage pass over all that was loaded before anybody came: it stays for good."""
    gc.collect()
    gc.freeze()


def run(settings: Settings, browser: bool) -> None:
    """Serve until stopped."""
    # uvicorn believes the headers of any proxy on this computer otherwise; the guard knows the listed ones
    os.environ["FORWARDED_ALLOW_IPS"] = ""
    # a fork, before there are threads and before a study is open: it has loaded what reading and cutting tiles takes
    warm(fork=True)
    share_memory()
    mine = App(**parts(settings))
    warm_up()
    dispatcher = dispatcher_for(settings.folder, present(settings.folder), ends_noted(settings.folder))
    dispatcher.start()
    settle_memory()
    if (library := served_library()) is not None:
        warm_studies(library)
    if browser:
        scheme = "https" if settings.certificate else "http"
        address = f"{scheme}://localhost:{settings.port}{settings.base_path}"
        threading.Timer(1.5, webbrowser.open, [address]).start()
    try:
        mine.run(config=options(settings))
    finally:
        dispatcher.close()


if __name__ == "__main__":
    run(with_file(Settings(served_folder())), browser=True)
