"""The web door: Streamlit's pages, and routes of our own for the map's scripts and tiles."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

from streamlit.starlette import App

# the pages are loaded before anybody comes, so that the first visitor does not wait for it
from dashboards.data import page as data_page  # noqa: F401
from dashboards.decisions import page as decisions_page  # noqa: F401
from dashboards.map.routes import ROUTES, warm_up
from dashboards.overview import page as overview  # noqa: F401
from dashboards.parking import page as parking_page  # noqa: F401
from dashboards.session import filters  # noqa: F401
from dashboards.stalls import page as stalls_page  # noqa: F401
from dashboards.streets import page as streets_page  # noqa: F401
from geo.files.reading_apart import warm

app = App(Path(__file__).parent / "dashboards" / "shell.py", routes=ROUTES)


def run(host: str, port: int, browser: bool) -> None:
    """Serve until stopped."""
    warm_up()
    warm()
    if browser:
        threading.Timer(1.5, webbrowser.open, [f"http://localhost:{port}"]).start()
    app.run(
        config={
            "server.address": host,
            "server.port": port,
            # Streamlit advertises on the page unless it is headless: the browser is opened here instead
            "server.headless": True,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "client.toolbarMode": "minimal",
        }
    )


if __name__ == "__main__":
    run("127.0.0.1", 8501, browser=True)
