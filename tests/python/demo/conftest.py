"""Small worlds on the throwaway server, and independent ways to look at them."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tools.demo import company
from tools.demo.databases import Databases

LINES = 1500
PROJECT = Path(__file__).resolve().parents[3]
NAMES = ["demo_shop", *(f"demo_store_{code}" for code in ("ber01", "ham01", "cgn01", "muc01"))]
_TABLES = (
    "select table_name from information_schema.tables where table_schema = 'public' order by 1"
)


class Seen(NamedTuple):
    """A world as it was found: its folder, the digest of each file, all rows of each table."""

    folder: Path
    digests: dict[str, str]
    rows: dict[str, list]


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 and the date of each file."""
    return {
        str(path.relative_to(folder)): (
            f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.stat().st_mtime}"
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def databases(postgres: Any) -> Databases:
    """The source systems' databases on the throwaway server."""
    return Databases(lambda name: postgres.conninfo(dbname=name))


@pytest.fixture(scope="session")
def look(databases: Databases) -> Callable[[Path], Seen]:
    """A function that takes down what a world's files and open databases hold."""

    def seen(folder: Path) -> Seen:
        rows = {}
        for name in filter(databases.is_open, NAMES):
            with databases.connect(name) as connection:
                for (table,) in connection.execute(_TABLES).fetchall():
                    found = connection.execute(f"select * from {table}").fetchall()
                    rows[f"{name}.{table}"] = sorted(found, key=str)
        return Seen(folder, digests(folder), rows)

    return seen


@pytest.fixture(scope="session")
def make(databases: Databases) -> Callable[..., Path]:
    """A function that makes a small world and moves it on by some numbers of days."""

    def made(folder: Path, *advances: int, seed: int = 7, lines: int = LINES, **options) -> Path:
        company.create(folder, databases, seed, lines, **options)
        for days in advances:
            company.advance(folder, databases, days)
        return folder

    return made


@pytest.fixture(scope="session")
def first_day(make, look, tmp_path_factory) -> Seen:
    """The small world of seed 7 as it was first made; its databases may be gone since."""
    return look(make(tmp_path_factory.mktemp("reference") / "world"))


@pytest.fixture(scope="session")
def run(postgres: Any) -> Callable[..., subprocess.Popen]:
    """A function that starts a command of the demo against the throwaway server."""

    def started(*arguments: str, **environment: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "tools.demo", *arguments],
            cwd=PROJECT,
            env={**os.environ, **postgres.environment(), "PYTHONUNBUFFERED": "1", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return started
