"""What a Dockerfile says, as far as the project's own goes."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

KNOWN = {
    "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "RUN",
    "USER", "WORKDIR",
}  # fmt: skip


@dataclass
class Stage:
    """A stage: its name and its steps, each an instruction and what follows it."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)


def read_stages(file: Path) -> list[Stage]:
    """Return a Dockerfile's stages, its ARGs replaced by their defaults.

    Raises:
        AssertionError: it has an instruction that is not understood here.
    """
    text = re.sub(r"^\s*#.*\n", "", file.read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n", " ", text).splitlines()
    stages, arguments = [], {}
    for instruction, rest in (line.split(maxsplit=1) for line in lines if line.strip()):
        assert instruction in KNOWN, f"{instruction} is not understood"
        if instruction == "ARG":
            name, _, default = rest.partition("=")
            arguments[name] = default.strip('"')
        elif instruction == "FROM":
            stages.append(Stage(rest.partition(" AS ")[2]))
        else:
            stages[-1].steps.append((instruction, rest))
    return stages


def pairs(text: str) -> dict[str, str]:
    """Return what follows ENV or LABEL as name to value."""
    return dict(part.split("=", 1) for part in shlex.split(text))


def last(stage: Stage, instruction: str) -> str:
    """Return what follows the last instruction of a kind."""
    return [rest for kind, rest in stage.steps if kind == instruction][-1]


def words(stage: Stage, instruction: str) -> list[str]:
    """Return the words of an instruction in its JSON form; HEALTHCHECK's options are left out."""
    return json.loads(re.search(r"\[.*\]", last(stage, instruction))[0])


def let_in(file: Path) -> list[str]:
    """Return the paths that a .dockerignore lets in, nothing else being let in.

    Raises:
        AssertionError: it is not of that kind.
    """
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert lines[-1] == "**/__pycache__"
    assert all(line.startswith("!") for line in lines[1:-1])
    return [line[1:] for line in lines[1:-1]]
