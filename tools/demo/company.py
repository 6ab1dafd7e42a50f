"""Making a world, and moving it on."""

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tools.demo import shop, truths
from tools.demo.baskets import Tally
from tools.demo.databases import Databases
from tools.demo.events import Events
from tools.demo.logistics import Counts
from tools.demo.marketplace import Marketplace
from tools.demo.shop import Shop
from tools.demo.state import State, load, load_complete
from tools.demo.store_mail import Mailbox
from tools.demo.stores import Store
from tools.demo.timeline import FIRST_DAY, HISTORY_START, LAST_DAY, RECENT_START, iso
from tools.demo.world import World
from warehouse.errors import UserError

_PARTS = ("marketplace", "history", "logistics", "events", "store_mail", "truths")
_FILES = ("truths.json", "state.json")
_BEGUN = ".creating"
Say = Callable[[str], None]


def create(
    folder: Path,
    databases: Databases,
    seed: int,
    lines: int,
    force: bool = False,
    say: Say = lambda text: None,
    since: int = HISTORY_START,
) -> bool:
    """Make a world at FIRST_DAY in a folder and on a server.

    Args:
        folder: where its files go; made if need be.
        databases: where its databases go; those of the same names are replaced.
        seed: of all chance.
        lines: about how many order lines, over all channels.
        force: replace another world, or files that are in the folder.
        say: is told what is being made.
        since: day before which what was sold is left out.

    Returns:
        False if that very world was there already, and nothing was done.

    Raises:
        UserError: the folder holds something else.
    """
    known, wanted = load(folder), State(seed, lines, since)
    if known and not force:
        if known.identity != wanted.identity:
            raise UserError(
                f"{folder} holds another world ({known.identity}, day {iso(known.day)}),"
                f" not {wanted.identity}. Replace it with --force, or choose another --folder."
            )
        marker = databases.marker(shop.DATABASE)
        if marker and marker[0] == known.identity:
            return False
        say("The files are there, but the databases are not: starting over.")
    elif not known and not force and folder.exists() and any(folder.iterdir()):
        if not (folder / _BEGUN).exists():
            raise UserError(
                f"{folder} is not empty and holds no world. Empty it, use --force to replace its"
                " parts of the same names, or choose another --folder."
            )
        say("A creation was interrupted here: starting over.")
    _clear(folder)
    _fill(folder, databases, wanted, say)
    return True


def _clear(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _BEGUN).touch()
    # the state goes first: without it, whatever is left counts as unfinished
    for name in reversed(_FILES):
        (folder / name).unlink(missing_ok=True)
    for name in _PARTS:
        shutil.rmtree(folder / name, ignore_errors=True)


def _fill(folder: Path, databases: Databases, state: State, say: Say) -> None:
    # imported here, because pyarrow takes long and no other command needs it
    from tools.demo import history

    world = state.world()
    receipts: Counter[str] = Counter()
    mail: Counter[str] = Counter()
    say("history: Parquet files")
    state.tallies["history"] = history.write(world, folder / "history").as_dict()
    say(f"shop: database {shop.DATABASE}")
    tally, state.counts["shop"] = Shop(world).create(databases, state.identity)
    state.tallies["shop"] = tally.as_dict()
    for code in world.stores:
        store = Store(world, code)
        say(f"stores: database {store.database}")
        tally, counts = store.create(databases, state.identity)
        receipts.update(counts)
        state.tallies[code] = tally.as_dict()
        mail.update(Mailbox(world, store).write(folder / "store_mail", RECENT_START, FIRST_DAY))
    counted = Counts(world).write(folder / "logistics", FIRST_DAY - 200, FIRST_DAY)
    state.counts.update(stores=dict(receipts), mail=dict(mail), logistics=counted)
    _finish(folder, databases, world, state, say)
    (folder / _BEGUN).unlink()


def _finish(folder: Path, databases: Databases, world: World, state: State, say: Say) -> None:
    """Write what is written anew each day, the truths, and last of all the state."""
    say("marketplace and events: exports")
    market = Marketplace(world, state.exports)
    tables = market.write(folder / "marketplace")
    events = Events(world, state.day)
    tables |= events.write(folder / "events")
    say("truths")
    truths.write(world, state, folder, market, events, tables, databases)
    state.save(folder)


def advance(folder: Path, databases: Databases, days: int, say: Say = lambda text: None) -> State:
    """Move a world on by some days; an interrupted run is repeated with the same number.

    Args:
        folder: where the world is.
        databases: where its databases are.
        days: how many, at least 1.
        say: is told what is being done.

    Returns:
        The state reached.

    Raises:
        UserError: there is no such world, or it cannot go on so far.
    """
    state = load_complete(folder)
    start, end = state.day, state.day + days
    if end > LAST_DAY - 60:
        raise UserError(f"This world ends on {iso(LAST_DAY - 60)}; it is at {iso(state.day)}.")
    if state.target not in (start, end):
        raise UserError(
            f"An advance to {iso(state.target)} was interrupted. Finish it first:"
            f" python -m tools.demo advance --days {state.target - start}"
        )
    marker = databases.marker(shop.DATABASE)
    if marker is None or marker[0] != state.identity or not start <= marker[1] <= end:
        raise UserError(
            f"The databases on this server do not belong to {folder}."
            " Make both anew: python -m tools.demo create --force"
        )
    state.target = end
    state.save(folder)
    world = state.world()
    _advance_shop(databases, Shop(world), state, end, say)
    receipts, mail = Counter(state.counts["stores"]), Counter(state.counts["mail"])
    for code in world.stores:
        store = Store(world, code)
        tally, counts = store.advance(databases, state.identity, start, end)
        say(f"{store.database}: {'down' if store.down(end) else 'up'} on {iso(end)}")
        state.tallies[code] = tally.plus(Tally(**state.tallies[code])).as_dict()
        receipts.update(counts)
        mail.update(Mailbox(world, store).write(folder / "store_mail", start, end))
    counted = Counter(state.counts["logistics"])
    counted.update(Counts(world).write(folder / "logistics", start, end))
    state.counts.update(stores=dict(receipts), mail=dict(mail), logistics=dict(counted))
    state.day = end
    state.exports.append(end)
    _finish(folder, databases, world, state, say)
    return state


def _advance_shop(databases: Databases, rows: Shop, state: State, end: int, say: Say) -> None:
    tally = Tally(**state.tallies["shop"])
    counts = Counter(state.counts["shop"])
    for day in range(state.day, end):
        change = rows.changes(day)
        rows.apply(databases, state.identity, day, change)
        tally = tally.plus(change.tally)
        counts.update(change.counts)
        say(f"{shop.DATABASE}: {iso(day)}")
    state.tallies["shop"] = tally.as_dict()
    state.counts["shop"] = dict(counts)
