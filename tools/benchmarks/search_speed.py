"""How long a search takes in SQL among a million listings: ours, by ilike and by ts_rank_cd.

Also how long the index takes to follow a change of a thousand listings. Writes search_speed.md
and search_speed.json; exit code 1 when a limit is missed. All data are in memory's file cache.
"""

import argparse
import itertools
import random
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

import psycopg

from tools.benchmarks import common
from tools.benchmarks.common import execute
from tools.benchmarks.search_engine import Engine
from tools.demo.words import BRANDS, COLOURS, CONDITIONS, ITEMS, SIZES, STYLES

CHANGED = 1000
UPKEEP = 1 / 50
WORDS_OF_A_DESCRIPTION = 20
COLUMNS = (
    "listing_key, product_id, title, description, category, brand, size, colour, condition,"
    " listing_status, channels, country_codes, price, listed_date"
)
TEXT = "concat_ws(' ', title, description, category, brand, colour, condition)"
# like its rivals it wants all words, and does not go on to listings that have only some of them
RANK = (
    "select listing_key from search.search_ranking(%(terms)s, search_mode => 'all',"
    " result_limit => 20) order by search_rank"
)
WAYS = {
    # every word anywhere, the newest first, as people write it without an index
    "ilike": f"""
        select listing_key from search.search_current_listings
        where {TEXT} ilike all(%(patterns)s)
        order by listed_date desc, listing_key limit 20
    """,
    "ts_rank_cd": """
        select listing_key from search.rival, websearch_to_tsquery('english', %(terms)s) as query
        where words @@ query
        order by ts_rank_cd(words, query) desc, listing_key limit 20
    """,
    # with what was found, and its text with the words marked
    "whole": "select * from search.search_listings(%(terms)s, search_mode => 'all',"
    " result_limit => 20)",
}
# who may take how much of whose time at most; without a limit it is only shown
LIMITS = [
    ("ours", "ilike", 1 / 50),
    ("ours", "ts_rank_cd", 1.0),
    ("whole", "ts_rank_cd", None),
]
RIVAL_INDEX = (
    f"create table search.rival as select listing_key, to_tsvector('english', {TEXT}) as words"
    " from search.search_current_listings",
    "create index on search.rival using gin (words)",
    "vacuum analyze search.rival",
)


def vocabulary(draw: random.Random, size: int = 50_000) -> list[str]:
    """Return made-up words, all different."""
    syllables = ["".join(pair) for pair in itertools.product("bdfgklmnprstvz", "aeiou")]
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(draw.choices(syllables, k=draw.randint(2, 4)))] = None
    return list(words)


def listings(number: int, draw: random.Random) -> Iterator[tuple[Any, ...]]:
    """Make up listings: the demo's titles, and descriptions in which few words are common.

    How often the n-th word comes is proportional to 1 / n, as in real texts (Zipf, 1949).
    """
    known = vocabulary(draw)
    shares = list(itertools.accumulate(1 / rank for rank in range(1, len(known) + 1)))
    for key in range(1, number + 1):
        noun, category, low, high = draw.choice(ITEMS)
        brand, style, colour, size = map(draw.choice, (BRANDS, STYLES, COLOURS, SIZES))
        text = " ".join(draw.choices(known, cum_weights=shares, k=WORDS_OF_A_DESCRIPTION))
        yield (
            key, str(key), f"{style} {colour} {noun} {brand} {size}", text, category, brand, size,
            colour, draw.choice(CONDITIONS), "for_sale", ["marketplace"], ["DE"],
            draw.randint(low, high), f"20{draw.randint(16, 25)}-0{draw.randint(1, 9)}-15",
        )  # fmt: skip


def queries(number: int, draw: random.Random, listed: int) -> list[str]:
    """Return texts of 1 to 4 words that come together in a listing; the first is the commonest."""
    [commonest] = execute(
        "select word from search.search_vocabulary order by document_count desc, word limit 1"
    )
    made = [commonest]
    while len(made) < number:
        title, text = execute(
            "select title, description from search.search_current_listings"
            f" where listing_key = {draw.randint(1, listed)}"
        )
        words = list(dict.fromkeys(title.lower().split()[:-1] + text.split()))
        query = " ".join(draw.sample(words, len(made) % 4 + 1))
        if query not in made:
            made.append(query)
    return made


def measure(ways: dict[str, str], texts: list[str], runs: int) -> dict[str, list[list[float]]]:
    """Return the seconds of each way of searching, by query and run; all take turns."""
    seconds: dict[str, list[list[float]]] = {name: [[] for _ in texts] for name in ways}
    with psycopg.connect(autocommit=True, prepare_threshold=0) as connection:
        for _, (place, terms) in itertools.product(range(runs), enumerate(texts)):
            given = {"terms": terms, "patterns": [f"%{word}%" for word in terms.split()]}
            for name, query in ways.items():
                started = time.monotonic()
                found = connection.execute(query, given).fetchall()
                seconds[name][place].append(time.monotonic() - started)
                if not found:
                    raise SystemExit(f"{name} finds nothing by {terms!r}, though a listing has it")
    return seconds


def upkeep(engine: Engine) -> float:
    """Change a thousand listings, and return the seconds until the index knows them."""
    execute(
        "update search.search_current_listings set price = price + 1, title = title || ' mended'"
        f" where listing_key % (select max(listing_key) / {CHANGED}"
        " from search.search_current_listings) = 1"
    )
    return engine.build()


def facts(
    seconds: dict[str, list[list[float]]], full: float, changes: list[float]
) -> list[dict[str, Any]]:
    """Compare ours with each rival, query by query, and upkeep with a full build."""
    middle = {name: [statistics.median(runs) for runs in times] for name, times in seconds.items()}
    rows: list[dict[str, Any]] = []
    for one, name, limit in LIMITS:
        ratios = [mine / other for mine, other in zip(middle[one], middle[name], strict=True)]
        medians = (statistics.median(middle[one]), statistics.median(middle[name]))
        first = (middle[one][0], middle[name][0])
        for what, (mine, other) in (
            ("median of the queries", medians),
            ("the commonest word", first),
        ):
            rows.append(
                {"name": f"{what}, {one} against {name}", "ours": mine, "other": other}
                | {"ratio": mine / other, "limit": limit}
            )
        rows.append(
            {"name": f"the worst query, {one} against {name}", "ratio": max(ratios), "limit": None}
        )
    once = statistics.median(changes)
    rows.append(
        {"name": f"{CHANGED} changed listings, against a full index build", "limit": UPKEEP}
        | {"ours": once, "other": full, "ratio": once / full}
    )
    for row in rows:
        missed = row["limit"] is not None and row["ratio"] > row["limit"]
        row["verdict"] = "FAIL" if missed else "" if row["limit"] is None else "pass"
    return rows


def describe(results: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    rows = "\n".join(
        f"| {one['name']} | {shown(one.get('ours'))} | {shown(one.get('other'))} |"
        f" {part(one['ratio'])} | {part(one['limit']) if one['limit'] else ''} |"
        f" {one['verdict']} |"
        for one in results["verdicts"]
    )
    return f"""# Speed of the search

Made by `make bench-search-speed`: {results["listings"]:,} made-up listings, {results["queries"]}
queries of 1 to 4 words, common and rare, that find something; the best twenty are asked for. SQL
time as a client sees it that has searched before, medians of {results["runs"]} runs in turns.
All ways want all words. `ours` is the function `search.search_ranking`; `whole` is the function
`search.search_listings`, which calls it and also returns what was found, with snippets. `ilike`
looks for every word in the texts put together; `ts_rank_cd` ranks what a GIN index over stored
`tsvector`s finds.

{common.listed(results["machine"])}

| what | ours, s | the other, s | ratio | at most | |
|---|--:|--:|--:|--:|---|
{rows}
"""


def part(ratio: float) -> str:
    """Return how much one is of another as text."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"1/{1 / ratio:.0f}"


def shown(seconds: float | None) -> str:
    """Return seconds as text."""
    return "" if seconds is None else f"{seconds:.3f}" if seconds < 10 else f"{seconds:.0f}"


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.benchmarks.search_speed", description=__doc__
    )
    parser.add_argument("--listings", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    common.add_options(parser)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with common.arena() as folder:
        engine = Engine(folder)
        engine.fill(COLUMNS, listings(given.listings, draw))
        full = engine.build()
        print(f"indexed in {full:.0f} s", flush=True)
        execute(*RIVAL_INDEX)
        texts = queries(given.queries, draw, given.listings)
        seconds = measure({"ours": RANK, **WAYS}, texts, given.runs)
        changes = [upkeep(engine) for _ in range(given.runs)]
        results = {
            "machine": common.machine(),
            "listings": given.listings, "queries": given.queries, "runs": given.runs,
            "seconds": dict(zip(texts, zip(*seconds.values(), strict=True), strict=True)),
            "verdicts": facts(seconds, full, changes),
        }  # fmt: skip
    return common.publish("search_speed", results, describe(results), given)


if __name__ == "__main__":
    sys.exit(main())
