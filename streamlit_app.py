"""The web door: Streamlit's pages, and routes of our own for the map's scripts and tiles."""

from __future__ import annotations

from pathlib import Path

from streamlit.starlette import App

from dashboards.routes import ROUTES, tile_urls

app = App(Path(__file__).parent / "dashboards" / "shell.py", routes=ROUTES)


def run(host: str, port: int, browser: bool) -> None:
    """Serve until stopped. The map's tiles are cut before, so that the first visitor does not wait for them."""
    tile_urls()
    app.run(
        config={
            "server.address": host,
            "server.port": port,
            "server.headless": not browser,
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "client.toolbarMode": "minimal",
        }
    )


if __name__ == "__main__":
    run("127.0.0.1", 8501, browser=True)
