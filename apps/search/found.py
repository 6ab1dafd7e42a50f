"""What a search gives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class News:
    """Which products of a saved search are new, by rank, and since when."""

    since: datetime
    products: list[str]


@dataclass(frozen=True)
class Found:
    """What a search gave: the rows of search_results by rank, and the row of search_summary.

    `news` is there after a saved search.
    """

    columns: list[str]
    rows: list[Row]
    summary: Row
    seconds: float
    news: News | None = None
