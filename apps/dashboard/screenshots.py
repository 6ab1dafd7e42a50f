"""Pictures of each page, wide and on a phone, light and dark: …screenshots [FOLDER]."""

import sys
from pathlib import Path

from playwright.sync_api import Page

from apps.dashboard.browser import PAGES, browsing, serving, settle

# what is worth seeing of pages that begin empty
ASKED = {"search": "?q=vintage+denim+jaket"}
WIDTHS = {"wide": 1440, "phone": 390}
THEMES = ("light", "dark")


def take(folder: Path) -> None:
    """Save pictures of each page in full length, such as sales-phone-dark.png."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as address:
        for size, width in WIDTHS.items():
            for theme in THEMES:
                with browsing(width, theme=theme) as page:
                    for name, path in PAGES.items():
                        page.goto(f"{address}/{path}{ASKED.get(name, '')}")
                        picture = folder / f"{name}-{size}-{theme}.png"
                        _save(page, picture, width)
                        print(picture)


def _save(page: Page, picture: Path, width: int) -> None:
    settle(page)
    # the page scrolls inside of a frame as high as the window
    length = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": length})
    page.wait_for_timeout(1000)  # charts grow into their places
    settle(page)
    page.screenshot(path=picture)
    page.set_viewport_size({"width": width, "height": 1000})


if __name__ == "__main__":
    take(Path(sys.argv[1] if len(sys.argv) > 1 else "target/screenshots"))
