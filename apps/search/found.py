"""What a search gives, apart from what finds it, which starts dbt."""

from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What a search gave: the rows of search_results by rank, and the row of search_summary."""

    columns: list[str]
    rows: list[Row]
    summary: Row
    seconds: float
