"""The commands of README and other pages, in a fresh checkout, and what each prints."""

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


PAGES = ("README.md", "docs/reports.md", "docs/search.md", "docs/bi.md")
# commands that read what is typed, and how they ask for it
PROMPTS = {"python -m ingest warehouse psql": "=> ", "make search": "search> "}


def examples() -> dict[str, list[str]]:
    """Return the pages' commands that have their output behind them, with its lines."""
    found: dict[str, list[str]] = {}
    for page in PAGES:
        for block in BLOCK.findall((PROJECT / page).read_text()):
            command, is_open = "", False
            for line in block.splitlines():
                prompt = PROMPTS.get(command.partition("\n")[0], "=> ")
                if is_open or line.startswith(prompt):
                    lines = found.pop(command)
                    command += "\n" + line.removeprefix(prompt)
                    found[command] = lines
                elif line.startswith("$ "):
                    command = line.removeprefix("$ ")
                    found[command] = []
                elif command and line.strip() not in ("", "…"):
                    found[command].append(plain(line))
                is_open = command.endswith("\\") or (
                    "\n" in command and prompt == "=> " and not command.endswith((";", "\\"))
                    and command.startswith(tuple(PROMPTS))
                )  # fmt: skip
    return found


def as_script(command: str) -> str:
    """Return a command as a shell takes it, with what is typed as its input."""
    head, _, typed = command.partition("\n")
    return f"{head} <<'typed'\n{typed}\ntyped" if head in PROMPTS else command


def plain(line: str) -> str:
    """Return a line without figures, times, colours and widths, which differ between runs."""
    line = re.sub(r"\x1b\[[\d;]*m", "", line)
    # keys of customers are hashes under keys of the warehouse's own
    line = re.sub(r"\b[0-9a-f]{6,}(-[0-9a-f]+)*\b", "@", line)
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
    script = "\n".join(f"echo '@@@'\n{as_script(one)}\necho exit code $?" for one in commands)
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
    is_refused = re.search(
        r"The var '|There is no|No saved|does not read the var", "\n".join(lines)
    )
    assert code == "exit code 0" or is_refused, said
    # a page may break lines where a terminal does not
    rest = " ".join(map(plain, lines))
    for expected in {**examples(), **ALSO}[command]:
        _, is_there, rest = rest.partition(expected)
        assert is_there, f"{command} does not print {expected}:\n{said}"
