"""Files that appear whole or not at all, dated in the world's own time."""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tools.demo.timeline import epoch


def stamp_file(path: Path, day: int) -> None:
    """Set a file's modification time to the start of a day."""
    os.utime(path, (epoch(day), epoch(day)))


@contextmanager
def whole_file(path: Path, day: int, mode: str = "w", **options: Any) -> Iterator[IO[Any]]:
    """Open a file that takes its place only when all is written.

    Args:
        path: where it will stand; missing folders are made.
        day: what its modification time says.
        mode: "w" for UTF-8 text, "wb" for bytes.
        options: further arguments of `open`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    text: dict[str, Any] = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    with part.open(mode, **text, **options) as file:
        yield file
    stamp_file(part, day)
    part.replace(path)


def write_json(path: Path, day: int, value: Any) -> None:
    """Write one JSON document for people to read."""
    with whole_file(path, day) as file:
        file.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_json_lines(path: Path, day: int, values: Iterable[Any]) -> int:
    """Write one JSON document a line; return how many."""
    count = 0
    with whole_file(path, day) as file:
        for value in values:
            count += 1
            file.write(json.dumps(value, ensure_ascii=False) + "\n")
    return count


def row_counts(
    good: int, bad: dict[str, int] | None = None, repeated: int = 0, **more: int
) -> dict[str, Any]:
    """Return the truth about one raw table; rows in the source are good, bad and repeated ones."""
    bad = bad or {}
    return {
        "rows_in_source": good + sum(bad.values()) + repeated,
        "rows_good": good,
        "rows_bad": bad,
        "rows_repeated": repeated,
        **more,
    }
