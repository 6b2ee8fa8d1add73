"""A real browser on the pages: the time of its clicks is taken in the page itself."""

from __future__ import annotations

import time
from typing import Final

from playwright.async_api import Browser, Page

_WITHIN_MS: Final = 120_000

_RUNS: Final = """
window.jiexuRuns = 0;
new MutationObserver((changes) => {
  for (const { target } of changes) if (target.dataset.testScriptState === "notRunning") window.jiexuRuns += 1;
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-test-script-state"] });
"""
"""Counts how often the page's script has run to its end."""

_RESTING: Final = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"

_SHOWS: Final = f"""(street) => {_RESTING}
  && document.querySelector('.st-key-card')?.textContent.includes(street)
  && document.querySelectorAll('iframe.jiexu-map').length === 1"""

_CLICK: Final = f"""(street) => new Promise((done) => {{
  const shows = {_SHOWS};
  const inner = document.querySelector("iframe.jiexu-map").contentWindow;
  const message = JSON.stringify({{ jiexu: "select", layer: "streets", id: street }});
  const begun = performance.now();
  const look = () => (shows(street) ? done(performance.now() - begun) : setTimeout(look, 10));
  // as the map's own script reports a click: from its frame
  inner.eval(`window.parent.postMessage(${{message}}, window.location.origin)`);
  look();
}})"""
"""Clicks a street, and tells after how many milliseconds its card is there and the page rests."""


async def open_page(browser: Browser, address: str, cookie: str = "") -> Page:
    """Open the first page in a browser of its own, and wait until its script has run."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    if cookie:
        name, _, value = cookie.partition("=")
        await context.add_cookies([{"name": name, "value": value, "url": address}])
    page = await context.new_page()
    page.set_default_timeout(_WITHIN_MS)
    await page.add_init_script(_RUNS)
    await page.goto(address, wait_until="commit")
    await page.wait_for_function(f"() => window.jiexuRuns > 0 && {_RESTING}")
    return page


async def painted_s(page: Page) -> float:
    """Wait until the streets are painted, and return after how many seconds they are."""
    begun = time.monotonic()
    await page.frame_locator("iframe.jiexu-map").locator("html[data-paintedstreets]").wait_for(state="attached")
    return time.monotonic() - begun


async def settled_click_s(page: Page, street: str) -> float:
    """Click a street that is not selected, and return after how many seconds the page shows its card and rests."""
    return float(await page.evaluate(_CLICK, street)) / 1000


async def shown_again(page: Page, street: str, until: float) -> float | None:
    """
    Wait until a page that has lost its server is connected anew, and its script shows the selected street again.

    Streamlit's page connects by itself, and runs its script with the next click: the key R stands for that.

    Parameters
    ----------
    page
        The page; nobody touches it.
    street
        The street.
    until
        The moment until which it is waited (`time.monotonic`).

    Returns
    -------
    at
        The moment, or None if it never came.
    """
    runs = await page.evaluate("window.jiexuRuns")
    try:
        connected = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState === 'CONNECTED'"
        await page.wait_for_function(connected, timeout=max(until - time.monotonic(), 1.0) * 1000)
        await page.keyboard.press("r")
        await page.wait_for_function(
            f"([runs, street]) => window.jiexuRuns > runs && ({_SHOWS})(street)",
            arg=[runs, street],
            timeout=max(until - time.monotonic(), 1.0) * 1000,
        )
    except Exception:
        return None
    return time.monotonic()
