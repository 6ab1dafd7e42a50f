"""Pictures of each page of the dashboard: python -m apps.dashboard.screenshots [FOLDER]."""

import sys
from pathlib import Path

from apps.dashboard.browser import PAGES, browsing, serving, settle

# what is worth seeing of pages that begin empty
ASKED = {"search": "?q=vintage+denim+jaket"}


def take(folder: Path) -> None:
    """Save a picture of each page, in full length."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address, browsing() as page:
        for name, path in PAGES.items():
            page.goto(f"{address}/{path}{ASKED.get(name, '')}")
            settle(page)
            # the page scrolls inside of a frame as high as the window
            length = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
            page.set_viewport_size({"width": 1440, "height": length})
            page.wait_for_timeout(1000)  # charts grow into their places
            settle(page)
            page.screenshot(path=folder / f"{name}.png")
            page.set_viewport_size({"width": 1440, "height": 1000})
            print(folder / f"{name}.png")


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "target/screenshots"))
