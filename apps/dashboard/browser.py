"""The dashboard in a headless browser: for screenshots, tests and measurements."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

from warehouse import PROJECT

# by name, where each is; the first one is what the bare address shows
PAGES = {
    "sales": "",
    **{name: name for name in ("customers", "product", "orders", "search", "operations")},
}
# the script has ended, and what it drew is there
SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const main = document.querySelector('[data-testid=stMain]');
    return app && app.dataset.testScriptState === 'notRunning' && main.querySelector('h2')
        && !app.querySelector('[data-stale=true], [data-testid=stSkeleton]')
        && [...main.querySelectorAll('[data-testid=stVegaLiteChart]')].every(
            chart => chart.querySelector('canvas, svg'))
        && [...main.querySelectorAll('[data-testid=stDataFrame]')].every(
            table => table.querySelector('canvas'));
}"""


@contextmanager
def serving(environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve the dashboard while the context lasts; give its address.

    Args:
        environment: of the server, by default this program's.

    Raises:
        RuntimeError: it does not answer within a minute.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "apps.dashboard", "--port", str(port)], cwd=PROJECT, env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urlopen(f"{address}/_stcore/health").close()
                break
            except (URLError, ConnectionError):
                time.sleep(0.2)
        else:
            raise RuntimeError("the dashboard does not answer")
        yield address
    finally:
        process.terminate()
        process.wait()


@contextmanager
def browsing(
    width: int = 1440, height: int = 1000, base_url: str | None = None, theme: str = "light"
) -> Iterator[Page]:
    """Give a page of a headless browser: Debian's Chromium, or else the one of Playwright.

    Args:
        width: of the window, in pixels.
        height: of the window, in pixels.
        base_url: what addresses without a host are relative to.
        theme: that the reader's system prefers, light or dark.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser.new_page(
            viewport={"width": width, "height": height}, locale="en-GB", base_url=base_url,
            color_scheme="dark" if theme == "dark" else "light",
        )  # fmt: skip
        browser.close()


def follow(page: Page, name: str) -> None:
    """Click on the name of another page, and wait until it shows its figures."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=name.capitalize()).click()
    page.get_by_role("heading", name=name.capitalize(), level=2).wait_for()
    settle(page)


def settle(page: Page, timeout: float = 60) -> None:
    """Wait until a page shows its figures.

    Args:
        page: on which something was clicked or opened.
        timeout: seconds after which `playwright.sync_api.TimeoutError` is raised.
    """
    page.wait_for_function(SETTLED, timeout=timeout * 1000)
