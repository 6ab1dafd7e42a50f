"""README's commands, in a checkout in which nothing ran before, and what each prints."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from checkout import PROJECT, copy_project

pytestmark = pytest.mark.long

BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# what `make demo` is followed by where README shows no output, and what it prints among others
ALSO = {
    "make load": ["catalog.products loaded #"],
    "make daily": ["daily run of #-#-# succeeded"],
    "python -m tools.demo serve -- python -m ingest doctor": ["catalog #/customers ok"],
    "python -m ingest load catalog": ["python -m tools.demo serve make load"],
}


def examples() -> dict[str, list[str]]:
    """Return README's commands that have their output behind them, with its lines."""
    found: dict[str, list[str]] = {}
    for block in BLOCK.findall((PROJECT / "README.md").read_text()):
        command = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                command = line[2:]
                found[command] = []
            elif command and line.strip() not in ("", "…"):
                found[command].append(plain(line))
    return found


def plain(line: str) -> str:
    """Return a line without figures, times, colours and widths, which differ between runs."""
    line = re.sub(r"\x1b\[[\d;]*m", "", line)
    line = re.sub(r"\d[\d.,:]*", "#", line)
    return " ".join(re.sub(r"[─-]{2,}", "-", line).split())


@pytest.fixture(scope="module")
def printed() -> Iterator[dict[str, list[str]]]:
    """What each command printed, and its exit code at the end, all of them typed into one shell."""
    # not in pytest's own folder, which another run of pytest takes from the server's user
    folder = Path(tempfile.mkdtemp(prefix="thinkthrift_readme_"))
    copy_project(folder)
    # make need not install again what is installed
    os.utime(folder / "requirements" / "base.txt", (0, 0))
    own = ("PG", "DBT", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    commands = [*examples(), *ALSO]
    script = "\n".join(f"echo '@@@'\n{command}\necho exit code $?" for command in commands)
    try:
        done = subprocess.run(
            ["bash", "-c", script], cwd=folder, env=kept, text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        parts = done.stdout.split("@@@\n")[1:]
        yield {command: part.splitlines() for command, part in zip(commands, parts, strict=True)}
    finally:
        subprocess.run(["make", "down"], cwd=folder, env=kept, check=False)
        shutil.rmtree(folder)


def test_there_are_examples() -> None:
    assert next(iter(examples())) == "make demo"
    assert sum(map(len, examples().values())) > 10


@pytest.mark.parametrize("command", [*examples(), *ALSO])
def test_a_command_prints_what_readme_shows(printed, command: str) -> None:
    """In that order; README may leave lines out between."""
    *lines, code = printed[command]
    said = "\n".join(lines[-40:])
    assert code == "exit code 0", said
    rest = map(plain, lines)
    for expected in {**examples(), **ALSO}[command]:
        assert any(expected in line for line in rest), (
            f"{command} does not print {expected}:\n{said}"
        )
