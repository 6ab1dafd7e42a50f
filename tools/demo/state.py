"""What a folder remembers of its world: small, and written last."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tools.demo import VERSION
from tools.demo.files import write_json
from tools.demo.timeline import FIRST_DAY, HISTORY_START, iso
from tools.demo.world import World
from warehouse.errors import UserError

_NAME = "state.json"


@dataclass
class State:
    """A world and the day it has reached.

    Attributes:
        seed: of all chance.
        lines: about how many order lines there were at FIRST_DAY.
        since: day before which nothing was sold.
        day: day reached.
        target: day that an advance is on its way to; equal to `day` if none is.
        exports: days on which exports were written, the first and each that an advance ended on.
        tallies: sums by channel and store.
        counts: row counts that grow, by source.
        version: of the generator.
    """

    seed: int
    lines: int
    since: int = HISTORY_START
    day: int = FIRST_DAY
    target: int = FIRST_DAY
    exports: list[int] = field(default_factory=lambda: [FIRST_DAY])
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    version: int = VERSION

    @property
    def identity(self) -> str:
        """The world in one line."""
        since = f" since {iso(self.since)}" if self.since > HISTORY_START else ""
        return f"seed {self.seed}, {self.lines} lines{since}, version {self.version}"

    def world(self) -> World:
        """Return that world."""
        return World(self.seed, self.lines, self.since)

    def save(self, folder: Path) -> None:
        """Write the state; it appears whole or not at all."""
        write_json(folder / _NAME, self.day, asdict(self))


def load(folder: Path) -> State | None:
    """Return the state of a folder, or None if it holds no complete world.

    Raises:
        UserError: the file cannot be understood.
    """
    path = folder / _NAME
    try:
        return State(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError):
        raise UserError(
            f"{path} cannot be understood. Make the world anew: create --force"
        ) from None


def load_complete(folder: Path) -> State:
    """Return the state of a folder.

    Raises:
        UserError: it holds no complete world, or one of another version of the generator.
    """
    state = load(folder)
    if state is None:
        raise UserError(
            f"There is no world in {folder}. Make one first: python -m tools.demo create"
        )
    if state.version != VERSION:
        raise UserError(
            f"{folder} was made by version {state.version} of the generator, this is {VERSION}."
            " Make it anew: python -m tools.demo create --force"
        )
    return state
